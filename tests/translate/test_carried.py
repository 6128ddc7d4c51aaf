"""What a flow writes of a target's document: two readings say the same or they do not."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterfoil.documents import (
    Address,
    DocumentStatus,
    Money,
    OrderLine,
    Quantity,
    Reference,
    SalesOrder,
    fingerprint,
)
from counterfoil.settings import FlowName
from counterfoil.translate import TRANSLATORS
from tests.documents.strategies import shapes
from tests.support.builders import fields, line, order

OUT, IN = FlowName.SALES_ORDER_OUT, FlowName.SALES_ORDER_IN
FLOWS = pytest.mark.parametrize("flow", [OUT, IN])

BOLT = Reference("BOLT", id="8-1")
WRITTEN = order(
    "SO-1",
    line("2 BOLT 1.50", id="L1", item=BOLT, description="Hex bolt"),
    line("1 NUT", id="L2"),
    customer=Reference("ACME", id="9-1"),
    due_on=date(2026, 3, 9),
    revision="1700000000",
)


def print_of(flow: FlowName, document: SalesOrder) -> str:
    return fingerprint(TRANSLATORS[flow].carried(document))


def first_line(**changes: Any) -> SalesOrder:
    changed = msgspec.structs.replace(WRITTEN.lines[0], **changes)
    return with_(lines=(changed, *WRITTEN.lines[1:]))


def with_(**changes: Any) -> SalesOrder:
    return msgspec.structs.replace(WRITTEN, **changes)


@FLOWS
@pytest.mark.parametrize(
    "read",
    [
        with_(id="another"),
        with_(revision="1700000001"),
        with_(status=DocumentStatus.CLOSED),
        with_(total=Money(Decimal("3.30"))),
        with_(currency="USD"),
        with_(memo="Ring twice"),
        with_(delivery_address=Address(city="Springfield")),
        with_(custom_fields=fields(Job="4711")),
        with_(customer=Reference("Acme LLC", id="9-1")),
        first_line(id="L9"),
        first_line(amount=Money(Decimal("3.00"))),
        first_line(delivered=Quantity(Decimal(1))),
        first_line(quantity=Quantity(Decimal("2.0"))),
        first_line(unit_price=Money(Decimal("1.5"))),
        first_line(unit_price=Money(Decimal("1.50"), "USD")),
        first_line(item=Reference("Parts:BOLT", id="8-1")),
        first_line(description="  Hex bolt \r\n"),
        first_line(accounting_class=Reference("West")),
    ],
)
def test_what_others_add_is_no_change(flow: FlowName, read: SalesOrder) -> None:
    """Payments, links, progress, totals, renamed records and other spellings change nothing."""
    assert print_of(flow, read) == print_of(flow, WRITTEN)


@pytest.mark.parametrize(
    "read, flows",
    [
        (with_(customer=Reference("ACME", id="9-2")), {OUT, IN}),
        (with_(customer=None), {OUT, IN}),
        (with_(due_on=date(2026, 3, 10)), {OUT, IN}),
        (with_(due_on=None), {OUT, IN}),
        (first_line(quantity=Quantity(Decimal(3))), {OUT, IN}),
        (first_line(quantity=Quantity(Decimal(2), "dozen")), {OUT, IN}),
        (first_line(unit_price=Money(Decimal("1.51"))), {OUT, IN}),
        (first_line(unit_price=None), {OUT, IN}),
        (first_line(item=Reference("NUT", id="8-2")), {OUT, IN}),
        (with_(lines=WRITTEN.lines[:1]), {OUT, IN}),
        (with_(lines=(*WRITTEN.lines, line("1 WASHER"))), {OUT, IN}),
        (with_(lines=WRITTEN.lines[::-1]), {OUT, IN}),
        (with_(number="SO-2"), {OUT}),
        (with_(created_on=date(2026, 3, 1)), {OUT}),
        (first_line(description="Hex bolt M8"), {OUT}),
        (with_(lines=(*WRITTEN.lines, OrderLine(description="Thank you"))), {OUT, IN}),
    ],
)
def test_what_we_write_is_a_change(read: SalesOrder, flows: set[FlowName]) -> None:
    """Each field that a flow writes counts as changed when somebody else changed it."""
    assert {f for f in (OUT, IN) if print_of(f, read) != print_of(f, WRITTEN)} == flows


@pytest.mark.parametrize("name, same", [("acme ", True), ("Acme", True), ("ACME 2", False)])
@FLOWS
def test_names_count_where_no_identity_is_known(flow: FlowName, name: str, same: bool) -> None:
    """A reference without an identity is the same under any spelling the books take for it."""
    bare = with_(customer=Reference("ACME"))
    read = with_(customer=Reference(name))

    assert (print_of(flow, read) == print_of(flow, bare)) is same


@FLOWS
@given(document=shapes(SalesOrder))
def test_it_is_carried_as_it_is_carried(flow: FlowName, document: SalesOrder) -> None:
    """Whatever the document, reducing it twice is reducing it once."""
    once = TRANSLATORS[flow].carried(document)

    assert TRANSLATORS[flow].carried(once) == once
    assert fingerprint(TRANSLATORS[flow].carried(once)) == fingerprint(once)


@FLOWS
@given(
    document=shapes(SalesOrder),
    status=st.sampled_from(DocumentStatus),
    zeros=st.integers(0, 6),
)
def test_progress_and_spelling_are_never_a_change(
    flow: FlowName, document: SalesOrder, status: DocumentStatus, zeros: int
) -> None:
    """Whatever the document: identities, revision, status and trailing zeros do not count."""

    def longer(number: Decimal) -> Decimal:
        sign, digits, exponent = number.as_tuple()
        assert isinstance(exponent, int)
        return Decimal((sign, digits + (0,) * zeros, exponent - zeros))

    read = msgspec.structs.replace(
        document,
        id="7",
        revision="2",
        status=status,
        total=Money(Decimal(1)),
        lines=tuple(
            msgspec.structs.replace(
                each,
                id="9",
                quantity=each.quantity
                and Quantity(longer(each.quantity.value), each.quantity.unit),
                unit_price=each.unit_price and Money(longer(each.unit_price.amount)),
            )
            for each in document.lines
        ),
    )

    assert print_of(flow, read) == print_of(flow, document)
