"""Purchase orders, invoices and estimates of the books become orders, and none of them twice.

FLOW-3, FLOW-4, FLOW-7, DOC-8, B1, B2, B17, B19, and stories 78 and 79.
"""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from counterfoil.hub import desk
from counterfoil.ledger import transfers
from tests.hub.conftest import OpenWorld
from tests.sandboxes.quickbooks_desktop.desk import (
    customer,
    invoice,
    keyed,
    line,
    ref,
    request,
    sales_order,
    service,
    tags,
    vendor,
)
from tests.support.world import ACTOR, World

FLOWS = ("sales-order-out", "purchase-order-out", "receipt-out", "shipment-out")
INWARD = ("sales-order-in", "purchase-order-in", "invoice-in", "estimate-in")


def automatic(*flows: str, mode: str = "automatic") -> tuple[str, ...]:
    """Settings by which these flows run by themselves, and no other one does."""
    modes = [f"{flow}.mode={mode if flow in flows else 'off'}" for flow in (*FLOWS, *INWARD)]
    since = [f"{flow}.start_date=2020-01-01" for flow in INWARD if flow in flows]
    return (*modes, *since)


def both_sides(world: World) -> None:
    """Let the books be read, and the operations system be written."""
    world.run_web_connector()
    world.read_operations()


def goods(world: World, *names: str) -> None:
    known = {each["FullName"] for each in world.booked("ItemService")}
    world.enter_books(*(service(name, "1.50") for name in names if name not in known))


def codes(world: World, resource: str = "sales-orders") -> Counter[str]:
    """How often each code is in the operations system."""
    return Counter(str(each["code"]) for each in world.operations.dump(resource))


def reasons(world: World) -> dict[str, str]:
    """Why what is skipped was left out, by number."""
    with world.hub.database.reading() as tx:
        found = [each.transfer for each in transfers.search(tx, limit=1_000)]
    return {str(each.number): each.reason.sentence for each in found if each.reason is not None}


def entered(world: World, text: str) -> str:
    """Enter one document in the books; gives its identity there."""
    identity = world.enter_books(text)[0].text("TxnID")
    assert identity is not None
    return identity


def estimate(*lines: str, number: str) -> str:
    head = ref("CustomerRef", "ACME") + tags(TxnDate="2025-03-03", RefNumber=number)
    return request("EstimateAdd", head + "".join(lines))


def bill_to(number: str, *lines: str, order: str | None = None) -> str:
    return invoice("ACME", *lines, order=order, rest=tags(RefNumber=number))


def purchase(number: str, *lines: str, rest: str = "") -> str:
    head = ref("VendorRef", "MILLCO") + tags(TxnDate="2025-03-03", RefNumber=number)
    return request("PurchaseOrderAdd", head + rest + "".join(lines))


def ordered(item: str, quantity: str, rate: str = "0.80") -> str:
    return line(item, quantity, rate=rate, kind="PurchaseOrder")


def sold(item: str, quantity: str, rate: str = "1.50", kind: str = "Invoice") -> str:
    return line(item, quantity, rate=rate, kind=kind)


class TestArriving:
    def test_a_purchase_order(self, open_company: OpenWorld) -> None:
        """Section 4.6: it comes with its supplier and products, which are created there."""
        world = open_company(*automatic("purchase-order-in"))
        world.enter_books(vendor("MILLCO"))
        goods(world, "FLOUR")
        entered(
            world, purchase("P-1", ordered("FLOUR", "10"), rest=tags(ExpectedDate="2025-03-20"))
        )
        both_sides(world)
        both_sides(world)

        [made] = world.operations.dump("purchase-orders")
        assert (made["code"], made["supplier"]) == ("P-1", "MILLCO")
        [part] = made["receivings"]
        [row] = part["products"]
        assert (row["product"], row["quantity-ordered"], row["unit-cost"]) == (
            "FLOUR",
            "10",
            "0.80",
        )
        assert str(part["due-date"]).startswith("2025-03-20")
        assert {each["code"] for each in world.operations.dump("suppliers")} == {"MILLCO"}

    @pytest.mark.parametrize(
        "flow, text",
        [
            ("invoice", bill_to("I-1", sold("BOLT", "2"))),
            ("estimate", estimate(sold("BOLT", "2", kind="Estimate"), number="I-1")),
        ],
    )
    def test_papers_of_customers(self, open_company: OpenWorld, flow: str, text: str) -> None:
        """Invoices and estimates become sales orders; B2: once, however often they are read."""
        world = open_company(*automatic(f"{flow}-in"))
        world.enter_books(customer("ACME"))
        goods(world, "BOLT")
        entered(world, text)
        for _ in range(3):
            both_sides(world)
            world.clock.advance(minutes=31)

        [made] = world.operations.dump("sales-orders")
        assert (made["code"], made["client"]) == ("I-1", "ACME")
        assert [row["product"] for row in made["shippings"][0]["products"]] == ["BOLT"]

    def test_by_hand_with_a_date(self, open_company: OpenWorld) -> None:
        """FLOW-3: each flow has its own “Retrieve orders”, with a date."""
        world = open_company(
            *automatic("purchase-order-in", "invoice-in", "estimate-in", mode="manual")
        )
        world.enter_books(customer("ACME"), vendor("MILLCO"))
        goods(world, "BOLT")
        entered(world, bill_to("I-1", sold("BOLT", "2")))
        entered(world, estimate(sold("BOLT", "2", kind="Estimate"), number="E-1"))
        entered(world, purchase("P-1", ordered("BOLT", "2")))
        both_sides(world)
        assert codes(world) == {}

        for kind in ("invoice", "estimate", "purchase-order"):
            desk.request_retrieval(world.hub, world.link, kind, date(2025, 3, 1), ACTOR)
        both_sides(world)

        assert codes(world) == {"I-1": 1, "E-1": 1}
        assert codes(world, "purchase-orders") == {"P-1": 1}

    def test_flow_7_it_is_not_refreshed(self, open_company: OpenWorld) -> None:
        """B1, FLOW-7: changed in the books later, the order stays as it is, and that is told."""
        world = open_company(*automatic("invoice-in"))
        world.enter_books(customer("ACME"))
        goods(world, "BOLT")
        entry = world.enter_books(bill_to("I-1", sold("BOLT", "2")))[0]
        both_sides(world)
        world.clock.advance(minutes=31)
        line_id = entry.text("InvoiceLineRet/TxnLineID")
        world.enter_books(
            request(
                "InvoiceMod",
                keyed(entry)
                + f"<InvoiceLineMod>{tags(TxnLineID=line_id, Quantity='5')}</InvoiceLineMod>",
            )
        )
        both_sides(world)

        [made] = world.operations.dump("sales-orders")
        assert made["shippings"][0]["products"][0]["quantity-ordered"] == "2"
        assert world.states("invoice-in") == {"I-1": "changed"}

    def test_flow_4_a_void_invoice_stays(self, open_company: OpenWorld) -> None:
        """B17: a voided invoice is left out."""
        world = open_company(*automatic("invoice-in"))
        world.enter_books(customer("ACME"))
        goods(world, "BOLT")
        void = entered(world, bill_to("I-1", sold("BOLT", "2")))
        voided = tags(TxnVoidType="Invoice", TxnID=void)
        world.enter_books(f"<TxnVoidRq>{voided}</TxnVoidRq>")
        both_sides(world)

        assert codes(world) == {}
        assert world.states("invoice-in") == {"I-1": "skipped"}

    def test_flow_4_closed_orders_are_taken_where_set(self, open_company: OpenWorld) -> None:
        """FLOW-4: an order closed by hand is left out, and taken once the setting says so."""
        world = open_company(*automatic("purchase-order-in"))
        world.enter_books(vendor("MILLCO"))
        goods(world, "FLOUR")
        entry = world.enter_books(purchase("P-1", ordered("FLOUR", "10")))[0]
        world.clock.wait(5)
        world.enter_books(request("PurchaseOrderMod", keyed(entry) + tags(IsManuallyClosed="1")))
        both_sides(world)
        assert world.states("purchase-order-in") == {"P-1": "skipped"}

        world.set("purchase-order-in.closed_by_hand=take")
        both_sides(world)
        assert codes(world, "purchase-orders") == {"P-1": 1}
        assert world.states("purchase-order-in") == {"P-1": "done"}


class TestDoc8:
    @pytest.fixture
    def world(self, open_company: OpenWorld) -> World:
        world = open_company(*automatic("invoice-in"), "invoice-in.ignore_categories=on")
        world.enter_books(customer("ACME"))
        goods(world, "Parts", "Kits")
        world.enter_books(service("M8", parent="Parts"), service("M8", parent="Kits"))
        world.enter_books(service("M6", parent="Parts"))
        entered(world, bill_to("I-1", sold("Parts:M8", "2")))
        entered(world, bill_to("I-2", sold("Parts:M6", "2")))
        return world

    def test_equal_last_parts_are_a_doubt(self, world: World) -> None:
        """DOC-8: which of two items with one last part is meant is refused, naming both."""
        both_sides(world)

        row = world.row("I-1", "invoice-in")
        assert row.refusal == "last-part-shared"
        assert codes(world) == {"I-2": 1}

    def test_a_person_may_say_that_they_are_one(self, world: World) -> None:
        """DOC-8: once somebody said which product all of them are, the document goes."""
        both_sides(world)
        world.enter("products", code="M8")
        world.read_operations()
        desk.match_name(world.hub, world.link, "item", "M8", ACTOR, record="M8", side="operations")
        desk.retry(world.hub, ACTOR, link=world.link)
        both_sides(world)

        assert codes(world) == {"I-1": 1, "I-2": 1}


def order_and_invoice(world: World, *, invoiced: bool = True) -> str:
    """Enter an order, and the invoice that is made of it; gives the order's identity."""
    world.enter_books(customer("ACME"))
    goods(world, "BOLT")
    bolts = line("BOLT", "2", rate="1.50")
    made = entered(world, sales_order("ACME", bolts, ref_number="S-1", date="2025-03-03"))
    if invoiced:
        entered(world, bill_to("I-1", order=made))
    return made


class TestAncestors:
    def test_78_the_ancestor_is_taken(self, open_company: OpenWorld) -> None:
        """78: of an order and its invoice, read at once, the order goes; the other names it."""
        world = open_company(*automatic("sales-order-in", "invoice-in"))
        order_and_invoice(world)
        both_sides(world)
        both_sides(world)

        assert codes(world) == {"S-1": 1}
        assert reasons(world)["I-1"] == (
            "The document was made from the sales order S-1, which was taken up already."
        )

    def test_an_invoice_that_comes_later(self, open_company: OpenWorld) -> None:
        """An invoice of an order already retrieved makes no second order."""
        world = open_company(*automatic("sales-order-in", "invoice-in"))
        made = order_and_invoice(world, invoiced=False)
        both_sides(world)
        world.clock.advance(minutes=31)
        entered(world, bill_to("I-1", order=made))
        both_sides(world)

        assert codes(world) == {"S-1": 1}
        assert world.states("invoice-in") == {"I-1": "skipped"}

    def test_an_order_that_comes_after_its_invoice(self, open_company: OpenWorld) -> None:
        """Where the invoice was taken first, the order is left out, and names it."""
        world = open_company(*automatic("invoice-in"))
        order_and_invoice(world)
        both_sides(world)
        world.set("sales-order-in.mode=automatic", "sales-order-in.start_date=2020-01-01")
        world.clock.advance(minutes=31)
        both_sides(world)
        both_sides(world)

        assert codes(world) == {"I-1": 1}
        assert reasons(world)["S-1"] == (
            "The invoice I-1 was made from the document, and was taken up already."
        )

    def test_pressing_does_not_make_two(self, open_company: OpenWorld) -> None:
        """What a relative was taken up for is not passed over by a press."""
        world = open_company(*automatic("sales-order-in", "invoice-in"))
        order_and_invoice(world)
        both_sides(world)
        pressed = desk.retry(world.hub, ACTOR, transfer_ids=[world.row("I-1", "invoice-in").id])
        both_sides(world)

        assert [each.number for each in pressed.left] == ["I-1"]
        assert codes(world) == {"S-1": 1}

    def test_79_an_invoice_of_an_order_that_we_wrote(self, open_company: OpenWorld) -> None:
        """79: what a bookkeeper invoices of our order by hand is not produced again."""
        world = open_company(*automatic("invoice-in", "sales-order-out"), *_CREATING)
        world.order("SO-1", "ACME", "2 BOLT 1.50")
        world.read_operations()
        world.run_web_connector()
        [ours] = world.booked()
        entered(world, bill_to("I-1", order=str(ours["TxnID"])))
        world.clock.advance(minutes=31)
        both_sides(world)

        assert codes(world) == {"SO-1": 1}
        assert "which Counterfoil wrote" in reasons(world)["I-1"]

    def test_what_is_shipped_of_an_invoice_is_not_invoiced(self, open_company: OpenWorld) -> None:
        """A shipment of an order that came from an invoice is invoiced there already."""
        world = open_company(*automatic("invoice-in", "shipment-out"), *_CREATING)
        world.enter_books(customer("ACME"))
        goods(world, "BOLT")
        entered(world, bill_to("I-1", sold("BOLT", "2")))
        both_sides(world)
        world.ship("I-1")
        world.read_operations()
        both_sides(world)

        assert [each["RefNumber"] for each in world.booked("Invoice")] == ["I-1"]
        assert set(world.states("shipment-out").values()) == {"skipped"}


_CREATING = (
    "sales-order-out.create_missing_customers=on",
    "sales-order-out.create_missing_items=on",
    "sales-order-out.item_type=service",
    "sales-order-out.income_account=Sales:Services",
)
