"""Tables on the way to a spreadsheet: printed as CSV, or written to a file."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated

import typer

from ._show import say

__all__ = ["AsCsv", "Workbook", "one_output", "write_csv", "write_table"]

AsCsv = Annotated[bool, typer.Option("--csv", help="Print CSV instead of text.")]
Workbook = Annotated[
    Path | None,
    typer.Option("--xlsx", metavar="FILE", help="Write a workbook for Excel to this file."),
]


def one_output(*, json: bool, as_csv: bool, workbook: Path | None) -> None:
    """See that a list is asked for in one form.

    Raises:
        UsageError: In several.
    """
    from counterfoil.errors import UsageError

    if sum((json, as_csv, workbook is not None)) > 1:
        raise UsageError("Give one of --json, --csv and --xlsx.")


def write_csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print a table as CSV, its cells defused."""
    from counterfoil.api.sheets import csv_lines

    sys.stdout.writelines(csv_lines(header, rows))


def write_table(
    workbook: Path | None, header: Sequence[str], rows: Iterable[Sequence[object]]
) -> None:
    """Write a table as a workbook, where one is asked for, or print it as CSV."""
    if workbook is None:
        write_csv(header, rows)
        return
    _write_workbook(workbook, header, rows)
    say(f"Written: {workbook}")


def _write_workbook(file: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write a table as a workbook; a file that is there already is not written over.

    Raises:
        UsageError: The file is there already, or cannot be written.
    """
    from counterfoil.api.sheets import write_xlsx
    from counterfoil.errors import UsageError

    try:
        out = file.open("xb")
    except FileExistsError:
        raise UsageError(f"{file} is there already; name another file.") from None
    except OSError as error:
        raise UsageError(f"{file} cannot be written: {error.strerror}.") from None
    try:
        with out:
            write_xlsx(out, header, rows)
    except BaseException:
        # Half a workbook would be taken for a whole one.
        file.unlink(missing_ok=True)
        raise
