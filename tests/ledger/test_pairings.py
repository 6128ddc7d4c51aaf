"""Pairings: one document of the target per transfer, kept as written and as seen, until it ends."""

from __future__ import annotations

import msgspec
import pytest
from sqlalchemy import select

from counterfoil.documents import DocumentKind
from counterfoil.engine.life import State
from counterfoil.engine.transfers import Landing, PairedLine
from counterfoil.errors import LedgerError
from counterfoil.ledger import connections, pairings
from counterfoil.ledger.schema import pairing
from tests.ledger.builders import (
    LANDING,
    MINUTE,
    SALES_ORDER,
    World,
    at_once,
    end,
    moved,
    pair,
    rows_in,
    see,
)
from tests.support.builders import NOW


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

    def test_what_a_person_said_is_ours_we_did_not_write(self, world: World) -> None:
        """Of documents that are transfers', those we wrote are told from those adopted."""
        one, two = world.begin("SO1", "SO2")
        ours = Landing(id="TXN-1", kind=SALES_ORDER)
        theirs = Landing(id="TXN-2", kind=SALES_ORDER, is_adopted=True)
        pair(world, (one, ours), (two, theirs))
        wanted = [(SALES_ORDER, f"TXN-{n}") for n in (1, 2, 3)]

        with world.ledger.reading() as tx:
            assert pairings.written(tx, world.books, wanted) == {wanted[0]}

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
