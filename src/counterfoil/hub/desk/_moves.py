"""Moving transfers: send, try again, leave out, accept, adopt."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import msgspec
from sqlalchemy import Connection as Tx

from counterfoil.documents import DocumentKind, decode
from counterfoil.engine.life import Event, State
from counterfoil.engine.noticing import begin
from counterfoil.engine.transfers import Landing, Transfer, advance
from counterfoil.errors import UsageError
from counterfoil.hub.links import LinkView, view_of
from counterfoil.hub.setup import Hub
from counterfoil.ledger import connections, transfers
from counterfoil.ledger.transfers import Sourced
from counterfoil.settings import (
    FLOWS,
    Direction,
    FlowName,
)

from ._finding import built, find_link, flow_of

__all__ = ["Released", "accept", "adopt", "release", "retry", "skip"]


_PAGE: Final = 500


class Released(msgspec.Struct, frozen=True, kw_only=True):
    """What a person's send or retry came to."""

    released: tuple[int, ...]
    left: tuple[tuple[str, str], ...] = ()
    """Number and sentence of those that were not released."""


def release(
    hub: Hub, link: int | str, kind: str, codes: Sequence[str], actor: str, *, everything: bool
) -> Released:
    """Send documents now: all that are held, or those with the given numbers.

    Raises:
        UsageError: The flow cannot be used, or a number is not known.
    """
    flow = flow_of(kind, Direction.TO_BOOKS)
    with hub.database.writing() as tx:
        view = view_of(tx, find_link(tx, link))
        built(view, flow)
        states = (State.HELD,) if everything else ()
        found = _all(tx, view.link.id, flow.name.value, states, codes)
        known = {each.transfer.number for each in found}
        missing = [code for code in codes if code not in known]
        if missing:
            raise UsageError(
                f"No {flow.source.words} with the number {', '.join(missing)} has been read from "
                f"{view.operations.name}. Check the number, or read again with: counterfoil run "
                f"{view.link.id}"
            )
        return _release(hub, tx, found, actor, view)


def _all(
    tx: Tx, link: int, flow: str | None, states: Iterable[State], codes: Sequence[str] = ()
) -> list[Sourced]:
    wanted = list(states)
    found: list[Sourced] = []
    after = 0
    while page := transfers.search(
        tx, link_id=link, flow=flow, states=wanted, codes=codes, limit=_PAGE, after=after
    ):
        found += page
        after = page[-1].transfer.id
    return found


def _release(hub: Hub, tx: Tx, found: Sequence[Sourced], actor: str, view: LinkView) -> Released:
    now = hub.now()
    moves: list[tuple[Transfer, Transfer]] = []
    left: list[tuple[str, str]] = []
    for each in found:
        reason = _why_not(tx, each, view)
        if reason is not None:
            left.append((each.transfer.number or str(each.transfer.id), reason))
            continue
        after = advance(each.transfer, Event.RELEASED, now)
        # Whoever tries again wants the number looked up again.
        if after is not each.transfer:
            after = msgspec.structs.replace(after, target_number=None, number_is_free=False)
            moves.append((each.transfer, after))
    transfers.save(tx, moves)
    for before, _after in moves:
        connections.note(tx, now, actor, "released", f"transfer/{before.id}")
    return Released(released=tuple(after.id for _before, after in moves), left=tuple(left))


def _why_not(tx: Tx, each: Sourced, view: LinkView) -> str | None:
    """Say why a transfer cannot be released, ``None`` when it can."""
    transfer = each.transfer
    if transfer.state in (State.DONE, State.CHANGED):
        paired = transfers.pairings(tx, [transfer.id]).get(transfer.id)
        number = (paired.target_number or paired.target_id) if paired is not None else "?"
        return f"It has been sent already: it is {number} in {view.books.name}."
    if transfer.state in (State.SENDING, State.UNKNOWN, State.CONFIRMING):
        return "It is on its way; what became of it is being asked."
    document = decode(DocumentKind(each.kind), each.body)
    beginning = begin(FlowName(transfer.flow), document, view.settings)
    if beginning is not None and beginning.state is State.SKIPPED:
        return (beginning.reason or "").removeprefix("by rule: ")
    return None


def retry(
    hub: Hub, actor: str, *, transfer_ids: Sequence[int] = (), link: int | str | None = None
) -> Released:
    """Try refused and waiting transfers again: the given ones, or all of a link.

    Raises:
        UsageError: A transfer does not exist.
    """
    with hub.database.writing() as tx:
        if link is not None:
            view = view_of(tx, find_link(tx, link))
            stopped = _all(tx, view.link.id, None, (State.REFUSED, State.WAITING))
            return _release(hub, tx, stopped, actor, view)
        released: list[int] = []
        left: list[tuple[str, str]] = []
        for each in _load(tx, transfer_ids):
            view = view_of(tx, find_link(tx, each.transfer.link))
            one = _release(hub, tx, [each], actor, view)
            released += one.released
            left += one.left
        return Released(released=tuple(released), left=tuple(left))


def _load(tx: Tx, ids: Sequence[int]) -> list[Sourced]:
    found = transfers.load(tx, ids)
    missing = set(ids) - {each.transfer.id for each in found}
    if missing:
        names = ", ".join(str(each) for each in sorted(missing))
        raise UsageError(f"There is no transfer {names}. See: counterfoil transfers")
    return found


def skip(hub: Hub, transfer_ids: Sequence[int], actor: str) -> None:
    """Leave documents out for good (until somebody sends them after all)."""
    _move(hub, transfer_ids, Event.EXCLUDED, actor, "skipped", f"Left out by {actor}.")


def accept(hub: Hub, transfer_ids: Sequence[int], actor: str) -> None:
    """Note that a change at the source has been dealt with by hand in the target."""
    with hub.database.writing() as tx:
        found = _load(tx, transfer_ids)
        moves = []
        for each in found:
            after = advance(each.transfer, Event.ACCEPTED, hub.now())
            after = msgspec.structs.replace(after, sent_fingerprint=each.fingerprint)
            moves.append((each.transfer, after))
        transfers.save(tx, [move for move in moves if move[0].state is State.CHANGED])
        for each in found:
            connections.note(
                tx, hub.now(), actor, "change accepted", f"transfer/{each.transfer.id}"
            )


def _move(hub: Hub, ids: Sequence[int], event: Event, actor: str, action: str, reason: str) -> None:
    with hub.database.writing() as tx:
        found = _load(tx, ids)
        moves = [
            (each.transfer, advance(each.transfer, event, hub.now(), reason=reason))
            for each in found
        ]
        for before, after in moves:
            if before.state is not State.SKIPPED and after is before:
                raise UsageError(
                    f"Transfer {before.id} is {before.state}; it cannot be {action} now."
                )
        transfers.save(tx, moves)
        for before, _after in moves:
            connections.note(tx, hub.now(), actor, action, f"transfer/{before.id}")


def adopt(hub: Hub, transfer_id: int, target_id: str, actor: str) -> None:
    """Note which document of the target a transfer is: somebody entered it there by hand.

    Raises:
        UsageError: It cannot be adopted now, or that document belongs to another transfer.
    """
    with hub.database.writing() as tx:
        each = _load(tx, [transfer_id])[0]
        after = advance(each.transfer, Event.ADOPTED, hub.now())
        if after.state is not State.DONE or each.transfer.state in (State.DONE, State.CHANGED):
            raise UsageError(f"Transfer {transfer_id} is {each.transfer.state}; wait for its end.")
        kind = FLOWS[FlowName(each.transfer.flow)].target
        other = transfers.of_target(tx, each.transfer.target, kind, target_id)
        if other is not None:
            raise UsageError(f"{target_id!r} is the document of transfer {other} already.")
        after = msgspec.structs.replace(after, sent_fingerprint=each.fingerprint)
        transfers.save(tx, [(each.transfer, after)])
        transfers.pair(tx, [(after, Landing(id=target_id, is_adopted=True))], hub.now())
        connections.note(tx, hub.now(), actor, "adopted", f"transfer/{transfer_id}", target_id)
