"""One value of a record: read from the element that holds it, or not at all.

Each reader gives ``None`` where the element is empty, and raises ``UnreadableValue`` for what is
not of its type, or out of the bounds that ``_reading`` sets; none raises anything else.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeAlias, TypeVar

from lxml import etree

from counterfoil.connectors.quickbooks_desktop.qbxml._formats import shown
from counterfoil.connectors.quickbooks_desktop.qbxml._reading import (
    TEXT_LENGTH_MAX,
    WORD_LENGTH_MAX,
    YEAR_FIRST,
    YEAR_LAST,
    date_of,
    decimal_of,
    flag_of,
    integer_of,
    interval_of,
    wall_clock_of,
)
from counterfoil.connectors.quickbooks_desktop.qbxml._xml import UnreadableQbxml

_YEARS: Final = f"between the years {YEAR_FIRST} and {YEAR_LAST}"

_Value = TypeVar("_Value")

Element: TypeAlias = etree._Element  # noqa: SLF001 - lxml has no other name for the type
"""An element of a reply, as it was parsed."""


class UnreadableValue(UnreadableQbxml):
    """One value of a record is not of its type, or out of all bounds.

    Attributes:
        tag, name: The element around the value, and the value's own.
        value: What stands there, cut to a readable length.
        wanted: What should stand there: ``a number``.
        line_number: Of the record's lines, counted from 1; ``None``: outside of them.
    """

    def __init__(
        self, tag: str, name: str, text: str, wanted: str, *, line_number: int | None = None
    ) -> None:
        self.tag = tag
        self.name = name
        self.value = shown(text)
        self.wanted = wanted
        self.line_number = line_number
        super().__init__(f"{tag}/{name} is {self.value!r}, which is not {wanted}")

    def in_line(self, number: int) -> UnreadableValue:
        """The same of a line's value."""
        return UnreadableValue(self.tag, self.name, self.value, self.wanted, line_number=number)


def _bounded(length_max: int) -> Callable[[Element], str | None]:
    wanted = f"a text of at most {length_max} characters"

    def bounded_in(part: Element) -> str | None:
        text = part.text
        if text and len(text) > length_max:
            raise _unreadable(part, text, wanted)
        return text or None

    return bounded_in


def reader(read: Callable[[str], _Value | None], wanted: str) -> Callable[[Element], _Value | None]:
    """Make the reader of an element of what reads its text; ``wanted`` should stand there."""

    def value_in(part: Element) -> _Value | None:
        text = part.text
        if not text:
            return None
        value = read(text)
        if value is None:
            raise _unreadable(part, text, wanted)
        return value

    return value_in


def _unreadable(part: Element, text: str, wanted: str) -> UnreadableValue:
    around = part.getparent()
    return UnreadableValue("" if around is None else str(around.tag), str(part.tag), text, wanted)


text_in: Final = _bounded(TEXT_LENGTH_MAX)
"""What people wrote."""
word_in: Final = _bounded(WORD_LENGTH_MAX)
"""An identity, name or number."""
decimal_in: Final = reader(decimal_of, "a number")
integer_in: Final = reader(integer_of, "a whole number")
date_in: Final = reader(date_of, f"a date {_YEARS}")
wall_clock_in: Final = reader(wall_clock_of, f"a date-time {_YEARS}")
interval_in: Final = reader(interval_of, "a time interval")
flag_in: Final = reader(flag_of, "true or false")
