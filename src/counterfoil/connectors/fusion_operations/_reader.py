"""A tolerant view of one JSON object.

Fusion Operations' spelling is documented only in part, so a property is found whether it is
written ``due-date``, ``due_date`` or ``dueDate``; a number may be text or a number; a
reference may be a code or an object that holds one; custom fields may be pairs or one
object.  What cannot be understood at all is an ``InvalidDocument`` naming the property.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, tzinfo
from decimal import Decimal
from functools import lru_cache
from typing import Any, TypeVar

from counterfoil.documents import CustomField, InvalidDocument, exact

from ._dates import parse_day, parse_instant

__all__ = ["Json", "Reader", "fold"]

Json = Mapping[str, Any]
"""A JSON object as it was read: decimals are ``Decimal``, never binary floats."""

_Made = TypeVar("_Made")

# Properties by which an object names what it is, in the order they are tried.
_REFERENCE_KEYS = ("code", "number", "name", "id")


@lru_cache(maxsize=4096)
def fold(name: str) -> str:
    """Give the one form of a property name that all its spellings share."""
    return name.replace("-", "").replace("_", "").lower()


class Reader:
    """One JSON object; ``where`` is its path in the answer, for messages.

    Raises:
        InvalidDocument: From the constructor and every method: not what it should be.
    """

    __slots__ = ("_values", "where")

    def __init__(self, raw: object, where: str = "") -> None:
        if not isinstance(raw, Mapping):
            raise InvalidDocument(where or "document", str(raw), "must be an object")
        self._values = {fold(str(name)): value for name, value in raw.items()}
        self.where = where

    def _path(self, name: str) -> str:
        return f"{self.where}.{name}" if self.where else name

    def has(self, name: str) -> bool:
        """Whether the property is there at all, even when empty."""
        return fold(name) in self._values

    def value(self, name: str) -> Any:
        """Give a property as it is; ``None`` when absent, null or empty text."""
        found = self._values.get(fold(name))
        return None if isinstance(found, str) and not found.strip() else found

    def text(self, name: str) -> str | None:
        """Give a text; numbers become text, an object gives the code or name it holds."""
        found = self.value(name)
        if isinstance(found, Mapping):
            inner = Reader(found, self._path(name))
            for key in _REFERENCE_KEYS:
                if inner.value(key) is not None:
                    return inner.text(key)
            return None
        if found is None or isinstance(found, str):
            return found
        if isinstance(found, bool) or not isinstance(found, int | Decimal):
            raise InvalidDocument(self._path(name), str(found), "must be text")
        return str(found)

    def code(self, name: str) -> str | None:
        """Give a code, without the spaces around it."""
        found = self.text(name)
        return None if found is None else found.strip()

    def required(self, name: str) -> str:
        """Give a code that has to be there."""
        found = self.code(name)
        if found is None:
            raise InvalidDocument(self._path(name), "", "is missing")
        return found

    def decimal(self, name: str) -> Decimal | None:
        """Give a number, exactly as written."""
        found = self.value(name)
        if found is None:
            return None
        if isinstance(found, bool) or not isinstance(found, str | int | Decimal):
            raise InvalidDocument(self._path(name), str(found), "must be a number")
        text = found.strip() if isinstance(found, str) else found
        return self._made(exact, text, name)

    def flag(self, name: str, *, default: bool) -> bool:
        """Give a yes or no."""
        found = self.value(name)
        if found is None:
            return default
        if isinstance(found, bool):
            return found
        if str(found).lower() in {"true", "false", "1", "0"}:
            return str(found).lower() in {"true", "1"}
        raise InvalidDocument(self._path(name), str(found), "must be true or false")

    def instant(self, name: str, zone: tzinfo) -> datetime | None:
        """Give an instant, in UTC."""
        found = self.text(name)
        return None if found is None else self._made(lambda t: parse_instant(t, zone), found, name)

    def day(self, name: str, zone: tzinfo) -> date | None:
        """Give a calendar day of the company."""
        found = self.text(name)
        return None if found is None else self._made(lambda t: parse_day(t, zone), found, name)

    def _made(self, make: Callable[[Any], _Made], value: Any, name: str) -> _Made:
        try:
            return make(value)
        except ValueError as error:
            raise InvalidDocument(self._path(name), str(value), str(error)) from None

    def records(self, name: str) -> list[Reader]:
        """Give the objects of an array; a single object counts as an array of one."""
        found = self.value(name)
        if found is None:
            return []
        if isinstance(found, Mapping):
            found = [found]
        if not isinstance(found, list):
            raise InvalidDocument(self._path(name), str(found), "must be an array")
        return [
            Reader(element, f"{self._path(name)}[{index}]") for index, element in enumerate(found)
        ]

    def labels(self, name: str) -> tuple[str, ...]:
        """Give an array of texts; objects in it count by their name, text by its commas."""
        found = self.value(name)
        if found is None:
            return ()
        if isinstance(found, str):
            return tuple(part.strip() for part in found.split(",") if part.strip())
        if not isinstance(found, list):
            raise InvalidDocument(self._path(name), str(found), "must be an array")
        texts = (Reader({"label": part}, self._path(name)).text("label") for part in found)
        return tuple(text for text in texts if text is not None)

    def pairs(self, name: str) -> tuple[CustomField, ...]:
        """Give custom fields from an array of name and value, or from one object.

        A field without a value is left out: it says nothing.
        """
        found = self.value(name)
        if found is None:
            return ()
        if isinstance(found, Mapping):
            inner = Reader(found, self._path(name))
            named = [(str(key), inner.text(str(key))) for key in found]
        else:
            named = [(part.required("name"), part.text("value")) for part in self.records(name)]
        return tuple(CustomField(key, value) for key, value in named if value is not None)
