"""What is written back to the source once its document has landed (P9, P26).

Autotask keeps the number that an order has in the books, as its External P.O. Number.  Writing it
is a follow-up like that of a custom field, to the other connection: it is read first, and written
only where it is blank, ERROR, or what we wrote there last.

Where the settings say so (OP3), an order that stopped bears ERROR there until it goes on: by the
same kind of follow-up, taken out again the same way.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

import msgspec
from sqlalchemy import Connection as Tx

from counterfoil.documents import ERROR_MARK, EXTERNAL_NUMBER, decode
from counterfoil.engine.following import FollowUp, follow
from counterfoil.engine.life import STATES, Standing, State
from counterfoil.engine.transfers import Landing, Transfer
from counterfoil.ledger import connections, follow_ups, transfers
from counterfoil.ledger.connections import Connection
from counterfoil.ledger.transfers import Sourced
from counterfoil.settings import FLOWS, FlowName
from counterfoil.translate import TRANSLATORS, Became

from .links import LinkView
from .standpoints import views_for
from .systems import traits_of

__all__ = ["begin", "fields_of", "mark_errors"]

# The flows whose documents have such a field at their source: no other is asked.
_FLOWS: Final = (FlowName.PURCHASE_ORDER_OUT,)


def begin(
    tx: Tx,
    landings: Iterable[tuple[Transfer, Landing]],
    loaded: Sequence[Sourced],
    now: datetime,
) -> None:
    """Begin what is to be written back of documents that have just landed.

    Args:
        landings: The transfers with what they became.
        loaded: The same transfers with their sources.
    """
    became = {
        each.id: Became(to.kind, to.id, to.number) for each, to in landings if each.flow in _FLOWS
    }
    found = [each for each in loaded if each.transfer.id in became]
    views = views_for(tx, found)
    for each in found:
        view = views[each.transfer.link]
        source = _source(view, each)
        fields = _follow(each, fields_of(each, view, became[each.transfer.id]), now)
        follow_ups.begin(tx, source.id, fields)
        if fields:
            connections.wake(tx, source.id, now)


def fields_of(each: Sourced, view: LinkView, became: Became) -> Mapping[str, str]:
    """Give the fields of a source's document, by name, that shall hold something else by now."""
    flow = FlowName(each.transfer.flow)
    if flow not in _FLOWS or each.kind not in traits_of(_source(view, each).system).takes_numbers:
        return {}
    document = decode(each.kind, each.body)
    return {
        field.name: field.value
        for field in TRANSLATORS[flow].write_back(document, became, view.settings)
        if document.custom_field(field.name) != field.value
    }


def _follow(each: Sourced, fields: Mapping[str, str], now: datetime) -> list[FollowUp]:
    """Give the follow-ups of an order; ERROR is nobody's number, whoever wrote it there."""
    made = follow(each.transfer.id, each.kind, each.document_id, fields.items(), now)
    return [msgspec.structs.replace(field, replaces=ERROR_MARK) for field in made]


# --- Orders that stopped ------------------------------------------------------------------


def mark_errors(tx: Tx, connection: Connection, views: Iterable[LinkView], now: datetime) -> None:
    """Let orders of a connection that stopped bear ERROR, and no others, as set (OP3)."""
    for view in views:
        if view.operations.id != connection.id:
            continue
        marked = follow_ups.last_valued(tx, view.link.id, connection.id, ERROR_MARK)
        is_on = view.settings.purchase_order_out.mark_errors
        if is_on:
            _mark(tx, view, marked, now)
        _unmark(tx, view, marked, now, keeps_stopped=is_on)


def _mark(tx: Tx, view: LinkView, marked: Collection[int], now: datetime) -> None:
    """Begin to mark the orders that stopped, a page at a time."""
    after: int | None = 0
    while after is not None:
        page = transfers.search(
            tx,
            link_id=view.link.id,
            flow=FlowName.PURCHASE_ORDER_OUT.value,
            states=[State.REFUSED],
            limit=_PAGE,
            after=after,
        )
        for each in page:
            if each.pairing is None and each.transfer.id not in marked:
                fields = _follow(each, {EXTERNAL_NUMBER: ERROR_MARK}, now)
                follow_ups.begin(tx, view.operations.id, fields)
        after = page[-1].transfer.id if len(page) == _PAGE else None


def _unmark(
    tx: Tx, view: LinkView, marked: Mapping[int, State], now: datetime, *, keeps_stopped: bool
) -> None:
    """Take ERROR out of orders that stand still no more; where one lands a number takes its place.

    What is on its way may land any moment, and waits for that.
    """
    for each in transfers.load(tx, marked):
        stopped = keeps_stopped and each.transfer.state is State.REFUSED
        if stopped or each.pairing is not None or each.transfer.standing in _MOVES:
            continue
        if STATES[marked[each.transfer.id]].standing in _HAS_NOT_LEFT:
            follow_ups.end(tx, [each.transfer.id], now)
        else:
            fields = _follow(each, {EXTERNAL_NUMBER: ""}, now)
            follow_ups.begin(tx, view.operations.id, fields)


_PAGE: Final = 200
_MOVES: Final = (Standing.WANTED, Standing.IN_FLIGHT)
_HAS_NOT_LEFT: Final = (Standing.WANTED, Standing.STOPPED)


def _source(view: LinkView, each: Sourced) -> Connection:
    return view.source_of(FLOWS[FlowName(each.transfer.flow)])
