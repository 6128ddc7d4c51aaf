"""One step of a run on a QuickBooks company file, and what it knows of whom it speaks to."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection as Tx

from counterfoil.connectors.quickbooks_desktop import messages
from counterfoil.connectors.quickbooks_desktop.qbxml import Version
from counterfoil.connectors.quickbooks_desktop.web_connector.hcp import LOWEST_VERSION
from counterfoil.engine.drafting import Target
from counterfoil.ledger import connections, runs
from counterfoil.ledger.connections import Connection
from counterfoil.ledger.runs import Run, RunState
from counterfoil.told import Told

from .systems import target_of

__all__ = ["Step", "target_in", "version_in"]


class Step:
    """One step of a run, inside the transaction that carries it out."""

    def __init__(self, tx: Tx, connection: Connection, run: Run, now: datetime) -> None:
        self.tx = tx
        self.now = now
        self.run = run
        self.connection = connection

    @property
    def target(self) -> Target:
        """What is written to, as this run has met it."""
        return target_in(self.connection, self.run.facts)

    @property
    def version(self) -> Version:
        """The qbXML version that is spoken."""
        return version_in(self.run.facts)

    def reload(self) -> None:
        """Read the connection anew, after it was changed."""
        self.connection = self.reloaded()

    def reloaded(self) -> Connection:
        """Give the connection as it is by now."""
        connection = connections.load(self.tx, self.run.connection)
        assert connection is not None, "a run belongs to a connection"
        return connection

    def change(self, **values: Any) -> None:
        """Change columns of the run."""
        runs.change(self.tx, self.run.id, self.now, **values)
        self.run = runs.load(self.tx, self.run.id)

    def remember(self, **facts: Any) -> None:
        """Keep something for the next steps."""
        runs.remember(self.tx, self.run.id, self.now, **facts)
        self.run = runs.load(self.tx, self.run.id)

    def fail(self, told: Told) -> None:
        """Keep what went wrong, and show it beside the connection."""
        self.change(problem=told)
        connections.change(self.tx, self.connection.id, last_problem=told)


def target_in(
    connection: Connection, facts: RunState, writer: messages.Writer | None = None
) -> Target:
    """Describe what a run writes to; ``writer``: what renders it, ``None``: one is made."""
    return target_of(
        connection, version=version_in(facts), batch_limit=facts.batch_limit, writer=writer
    )


def version_in(facts: RunState) -> Version:
    """Give the qbXML version that a run speaks."""
    if facts.version is None:
        return LOWEST_VERSION
    country: Any = facts.country  # one of an edition we do not know is taken for none
    return Version.parse(facts.version, country)
