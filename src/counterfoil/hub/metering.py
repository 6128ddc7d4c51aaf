"""How often a service was called this month, where that costs somebody money.

Kept among the connection's facts, which every view of a connection shows: this month's calls by
their class, and last month's reads.  Counted are calls that succeeded, as the service counts.

Source: reference of QuickBooks Online, section 3.3.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection as Tx

from counterfoil.ledger import connections
from counterfoil.ledger.connections import Connection

__all__ = ["READS", "WRITES", "counted", "keep"]

MONTH: Final = "calls_month"
READS: Final = "metered_reads"
WRITES: Final = "free_writes"
LAST_READS: Final = "metered_reads_last_month"


def keep(tx: Tx, connection_id: int, calls: Mapping[str, int], now: datetime) -> None:
    """Add calls to a connection's month; ``calls`` are ``READS`` and ``WRITES``."""
    known = connections.load(tx, connection_id)
    if known is None or not any(calls.values()):
        return
    facts = _of_month(known.facts, f"{now:%Y-%m}")
    for name, number in calls.items():
        facts[name] = int(facts.get(name, 0)) + number
    connections.change(tx, connection_id, facts=facts)


def _of_month(facts: Mapping[str, Any], month: str) -> dict[str, Any]:
    """Give the facts with the counts of a month: of another one its reads are kept."""
    if facts.get(MONTH) == month:
        return dict(facts)
    begun = {name: value for name, value in facts.items() if name not in {READS, WRITES}}
    begun[MONTH] = month
    if READS in facts:
        begun[LAST_READS] = facts[READS]
    return begun


def counted(connection: Connection, now: datetime) -> dict[str, int]:
    """Give this month's calls of a connection by their class; none: nothing was counted."""
    if connection.facts.get(MONTH) != f"{now:%Y-%m}":
        return {}
    return {
        name: int(connection.facts[name]) for name in (READS, WRITES) if name in connection.facts
    }
