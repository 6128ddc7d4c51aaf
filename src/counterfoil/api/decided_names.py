"""Names of both sides as a table that people fill in: written, and read back with decisions."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from counterfoil.engine.counterparts import Compared, Decision
from counterfoil.errors import UsageError
from counterfoil.hub.desk import Said

from .sheets import as_meant

__all__ = ["HEADER", "decisions", "table_rows"]

HEADER: Final = ("id", "name", "fits", "record", "near", "decision", "name_there")
_DECIDING: Final = ("id", "decision")


def table_rows(compared: Iterable[Compared]) -> Iterator[tuple[str, ...]]:
    """Give rows below ``HEADER``; under “name_there” people say what a new record is called."""
    for each in compared:
        yield (
            each.id,
            each.name,
            each.likeness,
            each.record_name or each.record or each.given or "",
            "; ".join(each.near),
            each.decision or "",
            "",
        )


def decisions(called: str, text: str) -> Iterator[Said]:
    """Read the rows of a table in which something was decided.

    Args:
        called: What people call the file.

    Raises:
        UsageError: It is no such table, or a row does not say what it means.
    """
    for number, row in enumerate(_rows(called, text), start=2):
        word = (row.get("decision") or "").strip().lower()
        if not word:
            continue
        if word not in set(Decision):
            raise UsageError(
                f"{called}, line {number}: the decision is link, add or leave, not {word[:40]!r}."
            )
        yield Said(
            id=_cell(row, "id") or "",
            decision=Decision(word),
            record=_cell(row, "record"),
            name=_cell(row, "name_there"),
            called=_cell(row, "name"),
        )


def _cell(row: Mapping[str, str | None], column: str) -> str | None:
    """Give a cell as it was before it was defused; ``None``: it is empty."""
    return as_meant((row.get(column) or "").strip()) or None


def _rows(called: str, text: str) -> list[dict[str, str | None]]:
    if "\0" in text:
        raise UsageError(f"{called} holds a character number 0; save it anew as “CSV UTF-8”.")
    first = text.partition("\n")[0]
    separator = ";" if first.count(";") > first.count(",") else ","
    try:
        reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
        rows = list(reader)
    except csv.Error as error:
        raise UsageError(f"{called} is no CSV: {error}.") from None
    missing = [name for name in _DECIDING if name not in (reader.fieldnames or ())]
    if missing:
        raise UsageError(
            f"{called} has no column “{missing[0]}”; its first line is as in the file of "
            f"compared names: {', '.join(HEADER)}."
        )
    return rows
