"""Looking up what people say is there already, and taking it once it was seen there.

Until then the transfer has no pairing, and nothing is sent for it: it bears the wish *adopt*.
A run of the target asks for the documents by number and by identity, and what the answer
shows is judged by ``engine.adopting``.  Taking it back leaves the target's document alone.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

import msgspec
from sqlalchemy import Connection as Tx

from counterfoil.documents import DocumentKind
from counterfoil.engine.adopting import Candidate, Expected, chosen, expected_of, found_in
from counterfoil.engine.asked import Asked, Kind
from counterfoil.engine.deciding import Wish
from counterfoil.engine.drafting import Draft, Knowledge, Target
from counterfoil.engine.life import Event, Standing, State
from counterfoil.engine.moving import advance, reconsider
from counterfoil.engine.operations import Done, FindDocument, Missing, Operation, Outcome, Page
from counterfoil.engine.transfers import Landing, Transfer
from counterfoil.ledger import adoptions, connections, pairings, transfers
from counterfoil.ledger.adoptions import Adoption
from counterfoil.ledger.connections import Connection
from counterfoil.ledger.transfers import Sourced
from counterfoil.settings import FLOWS, FlowName, Settings

from .standpoints import keep, standpoint, views_for
from .systems import traits_of

__all__ = ["ASKED_MAX", "NAMED", "plain", "questions", "take", "taken_back", "ways_to_ask"]

NAMED: Final = "said to be there"
"""Name of the questions for documents that people say transfers are."""

ASKED_MAX: Final = 20
"""So many are asked for in one run."""


def plain(each: Sourced) -> Sourced:
    """Give it as something that is only translated: nothing is written of it."""
    return each._replace(transfer=msgspec.structs.replace(each.transfer, write=None))


def questions(
    tx: Tx,
    connection: Connection,
    run: int,
    wanted: Sequence[Adoption],
    drafts: Iterable[Draft],
    knowledge: Knowledge,
    target: Target,
) -> list[tuple[Operation, Asked]]:
    """Ask for the documents that people named, by number and by identity."""
    by_transfer = {each.work.transfer.id: each for each in drafts}
    asked: defaultdict[tuple[DocumentKind, str], dict[str, list[int]]] = defaultdict(dict)
    for adoption in wanted:
        each = by_transfer.get(adoption.transfer)
        if each is None:
            continue
        flow = FlowName(each.work.transfer.flow)
        settings = each.work.settings
        for question in ways_to_ask(connection, flow, settings, adoption.named, target):
            asked[question].setdefault(adoption.named, []).append(adoption.transfer)
        adoptions.ask(tx, adoption.transfer, expected_of(each, knowledge, target), run)
    return [
        _question(position, kind, by, values)
        for position, ((kind, by), values) in enumerate(asked.items(), start=1)
    ]


def ways_to_ask(
    connection: Connection, flow: FlowName, settings: Settings, named: str, target: Target
) -> list[tuple[DocumentKind, str]]:
    """Name the questions that can be asked for a name: kind, and by what."""
    may_be_id = re.fullmatch(traits_of(connection.system).identity_pattern, named) is not None
    found = []
    for kind in FLOWS[flow].targets_at(connection.system):
        number = FindDocument(id="1", kind=kind, numbers=(named,))
        if target.check(number, settings) is None:
            found.append((kind, "numbers"))
        if may_be_id:
            found.append((kind, "ids"))
    return found


def _question(
    position: int, kind: DocumentKind, by: str, values: Mapping[str, Sequence[int]]
) -> tuple[Operation, Asked]:
    names = tuple(values)
    wire_id = str(position)
    find = (
        FindDocument(id=wire_id, kind=kind, ids=names)
        if by == "ids"
        else FindDocument(id=wire_id, kind=kind, numbers=names)
    )
    waiting = tuple(sorted({each for ids in values.values() for each in ids}))
    asked = Asked(wire_id=find.id, kind=Kind.FIND, subject=kind, name=NAMED, dependants=waiting)
    return find, asked


def take(
    tx: Tx,
    connection: Connection,
    run: int,
    asked: Sequence[Asked],
    outcomes: Mapping[str, Outcome],
    now: datetime,
) -> None:
    """Take what the answer shows of what was asked for in this run."""
    ours = [each for each in asked if each.name == NAMED]
    if not ours:
        return
    answers = {each.wire_id: _page(outcomes.get(each.wire_id)) for each in ours}
    for adoption in adoptions.of_target(tx, connection.id, ASKED_MAX, run=run):
        about = [each for each in ours if adoption.transfer in each.dependants]
        if about:
            _take_one(tx, connection, adoption, about, answers, now)


def _page(outcome: Outcome | None) -> Page | None:
    """Give what a question brought; ``None``: nobody knows."""
    if isinstance(outcome, Missing):
        return Page()
    return outcome.page if isinstance(outcome, Done) else None


def _take_one(
    tx: Tx,
    connection: Connection,
    adoption: Adoption,
    about: Sequence[Asked],
    answers: Mapping[str, Page | None],
    now: datetime,
) -> None:
    kinds = {DocumentKind(each.subject or "") for each in about}
    pages = [answers[each.wire_id] for each in about]
    named = [
        (kind, document.id)
        for page in pages
        if page is not None
        for document in page.documents
        for kind in kinds
    ]
    owners = {id_: owner for (_, id_), owner in pairings.owners(tx, connection.id, named).items()}
    found = found_in(
        adoption.named,
        pages,
        adoption.expected or Expected(),
        owners,
        connection.system.words,
    )
    only = chosen(found, consents=adoption.consents)
    [each] = transfers.load(tx, [adoption.transfer])
    if only is None or each.pairing is not None:
        adoptions.answer(tx, adoption.transfer, found, now)
    elif each.transfer.state not in (State.SENDING, State.CONFIRMING):
        _confirm(tx, each, only, now)


def _confirm(tx: Tx, each: Sourced, there: Candidate, now: datetime) -> None:
    """Pair the transfer with the document that was seen; what it says is read right after."""
    before = each.transfer
    landing = Landing(
        id=there.id,
        kind=DocumentKind(there.kind),
        number=there.number,
        total=there.total,
        is_adopted=True,
    )
    view = views_for(tx, [each])[before.link]
    at = standpoint(tx, each, view).with_pairing(landing.as_pairing(None))
    fresh = msgspec.structs.replace(
        before, wish=Wish.NONE, wished_by=None, target_kind=landing.kind
    )
    if before.state is State.UNKNOWN:
        after = advance(fresh, Event.WRITTEN, now, at=at)
    else:
        after = reconsider(fresh, at, now, pressed=True)
    keep(tx, [(before, after)], now)
    pairings.pair(tx, [(msgspec.structs.replace(after, sent_fingerprint=None), landing)], now)
    adoptions.clear(tx, [before.id])
    connections.note(
        tx, now, before.wished_by or "somebody", "adoption confirmed", f"transfer/{before.id}",
        there.words,
    )  # fmt: skip


def taken_back(tx: Tx, each: Sourced, actor: str, now: datetime) -> Transfer:
    """Give the transfer once nobody says any more that it is there; its row is stored, too.

    Nothing is sent by that: what would go by itself is left out until a person sends it.
    """
    before = each.transfer
    adoptions.clear(tx, [before.id])
    at = standpoint(tx, each, views_for(tx, [each])[before.link])
    free = msgspec.structs.replace(before, wish=Wish.NONE, wished_by=None)
    if each.pairing is not None:
        free = msgspec.structs.replace(
            free, generation=free.generation + 1, key=None, target_number=None
        )
        at = at.with_pairing(None)
    is_left = before.standing in (Standing.IN_FLIGHT, Standing.STOPPED)
    after = free if is_left and each.pairing is None else reconsider(free, at, now, pressed=True)
    if after.standing is Standing.WANTED:
        left = msgspec.structs.replace(free, wish=Wish.LEAVE, wished_by=actor)
        after = reconsider(left, at, now, pressed=True)
    keep(tx, [(before, after)], now)
    return after
