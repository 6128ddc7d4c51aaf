"""Statements for the hot paths: compiled once per database, run with plain values.

What happens a hundred times per batch must not pay for building, hashing and compiling
a statement each time, nor for a converter per column and row; together that costs more
than the database itself.  So here values go in and come out as the driver has them:
instants as microseconds, structured values as JSON bytes, states as text, and SQLite's
booleans as 0 and 1.  Everything else uses SQLAlchemy's ordinary way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum
from functools import lru_cache
from operator import itemgetter
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Connection,
    Dialect,
    Table,
    Text,
    any_,
    bindparam,
    func,
    literal_column,
    select,
    update,
)
from sqlalchemy.sql import ClauseElement

from ._driver import carry_out, fetch_all

__all__ = ["Prepared", "Typed", "Values", "among", "change_row", "listed", "spelled"]

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
        return fetch_all(tx, compiled.text, compiled.parameters(values))

    def many(self, tx: Connection, rows: Iterable[Values]) -> int:
        """Carry it out once per row; says how many rows of the table it touched."""
        compiled = self._for(tx.dialect)
        parameters = [compiled.parameters(row) for row in rows]
        if not parameters:
            return 0
        return carry_out(tx, compiled.text, parameters)

    def _for(self, dialect: Dialect) -> _Compiled:
        found = self._compiled.get(dialect.name)
        if found is None:
            # Two threads may compile at once; both come to the same.
            found = self._compiled[dialect.name] = self._compile(self._make(dialect), dialect)
        return found

    def _compile(self, statement: ClauseElement, dialect: Dialect) -> _Compiled:
        compiled: Any = statement.compile(dialect=dialect, column_keys=self._columns)
        # Values that stand in the statement itself; NULL is written ``null()`` there.
        fixed = {name: value for name, value in compiled.params.items() if value is not None}
        arrange = _in_order(compiled.positiontup) if compiled.positional else dict
        if not fixed:
            return _Compiled(compiled.string, arrange)
        return _Compiled(compiled.string, lambda values: arrange({**fixed, **values}))


class Typed(Prepared):
    """A statement that every call needs once: values as the columns' types have them.

    Instants are datetimes and structured values are structured, as in SQLAlchemy's
    ordinary way, at a third of its price.
    """

    def __init__(self, make: Callable[[Dialect], ClauseElement], *columns: str) -> None:
        super().__init__(make, *columns)
        self._converters: dict[str, _Converters] = {}

    def rows(self, tx: Connection, values: Values) -> list[tuple[Any, ...]]:
        """Fetch all rows."""
        found = self.all(tx, self._bound(tx, values))
        converters = self._converters[tx.dialect.name].results
        return [_converted(row, converters) for row in found]

    def one(self, tx: Connection, values: Values) -> tuple[Any, ...] | None:
        """Fetch the first row, ``None`` where there is none."""
        return next(iter(self.rows(tx, values)), None)

    def run(self, tx: Connection, values: Values) -> int:
        """Carry it out once; says how many rows it touched."""
        return self.many(tx, [self._bound(tx, values)])

    def run_all(self, tx: Connection, rows: Iterable[Values]) -> int:
        """Carry it out once per row; says how many rows it touched."""
        return self.many(tx, [self._bound(tx, values) for values in rows])

    def _bound(self, tx: Connection, values: Values) -> Values:
        self._for(tx.dialect)
        converters = self._converters[tx.dialect.name].parameters
        given = {
            name: convert(values[name]) for name, convert in converters.items() if name in values
        }
        return {**values, **given} if given else values

    def _compile(self, statement: ClauseElement, dialect: Dialect) -> _Compiled:
        compiled: Any = statement.compile(dialect=dialect, column_keys=self._columns)
        returned: Any = getattr(statement, "exported_columns", ())
        self._converters[dialect.name] = _Converters(
            parameters={
                name: convert
                for name, bound in compiled.binds.items()
                if (convert := bound.type.dialect_impl(dialect).bind_processor(dialect))
            },
            results=tuple(
                (place, convert)
                for place, column in enumerate(returned)
                if (convert := column.type.dialect_impl(dialect).result_processor(dialect, None))
            ),
        )
        return super()._compile(statement, dialect)


class _Converters(NamedTuple):
    """What makes values of the columns' types of the driver's, and back, for the few that need it.

    Attributes:
        parameters: By the parameter's name.
        results: By where the column stands in a row.
    """

    parameters: Mapping[str, Callable[[Any], Any]]
    results: tuple[tuple[int, Callable[[Any], Any]], ...]


def _converted(
    row: Sequence[Any], converters: Iterable[tuple[int, Callable[[Any], Any]]]
) -> tuple[Any, ...]:
    values = list(row)
    for place, convert in converters:
        if values[place] is not None:
            values[place] = convert(values[place])
    return tuple(values)


@lru_cache(maxsize=256)
def _changing(table: Table, columns: tuple[str, ...]) -> Typed:
    return Typed(
        lambda _dialect: (
            update(table)
            .where(table.c.id == bindparam("row"))
            .values({name: bindparam(name, type_=table.c[name].type) for name in columns})
        )
    )


def change_row(tx: Connection, table: Table, row: int, values: Values) -> None:
    """Change some columns of the row with an id."""
    _changing(table, tuple(values)).run(tx, {"row": row, **values})


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


def spelled(column: ColumnElement[Any], word: StrEnum) -> ColumnElement[bool]:
    """Make the condition that a column's value is a word of ours, written out in the statement.

    Where a partial index names such a word, SQLite compares it with what is bound, and prepares
    the statement anew each time it is bound: an indexed look takes ten times as long.
    Source: ``exprCompareVariable`` in SQLite's ``expr.c``.
    """
    return column == literal_column(f"'{word.value}'")


def listed(tx: Connection, values: Iterable[int] | Iterable[str]) -> Any:
    """Give a list as the database takes it for ``among``."""
    if tx.dialect.name == "sqlite":
        return msgspec.json.encode(list(values)).decode()
    return list(values)
