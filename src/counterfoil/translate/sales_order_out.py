"""Sales order → sales order, or what stands for it, from operations to the books (OUT-SO)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from counterfoil.documents import (
    CustomField,
    Document,
    DocumentKind,
    Estimate,
    Invoice,
    InvoiceLine,
    ListRecord,
    OrderLine,
    RecordKind,
    Reference,
    Refusal,
    SalesOrder,
    SalesReceipt,
    refuse,
)
from counterfoil.settings import (
    DocumentNumber,
    FlowName,
    Prices,
    SalesOrderBecomes,
    Settings,
    ShipDate,
)
from counterfoil.settings import SalesOrderOut as Rules

from ._carried import carried_invoice_line, carried_line, carried_reference
from ._changing import may_change_order
from ._goods import accounts_of_new, item_needs, line_text, new_item, the_item
from ._heading import (
    creation_date,
    custom_fields,
    document_number,
    order_ruling,
    places_of,
    tax_code_of,
    tax_item_of,
)
from ._named import all_names
from ._parties import customer_needs, new_customer, the_customer
from ._plain import plain_text
from ._translator import Alone, Context, Ruling, Translated

__all__ = ["SalesOrderOut"]

Sold = SalesOrder | Estimate | Invoice | SalesReceipt

_SECTION: Final = FlowName.SALES_ORDER_OUT
_CREATION_SETTINGS: Final = {
    RecordKind.CUSTOMER: f"{_SECTION}.create_missing_customers",
    RecordKind.ITEM: f"{_SECTION}.create_missing_items",
}


class SalesOrderOut(Alone):
    """The rules DOC-2 to DOC-6 and DOC-9 for sales orders."""

    def rule(self, document: Document, settings: Settings) -> Ruling | None:
        """Hold drafts; leave out what is cancelled or older than the start date."""
        order = _order(document)
        return order_ruling(order.status, order.created_on, settings.sales_order_out)

    def target_kind(self, document: Document, settings: Settings) -> DocumentKind:
        """A sales order; where the books have none an estimate, an invoice or a receipt, as set."""
        return _KINDS[settings.sales_order_out.becomes]

    def needs(self, document: Document, settings: Settings) -> tuple[tuple[RecordKind, str], ...]:
        """Read the client for its name, and the products for their texts or fields."""
        rules = settings.sales_order_out
        order = _order(document)
        return (
            *customer_needs(order.customer, rules),
            *item_needs((line.item for line in order.lines), rules),
        )

    def number(self, document: Document, part: str, settings: Settings) -> str | None:
        """DOC-3: the order's code, or none so that the books number it."""
        return document_number(
            {DocumentNumber.ORDER_CODE: document.number}, part, settings.sales_order_out
        )

    def must_check_number(self, settings: Settings) -> bool:
        """DOC-3 (P): look first whether the number is in use."""
        return settings.sales_order_out.check_number_is_free

    def other_number(self, number: str, settings: Settings) -> str | None:
        """A number of the operations system is never altered."""
        return None

    def translate(
        self, document: Document, number: str | None, context: Context
    ) -> Translated | Refusal:
        """Translate an order into the sales order, or what stands for it, that books it.

        Returns:
            The document, its lines in the source's order; or the refusal of an order
            without lines, or of one that does not name its customer or an item.

        Source:
            Reference section 4.6, column OUT-SO.
        """
        order = _order(document)
        rules = context.settings.sales_order_out
        if not order.lines:
            return refuse("nothing-to-send", document="sales order")
        party = the_customer(order.customer, order.sales_channel, rules, context, "sales order")
        if isinstance(party, Refusal):
            return party
        names, code = [party], tax_code_of(rules, context.settings)
        lines: list[OrderLine] = []
        for position, line in enumerate(order.lines):
            item = the_item(line.item, position, rules, context)
            if isinstance(item, Refusal):
                return item
            names.append(item)
            lines.append(_line(line, item.reference, code, rules, context))
        booked = SalesOrder(
            id="",
            number=number,
            customer=party.reference,
            created_on=creation_date(order.created_on, rules, context.today),
            due_on=order.due_on if rules.ship_date is ShipDate.DUE_DATE else None,
            currency=order.currency,
            lines=tuple(lines),
            tax_item=tax_item_of(rules, context.settings),
        )
        kind = context.kind or self.target_kind(order, context.settings)
        return Translated(document=_as(kind, booked, places_of(rules)), **all_names(names))

    def carried(self, document: Document) -> Document:
        """Number, customer, both days and the lines: item, text, quantity, price."""
        sold = _sold(document)
        if isinstance(sold, Invoice):
            return _bare(sold, lines=tuple(carried_invoice_line(line) for line in sold.lines))
        return _bare(sold, lines=tuple(carried_line(line, describes=True) for line in sold.lines))

    def may_change(self, current: Document, document: Document) -> Refusal | None:
        """Nothing below what was invoiced; an invoice or a receipt is delivered as it stands."""
        if not isinstance(current, SalesOrder):
            return None
        return may_change_order(current, _order(document))

    def has_follow_ups(self, settings: Settings) -> bool:
        """DOC-9: where the switch is on."""
        return settings.sales_order_out.save_custom_fields

    def follow_ups(self, document: Document, settings: Settings) -> tuple[CustomField, ...]:
        """DOC-9: the order's code and up to three fields; absent ones are passed over."""
        return custom_fields(document.number, document.custom_field, settings.sales_order_out)

    def new_record(
        self, kind: RecordKind, name: str, origin: str, context: Context
    ) -> ListRecord | Refusal | None:
        """Make the customer or the item (DOC-1, here for sales orders too)."""
        rules = context.settings.sales_order_out
        if kind is RecordKind.CUSTOMER and rules.create_missing_customers:
            return new_customer(name, context.customer(origin))
        if kind is RecordKind.ITEM and rules.create_missing_items:
            return new_item(name, context.item(origin), rules, _SECTION, context)
        return None

    def new_accounts(self, settings: Settings) -> tuple[str, ...]:
        """DOC-1: those of new items."""
        return accounts_of_new(settings.sales_order_out)

    def creation_setting(self, kind: RecordKind) -> str | None:
        """Name the switch a person can turn on."""
        return _CREATION_SETTINGS.get(kind)


def _order(document: Document) -> SalesOrder:
    assert isinstance(document, SalesOrder), "this flow translates sales orders"
    return document


def _sold(document: Document) -> Sold:
    assert isinstance(document, Sold), "this flow writes sales orders and what stands for them"
    return document


_KINDS: Final = {
    SalesOrderBecomes.ORDER: DocumentKind.SALES_ORDER,
    SalesOrderBecomes.ESTIMATE: DocumentKind.ESTIMATE,
    SalesOrderBecomes.INVOICE: DocumentKind.INVOICE,
    SalesOrderBecomes.SALES_RECEIPT: DocumentKind.SALES_RECEIPT,
}


# Where the promised day stands.
_PROMISED: Final[Mapping[type[Document], str]] = {
    SalesOrder: "due_on",
    Estimate: "due_on",
    Invoice: "shipped_on",
    SalesReceipt: "shipped_on",
}


def _as(kind: DocumentKind, order: SalesOrder, places: Mapping[str, Any]) -> Document:
    """Give what stands for a sales order; the promised day is that of shipping, if it has one.

    Args:
        places: Its payment terms and location; what is paid at once has no terms.
    """
    head: dict[str, Any] = {
        name: getattr(order, name)
        for name in ("id", "number", "customer", "created_on", "currency")
    }
    match kind:
        case DocumentKind.ESTIMATE:
            return Estimate(**head, **places, due_on=order.due_on, lines=order.lines)
        case DocumentKind.INVOICE:
            lines = tuple(InvoiceLine(**msgspec.structs.asdict(line)) for line in order.lines)
            return Invoice(**head, **places, shipped_on=order.due_on, lines=lines)
        case DocumentKind.SALES_RECEIPT:
            place = places.get("location")
            return SalesReceipt(**head, location=place, shipped_on=order.due_on, lines=order.lines)
        case _:
            return order


def _bare(sold: Sold, *, lines: tuple[Any, ...]) -> Document:
    """Give number, customer, both days and lines alone."""
    day = _PROMISED[type(sold)]
    return type(sold)(
        id="",
        number=plain_text(sold.number),
        customer=carried_reference(sold.customer),
        created_on=sold.created_on,
        lines=lines,
        **{day: getattr(sold, day)},
    )


def _line(
    line: OrderLine, item: Reference, code: Reference | None, rules: Rules, context: Context
) -> OrderLine:
    return OrderLine(
        id=line.id,
        item=item,
        description=line_text(line.item, line.notes, rules, context),
        quantity=line.quantity,
        unit_price=line.unit_price if rules.send_prices is Prices.ORDER else None,
        tax_code=code,
    )
