"""Statements for the hot paths: compiled once per database, run with plain values.

What happens a hundred times per batch must not pay for building, hashing and compiling
a statement each time, nor for a converter per column and row; together that costs more
than the database itself.  So here values go in and come out as the driver has them:
instants as microseconds, structured values as JSON bytes, states as text, and SQLite's
booleans as 0 and 1.  Everything else uses SQLAlchemy's ordinary way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Connection,
    Dialect,
    Text,
    any_,
    bindparam,
    func,
    select,
)
from sqlalchemy.sql import ClauseElement

__all__ = ["Prepared", "Values", "among", "listed"]

Values = Mapping[str, Any]
"""Parameters of one execution, by name: numbers, texts, bytes, booleans, ``None``."""


class _Compiled(NamedTuple):
    text: str
    parameters: Callable[[Values], Any]


class Prepared:
    """One statement.

    Args:
        make: Gives the statement for a database; its parameters are ``bindparam``s, or
            for an insert, columns.
        columns: Of an insert without values: those that every row names.
    """

    def __init__(self, make: Callable[[Dialect], ClauseElement], *columns: str) -> None:
        self._make = make
        self._columns = columns or None
        self._compiled: dict[str, _Compiled] = {}

    def all(self, tx: Connection, values: Values) -> Sequence[Sequence[Any]]:
        """Fetch all rows."""
        compiled = self._for(tx.dialect)
        return tx.exec_driver_sql(compiled.text, compiled.parameters(values)).all()

    def many(self, tx: Connection, rows: Iterable[Values]) -> int:
        """Carry it out once per row; says how many rows of the table it touched."""
        compiled = self._for(tx.dialect)
        parameters = [compiled.parameters(row) for row in rows]
        if not parameters:
            return 0
        return tx.exec_driver_sql(compiled.text, parameters).rowcount

    def _for(self, dialect: Dialect) -> _Compiled:
        found = self._compiled.get(dialect.name)
        if found is None:
            # Two threads may compile at once; both come to the same.
            found = self._compiled[dialect.name] = self._compile(dialect)
        return found

    def _compile(self, dialect: Dialect) -> _Compiled:
        compiled: Any = self._make(dialect).compile(dialect=dialect, column_keys=self._columns)
        # Values that stand in the statement itself.
        fixed = {name: value for name, value in compiled.params.items() if value is not None}
        arrange = _in_order(compiled.positiontup) if compiled.positional else dict
        if not fixed:
            return _Compiled(compiled.string, arrange)
        return _Compiled(compiled.string, lambda values: arrange({**fixed, **values}))


def _in_order(names: Sequence[str]) -> Callable[[Values], Any]:
    if len(names) == 1:
        return lambda values: (values[names[0]],)
    return itemgetter(*names)


def among(dialect: Dialect, column: ColumnElement[Any], name: str) -> ColumnElement[bool]:
    """Make the condition that a column's value is one of the list bound under a name.

    One parameter, however long the list: neither database limits it, and the statement
    stays the same.  The list is bound as ``listed`` gives it.
    """
    if dialect.name == "sqlite":
        each = func.json_each(bindparam(name, type_=Text())).table_valued("value")
        return column.in_(select(each.c.value))
    kind = BigInteger() if isinstance(column.type, BigInteger) else Text()
    return column == any_(bindparam(name, type_=ARRAY(kind)))


def listed(tx: Connection, values: Iterable[int] | Iterable[str]) -> Any:
    """Give a list as the database takes it for ``among``."""
    if tx.dialect.name == "sqlite":
        return msgspec.json.encode(list(values)).decode()
    return list(values)
