"""A run that an agent carries: instructions, and what their reports tell, by phase."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import Connection as Tx

from counterfoil.connectors.quickbooks_desktop import asides
from counterfoil.connectors.quickbooks_desktop.agent.bitness import hint
from counterfoil.connectors.quickbooks_desktop.qbxml import UnreadableQbxml
from counterfoil.connectors.quickbooks_desktop.qbxml.status import failure as hresult_failure
from counterfoil.connectors.quickbooks_desktop.trouble import page_of
from counterfoil.connectors.quickbooks_desktop.web_connector import answers
from counterfoil.connectors.quickbooks_desktop.web_connector.hcp import LOWEST_VERSION
from counterfoil.engine.life import State
from counterfoil.hub import (
    checklist,
    desktop_answers,
    desktop_progress,
    desktop_run,
    outstanding,
    trials,
    work,
)
from counterfoil.hub.company_file import Host
from counterfoil.hub.desktop_answers import Answered
from counterfoil.hub.desktop_step import Step
from counterfoil.hub.keys import new_batch_key
from counterfoil.hub.systems.quickbooks_desktop import account_of
from counterfoil.ledger import agents, connections, exchanges, transfers
from counterfoil.ledger.connections import Connection
from counterfoil.ledger.runs import Run
from counterfoil.logs import get_logger
from counterfoil.settings import FlowName
from counterfoil.told import Told

from ._words import Instruction, Report

__all__ = ["TRIGGER", "begun", "hashed_run", "taken"]

log = get_logger(__name__)

TRIGGER: Final = "agent"

# After a run that could settle nothing of what waits: what keeps it is there a moment later, too.
_REST: Final = timedelta(seconds=60)

_STOPPED: Final = "The agent was stopped; its next run goes on."
_OUT_OF_STEP: Final = "The agent and this hub were out of step. The next run goes on."
_NOT_ASKED: Final = "QuickBooks answered, but nothing was asked. The next run goes on."


class Phase(StrEnum):
    """What the last instruction of a run was; the word is what the database keeps."""

    OPEN = "open"
    OPEN_ALONE = "open-alone"
    ASK = "ask"
    MARK = "mark"
    TRIAL = "trial"
    WORK = "work"


def _expects(number: int, phase: Phase) -> str:
    return f"{number} {phase.value}"


def _due(run: Run) -> tuple[int, Phase]:
    number, _, phase = (run.expects or "").partition(" ")
    return int(number), Phase(phase)


def begun(tx: Tx, connection: Connection, now: datetime) -> Instruction | None:
    """Begin a run; ``None``: there is nothing to do, and none was begun."""
    ticket = secrets.token_hex(16)
    alone = _needs_file_alone(tx, connection)
    phase = Phase.OPEN_ALONE if alone else Phase.OPEN
    run = desktop_run.begin(
        tx, connection, TRIGGER, now, ticket_hash=hashed_run(ticket), expects=_expects(1, phase)
    )
    if run is None:
        return None
    return Instruction(
        do="open",
        run=ticket,
        number=1,
        company_file=_path_of(connection),
        mode="single" if alone else "any",
        asks_access=trials.wants_access(tx, connection.id),
    )


def _path_of(connection: Connection) -> str:
    return str(connection.parameters.get("company_file") or "")


def _needs_file_alone(tx: Tx, connection: Connection) -> bool:
    """Whether stock waits to be adjusted, which only Enterprise does for several users."""
    if "enterprise" in str(connection.facts.get("product") or "").lower():
        return False
    wanted = {State.READY, State.MATCHING}
    return any(
        flow == FlowName.STOCK_COUNT_OUT and state in wanted and number
        for link in connections.links_of(tx, connection.id)
        for _link, flow, state, number in transfers.counts(tx, link.id)
    )


def hashed_run(ticket: str) -> str:
    """Give what is kept of a run's ticket; a Web Connector's ticket is never mistaken for it."""
    return hashlib.sha256(f"agent:{ticket}".encode()).hexdigest()


def taken(step: Step, said: Report, answered: Answered | None) -> Instruction | work.Unfinished:
    """Take a report, and give the next instruction; unfinished: once more, with the same report.

    Args:
        answered: What QuickBooks' answer says to the set that waits for one; ``None``: there
            is none, or none waits.
    """
    if step.run.ended_at is not None:
        desktop_answers.take_late(step, answered)
        return _closing(step)
    number, phase = _due(step.run)
    if said.number == number - 1:
        return _again(step, said, number, phase)
    if said.number != number:
        log.warning("an agent is out of step", run=step.run.id, said=said.number, due=number)
        return _over(step, desktop_answers.lose(step, "the agent was out of step", _OUT_OF_STEP))
    problem = _TAKES[phase](step, said, answered)
    if isinstance(problem, Instruction):
        return problem
    if problem is not None:
        return _over(step, problem)
    if said.is_last:
        return _over(step, Told(_STOPPED))
    return _next(step, said, number + 1, phase)


def _over(step: Step, problem: Told | None) -> Instruction:
    """End the run; ``problem``: why before its time."""
    if problem is not None:
        step.fail(problem)
    step.change(expects=None, ended_at=step.now)
    left = outstanding.remaining(step.tx, step.connection.id)
    is_stuck = not step.run.settled and (problem is not None or left > 0)
    rests_until = step.now + _REST if is_stuck else None
    agents.change(step.tx, step.connection.id, rests_until=rests_until, rests_with=left)
    return _closing(step)


def _closing(step: Step) -> Instruction:
    return Instruction(do="close", sentence=answers.last_error(desktop_progress.summary(step)))


# --- What a report tells, by phase --------------------------------------------------------


def _opened(step: Step, said: Report, _answered: Answered | None) -> Told | Instruction | None:
    wanted = trials.wants_access(step.tx, step.connection.id)
    if not said.hresult:
        told = Told(f"QuickBooks opened {said.company_file or 'the company file'} for Counterfoil.")
        _note_access(step, told, is_passed=True)
        return None
    _number, phase = _due(step.run)
    again = _opens_again(step, said, phase)
    if again is not None:
        return again
    sentence = " ".join(
        filter(None, (answers.explain(said.hresult, said.message), _bitness(step, said.hresult)))
    )
    is_denied = page_of(hresult_failure(said.hresult).hex) == "not-allowed"
    if wanted or is_denied:
        _note_access(step, Told(f"{sentence} {checklist.ACCESS_HELP}"), is_passed=False)
    return Told(sentence)


def _bitness(step: Step, hresult: str) -> str:
    agent = agents.load(step.tx, step.connection.id)
    version = agent.version or "" if agent is not None else ""
    return next((hint(hresult, bits) for bits in (32, 64) if f"{bits}-bit" in version), "")


def _note_access(step: Step, told: Told, *, is_passed: bool) -> None:
    connection = step.connection.id
    kept = agents.steps(step.tx, connection).get(checklist.REQUEST_ACCESS)
    if kept is not None and kept.is_passed is is_passed and not kept.is_asked:
        return
    checklist.note(
        step.tx, connection, checklist.REQUEST_ACCESS, step.now, told, is_passed=is_passed
    )


# Answers to the wish to have the file alone: then it is opened as it is.
_NOT_ALONE: Final = frozenset({0x80040410, 0x80040422})


def _opens_again(step: Step, said: Report, phase: Phase) -> Instruction | None:
    """Give another try at opening, where another mode or another file may do."""
    step.change(connection_errors=step.run.connection_errors + 1)
    is_taken = hresult_failure(said.hresult).code in _NOT_ALONE
    if not (phase is Phase.OPEN_ALONE and is_taken):
        tried = _path_to_try(step, said)
        if tried == answers.STOP_CONNECTING or not _path_of(step.connection):
            return None
    step.change(expects=_expects(said.number + 1, Phase.OPEN))
    return _again(step, said, said.number + 1, Phase.OPEN)


def _path_to_try(step: Step, said: Report) -> str:
    """Say which file to open after a failure; the word for none where no other may help."""
    path = _path_of(step.connection)
    attempt = step.run.connection_errors
    return answers.connection_error_answer(attempt, said.hresult, company_file=path)


def _met(step: Step, said: Report, _answered: Answered | None) -> Told | None:
    if not said.text:
        return Told(answers.explain(said.hresult, said.message))
    host = Host(
        facts=said.text,
        company_file=said.company_file,
        country="",
        major=LOWEST_VERSION.major,
        minor=LOWEST_VERSION.minor,
    )
    return desktop_run.meet(step, host)


def _marked(step: Step, said: Report, _answered: Answered | None) -> Told | None:
    if not said.text:
        return Told(answers.explain(said.hresult, said.message))
    try:
        is_marked = asides.is_marked(said.text)
    except UnreadableQbxml:
        return None
    file_id = str(step.connection.parameters["file_id"])
    facts = dict(step.connection.facts)
    if is_marked:
        values = {"facts": {**facts, "file_id": file_id}, "account": account_of(file_id)}
    else:
        # Name and place then tell the file alone.
        values = {"facts": {**facts, "file_mark_refused": True}}
    connections.change(step.tx, step.connection.id, **values)
    step.reload()
    return None


def _tried(step: Step, said: Report, _answered: Answered | None) -> Told | None:
    return desktop_answers.take_trial(step, said.text, said.hresult, said.message)


def _worked(step: Step, said: Report, answered: Answered | None) -> Told | None:
    if step.run.facts.comparing is not None:
        # The report was taken; what comes next is still being worked on.
        return None
    if answered is not None:
        return desktop_answers.take(step, answered)
    if not said.text:
        return desktop_answers.threw(step, said.hresult, said.message)
    return Told(_NOT_ASKED)


_TAKES: Final = {
    Phase.OPEN: _opened,
    Phase.OPEN_ALONE: _opened,
    Phase.ASK: _met,
    Phase.MARK: _marked,
    Phase.TRIAL: _tried,
    Phase.WORK: _worked,
}


# --- The next instruction -----------------------------------------------------------------


def _next(step: Step, said: Report, number: int, before: Phase) -> Instruction | work.Unfinished:
    """Decide, record and give the instruction after a phase that went well."""
    if before in (Phase.OPEN, Phase.OPEN_ALONE):
        return _carry(step, said, number, Phase.ASK, asides.questions(LOWEST_VERSION))
    if before is Phase.ASK and _is_unmarked(step):
        return _carry(step, said, number, Phase.MARK, _marking(step))
    text = desktop_run.next_set(step)
    if isinstance(text, work.Unfinished):
        return text
    if text is None:
        desktop_progress.conclude(step)
        return _over(step, None)
    phase = Phase.TRIAL if step.run.facts.aside else Phase.WORK
    return _carry(step, said, number, phase, text)


def _carry(step: Step, said: Report, number: int, phase: Phase, text: str) -> Instruction:
    step.change(expects=_expects(number, phase))
    return Instruction(do="carry", run=said.run, number=number, text=text)


def _again(step: Step, said: Report, number: int, phase: Phase) -> Instruction:
    """Give an instruction again whose first copy was lost on the way."""
    if phase in (Phase.OPEN, Phase.OPEN_ALONE):
        tried = _path_to_try(step, said)
        # Only the mode was in the way.
        path = _path_of(step.connection) if tried == answers.STOP_CONNECTING else tried
        asks = trials.wants_access(step.tx, step.connection.id)
        return Instruction(
            do="open", run=said.run, number=number, company_file=path, asks_access=asks
        )
    text = _TEXTS[phase](step)
    return Instruction(do="carry", run=said.run, number=number, text=text)


def _sent(step: Step) -> str:
    """Give the text of the set that waits for its answer: the same, to the letter.

    Carried out twice, QuickBooks answers the second time with the answer of the first.
    """
    exchange = exchanges.for_run(step.tx, step.run.id)
    assert exchange is not None, "a run at work waits for an answer"
    request, _answer = exchanges.texts(step.tx, exchange.id)
    assert request is not None, "the text of an open set is kept"
    return request.decode()


def _is_unmarked(step: Step) -> bool:
    """Whether the company file does not say yet whose it is, and may be told.

    QuickBooks keeps the answer of the last set only, so nothing is sent while it may still be
    needed.
    """
    facts = step.connection.facts
    was_told = "company_name" in facts and not facts.get("file_mark_refused")
    is_open = exchanges.open_write(step.tx, step.connection.id) is not None
    return was_told and "file_id" not in facts and not is_open


def _marking(step: Step) -> str:
    key = new_batch_key()
    text = asides.file_marking(
        str(step.connection.parameters["file_id"]),
        step.version,
        key=key,
        clears=step.connection.clearable_key,
    )
    connections.change(step.tx, step.connection.id, clearable_key=key)
    step.reload()
    return text


def _trial(step: Step) -> str:
    text = desktop_run.next_set(step)
    assert isinstance(text, str), "a trial goes before anything that takes long"
    return text


_TEXTS: Final[Mapping[Phase, Callable[[Step], str]]] = {
    Phase.ASK: lambda _step: asides.questions(LOWEST_VERSION),
    Phase.MARK: _marking,
    Phase.TRIAL: _trial,
    Phase.WORK: _sent,
}
