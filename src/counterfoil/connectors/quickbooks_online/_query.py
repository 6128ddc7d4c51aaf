"""Questions in the service's query language, built and escaped in this one place.

A value stands in apostrophes; in it a backslash is doubled and an apostrophe has one before it.
The HTTP client percent-encodes the whole once.  The language has neither OR nor a way to page
on by identity, so a page is a stretch of all rows ordered by it.

A curly apostrophe never stands in a question (``similar``): which names are meant is told by
comparing what comes back.

Source: reference section 2.7; corrections 2, section 3.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

__all__ = [
    "EVERYBODY",
    "PAGE_MAX",
    "VALUES_MAX",
    "Query",
    "among",
    "at_least",
    "at_most",
    "instant",
    "is_",
    "is_askable",
    "similar",
]

PAGE_MAX: Final = 1000
VALUES_MAX: Final = 100
"""So many values in one question: it travels in a URL."""
EVERYBODY: Final = "Active IN (true, false)"
"""Lists tell of what is inactive only where that is asked for."""
_CURLY: Final = "‘’‛＇"


@dataclass(frozen=True)
class Query:
    """A question about one entity; all ``conditions`` have to hold."""

    entity: str
    conditions: tuple[str, ...] = ()

    @classmethod
    def of(cls, entity: str, *conditions: str) -> Query:
        """Ask for what meets some conditions."""
        return cls(entity, conditions)

    def page(self, start: int = 1, size: int = PAGE_MAX) -> str:
        """Write the question for a stretch of the rows, the first of which is number 1."""
        assert start >= 1, "rows are counted from 1"
        assert 1 <= size <= PAGE_MAX, "a page has at most a thousand rows"
        where = f" WHERE {' AND '.join(self.conditions)}" if self.conditions else ""
        stretch = f"ORDERBY Id STARTPOSITION {start} MAXRESULTS {size}"
        return f"{self.whole()}{where} {stretch}"

    def whole(self) -> str:
        """Write the question about an entity that a company has one of."""
        return f"SELECT * FROM {self.entity}"  # noqa: S608 (no SQL; every value is escaped)


def is_(field: str, value: str) -> str:
    """Say that a property is a text, whatever its capital letters."""
    return f"{field} = {_literal(value)}"


def among(field: str, values: Iterable[str]) -> str:
    """Say that a property is one of some texts."""
    listed = ", ".join(_literal(each) for each in dict.fromkeys(values))
    assert listed, "a list of values has one at least"
    return f"{field} IN ({listed})"


def is_askable(value: str) -> bool:
    """Whether a text may stand in a question as it is."""
    return not set(value) & set(_CURLY)


def similar(field: str, value: str) -> str:
    """Say that a property is a text, or one that differs in its apostrophes only."""
    if is_askable(value):
        return is_(field, value)
    # Per cent is the only wildcard, and has no escape: more comes back than was meant.
    pattern = "".join("%" if each in _CURLY else each for each in value)
    return f"{field} LIKE {_literal(pattern)}"


def at_least(field: str, value: date) -> str:
    """Say that a day or a moment is not before another."""
    return f"{field} >= {_literal(_told(value))}"


def at_most(field: str, value: date) -> str:
    """Say that a day or a moment is not after another."""
    return f"{field} <= {_literal(_told(value))}"


def _told(value: date) -> str:
    return instant(value) if isinstance(value, datetime) else value.isoformat()


def instant(moment: datetime) -> str:
    """Write a moment; without a zone it is in UTC."""
    bare = moment.replace(microsecond=0)
    return bare.isoformat() if bare.tzinfo is not None else f"{bare.isoformat()}+00:00"


def _literal(value: str) -> str:
    assert is_askable(value), "no curly apostrophe stands in a question"
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
