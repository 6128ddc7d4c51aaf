"""Which lines of an order in the books goods fulfil, and how much of each is open.

A linked line says of which order's line it takes how much, and nothing else.  Hence:

* what is open is read from the order right before it is linked, because people bill by
  hand, too;
* linked lines stand in the sequence of the order's lines, those beside the order after them;
* nothing is ever taken twice: of a line of which nothing is open the document stops.

Source: reference of the Desktop, section on linking, with its corrections 3 to 7.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Final

import msgspec

from counterfoil.documents import (
    DocumentStatus,
    Estimate,
    Money,
    MovementLine,
    OrderLine,
    OrderLink,
    PurchaseLine,
    PurchaseOrder,
    Quantity,
    Refusal,
    SalesOrder,
    document_kind,
    places_of,
    refuse,
)
from counterfoil.settings import FlowName, OverDelivery, UnlinkableLines

from ._movements import MovementRules, line_keys, quantity_sent
from ._plain import plain
from ._translator import Context, OrderThere

__all__ = ["Taken", "amount_to_send", "followers", "on_order", "order_words", "taken_lines"]

_CENTS: Final = 2


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """What becomes of a line of goods, or of some of it.

    Attributes:
        key: The line as the source keeps it.
        position: Its place at the source, counted from 0.
        line: The source's line.
        quantity: How much of it.
        fulfils: The order's line in the target; ``None``: it goes beside the order.
    """

    key: str
    position: int
    line: MovementLine
    quantity: Quantity
    fulfils: OrderLine | PurchaseLine | None = None

    def link(self, order: OrderThere) -> OrderLink | None:
        """Give what links it to the order."""
        return None if self.fulfils is None else OrderLink(order.document.id, self.fulfils.id)


class _StoppedError(Exception):
    """The document stops; carries the refusal out of nested steps."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__()
        self.refusal = refusal


def taken_lines(
    lines: tuple[MovementLine, ...],
    rules: MovementRules,
    context: Context,
    section: FlowName,
) -> tuple[tuple[Taken, ...], tuple[str, ...]] | Refusal:
    """Say what of each line goes where, and what does not go.

    Returns:
        The lines, linked ones first, in the order's sequence, and sentences about what stays;
        or why the document stops.
    """
    rest = _rest_of_order(lines, context.order) if rules.whole_once and context.order else ()
    lines = (*lines, *rest)
    all_lines = tuple(
        Taken(key=key, position=position, line=line, quantity=quantity_sent(line, rules))
        for position, (key, line) in enumerate(zip(line_keys(lines), lines, strict=True))
    )
    moving = tuple(each for each in all_lines if each.quantity.value > 0)
    if not moving:
        return refuse("nothing-to-send", document=_OF_FLOW[section].document)
    if context.order is None:
        return moving, ()
    linking = _Linking(context.order, rules, context, section)
    try:
        taken = [part for each in moving for part in linking.take(each)]
    except _StoppedError as stop:
        return stop.refusal
    place = {line.id: at for at, line in enumerate(on_order(context.order))}
    taken.sort(key=lambda each: place[each.fulfils.id] if each.fulfils else len(place))
    document = _OF_FLOW[section].document
    return tuple(taken), (*linking.notes, *(_whole_order(line, document) for line in rest))


def _rest_of_order(lines: Sequence[MovementLine], order: OrderThere) -> tuple[MovementLine, ...]:
    """Give the open lines of the source's order that these lines do not name (FLOW-11).

    With whole quantities one document stands for the whole order: what another shipping of it
    ordered would otherwise go into none, for a second document is refused (FLOW-10).
    """
    named = {line.order_line_id for line in lines}
    here = {there: source for source, there in order.lines.items() if source not in named}
    return tuple(
        MovementLine(
            item=line.item,
            moved=Quantity(Decimal(0), line.quantity.unit),
            ordered=line.quantity,
            order_line_id=here[line.id],
        )
        for line in on_order(order)
        if line.id in here
        and line.item is not None
        and line.quantity is not None
        and _open(line, order) != 0
    )


def _whole_order(line: MovementLine, document: str) -> str:
    ordered = line.ordered.value if line.ordered else Decimal(0)
    return (
        f"{line.item.name} goes as ordered, with {plain(ordered):f}, although it is not on this "
        f"{document}."
    )


class _Words(msgspec.Struct, frozen=True):
    """How a flow's documents are called in a refusal, and which one says that nothing is open."""

    document: str
    nothing_open: str


_OF_FLOW: Final[Mapping[FlowName, _Words]] = {
    FlowName.RECEIPT_OUT: _Words("receiving", "already-billed"),
    FlowName.SHIPMENT_OUT: _Words("shipping", "already-invoiced"),
}


class _Linking:
    """The linking of one document to its order; lives no longer than it.

    Attributes:
        left: Line of the order -> how much of it is open after what was taken; ``None``: not
            told, the books have the last word.
        notes: What people shall know of what stays.
    """

    def __init__(
        self, order: OrderThere, rules: MovementRules, context: Context, section: FlowName
    ) -> None:
        self.order, self.rules, self.context, self.section = order, rules, context, section
        self.there = {line.id: line for line in on_order(order)}
        self.left = {line.id: _open(line, order) for line in self.there.values()}
        self.notes: list[str] = []

    def take(self, wanted: Taken) -> list[Taken]:
        """Say what becomes of one line."""
        line = self._line_of(wanted)
        if line is None:
            return [wanted]
        left = self.left[line.id]
        quantity = wanted.quantity.value
        if left is not None and left <= 0:
            raise _StoppedError(self._refusal(_OF_FLOW[self.section].nothing_open, wanted, line))
        fits = left is None or quantity <= left
        linked = quantity if left is None or fits else left
        self.left[line.id] = None if left is None else left - linked
        taken = msgspec.structs.replace(
            wanted, quantity=Quantity(plain(linked), wanted.quantity.unit), fulfils=line
        )
        if fits:
            return [taken]
        return [taken, *self._excess(wanted, line, quantity - linked)]

    def _line_of(self, wanted: Taken) -> OrderLine | PurchaseLine | None:
        """Find the order's line; ``None``: the line goes beside the order."""
        source = wanted.line.order_line_id
        found = self.there.get(self.order.lines.get(source, "")) if source else None
        if found is not None:
            self._must_share_unit(wanted, found)
            return found
        if self.rules.lines_outside_order is UnlinkableLines.UNLINKED:
            return None
        raise _StoppedError(
            refuse(
                "order-line-unknown",
                where=f"lines[{wanted.position}]",
                value=wanted.line.item.name,
                field=f"Line {wanted.position + 1}",
                document=_OF_FLOW[self.section].document,
                target=self.context.target,
                order=order_words(self.order),
                problem="no such line, or it cannot be told which",
                setting=f"{self.section}.lines_outside_order",
            )
        )

    def _must_share_unit(self, wanted: Taken, line: OrderLine | PurchaseLine) -> None:
        here, there = wanted.quantity.unit, line.quantity.unit if line.quantity else None
        if here is None or there is None or here == there:
            return
        raise _StoppedError(
            refuse(
                "unit-unknown",
                where=f"lines[{wanted.position}].quantity",
                value=f"{wanted.quantity.value:f} {here}",
                field=f"Line {wanted.position + 1} ({wanted.line.item.name})",
                problem=f"the order's line in {self.context.target} counts in “{there}”",
            )
        )

    def _excess(
        self, wanted: Taken, line: OrderLine | PurchaseLine, excess: Decimal
    ) -> list[Taken]:
        """Say what becomes of what is more than open."""
        match self.rules.over_delivery:
            case OverDelivery.REFUSE:
                raise _StoppedError(self._refusal("over-delivered", wanted, line))
            case OverDelivery.UNLINKED:
                rest = Quantity(plain(excess), wanted.quantity.unit)
                return [msgspec.structs.replace(wanted, quantity=rest)]
            case OverDelivery.TAKE_OPEN:
                self.notes.append(
                    f"Line {wanted.position + 1} ({wanted.line.item.name}): {plain(excess):f} more "
                    f"moved than is open of {order_words(self.order)}; they do not go."
                )
                return []

    def _refusal(self, code: str, wanted: Taken, line: OrderLine | PurchaseLine) -> Refusal:
        before = _open(line, self.order) or Decimal(0)
        return refuse(
            code,
            where=f"lines[{wanted.position}].moved",
            value=wanted.line.item.name,
            field=f"Line {wanted.position + 1}",
            document=_OF_FLOW[self.section].document,
            moved=f"{plain(wanted.quantity.value):f}",
            open=f"{plain(before):f}",
            ordered=f"{plain(line.quantity.value):f}" if line.quantity else "?",
            target=self.context.target,
            order=order_words(self.order),
            found=followers(self.order),
            setting=f"{self.section}.over_delivery",
        )


def on_order(order: OrderThere) -> Sequence[OrderLine | PurchaseLine]:
    """Give the lines of an order in the target."""
    assert isinstance(order.document, SalesOrder | PurchaseOrder | Estimate), "goods fulfil orders"
    return order.document.lines


def order_words(order: OrderThere) -> str:
    """Name an order in the target: ``purchase order PO-17``."""
    kind = document_kind(order.document).words
    return f"{kind} {order.document.number or order.document.id}"


def followers(order: OrderThere) -> str:
    """Name what was made from an order in the target."""
    made = [f"{each.kind.replace('-', ' ')} {each.id}" for each in order.document.made_into]
    return ", ".join(made) or "no document that it tells of"


def _open(line: OrderLine | PurchaseLine, order: OrderThere) -> Decimal | None:
    """Say how much of an order's line is open; ``None``: not told."""
    if line.is_closed or order.document.status is not DocumentStatus.OPEN:
        return Decimal(0)
    if line.quantity is None or line.delivered is None:
        return None
    return max(line.quantity.value - line.delivered.value, Decimal(0))


def amount_to_send(price: Money | None, quantity: Quantity) -> Money | None:
    """Give the amount of a linked line where the books would not figure it exactly.

    Quantity alone leaves the amount to QuickBooks; both together are taken as they are
    (corrections 7).
    """
    if price is None or places_of(price.amount) + places_of(quantity.value) <= _CENTS:
        return None
    amount = price.times(quantity)
    is_exact = Fraction(price.amount) * Fraction(quantity.value) == Fraction(amount.amount)
    return None if is_exact else amount
