"""Follow-ups: custom fields begun when their document lands, and kept until they end."""

from __future__ import annotations

import msgspec
import pytest

from counterfoil.documents import refuse
from counterfoil.engine.deciding import Write
from counterfoil.engine.following import FollowUp, advance_field
from counterfoil.engine.life import Event, State
from counterfoil.errors import LedgerError
from counterfoil.ledger import connections, follow_ups, transfers
from tests.ledger.builders import MINUTE, SALES_ORDER, World
from tests.support.builders import NOW

LACKS = refuse("field-missing", field="Size", target="QuickBooks")


def field(world: World, transfer: int, name: str = "Color", value: str = "red") -> FollowUp:
    return FollowUp(
        id=0,
        transfer=transfer,
        kind=SALES_ORDER,
        document_id="TXN-1",
        name=name,
        value=value,
        state_since=NOW,
        released_at=NOW,
        revision="17",
    )


def begin(world: World, *names: str, value: str = "red") -> list[FollowUp]:
    """Begin custom fields of SO1, which is done; says all of them as stored."""
    found = [each for each in world.all() if each.number == "SO1"]
    (of,) = found or [world.move(each, State.DONE) for each in world.begin("SO1")]
    with world.ledger.writing() as tx:
        follow_ups.begin(tx, world.books, [field(world, of.id, name, value) for name in names])
        return follow_ups.of_transfers(tx, [of.id])


def store(world: World, before: FollowUp, state: State, **changes: object) -> FollowUp:
    """Store one in another state, whatever lies between."""
    after = msgspec.structs.replace(before, state=state, **changes)
    with world.ledger.writing() as tx:
        follow_ups.save(tx, [(before, after)])
    return after


def waiting(
    world: World, state: State = State.READY, limit: int = 100, **of: list[int]
) -> list[str]:
    """The names of what is to be written or asked about."""
    with world.ledger.reading() as tx:
        found = follow_ups.waiting(tx, world.books, state, of.get("links", [world.link]), limit)
    return [each.name for each in found]


def states(world: World) -> list[tuple[str, str, State]]:
    """All custom fields, in the order in which they were begun."""
    with world.ledger.reading() as tx:
        found = follow_ups.of_transfers(tx, [each.id for each in world.all()])
    return [(each.name, each.value, each.state) for each in found]


class TestBeginning:
    def test_what_is_begun_is_stored_whole(self, world: World) -> None:
        """Every column comes back as it was; what was written last is known to the next."""
        (one,) = begin(world, "Color")
        changed = store(
            world,
            one,
            State.REFUSED,
            attempts=2,
            retry_at=NOW + MINUTE,
            sent_at=NOW,
            seen="blue",
            seen_at=NOW,
            replaces="blue",
            refusal=LACKS,
            alerted_at=NOW,
        )

        with world.ledger.reading() as tx:
            assert follow_ups.load(tx, [one.id]) == {one.id: changed}

    def test_another_value_takes_the_place_of_what_has_not_left(self, world: World) -> None:
        """An update brings other values: only the newest is written, over our last one."""
        (one,) = begin(world, "Color")
        store(world, one, State.DONE)
        begin(world, "Color", value="green")
        *_, third = begin(world, "Color", value="blue")

        assert states(world) == [
            ("Color", "red", State.DONE),
            ("Color", "green", State.SKIPPED),
            ("Color", "blue", State.READY),
        ]
        assert third.ours == "red"

    @pytest.mark.parametrize(
        "state, begun", [(State.DONE, 1), (State.UNKNOWN, 1), (State.SKIPPED, 2)]
    )
    def test_what_is_there_is_not_written_again(
        self, world: World, state: State, begun: int
    ) -> None:
        """An update that leaves a value as it is leaves its field alone."""
        (one,) = begin(world, "Color")
        store(world, one, state)

        assert len(begin(world, "Color")) == begun

    def test_an_ended_document_ends_its_fields(self, world: World) -> None:
        """What has not left is called off; what is on its way is asked about."""
        one, two, three, four = begin(world, "Color", "Size", "Lot", "Job")
        store(world, two, State.REFUSED)
        store(world, three, State.UNKNOWN)
        store(world, four, State.DONE)
        with world.ledger.writing() as tx:
            follow_ups.end(tx, [one.transfer], NOW)

        assert [state for *_, state in states(world)] == [
            State.SKIPPED,
            State.SKIPPED,
            State.UNKNOWN,
            State.DONE,
        ]


class TestWaiting:
    def test_in_order_and_of_these_links(self, world: World) -> None:
        """Fields are taken up as they were begun; those of a paused link are not asked for."""
        begin(world, "Color", "Size", "Job")

        assert waiting(world) == ["Color", "Size", "Job"]
        assert waiting(world, limit=2) == ["Color", "Size"]
        assert waiting(world, links=[]) == []
        assert waiting(world, State.UNKNOWN) == []

    @pytest.mark.parametrize(
        "state, write, goes",
        [
            (State.DONE, None, True),
            (State.REFUSED, Write.UPDATE, True),
            (State.WAITING, Write.UPDATE, True),
            (State.READY, Write.UPDATE, False),
            (State.UNKNOWN, Write.UPDATE, False),
            (State.REFUSED, Write.VOID, False),
            (State.MATCHING, Write.VOID, False),
        ],
    )
    def test_a_document_that_moves_keeps_its_fields_waiting(
        self, world: World, state: State, write: Write | None, goes: bool
    ) -> None:
        """No field is written while its document is changed, or about to be taken out."""
        begin(world, "Color")
        (of,) = world.all()
        world.move(of, state, write=write)

        assert waiting(world) == ["Color"] * goes
        with world.ledger.reading() as tx:
            assert follow_ups.any_waits(tx, world.books, NOW) is goes

    def test_one_value_of_a_field_at_a_time(self, world: World) -> None:
        """While an earlier value may still arrive, the next one waits."""
        (one,) = begin(world, "Color")
        lost = store(world, one, State.UNKNOWN)
        begin(world, "Color", value="blue")
        assert waiting(world) == []
        assert waiting(world, State.UNKNOWN) == ["Color"]
        store(world, lost, State.DONE)

        assert waiting(world) == ["Color"]

    @pytest.mark.parametrize(
        "state, changes, waits",
        [
            (State.READY, {}, True),
            (State.UNKNOWN, {}, True),
            (State.WAITING, {"retry_at": NOW}, True),
            (State.WAITING, {"retry_at": NOW + MINUTE}, False),
            (State.REFUSED, {}, False),
            (State.DONE, {}, False),
            (State.SKIPPED, {}, False),
        ],
    )
    def test_what_calls_for_a_run(
        self, world: World, state: State, changes: dict[str, object], waits: bool
    ) -> None:
        """A field that waits is work, also when every transfer is done."""
        (one,) = begin(world, "Color")
        store(world, one, state, **changes)

        with world.ledger.reading() as tx:
            assert follow_ups.any_waits(tx, world.books, NOW) is waits
            assert not transfers.any_waits(tx, world.books, NOW)
            is_due = bool(follow_ups.due(tx, world.books, NOW))
        assert is_due is (waits and state is State.WAITING)

    def test_a_paused_link_calls_for_no_run(self, world: World) -> None:
        """Nothing is written for a paused link; questions go on."""
        (one,) = begin(world, "Color")
        with world.ledger.writing() as tx:
            connections.change_link(tx, world.link, is_paused=True)
            assert not follow_ups.any_waits(tx, world.books, NOW)
        store(world, one, State.UNKNOWN)

        with world.ledger.reading() as tx:
            assert follow_ups.any_waits(tx, world.books, NOW)


class TestStoring:
    def test_who_comes_second_stores_nothing(self, world: World) -> None:
        """A run and a person at the same field: the second is told, nothing is lost."""
        (one,) = begin(world, "Color")
        store(world, one, State.SKIPPED)

        with pytest.raises(LedgerError), world.ledger.writing() as tx:
            follow_ups.save(tx, [(one, advance_field(one, Event.MATCH_SENT, NOW))])

    def test_refused_ones_are_found(self, world: World) -> None:
        """What a person has to look at is counted by link, and found by its transfer."""
        one, two = begin(world, "Color", "Size")
        for each in (one, two):
            store(world, each, State.REFUSED, refusal=LACKS)
        world.begin("SO2")

        with world.ledger.reading() as tx:
            assert follow_ups.counts(tx, State.REFUSED) == {world.link: 1}
            assert follow_ups.refused_of_link(tx, world.link, 0, 10) == [one.transfer]
            assert follow_ups.refused_of_link(tx, world.link, one.transfer, 10) == []
            found = transfers.search(tx, fields=True)
        assert [each.transfer.number for each in found] == ["SO1"]

    def test_old_ones_are_told_once(self, world: World) -> None:
        """A field that is put off too long is as old as its release."""
        (one,) = begin(world, "Color")
        put_off = store(world, one, State.WAITING, state_since=NOW + MINUTE)

        with world.ledger.reading() as tx:
            assert follow_ups.overdue(tx, State.WAITING, NOW, 10) == []
            assert follow_ups.overdue(tx, State.WAITING, NOW + MINUTE, 10) == [put_off]
