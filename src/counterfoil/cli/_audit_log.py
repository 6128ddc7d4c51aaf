"""``counterfoil audit``: who did what, when, and what it was before and after."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from ._asking import day_typed
from ._show import Column, emit, table, when
from ._state import Json, opened

if TYPE_CHECKING:
    from counterfoil.hub.audits import AuditRow
    from counterfoil.hub.setup import Hub

__all__ = ["audit"]


def audit(
    context: typer.Context,
    *,
    who: Annotated[str | None, typer.Option("--who", help="Only what this person did.")] = None,
    about: Annotated[
        str | None, typer.Option("--about", help="Only about this, such as link/3 or user/2.")
    ] = None,
    since: Annotated[
        str | None, typer.Option("--since", metavar="DATE", help="From this day on.")
    ] = None,
    until: Annotated[
        str | None, typer.Option("--until", metavar="DATE", help="Up to this day.")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=10_000, help="At most so many.")] = 50,
    json: Json = False,
) -> None:
    """List who did what, when, to what, and what it was before and after; the newest first."""
    from counterfoil.hub import audits

    first, last = day_typed(since), day_typed(until)
    with opened(context) as hub:
        sought = audits.Sought(
            actor=who,
            subject=about,
            since=_begins(hub, first),
            until=None if last is None else _begins(hub, last + timedelta(days=1)),
        )
        rows, _following = audits.page_of(hub, sought, limit=limit)
    if json:
        emit({"audit": [_plain(each) for each in rows]})
        return
    table(
        (
            Column("When", is_whole=True),
            Column("Who"),
            Column("What"),
            Column("About"),
            Column("Before and after", is_wide=True),
        ),
        ((when(row.at), row.actor, row.action, row.about, _told(row)) for row in rows),
        empty="Nothing of that kind.",
    )


def _begins(hub: Hub, day: date | None) -> datetime | None:
    from counterfoil.hub.views import zone_of

    if day is None:
        return None
    return datetime.combine(day, time(), zone_of(hub) or UTC).astimezone(UTC)


def _plain(row: AuditRow) -> dict[str, object]:
    import msgspec

    plain: dict[str, object] = msgspec.to_builtins(row)
    return {**plain, "changes": [each._asdict() for each in row.changes]}


def _told(row: AuditRow) -> str:
    told = [f"{each.member}: {each.before or '-'} → {each.after or '-'}" for each in row.changes]
    beside = row.detail if row.detail and row.detail != row.about else None
    return "; ".join([*([beside] if beside else []), *told])
