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

import msgspec
from sqlalchemy import Connection as Tx

from counterfoil.documents import decode, encode, reason
from counterfoil.engine.standpoint import Standpoint
from counterfoil.engine.transfers import PairedLine, Transfer
from counterfoil.ledger import pairings
from counterfoil.ledger.pairings import PartOf
from counterfoil.ledger.transfers import Sourced
from counterfoil.settings import FlowName, Settings
from counterfoil.translate import TRANSLATORS, LandedPart, Part

__all__ = ["TakenUp", "left_over", "new_parts", "of_part", "shares", "taken_up"]

Key = tuple[int, str, int]


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
        return _untold(whole)
    part = next((each for each in given if each.key == transfer.part), None)
    if part is None:
        # Nothing of it is left at its source.
        gone_as = whole.gone_as if whole.is_withdrawn else "part-empty"
        return replace(whole, is_withdrawn=True, gone_as=gone_as)
    return _of(whole, part)


def new_parts(whole: Standpoint, known: Sequence[PartOf]) -> list[tuple[str, Standpoint]]:
    """Give the parts of a document that nobody has taken up, by their keys."""
    there = {each.part for each in known}
    given = _split(whole, known) or ()
    return [(part.key, _of(whole, part)) for part in given if part.key not in there]


def _split(whole: Standpoint, known: Sequence[PartOf]) -> tuple[Part, ...] | None:
    carries = shares(known)
    given = TRANSLATORS[whole.flow].split(whole.document, whole.link.settings, carries)
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


def shares(known: Sequence[PartOf]) -> dict[str, LandedPart]:
    """Give what the parts of a document have for themselves, by their keys."""
    return {each.part: share for each in known if (share := _share(each)) is not None}


def _share(part: PartOf) -> LandedPart | None:
    """Give what a part has for itself: it has landed with it, or a person keeps that out."""
    if part.has_landed or (part.stays_out and part.lines is not None):
        return LandedPart(part.part, _carried(part))
    return None


def left_over(tx: Tx, each: Sourced, settings: Settings) -> tuple[str, ...]:
    """Say what of a landed transfer's document goes into none of its parts, for people."""
    if each.pairing is None:
        return ()
    known = taken_up(tx, [each.transfer.document_row]).of_transfer(each.transfer)
    translator = TRANSLATORS[FlowName(each.transfer.flow)]
    return translator.left_over(decode(each.kind, each.body), settings, shares(known))


def _carried(part: PartOf) -> tuple[tuple[str, Decimal], ...] | None:
    if part.lines is None or any(line.quantity is None for line in part.lines):
        return None
    return tuple(_quantity(line) for line in part.lines)


def _quantity(line: PairedLine) -> tuple[str, Decimal]:
    assert line.quantity is not None
    return line.source, Decimal(line.quantity)


def _of(whole: Standpoint, part: Part) -> Standpoint:
    return replace(
        whole, body=encode(part.document), fingerprint=part.fingerprint, carries=part.lines
    )


def _untold(whole: Standpoint) -> Standpoint:
    """Say that nobody knows what is left: what landed counts as sent, the rest waits."""
    pairing = whole.pairing
    if pairing is not None and pairing.sent_fingerprint is not None:
        return replace(whole, fingerprint=pairing.sent_fingerprint)
    return replace(whole, taken_by=reason("parts-unknown"))
