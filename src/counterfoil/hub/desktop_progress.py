"""How far a run on a QuickBooks company file is, how it ends, and what is told of it."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

from counterfoil.connectors.quickbooks_desktop.web_connector.answers import ALL_DONE, progress
from counterfoil.engine.life import State
from counterfoil.hub import advice
from counterfoil.ledger import connections, transfers
from counterfoil.told import Told

from . import ending_early, outstanding, run_readings
from .desktop_step import Step
from .document_line import how_many_wait
from .holding import Hold, present_hold
from .links import views_of

__all__ = ["conclude", "percent", "progress_so_far", "summary"]


def percent(step: Step) -> int:
    """Say how far the run is: never less than before, and 100 only when nothing is left."""
    is_reading = step.run.agenda is None or bool(step.run.agenda)
    if step.run.stopped_by is not None or (not is_reading and not _has_more(step)):
        conclude(step)
        return ALL_DONE
    return progress_so_far(step)


def _has_more(step: Step) -> bool:
    connection = step.reloaded()
    return outstanding.has_work(step.tx, connection, step.now) or run_readings.has_to_look(
        step.tx, connection, step.run
    )


def progress_so_far(step: Step) -> int:
    """Say the progress, 1 to 99, and keep it as the least that is said from now on."""
    left = outstanding.remaining(step.tx, step.connection.id)
    told = max(step.run.facts.percent, progress(step.run.settled, step.run.settled + left))
    if told != step.run.facts.percent:
        step.remember(percent=told)
    return told


def conclude(step: Step) -> None:
    """Nothing more is asked in this run: what still waits shall not wait in silence."""
    hold = present_hold(step.tx, step.connection, step.run, step.now)
    left = outstanding.remaining(step.tx, step.connection.id)
    if hold is not None:
        step.fail(Told(_held_back(step, hold)))
    elif step.run.problem is None and (stopped := ending_early.told(step.tx, step.run)):
        # No fault of the connection: somebody wanted it so.
        step.change(problem=stopped)
        connections.change(step.tx, step.connection.id, last_problem=None)
    elif step.run.problem is None and left and not step.run.settled:
        step.fail(
            Told(
                f"{how_many_wait(left)} for QuickBooks, and this run could settle none of them.",
                advice.see_why("status", "/inbox"),
                advice.see_transfers("--state unknown"),
            )
        )
    else:
        connections.change(step.tx, step.connection.id, last_problem=step.run.problem)


def _held_back(step: Step, hold: Hold) -> str:
    zone = _zone(step)
    # Rounded up: at the minute that is told, the wait is over.
    until = (hold.until + timedelta(seconds=59)).astimezone(zone)
    sent = hold.sent_at.astimezone(zone)
    who = f"The Web Connector on {hold.holder}" if hold.holder else "An earlier run"
    return (
        f"{who} took documents for QuickBooks at {sent:%H:%M} and has not said what became of "
        f"them. Until {until:%H:%M} ({zone.key}) nothing is written, so that nothing is written "
        "twice; the first run after that asks what became of them and goes on."
    )


def _zone(step: Step) -> ZoneInfo:
    """Give the time zone that the people of this connection read times in."""
    views = views_of(step.tx, step.connection.id)
    return ZoneInfo(views[0].settings.general.time_zone if views else "UTC")


def summary(step: Step) -> str:
    """Say in one line what the run did."""
    if step.run.problem:
        return step.run.problem.spoken
    left = outstanding.remaining(step.tx, step.connection.id)
    stopped = transfers.count_in(step.tx, step.connection.id, (State.REFUSED, State.CHANGED))
    done = step.run.settled
    parts = [f"{done} document{'s' if done != 1 else ''} settled"]
    if left:
        parts.append(f"{left} still waiting")
    if stopped:
        parts.append(f"{stopped} need{'s' if stopped == 1 else ''} attention: see Counterfoil")
    # A run that was broken off before it settled anything is not well.
    beginning = "Stopped early" if left and not done else "OK"
    return f"{beginning}: {', '.join(parts)}."
