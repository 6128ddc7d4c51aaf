"""Taking a press or a leaving out back, as long as nothing else has happened to the document."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Final

import msgspec

from counterfoil.engine.deciding import Wish
from counterfoil.engine.life import State
from counterfoil.engine.moving import reconsider
from counterfoil.engine.transfers import Transfer
from counterfoil.hub.finding import loaded
from counterfoil.hub.setup import Hub
from counterfoil.hub.standpoints import keep, standpoint, views_for
from counterfoil.ledger import connections
from counterfoil.ledger.transfers import Sourced

from ._moves import Left, Released, press_all

__all__ = ["call_off", "put_back"]

_LEFT_ALREADY: Final = "It has left already, or was decided about anew: it is {state} by now."
_GOES_ANYWAY: Final = "It goes without anybody's press. To keep it from going, leave it out."
_DECIDED_SINCE: Final = "Somebody has decided about it since: it is {state} by now."


def call_off(hub: Hub, transfer_ids: Sequence[int], actor: str) -> Released:
    """Take a press back as long as nothing has left for it.

    Raises:
        UsageError: A transfer does not exist.
    """
    now = hub.now()
    left: list[Left] = []
    moves: list[tuple[Transfer, Transfer]] = []
    with hub.database.writing() as tx:
        found = loaded(tx, transfer_ids)
        views = views_for(tx, found)
        for each in found:
            before = each.transfer
            if before.state is not State.READY:
                left.append(_kept(before, _LEFT_ALREADY))
                continue
            unwished = msgspec.structs.replace(before, wish=Wish.NONE, wished_by=None)
            after = reconsider(unwished, standpoint(tx, each, views[before.link]), now)
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


def put_back(hub: Hub, transfer_ids: Sequence[int], actor: str) -> Released:
    """Look again at documents that a person left out, as long as they are left out.

    What has been sent, adopted or undone since stays as that left it.

    Raises:
        UsageError: A transfer does not exist.
    """
    now = hub.now()
    left: list[Left] = []
    of_link = defaultdict[int, list[Sourced]](list)
    with hub.database.writing() as tx:
        found = loaded(tx, transfer_ids)
        views = views_for(tx, found)
        for each in found:
            is_out = each.transfer.state is State.SKIPPED and each.transfer.wish is Wish.LEAVE
            if is_out:
                of_link[each.transfer.link].append(each)
            else:
                left.append(_kept(each.transfer, _DECIDED_SINCE))
        told = [press_all(tx, some, actor, views[link], now) for link, some in of_link.items()]
    return Released(
        released=tuple(id_ for one in told for id_ in one.released),
        done=tuple(done for one in told for done in one.done),
        left=(*left, *(each for one in told for each in one.left)),
    )


def _kept(transfer: Transfer, why: str) -> Left:
    return Left(_name(transfer), why.format(state=transfer.state), transfer.id)


def _name(transfer: Transfer) -> str:
    return transfer.number or str(transfer.id)
