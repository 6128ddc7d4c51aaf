"""Both sides of a document that changed: what its source says, and what stands in the target."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any, Final

import msgspec

from counterfoil.documents import Document, decode, name_key
from counterfoil.engine.measuring import total_of
from counterfoil.hub.setup import Hub
from counterfoil.ledger import transfers

__all__ = ["Side", "sides"]

_LINES_MAX: Final = 100


class Side(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that both sides say.

    Attributes:
        what: What it is, in words.
        source, target: What each says; ``None``: nothing.
        differs: They do not say the same.
    """

    what: str
    source: str | date | None
    target: str | date | None
    differs: bool


def sides(hub: Hub, transfer_id: int) -> tuple[Side, ...]:
    """Compare a transfer's document with what was last seen of it in its target.

    Empty: nothing of it has been read there since it was written.
    """
    with hub.database.reading() as tx:
        found = transfers.load(tx, [transfer_id])
    if not found or found[0].pairing is None or found[0].pairing.seen is None:
        return ()
    each, pairing = found[0], found[0].pairing
    assert pairing.seen is not None, "looked at above"
    there = decode(pairing.target_kind, pairing.seen)
    return tuple(_compared(decode(each.kind, each.body), there))


def _compared(ours: Document, theirs: Document) -> Iterator[Side]:
    yield _side("Number", ours.number, theirs.number)
    yield _side("Customer or vendor", _party(ours), _party(theirs))
    yield _side("Date", ours.own_day, theirs.own_day)
    mine, its = _lines(ours), _lines(theirs)
    for position in range(min(max(len(mine), len(its)), _LINES_MAX)):
        line, other = _at(mine, position), _at(its, position)
        yield Side(what=f"Line {position + 1}", source=line, target=other, differs=line != other)
    yield _side("Comes to", total_of(ours), total_of(theirs))


def _side(what: str, source: str | date | None, target: str | date | None) -> Side:
    # What one side leaves open is no difference: the other fills it in as it likes.
    is_told = source is not None and target is not None
    differs = is_told and name_key(str(source)) != name_key(str(target))
    return Side(what=what, source=source, target=target, differs=differs)


def _party(document: Document) -> str | None:
    return None if document.party is None else document.party.name


def _lines(document: Document) -> list[str]:
    lines: Iterable[Any] = getattr(document, "lines", ())
    return [_line(each) for each in lines if getattr(each, "item", None) is not None]


def _line(line: Any) -> str:
    quantity = getattr(line, "quantity", None)
    price = getattr(line, "unit_price", None) or getattr(line, "unit_cost", None)
    parts = [
        None if quantity is None else f"{quantity.value.normalize():f} ×",
        line.item.name,
        None if price is None else f"at {price.amount.normalize():f}",
    ]
    return " ".join(part for part in parts if part)


def _at(lines: list[str], position: int) -> str | None:
    return lines[position] if position < len(lines) else None
