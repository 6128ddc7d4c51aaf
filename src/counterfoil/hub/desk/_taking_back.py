"""Taking a press or a leaving out back, as long as nothing else has happened to the document."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec
from sqlalchemy import Connection as Tx

from counterfoil.engine.deciding import Wish
from counterfoil.engine.life import State
from counterfoil.engine.moving import reconsider, stopped_again
from counterfoil.engine.standpoint import Standpoint
from counterfoil.engine.transfers import Transfer
from counterfoil.hub.setup import Hub
from counterfoil.hub.standpoints import keep, standpoint, views_for
from counterfoil.ledger import connections
from counterfoil.ledger.transfers import Sourced

from ._outcomes import Left, Released, in_batches, joined
from ._pressing import press_all

__all__ = ["call_off", "put_back"]

_LEFT_ALREADY: Final = "It has left already, or was decided about anew: it is {state} by now."
_WISHED_SINCE: Final = "{who} wants it sent, too, since then."
_GOES_ANYWAY: Final = "It goes without anybody's press. To keep it from going, leave it out."
_DECIDED_SINCE: Final = "Somebody has decided about it since: it is {state} by now."


def call_off(
    hub: Hub, transfer_ids: Sequence[int], actor: str, *, pressed_by: str | None = None
) -> Released:
    """Take a press back as long as nothing has left for it.

    What was held waits again; what had stopped is stopped again, for the reason that it had.

    Args:
        pressed_by: Whose press is taken back: what somebody else has wished since stays so;
            ``None``: whoever's it is.

    Raises:
        UsageError: A transfer does not exist.
    """

    def carry_out(tx: Tx, found: Sequence[Sourced]) -> Released:
        return _called_off(tx, found, actor, pressed_by, hub.now())

    return in_batches(hub, transfer_ids, carry_out)


def _called_off(
    tx: Tx, found: Sequence[Sourced], actor: str, pressed_by: str | None, now: datetime
) -> Released:
    left: list[Left] = []
    moves: list[tuple[Transfer, Transfer]] = []
    views = views_for(tx, found)
    for each in found:
        before = each.transfer
        if before.state is not State.READY:
            left.append(_kept(before, _LEFT_ALREADY))
            continue
        if pressed_by is not None and before.wished_by not in (None, pressed_by):
            left.append(_kept(before, _WISHED_SINCE))
            continue
        after = _unwished(before, standpoint(tx, each, views[before.link]), now)
        if after.state is State.READY:
            left.append(_kept(before, _GOES_ANYWAY))
            continue
        moves.append((before, after))
        connections.note(tx, now, actor, "called off", f"transfer/{before.id}")
    keep(tx, moves, now)
    back = [after for _before, after in moves]
    return Released(
        released=tuple(each.id for each in back),
        done=tuple(Left(_name(each), each.sentence or "", each.id) for each in back),
        left=tuple(left),
    )


def _unwished(transfer: Transfer, at: Standpoint, now: datetime) -> Transfer:
    if transfer.set_aside is not None:
        return stopped_again(transfer, now)
    unwished = msgspec.structs.replace(transfer, wish=Wish.NONE, wished_by=None)
    return reconsider(unwished, at, now)


def put_back(hub: Hub, transfer_ids: Sequence[int], actor: str) -> Released:
    """Look again at documents that a person left out, as long as they are left out.

    What has been sent, adopted or undone since stays as that left it.

    Raises:
        UsageError: A transfer does not exist.
    """

    def carry_out(tx: Tx, found: Sequence[Sourced]) -> Released:
        return _put_back(tx, found, actor, hub.now())

    return in_batches(hub, transfer_ids, carry_out)


def _put_back(tx: Tx, found: Sequence[Sourced], actor: str, now: datetime) -> Released:
    of_link = defaultdict[int, list[Sourced]](list)
    left: list[Left] = []
    for each in found:
        if each.transfer.state is State.SKIPPED and each.transfer.wish is Wish.LEAVE:
            of_link[each.transfer.link].append(each)
        else:
            left.append(_kept(each.transfer, _DECIDED_SINCE))
    views = views_for(tx, found)
    told = joined([press_all(tx, some, actor, views[link], now) for link, some in of_link.items()])
    return msgspec.structs.replace(told, left=(*left, *told.left))


def _kept(transfer: Transfer, why: str) -> Left:
    return Left(
        _name(transfer), why.format(state=transfer.state, who=transfer.wished_by), transfer.id
    )


def _name(transfer: Transfer) -> str:
    return transfer.number or str(transfer.id)
