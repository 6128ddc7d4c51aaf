"""Whether a document that was found says what another one says."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any, Final

import msgspec

from ._base import Document, Reference
from ._money import Money, Quantity
from ._names import composed, name_key

__all__ = ["difference", "same_text"]

# Whose they are differs from system to system, or the receiver computes them.
_NOT_COMPARED: Final = frozenset(
    {
        "id",
        "revision",
        "status",
        "delivered",
        "is_closed",
        "position",
        "custom_fields",
        "made_from",
        "made_into",
        # A line's own answer does not tell it: a link is proved by its order.
        "link",
        # Of a stock count the books keep the difference, not the figure.
        "counted",
        "change",
        # How it was written, not what was.
        "may_set_items",
        "total",
        "tax",
        "currency",
        "notes",
    }
)


def difference(sent: Document, found: Document) -> str | None:
    """Name the first field in which a document found does not say what was sent.

    Only what ``sent`` says is compared: what it leaves open (``None``, nothing) the
    receiving system fills in as it likes.  References are the same by identity where both
    tell one, else by name; numbers by value; texts without outer blanks and whatever the
    form of their line ends.  Lines are compared one by one, those without an item left out.

    Returns:
        The field's path, such as ``lines[2].quantity``; ``None``: all that was sent is there.
    """
    if type(sent) is not type(found):
        return "kind"
    return _difference(sent, found, "")


def _difference(sent: msgspec.Struct, found: msgspec.Struct, where: str) -> str | None:
    for field in sent.__struct_fields__:
        value = getattr(sent, field)
        if field in _NOT_COMPARED or value in (None, "", ()):
            continue
        path = _compare(value, getattr(found, field, None), where + field)
        if path is not None:
            return path
    return None


def _compare(sent: Any, found: Any, where: str) -> str | None:
    """Give the path of the first difference of two values; ``None``: they are the same."""
    if found is None:
        return where
    match sent:
        case Reference():
            same = _same_record(sent, found)
        case Money():
            same = sent.amount == found.amount and _same_word(sent.currency, found.currency)
        case Quantity():
            same = sent.value == found.value and _same_word(sent.unit, found.unit)
        case str():
            same = same_text(sent, str(found))
        case tuple():
            return _compare_lines(_with_item(sent), _with_item(found), where)
        case date() | Decimal() | bool() | int():
            same = bool(sent == found)
        case msgspec.Struct():
            return _difference(sent, found, where + ".")
        case _:
            raise AssertionError(f"no rule compares a {type(sent).__name__}")
    return None if same else where


def _compare_lines(sent: list[Any], found: list[Any], where: str) -> str | None:
    if len(sent) != len(found):
        return where
    for position, (one, other) in enumerate(zip(sent, found, strict=True)):
        path = _compare(one, other, f"{where}[{position}]")
        if path is not None:
            return path
    return None


def _with_item(lines: Iterable[Any]) -> list[Any]:
    return [line for line in lines if getattr(line, "item", line) is not None]


def _same_record(one: Reference, other: Reference) -> bool:
    if one.id is not None and other.id is not None:
        return one.id == other.id
    return name_key(one.name) == name_key(other.name)


def _same_word(one: str | None, other: str | None) -> bool:
    return one is None or other is None or one == other


def same_text(one: str, other: str) -> bool:
    """Say whether two texts are the same, without outer blanks and whatever their line ends."""
    return _text(one) == _text(other)


def _text(text: str) -> str:
    return "\n".join(line.strip() for line in composed(text).strip().splitlines())
