"""Purchase orders written and changed, and receipts read in every way, against the sandbox."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from counterfoil.connectors.fusion_operations import Company, FusionClient, FusionOperations
from counterfoil.documents import (
    CustomField,
    DocumentKind,
    DocumentStatus,
    Money,
    PurchaseLine,
    PurchaseOrder,
    Quantity,
    Receipt,
    Reference,
)
from counterfoil.engine.operations import (
    Conflict,
    CreateDocument,
    Done,
    Refused,
    UpdateDocument,
    VoidDocument,
    VoidWay,
)
from tests.connectors.fusion_operations.builders import ask, expect, page, reading
from tests.connectors.fusion_operations.conftest import NEW_YORK
from tests.sandboxes.fusion_operations.play import Play, line

KIND = DocumentKind.PURCHASE_ORDER


def bought(item: str, quantity: str, cost: str | None = None, **more: Any) -> PurchaseLine:
    return PurchaseLine(
        item=Reference(item),
        quantity=Quantity(Decimal(quantity)),
        unit_cost=None if cost is None else Money(Decimal(cost)),
        **more,
    )


def order(*lines: PurchaseLine, **more: Any) -> PurchaseOrder:
    return PurchaseOrder(
        **{
            "id": "",
            "number": "PUO-1",
            "vendor": Reference("MILLCO"),
            "created_on": date(2025, 3, 1),
            "due_on": date(2025, 3, 10),
            "memo": "for spring",
            "message_to_vendor": "before noon",
            "custom_fields": (CustomField("Dock", "4"),),
            "lines": lines or (bought("CAKE", "10", "0.80", notes="fine"),),
            **more,
        }
    )


def creating(document: PurchaseOrder) -> CreateDocument:
    return CreateDocument(id="op", kind=KIND, document=document, key="key")


def changing(id_: str, document: PurchaseOrder, **more: Any) -> UpdateDocument:
    return UpdateDocument(
        id="op", kind=KIND, document_id=id_, revision=None, document=document, **more
    )


@pytest.fixture
def mill(shop: Play) -> Play:
    """A company with a supplier, too."""
    shop.make("suppliers", code="MILLCO", name="Mill Co")
    return shop


class TestWriting:
    def test_what_is_written(self, mill: Play, driver: FusionOperations) -> None:
        """Dates, remarks and custom fields arrive; what comes back is what was sent."""
        made = expect(Done, ask(driver, creating(order()))).document

        (kept,) = mill.dump("purchase-orders")
        (receiving,) = kept["receivings"]
        assert (kept["code"], kept["supplier"]) == ("PUO-1", "MILLCO")
        assert kept["creation-date"] == "2025-03-01T05:00:00Z"
        assert receiving["due-date"] == "2025-03-10T04:00:00Z"
        assert kept["custom-fields"] == [{"name": "Dock", "value": "4"}]
        assert (kept["notes"], kept["external-notes"]) == ("for spring", "before noon")
        assert receiving["products"][0]["observations"] == "fine"
        assert isinstance(made, PurchaseOrder)
        assert (made.due_on, made.created_on) == (date(2025, 3, 10), date(2025, 3, 1))

    def test_a_lost_answer(self, mill: Play, driver: FusionOperations) -> None:
        """A5: found by its code, it is ours; with another cost it is somebody else's."""
        expect(Done, ask(driver, creating(order())))
        other = order(bought("CAKE", "10", "0.90", notes="fine"))

        expect(Done, ask(driver, creating(order()), recovers=True))
        refused = expect(Refused, ask(driver, creating(other)))

        assert refused.refusal.code == "number-taken"
        assert len(mill.dump("purchase-orders")) == 1

    def test_a_change(self, mill: Play, driver: FusionOperations) -> None:
        """Lines are changed, added and taken away; what nobody changed stays."""
        made = expect(Done, ask(driver, creating(order()))).document
        assert isinstance(made, PurchaseOrder)
        changed = msgspec.structs.replace(bought("CAKE", "12", "0.80"), id=made.lines[0].id)

        done = expect(
            Done,
            ask(
                driver,
                changing(made.id, order(changed, bought("BUN", "5", "1")), expected=made),
            ),
        )

        (receiving,) = mill.dump("purchase-orders")[0]["receivings"]
        assert [(each["product"], each["quantity-ordered"]) for each in receiving["products"]] == [
            ("CAKE", "12"),
            ("BUN", "5"),
        ]
        assert len(done.line_ids) == 2

    def test_changed_by_somebody_else(self, mill: Play, driver: FusionOperations) -> None:
        """An order that is not what it was is not written over."""
        made = expect(Done, ask(driver, creating(order()))).document
        assert isinstance(made, PurchaseOrder)
        kept = mill.all("purchase-orders")[0]
        kept["receivings"][0]["products"][0]["unit-cost"] = "7"
        assert mill.call("PUT", f"/purchase-orders/{made.id}", kept).status_code == 200

        outcome = ask(driver, changing(made.id, order(bought("CAKE", "12", "0.80")), expected=made))

        expect(Conflict, outcome)

    def test_taken_out(self, mill: Play, driver: FusionOperations) -> None:
        """It is deleted; one of which something was received stays."""
        for number, goods in (("PUO-1", []), ("PUO-2", [{"product": "CAKE", "quantity": 1}])):
            made = expect(Done, ask(driver, creating(order(number=number))))
            if goods:
                body = {"order": number, "quantities": goods}
                mill.control("POST", "/companies/acme/receive", body)
            away = VoidDocument(id="op", kind=KIND, document_id=made.id or "", how=VoidWay.DELETE)

            outcome = ask(driver, away)

            assert isinstance(outcome, Refused if goods else Done)
        assert [each["code"] for each in mill.dump("purchase-orders")] == ["PUO-2"]


class TestReceipts:
    def receive(self, mill: Play, quantity: str, day: str) -> None:
        goods = [{"product": "CAKE", "quantity": quantity, "lot": f"L{quantity}"}]
        body = {"order": "PUO-1", "quantities": goods, "date": f"{day}T15:00:00Z"}
        mill.control("POST", "/companies/acme/receive", body)

    def read(self, client: FusionClient, receipts_from: Any) -> list[Receipt]:
        driver = FusionOperations(client, Company(zone=NEW_YORK, receipts_from=receipts_from))
        found = page(ask(driver, reading(DocumentKind.RECEIPT))).documents
        return [each for each in found if isinstance(each, Receipt)]

    @pytest.mark.parametrize(
        "mode, receipts_from, receipts",
        [
            ("A", "orders", [(7, date(2025, 3, 9))]),
            ("B", "orders", [(7, None)]),
            ("D", "movements", [(4, date(2025, 3, 8)), (3, date(2025, 3, 9))]),
            # A tenant may nest them and tell the movements, too: then as the connection says.
            ("A", "movements", [(4, date(2025, 3, 8)), (3, date(2025, 3, 9))]),
        ],
    )
    def test_four_and_three_of_ten(
        self,
        mill: Play,
        client: FusionClient,
        mode: str,
        receipts_from: str,
        receipts: list[tuple[int, date | None]],
    ) -> None:
        """B4: counted up where the order tells, each its own where the movements do."""
        mill.make(
            "purchase-orders",
            code="PUO-1",
            supplier="MILLCO",
            receivings=[{"due-date": "2025-03-10T12:00:00Z", "products": [line("CAKE", 10)]}],
        )
        mill.settings(shipping_mode=mode)
        self.receive(mill, "4", "2025-03-08")
        before = self.read(client, receipts_from)
        self.receive(mill, "3", "2025-03-09")

        found = self.read(client, receipts_from)

        assert [(int(each.lines[0].moved.value), each.received_on) for each in found] == receipts
        assert {each.vendor for each in found} == {Reference("MILLCO")}
        assert {each.due_on for each in found} == {date(2025, 3, 10)}
        assert {each.lines[0].ordered for each in found} == {Quantity(Decimal(10))}
        assert found[0].id == before[0].id
        (ordered,) = page(
            ask(FusionOperations(client, Company(zone=NEW_YORK)), reading(KIND))
        ).documents
        assert isinstance(ordered, PurchaseOrder)
        assert {each.lines[0].order_line_id for each in found} == {ordered.lines[0].id}

    def test_the_last_receipt_of_a_hidden_order(self, mill: Play, client: FusionClient) -> None:
        """What closes an order is read although its list shows closed ones no more."""
        made = mill.make(
            "purchase-orders", code="PUO-1", supplier="MILLCO", products=[line("CAKE", 4)]
        )
        mill.settings(closed_orders="on-request")
        self.receive(mill, "4", "2025-03-08")

        for way in ("orders", "movements"):
            driver = FusionOperations(client, Company(zone=NEW_YORK, receipts_from=way))
            question = msgspec.structs.replace(
                reading(DocumentKind.RECEIPT), known=(str(made["id"]),)
            )
            (found,) = page(ask(driver, question)).documents

            assert found.status is DocumentStatus.CLOSED
