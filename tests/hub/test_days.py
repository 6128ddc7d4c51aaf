"""A company's days: they begin at its own midnight, beside UTC's hours and when clocks change."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import msgspec
import pytest
from sqlalchemy import delete

from counterfoil.engine.life import State
from counterfoil.hub import health
from counterfoil.ledger import daybook, transfers
from counterfoil.ledger.database import sqlite_url
from counterfoil.ledger.schema import daybook as rows
from tests.support.world import World, open_world

MINUTE = timedelta(minutes=1)


@pytest.fixture(scope="module")
def world(sqlite_tables: bytes, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A company with one order that has arrived."""
    file = tmp_path_factory.mktemp("days") / "hub.db"
    file.write_bytes(sqlite_tables)
    with open_world(sqlite_url(file)) as opened:
        opened.orders(1)
        opened.sync()
        yield opened


def arrive_at(world: World, *moments: datetime) -> None:
    """Let one document arrive at each of these moments, and at no other."""
    with world.hub.database.writing() as tx:
        tx.execute(delete(rows))
        (row,) = world.transfers()
        after = transfers.load(tx, [row.id])[0].transfer
        for each in moments:
            arrived = msgspec.structs.replace(after, state=State.DONE, state_since=each)
            before = msgspec.structs.replace(after, state=State.SENDING, state_since=each)
            daybook.note(tx, [(before, arrived)])


@pytest.mark.parametrize(
    "zone, day, midnight",
    [
        ("America/New_York", date(2026, 3, 11), "2026-03-11T04:00Z"),
        ("Asia/Kolkata", date(2026, 3, 11), "2026-03-10T18:30Z"),
        ("Asia/Kathmandu", date(2026, 3, 11), "2026-03-10T18:15Z"),
        ("Australia/Eucla", date(2026, 3, 11), "2026-03-10T15:15Z"),
        # Chatham's clocks go back an hour on 5 April: from 13:45 to 12:45 ahead.
        ("Pacific/Chatham", date(2026, 4, 5), "2026-04-04T10:15Z"),
        ("Pacific/Chatham", date(2026, 4, 6), "2026-04-05T11:15Z"),
        # A day of 23 hours, and one of 25.
        ("America/New_York", date(2026, 3, 8), "2026-03-08T05:00Z"),
        ("America/New_York", date(2026, 3, 9), "2026-03-09T04:00Z"),
        ("America/New_York", date(2026, 11, 1), "2026-11-01T04:00Z"),
        ("America/New_York", date(2026, 11, 2), "2026-11-02T05:00Z"),
        # Half an hour, and a midnight that there is not.
        ("Australia/Lord_Howe", date(2026, 10, 5), "2026-10-04T13:00Z"),
        ("America/Havana", date(2026, 3, 8), "2026-03-08T05:00Z"),
    ],
)
def test_a_day_begins_at_the_company_s_midnight(
    world: World, zone: str, day: date, midnight: str
) -> None:
    """What arrives in its first minute is of this day, what does a minute before of the last."""
    began = datetime.fromisoformat(midnight)
    world.set(f"general.time_zone={zone}")
    arrive_at(world, began - MINUTE, began, began + MINUTE)
    world.clock.moment = began + 2 * MINUTE
    found = next(each for each in health.days_of_flows(world.hub, 2) if any(each.arrived))
    (today,) = health.links_health(world.hub)

    assert found.days == (day - timedelta(days=1), day)
    assert found.arrived == (1, 2)
    assert today.arrived == 2
