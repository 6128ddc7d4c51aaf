"""Units of measure: which unit a line counts in, and how many base units that is.

- A line that names no unit counts in the item's default unit for that side (sales or
  purchases), else in the base unit of its set.
- A line's quantity and rate are those of its unit; an item's own prices and its stock are
  those of the base unit.
- A line names its unit by name or abbreviation, and is shown with the name.
- A company counts in no units, in one per item (sets without related units), or in several.

Source: reference sections 4.1 (UnitOfMeasure, OverrideUOMSetRef), 4.11 (UnitOfMeasureSet);
that stock and prices are kept in base units, and that a line without a unit takes the
default one, is field report, unconfirmed.
"""

from __future__ import annotations

from decimal import Decimal

from counterfoil.sandboxes.quickbooks_desktop import _refusals as status
from counterfoil.sandboxes.quickbooks_desktop._books import Books
from counterfoil.sandboxes.quickbooks_desktop._facts import reference
from counterfoil.sandboxes.quickbooks_desktop._refusals import (
    RefusedError,
    bad_reference,
    missing,
)
from counterfoil.sandboxes.quickbooks_desktop._values import (
    Fields,
    block_of,
    blocks_of,
    decimal,
    text_of,
)

_ONE = Decimal(1)
# How many base units the line's unit is; kept on the line, never shown.
_RATIO = "_units"


def check_set(body: Fields, *, single: bool) -> None:
    """Refuse a set of units that converts into nothing, or that this company cannot have."""
    base = block_of(body, "BaseUnit")
    if base is None:
        raise missing("BaseUnit")
    related = blocks_of(body, "RelatedUnit")
    if single and related:
        raise RefusedError(
            status.FEATURE_MISSING,
            "This company keeps one unit of measure per item: RelatedUnit cannot be used.",
        )
    names = [_key(text_of(unit, "Name")) for unit in (base, *related)]
    if len(set(names)) != len(names):
        raise RefusedError(status.BAD_NAME, "A unit of measure set names each unit once.")
    for unit in related:
        if decimal(text_of(unit, "ConversionRatio") or "") <= 0:
            raise RefusedError(status.BUSINESS_RULE, "A conversion ratio is greater than zero.")
    for default in blocks_of(body, "DefaultUnit"):
        if _key(text_of(default, "Unit")) not in names:
            raise bad_reference(
                "Unit of Measure", text_of(default, "Unit") or "", "Unit of Measure Set"
            )


def set_unit(books: Books, item_id: str, line: Fields, *, purchases: bool) -> None:
    """Name the unit a line counts in, and keep how many base units it is."""
    line.pop(_RATIO, None)
    named = text_of(line, "UnitOfMeasure")
    set_id = reference(line, "OverrideUOMSetRef") or reference(
        books.body(item_id), "UnitOfMeasureSetRef"
    )
    if set_id is None or not books.allows("units of measure"):
        if named and books.settings.switches.unit_without_set_refused:
            raise bad_reference("Unit of Measure", named, "transaction line")
        return
    body = books.body(set_id)
    units = [block_of(body, "BaseUnit") or {}, *blocks_of(body, "RelatedUnit")]
    wanted = named or _default(body, purchases=purchases) or text_of(units[0], "Name") or ""
    unit = next((each for each in units if _is_called(each, wanted)), None)
    if unit is None:
        raise bad_reference("Unit of Measure", wanted, "transaction line")
    line["UnitOfMeasure"] = text_of(unit, "Name") or wanted
    ratio = text_of(unit, "ConversionRatio")
    if ratio is not None:
        line[_RATIO] = ratio


def ratio_of(line: Fields) -> Decimal:
    """How many base units one of a line's unit is."""
    ratio = text_of(line, _RATIO)
    return _ONE if ratio is None else decimal(ratio)


def _default(body: Fields, *, purchases: bool) -> str | None:
    side = "Purchase" if purchases else "Sales"
    return next(
        (
            text_of(default, "Unit")
            for default in blocks_of(body, "DefaultUnit")
            if text_of(default, "UnitUsedFor") == side
        ),
        None,
    )


def _is_called(unit: Fields, wanted: str) -> bool:
    return _key(wanted) in {_key(text_of(unit, "Name")), _key(text_of(unit, "Abbreviation"))} - {""}


def _key(text: str | None) -> str:
    return (text or "").strip().casefold()
