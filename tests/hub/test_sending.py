"""Pressing send: kinds by their users' words, and what was sent before is named, not sent."""

from __future__ import annotations

import pytest

from counterfoil.errors import UsageError
from counterfoil.hub import desk
from counterfoil.settings import Direction, FlowName
from tests.hub.conftest import OpenWorld
from tests.support.world import ACTOR, AUTOMATIC, World

RULES = (
    *AUTOMATIC,
    "purchase-order-out.mode=automatic",
    "purchase-order-out.document_number=order_code",
    "purchase-order-out.create_missing_vendors=true",
    "purchase-order-out.create_missing_items=true",
    "purchase-order-out.income_account=Sales:Goods",
)


def send(world: World, kind: str, *codes: str) -> desk.Released:
    return desk.release(world.hub, world.link, kind, codes, ACTOR, everything=not codes)


class TestWords:
    @pytest.mark.parametrize(
        "word, flow",
        [
            ("sales-order", FlowName.SALES_ORDER_OUT),
            ("Sales Orders", FlowName.SALES_ORDER_OUT),
            ("purchase_order", FlowName.PURCHASE_ORDER_OUT),
            ("receiving", FlowName.RECEIPT_OUT),
            ("receipts", FlowName.RECEIPT_OUT),
            ("shipping", FlowName.SHIPMENT_OUT),
            ("production-order", FlowName.WORK_ENTRY_OUT),
            ("production orders", FlowName.WORK_ENTRY_OUT),
            ("timesheet", FlowName.WORK_ENTRY_OUT),
            ("work-entries", FlowName.WORK_ENTRY_OUT),
            ("inventory", FlowName.STOCK_COUNT_OUT),
            ("stock", FlowName.STOCK_COUNT_OUT),
        ],
    )
    def test_a_kind_is_called_as_its_users_call_it(self, word: str, flow: FlowName) -> None:
        """FLOW-1: the words of the operations system mean the same as our own."""
        assert desk.flow_of(word, Direction.TO_BOOKS).name is flow

    @pytest.mark.parametrize("word", ["invoices", "estimate", "sales-order", "purchase orders"])
    def test_what_comes_from_the_books(self, word: str) -> None:
        """Each inward flow is retrieved by the name of what the books hold."""
        assert desk.flow_of(word, Direction.FROM_BOOKS).direction is Direction.FROM_BOOKS

    @pytest.mark.parametrize("word", ["stock", "receiving", "colour", ""])
    def test_what_cannot_come_names_what_can(self, word: str) -> None:
        """A word of the other way is none here, and no other word is offered for it."""
        with pytest.raises(UsageError, match=r"estimate, invoice, purchase-order, sales-order\.$"):
            desk.flow_of(word, Direction.FROM_BOOKS)


class TestSecondSend:
    def test_it_names_what_the_document_became(self, open_company: OpenWorld) -> None:
        """FLOW-1: a document that is in the books is refused, with its kind and number there."""
        world = open_company(*RULES)
        world.orders(1)
        world.sync()

        told = send(world, "sales-order", "SO-1")

        assert told.released == ()
        assert told.left == (
            desk.Left("SO-1", "It has been sent already: it is sales order SO-1 in Books."),
        )

    def test_all_that_one_number_became_is_told_once(self, open_company: OpenWorld) -> None:
        """FLOW-12: a receiving that grew is several bills; they are named in one sentence."""
        world = open_company(*RULES, "receipt-out.mode=manual")
        world.purchase("PO-1", "MILLCO", "100 FLOUR 0.80")
        first = self.receive(world, "PO-1", "40 FLOUR")
        told = send(world, "receiving", first)
        assert len(told.released) == 1
        world.settle()
        self.receive(world, "PO-1", "30 FLOUR")

        again = send(world, "receiving", first)
        assert (len(again.released), again.left) == (1, ())
        world.settle()

        assert len(world.booked("Bill")) == 2
        [(number, sentence, _id)] = send(world, "receiving", first).left
        assert number == first
        bills = " and ".join(each["TxnID"] for each in world.booked("Bill"))
        assert sentence == f"It has been sent already: it is bills {bills} in Books."

    def receive(self, world: World, order: str, goods: str) -> str:
        """Goods come in; says the number that their transfer bears."""
        world.receive(order, goods)
        world.settle()
        rows = [each for each in world.transfers() if each.flow == "receipt-out"]
        assert rows, "the goods are known"
        return rows[-1].number or ""
