"""Transfers: begun once, loaded for work, stored under guard, and counted as they move."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec
import pytest
from sqlalchemy import event

from counterfoil.documents import DocumentKind, encode, fingerprint, reason, refuse
from counterfoil.documents.refusals import REFUSAL_KINDS
from counterfoil.engine.correcting import Correction
from counterfoil.engine.deciding import Wish, Write
from counterfoil.engine.life import State
from counterfoil.engine.transfers import OrderSeen, SetAside, Transfer
from counterfoil.errors import LedgerError
from counterfoil.ledger import documents, transfers
from tests.ledger.builders import (
    DAY,
    FLOW,
    MINUTE,
    SALES_ORDER,
    World,
    at_once,
    moved,
    numbers,
)
from tests.support.builders import NOW, order


class TestBegin:
    def test_what_a_new_one_is(self, world: World) -> None:
        """A transfer that was begun has nothing but its beginning."""
        why = reason("waits-for-person")
        (begun,) = world.begin("SO1", state=State.HELD, reason=why)

        assert begun == Transfer(
            id=begun.id,
            link=world.link,
            flow="sales-order-out",
            document_row=begun.document_row,
            target=world.books,
            target_kind=SALES_ORDER,
            number="SO1",
            state=State.HELD,
            state_since=NOW,
            key="{key-so1}",
            reason=why,
        )

    def test_the_second_finds_it_begun(self, world: World) -> None:
        """A document has one transfer per flow and part; a later beginning changes nothing."""
        (begun,) = world.begin("SO1")
        again = world.beginning("SO1", begun.document_row, State.HELD)
        part = world.beginning("SO1", begun.document_row, State.HELD, part="2", key=None)

        def begin(*beginnings: Transfer) -> int:
            with world.ledger.writing() as tx:
                return transfers.begin(tx, beginnings)

        assert begin(again) == 0
        assert begin(again, part) == 1
        assert begin() == 0
        whole, second = world.all()
        assert whole == begun
        assert (second.part, second.state, second.key) == ("2", State.HELD, None)

    def test_two_at_once_begin_each_once(self, world: World) -> None:
        """Two runs that see the same documents in different orders begin each of them once."""
        world.see(*(order(f"SO{n}") for n in range(40)))
        rows = [(each.number or "", each.row) for each in world.pending()]

        def begin(wanted: list[tuple[str, int]]) -> int:
            with world.ledger.writing() as tx:
                return transfers.begin(tx, [world.beginning(*each) for each in wanted])

        ends = at_once(lambda: begin(rows), lambda: begin(rows[::-1]))

        assert sum(end for end in ends if isinstance(end, int)) == 40, ends
        assert sorted(each.document_row for each in world.all()) == [row for _, row in rows]
        with world.ledger.reading() as tx:
            assert transfers.counts(tx) == [(world.link, FLOW, State.READY, 40)]


class TestWork:
    def work(self, world: World, *states: State, limit: int = 100) -> list[str | None]:
        """The numbers of what waits for the books."""
        with world.ledger.reading() as tx:
            return numbers(transfers.work(tx, world.books, states, limit))

    def test_oldest_first_over_all_states(self, world: World) -> None:
        """What waits in any of the states comes in the order in which it began."""
        one, two, three, *_ = world.begin("SO1", "SO2", "SO3", "SO4", "SO5")
        world.save((one, moved(one, State.UNKNOWN)), (three, moved(three, State.DONE)))
        world.move(two, State.UNKNOWN)

        assert self.work(world, State.READY, State.UNKNOWN) == ["SO1", "SO2", "SO4", "SO5"]
        assert self.work(world, State.UNKNOWN, State.READY, limit=3) == ["SO1", "SO2", "SO4"]
        assert self.work(world, State.READY, limit=1) == ["SO4"]
        assert self.work(world) == []

    def test_page_by_page(self, world: World) -> None:
        """What is after an id is another page."""
        _, two, *_ = world.begin("SO1", "SO2", "SO3")

        with world.ledger.reading() as tx:
            later = transfers.work(tx, world.books, [State.READY], 10, after=two.id)
        assert numbers(later) == ["SO3"]

    def test_only_of_one_target(self, world: World) -> None:
        """Another connection's work is not this one's."""
        world.begin("SO1")

        with world.ledger.reading() as tx:
            assert transfers.work(tx, world.operations, [State.READY], 10) == []

    def test_with_its_source(self, world: World) -> None:
        """A transfer comes with the document it is about, as last seen, and what it became."""
        (begun,) = world.begin("SO1")
        document = order("SO1 Acme", "2 BOLT 1.50")
        world.see(document, now=NOW + MINUTE)

        with world.ledger.reading() as tx:
            (found,) = transfers.work(tx, world.books, [State.READY], 10)
        assert found.kind == SALES_ORDER
        assert found.document_id == document.id
        assert found.body == encode(document)
        assert found.fingerprint == fingerprint(document)
        assert found.changed_at == NOW + MINUTE
        assert not found.is_withdrawn
        assert found.pairing is None
        world.land((begun, "TXN-1"))
        with world.ledger.writing() as tx:
            documents.mark_gone(tx, world.operations, SALES_ORDER, [document.id])
        with world.ledger.reading() as tx:
            (found,) = transfers.work(tx, world.books, [State.READY], 10)
        assert found.is_withdrawn
        assert found.pairing is not None
        assert found.pairing.target_id == "TXN-1"


class TestLoad:
    def test_by_id_in_order(self, world: World) -> None:
        """Transfers are loaded by their ids, in order, those that do not exist left out."""
        one, two, three = world.begin("SO1", "SO2", "SO3")

        with world.ledger.reading() as tx:
            assert numbers(transfers.load(tx, [three.id, one.id, 10**12])) == ["SO1", "SO3"]
            assert transfers.load(tx, []) == []
            assert numbers(transfers.load(tx, range(100_000))) == ["SO1", "SO2", "SO3"]
        assert two.number == "SO2"

    def test_of_a_link(self, world: World) -> None:
        """A link's transfers that are not done come page by page, also what a rule skipped."""
        one, two, three, four = world.begin("SO1", "SO2", "SO3", "SO4")
        world.save((one, moved(one, State.DONE)), (three, moved(three, State.SKIPPED)))

        def page(after: int, limit: int = 10, link: int = world.link) -> list[str | None]:
            with world.ledger.reading() as tx:
                return numbers(transfers.of_link(tx, link, after, limit))

        assert page(0) == ["SO2", "SO3", "SO4"]
        assert page(0, 1) == ["SO2"]
        assert page(two.id) == ["SO3", "SO4"]
        assert page(four.id) == []
        assert page(0, link=77) == []

    @pytest.mark.parametrize("spelled", ["5AD1", "{5ad1}", "5ad1"])
    def test_by_mark(self, world: World, spelled: str) -> None:
        """A mark finds its transfer however it was spelled when it was kept."""
        (begun,) = world.begin("SO1", key=spelled.lower())

        def found(key: str, *states: State) -> list[str | None]:
            with world.ledger.reading() as tx:
                return numbers(transfers.by_key(tx, world.books, [key, "other"], states))

        assert found("5ad1", State.READY) == ["SO1"]
        assert found("5ad1", State.DONE, State.HELD) == []
        assert found("5ad", State.READY) == []
        with world.ledger.reading() as tx:
            assert transfers.by_key(tx, world.operations, ["5ad1"], [begun.state]) == []

    def test_what_waits_for_a_document(self, world: World) -> None:
        """What waits for a document that has to come first is found by it."""
        one, two, three = world.begin("SO1", "SO2", "SO3")
        two = world.move(two, State.WAITING, waits_for=one.document_row)
        world.move(three, State.READY, waits_for=one.document_row)

        with world.ledger.reading() as tx:
            assert numbers(transfers.waiting_for(tx, [one.document_row, 77])) == ["SO2"]
            assert transfers.waiting_for(tx, [two.document_row]) == []


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
            number="SO1-A",
            target_kind=DocumentKind.ESTIMATE,
            key="{another}",
            generation=2,
            write=Write.UPDATE,
            wish=Wish.REPLACE,
            wished_by="Zoë",
            rounds=2,
            waits_for=begun.document_row,
            is_checked=True,
            sent_fingerprint="f" * 32,
            settings_version=7,
            exchange=exchange,
            refusal=refuse(code, where="lines[2].item", value="Bölt", kind="item", setting="x"),
            reason=reason("left-out-by", who="Zoë"),
            notes=("The note “Küche” stays behind.",),
            order_seen=OrderSeen(
                kind=DocumentKind.SALES_ORDER, at=NOW + MINUTE, body=msgspec.Raw(b'{"id":"T1"}')
            ),
            left_out=(("10:1:1", "2.5"),),
            correction=Correction(day=date(2026, 11, 1), number="SO1-B"),
            alerted_at=NOW + timedelta(microseconds=1),
            set_aside=SetAside(
                refusal=refuse(code, where="lines[1].item", value="Nut", kind="item", setting="x")
            ),
        )
        untouched = {
            name
            for name in Transfer.__struct_fields__
            if getattr(after, name) == getattr(begun, name)
        }
        assert untouched == {"id", "link", "flow", "document_row", "target", "part", "version"}
        world.save((begun, after))

        assert world.all() == [moved(after, after.state, version=1)]
        (stored,) = world.all()
        world.save((stored, moved(begun, begun.state, version=1)))
        assert world.all() == [moved(begun, begun.state, version=2)]

    def test_moves_of_different_fields_are_stored_together(self, world: World) -> None:
        """Of several transfers that are stored at once, each keeps what only others change."""
        one, two = world.begin("SO1", "SO2")
        two = world.move(two, wish=Wish.LEAVE, wished_by="Zoë")

        world.save((one, moved(one, State.SENDING, attempts=1)), (two, moved(two, State.SKIPPED)))

        first, second = world.all()
        assert first == moved(one, State.SENDING, attempts=1, version=1)
        assert second == moved(two, State.SKIPPED, version=2)

    def test_only_what_changes_is_named(self, world: World) -> None:
        """A column that stays is in no statement: each that is costs a look into its indexes."""
        (begun,) = world.begin("SO1")
        statements: list[str] = []

        with world.ledger.writing() as tx:
            event.listen(tx, "before_cursor_execute", lambda *told: statements.append(told[2]))
            transfers.save(tx, [(begun, moved(begun, State.SENDING, attempts=1))])

        (stored,) = [each for each in statements if "UPDATE transfer" in each]
        assert "attempts" in stored
        assert "target_number" not in stored

    def test_refused_when_somebody_else_moved_one(self, world: World) -> None:
        """If one of many is no longer in the state it was loaded in, nothing is stored."""
        one, two = world.begin("SO1", "SO2")
        world.move(two, State.SKIPPED)

        with pytest.raises(LedgerError) as refused:
            world.save((one, moved(one, State.SENDING)), (two, moved(two, State.SENDING)))

        assert "Somebody else" in refused.value.message
        assert "next run takes them up again" in refused.value.message
        assert "2 transfers to store, 1 were" in (refused.value.detail or "")
        assert [each.state for each in world.all()] == [State.READY, State.SKIPPED]

    def test_a_change_within_the_state_is_noticed(self, world: World) -> None:
        """Whoever changed a transfer without moving it must not be overwritten either."""
        (begun,) = world.begin("SO1")
        world.move(begun, wish=Wish.LEAVE, wished_by="Zoë")

        with pytest.raises(LedgerError):
            world.save((begun, moved(begun, State.SENDING)))

        (stored,) = world.all()
        assert (stored.state, stored.wish, stored.version) == (State.READY, Wish.LEAVE, 1)

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
        world.move(begun, State.SKIPPED)

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
                found = transfers.due(tx, world.books, NOW + after, 100)
                return numbers(found), transfers.any_waits(tx, world.books, NOW + after)

        assert due(MINUTE - timedelta(microseconds=1)) == ([], False)
        assert due(MINUTE) == (["SO1"], True)
        assert due(2 * MINUTE) == (["SO1", "SO2"], True)

    @pytest.mark.parametrize("state", State)
    def test_whether_anything_waits(self, world: World, state: State) -> None:
        """Only what is ready, or has to be asked or read about, calls for a run."""
        (begun,) = world.begin("SO1", state=state)

        with world.ledger.reading() as tx:
            assert transfers.any_waits(tx, world.books, NOW) == (
                state in {State.READY, State.UNKNOWN, State.CONFIRMING}
            )
            assert not transfers.any_waits(tx, world.operations, NOW)
        assert begun.state is state

    def test_what_is_in_a_state_too_long(self, world: World) -> None:
        """Old ones that nobody was told about are listed, until somebody was."""
        one, two, three = world.begin("SO1", "SO2", "SO3", state=State.REFUSED)
        world.move(two, alerted_at=NOW + 2 * MINUTE)
        world.move(three, state_since=NOW + 2 * MINUTE)

        with world.ledger.reading() as tx:
            found = transfers.by_state(tx, State.REFUSED, NOW + MINUTE, 10)
            later = transfers.by_state(tx, State.REFUSED, NOW + 3 * MINUTE, 2)
            other = transfers.by_state(tx, State.HELD, NOW + MINUTE, 10)
        assert found == [one]
        assert numbers(later) == ["SO1", "SO2"]
        assert other == []

    def test_what_waits_for_a_document_may_wait_longer(self, world: World) -> None:
        """The order of a receipt may take its time before anybody is told."""
        one, two, _ = world.begin("SO1", "SO2", "SO3", state=State.WAITING)
        world.move(two, waits_for=one.document_row)

        def late(after: timedelta) -> list[str | None]:
            with world.ledger.reading() as tx:
                found = transfers.by_state(tx, State.WAITING, NOW + after, 10, waits_since=27 * DAY)
                return numbers(found)

        assert late(MINUTE) == ["SO1", "SO3"]
        assert late(27 * DAY) == ["SO1", "SO3"]
        assert late(27 * DAY + MINUTE) == ["SO1", "SO2", "SO3"]

    def test_where_the_engine_acts_the_release_counts(self, world: World) -> None:
        """What goes to and fro between states is as old as its release."""
        (begun,) = world.begin("SO1")
        world.move(begun, state_since=NOW + DAY, released_at=NOW)

        with world.ledger.reading() as tx:
            assert numbers(transfers.by_state(tx, State.READY, NOW + MINUTE, 10)) == ["SO1"]
            assert transfers.by_state(tx, State.READY, NOW, 10) == []


class TestForPeople:
    def search(self, world: World, **wanted: object) -> list[str | None]:
        """The numbers of what a person looks for."""
        with world.ledger.reading() as tx:
            return numbers(transfers.search(tx, **wanted))  # type: ignore[arg-type]

    def test_by_state_flow_and_link(self, world: World) -> None:
        """Each condition narrows the list; none lists all."""
        one, *_ = world.begin("SO1", "SO2")
        world.move(one, State.REFUSED)

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

    def test_since_when_the_oldest(self, world: World) -> None:
        """The oldest of each state that is no end is told by when it came there."""
        one, two, three = world.begin("SO1", "SO2", "SO3")
        world.move(one, state_since=NOW - DAY)
        world.move(two, State.DONE)
        world.move(three, State.REFUSED, state_since=NOW + DAY)

        with world.ledger.reading() as tx:
            found = transfers.oldest(tx)
        assert found == {State.READY: NOW - DAY, State.REFUSED: NOW + DAY}
