"""Purchase order → purchase order or bill, from the operations system to the books (OUT-PO)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Final

import msgspec

from counterfoil.documents import (
    ERROR_MARK,
    EXTERNAL_NUMBER,
    Bill,
    BillLine,
    CustomField,
    Document,
    DocumentKind,
    DocumentStatus,
    ListRecord,
    PurchaseLine,
    PurchaseOrder,
    RecordKind,
    Reference,
    Refusal,
    name_key,
    reason,
    refuse,
)
from counterfoil.settings import (
    DocumentNumber,
    FlowName,
    Prices,
    PurchaseOrderBecomes,
    ReleaseMoment,
    Settings,
    WrittenBack,
)
from counterfoil.settings import PurchaseOrderOut as Rules

from ._carried import carried_bill, carried_details, carried_purchase_line, carried_reference
from ._changing import may_change_order
from ._goods import accounts_of_new, item_needs, line_text, new_item, the_item
from ._heading import (
    MEMO_JOINT,
    creation_date,
    custom_fields,
    document_number,
    order_ruling,
    outside_window,
    places_of,
    tax_code_of,
)
from ._identities import by_identity
from ._named import Named, all_names
from ._order_details import details_of, part_number_of
from ._parties import new_customer, new_vendor, the_vendor, vendor_needs
from ._parts import LandedPart, Part, whole
from ._plain import plain_text
from ._sites import site_of_order
from ._translator import Alone, Became, Context, Ruling, Translated, Verdict

__all__ = ["PurchaseOrderOut"]

_SECTION: Final = FlowName.PURCHASE_ORDER_OUT
_CREATION_SETTINGS: Final = {
    RecordKind.VENDOR: f"{_SECTION}.create_missing_vendors",
    RecordKind.CUSTOMER: f"{_SECTION}.create_missing_customers",
    RecordKind.ITEM: f"{_SECTION}.create_missing_items",
}


class PurchaseOrderOut(Alone):
    """The rules DOC-1 to DOC-3, DOC-5, DOC-6 and DOC-9, OP1 to OP12 for purchase orders."""

    def rule(self, document: Document, settings: Settings) -> Ruling | None:
        """Hold what is not approved, as set; leave out what is cancelled or too old."""
        order, rules = _order(document), settings.purchase_order_out
        return (
            order_ruling(order.status, order.created_on, rules)
            or _numbered_elsewhere(order, rules)
            or _other_vendor(order, rules)
            or _not_received(order, rules)
        )

    def window(self, document: Document, settings: Settings, today: date) -> Ruling | None:
        """OP9: what was created longer ago than is looked back does not go by itself."""
        return outside_window(_order(document).created_on, today, settings.purchase_order_out)

    def split(
        self, document: Document, settings: Settings, landed: Mapping[str, LandedPart]
    ) -> tuple[Part, ...] | None:
        """It goes as a whole; a record that was renamed does not make it another order."""
        order = by_identity(_order(document))
        lines = tuple(by_identity(line) for line in order.lines)
        (part,) = whole(msgspec.structs.replace(order, lines=lines))
        return (msgspec.structs.replace(part, document=document),)

    def target_kind(self, document: Document, settings: Settings) -> DocumentKind:
        """A purchase order, or a bill of all that was ordered, as set (OP1, S10)."""
        return _KINDS[settings.purchase_order_out.becomes]

    def needs(self, document: Document, settings: Settings) -> tuple[tuple[RecordKind, str], ...]:
        """Read the supplier for its name, and the products for their texts or fields."""
        order, rules = _order(document), settings.purchase_order_out
        return (
            *vendor_needs(order.vendor, rules),
            *item_needs((line.item for line in order.lines), rules),
            *_part_number_needs(order, rules),
        )

    def number(self, document: Document, part: str, settings: Settings) -> str | None:
        """DOC-3, P26: the order's own number or the external one; or the books number it."""
        numbers = {
            DocumentNumber.ORDER_CODE: document.number,
            DocumentNumber.EXTERNAL_NUMBER: _order(document).external_number,
        }
        return document_number(numbers, part, settings.purchase_order_out)

    def must_check_number(self, settings: Settings) -> bool:
        """DOC-3 (P): look first whether the number is in use."""
        return settings.purchase_order_out.check_number_is_free

    def other_number(self, number: str, settings: Settings) -> str | None:
        """A number of the operations system is never altered."""
        return None

    def translate(
        self, document: Document, number: str | None, context: Context
    ) -> Translated | Refusal:
        """Translate an order into the purchase order, or the bill, that books it.

        Returns:
            The document, its lines in the source's order; or the refusal of an order without
            lines, of one that does not name its vendor or an item, or of a bill for which no
            payables account is set.

        Source:
            Reference section 4.6, column OUT-PO; features OP1 to OP12, S10 to S15.
        """
        order, rules = _order(document), context.settings.purchase_order_out
        if not order.lines:
            return refuse("nothing-to-send", document="purchase order")
        party = the_vendor(order.vendor, rules, context, "purchase order")
        if isinstance(party, Refusal):
            return party
        details = details_of(order, rules, context)
        items = _items(order, context)
        if isinstance(items, Refusal):
            return items
        site = site_of_order(order, context)
        if isinstance(site, Refusal):
            return site
        lines = zip(order.lines, items, details.customers, strict=True)
        booked = PurchaseOrder(
            id="",
            number=number,
            vendor=party.reference,
            created_on=creation_date(order.created_on, rules, context.today),
            due_on=order.due_on if rules.expected_date else None,
            currency=order.currency,
            lines=tuple(_line(*each, context) for each in lines),
            payables_account=Reference(rules.payables_account) if rules.payables_account else None,
            site=site,
            **details.head,
            **places_of(rules),
        )
        is_billed = (context.kind or self.target_kind(order, context.settings)) is DocumentKind.BILL
        sent = _billed(booked, order, context) if is_billed else booked
        if isinstance(sent, Refusal):
            return sent
        return Translated(
            document=sent,
            **all_names((party, *details.names, *items)),
            left_out=details.left_out,
        )

    def carried(self, document: Document) -> Document:
        """Number, vendor, both days and the lines: item, text, quantity, cost."""
        if isinstance(document, Bill):
            return carried_bill(document)
        order = _order(document)
        return PurchaseOrder(
            id="",
            number=plain_text(order.number),
            vendor=carried_reference(order.vendor),
            created_on=order.created_on,
            due_on=order.due_on,
            lines=tuple(carried_purchase_line(line) for line in order.lines),
        )

    def under(self, settings: Settings) -> PurchaseOrderOut:
        """Where an order's further fields are carried, they are compared, too."""
        return _WITH_DETAILS if settings.purchase_order_out.carry_details else self

    def may_change(self, current: Document, document: Document) -> Refusal | None:
        """Nothing below what was received or billed; nothing is delivered of a bill."""
        if isinstance(current, Bill):
            return None
        return may_change_order(_order(current), _order(document))

    def has_follow_ups(self, settings: Settings) -> bool:
        """DOC-9: where the switch is on; a bill has no custom fields of its own."""
        rules = settings.purchase_order_out
        return rules.save_custom_fields and rules.becomes is not PurchaseOrderBecomes.BILL

    def follow_ups(self, document: Document, settings: Settings) -> tuple[CustomField, ...]:
        """DOC-9: the order's code and up to three fields; absent ones are passed over."""
        if not self.has_follow_ups(settings):
            return ()
        return _fields(_order(document), settings.purchase_order_out)

    def write_back(
        self, document: Document, became: Became, settings: Settings
    ) -> tuple[CustomField, ...]:
        """P9, P26, OP3: its number in the books, or a bill's identity, where one is kept."""
        rules, mark = settings.purchase_order_out, became.number
        if became.kind is DocumentKind.BILL and rules.written_back is WrittenBack.IDENTITY:
            mark = became.id
        if mark is None and became.kind is DocumentKind.BILL:
            mark = became.id
        if mark is None or not rules.write_number_back:
            return ()
        return (CustomField(EXTERNAL_NUMBER, mark),)

    def new_accounts(self, settings: Settings) -> tuple[str, ...]:
        """DOC-1, OP11: those of new items."""
        return accounts_of_new(settings.purchase_order_out)

    def new_record(
        self, kind: RecordKind, name: str, origin: str, context: Context
    ) -> ListRecord | Refusal | None:
        """Make the vendor, the item (DOC-1), or the customer for whom it is."""
        rules = context.settings.purchase_order_out
        if kind is RecordKind.VENDOR and rules.create_missing_vendors:
            return new_vendor(name, context.vendor(origin))
        if kind is RecordKind.CUSTOMER and rules.create_missing_customers:
            return new_customer(name, context.customer(origin))
        if kind is RecordKind.ITEM and rules.create_missing_items:
            return new_item(name, context.item(origin), rules, _SECTION, context)
        return None

    def creation_setting(self, kind: RecordKind) -> str | None:
        """Name the switch a person can turn on."""
        return _CREATION_SETTINGS.get(kind)


class _WithDetails(PurchaseOrderOut):
    """The same where whom and where it is for, its message, shipping and freight go along."""

    def beside(self, document: Document) -> Document | None:
        """Compare them; a bill has no place for them."""
        return None if isinstance(document, Bill) else carried_details(_order(document))


_WITH_DETAILS: Final = _WithDetails()


def _order(document: Document) -> PurchaseOrder:
    assert isinstance(document, PurchaseOrder), "this flow translates purchase orders"
    return document


_KINDS: Final = {
    PurchaseOrderBecomes.PURCHASE_ORDER: DocumentKind.PURCHASE_ORDER,
    PurchaseOrderBecomes.BILL: DocumentKind.BILL,
}


def _fields(order: PurchaseOrder, rules: Rules) -> tuple[CustomField, ...]:
    return custom_fields(order.number, order.custom_field, rules)


def _billed(booked: PurchaseOrder, order: PurchaseOrder, context: Context) -> Bill | Refusal:
    """Give the bill of all that was ordered (OP1), on the account that is set (OP12).

    What a bill has no field for stands in its memo: the message to the vendor and custom fields.
    """
    rules = context.settings.purchase_order_out
    if booked.payables_account is None:
        return refuse(
            "payables-account-missing",
            where="payables_account",
            document="bill",
            target=context.target,
            setting=f"{_SECTION}.payables_account",
        )
    fields = (f"{field.name}: {field.value}" for field in _fields(order, rules))
    return Bill(
        id="",
        number=booked.number,
        vendor=booked.vendor,
        created_on=booked.created_on,
        memo=MEMO_JOINT.join(filter(None, (booked.message_to_vendor, *fields))) or None,
        currency=booked.currency,
        payables_account=booked.payables_account,
        terms=booked.terms,
        location=booked.location,
        lines=tuple(
            BillLine(
                id=line.id,
                item=line.item,
                description=line.description,
                quantity=line.quantity,
                unit_cost=line.unit_cost,
                customer=line.customer,
                tax_code=line.tax_code,
                site=booked.site,
            )
            for line in booked.lines
        ),
    )


def _items(order: PurchaseOrder, context: Context) -> list[Named] | Refusal:
    """Name the item of each line."""
    rules, items = context.settings.purchase_order_out, []
    for position, line in enumerate(order.lines):
        item = the_item(line.item, position, rules, context)
        if isinstance(item, Refusal):
            return item
        items.append(item)
    return items


def _part_number_needs(order: PurchaseOrder, rules: Rules) -> Iterator[tuple[RecordKind, str]]:
    """Read the products for the numbers of their makers (P31)."""
    if rules.carry_details:
        yield from ((RecordKind.ITEM, line.item.name) for line in order.lines if line.item)


def _numbered_elsewhere(order: PurchaseOrder, rules: Rules) -> Ruling | None:
    """Hold an order that bears another system's number before we sent it.

    Other integrations mark by that number what they have transferred (corrections 2, section 4).
    """
    number = (order.external_number or "").strip()
    is_asked = rules.document_number is DocumentNumber.EXTERNAL_NUMBER
    if not number or is_asked or not rules.write_number_back:
        return None
    if name_key(number) == name_key(ERROR_MARK):
        takes = rules.take_error_marked or rules.mark_errors
        held = reason("marked-error", field=EXTERNAL_NUMBER)
        return None if takes else Ruling(Verdict.HOLD, held, is_passable=True)
    held = reason("numbered-elsewhere", field=EXTERNAL_NUMBER, number=number)
    return Ruling(Verdict.HOLD, held, is_passable=True)


def _other_vendor(order: PurchaseOrder, rules: Rules) -> Ruling | None:
    """Hold orders to vendors that are not among those chosen."""
    vendor = order.vendor.name if order.vendor else ""
    chosen = {name_key(name) for name in rules.only_vendors}
    if not chosen or name_key(vendor) in chosen:
        return None
    return Ruling(Verdict.HOLD, reason("other-vendor", vendor=vendor), is_passable=True)


def _not_received(order: PurchaseOrder, rules: Rules) -> Ruling | None:
    """Hold an order until its goods have come, where that is the moment."""
    if order.status is DocumentStatus.CLOSED:
        return None
    came = [(line.delivered.value if line.delivered else 0, line.quantity) for line in order.lines]
    if rules.moment is ReleaseMoment.PARTLY_RECEIVED and not any(here > 0 for here, _ in came):
        waits = reason("nothing-moved", moved="received")
        return Ruling(Verdict.HOLD, waits, is_passable=True)
    is_complete = all(wanted is None or here >= wanted.value for here, wanted in came)
    if rules.moment is ReleaseMoment.RECEIVED and not is_complete:
        waits = reason("not-complete", moved="received")
        return Ruling(Verdict.HOLD, waits, is_passable=True)
    return None


def _line(
    line: PurchaseLine, item: Named, customer: Named | None, context: Context
) -> PurchaseLine:
    rules = context.settings.purchase_order_out
    return PurchaseLine(
        id=line.id,
        item=item.reference,
        customer=customer.reference if customer else None,
        manufacturer_number=part_number_of(line, rules, context),
        description=line_text(line.item, line.notes or line.description, rules, context),
        quantity=line.quantity,
        unit_cost=line.unit_cost if rules.send_prices is Prices.ORDER else None,
        tax_code=tax_code_of(rules, context.settings),
    )
