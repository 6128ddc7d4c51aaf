"""Whether there is anything to do on a connection, and how much of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection as Tx

from counterfoil.engine.life import UNSETTLED, Standing, states_that_are
from counterfoil.ledger import adoptions, counterparts, exchanges, follow_ups, grants, transfers
from counterfoil.ledger import to_dos as to_do_rows
from counterfoil.ledger.connections import Connection

from . import readings_due
from .links import LinkView, views_of
from .systems import signs_in

__all__ = ["any_waits", "has_work", "is_in_doubt", "may_rest", "read_for", "remaining", "rests"]


def has_work(tx: Tx, connection: Connection, now: datetime) -> bool:
    """Say whether a run would have anything to do; a few counts, however much waits."""
    if connection.clearable_key is not None or exchanges.open_write(tx, connection.id):
        return True
    if any_waits(tx, connection, now) or adoptions.any_new(tx, connection.id):
        return True
    views = read_for(tx, connection.id, views_of(tx, connection.id))
    return readings_due.is_due(tx, connection, views, now)


def may_rest(tx: Tx, connection: Connection, now: datetime) -> bool:
    """Whether a scheduled run of a connection would only ask what its service would have told.

    So it is once the service has told of a change by itself (a webhook), all of that has been
    read, and nothing waits to be written or found out.
    """
    hinted_at = grants.hinted_at(tx, connection.id) if signs_in(connection.system) else None
    if hinted_at is None or connection.last_problem is not None:
        return False
    if exchanges.open_write(tx, connection.id) or is_in_doubt(tx, connection.id):
        return False
    if any_waits(tx, connection, now) or adoptions.any_new(tx, connection.id):
        return False
    views = read_for(tx, connection.id, views_of(tx, connection.id))
    return not readings_due.is_told(tx, connection, views, now, hinted_at)


def remaining(tx: Tx, connection: int) -> int:
    """Count the transfers that this connection still has to take."""
    return transfers.count_in(tx, connection, UNSETTLED)


def rests(tx: Tx, connection: int, views: Sequence[LinkView]) -> bool:
    """Whether nothing is read or written: every link is paused, or there is none.

    What may have been written and was never confirmed is asked about all the same.
    """
    return not read_for(tx, connection, views)


def read_for(tx: Tx, connection: int, views: Sequence[LinkView]) -> list[LinkView]:
    """Give the links for which a connection is read: those that go on.

    While something may have been written and nobody knows, all of them: what is read then
    tells what became of it.
    """
    going = [view for view in views if not view.link.is_paused]
    if len(going) == len(views) or not is_in_doubt(tx, connection):
        return going
    return list(views)


def is_in_doubt(tx: Tx, connection: int) -> bool:
    """Whether something may have been written there and nobody knows yet."""
    in_flight = states_that_are(Standing.IN_FLIGHT)
    return bool(transfers.count_in(tx, connection, in_flight)) or follow_ups.any_in(
        tx, connection, in_flight
    )


def any_waits(tx: Tx, connection: Connection, now: datetime) -> bool:
    """Whether anything waits to be written there."""
    return (
        transfers.any_waits(tx, connection.id, now)
        or follow_ups.any_waits(tx, connection.id, now)
        or counterparts.any_waits(tx, connection.id, now)
        or to_do_rows.any_waits(tx, connection.id, now)
    )
