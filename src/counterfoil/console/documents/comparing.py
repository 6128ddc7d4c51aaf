"""Both sides of a document, field beside field and line beside line, and where they differ.

Pure.  A field differs where both sides say something and not the same.  Names may be others on
purpose (a customer is matched, an item called otherwise), and so may numbers: they are shown
beside each other and count as no difference.  What one side keeps no field for is empty there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final, NamedTuple

from counterfoil.documents import (
    Address,
    BillLine,
    CountLine,
    Document,
    ExpenseLine,
    Money,
    MovementLine,
    OrderLine,
    PurchaseLine,
    Reference,
    amount_of,
    name_key,
)
from counterfoil.engine.heading import heading_of
from counterfoil.engine.transfers import PairedLine

__all__ = ["Both", "Compared", "Field", "Line", "Side", "compared"]

Value = str | date | Decimal | None
"""What stands in a field; ``None``: nothing."""


class Both(NamedTuple):
    """A value on both sides."""

    here: Value
    there: Value
    differs: bool


class Field(NamedTuple):
    """A field of the head."""

    label: str
    both: Both


class Side(NamedTuple):
    """A line on one side."""

    item: str | None
    text: str | None
    quantity: Decimal | None
    unit: str | None
    rate: Decimal | None
    amount: Decimal | None


class Line(NamedTuple):
    """A line on both sides; a side of ``None``: it is not there."""

    here: Side | None
    there: Side | None

    @property
    def shown(self) -> Side:
        """The side that names the line."""
        found = self.here or self.there
        assert found is not None, "a line is on some side"
        return found

    def both(self, name: str) -> Both:
        """Give a figure on both sides."""
        here, there = (side and getattr(side, name) for side in self)
        return _both(here, there)

    @property
    def is_other_item(self) -> bool:
        """Whether the sides call the item otherwise."""
        if self.here is None or self.there is None:
            return False
        return name_key(self.here.item or "") != name_key(self.there.item or "")


class Compared(NamedTuple):
    """All of a document: its head and its lines.

    Attributes:
        is_both: Both sides are known; ``False``: only this one.
    """

    fields: Sequence[Field]
    lines: Sequence[Line]
    total: Both
    currency: str | None
    is_both: bool

    @property
    def differences(self) -> int:
        """In how many fields and figures the sides differ."""
        figures = sum(line.both(name).differs for line in self.lines for name in _FIGURES)
        return sum(field.both.differs for field in self.fields) + figures + self.total.differs

    @property
    def alike(self) -> int:
        """In how many fields of the head they say the same."""
        return sum(
            not field.both.differs and field.both.here is not None and field.both.there is not None
            for field in self.fields
        )


def compared(
    here: Document,
    there: Document | None,
    pairs: Sequence[PairedLine] | None,
    *,
    there_total: Decimal | None = None,
    there_number: str | None = None,
) -> Compared:
    """Put a document beside what it became.

    Args:
        here, there: ``there`` is ``None`` where it is not known what it says there.
        pairs: Which line became which; ``None``: not known, they are put together by place.
        there_total: What it comes to there, where the other side said so.
        there_number: Its number there, which is known before the document is read back.
    """
    total, other = _total(here), there_total
    if other is None and there is not None:
        other = _total(there)
    return Compared(
        fields=tuple(_fields(here, there, there_number)),
        lines=tuple(_lines(here, there, pairs)),
        total=_both(total, other),
        currency=heading_of(here).currency,
        is_both=there is not None,
    )


def _total(document: Document) -> Decimal | None:
    told = heading_of(document).total
    return None if told is None else Decimal(told)


def _both(here: Value, there: Value, *, is_name: bool = False) -> Both:
    differs = not is_name and here is not None and there is not None and here != there
    return Both(here, there, differs)


_FIGURES: Final = ("quantity", "rate", "amount")


# --- The head ----------------------------------------------------------------------------------


class _Asked(NamedTuple):
    label: str
    names: tuple[str, ...]
    is_name: bool = False


_NUMBER: Final = "Number"
_FIELDS: Final = (
    _Asked("Customer", ("customer",), is_name=True),
    _Asked("Vendor", ("vendor",), is_name=True),
    _Asked("Worker", ("worker",), is_name=True),
    _Asked(_NUMBER, ("number",), is_name=True),
    _Asked("Order", ("order_number", "order_code"), is_name=True),
    _Asked("Date", ("own_day",)),
    _Asked("Due", ("due_on",)),
    _Asked("Customer’s order number", ("customer_order_number",)),
    _Asked("Vendor’s invoice number", ("vendor_invoice_number",), is_name=True),
    _Asked("Sales channel", ("sales_channel",), is_name=True),
    _Asked("Bill to", ("billing_address",)),
    _Asked("Ship to", ("delivery_address",)),
    _Asked("Shipped by", ("ship_via",), is_name=True),
    _Asked("Tracking number", ("tracking_number",)),
    _Asked("Service", ("service_item",), is_name=True),
    _Asked("Payroll item", ("payroll_item",), is_name=True),
    _Asked("Operation", ("operation",), is_name=True),
    _Asked("Time", ("minutes",)),
    _Asked("Account", ("account", "payables_account"), is_name=True),
    _Asked("Tax", ("tax",)),
    _Asked("Memo", ("memo", "notes"), is_name=True),
    _Asked("Currency", ("currency",)),
)


def _fields(here: Document, there: Document | None, number: str | None) -> Iterator[Field]:
    for asked in _FIELDS:
        values = [_first(side, asked.names) for side in (here, there)]
        if there is None and asked.label == _NUMBER:
            values[1] = number
        if any(value is not None for value in values):
            yield Field(asked.label, _both(*values, is_name=asked.is_name))


def _first(document: Document | None, names: Sequence[str]) -> Value:
    for name in names:
        found = _told(getattr(document, name, None))
        if found is not None:
            return found
    return None


def _told(value: Any) -> Value:
    match value:
        case None | "":
            return None
        case Reference():
            return value.name
        case Money():
            return value.amount
        case Address():
            return _address(value)
        case bool():
            return "yes" if value else "no"
        case int():
            return f"{value // 60} h {value % 60:02} min"
        case _:
            return value  # type: ignore[no-any-return]  # text or a day, by the documents' shapes


def _address(address: Address) -> str | None:
    town = " ".join(filter(None, (address.city, address.state, address.postal_code)))
    return ", ".join(filter(None, (*address.lines, town, address.country))) or None


# --- The lines ---------------------------------------------------------------------------------


def _lines(
    here: Document, there: Document | None, pairs: Sequence[PairedLine] | None
) -> Iterator[Line]:
    """Put lines together as they were paired, else by their places; what is left comes after."""
    own = _all_lines(here)
    others = [] if there is None else _all_lines(there)
    became = {pair.source: pair.target for pair in pairs or () if pair.source and pair.target}
    by_id = {line.id: line for line in others if getattr(line, "id", "")}
    taken: set[int] = set()
    for place, line in enumerate(own):
        partner = by_id.get(became.get(getattr(line, "id", ""), ""))
        if partner is None and not became and place < len(others):
            partner = others[place]
        if partner is not None:
            taken.add(id(partner))
        yield Line(_side(line), None if partner is None else _side(partner))
    for line in others:
        if id(line) not in taken:
            yield Line(None, _side(line))


def _all_lines(document: Document) -> list[Any]:
    return [*getattr(document, "lines", ()), *getattr(document, "expenses", ())]


def _side(line: Any) -> Side:
    read = next(read for kind, read in _SIDES.items() if isinstance(line, kind))
    return read(line)


def _order_side(line: Any) -> Side:
    price = line.unit_price if isinstance(line, OrderLine) else line.unit_cost
    rate = None if price is None else price.amount
    quantity = None if line.quantity is None else line.quantity.value
    told = None if line.amount is None else line.amount.amount
    figured = amount_of(rate, quantity) if rate is not None and quantity is not None else None
    return Side(
        item=_name(line.item),
        text=line.description,
        quantity=quantity,
        unit=None if line.quantity is None else line.quantity.unit,
        rate=rate,
        amount=figured if told is None else told,
    )


def _moved_side(line: MovementLine) -> Side:
    rate = None if line.unit_value is None else line.unit_value.amount
    return Side(
        item=line.item.name,
        text=line.description,
        quantity=line.moved.value,
        unit=line.moved.unit,
        rate=rate,
        amount=None if rate is None else amount_of(rate, line.moved.value),
    )


def _counted_side(line: CountLine) -> Side:
    figure = line.counted or line.change
    return Side(
        item=line.item.name,
        text=None if line.counted is not None or figure is None else "change of stock",
        quantity=None if figure is None else figure.value,
        unit=None if figure is None else figure.unit,
        rate=None,
        amount=None,
    )


def _expense_side(line: ExpenseLine) -> Side:
    return Side(line.account.name, line.memo, None, None, None, line.amount.amount)


def _name(reference: Reference | None) -> str | None:
    return None if reference is None else reference.name


_SIDES: Final[dict[type, Callable[[Any], Side]]] = {
    OrderLine: _order_side,
    PurchaseLine: _order_side,
    BillLine: _order_side,
    MovementLine: _moved_side,
    CountLine: _counted_side,
    ExpenseLine: _expense_side,
}
