"""Facts of a connection in words: what people read, and what is kept from them."""

from __future__ import annotations

from typing import Any

import pytest

from counterfoil.hub.facts_told import told


@pytest.mark.parametrize(
    "name, value, words",
    [
        ("multi_currency", "yes", ("Currencies", "several")),
        ("multi_currency", "no", ("Currencies", "the home currency only")),
        ("uses_inventory", True, ("Inventory and purchase orders", "used")),
        ("file_mode", "MultiUser", ("Opened for", "several people")),
        ("custom_numbers_sales", "no", ("Sales forms are numbered", "by QuickBooks")),
        ("closing_date", "2026-01-31", ("Books closed up to", "2026-01-31")),
        (
            "visible",
            "PurchaseOrders:12 Products:3",
            ("Visible to us", "12 PurchaseOrders, 3 Products"),
        ),
    ],
)
def test_a_fact_in_words(name: str, value: Any, words: tuple[str, str]) -> None:
    """Flags, days and counts are worded; each by its row."""
    assert told({name: value}) == [words]


def test_what_is_the_programs_own_is_not_told() -> None:
    """Cursors, identities and what was read to where are nobody's business."""
    inner = {"bookmarks": {"a": "b"}, "file_id": "{1}", "described_at": "2026", "records": "item"}
    assert told({**inner, "company_name": "Acme", "edition": ""}) == [("Company", "Acme")]
