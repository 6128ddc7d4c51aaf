"""Inventory in a browser: sent once, followed while it moves, and over by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from counterfoil.hub import views
from tests.sandboxes.quickbooks_desktop.desk import stock_item
from tests.support.world import World

if TYPE_CHECKING:
    from playwright.sync_api import Page


def test_inventory_is_sent_and_followed(company: World, page: Page) -> None:
    """A double click sends once; the page shows by itself what both systems have confirmed."""
    from playwright.sync_api import expect

    company.set("stock-count-out.adjustment_account=Cost of Goods Sold")
    company.enter_books(stock_item("BOLT", "2.00", cost="1.00", on_hand="4"))
    company.enter("products", code="BOLT", name="A bolt")
    company.settle()
    # The first page of a process compiles its templates.
    page.goto(f"/links/{company.link}/stock", timeout=30_000)
    page.get_by_role("button", name="Send all to QuickBooks now").dblclick()

    expect(page.get_by_text("Asks Shop floor how much there is")).to_be_visible()
    assert len(views.count_presses(company.hub)) == 1
    company.read_operations()
    expect(page.get_by_text("Asked Shop floor how much there is")).to_be_visible()
    company.run_web_connector()
    expect(page.get_by_text("Compared with Books")).to_be_visible()
    expect(page.locator("[hx-sse\\:connect]")).to_have_count(1)
    page.goto("/history/stock")
    expect(page.get_by_role("link", name="1", exact=True)).to_be_visible()
