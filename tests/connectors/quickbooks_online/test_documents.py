"""Forms as they come and go: what each says, and what is carried along."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from counterfoil.connectors.quickbooks_online._forms import change_of, creation_of, read_form
from counterfoil.documents import (
    Address,
    Ancestor,
    Bill,
    DocumentKind,
    DocumentStatus,
    Estimate,
    InvalidDocument,
    Invoice,
    InvoiceLine,
    Money,
    OrderLine,
    OrderLink,
    Quantity,
    Reference,
    StockCount,
    WorkEntry,
)

KEY = "{0c7f4a52-9a3e-5d1b-8f66-2b1d1c0a9e77}"
WIDGET = Reference("Widget", "11")


def sold(id_: str, quantity: object = 2, item: str = "11", **more: object) -> dict[str, Any]:
    detail = {"ItemRef": {"value": item, "name": "Widget"}, "Qty": quantity, "UnitPrice": 3}
    return {"Id": id_, "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": detail, **more}


BUNDLE = {
    "Id": "5",
    "DetailType": "GroupLineDetail",
    "GroupLineDetail": {"GroupItemRef": {"value": "20"}, "Line": [sold("6"), sold("7")]},
}
TEXT = {
    "Id": "8",
    "Description": "hello",
    "DetailType": "DescriptionOnly",
    "DescriptionLineDetail": {},
}
DISCOUNT = {
    "Id": "9",
    "Amount": 1,
    "DetailType": "DiscountLineDetail",
    "DiscountLineDetail": {"PercentBased": False},
}
SUBTOTAL = {"Amount": 6, "DetailType": "SubTotalLineDetail", "SubTotalLineDetail": {}}
SHIPPING = sold("10", item="SHIPPING_ITEM_ID")


def invoice(*lines: dict[str, Any], **more: object) -> Invoice:
    usual = {"Id": "130", "SyncToken": "3", "TotalAmt": 6, "Balance": 6, "Line": [*lines]}
    found = read_form(DocumentKind.INVOICE, {**usual, **more})
    assert isinstance(found, Invoice)
    return found


class TestReadingSales:
    def test_lines_of_every_kind(self) -> None:
        """Members of a bundle count by themselves; sums, discounts and charges are no lines."""
        found = invoice(sold("1"), BUNDLE, TEXT, DISCOUNT, SUBTOTAL, SHIPPING)

        assert [(line.id, line.item and line.item.name) for line in found.lines] == [
            ("1", "Widget"),
            ("6", "Widget"),
            ("7", "Widget"),
            ("8", None),
        ]

    @pytest.mark.parametrize(
        "more, status",
        [
            ({}, DocumentStatus.OPEN),
            ({"Balance": 2}, DocumentStatus.CLOSED),
            ({"Balance": 0}, DocumentStatus.CLOSED),
            ({"TotalAmt": 0, "Balance": 0, "PrivateNote": "Voided"}, DocumentStatus.CANCELLED),
        ],
    )
    def test_what_is_paid_is_closed_and_what_is_void_is_cancelled(
        self, more: dict[str, Any], status: DocumentStatus
    ) -> None:
        """Be it paid in part."""
        assert invoice(sold("1"), **more).status is status

    def test_a_void_form_is_known_by_its_quantities_too(self) -> None:
        """People edit memos; notes are in the company's language."""
        found = invoice(sold("1", 0), TotalAmt=0, Balance=0, PrivateNote="Annulé")

        assert found.status is DocumentStatus.CANCELLED

    @pytest.mark.parametrize(
        "told, status",
        [
            ("Pending", DocumentStatus.OPEN),
            ("Accepted", DocumentStatus.OPEN),
            ("Closed", DocumentStatus.CLOSED),
            ("Converted", DocumentStatus.CLOSED),
            ("Rejected", DocumentStatus.CANCELLED),
        ],
    )
    def test_an_estimate_stands_where_its_status_says(
        self, told: str, status: DocumentStatus
    ) -> None:
        """FLOW-4."""
        raw = {"Id": "1", "TxnStatus": told, "Line": [sold("1")]}

        assert read_form(DocumentKind.ESTIMATE, raw).status is status

    def test_it_tells_addresses_tax_and_its_estimate(self) -> None:
        """And what it was made from."""
        found = invoice(
            sold("1"),
            ShipAddr={"Id": "9", "Line1": "1 Quay", "City": "Port", "Country": "USA"},
            TxnTaxDetail={"TotalTax": Decimal("0.5")},
            LinkedTxn=[
                {"TxnId": "77", "TxnType": "Estimate"},
                {"TxnId": "8", "TxnType": "Payment"},
            ],
        )

        assert found.delivery_address == Address(lines=("1 Quay",), city="Port", country="USA")
        assert found.tax == Money(Decimal("0.5"))
        assert found.made_from == (Ancestor("estimate", "77"),)
        assert found.link == OrderLink("77")


class TestReadingOthers:
    def test_a_bill_has_items_and_accounts(self) -> None:
        """A linked line names its order's line by identity."""
        raw = {
            "Id": "145",
            "VendorRef": {"value": "56", "name": "Acme"},
            "TotalAmt": Decimal("17.5"),
            "Balance": Decimal("17.5"),
            "Line": [
                {
                    "Id": "1",
                    "Amount": 8,
                    "LinkedTxn": [{"TxnId": "88", "TxnType": "PurchaseOrder", "TxnLineId": "3"}],
                    "DetailType": "ItemBasedExpenseLineDetail",
                    "ItemBasedExpenseLineDetail": {"ItemRef": {"value": "11"}, "Qty": 4},
                },
                {
                    "Id": "2",
                    "Amount": Decimal("9.5"),
                    "Description": "UPS",
                    "AccountBasedExpenseLineDetail": {
                        "AccountRef": {"value": "80", "name": "Freight"}
                    },
                },
            ],
        }
        found = read_form(DocumentKind.BILL, raw)

        assert isinstance(found, Bill)
        assert found.lines[0].link == OrderLink("88", "3")
        assert [(each.memo, each.amount) for each in found.expenses] == [
            ("UPS", Money(Decimal("9.5")))
        ]

    @pytest.mark.parametrize(
        "told, minutes",
        [
            ({"Hours": 1, "Minutes": 35}, 95),
            ({"Minutes": 10}, 10),
            (
                {
                    "StartTime": "2026-03-02T09:00:00-08:00",
                    "EndTime": "2026-03-02T17:30:00-08:00",
                    "BreakHours": 0,
                    "BreakMinutes": 30,
                },
                480,
            ),
        ],
    )
    def test_time_is_told_in_two_ways(self, told: dict[str, Any], minutes: int) -> None:
        """As a length, or by when it began and ended."""
        raw = {
            "Id": "1",
            "TxnDate": "2026-03-02",
            "VendorRef": {"value": "5", "name": "Ada"},
            "BillableStatus": "HasBeenBilled",
            **told,
        }
        found = read_form(DocumentKind.WORK_ENTRY, raw)

        assert isinstance(found, WorkEntry)
        assert (found.minutes, found.is_contractor, found.is_billable) == (minutes, True, True)
        assert found.status is DocumentStatus.CLOSED

    def test_an_adjustment_tells_the_change_not_the_figure(self) -> None:
        """Samples leave the type of its lines out."""
        detail = {"ItemRef": {"value": "11", "name": "Widget"}, "QtyDiff": -2}
        raw = {"Id": "1", "TxnDate": "2026-03-02", "Line": [{"ItemAdjustmentLineDetail": detail}]}
        found = read_form(DocumentKind.STOCK_COUNT, raw)

        assert isinstance(found, StockCount)
        assert (found.lines[0].change, found.lines[0].counted) == (Quantity(Decimal(-2)), None)

    @pytest.mark.parametrize(
        "kind, raw, field",
        [
            (DocumentKind.BILL, {"Id": None}, "Id"),
            (DocumentKind.BILL, {"Id": "1", "TxnDate": "soon"}, "TxnDate"),
            (DocumentKind.WORK_ENTRY, {"Id": "1", "TxnDate": "2026-03-02"}, "EmployeeRef"),
            (
                DocumentKind.BILL,
                {"Id": "1", "Line": [{"AccountBasedExpenseLineDetail": {}, "Amount": 1}]},
                "Line[0].account",
            ),
        ],
    )
    def test_what_makes_none_names_the_field(
        self, kind: DocumentKind, raw: dict[str, Any], field: str
    ) -> None:
        """A person has to find it."""
        with pytest.raises(InvalidDocument) as caught:
            read_form(kind, raw)

        assert caught.value.where == field


class TestWriting:
    def test_an_invoice_takes_over_its_estimate(self) -> None:
        """As a whole: lines cannot be linked there."""
        line = InvoiceLine(item=WIDGET, quantity=Quantity(Decimal(2)), link=OrderLink("77", "1"))
        form = Invoice(id="", customer=Reference("Ada", "3"), lines=(line,))
        body = creation_of(DocumentKind.INVOICE, form, KEY)

        assert body["LinkedTxn"] == [{"TxnId": "77", "TxnType": "Estimate"}]
        assert "LinkedTxn" not in body["Line"][0]

    def test_nothing_of_the_services_own_is_sent(self) -> None:
        """Totals, tax and balances are figured there."""
        form = Estimate(
            id="9",
            revision="4",
            customer=Reference("Ada", "3"),
            created_on=date(2026, 3, 2),
            total=Money(Decimal(9)),
            lines=(OrderLine(description="text only"),),
        )
        body = creation_of(DocumentKind.ESTIMATE, form, KEY)

        assert set(body) == {"CustomerRef", "TxnDate", "PrivateNote", "Line"}
        assert body["Line"][0]["DetailType"] == "DescriptionOnly"

    def test_a_contractors_time_names_the_vendor(self) -> None:
        """NameOf says in which list the worker is."""
        entry = WorkEntry(
            id="",
            worker=Reference("Ada", "5"),
            worked_on=date(2026, 3, 2),
            minutes=95,
            is_contractor=True,
            is_billable=True,
            hourly_rate=Money(Decimal(60)),
            notes="milling",
        )
        body = creation_of(DocumentKind.WORK_ENTRY, entry, KEY)

        assert body | {"Description": ""} == {
            "TxnDate": "2026-03-02",
            "HourlyRate": Decimal(60),
            "NameOf": "Vendor",
            "VendorRef": {"value": "5"},
            "Hours": 1,
            "Minutes": 35,
            "BillableStatus": "Billable",
            "Description": "",
        }
        assert body["Description"].startswith("milling\n[counterfoil ")

    def test_a_change_keeps_bundles_texts_and_discounts(self) -> None:
        """All of them after the lines that are named; a sum is made anew by the service."""
        lines = [sold("1", Amount=6, LineNum=1), BUNDLE, TEXT, DISCOUNT, SUBTOTAL]
        current = {
            "Id": "130",
            "SyncToken": "3",
            "CustomerRef": {"value": "3"},
            "Line": lines,
        }
        read = invoice(*lines)
        wanted = Invoice(
            id="", customer=Reference("Ada", "3"), lines=(read.lines[0], read.lines[1])
        )
        body = change_of(DocumentKind.INVOICE, wanted, current, with_lines=True, closes=None)

        assert [line["Id"] for line in body["Line"]] == ["1", "5", "8", "9"]
        assert "LineNum" not in body["Line"][0]

    def test_a_line_that_is_gone_is_entered_anew(self) -> None:
        """An identity that is not there would be passed over in silence."""
        line = InvoiceLine(id="99", item=WIDGET, quantity=Quantity(Decimal(1)))
        wanted = Invoice(id="", customer=Reference("Ada", "3"), lines=(line,))
        body = change_of(
            DocumentKind.INVOICE, wanted, {"Id": "1", "Line": []}, with_lines=True, closes=None
        )

        assert "Id" not in body["Line"][0]
