"""Orders and what fulfils them: which order a document is linked to, and whether it is.

A receipt's bill and a shipment's invoice belong to an order that has to be in the target
before them.  Where that order stands is one of three: it has **landed**, it is **coming**
(so the document waits for it), or it will **not come** (so the document goes without, or is
refused, as the settings say).

A link is proved by the order itself, read once more after the write: it names the document
among those that were made from it, and shows more of each line as delivered.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final, TypeAlias

import msgspec

from counterfoil.documents import Document, DocumentKind, decode
from counterfoil.translate import OrderThere

from .asked import SentOrder
from .paired_lines import with_target_ids
from .transfers import Landing, OrderSeen, PairedLine, Pairing

__all__ = [
    "SAID_BY_ORDER",
    "Coming",
    "ComingOrder",
    "Follower",
    "LandedOrder",
    "NoOrder",
    "OrderStanding",
    "linked",
    "linked_to",
    "order_there",
    "proves",
]


class LandedOrder(msgspec.Struct, frozen=True, kw_only=True):
    """It is in the target.

    Attributes:
        pairing: The pairing that says so, in whichever direction the order went.
        kind, id, number: What and which it is there.
        lines: Line of the source's order -> line there; what is not told, or not there any
            more, is empty; ``None``: nothing is known.
        source_kind, source: The order at its source, stored form, to match lines by item
            where ``lines`` does not tell.
    """

    pairing: int
    kind: DocumentKind
    id: str
    number: str | None = None
    lines: Mapping[str, str] | None = None
    source_kind: DocumentKind | None = None
    source: bytes | None = None


class ComingOrder(msgspec.Struct, frozen=True, kw_only=True):
    """It is on its way, or waits for somebody.

    Attributes:
        row: The order's document in the ledger.
        words: The order as people call it, such as ``sales order SO-1001``.
    """

    row: int
    words: str


class NoOrder(msgspec.Struct, frozen=True, kw_only=True):
    """It is not in the target, and nobody is about to send it; ``why`` ends a sentence."""

    words: str
    why: str


class Coming(msgspec.Struct, frozen=True, kw_only=True):
    """Something is still to fulfil an order there that shall be closed.

    Attributes:
        words: What, as people call it, such as ``shipment SO-1001``; where it is not known yet
            what comes, the documents that have to be read first, such as ``shipments``.
        row: Its source document in the ledger; ``None``: it is not known yet.
    """

    words: str
    row: int | None = None


class Follower(msgspec.Struct, frozen=True, kw_only=True):
    """A document of ours in the target that fulfils an order.

    Attributes:
        row: Its source document in the ledger.
        words: As people call it, such as ``invoice 1017``.
        leaves: A person undid it: it is about to be taken out.
    """

    row: int
    words: str
    leaves: bool


OrderStanding: TypeAlias = LandedOrder | ComingOrder | NoOrder


SAID_BY_ORDER: Final = frozenset(
    {"already-billed", "already-invoiced", "one-per-order", "order-line-unknown", "over-delivered"}
)
"""Codes of refusals that may be over once the order there says something else."""


def order_there(order: LandedOrder, seen: OrderSeen) -> OrderThere:
    """Give the order as a translation sees it."""
    current = seen.document
    there = {line.id for line in _lines(current)}
    lines = order.lines
    if lines is None or not there.issuperset(lines.values()):
        # What is kept of a line may be wrong: the books told no identity, or told another.
        known = {here: target for here, target in (lines or {}).items() if target in there}
        lines = {**known, **_lines_by_item(order, current, known)}
    return OrderThere(document=current, lines=lines)


def _lines_by_item(
    order: LandedOrder, current: Document, known: Mapping[str, str]
) -> Mapping[str, str]:
    if order.source is None or order.source_kind is None:
        return {}
    source = decode(order.source_kind, order.source)
    kept = tuple(PairedLine(line.id, known.get(line.id, "")) for line in _lines(source))
    placed = with_target_ids(source, kept, current)
    pairs = zip(_lines(source), _lines(placed), strict=True)
    return {one.id: other.id for one, other in pairs if one.id and other.id}


def linked_to(document: Document, order: LandedOrder) -> SentOrder | None:
    """Say to what of an order a document is linked; ``None``: nothing of it is."""
    links = (getattr(line, "link", None) for line in _lines(document))
    lines = tuple(None if link is None else link.line_id for link in links)
    is_linked = any(lines) or getattr(document, "link", None) is not None
    return SentOrder(pairing=order.pairing, lines=lines) if is_linked else None


def linked(landing: Landing, order: SentOrder) -> Landing:
    """Give the landing of a document that was linked to an order; that is still to be proved."""
    lines = landing.lines
    if lines is not None and len(lines) == len(order.lines):
        lines = tuple(
            msgspec.structs.replace(line, order_line=each)
            for line, each in zip(lines, order.lines, strict=True)
        )
    return msgspec.structs.replace(landing, lines=lines, fulfils=order.pairing, is_linked=False)


def proves(order: Document, pairing: Pairing, before: Document | None) -> bool:
    """Whether an order, read after the write, shows that a document is linked to it.

    More may have been delivered meanwhile by others; less of a line than was sent means that
    this line's link was dropped.  Of an order that tells of no line how much was delivered,
    the documents made from it decide alone: that it is silent does not mean nothing.

    Args:
        order: As it is now.
        pairing: The document's.
        before: The order as it was read right before the write; ``None``: not kept.
    """
    if all(each.id != pairing.target_id for each in order.made_into):
        return False
    if all(line.delivered is None for line in _lines(order)):
        return True
    was = {line.id: _delivered(line) for line in _lines(before)} if before is not None else {}
    now = {line.id: _delivered(line) for line in _lines(order)}
    sums: dict[str, Decimal] = {}
    for line in pairing.lines or ():
        if line.order_line is not None:
            sent = Decimal(line.quantity or 0)
            sums[line.order_line] = sums.get(line.order_line, Decimal(0)) + sent
    return all(
        now.get(line, Decimal(0)) - was.get(line, Decimal(0)) >= quantity
        for line, quantity in sums.items()
    )


def _delivered(line: Any) -> Decimal:
    delivered = line.delivered
    return Decimal(0) if delivered is None else delivered.value


def _lines(document: Document) -> tuple[Any, ...]:
    return getattr(document, "lines", ())
