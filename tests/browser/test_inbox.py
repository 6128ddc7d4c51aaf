"""Stories of the inbox: found, understood, cured and arrived, by people at real pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from counterfoil.hub.scopes import Scope
from tests.browser.conftest import Browse
from tests.hub.test_life import amend
from tests.sandboxes.quickbooks_desktop.desk import customer
from tests.support.browsing import Site
from tests.support.world import World

if TYPE_CHECKING:
    from playwright.sync_api import Page


@pytest.fixture
def stopped(company: World) -> World:
    """Two orders stopped for a customer that the books know by another name."""
    company.set("sales-order-out.create_missing_customers=false")
    company.enter_books(customer("PICNIC"), customer("Picnic Box Catering"))
    company.order("SO-1", "Picnic Provisions", "2 BOLT 1.50")
    company.order("SO-2", "Picnic Provisions", "1 BOLT 1.50")
    company.sync()
    return company


def test_found_cured_and_arrived(stopped: World, page: Page) -> None:
    """From the home page to the case, another record searched for, sent, and the inbox is empty."""
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("2 orders need you")
    page.get_by_role("link", name="Use PICNIC").click()
    expect(page.get_by_label("What will happen")).to_contain_text("with the customer PICNIC")
    page.get_by_label("Include SO-2").uncheck()
    expect(page.get_by_role("button", name="Use PICNIC and send 1")).to_be_visible()
    page.get_by_label("Include SO-2").check()
    page.get_by_placeholder("Search by name").fill("box")
    expect(page.get_by_role("radio")).to_have_count(1)
    page.get_by_role("radio", name="Picnic Box Catering").check()
    page.get_by_role("button", name="Use Picnic Box Catering and send 2").dblclick()

    expect(page.get_by_role("status")).to_contain_text("on their way to QuickBooks")
    expect(page.get_by_role("heading", name="Nothing needs you")).to_be_visible()
    stopped.settle()
    stopped.check_exactly_once("SO-1", "SO-2")


def test_two_people_cure_one_case(stopped: World, site: Site, browse: Browse) -> None:
    """The second hears what the first did, and changes nothing; what was done is taken back."""
    first, second = browse(site), browse(site, Scope.OPERATE)
    for window in (first, second):
        window.goto("/inbox")
        window.get_by_role("link", name="Use PICNIC").click()
    first.get_by_role("button", name="Other ways out").click()
    first.get_by_role("link", name="Leave out for good…").click()
    first.get_by_label("Why?").fill("Entered by hand")
    first.get_by_role("button", name="Leave out 2").click()
    expect(first.get_by_role("status")).to_contain_text("2 orders are left out.")
    second.get_by_role("button", name="Use PICNIC and send 2").click()

    expect(second.get_by_role("status")).to_contain_text("Nothing was done twice")
    expect(second.get_by_role("status")).to_contain_text("Entered by hand")
    first.get_by_role("button", name="Undo").click()
    expect(first.get_by_role("status")).to_contain_text("looked at again")


def test_a_conflict_is_resolved(company: World, page: Page) -> None:
    """Both sides are seen beside each other, one is chosen, and nothing needs anybody."""
    company.orders(1)
    company.settle()
    company.clock.wait(4000)
    amend(company, "SO-1", "5")
    company.settle()
    page.goto("/inbox")
    page.get_by_role("link", name="A sales order was changed by somebody in QuickBooks.").click()
    expect(page.get_by_role("cell", name="5 × BOLT")).to_be_visible()
    page.get_by_role("link", name="Write what Fusion Operations says").click()
    page.get_by_role("button", name="Write what Fusion Operations says").click()

    expect(page.get_by_role("status")).to_contain_text("SO-1 is on its way")
    company.settle()
    assert [each["TotalAmount"] for each in company.booked()] == ["1.25"]
