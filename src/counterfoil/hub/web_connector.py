"""The Web Connector's calls, answered.

Every call stands alone: what it needs to know is in the run's row, so the calls of one
run may reach different processes, and any of them may be the one that crashes.  What a
call means in the order of calls is decided by ``web_connector.order``'s table; what is
asked and what an answer changes by ``hub.desktop_run``; this module joins the two: tickets,
percentages, and the sentences that the Web Connector shows.

Transactions lock the connection's row first and the run's after it, always.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

import structlog

from counterfoil import __version__
from counterfoil.connectors.quickbooks_desktop.web_connector import answers, soap
from counterfoil.connectors.quickbooks_desktop.web_connector.order import (
    Decision,
    Due,
    decide,
    due_after,
    polite_answer,
)
from counterfoil.ledger import connections, runs
from counterfoil.ledger.connections import Connection
from counterfoil.ledger.runs import Run

from . import desktop_run, passwords, signing_in
from .company_file import OWNER_ID
from .desktop_run import SUPERSEDED, Answered, Host, Step
from .setup import Hub

__all__ = ["OWNER_ID", "answer"]

log = structlog.get_logger(__name__)

_NOT_ASKED: Final = "QuickBooks answered, but nothing was asked. The next run goes on."


def answer(hub: Hub, call: soap.Call) -> soap.Result:
    """Answer one call.

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
            return _authenticate(hub, call).strings
        case soap.GetInteractiveUrl():
            return answers.INTERACTIVE_URL
        case soap.InteractiveDone():
            return answers.INTERACTIVE_DONE
        case soap.InteractiveRejected():
            return answers.INTERACTIVE_REJECTED
        case _:
            return _in_run(hub, call)


# --- Signing in ---------------------------------------------------------------------------


def _authenticate(hub: Hub, call: soap.Authenticate) -> answers.AuthenticateAnswer:
    ticket = secrets.token_hex(16)
    now = hub.now()
    with hub.database.reading() as tx:
        connection = connections.by_user_name(tx, signing_in.cleaned(call.user_name))
    if not _may_enter(hub, connection, call.password, now) or connection is None:
        return answers.not_valid_user(ticket)
    with hub.database.writing() as tx:
        connections.change(tx, connection.id, last_seen_at=now)
        run = desktop_run.begin(
            tx,
            connection,
            "web-connector",
            now,
            ticket_hash=_hash(ticket),
            expects=Due.CONNECT.value,
        )
    if run is None:
        return answers.no_work(ticket)
    path = str(connection.parameters.get("company_file") or "")
    return answers.work(ticket, company_file=path)


def _may_enter(hub: Hub, connection: Connection | None, password: str, now: datetime) -> bool:
    """Check the password; ten wrong ones in a row lock the connection for a while."""
    if connection is None or not connection.is_active or not connection.password_hash:
        log.warning("sign-in refused", why="no connection has this user name")
        return False
    if signing_in.is_locked(connection, now):
        log.warning("sign-in refused", connection=connection.name, why="locked")
        _keep(hub, connection.id, lambda it: signing_in.tried_while_locked(it, now))
        return False
    typed = signing_in.cleaned(password)
    is_new = passwords.is_right(connection.password_hash, typed)
    right = is_new or signing_in.is_old_and_opens(connection, typed, now)
    if not right:
        log.warning("sign-in refused", connection=connection.name, why="wrong password")
        _keep(hub, connection.id, lambda it: signing_in.refused(it, now))
    elif connection.password_failures or signing_in.is_first(connection, is_new=is_new):
        _keep(hub, connection.id, lambda it: signing_in.let_in(it, now, is_new=is_new))
    return right


def _keep(hub: Hub, connection: int, changed: Callable[[Connection], Mapping[str, Any]]) -> None:
    with hub.database.writing() as tx:
        current = connections.load(tx, connection)
        assert current is not None, "connections are never deleted"
        connections.change(tx, connection, **changed(current))


def _hash(ticket: str) -> str:
    """Give what is kept of a ticket: 128 random bits need no slow hash."""
    return hashlib.sha256(ticket.encode()).hexdigest()


# --- Within a run -------------------------------------------------------------------------


def _in_run(hub: Hub, call: Any) -> str | int:
    now = hub.now()
    ticket = _hash(call.ticket)
    with hub.database.reading() as tx:
        run = runs.by_ticket(tx, ticket, locks=False)
        waiting = desktop_run.awaited(tx, run) if run is not None and _answers(call) else None
    if run is None:
        log.info("web connector call refused", call=call.operation.value)
        return polite_answer(call.operation)
    answered = None if waiting is None else desktop_run.understand(waiting, call.response)
    with hub.database.writing() as tx:
        connections.change(tx, run.connection, last_seen_at=now)
        locked = runs.by_ticket(tx, ticket)
        assert locked is not None, "runs with a ticket of today are not dropped"
        return _answer(Step(tx, locked, now), call, answered)


def _answers(call: Any) -> bool:
    """Whether a call brings an answer of QuickBooks."""
    return isinstance(call, soap.ReceiveResponse) and bool(call.response) and not call.hresult


def _answer(step: Step, call: Any, answered: Answered | None) -> str | int:
    run = step.run
    due = Due(run.expects) if run.expects else _ended(run)
    decision = decide(due, call.operation)
    if due is Due.SIGN_IN:
        _after_the_end(step, call, answered)
    if decision is Decision.REFUSE:
        log.info("web connector call refused", call=call.operation.value, due=due.value)
        return polite_answer(call.operation)
    if decision is Decision.RECOVER:
        desktop_run.went_on(step)
    result = _result(step, call, decision, answered)
    following = due_after(due, call.operation, result)
    ended = following is Due.CLOSED and step.run.ended_at is None
    step.change(expects=following.value, **({"ended_at": step.now} if ended else {}))
    return result


def _ended(run: Run) -> Due:
    return Due.SIGN_IN if run.problem == SUPERSEDED else Due.CLOSED


def _after_the_end(step: Step, call: Any, answered: Answered | None) -> None:
    """A call of a run that a newer one has ended: what it tells is kept."""
    if isinstance(call, soap.ReceiveResponse) and desktop_run.take_late(step, answered):
        return
    desktop_run.went_on(step)


def _result(step: Step, call: Any, decision: Decision, answered: Answered | None) -> str | int:
    match call:
        case soap.SendRequest():
            return _send_request(step, call)
        case soap.ReceiveResponse():
            if decision is not Decision.PROCEED:
                return desktop_run.progress_so_far(step)
            return _receive_response(step, call, answered)
        case soap.ConnectionError_():
            return _connection_error(step, call)
        case soap.GetLastError():
            return answers.last_error(step.run.problem or desktop_run.summary(step))
        case soap.CloseConnection():
            return answers.last_error(desktop_run.summary(step))
        case _:
            raise AssertionError(f"{call.operation} belongs to no run")


def _send_request(step: Step, call: soap.SendRequest) -> str:
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
        desktop_run.conclude(step)
        return answers.NO_REQUEST
    return text


def _receive_response(step: Step, call: soap.ReceiveResponse, answered: Answered | None) -> int:
    if step.run.facts.aside:
        problem = desktop_run.take_trial(step, call.response, call.hresult, call.message)
    elif answered is not None:
        problem = desktop_run.take(step, answered)
    elif call.hresult or not call.response:
        problem = desktop_run.threw(step, call.hresult, call.message)
    else:
        problem = _NOT_ASKED
    if problem is not None:
        step.fail(answers.last_error(problem))
        return answers.failure()
    return desktop_run.percent(step)


def _connection_error(step: Step, call: soap.ConnectionError_) -> str:
    attempt = step.run.connection_errors + 1
    path = str(step.connection.parameters.get("company_file") or "")
    step.change(connection_errors=attempt)
    step.fail(answers.explain(call.hresult, call.message))
    return answers.connection_error_answer(attempt, call.hresult, company_file=path)
