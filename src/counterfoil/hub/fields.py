"""Custom fields that could not be written: tried again, left, or written under other settings.

A field that is refused never moves its document, and is never forgotten: it is told with its
transfer until a person leaves it, or another write takes its place.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

import msgspec
from sqlalchemy import Connection as Tx

from counterfoil.documents import decode
from counterfoil.engine.drafting import spelling
from counterfoil.engine.following import FollowUp, advance_field
from counterfoil.engine.life import Event, State
from counterfoil.engine.transfers import Transfer
from counterfoil.ledger import connections, follow_ups, transfers
from counterfoil.ledger.transfers import Sourced
from counterfoil.settings import FLOWS, FlowName
from counterfoil.translate import TRANSLATORS, Became

from . import writing_back
from .links import LinkView, view_of
from .setup import Hub
from .systems import target_of

__all__ = ["decide_anew", "leave", "retry", "retry_link"]

_PAGE: Final = 200
_CONFLICT: Final = "field-conflict"


def retry(tx: Tx, transfer: Transfer, actor: str, now: datetime) -> bool:
    """Try a transfer's fields again that were refused or wait; says whether there were any.

    What stands there and was told of as another value may be written over: a person saw it.
    """
    stopped = _stopped(tx, [transfer.id], State.REFUSED, State.WAITING)
    if not stopped:
        return False
    _restart(tx, stopped, now, over=True)
    connections.note(tx, now, actor, "custom fields again", f"transfer/{transfer.id}")
    _wake(tx, _view(tx, transfer.link), now)
    return True


def retry_link(tx: Tx, link: int, actor: str, now: datetime) -> list[int]:
    """Try all refused fields of a link again, but none that holds something else there.

    Returns:
        The transfers whose fields they are.
    """
    released: list[int] = []
    after = 0
    while page := follow_ups.refused_of_link(tx, link, after, _PAGE):
        after = page[-1]
        stopped = [
            each
            for each in _stopped(tx, page, State.REFUSED)
            if each.refusal is None or each.refusal.code != _CONFLICT
        ]
        _restart(tx, stopped, now, over=False)
        for row in transfers.load(tx, {each.transfer for each in stopped}):
            connections.note(tx, now, actor, "custom fields again", f"transfer/{row.transfer.id}")
            released.append(row.transfer.id)
    if released:
        _wake(tx, _view(tx, link), now)
    return released


def leave(tx: Tx, transfer: Transfer, actor: str, now: datetime) -> bool:
    """Leave a transfer's refused fields as they are; says whether there were any."""
    stopped = _stopped(tx, [transfer.id], State.REFUSED)
    follow_ups.save(tx, [(each, advance_field(each, Event.CALLED_OFF, now)) for each in stopped])
    if stopped:
        connections.note(tx, now, actor, "custom fields left", f"transfer/{transfer.id}")
    return bool(stopped)


def decide_anew(hub: Hub, link: int) -> None:
    """Decide about a link's refused fields under its present settings, a page at a time.

    A field that the settings name no more is called off; one they name now is written; one
    they still name is tried again.
    """
    after: int | None = 0
    while after is not None:
        with hub.database.writing() as tx:
            after = _page_anew(tx, _view(tx, link), after, hub.now())


def _page_anew(tx: Tx, view: LinkView, after: int, now: datetime) -> int | None:
    page = follow_ups.refused_of_link(tx, view.link.id, after, _PAGE)
    for each in transfers.load(tx, page):
        _anew(tx, each, view, now)
    return page[-1] if page else None


def _anew(tx: Tx, each: Sourced, view: LinkView, now: datetime) -> None:
    stopped = _stopped(tx, [each.transfer.id], State.REFUSED)
    translator = TRANSLATORS[FlowName(each.transfer.flow)]
    document = decode(each.kind, each.body)
    flow = FLOWS[FlowName(each.transfer.flow)]
    spell = spelling(view.settings, target_of(view.target_of(flow)))
    there = each.pairing
    became = there and Became(there.target_kind, there.target_id, there.number)
    back = writing_back.fields_of(each, view, became) if became else {}
    follow = translator.follow_ups(document, view.settings)
    wanted = {**{field.name: spell(field.value) for field in follow}, **back}
    again = [one for one in stopped if wanted.get(one.name) == one.value]
    over = [one for one in stopped if one not in again]
    _restart(tx, again, now, over=False)
    follow_ups.save(tx, [(one, advance_field(one, Event.CALLED_OFF, now)) for one in over])
    known = {one.name: one.value for one in follow_ups.of_transfers(tx, [each.transfer.id])}
    fresh = [
        FollowUp(
            id=0,
            transfer=each.transfer.id,
            kind=each.pairing.target_kind,
            document_id=each.pairing.target_id,
            name=name,
            value=value,
            state_since=now,
            released_at=now,
        )
        for name, value in wanted.items()
        if each.pairing is not None and name not in back and known.get(name) != value
    ]
    follow_ups.begin(tx, each.transfer.target, fresh)
    if fresh or again:
        _wake(tx, view, now)


def _view(tx: Tx, link: int) -> LinkView:
    found = connections.load_link(tx, link)
    assert found is not None, "a link is never deleted"
    return view_of(tx, found)


def _wake(tx: Tx, view: LinkView, now: datetime) -> None:
    """Have both sides of a link driven: fields of either may be to be written."""
    for side in (view.operations, view.books):
        connections.wake(tx, side.id, now)


def _stopped(tx: Tx, ids: Iterable[int], *states: State) -> list[FollowUp]:
    return [each for each in follow_ups.of_transfers(tx, ids) if each.state in states]


def _restart(tx: Tx, fields: Iterable[FollowUp], now: datetime, *, over: bool) -> None:
    """Let fields begin afresh; ``over``: what a person was told of may be written over."""
    moves = []
    for before in fields:
        after = advance_field(before, Event.RESTARTED, now)
        is_conflict = before.refusal is not None and before.refusal.code == _CONFLICT
        if over and is_conflict:
            after = msgspec.structs.replace(after, replaces=before.seen)
        moves.append((before, after))
    follow_ups.save(tx, moves)
