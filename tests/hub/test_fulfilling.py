"""Receipts become bills and shipments invoices, linked to their orders and proved by them.

Played end to end: goods come and go in the operations system, the Web Connector calls, and
what the books show is what counts.
"""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from counterfoil.api.ways_out import ways_out
from counterfoil.hub import desk
from counterfoil.settings import FlowName
from tests.hub.conftest import OpenWorld
from tests.sandboxes.quickbooks_desktop.desk import customer, line, ref, request, service, tags
from tests.support.world import ACTOR, AUTOMATIC, World

RULES = (
    *AUTOMATIC,
    "purchase-order-out.mode=automatic",
    "purchase-order-out.document_number=order_code",
    "purchase-order-out.create_missing_vendors=true",
    "purchase-order-out.create_missing_items=true",
    "purchase-order-out.income_account=Sales:Goods",
    "receipt-out.mode=automatic",
    "shipment-out.mode=automatic",
)


def ordered(world: World, kind: str, number: str) -> dict[str, Any]:
    return next(each for each in world.booked(kind) if each["RefNumber"] == number)


def received(world: World, number: str) -> list[Decimal]:
    order = ordered(world, "PurchaseOrder", number)
    return [Decimal(line["ReceivedQuantity"]) for line in order["lines"]]


def invoiced(world: World, number: str) -> list[Decimal]:
    order = ordered(world, "SalesOrder", number)
    return [Decimal(line["Invoiced"]) for line in order["lines"]]


def quantities(world: World, kind: str) -> list[list[Decimal]]:
    return [[Decimal(line["Quantity"]) for line in each["lines"]] for each in world.booked(kind)]


def parts(world: World, flow: str) -> list[tuple[str, str]]:
    return [(row.number or "", row.state) for row in world.transfers() if row.flow == flow]


def whys(world: World) -> list[str]:
    """What is said of those that are not done."""
    return [row.sentence or row.reason or "" for row in world.transfers() if row.state != "done"]


def test_goods_that_came_become_a_linked_bill(open_company: OpenWorld) -> None:
    """FLOW-12: the bill takes of the order what came; the order shows it as received."""
    world = open_company(*RULES)
    world.purchase("PO-1", "MILLCO", "100 FLOUR 0.80", "5 SALT 2")
    world.receive("PO-1", "40 FLOUR")
    world.settle()

    assert world.states("purchase-order-out") == {"PO-1": "done"}
    assert received(world, "PO-1") == [Decimal(40), Decimal(0)]
    (bill,) = world.booked("Bill")
    assert Decimal(bill["AmountDue"]) == Decimal("32.00")


def test_34_a_receipt_that_grows(open_company: OpenWorld) -> None:
    """34: four of ten come, then three more: two bills, of four and of three."""
    world = open_company(*RULES, "receipt-out.document_number=order_code")
    world.purchase("PO-1", "MILLCO", "10 FLOUR 0.80")
    world.receive("PO-1", "4 FLOUR")
    world.settle()
    world.receive("PO-1", "3 FLOUR")
    world.settle()
    world.settle()

    assert quantities(world, "Bill") == [[Decimal(4)], [Decimal(3)]]
    assert [each["RefNumber"] for each in world.booked("Bill")] == ["PO-1", "PO-1-2"]
    assert received(world, "PO-1") == [Decimal(7)]
    assert [state for _, state in parts(world, "receipt-out")] == ["done", "done"]


@pytest.mark.parametrize("set_number", [2, 3, 4, 5])
@pytest.mark.parametrize("fault", ["drop_before", "drop_after"])
def test_35_it_grows_while_its_bill_is_unknown(
    open_company: OpenWorld, fault: str, set_number: int
) -> None:
    """35: no part begins while another is on its way; what came is billed once, all of it."""
    world = open_company(*RULES)
    world.purchase("PO-1", "MILLCO", "10 FLOUR 0.80")
    world.sync()
    world.receive("PO-1", "4 FLOUR")
    world.read_operations()
    world.run_web_connector(**{fault: set_number})
    world.receive("PO-1", "3 FLOUR")
    world.settle()
    world.settle()

    billed = [sum(each) for each in quantities(world, "Bill")]
    assert sum(billed) == Decimal(7)
    assert received(world, "PO-1") == [Decimal(7)]


def test_a_shipment_waits_for_its_order(open_company: OpenWorld) -> None:
    """46: an invoice waits for its order, says so, and goes by itself once the order is there."""
    world = open_company(*RULES)
    world.set("sales-order-out.mode=manual")
    world.order("SO-1", "ACME", "10 BOLT 1.25")
    world.ship("SO-1", "4 BOLT")
    world.sync()

    assert "The document waits for sales order SO-1." in whys(world)
    world.set("sales-order-out.mode=automatic")
    world.settle()
    assert quantities(world, "Invoice") == [[Decimal(4)]]
    assert invoiced(world, "SO-1") == [Decimal(4)]


def test_50_a_link_that_was_dropped(open_company: OpenWorld) -> None:
    """50: QuickBooks drops the link without a word: taken out, entered again, and proved."""
    world = open_company(*RULES)
    world.order("SO-1", "ACME", "10 BOLT 1.25")
    world.sync()
    world.ship("SO-1", "4 BOLT")
    world.books.switch(links_kept=False)
    world.read_operations()
    world.counter.hears = lambda text, _: (
        world.books.switch(links_kept=True) if "<InvoiceAddRq" in text else None
    )
    world.settle()

    assert invoiced(world, "SO-1") == [Decimal(4)]
    assert len(world.booked("Invoice")) == 1
    assert parts(world, "shipment-out")[0][1] == "done"


def test_50_a_link_that_is_dropped_each_time(open_company: OpenWorld) -> None:
    """50: the second time a person is told, and nothing is written any more."""
    world = open_company(*RULES)
    world.books.switch(links_kept=False)
    world.order("SO-1", "ACME", "10 BOLT 1.25")
    world.ship("SO-1", "4 BOLT")
    world.settle()

    assert parts(world, "shipment-out")[0][1] == "refused"
    assert "twice without linking" in whys(world)[0]
    assert len(world.booked("Invoice")) == 1


def test_48_an_order_that_will_not_come(open_company: OpenWorld) -> None:
    """48: where orders are not sent, the invoice goes without its order, with its own prices."""
    world = open_company(*RULES)
    world.set("sales-order-out.mode=off")
    world.books.enter(customer("ACME"), service("BOLT"))
    world.order("SO-1", "ACME", "10 BOLT 1.25")
    world.ship("SO-1", "4 BOLT")
    world.settle()

    (invoice,) = world.booked("Invoice")
    assert Decimal(invoice["Subtotal"]) == Decimal("5.00")
    assert "LinkedTxn" not in invoice


def test_53_a_receipt_first_and_then_the_bill(open_company: OpenWorld) -> None:
    """53: goods come as an item receipt; sent again, the bill takes its place, linked too."""
    world = open_company(*RULES, "receipt-out.becomes=item_receipt_then_bill")
    world.purchase("PO-1", "MILLCO", "10 FLOUR 0.80")
    world.receive("PO-1", "4 FLOUR")
    world.settle()
    assert (quantities(world, "ItemReceipt"), world.booked("Bill")) == ([[Decimal(4)]], [])

    ((number, _),) = parts(world, "receipt-out")
    released = desk.release(world.hub, world.link, "receipt", [number], ACTOR, everything=False)
    assert len(released.released) == 1
    world.settle()
    assert (world.booked("ItemReceipt"), quantities(world, "Bill")) == ([], [[Decimal(4)]])
    assert received(world, "PO-1") == [Decimal(4)]
    again = desk.release(world.hub, world.link, "receipt", [number], ACTOR, everything=False)
    assert "It has been sent already" in str(again.left[0][1])


def test_54_a_receipt_that_a_bookkeeper_converted(open_company: OpenWorld) -> None:
    """54: the receipt is gone and its order shows one foreign bill: that is what it became."""
    world = open_company(*RULES, "receipt-out.becomes=item_receipt")
    world.purchase("PO-1", "MILLCO", "10 FLOUR 0.80")
    world.receive("PO-1", "4 FLOUR")
    world.settle()
    (receipt,) = world.booked("ItemReceipt")
    bill = world.books.post("/convert", {"txn_id": receipt["TxnID"]}).json()["txn_id"]
    for _ in range(2):
        world.clock.advance(days=1, hours=1)
        world.settle()

    row = next(row for row in world.transfers() if row.flow == "receipt-out")
    assert (row.state, row.target_id, row.target_kind) == ("done", bill, "bill")
    assert len(world.booked("Bill")) == 1


def test_55_a_person_invoiced_it_by_hand(open_company: OpenWorld) -> None:
    """55: nothing is open any more of an order that somebody invoiced: refused, naming it."""
    world = open_company(*RULES)
    world.order("SO-1", "ACME", "10 BOLT 1.25")
    world.sync()
    order = ordered(world, "SalesOrder", "SO-1")
    world.books.enter(
        request(
            "InvoiceAdd",
            ref("CustomerRef", "ACME") + f"<LinkToTxnID>{order['TxnID']}</LinkToTxnID>",
        )
    )
    world.ship("SO-1", "4 BOLT")
    world.settle()

    assert len(world.booked("Invoice")) == 1
    assert parts(world, "shipment-out")[0][1] == "refused"
    assert "already" in whys(world)[0]


def test_an_order_of_the_books_is_invoiced_itself(open_company: OpenWorld) -> None:
    """An order of the books that was retrieved is invoiced as that very order (FLOW-7)."""
    world = open_company(*RULES, "sales-order-in.mode=automatic")
    world.books.enter(
        customer("ACME"),
        service("BOLT"),
        request(
            "SalesOrderAdd",
            ref("CustomerRef", "ACME") + tags(RefNumber="QB-7") + line("BOLT", "10", rate="1.25"),
        ),
    )
    world.settle()
    world.clock.advance(hours=1)
    world.settle()
    world.ship("QB-7", "4 BOLT")
    world.settle()

    assert invoiced(world, "QB-7") == [Decimal(4)]
    assert len(world.booked("SalesOrder")) == 1


def test_28_an_order_and_its_invoice_are_undone_together(open_company: OpenWorld) -> None:
    """28: the invoice goes first, the order waits for it; alone the order is kept."""
    world = open_company(*RULES)
    world.order("SO-1", "ACME", "10 BOLT 1.25")
    world.ship("SO-1", "4 BOLT")
    world.settle()
    ids = {row.flow: row.id for row in world.transfers()}
    desk.undo(world.hub, ACTOR, transfer_ids=[ids[FlowName.SALES_ORDER_OUT]])
    world.settle()
    assert "invoice 1 was made from it" in whys(world)[0]

    desk.undo(world.hub, ACTOR, transfer_ids=list(ids.values()))
    world.settle()
    assert (world.booked("SalesOrder"), world.booked("Invoice")) == ([], [])


@pytest.mark.parametrize("becomes", ["bill", "item_receipt"])
def test_56_a_bill_that_changes_in_its_lines(open_company: OpenWorld, becomes: str) -> None:
    """56: what a linked document carries changes: taken out, entered anew, linked again."""
    world = open_company(*RULES, f"receipt-out.becomes={becomes}", "receipt-out.changes=automatic")
    world.purchase("PO-1", "MILLCO", "10 FLOUR 0.80")
    world.receive("PO-1", "4 FLOUR")
    world.settle()
    world.receive("PO-1", "-1 FLOUR")
    world.settle()
    world.settle()

    assert received(world, "PO-1") == [Decimal(3)]
    kind = "Bill" if becomes == "bill" else "ItemReceipt"
    assert quantities(world, kind) == [[Decimal(3)]]


def test_flow_11_what_is_not_as_it_moved(open_company: OpenWorld) -> None:
    """FLOW-11: received 40, billed 100, and what is ordered after that: told with the transfer."""
    world = open_company(*RULES, "receipt-out.whole_once=true", "receipt-out.order_missing=refuse")
    world.purchase("PO-1", "MILLCO", "100 FLOUR 0.80")
    world.receive("PO-1", "40 FLOUR")
    world.settle()
    (row,) = [row for row in world.transfers() if row.flow == "receipt-out"]
    billed = "Line 1 (FLOUR) goes as ordered, with 100, although 40 moved."
    assert desk.details(world.hub, row.id)["left_out"] == [billed]

    world.operations.token = ""
    path = f"/purchase-orders/{world.source_ids['PO-1']}"
    text = world.operations.call("GET", path).text.replace(
        '"quantity-ordered":"100"', '"quantity-ordered":"130"'
    )
    assert world.operations.call("PUT", path, json.loads(text)).is_success
    world.clock.advance(minutes=31)
    world.settle()

    assert quantities(world, "Bill") == [[Decimal(100)]]
    first, more = desk.details(world.hub, row.id)["left_out"]
    assert (first, more.split(" came")[0]) == (billed, "30 of FLOUR")


def test_what_waits_for_an_order_says_what_to_do_about_it(open_company: OpenWorld) -> None:
    """A bill whose order nobody has sent names the press that sends the order."""
    world = open_company(*RULES)
    world.set("purchase-order-out.mode=manual")
    world.purchase("PO-1", "MILLCO", "10 FLOUR 0.80")
    world.receive("PO-1", "4 FLOUR")
    world.sync()

    bill = next(row for row in world.transfers() if row.flow == "receipt-out")
    assert bill.state == "waiting"
    ways = ways_out(desk.details(world.hub, bill.id))
    assert [each.commands for each in ways] == [
        [f"counterfoil send {world.link} purchase-order PO-1"]
    ]
