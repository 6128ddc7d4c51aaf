"""Parts: which of a source document's parts a transfer carries.

A receipt or shipment may only count up; what is new since the last part landed is another
document of the target (``translate._parts``).  What has landed is known from the pairings,
so whatever lands meanwhile is counted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache
from typing import Final

import msgspec
from sqlalchemy import Connection as Tx

from counterfoil.documents import DocumentKind, decode, encode, reason
from counterfoil.engine.standpoint import Standpoint
from counterfoil.engine.transfers import PairedLine, Transfer
from counterfoil.ledger import pairings
from counterfoil.ledger.pairings import PartOf
from counterfoil.ledger.transfers import Sourced
from counterfoil.settings import FlowName, Settings
from counterfoil.translate import TRANSLATORS, LandedPart, Part

__all__ = [
    "TakenUp",
    "given_parts",
    "left_over",
    "new_parts",
    "of_part",
    "shares",
    "taken_up",
    "told_by_identity",
]

Key = tuple[int, str, int]
_Own = tuple[tuple[str, tuple[PairedLine, ...] | None], ...]

# Those of a batch before and after it has landed, twice over: some megabytes when full.
_SPLITS_KEPT: Final = 512


class TakenUp:
    """The parts that were taken up of some source documents."""

    def __init__(self, found: Iterable[PartOf]) -> None:
        self._by_document: defaultdict[Key, list[PartOf]] = defaultdict(list)
        for each in found:
            self._by_document[each.link, each.flow, each.document_row].append(each)

    def of(self, link: int, flow: str, document_row: int) -> Sequence[PartOf]:
        """Give those of one document in one flow."""
        return self._by_document[link, flow, document_row]

    def of_transfer(self, transfer: Transfer) -> Sequence[PartOf]:
        """Give those of the document that a transfer carries a part of."""
        return self.of(transfer.link, transfer.flow, transfer.document_row)


def taken_up(tx: Tx, document_rows: Iterable[int]) -> TakenUp:
    """Load the parts that were taken up of source documents."""
    rows = sorted(set(document_rows))
    return TakenUp(pairings.parts_of(tx, rows) if rows else ())


def of_part(whole: Standpoint, transfer: Transfer, known: Sequence[PartOf]) -> Standpoint:
    """Give what is known of a transfer's part, from what is known of the whole document."""
    given = _split(whole, known)
    if given is None:
        return _untold(whole, known)
    part = next((each for each in given if each.key == transfer.part), None)
    if part is None:
        # Nothing of it is left at its source.
        gone_as = whole.gone_as if whole.is_withdrawn else "part-empty"
        return replace(whole, is_withdrawn=True, gone_as=gone_as)
    return _of(whole, part)


def told_by_identity(whole: Standpoint) -> Standpoint:
    """Give what is known of a document that is one part, whose names do not make it another."""
    given = given_parts(whole.flow, whole.kind, whole.body, whole.link.settings, ())
    assert given is not None, "nothing that landed keeps it from being told"
    return replace(whole, fingerprint=given[0].fingerprint)


def new_parts(whole: Standpoint, known: Sequence[PartOf]) -> list[tuple[str, Standpoint]]:
    """Give the parts of a document that nobody has taken up, by their keys."""
    there = {each.part for each in known}
    given = _split(whole, known) or ()
    return [(part.key, _of(whole, part)) for part in given if part.key not in there]


def _split(whole: Standpoint, known: Sequence[PartOf]) -> tuple[Part, ...] | None:
    own = _own(known)
    given = given_parts(whole.flow, whole.kind, whole.body, whole.link.settings, own)
    carries = {part for part, _lines in own}
    rest = [each for each in known if each.part not in carries]
    if given is None or not rest:
        return given
    # What nobody carries is for the one part that a transfer was begun for, whatever its
    # number; what is on its way may have landed with it, and what a person keeps out is last.
    taker = min(rest, key=lambda each: (each.stays_out, not each.is_on_its_way))
    return tuple(
        part if part.key in carries else msgspec.structs.replace(part, key=taker.part)
        for part in given
    )


@lru_cache(maxsize=_SPLITS_KEPT)
def given_parts(
    flow: FlowName, kind: DocumentKind, body: bytes, settings: Settings, own: _Own
) -> tuple[Part, ...] | None:
    """Split a document; asked six times for each on its way, it has changed once meanwhile."""
    return TRANSLATORS[flow].split(decode(kind, body), settings, _shares(own))


def shares(known: Sequence[PartOf]) -> dict[str, LandedPart]:
    """Give what the parts of a document have for themselves, by their keys."""
    return _shares(_own(known))


def _own(known: Iterable[PartOf]) -> _Own:
    """Give the parts that have something for themselves: it has landed, or a person keeps it out.

    As kept, digit by digit: what equals another number may be written differently.
    """
    return tuple(
        (each.part, each.lines)
        for each in known
        if each.has_landed or (each.stays_out and each.lines is not None)
    )


def _shares(own: _Own) -> dict[str, LandedPart]:
    return {part: LandedPart(part, _carried(lines)) for part, lines in own}


def left_over(tx: Tx, each: Sourced, settings: Settings) -> tuple[str, ...]:
    """Say what of a landed transfer's document goes into none of its parts, for people."""
    if each.pairing is None:
        return ()
    known = taken_up(tx, [each.transfer.document_row]).of_transfer(each.transfer)
    translator = TRANSLATORS[FlowName(each.transfer.flow)]
    return translator.left_over(decode(each.kind, each.body), settings, shares(known))


def _carried(lines: Sequence[PairedLine] | None) -> tuple[tuple[str, Decimal], ...] | None:
    if lines is None or any(line.quantity is None for line in lines):
        return None
    return tuple(_quantity(line) for line in lines)


def _quantity(line: PairedLine) -> tuple[str, Decimal]:
    assert line.quantity is not None
    return line.source, Decimal(line.quantity)


def _of(whole: Standpoint, part: Part) -> Standpoint:
    return replace(
        whole, body=encode(part.document), fingerprint=part.fingerprint, carries=part.lines
    )


def _untold(whole: Standpoint, known: Sequence[PartOf]) -> Standpoint:
    """Say that nobody knows what is left: what landed counts as sent, the rest waits.

    The only part stands for the whole document, so that whatever comes later is shown.
    """
    pairing = whole.pairing
    if pairing is not None and len(known) == 1:
        return whole
    if pairing is not None and pairing.sent_fingerprint is not None:
        return replace(whole, fingerprint=pairing.sent_fingerprint)
    return replace(whole, taken_by=reason("parts-unknown"))
