"""What commands print: tables without rows, CSV that spreadsheets do not carry out."""

from __future__ import annotations

import logging

import pytest

from counterfoil.api.sheets import defused
from counterfoil.cli._csv import write_csv
from counterfoil.cli._logs import to_standard_error
from counterfoil.cli._show import Column, table


@pytest.mark.parametrize(
    "cell, shown",
    [
        ("=1+1", "'=1+1"),
        ("+cmd", "'+cmd"),
        ("-2+3", "'-2+3"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("-12.50", "-12.50"),
        ("+7", "+7"),
        ("Bolt = M8", "Bolt = M8"),
        ("", ""),
        (-3, -3),
        (None, None),
    ],
)
def test_a_cell_like_a_formula_is_defused(cell: object, shown: object) -> None:
    """A spreadsheet takes no text for a formula; plain numbers stay numbers."""
    assert defused(cell) == shown


def test_csv_is_defused(capsys: pytest.CaptureFixture[str]) -> None:
    """What commands print as CSV has gone through it."""
    write_csv(("name",), [("=HYPERLINK()",), ("ACME",)])

    assert capsys.readouterr().out == "name\n'=HYPERLINK()\nACME\n"


@pytest.mark.parametrize(
    "rows, out, err",
    [((), "Name\n", "Nothing there.\n"), ((("ACME",),), "Name\nACME\n", "")],
)
def test_a_table_without_rows_says_so(
    capsys: pytest.CaptureFixture[str], rows: tuple[tuple[str, ...], ...], out: str, err: str
) -> None:
    """In a pipe, too, a sentence says that there is nothing; it stands beside the output."""
    table([Column("Name")], rows, empty="Nothing there.")

    told = capsys.readouterr()
    assert (told.out, told.err) == (out, err)


def test_a_server_does_not_print_what_alembic_does() -> None:
    """Lines about the tables are for whoever changes them, not for every start."""
    root, kept = logging.getLogger(), logging.getLogger().handlers[:]
    try:
        to_standard_error("info")
        assert not logging.getLogger("alembic.runtime.migration").isEnabledFor(logging.INFO)
    finally:
        root.handlers[:] = kept
