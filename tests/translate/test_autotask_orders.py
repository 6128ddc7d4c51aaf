"""Orders and receipts of Autotask on their way to QuickBooks Desktop: each row by its name."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec
import pytest

from counterfoil.documents import (
    EXTERNAL_NUMBER,
    Address,
    Bill,
    Customer,
    CustomField,
    DocumentKind,
    DocumentStatus,
    Item,
    ItemReceipt,
    ItemType,
    Money,
    PurchaseLine,
    PurchaseOrder,
    Quantity,
    RecordKind,
    Reference,
    Transmission,
    Vendor,
)
from counterfoil.settings import (
    DocumentNumber,
    FlowName,
    LongNames,
    ReceiptBecomes,
    ReleaseMoment,
    Settings,
    SystemName,
    defaults_of,
)
from counterfoil.translate import TRANSLATORS, Became, Verdict

from .goods import TODAY, context, receipt, refused, there, translated

ORDERS = TRANSLATORS[FlowName.PURCHASE_ORDER_OUT]
RECEIPTS = TRANSLATORS[FlowName.RECEIPT_OUT]
AUTOTASK = defaults_of(SystemName.AUTOTASK)
IN_BOOKS = Became(DocumentKind.PURCHASE_ORDER, "3C-1", "1044")
UNNUMBERED = Became(DocumentKind.PURCHASE_ORDER, "3C-1", None)
LIMITS = {RecordKind.ITEM: 31}

SWITCH = Item(
    id="88",
    name="Switch 24",
    full_name="Switch 24",
    description="A switch with 24 ports",
    purchase_cost=Money(Decimal("412.50")),
    sales_price=Money(Decimal(600)),
    manufacturer_number="SW-24-X",
)


def rules(section: str = "purchase_order_out", **changes: Any) -> Settings:
    """Autotask's defaults, with some options set."""
    own = msgspec.structs.replace(getattr(AUTOTASK, section), **changes)
    return msgspec.structs.replace(AUTOTASK, **{section: own})


def line(name: str = "Switch 24", number: str = "88", **changes: Any) -> PurchaseLine:
    """A line over ten of a product."""
    made = PurchaseLine(
        id="9001",
        item=Reference(name, number),
        quantity=Quantity(Decimal(10)),
        unit_cost=Money(Decimal("412.50")),
    )
    return msgspec.structs.replace(made, **changes)


def order(*lines: PurchaseLine, **changes: Any) -> PurchaseOrder:
    """An order to Millco, ten switches unless it is said otherwise."""
    made = PurchaseOrder(
        id="501",
        number="PO-501",
        vendor=Reference("Millco", "174"),
        created_on=TODAY.replace(day=1),
        lines=lines or (line(),),
    )
    return msgspec.structs.replace(made, **changes)


def booked(document: PurchaseOrder, made: Settings = AUTOTASK, **known: Any) -> PurchaseOrder:
    """What an order becomes in the books."""
    known = {"name_length_max": LIMITS, **known}
    found = translated(ORDERS, document, made, SWITCH, **known).document
    assert isinstance(found, PurchaseOrder)
    return found


class TestFieldMap:
    def test_p20_the_vendor_goes_by_its_name_alone(self) -> None:
        """P20: a vendor is named by its name, and known again by its identity."""
        found = translated(ORDERS, order(), AUTOTASK, SWITCH)

        assert isinstance(found.document, PurchaseOrder)
        assert found.document.vendor == Reference("Millco")
        assert found.identities[RecordKind.VENDOR, "Millco"] == "174"

    def test_p21_p22_it_goes_to_whom_it_is_for(self) -> None:
        """P21, P22: the organization it is for is the customer it is shipped to."""
        address = Address(lines=("Depot", "1 Quay"), city="Lisbon")
        document = order(purchased_for=Reference("Acme~Warehouse", "9"), delivery_address=address)
        found = booked(document)

        assert (found.purchased_for, found.delivery_address) == (
            Reference("Acme:Warehouse"),
            address,
        )

    def test_p23_p24_product_quantity_and_cost(self) -> None:
        """P23, P24: item, quantity and cost travel; the amount is for QuickBooks to compute."""
        (found,) = booked(order()).lines

        assert found.item == Reference("Switch 24")
        assert (found.quantity, found.unit_cost) == (Quantity(Decimal(10)), SWITCH.purchase_cost)
        assert found.amount is None

    def test_p25_a_line_names_its_customer(self) -> None:
        """P25: the organization of a line is its customer, and a job where a tilde says so."""
        (found,) = booked(order(line(customer=Reference("Acme~Office", "12")))).lines

        assert found.customer == Reference("Acme:Office")

    def test_p26_the_number_is_written_back_or_used(self) -> None:
        """P26: QuickBooks' number is written back; as set, the external number is the order's."""
        used = rules(document_number=DocumentNumber.EXTERNAL_NUMBER)
        document = order(external_number="EXT-7")

        assert ORDERS.number(document, "", AUTOTASK) is None
        assert ORDERS.number(document, "", used) == "EXT-7"
        assert ORDERS.number(order(), "", used) is None
        back = ORDERS.write_back(order(), IN_BOOKS, AUTOTASK)
        assert back == (CustomField(EXTERNAL_NUMBER, "1044"),)
        assert ORDERS.write_back(order(), UNNUMBERED, AUTOTASK) == ()
        assert ORDERS.write_back(order(), IN_BOOKS, rules(write_number_back=False)) == ()

    def test_p27_it_is_dated_by_its_transfer(self) -> None:
        """P27: the day of transfer is the order's day in QuickBooks."""
        assert booked(order()).created_on == TODAY

    def test_p28_the_general_memo_is_the_message_to_the_vendor(self) -> None:
        """P28: the memo stands in the vendor message; one that is too long stays, and is told."""
        assert booked(order(memo="Ring twice")).message_to_vendor == "Ring twice"
        found = translated(ORDERS, order(memo="x" * 100), AUTOTASK, SWITCH)
        assert isinstance(found.document, PurchaseOrder)
        assert found.document.message_to_vendor is None
        assert "100 characters" in found.left_out[0]

    def test_p29_p30_p32_shipping_freight_and_transmission(self) -> None:
        """P29, P30, P32: shipping type, freight and the way of transmission travel."""
        freight = Money(Decimal("25.00"))
        document = order(ship_via="UPS", freight=freight, transmission=Transmission.EMAIL)
        found = booked(document)

        assert (found.ship_via, found.freight) == ("UPS", freight)
        assert found.transmission is Transmission.EMAIL

    def test_p31_the_makers_number_is_the_part_number(self) -> None:
        """P31: the maker's number stands on the line; the line's own comes before the product's."""
        assert booked(order()).lines[0].manufacturer_number == "SW-24-X"
        found = booked(order(line(manufacturer_number="OTHER"), line(manufacturer_number="x" * 32)))
        assert [each.manufacturer_number for each in found.lines] == ["OTHER", None]

    def test_p33_what_is_not_sent(self) -> None:
        """P33, M17: the memo of order and lines stays blank, and nobody's invoice number goes."""
        found = booked(order(line(notes="Rush"), memo="Ring twice"))

        assert found.memo is None
        assert found.lines[0].description is None

    def test_p34_a_new_item_is_an_inventory_part(self) -> None:
        """P34: what is missing is created as an inventory part, on the accounts of M6."""
        found = ORDERS.new_record(
            RecordKind.ITEM, "Switch 24", "Switch 24", context(AUTOTASK, SWITCH)
        )

        assert found == Item(
            id="",
            name="Switch 24",
            full_name="Switch 24",
            type=ItemType.INVENTORY,
            description="A switch with 24 ports",
            sales_price=Money(Decimal(600)),
            purchase_cost=Money(Decimal("412.50")),
            manufacturer_number="SW-24-X",
            income_account="Autotask Income from PO",
            expense_account="Cost of Goods Sold",
            asset_account="Inventory Asset",
        )

    @pytest.mark.parametrize("kind, type_", [("vendor", Vendor), ("customer", Customer)])
    def test_m4_who_is_missing_is_created(self, kind: str, type_: type[Any]) -> None:
        """M4: a vendor or customer that QuickBooks lacks is created under the name."""
        found = ORDERS.new_record(RecordKind(kind), "Millco", "Millco", context(AUTOTASK))

        assert isinstance(found, type_)
        assert found.full_name == "Millco"

    def test_what_is_not_carried_stays(self) -> None:
        """With further fields off, an order says what is ordered and nothing else."""
        document = order(
            line(customer=Reference("Acme", "9")), memo="Ring", freight=Money(Decimal(5))
        )
        found = booked(document, rules(carry_details=False))

        assert (found.message_to_vendor, found.freight, found.lines[0].customer) == (None,) * 3

    def test_a_vendor_without_a_name_stops_the_order(self) -> None:
        """An order whose vendor has no name is refused, and the vendor is named as what lacks."""
        refusal = refused(ORDERS, order(vendor=Reference("", "174")), AUTOTASK, SWITCH)

        assert (refusal.code, refusal.where) == ("reference-missing", "vendor")


class TestLongNames:
    LONG = "Rack server with two power supplies"

    def short(self, name: str, identity: str | None, made: Settings = AUTOTASK) -> str | None:
        product = line(item=Reference(name, identity))
        known = {"name_length_max": LIMITS}
        found = translated(ORDERS, order(product), made, **known)
        return found.alternatives.get((RecordKind.ITEM, name.replace("~", ":")))

    def test_m16_two_products_never_become_one_item(self) -> None:
        """M16, K7: names that begin alike stay apart by the products' numbers, always the same."""
        one, other = self.short(f"{self.LONG} A", "88"), self.short(f"{self.LONG} B", "1204")

        assert one == "Rack server with two power #88"
        assert other == "Rack server with two powe #1204"
        assert all(name and len(name) <= 31 for name in (one, other))
        assert self.short(f"{self.LONG} A", "88") == one

    @pytest.mark.parametrize(
        "name, identity, choice",
        [
            ("x" * 31, "88", LongNames.SHORTEN),
            (LONG, None, LongNames.SHORTEN),
            (LONG, "88", LongNames.REFUSE),
        ],
    )
    def test_names_that_stay(self, name: str, identity: str | None, choice: LongNames) -> None:
        """What fits, what has no number, and what a person shall name is not shortened."""
        general = msgspec.structs.replace(AUTOTASK.general, long_item_names=choice)
        made = msgspec.structs.replace(AUTOTASK, general=general)

        assert self.short(name, identity, made) is None

    def test_m14_only_the_last_level_is_shortened(self) -> None:
        """M14: each level of a name has its own 31 characters."""
        found = self.short(f"Servers~{self.LONG}", "88")

        assert found == "Servers:Rack server with two power #88"

    def test_k7_the_whole_name_stays_in_the_description(self) -> None:
        """K7: a new item whose name was shortened bears the whole name in its description."""
        product = msgspec.structs.replace(SWITCH, name=self.LONG, full_name=self.LONG)
        known = context(AUTOTASK, product, name_length_max=LIMITS)
        name = self.short(self.LONG, "88") or ""
        found = ORDERS.new_record(RecordKind.ITEM, name, self.LONG, known)

        assert isinstance(found, Item)
        assert found.description == f"{self.LONG}\nA switch with 24 ports"


class TestMoment:
    @pytest.mark.parametrize(
        "status, came, moment, expected",
        [
            (DocumentStatus.NEW, 0, ReleaseMoment.APPROVED, "not-submitted"),
            (DocumentStatus.NEW, 0, ReleaseMoment.ENTERED, None),
            (DocumentStatus.OPEN, 0, ReleaseMoment.APPROVED, None),
            (DocumentStatus.OPEN, 0, ReleaseMoment.PARTLY_RECEIVED, "nothing-moved"),
            (DocumentStatus.OPEN, 4, ReleaseMoment.PARTLY_RECEIVED, None),
            (DocumentStatus.OPEN, 4, ReleaseMoment.RECEIVED, "not-complete"),
            (DocumentStatus.CLOSED, 10, ReleaseMoment.RECEIVED, None),
        ],
    )
    def test_p1_any_status_but_canceled(
        self, status: DocumentStatus, came: int, moment: ReleaseMoment, expected: str | None
    ) -> None:
        """P1: by itself an order goes from the status that is set; a person may send it before."""
        document = order(line(delivered=Quantity(Decimal(came))), status=status)
        found = ORDERS.rule(document, rules(moment=moment))

        assert (None if found is None else found.reason.code) == expected
        assert found is None or (found.verdict, found.is_passable) == (Verdict.HOLD, True)

    def test_p1_a_canceled_order_never_goes(self) -> None:
        """P1: what is canceled is left out, whoever sends it."""
        found = ORDERS.rule(order(status=DocumentStatus.CANCELLED), AUTOTASK)

        assert found is not None
        assert (found.verdict, found.is_passable) == (Verdict.LEAVE_OUT, False)

    @pytest.mark.parametrize("vendors, goes", [((), True), (("MILLCO",), True), (("Salt",), False)])
    def test_only_chosen_vendors_go_by_themselves(
        self, vendors: tuple[str, ...], goes: bool
    ) -> None:
        """Orders to other vendors than those chosen wait until somebody sends them."""
        found = ORDERS.rule(order(), rules(only_vendors=vendors))

        assert (found is None) is goes
        assert found is None or (found.reason.code, found.is_passable) == ("other-vendor", True)

    @pytest.mark.parametrize(
        "changes, held",
        [
            ({}, True),
            ({"write_number_back": False}, False),
            ({"document_number": DocumentNumber.EXTERNAL_NUMBER}, False),
        ],
    )
    def test_anothers_number_stops_the_order(self, changes: dict[str, Any], held: bool) -> None:
        """A number that stands there before we sent the order is another integration's mark."""
        found = ORDERS.rule(order(external_number="1044"), rules(**changes))

        assert (found is not None) is held
        assert found is None or "another integration" in found.reason.sentence


class TestRenamed:
    def test_a_renamed_product_changes_no_order(self) -> None:
        """A product, vendor or customer with another name and the same number is the same."""
        before = order(line(customer=Reference("Acme", "9")))
        after = order(line("Switch 24 v2", customer=Reference("Acme Inc", "9")))
        after = msgspec.structs.replace(after, vendor=Reference("Millco Ltd", "174"))

        (one,), (other,) = (ORDERS.split(each, AUTOTASK, {}) or () for each in (before, after))
        assert one.fingerprint == other.fingerprint
        assert other.document == after

    def test_another_product_is_a_change(self) -> None:
        """A line over another product of the same name is another order."""
        (one,), (other,) = (
            ORDERS.split(order(line(number=number)), AUTOTASK, {}) or () for number in ("88", "89")
        )
        assert one.fingerprint != other.fingerprint

    def test_a_renamed_product_changes_no_receipt(self) -> None:
        """What was received of a product that is renamed later is still the same receipt."""
        parts = [
            RECEIPTS.split(self.received(name), AUTOTASK, {}) or ()
            for name in ("Switch 24", "Switch 24 v2")
        ]
        assert parts[0][0].fingerprint == parts[1][0].fingerprint

    def received(self, name: str) -> Any:
        came = receipt("PO-501 Millco", "4/10 X 412.50")
        named = msgspec.structs.replace(came.lines[0], item=Reference(name, "88"))
        return msgspec.structs.replace(came, lines=(named,))


class TestReceipts:
    @pytest.mark.parametrize(
        "invoice, kind",
        [(None, DocumentKind.ITEM_RECEIPT), ("INV-9", DocumentKind.BILL)],
    )
    def test_it_is_a_bill_once_the_invoice_is_known(
        self, invoice: str | None, kind: DocumentKind
    ) -> None:
        """Goods that came are an item receipt, and a bill where the vendor's invoice is known."""
        came = receipt("PO-17 Millco", "4/10 FLOUR", vendor_invoice_number=invoice)
        linked = there(["0/10 FLOUR 0.80"])
        found = translated(RECEIPTS, came, AUTOTASK, order=linked, kind=kind).document

        assert RECEIPTS.target_kind(came, AUTOTASK) is kind
        assert isinstance(found, Bill if invoice else ItemReceipt)
        assert found.number == invoice

    @pytest.mark.parametrize("pressed", [True, False])
    def test_the_invoice_makes_a_bill_of_a_receipt(self, pressed: bool) -> None:
        """An invoice number that is entered later has a bill take the item receipt's place."""
        came = receipt("PO-17 Millco", "4 FLOUR")
        landed = DocumentKind.ITEM_RECEIPT
        assert RECEIPTS.next_kind(landed, came, AUTOTASK, pressed=pressed) is landed

        billed = msgspec.structs.replace(came, vendor_invoice_number="INV-9")
        assert RECEIPTS.next_kind(landed, billed, AUTOTASK, pressed=pressed) is DocumentKind.BILL
        one, other = ((RECEIPTS.split(each, AUTOTASK, {}) or ())[0] for each in (came, billed))
        assert one.fingerprint != other.fingerprint

    def test_as_set_it_stays_an_item_receipt(self) -> None:
        """Where item receipts are wanted, the bookkeeper enters the bill."""
        made = rules("receipt_out", becomes=ReceiptBecomes.ITEM_RECEIPT)
        came = receipt("PO-17 Millco", "4 FLOUR", vendor_invoice_number="INV-9")

        assert RECEIPTS.target_kind(came, made) is DocumentKind.ITEM_RECEIPT

    def test_a_receipt_without_our_order_never_goes(self) -> None:
        """Orders that others made in QuickBooks are never touched by a receipt."""
        assert not RECEIPTS.may_go_unlinked(AUTOTASK)
