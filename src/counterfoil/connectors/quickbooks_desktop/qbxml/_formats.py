"""The form of one value: how a Python value becomes text, and what is wrong with a text.

One table of patterns (3.5) serves both the check before sending and the strict reading of the
sandbox, so the two can never disagree.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Context, Decimal, Inexact, InvalidOperation
from typing import Final, NamedTuple, TypeAlias

from counterfoil.connectors.quickbooks_desktop.qbxml._model import Leaf
from counterfoil.connectors.quickbooks_desktop.qbxml._shapes import Element, Kind

# Shown of an offending value: enough to recognise it, short enough for one line.
_SHOWN_LENGTH_MAX: Final = 60

_UNSHOWABLE: Final = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_REPLACEMENT: Final = "\ufffd"

_AMOUNT_PLACES: Final = 2
_PLACES_MAX: Final = 5
_CENTS: Final = Decimal("0.01")
_FIVE_PLACES: Final = Decimal("0.00001")
# Of the numbers QuickBooks takes none has more than 13 digits before the point.
_MAGNITUDE_MAX: Final = 40
# Refuses to round: an amount that does not fit is a fault, never a silent change.
_EXACT: Final = Context(prec=40, traps=[Inexact, InvalidOperation])


class Fault(NamedTuple):
    """What is wrong with one text; ``code`` as in ``Problem``, ``limit`` completes a sentence."""

    code: str
    limit: str


class Form(NamedTuple):
    """How texts of one kind look; the pattern is compiled by who uses it, not at import.

    ``blanks_are_ignored`` follows the schema: its dates, booleans and whole numbers may have
    blanks around them, its amounts and quantities may not.
    """

    pattern: str
    says: str
    blanks_are_ignored: bool

    def matcher(self) -> Callable[[str], re.Match[str] | None]:
        """What tells whether a whole text is in this form."""
        return re.compile(self.pattern, re.ASCII).fullmatch


FORMS: Final[dict[Kind, Form]] = {
    "amt": Form(
        r"(?:[+-]?\d{1,13}(?:\.\d{2})?)?",
        "an amount: up to 13 digits, then no decimals or exactly two",
        blanks_are_ignored=False,
    ),
    "price": Form(
        r"(?:[+-]?\d{1,10}(?:\.\d{1,5})?)?",
        "a price: up to 10 digits and up to 5 decimals",
        blanks_are_ignored=False,
    ),
    "qty": Form(
        r"(?:[+-]?\d{1,10}(?:\.\d{1,5})?)?",
        "a quantity: up to 10 digits and up to 5 decimals",
        blanks_are_ignored=False,
    ),
    "pct": Form(
        r"(?:[+-]?\d{1,10}(?:\.\d{1,5})?)?",
        "a percentage: up to 10 digits and up to 5 decimals",
        blanks_are_ignored=False,
    ),
    "flt": Form(
        r"(?:[+-]?(?:\d+(?:\.\d*)?|\.\d+))?",
        "a number without exponent",
        blanks_are_ignored=True,
    ),
    "int": Form(r"[+-]?\d+", "a whole number", blanks_are_ignored=True),
    "b": Form(r"(?:true|false|1|0)?", "true or false", blanks_are_ignored=True),
    "d": Form(
        r"(?:\d{4}-\d{2}-\d{2}(?:Z|[+-]\d{2}:\d{2})?)?",
        "a date such as 2026-01-31",
        blanks_are_ignored=True,
    ),
    "dt": Form(
        (
            r"(?:\d{4}-\d{1,2}-\d{1,2}"
            r"(?:T\d{1,2}(?::\d{1,2}(?::\d{1,2}(?:[+-]\d{1,2}:\d{1,2})?)?)?)?)?"
        ),
        "a date-time such as 2026-01-31T23:59:59",
        blanks_are_ignored=False,
    ),
    "dur": Form(
        r"(?:-?PT(?=\d)(?:\d+H)?(?:\d+M)?(?:\d+S)?)?",
        "a time interval such as PT1H30M0S",
        blanks_are_ignored=True,
    ),
    "guid": Form(
        r"0|\{[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\}",
        "0 or a GUID in braces such as {6b063959-81b0-4622-85d6-f548c8cca517}",
        blanks_are_ignored=False,
    ),
}

Test: TypeAlias = Callable[[str], Fault | None]


def tester(element: Element) -> Test | None:
    """What finds the fault in a text for this element; ``None`` if every text is right."""
    if element.kind == "e":
        return _enumeration_test(element.values)
    if element.kind in ("text", "id"):
        return None if element.length is None else _length_test(element.length)
    return _form_test(FORMS[element.kind], calendar=element.kind == "d")


def shown(text: str) -> str:
    """A text cut to a readable length, what no XML and no database can hold replaced."""
    text = _UNSHOWABLE.sub(_REPLACEMENT, text[: _SHOWN_LENGTH_MAX + 1])
    return text if len(text) <= _SHOWN_LENGTH_MAX else text[: _SHOWN_LENGTH_MAX - 1] + "…"


def _length_test(length: int) -> Test:
    def find(text: str) -> Fault | None:
        if len(text) <= length:
            return None
        return Fault("too-long", f"has {len(text)} characters; {length} are allowed")

    return find


def _enumeration_test(values: frozenset[str]) -> Test:
    def find(text: str) -> Fault | None:
        if text in values:
            return None
        return Fault("bad-format", f"is none of {', '.join(sorted(values))}")

    return find


def _form_test(form: Form, *, calendar: bool) -> Test:
    matches = form.matcher()

    def find(text: str) -> Fault | None:
        if form.blanks_are_ignored:
            text = text.strip(" \t\r\n")
        if matches(text) and not (calendar and not _is_in_calendar(text)):
            return None
        return Fault("bad-format", f"is not {form.says}")

    return find


def _is_in_calendar(text: str) -> bool:
    try:
        return not text or bool(date.fromisoformat(text[:10]))
    except ValueError:
        return False


# --- From values to text ------------------------------------------------------------------------


def to_text(kind: Kind, value: Leaf) -> str:
    """The text of a value as its element's type asks.

    Raises ``ValueError`` when the value cannot be written without changing it (an amount with a
    third decimal that is not zero), or is of no type an element takes.
    """
    if isinstance(value, Decimal):
        return decimal_text(kind, value)
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return decimal_text(kind, Decimal(value)) if kind == "amt" else str(value)
    if isinstance(value, datetime):
        wall_clock = value.replace(tzinfo=None, microsecond=0)
        return wall_clock.date().isoformat() if kind == "d" else wall_clock.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, timedelta):
        return _interval_text(value)
    raise ValueError(f"{type(value).__name__} is no type a qbXML element takes")


def decimal_text(kind: Kind, value: Decimal) -> str:
    """The text of a number; raises ``ValueError`` as ``to_text`` does."""
    text = str(value)
    if kind == "amt":
        is_ready = text[-3:-2] == "."
    elif text.isdigit():
        return text
    else:
        places = len(text) - 1 - text.find(".")
        is_ready = "." in text and places <= _PLACES_MAX and "E" not in text
    return text if is_ready else _exact_decimal_text(kind, value)


def _exact_decimal_text(kind: Kind, value: Decimal) -> str:
    """The slow way, for what is not already written as it should be."""
    if not value.is_finite():
        raise ValueError(f"{value} is no finite number")
    exponent = value.as_tuple().exponent
    if abs(value.adjusted()) > _MAGNITUDE_MAX or abs(int(exponent)) > _MAGNITUDE_MAX:
        raise ValueError(f"{shown(str(value))} has too many digits")
    try:
        if kind == "amt":
            return f"{_EXACT.quantize(value, _CENTS):f}"
        text = f"{value:f}"
        if kind != "flt" and len(text.partition(".")[2]) > _PLACES_MAX:
            return f"{_EXACT.quantize(value, _FIVE_PLACES):f}"
    except (Inexact, InvalidOperation) as error:
        places = _AMOUNT_PLACES if kind == "amt" else _PLACES_MAX
        raise ValueError(
            f"{shown(str(value))} has more than {places} decimals or too many digits"
        ) from error
    return text


def _interval_text(value: timedelta) -> str:
    seconds = abs(value) // timedelta(seconds=1)
    sign = "-" if value < timedelta(0) else ""
    return f"{sign}PT{seconds // 3600}H{seconds // 60 % 60}M{seconds % 60}S"
