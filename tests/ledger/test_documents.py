"""Source documents: what was seen, what is gone, and what a flow has not taken up."""

from __future__ import annotations

import pytest

from counterfoil.documents import DocumentKind, DocumentStatus, encode, fingerprint
from counterfoil.engine.life import State
from counterfoil.engine.transfers import Landing
from counterfoil.ledger import documents, transfers
from tests.ledger.builders import FLOW, SALES_ORDER, World, moved, numbers
from tests.support.builders import NOW, order

GUID = "5ad1f1b6-0000-4000-8000-000000000001"


def known(world: World, *ids: str) -> dict[str, tuple[str, str, bool]]:
    """What is known of the operations system's sales orders."""
    with world.ledger.reading() as tx:
        return dict(documents.seen_fingerprints(tx, world.operations, SALES_ORDER, ids or None))


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
        assert world.lacking() == []

    def test_the_same_id_in_another_system_or_kind(self, world: World) -> None:
        """Identities are per connection and kind."""
        world.see(order("SO1"))
        world.see(order("SO1"), at=world.books)
        world.see(order("SO1"), kind=DocumentKind.ESTIMATE)

        assert world.lacking() == ["SO1"]
        assert world.lacking(world.books) == ["SO1"]
        assert world.lacking(kind=DocumentKind.ESTIMATE) == ["SO1"]

    def test_gone_and_back(self, world: World) -> None:
        """A document gone from its source is not taken up, until it is seen again."""
        world.see(order("SO1"), order("SO2"))
        with world.ledger.writing() as tx:
            documents.mark_gone(tx, world.operations, SALES_ORDER, ["id-SO1", "id-SO9"])

        assert world.lacking() == ["SO2"]
        assert known(world)["id-SO1"][2] is True
        world.see(order("SO1"))
        assert world.lacking() == ["SO1", "SO2"]


class TestLackingTransfer:
    def test_in_order_of_first_sight(self, world: World) -> None:
        """Documents are taken up in the order in which they were first seen."""
        world.see(order("SO3"), order("SO1"))
        world.see(order("SO2"), order("SO3", "1 BOLT"))

        assert world.lacking() == ["SO3", "SO1", "SO2"]

    def test_what_has_a_transfer_is_left_out(self, world: World) -> None:
        """A document with a transfer of this flow is not taken up twice; another flow may."""
        world.begin("SO1")
        world.see(order("SO2"))

        assert world.lacking() == ["SO2"]
        with world.ledger.reading() as tx:
            found = documents.lacking_transfer(
                tx, world.operations, SALES_ORDER, world.link, "another-flow"
            )
        assert [seen.number for seen in found] == ["SO1", "SO2"]


class TestLoopGuard:
    """A document that one of our own transfers made is no source of a new one."""

    def test_the_target_of_a_pairing(self, world: World) -> None:
        """What a transfer became is recognised when the books are read."""
        (transfer,) = world.begin("SO1")
        with world.ledger.writing() as tx:
            transfers.pair(tx, [(transfer, Landing(id="TXN-1", number="SO1"))], NOW)
        world.see(order("SO1", id="TXN-1"), order("SO2", id="TXN-2"), at=world.books)

        assert world.lacking(world.books) == ["SO2"]

    @pytest.mark.parametrize("mark", [f"{{{GUID}}}", GUID, f"{{{GUID.upper()}}}"])
    def test_the_mark_of_a_transfer(self, world: World, mark: str) -> None:
        """A document with our mark is ours before its answer is recorded, however it is spelled."""
        world.begin("SO1", key=f"{{{GUID}}}")
        ours, theirs = order("SO1", id="TXN-1"), order("SO2", id="TXN-2")
        world.see(ours, theirs, at=world.books, keys={"TXN-1": mark, "TXN-2": "{not-ours}"})

        assert world.lacking(world.books) == ["SO2"]

    def test_the_mark_stays_known(self, world: World) -> None:
        """A mark that was read once counts, even if a later reading leaves it out."""
        world.begin("SO1", key=f"{{{GUID}}}")
        ours = order("SO1", id="TXN-1")
        world.see(ours, at=world.books, keys={"TXN-1": GUID})
        world.see(ours, at=world.books)

        assert world.lacking(world.books) == []

    @pytest.mark.parametrize("state", [State.SENDING, State.UNKNOWN, State.CONFIRMING])
    def test_the_number_of_one_on_its_way(self, world: World, state: State) -> None:
        """While a write may have happened, a document with its number is taken for its result."""
        (transfer,) = world.begin("SO1")
        sending = moved(transfer, state, target_number="1001")
        world.save((transfer, sending))
        world.see(order("1001"), order("1002"), at=world.books)

        assert world.lacking(world.books) == ["1002"]
        world.save((sending, moved(sending, State.REFUSED)))
        assert world.lacking(world.books) == ["1001", "1002"]

    def test_the_number_of_one_that_waits_is_free(self, world: World) -> None:
        """A number that nothing was sent with guards nothing."""
        (transfer,) = world.begin("SO1")
        world.save((transfer, moved(transfer, State.MATCHING, target_number="1001")))
        world.see(order("1001"), at=world.books)

        assert world.lacking(world.books) == ["1001"]

    def test_transfers_to_elsewhere_guard_nothing(self, world: World) -> None:
        """Mark and number count only in the connection the transfer goes to."""
        (transfer,) = world.begin("SO1", key=GUID)
        world.save((transfer, moved(transfer, State.SENDING, target_number="1001")))
        world.see(order("1001"), keys={"id-1001": GUID})

        assert world.lacking() == ["1001"]

    def test_a_document_without_a_number(self, world: World) -> None:
        """Without number and mark nothing is mistaken for ours."""
        (transfer,) = world.begin("SO1")
        world.save((transfer, moved(transfer, State.SENDING)))
        world.see(order("x", number=None), at=world.books)

        assert world.lacking(world.books) == [""]


def test_only_what_is_asked_for_is_loaded(world: World) -> None:
    """The transfers of some documents are loaded by those documents' own identities."""
    world.begin("SO1", "SO2", "SO3")

    with world.ledger.reading() as tx:
        found = transfers.of_sources(tx, world.operations, SALES_ORDER, ["id-SO3", "id-SO1", "no"])
        other = transfers.of_sources(tx, world.books, SALES_ORDER, ["id-SO1"])
    assert numbers(found) == ["SO1", "SO3"]
    assert other == []
    assert {each.transfer.flow for each in found} == {FLOW}
