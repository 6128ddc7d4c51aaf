"""Source documents: what was seen, what is gone, what waits for a flow, what is unreadable."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import msgspec
import pytest

from counterfoil.documents import DocumentKind, DocumentStatus, encode, fingerprint
from counterfoil.engine.life import State
from counterfoil.engine.operations import Unreadable
from counterfoil.ledger import documents, transfers
from tests.ledger.builders import DAY, FLOW, MINUTE, SALES_ORDER, World, numbers
from tests.support.builders import NOW, order

GUID = "5ad1f1b6-0000-4000-8000-000000000001"


def known(world: World, *ids: str) -> dict[str, tuple[str, str, bool]]:
    """What is known of the operations system's sales orders."""
    with world.ledger.reading() as tx:
        found = documents.seen_fingerprints(tx, world.operations, SALES_ORDER, ids or None)
        return {each: (seen.fingerprint, seen.status, seen.is_gone) for each, seen in found.items()}


def waiting(world: World, at: int | None = None, kind: DocumentKind = SALES_ORDER) -> list[str]:
    """The numbers of what waits to be offered to the flows."""
    return [each.number or "" for each in world.pending(at, kind)]


def on_its_way(world: World, *wanted: str) -> set[str]:
    """Which numbers something in flight to the books is about to give."""
    with world.ledger.reading() as tx:
        return documents.on_its_way(tx, world.books, wanted)


class TestSeeing:
    def test_a_document_is_known_by_its_fingerprint(self, world: World) -> None:
        """What was seen is kept with its fingerprint and status."""
        first = order("SO1 Acme", "2 BOLT 1.50")
        world.see(first, order("SO2", status=DocumentStatus.DRAFT))

        assert known(world) == {
            "id-SO1": (fingerprint(first), "open", False),
            "id-SO2": (fingerprint(order("SO2")), "draft", False),
        }
        assert known(world, "id-SO2", "id-SO9").keys() == {"id-SO2"}

    def test_seeing_it_again_replaces_it(self, world: World) -> None:
        """The newest version counts, under the same row, so that its transfer stays its own."""
        (transfer,) = world.begin("SO1")
        changed = order("SO1 Acme", "3 BOLT")
        world.see(changed)

        with world.ledger.reading() as tx:
            (sourced,) = transfers.load(tx, [transfer.id])
        assert sourced.body == encode(changed)
        assert sourced.fingerprint == fingerprint(changed)
        assert [each.row for each in world.pending()] == [transfer.document_row]

    def test_the_same_id_in_another_system_or_kind(self, world: World) -> None:
        """Identities are per connection and kind."""
        world.see(order("SO1"))
        world.see(order("SO1"), at=world.books)
        world.see(order("SO1"), kind=DocumentKind.ESTIMATE)

        assert waiting(world) == ["SO1"]
        assert waiting(world, world.books) == ["SO1"]
        assert waiting(world, kind=DocumentKind.ESTIMATE) == ["SO1"]

    def test_which_are_open_or_were_lately(self, world: World) -> None:
        """Those not closed, and those that changed since; never what is gone; open ones first."""
        world.see(order("SO1"), order("SO2"), order("SO3"), order("SO4"))
        world.see(
            order("SO2", "1 BOLT", status=DocumentStatus.CLOSED),
            order("SO3", status=DocumentStatus.CLOSED),
        )
        with world.ledger.writing() as tx:
            documents.mark_gone(tx, world.operations, SALES_ORDER, ["id-SO4"])

        def found(since: datetime) -> tuple[str, ...]:
            with world.ledger.reading() as tx:
                return documents.open_ids(tx, world.operations, SALES_ORDER, since)

        assert found(NOW - DAY) == ("id-SO1", "id-SO2")
        assert found(NOW + DAY) == ("id-SO1",)

    def test_gone_and_back(self, world: World) -> None:
        """A document gone from its source waits for no flow, until it is seen again."""
        world.see(order("SO1"), order("SO2"))
        with world.ledger.writing() as tx:
            documents.mark_gone(tx, world.operations, SALES_ORDER, ["id-SO1", "id-SO9"])

        assert waiting(world) == ["SO2"]
        assert known(world)["id-SO1"][2] is True
        world.see(order("SO1"))
        assert waiting(world) == ["SO1", "SO2"]


class TestPending:
    """What was seen waits until it has been offered to every flow that reads it."""

    def test_in_order_of_first_sight(self, world: World) -> None:
        """Documents wait in the order in which they were first seen, page by page."""
        world.see(order("SO3"), order("SO1"))
        world.see(order("SO2"), order("SO3", "1 BOLT"))

        found = world.pending()
        assert [each.number for each in found] == ["SO3", "SO1", "SO2"]
        with world.ledger.reading() as tx:
            one = documents.pending(tx, world.operations, SALES_ORDER, 1)
            rest = documents.pending(tx, world.operations, SALES_ORDER, 9, after=one[0].row)
        assert [*one, *rest] == found

    def test_with_all_that_a_decision_needs(self, world: World) -> None:
        """A document waits as it was seen, with the mark it bears and since when it says so."""
        world.see(order("SO1"))
        changed = order("SO1 Acme", status=DocumentStatus.DRAFT)
        world.see(changed, keys={"id-SO1": f"{{{GUID.upper()}}}"}, now=NOW + MINUTE)

        (found,) = world.pending()
        assert found == documents.Pending(
            row=found.row,
            id="id-SO1",
            number="SO1",
            body=encode(changed),
            fingerprint=fingerprint(changed),
            own_key=GUID,
            status="draft",
            seen_at=NOW + MINUTE,
            changed_at=NOW + MINUTE,
        )

    def test_whether_they_wait_or_not(self, world: World) -> None:
        """Documents are loaded by their identities also when nothing waits."""
        world.begin("SO2", "SO1")
        world.see(order("SO3"))

        with world.ledger.reading() as tx:
            ids = ["id-SO1", "id-SO3", "id-SO2", "no"]
            found = documents.by_ids(tx, world.operations, SALES_ORDER, ids)
            assert documents.by_ids(tx, world.books, SALES_ORDER, ids) == []
        assert [each.number for each in found] == ["SO2", "SO1", "SO3"]
        assert found[2:] == world.pending()

    def test_until_taken_up(self, world: World) -> None:
        """Offered once, a document waits no longer, until it is seen again."""
        world.see(order("SO1"), order("SO2"), order("SO3"))
        one, two, three = world.pending()
        with world.ledger.writing() as tx:
            documents.take_up(tx, [one.row, three.row])
            documents.take_up(tx, [])

        assert world.pending() == [two]
        world.see(order("SO3", "1 BOLT"))
        assert waiting(world) == ["SO2", "SO3"]

    def test_when_the_rules_have_changed(self, world: World) -> None:
        """What a link has not taken up is offered again, on both sides; what it has is not.

        Nor is what a transfer became.
        """
        (begun,) = world.begin("SO1")
        world.land((begun, "TXN-1"))
        world.see(order("SO1", id="TXN-1"), at=world.books)
        world.see(order("SO2"), order("SO3"))
        world.see(order("SO4"), at=world.books)
        rows = [each.row for at in (world.operations, world.books) for each in world.pending(at)]
        with world.ledger.writing() as tx:
            documents.take_up(tx, rows)
            documents.mark_gone(tx, world.operations, SALES_ORDER, ["id-SO3"])
            documents.put_up(tx, 77)
        assert waiting(world) == []
        with world.ledger.writing() as tx:
            documents.put_up(tx, world.link)

        assert waiting(world) == ["SO2"]
        assert waiting(world, world.books) == ["SO4"]


class TestMarks:
    @pytest.mark.parametrize("mark", [f"{{{GUID}}}", GUID, f"{{{GUID.upper()}}}"])
    def test_however_it_is_spelled(self, world: World, mark: str) -> None:
        """The mark a document bears is kept in one spelling."""
        world.see(order("SO1"), order("SO2"), keys={"id-SO1": mark})

        assert [each.own_key for each in world.pending()] == [GUID, None]

    def test_it_stays_known(self, world: World) -> None:
        """A mark that was read once counts, even if a later reading leaves it out."""
        world.see(order("SO1"), keys={"id-SO1": GUID})
        world.see(order("SO1"))

        assert [each.own_key for each in world.pending()] == [GUID]


class TestChangedAt:
    def test_when_the_content_last_became_another_one(self, world: World) -> None:
        """Another content has a moment; seeing the same again, or another revision, has none."""

        def changed() -> object:
            (found,) = world.pending()
            return found.changed_at

        world.see(order("SO1"))
        assert changed() is None
        world.see(order("SO1", revision="2"), now=NOW + MINUTE)
        assert changed() is None
        world.see(order("SO1 Acme"), now=NOW + 2 * MINUTE)
        assert changed() == NOW + 2 * MINUTE
        world.see(order("SO1 Acme"), now=NOW + 3 * MINUTE)
        assert changed() == NOW + 2 * MINUTE


class TestNumbers:
    @pytest.mark.parametrize("state", [State.SENDING, State.UNKNOWN, State.CONFIRMING])
    def test_of_what_is_on_its_way(self, world: World, state: State) -> None:
        """While a write may have happened, its number may turn up in the target at any time."""
        one, _ = world.begin("SO1", "SO2")
        one = world.move(one, state, target_number="1001")

        assert on_its_way(world, "1001", "1002") == {"1001"}
        world.move(one, State.REFUSED)
        assert on_its_way(world, "1001") == set()

    def test_of_what_waits(self, world: World) -> None:
        """A number that nothing was sent with guards nothing; nor does one sent elsewhere."""
        one, two = world.begin("SO1", "SO2")
        world.move(one, State.MATCHING, target_number="1001")
        world.move(two, State.SENDING, target_number="1002")

        assert on_its_way(world, "1001") == set()
        with world.ledger.reading() as tx:
            assert documents.on_its_way(tx, world.operations, ["1002"]) == set()

    def test_of_documents_that_were_read(self, world: World) -> None:
        """Documents are found by their number, those that are gone are not."""
        world.see(order("SO1"), order("SO1", id="twin"), order("SO2"), order("SO3"))
        with world.ledger.writing() as tx:
            documents.mark_gone(tx, world.operations, SALES_ORDER, ["id-SO2"])

        with world.ledger.reading() as tx:
            found = documents.by_numbers(
                tx, world.operations, SALES_ORDER, ["SO1", "SO2", "SO3", "SO4"]
            )
            other = documents.by_numbers(tx, world.books, SALES_ORDER, ["SO1"])
        assert {number: sorted(ids) for number, ids in found.items()} == {
            "SO1": ["id-SO1", "twin"],
            "SO3": ["id-SO3"],
        }
        assert other == {}


BAD = Unreadable(
    id="7", number="SO7", field="lines[2].quantity", value="1,2,3", problem="Not a number."
)


class TestUnreadable:
    """What could not be read is a row that people see, until it can be read."""

    def keep(
        self,
        world: World,
        *rows: Unreadable,
        read: Iterable[str] = (),
        everything: bool = False,
        after: int = 0,
    ) -> list[str]:
        """Keep what a reading brought; says what people see then."""
        with world.ledger.writing() as tx:
            documents.keep_unreadable(
                tx,
                world.operations,
                "sales-order",
                rows,
                read,
                NOW + after * DAY,
                everything=everything,
            )
            return [each.number or each.problem for each in documents.unreadables(tx)]

    @pytest.mark.parametrize(
        "other, told",
        [
            (BAD, ["sales-order"]),
            (msgspec.structs.replace(BAD, problem="another"), ["shipment", "sales-order"]),
        ],
    )
    def test_what_moved_of_it_is_the_same_record(
        self, world: World, other: Unreadable, told: list[str]
    ) -> None:
        """An order that cannot be read is told once, not again as its shipment."""
        with world.ledger.writing() as tx:
            for kind, row in (("sales-order", BAD), ("shipment", other)):
                documents.keep_unreadable(
                    tx, world.operations, kind, [row], (), NOW, everything=False
                )
            assert [each.kind for each in documents.unreadables(tx)] == told

    def test_what_people_see(self, world: World) -> None:
        """A record that could not be read is told with what is wrong, and since when."""
        self.keep(world, BAD)
        self.keep(world, BAD, after=1)

        with world.ledger.reading() as tx:
            (found,) = documents.unreadables(tx, world.operations)
            assert documents.unreadables(tx, world.books) == []
            assert documents.is_unreadable(tx, world.operations, "sales-order") == {"7"}
            assert documents.is_unreadable(tx, world.operations, "invoice") == set()
        assert found == documents.Unread(
            connection=world.operations,
            kind="sales-order",
            document_id="7",
            number="SO7",
            party=None,
            dated=None,
            field="lines[2].quantity",
            value="1,2,3",
            problem="Not a number.",
            first_seen_at=NOW,
            seen_at=NOW + DAY,
        )

    def test_it_goes_when_it_can_be_read(self, world: World) -> None:
        """What is read at last is no longer unreadable; what was not looked at stays."""
        other = Unreadable(id="8", number="SO8", problem="No customer.")
        assert self.keep(world, BAD, other) == ["SO8", "SO7"]
        assert self.keep(world, read=["1", "2"]) == ["SO8", "SO7"]
        assert self.keep(world, read=["1", "7"]) == ["SO8"]

    def test_one_that_is_read_and_unreadable_in_one_reading(self, world: World) -> None:
        """A record of which one part could not be read stays listed."""
        self.keep(world, BAD)

        assert self.keep(world, BAD, read=["7"]) == ["SO7"]

    def test_a_complete_reading_settles_all(self, world: World) -> None:
        """After a reading of everything, what it did not mention is gone."""
        nameless = Unreadable(problem="Half a record.")
        assert self.keep(world, BAD, nameless) == ["Half a record.", "SO7"]
        assert self.keep(world, BAD, everything=True) == ["SO7"]
        assert self.keep(world, everything=True) == []

    def test_kinds_and_connections_keep_their_own(self, world: World) -> None:
        """A complete reading of one kind says nothing about another one."""
        self.keep(world, BAD)
        with world.ledger.writing() as tx:
            for at, kind in ((world.operations, "invoice"), (world.books, "sales-order")):
                documents.keep_unreadable(tx, at, kind, [], [], NOW, everything=True)
            assert len(documents.unreadables(tx)) == 1


def test_only_what_is_asked_for_is_loaded(world: World) -> None:
    """The transfers of some documents are loaded by those documents' own identities."""
    world.begin("SO1", "SO2", "SO3")

    with world.ledger.reading() as tx:
        found = transfers.of_sources(tx, world.operations, SALES_ORDER, ["id-SO3", "id-SO1", "no"])
        other = transfers.of_sources(tx, world.books, SALES_ORDER, ["id-SO1"])
    assert numbers(found) == ["SO1", "SO3"]
    assert other == []
    assert {each.transfer.flow for each in found} == {FLOW}
