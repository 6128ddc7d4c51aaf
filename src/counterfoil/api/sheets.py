"""Tables for spreadsheets: CSV and XLSX that show every text and carry none of it out.

Programs such as Excel take a cell that begins like a formula for one, whoever wrote it; a
customer's name can say anything.  In CSV such a cell gets an apostrophe in front, which they
read as "this is text"; in XLSX every text is written as text.  Plain numbers stay numbers.

Source: OWASP, CSV injection.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal
from typing import IO, Any, Final, NamedTuple

import msgspec

from counterfoil.errors import UsageError

__all__ = ["Totals", "as_meant", "csv_lines", "defused", "table_of", "write_xlsx"]

_LIKE_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
_NUMBER: Final = re.compile(r"[+-]?\d+(\.\d+)?", re.ASCII)
# Excel's own limits: a sheet's rows, a cell's characters, and digits that it keeps exactly.
_ROWS_MAX: Final = 1_048_576
_CELL_LENGTH_MAX: Final = 32_767
_DIGITS_MAX: Final = 15
# Days before are no days to a sheet, which counts them from there.
_YEAR_MIN: Final = 1900
# For sums: of so many currencies.
_SPARE_ROWS: Final = 200
_WIDTH_MIN: Final = 12


def table_of(
    kind: type[msgspec.Struct], records: Iterable[msgspec.Struct]
) -> tuple[Sequence[str], Iterator[tuple[object, ...]]]:
    """Give records of one kind as a table: a column for each field, and the rows.

    A field of several values is one cell, with a semicolon between them.
    """
    header = kind.__struct_fields__
    return header, (tuple(_cell(getattr(each, name)) for name in header) for each in records)


def _cell(value: object) -> object:
    return "; ".join(map(str, value)) if isinstance(value, tuple) else value


def csv_lines(header: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """Give a table as lines of CSV, its cells defused."""
    line = io.StringIO()
    writer = csv.writer(line, lineterminator="\n")
    writer.writerow(header)
    yield line.getvalue()
    for row in rows:
        line.seek(0)
        line.truncate()
        writer.writerow([defused(cell) for cell in row])
        yield line.getvalue()


def defused(cell: object) -> object:
    """Give a cell that no spreadsheet takes for a formula."""
    is_formula = isinstance(cell, str) and cell.startswith(_LIKE_FORMULA)
    if not is_formula or _NUMBER.fullmatch(str(cell)):
        return cell
    return f"'{cell}"


def as_meant(cell: str) -> str:
    """Give a text as it was before ``defused``."""
    return cell[1:] if cell[:1] == "'" and defused(cell[1:]) == cell else cell


class Totals(NamedTuple):
    """Which columns of a table are summed beneath it, by their places.

    Attributes:
        amounts: The columns; what is unknown in them is left out, and counted as a blank is.
        by: The column of the currency: for each of them there is a row of sums.
    """

    amounts: Sequence[int]
    by: int | None = None


def write_xlsx(
    out: IO[bytes],
    header: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    totals: Totals | None = None,
    zone: tzinfo | None = None,
) -> None:
    """Write a table as the one sheet of a workbook; memory does not grow with it.

    Days, moments and amounts become what a sheet reckons with, as far as it keeps them exactly;
    texts stay texts, for the number of an order may look like an amount.  The header stays in
    view, and can be filtered by.

    Args:
        zone: Moments are written as its clocks show them; ``None``: those of UTC.

    Raises:
        UsageError: There are more rows than a sheet holds.
    """
    # Loaded where a workbook is asked for: nothing else needs it.
    import xlsxwriter

    with xlsxwriter.Workbook(out, {"constant_memory": True}) as book:
        sheet = _Sheet(book, zone or UTC)
        sheet.head(header)
        sums: dict[str, dict[int, Decimal]] = {}
        count = 0
        for count, row in enumerate(rows, start=1):
            if count >= _ROWS_MAX - _SPARE_ROWS:
                raise UsageError(f"A sheet holds {_ROWS_MAX:,} rows; export less, or as CSV.")
            sheet.write(count, row)
            if totals is not None:
                _sum_up(sums, totals, row)
        sheet.filter(count, len(header))
        for position, (currency, summed) in enumerate(sorted(sums.items())[:_SPARE_ROWS]):
            sheet.total(count + 1 + position, f"Total {currency}".rstrip(), summed)


def _sum_up(sums: dict[str, dict[int, Decimal]], totals: Totals, row: Sequence[object]) -> None:
    currency = "" if totals.by is None else str(row[totals.by] or "")
    summed = sums.setdefault(currency, dict.fromkeys(totals.amounts, Decimal(0)))
    for column in totals.amounts:
        cell = row[column]
        if isinstance(cell, int | Decimal):
            summed[column] += cell


class _Sheet:
    """The one sheet of a workbook, row by row: a cell is written as what it is."""

    def __init__(self, book: Any, zone: tzinfo) -> None:
        self._sheet = book.add_worksheet()
        self._zone = zone
        self._bold = book.add_format({"bold": True, "bottom": 1})
        self._amount = book.add_format({"num_format": "#,##0.00"})
        self._day = book.add_format({"num_format": "yyyy-mm-dd"})
        self._moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        self._total = book.add_format({"bold": True, "top": 1, "num_format": "#,##0.00"})

    def head(self, header: Sequence[str]) -> None:
        self._sheet.freeze_panes(1, 0)
        for column, title in enumerate(header):
            self._sheet.set_column(column, column, max(_WIDTH_MIN, len(title) + 4))
            self._sheet.write_string(0, column, title, self._bold)

    def filter(self, rows: int, columns: int) -> None:
        if rows:
            self._sheet.autofilter(0, 0, rows, columns - 1)

    def total(self, at: int, words: str, summed: Mapping[int, Decimal]) -> None:
        if 0 not in summed:
            self._sheet.write_string(at, 0, words, self._total)
        for column, amount in sorted(summed.items()):
            self._sheet.write_number(at, column, float(amount), self._total)

    def write(self, at: int, row: Sequence[object]) -> None:
        for column, cell in enumerate(row):
            if cell is None or cell == "":
                continue
            if (amount := _amount(cell)) is not None:
                form = self._amount if isinstance(cell, Decimal) else None
                self._sheet.write_number(at, column, amount, form)
            elif isinstance(cell, datetime):
                local = cell.astimezone(self._zone) if cell.tzinfo else cell
                self._sheet.write_datetime(at, column, local.replace(tzinfo=None), self._moment)
            elif isinstance(cell, date) and cell.year >= _YEAR_MIN:
                self._sheet.write_datetime(at, column, cell, self._day)
            else:
                self._sheet.write_string(at, column, str(cell)[:_CELL_LENGTH_MAX])


def _amount(cell: object) -> float | None:
    """Give a cell's number; ``None``: it is none, or a sheet would round it."""
    if isinstance(cell, bool) or not isinstance(cell, int | Decimal):
        return None
    return float(cell) if len(Decimal(cell).as_tuple().digits) <= _DIGITS_MAX else None
