"""What the metrics and the status page count in the ledger, each in one query."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection as Tx
from sqlalchemy import func, select

from counterfoil.engine.life import SETTLED, State
from counterfoil.ledger.schema import exchange, transfer

__all__ = ["ExchangeCount", "exchanges", "oldest"]


class ExchangeCount(NamedTuple):
    """How many exchanges of a connection are in a state."""

    connection: int
    state: str
    number: int


def exchanges(tx: Tx) -> list[ExchangeCount]:
    """Count the round trips by connection and state."""
    rows = tx.execute(
        select(exchange.c.connection_id, exchange.c.state, func.count()).group_by(
            exchange.c.connection_id, exchange.c.state
        )
    )
    return [ExchangeCount(*row) for row in rows]


def oldest(tx: Tx) -> dict[State, datetime]:
    """Give since when the oldest transfer of each state that is no end has been in it."""
    waiting = [state.value for state in State if state not in SETTLED]
    rows = tx.execute(
        select(transfer.c.state, func.min(transfer.c.state_since))
        .where(transfer.c.state.in_(waiting))
        .group_by(transfer.c.state)
    )
    return {State(state): since for state, since in rows}
