"""What the engine relies on when a document is changed or taken out, asked of a connector.

Found by identity, changed if it is still the one that was read, taken out, and after a lost
answer told what became of it.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
import pytest

from counterfoil.documents import DocumentKind, Reference, SalesOrder
from counterfoil.engine.operations import (
    Batch,
    Conflict,
    CreateDocument,
    Done,
    FindDocument,
    Missing,
    Operation,
    Outcome,
    ReadDocuments,
    Refused,
    UpdateDocument,
    VoidDocument,
    VoidWay,
    WriteMark,
)
from tests.conformance.conftest import Peer
from tests.conformance.test_connectors import ask, creation, found, mark, stocked
from tests.support.builders import line

__all__ = ["stocked"]

SALES_ORDER = DocumentKind.SALES_ORDER

# How each system takes an order out for good.
WAYS: Mapping[str, VoidWay] = {"fusion-operations": VoidWay.DELETE}

pytestmark = pytest.mark.parametrize("peer", sorted(WAYS), indirect=True)


def entered(peer: Peer, stocked: tuple[Reference, Reference], number: str = "SO-1") -> SalesOrder:
    """An order that is there, as the system's own answer tells it."""
    [made] = ask(peer, creation(stocked, number))
    assert isinstance(made, Done)
    assert isinstance(made.document, SalesOrder)
    return made.document


def change(current: SalesOrder, stocked: tuple[Reference, Reference]) -> UpdateDocument:
    """Three more bolts on a new line, upon the version that was read."""
    more = line("3 BOLT 1.50", item=stocked[1])
    document = msgspec.structs.replace(current, id="", revision=None, lines=(*current.lines, more))
    return UpdateDocument(
        id="1",
        kind=SALES_ORDER,
        document_id=current.id,
        revision=current.revision,
        document=document,
        expected=current,
    )


def removal(peer: Peer, current: SalesOrder) -> VoidDocument:
    return VoidDocument(id="1", kind=SALES_ORDER, document_id=current.id, how=WAYS[peer.name])


def recovered(peer: Peer, operation: Operation) -> Outcome:
    return peer.recover(Batch(operations=(operation,), key=f"recovery-{mark()[-13:-1]}"))["1"]


class TestWhole:
    def test_a_creation_tells_the_whole_document(
        self, peer: Peer, stocked: tuple[Reference, Reference]
    ) -> None:
        """What a creation answers is what a reading brings."""
        made = entered(peer, stocked)
        [read] = ask(peer, ReadDocuments(id="1", kind=SALES_ORDER, heads=True))

        assert [each.id for each in found(read)] == [made.id]
        assert found(ask(peer, FindDocument(id="1", kind=SALES_ORDER, ids=(made.id,)))[0]) == [made]

    def test_an_identity_that_is_not_there(
        self, peer: Peer, stocked: tuple[Reference, Reference]
    ) -> None:
        """Of several identities those that are there come back."""
        made = entered(peer, stocked)
        question = FindDocument(id="1", kind=SALES_ORDER, ids=("0-0", made.id))

        assert found(ask(peer, question)[0]) == [made]


class TestUpdate:
    def test_a_line_more(self, peer: Peer, stocked: tuple[Reference, Reference]) -> None:
        """The lines that were there keep their identities, the new one gets its own."""
        current = entered(peer, stocked)
        [done] = ask(peer, change(current, stocked))

        assert isinstance(done, Done)
        assert isinstance(done.document, SalesOrder)
        old, new = done.document.lines
        assert (old.id, old.quantity) == (current.lines[0].id, current.lines[0].quantity)
        assert new.quantity is not None
        assert new.quantity.value == 3
        assert done.line_ids == (old.id, new.id)

    def test_another_version(self, peer: Peer, stocked: tuple[Reference, Reference]) -> None:
        """An order that was changed meanwhile is left alone, and shown if that can be."""
        current = entered(peer, stocked)
        ask(peer, change(current, stocked))
        shorter = msgspec.structs.replace(current, id="", revision=None, memo="ring twice")
        late = msgspec.structs.replace(change(current, stocked), document=shorter)
        [conflict] = ask(peer, late)

        assert isinstance(conflict, Conflict)
        [there] = found(ask(peer, FindDocument(id="1", kind=SALES_ORDER, ids=(current.id,)))[0])
        assert there.memo is None
        assert len(there.lines) == 2

    def test_a_lost_answer(self, peer: Peer, stocked: tuple[Reference, Reference]) -> None:
        """Never ran is missing, and may be sent; has run is done."""
        current = entered(peer, stocked)
        operation = change(current, stocked)

        assert isinstance(recovered(peer, operation), Missing)
        [done] = ask(peer, operation)
        told = recovered(peer, operation)

        assert isinstance(done, Done)
        assert isinstance(told, Done)
        assert told.id == done.id == current.id

    def test_what_is_gone(self, peer: Peer, stocked: tuple[Reference, Reference]) -> None:
        """An order that is not there any more is a conflict, never a new order."""
        current = entered(peer, stocked)
        ask(peer, removal(peer, current))
        [conflict] = ask(peer, change(current, stocked))

        assert conflict == Conflict(None, getattr(conflict, "detail", None))
        assert found(ask(peer, ReadDocuments(id="1", kind=SALES_ORDER))[0]) == []


class TestVoid:
    def test_twice_is_once(self, peer: Peer, stocked: tuple[Reference, Reference]) -> None:
        """Taken out already counts as done."""
        current = entered(peer, stocked)

        for _ in range(2):
            [done] = ask(peer, removal(peer, current))
            assert isinstance(done, Done)
        assert found(ask(peer, FindDocument(id="1", kind=SALES_ORDER, ids=(current.id,)))[0]) == []

    def test_a_lost_answer(self, peer: Peer, stocked: tuple[Reference, Reference]) -> None:
        """Still there is missing, and may be sent; gone is done."""
        current = entered(peer, stocked)

        assert isinstance(recovered(peer, removal(peer, current)), Missing)
        ask(peer, removal(peer, current))
        assert isinstance(recovered(peer, removal(peer, current)), Done)

    def test_its_number_is_free_again(
        self, peer: Peer, stocked: tuple[Reference, Reference]
    ) -> None:
        """After an order was taken out another one can have its number."""
        current = entered(peer, stocked)
        ask(peer, removal(peer, current))
        again = creation(stocked)
        assert isinstance(again, CreateDocument)
        [done] = ask(peer, again)

        assert isinstance(done, Done)
        assert done.id != current.id


class TestMark:
    def test_a_mark_is_kept_or_refused(self, peer: Peer) -> None:
        """Nothing depends on it: the system keeps it, or says that it cannot."""
        [outcome] = ask(peer, WriteMark(id="1", value="ledger 7 at 12"))

        assert isinstance(outcome, Done | Refused)
