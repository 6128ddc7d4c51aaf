"""Goods that were taken back: with which rows they are paired, and where nobody can tell."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterfoil.connectors.autotask._receiving import Row, moved_by

MORNING = datetime(2026, 1, 15, 9, 30, tzinfo=UTC)


def rows(*told: str) -> list[Row]:
    """Rows in the order of their identities: ``"A 4 INV-1 S7"``, ``"A ?"``, ``"A -4 -"``."""
    found = []
    for number, text in enumerate(told, start=1):
        item, moved, invoice, serial = [*text.split(), "-", "-"][:4]
        found.append(
            Row(
                id=number,
                item=ord(item),
                moved=None if moved == "?" else Decimal(moved),
                at=MORNING + timedelta(hours=number),
                invoice=None if invoice == "-" else invoice,
                serial=None if serial == "-" else serial,
            )
        )
    return found


@pytest.mark.parametrize(
    "told, left",
    [
        ("A 4|B 2", "4 2"),
        ("A 4|A -4", "0"),
        ("A 4|A -1", "3"),
        ("A 4|A 6|A -6", "4 0"),
        ("A 4|A 6|A -1", "4 5"),
        ("A 4|A 6|A -10", "0 0"),
        ("A 4 INV-1|A 6 INV-2|A -4 INV-1", "0 6"),
        ("A 4 INV-1|A 6 INV-2|A -2 INV-3", "4 4"),
        ("A 1 - S1|A 1 - S2|A -1 - S1", "0 1"),
        ("A 4|B 4|B -4", "4 0"),
        ("A 4|A -4|A 6|A -6", "0 0"),
        ("A 0|A 4", "4"),
    ],
)
def test_row_8_goods_come_back_from_the_newest_receipt(told: str, left: str) -> None:
    """Row 8: of the same item, the same invoice or serial number first, the newest of them."""
    taken = moved_by(rows(*told.split("|")))

    assert [f"{each:f}" for each in taken.left.values()] == left.split()
    assert taken.undecided == {}


@pytest.mark.parametrize(
    "told, undecided",
    [
        ("A 4|A 6|A -4", "1 2"),
        ("A 4|A 6|A 5|A -8", "1 2 3"),
        ("A 4|A -5", "1 2"),
        ("A -5", "1"),
        ("A ?|A 4", "1"),
        ("A 4 INV-1|A 6 INV-1|A 9|A -4 INV-1", "1 2"),
    ],
)
def test_row_8_where_it_is_not_clear_nothing_is_decided(told: str, undecided: str) -> None:
    """Row 8: an older receipt fits exactly, no single one is large enough, or more came back."""
    taken = moved_by(rows(*told.split("|")))

    assert sorted(taken.undecided) == [int(each) for each in undecided.split()]


@given(st.lists(st.tuples(st.sampled_from("AB"), st.integers(-5, 9)), max_size=12))
@settings(max_examples=50)
def test_nothing_is_lost(moved: list[tuple[str, int]]) -> None:
    """Of an item about which all is decided there is left what came, less what went back."""
    told = rows(*(f"{item} {count}" for item, count in moved))
    taken = moved_by(told)

    for item in {row.item for row in told}:
        of_item = [row for row in told if row.item == item]
        if not any(row.id in taken.undecided for row in of_item):
            left = [taken.left[row.id] for row in of_item if row.id in taken.left]
            assert sum(left) == sum(row.moved or 0 for row in of_item)
            assert all(each >= 0 for each in left)
