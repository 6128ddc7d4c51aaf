"""Folders of CSV files as tables: what is wrong is named with file, row, column and value."""

from __future__ import annotations

import csv
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Final

__all__ = ["LoadError", "Sheet", "SheetRow", "read_sheet"]

SheetRow = Mapping[str, str]

# On either side of the point; far more than goods and prices have.
_DIGITS_MAX: Final = 15


class LoadError(ValueError):
    """A file does not hold what it should; names file, row, column and value.

    ``row`` counts as a spreadsheet does: the header is row 1.
    """

    def __init__(
        self, problem: str, *, file: str, row: int = 1, column: str = "", value: str = ""
    ) -> None:
        place = f"{file}, row {row}" + (f", column {column}" if column else "")
        shown = f" (found {value[:80]!r})" if value or column else ""
        super().__init__(f"{place}: {problem}{shown}")
        self.file = file
        self.row = row
        self.column = column
        self.value = value


@dataclass(frozen=True)
class Sheet:
    """One file with the row numbers that a spreadsheet shows."""

    name: str
    rows: tuple[tuple[int, SheetRow], ...]

    def number(self, number: int, row: SheetRow, column: str) -> Decimal:
        try:
            value = Decimal(row[column])
        except InvalidOperation:
            value = Decimal("NaN")
        if not value.is_finite():
            raise self.error("must be a number", number, column, row)
        if not _is_short(value):
            problem = f"has more than {_DIGITS_MAX} digits before or behind the point"
            raise self.error(problem, number, column, row)
        return value

    def day(self, number: int, row: SheetRow, column: str) -> str | None:
        try:
            return date.fromisoformat(row[column]).isoformat() if row[column] else None
        except ValueError:
            raise self.error("must be a date such as 2025-03-01", number, column, row) from None

    def error(self, problem: str, number: int, column: str, row: SheetRow) -> LoadError:
        return LoadError(
            problem, file=f"{self.name}.csv", row=number, column=column, value=row[column]
        )

    def refer(
        self, number: int, row: SheetRow, column: str, known: Collection[str], where: str
    ) -> str:
        """Give a value that another file has to know."""
        if row[column] not in known:
            raise self.error(f"is not in {where}", number, column, row)
        return row[column]


def _is_short(value: Decimal) -> bool:
    """Whether a finite number is short when it is written out, without an exponent."""
    exponent = int(value.as_tuple().exponent)
    return exponent >= -_DIGITS_MAX and value.adjusted() < _DIGITS_MAX


def read_sheet(
    folder: Path, name: str, columns: tuple[str, ...], *, is_optional: bool = False
) -> Sheet:
    """Read a file of a folder; one that may be left out is read as empty.

    Raises:
        LoadError: It is missing, no CSV, lacks a column, or its first column is empty.
    """
    path = folder / f"{name}.csv"
    if not path.exists():
        if is_optional:
            return Sheet(name, ())
        raise LoadError(f"there is no such file in {folder}", file=path.name)
    with path.open(encoding="utf-8-sig", newline="") as lines:
        reader = csv.DictReader(lines, restval="")
        try:
            found = set(reader.fieldnames or ())
            for column in columns:
                if column not in found:
                    raise LoadError(f"there is no column {column!r}", file=path.name)
            rows = tuple((reader.line_num, row) for row in reader)
        except (UnicodeDecodeError, csv.Error) as error:
            problem = f"is no CSV file in UTF-8: {error}"
            raise LoadError(problem, file=path.name, row=reader.line_num) from None
    first = columns[0]
    for number, row in rows:
        if not row[first]:
            raise LoadError("must not be empty", file=path.name, row=number, column=first)
    return Sheet(name, rows)
