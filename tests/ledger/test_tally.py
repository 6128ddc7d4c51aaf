"""How many are in which state: counted as they move, and always the truth."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from counterfoil.engine.life import State
from counterfoil.errors import LedgerError
from counterfoil.ledger import Database, transfers
from counterfoil.ledger.schema import tally, transfer
from tests.ledger.builders import FLOW, World, at_once, moved, rows_in, settle_world


def counted(world: World) -> dict[State, int]:
    """How many the ledger says are in each state."""
    with world.ledger.reading() as tx:
        found = transfers.counts(tx)
    assert {(link, flow) for link, flow, *_ in found} <= {(world.link, FLOW.value)}
    return {state: number for _, _, state, number in found}


def truth(world: World) -> dict[State, int]:
    """How many are."""
    return dict(Counter(each.state for each in world.all()))


def compact(world: World) -> int:
    """Put the rows together."""
    with world.ledger.writing() as tx:
        return transfers.compact_counts(tx)


class TestCounts:
    def test_by_link_flow_and_state(self, world: World) -> None:
        """Transfers are counted by link, flow and state; what is in none is not named."""
        one, *_ = world.begin("SO1", "SO2", "SO3")
        world.move(one, State.REFUSED)

        with world.ledger.reading() as tx:
            assert sorted(transfers.counts(tx)) == [
                (world.link, "sales-order-out", State.READY, 2),
                (world.link, "sales-order-out", State.REFUSED, 1),
            ]
            assert sorted(transfers.counts(tx, world.link)) == sorted(transfers.counts(tx))
            assert transfers.counts(tx, 77) == []
            states = (State.READY, State.HELD)
            assert transfers.count_in(tx, world.books, states) == 2
            assert transfers.count_in(tx, world.operations, states) == 0
            assert transfers.counts_in(tx, states) == {world.books: 2}

    def test_what_was_not_stored_is_not_counted(self, world: World) -> None:
        """A store that fails counts nothing."""
        one, two = world.begin("SO1", "SO2")
        world.move(two, State.DONE)

        with pytest.raises(LedgerError):
            world.save((one, moved(one, State.SENDING)), (two, moved(two, State.SENDING)))

        assert counted(world) == truth(world) == {State.READY: 1, State.DONE: 1}

    def test_staying_in_a_state_adds_no_row(self, world: World) -> None:
        """A change within the state costs no row, nor does one state left and reached."""
        one, two = world.begin("SO1", "SO2")
        one = world.move(one, State.SENDING)
        before = rows_in(world.ledger, tally)
        world.move(one, attempts=3)
        world.save(
            (two, moved(two, State.SENDING)), (world.all()[0], moved(one, State.READY, version=2))
        )

        assert rows_in(world.ledger, tally) == before
        assert counted(world) == truth(world)

    def test_put_together(self, world: World) -> None:
        """However long the history, a state has one row afterwards, and the same number."""
        (one,) = world.begin("SO1")
        for state in (State.SENDING, State.UNKNOWN, State.CONFIRMING, State.DONE):
            one = world.move(one, state)

        assert compact(world) == 9
        assert rows_in(world.ledger, tally) == [1]
        assert compact(world) == 1
        assert counted(world) == {State.DONE: 1}

    def test_put_together_while_others_count(self, world: World) -> None:
        """What is counted while the rows are put together is not lost, nor counted twice."""
        begun = world.begin(*(f"SO{n}" for n in range(12)))

        ends = at_once(
            *(lambda each=each: world.move(each, State.DONE) for each in begun),
            *[lambda: compact(world)] * 3,
        )

        assert not [end for end in ends if isinstance(end, BaseException)]
        assert counted(world) == truth(world) == {State.DONE: 12}
        assert compact(world)
        assert counted(world) == {State.DONE: 12}


@pytest.fixture(scope="module")
def emptied(tmp_path_factory: pytest.TempPathFactory) -> World:
    """A ledger that the examples of the property use one after the other."""
    from counterfoil.ledger import open_ledger
    from counterfoil.ledger.database import sqlite_url

    return settle_world(open_ledger(sqlite_url(tmp_path_factory.mktemp("tally") / "ledger.db")))


_STEP = st.tuples(st.integers(0, 4), st.sampled_from(State)) | st.just("compact")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(_STEP, max_size=25))
def test_the_counts_are_the_truth(emptied: World, steps: list[tuple[int, State] | str]) -> None:
    """After any sequence of beginnings, moves and puttings together, counts equal the rows."""
    _empty(emptied.ledger)
    emptied.begin(*(f"SO{n}" for n in range(5)))
    for step in steps:
        if isinstance(step, str):
            compact(emptied)
        else:
            position, state = step
            emptied.move(emptied.all()[position], state)
        assert counted(emptied) == truth(emptied)


def _empty(database: Database) -> None:
    with database.writing() as tx:
        for table in (tally, transfer):
            tx.execute(table.delete())
        assert tx.scalar(select(func.count()).select_from(transfer)) == 0
