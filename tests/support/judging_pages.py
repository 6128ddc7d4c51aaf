"""Judges of a page as a browser shows it: axe-core, and the room that its content takes."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

__all__ = ["ALL", "CONTRAST", "STRUCTURE", "bring_axe", "sticking_out", "violations"]

# Contrast takes most of the time, and is a matter of colours only.
ALL: Final[dict[str, Any]] = {}
CONTRAST: Final[dict[str, Any]] = {"runOnly": {"type": "rule", "values": ["color-contrast"]}}
STRUCTURE: Final[dict[str, Any]] = {"rules": {"color-contrast": {"enabled": False}}}

# What a browser shows of things that open, and how one of them is opened and closed again.
_FOLDS: Final = "main details:not([open])"
_OPENERS: Final = {
    "[popover]": ("each => each.showPopover()", "each => each.hidePopover()"),
    "dialog": ("each => each.showModal()", "each => each.close()"),
}


@cache
def _axe() -> str:
    from axe_playwright_python.sync_playwright import Axe

    script: str = Axe().axe_script
    return script


def bring_axe(context: BrowserContext) -> None:
    """Let each page of a window have axe-core, whatever its policy: it is the browser's own."""
    context.add_init_script(_axe())


def violations(page: Page, rules: dict[str, Any] = ALL) -> list[str]:
    """Say what axe-core finds on a page, with each fold open, and in each menu and dialog."""
    page.locator(_FOLDS).evaluate_all("all => all.forEach(each => each.open = true)")
    found = _found(page, "html", rules)
    for kind, (opening, closing) in _OPENERS.items():
        for number, each in enumerate(page.locator(f"main {kind}").all()):
            each.evaluate(opening)
            each.evaluate(f"each => each.dataset.judged = '{number}'")
            found += _found(page, f"{kind}[data-judged='{number}']", rules)
            each.evaluate(closing)
    return found


def _found(page: Page, within: str, rules: dict[str, Any]) -> list[str]:
    """Say rule, help, and the first elements of each violation."""
    run = "([within, options]) => axe.run(within, options).then(found => found.violations)"
    options = {"resultTypes": ["violations"], "preload": False, **rules}
    found: list[dict[str, Any]] = page.evaluate(run, [within, options])
    return [_told(each) for each in found]


def _told(violation: dict[str, Any]) -> str:
    nodes = [f"{' '.join(each['target'])} ({each['html'][:160]})" for each in violation["nodes"]]
    return f"{violation['id']}: {violation['help']}: {'; '.join(nodes[:3])}"


_STICKING_OUT: Final = """
() => {
  const width = document.documentElement.clientWidth;
  const rolls = each => {
    for (let above = each; above; above = above.parentElement) {
      const way = getComputedStyle(above).overflowX;
      if (above !== document.documentElement && above !== document.body && way !== 'visible')
        return true;
    }
    return false;
  };
  if (document.documentElement.scrollWidth <= width) return [];
  return [...document.querySelectorAll('body *')]
    .filter(each => each.getBoundingClientRect().right > width + 1 && !rolls(each))
    .slice(0, 3)
    .map(each => each.outerHTML.slice(0, 160));
}
"""


# A table that is wider than what clips it: its last columns are out of sight, and of reach.
_CUT_OFF: Final = """
() => {
  const clipping = table => {
    for (let above = table.parentElement; above; above = above.parentElement) {
      const way = getComputedStyle(above).overflowX;
      if (way === 'auto' || way === 'scroll') return null;
      if (way === 'clip' || way === 'hidden') return above;
    }
    return null;
  };
  const right = each => each.getBoundingClientRect().right;
  return [...document.querySelectorAll('table')]
    .filter(table => clipping(table) && right(table) > right(clipping(table)) + 1)
    .map(table => table.outerHTML.slice(0, 160));
}
"""


def sticking_out(page: Page, width: int) -> list[str]:
    """Say what makes a page scroll sideways at a width, or is cut off there.

    Areas that scroll by themselves may.
    """
    height = (page.viewport_size or {"height": 800})["height"]
    page.set_viewport_size({"width": width, "height": height})
    found = [f"cut off at {width}: {each}" for each in page.evaluate(_CUT_OFF)]
    if page.evaluate(
        "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    ):
        return found
    wide = page.evaluate(_STICKING_OUT) or ["something that cannot be named"]
    return found + [f"wider than {width}: {each}" for each in wide]
