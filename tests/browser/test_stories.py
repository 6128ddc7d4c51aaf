"""What holds wherever somebody goes: roles, sessions that end, the keyboard, no script."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from counterfoil.hub import users
from counterfoil.hub.scopes import Scope
from counterfoil.hub.users import Role
from tests.browser.conftest import Browse
from tests.support.browsing import PHONE, Site
from tests.support.prepared import PASSWORD

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.slow

PICNIC = "“PICNIC” is inactive"


def sign_in(page: Page, name: str) -> None:
    """Type what lets somebody of the prepared hub in."""
    page.get_by_label("E-mail").fill(f"{name}@larkspur.example")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.keyboard.press("Enter")


def owner_of(site: Site) -> int:
    """The number of the hub's owner."""
    return next(each.id for each in users.all_users(site.hub) if each.role is Role.OWNER)


def test_a_viewer_looks_and_sends_nothing(prepared: Site, browse: Browse) -> None:
    """The cause and its documents are there; no button is, not even on the document's page."""
    page = browse(prepared, Scope.READ)
    page.goto("/inbox")
    page.get_by_text(PICNIC).first.wait_for()

    assert page.get_by_role("button", name=re.compile("Use|Send|Try again")).count() == 0
    page.goto("/transfers/32")
    assert page.get_by_role("button", name=re.compile("Send|Try again|Skip")).count() == 0
    assert page.locator("main form[method='post']").count() == 0


def test_a_session_that_ends_leads_back_to_its_page(prepared: Site, browse: Browse) -> None:
    """Whoever presses a button after it comes back to the page on which it stands."""
    page = browse(prepared)
    page.goto("/links/1/pause")
    users.end_all_sessions(prepared.hub, owner_of(prepared), "tests")
    page.locator("main form[method='post'] button[type='submit']").first.click()
    page.wait_for_url("**/login?to=*")
    sign_in(page, "mara")
    page.wait_for_url("**/links/1/pause")


def test_what_was_typed_outlives_a_session(prepared: Site, browse: Browse) -> None:
    """A form sent after the end of it does nothing, and is still there once one is back."""
    page = browse(prepared)
    page.goto("/admin/people/3")
    page.get_by_label("Name", exact=True).fill("Priya Nair-Holm")
    page.get_by_label("Owner").check()
    users.end_all_sessions(prepared.hub, owner_of(prepared), "tests")
    page.get_by_role("button", name="Save").click()
    page.wait_for_url("**/login?to=*")
    sign_in(page, "mara")
    page.wait_for_url("**/again/*")
    assert "Priya Nair" in {each.name for each in users.all_users(prepared.hub)}
    page.get_by_role("button", name="Send it now").click()

    page.wait_for_url("**/admin/people/3")
    (changed,) = [each for each in users.all_users(prepared.hub) if each.id == 3]
    assert (changed.name, changed.role) == ("Priya Nair-Holm", Role.OWNER)


def test_going_back_shows_what_was_there(prepared: Site, browse: Browse) -> None:
    """From a document back to the list as it was searched."""
    page = browse(prepared)
    page.goto("/")
    page.get_by_role("searchbox").first.fill("lumen")
    page.keyboard.press("Enter")
    page.wait_for_url("**/documents?q=lumen*")
    page.locator("main a[href^='/transfers/']").first.click()
    page.wait_for_url("**/transfers/*")
    page.go_back()
    page.wait_for_url("**/documents?q=lumen*")

    assert page.locator("main a[href^='/transfers/']").count() > 0


def test_the_keyboard_alone_gets_to_the_cure(prepared: Site, browse: Browse) -> None:
    """From the form to the inbox and into a cause, seeing at each step where one is."""
    page = browse(prepared, None)
    page.goto("/login?to=/inbox")
    sign_in(page, "mara")
    page.wait_for_url(re.compile(r"^[^?]*/inbox$"))
    page.keyboard.press("Tab")

    assert focused(page) == "#main", "the way past the navigation comes first"
    page.keyboard.press("Enter")
    for _ in range(60):
        page.keyboard.press("Tab")
        assert is_seen(page), "wherever one is can be seen"
        if re.match(r"/inbox/(?!export)\w+", focused(page)):
            break
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/inbox/\w+"))


def focused(page: Page) -> str:
    """Where the element leads that has the focus."""
    return str(page.evaluate("document.activeElement.getAttribute('href') || ''"))


def is_seen(page: Page) -> bool:
    """Whether the focus shows: a ring, or another border."""
    shown = """() => {
      const style = getComputedStyle(document.activeElement);
      return style.outlineStyle !== 'none' || style.boxShadow !== 'none';
    }"""
    return bool(page.evaluate(shown))


def test_without_script_all_of_it_works(prepared: Site, browse: Browse) -> None:
    """Signing in, the inbox, a cause, a document, and a setting's page: plain links and forms."""
    page = browse(prepared, None, PHONE, scripts=False)
    page.goto("/")
    sign_in(page, "mara")
    page.locator("main a[href^='/inbox']").first.click()
    page.wait_for_url("**/inbox*")
    page.locator("main .case a[href^='/inbox/']").first.click()
    page.wait_for_url("**/inbox/*")
    page.goto("/documents")
    page.locator("main a[href^='/transfers/']").first.click()
    page.wait_for_url("**/transfers/*")
    page.goto("/links/1/pause")
    page.locator("main form[method='post'] button[type='submit']").first.click()

    assert page.get_by_role("status").first.is_visible()
