"""Leaving documents out, and taking what has changed as it is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec
from sqlalchemy import Connection as Tx

from counterfoil.engine.deciding import Wish, Write
from counterfoil.engine.life import Standing, State
from counterfoil.engine.moving import reconsider
from counterfoil.engine.transfers import Pairing, Transfer
from counterfoil.hub import advice, fields
from counterfoil.hub.links import LinkView
from counterfoil.hub.setup import Hub
from counterfoil.hub.standpoints import keep, standpoint, views_for
from counterfoil.ledger import connections, pairings
from counterfoil.ledger.transfers import Sourced
from counterfoil.told import Advice, Told

from ._outcomes import Left, Released, called_there, in_batches, name
from ._pressing import unconfirmed
from ._seen import NOT_LOOKED_AT, Seen, moved_since

__all__ = ["accept", "skip"]


def skip(
    hub: Hub,
    transfer_ids: Sequence[int],
    actor: str,
    *,
    because: str | None = None,
    seen: Seen = NOT_LOOKED_AT,
) -> Released:
    """Leave documents out for good (until somebody sends them after all).

    What is on its way, or was sent, is left as it is, and why is told.

    Args:
        because: Why, in the person's words; kept in the audit.
        seen: What has moved since is left as it is.

    Raises:
        UsageError: A transfer does not exist.
    """

    def carry_out(tx: Tx, found: Sequence[Sourced]) -> Released:
        return _skipped(tx, found, actor, because, seen, hub.now())

    return in_batches(hub, transfer_ids, carry_out)


def _skipped(
    tx: Tx,
    found: Sequence[Sourced],
    actor: str,
    because: str | None,
    seen: Seen,
    now: datetime,
) -> Released:
    moves: list[tuple[Transfer, Transfer]] = []
    left: list[Left] = []
    moved, views = moved_since(tx, found, seen), views_for(tx, found)
    for each in found:
        before = each.transfer
        kept = moved.get(before.id) or _kept_in(each)
        if kept is not None:
            left.append(Left(name(each), kept, before.id))
            continue
        wished = msgspec.structs.replace(before, wish=Wish.LEAVE, wished_by=actor)
        at = standpoint(tx, each, views[before.link])
        moves.append((before, reconsider(wished, at, now, pressed=True)))
        connections.note(tx, now, actor, "skipped", f"transfer/{before.id}", because)
    keep(tx, moves, now)
    told = "It is left out until somebody sends it."
    return Released(
        released=tuple(after.id for _before, after in moves),
        done=tuple(Left(after.number or str(after.id), told, after.id) for _, after in moves),
        left=tuple(left),
    )


def _kept_in(each: Sourced) -> Told | str | None:
    """Say why a transfer cannot be left out; ``None``: it can."""
    transfer, pairing = each.transfer, each.pairing
    if pairing is not None and pairing.gone_at is None:
        there = f"It is there already, as {called_there(pairing)}."
        return Told(there, advice.undo(transfer.id, "Undo it, to take it out"))
    if pairing is not None:
        accept_it = Advice("Accept that", f"accept {transfer.id}", f"/transfers/{transfer.id}")
        return Told("It was there and is gone.", accept_it)
    if transfer.standing is Standing.IN_FLIGHT:
        return "It is on its way. Leave it out, or undo it, once its answer is there."
    if transfer.state is State.SKIPPED and transfer.wish is Wish.LEAVE:
        return "It has been left out already."
    return None


def accept(
    hub: Hub, transfer_ids: Sequence[int], actor: str, *, seen: Seen = NOT_LOOKED_AT
) -> Released:
    """Note that a change has been dealt with by hand, or is as it shall be.

    What was seen becomes what was sent and written; a document that is gone in the target
    is left out from now on.  Custom fields that could not be written stay as they are.

    Args:
        seen: What has moved since is left as it is.
    """

    def carry_out(tx: Tx, found: Sequence[Sourced]) -> Released:
        return _all_accepted(tx, found, actor, seen, hub.now())

    return in_batches(hub, transfer_ids, carry_out)


def _all_accepted(
    tx: Tx, found: Sequence[Sourced], actor: str, seen: Seen, now: datetime
) -> Released:
    done: list[Left] = []
    left: list[Left] = []
    moved, views = moved_since(tx, found, seen), views_for(tx, found)
    for each in found:
        before, pairing = each.transfer, each.pairing
        if before.id in moved:
            left.append(Left(name(each), moved[before.id], before.id))
            continue
        is_refused_change = before.state is State.REFUSED and before.write is not Write.CREATE
        if fields.leave(tx, before, actor, now) and before.state is State.DONE:
            told = "Its custom fields stay as they are there."
            done.append(Left(name(each), told, before.id))
            continue
        if pairing is None or not (before.state is State.CHANGED or is_refused_change):
            left.append(Left(name(each), _nothing_to_accept(each), before.id))
            continue
        _accept(tx, each, pairing, views[before.link], actor, now)
        done.append(Left(name(each), _accepted(pairing), before.id))
    return Released(
        released=tuple(told.id for told in done if told.id is not None),
        done=tuple(done),
        left=tuple(left),
    )


def _accepted(pairing: Pairing) -> str:
    if pairing.gone_at is not None:
        return "It is gone there, and is left out until somebody sends it."
    return f"What {called_there(pairing)} says there stays; nothing is written over it."


def _nothing_to_accept(each: Sourced) -> Told | str:
    """Say why there is no change to be accepted, and what there is to do instead."""
    transfer = each.transfer
    if transfer.wish is Wish.ADOPT:
        return unconfirmed(transfer)
    if each.pairing is None:
        return Told(
            f"It is {transfer.state} and has not been sent: there is nothing there that could be "
            "accepted.",
            Advice("Leave it out", f"skip {transfer.id}", f"/transfers/{transfer.id}"),
        )
    return f"It is {transfer.state}: no change is to be accepted."


def _accept(
    tx: Tx, each: Sourced, pairing: Pairing, view: LinkView, actor: str, now: datetime
) -> None:
    known = standpoint(tx, each, view)
    accepted = msgspec.structs.replace(
        pairing,
        sent_fingerprint=known.fingerprint,
        content=pairing.seen_content or pairing.content,
        seen=None,
        # An order that is cancelled and stays in the books counts as dealt with.
        is_closed=pairing.is_closed or known.is_withdrawn,
        # That it is not linked to its order is as it shall be.
        is_linked=pairing.is_linked or None,
    )
    wish = Wish.LEAVE if pairing.gone_at is not None else Wish.NONE
    wished = msgspec.structs.replace(
        each.transfer,
        wish=wish,
        wished_by=actor if wish is Wish.LEAVE else None,
        sent_fingerprint=known.fingerprint,
    )
    at = known.with_pairing(accepted)
    pairings.see(tx, [accepted])
    pairings.prove(tx, [(accepted.id, accepted.is_linked)])
    keep(tx, [(each.transfer, reconsider(wished, at, now, pressed=True))], now)
    connections.note(tx, now, actor, "change accepted", f"transfer/{each.transfer.id}")
