"""An order that stops over an unknown item stops the others, where that is set (OP11).

Autotask's own app ended its run at such an order.  Here the others wait for a quarter of an hour
at a time, until the order is settled: its item is there, it goes under another one, or it is left
out.  What somebody sends goes all the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection as Tx

from counterfoil.documents import Reason, RecordKind, reason
from counterfoil.engine.deciding import Wish, Write
from counterfoil.engine.drafting import Draft, Knowledge, Target, find
from counterfoil.engine.life import Event, State
from counterfoil.engine.matching import Fit
from counterfoil.engine.moving import advance
from counterfoil.engine.transfers import Transfer
from counterfoil.ledger import transfers
from counterfoil.settings import FlowName

__all__ = ["put_off"]

_ORDERS: Final = FlowName.PURCHASE_ORDER_OUT
_AGAIN: Final = timedelta(minutes=15)
_UNKNOWN: Final = "record-unknown"
_PAGE: Final = 100


def put_off(
    tx: Tx, drafts: Sequence[Draft], knowledge: Knowledge, target: Target, now: datetime
) -> dict[int, Transfer]:
    """Let orders wait whose link has one that stopped, or is about to, over an unknown item."""
    stops: dict[int, Reason | None] = {}
    found: dict[int, Transfer] = {}
    for each in drafts:
        transfer = each.work.transfer
        if not _may_wait(each):
            continue
        if transfer.link not in stops:
            stops[transfer.link] = _stopped(tx, transfer.link)
        why = stops[transfer.link]
        if why is not None and transfer.wish is not Wish.SEND:
            found[transfer.id] = advance(transfer, Event.BUSY, now, why=why, retry_after=_AGAIN)
        elif why is None:
            stops[transfer.link] = _stops(each, knowledge, target)
    return found


def _may_wait(each: Draft) -> bool:
    is_new = each.work.transfer.write is Write.CREATE and each.work.landed is None
    rules = each.work.settings.purchase_order_out
    return is_new and each.work.at.flow is _ORDERS and rules.unknown_item_stops_all


def _stopped(tx: Tx, link: int) -> Reason | None:
    """Say which order of a link has stopped over an unknown item; ``None``: none has."""
    after: int | None = 0
    while after is not None:
        refused = transfers.search(
            tx,
            link_id=link,
            flow=_ORDERS,
            states=[State.REFUSED],
            limit=_PAGE,
            after=after,
        )
        for why in _unknown_items(each.transfer for each in refused):
            return why
        after = refused[-1].transfer.id if len(refused) == _PAGE else None
    return None


def _unknown_items(refused: Iterable[Transfer]) -> Iterator[Reason]:
    for each in refused:
        refusal = each.refusal
        if refusal is None or refusal.code != _UNKNOWN:
            continue
        if (refusal.where or "").endswith(".item"):
            yield _why(refusal.value or "", each)


def _stops(each: Draft, knowledge: Knowledge, target: Target) -> Reason | None:
    """Say that an order is about to stop over an unknown item; ``None``: it is not."""
    for wanted, (_where, name) in each.names.items():
        if wanted.kind is not RecordKind.ITEM:
            continue
        if find(wanted, each.work.choices, knowledge, target) is Fit.ABSENT:
            return _why(name, each.work.transfer)
    return None


def _why(item: str, transfer: Transfer) -> Reason:
    return reason("run-stopped", item=item, document=f"order {transfer.number}")
