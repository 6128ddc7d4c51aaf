"""The run on a QuickBooks company file: qbXML text out, its answer in.

Whoever carries the text (the Web Connector's calls, or an agent of ours) does this, in
this order:

========================  ==============================================================
``begin``                 end whatever run was open; ``None``: there is nothing to do
``begin_refused``         the same for a connection that was removed: only to say so
``meet``                  learn who answers; nothing is written into a wrong file
``next_set``              the next message set; ``None``: nothing more to ask now;
                          ``work.Unfinished``: once more, in a transaction of its own
in ``desktop_answers``
``awaited``               what an answer would speak of
``understand``            read an answer, outside of any transaction
``take``                  record it with all it changes, in one short transaction
``take_trial``            the same of a set that only tries whether we may (``facts.aside``)
``threw``                 QuickBooks gave an error instead of an answer
``lose``                  no answer will come
in ``desktop_progress``
``conclude``              nothing more is asked: say what keeps what waits
========================  ==============================================================

What a run has to know between two of these is in its row (``RunState``), so any process
may take the next step.  A set is recorded, committed, and only then leaves; an answer is
recorded and committed, and only then acknowledged.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import Connection as Tx

from counterfoil.connectors.quickbooks_desktop import messages
from counterfoil.connectors.quickbooks_desktop.web_connector.hcp import LOWEST_VERSION
from counterfoil.engine.operations import Batch
from counterfoil.ledger import connections, exchanges, runs
from counterfoil.ledger.connections import Connection
from counterfoil.told import Told

from . import outstanding, restored, trials, work
from .company_file import Host, Meeting, meeting, places
from .desktop_answers import lose_open, shrink_pages
from .desktop_step import Step, target_in, version_in

__all__ = ["SUPERSEDED", "begin", "begin_refused", "meet", "next_set"]

SUPERSEDED: Final = "Another run on this company file began before this one had ended."


def begin(
    tx: Tx, connection: Connection, trigger: str, now: datetime, **columns: str
) -> int | None:
    """Begin a run; the newest wins, so those still open end.

    Returns:
        The run's id; ``None``: there is nothing to do, and none was begun.
    """
    for run_id in runs.end_others(tx, connection.id, now, SUPERSEDED):
        # Whoever carried it may still be at it: nothing here says that it is over.
        ended = runs.load(tx, run_id)
        shrink_pages(tx, connection, ended, now)
        lose_open(tx, connection, ended, now, SUPERSEDED)
    if not outstanding.has_work(tx, connection, now) and not trials.is_wanted(tx, connection.id):
        connections.change(tx, connection.id, last_problem=None)
        return None
    return runs.begin(tx, connection.id, trigger, now, **columns)


def begin_refused(
    tx: Tx, connection: Connection, trigger: str, now: datetime, **columns: str
) -> int | None:
    """Begin a run in which nothing is asked, to say why."""
    for run_id in runs.end_others(tx, connection.id, now, SUPERSEDED):
        lose_open(tx, connection, runs.load(tx, run_id), now, SUPERSEDED)
    return runs.begin(tx, connection.id, trigger, now, **columns)


def meet(step: Step, host: Host) -> Told | None:
    """Learn who answers, and make sure that it is the company file we know.

    Returns:
        Why nothing may be written, ``None`` when all is well.
    """
    if step.run.facts.version is not None:
        return None
    found = meeting(host, step.connection, connections.all_connections(step.tx))
    if found.problem is not None:
        _note_stranger(step, found)
        return found.problem
    older = restored.question(step.tx, step.connection, found.mark, is_told=found.is_told)
    if older is not None:
        _note_stranger(step, found, older=restored.BY_MARK)
        return older
    version = found.version
    if version < LOWEST_VERSION:
        return Told(
            f"This QuickBooks speaks qbXML {version.major}.{version.minor}; Counterfoil needs "
            f"{LOWEST_VERSION.major}.{LOWEST_VERSION.minor}, which QuickBooks 2014 and newer have."
        )
    step.change(problem=None)
    step.remember(
        version=f"{min(version.major, 16)}.{version.minor if version.major < 16 else 0}",
        country=found.country,
        app_lock=found.app_lock,
        page_limit=step.connection.facts.get("page_limit"),
    )
    before = step.connection.facts.items()
    facts = {key: value for key, value in before if key not in found.untold} | dict(found.facts)
    if "places" in facts:
        facts["places"] = places(step.connection, found.facts)
    if not restored.is_asked(step.connection):
        facts.pop("other_file", None)
    account = step.connection.account or found.account
    connections.change(step.tx, step.connection.id, facts=facts, account=account)
    step.reload()
    notice = restored.meet(step.tx, step.connection, found.mark, is_told=found.is_told)
    if notice is not None:
        step.fail(notice)
    step.reload()
    return None


def _note_stranger(step: Step, found: Meeting, *, older: str | None = None) -> None:
    """Keep what was met instead of our company file, for a person who says it is right.

    ``older``: how it was noticed that it is an older copy.
    """
    other = dict(found.facts) if older is None else {**found.facts, restored.OLDER: older}
    facts = {**step.connection.facts, "other_file": other}
    connections.change(step.tx, step.connection.id, facts=facts)


# --- Asking -------------------------------------------------------------------------------


def next_set(step: Step) -> str | work.Unfinished | None:
    """Decide, record and render what is asked next; ``None``: nothing more in this run."""
    writer = messages.Writer(version_in(step.run.facts))
    trial = trials.next_trial(step.tx, step.connection, step.run, writer.version, step.now)
    if trial is not None:
        step.run = runs.load(step.tx, step.run.id)
        step.reload()
        return trial
    target = target_in(step.connection, step.run.facts, writer)
    prepared = work.next_batch(step.tx, step.connection, step.run, target, step.now)
    step.run = runs.load(step.tx, step.run.id)
    if prepared is None or isinstance(prepared, work.Unfinished):
        return prepared
    text = _render(prepared.batch, writer)
    exchanges.attach_request(step.tx, prepared.exchange, text.encode())
    if step.run.facts.went_on:
        # What is carried from here on is another set.
        step.remember(went_on=False)
    return text


def _render(batch: Batch, writer: messages.Writer) -> str:
    if batch.operations or batch.recovers:
        return writer.render(batch)
    assert batch.clears is not None, "an empty batch recovers or clears"
    return messages.clear_set(batch.clears, writer.version)
