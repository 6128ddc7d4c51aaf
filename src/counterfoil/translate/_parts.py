"""Parts: what of a source document becomes one document of the target.

Most documents are one part, the whole, whose key is empty.  Some are several: work
entries, or a receipt that only counts up.  A key is one that the source keeps, so that the
same part is found again however often the document is read.

A receipt or shipment **counts up**: its lines say how much has come so far, not what came
this time.  Its parts are numbered 1, 2, ... in the order in which they landed:

* a landed part keeps what it carried, as long as the source shows that much;
* at most one part has not landed: it carries all that the landed ones do not;
* where the source shows less than has landed, the newest landed part is short of it.

The engine begins no part while another one of the same document is on its way, so what
lands meanwhile is always known here.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

import msgspec

from counterfoil.documents import Document, fingerprint

from ._plain import plain

__all__ = [
    "WHOLE",
    "CountedParts",
    "LandedPart",
    "Part",
    "Portion",
    "part_number",
    "split_counting_up",
    "whole",
]

WHOLE: Final = ""
"""The key of a document's only part."""

_FIRST: Final = "1"


class Part(msgspec.Struct, frozen=True):
    """One part of a source document.

    Attributes:
        key: Which part, as the source keeps it; ``WHOLE``: all of the document.
        document: The source document with what this part carries.
        fingerprint: Of what it carries, without what we write back to the source.
        lines: Source line -> quantity, in the source's unit, of what counts up; ``None``:
            it does not.
    """

    key: str
    document: Document
    fingerprint: str
    lines: tuple[tuple[str, Decimal], ...] | None = None


class LandedPart(msgspec.Struct, frozen=True):
    """A part that is in the target.

    Attributes:
        key: Which part.
        lines: Source line -> quantity it carried, in the source's unit, never negative;
            ``None``: not known (adopted and not read yet, or from before lines were kept).
    """

    key: str
    lines: tuple[tuple[str, Decimal], ...] | None


class Portion(msgspec.Struct, frozen=True):
    """What one part of a counting-up document carries by what its source shows now.

    Attributes:
        key: Which part: ``1``, ``2``, ...
        lines: Source line -> quantity, in the source's order, none of them zero.
        has_landed: ``False``: the open part.
    """

    key: str
    lines: tuple[tuple[str, Decimal], ...]
    has_landed: bool


class CountedParts(msgspec.Struct, frozen=True):
    """How a counting-up document is split.

    Attributes:
        portions: The landed ones in the order in which they landed, then the open one.  A
            landed part that is not among them is gone at its source.
        left_over: Source line -> quantity that came after the only part landed and that no
            part carries; to be told, not written.
        short: Source lines of which less is shown than has landed.
    """

    portions: tuple[Portion, ...]
    left_over: tuple[tuple[str, Decimal], ...] = ()
    short: tuple[str, ...] = ()


def whole(document: Document) -> tuple[Part, ...]:
    """Give the one part of a document that is never split."""
    return (Part(WHOLE, document, fingerprint(document)),)


def part_number(number: str | None, part: str) -> str | None:
    """Give the number of a part's document: ``PO-17``, then ``PO-17-2``.

    ``None``: the target numbers it.
    """
    return number if number is None or part in (WHOLE, _FIRST) else f"{number}-{part}"


def split_counting_up(
    shown: Mapping[str, Decimal], landed: Mapping[str, LandedPart], *, once: bool = False
) -> CountedParts | None:
    """Split a document whose lines only count up.

    Args:
        shown: Source line -> quantity so far, in document order; a line that is not
            there shows nothing.
        landed: Part key -> what has landed of this document.
        once: Only the first part is ever written; what comes later is told (FLOW-11).

    Returns:
        The parts; ``None``: what a landed part carried is not known, so neither is what
        remains, and it has to be read in the target first.
    """
    left = {line: plain(max(quantity, Decimal(0))) for line, quantity in shown.items()}
    portions: list[Portion] = []
    short: dict[str, None] = {}
    for part in sorted(landed.values(), key=_position):
        if part.lines is None:
            return None
        carried = _sums(part.lines)
        share = {
            line: min(quantity, carried.get(line, quantity)) for line, quantity in left.items()
        }
        share = {line: quantity for line, quantity in share.items() if line in carried}
        short |= {line: None for line, had in carried.items() if share.get(line, 0) < had}
        left |= {line: left[line] - quantity for line, quantity in share.items()}
        if lines := _lines(share):
            portions.append(Portion(part.key, lines, has_landed=True))
    rest = _lines(left)
    if once and landed:
        return CountedParts(tuple(portions), left_over=rest, short=tuple(short))
    if rest:
        last = max((_position(part) for part in landed.values()), default=0)
        portions.append(Portion(str(last + 1), rest, has_landed=False))
    return CountedParts(tuple(portions), short=tuple(short))


def _position(part: LandedPart) -> int:
    # A whole document that landed before its kind was split is the first part.
    return int(part.key or _FIRST)


def _sums(lines: tuple[tuple[str, Decimal], ...]) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = {}
    for line, quantity in lines:
        assert quantity >= 0, "what counts up is never carried negatively"
        sums[line] = sums.get(line, Decimal(0)) + quantity
    return sums


def _lines(quantities: Mapping[str, Decimal]) -> tuple[tuple[str, Decimal], ...]:
    return tuple((line, plain(quantity)) for line, quantity in quantities.items() if quantity)
