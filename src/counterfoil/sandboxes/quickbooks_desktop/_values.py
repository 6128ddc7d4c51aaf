"""The shapes and number formats of qbXML records, as QuickBooks keeps them.

A record is a tree of plain text: field name to text, to a nested block or to a
list of either.  QuickBooks does not give back what it was sent, it gives back
what it stored: amounts with two decimals, prices with two to five, quantities
without trailing zeros, booleans in words, text in Windows-1252.  The functions
here do that once, when a record is stored, so that reading it never computes.

Source: quickbooks-desktop reference 3.5 and 3.6; the emitted decimals are those
of the public sample responses.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache
from typing import Any, TypeAlias

# One field's value: text, a nested block, or several of them.
Value: TypeAlias = "str | Fields | list[Value]"
Fields: TypeAlias = dict[str, Value]

CENT = Decimal("0.01")
PRICE_STEP = Decimal("0.00001")
ZERO = Decimal(0)

_BOOLEAN_WORDS = {"true": "true", "1": "true", "false": "false", "0": "false", "": "false"}
_BOOLEAN_FIELDS = frozenset({"AllowOverride", "AssignEvenIfUsed", "DefaultShipTo"})


# The same prices and quantities come again and again; converting them dominates otherwise.
_NUMBERS_KEPT_MAX = 1 << 16


@lru_cache(_NUMBERS_KEPT_MAX)
def decimal(text: str) -> Decimal:
    """Read a number the schema has let through; empty text is zero."""
    try:
        return Decimal(text) if text else ZERO
    except InvalidOperation:
        raise ValueError(f"{text!r} is no number") from None


def cents(number: Decimal, rounding: str = ROUND_HALF_UP) -> Decimal:
    """Round to two decimals, half away from zero unless told otherwise (7.4)."""
    return number.quantize(CENT, rounding)


def amount_text(number: Decimal) -> str:
    """Two decimals always: ``12.00``."""
    return str(cents(number))


def price_text(number: Decimal) -> str:
    """Two to five decimals: ``12.00``, ``0.125``."""
    rounded = number.quantize(PRICE_STEP, ROUND_HALF_UP).normalize()
    exponent = rounded.as_tuple().exponent
    if isinstance(exponent, int) and exponent > -2:
        rounded = rounded.quantize(CENT)
    return format(rounded, "f")


@lru_cache(_NUMBERS_KEPT_MAX)
def price_shown(text: str) -> str:
    """A price that was sent, as it is shown."""
    return price_text(decimal(text))


@lru_cache(_NUMBERS_KEPT_MAX)
def quantity_shown(text: str) -> str:
    """A quantity that was sent, as it is shown."""
    return plain_text(decimal(text))


def plain_text(number: Decimal) -> str:
    """No trailing zeros and no exponent: ``5``, ``2.5``."""
    return format(number.normalize() + ZERO, "f") if number else "0"


def boolean_text(text: str) -> str:
    """``true`` or ``false`` for the five spellings the schema accepts."""
    return _BOOLEAN_WORDS.get(text.strip().lower(), "false")


def is_true(value: Value | None) -> bool:
    return isinstance(value, str) and boolean_text(value) == "true"


_AMOUNT_FIELDS = (
    "Amount",
    "CreditLimit",
    "NewValue",
    "OpenBalance",
    "TotalValue",
    "ValueDifference",
)
_PRICE_FIELDS = (
    "ConversionRatio",
    "Cost",
    "DiscountRate",
    "Price",
    "PurchaseCost",
    "Rate",
    "SalesPrice",
)
_PLAIN_NUMBER_FIELDS = (
    "BuildPoint",
    "DiscountPct",
    "DiscountRatePercent",
    "ExchangeRate",
    "Max",
    "NewQuantity",
    "PriceLevelFixedPercentage",
    "PricePercent",
    "Quantity",
    "QuantityDifference",
    "QuantityOnHand",
    "RatePercent",
    "ReorderPoint",
    "TaxRate",
)
_SHOWN: Mapping[str, Callable[[Decimal], str]] = {
    **dict.fromkeys(_AMOUNT_FIELDS, amount_text),
    **dict.fromkeys(_PRICE_FIELDS, price_text),
    **dict.fromkeys(_PLAIN_NUMBER_FIELDS, plain_text),
}


def stored(name: str, text: str) -> str:
    """One leaf as QuickBooks keeps it; empty text stays empty, since it clears."""
    shown = _SHOWN.get(name)
    if shown is not None:
        return shown(decimal(text)) if text else text
    if (name[:2] == "Is" and name[2:3].isupper()) or name in _BOOLEAN_FIELDS:
        return boolean_text(text)
    return text


def stored_fields(fields: Mapping[str, Value]) -> Fields:
    """A whole tree as QuickBooks keeps it."""
    return {name: _stored_value(name, value) for name, value in fields.items()}


def _stored_value(name: str, value: Value) -> Value:
    if isinstance(value, str):
        return stored(name, value)
    if isinstance(value, dict):
        return stored_fields(value)
    return [_stored_value(name, part) for part in value]


def windows_1252(text: str) -> str:
    """What is left of a text after QuickBooks stored it: ``?`` for what it cannot hold."""
    if text.isascii():
        return text
    return text.encode("cp1252", "replace").decode("cp1252")


def as_windows_1252(fields: Mapping[str, Any]) -> dict[str, Any]:
    """A copy of a parsed request in which every text is what QuickBooks could store."""
    return {name: _mangled(value) for name, value in fields.items()}


def _mangled(value: Any) -> Any:
    if isinstance(value, str):
        return windows_1252(value)
    if isinstance(value, Mapping):
        return as_windows_1252(value)
    if isinstance(value, tuple):
        return tuple(_mangled(part) for part in value)
    return [_mangled(part) for part in value]


def text_of(fields: Mapping[str, Value], name: str) -> str | None:
    """The text of a leaf, ``None`` when the element is absent."""
    value = fields.get(name)
    return value if isinstance(value, str) else None


def block_of(fields: Mapping[str, Value], name: str) -> Fields | None:
    """The nested block of that name; an empty element is an empty block."""
    value = fields.get(name)
    if isinstance(value, dict):
        return value
    if value == "":
        return {}
    return None


def many_of(fields: Mapping[str, Value], name: str) -> list[Value]:
    """All values of a repeatable element, whether it came once or often."""
    value = fields.get(name)
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def texts_of(fields: Mapping[str, Value], name: str) -> list[str]:
    return [value for value in many_of(fields, name) if isinstance(value, str)]


def blocks_of(fields: Mapping[str, Value], name: str) -> list[Fields]:
    return [value for value in many_of(fields, name) if isinstance(value, dict)]


# Fields of which a record holds one at most: setting the one removes the others (4).
_ALTERNATIVES = (
    frozenset({"InventorySiteRef", "ShipToEntityRef"}),
    frozenset({"LotNumber", "SerialNumber"}),
    frozenset({"MarkupRate", "MarkupRatePercent"}),
    frozenset({"Price", "PricePercent"}),
    frozenset({"Rate", "RatePercent"}),
)


def without_alternatives(fields: Fields, name: str) -> None:
    """Remove from ``fields`` what cannot stand beside ``name``."""
    for group in _ALTERNATIVES:
        if name in group:
            for other in group - {name}:
                fields.pop(other, None)


def is_empty(value: Value | None) -> bool:
    """True for an element that is there and holds nothing: it clears the field (7.3)."""
    return value in ("", {})


def key(name: str) -> str:
    """The form in which names are compared: QuickBooks ignores case (5.2)."""
    return name.casefold()


def joined(names: Sequence[str]) -> str:
    return ":".join(names)
