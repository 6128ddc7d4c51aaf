"""Learning from the target what a part of a document carries, where we did not write it.

Of a part that a person named, or that a restored ledger recognised by its mark, nothing is
known but that it is there.  Until it is known how much it carries, nobody can say what is left.
So its lines are told by the document itself as soon as that is read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

import msgspec
from sqlalchemy import Connection as Tx

from counterfoil.documents import Document, RecordKind, decode
from counterfoil.engine.matching import Fit, lookup, match
from counterfoil.engine.transfers import PairedLine, Pairing
from counterfoil.ledger import directory, documents, pairings
from counterfoil.ledger.connections import Connection
from counterfoil.ledger.transfers import Sourced
from counterfoil.settings import FLOWS, FlowName
from counterfoil.translate import TRANSLATORS, Context

from . import parts
from .links import LinkView

__all__ = ["learn"]


def learn(
    tx: Tx,
    loaded: Iterable[Sourced],
    found: Mapping[int, Document | None],
    views: Mapping[int, LinkView],
    now: datetime,
) -> bool:
    """Keep what parts carry whose documents were just read; says whether any was not known.

    What is left of their documents is then offered to the flows again.
    """
    told: list[Pairing] = []
    offered: list[int] = []
    for each in loaded:
        document, pairing = found[each.transfer.id], each.pairing
        view = views[each.transfer.link]
        if document is None or pairing is None or not _is_unknown(each, pairing, view):
            continue
        lines = _lines(tx, each, document, view, now)
        if lines is not None:
            told.append(msgspec.structs.replace(pairing, lines=lines))
            offered.append(each.transfer.document_row)
    pairings.know_lines(tx, told)
    documents.offer_again(tx, offered)
    return bool(told)


def _is_unknown(each: Sourced, pairing: Pairing, view: LinkView) -> bool:
    is_split = TRANSLATORS[FlowName(each.transfer.flow)].is_split(view.settings)
    return is_split and pairing.lines is None and not each.is_withdrawn


def _lines(
    tx: Tx, each: Sourced, found: Document, view: LinkView, now: datetime
) -> tuple[PairedLine, ...] | None:
    flow = FlowName(each.transfer.flow)
    translator = TRANSLATORS[flow]
    source, target = view.source_of(FLOWS[flow]), view.target_of(FLOWS[flow])
    document = decode(each.kind, each.body)
    needs = translator.needs(document, view.settings)
    known = parts.taken_up(tx, [each.transfer.document_row]).of_transfer(each.transfer)
    told = translator.lines_there(
        document,
        {key: part for key, part in parts.shares(known).items() if part.lines is not None},
        found,
        Context(
            settings=view.settings,
            today=view.settings.local_date(now),
            records=directory.read(tx, source.id, needs),
        ),
        _items_of(tx, view, target),
    )
    if told is None:
        return None
    return tuple(PairedLine(line, "", str(quantity)) for line, quantity in told)


def _items_of(tx: Tx, view: LinkView, target: Connection) -> Callable[[str], str | None]:
    """Give what names items of the target as matching names them: people's choices first."""
    choices = directory.choices(tx, view.link.id, view.side_of(target.id), target.id)

    def item_id(name: str) -> str | None:
        wanted = lookup(RecordKind.ITEM, name)
        choice = choices.get(wanted)
        if choice is not None and choice.record is not None:
            return choice.record.id
        entries = directory.find(tx, target.id, [wanted.key]).get(wanted.key, ())
        fit = match(wanted.kind, entries, lists_share_names=False)
        return fit.entries[0].id if fit.fit is Fit.FOUND else None

    return item_id
