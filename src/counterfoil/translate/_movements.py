"""Goods that came or left: when they may go to the books, and in which parts.

A receipt or shipment only counts up: its lines say how much has moved so far.  What moved is
split into parts (``_parts``); with *whole quantities only, once* there is one part, with what
was ordered, whatever moved (FLOW-10, FLOW-11).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Final, TypeVar

import msgspec

from counterfoil.documents import (
    DocumentStatus,
    MovementLine,
    Quantity,
    Receipt,
    Shipment,
    fingerprint,
    reason,
)
from counterfoil.settings import ReceiptMoment, ReceiptOut, ShipmentMoment, ShipmentOut

from ._heading import too_old
from ._identities import by_identity
from ._parts import LandedPart, Part, Portion, split_counting_up
from ._plain import plain
from ._translator import Ruling, Verdict

__all__ = [
    "lacking",
    "left_over",
    "line_keys",
    "lines_told",
    "moved_on",
    "movement_ruling",
    "quantity_sent",
    "split_movement",
]

MovementRules = ReceiptOut | ShipmentOut
_Movement = TypeVar("_Movement", Receipt, Shipment)

_WHEN_COMPLETE: Final = (ReceiptMoment.COMPLETE, ShipmentMoment.COMPLETE)


def moved_on(movement: Receipt | Shipment) -> date | None:
    """Give the day on which goods came or left; ``None``: not told."""
    return movement.received_on if isinstance(movement, Receipt) else movement.shipped_on


def movement_ruling(movement: Receipt | Shipment, rules: MovementRules) -> Ruling | None:
    """Leave out what is cancelled or too old; hold what has not moved, or not all, as set."""
    if movement.status is DocumentStatus.CANCELLED:
        return Ruling(Verdict.LEAVE_OUT, reason("cancelled"))
    if movement.status is DocumentStatus.DRAFT:
        return Ruling(Verdict.HOLD, reason("draft"))
    words = "received" if isinstance(movement, Receipt) else "shipped"
    if not _has_moved(movement, rules):
        return Ruling(Verdict.HOLD, reason("nothing-moved", moved=words))
    old = too_old(moved_on(movement), rules.start_date)
    if old is not None:
        return old
    if rules.moment in _WHEN_COMPLETE and not _is_complete(movement):
        waits = reason("not-complete", moved=words)
        return Ruling(Verdict.HOLD, waits, is_passable=True)
    return None


def _has_moved(movement: Receipt | Shipment, rules: MovementRules) -> bool:
    """Whether there is something to send; a day alone tells of whole orders only."""
    has_moved = any(line.moved.value > 0 for line in movement.lines)
    return has_moved or (rules.whole_once and moved_on(movement) is not None)


def _is_complete(movement: Receipt | Shipment) -> bool:
    return movement.status is DocumentStatus.CLOSED or all(
        line.ordered is not None and line.moved.value >= line.ordered.value
        for line in movement.lines
    )


def line_keys(lines: tuple[MovementLine, ...]) -> tuple[str, ...]:
    """Name each line as the source keeps it: by the order's line, else by its place.

    Lines that fulfil the same line of the order bear the same key.
    """
    return tuple(line.order_line_id or f"#{place}" for place, line in enumerate(lines, start=1))


def quantity_sent(line: MovementLine, rules: MovementRules) -> Quantity:
    """Give what goes of a line: what moved, or with whole quantities what was ordered."""
    return line.ordered if rules.whole_once and line.ordered is not None else line.moved


def split_movement(
    movement: _Movement, rules: MovementRules, landed: Mapping[str, LandedPart]
) -> tuple[Part, ...] | None:
    """Split a document whose lines count up; without anything moved it has no parts.

    A part's fingerprint says what it carries and nothing that grows with a later movement:
    neither the day of the latest one, nor what is ordered.

    Returns:
        As ``Translator.split``.
    """
    if not _has_moved(movement, rules):
        return ()
    counted = split_counting_up(_shown(movement, rules), landed, once=rules.whole_once)
    if counted is None:
        return None
    keys = line_keys(movement.lines)
    return tuple(_part(movement, keys, portion, rules) for portion in counted.portions)


def _shown(movement: Receipt | Shipment, rules: MovementRules) -> dict[str, Decimal]:
    shown: dict[str, Decimal] = {}
    for key, line in zip(line_keys(movement.lines), movement.lines, strict=True):
        shown[key] = shown.get(key, Decimal(0)) + quantity_sent(line, rules).value
    return shown


def lines_told(
    movement: Receipt | Shipment,
    rules: MovementRules,
    others: Mapping[str, LandedPart],
    items: Mapping[str, str],
    there: Iterable[tuple[str, Decimal]],
) -> tuple[tuple[str, Decimal], ...]:
    """Tell from a document of the target how much it carries of each line, in document order.

    Of several lines over one item the first ones count first; what is more than all of them
    show is the last one's.  Lines over items that are not of this document are not its goods.

    Args:
        movement, rules: What moved, and what goes of it.
        others: The other parts of it of which it is known what they carry.
        items: The item's name at the source -> its identity in the target, of every line.
        there: Item's identity -> quantity of each line of the target's document, in units that
            are the source's.
    """
    counted = split_counting_up(_shown(movement, rules), others)
    assert counted is not None, "what these parts carry is known"
    room = next((dict(each.lines) for each in counted.portions if not each.has_landed), {})
    keys: dict[str, list[str]] = {}
    for key, line in zip(line_keys(movement.lines), movement.lines, strict=True):
        keys.setdefault(items[line.item.name], []).append(key)
    told: dict[str, Decimal] = {}
    for item, quantity in there:
        left = quantity
        for key in keys.get(item, ()):
            taken = min(left, room.get(key, Decimal(0)))
            told[key] = told.get(key, Decimal(0)) + taken
            room[key] = room.get(key, Decimal(0)) - taken
            left -= taken
        if left and item in keys:
            told[keys[item][-1]] += left
    return tuple((key, plain(quantity)) for key, quantity in told.items() if quantity)


def left_over(
    movement: Receipt | Shipment, rules: MovementRules, landed: Mapping[str, LandedPart]
) -> tuple[str, ...]:
    """Say what came after the only document that is ever made of it (FLOW-11)."""
    counted = split_counting_up(_shown(movement, rules), landed, once=rules.whole_once)
    if counted is None:
        return ()
    named = dict(zip(line_keys(movement.lines), movement.lines, strict=True))
    return tuple(
        f"{quantity:f} of {named[key].item.name} came after the document that was made of it, and "
        "go into no other: with whole quantities there is one only."
        for key, quantity in counted.left_over
    )


def lacking(
    movement: Receipt | Shipment,
    rules: MovementRules,
    landed: Mapping[str, LandedPart],
    *,
    is_gone: bool,
) -> frozenset[str] | None:
    """Name the products of which less is shown than has landed; ``None``: it may be any."""
    counted = split_counting_up({} if is_gone else _shown(movement, rules), landed)
    if counted is None:
        # Of what is still there it is known once it has been read in the target.
        return None if is_gone else frozenset()
    named = dict(zip(line_keys(movement.lines), movement.lines, strict=True))
    if any(key not in named for key in counted.short):
        return None
    return frozenset(named[key].item.name for key in counted.short)


def _part(
    movement: _Movement, keys: tuple[str, ...], portion: Portion, rules: MovementRules
) -> Part:
    """Give the document with what one part carries: one line for each line of the order."""
    # Of lines that share a key the first one stands for all.
    first = dict(reversed([*zip(keys, movement.lines, strict=True)]))
    carried = tuple(
        msgspec.structs.replace(first[key], moved=Quantity(quantity, first[key].moved.unit))
        for key, quantity in portion.lines
    )
    lines = tuple(first[key] for key, _ in portion.lines) if rules.whole_once else carried
    bare = tuple(by_identity(msgspec.structs.replace(line, ordered=None)) for line in carried)
    return Part(
        portion.key,
        msgspec.structs.replace(movement, lines=lines),
        fingerprint(by_identity(msgspec.structs.replace(_undated(movement), lines=bare))),
        portion.lines,
    )


def _undated(movement: _Movement) -> _Movement:
    if isinstance(movement, Receipt):
        return msgspec.structs.replace(movement, received_on=None, received_at=None)
    return msgspec.structs.replace(movement, shipped_on=None, tracking_number=None)
