"""What lists show of a document, and by which words it is found."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterfoil.documents import (
    Document,
    Money,
    MovementLine,
    PurchaseOrder,
    Quantity,
    Receipt,
    Reference,
    WorkEntry,
)
from counterfoil.engine.heading import WORD_LENGTH_MAX, alternatives, heading_of, words_of
from tests.support.builders import order


def moved(quantity: str, cost: str | None) -> MovementLine:
    """A line of goods that moved."""
    value = None if cost is None else Money(Decimal(cost))
    return MovementLine(item=Reference("BOLT"), moved=Quantity(Decimal(quantity)), unit_value=value)


@pytest.mark.parametrize(
    "document, heading",
    [
        (order("SO-1 ACME", "2 BOLT 1.50"), ("ACME", None, "3.00", None)),
        (order("SO-1 ACME", "2 BOLT"), ("ACME", None, None, None)),
        (
            PurchaseOrder(
                id="1",
                vendor=Reference("SUPPLY"),
                created_on=date(2026, 3, 1),
                total=Money(Decimal("9.1"), "CAD"),
            ),
            ("SUPPLY", date(2026, 3, 1), "9.1", "CAD"),
        ),
        (
            Receipt(id="1", order_id="2", lines=(moved("2", "1.25"), moved("1", "0.5"))),
            (None, None, "3.00", None),
        ),
        (Receipt(id="1", order_id="2", lines=(moved("2", None),)), (None, None, None, None)),
        (
            WorkEntry(id="1", worker=Reference("Ines"), worked_on=date(2026, 3, 2), minutes=5),
            ("Ines", date(2026, 3, 2), None, None),
        ),
    ],
)
def test_heading(document: Document, heading: tuple[object, ...]) -> None:
    """Party, day, total and currency; what nobody says stays unknown, and is no zero."""
    party, dated, total, currency = heading_of(document)
    assert (party, total, currency) == (heading[0], heading[2], heading[3])
    assert dated == heading[1] or heading[1] is None


def finds(typed: str, number: str | None, party: str | None, total: str | None) -> bool:
    """Whether what was typed finds a document."""
    words = words_of(number, party, total)
    return all(
        any(word.startswith(form) for word in words for form in forms)
        for forms in alternatives(typed)
    )


@pytest.mark.parametrize(
    "typed",
    ["so-24", "2417", "HARBOR", "vine harbor", "cafe", "1334.15", "1,334.15", "1.334,15", "$1334"],
)
def test_what_people_type_finds_it(typed: str) -> None:
    """Beginnings of numbers, names and amounts do, however they are written."""
    assert finds(typed, "SO-2417", "Harbor & Vine Café", "1334.15")


@pytest.mark.parametrize("typed", ["417", "arbor", "1334.16", "so-2418", "harbor nobody"])
def test_what_it_does_not_bear_does_not(typed: str) -> None:
    """The middle of a word does not, nor another word beside one that fits."""
    assert not finds(typed, "SO-2417", "Harbor & Vine Café", "1334.15")


@given(number=st.text(max_size=90), party=st.text(max_size=90))
def test_every_document_is_found_by_its_own_names(number: str, party: str) -> None:
    """Whoever types a number or a name as it stands finds its document; no word is too long."""
    assert finds(number, number, party, None)
    assert finds(party, number, party, None)
    assert all(0 < len(word) <= WORD_LENGTH_MAX for word in words_of(number, party, "1.5"))
