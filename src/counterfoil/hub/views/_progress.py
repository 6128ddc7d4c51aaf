"""How much of an order has come, or gone: by what was received or shipped against it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Final

import msgspec
from sqlalchemy import Connection as Tx

from counterfoil.documents import (
    Document,
    DocumentKind,
    MovementLine,
    OrderLine,
    PurchaseLine,
    PurchaseOrder,
    Receipt,
    SalesOrder,
    Shipment,
    decode,
    document_kind,
    name_key,
)
from counterfoil.ledger import ancestry, documents

__all__ = ["LineProgress", "progress_of"]

_MOVES: Final = (DocumentKind.RECEIPT, DocumentKind.SHIPMENT)
_MOVEMENTS_MAX: Final = 200


class LineProgress(msgspec.Struct, frozen=True, kw_only=True):
    """How far a line of an order is.

    Attributes:
        item: What its source calls it.
        ordered: How much was ordered; ``None``: it moved without standing on a line of the order.
        moved: How much came, or went, by all that was read of it.
        is_closed: Its source expects no more of it.
    """

    item: str
    unit: str | None
    ordered: Decimal | None
    moved: Decimal
    is_closed: bool

    @property
    def open(self) -> Decimal:
        """How much is still to move; never less than nothing."""
        if self.is_closed or self.ordered is None:
            return Decimal(0)
        return max(self.ordered - self.moved, Decimal(0))


def progress_of(tx: Tx, source: int, order: Document, order_id: str) -> tuple[LineProgress, ...]:
    """Give how far each line of an order is that has a quantity.

    Nothing where the document is no order, and where nothing was read that moved against it:
    whether anything did is not known then.
    """
    if not isinstance(order, PurchaseOrder | SalesOrder):
        return ()
    moved = _movements(tx, source, document_kind(order), order_id)
    if moved is None:
        return ()
    return tuple(_progress([each for each in order.lines if each.quantity is not None], moved))


def _movements(
    tx: Tx, source: int, kind: DocumentKind, order_id: str
) -> Sequence[MovementLine] | None:
    """Give the lines of all that moved against an order; ``None``: no such document was read."""
    nodes = [node for _of, node in ancestry.descendants(tx, source, kind, [order_id])]
    read = []
    for of_kind in _MOVES:
        ids = [node.id for node in nodes if node.kind is of_kind][:_MOVEMENTS_MAX]
        seen = documents.seen_fingerprints(tx, source, of_kind, ids)
        here = [each for each in ids if each in seen and not seen[each].is_gone]
        bodies = documents.by_ids(tx, source, of_kind, here)
        read += [decode(of_kind, each.body) for each in bodies]
    if not read:
        return None
    return [line for each in read if isinstance(each, Receipt | Shipment) for line in each.lines]


def _progress(
    lines: Sequence[OrderLine | PurchaseLine], moved: Sequence[MovementLine]
) -> Iterator[LineProgress]:
    by_line: dict[str, Decimal] = defaultdict(Decimal)
    others: dict[tuple[str, str | None], Decimal] = defaultdict(Decimal)
    for each in moved:
        fulfilled = _line_of(lines, each)
        if fulfilled is not None:
            by_line[fulfilled] += each.moved.value
        elif each.moved.value:
            others[each.item.name, each.moved.unit] += each.moved.value
    for line in lines:
        assert line.quantity is not None, "only such lines are asked about"
        yield LineProgress(
            item=_called(line),
            unit=line.quantity.unit,
            ordered=line.quantity.value,
            moved=by_line[line.id],
            is_closed=line.is_closed,
        )
    for (item, unit), value in others.items():
        yield LineProgress(item=item, unit=unit, ordered=None, moved=value, is_closed=False)


def _line_of(lines: Sequence[OrderLine | PurchaseLine], moved: MovementLine) -> str | None:
    """Find which line it fulfils: the one that it names, else the only one with its item."""
    if moved.order_line_id is not None:
        return next((each.id for each in lines if each.id == moved.order_line_id), None)
    key = name_key(moved.item.name)
    alike = [each.id for each in lines if each.item and name_key(each.item.name) == key]
    return alike[0] if len(alike) == 1 else None


def _called(line: OrderLine | PurchaseLine) -> str:
    return (line.item.name if line.item is not None else line.description) or "Text"
