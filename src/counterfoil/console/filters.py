"""What a list of the history is narrowed down by, as its address says."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final, NamedTuple, TypeVar
from urllib.parse import urlencode

from babel.dates import format_time

from counterfoil.console.forms import Typed
from counterfoil.console.visiting import Visit

__all__ = ["PAGE", "Filters", "clock_of", "every", "read_filters", "took"]

PAGE: Final = 50
"""Rows of a page."""
_EXPORTED_AT_ONCE: Final = 500

_Row = TypeVar("_Row", bound=Any)


class Filters(NamedTuple):
    """Filters in use.

    Attributes:
        typed: As they are in the form, with what is wrong with them.
        since, until: Days of the company's, both included.
        path: The list's address without filters.
    """

    typed: Typed
    since: date | None
    until: date | None
    path: str

    @property
    def used(self) -> Mapping[str, str]:
        """Those that say something."""
        return {name: value for name, value in self.typed.values.items() if value}

    @property
    def way(self) -> str:
        """The address of the list with these filters."""
        return f"{self.path}?{urlencode(self.used)}" if self.used else self.path

    def older(self, rows: Sequence[_Row]) -> str:
        """Give the address of the page behind; empty: there is none."""
        if len(rows) < PAGE:
            return ""
        return f"{self.path}?{urlencode({**self.used, 'before': rows[-1].id})}"


def read_filters(path: str, values: Mapping[str, str]) -> Filters:
    """Read filters; a day that is none is told beside its field, and filters nothing."""
    problems: dict[str, str] = {}
    days = {name: _day(name, values.get(name, ""), problems) for name in ("since", "until")}
    return Filters(Typed(values, problems), days["since"], days["until"], path)


def _day(name: str, text: str, problems: dict[str, str]) -> date | None:
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        problems[name] = f"{text.strip()[:30]!r} is no day; write it like 2026-01-31."
        return None


def every(page: Callable[[int | None, int], list[_Row]]) -> Iterator[_Row]:
    """Go through a whole list, a page at a time; ``page``: before which number, and how many."""
    before: int | None = None
    while rows := page(before, _EXPORTED_AT_ONCE):
        yield from rows
        if len(rows) < _EXPORTED_AT_ONCE:
            return
        before = rows[-1].id


def took(seconds: float) -> str:
    """Say how long something took."""
    if seconds < 1:
        return "under 1 s"
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds // 60:.0f} min" if seconds < 7_200 else f"{seconds / 3_600:.1f} h"


def clock_of(visit: Visit) -> Callable[[Any], str]:
    """Give what writes a time of day with its seconds, where the day is known."""
    return lambda moment: format_time(
        moment.astimezone(visit.zone) if visit.zone else moment, "medium", locale=visit.locale
    )
