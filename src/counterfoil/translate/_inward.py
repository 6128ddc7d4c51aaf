"""What the flows from the books have in common: a document there becomes an order.

Number, party, days, custom field and lines travel; what steers a sum stays behind and is
told.  What is particular (which rules speak against it, whose order it is, how a line's
price is called) is said by each flow.

Source: reference section 4.6, table of the inward flows; DOC-2, DOC-7, DOC-8.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import ClassVar, Final, TypeVar

import msgspec

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
    PurchaseLine,
    PurchaseOrder,
    Quantity,
    RecordKind,
    Refusal,
    SalesOrder,
    Vendor,
    reason,
    refuse,
    rounded_to,
)
from counterfoil.settings import (
    FLOWS,
    ClosedByHand,
    FlowName,
    NegativeLines,
    NumberTaken,
    OrdersIn,
    ProductName,
    Settings,
)

from ._parts import part_number
from ._plain import plain
from ._translator import Alone, Context, Ruling, Verdict

__all__ = [
    "BOOKS",
    "TAKEN_SUFFIX",
    "FromBooks",
    "Kept",
    "Lines",
    "closed_by_hand",
    "named",
    "nothing_left",
    "price_of",
    "rest_of",
    "whole_of",
]

BOOKS: Final = "QuickBooks"
TAKEN_SUFFIX: Final = "-QB"
"""Our mark on a number that an unrelated order already bears (reference section 4.6)."""

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
_NAMED_MAX: Final = 5
# What is quoted of a line that stays, in a note.
_NOTE_LENGTH_MAX: Final = 80
# As many decimals as a price in the books has (PRICETYPE).
_PRICE_PLACES: Final = 5

Line = OrderLine | PurchaseLine

Share = Callable[[int, Line], tuple[Quantity | None, str | None]]
"""How much of a line goes, ``None``: nothing; and what is to be told of it."""


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """A line that travels.

    Attributes:
        line: As the books have it.
        code: Of the product that it becomes a line of.
        quantity: How much of it goes.
        position: Its number in the books, where that is not its place among those that go.
    """

    line: Line
    code: str
    quantity: Quantity
    position: int | None


class Lines(msgspec.Struct, frozen=True, kw_only=True):
    """The lines that travel, and sentences about those that do not."""

    kept: tuple[Kept, ...]
    left_out: tuple[str, ...]

    @property
    def origins(self) -> dict[tuple[RecordKind, str], str]:
        """Product code -> the item's name in the books."""
        return {(RecordKind.ITEM, each.code): _item_name(each.line) for each in self.kept}


class FromBooks(Alone, ABC):
    """What every flow does that makes an order from a document of the books.

    ``section`` is the flow; ``party`` the list of whoever the order is from or to, with the
    setting that lets it be created.
    """

    section: ClassVar[FlowName]
    party: ClassVar[tuple[RecordKind, str]]

    @abstractmethod
    def _rules(self, settings: Settings) -> OrdersIn:
        """Give the flow's own settings."""

    def target_kind(self, document: Document, settings: Settings) -> DocumentKind:
        """It becomes a sales order; purchase orders say otherwise."""
        return DocumentKind.SALES_ORDER

    def needs(self, document: Document, settings: Settings) -> tuple[tuple[RecordKind, str], ...]:
        """Read the items, to tell goods from subtotals and discounts."""
        lines: Sequence[Line] = getattr(document, "lines", ())
        return tuple((RecordKind.ITEM, line.item.name) for line in lines if line.item)

    def number(self, document: Document, part: str, settings: Settings) -> str | None:
        """Take the document's number, or its identity where it has none."""
        return part_number(document.number or document.id, part)

    def must_check_number(self, settings: Settings) -> bool:
        """Codes are unique in the operations system, so it is always looked up."""
        return True

    def other_number(self, number: str, settings: Settings) -> str | None:
        """Append our mark once, when the setting allows it."""
        if self._rules(settings).number_taken is NumberTaken.REFUSE:
            return None
        return None if number.endswith(TAKEN_SUFFIX) else number + TAKEN_SUFFIX

    def has_follow_ups(self, settings: Settings) -> bool:
        """None has: see ``follow_ups``."""
        return False

    def follow_ups(self, document: Document, settings: Settings) -> tuple[CustomField, ...]:
        """Nothing: the operations system takes custom fields with the order."""
        return ()

    def new_record(
        self, kind: RecordKind, name: str, origin: str, context: Context
    ) -> ListRecord | Refusal | None:
        """Make the client, supplier or product; its code is the name in the books."""
        rules = self._rules(context.settings)
        party, setting = self.party
        if kind is party and getattr(rules, setting):
            known = context.records.get((kind, origin))
            if kind is RecordKind.VENDOR:
                return _named_like(Vendor, name, known)
            return _named_like(Customer, name, known)
        if kind is RecordKind.ITEM and rules.create_missing_products:
            return _new_product(name, context.item(origin), rules)
        return None

    def creation_setting(self, kind: RecordKind) -> str | None:
        """Name the switch a person can turn on."""
        settings = dict((self.party, (RecordKind.ITEM, "create_missing_products")))
        return f"{self.section}.{settings[kind]}" if kind in settings else None

    # --- For the flows themselves ----------------------------------------------------------

    @property
    def _document(self) -> str:
        """What is translated, in running text."""
        return FLOWS[self.section].source.words

    def _party_missing(self) -> Refusal:
        field = "customer" if self.party[0] is RecordKind.CUSTOMER else "vendor"
        return refuse(
            "reference-missing",
            where=field,
            document=self._document,
            kind=field,
            option=field.capitalize(),
        )

    def _lines(self, lines: Iterable[Line], context: Context, share: Share) -> Lines | Refusal:
        """Sort the lines that travel from those that stay."""
        rules = self._rules(context.settings)
        kept: list[Kept] = []
        left_out: list[str] = []
        for position, line in enumerate(lines, start=1):
            if line.item is None or _steers_a_sum(context.item(line.item.name)):
                left_out.append(_left_out(position, line))
                continue
            quantity, note = share(position, line)
            if note is not None:
                left_out.append(note)
            if quantity is None:
                continue
            if quantity.value <= 0:
                if rules.negative_lines is NegativeLines.REFUSE:
                    return self._unfit(position, line, quantity, context)
                said = f"{named(position, line)} has the quantity {_words(quantity)}"
                left_out.append(f"{said} and is left out.")
                continue
            kept.append(
                Kept(
                    line=line,
                    code=_product_code(line.item.name, rules),
                    quantity=quantity,
                    position=None if position == len(kept) + 1 else position,
                )
            )
        if not kept:
            return refuse("nothing-to-send", document=self._document)
        return Lines(kept=tuple(kept), left_out=tuple(left_out))

    def _unfit(self, position: int, line: Line, quantity: Quantity, context: Context) -> Refusal:
        return refuse(
            "quantity-unfit",
            where=f"lines[{position - 1}].quantity",
            value=_words(quantity),
            field=named(position, line),
            what="negative" if quantity.value < 0 else "zero",
            target=context.target,
            source=BOOKS,
            setting=f"{self.section}.negative_lines",
        )

    def _rest_unclear(
        self, lines: Iterable[Line], context: Context, setting: str
    ) -> Refusal | None:
        """Refuse to change the rest of an order: what was done before it went is not known."""
        done = [
            named(position, line)
            for position, line in enumerate(lines, start=1)
            if line.item is not None
            and (line.is_closed or (line.delivered and line.delivered.value))
        ]
        if not context.is_update or not done:
            return None
        return refuse(
            "rest-unclear",
            document=self._document,
            target=context.target,
            problem=", ".join(done[:_NAMED_MAX]),
            setting=f"{self.section}.{setting}",
        )

    def _custom_fields(self, document: Document, settings: Settings) -> tuple[CustomField, ...]:
        """DOC-7: one field, passed over where it is absent or empty."""
        pair = self._rules(settings).custom_field
        value = document.custom_field(pair.source) if pair else None
        return (CustomField(pair.target, value),) if pair and value else ()


# --- Lines --------------------------------------------------------------------------------


def whole_of(_position: int, line: Line) -> tuple[Quantity | None, str | None]:
    """Take all of a line; one without a quantity is one of it."""
    return line.quantity or Quantity(Decimal(1)), None


def rest_of(done: str, *, takes_rest: bool) -> Share:
    """Take what is left of each line, or the whole, and tell what is done of it.

    Args:
        done: What has been done of it: ``invoiced`` or ``received``.
        takes_rest: Only what is left goes.
    """

    def share(position: int, line: Line) -> tuple[Quantity | None, str | None]:
        ordered = line.quantity or Quantity(Decimal(1))
        name = named(position, line)
        if line.is_closed:
            said = f"{name} is closed by hand in {BOOKS} and"
            if takes_rest:
                return None, f"{said} is left out."
            return ordered, f"{said} goes as a whole."
        so_far = line.delivered
        if so_far is None or so_far.value <= 0 or ordered.value <= 0:
            return ordered, None
        if not takes_rest:
            said = f"{name} goes as a whole, although {_words(so_far)} of {_words(ordered)} are"
            return ordered, f"{said} {done} already."
        left = Quantity(ordered.value - so_far.value, ordered.unit)
        if left.value <= 0:
            return None, f"{name} is {done} already and is left out."
        said = f"{name} goes with {_words(left)}: {_words(so_far)} of {_words(ordered)} are"
        return left, f"{said} {done} already."

    return share


def price_of(line: Line) -> Money | None:
    """Give what one of a line costs; ``None``: the receiver's own price applies.

    One without a quantity goes as one, and comes to what it comes to in the books, whatever
    its rate says.
    """
    price = line.unit_price if isinstance(line, OrderLine) else line.unit_cost
    amount, quantity = line.amount, line.quantity
    if amount is None or (quantity is not None and price is not None):
        return price
    if quantity is None:
        return amount
    if not quantity.value:
        return None
    exactly = Fraction(amount.amount) / Fraction(quantity.value)
    return Money(rounded_to(_PRICE_PLACES, exactly), amount.currency)


def named(position: int, line: Line) -> str:
    """Name a line as people know it."""
    return f"Line {position} ({line.item.name})" if line.item else f"Line {position}"


def _item_name(line: Line) -> str:
    assert line.item is not None, "a line that travels names an item"
    return line.item.name


def _words(quantity: Quantity) -> str:
    number = format(plain(quantity.value), "f")
    return f"{number} {quantity.unit}" if quantity.unit else number


def _steers_a_sum(item: Item | None) -> bool:
    return item is not None and item.type in _NOT_GOODS


def _product_code(full_name: str, rules: OrdersIn) -> str:
    """DOC-8: the whole path, or its last segment."""
    return full_name.rpartition(":")[2].strip() if rules.ignore_categories else full_name


def _left_out(position: int, line: Line) -> str:
    text = " ".join((line.description or "").split())
    said = f" (“{text[:_NOTE_LENGTH_MAX]}”)" if text else ""
    return f"{named(position, line)}{said} names no goods and is left out."


# --- What is done of an order already -----------------------------------------------------


def closed_by_hand(order: SalesOrder | PurchaseOrder, chosen: ClosedByHand) -> Ruling | None:
    """FLOW-4: leave out what was closed by hand, as set.

    Of an order that was closed as a whole nothing is open, whatever its lines say: which of
    the two QuickBooks shows on them then is not confirmed.
    """
    if chosen is ClosedByHand.TAKE:
        return None
    if order.status is DocumentStatus.CANCELLED:
        return Ruling(Verdict.LEAVE_OUT, reason("cancelled"))
    if not any(line.is_closed for line in order.lines if line.item is not None):
        return None
    if nothing_left(order.lines):
        return Ruling(Verdict.LEAVE_OUT, reason("cancelled"))
    if chosen is ClosedByHand.ANY_LINE:
        return Ruling(Verdict.LEAVE_OUT, reason("part-closed"), is_passable=True)
    return None


def nothing_left(lines: Iterable[Line]) -> bool:
    """Say whether all that was ordered is delivered or closed by hand.

    A line without a quantity may be a sum or a service; with one of those, something may be
    left.
    """
    goods = [line for line in lines if line.item is not None]
    return bool(goods) and all(line.is_closed or _is_delivered(line) for line in goods)


def _is_begun(line: Line) -> bool:
    return line.delivered is not None and line.delivered.value != 0


def _is_delivered(line: Line) -> bool:
    ordered, delivered = line.quantity, line.delivered
    return ordered is not None and delivered is not None and 0 < ordered.value <= delivered.value


# --- Records ------------------------------------------------------------------------------


_Named = TypeVar("_Named", Customer, Vendor)


def _named_like(type_: type[_Named], name: str, known: ListRecord | None) -> _Named:
    """Make the client or supplier of a party of the books; its code is the full name there."""
    party = known if isinstance(known, type_) else None
    return type_(
        id="",
        name=name,
        full_name=name,
        company_name=(party and party.company_name) or name,
        billing_address=party.billing_address if party else None,
        contact=party.contact if party else None,
    )


def _new_product(name: str, item: Item | None, rules: OrdersIn) -> Item:
    """DOC-2: named by the item's text, or by its own code."""
    text = item.description if item else None
    by_text = rules.product_name is ProductName.DESCRIPTION
    return Item(id="", name=name, full_name=name, description=(text if by_text else None) or name)
