"""What may come in from a service that we call: JSON bounded and cleaned, in this one place.

An answer is read however bad one value in it is; the value is bad, not the answer:

=================  =====================================================================
what comes         what becomes of it
=================  =====================================================================
number             at most 30 significant digits, between 1e-30 and 1e31; anything else,
                   ``NaN`` and ``Infinity`` are ``Unfit``
code, identity     one line of 255 characters at most; a control character, half a
                   character (lone surrogate) or a noncharacter in it makes it unfit:
                   nothing can be looked up by a code that was guessed
free text          cleaned: line ends become line feeds, vertical tab and form feed are
                   line ends, other control characters are left out, half characters
                   become U+FFFD; longer than 65,536 characters it is unfit
nesting            what lies deeper than 32 levels is unfit
bytes              those that are no UTF-8 count as half characters
=================  =====================================================================

``Unfit`` stands in the JSON where such a value stood.  The reader turns it into an
``InvalidDocument`` when, and only when, somebody asks for that property; so one bad value
costs one element, and a bad value nobody needs costs nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from counterfoil.documents import visible

__all__ = [
    "CODE_LENGTH_MAX",
    "DEPTH_MAX",
    "DIGITS_MAX",
    "EXPONENT_MAX",
    "TEXT_LENGTH_MAX",
    "Unfit",
    "clean_line",
    "clean_text",
    "code_problem",
    "exact_number",
    "read_json",
    "shown",
]

DIGITS_MAX: Final = 30
EXPONENT_MAX: Final = 30
WORD_DIGITS_MAX: Final = 18
CODE_LENGTH_MAX: Final = 255
TEXT_LENGTH_MAX: Final = 65_536
DEPTH_MAX: Final = 32
SHOWN_LENGTH_MAX: Final = 80

# Longer than any number within the bounds, leading and trailing zeros included.
_NUMBER_LENGTH_MAX: Final = 100
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")
_LINE_ENDS = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f]")
_HALVES = re.compile(r"[\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_UNCODED = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")


class Unfit:
    """A value that cannot be taken; ``text`` shows it, ``problem`` says why.

    No dataclass, for no encoder may ever write one down as if it were a value.
    """

    __slots__ = ("problem", "text")

    def __init__(self, text: str, problem: str) -> None:
        self.text = text
        self.problem = problem

    def __repr__(self) -> str:
        return f"Unfit({self.text!r}, {self.problem!r})"

    def __str__(self) -> str:
        return self.text


def read_json(body: bytes) -> Any:
    """Read an answer: decimals exact, bad values in it ``Unfit``.

    Raises:
        ValueError: It is no JSON at all, or so deeply nested that nothing can read it.
    """
    try:
        found = json.loads(
            _decoded(body),
            parse_float=_number,
            parse_int=_whole,
            parse_constant=lambda word: Unfit(word, "is no number"),
            # Control characters within a text are that text's own matter.
            strict=False,
        )
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    return _levelled(found)


def _decoded(body: bytes) -> str:
    encoding = json.detect_encoding(body)
    if encoding.startswith("utf-8"):
        return body.decode(encoding, "surrogateescape")
    return body.decode(encoding, "surrogatepass")


def _number(text: str) -> Decimal | Unfit:
    try:
        return exact_number(text)
    except ValueError as error:
        return Unfit(text[:SHOWN_LENGTH_MAX], str(error))


def _whole(text: str) -> int | Decimal | Unfit:
    digits = len(text.lstrip("-"))
    # What no machine word holds stays a decimal, so that it can be written back.
    if digits <= WORD_DIGITS_MAX:
        return int(text)
    if digits <= DIGITS_MAX:
        return Decimal(text)
    return Unfit(text[:SHOWN_LENGTH_MAX], _TOO_LONG)


_TOO_LONG: Final = f"has more than {DIGITS_MAX} digits or lies beyond 1e{EXPONENT_MAX + 1}"


def exact_number(value: str | int | Decimal) -> Decimal:
    """Give a number exactly, within the bounds of this module.

    Raises:
        ValueError: It is none, or not within the bounds.
    """
    text = str(value).strip()
    if len(text) > _NUMBER_LENGTH_MAX or _NUMBER.fullmatch(text) is None:
        problem = "is not a decimal number" if len(text) <= _NUMBER_LENGTH_MAX else _TOO_LONG
        raise ValueError(problem)
    number = Decimal(text)
    _, digits, exponent = number.as_tuple()
    assert isinstance(exponent, int), "the pattern lets only finite numbers through"
    if len(digits) > DIGITS_MAX or exponent < -EXPONENT_MAX or number.adjusted() > EXPONENT_MAX:
        raise ValueError(_TOO_LONG)
    return number


def _levelled(found: Any) -> Any:
    """Cut off what is nested too deeply; the value is fresh, so it is changed in place."""
    level = [found]
    for depth in range(1, DEPTH_MAX + 1):
        below: list[Any] = []
        for holder in level:
            values = holder.values() if isinstance(holder, dict) else holder
            if isinstance(holder, dict | list):
                below.extend(value for value in values if isinstance(value, dict | list))
        if depth == DEPTH_MAX and below:
            for holder in level:
                _cut(holder)
        level = below
        if not level:
            break
    return found


def _cut(holder: Any) -> None:
    places = holder.items() if isinstance(holder, dict) else enumerate(holder)
    for place, value in [*places]:
        if isinstance(value, dict | list):
            holder[place] = Unfit("…", f"is nested more than {DEPTH_MAX} levels deep")


def clean_text(text: str) -> str:
    """Clean a free text as told at the top of this module."""
    if text.isascii() and text.isprintable():
        return text
    return _HALVES.sub("\ufffd", _CONTROLS.sub("", _LINE_ENDS.sub("\n", text)))


def clean_line(text: str, length_max: int = SHOWN_LENGTH_MAX) -> str:
    """Give a text as one short line that any log, screen or ledger takes; nothing is left out."""
    line = visible(_HALVES.sub("\ufffd", " ".join(text[: 4 * length_max].split())))
    return line if len(line) <= length_max else line[: length_max - 1] + "…"


def code_problem(code: str) -> str | None:
    """Say why a text can be no code; ``None``: it can."""
    if len(code) > CODE_LENGTH_MAX:
        return f"has more than {CODE_LENGTH_MAX} characters"
    if _UNCODED.search(code) is not None:
        return "has characters that no code may have"
    return None


def shown(value: object) -> str:
    """Show any JSON value to people: one short line, never a whole tree."""
    if isinstance(value, Mapping):
        return "an object"
    if isinstance(value, list):
        return "an array"
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "nothing"}[value]
    return clean_line(str(value))
