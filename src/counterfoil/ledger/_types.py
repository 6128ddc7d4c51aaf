"""Column types that mean the same on SQLite and on PostgreSQL."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import BigInteger, Dialect, LargeBinary, Text
from sqlalchemy.types import TypeDecorator

from counterfoil.told import Told

from ._told import kept, read

__all__ = ["Instant", "Json", "Said", "from_microseconds", "to_microseconds"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def to_microseconds(instant: datetime) -> int:
    """Count the microseconds since 1970; the instant must know its zone."""
    assert instant.tzinfo is not None, "an instant without a zone is not an instant"
    return (instant - _EPOCH) // _MICROSECOND


def from_microseconds(count: int) -> datetime:
    """Give the instant, in UTC."""
    return _EPOCH + count * _MICROSECOND


class Instant(TypeDecorator[datetime]):
    """A point in time, kept as microseconds since 1970 in UTC."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """Store the count."""
        return None if value is None else to_microseconds(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Read the count."""
        return None if value is None else from_microseconds(value)


class Json(TypeDecorator[Any]):
    """Small structured values: plain JSON types and ``Struct`` values, as UTF-8."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> bytes | None:
        """Encode; ``None`` is SQL's NULL."""
        return None if value is None else msgspec.json.encode(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        """Decode to plain types."""
        return None if value is None else msgspec.json.decode(value)


class Said(TypeDecorator[Told]):
    """What is told to people, in its parts, as text."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Told | str | None, dialect: Dialect) -> str | None:
        """Put it into one text; a plain sentence has no other parts."""
        return None if value is None else kept(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> Told | None:
        """Take it apart."""
        return None if value is None else read(value)
