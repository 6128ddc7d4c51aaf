"""Which relative of a document goes, whatever was begun, left out or landed before."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from msgspec.structs import replace

from counterfoil.documents import (
    Ancestor,
    Document,
    DocumentKind,
    DocumentStatus,
    Estimate,
    Invoice,
    Reference,
    SalesOrder,
)
from counterfoil.engine.deciding import Wish
from counterfoil.engine.life import State
from counterfoil.engine.transfers import Transfer
from counterfoil.hub.intake import begin_transfers
from counterfoil.hub.links import view_of, views_of
from counterfoil.hub.standpoints import keep, standpoints
from counterfoil.ledger import Database, connections, documents, transfers
from counterfoil.settings import (
    ClosedByHand,
    FlowMode,
    InvoicedPart,
    Settings,
    encode_settings,
)
from tests.ledger.builders import MINUTE, World, settle_world
from tests.support.builders import NOW, line

KINDS: dict[str, tuple[DocumentKind, Any]] = {
    "E": (DocumentKind.ESTIMATE, Estimate),
    "S": (DocumentKind.SALES_ORDER, SalesOrder),
    "I": (DocumentKind.INVOICE, Invoice),
}
LATER = NOW + MINUTE
ON = FlowMode.AUTOMATIC


def paper(name: str, *made_from: str, **changes: Any) -> Document:
    """A document of the books: ``S1`` is a sales order, made from what is named after it."""
    ancestors = tuple(Ancestor(KINDS[each[0]][0].value, each) for each in made_from)
    goods = () if name[0] == "I" else (line("1 NUT"),)
    made: Document = KINDS[name[0]][1](
        id=name, number=name, customer=Reference("ACME"), made_from=ancestors, lines=goods
    )
    return replace(made, **changes)


class Company(NamedTuple):
    """A link whose three flows of customers' papers run by themselves."""

    world: World

    def read(self, *papers: Document, marked: str | None = None) -> None:
        """Let documents of the books be read, in this order; ``marked``: they bear this mark."""
        for each in papers:
            kind = KINDS[each.id[0]][0]
            marks = {each.id: marked} if marked else {}
            with self.world.ledger.writing() as tx:
                known = documents.seen_fingerprints(tx, self.world.books, kind, [each.id])
                documents.see(tx, self.world.books, kind, [each], marks, LATER, known=known)

    def begin(self) -> dict[str, str]:
        """Begin what nobody has taken up; says the state of everything."""
        with self.world.ledger.writing() as tx:
            books = connections.load(tx, self.world.books)
            assert books is not None
            begin_transfers(tx, books, views_of(tx, books.id), LATER)
        return {str(each.number): each.state.value for each in self.world.all()}

    def transfer(self, number: str) -> Transfer:
        return next(each for each in self.world.all() if each.number == number)

    def why(self, number: str) -> tuple[str, str] | None:
        """Why a document would be left out now: the reason's code, and whom it names."""
        with self.world.ledger.reading() as tx:
            [loaded] = transfers.load(tx, [self.transfer(number).id])
            link = connections.load_link(tx, self.world.link)
            assert link is not None
            at = standpoints(tx, [loaded], {link.id: view_of(tx, link)})[loaded.transfer.id]
        return None if at.taken_by is None else (at.taken_by.code, at.taken_by.values["number"])

    def put(self, number: str, state: State) -> None:
        self.world.move(self.transfer(number), state)

    def land(self, number: str) -> None:
        """Let a document become an order of the operations system."""
        self.world.land((self.transfer(number), f"FO-{number}"))
        self.put(number, State.DONE)

    def undo(self, number: str) -> None:
        """Let a person have undone what a document had become."""
        before = self.transfer(number)
        after = replace(
            before, state=State.SKIPPED, wish=Wish.UNDO, generation=before.generation + 1
        )
        with self.world.ledger.writing() as tx:
            keep(tx, [(before, after)], LATER)

    def set(self, **flows: dict[str, Any]) -> None:
        """Change settings of flows."""
        made = Settings()
        members = ("sales_order_in", "invoice_in", "estimate_in")
        changed = {
            member: replace(getattr(made, member), **({"mode": ON} | flows.get(member, {})))
            for member in members
        }
        with self.world.ledger.writing() as tx:
            text = encode_settings(replace(made, **changed))
            connections.keep_settings(tx, self.world.link, text, "a tester", NOW)


@pytest.fixture
def company(sqlite_hub_url: str) -> Iterator[Company]:
    ledger = Database(sqlite_hub_url)
    made = Company(settle_world(ledger))
    made.set()
    yield made
    ledger.close()


class TestOneGoes:
    @pytest.mark.parametrize(
        "papers, goes, left_out",
        [
            ("S1 I1<S1", "S1", {"I1": ("made-from", "S1")}),
            ("I1<S1 S1", "S1", {"I1": ("made-from", "S1")}),
            ("I1<S1 S1<E1 E1", "E1", {"S1": ("made-from", "E1"), "I1": ("made-from", "E1")}),
            ("I1<E1 E1", "E1", {"I1": ("made-from", "E1")}),
            # Two invoices of an order that was never read are two deliveries.
            ("I1<S1 I2<S1", "I1 I2", {}),
            ("S1 S2 I1<S2", "S1 S2", {"I1": ("made-from", "S2")}),
            # A circle is no reason to turn round for ever.
            ("S1<E1 E1<S1", "E1", {"S1": ("made-from", "E1")}),
        ],
    )
    def test_78_read_at_once(
        self,
        company: Company,
        papers: str,
        goes: str,
        left_out: dict[str, tuple[str, str]],
    ) -> None:
        """78: of what was made from each other the first goes; the rest names a relative."""
        company.read(*(paper(*text.replace("<", " ").split()) for text in papers.split(" ")))
        states = company.begin()

        assert {number for number, state in states.items() if state == "ready"} == {*goes.split()}
        assert {number: company.why(number) for number in left_out} == left_out

    @pytest.mark.parametrize("landed", [False, True])
    @pytest.mark.parametrize(
        "first, then, why",
        [
            ("S1", "I1<S1", ("made-from", "S1")),
            ("I1<S1", "S1", ("made-into", "I1")),
            ("E1", "S1<E1", ("made-from", "E1")),
            ("S1<E1", "E1", ("made-into", "S1")),
        ],
    )
    def test_one_after_the_other(
        self, company: Company, first: str, then: str, why: tuple[str, str], landed: bool
    ) -> None:
        """Whichever was taken up first stays; what comes later is left out and names it."""
        company.read(paper(*first.replace("<", " ").split()))
        company.begin()
        if landed:
            company.land(first[:2])
        company.read(paper(*then.replace("<", " ").split()))

        assert company.begin()[then[:2]] == "skipped"
        assert company.why(then[:2]) == why

    @pytest.mark.parametrize(
        "first, then", [("S1", "I1<S1"), ("I1<S1", "S1"), ("E1", "S1<E1 I1<S1")]
    )
    def test_once_the_first_was_undone(self, company: Company, first: str, then: str) -> None:
        """What was left out for a document goes once a person has taken that one back out."""
        company.read(paper(*first.replace("<", " ").split()))
        company.begin()
        company.land(first[:2])
        for text in then.split():
            company.read(paper(*text.replace("<", " ").split()))
        assert company.begin()[then[:2]] == "skipped"

        company.undo(first[:2])
        assert {each.number: each.state for each in company.world.all()} == {
            first[:2]: "skipped",
            **{text[:2]: "skipped" for text in then.split()},
            then[:2]: "ready",
        }

    @pytest.mark.parametrize(
        "part, state", [(InvoicedPart.REST, "ready"), (InvoicedPart.WHOLE, "skipped")]
    )
    def test_the_rest_of_an_order(self, company: Company, part: InvoicedPart, state: str) -> None:
        """Of an order of which an invoice was taken the rest goes, where only the rest is taken."""
        company.set(sales_order_in={"part_invoiced": part})
        company.read(paper("I1", "S1"))
        company.begin()
        told = Ancestor(DocumentKind.INVOICE.value, "I1")
        company.read(paper("S1", made_into=(told,)))

        assert company.begin() == {"I1": "ready", "S1": state}

    def test_an_invoice_that_its_order_does_not_tell_of(self, company: Company) -> None:
        """An order that was read before its invoice was made has counted nothing of it yet."""
        company.set(sales_order_in={"part_invoiced": InvoicedPart.REST})
        company.read(paper("I1", "S1"))
        company.begin()
        company.read(paper("S1"))

        assert company.begin()["S1"] == "skipped"

    def test_through_a_document_that_was_left_out(self, company: Company) -> None:
        """An invoice names the estimate although the order between them was left out."""
        company.read(paper("E1"))
        company.begin()
        company.read(paper("S1", "E1"))
        company.begin()
        company.read(paper("I1", "S1"))

        assert company.begin() == {"E1": "ready", "S1": "skipped", "I1": "skipped"}
        assert company.why("I1") == ("made-from", "E1")

    def test_what_was_left_out_takes_nothing(self, company: Company) -> None:
        """An order that a rule left out keeps its invoice from nothing."""
        company.read(paper("S1", status=DocumentStatus.CANCELLED), paper("I1", "S1"))

        assert company.begin() == {"S1": "skipped", "I1": "ready"}

    def test_what_is_refused_takes_it_all_the_same(self, company: Company) -> None:
        """An order that stopped is somebody's to decide; its invoice does not pass it by."""
        company.read(paper("S1"))
        company.begin()
        company.put("S1", State.REFUSED)
        company.read(paper("I1", "S1"))

        assert company.begin()["I1"] == "skipped"

    def test_a_flow_that_is_off_takes_nothing(self, company: Company) -> None:
        """An order that waits in a flow switched off by now does not keep its invoice out."""
        company.read(paper("S1"))
        company.begin()
        company.set(sales_order_in={"mode": FlowMode.OFF})
        company.read(paper("I1", "S1"))

        assert company.begin()["I1"] == "ready"

    def test_an_invoice_that_was_unlinked(self, company: Company) -> None:
        """What no longer says that it was made from an order is no relative any more."""
        company.read(paper("I1", "S1"))
        company.begin()
        company.read(paper("I1"), paper("S1"))

        assert company.begin() == {"I1": "ready", "S1": "ready"}


class TestBothBegun:
    """Two relatives that were both begun, as before this was known: one of them goes."""

    @pytest.fixture
    def both(self, company: Company) -> Company:
        company.read(paper("S1"), paper("I1"))
        company.begin()
        company.read(paper("I1", "S1"))
        return company

    def test_the_first_goes(self, both: Company) -> None:
        """Neither has landed: what was begun first goes, so that never both are left out."""
        assert both.why("S1") is None
        assert both.why("I1") == ("made-from", "S1")

    def test_what_has_landed_counts(self, both: Company) -> None:
        """What has landed stays, whichever was begun first."""
        both.land("I1")

        assert both.why("S1") == ("made-into", "I1")

    def test_what_is_on_its_way_counts(self, both: Company) -> None:
        """What is on its way may be there already."""
        both.put("I1", State.UNKNOWN)

        assert both.why("S1") == ("made-into", "I1")

    def test_what_was_left_out_does_not_come_back(self, both: Company) -> None:
        """An order that was left out stays so while its invoice waits to be written."""
        both.put("S1", State.SKIPPED)

        assert both.why("S1") == ("made-into", "I1")


class TestOurs:
    def test_79_made_from_what_we_wrote(self, company: Company) -> None:
        """79: the ancestor is a document that we wrote, whether it was read or not."""
        [ours] = company.world.begin("SO-1")
        company.world.land((ours, "S9"), number="4711")
        company.read(paper("I1", "S9"))

        assert company.begin()["I1"] == "skipped"
        assert company.why("I1") == ("made-from-ours", "4711")

    def test_79_made_from_what_another_one_of_us_wrote(self, company: Company) -> None:
        """An order that bears a mark of ours was written by us, whoever remembers it."""
        company.set(sales_order_in={"mode": FlowMode.OFF})
        company.read(paper("S1"), marked="{8c0e9d3e-5b5a-5f0e-9d65-1d1f1c0a7b11}")
        company.read(paper("I1", "S1"))

        assert company.begin()["I1"] == "skipped"
        assert company.why("I1") == ("made-from-ours", "S1")


def test_closed_by_hand_is_no_withdrawal_where_it_is_taken(company: Company) -> None:
    """FLOW-4: where closed orders are taken, closing one withdraws nothing; a deletion does."""
    company.set(sales_order_in={"closed_by_hand": ClosedByHand.TAKE})
    company.read(paper("S1", status=DocumentStatus.CANCELLED))
    assert company.begin() == {"S1": "ready"}

    with company.world.ledger.writing() as tx:
        documents.mark_gone(tx, company.world.books, DocumentKind.SALES_ORDER, ["S1"])
        [loaded] = transfers.load(tx, [company.transfer("S1").id])
        link = connections.load_link(tx, company.world.link)
        assert link is not None
        at = standpoints(tx, [loaded], {link.id: view_of(tx, link)})[loaded.transfer.id]
    assert at.is_withdrawn
