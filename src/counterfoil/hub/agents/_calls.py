"""The calls of an agent: who may, whose conversation it is, and whether there is work."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from typing import Final, NamedTuple

import msgspec
from sqlalchemy import Connection as Tx

from counterfoil.errors import UsageError
from counterfoil.hub import (
    accounts,
    carrying,
    checklist,
    desktop_answers,
    outstanding,
    trials,
    work,
)
from counterfoil.hub.desktop_step import Step
from counterfoil.hub.setup import Hub
from counterfoil.ledger import agents, connections, runs
from counterfoil.ledger.agents import Agent
from counterfoil.ledger.connections import Connection
from counterfoil.logs import get_logger

from ._run import begun, hashed_run, taken
from ._words import Greeting, Instruction, Looking, Report, Welcome

__all__ = [
    "NotOpenError",
    "SupersededError",
    "begin_look",
    "check",
    "hello",
    "look",
    "new_token_for",
    "report",
]

log = get_logger(__name__)

TOKEN_PREFIX: Final = "cfa"  # noqa: S105 - what every token begins with
_UNKNOWN_RUN: Final = (
    "This run is no longer known, because a newer one has begun or the server was set up anew. "
    "The agent looks for work again by itself."
)
# How exactly it is kept when a wrong token was last heard of.
_HEARD_EVERY: Final = timedelta(seconds=10)


class NotOpenError(Exception):
    """The token opens nothing; its text says why, where that may be told."""


class SupersededError(Exception):
    """A newer agent speaks for this company file."""


# --- Tokens -------------------------------------------------------------------------------


def new_token_for(hub: Hub, connection: Connection, actor: str) -> str:
    """Make the token of a connection's agent; the one before ends at once.

    Shown this once: only its hash is kept.

    Raises:
        UsageError: No agent serves such a connection.
    """
    if connection.user_name is None:
        raise UsageError(f"{connection.name} needs no agent: Counterfoil calls it.")
    if not connection.is_active:
        raise UsageError(f"{connection.name} is no longer used.")
    token = f"{TOKEN_PREFIX}-{connection.id}-{secrets.token_urlsafe(32)}"
    now = hub.now()
    with hub.database.writing() as tx:
        agents.new_token(tx, connection.id, _hash(token), now)
        connections.note(tx, now, actor, "agent token made", f"connection/{connection.id}")
    return token


def _hash(text: str) -> str:
    """Give what is kept of a token or ticket: so many random bits need no slow hash."""
    return hashlib.sha256(text.encode()).hexdigest()


class _Known(NamedTuple):
    connection: Connection
    agent: Agent


def _known(
    hub: Hub, token: str, ticket: str | None = None, *, may_be_removed: bool = False
) -> _Known:
    """Find whose token it is, and with a ticket that the conversation is the present one.

    Args:
        may_be_removed: The token of a removed connection does for this: what was under way
            when it was removed is still told.

    Raises:
        NotOpenError, SupersededError: As their names say.
    """
    prefix, _, rest = token.partition("-")
    number, _, _chance = rest.partition("-")
    if prefix != TOKEN_PREFIX or not (number.isascii() and number.isdigit() and len(number) < 16):
        raise NotOpenError
    with hub.database.reading() as tx:
        agent = agents.load(tx, int(number))
        connection = connections.load(tx, int(number))
    if agent is None or connection is None:
        raise NotOpenError
    if not hmac.compare_digest(agent.token_hash, _hash(token)):
        _note_refused(hub, agent)
        raise NotOpenError
    if not connection.is_active and not may_be_removed:
        raise NotOpenError(accounts.removed_sentence(connection))
    if ticket is not None and not hmac.compare_digest(agent.ticket_hash or "", _hash(ticket)):
        raise SupersededError
    return _Known(connection, agent)


def check(hub: Hub, token: str) -> None:
    """Make sure that a token opens something, before much is read from who bears it.

    Raises:
        NotOpenError: It does not.
    """
    _known(hub, token)


def _note_refused(hub: Hub, agent: Agent) -> None:
    log.warning("an agent was refused", connection=agent.connection)
    now = hub.now()
    if agent.refused_at is None or now - agent.refused_at >= _HEARD_EVERY:
        with hub.database.writing() as tx:
            agents.change(tx, agent.connection, refused_at=now)


# --- Hello, and looking for work ----------------------------------------------------------


def hello(hub: Hub, token: str, greeting: Greeting) -> Welcome:
    """Begin a conversation, and end every older one.

    Raises:
        NotOpenError: The token opens nothing.
    """
    connection, agent = _known(hub, token)
    now = hub.now()
    hashed = _hash(greeting.ticket)
    with hub.database.writing() as tx:
        connections.change(tx, connection.id, last_seen_at=now)
        begins = (
            {}
            if agent.ticket_hash == hashed
            else {"hello_at": now, "rests_until": None, "look_number": 0}
        )
        agents.change(
            tx,
            connection.id,
            ticket_hash=hashed,
            computer=greeting.computer[:100],
            version=greeting.version[:40],
            seen_at=now,
            **({} if agent.ticket_hash == hashed else begins),
        )
        checklist.heard(tx, connection.id, now)
    log.info("an agent said hello", connection=connection.name, computer=greeting.computer[:100])
    return Welcome(connection=connection.name, application=accounts.application_of(connection))


def begin_look(hub: Hub, token: str, looking: Looking) -> None:
    """Note that an agent looks, so that a look it has given up ends.

    Raises:
        NotOpenError, SupersededError: The agent has to stop.
    """
    connection, agent = _known(hub, token, looking.ticket)
    now = hub.now()
    with hub.database.writing() as tx:
        connections.change(tx, connection.id, last_seen_at=now)
        number = max(agent.look_number, looking.number)
        agents.change(tx, connection.id, seen_at=now, look_number=number)
        checklist.heard(tx, connection.id, now)


def look(hub: Hub, token: str, looking: Looking) -> Instruction | None:
    """Begin a run if there is work; ``None``: there is none now.

    Raises:
        NotOpenError, SupersededError: The agent has to stop.
    """
    connection, agent = _known(hub, token, looking.ticket)
    if agent.look_number != looking.number:
        # It looks anew already; a run that was begun here would end that one's.
        return Instruction(do="wait")
    now = hub.now()
    with hub.database.reading() as tx:
        if not _is_due(tx, connection, agent, now):
            return None
    with hub.database.writing() as tx:
        connections.change(tx, connection.id, last_seen_at=now)
        current = connections.load(tx, connection.id)
        assert current is not None, "connections are never deleted"
        return begun(tx, current, now)


def _is_due(tx: Tx, connection: Connection, agent: Agent, now: datetime) -> bool:
    if trials.is_wanted(tx, connection.id):
        return True
    # Both would take turns for ever.
    if carrying.at_work(tx, connection.id, now) is not None:
        return False
    rests = agent.rests_until is not None and now < agent.rests_until
    if rests and outstanding.remaining(tx, connection.id) == agent.rests_with:
        return False
    return outstanding.has_work(tx, connection, now)


def report(hub: Hub, token: str, said: Report) -> Instruction:
    """Take a report, and give the next instruction.

    Raises:
        NotOpenError: The token opens nothing.
        SupersededError: A newer conversation has begun; what the report tells is kept.
    """
    connection, agent = _known(hub, token, may_be_removed=True)
    is_present = hmac.compare_digest(agent.ticket_hash or "", _hash(said.ticket))
    if not is_present:
        said = msgspec.structs.replace(said, is_last=True)
    instruction = _kept(hub, connection, said)
    if not is_present:
        raise SupersededError
    return instruction


def _kept(hub: Hub, connection: Connection, said: Report) -> Instruction:
    now = hub.now()
    ticket = hashed_run(said.run)
    with hub.database.reading() as tx:
        run = runs.by_ticket(tx, ticket, locks=False)
        waiting = desktop_answers.awaited(tx, run) if run is not None and said.text else None
    if run is None or run.connection != connection.id:
        return Instruction(do="close", sentence=_UNKNOWN_RUN)
    answered = None if waiting is None else desktop_answers.understand(waiting, said.text)
    instruction: Instruction | work.Unfinished = work.Unfinished()
    while isinstance(instruction, work.Unfinished):
        with hub.database.writing() as tx:
            seen = connections.seen(tx, connection.id, now)
            locked = runs.by_ticket(tx, ticket)
            assert locked is not None, "runs with a ticket of today are not dropped"
            agents.change(tx, connection.id, seen_at=now)
            instruction = taken(Step(tx, seen, locked, now), said, answered)
    return instruction
