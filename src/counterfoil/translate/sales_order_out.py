"""Sales order → sales order, from the operations system to the books (OUT-SO)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

from counterfoil.documents import (
    Customer,
    CustomField,
    Document,
    DocumentKind,
    DocumentStatus,
    Item,
    ListRecord,
    OrderLine,
    RecordKind,
    Reference,
    Refusal,
    SalesOrder,
    reason,
    refuse,
)
from counterfoil.settings import (
    CreatedItemType,
    CreationDate,
    CustomerName,
    DocumentNumber,
    FlowName,
    ItemName,
    LineDescription,
    Prices,
    Settings,
    ShipDate,
)
from counterfoil.settings import SalesOrderOut as Rules

from ._carried import carried_line, carried_reference
from ._changing import may_change_order
from ._parts import LandedPart, Part, part_number, whole
from ._plain import plain_text
from ._translator import Context, Ruling, Translated, Verdict

__all__ = ["SalesOrderOut"]

_SECTION: Final = FlowName.SALES_ORDER_OUT
_CREATION_SETTINGS: Final = {
    RecordKind.CUSTOMER: f"{_SECTION}.create_missing_customers",
    RecordKind.ITEM: f"{_SECTION}.create_missing_items",
}


class SalesOrderOut:
    """The rules DOC-2 to DOC-6 and DOC-9 for sales orders."""

    def rule(self, document: Document, settings: Settings) -> Ruling | None:
        """Hold drafts; leave out what is cancelled or older than the start date.

        A draft from before the start date is left out, not held for ever; what keeps a
        person from sending it is that it is a draft.
        """
        order = _order(document)
        start = settings.sales_order_out.start_date
        day = order.created_on
        is_old = start is not None and day is not None and day < start
        if order.status is DocumentStatus.CANCELLED:
            return Ruling(Verdict.LEAVE_OUT, reason("cancelled"))
        if order.status is DocumentStatus.DRAFT:
            return Ruling(Verdict.LEAVE_OUT if is_old else Verdict.HOLD, reason("draft"))
        if is_old:
            too_old = reason("too-old", day=day, start=start)
            return Ruling(Verdict.LEAVE_OUT, too_old, is_passable=True)
        return None

    def target_kind(self, document: Document, settings: Settings) -> DocumentKind:
        """A sales order becomes a sales order."""
        return DocumentKind.SALES_ORDER

    def split(
        self, document: Document, settings: Settings, landed: Mapping[str, LandedPart]
    ) -> tuple[Part, ...]:
        """An order goes as a whole."""
        return whole(document)

    def needs(self, document: Document, settings: Settings) -> tuple[tuple[RecordKind, str], ...]:
        """Read the client for its name, and the products for their texts or fields."""
        rules = settings.sales_order_out
        order = _order(document)
        wanted: list[tuple[RecordKind, str]] = []
        if rules.customer_name is CustomerName.CLIENT_NAME and order.customer is not None:
            wanted.append((RecordKind.CUSTOMER, order.customer.name))
        reads_products = rules.item_name is ItemName.CUSTOM_FIELD or rules.line_description in (
            LineDescription.PRODUCT_NAME,
            LineDescription.PRODUCT_OBSERVATIONS,
        )
        if reads_products:
            wanted += [(RecordKind.ITEM, line.item.name) for line in order.lines if line.item]
        return tuple(wanted)

    def number(self, document: Document, part: str, settings: Settings) -> str | None:
        """DOC-3: the order's code, or none so that the books number it."""
        if settings.sales_order_out.document_number is DocumentNumber.BOOKS:
            return None
        return part_number(document.number, part)

    def must_check_number(self, settings: Settings) -> bool:
        """DOC-3 (P): look first whether the number is in use."""
        return settings.sales_order_out.check_number_is_free

    def other_number(self, number: str, settings: Settings) -> str | None:
        """A number of the operations system is never altered."""
        return None

    def translate(
        self, document: Document, number: str | None, context: Context
    ) -> Translated | Refusal:
        """Translate an order into the sales order that books it.

        Returns:
            The sales order, its lines in the source's order; or the refusal of an order
            without lines, or of one that does not name its customer or an item.

        Source:
            Reference section 4.6, column OUT-SO.
        """
        order = _order(document)
        rules = context.settings.sales_order_out
        if not order.lines:
            return refuse("nothing-to-send", document="sales order")
        customer = _customer_name(order, rules, context)
        if isinstance(customer, Refusal):
            return customer
        origins = {(RecordKind.CUSTOMER, customer): _client_behind(order, rules)}
        lines: list[OrderLine] = []
        for position, line in enumerate(order.lines):
            translated = _line(line, position, rules, context)
            if isinstance(translated, Refusal):
                return translated
            if translated.item is not None and line.item is not None:
                origins[RecordKind.ITEM, translated.item.name] = line.item.name
            lines.append(translated)
        return Translated(
            document=SalesOrder(
                id="",
                number=number,
                customer=Reference(customer),
                created_on=_creation_date(order, rules, context.today),
                due_on=order.due_on if rules.ship_date is ShipDate.DUE_DATE else None,
                currency=order.currency,
                lines=tuple(lines),
            ),
            origins=origins,
        )

    def carried(self, document: Document) -> Document:
        """Number, customer, both days and the lines: item, text, quantity, price."""
        order = _order(document)
        return SalesOrder(
            id="",
            number=plain_text(order.number),
            customer=carried_reference(order.customer),
            created_on=order.created_on,
            due_on=order.due_on,
            lines=tuple(carried_line(line, describes=True) for line in order.lines),
        )

    def may_change(self, current: Document, document: Document) -> Refusal | None:
        """Nothing below what was invoiced."""
        return may_change_order(_order(current), _order(document))

    def has_follow_ups(self, settings: Settings) -> bool:
        """DOC-9: where the switch is on."""
        return settings.sales_order_out.save_custom_fields

    def follow_ups(self, document: Document, settings: Settings) -> tuple[CustomField, ...]:
        """DOC-9: the order's code and up to three fields; absent ones are passed over."""
        order, rules = _order(document), settings.sales_order_out
        if not self.has_follow_ups(settings):
            return ()
        fields = []
        if rules.save_entity_code_to and order.number:
            fields.append(CustomField(rules.save_entity_code_to, order.number))
        for pair in rules.custom_fields:
            value = order.custom_field(pair.source)
            if value:
                fields.append(CustomField(pair.target, value))
        return tuple(fields)

    def new_record(
        self, kind: RecordKind, name: str, origin: str, context: Context
    ) -> ListRecord | Refusal | None:
        """Make the customer or the item (DOC-1, here for sales orders too)."""
        rules = context.settings.sales_order_out
        if kind is RecordKind.CUSTOMER and rules.create_missing_customers:
            return _new_customer(name, context.customer(origin))
        if kind is RecordKind.ITEM and rules.create_missing_items:
            return _new_item(name, context.item(origin), rules, context)
        return None

    def creation_setting(self, kind: RecordKind) -> str | None:
        """Name the switch a person can turn on."""
        return _CREATION_SETTINGS.get(kind)


def _order(document: Document) -> SalesOrder:
    assert isinstance(document, SalesOrder), "this flow translates sales orders"
    return document


def _customer_name(order: SalesOrder, rules: Rules, context: Context) -> str | Refusal:
    """DOC-4: the text that names the customer in the books."""
    client = order.customer.name if order.customer else None
    channel = order.sales_channel
    name: str | None = None
    match rules.customer_name:
        case CustomerName.CLIENT_CODE:
            name = client
        case CustomerName.CLIENT_NAME:
            record = context.customer(client) if client else None
            name = record.company_name if record else None
        case CustomerName.SALES_CHANNEL:
            name = channel
        case CustomerName.CHANNEL_CUSTOMER:
            name = rules.customer_of_channel(channel) if channel else None
    if name:
        return name
    return refuse(
        "reference-missing",
        where="customer",
        document="sales order",
        kind="customer",
        option=f"Customer name: {rules.customer_name.label}",
    )


def _client_behind(order: SalesOrder, rules: Rules) -> str:
    """Give the client whose data a new customer takes; empty: a marketplace has none."""
    named_by_client = rules.customer_name in (CustomerName.CLIENT_CODE, CustomerName.CLIENT_NAME)
    return order.customer.name if order.customer and named_by_client else ""


def _line(line: OrderLine, position: int, rules: Rules, context: Context) -> OrderLine | Refusal:
    product = context.item(line.item.name) if line.item else None
    name = line.item.name if line.item else None
    if rules.item_name is ItemName.CUSTOM_FIELD and rules.item_name_field:
        name = product.custom_field(rules.item_name_field) if product else None
    if not name:
        return refuse(
            "reference-missing",
            where=f"lines[{position}].item",
            document=f"line {position + 1}",
            kind="item",
            option=f"Item name: {rules.item_name.label}",
        )
    return OrderLine(
        id=line.id,
        item=Reference(name),
        description=_description(line, product, rules),
        quantity=line.quantity,
        unit_price=line.unit_price if rules.send_prices is Prices.ORDER else None,
    )


def _description(line: OrderLine, product: Item | None, rules: Rules) -> str | None:
    """DOC-2; an empty text leaves the item's own description in place."""
    text: str | None = None
    match rules.line_description:
        case LineDescription.EMPTY:
            pass
        case LineDescription.PRODUCT_NAME:
            text = product.description if product else None
        case LineDescription.PRODUCT_OBSERVATIONS:
            text = product.notes if product else None
        case LineDescription.LINE_OBSERVATIONS:
            text = line.notes
    return text or None


def _creation_date(order: SalesOrder, rules: Rules, today: date) -> date:
    """DOC-5: empty and synchronization date are the same day for sales orders."""
    if rules.creation_date is CreationDate.DOCUMENT_DATE and order.created_on is not None:
        return order.created_on
    return today


def _new_customer(name: str, client: Customer | None) -> Customer:
    if client is None:
        return Customer(id="", name=name, full_name=name)
    return Customer(
        id="",
        name=name,
        full_name=name,
        company_name=client.company_name,
        billing_address=client.billing_address,
        delivery_address=client.delivery_address,
        contact=client.contact,
    )


def _new_item(name: str, product: Item | None, rules: Rules, context: Context) -> Item | Refusal:
    accounts = {
        "income_account": rules.income_account,
        "cogs_account": rules.cogs_account,
        "asset_account": rules.asset_account,
    }
    stocked = rules.item_type is CreatedItemType.INVENTORY
    for key in accounts if stocked else ("income_account",):
        if not accounts[key]:
            return refuse(
                "account-missing",
                value=name,
                target=context.target,
                option=key.replace("_", " "),
                setting=f"{_SECTION}.{key}",
                kind="item",
            )
    text = None
    if product is not None:
        wants_notes = rules.line_description is LineDescription.PRODUCT_OBSERVATIONS
        text = product.notes if wants_notes else product.description
    return Item(
        id="",
        name=name,
        full_name=name,
        type=rules.item_type.item_type,
        description=text or None,
        sales_price=product.sales_price if product else None,
        income_account=rules.income_account,
        expense_account=rules.cogs_account if stocked else None,
        asset_account=rules.asset_account if stocked else None,
    )
