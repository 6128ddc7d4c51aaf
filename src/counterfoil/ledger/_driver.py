"""Statements on the driver's own cursor, at a tenth of what SQLAlchemy's results cost.

Text and values are the driver's already, and rows are wanted as it gives them: nothing is left
that SQLAlchemy would do for them.  Where somebody listens to what it executes, it executes; what
fails, fails as its errors either way.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import attrgetter, methodcaller
from typing import Any, Final, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

__all__ = ["carry_out", "fetch_all", "tell"]

_Taken = TypeVar("_Taken")

_ROWS: Final[Callable[[Any], Sequence[Sequence[Any]]]] = methodcaller("fetchall")
_TOUCHED: Final[Callable[[Any], int]] = attrgetter("rowcount")


def fetch_all(tx: Connection, text: str, values: Any) -> Sequence[Sequence[Any]]:
    """Fetch all rows of a query."""
    return _run(tx, text, values, _ROWS)


def carry_out(tx: Connection, text: str, rows: list[Any]) -> int:
    """Carry a statement out once per row of values; says how many rows of the table it touched."""
    if len(rows) == 1:
        return _run(tx, text, rows[0], _TOUCHED)
    return _run(tx, text, rows, _TOUCHED)


def tell(tx: Connection, text: str) -> None:
    """Carry out a statement without values in whatever transaction there is, or none."""
    _on_cursor(tx, text, (), _TOUCHED)


def _run(tx: Connection, text: str, values: Any, take: Callable[[Any], _Taken]) -> _Taken:
    """Run a statement; ``values`` of a list are those of many."""
    if tx.dispatch.before_cursor_execute:
        return take(tx.exec_driver_sql(text, values))
    if not tx.in_transaction():
        tx.begin()
    return _on_cursor(tx, text, values, take)


def _on_cursor(tx: Connection, text: str, values: Any, take: Callable[[Any], _Taken]) -> _Taken:
    cursor = tx.connection.cursor()
    try:
        (cursor.executemany if isinstance(values, list) else cursor.execute)(text, values)
        return take(cursor)
    except tx.dialect.loaded_dbapi.Error as error:
        raise _failed(tx, cursor, error, text) from error
    finally:
        cursor.close()


def _failed(tx: Connection, cursor: Any, error: Any, text: str) -> BaseException:
    """Give SQLAlchemy's error for the driver's; a connection that broke is used no more.

    The values stay out of it: they may be what people keep secret.
    """
    is_broken = tx.dialect.is_disconnect(error, tx.connection.dbapi_connection, cursor)
    if is_broken:
        tx.invalidate(error)
    failure: BaseException = DBAPIError.instance(
        text,
        None,
        error,
        tx.dialect.loaded_dbapi.Error,
        connection_invalidated=is_broken,
        dialect=tx.dialect,
    )
    return failure
