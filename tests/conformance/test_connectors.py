"""What the engine relies on, asked of every connector against its sandbox.

Create, find by number, find out what became of a lost answer, and read what is there: the
same few sentences hold for a company file that is written through message sets and for a
service that is called over HTTP.
"""

from __future__ import annotations

from decimal import Decimal
from itertools import count
from typing import cast

import pytest

from counterfoil.documents import (
    DocumentKind,
    ItemType,
    Money,
    RecordKind,
    Reference,
    SalesOrder,
)
from counterfoil.engine.operations import (
    Batch,
    CreateDocument,
    CreateRecord,
    Done,
    FindDocument,
    Missing,
    Operation,
    ReadDocuments,
    ReadRecords,
    Refused,
    Unknown,
)
from tests.conformance.conftest import Peer
from tests.support.builders import client, line, order, product

SALES_ORDER = DocumentKind.SALES_ORDER
_marks = count(1)


def mark() -> str:
    """A fresh mark of ours."""
    return f"{{00000000-0000-4000-8000-{next(_marks):012d}}}"


def ask(peer: Peer, *operations: Operation) -> list[object]:
    """Carry operations out in one batch; gives their outcomes in order."""
    outcomes = peer.perform(Batch(operations=operations, key=f"batch-{next(_marks)}"))
    assert set(outcomes) == {each.id for each in operations}
    return [outcomes[each.id] for each in operations]


@pytest.fixture
def stocked(peer: Peer) -> tuple[Reference, Reference]:
    """A customer and an item that were created through the connector."""
    item = product(
        "BOLT",
        type=ItemType.NON_INVENTORY,
        income_account="Sales:Goods",
        sales_price=Money(Decimal(1)),
    )
    made = ask(
        peer,
        CreateRecord(id="1", kind=RecordKind.CUSTOMER, record=client("ACME", "Acme"), key=mark()),
        CreateRecord(id="2", kind=RecordKind.ITEM, record=item, key=mark()),
    )
    customer, bolt = (cast("Done", each) for each in made)
    assert customer.record is not None
    assert bolt.record is not None
    return Reference("ACME", customer.record.id), Reference("BOLT", bolt.record.id)


def creation(
    stocked: tuple[Reference, Reference], number: str = "SO-1", wire_id: str = "1"
) -> CreateDocument:
    """An order over two bolts at 1.50."""
    customer, bolt = stocked
    document = order(number, line("2 BOLT 1.50", item=bolt), customer=customer)
    return CreateDocument(id=wire_id, kind=SALES_ORDER, document=document, key=mark())


def find(*numbers: str) -> FindDocument:
    return FindDocument(id="9", kind=SALES_ORDER, numbers=numbers)


def found(outcome: object) -> list[SalesOrder]:
    """The orders of an answer; none for what is missing."""
    if isinstance(outcome, Missing):
        return []
    assert isinstance(outcome, Done), outcome
    assert outcome.page is not None
    return [each for each in outcome.page.documents if isinstance(each, SalesOrder)]


class TestCreate:
    def test_what_is_created_is_read_back(
        self, peer: Peer, stocked: tuple[Reference, Reference]
    ) -> None:
        """An order's number, customer, lines and prices come back as they were sent."""
        [made] = ask(peer, creation(stocked))
        assert isinstance(made, Done)
        [back] = found(ask(peer, find("SO-1"))[0])

        assert back.id == made.id
        assert back.number == made.number == "SO-1"
        assert back.customer is not None
        assert back.customer.name == "ACME"
        [bolt] = back.lines
        assert bolt.item is not None
        assert bolt.item.name == "BOLT"
        assert bolt.quantity is not None
        assert bolt.quantity.value == 2
        assert bolt.unit_price is not None
        assert bolt.unit_price.amount == Decimal("1.50")
        assert len(made.line_ids) == 1

    def test_one_bad_order_spoils_nothing(
        self, peer: Peer, stocked: tuple[Reference, Reference]
    ) -> None:
        """Of a batch with an order for nobody, the others are carried out."""
        _, bolt = stocked
        nobody = Reference("NOBODY", "99999999-9")
        bad = order("SO-2", line("1 BOLT 1.00", item=bolt), customer=nobody)
        outcomes = ask(
            peer,
            creation(stocked, "SO-1", "1"),
            CreateDocument(id="2", kind=SALES_ORDER, document=bad, key=mark()),
            creation(stocked, "SO-3", "3"),
        )

        assert [type(each) for each in outcomes] == [Done, Refused, Done]
        assert outcomes[1].refusal.cure  # type: ignore[attr-defined]
        assert {each.number for each in found(ask(peer, find("SO-1", "SO-2", "SO-3"))[0])} == {
            "SO-1",
            "SO-3",
        }

    def test_a_name_that_is_there_is_not_created_twice(
        self, peer: Peer, stocked: tuple[Reference, Reference]
    ) -> None:
        """Creating a customer again gives the one that is there, or a refusal; never a second."""
        again = CreateRecord(
            id="1", kind=RecordKind.CUSTOMER, record=client("ACME", "Acme"), key=mark()
        )
        [outcome] = ask(peer, again)
        [listed] = ask(peer, ReadRecords(id="1", kind=RecordKind.CUSTOMER))

        assert isinstance(outcome, Done | Refused)
        assert isinstance(listed, Done)
        assert listed.page is not None
        assert [each.full_name for each in listed.page.records].count("ACME") == 1


class TestFind:
    def test_a_number_that_is_not_there(
        self, peer: Peer, stocked: tuple[Reference, Reference]
    ) -> None:
        """What is not there is missing, and that is an answer."""
        ask(peer, creation(stocked))

        assert found(ask(peer, find("SO-9"))[0]) == []

    def test_some_of_several_numbers(
        self, peer: Peer, stocked: tuple[Reference, Reference]
    ) -> None:
        """Of several numbers those that are there come back, the others do not disturb."""
        ask(peer, creation(stocked, "SO-1", "1"), creation(stocked, "SO-2", "2"))
        numbers = {each.number for each in found(ask(peer, find("SO-2", "SO-9", "SO-1"))[0])}

        assert numbers == {"SO-1", "SO-2"}


class TestRecover:
    def test_an_answer_that_was_lost_after_the_write(
        self, peer: Peer, stocked: tuple[Reference, Reference]
    ) -> None:
        """Asked what became of it, the system names the order it has; nothing is written."""
        batch = Batch(operations=(creation(stocked),), key="lost-after")
        peer.perform(batch)
        told = peer.recover(batch)["1"]

        assert isinstance(told, Done)
        [there] = found(ask(peer, find("SO-1"))[0])
        assert told.id == there.id

    def test_a_batch_that_was_lost_before_the_write(
        self, peer: Peer, stocked: tuple[Reference, Reference]
    ) -> None:
        """A batch that it never saw is missing or unknown, and nothing of it is there."""
        batch = Batch(operations=(creation(stocked),), key="lost-before")

        assert isinstance(peer.recover(batch)["1"], Missing | Unknown)
        assert found(ask(peer, find("SO-1"))[0]) == []

    def test_asking_twice_is_harmless(
        self, peer: Peer, stocked: tuple[Reference, Reference]
    ) -> None:
        """The question can be asked again, and the answer stays the same."""
        batch = Batch(operations=(creation(stocked),), key="asked-twice")
        peer.perform(batch)
        first, second = peer.recover(batch)["1"], peer.recover(batch)["1"]

        assert first == second
        assert len(found(ask(peer, find("SO-1"))[0])) == 1


class TestRead:
    def test_documents_and_lists_are_read(
        self, peer: Peer, stocked: tuple[Reference, Reference]
    ) -> None:
        """A reading from the start brings everything that is there, once."""
        ask(peer, *(creation(stocked, f"SO-{number}", str(number)) for number in range(1, 6)))
        [orders, customers] = ask(
            peer,
            ReadDocuments(id="1", kind=SALES_ORDER),
            ReadRecords(id="2", kind=RecordKind.CUSTOMER),
        )

        assert sorted(each.number or "" for each in found(orders)) == [
            f"SO-{number}" for number in range(1, 6)
        ]
        assert isinstance(customers, Done)
        assert customers.page is not None
        assert "ACME" in [each.full_name for each in customers.page.records]
