"""Stories of settings in a real browser: a change and its effect, a name found by the keyboard."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.support.browsing import Site
from tests.support.world import World

SALES = "/links/1/settings/sales-order-out"


def test_a_change_shows_its_effect_before_it_is_saved(
    page: Page, site: Site, company: World
) -> None:
    """Switched to automatic: two held orders become ready, told first, done after, undone at last."""
    company.set("sales-order-out.mode=manual")
    company.orders(2)
    company.read_operations()
    page.goto(f"{site.url}{SALES}")
    page.get_by_role("radio", name="Automatically").first.check()
    expect(page.get_by_role("heading", name="Before you save: 1 change")).to_be_visible()
    expect(page.get_by_text("2 documents that wait for somebody become ready")).to_be_visible()
    page.get_by_role("button", name="Save 1 change").click()
    expect(page.get_by_text("1 setting saved.")).to_be_visible()
    assert set(company.states().values()) == {"ready"}
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("The settings are those of version")).to_be_visible()
    assert set(company.states().values()) == {"held"}


def test_an_account_is_found_by_typing(page: Page, site: Site, company: World) -> None:
    """What is typed narrows the list below the field; what is not there is said beside it."""
    company.set("sales-order-out.create_missing_items=true")
    company.sync()
    page.goto(f"{site.url}{SALES}")
    field = page.get_by_label("IncomeAccountFullName", exact=True)
    field.fill("goods")
    offers = page.locator(f"#{field.get_attribute('list')} option")
    expect(offers.filter(has_text="income")).to_have_count(1)
    field.press("Tab")
    expect(page.get_by_text("has no account “goods”").first).to_be_visible()
    expect(page.get_by_role("button", name="Save all the same")).to_be_visible()
    field.fill("Sales:Goods")
    field.press("Tab")
    expect(page.get_by_text("has no account")).to_have_count(0)
