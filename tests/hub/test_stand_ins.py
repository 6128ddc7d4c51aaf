"""A trial: marked, ended, thrown away whole, and never mixed with what is real."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest
from sqlalchemy import func, select

from counterfoil.errors import UsageError
from counterfoil.hub import accounts, stand_ins
from counterfoil.hub.dispatcher import due
from counterfoil.hub.setup import Hub, open_hub
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
    """Let both connections of a company be a trial's, of this process."""
    stand_ins.begin_trial(world.hub, "Starting the stand-ins")
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


# --- Several processes on one database ----------------------------------------------------


@pytest.fixture
def two(world: World) -> Iterator[tuple[Hub, Hub]]:
    """The company's hub with a trial, and another process's on the same database."""
    as_trial(world)
    with open_hub(world.hub.configuration, world.hub.now) as other:
        yield world.hub, other


def is_running(hub: Hub) -> bool:
    shown = stand_ins.trial_shown(hub)
    return shown is not None and shown.is_running


def test_another_process_leaves_a_trial_alone(two: tuple[Hub, Hub]) -> None:
    """It begins no second one, ends none when it starts or stops, and drives none of it."""
    ours, other = two
    due_here = due(ours)
    with pytest.raises(UsageError, match="already"):
        stand_ins.begin_trial(other, "Starting the stand-ins")
    stand_ins.end_abandoned(other)
    stand_ins.leave_trial(other)

    assert is_running(ours)
    assert is_running(other)
    assert stand_ins.doing(other) == "Starting the stand-ins"
    assert (len(due_here), due(other)) == (1, [])


def test_a_trial_of_a_process_that_died_is_ended_by_others(
    world: World, two: tuple[Hub, Hub]
) -> None:
    """Once it has said nothing for two minutes; while it says so, it lives on."""
    _ours, other = two
    for _ in range(4):
        world.clock.advance(minutes=1)
        assert stand_ins.keep_trial(world.hub)
        stand_ins.end_abandoned(other)
    assert is_running(other)

    world.clock.advance(minutes=2)
    assert not is_running(other)
    stand_ins.end_abandoned(other)
    assert due(other) == []
    with other.database.reading() as tx:
        assert not any(each.is_active for each in connections.all_connections(tx))


def test_whichever_process_is_asked_throws_it_away(two: tuple[Hub, Hub]) -> None:
    """The one that has the stand-ins hears of it, and lets them go."""
    ours, other = two
    stand_ins.end_trial(other, ACTOR)
    stand_ins.throw_away(other, ACTOR)

    assert not stand_ins.keep_trial(ours)
    stand_ins.begin_trial(other, "Starting the stand-ins")


def test_of_two_that_begin_at_once_one_does(either_world: World) -> None:
    """Before anything of a trial is there to be seen."""
    with open_hub(either_world.hub.configuration, either_world.hub.now) as other:
        stand_ins.begin_trial(either_world.hub, "Starting the stand-ins")
        with pytest.raises(UsageError, match="already"):
            stand_ins.begin_trial(other, "Starting the stand-ins")


def test_why_one_failed_is_told_by_all(world: World) -> None:
    """The sentence stays until the next one begins; nothing else does."""
    with open_hub(world.hub.configuration, world.hub.now) as other:
        stand_ins.begin_trial(world.hub, "Starting the stand-ins")
        stand_ins.throw_away(world.hub, ACTOR, problem="The sample is not there.")

        assert (stand_ins.doing(other), stand_ins.trial_shown(other)) == (None, None)
        assert stand_ins.problem(other) == "The sample is not there."
        stand_ins.begin_trial(other, "Starting the stand-ins")
        assert stand_ins.problem(other) is None
