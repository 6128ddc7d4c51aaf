"""``/admin/audit``: who did what, when, to what, and what it was before and after."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Final
from urllib.parse import urlencode

import msgspec
from fastapi import APIRouter, Query, Response

from counterfoil.api.table_files import TableFormat, table_answer
from counterfoil.console.forms import Typed
from counterfoil.console.rendering import page
from counterfoil.console.visiting import Administering, Visit
from counterfoil.hub import audits
from counterfoil.hub.audits import AuditRow, Change, Sought
from counterfoil.hub.setup import Hub
from counterfoil.ledger.audits import Place
from counterfoil.settings import OPTIONS, title_of

__all__ = ["add"]

_PAGE: Final = "/admin/audit"
_HEADER: Final = ("at", "who", "what", "about", "detail", "member", "before", "after")
_NO_DAY: Final = "This is no day; write it like 2026-01-31."
Word = Annotated[str, Query(max_length=200)]


def add(routes: APIRouter, hub: Hub) -> None:
    """Add the routes."""

    @routes.get(_PAGE)
    def show(
        visit: Administering,
        who: Word = "",
        about: Word = "",
        since: Word = "",
        until: Word = "",
        beyond: Word = "",
    ) -> Response:
        asked = {"who": who, "about": about, "since": since, "until": until}
        typed = _typed(asked)
        sought = _sought(visit, typed)
        rows, following = audits.page_of(hub, sought, beyond=_place(beyond))
        kept = {name: value for name, value in asked.items() if value}
        return page(
            visit,
            "people/audit.html",
            400 if typed.problems else 200,
            rows=[_in_words(each) for each in rows],
            typed=typed,
            actors=audits.actors(hub),
            is_filtered=bool(kept),
            older=f"{_PAGE}?{urlencode({**kept, 'beyond': _cursor(following)})}"
            if following
            else "",
            newest=f"{_PAGE}?{urlencode(kept)}" if beyond else "",
            export_way=f"{_PAGE}/export?{urlencode(kept)}",
        )

    @routes.get(f"{_PAGE}/export")
    def export(
        visit: Administering,
        as_: TableFormat,
        who: Word = "",
        about: Word = "",
        since: Word = "",
        until: Word = "",
    ) -> Response:
        typed = _typed({"who": who, "about": about, "since": since, "until": until})
        rows = audits.all_rows(hub, _sought(visit, typed))
        return table_answer("audit", as_, _HEADER, _lines(map(_in_words, rows)))


# --- What is asked for --------------------------------------------------------------------


def _typed(asked: dict[str, str]) -> Typed:
    """Hold days that are none beside their fields."""
    wrong = {name: _NO_DAY for name in ("since", "until") if asked[name] and not _day(asked[name])}
    return Typed(asked, wrong)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _sought(visit: Visit, typed: Typed) -> Sought:
    return Sought(
        actor=typed.value("who") or None,
        subject=typed.value("about").strip() or None,
        since=_begins(visit, typed.value("since")),
        until=_begins(visit, typed.value("until"), timedelta(days=1)),
    )


def _begins(visit: Visit, text: str, after: timedelta = timedelta()) -> datetime | None:
    """Give the moment at which a day begins where the company is."""
    day = _day(text)
    if day is None:
        return None
    try:
        return datetime.combine(day + after, time(), visit.zone or UTC).astimezone(UTC)
    except OverflowError:
        return None


def _cursor(place: Place | None) -> str:
    return "" if place is None else f"{place[0].isoformat()}~{place[1]}"


def _place(text: str) -> Place | None:
    """Read where a page begins; what is none is the first page."""
    at, _mark, number = text.partition("~")
    try:
        moment = datetime.fromisoformat(at)
        return (moment, int(number)) if moment.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None


# --- In words -----------------------------------------------------------------------------


def _in_words(row: AuditRow) -> AuditRow:
    """Give a line with its settings called as their page calls them."""
    return msgspec.structs.replace(row, changes=[_setting_in_words(each) for each in row.changes])


def _setting_in_words(change: Change) -> Change:
    option = OPTIONS.get(change.member)
    if option is None:
        return change
    section = title_of(change.member.partition(".")[0])
    labels: dict[str | None, str] = {each.value: each.label for each in option.choices}
    return Change(
        f"{section}, {option.label}",
        labels.get(change.before, change.before),
        labels.get(change.after, change.after),
    )


# --- As a table ---------------------------------------------------------------------------

_NOTHING: Final = Change("", None, None)


def _lines(rows: Iterator[AuditRow]) -> Iterator[tuple[object, ...]]:
    """Give a line for each member that changed, else one."""
    for row in rows:
        for change in row.changes or [_NOTHING]:
            told = (row.at, row.actor, row.action, row.about, row.detail)
            yield (*told, change.member, change.before, change.after)
