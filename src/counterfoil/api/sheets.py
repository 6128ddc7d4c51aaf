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
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import IO, Final

import msgspec

from counterfoil.errors import UsageError

__all__ = ["as_meant", "csv_lines", "defused", "table_of", "write_xlsx"]

_LIKE_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
_NUMBER: Final = re.compile(r"[+-]?\d+(\.\d+)?", re.ASCII)
# Excel's own limits: a sheet's rows, a cell's characters, and digits that it keeps exactly.
_ROWS_MAX: Final = 1_048_576
_CELL_LENGTH_MAX: Final = 32_767
_DIGITS_MAX: Final = 15


def table_of(
    kind: type[msgspec.Struct], records: Iterable[msgspec.Struct]
) -> tuple[Sequence[str], Iterator[tuple[object, ...]]]:
    """Give records of one kind as a table: a column for each field, and the rows."""
    header = kind.__struct_fields__
    return header, (tuple(getattr(each, name) for name in header) for each in records)


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


def write_xlsx(out: IO[bytes], header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write a table as the one sheet of a workbook; memory does not grow with it.

    Amounts become numbers, as far as a sheet keeps them exactly; texts stay texts, for the
    number of an order may look like an amount.

    Raises:
        UsageError: There are more rows than a sheet holds.
    """
    # Loaded where a workbook is asked for: nothing else needs it.
    import xlsxwriter

    with xlsxwriter.Workbook(out, {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.freeze_panes(1, 0)
        bold = book.add_format({"bold": True})
        for column, title in enumerate(header):
            sheet.write_string(0, column, title, bold)
        for number, row in enumerate(rows, start=1):
            if number >= _ROWS_MAX:
                raise UsageError(f"A sheet holds {_ROWS_MAX:,} rows; export less, or as CSV.")
            for column, cell in enumerate(row):
                if (amount := _amount(cell)) is not None:
                    sheet.write_number(number, column, amount)
                elif cell is not None and cell != "":
                    sheet.write_string(number, column, _text(cell))


def _amount(cell: object) -> float | None:
    """Give a cell's number; ``None``: it is none, or a sheet would round it."""
    if isinstance(cell, bool) or not isinstance(cell, int | Decimal):
        return None
    return float(cell) if len(Decimal(cell).as_tuple().digits) <= _DIGITS_MAX else None


def _text(cell: object) -> str:
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ", timespec="seconds")
    return str(cell)[:_CELL_LENGTH_MAX]
