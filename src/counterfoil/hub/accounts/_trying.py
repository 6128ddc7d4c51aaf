"""Trying a connection: each step, passed, failed or not come to, and why.

A system that we call is called now, and its row in the register says which steps a trial has.
One that calls us cannot be: of it is told what setting it up has come to.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from typing import Final, NamedTuple

import msgspec

from counterfoil.errors import CounterfoilError, RejectedError, UnavailableError
from counterfoil.hub import checklist, signing_in
from counterfoil.hub.calling import how_to_call, way_to_begin
from counterfoil.hub.grants import trouble_of
from counterfoil.hub.setup import Hub
from counterfoil.hub.systems import Assumed, Caller, Calling, Given, System, system_of
from counterfoil.hub.times import local_time, zone_in
from counterfoil.ledger import grants
from counterfoil.ledger.connections import Connection
from counterfoil.told import Advice, Told

__all__ = [
    "StepTried",
    "Trial",
    "Tried",
    "introduce_untried",
    "opened_untried",
    "trial_of",
    "try_connection",
]


class StepTried(msgspec.Struct, frozen=True, kw_only=True):
    """One step of a trial.

    Attributes:
        step: Its name, stable, for programs.
        title: What is tried, for people.
        is_passed: ``None``: not come to, or nobody can tell.
        sentence: Why, and what to do.
    """

    step: str
    title: str
    is_passed: bool | None
    sentence: Told


class Tried(msgspec.Struct, frozen=True, kw_only=True):
    """What came of trying a connection.

    Attributes:
        is_reached: It answered and takes our credentials; ``None``: it calls us, so this
            shows only when it does.
        sentence: The same in words.
        facts: What it told about itself.
        steps: What was tried, one after the other.
    """

    id: int
    is_reached: bool | None
    sentence: Told
    facts: dict[str, str] = {}
    steps: list[StepTried] = []


class Trial(NamedTuple):
    """A trial, and what made it fail; ``None``: nothing did."""

    tried: Tried
    failure: CounterfoilError | None


def try_connection(hub: Hub, connection: Connection) -> Tried:
    """Try a connection's credentials now.

    Raises:
        ConnectorError, SettingsError: Why it cannot be reached, in words.
    """
    trial = trial_of(hub, connection)
    if trial.failure is not None:
        raise trial.failure
    return trial.tried


def trial_of(hub: Hub, connection: Connection, *, assumptions: bool = False) -> Trial:
    """Try a connection now, step by step; what goes wrong is told, not raised.

    Args:
        assumptions: Read every list as well, and tell whether what Counterfoil takes for
            true of such a system is so here.
    """
    row = system_of(connection.system)
    if row.opener is None:
        return Trial(_of_caller(hub, connection), None)
    try:
        facts, assumed = _called(hub, row, connection, assumptions=assumptions)
    except CounterfoilError as error:
        told = Tried(
            id=connection.id, is_reached=False, sentence=error.told, steps=_steps(row, error)
        )
        return Trial(told, error)
    tried = Tried(
        id=connection.id,
        is_reached=True,
        sentence=Told(f"{connection.name} answers, and takes the credentials."),
        facts=facts,
        steps=[*_steps(row, None), *assumed],
    )
    return Trial(tried, None)


# As the connectors' ``TrialFailure`` names it; they are loaded where something is called.
_NOT_SIGNED_IN: Final = "credentials"


def _called(
    hub: Hub, row: System, connection: Connection, *, assumptions: bool
) -> tuple[dict[str, str], list[StepTried]]:
    assert row.opener is not None, "only systems that we call are called"
    with hub.database.reading() as tx:
        trouble = trouble_of(connection, grants.load(tx, connection.id))
    if trouble is not None:
        raise RejectedError(
            trouble.sentence,
            trouble.cure,
            system=row.name.value,
            operation="sign in",
            code=_NOT_SIGNED_IN,
        )
    caller = row.opener(connection.id, connection.parameters, connection.secret, Calling(hub=hub))
    with closing(caller):
        facts = dict(caller.introduce())
        return facts, _brief(caller.assumptions()) if assumptions else []


def _steps(row: System, error: CounterfoilError | None) -> list[StepTried]:
    """Give the steps before the one that an error is about, that one, and those not come to.

    An error that no step knows is the first one's.
    """
    code = getattr(error, "code", None)
    failing = next((n for n, each in enumerate(row.steps) if code in each.failures), 0)
    at = len(row.steps) if error is None else failing
    found = []
    for position, each in enumerate(row.steps):
        is_passed, sentence = (True, Told(each.passed)) if position < at else (None, _NOT_COME_TO)
        if position == at and error is not None:
            is_passed, sentence = False, error.told
        found.append(
            StepTried(step=each.name, title=each.title, is_passed=is_passed, sentence=sentence)
        )
    return found


_NOT_COME_TO: Final = Told("Not tried: the step before has to pass first.")


def _brief(found: Sequence[Assumed]) -> list[StepTried]:
    """Tell of all assumptions in one step, and of each that is not so here in its own."""
    failing = [each for each in found if each.is_so is False]
    unsure = sum(each.is_so is None for each in found)
    so = len(found) - len(failing) - unsure
    told = f"Of {len(found)} things {so} {'is' if so == 1 else 'are'} so here"
    if unsure:
        told = f"{told}; of {unsure} nothing that is there tells"
    return [
        StepTried(
            step="assumptions",
            title="See whether what Counterfoil takes for true is so here",
            is_passed=not failing,
            sentence=Told(f"{told}; {len(failing)} not, as told below." if failing else f"{told}."),
        ),
        *(
            StepTried(step=each.name, title=each.title, is_passed=False, sentence=each.sentence)
            for each in failing
        ),
    ]


# --- One that calls us --------------------------------------------------------------------


def _of_caller(hub: Hub, connection: Connection) -> Tried:
    shown = checklist.checklist(hub, connection)
    return Tried(
        id=connection.id,
        is_reached=None,
        sentence=_last_call(hub, connection),
        steps=[
            StepTried(
                step=each.step,
                title=each.title,
                is_passed=each.is_passed,
                sentence=each.sentence,
            )
            for each in shown.steps
        ],
    )


def _last_call(hub: Hub, connection: Connection) -> Told:
    seen = connection.last_seen_at
    with hub.database.reading() as tx:
        zone = zone_in(tx, connection.id)
        refused = signing_in.sentence(connection, zone)
        if refused is not None:
            return refused
        if seen is None:
            begin = way_to_begin(tx, connection.id)
            return Told(f"{connection.name} calls this hub, and has not called yet.", begin)
        how = how_to_call(tx, connection.id)
    told = f"{connection.name} calls this hub; it did so last at {local_time(seen, zone)}."
    return Told(told, Advice(f"To try it now, {how}"))


# --- Before anything is kept --------------------------------------------------------------


@contextmanager
def opened_untried(hub: Hub, row: System, read: Given) -> Iterator[Caller]:
    """Open a client with what a person gave, before any of it is kept."""
    assert row.opener is not None, "only systems that we call are called"
    with closing(row.opener(None, read.parameters, read.secret, Calling(hub=hub))) as caller:
        yield caller


def introduce_untried(caller: Caller) -> None:
    """Try what a person gave.

    Raises:
        ConnectorError: It does not work; the sentence says that nothing was saved.
    """
    try:
        caller.introduce()
    except (RejectedError, UnavailableError) as error:
        raise type(error)(
            f"{error.message} Nothing was saved.",
            *error.advice,
            Advice("To save it all the same, say so", "--no-check"),
            system=error.system,
            operation=error.operation,
            request_id=error.request_id,
            code=error.code,
            detail=error.detail,
        ) from error
