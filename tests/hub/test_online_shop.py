"""Fusion Operations and QuickBooks Online: every flow of the pairing, from end to end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import pytest

from counterfoil.hub import desk, finding, verbs
from counterfoil.settings import render
from tests.sandboxes.fusion_operations import play as fusion
from tests.support.online import OnlineShop, amounts
from tests.support.world import ACTOR

SINCE = "2020-01-01"


@pytest.fixture(scope="module")
def company(online_shop: OnlineShop) -> OnlineShop:
    """The company, with what it sells and buys in its books."""
    online_shop.goods("BOLT", "NUT", "FLOUR")
    online_shop.make("Customer", DisplayName="ACME")
    online_shop.make("Vendor", DisplayName="MILLCO")
    return online_shop


@contextmanager
def having(company: OnlineShop, *assignments: str) -> Iterator[None]:
    """Work under other settings for a while."""
    settings, _version, _problems = desk.settings_of(company.hub, company.link)
    before = render(settings)
    company.set(*assignments)
    try:
        yield
    finally:
        keys = [each.partition("=")[0] for each in assignments]
        company.set(*(f"{key}={before[key]}" for key in keys))


def look(company: OnlineShop, minutes: float = 40) -> None:
    """Let time pass until everything is looked at anew, and come to rest."""
    company.clock.advance(minutes=minutes)
    company.settle()


def numbered(company: OnlineShop, entity: str, number: str) -> dict[str, Any]:
    """The one document of the books of a number."""
    (found,) = [row for row in company.held(entity) if row.get("DocNumber") == number]
    return found


def produced(company: OnlineShop, code: str, resource: str = "sales-orders") -> dict[str, Any]:
    """The one order of the operations system of a code."""
    (found,) = [row for row in company.operations.dump(resource) if row["code"] == code]
    return found


class TestSales:
    def test_an_order_is_an_estimate_and_what_is_shipped_an_invoice(
        self, company: OnlineShop
    ) -> None:
        """Sales order → estimate, shipping → invoice: linked, for it carries the whole order."""
        company.order("SO-1", "ACME", "10 BOLT 1.20", "4 NUT 0.10")
        company.settle()
        estimate = numbered(company, "Estimate", "SO-1")
        assert amounts(estimate) == [
            ("BOLT", Decimal(10), Decimal("1.2")),
            ("NUT", Decimal(4), Decimal("0.1")),
        ]

        company.ship("SO-1")
        look(company)
        invoice = company.held("Invoice")[-1]
        assert amounts(invoice) == amounts(estimate)
        assert invoice["LinkedTxn"] == [{"TxnId": estimate["Id"], "TxnType": "Estimate"}]
        assert numbered(company, "Estimate", "SO-1")["TxnStatus"] in ("Closed", "Converted")

    def test_partial_shippings_go_without_a_link(self, company: OnlineShop) -> None:
        """The interface links one invoice to an estimate: parts go unlinked, and say so."""
        company.order("SO-2", "ACME", "10 BOLT 1.20")
        company.settle()
        company.ship("SO-2", "4 BOLT")
        look(company)
        company.ship("SO-2")
        look(company)

        parts = [row for row in company.transfers() if row.flow == "shipment-out"][-2:]
        invoices = {row["Id"]: row for row in company.held("Invoice")}
        made = [invoices[row.target_id or ""] for row in parts]
        assert [amounts(each)[0][1] for each in made] == [4, 6]
        assert [each.get("LinkedTxn", []) for each in made] == [[], []]
        assert all("makes one invoice of an estimate" in row.notes[0] for row in parts)

    @pytest.mark.parametrize(
        "becomes, entity", [("invoice", "Invoice"), ("sales_receipt", "SalesReceipt")]
    )
    def test_as_set_an_order_is_owed_or_paid_at_once(
        self, company: OnlineShop, becomes: str, entity: str
    ) -> None:
        """Sales order → invoice or sales receipt: what is shipped of it makes no second one."""
        number = f"SO-{becomes[:3]}"
        with having(company, f"sales-order-out.becomes={becomes}", "shipment-out.mode=off"):
            company.order(number, "ACME", "3 BOLT 1.20")
            company.settle()
        assert amounts(numbered(company, entity, number)) == [("BOLT", Decimal(3), Decimal("1.2"))]

        before = len(company.held("Invoice"))
        company.ship(number)
        look(company)
        row = [each for each in company.transfers() if each.flow == "shipment-out"][-1]
        assert (row.state, row.reason) == ("skipped", "owed-with-order")
        assert len(company.held("Invoice")) == before

    def test_doc_9_custom_fields_go_where_the_company_uses_them(self, company: OnlineShop) -> None:
        """DOC-9: a field is written by its name there; one the company does not use says so."""
        company.online.switch(sales_fields=["FO order"])
        company.clock.advance(hours=2)
        with having(
            company,
            "sales-order-out.save_custom_fields=true",
            "sales-order-out.save_entity_code_to=FO order",
        ):
            company.order("SO-F1", "ACME", "1 BOLT 1.20")
            company.settle()
            fields = numbered(company, "Estimate", "SO-F1")["CustomField"]
            assert [(each["Name"], each["StringValue"]) for each in fields] == [
                ("FO order", "SO-F1")
            ]

        with having(
            company,
            "sales-order-out.save_custom_fields=true",
            "sales-order-out.save_entity_code_to=Nowhere",
        ):
            company.order("SO-F2", "ACME", "1 BOLT 1.20")
            company.settle()
            row = company.row("SO-F2")
            assert row.state == "done"
            assert "no custom field of exactly that name on sales forms" in (row.sentence or "")
        desk.accept(company.hub, [row.id], ACTOR)

    def test_a_number_that_is_too_long_is_not_sent(self, company: OnlineShop) -> None:
        """Numbers over 21 characters are refused before they are sent, prefix included."""
        with having(company, "sales-order-out.number_prefix=COUNTERFOIL-"):
            company.order("SO-1234567890", "ACME", "1 BOLT 1.20")
            company.settle()
            row = company.row("SO-1234567890")
            assert row.refusal == "number-too-long"
            assert "25 characters; QuickBooks Online allows 21" in (row.sentence or "")
        desk.skip(company.hub, [row.id], ACTOR)


class TestPurchases:
    def test_an_order_and_its_receivings(self, company: OnlineShop) -> None:
        """Purchase order → purchase order, receiving → bill linked to it, partly and in full."""
        company.purchase("PO-1", "MILLCO", "10 FLOUR 0.80")
        company.settle()
        company.receive("PO-1", "4 FLOUR")
        look(company)
        company.receive("PO-1")
        look(company)

        order = company.held("PurchaseOrder")[-1]
        bills = company.held("Bill")[-2:]
        assert [amounts(each)[0][1] for each in bills] == [4, 6]
        assert order["POStatus"] == "Closed"
        assert [each["Line"][0]["LinkedTxn"][0]["TxnId"] for each in bills] == [order["Id"]] * 2

    def test_a_changed_and_a_cancelled_order(self, company: OnlineShop) -> None:
        """An order that changes is changed, one that is deleted is closed there, as set."""
        with having(
            company,
            "purchase-order-out.changes=automatic",
            "purchase-order-out.cancellations=automatic",
        ):
            made = company.purchase("PO-2", "MILLCO", "10 FLOUR 0.80")
            company.settle()
            order = produced(company, "PO-2", "purchase-orders")
            order["receivings"][0]["products"][0]["quantity-ordered"] = "12"
            company.operations.sign_in()
            assert company.operations.call("PUT", f"/purchase-orders/{made}", order).is_success
            look(company)
            assert amounts(company.held("PurchaseOrder")[-1])[0][1] == 12

            company.operations.sign_in()
            assert company.operations.call("DELETE", f"/purchase-orders/{made}").is_success
            look(company)
            assert company.held("PurchaseOrder")[-1]["POStatus"] == "Closed"


class TestTime:
    def test_work_of_employees_and_contractors(self, company: OnlineShop) -> None:
        """Work entry → time activity: of an employee, or of a vendor where none has the name."""
        company.make("Employee", GivenName="Rita", FamilyName="Alves")
        company.make("Vendor", DisplayName="Ada Byron")
        company.make("Item", Name="Baking", Type="Service", IncomeAccountRef={"value": "79"})
        for number, name in (("12", "Rita Alves"), ("13", "Ada Byron")):
            company.operations.control(
                "POST",
                f"/companies/{fusion.KEY}/entities/workers",
                {"number": number, "name": name},
            )
        company.enter("products", code="CAKE", name="Cake")
        goods = [{"product": "CAKE", "quantity-ordered": 10}]
        order = company.enter("production-orders", code="MO-1", client="ACME", products=goods)
        for number, name in (("12", "Rita Alves"), ("13", "Ada Byron")):
            company.operations.control(
                "POST",
                f"/companies/{fusion.KEY}/produce",
                {
                    "production-order": {"id": order["id"]},
                    "product": "CAKE",
                    "operation": {"code": "BAKE", "name": "Baking"},
                    "worker": {"number": number, "name": name},
                    "start-time": "2025-03-03T14:00:00Z",
                    "end-time": "2025-03-03T16:15:00Z",
                    "quantity": "1",
                },
            )
        company.operations.control("POST", f"/companies/{fusion.KEY}/finish", {"order": "MO-1"})
        with having(
            company,
            "work-entry-out.mode=automatic",
            "work-entry-out.is_billable=true",
            "work-entry-out.hourly_rate=45",
        ):
            look(company)

        told = [
            (row["NameOf"], row[f"{row['NameOf']}Ref"]["name"])
            for row in company.held("TimeActivity")
        ]
        assert sorted(told) == [("Employee", "Rita Alves"), ("Vendor", "Ada Byron")]
        first = company.held("TimeActivity")[0]
        assert (first["Hours"], first["Minutes"], first["HourlyRate"]) == (2, 15, 45)
        assert (first["CustomerRef"]["name"], first["BillableStatus"]) == ("ACME", "Billable")


class TestStock:
    @pytest.mark.parametrize("fallback, state", [("refuse", "refused"), ("set_items", "done")])
    def test_stock_where_no_adjustment_is_taken(
        self, company: OnlineShop, fallback: str, state: str
    ) -> None:
        """Stock → inventory adjustment: refused there, it says so, or sets the items, as set."""
        name = f"SALT-{fallback}"
        company.stocked(name, on_hand=5)
        company.purchase(f"PO-{name}", "MILLCO", f"3 {name} 0.80")
        company.settle()
        company.receive(f"PO-{name}")
        look(company)
        with having(
            company,
            f"stock-count-out.fallback={fallback}",
            "stock-count-out.adjustment_account=Inventory Shrinkage",
        ):
            link = finding.link_named(company.hub, company.link)
            verbs.send(company.hub, link, "stock-count", [name], ACTOR)
            look(company)
            row = [each for each in company.transfers() if each.flow == "stock-count-out"][-1]
            assert row.state == state
            if state == "refused":
                assert "stock-count-out.fallback" in (row.sentence or "")
                desk.skip(company.hub, [row.id], ACTOR)
        (item,) = [row for row in company.held("Item") if row["Name"] == name]
        assert item["QtyOnHand"] == (3 if state == "done" else 8)


class TestInward:
    def test_estimates_and_invoices_become_orders(self, company: OnlineShop) -> None:
        """Estimate → sales order, invoice → sales order: each once, and not both of one."""
        estimate = company.enter_there("Estimate", "ACME", "2 BOLT @ 1.50", DocNumber="E-1")
        company.enter_there("Invoice", "ACME", "3 NUT @ 0.20", DocNumber="I-1")
        with having(
            company,
            "estimate-in.mode=automatic",
            f"estimate-in.start_date={SINCE}",
            "invoice-in.mode=automatic",
            f"invoice-in.start_date={SINCE}",
        ):
            look(company)
            company.enter_there(
                "Invoice",
                "ACME",
                "2 BOLT @ 1.50",
                DocNumber="I-2",
                LinkedTxn=[{"TxnId": estimate["Id"], "TxnType": "Estimate"}],
            )
            look(company)

        assert produced(company, "E-1")["client"] == "ACME"
        assert produced(company, "I-1")["client"] == "ACME"
        codes = [row["code"] for row in company.operations.dump("sales-orders")]
        assert "I-2" not in codes
        assert not [code for code in codes if codes.count(code) > 1], "an order came back"

    def test_orders_and_bills_become_purchase_orders(self, company: OnlineShop) -> None:
        """Purchase order → purchase order, bill → purchase order: not a bill of such an order."""
        order = company.enter_there("PurchaseOrder", "MILLCO", "10 FLOUR @ 0.80", DocNumber="P-9")
        company.enter_there("Bill", "MILLCO", "4 FLOUR @ 0.75", DocNumber="B-9")
        line = {"item": "FLOUR", "quantity": "10", "price": "0.80", "order": order["Id"]}
        with having(
            company,
            "purchase-order-in.mode=automatic",
            f"purchase-order-in.start_date={SINCE}",
            "bill-in.mode=automatic",
            f"bill-in.start_date={SINCE}",
        ):
            look(company)
            company.online.desk(
                "enter",
                {
                    "kind": "Bill",
                    "party": "MILLCO",
                    "lines": [{**line, "order_line": order["Line"][0]["Id"]}],
                    "fields": {"DocNumber": "B-10"},
                },
            )
            look(company)

        made = produced(company, "P-9", "purchase-orders")
        assert made["supplier"] == "MILLCO"
        made = produced(company, "B-9", "purchase-orders")
        assert made["receivings"][0]["products"][0]["quantity-ordered"] == "4"
        codes = [row["code"] for row in company.operations.dump("purchase-orders")]
        assert "B-10" not in codes
        assert not [code for code in codes if codes.count(code) > 1], "an order came back"
