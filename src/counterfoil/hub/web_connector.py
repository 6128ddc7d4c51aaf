"""The Web Connector's calls, answered.

Every call stands alone: what it needs to know is in the run's row, so the calls of one
run may reach different processes, and any of them may be the one that crashes.  What a
call means in the order of calls is decided by ``web_connector.order``'s table; what is
asked and what an answer changes by ``hub.work``; this module joins the two and chooses
the words that people see.

A batch is recorded, committed, and only then returned.  An answer is read, recorded and
committed, and only then acknowledged.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import structlog
from sqlalchemy import Connection as Tx

from counterfoil import __version__
from counterfoil.connectors.quickbooks_desktop import messages, refusals
from counterfoil.connectors.quickbooks_desktop.qbxml import Version
from counterfoil.connectors.quickbooks_desktop.qbxml.status import failure as hresult_failure
from counterfoil.connectors.quickbooks_desktop.web_connector import answers, soap
from counterfoil.connectors.quickbooks_desktop.web_connector.hcp import (
    HostFacts,
    read_hcp,
    same_guid,
)
from counterfoil.connectors.quickbooks_desktop.web_connector.order import (
    Decision,
    Due,
    decide,
    due_after,
    polite_answer,
)
from counterfoil.engine.drafting import Target
from counterfoil.engine.life import State
from counterfoil.engine.operations import Batch, Outcome, Unknown
from counterfoil.engine.settling import Asked
from counterfoil.ledger import connections, exchanges, runs, transfers
from counterfoil.ledger.connections import Connection
from counterfoil.ledger.exchanges import Exchange
from counterfoil.ledger.runs import Run
from counterfoil.settings import SystemName

from . import answering, passwords, work
from .setup import Hub
from .targets import LOWEST_VERSION, REQUESTS_PER_SET, target_of

__all__ = ["OWNER_ID", "answer"]

log = structlog.get_logger(__name__)

# One for this program, whatever its version and whoever installs it (reference section 2).
OWNER_ID: Final = "{7d2f9a54-30c1-4b8e-9a61-c0f27e11d7a3}"

# The answer "access denied / parse error": the set was refused as a whole, unread.
_UNREADABLE_SET: Final = 0x80040400

_SUPERSEDED: Final = "Another Web Connector run began before this one had ended."
_WRONG_FILE: Final = (
    "Another company file is open: {found}. This connection belongs to {expected}. Nothing was "
    "written. Open the right company file and run the update again."
)


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
        connection = connections.by_user_name(tx, call.user_name)
    if not _may_enter(hub, connection, call.password, now) or connection is None:
        return answers.not_valid_user(ticket)
    with hub.database.writing() as tx:
        connections.change(tx, connection.id, last_seen_at=now)
        target = _target(connection, None)
        for run_id in runs.end_others(tx, connection.id, now, _SUPERSEDED):
            _lose_open(tx, runs.load(tx, run_id), target, now, _SUPERSEDED)
        if not work.has_work(tx, connection, now):
            connections.change(tx, connection.id, last_problem=None)
            return answers.no_work(ticket)
        runs.begin(
            tx,
            connection.id,
            "web-connector",
            now,
            ticket_hash=_hash(ticket),
            expects=Due.CONNECT.value,
        )
    path = str(connection.parameters.get("company_file") or "")
    return answers.work(ticket, company_file=path)


def _may_enter(hub: Hub, connection: Connection | None, password: str, now: datetime) -> bool:
    """Check the password; ten wrong ones in a row lock the connection for a while."""
    if connection is None or not connection.is_active or not connection.password_hash:
        return False
    if connection.locked_until is not None and connection.locked_until > now:
        return False
    right = passwords.is_right(connection.password_hash, password)
    if right and not connection.password_failures:
        return True
    failures = 0 if right else connection.password_failures + 1
    with hub.database.writing() as tx:
        connections.change(
            tx,
            connection.id,
            password_failures=failures,
            locked_until=passwords.lock_until(failures, now),
        )
    return right


def _hash(ticket: str) -> str:
    """Give what is kept of a ticket: 128 random bits need no slow hash."""
    return hashlib.sha256(ticket.encode()).hexdigest()


# --- Within a run -------------------------------------------------------------------------


class _Step:
    """One call of a run, inside the transaction that answers it."""

    def __init__(self, tx: Tx, hub: Hub, run: Run, now: datetime) -> None:
        self.tx = tx
        self.hub = hub
        self.now = now
        self.run = run
        connection = connections.load(tx, run.connection)
        assert connection is not None, "a run belongs to a connection"
        self.connection = connection

    @property
    def target(self) -> Target:
        return _target(self.connection, self.run)

    def change(self, **values: Any) -> None:
        runs.change(self.tx, self.run.id, self.now, **values)
        self.run = runs.load(self.tx, self.run.id)

    def fail(self, sentence: str) -> None:
        """Keep what ``getLastError`` shall say, and show it beside the connection."""
        self.change(problem=sentence)
        connections.change(self.tx, self.connection.id, last_problem=sentence)


def _in_run(hub: Hub, call: Any) -> str | int:
    now = hub.now()
    with hub.database.writing() as tx:
        run = runs.by_ticket(tx, _hash(call.ticket))
        due = Due(run.expects) if run is not None and run.expects else _ended(run)
        decision = decide(due, call.operation)
        if run is None or decision is Decision.REFUSE:
            log.info("web connector call refused", call=call.operation.value, due=due.value)
            return polite_answer(call.operation)
        step = _Step(tx, hub, run, now)
        connections.change(tx, step.connection.id, last_seen_at=now)
        if decision is Decision.RECOVER:
            _lose_open(tx, run, step.target, now, "the Web Connector went on without an answer")
            step.run = runs.load(tx, run.id)
        result = _result(step, call, decision)
        following = due_after(due, call.operation, result)
        ended = following is Due.CLOSED and step.run.ended_at is None
        step.change(expects=following.value, **({"ended_at": now} if ended else {}))
        return result


def _ended(run: Run | None) -> Due:
    return Due.SIGN_IN if run is None or run.problem == _SUPERSEDED else Due.CLOSED


def _result(step: _Step, call: Any, decision: Decision) -> str | int:
    match call:
        case soap.SendRequest():
            return _send_request(step, call)
        case soap.ReceiveResponse():
            if decision is not Decision.PROCEED:
                return answers.progress(*_progress(step))
            return _receive_response(step, call)
        case soap.ConnectionError_():
            return _connection_error(step, call)
        case soap.GetLastError():
            return answers.last_error(step.run.problem or _summary(step))
        case soap.CloseConnection():
            return _summary(step)
        case _:
            raise AssertionError(f"{call.operation} belongs to no run")


def _send_request(step: _Step, call: soap.SendRequest) -> str:
    if not step.run.facts.get("version"):
        problem = _meet(step, call)
        if problem is not None:
            step.fail(problem)
            return answers.NO_REQUEST
    writer = messages.Writer(_version(step.run))
    target = _target(step.connection, step.run, writer)
    prepared = work.next_batch(step.tx, step.connection, step.run, target, step.now)
    if prepared is None:
        return answers.NO_REQUEST
    text = _render(prepared.batch, writer)
    exchanges.attach_request(step.tx, prepared.exchange, text.encode())
    return text


def _render(batch: Batch, writer: messages.Writer) -> str:
    if batch.operations or batch.recovers:
        return writer.render(batch)
    assert batch.clears is not None, "an empty batch recovers or clears"
    return messages.clear_set(batch.clears, writer.version)


def _meet(step: _Step, call: soap.SendRequest) -> str | None:
    """Learn who answers, and make sure that it is the company file we know.

    Returns:
        Why nothing may be written, ``None`` when all is well.
    """
    facts = read_hcp(call.hcp_response)
    host = facts if isinstance(facts, HostFacts) else None
    seen = _identity(host, call)
    known = step.connection.parameters
    problem = _other_file(seen, known, step.connection)
    if problem is not None:
        return problem
    version = (host.version if host else None) or Version(call.major, call.minor)
    if version < LOWEST_VERSION:
        return (
            f"This QuickBooks speaks qbXML {version.major}.{version.minor}; Counterfoil needs "
            f"{LOWEST_VERSION.major}.{LOWEST_VERSION.minor}, which QuickBooks 2014 and newer have."
        )
    step.change(
        problem=None,
        facts={
            **step.run.facts,
            "version": f"{min(version.major, 16)}.{version.minor if version.major < 16 else 0}",
            "country": seen.get("country") or call.country or "US",
        },
    )
    connections.change(step.tx, step.connection.id, facts={**step.connection.facts, **seen})
    return None


def _identity(host: HostFacts | None, call: soap.SendRequest) -> dict[str, Any]:
    """Collect what tells one company file from another, and what else is worth showing."""
    seen: dict[str, Any] = {"company_file": call.company_file_name}
    if host is None:
        return seen
    preferences = host.preferences
    seen.update(
        company_name=host.company_name,
        file_id=host.file_id(OWNER_ID),
        product=host.product_name,
        country=host.country,
        file_mode=host.file_mode,
        qbxml_versions=[f"{each.major}.{each.minor}" for each in host.versions],
    )
    if preferences is not None and preferences.closing_date is not None:
        seen["closing_date"] = preferences.closing_date.isoformat()
    return {key: value for key, value in seen.items() if value is not None}


def _other_file(
    seen: Mapping[str, Any], parameters: Mapping[str, Any], connection: Connection
) -> str | None:
    """Say whether this is another company file than the connection's own.

    The FileID that the Web Connector wrote into the company file decides: another one, or
    none where an earlier run saw it, is another file.  Where none was ever reported, the
    company's name and the path of an earlier run do.
    """
    file_id, own = seen.get("file_id"), parameters.get("file_id")
    known = connection.facts
    has_lost_its_id = file_id is None and "company_name" in seen and "file_id" in known
    found = str(seen.get("company_name") or seen.get("company_file") or "a file without a name")
    expected = str(known.get("company_name") or known.get("company_file") or connection.name)
    if has_lost_its_id:
        same = False
    elif file_id is not None and own is not None:
        same = same_guid(str(file_id), str(own))
    elif seen.get("company_name") and known.get("company_name"):
        same = seen["company_name"] == known["company_name"]
    elif seen.get("company_file") and known.get("company_file"):
        # Windows does not tell capitals from small letters in a path.
        same = seen["company_file"].casefold() == known["company_file"].casefold()
    else:
        same = True
    return None if same else _WRONG_FILE.format(found=found, expected=expected)


def _receive_response(step: _Step, call: soap.ReceiveResponse) -> int:
    exchange = exchanges.for_run(step.tx, step.run.id)
    if exchange is None:
        step.fail("QuickBooks answered, but nothing was asked. The next run goes on.")
        return answers.failure()
    if call.hresult or not call.response:
        return _threw(step, exchange, call)
    recovered = exchange.recovers_id
    asked = exchanges.asked(step.tx, exchange.id if recovered is None else recovered)
    outcomes = messages.read_answer(asked, call.response, recovers=recovered is not None)
    if _is_unreadable(exchange, outcomes):
        _lose_open(step.tx, step.run, step.target, step.now, "the answer could not be read")
        step.fail("QuickBooks' answer could not be read. The next run asks what became of it.")
        return answers.failure()
    _grow(step)
    _take(step, exchange, outcomes, call.response, asked=asked if recovered is None else None)
    stall = answering.stalled(exchange, outcomes)
    if stall is not None:
        step.fail(answers.last_error(stall))
        return answers.failure()
    return _percentage(step)


def _is_unreadable(exchange: Exchange, outcomes: Mapping[str, Outcome]) -> bool:
    """Whether not one operation of a write came back: then its answer counts as lost."""
    lost = bool(outcomes) and all(isinstance(each, Unknown) for each in outcomes.values())
    return lost and exchange.writes


def _take(
    step: _Step,
    exchange: Exchange,
    outcomes: Mapping[str, Outcome],
    text: str | None,
    *,
    asked: Sequence[Asked] | None = None,
) -> None:
    answering.take_answer(
        step.tx,
        step.connection,
        step.run,
        exchange,
        outcomes,
        step.target,
        step.now,
        text=None if text is None else text.encode(),
        asked=asked,
    )
    step.run = runs.load(step.tx, step.run.id)


def _threw(step: _Step, exchange: Exchange, call: soap.ReceiveResponse) -> int:
    """QuickBooks threw an error instead of answering."""
    sentence = answers.explain(call.hresult, call.message)
    log.warning("quickbooks threw", hresult=call.hresult, exchange=exchange.id)
    if hresult_failure(call.hresult).code == _UNREADABLE_SET and call.hresult:
        return _refused_unread(step, exchange, sentence)
    never_ran = bool(call.hresult) and not answers.may_have_been_done(call.hresult)
    if never_ran and exchange.writes:
        asked = exchanges.asked(step.tx, exchange.id)
        _take(step, exchange, answering.never_ran(asked, sentence), None)
    else:
        _lose_open(step.tx, step.run, step.target, step.now, sentence)
    step.fail(sentence)
    return answers.failure()


def _refused_unread(step: _Step, exchange: Exchange, sentence: str) -> int:
    """The whole set was refused for one bad request: find it, and let all others go on.

    Nothing of the set ran.  Sets that write are halved down to the culprit, which is
    refused, with its wire text kept for support.
    """
    if exchange.recovers_id is not None:
        # This QuickBooks cannot be asked about whole sets: look for each document.
        asked = exchanges.asked(step.tx, exchange.recovers_id)
        _take(step, exchange, {each.wire_id: Unknown(sentence) for each in asked}, None)
        return _percentage(step)
    asked = exchanges.asked(step.tx, exchange.id)
    if not exchange.writes:
        return _reading_refused(step, exchange, asked, sentence)
    step.change(facts={**step.run.facts, "batch_limit": max(1, len(asked) // 2)})
    outcomes = answering.never_ran(asked, sentence)
    if len(asked) == 1:
        outcomes = {asked[0].wire_id: refusals.unreadable_request(asked[0], sentence)}
    _take(step, exchange, outcomes, None)
    return _percentage(step)


def _reading_refused(step: _Step, exchange: Exchange, asked: Sequence[Asked], sentence: str) -> int:
    """Ask again one by one; the reading that is refused alone is left out of this run."""
    if len(asked) > 1 and step.run.agenda:
        exchanges.answer(step.tx, exchange.id, state="refused", now=step.now, problem=sentence)
        step.change(facts={**step.run.facts, "reads_singly": True})
        return _percentage(step)
    goes_on = bool(step.run.agenda) or not asked
    _take(step, exchange, {each.wire_id: Unknown(sentence) for each in asked}, None)
    if goes_on:
        return _percentage(step)
    step.fail(sentence)
    return answers.failure()


def _grow(step: _Step) -> None:
    """After a set that went well, let the next one be twice as large again."""
    limit = step.run.facts.get("batch_limit")
    if isinstance(limit, int):
        facts = {**step.run.facts, "batch_limit": min(limit * 2, REQUESTS_PER_SET)}
        step.change(facts=facts)


def _percentage(step: _Step) -> int:
    """Say how far the run is, truthfully: 100 only when nothing is left to ask."""
    done, total = _progress(step)
    connection = connections.load(step.tx, step.connection.id)
    assert connection is not None
    open_ = step.run.agenda is None or bool(step.run.agenda)
    if not open_ and not work.has_work(step.tx, connection, step.now):
        connections.change(step.tx, connection.id, last_problem=step.run.problem)
        return answers.ALL_DONE
    return answers.progress(done, total)


def _progress(step: _Step) -> tuple[int, int]:
    left = work.remaining(step.tx, step.connection.id)
    return step.run.settled, step.run.settled + left


def _connection_error(step: _Step, call: soap.ConnectionError_) -> str:
    attempt = step.run.connection_errors + 1
    path = str(step.connection.parameters.get("company_file") or "")
    step.change(connection_errors=attempt)
    step.fail(answers.explain(call.hresult, call.message))
    return answers.connection_error_answer(attempt, call.hresult, company_file=path)


def _summary(step: _Step) -> str:
    """Say in one line what the run did."""
    if step.run.problem:
        return answers.last_error(step.run.problem)
    left = work.remaining(step.tx, step.connection.id)
    stopped = transfers.count_in(step.tx, step.connection.id, (State.REFUSED,))
    done = step.run.settled
    parts = [f"{done} document{'s' if done != 1 else ''} settled"]
    if left:
        parts.append(f"{left} still waiting")
    if stopped:
        parts.append(f"{stopped} need a person: see Counterfoil")
    return f"OK: {', '.join(parts)}."


def _lose_open(tx: Tx, run: Run, target: Target, now: datetime, reason: str) -> None:
    """Record that the run's open exchange will get no answer."""
    exchange = exchanges.for_run(tx, run.id)
    if exchange is not None:
        answering.lose(tx, exchange, target, now, reason)
    # Iterators die with the connection to QuickBooks, so readings start afresh.
    runs.change(tx, run.id, now, agenda=[], facts={**run.facts, "agenda_made": False})


def _version(run: Run) -> Version:
    text = run.facts.get("version")
    return Version.parse(str(text), run.facts.get("country")) if text else LOWEST_VERSION


def _target(
    connection: Connection, run: Run | None, writer: messages.Writer | None = None
) -> Target:
    assert connection.system is SystemName.QUICKBOOKS_DESKTOP
    limit = run.facts.get("batch_limit") if run is not None else None
    return target_of(
        connection,
        version=_version(run) if run is not None else None,
        batch_limit=limit if isinstance(limit, int) else None,
        writer=writer,
    )
