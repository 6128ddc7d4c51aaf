"""Receipt → bill or item receipt: parts, links, what is open, and each rule by its name."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterfoil.documents import (
    Action,
    Ancestor,
    Bill,
    BillLine,
    CustomField,
    DocumentKind,
    DocumentStatus,
    ItemReceipt,
    ListRecord,
    Money,
    Quantity,
    Receipt,
    RecordKind,
    Reference,
    Vendor,
)
from counterfoil.settings import (
    OPTIONS,
    CreationDate,
    DocumentNumber,
    FieldPair,
    FieldsOn,
    FlowName,
    ItemName,
    LineDescription,
    LinkedText,
    OrderMissing,
    OverDelivery,
    Prices,
    ReceiptBecomes,
    ReceiptMoment,
    Settings,
    UnlinkableLines,
    VendorName,
)
from counterfoil.translate import TRANSLATORS, LandedPart, Part, Verdict
from tests.support.builders import fields, product, settings

from .goods import TODAY, context, moved, receipt, refused, supplier, there, translated

OUT = TRANSLATORS[FlowName.RECEIPT_OUT]
CAME = date(2026, 2, 27)


def rules(**changes: Any) -> Settings:
    return settings(flows={"receipt_out": changes})


def bill(document: Receipt, made: Settings, *records: ListRecord, **known: Any) -> Bill:
    found = translated(OUT, document, made, *records, **known).document
    assert isinstance(found, Bill)
    return found


def split(document: Receipt, made: Settings, *landed: LandedPart) -> tuple[Part, ...]:
    parts = OUT.split(document, made, {each.key: each for each in landed})
    assert parts is not None
    return parts


def carried(part: Part) -> dict[str, Decimal]:
    assert isinstance(part.document, Receipt)
    return {line.order_line_id or "": line.moved.value for line in part.document.lines}


def shown(**counts: int) -> dict[str, Decimal]:
    return {name: Decimal(count) for name, count in counts.items()}


def landed(key: str, **lines: str) -> LandedPart:
    return LandedPart(key, tuple((name, Decimal(count)) for name, count in lines.items()))


class TestRule:
    START = date(2026, 2, 27)

    @pytest.mark.parametrize(
        "document, changes, expected",
        [
            (receipt("PO-1", "4/10 FLOUR"), {}, None),
            (receipt("PO-1", "4/10 FLOUR", received_on=None), {}, None),
            (receipt("PO-1", "0/10 FLOUR"), {}, (Verdict.HOLD, "nothing-moved", False)),
            (receipt("PO-1"), {}, (Verdict.HOLD, "nothing-moved", False)),
            (
                receipt("PO-1", "4/10 FLOUR", status=DocumentStatus.CANCELLED),
                {},
                (Verdict.LEAVE_OUT, "cancelled", False),
            ),
            (
                receipt("PO-1", "4/10 FLOUR", status=DocumentStatus.DRAFT),
                {},
                (Verdict.HOLD, "draft", False),
            ),
            (receipt("PO-1", "4/10 FLOUR"), {"start_date": START}, None),
            (
                receipt("PO-1", "4/10 FLOUR", received_on=date(2026, 2, 26)),
                {"start_date": START},
                (Verdict.LEAVE_OUT, "too-old", True),
            ),
            (
                receipt("PO-1", "4/10 FLOUR", "5/5 SALT"),
                {"moment": ReceiptMoment.COMPLETE},
                (Verdict.HOLD, "not-complete", True),
            ),
            (receipt("PO-1", "10/10 FLOUR"), {"moment": ReceiptMoment.COMPLETE}, None),
            (
                receipt("PO-1", "4/10 FLOUR", status=DocumentStatus.CLOSED),
                {"moment": ReceiptMoment.COMPLETE},
                None,
            ),
            (
                receipt("PO-1", "4 FLOUR"),
                {"moment": ReceiptMoment.COMPLETE},
                (Verdict.HOLD, "not-complete", True),
            ),
            (receipt("PO-1", "0/10 FLOUR"), {"whole_once": True}, None),
        ],
    )
    def test_flow_1_from_when_on_it_goes(
        self, document: Receipt, changes: dict[str, Any], expected: tuple[Any, ...] | None
    ) -> None:
        """FLOW-1: goods go once received, or once all are; the cancelled and the old never do.

        Only what waits for the rest, or is merely old, may be sent anyway.
        """
        found = OUT.rule(document, rules(**changes))

        told = None if found is None else (found.verdict, found.reason.code, found.is_passable)
        assert told == expected


class TestParts:
    def test_34_what_came_since_is_a_part_of_its_own(self) -> None:
        """34: 4 of 10 are billed and 7 have come: the first part stays, the second carries 3."""
        first, second = split(receipt("PO-1", "7/10 FLOUR"), rules(), landed("1", L1="4"))

        assert (first.key, carried(first)) == ("1", shown(L1=4))
        assert (second.key, carried(second)) == ("2", shown(L1=3))

    def test_36_what_has_not_landed_is_one_part(self) -> None:
        """36: as long as nothing has landed, one part carries all that came."""
        (only,) = split(receipt("PO-1", "7/10 FLOUR", "2/5 SALT"), rules())

        assert (only.key, carried(only)) == ("1", shown(L1=7, L2=2))

    def test_only_lines_that_moved_are_carried(self) -> None:
        """A line of which nothing came is on no bill."""
        (only,) = split(receipt("PO-1", "0/10 FLOUR", "2/5 SALT"), rules())

        assert carried(only) == shown(L2=2)

    def test_nothing_moved_has_no_parts(self) -> None:
        """A receiving that is only planned is no document of the books."""
        assert split(receipt("PO-1", "0/10 FLOUR"), rules()) == ()

    def test_what_is_not_known_gives_no_parts_to_guess_from(self) -> None:
        """Where a landed part does not tell what it carried, nothing is said of the rest."""
        document = receipt("PO-1", "7/10 FLOUR")

        assert OUT.split(document, rules(), {"1": LandedPart("1", None)}) is None

    def test_a_landed_part_stays_as_it_was_sent(self) -> None:
        """34: when more comes, on another day and of a larger order, the first part is the same."""
        (before,) = split(receipt("PO-1", "4/10 FLOUR 0.80"), rules())
        grown = receipt("PO-1", "7/12 FLOUR 0.80", received_on=date(2026, 3, 1))
        after, _second = split(grown, rules(), landed("1", L1="4"))

        assert after.fingerprint == before.fingerprint

    def test_another_cost_is_a_change(self) -> None:
        """A cost that is corrected at the source changes what its part carries."""
        (one,) = split(receipt("PO-1", "4/10 FLOUR 0.80"), rules())
        (other,) = split(receipt("PO-1", "4/10 FLOUR 0.90"), rules())

        assert one.fingerprint != other.fingerprint

    def test_lines_of_one_order_line_are_one(self) -> None:
        """Two lots of one order line are counted together: what landed is known by that line."""
        lots = receipt("PO-1", moved("3/10 FLOUR", "L1"), moved("2/10 FLOUR", "L1"))
        first, second = split(lots, rules(), landed("1", L1="4"))

        assert (carried(first), carried(second)) == (shown(L1=4), shown(L1=1))

    def test_lines_without_an_order_line_are_known_by_their_place(self) -> None:
        """Where the source names no order line, a line keeps its place as its name."""
        document = receipt("PO-1", moved("4 FLOUR", None), moved("2 SALT", None))
        (rest,) = split(document, rules(), landed("1", **{"#1": "4"}))[1:]

        assert isinstance(rest.document, Receipt)
        assert [line.item.name for line in rest.document.lines] == ["SALT"]

    def test_b4_whole_quantities(self) -> None:
        """B4, FLOW-11: with whole quantities 40 of 100 received make a bill of 100, once."""
        made = rules(whole_once=True)
        document = receipt("PO-1 MILLCO", "40/100 FLOUR")
        (only,) = split(document, made)
        (line,) = bill(only.document, made).lines  # type: ignore[arg-type]  # a receipt's part

        assert line.quantity == Quantity(Decimal(100))
        told = translated(OUT, only.document, made).left_out
        assert "Line 1 (FLOUR) goes as ordered, with 100, although 40 moved." in told
        grown = receipt("PO-1 MILLCO", "70/100 FLOUR")
        assert [part.fingerprint for part in split(grown, made, landed("1", L1="100"))] == [
            only.fingerprint
        ]

    def test_flow_11_what_moved_differs(self) -> None:
        """FLOW-11, section 4.8: a bill of what was ordered says where less or more came."""
        made = rules(whole_once=True)
        document = receipt("PO-1 MILLCO", "40/100 FLOUR", "5/5 SALT", "3/2 YEAST")
        found = translated(
            OUT, document, made, order=there(["0/100 FLOUR", "0/5 SALT", "0/2 YEAST"])
        )

        assert found.left_out == (
            "Line 1 (FLOUR) goes as ordered, with 100, although 40 moved.",
            "Line 3 (YEAST) goes as ordered, with 2, although 3 moved.",
        )

    @pytest.mark.parametrize(
        "ordered, once, more", [(100, True, 0), (130, True, 30), (130, False, 0)]
    )
    def test_what_is_ordered_after_the_only_bill(
        self, ordered: int, *, once: bool, more: int
    ) -> None:
        """FLOW-11: what goes into no bill any more is told, item and quantity."""
        grown = receipt("PO-1 MILLCO", f"100/{ordered} FLOUR")
        told = OUT.left_over(grown, rules(whole_once=once), {"1": landed("1", L1="100")})

        assert [each.split(" came")[0] for each in told] == [f"{more} of FLOUR"] * bool(more)
        assert OUT.left_over(grown, rules(whole_once=once), {}) == ()

    @given(
        counts=st.lists(st.integers(0, 9), min_size=1, max_size=4),
        growth=st.lists(st.integers(0, 9), min_size=4, max_size=4),
    )
    def test_everything_that_came_is_carried_once(
        self, counts: list[int], growth: list[int]
    ) -> None:
        """Whatever came before and since, the parts together carry it, each piece once."""
        before = receipt("PO-1", *(f"{count} FLOUR" for count in counts))
        has = [
            LandedPart(part.key, tuple(carried(part).items())) for part in split(before, rules())
        ]
        now = [count + more for count, more in zip(counts, growth, strict=False)]
        after = receipt("PO-1", *(f"{count} FLOUR" for count in now))
        sums: dict[str, Decimal] = {}
        for part in split(after, rules(), *has):
            for key, count in carried(part).items():
                sums[key] = sums.get(key, Decimal(0)) + count

        assert sums == {f"L{place}": Decimal(n) for place, n in enumerate(now, start=1) if n}


class TestUnlinked:
    ALONE = MappingProxyType({"link_to_order": False})

    def test_section_4_6_bill(self) -> None:
        """4.6: vendor, day, items, quantities and costs travel; lines keep their identity."""
        document = receipt("PO-17 MILLCO", "4/10 FLOUR 0.80", "2/5 SALT", currency="USD")

        assert bill(document, rules(**self.ALONE)) == Bill(
            id="",
            vendor=Reference("MILLCO"),
            created_on=CAME,
            currency="USD",
            lines=(
                BillLine(
                    id="L1",
                    item=Reference("FLOUR"),
                    quantity=Quantity(Decimal(4)),
                    unit_cost=Money(Decimal("0.80")),
                ),
                BillLine(id="L2", item=Reference("SALT"), quantity=Quantity(Decimal(2))),
            ),
        )

    def test_prices_of_the_books(self) -> None:
        """No cost is sent where the books' own shall hold."""
        made = rules(**self.ALONE, send_prices=Prices.BOOKS)
        assert bill(receipt("PO-1 M", "1 FLOUR 0.80"), made).lines[0].unit_cost is None

    @pytest.mark.parametrize(
        "choice, text",
        [
            (LineDescription.EMPTY, None),
            (LineDescription.PRODUCT_NAME, "Wheat flour"),
            (LineDescription.PRODUCT_OBSERVATIONS, "Keep dry"),
            (LineDescription.LINE_OBSERVATIONS, "Two bags torn"),
        ],
    )
    def test_doc_2_line_text(self, choice: LineDescription, text: str | None) -> None:
        """DOC-2: each of the texts leads to the line's description."""
        document = receipt("PO-1 M", moved("4 FLOUR", "L1", notes="Two bags torn"))
        flour = product("FLOUR", "Wheat flour", notes="Keep dry")
        made = rules(**self.ALONE, line_description=choice)

        assert bill(document, made, flour).lines[0].description == text

    def test_item_by_custom_field(self) -> None:
        """The item's name may stand in a field of the product; without it the document stops."""
        made = rules(**self.ALONE, item_name=ItemName.CUSTOM_FIELD, item_name_field="QB")
        flour = product("FLOUR", custom_fields=fields(QB="Food:Flour"))
        document = receipt("PO-1 M", "4 FLOUR")

        assert bill(document, made, flour).lines[0].item == Reference("Food:Flour")
        found = refused(OUT, document, made, product("FLOUR"))
        assert (found.code, found.where) == ("reference-missing", "lines[0].item")

    def test_it_says_that_it_goes_without_its_order(self) -> None:
        """48: a bill whose order is not in the books goes alone, as set, and says so."""
        told = translated(OUT, receipt("PO-17 M", "4 FLOUR"), rules())

        assert told.left_out == ("It goes without its order PO-17, which is not in QuickBooks.",)
        assert translated(OUT, receipt("PO-17 M", "4 FLOUR"), rules(**self.ALONE)).left_out == ()

    @pytest.mark.parametrize("outside, code", [(True, Reference("S")), (False, None)])
    def test_tax_codes_outside_the_us_only(self, outside: bool, code: Reference | None) -> None:
        """Lines bear a tax code in Canadian and UK books, where sending there is switched on."""
        made = settings(
            flows={"receipt_out": {**self.ALONE, "tax_code": "S"}}, send_outside_us=outside
        )
        assert bill(receipt("PO-1 M", "4 FLOUR"), made).lines[0].tax_code == code


class TestVendor:
    @pytest.mark.parametrize(
        "choice, called, name, other",
        [
            (VendorName.SUPPLIER_CODE, "Mill Co", "MILLCO", None),
            (VendorName.SUPPLIER_NAME, "Mill Co", "Mill Co", None),
            (VendorName.CODE_OR_NAME, "Mill Co", "MILLCO", "Mill Co"),
            (VendorName.CODE_OR_NAME, "MILLCO", "MILLCO", None),
            (VendorName.CODE_OR_NAME, None, "MILLCO", None),
        ],
    )
    def test_each_value(
        self, choice: VendorName, called: str | None, name: str, other: str | None
    ) -> None:
        """The vendor is the supplier's code, its name, or the code and where absent the name."""
        made = rules(link_to_order=False, vendor_name=choice)
        told = translated(OUT, receipt("PO-1 MILLCO", "1 SALT"), made, supplier("MILLCO", called))

        assert isinstance(told.document, Bill)
        assert told.document.vendor == Reference(name)
        assert told.alternatives == ({(RecordKind.VENDOR, name): other} if other else {})
        assert all(
            told.origins[RecordKind.VENDOR, each] == "MILLCO" for each in (name, other) if each
        )

    @pytest.mark.parametrize(
        "choice, heading",
        [(VendorName.SUPPLIER_CODE, "PO-1"), (VendorName.SUPPLIER_NAME, "PO-1 X")],
    )
    def test_an_empty_source_is_refused(self, choice: VendorName, heading: str) -> None:
        """A receipt without the chosen text stops, and the setting is named."""
        made = rules(link_to_order=False, vendor_name=choice)
        found = refused(OUT, receipt(heading, "1 SALT"), made)

        assert (found.code, found.where) == ("reference-missing", "vendor")
        assert choice.label in found.sentence

    @pytest.mark.parametrize("allowed", [True, False])
    def test_missing_vendors(self, allowed: bool) -> None:
        """A vendor is created only where that is allowed, with the supplier's data."""
        made = rules(create_missing_vendors=allowed)
        known = context(made, supplier("MILLCO", "Mill Co"))
        found = OUT.new_record(RecordKind.VENDOR, "Mill Co", "MILLCO", known)

        expected = Vendor(id="", name="Mill Co", full_name="Mill Co", company_name="Mill Co")
        assert found == (expected if allowed else None)
        key = OUT.creation_setting(RecordKind.VENDOR)
        assert key in OPTIONS

    def test_b12_items_come_with_purchase_orders_only(self) -> None:
        """B12, DOC-1: a missing item stops a receipt; no setting of the flow creates it."""
        assert OUT.new_record(RecordKind.ITEM, "SALT", "SALT", context(rules())) is None
        assert OUT.creation_setting(RecordKind.ITEM) is None


class TestBecomes:
    @pytest.mark.parametrize(
        "choice, first, then",
        [
            (ReceiptBecomes.BILL, DocumentKind.BILL, DocumentKind.BILL),
            (ReceiptBecomes.ITEM_RECEIPT, DocumentKind.ITEM_RECEIPT, DocumentKind.ITEM_RECEIPT),
            (
                ReceiptBecomes.ITEM_RECEIPT_THEN_BILL,
                DocumentKind.ITEM_RECEIPT,
                DocumentKind.BILL,
            ),
        ],
    )
    def test_53_a_bill_at_once_never_or_later(
        self, choice: ReceiptBecomes, first: DocumentKind, then: DocumentKind
    ) -> None:
        """53: goods become a bill, an item receipt, or a receipt that sent again is a bill."""
        made = rules(becomes=choice)
        document = receipt("PO-1 M", "1 SALT")
        types = {DocumentKind.BILL: Bill, DocumentKind.ITEM_RECEIPT: ItemReceipt}

        assert OUT.target_kind(document, made) is first
        assert isinstance(translated(OUT, document, made).document, types[first])
        assert OUT.next_kind(first, document, made, pressed=True) is then
        assert OUT.next_kind(first, document, made, pressed=False) is first
        assert OUT.next_kind(DocumentKind.BILL, document, made, pressed=True) is DocumentKind.BILL
        again = translated(OUT, document, made, kind=then)
        assert isinstance(again.document, types[then])


class TestNumber:
    @pytest.mark.parametrize(
        "choice, part, number",
        [
            (DocumentNumber.BOOKS, "1", None),
            (DocumentNumber.ORDER_CODE, "1", "PO-17"),
            (DocumentNumber.ORDER_CODE, "2", "PO-17-2"),
            (DocumentNumber.OWN_CODE, "1", "RCV-4"),
            (DocumentNumber.OWN_CODE, "3", "RCV-4-3"),
        ],
    )
    def test_doc_3_the_parents_code(
        self, choice: DocumentNumber, part: str, number: str | None
    ) -> None:
        """DOC-3: a bill bears its order's code or its own, with its part, or no number."""
        document = receipt("PO-17 M", "1 SALT", number="RCV-4")
        assert OUT.number(document, part, rules(document_number=choice)) == number

    def test_a_taken_number_is_no_reason_for_another(self) -> None:
        """DOC-3: what bears the number may be this very bill, so no other number is tried."""
        assert OUT.other_number("PO-17", rules()) is None
        assert OUT.must_check_number(rules())
        assert not OUT.must_check_number(rules(check_number_is_free=False))


class TestCreationDate:
    @pytest.mark.parametrize(
        "choice, came, day",
        [
            (CreationDate.EMPTY, CAME, CAME),
            (CreationDate.DOCUMENT_DATE, CAME, CAME),
            (CreationDate.SYNCHRONIZATION_DATE, CAME, TODAY),
            (CreationDate.EMPTY, None, TODAY),
        ],
    )
    def test_b8_each_value(self, choice: CreationDate, came: date | None, day: date) -> None:
        """B8, DOC-5: a bill bears the day its goods came, or that of transfer."""
        document = receipt("PO-1 M", "1 SALT", received_on=came)
        assert bill(document, rules(creation_date=choice)).created_on == day

    def test_b9_bills_have_no_ship_date(self) -> None:
        """B9, DOC-6: the due date of a receiving is not sent."""
        document = receipt("PO-1 M", "1 SALT", due_on=date(2026, 3, 9))
        assert bill(document, rules()).due_on is None


class TestLinked:
    OPEN = there(["0/10 FLOUR 0.80", "0/5 SALT 2.00"])

    def test_a_linked_line_says_which_order_line_and_how_much(self) -> None:
        """A linked line bears its link and quantity; item and vendor are the order's own."""
        document = receipt("PO-17 MILLCO", "4/10 FLOUR 9.99")
        found = bill(document, rules(), order=self.OPEN)

        assert found.vendor == Reference("Mill Co", "9-2")
        (line,) = found.lines
        assert line.link is not None
        assert (line.link.order_id, line.link.line_id) == ("T", "T1")
        bare = msgspec.structs.replace(line, link=None)
        assert bare == BillLine(
            id="L1", item=Reference("FLOUR", "item-FLOUR"), quantity=Quantity(Decimal(4))
        )

    def test_lines_stand_in_the_sequence_of_the_order(self) -> None:
        """Linked lines stand as the order's lines do, whatever the receipt's sequence."""
        document = receipt("PO-17 M", moved("2/5 SALT", "L2"), moved("4/10 FLOUR", "L1"))
        found = bill(document, rules(), order=self.OPEN)

        assert [line.id for line in found.lines] == ["L1", "L2"]

    @pytest.mark.parametrize(
        "price, count, amount",
        [
            ("0.80", "4", None),
            ("0.125", "3", "0.38"),
            ("0.125", "8", None),
            ("0.333", "1.5", "0.50"),
            ("10", "0.333", None),
        ],
    )
    def test_the_amount_goes_where_the_books_would_figure_another(
        self, price: str, count: str, amount: str | None
    ) -> None:
        """Corrections 7: the amount goes along where the product has more places than cents."""
        order = there([f"0/10 FLOUR {price}"])
        (line,) = bill(receipt("PO-17 M", f"{count}/10 FLOUR"), rules(), order=order).lines

        assert line.amount == (None if amount is None else Money(Decimal(amount)))

    @pytest.mark.parametrize(
        "order, moved_, code",
        [
            (there(["10/10 FLOUR"], made_into=["bill B9"]), "4/10 FLOUR", "already-billed"),
            (there(["4/10 FLOUR"], closed=[1]), "4/10 FLOUR", "already-billed"),
            (
                there(["0/10 FLOUR"], status=DocumentStatus.CLOSED),
                "4/10 FLOUR",
                "already-billed",
            ),
            (there(["8/10 FLOUR"], made_into=["bill B9"]), "4/10 FLOUR", "over-delivered"),
            (there(["0/10 FLOUR"], paired={}), "4/10 FLOUR", "order-line-unknown"),
            (there(["0/10 FLOUR"], paired={"L1": "T9"}), "4/10 FLOUR", "order-line-unknown"),
        ],
    )
    def test_55_only_what_is_open_is_taken(self, order: Any, moved_: str, code: str) -> None:
        """55: what was billed by hand, closed, or is not on the order stops the document."""
        found = refused(OUT, receipt("PO-17 M", moved_), rules(), order=order)

        assert found.code == code
        assert "FLOUR" in found.sentence
        assert "purchase order PO-17" in found.sentence

    def test_55_a_refusal_names_what_is_there(self) -> None:
        """55: the refusal names line, quantities and the bills, and offers to adopt one."""
        order = there(["10/10 FLOUR"], made_into=["bill B9", "item-receipt R2"])
        found = refused(OUT, receipt("PO-17 M", "4/10 FLOUR"), rules(), order=order)

        assert found.sentence == (
            "Line 1 “FLOUR” of the receiving: 4 came, and 0 of the 10 on QuickBooks's purchase "
            "order PO-17 are still open; it has bill B9, item receipt R2 already."
        )
        assert Action.ADOPT in {choice.action for choice in found.choices}

    def test_over_delivery_takes_what_is_open(self) -> None:
        """Over-delivery, as set: what is open is billed, and the rest is told."""
        made = rules(over_delivery=OverDelivery.TAKE_OPEN)
        told = translated(OUT, receipt("PO-17 M", "4/10 FLOUR"), made, order=there(["8/10 FLOUR"]))

        assert isinstance(told.document, Bill)
        assert [line.quantity for line in told.document.lines] == [Quantity(Decimal(2))]
        assert told.left_out == (
            "Line 1 (FLOUR): 2 more moved than is open of purchase order PO-17; they do not go.",
        )

    def test_over_delivery_goes_beside_the_order(self) -> None:
        """Over-delivery, as set: the rest is a line of its own, with the receipt's cost."""
        made = rules(over_delivery=OverDelivery.UNLINKED)
        document = receipt("PO-17 M", "4/10 FLOUR 0.80", "1/5 SALT")
        first, second, rest = bill(document, made, order=there(["8/10 FLOUR", "0/5 SALT"])).lines

        assert (first.quantity, second.quantity) == (Quantity(Decimal(2)), Quantity(Decimal(1)))
        assert rest == BillLine(
            id="L1",
            item=Reference("FLOUR"),
            quantity=Quantity(Decimal(2)),
            unit_cost=Money(Decimal("0.80")),
        )

    @pytest.mark.parametrize("choice", OverDelivery)
    def test_where_nothing_is_open_it_always_stops(self, choice: OverDelivery) -> None:
        """55: a line that is billed already is billed no second time, whatever is set."""
        order = there(["10/10 FLOUR"])
        made = rules(over_delivery=choice)
        assert (
            refused(OUT, receipt("PO-17 M", "4 FLOUR"), made, order=order).code == "already-billed"
        )

    def test_two_lines_share_what_is_open(self) -> None:
        """Two lines that fulfil one order line take no more of it together than is open."""
        order = there(["4/10 FLOUR"], paired={"L1": "T1", "L2": "T1"})
        found = refused(OUT, receipt("PO-17 M", "4 FLOUR", "3 FLOUR"), rules(), order=order)

        assert (found.code, found.where) == ("over-delivered", "lines[1].moved")

    def test_what_the_order_does_not_tell_the_books_decide(self) -> None:
        """Where the order does not tell what was received, the line is linked as it is."""
        (line,) = bill(receipt("PO-17 M", "4 FLOUR"), rules(), order=there(["?/10 FLOUR"])).lines
        assert line.link is not None

    def test_49_a_line_the_order_lacks_goes_beside_it(self) -> None:
        """49: a line of which the order has none goes unlinked, as set, after the linked ones."""
        made = rules(lines_outside_order=UnlinkableLines.UNLINKED)
        document = receipt("PO-17 M", moved("1 YEAST 3", None), moved("4/10 FLOUR", "L1"))
        first, second = bill(document, made, order=self.OPEN).lines

        assert (first.id, first.link is None) == ("L1", False)
        assert (second.item, second.link) == (Reference("YEAST"), None)

    def test_other_units_are_not_compared(self) -> None:
        """A quantity in another unit than the order's line cannot be told to be open."""
        order = there(["0/10 FLOUR"])
        (line,) = order.document.lines  # type: ignore[attr-defined]  # an order's
        boxes = msgspec.structs.replace(line, quantity=Quantity(Decimal(10), "box"))
        order = msgspec.structs.replace(
            order, document=msgspec.structs.replace(order.document, lines=(boxes,))
        )
        bags = receipt("PO-17 M", moved("4 FLOUR", "L1", moved=Quantity(Decimal(4), "bag")))

        assert refused(OUT, bags, rules(), order=order).code == "unit-unknown"
        (found,) = bill(receipt("PO-17 M", "4 FLOUR"), rules(), order=order).lines
        assert found.quantity == Quantity(Decimal(4))

    @pytest.mark.parametrize(
        "choice, memo, told", [(LinkedText.MEMO, "Torn", 0), (LinkedText.LEAVE_OUT, None, 1)]
    )
    def test_doc_2_texts_of_linked_lines(
        self, choice: LinkedText, memo: str | None, told: int
    ) -> None:
        """DOC-2, corrections 3: a linked line takes no text; it goes to the memo or is told."""
        made = rules(line_description=LineDescription.LINE_OBSERVATIONS, linked_text=choice)
        document = receipt("PO-17 M", moved("4 FLOUR", "L1", notes="Torn"))
        found = translated(OUT, document, made, order=self.OPEN)

        assert isinstance(found.document, Bill)
        assert (found.document.memo, len(found.left_out)) == (memo, told)
        assert found.document.lines[0].description is None

    def test_flow_10_one_document_of_an_order(self) -> None:
        """FLOW-10, B3: with whole quantities, an order that has a bill gets no second one."""
        made = rules(whole_once=True)
        order = there(["0/10 FLOUR"], made_into=["bill B9"])
        found = refused(OUT, receipt("PO-17 M", "4/10 FLOUR"), made, order=order)

        assert found.code == "one-per-order"
        assert "bill B9" in found.sentence

    @pytest.mark.parametrize("links", [True, False])
    def test_it_names_its_order(self, links: bool) -> None:
        """The order it is linked to is the one at its source, where documents are linked."""
        found = OUT.order_of(receipt("PO-17 M", "1 SALT"), rules(link_to_order=links))
        assert found == (Ancestor("purchase-order", "id-PO-17") if links else None)

    @pytest.mark.parametrize("choice", OrderMissing)
    def test_48_without_its_order(self, choice: OrderMissing) -> None:
        """48: whether it goes without an order that cannot come is a setting."""
        found = OUT.may_go_unlinked(rules(order_missing=choice))
        assert found is (choice is OrderMissing.UNLINKED)


class TestDoc9CustomFields:
    PAIRS = (FieldPair("Lot", "LOT"), FieldPair("lot", "WRONG CASE"))
    DOCUMENT = receipt("PO-17 M", "4/10 FLOUR", custom_fields=fields(Lot="L77"))

    def rules(self, where: FieldsOn, *, on: bool = True) -> Settings:
        return rules(
            save_custom_fields=on,
            save_entity_code_to="CODE",
            custom_fields=self.PAIRS,
            custom_fields_on=where,
        )

    def test_b11_bills_have_no_header_fields(self) -> None:
        """B11, corrections 9: nothing is written to a bill afterwards, whatever is set."""
        made = self.rules(FieldsOn.MEMO)
        assert not OUT.has_follow_ups(made)
        assert OUT.follow_ups(self.DOCUMENT, made) == ()

    @pytest.mark.parametrize("on, memo", [(True, "CODE: PO-17; LOT: L77"), (False, None)])
    def test_b11_in_the_memo(self, on: bool, memo: str | None) -> None:
        """B11: code and fields stand in the memo, with the switch on; the case of names counts."""
        assert bill(self.DOCUMENT, self.rules(FieldsOn.MEMO, on=on)).memo == memo

    def test_b11_on_the_lines(self) -> None:
        """B11: as set, each line bears them as its item's fields; a linked line says it cannot."""
        made = self.rules(FieldsOn.LINES)
        alone = bill(self.DOCUMENT, made)
        linked = translated(OUT, self.DOCUMENT, made, order=there(["0/10 FLOUR"]))

        expected = (CustomField("CODE", "PO-17"), CustomField("LOT", "L77"))
        assert (alone.memo, alone.lines[0].custom_fields) == (None, expected)
        assert isinstance(linked.document, Bill)
        assert linked.document.lines[0].custom_fields == ()
        assert "linked to an order takes none" in linked.left_out[0]


class TestCarried:
    BILL = Bill(
        id="B1",
        number="PO-17",
        vendor=Reference("Mill Co", "9-2"),
        created_on=CAME,
        lines=(
            BillLine(id="1", item=Reference("FLOUR", "8-1"), quantity=Quantity(Decimal("4.0"))),
        ),
        total=Money(Decimal("3.20")),
    )

    @pytest.mark.parametrize("changes", [{"id": "B2"}, {"total": None}, {"currency": "USD"}])
    def test_what_others_add_is_no_change(self, changes: dict[str, Any]) -> None:
        """Identity, totals and currency are the books' own."""
        read = msgspec.structs.replace(self.BILL, **changes)
        assert OUT.carried(read) == OUT.carried(self.BILL)

    @pytest.mark.parametrize(
        "changes",
        [
            {"number": "PO-18"},
            {"vendor": Reference("Mill Co", "9-3")},
            {"created_on": TODAY},
            {"memo": "Paid in part"},
            {"lines": ()},
            {"lines": (BillLine(item=Reference("FLOUR", "8-1"), quantity=Quantity(Decimal(5))),)},
        ],
    )
    def test_what_we_write_is_a_change(self, changes: dict[str, Any]) -> None:
        """Number, vendor, day, memo, items and quantities are ours."""
        read = msgspec.structs.replace(self.BILL, **changes)
        assert OUT.carried(read) != OUT.carried(self.BILL)
        assert OUT.may_change(self.BILL, read) is None
