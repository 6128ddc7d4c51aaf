"""Purchase order → purchase order, from the operations system to the books (OUT-PO)."""

from __future__ import annotations

from typing import Final

from counterfoil.documents import (
    CustomField,
    Document,
    DocumentKind,
    ListRecord,
    PurchaseLine,
    PurchaseOrder,
    RecordKind,
    Reference,
    Refusal,
    refuse,
)
from counterfoil.settings import FlowName, Prices, Settings
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
from ._parties import new_vendor, the_vendor, vendor_needs
from ._plain import plain_text
from ._translator import Alone, Context, Ruling, Translated

__all__ = ["PurchaseOrderOut"]

_SECTION: Final = FlowName.PURCHASE_ORDER_OUT
_CREATION_SETTINGS: Final = {
    RecordKind.VENDOR: f"{_SECTION}.create_missing_vendors",
    RecordKind.ITEM: f"{_SECTION}.create_missing_items",
}


class PurchaseOrderOut(Alone):
    """The rules DOC-1 to DOC-3, DOC-5, DOC-6 and DOC-9 for purchase orders."""

    def rule(self, document: Document, settings: Settings) -> Ruling | None:
        """Hold what is not approved, as set; leave out what is cancelled or too old."""
        order = _order(document)
        return order_ruling(order.status, order.created_on, settings.purchase_order_out)

    def target_kind(self, document: Document, settings: Settings) -> DocumentKind:
        """A purchase order becomes a purchase order."""
        return DocumentKind.PURCHASE_ORDER

    def needs(self, document: Document, settings: Settings) -> tuple[tuple[RecordKind, str], ...]:
        """Read the supplier for its name, and the products for their texts or fields."""
        order, rules = _order(document), settings.purchase_order_out
        return (
            *vendor_needs(order.vendor, rules),
            *item_needs((line.item for line in order.lines), rules),
        )

    def number(self, document: Document, part: str, settings: Settings) -> str | None:
        """DOC-3: the order's code, or none so that the books number it."""
        return document_number(document.number, None, part, settings.purchase_order_out)

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
        origins = dict(party.origins)
        lines: list[PurchaseLine] = []
        for position, line in enumerate(order.lines):
            item = the_item(line.item, position, rules, context)
            if isinstance(item, Refusal):
                return item
            if line.item is not None:
                origins[RecordKind.ITEM, item.name] = line.item.name
            lines.append(_line(line, item, rules, context))
        return Translated(
            document=PurchaseOrder(
                id="",
                number=number,
                vendor=party.reference,
                created_on=creation_date(order.created_on, rules, context.today),
                due_on=order.due_on if rules.expected_date else None,
                currency=order.currency,
                lines=tuple(lines),
            ),
            origins=origins,
            alternatives=party.alternatives,
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

    def new_record(
        self, kind: RecordKind, name: str, origin: str, context: Context
    ) -> ListRecord | Refusal | None:
        """Make the vendor or the item (DOC-1)."""
        rules = context.settings.purchase_order_out
        if kind is RecordKind.VENDOR and rules.create_missing_vendors:
            return new_vendor(name, context.vendor(origin))
        if kind is RecordKind.ITEM and rules.create_missing_items:
            return new_item(name, context.item(origin), rules, _SECTION, context)
        return None

    def creation_setting(self, kind: RecordKind) -> str | None:
        """Name the switch a person can turn on."""
        return _CREATION_SETTINGS.get(kind)


def _order(document: Document) -> PurchaseOrder:
    assert isinstance(document, PurchaseOrder), "this flow translates purchase orders"
    return document


def _line(line: PurchaseLine, item: Reference, rules: Rules, context: Context) -> PurchaseLine:
    return PurchaseLine(
        id=line.id,
        item=item,
        description=line_text(line.item, line.notes, rules, context),
        quantity=line.quantity,
        unit_cost=line.unit_cost if rules.send_prices is Prices.ORDER else None,
        tax_code=tax_code_of(rules, context.settings),
    )
