"""What the list of documents is asked for, as its address says it.

Pure.  What an address says wrongly is passed over: a list that shows too much is seen at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Final, NamedTuple
from urllib.parse import parse_qsl, urlencode

from counterfoil.documents import DocumentKind
from counterfoil.hub.views import DocumentsSought
from counterfoil.ledger.listing import Place
from counterfoil.settings import Direction

from .words import FIGURES, KINDS, Figure

__all__ = ["PERIODS", "WAYS", "Asked", "Chip", "asked_in", "query_of"]

LIST: Final = "/documents"
_TEXT_MAX: Final = 200
_ID_MAX: Final = 2**63 - 1

WAYS: Final[Mapping[str, tuple[str, Direction | None]]] = {
    "": ("Both ways", None),
    "to": ("To QuickBooks", Direction.TO_BOOKS),
    "from": ("From QuickBooks", Direction.FROM_BOOKS),
}
PERIODS: Final[Mapping[str, str]] = {
    "": "Any date",
    "30": "Last 30 days",
    "month": "This month",
    "before": "Last month",
    "year": "This year",
    "days": "From … to …",
}
_FIGURES: Final = {figure.key: figure for figure in FIGURES}
_KINDS: Final = {kind.value: kind for kind in KINDS}


class Chip(NamedTuple):
    """A filter in use, and the list without it."""

    words: str
    without: str


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What is asked for.

    Attributes:
        kind: ``None``: all of them.
        when: A key of ``PERIODS``; ``days``: from ``first`` to ``last``.
        today: The company's day.
    """

    kind: DocumentKind | None = None
    link: int | None = None
    way: str = ""
    status: str = ""
    text: str = ""
    when: str = ""
    first: date | None = None
    last: date | None = None
    older: Place | None = None
    newer: Place | None = None
    today: date = field(compare=False)

    @property
    def figure(self) -> Figure:
        """The total above the list that is in use."""
        return _FIGURES[self.status]

    @property
    def sought(self) -> DocumentsSought:
        """Give it as the hub is asked."""
        first, last = self._days()
        return DocumentsSought(
            link=self.link,
            kinds=() if self.kind is None else (self.kind,),
            direction=WAYS[self.way][1],
            states=self.figure.states,
            text=self.text,
            first=first,
            last=last,
        )

    def _days(self) -> tuple[date | None, date | None]:
        begin = self.today.replace(day=1)
        match self.when:
            case "30":
                return self.today - timedelta(days=30), None
            case "month":
                return begin, None
            case "before":
                end = begin - timedelta(days=1)
                return end.replace(day=1), end
            case "year":
                return self.today.replace(month=1, day=1), None
            case "days":
                return self.first, self.last
            case _:
                return None, None

    @property
    def query(self) -> str:
        """What stands behind the question mark, without the page within the list."""
        return urlencode(list(_said(replace(self, older=None, newer=None))))

    @property
    def address(self) -> str:
        """The list as it is asked for, from where it is leafed through."""
        return _address(LIST, list(_said(self)))

    def but(self, **changes: object) -> str:
        """Give the first page of the list with something else asked for."""
        return replace(self, older=None, newer=None, **changes).address  # type: ignore[arg-type]  # names of its own fields

    def page(self, *, older: Place | None = None, newer: Place | None = None) -> str:
        """Give another page of the list."""
        return replace(self, older=older, newer=newer).address

    def chips(self, links: Mapping[int, str]) -> list[Chip]:
        """List the filters in use, but for those that tabs and totals show."""
        return list(self._chips(links))

    def _chips(self, links: Mapping[int, str]) -> Iterator[Chip]:
        if self.text:
            yield Chip(f"Search: {self.text}", self.but(text=""))
        if self.link is not None:
            yield Chip(f"Link: {links.get(self.link, self.link)}", self.but(link=None))
        if self.way:
            yield Chip(WAYS[self.way][0], self.but(way=""))
        if self.when and self.when != "days":
            yield Chip(f"Date: {PERIODS[self.when].lower()}", self.but(when=""))
        if self.when == "days" and (self.first or self.last):
            told = " ".join(
                f"{word} {day.isoformat()}"
                for word, day in (("from", self.first), ("to", self.last))
                if day is not None
            )
            yield Chip(f"Date: {told}", self.but(when="", first=None, last=None))


def _said(asked: Asked) -> Iterator[tuple[str, str]]:
    """Give what an address says of it: what does not matter is left out."""
    is_dated = asked.when == "days"
    said = {
        "kind": asked.kind.value if asked.kind else "",
        "link": str(asked.link or ""),
        "way": asked.way,
        "status": asked.status,
        "q": asked.text,
        "when": asked.when,
        "from": asked.first.isoformat() if is_dated and asked.first else "",
        "to": asked.last.isoformat() if is_dated and asked.last else "",
        "older": _place_said(asked.older),
        "newer": _place_said(asked.newer),
    }
    yield from ((name, value) for name, value in said.items() if value)


def _place_said(place: Place | None) -> str:
    return "" if place is None else f"{place.day}.{place.id}"


def _address(path: str, said: list[tuple[str, str]]) -> str:
    return f"{path}?{urlencode(said)}" if said else path


def asked_in(said: Mapping[str, str], today: date) -> Asked:
    """Read what an address asks for."""
    older, newer = _place(said.get("older", "")), _place(said.get("newer", ""))
    return Asked(
        kind=_KINDS.get(said.get("kind", "")),
        link=_number(said.get("link", "")),
        way=_one_of(WAYS, said.get("way", "")),
        status=_one_of(_FIGURES, said.get("status", "")),
        text=" ".join(said.get("q", "")[:_TEXT_MAX].split()),
        when=_one_of(PERIODS, said.get("when", "")),
        first=_day(said.get("from", "")),
        last=_day(said.get("to", "")),
        older=older,
        newer=None if older else newer,
        today=today,
    )


def query_of(query: str) -> dict[str, str]:
    """Read a query as it was saved."""
    return dict(parse_qsl(query))


def _one_of(known: Mapping[str, object], word: str) -> str:
    return word if word in known else ""


def _number(text: str) -> int | None:
    is_number = text.isascii() and text.isdigit() and len(text) < len(str(_ID_MAX))
    return int(text) if is_number else None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _place(text: str) -> Place | None:
    day, _dot, row = text.rpartition(".")
    found = _number(row)
    return None if found is None or _day(day) is None else Place(day, found)
