"""``/links/{link}/names/{list}``: a list of one side beside the other's, a page at a time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple
from urllib.parse import urlencode

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse

from counterfoil.api.decided_names import HEADER, table_rows
from counterfoil.api.errors import ApiError
from counterfoil.api.finding import conflict, find_link
from counterfoil.api.table_files import TableFormat, table_answer
from counterfoil.console.rendering import page
from counterfoil.console.visiting import Looking, Visit
from counterfoil.hub import desk, finding
from counterfoil.hub.desk import Fits, NamesPage
from counterfoil.hub.setup import Hub
from counterfoil.ledger.connections import Link

__all__ = ["FILTERS", "LISTS", "Look", "add", "find_list", "shown"]

LISTS: Final[Mapping[str, str]] = {"customers": "Customers", "vendors": "Vendors", "items": "Items"}
"""What can be held side by side: as addresses and people call it."""
SIDES: Final = ("books", "operations")
_PAGE: Final = 50
_OFFERED_MAX: Final = 20


class _Filter(NamedTuple):
    """What a page can be narrowed to."""

    fits: tuple[Fits, ...]
    words: str
    kind: str


FILTERS: Final[Mapping[str, _Filter]] = {
    "open": _Filter((Fits.OPEN,), "to decide", "need"),
    "doubtful": _Filter((Fits.DOUBTFUL,), "in doubt", "need"),
    "same": _Filter((Fits.SAME,), "matched by name", ""),
    "decided": _Filter((Fits.DECIDED,), "decided by somebody", ""),
    "": _Filter((), "all", ""),
}


class Look(NamedTuple):
    """What of a list is looked at."""

    list: str
    side: str = "books"
    fits: str = "open"
    text: str = ""
    after: str = ""

    def way(self, link: int, **other: str) -> str:
        """Give the address of the same look, but for what is other; a new filter begins anew."""
        at = self._replace(after="")._replace(**other)
        query = {"of": at.side, "fits": at.fits, "q": at.text, "after": at.after}
        plain = {"of": "books", "q": "", "after": ""}
        kept = {name: value for name, value in query.items() if value != plain.get(name)}
        return f"/links/{link}/names/{at.list}?{urlencode(kept)}"


def add(routes: APIRouter, hub: Hub) -> None:
    """Add the routes."""

    @routes.get("/links/{link}/names")
    def begin(link: str, visit: Looking) -> Response:
        return RedirectResponse(f"/links/{find_link(hub, link).id}/names/customers", 303)

    @routes.get("/links/{link}/names/{list_}")
    def show(
        link: str,
        list_: str,
        visit: Looking,
        of: str = "books",
        fits: str = "open",
        q: str = "",
        after: str = "",
    ) -> Response:
        look = Look(list_, of, fits if fits in FILTERS else "open", q[:200], after)
        return shown(hub, visit, find_list(hub, link, list_), look)

    @routes.get("/links/{link}/names/{list_}/export")
    def export(
        link: str, list_: str, visit: Looking, of: str = "books", as_: TableFormat = "csv"
    ) -> Response:
        found = find_list(hub, link, list_)
        with conflict():
            compared = desk.compare_lists(hub, found.id, list_, side=of)
        return table_answer(f"names-{list_}-{found.id}", as_, HEADER, table_rows(compared.rows))

    @routes.get("/links/{link}/names/{list_}/search")
    def offer(link: str, list_: str, visit: Looking, of: str = "books", q: str = "") -> Response:
        """Records of the other side whose names have a text in them, for the list below a field."""
        found = find_list(hub, link, list_)
        operations, books = finding.sides(hub, found)
        there = operations if of == "books" else books
        text = q or next((v for k, v in visit.request.query_params.items() if k[:3] == "to:"), "")
        with conflict():
            rows = desk.list_page(
                hub, there, list_, text=text, everything=False, limit=_OFFERED_MAX
            ).rows
        names = [(each.full_name, "") for each in rows]
        return page(visit, "settings/offers.html", mark="names-there", names=names)


def find_list(hub: Hub, link: str, list_: str) -> Link:
    """Find the link whose list an address names.

    Raises:
        ApiError: 404, there is no such link, or no such list.
    """
    found = find_link(hub, link)
    if list_ not in LISTS:
        raise ApiError(404, f"“{list_[:40]}” is no list that can be held side by side.")
    return found


def shown(
    hub: Hub,
    visit: Visit,
    link: Link,
    look: Look,
    *,
    fault: str = "",
    typed: Mapping[str, str] | None = None,
    status: int = 200,
) -> Response:
    """Show a page of a list; ``typed``: what stands in its fields, where that was refused."""
    with conflict():
        found = desk.names_page(
            hub,
            link.id,
            look.list,
            side=look.side,
            fits=FILTERS[look.fits].fits,
            text=look.text or None,
            after=look.after or None,
            limit=_PAGE,
        )
    return page(
        visit,
        "names/list.html",
        status,
        link=link,
        look=look,
        found=found,
        lists=LISTS,
        filters=FILTERS,
        counts=_counts(found),
        fault=fault,
        typed=typed or {},
        may_decide=visit.may("operate"),
        may_add=not (look.list == "items" and look.side == "operations"),
    )


def _counts(found: NamesPage) -> dict[str, int]:
    return {
        name: sum(found.counts.get(each, 0) for each in (filter_.fits or tuple(Fits)))
        for name, filter_ in FILTERS.items()
    }
