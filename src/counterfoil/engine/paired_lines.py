"""Which line of the target's document a line of the source became."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import msgspec

from counterfoil.documents import Document, Reference, name_key

from .transfers import PairedLine

__all__ = ["is_same_lines", "line_texts", "paired_lines", "with_target_ids"]


def line_texts(translated: Document) -> tuple[tuple[str, str | None], ...]:
    """Give identity and quantity of the source's lines, in document order.

    ``translated`` bears the source's line identities.
    """
    return tuple((line.id, _quantity(line)) for line in getattr(translated, "lines", ()))


def _quantity(line: Any) -> str | None:
    quantity = getattr(line, "quantity", None)
    return None if quantity is None else str(quantity.value)


def is_same_lines(
    texts: Sequence[tuple[str, str | None]], pairs: Sequence[PairedLine] | None
) -> bool:
    """Whether a document would carry the same quantities of the same lines as it was paired
    with; ``False`` where that is not known.
    """
    if pairs is None:
        return False
    now = {line: _number(quantity) for line, quantity in texts}
    return now == {pair.source: _number(pair.quantity) for pair in pairs}


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def paired_lines(
    sent: Sequence[tuple[str, str | None]], line_ids: Sequence[str]
) -> tuple[PairedLine, ...] | None:
    """Pair what was sent with the identities the target gave, both in document order.

    Where the target does not tell as many lines as were sent, what was sent is kept without
    them; ``None``: it is not known what was sent.
    """
    if not sent:
        return None
    if len(sent) != len(line_ids) or not all(line_ids):
        line_ids = [""] * len(sent)
    return tuple(
        PairedLine(source=source, target=target, quantity=quantity)
        for (source, quantity), target in zip(sent, line_ids, strict=True)
    )


def with_target_ids(
    document: Document, pairs: Sequence[PairedLine] | None, current: Document | None
) -> Document:
    """Give the document with each line's identity in the target, empty for a new line.

    Where the pairing does not tell, or tells a line that is not there, and for lines without
    an identity at their source, lines are matched by item and then by their order, each line
    of the target once.
    """
    there = {line.id: line for line in getattr(current, "lines", ())}
    known: Mapping[str, str] = {
        pair.source: pair.target for pair in pairs or () if pair.source and pair.target in there
    }
    lines: Sequence[Any] = getattr(document, "lines", ())
    unplaced = {pair.source for pair in pairs or () if pair.target not in there}
    taken = {known[line.id] for line in lines if line.id in known}
    free = [line for line in there.values() if line.id not in taken]
    placed = []
    for line in lines:
        target = known.get(line.id)
        if target is None and (pairs is None or not line.id or line.id in unplaced):
            target = _take(line, free)
        placed.append(msgspec.structs.replace(line, id=target or ""))
    return msgspec.structs.replace(document, lines=tuple(placed))


def _take(line: Any, free: list[Any]) -> str | None:
    """Take the first free line of the same item."""
    for position, candidate in enumerate(free):
        if _same_item(line.item, candidate.item):
            return str(free.pop(position).id)
    return None


def _same_item(one: Reference | None, other: Reference | None) -> bool:
    if one is None or other is None:
        return one is other
    if one.id is not None and other.id is not None:
        return one.id == other.id
    return name_key(one.name) == name_key(other.name)
