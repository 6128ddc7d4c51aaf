"""The browser tests' own watch: what goes wrong in a window does not go unnoticed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.browsing import Chromium, Site

if TYPE_CHECKING:
    from playwright.sync_api import Page


def test_a_company_works_while_a_window_is_open(page: Page, site: Site) -> None:
    """Its programs run in the thread whose running loop is the browser's."""
    page.goto("/")


@pytest.mark.parametrize(
    "deed, problem",
    [
        ("document.head.innerHTML += '<style>p { color: red }</style>'", "console: "),
        ("location.href = 'http://elsewhere.example/'", "a request elsewhere: "),
        ("setTimeout(() => { throw new Error('ours') })", "script failed: "),
        ("document.querySelector('link').href = '/static/none.css'", "404 for "),
    ],
)
def test_what_goes_wrong_is_noted(chromium: Chromium, empty: Site, deed: str, problem: str) -> None:
    """A broken policy, a call elsewhere, an error: each is a problem of its window."""
    window = chromium.window(empty, None)
    window.page.goto("/login")
    window.page.evaluate(deed)
    window.page.wait_for_timeout(50)
    window.page.context.close()

    assert any(each.startswith(problem) for each in window.watch.problems), window.watch.problems
