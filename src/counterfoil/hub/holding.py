"""Holding back: nothing is written while an unanswered write may still be carried out.

The rule is ``engine.holding``'s; here it is given what the ledger knows of the run that
sent the write and of the one that asks.  Found while planning (``hasn't it ended?``) and
again when the run ends, for the sentence that people read.
"""

from __future__ import annotations

from datetime import datetime

import msgspec
from sqlalchemy import Connection as Tx

from counterfoil.engine.holding import evidence_of, held_until
from counterfoil.ledger import exchanges, runs
from counterfoil.ledger.connections import Connection
from counterfoil.ledger.exchanges import Exchange
from counterfoil.ledger.runs import Run

from .systems import settles_after

__all__ = ["Hold", "hold_of", "present_hold"]


class Hold(msgspec.Struct, frozen=True, kw_only=True):
    """An unanswered write that may still be carried out.

    Attributes:
        exchange: The write's exchange.
        sent_at: When it left.
        until: When its absence may be believed at the latest.
        holder: The computer whose Web Connector locks the company file, as far as told.
    """

    exchange: int
    sent_at: datetime
    until: datetime
    holder: str | None = None


def hold_of(tx: Tx, connection: Connection, lost: Exchange, run: Run, now: datetime) -> Hold | None:
    """Say whether the absence of an open write may not be believed yet.

    Args:
        connection: Where it was sent.
        lost: A write without an answer, of this run or an earlier one.
        run: The run that asks, which has met the system.
    """
    sender = run if lost.run_id == run.id else runs.load(tx, lost.run_id)
    lock_then, lock_now = sender.facts.app_lock, run.facts.app_lock
    evidence = evidence_of(
        went_on=sender.facts.went_on,
        lock_then=lock_then if sender.id != run.id else None,
        lock_now=lock_now,
    )
    until = held_until(lost, now, settles_after(connection), evidence)
    if until is None:
        return None
    holder = _host(lock_now) or _host(lock_then)
    return Hold(exchange=lost.id, sent_at=lost.sent_at, until=until, holder=holder)


def present_hold(tx: Tx, connection: Connection, run: Run, now: datetime) -> Hold | None:
    """Give the hold that keeps a run from writing, ``None``: it may write."""
    if run.facts.held is None:
        return None
    lost = exchanges.open_write(tx, connection.id)
    if lost is None or lost.id != run.facts.held:
        return None
    return hold_of(tx, connection, lost, run, now)


def _host(lock: str | None) -> str | None:
    """Read the computer's name from ``LOCKED:host:ticks``."""
    parts = (lock or "").split(":")
    return parts[1].strip() or None if len(parts) > 1 and parts[0].upper() == "LOCKED" else None
