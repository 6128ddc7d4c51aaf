"""CSV that spreadsheets show and never carry out.

Programs such as Excel take a cell that begins like a formula for one, whoever wrote it; a
customer's name can say anything.  Such a cell gets an apostrophe in front, which they read as
"this is text"; plain numbers stay numbers.

Source: OWASP, CSV injection.
"""

from __future__ import annotations

import csv
import re
import sys
from collections.abc import Iterable, Sequence
from typing import Final

__all__ = ["write_csv"]

_LIKE_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
_NUMBER: Final = re.compile(r"[+-]?\d+(\.\d+)?", re.ASCII)


def write_csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print a table as CSV, its cells defused."""
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([defused(cell) for cell in row] for row in rows)


def defused(cell: object) -> object:
    """Give a cell that no spreadsheet takes for a formula."""
    is_formula = isinstance(cell, str) and cell.startswith(_LIKE_FORMULA)
    if not is_formula or _NUMBER.fullmatch(str(cell)):
        return cell
    return f"'{cell}"
