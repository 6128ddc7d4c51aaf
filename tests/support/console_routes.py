"""The console's routes, and addresses that they have in a prepared hub: for tests of all of them."""

from __future__ import annotations

import re
from functools import cache
from typing import Final, NamedTuple

from fastapi.routing import APIRoute

from counterfoil.console import router
from counterfoil.console.visiting import scope_needed
from counterfoil.hub import inbox
from counterfoil.hub.scopes import Scope
from counterfoil.hub.setup import Hub

__all__ = ["ADDRESSES", "EXAMPLES", "PARTS", "SHUT", "Route", "declared", "pages", "part"]

PARTS: Final = 20
"""Into so many parts the pages are divided for tests that take long over each."""

EXAMPLES: Final[dict[str, tuple[str, ...]]] = {
    "books": ("quickbooks-desktop", "quickbooks-online"),
    "connection": ("1", "2", "3", "5"),
    "connect/connection": ("5",),
    "doing": ("send", "skip", "accept", "undo"),
    "exchange": ("5",),
    "link": ("1", "2"),
    "list_": ("customers", "items"),
    "operations": ("fusion-operations", "autotask"),
    # Wrote what can be undone; counted stock.
    "run": ("2", "30"),
    "system": ("fusion-operations", "autotask", "quickbooks-desktop", "quickbooks-online"),
    "side": ("request", "answer"),
    # In the books and changed since, held, refused twice.
    "transfer": ("1", "26", "32", "35"),
    "user": ("1", "4"),
}
"""What stands in an address for a parameter: of the prepared hub (``tests/support/prepared.py``).
What is not named here is the first of its kind.

Before a parameter's name stands the part of the address before it, where that tells them apart.
"""

ADDRESSES: Final[dict[str, tuple[str, ...]]] = {
    "/connections/{connection}/lists/{word}": (
        "/connections/2/lists/customers",
        "/connections/2/lists/accounts",
        "/connections/3/lists/items",
    ),
    "/connections/{connection}/people/new": ("/connections/2/people/new",),
    "/connections/{connection}/people/{person}/remove": ("/connections/2/people/1/remove",),
    "/documents": (
        "/documents",
        "/documents?q=lumen",
        "/documents?q=nobody-is-called-so",
        "/documents?kind=sales-order&status=attention&when=year&pick=all",
    ),
    "/documents/send-all": ("/documents/send-all?kind=sales-order",),
    "/documents/{doing}": (
        "/documents/send?d=26&d=32",
        "/documents/skip?d=32",
        "/documents/accept?d=1",
        "/documents/undo?d=1",
    ),
    "/links/{link}/names/{list_}": (
        "/links/1/names/customers",
        "/links/2/names/items",
        "/links/1/names/employees",
        "/links/1/names/accounts?fits=",
    ),
    "/links/{link}/settings/{section}": (
        "/links/1/settings/sales-order-out",
        "/links/1/settings/general",
        "/links/2/settings/purchase-order-out",
    ),
    "/links/{link}/settings/defaults/{section}": ("/links/1/settings/defaults/sales-order-out",),
    "/links/{link}/stock/{press}": ("/links/1/stock/1",),
    "/links/{link}/stock": ("/links/1/stock?q=a", "/links/2/stock"),
    "/history": ("/history", "/history?how=problem"),
    "/transfers/{transfer}/correct": (
        "/transfers/32/correct",
        "/transfers/26/correct",
        "/transfers/1/correct",
    ),
    "/transfers/{transfer}/exchanges/{exchange}": ("/transfers/1/exchanges/5",),
}
"""Addresses where not every combination is there, or where more is asked of a page."""

SHUT: Final = {
    "/join": 410,
    "/login/sign-on": 403,
    "/login/sign-on/back": 403,
    "/runs/1/undo": 409,
}
"""What pages answer that need a key, single sign-on, or a run that wrote something."""

_NOT_PAGES: Final = frozenset({"/static/{name}", "/oauth/callback"})
_FILES_AND_PARTS: Final = frozenset({"export", "live", "qwc", "search", "sum", "{side}"})
_PARAMETER: Final = re.compile(r"(?:(?P<before>[\w-]+)/)?\{(?P<name>\w+)(?::\w+)?\}")


class Route(NamedTuple):
    """One route of the console; ``needed`` is ``None`` where it is open to everybody."""

    method: str
    path: str
    needed: Scope | None

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def is_page(self) -> bool:
        """Whether it shows something to people."""
        is_whole = self.path.rpartition("/")[2] not in _FILES_AND_PARTS
        return self.method == "GET" and is_whole and self.path not in _NOT_PAGES

    def ways(self, hub: Hub) -> tuple[str, ...]:
        """Addresses that it has in the prepared hub."""
        if self.path in ADDRESSES:
            return ADDRESSES[self.path]
        ways: tuple[str, ...] = (self.path,)
        for found in _PARAMETER.finditer(self.path):
            examples = _examples(hub, found["name"], found["before"])
            hole = f"{{{found[0].partition('{')[2]}"
            ways = tuple(way.replace(hole, each, 1) for way in ways for each in examples)
        return ways


def _examples(hub: Hub, name: str, before: str) -> tuple[str, ...]:
    if name == "key" and before == "inbox":
        return tuple(each.key for each in inbox.cases(hub)) or ("none",)
    return EXAMPLES.get(f"{before}/{name}") or EXAMPLES.get(name, ("1",))


@cache
def declared() -> tuple[Route, ...]:
    """List the routes of the console."""
    routes = router(object.__new__(Hub)).routes
    return tuple(
        Route(method, route.path, scope_needed(route))
        for route in routes
        if isinstance(route, APIRoute)
        for method in sorted(route.methods or ())
    )


def pages() -> list[Route]:
    """List the pages."""
    return [each for each in declared() if each.is_page]


def part(number: int) -> list[Route]:
    """List the pages of one part; all together are all pages."""
    return pages()[number::PARTS]
