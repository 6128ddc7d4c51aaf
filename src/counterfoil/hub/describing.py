"""What an account is like, as its system tells it: kept among its connection's facts.

Planning reads them: in which currency the books are kept, up to which day they are closed.  They
change seldom and reading them costs a call, so it is done once a day, and before anything is
planned for an account of which nothing is known.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

from sqlalchemy import Connection as Tx

from counterfoil.engine.operations import Batch, Describe, Done
from counterfoil.ledger import connections
from counterfoil.ledger.connections import Connection

from .setup import Hub
from .systems import Caller, traits_of

__all__ = ["described"]

_AT: Final = "described_at"
_ACCOUNT: Final = "described_account"
_NAMES: Final = "described"


def described(
    hub: Hub, connection: Connection, caller: Caller, hold: Callable[[Tx], None]
) -> Connection:
    """Read what an account is like where that is due; gives the connection with its facts.

    What cannot be read now is read by the next run; until then what is known counts.

    Args:
        hub: The hub.
        connection: Whose account.
        caller: Reads it.
        hold: Keeps the lease within a transaction, or raises.
    """
    if not _is_due(connection, hub.now()):
        return connection
    ((_, outcome),) = caller.perform(Batch(operations=(Describe(id="1"),)))
    if not isinstance(outcome, Done):
        return connection
    with hub.database.writing() as tx:
        hold(tx)
        known = connections.load(tx, connection.id)
        assert known is not None, "it is being driven"
        # What it told before and tells no more is so no longer.
        before = known.facts.get(_NAMES, [])
        facts = {name: value for name, value in known.facts.items() if name not in before}
        told = {
            _AT: hub.now().isoformat(),
            _ACCOUNT: known.account,
            _NAMES: sorted(outcome.facts),
        }
        connections.change(tx, connection.id, facts={**facts, **outcome.facts, **told})
        return connections.load(tx, connection.id) or known


def _is_due(connection: Connection, now: datetime) -> bool:
    every = traits_of(connection.system).described_every
    if every is None:
        return False
    at = connection.facts.get(_AT)
    is_known = isinstance(at, str) and connection.facts.get(_ACCOUNT) == connection.account
    return not is_known or datetime.fromisoformat(str(at)) + every <= now
