"""Two names for one record: the second is looked up where the first is in no list of its kind."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec
import pytest

from counterfoil.documents import (
    ListRecord,
    PurchaseLine,
    PurchaseOrder,
    RecordKind,
    Reference,
    Vendor,
    WorkEntry,
    document_kind,
)
from counterfoil.engine.alternatives import with_alternatives
from counterfoil.engine.drafting import Draft, Knowledge, draft
from counterfoil.engine.matching import Entry
from counterfoil.engine.operations import CreateDocument
from counterfoil.engine.planning import plan
from counterfoil.settings import FlowName
from tests.support.builders import (
    LINK,
    NOW,
    entry,
    items,
    knowledge,
    line,
    numbered_keys,
    settings,
    target,
    transfer,
    work,
)

CUSTOMER, VENDOR, EMPLOYEE = RecordKind.CUSTOMER, RecordKind.VENDOR, RecordKind.EMPLOYEE
Records = dict[tuple[int, RecordKind, str], ListRecord]

SUPPLIER = Vendor(id="8", name="MILLCO", full_name="MILLCO", company_name="Mill Co")
BOLT = line("2 BOLT")
ORDER = PurchaseOrder(
    id="1",
    number="PO-1",
    vendor=Reference("MILLCO"),
    lines=(PurchaseLine(item=BOLT.item, quantity=BOLT.quantity),),
)
HOURS = WorkEntry(
    id="1",
    worker=Reference("Rita Alves", "12"),
    worked_on=date(2026, 2, 27),
    minutes=90,
    order_code="MO-1",
    order_client=Reference("ACME"),
)


def drafted(flow: FlowName, known: Knowledge) -> Draft:
    """A document of a flow that looks a record up by two names, once the lists are known."""
    of_orders = flow is FlowName.PURCHASE_ORDER_OUT
    rules = settings(flows={flow.replace("-", "_"): {}})
    document: Any = ORDER if of_orders else HOURS
    records: Records = {(LINK, VENDOR, "MILLCO"): SUPPLIER} if of_orders else {}
    waiting = work(document, transfer(flow=flow), rules, kind=document_kind(document))
    made = draft(waiting, records, target(), NOW)
    return with_alternatives(made, known, target())


def party_of(made: Draft) -> str:
    assert made.translated is not None, made.refusal
    document = made.translated.document
    if isinstance(document, PurchaseOrder):
        found = document.vendor
    else:
        assert isinstance(document, WorkEntry)
        found = document.customer
    assert found is not None
    return found.name


CASES = [
    (FlowName.PURCHASE_ORDER_OUT, VENDOR, CUSTOMER, "MILLCO", "Mill Co"),
    (FlowName.WORK_ENTRY_OUT, CUSTOMER, VENDOR, "ACME", "MO-1"),
]


@pytest.mark.parametrize("flow, kind, other_kind, first, second", CASES)
class TestAlternatives:
    """TIME-1: the client, else the chosen text; DOC-4: the supplier's code, else its name."""

    def test_the_first_where_it_is_there(
        self, flow: FlowName, kind: RecordKind, other_kind: RecordKind, first: str, second: str
    ) -> None:
        """TIME-1, DOC-4: a record of the first name is taken, whoever has the second."""
        known = knowledge([entry(kind, first), entry(kind, second)])
        assert party_of(drafted(flow, known)) == first

    def test_the_second_where_the_first_is_missing(
        self, flow: FlowName, kind: RecordKind, other_kind: RecordKind, first: str, second: str
    ) -> None:
        """TIME-1, DOC-4: the second name takes the place of one that is nowhere."""
        assert party_of(drafted(flow, knowledge([entry(kind, second)]))) == second

    def test_the_name_of_another_list(
        self, flow: FlowName, kind: RecordKind, other_kind: RecordKind, first: str, second: str
    ) -> None:
        """TIME-1, DOC-4: a customer of the vendor's code is no vendor; its name is looked up."""
        known = knowledge([entry(other_kind, first), entry(kind, second)])
        assert party_of(drafted(flow, known)) == second

    def test_an_inactive_one_is_there(
        self, flow: FlowName, kind: RecordKind, other_kind: RecordKind, first: str, second: str
    ) -> None:
        """The first name is not passed over because its record is inactive."""
        known = knowledge([entry(kind, first, active=False), entry(kind, second)])
        assert party_of(drafted(flow, known)) == first

    def test_a_list_that_was_not_read(
        self, flow: FlowName, kind: RecordKind, other_kind: RecordKind, first: str, second: str
    ) -> None:
        """A list that could not be read may hold the first name: the second is not taken."""
        known = msgspec.structs.replace(knowledge(), unread={kind: "it could not be read"})
        assert party_of(drafted(flow, known)) == first


def test_what_is_written() -> None:
    """DOC-4: the order is booked on the vendor of the name, by its identity."""
    known = knowledge([entry(CUSTOMER, "MILLCO"), Entry(VENDOR, "V-1", "Mill Co", True)])
    known = msgspec.structs.replace(known, entries={**known.entries, **_items()})
    made = drafted(FlowName.PURCHASE_ORDER_OUT, known)
    found = plan([made], [], [], known, target(), now=NOW, new_key=numbered_keys())
    (create,) = [each.operation for each in found.operations]
    assert isinstance(create, CreateDocument)
    assert isinstance(create.document, PurchaseOrder)
    assert create.document.vendor == Reference("Mill Co", "V-1")


def _items() -> Any:
    return knowledge(items("BOLT")).entries
