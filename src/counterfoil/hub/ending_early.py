"""Ending a run before its time, politely: after the batch that is on its way."""

from __future__ import annotations

from sqlalchemy import Connection as Tx

from counterfoil.errors import UsageError
from counterfoil.hub import outstanding
from counterfoil.hub.document_line import how_many_wait
from counterfoil.hub.setup import Hub
from counterfoil.ledger import connections, runs
from counterfoil.ledger.runs import Run
from counterfoil.told import Advice, Told

__all__ = ["stop", "told"]


def stop(hub: Hub, run_id: int, actor: str) -> str:
    """Have a run ask nothing more once the batch on its way is answered; says what will happen.

    Nothing is cut off: what has left is answered first.  What waits goes with the next run.

    Raises:
        UsageError: There is no such run, or it has ended.
    """
    with hub.database.writing() as tx:
        run = runs.find(tx, run_id)
        if run is None:
            raise UsageError(f"There is no run {run_id}.", Advice("", "runs"))
        if run.ended_at is not None:
            raise UsageError(f"Run {run_id} has ended already: there is nothing to stop.")
        if not runs.ask_to_stop(tx, run_id, actor):
            return f"{run.stopped_by} has stopped it already; it ends after the batch on its way."
        connections.note(tx, hub.now(), actor, "run stopped", f"run/{run_id}")
    return "It ends once the batch on its way is answered. What waits goes with the next run."


def told(tx: Tx, run: Run) -> Told | None:
    """Say who had a run end, and what waits for the next one; ``None``: nobody had it end."""
    if run.stopped_by is None:
        return None
    left = outstanding.remaining(tx, run.connection)
    rest = f"{how_many_wait(left)} for the next run." if left else "Nothing waits."
    return Told(f"{run.stopped_by} stopped it after the batch that was on its way. {rest}")
