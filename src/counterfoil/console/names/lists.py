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
from counterfoil.hub.desk import Fits, Held, NamesList, NamesPage
from counterfoil.hub.setup import Hub
from counterfoil.ledger.connections import Link

__all__ = ["FILTERS", "Look", "add", "find_list", "shown", "tabs_of"]

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
    "decided": _Filter((Fits.DECIDED,), "decided", ""),
    "unset": _Filter((Fits.UNSET,), "may stay empty", ""),
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
        found = find_link(hub, link)
        first = next(iter(tabs_of(hub, found)), "chosen")
        return RedirectResponse(f"/links/{found.id}/names/{first}", 303)

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
        return shown(hub, visit, *find_list(hub, link, list_), look)

    @routes.get("/links/{link}/names/{list_}/export")
    def export(
        link: str, list_: str, visit: Looking, of: str = "books", as_: TableFormat = "csv"
    ) -> Response:
        found, _which = find_list(hub, link, list_)
        with conflict():
            compared = desk.compare_lists(hub, found.id, list_, side=of)
        return table_answer(f"names-{list_}-{found.id}", as_, HEADER, table_rows(compared.rows))

    @routes.get("/links/{link}/names/{list_}/search")
    def offer(
        link: str,
        list_: str,
        visit: Looking,
        of: str = "books",
        q: str = "",
        mark: str = "names-there",
    ) -> Response:
        """Records of the other side whose names have a text in them, for the list below a field."""
        found, which = find_list(hub, link, list_)
        operations, books = finding.sides(hub, found)
        is_of_books = which.held is Held.RECORDS and of == "books"
        there = operations if is_of_books else books
        text = q or next((v for k, v in visit.request.query_params.items() if k[:3] == "to:"), "")
        with conflict():
            rows = [
                each
                for kind in which.kinds
                for each in desk.list_page(
                    hub, there, kind.value, text=text, everything=False, limit=_OFFERED_MAX
                ).rows
            ]
        names = [(each.full_name, "") for each in rows]
        return page(visit, "settings/offers.html", mark=mark[:40], names=names)


def find_list(hub: Hub, link: str, list_: str) -> tuple[Link, NamesList]:
    """Find the link and its list that an address names.

    Raises:
        ApiError: 404, there is no such link, or no such list on it.
    """
    found = find_link(hub, link)
    for each in desk.names_lists(hub, found.id):
        if each.word == list_:
            return found, each
    raise ApiError(404, f"“{list_[:40]}” is no list that can be held side by side on this link.")


def tabs_of(hub: Hub, link: Link) -> dict[str, str]:
    """Give the lists of a link that have a page, as addresses and people call them."""
    return {each.word: each.title for each in desk.names_lists(hub, link.id)}


def shown(
    hub: Hub,
    visit: Visit,
    link: Link,
    which: NamesList,
    look: Look,
    *,
    fault: str = "",
    typed: Mapping[str, str] | None = None,
    status: int = 200,
) -> Response:
    """Show a page of a list; ``typed``: what stands in its fields, where that was refused."""
    filters = _filters(which)
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
        which=which,
        lists=tabs_of(hub, link),
        filters=filters,
        counts=_counts(found, filters),
        fault=fault,
        typed=typed or {},
        may_decide=visit.may(which.needs),
        may_add=which.held is Held.RECORDS and (look.list, look.side) != ("items", "operations"),
    )


def _filters(which: NamesList) -> Mapping[str, _Filter]:
    """Give what a list can be narrowed to: only of settings may something stay empty."""
    is_set = which.held is Held.SETTINGS
    kept = {name: each for name, each in FILTERS.items() if is_set or name != "unset"}
    # What matches by its own name is no setting.
    return {name: each for name, each in kept.items() if not is_set or name != "same"}


def _counts(found: NamesPage, filters: Mapping[str, _Filter]) -> dict[str, int]:
    return {
        name: sum(found.counts.get(each, 0) for each in (filter_.fits or tuple(Fits)))
        for name, filter_ in filters.items()
    }
