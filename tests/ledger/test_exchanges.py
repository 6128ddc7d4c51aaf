"""Round trips: recorded before they leave, and settled by what came back."""

from __future__ import annotations

import msgspec
import pytest

from counterfoil.documents import encode, refuse
from counterfoil.documents.refusals import REFUSAL_KINDS
from counterfoil.engine.asked import Asked, Kind, Sent
from counterfoil.engine.life import State
from counterfoil.engine.operations import (
    Busy,
    Conflict,
    Done,
    Missing,
    Outcome,
    Refused,
    Unknown,
)
from counterfoil.engine.transfers import Landing
from counterfoil.errors import LedgerError
from counterfoil.ledger import Database, exchanges, pairings, transfers, written
from counterfoil.ledger.schema import exchange, operation, pairing
from tests.ledger.builders import DAY, MINUTE, SALES_ORDER, World, creation, moved, rows_in
from tests.support.builders import NOW, order

REFUSAL = refuse(next(iter(REFUSAL_KINDS)), detail="status 3180", kind="item", setting="x")
SENT = Sent(
    document=msgspec.Raw(encode(order("SO1 Küche", "2 BOLT 1.50"))),
    kind=SALES_ORDER,
    lines=(("1", "2"), ("2", None)),
    follow_ups=(("Color", "blau"),),
    notes=("The note stays behind.",),
    closes=True,
    links=(7,),
)
REQUEST = "<SalesOrderAddRq>Küche</SalesOrderAddRq>\r\n".encode() * 500
ANSWER = b"<SalesOrderAddRs statusCode='0'/>" * 500


def texts(world: World, of: int) -> tuple[bytes | None, bytes | None]:
    """The wire texts kept of an exchange."""
    with world.ledger.reading() as tx:
        return exchanges.texts(tx, of)


def answer(world: World, of: int, state: str = "answered", **changes: object) -> None:
    """Keep that an answer came, or none."""
    with world.ledger.writing() as tx:
        exchanges.answer(tx, of, state=state, now=NOW + MINUTE, **changes)  # type: ignore[arg-type]


class TestRecordActRecord:
    def test_what_leaves_is_known_before_it_leaves(self, world: World) -> None:
        """The batch's key, its operations and the moved transfers are stored in one commit."""
        (begun,) = world.begin("SO1")
        asked = [
            msgspec.structs.replace(creation(begun, "a1"), sent=SENT),
            Asked(wire_id="a2", kind=Kind.CREATE_RECORD, subject="item", name="BOLT",
                  key="{k}", dependants=(begun.id, 77)),
            Asked(wire_id="a3", kind=Kind.WRITE_FIELD, subject="sales-order", name="Color"),
        ]  # fmt: skip
        with world.ledger.writing() as tx:
            made = exchanges.record(
                tx,
                connection=world.books,
                run=world.run,
                key="batch-7",
                writes=True,
                operations=asked,
                now=NOW,
            )
            exchanges.attach_request(tx, made, REQUEST)
            transfers.save(tx, [(begun, moved(begun, State.SENDING, exchange=made))])

        after_a_crash = Database(world.ledger.url)
        with after_a_crash.reading() as tx:
            left = exchanges.open_write(tx, world.books)
            assert left == exchanges.Exchange(
                id=made,
                connection_id=world.books,
                run_id=world.run,
                key="batch-7",
                state="sent",
                writes=True,
                recovers_id=None,
                sent_at=NOW,
            )
            assert exchanges.load(tx, made) == left
            assert exchanges.asked(tx, made) == asked
            assert exchanges.texts(tx, made) == (REQUEST, None)
        after_a_crash.close()

    def test_what_cannot_be_recorded_whole_is_not_recorded(self, world: World) -> None:
        """Two operations with one identity are refused, with the exchange they belong to."""
        (begun,) = world.begin("SO1")

        with pytest.raises(LedgerError):
            world.exchange(creation(begun, "same"), creation(begun, "same"))

        assert rows_in(world.ledger, exchange, operation) == [0, 0]

    def test_an_answer_is_kept_with_what_it_means(self, world: World) -> None:
        """The answer, the outcomes, the new states and the pairing are one commit."""
        (begun,) = world.begin("SO1")
        asked = [creation(begun)]
        made = world.exchange(*asked)
        with world.ledger.writing() as tx:
            exchanges.answer(tx, made, state="answered", now=NOW + MINUTE, text=ANSWER)
            exchanges.settle(tx, made, asked, [Done(id="TXN-1", note="renumbered")])
            transfers.save(tx, [(begun, moved(begun, State.DONE))])
            pairings.pair(tx, [(begun, Landing(id="TXN-1", kind=SALES_ORDER))], NOW)

        assert rows_in(world.ledger, pairing) == [1]
        assert texts(world, made) == (None, ANSWER)
        with world.ledger.reading() as tx:
            assert exchanges.open_write(tx, world.books) is None
            (touched,) = exchanges.touching(tx, begun.id)
        assert touched == {
            "exchange_id": made,
            "run": 1,
            "kind": "create-document",
            "name": "SO1",
            "outcome": "done",
            "outcome_id": "TXN-1",
            "outcome_detail": "renumbered",
            "batch": "batch-1",
            "exchange_state": "answered",
            "sent_at": NOW,
            "answered_at": NOW + MINUTE,
        }


class TestOpenWrite:
    @pytest.mark.parametrize(
        "state, is_open",
        [("unanswered", True), ("answered", False), ("recovered", False), ("unclear", False)],
    )
    def test_until_its_fate_is_known(self, world: World, state: str, *, is_open: bool) -> None:
        """A write without an answer stays open until somebody knows what became of it."""
        made = world.exchange()
        answer(world, made, state, problem="no answer")

        with world.ledger.reading() as tx:
            found = exchanges.open_write(tx, world.books)
        assert (found is not None and found.id == made) is is_open

    def test_a_reading_blocks_nothing(self, world: World) -> None:
        """A reading whose answer got lost is simply read again."""
        world.exchange(writes=False, key="")

        with world.ledger.reading() as tx:
            assert exchanges.open_write(tx, world.books) is None

    def test_each_connection_has_its_own(self, world: World) -> None:
        """A write to one system does not hold another one up."""
        world.exchange()

        with world.ledger.reading() as tx:
            assert exchanges.open_write(tx, world.operations) is None

    def test_the_question_about_a_lost_one(self, world: World) -> None:
        """An exchange that asks about another names it, and is the run's open one."""
        lost = world.exchange()
        answer(world, lost, "unanswered")
        asking = world.exchange(writes=False, recovers=lost)

        with world.ledger.reading() as tx:
            waiting = exchanges.for_run(tx, world.run)
            open_write = exchanges.open_write(tx, world.books)
        assert waiting is not None
        assert open_write is not None
        assert (waiting.id, waiting.recovers_id, open_write.id) == (asking, lost, lost)

    def test_a_run_that_waits_for_nothing(self, world: World) -> None:
        """Once answered, no exchange of the run is waited for."""
        answer(world, world.exchange())

        with world.ledger.reading() as tx:
            assert exchanges.for_run(tx, world.run) is None


class TestSettle:
    @pytest.mark.parametrize(
        "outcome, kept",
        [
            (Done(id="TXN-1"), ("done", "TXN-1", None)),
            (Missing("never happened"), ("missing", None, "never happened")),
            (Conflict(detail="EditSequence 7"), ("conflict", None, "EditSequence 7")),
            (Refused(REFUSAL, "3180"), ("refused", None, "status 3180")),
            (Busy("in use", 5.0), ("busy", None, "in use")),
            (Unknown("no answer"), ("unknown", None, "no answer")),
        ],
    )
    def test_every_outcome_is_kept(
        self, world: World, outcome: Outcome, kept: tuple[str | None, ...]
    ) -> None:
        """Each of the six outcomes leaves its word, what was made, and why."""
        (begun,) = world.begin("SO1")
        asked = [creation(begun)]
        made = world.exchange(*asked)
        with world.ledger.writing() as tx:
            exchanges.settle(tx, made, asked, [outcome])

        with world.ledger.reading() as tx:
            (touched,) = exchanges.touching(tx, begun.id)
        assert (touched["outcome"], touched["outcome_id"], touched["outcome_detail"]) == kept

    def test_a_refusal_without_detail_keeps_its_sentence(self, world: World) -> None:
        """When the engineer's sentence is missing, the bookkeeper's is kept."""
        (begun,) = world.begin("SO1")
        asked = [creation(begun)]
        made = world.exchange(*asked)
        refusal = refuse(next(iter(REFUSAL_KINDS)), kind="item", setting="x")
        with world.ledger.writing() as tx:
            exchanges.settle(tx, made, asked, [Refused(refusal)])

        with world.ledger.reading() as tx:
            (touched,) = exchanges.touching(tx, begun.id)
        assert touched["outcome_detail"] == refusal.sentence

    def test_each_operation_its_own(self, world: World) -> None:
        """Outcomes go to their operations, of this exchange only."""
        one, two = world.begin("SO1", "SO2")
        asked = [creation(one, "1"), creation(two, "2")]
        earlier = world.exchange(*asked)
        made = world.exchange(*asked)
        with world.ledger.writing() as tx:
            exchanges.settle(tx, made, asked, [Done(id="TXN-1"), Busy("in use")])

        with world.ledger.reading() as tx:
            touched = [
                (each["exchange_id"], each["outcome"])
                for transfer in (one, two)
                for each in exchanges.touching(tx, transfer.id)
            ]
        assert touched == [(earlier, None), (made, "done"), (earlier, None), (made, "busy")]

    def test_an_outcome_of_nothing_is_our_mistake(self, world: World) -> None:
        """An outcome for an operation that never left stops everything."""
        (begun,) = world.begin("SO1")
        made = world.exchange(creation(begun, "1"))

        with pytest.raises(AssertionError), world.ledger.writing() as tx:
            exchanges.settle(tx, made, [creation(begun, "2")], [Done(id="TXN-1")])


class TestSent:
    """What an answer needs is kept with the operation until it is answered, and no longer."""

    def last(self, world: World, *transfers: int) -> dict[int, exchanges.LastWrite]:
        """The last writes of transfers."""
        with world.ledger.reading() as tx:
            return dict(exchanges.last_writes(tx, transfers))

    @pytest.mark.parametrize(
        "outcome, kept",
        [
            (Done(id="TXN-1"), None),
            (Missing(), None),
            (Refused(REFUSAL), None),
            (Conflict(), None),
            (Busy("in use"), None),
            (Unknown("no answer"), SENT),
        ],
    )
    def test_until_it_is_answered(self, world: World, outcome: Outcome, kept: Sent | None) -> None:
        """Any answer ends it; no answer keeps it for the question what became of the write."""
        (begun,) = world.begin("SO1")
        asked = [msgspec.structs.replace(creation(begun), sent=SENT)]
        made = world.exchange(*asked)
        before = self.last(world, begun.id)
        with world.ledger.writing() as tx:
            exchanges.settle(tx, made, asked, [outcome])

        assert before[begun.id] == exchanges.LastWrite(SENT, made, "sent", NOW)
        assert self.last(world, begun.id)[begun.id].sent == kept

    def test_the_last_write_counts(self, world: World) -> None:
        """Questions asked since are no writes, and an earlier write is not the last one."""
        one, two, three = world.begin("SO1", "SO2", "SO3")
        world.exchange(creation(one, "1"), creation(two, "2"), now=NOW - DAY)
        update = msgspec.structs.replace(creation(one), kind=Kind.UPDATE_DOCUMENT, sent=SENT)
        newer = world.exchange(update, key="batch-2")
        question = msgspec.structs.replace(creation(one), kind=Kind.FIND)
        world.exchange(question, key="", writes=False, now=NOW + MINUTE)
        answer(world, newer, "unanswered")

        found = self.last(world, one.id, two.id, three.id)
        assert found.keys() == {one.id, two.id}
        assert found[one.id] == exchanges.LastWrite(SENT, newer, "unanswered", NOW)
        assert found[two.id].sent_at == NOW - DAY
        assert self.last(world) == {}

    def test_what_a_run_made(self, world: World) -> None:
        """What a run created, or may have, is told apart from what it only changed."""
        one, two, three, four = world.begin("SO1", "SO2", "SO3", "SO4")
        update = msgspec.structs.replace(creation(three, "3"), kind=Kind.UPDATE_DOCUMENT)
        asked = [creation(one, "1"), creation(two, "2"), update, creation(four, "4")]
        made = world.exchange(*asked)
        outcomes: list[Outcome] = [
            Unknown("no answer"),
            Done(id="T2"),
            Done(id="T3"),
            Refused(REFUSAL),
        ]
        with world.ledger.writing() as tx:
            exchanges.settle(tx, made, asked, outcomes)

            assert written.written_in(tx, world.run) == ([one.id, two.id], [three.id])
            assert written.written_in(tx, 77) == ([], [])

    def test_it_goes_with_the_texts(self, world: World) -> None:
        """What an old exchange still keeps of a document is dropped with its texts."""
        (begun,) = world.begin("SO1")
        old = world.exchange(msgspec.structs.replace(creation(begun), sent=SENT))
        with world.ledger.writing() as tx:
            exchanges.attach_request(tx, old, REQUEST)
        answer(world, old, "unclear")
        with world.ledger.writing() as tx:
            exchanges.drop_texts(tx, NOW + 2 * MINUTE)

        assert self.last(world, begun.id)[begun.id].sent is None


class TestTexts:
    def test_stored_small(self, world: World) -> None:
        """Wire texts are compressed; they come back byte for byte."""
        made = world.exchange()
        with world.ledger.writing() as tx:
            exchanges.attach_request(tx, made, REQUEST)
        answer(world, made, text=ANSWER)

        assert texts(world, made) == (REQUEST, ANSWER)
        with world.ledger.reading() as tx:
            row = tx.execute(exchange.select()).one()
        assert len(row.request) + len(row.answer) < (len(REQUEST) + len(ANSWER)) / 20

    def test_dropped_a_page_at_a_time(self, world: World) -> None:
        """So many and no more, the oldest first; the next call goes on."""
        made = [world.exchange(key=f"batch-{number}") for number in range(3)]
        for each in made:
            with world.ledger.writing() as tx:
                exchanges.attach_request(tx, each, REQUEST)
            answer(world, each)

        with world.ledger.writing() as tx:
            assert [exchanges.drop_texts(tx, NOW + DAY, 2) for _ in range(3)] == [2, 1, 0]

    def test_dropped_after_a_while(self, world: World) -> None:
        """Old texts go, what happened stays; what was not answered yet keeps its text."""
        (begun,) = world.begin("SO1")
        old = world.exchange(creation(begun))
        waiting = world.exchange(key="batch-2", now=NOW - 40 * DAY)
        for each in (old, waiting):
            with world.ledger.writing() as tx:
                exchanges.attach_request(tx, each, REQUEST)
        answer(world, old, text=ANSWER)

        def drop(before: int) -> int:
            with world.ledger.writing() as tx:
                return exchanges.drop_texts(tx, NOW + before * MINUTE)

        assert drop(1) == 0
        assert drop(2) == 1
        assert drop(2) == 0
        assert texts(world, old) == (None, None)
        assert texts(world, waiting) == (REQUEST, None)
        with world.ledger.reading() as tx:
            assert len(exchanges.touching(tx, begun.id)) == 1


def test_what_is_answered_is_not_counted(world: World) -> None:
    """Round trips without an answer are counted by state; the others are only history."""
    for state in ("answered", "recovered", "unanswered", "unclear"):
        answer(world, world.exchange(key=state), state)
    world.exchange(key="on its way")

    with world.ledger.reading() as tx:
        counted = {(each.connection, each.state, each.number) for each in exchanges.counts(tx)}
    assert counted == {(world.books, state, 1) for state in ("unanswered", "unclear", "sent")}
