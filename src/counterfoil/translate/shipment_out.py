"""Shipment → invoice, from the operations system to the books (OUT-INV)."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

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
    OrderLink,
    RecordKind,
    Refusal,
    SalesOrder,
    Shipment,
    refuse,
)
from counterfoil.settings import FlowName, Prices, Settings, ShipDate
from counterfoil.settings import ShipmentOut as Rules

from ._carried import carried_invoice_line, carried_reference
from ._fulfilling import Fulfilling, SentLine, goods_of
from ._goods import item_needs
from ._heading import MEMO_JOINT, creation_date, custom_fields, places_of, tax_code_of, tax_item_of
from ._linking import amount_to_send, followers, on_order, order_words
from ._named import Named, all_names
from ._parties import customer_needs, the_customer
from ._plain import plain_text
from ._translator import Context, OrderThere, Translated

__all__ = ["ShipmentOut"]


class ShipmentOut(Fulfilling):
    """The rules FLOW-10, FLOW-11, DOC-2 to DOC-6 and DOC-9 for goods that left."""

    section = FlowName.SHIPMENT_OUT
    order_kind = DocumentKind.SALES_ORDER

    def target_kind(self, document: Document, settings: Settings) -> DocumentKind:
        """A shipment becomes an invoice."""
        return DocumentKind.INVOICE

    def next_kind(
        self, landed: DocumentKind, document: Document, settings: Settings, *, pressed: bool
    ) -> DocumentKind:
        """An invoice stays one."""
        return landed

    def needs(self, document: Document, settings: Settings) -> tuple[tuple[RecordKind, str], ...]:
        """Read the client for its name, and the products for their texts or fields."""
        shipment, rules = _shipment(document), settings.shipment_out
        return (
            *customer_needs(shipment.customer, rules),
            *item_needs((line.item for line in shipment.lines), rules),
        )

    def translate(
        self, document: Document, number: str | None, context: Context
    ) -> Translated | Refusal:
        """Translate what left into the invoice that books it.

        Returns:
            The invoice, its lines linked to the order's where there is one; or the refusal of
            one that does not name its customer or an item, that takes more of the order than
            is open, or whose order cannot be invoiced.

        Source:
            Reference section 4.6, column OUT-INV; corrections 3 to 7 and 11.
        """
        shipment, rules = _shipment(document), context.settings.shipment_out
        party = _untaxed(context) or _customer(shipment, rules, context)
        if isinstance(party, Refusal):
            return party
        estimate = context.order if _is_estimate(context) else None
        alone = msgspec.structs.replace(context, order=None) if estimate else context
        goods = goods_of(shipment, rules, alone, self.section)
        if isinstance(goods, Refusal):
            return goods
        link, said = _estimate_link(shipment, estimate, context)
        left_out = said if estimate else goods.left_out
        return Translated(
            document=Invoice(
                id="",
                number=number,
                customer=party.reference,
                created_on=creation_date(shipment.shipped_on, rules, context.today),
                shipped_on=shipment.due_on if rules.ship_date is ShipDate.DUE_DATE else None,
                memo=MEMO_JOINT.join(goods.memo) or None,
                currency=shipment.currency,
                link=link,
                lines=tuple(_line(each, rules, alone) for each in goods.lines),
                tax_item=None if context.order else tax_item_of(rules, context.settings),
                tracking_number=shipment.tracking_number,
                **places_of(rules),
            ),
            **all_names((party, *goods.names)),
            left_out=left_out,
        )

    def carried(self, document: Document) -> Document:
        """Number, customer, days, memo and the lines: item, text, quantity, price."""
        assert isinstance(document, Invoice), "this flow writes invoices"
        return Invoice(
            id="",
            number=plain_text(document.number),
            customer=carried_reference(document.customer),
            created_on=document.created_on,
            memo=plain_text(document.memo),
            lines=tuple(carried_invoice_line(line) for line in document.lines),
        )

    def may_change(self, current: Document, document: Document) -> Refusal | None:
        """Nothing is delivered of an invoice."""
        return None

    def has_follow_ups(self, settings: Settings) -> bool:
        """DOC-9: where the switch is on."""
        return settings.shipment_out.save_custom_fields

    def follow_ups(self, document: Document, settings: Settings) -> tuple[CustomField, ...]:
        """DOC-9: the order's code and up to three fields; absent ones are passed over."""
        shipment = _shipment(document)
        return custom_fields(shipment.order_number, shipment.custom_field, settings.shipment_out)

    def new_record(
        self, kind: RecordKind, name: str, origin: str, context: Context
    ) -> ListRecord | Refusal | None:
        """Nothing is created: customers and items come with sales orders (DOC-1, DOC-4)."""
        return None

    def creation_setting(self, kind: RecordKind) -> str | None:
        """There is none."""
        return None


def _is_estimate(context: Context) -> bool:
    return context.order is not None and isinstance(context.order.document, Estimate)


def _estimate_link(
    shipment: Shipment, estimate: OrderThere | None, context: Context
) -> tuple[OrderLink | None, tuple[str, ...]]:
    """Link an invoice to its estimate, where it is the only one that will be made of it.

    QuickBooks Online links an estimate to one invoice and counts nothing of it line by line:
    what is a part, or comes second, goes unlinked.

    Source: reference of QuickBooks Online, section 4.9: no progress invoicing by the interface.
    """
    if estimate is None:
        return None, ()
    words = order_words(estimate)
    if estimate.document.made_into:
        why = f"the {followers(estimate)} was made from it already"
    elif not _is_whole(shipment, estimate):
        why = "this is a part of it"
    else:
        return OrderLink(estimate.document.id), ()
    said = f"It goes without a link to the {words}: {context.target} makes one invoice of an"
    return None, (f"{said} estimate, and {why}.",)


def _is_whole(shipment: Shipment, estimate: OrderThere) -> bool:
    """Whether all that the estimate names leaves with the shipment."""
    left: defaultdict[str, Decimal] = defaultdict(Decimal)
    for line in shipment.lines:
        left[estimate.lines.get(line.order_line_id or "", "")] += line.moved.value
    return all(
        line.quantity is not None and left[line.id] >= line.quantity.value
        for line in on_order(estimate)
        if line.item is not None
    )


def _shipment(document: Document) -> Shipment:
    assert isinstance(document, Shipment), "this flow translates goods that left"
    return document


def _untaxed(context: Context) -> Refusal | None:
    """Refuse where the books would not invoice the order: it has no sales tax item."""
    order, general = context.order, context.settings.general
    if order is None or general.send_outside_us or not general.charges_sales_tax:
        return None
    assert isinstance(order.document, SalesOrder), "shipments fulfil sales orders"
    if order.document.tax_item is not None:
        return None
    return refuse(
        "tax-item-missing",
        where="tax_item",
        order=order_words(order),
        target=context.target,
        setting=f"{FlowName.SALES_ORDER_OUT}.sales_tax_item",
    )


def _customer(shipment: Shipment, rules: Rules, context: Context) -> Named | Refusal:
    """Name the customer: a linked document's is the order's, else as DOC-4 says."""
    order = context.order
    customer = getattr(order.document, "customer", None) if order else None
    if customer is not None:
        return Named(reference=customer)
    return the_customer(shipment.customer, shipment.sales_channel, rules, context, "shipping")


def _line(each: SentLine, rules: Rules, context: Context) -> InvoiceLine:
    taken = each.taken
    if context.order is not None and isinstance(taken.fulfils, OrderLine):
        return InvoiceLine(
            id=taken.key,
            item=each.item,
            quantity=taken.quantity,
            amount=amount_to_send(taken.fulfils.unit_price, taken.quantity),
            link=taken.link(context.order),
        )
    return InvoiceLine(
        id=taken.key,
        item=each.item,
        description=each.text,
        quantity=taken.quantity,
        unit_price=taken.line.unit_value if rules.send_prices is Prices.ORDER else None,
        tax_code=tax_code_of(rules, context.settings),
    )
