"""Who carries what is asked of a company file: one at a time."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection as Tx

from counterfoil.ledger import runs
from counterfoil.ledger.runs import Run

__all__ = ["WEB_CONNECTOR", "at_work"]

WEB_CONNECTOR: Final = "web-connector"
# A Web Connector at work is left alone for so long after its last call.
_LEFT_ALONE: Final = timedelta(minutes=10)


def at_work(tx: Tx, connection: int, now: datetime) -> Run | None:
    """Give the run of a Web Connector that is at work on a company file; ``None``: none is.

    One that was not heard of for ten minutes has broken off, or will find its run ended.
    """
    found = runs.open_since(tx, connection, now - _LEFT_ALONE)
    return found if found is not None and found.trigger == WEB_CONNECTOR else None
