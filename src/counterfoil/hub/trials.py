"""The trial of a run: whether we may read and write, tried when a person asks for it.

Whoever carries qbXML carries the trial as well, before the run's own work.  It is no exchange:
no document is in it, and one that is lost is sent again by the next run.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import Connection as Tx

from counterfoil.connectors.quickbooks_desktop import asides
from counterfoil.connectors.quickbooks_desktop.qbxml import Version
from counterfoil.ledger import agents, connections, exchanges, runs
from counterfoil.ledger.connections import Connection
from counterfoil.ledger.runs import Run

from .checklist import REQUEST_ACCESS, TEST_ACCESS
from .keys import new_batch_key

__all__ = ["TRIAL", "is_wanted", "next_trial", "wants_access"]

TRIAL: Final = "trial"


def is_wanted(tx: Tx, connection: int) -> bool:
    """Whether somebody waits for a step that only a run can try."""
    kept = agents.steps(tx, connection)
    return any(kept[step].is_asked for step in (REQUEST_ACCESS, TEST_ACCESS) if step in kept)


def wants_access(tx: Tx, connection: int) -> bool:
    """Whether QuickBooks shall ask for permission anew."""
    kept = agents.steps(tx, connection).get(REQUEST_ACCESS)
    return kept is not None and kept.is_asked


def next_trial(
    tx: Tx, connection: Connection, run: Run, version: Version, now: datetime
) -> str | None:
    """Give the set of the trial that is wanted; ``None``: none is, or not now.

    QuickBooks keeps the answer of the last set only, so none is sent while it may still be
    needed.
    """
    kept = agents.steps(tx, connection.id).get(TEST_ACCESS)
    if kept is None or not kept.is_asked or exchanges.open_write(tx, connection.id) is not None:
        return None
    key = new_batch_key()
    text = asides.trial(version, key=key, clears=connection.clearable_key)
    connections.change(tx, connection.id, clearable_key=key)
    runs.remember(tx, run.id, now, aside=TRIAL)
    return text
