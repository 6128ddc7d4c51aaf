"""Which cases there are: piles of documents, and whatever else keeps anything from going on.

What lies on a pile is counted where it lies (``ledger.piles``); of a whole pile one document is
read, for its refusal, and the others only where they are shown.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Final, NamedTuple

import msgspec
from sqlalchemy import Connection as Tx

from counterfoil.documents import Actor, Document, DocumentKind, Refusal, decode
from counterfoil.engine.measuring import total_of
from counterfoil.hub import causes
from counterfoil.hub.causes import Cause
from counterfoil.hub.links import LinkView, all_views
from counterfoil.hub.setup import Hub
from counterfoil.ledger import causes as kept
from counterfoil.ledger import connections, follow_ups, piles, transfers
from counterfoil.ledger.piles import Heap, Pile
from counterfoil.ledger.transfers import Sourced
from counterfoil.settings import FLOWS, Direction, FlowName

from . import _cures, _near
from ._changes import CHANGES
from ._shapes import Case, CaseDocument, CaseKind, Cure, CureName, Total, short_key

__all__ = ["SHOWN_MAX", "count", "documents", "list_cases", "meant_by", "with_documents"]

SHOWN_MAX: Final = 50
"""So many documents of a case are read and shown at once."""

_HEAPS: Final[Mapping[Heap, CaseKind]] = {
    Heap.REFUSED: CaseKind.REFUSED,
    Heap.CHANGED: CaseKind.CHANGED,
    Heap.FIELDS: CaseKind.FIELDS,
}
# What lies on no pile is as it was noticed last.
_OTHERS: Final = (
    CaseKind.CONNECTION.value,
    CaseKind.LINK.value,
    CaseKind.UNREADABLE.value,
    CaseKind.OVERDUE.value,
)


def count(hub: Hub) -> int:
    """Count the cases: two cheap questions of indexes, however much there is."""
    with hub.database.reading() as tx:
        return piles.count(tx, _OTHERS)


def list_cases(hub: Hub) -> list[Case]:
    """List every case, without its documents: what holds everything up first, then the oldest."""
    others = causes.beside_documents(hub)
    now = hub.now()
    with hub.database.reading() as tx:
        views = {view.link.id: view for view in all_views(tx)}
        began = {key: each.began_at for key, each in kept.lasting(tx).items()}
        names = {each.id: each.name for each in connections.all_connections(tx)}
        beside = [_beside(each, views, names, began) for each in others]
        found = piles.piles(tx)
        lying = _lying(tx, found, views, now)
    return sorted([*beside, *lying], key=_rank)


def _rank(case: Case) -> tuple[bool, float, str]:
    holds_all = case.kind in (CaseKind.CONNECTION, CaseKind.LINK)
    return not holds_all, case.since.timestamp() if case.since else 0.0, case.key


# --- Beside documents ---------------------------------------------------------------------


def _beside(
    each: Cause,
    views: Mapping[int, LinkView],
    names: Mapping[int, str],
    began: Mapping[str, datetime],
) -> Case:
    view = None if each.link is None else views.get(each.link)
    kind = CaseKind(each.kind.value)
    return Case(
        key=short_key(each.key),
        kind=kind,
        code=each.code,
        sentence=each.sentence,
        advice=each.cure.spoken,
        detail=each.detail,
        acts=Actor.OPERATIONS if kind is CaseKind.UNREADABLE else Actor.ADMINISTRATOR,
        link=each.link,
        link_name="" if view is None else view.link.name,
        connection=each.connection,
        source="" if each.connection is None else names.get(each.connection, ""),
        since=began.get(each.key),
        number=len(each.transfers),
        noun="" if not each.transfers else _noun("document", len(each.transfers)),
        stand=short_key(each.sentence, *each.transfers),
        cures=(Cure(name=CureName.LOOK, choice="look", label=_LOOK[kind]),),
    )


_LOOK: Final[Mapping[CaseKind, str]] = {
    CaseKind.CONNECTION: "See what to check",
    CaseKind.LINK: "Correct the settings",
    CaseKind.UNREADABLE: "See which records",
    CaseKind.OVERDUE: "See the documents",
}


# --- Of documents -------------------------------------------------------------------------


class _Ends(NamedTuple):
    """What a flow of a link goes between."""

    view: LinkView
    name: FlowName

    @property
    def is_outward(self) -> bool:
        return FLOWS[self.name].direction is Direction.TO_BOOKS

    def setting(self, now: datetime, near: str | None, *, is_there: bool) -> _cures.Setting:
        flow = FLOWS[self.name]
        target = self.view.target_of(flow)
        return _cures.Setting(
            source=_called(self.view.source_of(flow).system.words),
            target=_called(target.system.words),
            side=self.view.side_of(target.id),
            today=self.view.settings.local_date(now),
            facts=target.facts,
            near=near,
            is_there=is_there,
        )


def _called(system: str) -> str:
    """Call a system as its users do: both editions of the books are QuickBooks to them."""
    return "QuickBooks" if system.startswith("QuickBooks") else system


def _lying(
    tx: Tx, found: Sequence[Pile], views: Mapping[int, LinkView], now: datetime
) -> list[Case]:
    firsts = {each.transfer.id: each for each in transfers.load(tx, {pile.first for pile in found})}
    fields = _refused_fields(tx, [pile for pile in found if pile.heap is Heap.FIELDS])
    cases = []
    for pile in found:
        first, view = firsts.get(pile.first), views.get(pile.link)
        if first is not None and view is not None:
            refusal = fields.get(pile.key) if pile.heap is Heap.FIELDS else first.transfer.refusal
            cases.append(_of_pile(tx, pile, first, _Ends(view, FlowName(pile.flow)), refusal, now))
    return cases


def _refused_fields(tx: Tx, found: Sequence[Pile]) -> dict[tuple[str, int, str, str, str], Refusal]:
    """Give the refusal of the first field on each pile of them."""
    of_first = defaultdict[int, list[Refusal]](list)
    for each in follow_ups.of_transfers(tx, [pile.first for pile in found]) if found else ():
        if each.refusal is not None:
            of_first[each.transfer].append(each.refusal)
    return {
        pile.key: refusal
        for pile in found
        for refusal in of_first[pile.first]
        if (refusal.code, causes.subject_of(refusal)) == (pile.code, pile.about)
    }


def _of_pile(
    tx: Tx, pile: Pile, first: Sourced, ends: _Ends, refusal: Refusal | None, now: datetime
) -> Case:
    near = None if refusal is None else _near_of(tx, pile, refusal, ends)
    at = ends.setting(now, near, is_there=first.pairing is not None)
    told = _told(refusal, at) if refusal is not None else _told_change(pile, first, at)
    return Case(
        key=short_key(*pile.key),
        kind=_HEAPS[pile.heap],
        code=pile.code,
        sentence=told.sentence,
        advice=told.advice,
        detail=(refusal and refusal.detail) or "",
        acts=told.acts,
        cures=told.cures,
        link=pile.link,
        link_name=ends.view.link.name,
        flow=ends.name,
        source=at.source,
        target=at.target,
        since=pile.since,
        number=pile.number,
        noun=_noun(_short(first.kind), pile.number),
        stand=pile.stand,
        pile=pile,
    )


class _Told(NamedTuple):
    sentence: str
    advice: str
    acts: Actor
    cures: tuple[Cure, ...]


def _told(refusal: Refusal, at: _cures.Setting) -> _Told:
    return _Told(refusal.sentence, refusal.cure, refusal.actor, _cures.of_refusal(refusal, at))


def _told_change(pile: Pile, first: Sourced, at: _cures.Setting) -> _Told:
    cures = _cures.of_change(pile.code, at)
    change = CHANGES.get(pile.code)
    if change is None:
        sentence = first.transfer.sentence or "The document has changed since it was sent."
        return _Told(sentence, "Say which of both holds.", Actor.BOOKKEEPER, cures)
    noun = _noun(first.kind.words, pile.number)
    words = {
        "they": f"A {noun}" if pile.number == 1 else f"{pile.number} {noun}",
        "were": "was" if pile.number == 1 else "were",
        "source": at.source,
        "target": at.target,
    }
    return _Told(change.sentence.format(**words), change.advice.format(**words), change.acts, cures)


def _near_of(tx: Tx, pile: Pile, refusal: Refusal, ends: _Ends) -> str | None:
    meant = meant_by(refusal, ends.view, ends.name)
    return None if meant is None or pile.heap is not Heap.REFUSED else _near.likely(tx, meant)


def meant_by(refusal: Refusal, view: LinkView, flow: FlowName) -> _near.Meant | None:
    """Say which name is looked up where, of a refusal that is about one; ``None``: it is not."""
    kind = _cures.record_kind(refusal)
    if kind is None or not refusal.value:
        return None
    return _near.Meant(view.target_of(FLOWS[flow]).id, kind, refusal.value)


def _short(kind: DocumentKind) -> str:
    """Call a kind in one word: the case says which orders they are."""
    return kind.words.rpartition(" ")[2] if kind is not DocumentKind.WORK_ENTRY else "entry"


def _noun(words: str, number: int) -> str:
    if number == 1:
        return words
    return f"{words[:-1]}ies" if words.endswith("y") else f"{words}s"


# --- The documents ------------------------------------------------------------------------


def with_documents(
    hub: Hub, cases: Iterable[Case], *, limit: int = SHOWN_MAX, after: int = 0
) -> list[Case]:
    """Give cases with the first of their documents, and what those come to."""
    with hub.database.reading() as tx:
        return [_with_documents(tx, each, limit, after) for each in cases]


def _with_documents(tx: Tx, case: Case, limit: int, after: int) -> Case:
    if case.pile is None:
        return case
    found = documents(tx, case.pile, limit=limit, after=after)
    return msgspec.structs.replace(case, documents=found, totals=_totals(found))


def documents(
    tx: Tx, pile: Pile, *, limit: int | None = None, after: int = 0
) -> tuple[CaseDocument, ...]:
    """Read what lies on a pile, the oldest first."""
    ids = [each.id for each in piles.members(tx, pile, after=after, limit=limit)]
    view = next(each for each in all_views(tx) if each.link.id == pile.link)
    currency = str(view.books.facts.get("home_currency") or "")
    return tuple(_document(each, currency) for each in transfers.load(tx, ids))


def _document(each: Sourced, currency: str) -> CaseDocument:
    document = decode(each.kind, each.body)
    total = total_of(document)
    return CaseDocument(
        id=each.transfer.id,
        version=each.transfer.version,
        kind=each.kind,
        number=each.transfer.number or each.document_id,
        party=None if document.party is None else document.party.name,
        day=document.own_day,
        amount=None if total is None else Decimal(total),
        currency=_currency_of(document) or currency,
        there=None if each.pairing is None else each.pairing.number,
    )


def _currency_of(document: Document) -> str | None:
    told: str | None = getattr(document, "currency", None)
    return told


def _totals(found: Iterable[CaseDocument]) -> tuple[Total, ...]:
    sums = defaultdict[str, Decimal](Decimal)
    for each in found:
        if each.amount is not None:
            sums[each.currency] += each.amount
    return tuple(Total(amount, currency) for currency, amount in sorted(sums.items()))
