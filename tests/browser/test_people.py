"""People, as they see it: the first of all, whoever is invited, and signing in with a phone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pyotp
from playwright.sync_api import expect

from counterfoil.hub import users
from counterfoil.hub.scopes import Scope
from tests.browser.conftest import Browse
from tests.support.browsing import PHONE, Site

if TYPE_CHECKING:
    from playwright.sync_api import Page

PASSWORD = "plum orbit candle 47"


def press(page: Page, words: str) -> None:
    page.get_by_role("button", name=words, exact=True).click()


def code_of(page: Page, site: Site) -> str:
    """The code that a phone shows, after somebody typed the secret into it."""
    page.get_by_text("No camera?").click()
    shown = page.locator(".enrol code").inner_text()
    return pyotp.TOTP(shown.replace(" ", "")).at(site.hub.now())


def test_the_first_of_all_invites_another(empty: Site, browse: Browse) -> None:
    """From a fresh hub, by the setup code, to somebody else who is signed in."""
    page = browse(empty, None)
    code = users.new_setup_code(empty.hub)
    page.goto("/login")
    page.get_by_label("Your name").fill("Mara Quill")
    page.get_by_label("E-mail").fill("mara@larkspur.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_label("Setup code").fill(str(code))
    press(page, "Create the administrator")
    expect(page).to_have_url(re.compile("/welcome"))

    page.goto("/admin/people")
    page.get_by_role("link", name="Invite somebody…").click()
    page.get_by_label("Name").fill("Ines Vega")
    page.get_by_label("E-mail").fill("ines@larkspur.example")
    page.get_by_label("Viewer").check()
    press(page, "Invite")
    link = page.locator(".secret code").inner_text()

    other = browse(empty, None, PHONE)
    other.goto(link)
    other.get_by_label("Password").fill(PASSWORD)
    press(other, "Sign in")
    other.goto("/admin")
    expect(other.get_by_text("People, tokens and notices are an owner’s.")).to_be_visible()
    page.goto("/admin/people")
    expect(page.get_by_role("row", name="Ines Vega")).to_contain_text("Can sign in")


def test_a_phone_is_asked_for(empty: Site, browse: Browse) -> None:
    """Set up in the account, kept codes open once in its place, and back one goes on."""
    page = browse(empty, Scope.ADMINISTER, scripts=False)
    made = users.add(empty.hub, "mara@larkspur.example", "Mara Quill", users.Role.OWNER, "tests")
    users.set_password(empty.hub, made.id, PASSWORD, "tests")
    page.context.clear_cookies()
    page.goto("/account")
    page.get_by_label("E-mail").fill("mara@larkspur.example")
    page.get_by_label("Password").fill(PASSWORD)
    press(page, "Sign in")
    page.get_by_role("link", name="Set it up…").click()
    page.get_by_label("The code that the app shows now").fill(code_of(page, empty))
    press(page, "Switch it on")
    [first, *_others] = page.locator(".codes code").all_inner_texts()
    page.get_by_role("link", name="I have kept them").click()
    page.context.clear_cookies()

    page.goto("/account")
    page.get_by_label("E-mail").fill("mara@larkspur.example")
    page.get_by_label("Password").fill(PASSWORD)
    press(page, "Sign in")
    page.get_by_label("Code").fill(first)
    press(page, "Continue")
    expect(page.get_by_role("heading", name="Your account")).to_be_visible()
    expect(page.get_by_text("9 of your recovery codes are left.")).to_be_visible()
