"""Positions of the service's lists are told as lines of the order, by number and product."""

from __future__ import annotations

import pytest

from counterfoil.connectors.fusion_operations._terms import in_order_terms, place_of
from counterfoil.documents import OrderLine, PurchaseLine, PurchaseOrder, Reference, SalesOrder

# Its first line named no goods and did not travel.
ORDER = SalesOrder(
    id="",
    lines=(
        OrderLine(item=Reference("BOLT"), position=2),
        OrderLine(description="a remark"),
        OrderLine(item=Reference("BRACKET"), position=4),
    ),
)
BOUGHT = PurchaseOrder(id="", lines=(PurchaseLine(item=Reference("STEEL")),))


@pytest.mark.parametrize(
    "document, text, told, where",
    [
        (
            ORDER,
            "shippings[0].products[1].quantity-ordered must be at least 0, not '-2'",
            "the quantity of line 4 (BRACKET) must be at least 0, not '-2'",
            "lines[2].quantity",
        ),
        (
            ORDER,
            "products[0].unit-price is not a number",
            "the price of line 2 (BOLT) is not a number",
            "lines[0].unit_price",
        ),
        (ORDER, "shippings[0].products[0] is wrong", "line 2 (BOLT) is wrong", "lines[0]"),
        (
            ORDER,
            "shippings[0].products[0].lot-number: unknown",
            "the lot number of line 2 (BOLT): unknown"[4:],
            "lines[0]",
        ),
        (
            BOUGHT,
            "receivings[0].products[0].quantity-ordered must be at least 0",
            "the quantity of line 1 (STEEL) must be at least 0",
            "lines[0].quantity",
        ),
        # Which line it is cannot be told: no number is better than a wrong one.
        (
            ORDER,
            "shippings[1].products[0].product is unknown",
            "the product of a line is unknown",
            None,
        ),
        (
            ORDER,
            "shippings[0].products[9].product is unknown",
            "the product of a line is unknown",
            None,
        ),
        (ORDER, "the code [A] is taken", "the code [A] is taken", None),
    ],
)
def test_positions(
    document: SalesOrder | PurchaseOrder, text: str, told: str, where: str | None
) -> None:
    """Counted as people count, with what is ordered; the rest of the sentence stays."""
    assert in_order_terms(text, document) == told
    assert place_of(text, document) == where
