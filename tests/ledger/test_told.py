"""Causes, notices and to-dos, as they are kept on both databases."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest

from counterfoil.documents import refuse
from counterfoil.engine.life import Event, State
from counterfoil.engine.to_dos import ToDo, advance_to_do
from counterfoil.errors import LedgerError
from counterfoil.ledger import causes, notices, to_dos
from counterfoil.ledger.causes import KeptCause
from counterfoil.ledger.notices import Delivery
from tests.ledger.builders import World
from tests.support.builders import NOW

HOUR = timedelta(hours=1)


def cause(key: str = "a", **changes: object) -> KeptCause:
    made = KeptCause(
        id=0,
        kind="refused",
        key=key,
        link=None,
        connection=None,
        code="record-unknown",
        sentence="It is nowhere.",
        transfers=(),
        began_at=NOW,
    )
    return msgspec.structs.replace(made, **changes)


def to_do(world: World, subject: str = "a") -> ToDo:
    return ToDo(
        id=0,
        link=world.link,
        target=world.operations,
        kind="per_cause",
        subject=subject,
        text="Do it.",
        action_type="Phone Call",
        assignee="ada",
        made_at=NOW,
        state_since=NOW,
    )


class TestCauses:
    def test_one_lasts_until_it_is_over(self, world: World) -> None:
        """A cause lasts until it is ended; back within the hour it is the same one."""
        with world.ledger.writing() as tx:
            causes.hold(tx)
            causes.begin(tx, [cause()], NOW - HOUR)
            first = causes.lasting(tx)["a"]
            causes.change(tx, first.id, "It is nowhere at all.", [7])
            assert causes.lasting(tx)["a"].transfers == (7,)
            causes.end(tx, [first.id], NOW)
            assert causes.lasting(tx) == {}

            causes.begin(tx, [cause(began_at=NOW + HOUR)], NOW)
            assert causes.lasting(tx)["a"].id == first.id
            causes.end(tx, [first.id], NOW)
            causes.begin(tx, [cause(began_at=NOW + 3 * HOUR)], NOW + HOUR)
            assert causes.lasting(tx)["a"].id != first.id

    def test_what_was_refused_is_given_with_its_refusal(self, world: World) -> None:
        """What stopped is given with link, flow and refusal; what moves again is told apart."""
        stopped, going = world.begin("SO1", "SO2")
        refusal = refuse("nothing-to-send", document="order")
        world.move(stopped, State.REFUSED, refusal=refusal)
        with world.ledger.reading() as tx:
            (found,) = causes.stopped(tx)
            assert (found.transfer, found.link, found.refusal) == (stopped.id, world.link, refusal)
            assert causes.moving(tx, [stopped.id, going.id]) == {going.id}
            assert causes.overdue(tx) == {}


class TestNotices:
    def queue(self, world: World) -> tuple[int, int]:
        with world.ledger.writing() as tx:
            rule = notices.add_rule(
                tx,
                name="books",
                channel="email",
                address="books@acme.example",
                causes=["refused"],
                author="a",
                made_at=NOW,
            )
            causes.begin(tx, [cause()], NOW)
            about = causes.lasting(tx)["a"].id
            row = {"rule": rule, "cause": about, "address": None, "made_at": NOW}
            (made,) = notices.queue(tx, [row | {"subject": "s", "body": "b"}])
        return rule, made

    def test_a_notice_waits_until_it_was_taken(self, world: World) -> None:
        """Due until somebody takes it, once; then it is kept as long as its cause lasts."""
        rule, made = self.queue(world)
        with world.ledger.writing() as tx:
            (each,) = notices.due(tx, NOW, 10)
            assert notices.claim(tx, each, NOW + HOUR)
            assert not notices.claim(tx, each, NOW + HOUR)
            assert notices.due(tx, NOW, 10) == []
            assert [row.id for row in notices.due(tx, NOW + HOUR, 10)] == [made]
            notices.settle(tx, made, Delivery.SENT, sent_at=NOW)
            assert notices.due(tx, NOW + HOUR, 10) == []
            assert {row[0] for row in notices.queued(tx)} == {rule}
            assert [row.id for row in notices.newest_of_rules(tx)] == [made]

            notices.prune(tx, NOW + HOUR)
            assert notices.load(tx, made).state is Delivery.SENT
            causes.end(tx, [each.id for each in causes.lasting(tx).values()], NOW)
            notices.prune(tx, NOW + HOUR)
            assert notices.newest_of_rules(tx) == []

    def test_what_waits_goes_with_its_rule(self, world: World) -> None:
        """A rule that is removed frees its name, and takes with it what was not sent yet."""
        rule, _made = self.queue(world)
        with world.ledger.writing() as tx:
            assert notices.rule_named(tx, "books") is not None
            notices.remove_rule(tx, rule, NOW)
            assert notices.rules(tx) == []
            assert notices.due(tx, NOW, 10) == []


class TestToDos:
    def test_of_an_open_one_there_is_no_second(self, world: World) -> None:
        """Unique by connection, kind and subject while it is open; then another may begin."""
        with world.ledger.writing() as tx:
            to_dos.add(tx, [to_do(world)])
            (open_,) = to_dos.open_(tx, world.link)
            assert to_dos.any_waits(tx, world.operations, NOW)
        with pytest.raises(LedgerError), world.ledger.writing() as tx:
            to_dos.add(tx, [to_do(world)])
        with world.ledger.writing() as tx:
            to_dos.save(tx, [(open_, advance_to_do(open_, Event.CALLED_OFF, NOW))])
            assert to_dos.open_(tx, world.link) == []
            to_dos.add(tx, [to_do(world)])

    def test_two_do_not_move_one(self, world: World) -> None:
        """What somebody else has moved meanwhile is not moved again on top."""
        with world.ledger.writing() as tx:
            to_dos.add(tx, [to_do(world)])
            (each,) = to_dos.in_state(tx, world.operations, State.READY, 10)
            to_dos.save(tx, [(each, advance_to_do(each, Event.WRITE_SENT, NOW))])
        with pytest.raises(LedgerError), world.ledger.writing() as tx:
            to_dos.save(tx, [(each, advance_to_do(each, Event.WRITE_SENT, NOW))])
