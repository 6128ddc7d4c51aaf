"""Receipts, made of what was entered item by item; and goods that were taken back.

Each save of the receiving page leaves a row for each item.  The rows of one moment and one
vendor's invoice are one receipt (corrections, section 4).

Goods that were received and "un-received" are rows as well, with a quantity below nothing, and
no field says which row they undo (corrections 2, row 8).  So they are paired by item: with the
rows of the same invoice if there are any, and the same serial number, and there with the
newest.  Where that is not the only way to read it, nothing is decided: a person sees the
receipts in question.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

__all__ = ["Row", "Taken", "moved_by", "save_of"]


@dataclass(frozen=True, kw_only=True)
class Row:
    """One row: so many of an order's item, entered at a moment.

    ``moved`` is ``None`` where the service tells nothing: it does so at times.
    """

    id: int
    item: int
    moved: Decimal | None
    at: datetime
    invoice: str | None = None
    serial: str | None = None


def save_of(row: Row) -> tuple[datetime, str | None]:
    """Say with which others a row was entered: those of the same second and invoice."""
    return row.at.replace(microsecond=0), row.invoice


@dataclass
class Taken:
    """What came of rows once goods that were taken back are paired.

    Attributes:
        left: Row -> how many of it stayed; of rows below nothing there is none here.
        undecided: Row -> why it is not known how many of it stayed, or what it took back.
    """

    left: dict[int, Decimal] = field(default_factory=dict)
    undecided: dict[int, str] = field(default_factory=dict)


def moved_by(rows: Iterable[Row]) -> Taken:
    """Pair goods that were taken back with the rows that brought them."""
    by_item: defaultdict[int, list[Row]] = defaultdict(list)
    for row in sorted(rows, key=lambda each: each.id):
        by_item[row.item].append(row)
    taken = Taken()
    for found in by_item.values():
        _pair(found, taken)
    return taken


def _pair(rows: Sequence[Row], taken: Taken) -> None:
    came: list[Row] = []
    for row in rows:
        if row.moved is None:
            taken.undecided[row.id] = "Autotask does not say how many came"
        elif row.moved > 0:
            came.append(row)
            taken.left[row.id] = row.moved
        elif row.moved < 0:
            _take_back(row, -row.moved, _candidates(row, came, taken), taken)


def _candidates(back: Row, came: Sequence[Row], taken: Taken) -> list[Row]:
    """Give the rows that goods may come back from, in the order in which they came."""
    open_ = [
        row
        for row in came
        if taken.left[row.id] > 0 and (back.serial is None or row.serial == back.serial)
    ]
    billed = [row for row in open_ if back.invoice is not None and row.invoice == back.invoice]
    return billed or open_


def _take_back(back: Row, wanted: Decimal, candidates: Sequence[Row], taken: Taken) -> None:
    left = taken.left
    if sum(left[row.id] for row in candidates) < wanted:
        why = f"{wanted:f} were taken back, and not as many had come"
        taken.undecided.update({row.id: why for row in (*candidates, back)})
        return
    newest = candidates[-1].id
    is_exact = any(left[row.id] == wanted for row in candidates)
    if sum(left[row.id] for row in candidates) == wanted:
        left.update(dict.fromkeys((row.id for row in candidates), Decimal(0)))
    elif left[newest] == wanted or (left[newest] > wanted and not is_exact):
        left[newest] -= wanted
    else:
        why = f"{wanted:f} were taken back, and Autotask does not say of which receipt"
        taken.undecided.update(dict.fromkeys((row.id for row in candidates), why))
