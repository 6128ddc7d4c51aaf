"""Purchase order → purchase order, from the operations system to the books (OUT-PO)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

import msgspec

from counterfoil.documents import (
    EXTERNAL_NUMBER,
    CustomField,
    Document,
    DocumentKind,
    DocumentStatus,
    ListRecord,
    PurchaseLine,
    PurchaseOrder,
    RecordKind,
    Refusal,
    name_key,
    reason,
    refuse,
)
from counterfoil.settings import DocumentNumber, FlowName, Prices, ReleaseMoment, Settings
from counterfoil.settings import PurchaseOrderOut as Rules

from ._carried import carried_purchase_line, carried_reference
from ._changing import may_change_order
from ._goods import item_needs, line_text, new_item, the_item
from ._heading import (
    creation_date,
    custom_fields,
    document_number,
    order_ruling,
    tax_code_of,
)
from ._identities import by_identity
from ._named import Named, all_names
from ._order_details import details_of, part_number_of
from ._parties import new_customer, new_vendor, the_vendor, vendor_needs
from ._parts import LandedPart, Part, whole
from ._plain import plain_text
from ._translator import Alone, Context, Ruling, Translated, Verdict

__all__ = ["PurchaseOrderOut"]

_SECTION: Final = FlowName.PURCHASE_ORDER_OUT
_CREATION_SETTINGS: Final = {
    RecordKind.VENDOR: f"{_SECTION}.create_missing_vendors",
    RecordKind.CUSTOMER: f"{_SECTION}.create_missing_customers",
    RecordKind.ITEM: f"{_SECTION}.create_missing_items",
}


class PurchaseOrderOut(Alone):
    """The rules DOC-1 to DOC-3, DOC-5, DOC-6 and DOC-9 for purchase orders."""

    def rule(self, document: Document, settings: Settings) -> Ruling | None:
        """Hold what is not approved, as set; leave out what is cancelled or too old."""
        order, rules = _order(document), settings.purchase_order_out
        return (
            order_ruling(order.status, order.created_on, rules)
            or _numbered_elsewhere(order, rules)
            or _other_vendor(order, rules)
            or _not_received(order, rules)
        )

    def split(
        self, document: Document, settings: Settings, landed: Mapping[str, LandedPart]
    ) -> tuple[Part, ...] | None:
        """It goes as a whole; a record that was renamed does not make it another order."""
        order = by_identity(_order(document))
        lines = tuple(by_identity(line) for line in order.lines)
        (part,) = whole(msgspec.structs.replace(order, lines=lines))
        return (msgspec.structs.replace(part, document=document),)

    def target_kind(self, document: Document, settings: Settings) -> DocumentKind:
        """A purchase order becomes a purchase order."""
        return DocumentKind.PURCHASE_ORDER

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
        """Translate an order into the purchase order that books it.

        Returns:
            The purchase order, its lines in the source's order; or the refusal of an order
            without lines, or of one that does not name its vendor or an item.

        Source:
            Reference section 4.6, column OUT-PO.
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
        lines = zip(order.lines, items, details.customers, strict=True)
        return Translated(
            document=PurchaseOrder(
                id="",
                number=number,
                vendor=party.reference,
                created_on=creation_date(order.created_on, rules, context.today),
                due_on=order.due_on if rules.expected_date else None,
                currency=order.currency,
                lines=tuple(_line(*each, context) for each in lines),
                **details.head,
            ),
            **all_names((party, *details.names, *items)),
            left_out=details.left_out,
        )

    def carried(self, document: Document) -> Document:
        """Number, vendor, both days and the lines: item, text, quantity, cost."""
        order = _order(document)
        return PurchaseOrder(
            id="",
            number=plain_text(order.number),
            vendor=carried_reference(order.vendor),
            created_on=order.created_on,
            due_on=order.due_on,
            lines=tuple(carried_purchase_line(line) for line in order.lines),
        )

    def may_change(self, current: Document, document: Document) -> Refusal | None:
        """Nothing below what was received or billed."""
        return may_change_order(_order(current), _order(document))

    def has_follow_ups(self, settings: Settings) -> bool:
        """DOC-9: where the switch is on."""
        return settings.purchase_order_out.save_custom_fields

    def follow_ups(self, document: Document, settings: Settings) -> tuple[CustomField, ...]:
        """DOC-9: the order's code and up to three fields; absent ones are passed over."""
        return custom_fields(document.number, document.custom_field, settings.purchase_order_out)

    def write_back(
        self, document: Document, number: str | None, settings: Settings
    ) -> tuple[CustomField, ...]:
        """P9, P26: the number in the books, to a source that keeps such a number."""
        if number is None or not settings.purchase_order_out.write_number_back:
            return ()
        return (CustomField(EXTERNAL_NUMBER, number),)

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


def _order(document: Document) -> PurchaseOrder:
    assert isinstance(document, PurchaseOrder), "this flow translates purchase orders"
    return document


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
        description=line_text(line.item, line.notes, rules, context),
        quantity=line.quantity,
        unit_cost=line.unit_cost if rules.send_prices is Prices.ORDER else None,
        tax_code=tax_code_of(rules, context.settings),
    )
