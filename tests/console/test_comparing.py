"""Both sides of a document: what differs is marked, what is called otherwise is not."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from counterfoil.console.documents.comparing import compared
from counterfoil.console.documents.elsewhere import way_there
from counterfoil.documents import (
    Bill,
    BillLine,
    Document,
    DocumentKind,
    ExpenseLine,
    Money,
    MovementLine,
    Quantity,
    Receipt,
    Reference,
)
from counterfoil.engine.transfers import PairedLine
from counterfoil.settings import SystemName
from tests.support.builders import order

ORDER = order("SO-1 ACME", "2 BOLT 1.50", "1 NUT 4.00", created_on=date(2026, 3, 1))


def test_alike_is_alike() -> None:
    """The same document on both sides has no difference, and says how much is alike."""
    found = compared(ORDER, ORDER, None)
    assert (found.differences, found.is_both) == (0, True)
    assert found.alike >= 3
    assert [line.both("amount").here for line in found.lines] == [Decimal("3.00"), Decimal("4.00")]


def test_what_was_answered_is_known_before_it_is_read_back() -> None:
    """Its number and its total stand there; nothing else is made up, and nothing counts as both."""
    found = compared(ORDER, None, None, there_total=Decimal("7.50"), there_number="1007")
    there = {each.label: each.both.there for each in found.fields}

    assert there.pop("Number") == "1007"
    assert set(there.values()) == {None}
    assert found.total.differs
    assert not found.is_both


@pytest.mark.parametrize(
    "there, differ",
    [
        (order("SO-1 ACME", "5 BOLT 1.50", "1 NUT 4.00", created_on=date(2026, 3, 1)), 3),
        (order("10388 Acme-Corp", "2 BOLT 1.50", "1 NUT 4.00", created_on=date(2026, 3, 1)), 0),
        (order("SO-1 ACME", "2 BOLT 1.50", "1 NUT 4.00", created_on=date(2026, 3, 2)), 1),
        (order("SO-1 ACME", "2 SCREW 1.50", "1 NUT 4.00", created_on=date(2026, 3, 1)), 0),
    ],
    ids=["quantity", "names", "day", "item"],
)
def test_what_differs_is_counted(there: Document, differ: int) -> None:
    """Figures and days differ; numbers and names may be others on purpose."""
    assert compared(ORDER, there, None).differences == differ


def test_lines_meet_as_they_were_paired() -> None:
    """Whatever their order there; what nobody paired is told to be on one side only."""
    here = Receipt(
        id="1",
        order_id="2",
        lines=tuple(
            MovementLine(item=Reference(item), moved=Quantity(Decimal(1)), order_line_id=item)
            for item in ("A", "B")
        ),
    )
    there = Bill(
        id="9",
        lines=(BillLine(id="L2", item=Reference("B")), BillLine(id="L1", item=Reference("A"))),
        expenses=(ExpenseLine(account=Reference("Freight"), amount=Money(Decimal(7))),),
    )
    found = compared(here, there, [PairedLine("", "L1"), PairedLine("", "L2")])
    names = [(line.here and line.here.item, line.there and line.there.item) for line in found.lines]
    assert names == [("A", "B"), ("B", "A"), (None, "Freight")]


def test_paired_by_identity() -> None:
    """A line that was moved there is held beside the line that it was made of."""
    first, second = order("SO-1", "2 BOLT", "1 NUT").lines
    here = order("SO-1", "2 BOLT", "1 NUT")
    from msgspec.structs import replace

    here = replace(here, lines=(replace(first, id="a"), replace(second, id="b")))
    there = replace(here, lines=(replace(second, id="y"), replace(first, id="x")))
    found = compared(here, there, [PairedLine("a", "x"), PairedLine("b", "y")])
    assert found.differences == 0
    assert not any(line.is_other_item for line in found.lines)


def test_the_other_side_is_not_known() -> None:
    """Where it was not read there, nothing is said to differ or to be missing."""
    found = compared(ORDER, None, None, there_total=Decimal("9.00"))
    assert not found.is_both
    assert found.total.differs
    assert all(not field.both.differs for field in found.fields)


@pytest.mark.parametrize(
    "environment, kind, way",
    [
        ("production", DocumentKind.BILL, "https://app.qbo.intuit.com/app/bill?txnId=7"),
        ("sandbox", DocumentKind.INVOICE, "https://app.sandbox.qbo.intuit.com/app/invoice?txnId=7"),
        ("production", DocumentKind.WORK_ENTRY, None),
        (None, DocumentKind.BILL, None),
    ],
)
def test_where_it_is_seen_in_quickbooks_online(
    environment: str | None, kind: DocumentKind, way: str | None
) -> None:
    """A document is linked to where its address is known, and never from a stand-in."""
    assert way_there(SystemName.QUICKBOOKS_ONLINE, environment, kind, "7") == way
    assert way_there(SystemName.QUICKBOOKS_DESKTOP, environment, kind, "7") is None
