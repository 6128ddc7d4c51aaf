"""Taking documents out of their target again, and saying first what that would do."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple

import msgspec
from sqlalchemy import Connection as Tx

from counterfoil.documents import ended
from counterfoil.engine.deciding import Wish
from counterfoil.engine.life import Standing, State
from counterfoil.engine.moving import reconsider
from counterfoil.engine.transfers import Transfer
from counterfoil.errors import UsageError
from counterfoil.hub import advice
from counterfoil.hub.finding import find_link, loaded
from counterfoil.hub.links import LinkView, view_of
from counterfoil.hub.setup import Hub
from counterfoil.hub.standpoints import keep, standpoint, views_for
from counterfoil.ledger import connections, pairings, transfers, written
from counterfoil.ledger.transfers import Sourced
from counterfoil.settings import FLOWS, FlowName
from counterfoil.told import Advice, Told

from ._adopting import take_back_one
from ._outcomes import Left, Released, in_batches
from ._seen import NOT_LOOKED_AT, Seen, moved_since

__all__ = ["UndoEffect", "Undone", "undo", "undo_effect"]


class Undone(msgspec.Struct, frozen=True, kw_only=True):
    """What undoing came to."""

    undone: tuple[int, ...]
    left: tuple[Left, ...] = ()
    """Those that stay as they are, or wait, and why."""
    updated: tuple[str, ...] = ()
    """Numbers of documents that the run only changed: they are listed, not reversed."""


class UndoEffect(msgspec.Struct, frozen=True, kw_only=True):
    """What undoing a run would do, as things stand now.

    Attributes:
        taken_out: Documents that it created and that would be taken out, the last first.
        left: Those that would stay as they are, or wait, and why.
        updated: Numbers of documents that it only changed: they stay as they are.
    """

    taken_out: tuple[Left, ...]
    left: tuple[Left, ...]
    updated: tuple[str, ...]


class _OfRun(NamedTuple):
    """What a run wrote: the transfers it created, and the numbers of those it only changed."""

    made: Sequence[int]
    updated: tuple[str, ...]


def undo(
    hub: Hub,
    actor: str,
    *,
    transfer_ids: Sequence[int] = (),
    run: int | None = None,
    consent: bool = False,
    seen: Seen = NOT_LOOKED_AT,
) -> Undone:
    """Take documents out of their target again: the given ones, or what a run created.

    What a run only changed is listed, not reversed; what an older run made stays.

    Args:
        consent: A document that somebody has changed there since, or entered there by hand,
            may go all the same.
        seen: What has moved since is left as it is.

    Raises:
        UsageError: There is no such transfer or run.
    """
    ids = list(transfer_ids)
    updated: tuple[str, ...] = ()
    if run is not None:
        with hub.database.reading() as tx:
            of_run = _written_in(tx, run)
        ids += of_run.made
        updated = of_run.updated

    def carry_out(tx: Tx, found: Sequence[Sourced]) -> Released:
        return _undone_in(tx, found, actor, seen, hub.now(), consent=consent)

    # The last first: what was made from a document goes before it.
    told = in_batches(hub, sorted(ids, reverse=True), carry_out)
    return Undone(undone=told.released, left=told.left, updated=updated)


def _undone_in(
    tx: Tx, found: Sequence[Sourced], actor: str, seen: Seen, now: datetime, *, consent: bool
) -> Released:
    undone: list[int] = []
    left: list[Left] = []
    moves: list[tuple[Transfer, Transfer]] = []
    moved, views = moved_since(tx, found, seen), views_for(tx, found)
    for each in sorted(found, key=lambda one: -one.transfer.id):
        if each.transfer.id in moved:
            left.append(Left(_name(each), moved[each.transfer.id], each.transfer.id))
            continue
        if each.transfer.wish is Wish.ADOPT:
            take_back_one(tx, each, actor, now)
            undone.append(each.transfer.id)
            continue
        view = views[each.transfer.link]
        after, told = _undone(tx, each, view, actor, now, consent=consent)
        if told is not None:
            left.append(Left(_name(each), told, after.id))
        if after is not each.transfer:
            moves.append((each.transfer, after))
            undone.append(after.id)
            connections.note(tx, now, actor, "undone", f"transfer/{after.id}")
            connections.wake(tx, after.target, now)
    keep(tx, moves, now)
    return Released(released=tuple(undone), left=tuple(left))


def undo_effect(hub: Hub, run: int) -> UndoEffect:
    """Say what undoing a run would do; nothing is changed.

    Raises:
        UsageError: It wrote nothing, or there is no such run.
    """
    now = hub.now()
    taken_out: list[Left] = []
    left: list[Left] = []
    with hub.database.reading() as tx:
        of_run = _written_in(tx, run)
        for each in sorted(loaded(tx, of_run.made), key=lambda one: -one.transfer.id):
            view = view_of(tx, find_link(tx, each.transfer.link))
            if each.transfer.wish is Wish.ADOPT:
                taken_out.append(Left(_name(each), _NO_MORE_ADOPTED, each.transfer.id))
                continue
            after, kept = _undone(tx, each, view, "", now, consent=False)
            if kept is None and after is not each.transfer:
                target = view.target_of(FLOWS[FlowName(each.transfer.flow)])
                told = ended(f"It is taken out of {target.name}")
                taken_out.append(Left(_name(each), told, each.transfer.id))
            else:
                left.append(Left(_name(each), kept or _AS_IT_IS, each.transfer.id))
    return UndoEffect(taken_out=tuple(taken_out), left=tuple(left), updated=of_run.updated)


_NO_MORE_ADOPTED: Final = "What was said of it is taken back; the document there stays as it is."
_AS_IT_IS: Final = "It stays as it is."


def _written_in(tx: Tx, run: int) -> _OfRun:
    made, changed = written.written_in(tx, run)
    if not made and not changed:
        raise UsageError(
            f"Run {run} wrote nothing, or others have sent it anew since, or there is no such run."
        )
    only_changed = transfers.load(tx, set(changed) - set(made))
    return _OfRun(made, tuple(_name(each) for each in only_changed))


def _name(each: Sourced) -> str:
    return each.transfer.number or str(each.transfer.id)


def _undone(
    tx: Tx, each: Sourced, view: LinkView, actor: str, now: datetime, *, consent: bool
) -> tuple[Transfer, Told | str | None]:
    """Give the transfer after a person wished it undone, and what keeps it for now."""
    before, pairing = each.transfer, each.pairing
    if before.wish is Wish.UNDO and before.state is State.SKIPPED:
        return before, "It has been undone already."
    if before.is_unclear:
        return before, (
            "Nobody knows whether it arrived. Look there: if it is there, adopt it, then undo it; "
            "if not, skip it."
        )
    if pairing is not None and pairing.is_adopted and not consent:
        return before, Told(
            "Somebody entered it there by hand, and it was adopted; it is taken out only with "
            "consent.",
            Advice("Give it", "--consent"),
            advice.unadopt(before.id, "Or leave it there and only take the adoption back"),
        )
    wished = msgspec.structs.replace(before, wish=Wish.UNDO, wished_by=actor)
    at = standpoint(tx, each, view)
    if consent and pairing is not None and pairing.seen_content is not None:
        agreed = msgspec.structs.replace(pairing, content=pairing.seen_content)
        pairings.see(tx, [agreed])
        at = at.with_pairing(agreed)
    after = reconsider(wished, at, now, pressed=True)
    if after.standing is Standing.IN_FLIGHT:
        return after, "It is on its way; it is taken out once its answer is there."
    if after.state is State.CHANGED and after.reason is not None:
        return after, after.reason.sentence
    return after, None
