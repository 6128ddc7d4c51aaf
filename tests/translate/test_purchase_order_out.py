"""Purchase order → purchase order, towards the books: each rule by its name."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from counterfoil.documents import (
    DocumentKind,
    DocumentStatus,
    Item,
    ItemType,
    Money,
    PurchaseLine,
    PurchaseOrder,
    Quantity,
    RecordKind,
    Reference,
    Refusal,
    Vendor,
)
from counterfoil.settings import (
    OPTIONS,
    CreatedItemType,
    CreationDate,
    DocumentNumber,
    FieldPair,
    FlowName,
    LineDescription,
    Prices,
    ReleaseMoment,
    Settings,
    VendorName,
)
from counterfoil.translate import TRANSLATORS, Verdict
from tests.support.builders import fields, product, settings

from .goods import TODAY, context, purchase, refused, supplier, translated

OUT = TRANSLATORS[FlowName.PURCHASE_ORDER_OUT]
ENTERED = date(2026, 2, 27)


def rules(**changes: Any) -> Settings:
    return settings(flows={"purchase_order_out": changes})


def booked(document: PurchaseOrder, made: Settings, *records: Any) -> PurchaseOrder:
    found = translated(OUT, document, made, *records).document
    assert isinstance(found, PurchaseOrder)
    return found


class TestRule:
    @pytest.mark.parametrize(
        "status, moment, expected",
        [
            (DocumentStatus.OPEN, ReleaseMoment.APPROVED, None),
            (DocumentStatus.CLOSED, ReleaseMoment.APPROVED, None),
            (DocumentStatus.DRAFT, ReleaseMoment.APPROVED, (Verdict.HOLD, "draft")),
            (DocumentStatus.DRAFT, ReleaseMoment.ENTERED, None),
            (DocumentStatus.CANCELLED, ReleaseMoment.ENTERED, (Verdict.LEAVE_OUT, "cancelled")),
        ],
    )
    def test_flow_1_entered_or_approved(
        self, status: DocumentStatus, moment: ReleaseMoment, expected: tuple[Any, ...] | None
    ) -> None:
        """FLOW-1: an order goes when it is approved, or as set when it is entered."""
        found = OUT.rule(purchase("PO-1", status=status), rules(moment=moment))
        assert (None if found is None else (found.verdict, found.reason.code)) == expected

    def test_older_than_the_start_date(self) -> None:
        """An order from before the start date is left out; a person may send it anyway."""
        found = OUT.rule(purchase("PO-1"), rules(start_date=TODAY))

        assert found is not None
        assert (found.reason.code, found.is_passable) == ("too-old", True)


class TestMapping:
    def test_section_4_6_purchase_order(self) -> None:
        """4.6: vendor, days, items, quantities and costs travel; lines keep their identity."""
        document = purchase("PO-17 MILLCO", "100 FLOUR 0.80", "5 SALT", currency="USD", memo="No")

        assert booked(document, rules()) == PurchaseOrder(
            id="",
            vendor=Reference("MILLCO"),
            created_on=ENTERED,
            due_on=date(2026, 3, 9),
            currency="USD",
            lines=(
                PurchaseLine(
                    id="L1",
                    item=Reference("FLOUR"),
                    quantity=Quantity(Decimal(100)),
                    unit_cost=Money(Decimal("0.80")),
                ),
                PurchaseLine(id="L2", item=Reference("SALT"), quantity=Quantity(Decimal(5))),
            ),
        )

    @pytest.mark.parametrize(
        "document, where",
        [
            (purchase("PO-1 M"), None),
            (purchase("PO-1", "1 SALT"), "vendor"),
            (
                purchase("PO-1 M", lines=(PurchaseLine(quantity=Quantity(Decimal(1))),)),
                "lines[0].item",
            ),
        ],
    )
    def test_what_is_incomplete_is_refused(self, document: PurchaseOrder, where: str) -> None:
        """An order without lines, vendor or item stops, and says which."""
        assert refused(OUT, document, rules()).where == where

    def test_doc_6_expected_date(self) -> None:
        """DOC-6: the due day is the expected date, unless that is switched off."""
        assert booked(purchase("PO-1 M", "1 SALT"), rules(expected_date=False)).due_on is None

    @pytest.mark.parametrize(
        "choice, day",
        [
            (CreationDate.EMPTY, ENTERED),
            (CreationDate.DOCUMENT_DATE, ENTERED),
            (CreationDate.SYNCHRONIZATION_DATE, TODAY),
        ],
    )
    def test_b8_each_value(self, choice: CreationDate, day: date) -> None:
        """B8, DOC-5: an order bears the day it was entered, or that of transfer."""
        assert booked(purchase("PO-1 M", "1 SALT"), rules(creation_date=choice)).created_on == day

    @pytest.mark.parametrize(
        "choice, number", [(DocumentNumber.BOOKS, None), (DocumentNumber.ORDER_CODE, "PO-1")]
    )
    def test_doc_3_who_numbers(self, choice: DocumentNumber, number: str | None) -> None:
        """DOC-3: the order's code becomes the number, or the books number it."""
        made = rules(document_number=choice)
        assert booked(purchase("PO-1 M", "1 SALT"), made).number == number
        assert OUT.must_check_number(made)
        assert OUT.other_number("PO-1", made) is None

    def test_doc_2_line_text(self) -> None:
        """DOC-2: the product's name becomes the line's description where that is set."""
        made = rules(line_description=LineDescription.PRODUCT_NAME)
        found = booked(purchase("PO-1 M", "1 SALT"), made, product("SALT", "Sea salt"))
        assert found.lines[0].description == "Sea salt"

    def test_prices_of_the_books(self) -> None:
        """No cost is sent where the books' own shall hold."""
        made = rules(send_prices=Prices.BOOKS)
        assert booked(purchase("PO-1 M", "1 SALT 2"), made).lines[0].unit_cost is None

    @pytest.mark.parametrize("outside, code", [(True, Reference("S")), (False, None)])
    def test_tax_codes_outside_the_us_only(self, outside: bool, code: Reference | None) -> None:
        """Lines bear a tax code where sending to books outside the US is switched on."""
        made = settings(flows={"purchase_order_out": {"tax_code": "S"}}, send_outside_us=outside)
        assert booked(purchase("PO-1 M", "1 SALT"), made).lines[0].tax_code == code

    def test_the_vendor_by_code_else_by_name(self) -> None:
        """The supplier's code is looked up first, then its name."""
        made = rules(vendor_name=VendorName.CODE_OR_NAME)
        found = translated(
            OUT, purchase("PO-1 MILLCO", "1 SALT"), made, supplier("MILLCO", "Mill Co")
        )
        assert found.alternatives == {(RecordKind.VENDOR, "MILLCO"): "Mill Co"}


class TestDoc1MissingItems:
    ACCOUNTS = {"create_missing_items": True, "income_account": "Sales"}  # noqa: RUF012 (read only)

    def test_b12_a_non_inventory_part_by_default(self) -> None:
        """B12, DOC-1: a missing product becomes a non-inventory part on the income account."""
        salt = product("SALT", "Sea salt", sales_price=Money(Decimal(2)))
        found = OUT.new_record(
            RecordKind.ITEM, "SALT", "SALT", context(rules(**self.ACCOUNTS), salt)
        )

        assert found == Item(
            id="",
            name="SALT",
            full_name="SALT",
            type=ItemType.NON_INVENTORY,
            description="Sea salt",
            sales_price=Money(Decimal(2)),
            income_account="Sales",
        )

    def test_of_id_and_name_the_id_wins(self) -> None:
        """DOC-1: where id and full name of the income account are given, the id counts."""
        made = rules(**self.ACCOUNTS, income_account_id="80000001-1")
        found = OUT.new_record(RecordKind.ITEM, "SALT", "SALT", context(made))

        assert isinstance(found, Item)
        assert found.income_account == "80000001-1"

    def test_an_inventory_part_has_three_accounts(self) -> None:
        """DOC-1: the inventory variant bears cost and asset accounts; without them it stops."""
        made = rules(**self.ACCOUNTS, item_type=CreatedItemType.INVENTORY, cogs_account="COGS")
        bare = OUT.new_record(RecordKind.ITEM, "SALT", "SALT", context(made))
        full = msgspec.structs.replace(
            made,
            purchase_order_out=msgspec.structs.replace(
                made.purchase_order_out, asset_account="Stock"
            ),
        )
        found = OUT.new_record(RecordKind.ITEM, "SALT", "SALT", context(full))

        assert isinstance(bare, Refusal)
        assert bare.choices[0].arguments["setting"] == "purchase-order-out.asset_account"
        assert isinstance(found, Item)
        assert (found.expense_account, found.asset_account) == ("COGS", "Stock")

    def test_off_by_default(self) -> None:
        """Neither items nor vendors are created unless that is switched on, and it is named."""
        for kind in (RecordKind.ITEM, RecordKind.VENDOR):
            assert OUT.new_record(kind, "X", "X", context(rules())) is None
            assert OUT.creation_setting(kind) in OPTIONS

    def test_missing_vendors(self) -> None:
        """A missing vendor is created where that is switched on."""
        made = rules(create_missing_vendors=True)
        found = OUT.new_record(RecordKind.VENDOR, "MILLCO", "MILLCO", context(made))
        assert found == Vendor(id="", name="MILLCO", full_name="MILLCO")


class TestAfterwards:
    def test_b11_custom_fields(self) -> None:
        """B11, DOC-9: with the switch on, code and fields are written once it is there."""
        made = rules(
            save_custom_fields=True,
            save_entity_code_to="CODE",
            custom_fields=(FieldPair("Job", "JOB"),),
        )
        document = purchase("PO-1 M", "1 SALT", custom_fields=fields(Job="7"))

        assert OUT.has_follow_ups(made)
        assert OUT.follow_ups(document, made) == fields(CODE="PO-1", JOB="7")
        assert OUT.follow_ups(document, rules()) == ()

    def test_13_nothing_below_what_was_received(self) -> None:
        """13: of an order that was received in part a line may grow, and not fall below that."""
        current = purchase("PO-1 M", "10 SALT 2")
        (line,) = current.lines
        current = msgspec.structs.replace(
            current, lines=(msgspec.structs.replace(line, delivered=Quantity(Decimal(4))),)
        )
        assert OUT.may_change(current, purchase("PO-1 M", "12 SALT 3")) is None
        found = OUT.may_change(current, purchase("PO-1 M", "3 SALT 2"))

        assert found is not None
        assert "4 of it are received or billed already" in found.sentence
        assert "purchase order" in found.sentence

    @pytest.mark.parametrize(
        "changes, same",
        [
            ({"id": "X", "revision": "2", "memo": "x", "status": DocumentStatus.CLOSED}, True),
            ({"vendor": Reference("m ")}, True),
            ({"vendor": Reference("N")}, False),
            ({"due_on": None}, False),
            ({"number": "PO-2"}, False),
            ({"lines": ()}, False),
        ],
    )
    def test_what_we_write(self, changes: dict[str, Any], same: bool) -> None:
        """Number, vendor, days and lines are ours; what else changes is the books'."""
        before = purchase("PO-1 M", "10 SALT 2.0")
        read = msgspec.structs.replace(before, **changes)

        assert (OUT.carried(read) == OUT.carried(before)) is same
        assert OUT.target_kind(before, rules()) is DocumentKind.PURCHASE_ORDER
