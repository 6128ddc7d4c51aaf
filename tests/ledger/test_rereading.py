"""What is read again in a target: until it was, and never what is gone or over."""

from __future__ import annotations

import msgspec

from counterfoil.documents import DocumentKind
from counterfoil.engine.transfers import Landing
from counterfoil.ledger import pairings, rereading
from counterfoil.ledger.rereading import Paired, Watched
from tests.ledger.builders import LANDING, MINUTE, SALES_ORDER, World, end, pair, see
from tests.support.builders import NOW, order


class TestWatching:
    def test_what_is_watched(self, world: World) -> None:
        """Watching compares the revision seen last, and knows what is still to be read."""
        one, two = world.begin("SO1", "SO2")
        pair(world, (one, LANDING), (two, Landing(id="TXN-2", kind=SALES_ORDER)))

        def watched(kind: DocumentKind = SALES_ORDER) -> list[Watched]:
            with world.ledger.reading() as tx:
                return sorted(rereading.watched(tx, world.books, kind, ["TXN-1", "TXN-2", "X"]))

        unread = Watched(two.id, "TXN-2", None, is_unread=True)
        assert watched() == [Watched(one.id, "TXN-1", "17", is_unread=False), unread]
        assert watched(DocumentKind.INVOICE) == []
        found = world.paired(one)
        assert found is not None
        see(world, msgspec.structs.replace(found, seen_revision="18", gone_at=NOW))
        assert watched() == [Watched(one.id, "TXN-1", "18", is_unread=False), unread]
        end(world, one.id, two.id)
        assert watched() == []

    def test_what_is_to_be_read(self, world: World) -> None:
        """What was written or adopted unread is listed until it is read or over."""
        begun = world.begin("SO1", "SO2", "SO3", "SO4")
        written = [Landing(id=f"TXN-{each.id}", kind=SALES_ORDER) for each in begun]
        pair(world, *zip(begun, written, strict=True))
        one, two, three, four = begun

        def listed(limit: int = 10, after: int = 0) -> list[tuple[int, DocumentKind, str]]:
            with world.ledger.reading() as tx:
                assert rereading.unread(tx, world.operations, limit) == []
                rows = rereading.unread(tx, world.books, limit, after=after)
            return [row[:3] for row in rows]

        assert listed() == [(each.id, SALES_ORDER, f"TXN-{each.id}") for each in begun]
        assert [row[0] for row in listed(2)] == [one.id, two.id]
        with world.ledger.reading() as tx:
            [*_, last] = rereading.unread(tx, world.books, 2)
        assert [row[0] for row in listed(after=last[3])] == [three.id, four.id]
        found = world.paired(one)
        assert found is not None
        see(world, msgspec.structs.replace(found, content="c"))
        end(world, two.id)
        assert [row[0] for row in listed()] == [three.id, four.id]
        pair(world, (one, msgspec.structs.replace(written[0], content="d")))
        assert [row[0] for row in listed()] == [three.id, four.id]
        pair(world, (one, written[0]))
        assert [row[0] for row in listed()] == [one.id, three.id, four.id]

    def test_what_somebody_changed(self, world: World) -> None:
        """What was changed in the target is to be read there, until it has been."""
        one, two, three = world.begin("SO1", "SO2", "SO3")
        landing = msgspec.structs.replace(LANDING, id="TXN-2")
        pair(world, (one, LANDING), (two, landing))

        def unread() -> list[int]:
            with world.ledger.reading() as tx:
                return [row[0] for row in rereading.unread(tx, world.books, 10)]

        assert unread() == []
        with world.ledger.writing() as tx:
            rereading.stale(tx, [two.id, three.id])
            rereading.stale(tx, [])
        assert unread() == [two.id]
        found = world.paired(two)
        assert found is not None
        see(world, found)
        assert unread() == []

    def test_the_newest(self, world: World) -> None:
        """What was paired last comes first; what is gone or over is not among it."""
        begun = world.begin("SO1", "SO2", "SO3", "SO4")
        landings = [msgspec.structs.replace(LANDING, id=f"TXN-{n}") for n in range(4)]
        pair(world, *zip(begun, landings, strict=True))
        one, two, three, four = begun
        end(world, four.id)
        gone = world.paired(two)
        assert gone is not None
        see(world, msgspec.structs.replace(gone, gone_at=NOW))

        def found(limit: int, at: int = world.books) -> list[Paired]:
            with world.ledger.reading() as tx:
                return rereading.newest(tx, at, limit)

        first, third = (Paired(each.id, SALES_ORDER, name) for each, name in
                        ((one, "TXN-0"), (three, "TXN-2")))  # fmt: skip
        assert found(9) == [third, first]
        assert found(1) == [third]
        assert found(9, world.operations) == []
        with world.ledger.reading() as tx:
            assert rereading.paired_with(tx, [four.id, one.id, 77]) == [first]

    def test_everything_is_read_again(self, world: World) -> None:
        """After the books were restored, all that is there is to be read; not what is gone."""
        one, two, three = world.begin("SO1", "SO2", "SO3")
        landings = [msgspec.structs.replace(LANDING, id=f"TXN-{n}") for n in range(3)]
        pair(world, *zip((one, two, three), landings, strict=True))
        end(world, three.id)
        gone = world.paired(two)
        assert gone is not None
        see(world, msgspec.structs.replace(gone, gone_at=NOW))
        with world.ledger.writing() as tx:
            rereading.stale_all(tx, world.operations)
            assert rereading.unread(tx, world.books, 9) == []
            rereading.stale_all(tx, world.books)
            assert [row[0] for row in rereading.unread(tx, world.books, 9)] == [one.id]


class TestBrought:
    def never_read(self, world: World) -> list[str]:
        """What no reading has brought."""
        with world.ledger.writing() as tx:
            return sorted(rereading.never_read(tx, world.books, SALES_ORDER))

    def test_until_a_reading_brings_it(self, world: World) -> None:
        """What was written and never read is named, until it is read, ends or is gone."""
        one, two, three = world.begin("SO1", "SO2", "SO3")
        world.land((one, "T1"), (two, "T2"), (three, "T3"))
        assert self.never_read(world) == ["T1", "T2", "T3"]

        world.see(order("T1", id="T1"), at=world.books)
        end(world, two.id)
        assert self.never_read(world) == ["T3"]
        assert self.never_read(world) == ["T3"]

    def test_of_the_kind_and_connection_only(self, world: World) -> None:
        """A document of the same identity elsewhere says nothing of this one."""
        (one,) = world.begin("SO1")
        world.land((one, "T1"))
        world.see(order("T1", id="T1"))
        world.see(order("T1", id="T1"), at=world.books, kind=DocumentKind.INVOICE)

        assert self.never_read(world) == ["T1"]


def test_receipts_are_read_again(world: World) -> None:
    """Item receipts that were paired lately are to be read again, and nothing else is."""
    early, late, sold = world.begin("PO1", "PO2", "SO1")
    with world.ledger.writing() as tx:
        for each, kind, at in (
            (early, DocumentKind.ITEM_RECEIPT, NOW - MINUTE),
            (late, DocumentKind.ITEM_RECEIPT, NOW),
            (sold, SALES_ORDER, NOW),
        ):
            landing = Landing(id=f"T{each.id}", kind=kind, content="c" * 32)
            pairings.pair(tx, [(each, landing)], at)
        rereading.stale_receipts(tx, world.books, NOW)

        assert [row[0] for row in rereading.unread(tx, world.books, 9)] == [late.id]
