"""Transfers: loaded for work, stored under guard, and kept with what they became."""

from __future__ import annotations

from datetime import timedelta

import pytest

from counterfoil.documents import DocumentKind, encode, fingerprint, refuse
from counterfoil.documents.refusals import REFUSAL_KINDS
from counterfoil.engine.life import State
from counterfoil.engine.planning import FollowUp
from counterfoil.engine.settling import FieldResult
from counterfoil.engine.transfers import Landing, Transfer
from counterfoil.errors import LedgerError
from counterfoil.ledger import connections, transfers
from counterfoil.ledger.schema import follow_up, pairing
from tests.ledger.builders import MINUTE, SALES_ORDER, World, at_once, moved, numbers, rows_in
from tests.support.builders import NOW, order


class TestWork:
    def work(self, world: World, *states: State, limit: int = 100) -> list[str | None]:
        """The numbers of what waits for the books."""
        with world.ledger.reading() as tx:
            return numbers(transfers.work(tx, world.books, states, limit))

    def test_oldest_first_over_all_states(self, world: World) -> None:
        """What waits in any of the states comes in the order in which it began."""
        one, two, three, *_ = world.begin("SO1", "SO2", "SO3", "SO4", "SO5")
        world.save((one, moved(one, State.UNKNOWN)), (three, moved(three, State.DONE)))
        world.save((two, moved(two, State.UNKNOWN)))

        assert self.work(world, State.READY, State.UNKNOWN) == ["SO1", "SO2", "SO4", "SO5"]
        assert self.work(world, State.UNKNOWN, State.READY, limit=3) == ["SO1", "SO2", "SO4"]
        assert self.work(world, State.READY, limit=1) == ["SO4"]
        assert self.work(world) == []

    def test_only_of_one_target(self, world: World) -> None:
        """Another connection's work is not this one's."""
        world.begin("SO1")

        with world.ledger.reading() as tx:
            assert transfers.work(tx, world.operations, [State.READY], 10) == []

    def test_with_its_source(self, world: World) -> None:
        """A transfer comes with the document it is about, as last seen."""
        world.begin("SO1")
        document = order("SO1 Acme", "2 BOLT 1.50")
        world.see(document)

        with world.ledger.reading() as tx:
            (found,) = transfers.work(tx, world.books, [State.READY], 10)
        assert found.kind == SALES_ORDER
        assert found.document_id == document.id
        assert found.body == encode(document)
        assert found.fingerprint == fingerprint(document)


class TestLoad:
    def test_by_id_in_order(self, world: World) -> None:
        """Transfers are loaded by their ids, in order, those that do not exist left out."""
        one, two, three = world.begin("SO1", "SO2", "SO3")

        with world.ledger.reading() as tx:
            assert numbers(transfers.load(tx, [three.id, one.id, 10**12])) == ["SO1", "SO3"]
            assert transfers.load(tx, []) == []
            assert numbers(transfers.load(tx, range(100_000))) == ["SO1", "SO2", "SO3"]
        assert two.number == "SO2"

    def test_what_a_new_one_is(self, world: World) -> None:
        """A transfer that was begun has nothing but its beginning."""
        (begun,) = world.begin("SO1", state=State.HELD, reason="It waits.")

        assert begun == Transfer(
            id=begun.id,
            link=world.link,
            flow="sales-order-out",
            document_row=begun.document_row,
            target=world.books,
            number="SO1",
            state=State.HELD,
            state_since=NOW,
            key="{key-so1}",
            reason="It waits.",
        )

    def test_one_per_document_and_flow(self, world: World) -> None:
        """A document cannot have two transfers of one flow."""
        (begun,) = world.begin("SO1")
        row = {
            "link_id": world.link,
            "flow": begun.flow,
            "document_id": begun.document_row,
            "target_id": world.books,
            "state": "ready",
            "state_since": NOW,
            "key": "{another}",
            "number_is_free": False,
        }
        with pytest.raises(LedgerError), world.ledger.writing() as tx:
            transfers.begin(tx, [row])

        assert len(world.all()) == 1


class TestSave:
    def test_everything_a_move_changes_comes_back(self, world: World) -> None:
        """A transfer is stored with each field that moving it can change."""
        (begun,) = world.begin("SO1")
        exchange = world.exchange()
        code = next(iter(REFUSAL_KINDS))
        after = moved(
            begun,
            State.REFUSED,
            state_since=NOW + MINUTE,
            released_at=NOW + 2 * MINUTE,
            attempts=3,
            retry_at=NOW + 3 * MINUTE,
            target_number="1001",
            number_is_free=True,
            sent_fingerprint="f" * 32,
            settings_version=7,
            exchange=exchange,
            refusal=refuse(code, where="lines[2].item", value="Bölt", kind="item", setting="x"),
            reason="Because.",
            alerted_at=NOW + timedelta(microseconds=1),
        )
        world.save((begun, after))

        assert world.all() == [after]
        world.save((after, begun))
        assert world.all() == [begun]

    def test_refused_when_somebody_else_moved_one(self, world: World) -> None:
        """If one of many is no longer in the state it was loaded in, nothing is stored."""
        one, two = world.begin("SO1", "SO2")
        world.save((two, moved(two, State.SKIPPED)))

        with pytest.raises(LedgerError) as refused:
            world.save((one, moved(one, State.SENDING)), (two, moved(two, State.SENDING)))

        assert "Somebody else" in refused.value.message
        assert "next run takes them up again" in refused.value.message
        assert "2 transfers to store, 1 were" in (refused.value.detail or "")
        assert [each.state for each in world.all()] == [State.READY, State.SKIPPED]

    def test_of_two_at_once_one_wins(self, world: World) -> None:
        """Two that move the same transfer at the same moment: one does, the other is told."""
        (begun,) = world.begin("SO1")

        ends = at_once(
            *(
                lambda state=state: world.save((begun, moved(begun, state)))
                for state in (State.SENDING, State.SKIPPED, State.HELD)
            )
        )

        assert sorted(type(end) is LedgerError for end in ends) == [False, True, True]

    def test_what_did_not_move_is_not_stored(self, world: World) -> None:
        """A transfer handed back as it was costs nothing and cannot clash."""
        (begun,) = world.begin("SO1")
        world.save((begun, moved(begun, State.SKIPPED)))

        world.save((begun, begun))
        world.save()

        assert [each.state for each in world.all()] == [State.SKIPPED]


class TestDue:
    def test_when_the_time_to_wait_is_over(self, world: World) -> None:
        """What waits comes back at its time, not before, and only from waiting."""
        one, two, three = world.begin("SO1", "SO2", "SO3")
        world.save(
            (one, moved(one, State.WAITING, retry_at=NOW + MINUTE)),
            (two, moved(two, State.WAITING, retry_at=NOW + 2 * MINUTE)),
            (three, moved(three, State.REFUSED, retry_at=NOW)),
        )

        def due(after: timedelta) -> tuple[list[str | None], bool]:
            with world.ledger.reading() as tx:
                found = transfers.due(tx, world.books, NOW + after)
                return numbers(found), transfers.any_waits(tx, world.books, NOW + after)

        assert due(MINUTE - timedelta(microseconds=1)) == ([], False)
        assert due(MINUTE) == (["SO1"], True)
        assert due(2 * MINUTE) == (["SO1", "SO2"], True)

    @pytest.mark.parametrize("state", State)
    def test_whether_anything_waits(self, world: World, state: State) -> None:
        """Only what is ready, or has to be asked about, calls for a run."""
        (begun,) = world.begin("SO1", state=state)

        with world.ledger.reading() as tx:
            assert transfers.any_waits(tx, world.books, NOW) == (
                state in {State.READY, State.UNKNOWN}
            )
            assert not transfers.any_waits(tx, world.operations, NOW)
        assert begun.state is state

    def test_what_is_in_a_state_too_long(self, world: World) -> None:
        """Old ones that nobody was told about are listed, until somebody was."""
        one, two, three = world.begin("SO1", "SO2", "SO3", state=State.REFUSED)
        world.save((two, moved(two, State.REFUSED, alerted_at=NOW + 2 * MINUTE)))
        world.save((three, moved(three, State.REFUSED, state_since=NOW + 2 * MINUTE)))

        with world.ledger.reading() as tx:
            found = transfers.by_state(tx, State.REFUSED, NOW + MINUTE, 10)
            later = transfers.by_state(tx, State.REFUSED, NOW + 3 * MINUTE, 2)
            other = transfers.by_state(tx, State.HELD, NOW + MINUTE, 10)
        assert found == [one]
        assert numbers(later) == ["SO1", "SO2"]
        assert other == []


class TestPair:
    LANDING = Landing(
        id="TXN-1",
        number="1001",
        revision="17",
        total="12.50",
        line_ids=("L1", "L2"),
        is_adopted=True,
    )

    def test_the_stub_that_stays_behind(self, world: World) -> None:
        """A pairing tells from which document which one was made, line by line."""
        (begun,) = world.begin("SO1")
        sent = moved(begun, State.DONE, sent_fingerprint="f" * 32)
        with world.ledger.writing() as tx:
            transfers.pair(tx, [(sent, self.LANDING)], NOW)

        with world.ledger.reading() as tx:
            found = transfers.pairings(tx, [begun.id, 77])
        assert found.keys() == {begun.id}
        row = found[begun.id]._asdict()
        del row["id"]
        assert row == {
            "link_id": world.link,
            "flow": "sales-order-out",
            "transfer_id": begun.id,
            "source_connection_id": world.operations,
            "source_kind": "sales-order",
            "source_id": "id-SO1",
            "target_connection_id": world.books,
            "target_kind": "sales-order",
            "target_id": "TXN-1",
            "target_number": "1001",
            "target_revision": "17",
            "target_total": "12.50",
            "lines": ["L1", "L2"],
            "sent_fingerprint": "f" * 32,
            "paired_at": NOW,
            "is_adopted": True,
        }

    def test_a_document_belongs_to_one_transfer(self, world: World) -> None:
        """Two transfers cannot have become the same document; nothing is stored then."""
        one, two, three = world.begin("SO1", "SO2", "SO3")
        with world.ledger.writing() as tx:
            transfers.pair(tx, [(one, self.LANDING)], NOW)

        def adopt() -> None:
            with world.ledger.writing() as tx:
                connections.note(tx, NOW, "me", "adopted", "SO2")
                transfers.pair(tx, [(three, Landing(id="TXN-3")), (two, self.LANDING)], NOW)

        with pytest.raises(LedgerError) as refused:
            adopt()

        assert "already belongs to another transfer" in refused.value.message
        assert rows_in(world.ledger, pairing) == [1]
        with world.ledger.reading() as tx:
            assert connections.notes(tx, "SO2") == []

    def test_a_transfer_becomes_one_document(self, world: World) -> None:
        """A transfer cannot become two documents."""
        (one,) = world.begin("SO1")
        landings = [(one, Landing(id="TXN-1")), (one, Landing(id="TXN-2"))]

        with pytest.raises(LedgerError), world.ledger.writing() as tx:
            transfers.pair(tx, landings, NOW)

        assert rows_in(world.ledger, pairing) == [0]

    def test_nothing_landed(self, world: World) -> None:
        """An answer without landings pairs nothing."""
        with world.ledger.writing() as tx:
            transfers.pair(tx, [], NOW)

        assert rows_in(world.ledger, pairing) == [0]


class TestFollowUps:
    def write(self, world: World, *names: str) -> list[FollowUp]:
        """Keep custom fields to be written; says them as stored."""
        (begun,) = world.begin("SO1")
        fields = [
            FollowUp(
                id=0,
                transfer=begun.id,
                kind=DocumentKind.SALES_ORDER,
                document_id="TXN-1",
                name=name,
                value=f"value of {name}",
            )
            for name in names
        ]
        with world.ledger.writing() as tx:
            transfers.write_fields(tx, world.books, fields)
        return self.open(world)

    def open(self, world: World, limit: int = 100) -> list[FollowUp]:
        """What is still to be written."""
        with world.ledger.reading() as tx:
            return transfers.follow_ups(tx, world.books, limit)

    def test_kept_until_written(self, world: World) -> None:
        """Custom fields wait in order until each is written or has failed for good (DOC-9)."""
        one, two, three = self.write(world, "Color", "Size", "Machine")
        results = [
            FieldResult(follow_up=one.id, is_final=True),
            FieldResult(follow_up=two.id, is_final=True, problem="no such field"),
            FieldResult(follow_up=three.id, is_final=False, problem="busy"),
        ]
        assert [each.name for each in (one, two, three)] == ["Color", "Size", "Machine"]
        assert one.value == "value of Color"
        assert self.open(world, limit=2) == [one, two]
        with world.ledger.writing() as tx:
            transfers.keep_fields(tx, results)

        assert self.open(world) == [three]
        with world.ledger.reading() as tx:
            rows = tx.execute(
                follow_up.select()
                .with_only_columns(follow_up.c.state, follow_up.c.problem)
                .order_by(follow_up.c.id)
            ).all()
        assert rows == [("done", None), ("failed", "no such field"), ("open", "busy")]

    def test_an_open_one_calls_for_a_run(self, world: World) -> None:
        """A custom field that waits is work, also when every transfer is done."""
        self.write(world, "Color")
        (begun,) = world.all()
        world.save((begun, moved(begun, State.DONE)))

        with world.ledger.reading() as tx:
            assert transfers.any_waits(tx, world.books, NOW)

    def test_none_to_write(self, world: World) -> None:
        """A document without custom fields leaves nothing to do."""
        assert self.write(world) == []


class TestForPeople:
    def search(self, world: World, **wanted: object) -> list[str | None]:
        """The numbers of what a person looks for."""
        with world.ledger.reading() as tx:
            return numbers(transfers.search(tx, **wanted))  # type: ignore[arg-type]

    def test_by_state_flow_and_link(self, world: World) -> None:
        """Each condition narrows the list; none lists all."""
        one, *_ = world.begin("SO1", "SO2")
        world.save((one, moved(one, State.REFUSED)))

        assert self.search(world) == ["SO1", "SO2"]
        assert self.search(world, states=[State.REFUSED, State.HELD]) == ["SO1"]
        assert self.search(world, flow="sales-order-out", link_id=world.link) == ["SO1", "SO2"]
        assert self.search(world, flow="invoice-in") == []
        assert self.search(world, link_id=77) == []

    def test_by_number(self, world: World) -> None:
        """A number is found by a part in any case, or exactly; signs of SQL mean themselves."""
        world.begin("SO-100%", "so-1000", "X_1", "ÄB")

        assert self.search(world, text="so-1") == ["SO-100%", "so-1000"]
        assert self.search(world, text="100%") == ["SO-100%"]
        assert self.search(world, text="_") == ["X_1"]
        assert self.search(world, text="Äb") == ["ÄB"]
        assert self.search(world, codes=["so-1000", "x_1"]) == ["so-1000"]

    def test_page_by_page(self, world: World) -> None:
        """A page begins after the last id of the one before."""
        begun = world.begin(*(f"SO{n}" for n in range(5)))

        assert self.search(world, limit=2) == ["SO0", "SO1"]
        assert self.search(world, limit=2, after=begun[1].id) == ["SO2", "SO3"]
        assert self.search(world, limit=2, after=begun[4].id) == []

    def test_counts(self, world: World) -> None:
        """Transfers are counted by link, flow and state."""
        one, *_ = world.begin("SO1", "SO2", "SO3")
        world.save((one, moved(one, State.REFUSED)))

        with world.ledger.reading() as tx:
            assert sorted(transfers.counts(tx)) == [
                (world.link, "sales-order-out", State.READY, 2),
                (world.link, "sales-order-out", State.REFUSED, 1),
            ]
            assert transfers.counts(tx, 77) == []
            states = (State.READY, State.HELD)
            assert transfers.count_in(tx, world.books, states) == 2
            assert transfers.count_in(tx, world.operations, states) == 0
