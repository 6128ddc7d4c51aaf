"""Corrections: a day or a number that documents bear in their target in place of their source's."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, Literal

import msgspec

from counterfoil.engine.correcting import Correction
from counterfoil.engine.life import Standing, State
from counterfoil.engine.transfers import Transfer
from counterfoil.errors import UsageError
from counterfoil.hub.finding import loaded
from counterfoil.hub.setup import Hub
from counterfoil.hub.standpoints import keep
from counterfoil.ledger import connections

from ._moves import Left, Released
from ._seen import NOT_LOOKED_AT, Seen, moved_since

__all__ = ["correct", "uncorrect"]

_MAY_BE_CORRECTED: Final = (
    "It is {state}: a document is corrected before it is sent, or after it stopped."
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
    return _corrected(hub, transfer_ids, lambda before: _joined(before, correction), actor, seen)


def uncorrect(
    hub: Hub, transfer_ids: Sequence[int], what: Literal["day", "number", "activates"], actor: str
) -> Released:
    """Let documents bear the day, or the number, of their source again, as far as they may.

    ``activates``: no record is made active for them any more.

    What else was corrected of them stays.

    Raises:
        UsageError: A transfer does not exist.
    """
    return _corrected(hub, transfer_ids, lambda before: _without(before, what), actor)


def _corrected(
    hub: Hub,
    transfer_ids: Sequence[int],
    made_of: Callable[[Correction | None], Correction | None],
    actor: str,
    seen: Seen = NOT_LOOKED_AT,
) -> Released:
    now = hub.now()
    done: list[Left] = []
    left: list[Left] = []
    with hub.database.writing() as tx:
        moves: list[tuple[Transfer, Transfer]] = []
        found = loaded(tx, transfer_ids)
        moved = moved_since(tx, found, seen)
        for each in found:
            before = each.transfer
            name = before.number or str(before.id)
            if before.id in moved:
                left.append(Left(name, moved[before.id], before.id))
                continue
            if before.standing is Standing.IN_FLIGHT or before.state in _OUT:
                left.append(Left(name, _MAY_BE_CORRECTED.format(state=before.state), before.id))
                continue
            made = made_of(before.correction)
            moves.append((before, msgspec.structs.replace(before, correction=made)))
            done.append(Left(name, _told(made), before.id))
            connections.note(tx, now, actor, "corrected", f"transfer/{before.id}", _told(made))
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
        number=made.number or before.number,
        activates=tuple(dict.fromkeys((*before.activates, *made.activates))),
    )


def _without(before: Correction | None, what: str) -> Correction | None:
    """Give what is left of a correction without its day, or its number; ``None``: nothing."""
    if before is None:
        return None
    left = msgspec.structs.replace(before, **{what: () if what == "activates" else None})
    return None if left == Correction() else left


def _told(made: Correction | None) -> str:
    if made is None:
        return "It bears what was entered."
    said = [
        *([] if made.day is None else [f"the day {made.day}"]),
        *([] if made.number is None else [f"the number {made.number}"]),
    ]
    sentences = [f"It bears {' and '.join(said)} where it is sent to."] if said else []
    sentences += [
        f"The {each.kind.words} {each.name} is made active there first." for each in made.activates
    ]
    return " ".join(sentences)
