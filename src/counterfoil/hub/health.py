"""How links are: when each side was last heard of, and whether that is as it should be.

Silence is an alarm.  Whoever calls us is expected in the rhythm in which it called before, or in
which it was set up to; late by several times that it is silent, and the likeliest cause is told.
Whoever we call is asked in a rhythm of ours, and what is wrong there is told by its errors.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from statistics import median
from typing import Final

import msgspec
from sqlalchemy import Connection as Tx

from counterfoil.engine.life import UNSETTLED, State
from counterfoil.hub.links import LinkView, all_views
from counterfoil.hub.rhythms import RUN_EVERY
from counterfoil.hub.setup import Hub
from counterfoil.hub.systems import looks_every, traits_of
from counterfoil.hub.times import zone_in
from counterfoil.ledger import agents, daybook, runs, transfers
from counterfoil.ledger.connections import Connection
from counterfoil.ledger.daybook import Happened
from counterfoil.settings import FlowMode

__all__ = ["Contact", "FlowDays", "LinkHealth", "days_of_flows", "links_health", "silent"]

_AGENT_EVERY: Final = timedelta(minutes=1)
# Late by so many times its rhythm, and by so long at least, a side is silent.
_MISSED: Final = 3
_GRACE: Final = timedelta(minutes=15)
# So many runs tell a rhythm.
_RUNS: Final = 9
_RUNS_MIN: Final = 5


class Contact(msgspec.Struct, frozen=True, kw_only=True):
    """When a side of a link was last heard of.

    Attributes:
        connection: Its number; ``name`` is what people call it, ``system`` what it is.
        last_seen_at: ``None``: never.
        every: The rhythm in which it is expected.
        is_silent: It is late by several times that.
        likely: Why, most likely, and what to do; empty: it is not silent.
        waiting: Documents that wait for it.
    """

    connection: int
    name: str
    system: str
    last_seen_at: datetime | None
    every: timedelta
    is_silent: bool = False
    likely: str = ""
    waiting: int = 0


class LinkHealth(msgspec.Struct, frozen=True, kw_only=True):
    """How a link is, at a glance.

    Attributes:
        contacts: Its two sides: operations, then books.
        arrived: Documents that arrived today, by the company's calendar.
        moving, needing: How many are on their way, and how many need a person.
    """

    id: int
    name: str
    is_paused: bool
    contacts: tuple[Contact, ...]
    arrived: int
    moving: int
    needing: int

    @property
    def contact(self) -> Contact:
        """The side that tells most: a silent one, else the books."""
        return next((each for each in self.contacts if each.is_silent), self.contacts[-1])


class FlowDays(msgspec.Struct, frozen=True, kw_only=True):
    """A flow's last days, the oldest first: of each, how many arrived and how many stopped."""

    flow: str
    days: tuple[date, ...]
    arrived: tuple[int, ...]
    stopped: tuple[int, ...]


# --- Contact ------------------------------------------------------------------------------


def links_health(hub: Hub) -> list[LinkHealth]:
    """Say how every link in use is."""
    now = hub.now()
    with hub.database.reading() as tx:
        views = [view for view in all_views(tx) if view.link.is_active]
        contacts = _contacts(tx, views, now)
        counted = transfers.counts(tx)
        midnight = _midnight(now, tx)
        today = daybook.since(tx, midnight)
    moved = _sums((each.link, each.number) for each in today if each.what is Happened.ARRIVED)
    moving = _sums((link, number) for link, _flow, state, number in counted if state in _MOVING)
    needing = _sums((link, number) for link, _flow, state, number in counted if state in _NEEDING)
    return [
        LinkHealth(
            id=view.link.id,
            name=view.link.name,
            is_paused=view.link.is_paused,
            contacts=tuple(contacts[each.id] for each in (view.operations, view.books)),
            arrived=moved[view.link.id],
            moving=moving[view.link.id],
            needing=needing[view.link.id],
        )
        for view in views
    ]


_NEEDING: Final = frozenset({State.REFUSED, State.CHANGED})
_MOVING: Final = frozenset(UNSETTLED) - _NEEDING - {State.HELD}


def _sums(counted: Iterable[tuple[int, int]]) -> defaultdict[int, int]:
    found = defaultdict[int, int](int)
    for link, number in counted:
        found[link] += number
    return found


def _midnight(now: datetime, tx: Tx) -> datetime:
    zone = zone_in(tx) or UTC
    return datetime.combine(now.astimezone(zone).date(), time.min, zone)


def silent(hub: Hub) -> list[Contact]:
    """List the connections that are silent while documents wait for them, or for more than a day.

    A computer that is switched off for the night is no alarm.
    """
    now = hub.now()
    with hub.database.reading() as tx:
        views = [view for view in all_views(tx) if view.link.is_active]
        found = _contacts(tx, views, now)
    return [
        each
        for each in found.values()
        if each.is_silent and (each.waiting or now - (each.last_seen_at or now) > _LONG)
    ]


_LONG: Final = timedelta(days=1)


def _contacts(tx: Tx, views: Sequence[LinkView], now: datetime) -> dict[int, Contact]:
    going = {
        side.id
        for view in views
        if not view.link.is_paused
        for side in (view.operations, view.books)
    }
    waiting = transfers.counts_in(tx, _MOVING)
    sides = {side.id: side for view in views for side in (view.operations, view.books)}
    with_agent = agents.having(tx)
    calling = [id_ for id_, side in sides.items() if not traits_of(side.system).is_called]
    began = runs.begun(tx, calling, _RUNS)

    def contact(side: Connection) -> Contact:
        has_agent = side.id in calling and side.id in with_agent
        every = _rhythm(side, began.get(side.id, ()), has_agent=has_agent)
        is_going = side.id in going
        return _contact(
            side, now, every, waiting.get(side.id, 0), has_agent=has_agent, is_going=is_going
        )

    return {id_: contact(side) for id_, side in sides.items()}


def _contact(
    side: Connection,
    now: datetime,
    every: timedelta,
    waiting: int,
    *,
    has_agent: bool,
    is_going: bool,
) -> Contact:
    seen = side.last_seen_at
    is_late = seen is not None and now - seen > max(_MISSED * every, every + _GRACE)
    is_silent = is_going and is_late and not traits_of(side.system).is_called
    return Contact(
        connection=side.id,
        name=side.name,
        system=side.system.words,
        last_seen_at=seen,
        every=every,
        is_silent=is_silent,
        likely=_LIKELY[has_agent] if is_silent else "",
        waiting=waiting,
    )


def _rhythm(side: Connection, began: Sequence[datetime], *, has_agent: bool) -> timedelta:
    """Say in which rhythm a side is expected: never in a quicker one than it was set up to.

    Args:
        began: When its last runs began, the newest first.
    """
    if has_agent:
        return _AGENT_EVERY
    if traits_of(side.system).is_called:
        return looks_every(side)
    if len(began) < _RUNS_MIN:
        return RUN_EVERY
    # Of the middle: a night without calls is one long gap, and no rhythm.
    gap = median((later - earlier).total_seconds() for later, earlier in pairwise(began))
    return max(RUN_EVERY, min(timedelta(seconds=round(gap)), _RHYTHM_MAX))


_RHYTHM_MAX: Final = timedelta(days=1)


_LIKELY: Final[Mapping[bool, str]] = {
    False: "Most likely its computer is asleep, or the Web Connector's Auto-Run box is not ticked.",
    True: "Most likely its computer is asleep, or nobody is signed in to Windows there.",
}
"""Whether it has an agent -> why it is silent."""


# --- The last days ------------------------------------------------------------------------


def days_of_flows(hub: Hub, number: int = 30) -> list[FlowDays]:
    """Give the last days of every flow that goes by itself or did anything in them."""
    now = hub.now()
    with hub.database.reading() as tx:
        zone = zone_in(tx) or UTC
        today = now.astimezone(zone).date()
        days = tuple(today - timedelta(days=back) for back in reversed(range(number)))
        counted = daybook.since(tx, datetime.combine(days[0], time.min, zone))
        active = [
            flow.name.value
            for view in all_views(tx)
            if view.link.is_active
            for flow in view.active_flows
            if view.mode_of(flow) is FlowMode.AUTOMATIC
        ]
    sums = defaultdict[tuple[str, Happened, date], int](int)
    for each in counted:
        sums[each.flow, each.what, each.began_at.astimezone(zone).date()] += each.number
    flows = dict.fromkeys((*active, *sorted({each.flow for each in counted})))
    return [
        FlowDays(
            flow=flow,
            days=days,
            arrived=_of(sums, flow, Happened.ARRIVED, days),
            stopped=_of(sums, flow, Happened.STOPPED, days),
        )
        for flow in flows
    ]


def _of(
    sums: Mapping[tuple[str, Happened, date], int], flow: str, what: Happened, days: Sequence[date]
) -> tuple[int, ...]:
    return tuple(sums.get((flow, what, day), 0) for day in days)
