"""What other settings would do to what waits, told before anybody saves them."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Final

import msgspec

from counterfoil.engine.life import State
from counterfoil.engine.moving import reconsider
from counterfoil.engine.standpoint import Standpoint
from counterfoil.engine.transfers import Transfer
from counterfoil.hub.finding import find_link
from counterfoil.hub.links import view_of
from counterfoil.hub.setup import Hub
from counterfoil.hub.standpoints import standpoints
from counterfoil.ledger import transfers
from counterfoil.settings import Settings, in_force

__all__ = ["SettingsEffect", "settings_effect"]

# What settings can move; what is out, or on its way, stays as it is.
_MOVABLE: Final = (State.READY, State.HELD, State.WAITING, State.REFUSED)
_LOOKED_AT_MAX: Final = 500


class SettingsEffect(msgspec.Struct, frozen=True, kw_only=True):
    """What would become of what waits.

    Attributes:
        looked_at: How many documents that wait were looked at.
        is_all: ``False``: there are more.
        moves: From which state to which, and how many; what stays is not told.
    """

    looked_at: int
    is_all: bool
    moves: dict[tuple[State, State], int]


def settings_effect(hub: Hub, link: int | str, after: Settings) -> SettingsEffect:
    """Say what would become of what waits if these were a link's settings; changes nothing.

    Each is decided about as it would be after saving: what stopped is tried again.
    """
    with hub.database.reading() as tx:
        view = view_of(tx, find_link(tx, link))
        acting = in_force(after, view.operations.system, view.books.system)
        as_set = msgspec.structs.replace(view, settings=acting, problems=())
        loaded = transfers.search(
            tx, link_id=view.link.id, states=_MOVABLE, limit=_LOOKED_AT_MAX + 1
        )
        page = loaded[:_LOOKED_AT_MAX]
        standing = standpoints(tx, page, {view.link.id: as_set})
    now = hub.now()
    becoming = (
        (each.transfer.state, _becomes(each.transfer, standing[each.transfer.id], now))
        for each in page
    )
    moves = Counter((was, is_then) for was, is_then in becoming if was is not is_then)
    return SettingsEffect(looked_at=len(page), is_all=len(loaded) == len(page), moves=dict(moves))


def _becomes(transfer: Transfer, at: Standpoint, now: datetime) -> State:
    return reconsider(transfer, at, now, restart=True).state
