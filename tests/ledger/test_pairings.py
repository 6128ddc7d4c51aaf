"""Pairings: one document of the target per transfer, kept as written and as seen, until it ends."""

from __future__ import annotations

import msgspec
import pytest
from sqlalchemy import select

from counterfoil.documents import DocumentKind
from counterfoil.engine.life import State
from counterfoil.engine.transfers import Landing, PairedLine, Pairing
from counterfoil.errors import LedgerError
from counterfoil.ledger import connections, pairings
from counterfoil.ledger.pairings import Marked, Paired, Watched
from counterfoil.ledger.schema import pairing
from tests.ledger.builders import MINUTE, SALES_ORDER, World, at_once, moved, rows_in
from tests.support.builders import NOW, order

LANDING = Landing(
    id="TXN-1",
    kind=SALES_ORDER,
    number="1001",
    revision="17",
    total="12.50",
    tax="1.00",
    sent_total="11.50",
    content="c" * 32,
    lines=(PairedLine("1", "L1", "2"), PairedLine("", "L2", None, "O7")),
    is_adopted=True,
)


def pair(world: World, *landings: tuple[object, Landing]) -> None:
    """Keep landings in a transaction of their own."""
    with world.ledger.writing() as tx:
        pairings.pair(tx, landings, NOW)  # type: ignore[arg-type]  # transfers, by their tests


def end(world: World, *transfers: int) -> None:
    """End pairings."""
    with world.ledger.writing() as tx:
        pairings.end(tx, transfers, NOW + MINUTE)


def see(world: World, *seen: Pairing) -> None:
    """Keep what was seen."""
    with world.ledger.writing() as tx:
        pairings.see(tx, seen)


class TestPair:
    def test_the_stub_that_stays_behind(self, world: World) -> None:
        """A pairing tells from which document which one was made, line by line."""
        (begun,) = world.begin("SO1")
        sent = moved(begun, State.DONE, sent_fingerprint="f" * 32)
        pair(world, (sent, LANDING))

        found = world.paired(begun)
        assert found is not None
        assert found == LANDING.as_pairing("f" * 32, found.id)
        with world.ledger.reading() as tx:
            row = tx.execute(select(pairing)).one()
        assert (row.link_id, row.flow, row.transfer_id) == (world.link, begun.flow, begun.id)
        source = (row.source_connection_id, row.source_kind, row.source_id)
        assert source == (world.operations, "sales-order", "id-SO1")
        target = (row.target_connection_id, row.target_kind, row.target_id)
        assert target == (world.books, "sales-order", "TXN-1")
        assert (row.paired_at, row.ended_at, row.fulfils_id) == (NOW, None, None)

    def test_what_nobody_knows_stays_unknown(self, world: World) -> None:
        """Lines and content that no answer told are unknown, not empty."""
        (begun,) = world.begin("SO1")
        pair(world, (begun, Landing(id="TXN-1", kind=SALES_ORDER)))

        found = world.paired(begun)
        assert found is not None
        assert (found.lines, found.content, found.sent_fingerprint) == (None, None, None)
        pair(world, (begun, Landing(id="TXN-1", kind=SALES_ORDER, lines=())))
        found = world.paired(begun)
        assert found is not None
        assert found.lines == ()

    def test_paired_again_it_says_what_it_says_now(self, world: World) -> None:
        """An update replaces what was written and seen; which document it is stays."""
        (begun,) = world.begin("SO1")
        pair(world, (begun, LANDING))
        first = world.paired(begun)
        assert first is not None
        see(world, msgspec.structs.replace(first, seen_content="s", seen_revision="18", seen=b"x",
                                           gone_at=NOW))  # fmt: skip
        again = Landing(
            id="TXN-1",
            kind=SALES_ORDER,
            number="1001-A",
            revision="19",
            total="13.00",
            sent_total="13.00",
            content="d" * 32,
            lines=(PairedLine("1", "L9"),),
            is_closed=True,
        )
        pair(world, (moved(begun, State.DONE, sent_fingerprint="e" * 32), again))

        expected = again.as_pairing("e" * 32, first.id)
        assert world.paired(begun) == msgspec.structs.replace(expected, is_adopted=True)
        assert rows_in(world.ledger, pairing) == [1]

    def test_a_document_belongs_to_one_transfer(self, world: World) -> None:
        """Two transfers cannot have become the same document; nothing is stored then."""
        one, two, three = world.begin("SO1", "SO2", "SO3")
        pair(world, (one, LANDING))

        def adopt() -> None:
            with world.ledger.writing() as tx:
                connections.note(tx, NOW, "me", "adopted", "SO2")
                landing = Landing(id="TXN-3", kind=SALES_ORDER)
                pairings.pair(tx, [(three, landing), (two, LANDING)], NOW)

        with pytest.raises(LedgerError) as refused:
            adopt()

        assert "already belongs to another transfer" in refused.value.message
        assert rows_in(world.ledger, pairing) == [1]
        with world.ledger.reading() as tx:
            assert connections.notes(tx, "SO2") == []

    def test_the_same_identity_of_another_kind(self, world: World) -> None:
        """Identities are per kind: an invoice may have the identity that an order has."""
        one, two = world.begin("SO1", "SO2")
        invoice = msgspec.structs.replace(LANDING, kind=DocumentKind.INVOICE)
        pair(world, (one, LANDING), (two, invoice))

        assert rows_in(world.ledger, pairing) == [2]

    def test_a_transfer_becomes_one_document(self, world: World) -> None:
        """A transfer cannot become two documents at once."""
        (one,) = world.begin("SO1")
        landings = [(one, Landing(id=f"TXN-{n}", kind=SALES_ORDER)) for n in (1, 2)]

        with pytest.raises(LedgerError):
            pair(world, *landings)

        assert rows_in(world.ledger, pairing) == [0]

    def test_two_that_land_at_once(self, world: World) -> None:
        """Of two transfers that claim one document at the same moment, one gets it."""
        one, two = world.begin("SO1", "SO2")

        ends = at_once(lambda: pair(world, (one, LANDING)), lambda: pair(world, (two, LANDING)))

        assert sorted(type(end).__name__ for end in ends) == ["LedgerError", "NoneType"]
        assert rows_in(world.ledger, pairing) == [1]

    def test_nothing_landed(self, world: World) -> None:
        """An answer without landings pairs nothing."""
        pair(world)

        assert rows_in(world.ledger, pairing) == [0]


class TestEnd:
    def test_it_ceases_to_count_and_stays_on_record(self, world: World) -> None:
        """What has ended is no longer what the transfer is; its row stays."""
        one, two = world.begin("SO1", "SO2")
        pair(world, (one, LANDING))
        end(world, two.id, one.id)

        assert world.paired(one) is None
        with world.ledger.reading() as tx:
            assert tx.scalars(select(pairing.c.ended_at)).all() == [NOW + MINUTE]

    def test_it_may_be_paired_anew(self, world: World) -> None:
        """After an end the transfer may become another document, and the document another's."""
        one, two = world.begin("SO1", "SO2")
        pair(world, (one, LANDING))
        end(world, one.id)
        pair(world, (one, Landing(id="TXN-2", kind=SALES_ORDER)), (two, LANDING))

        assert [each and each.target_id for each in (world.paired(one), world.paired(two))] == [
            "TXN-2",
            "TXN-1",
        ]
        end(world, one.id)
        pair(world, (one, Landing(id="TXN-2", kind=SALES_ORDER)))
        assert rows_in(world.ledger, pairing) == [4]

    def test_what_has_ended_is_seen_no_more(self, world: World) -> None:
        """A late reading does not change what is over."""
        (one,) = world.begin("SO1")
        pair(world, (one, LANDING))
        found = world.paired(one)
        assert found is not None
        end(world, one.id)
        see(world, msgspec.structs.replace(found, seen_content="other", number="77"))

        with world.ledger.reading() as tx:
            row = tx.execute(select(pairing.c.seen_content, pairing.c.target_number)).one()
        assert tuple(row) == (None, "1001")


class TestSee:
    def test_what_was_seen_comes_back(self, world: World) -> None:
        """Everything that a reading tells of a pairing is kept."""
        (one,) = world.begin("SO1")
        pair(world, (one, LANDING))
        found = world.paired(one)
        assert found is not None
        seen = msgspec.structs.replace(
            found,
            number="1001-A",
            total="99.00",
            content="n" * 32,
            seen_content="s" * 32,
            seen_revision="18",
            seen=b'{"id":"TXN-1"}',
            gone_at=NOW + MINUTE,
            lines=(PairedLine("1", "L1"),),
            sent_fingerprint="g" * 32,
        )
        see(world, seen)

        assert world.paired(one) == seen
        assert seen.newest_revision == "18"

    def test_what_has_no_row_yet_is_passed_over(self, world: World) -> None:
        """A pairing that is about to be made is stored when it is made."""
        see(world, LANDING.as_pairing(None))

        assert rows_in(world.ledger, pairing) == [0]


class TestWatching:
    def test_whose_a_document_is(self, world: World) -> None:
        """A document of the target is a transfer's, or absent: no one's."""
        one, two = world.begin("SO1", "SO2")
        pair(world, (one, LANDING), (two, Landing(id="TXN-2", kind=SALES_ORDER)))
        end(world, two.id)
        wanted = [(SALES_ORDER, f"TXN-{n}") for n in (1, 2, 3)]

        def owners(at: int) -> dict[tuple[DocumentKind, str], int]:
            with world.ledger.reading() as tx:
                return dict(pairings.owners(tx, at, wanted))

        assert owners(world.books) == {(SALES_ORDER, "TXN-1"): one.id}
        assert owners(world.operations) == {}
        with world.ledger.reading() as tx:
            assert pairings.owners(tx, world.books, []) == {}

    def test_one_identity_in_two_kinds(self, world: World) -> None:
        """An order and an invoice with the same identity are told apart."""
        one, two = world.begin("SO1", "SO2")
        pair(world, (one, LANDING), (two, Landing(id="TXN-1", kind=DocumentKind.INVOICE)))
        wanted = [(SALES_ORDER, "TXN-1"), (DocumentKind.INVOICE, "TXN-1")]

        with world.ledger.reading() as tx:
            found = pairings.owners(tx, world.books, wanted)
            orders = pairings.owners(tx, world.books, wanted[:1])
        assert found == {wanted[0]: one.id, wanted[1]: two.id}
        assert orders == {wanted[0]: one.id}

    def test_what_is_watched(self, world: World) -> None:
        """Watching compares the revision seen last, and knows what is still to be read."""
        one, two = world.begin("SO1", "SO2")
        pair(world, (one, LANDING), (two, Landing(id="TXN-2", kind=SALES_ORDER)))

        def watched(kind: DocumentKind = SALES_ORDER) -> list[Watched]:
            with world.ledger.reading() as tx:
                return sorted(pairings.watched(tx, world.books, kind, ["TXN-1", "TXN-2", "X"]))

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
                assert pairings.unread(tx, world.operations, limit) == []
                rows = pairings.unread(tx, world.books, limit, after=after)
            return [row[:3] for row in rows]

        assert listed() == [(each.id, SALES_ORDER, f"TXN-{each.id}") for each in begun]
        assert [row[0] for row in listed(2)] == [one.id, two.id]
        with world.ledger.reading() as tx:
            [*_, last] = pairings.unread(tx, world.books, 2)
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
                return [row[0] for row in pairings.unread(tx, world.books, 10)]

        assert unread() == []
        with world.ledger.writing() as tx:
            pairings.stale(tx, [two.id, three.id])
            pairings.stale(tx, [])
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
                return pairings.newest(tx, at, limit)

        first, third = (Paired(each.id, SALES_ORDER, name) for each, name in
                        ((one, "TXN-0"), (three, "TXN-2")))  # fmt: skip
        assert found(9) == [third, first]
        assert found(1) == [third]
        assert found(9, world.operations) == []
        with world.ledger.reading() as tx:
            assert pairings.paired_with(tx, [four.id, one.id, 77]) == [first]

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
            pairings.stale_all(tx, world.operations)
            assert pairings.unread(tx, world.books, 9) == []
            pairings.stale_all(tx, world.books)
            assert [row[0] for row in pairings.unread(tx, world.books, 9)] == [one.id]


class TestMarks:
    def test_what_bears_a_mark_and_is_no_ones(self, world: World) -> None:
        """A mark that was read in a target finds its document; read again, it says the newest."""
        one = Marked("5ad1", SALES_ORDER, "TXN-1", "1001", "17", "12.50")
        two = Marked("5ad2", SALES_ORDER, "TXN-2", None, None, None)

        def keep(*marks: Marked) -> None:
            with world.ledger.writing() as tx:
                pairings.keep_marks(tx, world.books, marks)

        def marked(at: int, *wanted: str) -> dict[str, Marked]:
            with world.ledger.reading() as tx:
                return dict(pairings.marked(tx, at, wanted))

        keep(two, one)
        keep()
        assert marked(world.books, "5ad1", "5ad2", "5ad3") == {"5ad1": one, "5ad2": two}
        assert marked(world.books, "5ad2") == {"5ad2": two}
        assert marked(world.operations, "5ad1") == {}
        newer = one._replace(document_id="TXN-9", revision="18")
        keep(newer)
        assert marked(world.books, "5ad1") == {"5ad1": newer}


class TestBrought:
    def never_read(self, world: World) -> list[str]:
        """What no reading has brought."""
        with world.ledger.writing() as tx:
            return sorted(pairings.never_read(tx, world.books, SALES_ORDER))

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
        pairings.stale_receipts(tx, world.books, NOW)

        assert [row[0] for row in pairings.unread(tx, world.books, 9)] == [late.id]
