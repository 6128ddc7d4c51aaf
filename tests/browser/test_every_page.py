"""Every page of the console, in every state: axe-core finds nothing, and nothing sticks out.

axe-core looks at every page once, light and dark; at every fourth also with long names, in an empty
hub and as a viewer sees it.  ``COUNTERFOIL_TEST_PAGES=all`` looks at all of them so, with all the
addresses that the prepared hub has for them, and for structure at the width of a phone as well.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

import pytest

from counterfoil.hub.scopes import Scope
from tests.browser.conftest import Browse
from tests.support.browsing import PHONE, WIDE, Site
from tests.support.console_routes import PARTS, Route, part
from tests.support.judging_pages import (
    CONTRAST,
    STRUCTURE,
    bring_axe,
    sticking_out,
    violations,
)

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.slow

NARROW, BROAD = 360, 1920
WIDTHS: Final = (NARROW, 768, 1024, WIDE.width, BROAD)
IS_WHOLE: Final = os.environ.get("COUNTERFOIL_TEST_PAGES") == "all"
SOME: Final = range(0, PARTS, 1 if IS_WHOLE else 4)
# The description of the JSON API is a hundred screens of one kind: some of them are judged.
LIKE_OTHERS: Final = {"/docs": "main > section:nth-of-type(n + 6)"}


def addresses(route: Route, site: Site) -> tuple[str, ...]:
    """The addresses at which a page is looked at."""
    found = tuple(route.ways(site.hub))
    return found if IS_WHOLE else found[:1]


def look_at(page: Page, way: str) -> None:
    """Go to a page, and leave out what is like other parts of it."""
    page.goto(way)
    if way in LIKE_OTHERS and not IS_WHOLE:
        page.locator(LIKE_OTHERS[way]).evaluate_all("all => all.forEach(each => each.remove())")


def judged(page: Page, way: str) -> list[str]:
    """Say what axe-core finds on a page: light and dark, and narrow where all is asked for."""
    page.set_viewport_size({"width": WIDE.width, "height": WIDE.height})
    page.emulate_media(color_scheme="light")
    look_at(page, way)
    found = violations(page)
    page.emulate_media(color_scheme="dark")
    found += violations(page, CONTRAST)
    if IS_WHOLE:
        page.set_viewport_size({"width": PHONE.width, "height": PHONE.height})
        found += violations(page, STRUCTURE)
    return found


def judged_briefly(page: Page, way: str) -> list[str]:
    """Say the same of another state of a page whose colours are known."""
    look_at(page, way)
    return violations(page, STRUCTURE)


class Windows:
    """Windows with axe-core: of somebody who may so much, and of somebody who has not signed in."""

    def __init__(self, browse: Browse, site: Site, scope: Scope = Scope.ADMINISTER) -> None:
        self._pages = {}
        for signed_in in (scope, None):
            self._pages[signed_in is None] = page = browse(site, signed_in)
            bring_axe(page.context)

    def for_(self, route: Route) -> Page:
        """The window in which a page is looked at."""
        return self._pages[route.needed is None]


@pytest.mark.parametrize("number", range(PARTS))
def test_a_page_is_for_everybody(prepared: Site, browse: Browse, number: int) -> None:
    """axe-core finds no violation, light and dark, wide and narrow, whatever is open."""
    windows = Windows(browse, prepared)
    found = {}
    for each in part(number):
        page, (first, *others) = windows.for_(each), addresses(each, prepared)
        found[first] = judged(page, first)
        found |= {way: judged_briefly(page, way) for way in others}

    assert {way: each for way, each in found.items() if each} == {}


@pytest.mark.parametrize("number", SOME)
def test_nothing_sticks_out(hostile: Site, browse: Browse, number: int) -> None:
    """No page scrolls sideways or is cut off, from 360 to 1920 pixels, however long names are."""
    windows = Windows(browse, hostile)
    found = {}
    for each in part(number):
        page = windows.for_(each)
        for way in addresses(each, hostile):
            page.goto(way)
            found[way] = [each for width in WIDTHS for each in sticking_out(page, width)]

    assert {way: each for way, each in found.items() if each} == {}


@pytest.mark.parametrize("number", SOME)
def test_a_hub_without_anything_is_for_everybody(empty: Site, browse: Browse, number: int) -> None:
    """Where nothing is there yet each page says so, and as well."""
    windows = Windows(browse, empty)
    found = {}
    for each in (each for each in part(number) if "{" not in each.path):
        page = windows.for_(each)
        found[each.path] = judged_briefly(page, each.path) + sticking_out(page, NARROW)

    assert {way: each for way, each in found.items() if each} == {}


@pytest.mark.parametrize("number", SOME)
def test_a_viewer_s_page_is_for_everybody(prepared: Site, browse: Browse, number: int) -> None:
    """What somebody may not do is not there, or says so: never a page with a hole."""
    windows = Windows(browse, prepared, Scope.READ)
    guarded = [each for each in part(number) if each.needed is not None]
    found = {
        each.path: judged_briefly(windows.for_(each), addresses(each, prepared)[0])
        for each in guarded
    }

    assert {way: each for way, each in found.items() if each} == {}


def test_the_frame_s_menus_are_for_everybody(empty: Site, browse: Browse) -> None:
    """The menu of the person, and what the bar at the bottom has no room for."""
    page = browse(empty, look=PHONE)
    bring_axe(page.context)
    page.goto("/")
    for opener in ("your account", "More"):
        page.get_by_role("button", name=opener).click()

        assert violations(page) == []
        page.keyboard.press("Escape")
