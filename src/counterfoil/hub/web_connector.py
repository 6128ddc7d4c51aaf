"""The Web Connector's calls, answered.

Every call stands alone: what it needs to know is in the run's row, so the calls of one
run may reach different processes, and any of them may be the one that crashes.  What a
call means in the order of calls is decided by ``web_connector.order``'s table; what is
asked and what an answer changes by ``hub.desktop_run``; this module joins the two: tickets,
percentages, and the sentences that the Web Connector shows.

Several people may work on one company file, each with a Web Connector of their own.  One whose
call comes while another's is at work is told to come again; a Web Connector that calls anew
has broken off what it was doing, so its own older run ends.

Transactions lock the connection's row first and the run's after it, always.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection as Tx

from counterfoil import __version__
from counterfoil.connectors.quickbooks_desktop.web_connector import answers, soap
from counterfoil.connectors.quickbooks_desktop.web_connector.order import (
    Decision,
    Due,
    decide,
    due_after,
    polite_answer,
)
from counterfoil.ledger import connections, people, runs
from counterfoil.ledger.people import SignIn
from counterfoil.ledger.runs import Run
from counterfoil.logs import get_logger
from counterfoil.told import Told

from . import (
    accounts,
    carrying,
    desktop_answers,
    desktop_progress,
    desktop_run,
    signing_in,
    work,
)
from .company_file import OWNER_ID, Host
from .desktop_answers import Answered
from .desktop_run import SUPERSEDED
from .desktop_step import Step
from .setup import Hub
from .signing_in import Entry

__all__ = ["OWNER_ID", "answer", "company_of"]

log = get_logger(__name__)

_Reply = str | int | work.Unfinished

# An answer that comes later than this after its run has ended is nobody's any more.
_LATE_FOR: Final = timedelta(days=1)
_NOT_ASKED: Final = "QuickBooks answered, but nothing was asked. The next run goes on."


def answer(hub: Hub, call: soap.Call, *, source: str = "") -> soap.Result:
    """Answer one call; ``source`` is the address it comes from.

    Raises:
        LedgerError: Nothing could be recorded, so nothing was sent; the API answers with a
            fault, and the Web Connector comes back at its next scheduled time.
    """
    match call:
        case soap.ServerVersion():
            return f"Counterfoil {__version__}"
        case soap.ClientVersion(version=version):
            return answers.client_version_answer(version)
        case soap.Authenticate():
            return _authenticate(hub, call, source).strings
        case soap.GetInteractiveUrl():
            return answers.INTERACTIVE_URL
        case soap.InteractiveDone():
            return answers.INTERACTIVE_DONE
        case soap.InteractiveRejected():
            return answers.INTERACTIVE_REJECTED
        case _:
            return _in_run(hub, call)


def company_of(hub: Hub, ticket: str) -> int | None:
    """Say of which connection a ticket's run is; ``None``: nobody's, or it ended long ago.

    Raises:
        LedgerError: The database cannot be read.
    """
    with hub.database.reading() as tx:
        run = runs.by_ticket(tx, _hash(ticket), locks=False)
    if run is None or (run.ended_at is not None and hub.now() - run.ended_at > _LATE_FOR):
        return None
    return run.connection


# --- Signing in ---------------------------------------------------------------------------


def _authenticate(hub: Hub, call: soap.Authenticate, source: str) -> answers.AuthenticateAnswer:
    ticket = secrets.token_hex(16)
    with hub.database.reading() as tx:
        known = people.known_as(tx, signing_in.cleaned(call.user_name))
    entry = signing_in.enter(hub, known, call.password, source)
    if entry is not Entry.OPEN or known is None:
        return answers.not_valid_user(ticket)
    now = hub.now()
    with hub.database.writing() as tx:
        _note_call(tx, known, now)
        carrier = carrying.at_work(tx, known.connection.id, now)
        if carrier is not None and carrier.facts.person != _person_of(known):
            return answers.busy(ticket)
        run = _begin(tx, known, ticket, now)
    if run is None:
        return answers.no_work(ticket)
    return answers.work(ticket, company_file=known.company_file)


def _note_call(tx: Tx, known: SignIn, now: datetime) -> None:
    """Keep that somebody called; locks the connection's row, so that one begins after another."""
    connections.change(tx, known.connection.id, last_seen_at=now)
    if known.person is not None:
        people.change(tx, known.person.id, last_seen_at=now)


def _begin(tx: Tx, known: SignIn, ticket: str, now: datetime) -> int | None:
    """Begin a run; a removed connection gets one, too: only within one can it be told why."""
    connection = known.connection
    begin = desktop_run.begin if connection.is_active else desktop_run.begin_refused
    run = begin(
        tx,
        connection,
        carrying.WEB_CONNECTOR,
        now,
        ticket_hash=_hash(ticket),
        expects=Due.CONNECT.value,
    )
    if run is not None and known.person is not None:
        runs.remember(tx, run, now, person=known.person.name)
    return run


def _person_of(known: SignIn) -> str:
    return known.person.name if known.person else ""


def _hash(ticket: str) -> str:
    """Give what is kept of a ticket: 128 random bits need no slow hash."""
    return hashlib.sha256(ticket.encode()).hexdigest()


# --- Within a run -------------------------------------------------------------------------


def _in_run(hub: Hub, call: Any) -> str | int:
    now = hub.now()
    ticket = _hash(call.ticket)
    with hub.database.reading() as tx:
        run = runs.by_ticket(tx, ticket, locks=False)
        waiting = desktop_answers.awaited(tx, run) if run is not None and _answers(call) else None
    if run is None:
        log.info("web connector call refused", call=call.operation.value)
        return polite_answer(call.operation)
    answered = None if waiting is None else desktop_answers.understand(waiting, call.response)
    reply: _Reply = work.Unfinished()
    while isinstance(reply, work.Unfinished):
        with hub.database.writing() as tx:
            connection = connections.seen(tx, run.connection, now)
            locked = runs.by_ticket(tx, ticket)
            assert locked is not None, "runs with a ticket of today are not dropped"
            reply = _answer(Step(tx, connection, locked, now), call, answered)
    return reply


def _answers(call: Any) -> bool:
    """Whether a call brings an answer of QuickBooks."""
    return isinstance(call, soap.ReceiveResponse) and bool(call.response) and not call.hresult


def _answer(step: Step, call: Any, answered: Answered | None) -> _Reply:
    run = step.run
    due = Due(run.expects) if run.expects else _ended(run)
    decision = decide(due, call.operation)
    if due is Due.SIGN_IN:
        _after_the_end(step, call, answered)
    if decision is Decision.REFUSE:
        log.info("web connector call refused", call=call.operation.value, due=due.value)
        return polite_answer(call.operation)
    if decision is Decision.RECOVER:
        desktop_answers.went_on(step)
    result = _result(step, call, decision, answered)
    if isinstance(result, work.Unfinished):
        return result
    following = due_after(due, call.operation, result)
    ended = following is Due.CLOSED and step.run.ended_at is None
    end: dict[str, Any] = {"ended_at": step.now} if ended else {}
    runs.change(step.tx, step.run.id, step.now, expects=following.value, **end)
    return result


def _ended(run: Run) -> Due:
    return Due.SIGN_IN if run.problem == Told(SUPERSEDED) else Due.CLOSED


def _after_the_end(step: Step, call: Any, answered: Answered | None) -> None:
    """A call of a run that a newer one has ended: what it tells is kept."""
    if isinstance(call, soap.ReceiveResponse) and desktop_answers.take_late(step, answered):
        return
    desktop_answers.went_on(step)


def _result(step: Step, call: Any, decision: Decision, answered: Answered | None) -> _Reply:
    match call:
        case soap.SendRequest():
            return _send_request(step, call)
        case soap.ReceiveResponse():
            if decision is not Decision.PROCEED:
                return desktop_progress.progress_so_far(step)
            return _receive_response(step, call, answered)
        case soap.ConnectionError_():
            return _connection_error(step, call)
        case soap.GetLastError():
            return answers.last_error(desktop_progress.summary(step))
        case soap.CloseConnection():
            return answers.last_error(desktop_progress.summary(step))
        case _:
            raise AssertionError(f"{call.operation} belongs to no run")


def _send_request(step: Step, call: soap.SendRequest) -> str | work.Unfinished:
    if not step.connection.is_active:
        step.fail(accounts.removed_sentence(step.connection))
        return answers.NO_REQUEST
    problem = desktop_run.meet(
        step,
        Host(
            facts=call.hcp_response,
            company_file=call.company_file_name,
            country=call.country,
            major=call.major,
            minor=call.minor,
        ),
    )
    if problem is not None:
        step.fail(problem)
        return answers.NO_REQUEST
    text = desktop_run.next_set(step)
    if text is None:
        desktop_progress.conclude(step)
        return answers.NO_REQUEST
    return text


def _receive_response(step: Step, call: soap.ReceiveResponse, answered: Answered | None) -> int:
    if step.run.facts.aside:
        problem = desktop_answers.take_trial(step, call.response, call.hresult, call.message)
    elif answered is not None:
        problem = desktop_answers.take(step, answered)
    elif call.hresult or not call.response:
        problem = desktop_answers.threw(step, call.hresult, call.message)
    else:
        problem = Told(_NOT_ASKED)
    if problem is not None:
        step.fail(problem)
        return answers.failure()
    return desktop_progress.percent(step)


def _connection_error(step: Step, call: soap.ConnectionError_) -> str:
    attempt = step.run.connection_errors + 1
    path = _path(step)
    step.change(connection_errors=attempt)
    step.fail(Told(answers.explain(call.hresult, call.message)))
    return answers.connection_error_answer(attempt, call.hresult, company_file=path)


def _path(step: Step) -> str:
    """Give where the company file is on the computer of whoever carries this run."""
    everyone = people.of_connection(step.tx, step.connection.id)
    person = next((each for each in everyone if each.name == step.run.facts.person), None)
    return SignIn(step.connection, person).company_file
