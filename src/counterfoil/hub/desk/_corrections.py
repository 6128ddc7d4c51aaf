"""Corrections: what documents bear in their target in place of what their source says."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Final

import msgspec
from sqlalchemy import Connection as Tx

from counterfoil.documents import Action, RecordKind
from counterfoil.engine.correcting import Activation, Correction, fulfilled
from counterfoil.engine.life import Standing, State
from counterfoil.engine.transfers import Pairing, Transfer
from counterfoil.errors import UsageError
from counterfoil.hub.corrected_words import told_of
from counterfoil.hub.finding import loaded
from counterfoil.hub.setup import Hub
from counterfoil.hub.standpoints import keep
from counterfoil.ledger import connections, pairings
from counterfoil.ledger.transfers import Sourced

from ._outcomes import Left, Released, in_batches, joined, name
from ._seen import NOT_LOOKED_AT, Seen, moved_since

__all__ = [
    "activate_named",
    "correct",
    "kept_from_correcting",
    "put_back_correction",
    "replace_correction",
    "uncorrect",
]

# In place of the fingerprint of what was written: no source has this one.
_SAID_SINCE: Final = "corrected"
_MAY_BE_CORRECTED: Final = (
    "It is {state}: a document is corrected before it is sent, or after it stopped."
)
# Sent with another number, say, it would not be met there: it would be there twice.
_MAY_BE_THERE: Final = (
    "It may be there already, as it was sent. Look there first, and say that it is there; or try "
    "it again, for it is not, and correct it then."
)
# What is asked is about what it says now: whether its number is free there, say.
_BEING_LOOKED_UP: Final = (
    "It has left to be looked up, or for a record that it names. Look again once that is answered."
)
# What is out bears what it was sent with; another day or number would be a change of it.
_OUT: Final = frozenset({State.DONE, State.CHANGED})


def correct(
    hub: Hub,
    transfer_ids: Sequence[int],
    correction: Correction,
    actor: str,
    *,
    seen: Seen = NOT_LOOKED_AT,
) -> Released:
    """Let documents bear another day or number in their target than their source says.

    Their source stays as it is.  Nothing is sent by it: whoever corrects tries again.  What is
    on its way is left as it is, and why is told.

    Raises:
        UsageError: A transfer does not exist, or several would get one number.
    """
    if correction.number is not None and len(transfer_ids) > 1:
        raise UsageError("A number is one document's: correct them one by one.")
    return _corrected(
        hub, transfer_ids, lambda each: _joined(each.correction, correction), actor, seen
    )


def activate_named(hub: Hub, transfer_ids: Sequence[int], actor: str) -> Released:
    """Want the inactive records active over which documents stopped; nothing is sent by it.

    What stopped over something else, or over a record that no program can make active, is left
    as it is, and why is told.

    Raises:
        UsageError: A transfer does not exist.
    """
    with hub.database.reading() as tx:
        stopped = [each.transfer for each in loaded(tx, transfer_ids)]
    told = [_activated(hub, each, actor) for each in stopped]
    return joined(told)


def _activated(hub: Hub, transfer: Transfer, actor: str) -> Released:
    choices = () if transfer.refusal is None else transfer.refusal.choices
    wanted = tuple(
        Activation(
            kind=RecordKind(each.arguments["kind"].replace(" ", "-")),
            id=each.arguments["record"],
            name=each.arguments["name"],
        )
        for each in choices
        if each.action is Action.ACTIVATE
    )
    if not wanted:
        called = transfer.number or str(transfer.id)
        return Released(released=(), left=(Left(called, _NOTHING_TO_ACTIVATE, transfer.id),))
    seen = {transfer.id: transfer.version}
    return correct(hub, [transfer.id], Correction(activates=wanted), actor, seen=seen)


_NOTHING_TO_ACTIVATE: Final = (
    "It did not stop over an inactive record that can be made active from here."
)


def uncorrect(
    hub: Hub,
    transfer_ids: Sequence[int],
    made: Correction,
    actor: str,
    *,
    before: Mapping[int, Correction] = MappingProxyType({}),
) -> Released:
    """Let documents bear again what they bore before somebody corrected them, as far as they may.

    What else was corrected of them stays, and so does what somebody has corrected anew since.

    Args:
        made: What somebody let all of them say; of its records none is made active any more.
        before: What some of them said before that, by transfer.

    Raises:
        UsageError: A transfer does not exist.
    """

    def put(transfer: Transfer) -> Correction | Left | None:
        now = transfer.correction or Correction()
        left = _without(now, made, before.get(transfer.id, Correction()))
        if left is None:
            return Left(transfer.number or str(transfer.id), _CORRECTED_SINCE, transfer.id)
        return None if left == Correction() else left

    return _corrected(hub, transfer_ids, put, actor)


_CORRECTED_SINCE: Final = "Somebody has corrected it anew since."
_UNCORRECTED: Final = "Nobody has corrected it: it says what its source says."


def replace_correction(
    hub: Hub,
    transfer_id: int,
    made: Correction | None,
    actor: str,
    *,
    seen: Seen = NOT_LOOKED_AT,
) -> Released:
    """Let a document say this and nothing else in place of its source; ``None``: nothing.

    Raises:
        UsageError: There is no such transfer.
    """

    def put(transfer: Transfer) -> Correction | Left | None:
        if made is None and transfer.correction is None:
            return Left(transfer.number or str(transfer.id), _UNCORRECTED, transfer.id)
        return made

    return _corrected(hub, [transfer_id], put, actor, seen)


def put_back_correction(
    hub: Hub,
    transfer_id: int,
    actor: str,
    *,
    made: Correction | None,
    before: Correction | None,
) -> Released:
    """Let a document say what it said before somebody corrected it.

    Args:
        made: As they did: as long as nobody has corrected it anew since.

    Raises:
        UsageError: Somebody has; nothing is put back.
    """

    def put(transfer: Transfer) -> Correction | None:
        if transfer.correction != made:
            raise UsageError("Somebody has corrected it anew since; nothing was put back.")
        return before

    return _corrected(hub, [transfer_id], put, actor)


def kept_from_correcting(transfer: Transfer) -> str | None:
    """Say why a document cannot be corrected now; ``None``: it can."""
    if transfer.is_unclear:
        return _MAY_BE_THERE
    if transfer.state is State.MATCHING:
        return _BEING_LOOKED_UP
    if transfer.standing is Standing.IN_FLIGHT or transfer.state in _OUT:
        return _MAY_BE_CORRECTED.format(state=transfer.state)
    return None


def _corrected(
    hub: Hub,
    transfer_ids: Sequence[int],
    made_of: Callable[[Transfer], Correction | Left | None],
    actor: str,
    seen: Seen = NOT_LOOKED_AT,
) -> Released:
    def carry_out(tx: Tx, found: Sequence[Sourced]) -> Released:
        return _corrected_in(tx, found, made_of, actor, seen, hub.now())

    return in_batches(hub, transfer_ids, carry_out)


def _corrected_in(
    tx: Tx,
    found: Sequence[Sourced],
    made_of: Callable[[Transfer], Correction | Left | None],
    actor: str,
    seen: Seen,
    now: datetime,
) -> Released:
    done: list[Left] = []
    left: list[Left] = []
    moves: list[tuple[Transfer, Transfer]] = []
    outdated: list[Pairing] = []
    moved = moved_since(tx, found, seen)
    for each in found:
        before = each.transfer
        kept = moved.get(before.id) or kept_from_correcting(before)
        if kept is not None:
            left.append(Left(name(each), kept, before.id))
            continue
        made = made_of(before)
        if isinstance(made, Left):
            left.append(made)
            continue
        # What is corrected while it goes is not stopped again for what it said before, and what
        # was looked up was so for what it said: a bill's number, among its vendor's.
        after = msgspec.structs.replace(before, correction=made, set_aside=None, is_checked=False)
        moves.append((before, after))
        if each.pairing is not None and fulfilled(made) != fulfilled(before.correction):
            # Whatever its source says by then, it is not there as it shall be until it is written.
            outdated.append(msgspec.structs.replace(each.pairing, sent_fingerprint=_SAID_SINCE))
        told = told_of(made, before.target_kind)
        done.append(Left(name(each), told, before.id))
        connections.note(tx, now, actor, "corrected", f"transfer/{before.id}", told)
    pairings.see(tx, outdated)
    keep(tx, moves, now)
    return Released(
        released=tuple(after.id for _before, after in moves), done=tuple(done), left=tuple(left)
    )


def _joined(before: Correction | None, made: Correction) -> Correction:
    """Give both corrections in one; what is said anew counts."""
    if before is None:
        return made
    return Correction(
        day=made.day or before.day,
        fields=made.fields or before.fields,
        number=made.number or before.number,
        activates=tuple(dict.fromkeys((*before.activates, *made.activates))),
    )


def _without(now: Correction, made: Correction, before: Correction) -> Correction | None:
    """Give a correction with what was said before in place of what was made of it.

    ``None``: nothing of that stands any more.
    """
    left = now
    if made.day is not None and now.day == made.day:
        left = msgspec.structs.replace(left, day=before.day)
    if made.number is not None and now.number == made.number:
        left = msgspec.structs.replace(left, number=before.number)
    wanted = tuple(each for each in now.activates if each not in made.activates)
    left = msgspec.structs.replace(left, activates=wanted)
    return None if left == now else left
