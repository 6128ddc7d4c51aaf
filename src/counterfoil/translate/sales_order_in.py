"""Sales order → sales order, from the books to the operations system (IN-SO)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Final

from msgspec.structs import replace

from counterfoil.documents import (
    Customer,
    CustomField,
    Document,
    DocumentKind,
    DocumentStatus,
    Item,
    ItemType,
    ListRecord,
    Money,
    OrderLine,
    Quantity,
    RecordKind,
    Reference,
    Refusal,
    SalesOrder,
    reason,
    refuse,
    rounded_to,
)
from counterfoil.settings import (
    FlowName,
    InvoicedPart,
    NegativeLines,
    NumberTaken,
    ProductName,
    Settings,
)
from counterfoil.settings import SalesOrderIn as Rules

from ._carried import carried_line, carried_reference
from ._changing import may_change_order
from ._parts import LandedPart, Part, part_number, whole
from ._plain import plain
from ._translator import Context, Ruling, Translated, Verdict

__all__ = ["SalesOrderIn"]

_SECTION: Final = FlowName.SALES_ORDER_IN
_CREATION_SETTINGS: Final = {
    RecordKind.CUSTOMER: f"{_SECTION}.create_missing_clients",
    RecordKind.ITEM: f"{_SECTION}.create_missing_products",
}

# Items that steer a sum instead of naming goods or work; their lines do not travel
# (reference section 4.6, "not imported").
_NOT_GOODS: Final = frozenset(
    {
        ItemType.SUBTOTAL,
        ItemType.DISCOUNT,
        ItemType.PAYMENT,
        ItemType.SALES_TAX,
        ItemType.SALES_TAX_GROUP,
        ItemType.GROUP,
    }
)

# Our mark on a number that an unrelated order already bears (reference section 4.6).
_BOOKS: Final = "QuickBooks"
_NAMED_MAX: Final = 5
# What is quoted of a line that stays, in a note.
_NOTE_LENGTH_MAX: Final = 80
TAKEN_SUFFIX: Final = "-QB"

# As many decimals as a price in the books has (PRICETYPE).
_PRICE_PLACES: Final = 5


class SalesOrderIn:
    """The rules FLOW-4, DOC-2, DOC-7 and DOC-8 for sales orders."""

    def rule(self, document: Document, settings: Settings) -> Ruling | None:
        """FLOW-4: everything but cancelled orders; by setting, what is fully invoiced.

        The start date is about changes in the books, so it bounds what is read, not this.
        """
        order = _order(document)
        if order.status is DocumentStatus.CANCELLED:
            return Ruling(Verdict.LEAVE_OUT, reason("cancelled"))
        is_invoiced = order.status is DocumentStatus.CLOSED
        takes_rest = settings.sales_order_in.part_invoiced is InvoicedPart.REST
        if takes_rest and (is_invoiced or _nothing_left(order)):
            return Ruling(Verdict.LEAVE_OUT, reason("nothing-left"))
        if is_invoiced and not settings.sales_order_in.include_fully_invoiced:
            return Ruling(Verdict.LEAVE_OUT, reason("fully-invoiced"), is_passable=True)
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
        """Read the items, to tell goods from subtotals and discounts."""
        order = _order(document)
        return tuple((RecordKind.ITEM, line.item.name) for line in order.lines if line.item)

    def number(self, document: Document, part: str, settings: Settings) -> str | None:
        """Take the order's number, or its identity where it has none."""
        return part_number(document.number or document.id, part)

    def must_check_number(self, settings: Settings) -> bool:
        """Codes are unique in the operations system, so it is always looked up."""
        return True

    def other_number(self, number: str, settings: Settings) -> str | None:
        """Append our mark once, when the setting allows it."""
        if settings.sales_order_in.number_taken is NumberTaken.REFUSE:
            return None
        return None if number.endswith(TAKEN_SUFFIX) else number + TAKEN_SUFFIX

    def translate(
        self, document: Document, number: str | None, context: Context
    ) -> Translated | Refusal:
        """Translate a sales order of the books into the order that is produced.

        Source:
            Reference section 4.6, table of the inward flows.
        """
        order = _order(document)
        rules = context.settings.sales_order_in
        if order.customer is None:
            return refuse(
                "reference-missing",
                where="customer",
                document="sales order",
                kind="customer",
                option="Customer",
            )
        origins = {(RecordKind.CUSTOMER, order.customer.name): order.customer.name}
        unclear = _rest_unclear(order, context)
        if unclear is not None:
            return unclear
        lines: list[OrderLine] = []
        left_out: list[str] = []
        for position, line in enumerate(order.lines, start=1):
            if line.item is None or _steers_a_sum(context.item(line.item.name)):
                left_out.append(_left_out(position, line))
                continue
            quantity, note = _wanted(position, line, rules)
            if note is not None:
                left_out.append(note)
            if quantity is None:
                continue
            if quantity.value <= 0:
                if rules.negative_lines is NegativeLines.REFUSE:
                    return _unfit(position, line, quantity, context)
                left_out.append(
                    f"{_named(position, line)} has the quantity {_plain(quantity)} and is left out."
                )
                continue
            code = _product_code(line.item.name, rules)
            origins[RecordKind.ITEM, code] = line.item.name
            place = None if position == len(lines) + 1 else position
            lines.append(replace(_line(line, code), quantity=quantity, position=place))
        if not lines:
            return refuse("nothing-to-send", document="sales order")
        return Translated(
            document=SalesOrder(
                id="",
                number=number,
                customer=Reference(order.customer.name),
                created_on=order.created_on,
                due_on=order.due_on,
                delivery_address=order.delivery_address,
                memo=order.memo,
                currency=order.currency,
                lines=tuple(lines),
                custom_fields=_custom_fields(order, rules),
            ),
            origins=origins,
            left_out=tuple(left_out),
        )

    def carried(self, document: Document) -> Document:
        """Client, due day and the lines: product, quantity, price.

        What production moves and what people note there is no change of the order.
        """
        order = _order(document)
        return SalesOrder(
            id="",
            customer=carried_reference(order.customer),
            due_on=order.due_on,
            lines=tuple(carried_line(line, describes=False) for line in order.lines),
        )

    def may_change(self, current: Document, document: Document) -> Refusal | None:
        """Nothing below what was shipped."""
        return may_change_order(_order(current), _order(document))

    def has_follow_ups(self, settings: Settings) -> bool:
        """None has: see ``follow_ups``."""
        return False

    def follow_ups(self, document: Document, settings: Settings) -> tuple[CustomField, ...]:
        """Nothing: the operations system takes custom fields with the order."""
        return ()

    def new_record(
        self, kind: RecordKind, name: str, origin: str, context: Context
    ) -> ListRecord | Refusal | None:
        """Make the client or the product; its code is the name in the books."""
        rules = context.settings.sales_order_in
        if kind is RecordKind.CUSTOMER and rules.create_missing_clients:
            customer = context.customer(origin)
            return Customer(
                id="",
                name=name,
                full_name=name,
                company_name=(customer and customer.company_name) or name,
                billing_address=customer.billing_address if customer else None,
                contact=customer.contact if customer else None,
            )
        if kind is RecordKind.ITEM and rules.create_missing_products:
            item = context.item(origin)
            text = item.description if item else None
            by_text = rules.product_name is ProductName.DESCRIPTION
            return Item(
                id="",
                name=name,
                full_name=name,
                description=(text if by_text else None) or name,
            )
        return None

    def creation_setting(self, kind: RecordKind) -> str | None:
        """Name the switch a person can turn on."""
        return _CREATION_SETTINGS.get(kind)


def _order(document: Document) -> SalesOrder:
    assert isinstance(document, SalesOrder), "this flow translates sales orders"
    return document


def _steers_a_sum(item: Item | None) -> bool:
    return item is not None and item.type in _NOT_GOODS


def _product_code(full_name: str, rules: Rules) -> str:
    """DOC-8: the whole path, or its last segment."""
    return full_name.rpartition(":")[2].strip() if rules.ignore_categories else full_name


def _line(line: OrderLine, code: str) -> OrderLine:
    quantity = line.quantity or Quantity(Decimal(1))
    price = line.unit_price
    if line.quantity is None and line.amount is not None:
        # It goes as one, and comes to what it comes to in the books, whatever its rate says.
        price = line.amount
    elif price is None and line.amount is not None and quantity.value:
        exactly = Fraction(line.amount.amount) / Fraction(quantity.value)
        price = Money(rounded_to(_PRICE_PLACES, exactly), line.amount.currency)
    return OrderLine(
        id=line.id,
        item=Reference(code),
        quantity=quantity,
        unit_set=line.unit_set,
        unit_price=price,
        notes=line.description,
    )


def _nothing_left(order: SalesOrder) -> bool:
    """Whether all that was ordered is invoiced or closed by hand.

    A line without a quantity may be a sum or a service; with one of those, something may be
    left.
    """
    goods = [line for line in order.lines if line.item is not None]
    return bool(goods) and all(
        line.is_closed
        or (
            line.quantity is not None
            and line.delivered is not None
            and 0 < line.quantity.value <= line.delivered.value
        )
        for line in goods
    )


def _wanted(position: int, line: OrderLine, rules: Rules) -> tuple[Quantity | None, str | None]:
    """Give how much of a line goes, ``None``: nothing; and what is to be told of it."""
    ordered = line.quantity or Quantity(Decimal(1))
    takes_rest = rules.part_invoiced is InvoicedPart.REST
    name = _named(position, line)
    if line.is_closed:
        said = f"{name} is closed by hand in {_BOOKS} and"
        return (
            (None, f"{said} is left out.") if takes_rest else (ordered, f"{said} goes as a whole.")
        )
    done = line.delivered
    if done is None or done.value <= 0 or ordered.value <= 0:
        return ordered, None
    if not takes_rest:
        said = f"{name} goes as a whole, although {_plain(done)} of {_plain(ordered)} are"
        return ordered, f"{said} invoiced already."
    left = Quantity(ordered.value - done.value, ordered.unit)
    if left.value <= 0:
        return None, f"{name} is invoiced already and is left out."
    said = f"{name} goes with {_plain(left)}: {_plain(done)} of {_plain(ordered)} are"
    return left, f"{said} invoiced already."


def _unfit(position: int, line: OrderLine, quantity: Quantity, context: Context) -> Refusal:
    return refuse(
        "quantity-unfit",
        where=f"lines[{position - 1}].quantity",
        value=_plain(quantity),
        field=_named(position, line),
        what="negative" if quantity.value < 0 else "zero",
        target=context.target,
        source=_BOOKS,
        setting=f"{_SECTION}.negative_lines",
    )


def _rest_unclear(order: SalesOrder, context: Context) -> Refusal | None:
    """Refuse to change the rest of an order: how much was done before it went is not known."""
    if not context.is_update:
        return None
    if context.settings.sales_order_in.part_invoiced is not InvoicedPart.REST:
        return None
    done = [
        _named(position, line)
        for position, line in enumerate(order.lines, start=1)
        if line.item is not None and (line.is_closed or line.delivered is not None)
    ]
    if not done:
        return None
    return refuse(
        "rest-unclear",
        document="sales order",
        target=context.target,
        problem=", ".join(done[:_NAMED_MAX]),
        setting=f"{_SECTION}.part_invoiced",
    )


def _named(position: int, line: OrderLine) -> str:
    return f"Line {position} ({line.item.name})" if line.item else f"Line {position}"


def _plain(quantity: Quantity) -> str:
    number = format(plain(quantity.value), "f")
    return f"{number} {quantity.unit}" if quantity.unit else number


def _left_out(position: int, line: OrderLine) -> str:
    text = " ".join((line.description or "").split())
    said = f" (“{text[:_NOTE_LENGTH_MAX]}”)" if text else ""
    return f"{_named(position, line)}{said} names no goods and is left out."


def _custom_fields(order: SalesOrder, rules: Rules) -> tuple[CustomField, ...]:
    """DOC-7: one field, passed over where it is absent or empty."""
    pair = rules.custom_field
    value = order.custom_field(pair.source) if pair else None
    return (CustomField(pair.target, value),) if pair and value else ()
