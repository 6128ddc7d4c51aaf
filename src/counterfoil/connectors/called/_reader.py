"""A tolerant view of one JSON object.

A service's spelling is often documented only in part, so a property is found whether it is
written ``due-date``, ``due_date`` or ``dueDate``; a number may be text or a number; a
reference may be a code or an object that holds one; custom fields may be pairs or one
object.  What cannot be understood at all is an ``InvalidDocument`` naming the property.

What a value may be like, and what is cleaned, is told in ``_rim``: ``identity``, ``code``
and ``required`` are strict, ``text``, ``labels`` and ``pairs`` clean.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, tzinfo
from decimal import Decimal
from functools import lru_cache
from typing import Any, TypeVar

from counterfoil.documents import CustomField, InvalidDocument

from ._dates import parse_day, parse_instant
from ._rim import (
    TEXT_LENGTH_MAX,
    Unfit,
    clean_text,
    code_problem,
    exact_number,
    shown,
)

__all__ = ["Json", "Reader", "fold", "spelled"]

Json = Mapping[str, Any]
"""A JSON object as it was read: decimals are ``Decimal``, never binary floats."""

_Made = TypeVar("_Made")

# Properties by which an object names what it is, in the order they are tried.
_REFERENCE_KEYS = ("code", "number", "name", "id")
# Identities that a path would take for something else.
_NO_IDENTITIES = frozenset({".", ".."})


@lru_cache(maxsize=4096)
def fold(name: str) -> str:
    """Give the one form of a property name that all its spellings share."""
    return name.replace("-", "").replace("_", "").lower()


def spelled(holder: Json, name: str) -> str:
    """Give the spelling in which an object has a property, or would have it."""
    return next((key for key in holder if fold(key) == fold(name)), name)


class Reader:
    """One JSON object; ``where`` is its path in the answer, for messages.

    Raises:
        InvalidDocument: From the constructor and every method: not what it should be.
    """

    __slots__ = ("_values", "where")

    def __init__(self, raw: object, where: str = "") -> None:
        if not isinstance(raw, Mapping):
            raise InvalidDocument(where or "document", shown(raw), "must be an object")
        self._values = {fold(str(name)): value for name, value in raw.items()}
        self.where = where

    def path(self, name: str) -> str:
        """Give the path of a property in the answer."""
        return f"{self.where}.{name}" if self.where else name

    def _bad(self, name: str, value: object, problem: str) -> InvalidDocument:
        return InvalidDocument(self.path(name), shown(value), problem)

    def has(self, name: str) -> bool:
        """Whether the property is there at all, even when empty."""
        return fold(name) in self._values

    def value(self, name: str) -> Any:
        """Give a property as it is; ``None`` when absent, null or empty text."""
        found = self._values.get(fold(name))
        if isinstance(found, Unfit):
            raise self._bad(name, found, found.problem)
        return None if isinstance(found, str) and not found.strip() else found

    def as_written(self, name: str) -> str | None:
        """Give a text as it came; numbers become text, an object gives what names it."""
        found = self.value(name)
        if isinstance(found, Mapping):
            inner = Reader(found, self.path(name))
            key = next((key for key in _REFERENCE_KEYS if inner.value(key) is not None), None)
            if key is None:
                if found and not any(inner.has(known) for known in _REFERENCE_KEYS):
                    raise self._bad(name, found, "must be a code, or an object with a code")
                return None
            found = inner.value(key)
        if found is None or isinstance(found, str):
            return found
        if isinstance(found, bool) or not isinstance(found, int | Decimal):
            raise self._bad(name, found, "must be text")
        return str(found)

    def text(self, name: str) -> str | None:
        """Give a free text, cleaned; ``None`` when nothing is left of it."""
        found = self.as_written(name)
        if found is None:
            return None
        if len(found) > TEXT_LENGTH_MAX:
            raise self._bad(name, found, f"has more than {TEXT_LENGTH_MAX} characters")
        cleaned = clean_text(found)
        return cleaned if cleaned.strip() else None

    def code(self, name: str) -> str | None:
        """Give a code, without the blanks and line ends around it."""
        found = self.as_written(name)
        if found is None:
            return None
        code = found.strip(" \t\r\n")
        problem = code_problem(code)
        if problem is not None:
            raise self._bad(name, found, problem)
        return code.strip()

    def required(self, name: str) -> str:
        """Give a code that has to be there."""
        found = self.code(name)
        if found is None:
            raise self._bad(name, "", "is missing")
        return found

    def identity(self, name: str) -> str | None:
        """Give an identity: text or a whole number, for it will stand in a path."""
        found = self.value(name)
        if found is None:
            return None
        is_whole = isinstance(found, int) or (
            isinstance(found, Decimal) and found.as_tuple().exponent == 0
        )
        if isinstance(found, bool) or not (isinstance(found, str) or is_whole):
            raise self._bad(name, found, "must be text or a whole number")
        identity = self.code(name)
        if identity in _NO_IDENTITIES:
            raise self._bad(name, found, "can be no identity")
        return identity

    def own_identity(self, name: str) -> str:
        """Give an identity that has to be there."""
        found = self.identity(name)
        if found is None:
            raise self._bad(name, "", "is missing")
        return found

    def decimal(self, name: str) -> Decimal | None:
        """Give a number, exactly as written."""
        found = self.value(name)
        if found is None:
            return None
        if isinstance(found, bool) or not isinstance(found, str | int | Decimal):
            raise self._bad(name, found, "must be a number")
        return self._made(exact_number, found, name)

    def flag(self, name: str, *, default: bool) -> bool:
        """Give a yes or no."""
        found = self.value(name)
        if found is None:
            return default
        if isinstance(found, bool):
            return found
        if isinstance(found, str | int) and str(found).lower() in {"true", "false", "1", "0"}:
            return str(found).lower() in {"true", "1"}
        raise self._bad(name, found, "must be true or false")

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
            raise self._bad(name, value, str(error)) from None

    def records(self, name: str) -> list[Reader]:
        """Give the objects of an array; a single object counts as an array of one."""
        found = self.value(name)
        if found is None:
            return []
        if isinstance(found, Mapping):
            found = [found]
        if not isinstance(found, list):
            raise self._bad(name, found, "must be an array")
        return [
            Reader(element, f"{self.path(name)}[{index}]") for index, element in enumerate(found)
        ]

    def labels(self, name: str) -> tuple[str, ...]:
        """Give an array of texts; objects in it count by their name, text by its commas."""
        found = self.value(name)
        if found is None:
            return ()
        if isinstance(found, str):
            found = [part.strip() for part in (self.text(name) or "").split(",")]
        if not isinstance(found, list):
            raise self._bad(name, found, "must be an array")
        texts = (Reader({"label": part}, self.path(name)).text("label") for part in found)
        return tuple(text for text in texts if text is not None)

    def pairs(self, name: str) -> tuple[CustomField, ...]:
        """Give custom fields from an array of name and value, or from one object.

        A field without a value is left out: it says nothing.
        """
        found = self.value(name)
        if found is None:
            return ()
        if isinstance(found, Mapping):
            # Names are free here, so none is folded into another.
            parts = [(str(key), Reader({"value": found[key]}, self.path(name))) for key in found]
        else:
            parts = [(part.named("name"), part) for part in self.records(name)]
        named = [(clean_text(key).strip(), part.text("value")) for key, part in parts]
        return tuple(CustomField(key, value) for key, value in named if key and value is not None)

    def named(self, name: str) -> str:
        """Give a free text that has to be there."""
        found = self.text(name)
        if found is None:
            raise self._bad(name, "", "is missing")
        return found
