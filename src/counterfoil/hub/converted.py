"""Receipts that a bookkeeper turned into bills by hand.

QuickBooks makes the bill in the receipt's place: the receipt and its identity are gone, and
the order shows a bill that is not ours.  So a receipt of ours that is gone is looked for as
the bill that its order shows (DESIGN 9.13; corrections, row 8).  It is taken for it only where
there can be no doubt: one such receipt and one such bill, and an order that still shows all
that the receipt brought.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

import msgspec
from sqlalchemy import Connection as Tx

from counterfoil.documents import Document, DocumentKind
from counterfoil.engine.asked import Asked, Kind, pages_named
from counterfoil.engine.life import State
from counterfoil.engine.moving import reconsider
from counterfoil.engine.operations import FindDocument, Operation, Outcome
from counterfoil.engine.transfers import Landing, Pairing
from counterfoil.ledger import connections, pairings, rereading, transfers
from counterfoil.ledger.connections import Connection
from counterfoil.ledger.pairings import EndOf
from counterfoil.ledger.transfers import Sourced

from .standpoints import standpoint, views_for

__all__ = ["CONVERTED", "look_again", "orders_to_read", "take"]

CONVERTED: Final = "made into a bill"
"""Name of the question for the orders of receipts that are gone."""

_MAX: Final = 100
_LOOKED_FOR: Final = timedelta(days=180)


def look_again(tx: Tx, connection: Connection, now: datetime) -> None:
    """Have our receipts read again: that one was made into a bill is told nowhere else.

    Once a day is enough, and those of long ago have their bills.
    """
    rereading.stale_receipts(tx, connection.id, now - _LOOKED_FOR)


def orders_to_read(tx: Tx, connection: Connection) -> tuple[Operation, Asked] | None:
    """Ask for the orders of receipts that are gone; ``None``: there are none."""
    gone = _gone_receipts(tx, connection)
    orders = pairings.ends_at(
        tx, connection.id, [pairing.fulfils for _each, pairing in gone if pairing.fulfils]
    )
    wanted = {
        each.transfer.id: orders[pairing.fulfils].id
        for each, pairing in gone
        if pairing.fulfils in orders
    }
    if not wanted:
        return None
    kind = DocumentKind.PURCHASE_ORDER
    find = FindDocument(id="1", kind=kind, ids=tuple(dict.fromkeys(wanted.values())), links=True)
    asked = Asked(
        wire_id="1", kind=Kind.FIND, subject=kind, name=CONVERTED, dependants=tuple(wanted)
    )
    return find, asked


def _gone_receipts(tx: Tx, connection: Connection) -> list[tuple[Sourced, Pairing]]:
    changed = transfers.work(tx, connection.id, (State.CHANGED,), _MAX)
    return [
        (each, each.pairing)
        for each in changed
        if each.pairing is not None
        and each.pairing.target_kind is DocumentKind.ITEM_RECEIPT
        and each.pairing.gone_at is not None
    ]


def _orders(
    tx: Tx, connection: Connection, gone: Iterable[tuple[Sourced, Pairing]]
) -> dict[int, EndOf]:
    """Give the orders there that receipts fulfilled, by the orders' pairings."""
    rows = [pairing.fulfils for _each, pairing in gone if pairing.fulfils is not None]
    return pairings.ends_at(tx, connection.id, rows)


def take(
    tx: Tx,
    connection: Connection,
    asked: Sequence[Asked],
    outcomes: Mapping[str, Outcome],
    now: datetime,
) -> None:
    """Take the orders that were read, and pair receipts with the bills they became."""
    for _each, page in pages_named(CONVERTED, asked, outcomes):
        orders = {order.id: order for order in page.documents}
        gone = _gone_receipts(tx, connection)
        ends = pairings.ends_at(
            tx, connection.id, [pairing.fulfils for _, pairing in gone if pairing.fulfils]
        )
        per_order = Counter(pairing.fulfils for _, pairing in gone)
        for receipt, pairing in gone:
            end = ends.get(pairing.fulfils or 0)
            order = None if end is None else orders.get(end.id)
            if order is None or per_order[pairing.fulfils] > 1:
                continue
            bills = _foreign_bills(tx, connection, order)
            if len(bills) == 1 and _still_shows(order, pairing):
                _pair(tx, receipt, pairing, bills[0], now)


def _foreign_bills(tx: Tx, connection: Connection, order: Document) -> list[str]:
    """Give the bills of an order that belong to no transfer."""
    bill = DocumentKind.BILL
    made = [each.id for each in order.made_into if each.kind == bill]
    owned = pairings.owners(tx, connection.id, [(bill, each) for each in made])
    return [each for each in made if (bill, each) not in owned]


def _still_shows(order: Document, pairing: Pairing) -> bool:
    """Whether an order shows as received at least what the receipt brought."""
    lines: Iterable[Any] = getattr(order, "lines", ())
    received = {line.id: line.delivered.value for line in lines if line.delivered is not None}
    return bool(pairing.lines) and all(
        line.order_line is not None
        and received.get(line.order_line, Decimal(0)) >= Decimal(line.quantity or 0)
        for line in pairing.lines or ()
    )


def _pair(tx: Tx, each: Sourced, pairing: Pairing, bill: str, now: datetime) -> None:
    """Let the bill take the receipt's place; what it says is read with the next batch."""
    before = each.transfer
    landing = Landing(
        id=bill,
        kind=DocumentKind.BILL,
        lines=pairing.lines,
        is_adopted=True,
        fulfils=pairing.fulfils,
        is_linked=True,
    )
    view = views_for(tx, [each])[before.link]
    at = standpoint(tx, each, view).with_pairing(landing.as_pairing(pairing.sent_fingerprint))
    renewed = msgspec.structs.replace(
        before,
        target_kind=DocumentKind.BILL,
        generation=before.generation + 1,
        key=None,
        sent_fingerprint=pairing.sent_fingerprint,
    )
    after = reconsider(renewed, at, now)
    pairings.end(tx, [before.id], now)
    transfers.save(tx, [(before, after)])
    pairings.pair(tx, [(after, landing)], now)
    told = f"The item receipt {pairing.number or pairing.target_id} was made into the bill {bill}."
    connections.note(tx, now, "Counterfoil", "bill recognised", f"transfer/{before.id}", told)
