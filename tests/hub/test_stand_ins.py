"""A trial: marked, ended, thrown away whole, and never mixed with what is real."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from sqlalchemy import func, select

from counterfoil.errors import UsageError
from counterfoil.hub import accounts, stand_ins
from counterfoil.ledger import connections
from counterfoil.ledger.schema import metadata
from counterfoil.settings import SystemName
from tests.support.world import ACTOR, World

# What is no trial's, whoever uses the hub.
_STAYS = {"audit", "ledger", "api_token", "browser_session"}


def counted(world: World) -> Mapping[str, int]:
    """Say how many rows each table holds, of those that hold any."""
    with world.hub.database.reading() as tx:
        found = {
            table.name: tx.scalar(select(func.count()).select_from(table)) or 0
            for table in metadata.sorted_tables
        }
    return {name: number for name, number in found.items() if number and name not in _STAYS}


def as_trial(world: World) -> None:
    """Let both connections of a company be a trial's."""
    with world.hub.database.writing() as tx:
        for each in (world.operations_id, world.books_id):
            stand_ins.marked(tx, each)


def test_a_trial_is_thrown_away_whole(world: World) -> None:
    """Everything that two systems and a link left in any table goes; the audit stays."""
    world.order("SO-1", "ACME", "1 BOLT 2.00")
    world.sync()
    world.sync()
    as_trial(world)
    shown = stand_ins.trial_shown(world.hub)
    assert shown is not None
    assert (shown.is_running, shown.operations) == (True, SystemName.FUSION_OPERATIONS)

    assert stand_ins.end_trial(world.hub, ACTOR)
    ended = stand_ins.trial_shown(world.hub)
    assert ended is not None
    assert not ended.is_running
    assert len(counted(world)) > 10
    stand_ins.throw_away(world.hub, ACTOR)

    assert counted(world) == {}
    assert stand_ins.trial_shown(world.hub) is None


def test_what_is_real_stays(world: World) -> None:
    """Throwing a trial away touches nothing that is not the trial's."""
    before = counted(world)
    accounts.add_connection(
        world.hub, SystemName.QUICKBOOKS_DESKTOP, "Books (trial)", {}, ACTOR, is_trial=True
    )
    stand_ins.end_trial(world.hub, ACTOR)
    stand_ins.throw_away(world.hub, ACTOR)

    assert counted(world) == before


def test_a_stand_in_is_never_linked_with_what_is_real(world: World) -> None:
    """Invented orders do not go to real books: such a link is refused, and says why."""
    accounts.add_connection(
        world.hub, SystemName.QUICKBOOKS_DESKTOP, "Books (trial)", {}, ACTOR, is_trial=True
    )
    with pytest.raises(UsageError, match="stand-in"):
        accounts.add_link(world.hub, str(world.operations_id), "Books (trial)", ACTOR)


def test_a_run_that_is_on_is_waited_for(world: World) -> None:
    """While a drive holds one of its connections, nothing of a trial is deleted."""
    as_trial(world)
    now = world.hub.now()
    with world.hub.database.writing() as tx:
        connections.claim(tx, world.operations_id, "a drive", now, now.replace(year=2100))

    with pytest.raises(UsageError, match="in a moment"):
        stand_ins.throw_away(world.hub, ACTOR)
