"""Measures: a line's quantity and price in the units, and with the decimals, of the target.

The last of drafting's steps, once it is known which records a draft's names mean.  A
quantity belongs to its unit: two cases of twelve are never two pieces.

* **From a unit of the source to the item's base unit**, by the item's own set of units, or
  by the one that the line names; the price the other way.
* **From there to the target**: where the item has a set of units there, the line names the
  unit (QuickBooks would count in its default sales unit); where the target calls its item by
  one of the source's units, the quantity is converted once more.
* **To the target's decimals**: exactly, or rounded where the settings say so.  This is the
  only place where a quantity or a price of a document is rounded.

What is not known refuses the document, naming line, item, quantity and unit; what could not
be read lets it wait.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from operator import is_
from typing import Any, Final, TypeAlias

import msgspec

from counterfoil.documents import (
    Bill,
    BillLine,
    Document,
    Estimate,
    Invoice,
    Item,
    ItemReceipt,
    Money,
    OrderLine,
    PurchaseLine,
    PurchaseOrder,
    Quantity,
    Reason,
    RecordKind,
    Reference,
    Refusal,
    SalesOrder,
    SalesReceipt,
    Unit,
    UnitSet,
    amount_of,
    name_key,
    places_of,
    reason,
    refuse,
    rounded_to,
)
from counterfoil.settings import ExcessDecimals

from .drafting import LIST_UNREAD, Draft, Target, our_mistake
from .matching import Entry, Lookup, lookup

__all__ = ["Side", "has_units", "measured", "total_of"]

_SETTING: Final = "general.excess_decimals"

_CENT: Final = Decimal("0.01")

# What has lines of items with quantities.
_MEASURED: Final = (
    SalesOrder,
    Estimate,
    Invoice,
    SalesReceipt,
    PurchaseOrder,
    Bill,
    ItemReceipt,
)
_PRICED: Final = (OrderLine, PurchaseLine, BillLine)
# Lines of the source that say what one costs.
_ORDERED: Final = (OrderLine, PurchaseLine)
Line: TypeAlias = OrderLine | PurchaseLine | BillLine

Number: TypeAlias = Decimal | Fraction


class Side(msgspec.Struct, frozen=True, kw_only=True):
    """What one system says about the units of its items.

    Attributes:
        name: The system's name in running text.
        items: Of the source by the names its documents use; of the target by identity.
        sets: Its sets of units, by identity and by the compared name.
        unread: Why they could not be read lately; ``None``: they were.
    """

    name: str
    items: Mapping[str, Item] = {}
    sets: Mapping[str, UnitSet] = {}
    unread: str | None = None


class _UnmeasuredError(Exception):
    """Why a document is not measured: a refusal, or what it waits for."""

    def __init__(self, why: Refusal | Reason) -> None:
        super().__init__()
        self.why = why


def has_units(draft: Draft) -> bool:
    """Whether any line of the translated document names a unit."""
    document = draft.translated and draft.translated.document
    return any(
        getattr(line, "quantity", None) is not None and line.quantity.unit is not None
        for line in getattr(document, "lines", ())
    )


def measured(
    draft: Draft,
    source: Side,
    there: Side,
    target: Target,
    found: Callable[[Lookup], Entry | None],
) -> Draft:
    """Give the draft with its lines in the target's units and decimals.

    Args:
        draft: A translated draft; others are given back as they are.
        source, there: What source and target say about units.
        target: Where it goes.
        found: The target's record that a name means; ``None``: it is none yet, or a doubt.
    """
    translated = draft.translated
    if translated is None or not isinstance(translated.document, _MEASURED):
        return draft
    measuring = _Measuring(draft, source, there, target, found)
    try:
        given: Sequence[Any] = translated.document.lines
        lines = tuple([measuring.line(at, line) for at, line in enumerate(given)])
    except _UnmeasuredError as stop:
        if isinstance(stop.why, Refusal):
            return msgspec.structs.replace(draft, refusal=stop.why)
        return msgspec.structs.replace(draft, waits=stop.why)
    except Exception as error:  # noqa: BLE001 - a mistake of ours stops one document, not all
        return msgspec.structs.replace(draft, refusal=our_mistake(draft.work, error))
    if not measuring.notes and all(map(is_, lines, given)):
        return draft
    return msgspec.structs.replace(
        draft,
        translated=msgspec.structs.replace(
            translated,
            document=msgspec.structs.replace(translated.document, lines=lines),
            left_out=(*translated.left_out, *measuring.notes),
        ),
    )


class _Measuring:
    """The measuring of one document; lives no longer than it.

    Attributes:
        notes: What people shall know of what was rounded.
    """

    def __init__(
        self,
        draft: Draft,
        source: Side,
        there: Side,
        target: Target,
        found: Callable[[Lookup], Entry | None],
    ) -> None:
        assert draft.translated is not None
        self.origins = draft.translated.origins
        self.source, self.there, self.target, self.found = source, there, target, found
        self.work = draft.work
        self.rounds = draft.work.settings.general.excess_decimals is ExcessDecimals.ROUND
        self.entered: Sequence[Any] = getattr(draft.work.document, "lines", ())
        self.notes: list[str] = []

    @cached_property
    def places(self) -> Mapping[str, int]:
        """Where the source's lines stand, by their identities; not those that share one."""
        names = [_identity(each) for each in self.entered]
        counts = Counter(names)
        return {name: at for at, name in enumerate(names) if counts[name] == 1}

    @cached_property
    def derives(self) -> bool:
        """Whether a line of the source leaves its price to what it comes to."""
        return any(_price(each) is None for each in self.entered if isinstance(each, _ORDERED))

    @cached_property
    def ordered(self) -> Mapping[str, str | None]:
        """The units in which the lines of its order count, by their identities in the target."""
        seen = self.work.transfer.order_seen
        lines = () if seen is None else getattr(seen.document, "lines", ())
        return {each.id: each.quantity and each.quantity.unit for each in lines}

    def line(self, at: int, line: Line) -> Line:
        """Measure one line; ``at`` is its position in the translated document."""
        if line.quantity is None or line.item is None:
            return line
        fits = self._fits(line)
        if fits and not self.derives:
            return line
        number, entered = self.entered_line(at, line)
        is_derived = entered is not None and _price(entered) is None
        if fits and not (is_derived and _price(line) is not None):
            return line
        return _Line(self, at, line, number, entered).measured()

    def _fits(self, line: Line) -> bool:
        """Whether a line can go as it is, which nearly all can."""
        quantity, price = line.quantity, _price(line)
        return (
            quantity is not None
            and quantity.unit is None
            and getattr(line, "unit_set", None) is None
            and not self.there.items
            and places_of(quantity.value) <= self.target.quantity_places
            and (price is None or places_of(price.amount) <= self.target.price_places)
        )

    def entered_line(self, at: int, line: Line) -> tuple[int, Line | None]:
        """Find the source's own line, and its number as people there count."""
        place = self.places.get(line.id, at) if line.id else at
        entered = self.entered[place] if place < len(self.entered) else None
        return place + 1, entered if isinstance(entered, _ORDERED) else None


class _Line:
    """The measuring of one line."""

    def __init__(
        self,
        whole: _Measuring,
        at: int,
        line: Line,
        number: int,
        entered: Line | None,
    ) -> None:
        assert line.item is not None
        assert line.quantity is not None
        self.whole, self.at, self.sent = whole, at, line
        self.quantity = line.quantity
        self.name = whole.origins.get((RecordKind.ITEM, line.item.name), line.item.name)
        self.entered = entered
        self.label = f"Line {number} ({self.name})"  # as people at the source count
        self.own = whole.source.items.get(self.name)
        entry = whole.found(lookup(RecordKind.ITEM, line.item.name))
        self.item_there = None if entry is None else whole.there.items.get(entry.id)

    def measured(self) -> Line:
        """Give the line as the target takes it."""
        value: Number = self.quantity.value
        price = _price(self.sent)
        each: Number | None = None if price is None else price.amount
        unit, factor = self._unit_and_factor()
        self._check_ordered(unit)
        if factor != 1:
            value = Fraction(value) * factor
            each = None if each is None else Fraction(each) / factor
        places = self.whole.target
        quantity = self._fitted("quantity", value, self.quantity.value, places.quantity_places)
        if price is not None and each is not None:
            fitted = self._fitted("price", each, price.amount, places.price_places)
            if fitted is not price.amount:
                price = Money(_in_cents(fitted), price.currency)
        result = _with(self.sent, Quantity(quantity, unit), price)
        self._explain(result, is_exact=_same(quantity, value) and _same_price(price, each))
        return result

    # --- Units ------------------------------------------------------------------------------

    def _unit_and_factor(self) -> tuple[str | None, Fraction]:
        """Give the unit that the line names in the target, and by what its quantity grows."""
        called, item = self.quantity.unit, self.item_there
        has_set = item is not None and item.unit_set is not None
        if called is None and not has_set:
            return None, Fraction(1)
        factor, kept = Fraction(1), None
        if called is not None:
            of_item = None if self.own is None else self.own.unit_set
            kept = self._set_of(getattr(self.sent, "unit_set", None) or of_item)
            counted = kept.unit(called)
            if counted is None:
                has = "several units of that name" if kept.called(called) else "no such unit"
                raise self._unknown(f"its unit of measure set “{kept.name}” has {has}")
            factor = Fraction(counted.ratio)
        if item is None:
            return None, factor
        if has_set:
            word = kept.base.name if kept is not None else self._called()
            units = self._set_there(item)
            return self._meant_by(units, word).name, factor
        assert kept is not None
        return None, factor / Fraction(self._meant_by(kept, item.unit).ratio)

    def _check_ordered(self, unit: str | None) -> None:
        """Stop what is linked to an order's line that counts in another unit.

        A linked line names no unit: QuickBooks counts it as the order's line does.
        """
        link = getattr(self.sent, "link", None)
        ordered = None if link is None else self.whole.ordered.get(link.line_id or "")
        if ordered is not None and (unit is None or name_key(unit) != name_key(ordered)):
            raise self._unknown(f"the line of its order counts in “{ordered}”")

    def _called(self) -> str | None:
        """Say what the source calls one of the item; ``None``: it does not say."""
        return None if self.own is None else self.own.unit

    def _set_of(self, reference: Reference | None) -> UnitSet:
        """Give the source's set that the line's unit belongs to."""
        source = self.whole.source
        if reference is None:
            raise self._unknown(f"the item has no unit of measure set in {source.name}")
        return self._known(source, reference)

    def _set_there(self, item: Item) -> UnitSet:
        assert item.unit_set is not None
        return self._known(self.whole.there, item.unit_set)

    def _known(self, side: Side, reference: Reference) -> UnitSet:
        if side.unread is not None:
            raise _UnmeasuredError(reason(LIST_UNREAD, problem=side.unread))
        found = side.sets.get(reference.id or "") or side.sets.get(name_key(reference.name))
        if found is None:
            raise self._unknown(
                f"the unit of measure set “{reference.name}” could not be read from {side.name}"
            )
        return found

    def _meant_by(self, units: UnitSet, word: str | None) -> Unit:
        """Give the unit of a set that the other side's word for its unit means."""
        found = units.meant(word)
        if found is None:
            raise self._unknown(
                f"the unit “{word}” of the product is none of the set “{units.name}”"
                if word
                else f"the product has no unit, and the set “{units.name}” counts in no pieces"
            )
        return found

    def _unknown(self, problem: str) -> _UnmeasuredError:
        unit = self.quantity.unit or self._called()
        value = f"{self.quantity.value:f}" + (f" {unit}" if unit else "")
        return _UnmeasuredError(
            refuse(
                "unit-unknown",
                where=f"lines[{self.at}].quantity",
                value=value,
                field=self.label,
                problem=problem,
            )
        )

    # --- Decimals ---------------------------------------------------------------------------

    def _fitted(self, what: str, exactly: Number, given: Decimal, limit: int) -> Decimal:
        """Give a number with no more decimals than the target keeps, or stop the document."""
        written = exactly if isinstance(exactly, Decimal) else _terminating(exactly)
        if written is not None and places_of(written) <= limit:
            return written
        rounded = rounded_to(limit, exactly)
        if not rounded:
            # Whatever the setting says: to allow rounding would not help.
            raise self._stopped("rounds-to-nothing", what, given, limit)
        if self.whole.rounds:
            return rounded
        if exactly is given:
            raise self._stopped("too-many-decimals", what, given, limit, length=places_of(given))
        value = f"{given:f} per {self.quantity.unit}" if what == "price" else self._as_entered()
        problem = f"in the unit that {self.whole.target.name} counts in"
        raise self._stopped("unit-inexact", what, value, limit, problem=problem)

    def _as_entered(self) -> str:
        return f"{self.quantity.value:f} {self.quantity.unit or ''}".strip()

    def _stopped(
        self,
        code: str,
        what: str,
        value: Decimal | str,
        limit: int,
        *,
        length: int = 0,
        problem: str = "",
    ) -> _UnmeasuredError:
        field = "quantity" if what == "quantity" else "unit_price"
        return _UnmeasuredError(
            refuse(
                code,
                where=f"lines[{self.at}].{field}",
                value=value if isinstance(value, str) else f"{value:f}",
                field=self.label,
                what=what,
                limit=limit,
                target=self.whole.target.name,
                setting=_SETTING,
                length=length,
                problem=problem,
            )
        )

    def _explain(self, result: Line, *, is_exact: bool) -> None:
        """Note what was rounded, and what that does to the line's total."""
        if is_exact:
            self._explain_derived(result)
            return
        assert result.quantity is not None
        said = [f"{self.label}: {self._as_entered()}"]
        before, after = _price(self.sent), _price(result)
        if before is not None:
            said.append(f"at {before.amount:f}")
        said.append(f"was rounded to {result.quantity.value:f}")
        if after is not None:
            said.append(f"at {after.amount:f}")
        there, here = _amount(result), _amount(self.sent)
        if self.entered is not None and self.entered.amount is not None:
            here = self.entered.amount.amount
        sentence = " ".join(said)
        if there is not None and here is not None:
            sentence += (
                f"; the line comes to {there:f} there as here"
                if there == here
                else f"; the line comes to {there:f} there, and to {here:f} here"
            )
        self.whole.notes.append(sentence + ".")

    def _explain_derived(self, result: Line) -> None:
        """Note where a price that follows from a line's amount does not give that amount."""
        entered = self.entered
        if entered is None or _price(entered) is not None or entered.amount is None:
            return
        there, price = _amount(result), _price(result)
        if there == entered.amount.amount or price is None or entered.quantity != self.quantity:
            return
        self.whole.notes.append(
            f"{self.label}: its amount gives no exact price; at {price.amount:f} the line comes to "
            f"{there:f} there, and to {entered.amount.amount:f} here."
        )


def _identity(line: Any) -> str:
    """Give the identity of a line of an order, or of the order's line that a movement is of."""
    return getattr(line, "id", None) or getattr(line, "order_line_id", None) or ""


def _price(line: Line) -> Money | None:
    """Give what one of a line costs, whatever its kind calls that."""
    return line.unit_price if isinstance(line, OrderLine) else line.unit_cost


def _with(line: Line, quantity: Quantity, price: Money | None) -> Line:
    if isinstance(line, OrderLine):
        return msgspec.structs.replace(line, quantity=quantity, unit_price=price, unit_set=None)
    if isinstance(line, PurchaseLine):
        return msgspec.structs.replace(line, quantity=quantity, unit_cost=price, unit_set=None)
    return msgspec.structs.replace(line, quantity=quantity, unit_cost=price)


def _terminating(number: Fraction) -> Decimal | None:
    """Write a fraction as a decimal; ``None``: it has no end."""
    rest, twos, fives = number.denominator, 0, 0
    while rest % 2 == 0:
        rest, twos = rest // 2, twos + 1
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    return rounded_to(max(twos, fives), number) if rest == 1 else None


def _in_cents(price: Decimal) -> Decimal:
    """Give a price with two decimals at least: 1.5 is 1.50."""
    return Money(price).rounded().amount if places_of(price) <= places_of(_CENT) else price


def _same(written: Decimal, exactly: Number) -> bool:
    return Fraction(written) == Fraction(exactly)


def _same_price(price: Money | None, exactly: Number | None) -> bool:
    return price is None or exactly is None or _same(price.amount, exactly)


def _amount(line: Line) -> Decimal | None:
    price = _price(line)
    if price is None or line.quantity is None:
        return None
    return amount_of(price.amount, line.quantity.value)


def total_of(document: Document) -> str | None:
    """Say what a document's lines come to, each rounded to cents; decimal text.

    ``None``: some line leaves its price to the target, or the document has none.
    """
    total = Decimal(0)
    lines = getattr(document, "lines", ())
    for line in lines:
        if not isinstance(line, _PRICED):
            return None
        amount = _amount(line)
        if amount is None:
            return None
        total += amount
    return str(total) if lines else None
