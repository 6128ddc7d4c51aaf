"""The steps of setting QuickBooks Desktop up: each passed, failed or open, and why.

A connection with an agent has the agent's steps, any other the Web Connector's.  What can be
seen at any time is judged when it is shown.  What only a trial can tell (``request-access``,
``test-access``) is kept as it was last tried; while one has failed, no document is written
for the connection's links: ``links.view_of`` tells the step.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta, tzinfo
from typing import Final, NamedTuple

import msgspec
from sqlalchemy import Connection as Tx

from counterfoil.documents import ended
from counterfoil.errors import UsageError
from counterfoil.hub import advice
from counterfoil.ledger import agents, connections, people
from counterfoil.ledger.agents import Agent
from counterfoil.ledger.agents import Step as Kept
from counterfoil.ledger.connections import Connection
from counterfoil.ledger.people import Person
from counterfoil.told import Advice, Told

from . import signing_in
from .setup import Hub
from .times import local_time, zone_in

__all__ = [
    "ACCESS_HELP",
    "REQUEST_ACCESS",
    "TEST_ACCESS",
    "TEST_CONNECTION",
    "Checklist",
    "StepShown",
    "checklist",
    "heard",
    "is_connected",
    "note",
    "problem_of",
    "run_step",
]

INSTALL_AGENT: Final = "install-agent"
GENERATE_TOKEN: Final = "generate-token"  # noqa: S105 - the name of a step
TEST_CONNECTION: Final = "test-connection"
REQUEST_ACCESS: Final = "request-access"
TEST_ACCESS: Final = "test-access"
MAKE_FILE: Final = "make-file"
MAKE_PASSWORD: Final = "make-password"  # noqa: S105 - the name of a step
FIRST_CALL: Final = "first-call"
RIGHT_COMPANY: Final = "right-company"

_TITLES: Final[Mapping[str, str]] = {
    INSTALL_AGENT: "Install the agent on the QuickBooks computer",
    GENERATE_TOKEN: "Generate its token",
    TEST_CONNECTION: "Test the connection between agent and hub",
    REQUEST_ACCESS: "Request access to the company file",
    TEST_ACCESS: "Test that we may read and write",
    MAKE_FILE: "Make the Web Connector's file",
    MAKE_PASSWORD: "Make its password",
    FIRST_CALL: "Wait for the first call",
    RIGHT_COMPANY: "Make sure it is the right company",
}
_OF_AGENT: Final = (INSTALL_AGENT, GENERATE_TOKEN, TEST_CONNECTION, REQUEST_ACCESS, TEST_ACCESS)
_OF_WEB_CONNECTOR: Final = (MAKE_FILE, MAKE_PASSWORD, FIRST_CALL, RIGHT_COMPANY, TEST_ACCESS)
# Tried by whoever carries qbXML, in a run.
_TRIED: Final = frozenset({REQUEST_ACCESS, TEST_ACCESS})

# An agent asks anew at least this often.
CONNECTED_FOR: Final = timedelta(seconds=60)
_WAIT_S: Final = 90
_LOOK_EVERY_S: Final = 0.5

# What to do in the window that QuickBooks opens (rules SET-3 and SET-4).
ACCESS_HELP: Final = (
    "QuickBooks opens a window on its computer. Sign in there as Admin, in single-user mode, with "
    "only this company file open. Choose the last option, “Yes, always; allow access even if "
    "QuickBooks is not running”: with any other, nothing goes through unless somebody has "
    "QuickBooks open. If it asks about personal data, allow it: customers and employees are that."
)


class StepShown(msgspec.Struct, frozen=True, kw_only=True):
    """A step as people see it.

    Attributes:
        step: Its name, as commands take it.
        is_passed: ``None``: open, nobody has tried it or it is being tried.
        sentence: Why, and what to do about it.
        tried_at: When it was last tried, of a step that is tried.
        is_asked: Somebody wants it tried, and that has not been done yet.
    """

    step: str
    title: str
    is_passed: bool | None
    sentence: Told
    tried_at: datetime | None = None
    is_asked: bool = False


class Checklist(msgspec.Struct, frozen=True, kw_only=True):
    """All steps of a connection; ``way``: ``agent`` or ``web-connector``."""

    connection: int
    name: str
    way: str
    is_ready: bool
    steps: list[StepShown]


# --- What a step came to ------------------------------------------------------------------


def note(tx: Tx, connection: int, step: str, now: datetime, told: Told, *, is_passed: bool) -> None:
    """Keep what a step came to; what waits is decided about anew where it changes that."""
    before = agents.failed_step(tx, connection)
    agents.keep_step(tx, connection, step, now, is_passed=is_passed, sentence=told)
    if agents.failed_step(tx, connection) != before:
        for link in connections.links_of(tx, connection):
            connections.change_link(tx, link.id, decide_after=0)


def heard(tx: Tx, connection: int, now: datetime) -> None:
    """An agent has called, so a connection that failed when it was tested works again."""
    kept = agents.steps(tx, connection).get(TEST_CONNECTION)
    if kept is not None and kept.is_passed is False:
        back = Told("The agent is connected again.")
        note(tx, connection, TEST_CONNECTION, now, back, is_passed=True)


def problem_of(tx: Tx, connection: Connection) -> Told | None:
    """Say which step keeps documents from being written; ``None``: none does."""
    failed = agents.failed_step(tx, connection.id)
    if failed is None:
        return None
    return stopped_by(connection.id, agents.steps(tx, connection.id)[failed])


def stopped_by(connection: int, failed: agents.Step) -> Told:
    """Say that a step which failed keeps documents from being written."""
    why = failed.sentence or Told("")
    return Told(
        f"Nothing is written: the step “{_TITLES[failed.step]}” failed. {why.sentence}".rstrip(),
        *why.advice,
        advice.run_step(connection, failed.step, "Then repeat it"),
        detail=why.detail,
    )


# --- Showing ------------------------------------------------------------------------------


def checklist(hub: Hub, connection: Connection) -> Checklist:
    """Give the steps of a connection as they stand now.

    Raises:
        UsageError: It is not QuickBooks Desktop, so there are none.
    """
    _check(connection)
    now = hub.now()
    with hub.database.reading() as tx:
        current = connections.load(tx, connection.id) or connection
        agent = agents.load(tx, connection.id)
        kept = agents.steps(tx, connection.id)
        others = tuple(people.of_connection(tx, connection.id))
        zone = zone_in(tx, connection.id)
    names = _OF_AGENT if agent is not None else _OF_WEB_CONNECTOR
    steps = [
        _shown(name, current, agent, kept.get(name), _Seen(now, zone, others)) for name in names
    ]
    return Checklist(
        connection=current.id,
        name=current.name,
        way="web-connector" if agent is None else "agent",
        is_ready=all(each.is_passed for each in steps),
        steps=steps,
    )


def _check(connection: Connection) -> None:
    if connection.user_name is None:
        raise UsageError(
            f"{connection.name} needs no checklist: Counterfoil calls it.",
            advice.look_again(connection.id, "Try it"),
        )


class _Seen(NamedTuple):
    """When somebody looks, in which zone they read times, and who else works on the file."""

    now: datetime
    zone: tzinfo | None
    others: tuple[Person, ...]

    def told(self, moment: datetime) -> str:
        return local_time(moment, self.zone)


def _shown(
    name: str, connection: Connection, agent: Agent | None, kept: Kept | None, seen: _Seen
) -> StepShown:
    if name in _TRIED:
        return _tried(name, connection, kept)
    judged = (
        _of_agent(name, connection, agent, seen) if agent else _of_caller(name, connection, seen)
    )
    return StepShown(step=name, title=_TITLES[name], is_passed=judged[0], sentence=judged[1])


_Judged = tuple[bool | None, Told]


def _tried(name: str, connection: Connection, kept: Kept | None) -> StepShown:
    untried = Told("Nobody has tried it.", advice.run_step(connection.id, name))
    told = (kept.sentence if kept else None) or untried
    is_asked = kept is not None and kept.is_asked
    return StepShown(
        step=name,
        title=_TITLES[name],
        is_passed=None if kept is None or is_asked else kept.is_passed,
        sentence=Told("It is being tried.") if is_asked else told,
        tried_at=kept.tried_at if kept else None,
        is_asked=is_asked,
    )


def is_connected(agent: Agent, now: datetime) -> bool:
    """Whether an agent is there now: it asks anew all the time."""
    return agent.seen_at is not None and now - agent.seen_at <= CONNECTED_FOR


def _of_agent(name: str, connection: Connection, agent: Agent, seen: _Seen) -> _Judged:
    if name == GENERATE_TOKEN:
        return True, Told(f"Made at {seen.told(agent.token_made_at)}.")
    if agent.hello_at is None or agent.seen_at is None:
        refused = _refused(agent, connection, seen)
        return (False if refused else None), refused or Told(_NO_AGENT)
    where = f"Version {agent.version} on {agent.computer}"
    if name == INSTALL_AGENT:
        return True, Told(f"{where}, since {seen.told(agent.hello_at)}.")
    if is_connected(agent, seen.now):
        return True, Told(f"{where} is connected.")
    return False, Told(
        f"{where} was last heard of at {seen.told(agent.seen_at)}. Start the agent there, "
        "or look at what it says: somebody has to be signed in to Windows on that computer."
    )


_NO_AGENT: Final = "No agent has called with this token yet. Start it on that computer."


def _refused(agent: Agent, connection: Connection, seen: _Seen) -> Told | None:
    if agent.refused_at is None:
        return None
    return Told(
        f"An agent came at {seen.told(agent.refused_at)} with a token that is not valid, or no "
        "longer.",
        Advice(
            "Give it the present one, or make another",
            f"connections token {connection.id}",
            f"/connections/{connection.id}",
        ),
    )


def _of_caller(name: str, connection: Connection, seen: _Seen) -> _Judged:
    if name == MAKE_FILE:
        qwc = Advice(
            "Make it", f"connections qwc {connection.id}", f"/connections/{connection.id}/qwc"
        )
        return True, Told("It can be made at any time.", qwc)
    if name == MAKE_PASSWORD:
        wrong = signing_in.refused_of(connection, seen.zone, seen.others)
        used = connection.password_used_at
        told = f"First used at {seen.told(used)}." if used else "Not used yet."
        return wrong is None, wrong or Told(told + _grace(connection, seen))
    if name == FIRST_CALL:
        called_at = connection.last_seen_at
        if called_at is None:
            return None, Told("Add the file to the Web Connector and press Update Selected there.")
        return True, Told(f"The Web Connector called last at {seen.told(called_at)}{_whose(seen)}.")
    if "other_file" in connection.facts:
        return False, connection.last_problem or Told("Another company file is open.")
    company = connection.facts.get("company_name") or connection.facts.get("company_file")
    if company is None:
        return None, Told("Not met yet: open the company file and press Update Selected.")
    return True, Told(ended(f"It is {company}"))


def _whose(seen: _Seen) -> str:
    """Say when each of the people called last, where several work on one file."""
    told = [
        f"{each.name}'s at {seen.told(each.last_seen_at)}"
        if each.last_seen_at
        else f"{each.name}'s not yet"
        for each in seen.others
    ]
    return f"; {', '.join(told)}" if told else ""


def _grace(connection: Connection, seen: _Seen) -> str:
    until = connection.old_password_until
    if until is None or until <= seen.now:
        return ""
    return f" The one before opens until {seen.told(until)}."


# --- Trying -------------------------------------------------------------------------------


def run_step(
    hub: Hub, connection: Connection, step: str, actor: str, *, waits: bool = True
) -> Checklist:
    """Try a step now.

    Args:
        waits: Wait for what the agent's trial comes to, a minute and a half at most; a Web
            Connector tries when it calls.

    Raises:
        UsageError: There is no such step.
    """
    found = checklist(hub, connection)
    known = [each.step for each in found.steps]
    if step not in known:
        raise UsageError(f"{step!r} is no step of {found.name}. Choose one of: {', '.join(known)}.")
    with hub.database.writing() as tx:
        connections.note(tx, hub.now(), actor, f"step {step}", f"connection/{connection.id}")
    if step == TEST_CONNECTION:
        _test_connection(hub, connection.id, found)
    elif step in _TRIED:
        _try(hub, connection, step, waits=waits and found.way == "agent")
    return checklist(hub, connection)


def _test_connection(hub: Hub, connection: int, found: Checklist) -> None:
    shown = next(each for each in found.steps if each.step == TEST_CONNECTION)
    with hub.database.writing() as tx:
        is_passed = bool(shown.is_passed)
        note(tx, connection, TEST_CONNECTION, hub.now(), shown.sentence, is_passed=is_passed)


def _try(hub: Hub, connection: Connection, step: str, *, waits: bool) -> None:
    now = hub.now()
    with hub.database.writing() as tx:
        agent = agents.load(tx, connection.id)
        if agent is not None and not is_connected(agent, now):
            first = _TITLES[TEST_CONNECTION]
            told = Told(f"The agent is not connected. Do the step “{first}” first.")
            note(tx, connection.id, step, now, told, is_passed=False)
            return
        agents.ask_step(tx, connection.id, step, now)
    for _ in range(int(_WAIT_S / _LOOK_EVERY_S) if waits else 0):
        hub.sleep(_LOOK_EVERY_S)
        with hub.database.reading() as tx:
            kept: Mapping[str, Kept] = agents.steps(tx, connection.id)
        if not kept[step].is_asked:
            return
