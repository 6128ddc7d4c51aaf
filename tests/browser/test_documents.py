"""Documents in a real browser: sending one, its parts, and the way back to the list."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from counterfoil.hub import desk
from tests.browser.conftest import Browse
from tests.hub.test_fulfilling import RULES
from tests.support.autotask import ServiceDesk
from tests.support.browsing import Site
from tests.support.world import World

if TYPE_CHECKING:
    from playwright.sync_api import Page


@pytest.fixture
def orders(company: World) -> World:
    """Two orders that wait for a person."""
    company.set("sales-order-out.mode=manual")
    company.order("SO-1", "ACME", "1 BOLT 2.00")
    company.order("SO-2", "ACME", "3 BOLT 2.00")
    company.read_operations()
    return company


def test_a_double_click_sends_once(orders: World, page: Page, site: Site) -> None:
    """One is picked, its sum is told, the effect shown, and two clicks send one order."""
    from playwright.sync_api import expect

    page.goto("/documents?kind=sales-order&status=held")
    page.get_by_label("Select SO-2", exact=True).check()
    expect(page.get_by_text("1 selected")).to_be_visible()
    expect(page.locator("#sum")).to_contain_text("6.00")
    page.get_by_role("button", name="Send…").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Send SO-2 to QuickBooks?")
    page.get_by_role("button", name="Send SO-2 to QuickBooks").dblclick()
    expect(page.get_by_role("status")).to_contain_text("SO-2")
    orders.settle()

    assert [each["RefNumber"] for each in orders.booked()] == ["SO-2"]
    page.goto("/documents?kind=sales-order&status=done")
    expect(page.get_by_role("link", name="SO-2", exact=True)).to_be_visible()
    expect(page.get_by_text("In QuickBooks", exact=True)).to_be_visible()


def test_the_way_back_keeps_the_filter(orders: World, page: Page, site: Site) -> None:
    """Who looks at a document and goes back sees what was searched for."""
    from playwright.sync_api import expect

    page.goto("/documents")
    page.get_by_role("searchbox", name="Number, customer or amount", exact=True).fill("so-1")
    page.get_by_role("button", name="Show").click()
    page.get_by_role("link", name="SO-1", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("SO-1")
    page.go_back()
    expect(
        page.get_by_role("searchbox", name="Number, customer or amount", exact=True)
    ).to_have_value("so-1")
    expect(page.get_by_role("link", name="SO-2")).to_have_count(0)


def test_it_is_asked_on_its_own_page(orders: World, page: Page, site: Site) -> None:
    """A document's own button opens a dialog that tells the effect, and can be left."""
    from playwright.sync_api import expect

    page.goto(f"/transfers/{orders.row('SO-1').id}")
    page.get_by_role("button", name="Send to QuickBooks…").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("1 becomes new in QuickBooks.")
    dialog.get_by_role("button", name="Cancel").click()
    expect(dialog).to_be_hidden()
    page.get_by_role("button", name="Send to QuickBooks…").click()
    dialog.get_by_role("button", name="Send SO-1 to QuickBooks").click()
    expect(page.get_by_role("status")).to_contain_text("On the way to QuickBooks: SO-1.")
    orders.settle()
    page.reload()
    page.get_by_text("Sent to QuickBooks · answered").click()
    expect(page.locator("figure.wire").first).to_contain_text("SalesOrderAddRq")


def test_an_order_received_in_three_parts(company: World, page: Page, site: Site) -> None:
    """Its page leads to each receipt, and each of them back to it."""
    from playwright.sync_api import expect

    company.set(*RULES)
    company.purchase("PO-1", "MILLCO", "9 FLOUR 1.00")
    company.settle()
    for part in ("2", "3", "4"):
        company.receive("PO-1", f"{part} FLOUR")
        company.settle()
    order = next(row for row in desk.rows(company.hub) if row.flow == "purchase-order-out")
    page.goto(f"/transfers/{order.id}")
    expect(page.get_by_role("region", name="Received so far")).to_contain_text("nothing is open")
    receipts = page.get_by_role("complementary").get_by_role("link").filter(has_text="PO-1")
    expect(receipts).to_have_count(3)
    receipts.first.click()
    expect(page.get_by_role("complementary").get_by_role("link", name="PO-1")).to_be_visible()


def test_an_autotask_order_received_in_three_saves(
    service_desk: tuple[ServiceDesk, Site], browse: Browse
) -> None:
    """Each save becomes its item receipt, the page tells what is open, and the order closes."""
    from playwright.sync_api import expect

    desk, site = service_desk
    order = desk.order("Millco", "9 Switch @ 1.00", "4 Cable @ 2.00")
    desk.look()
    page = browse(site)
    page.goto(f"/transfers/{desk.transfer(order).id}")
    section = page.get_by_role("region", name="Received so far")
    expect(section).to_have_count(0)
    for number, (came, is_open) in enumerate(
        (((2, 0), ("9 2 7", "4 0 4")), ((3, 4), ("9 5 4", "4 4 0")), ((4, 0), ("9 9 0", "4 4 0"))),
        start=1,
    ):
        desk.receive(order, *came)
        desk.look()
        page.reload()
        for item, figures in zip(("Switch", "Cable"), is_open, strict=True):
            expect(section.get_by_role("row", name=item)).to_have_text(f"{item} {figures}")
        receipts = page.get_by_role("complementary").get_by_role("link").filter(has_text="2900001")
        expect(receipts).to_have_count(number)
        assert len(desk.followers(order)) == number
        is_whole = number == 3
        assert desk.there(order)["IsFullyReceived"] == str(is_whole).lower()

    expect(section).to_contain_text("nothing is open any more")
    assert desk.received(order) == [9, 4]
