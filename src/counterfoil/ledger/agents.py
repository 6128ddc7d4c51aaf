"""Agents on QuickBooks computers, and what the steps of setting a connection up came to."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection as Tx
from sqlalchemy import bindparam, delete, insert, select, update

from counterfoil.told import Told

from ._prepared import Typed
from ._told import kept
from ._types import to_microseconds
from ._upsert import Upsert
from .schema import agent, setup_step

__all__ = [
    "Agent",
    "Step",
    "ask_step",
    "by_ticket",
    "change",
    "failed_step",
    "failed_steps",
    "having",
    "keep_step",
    "load",
    "new_token",
    "steps",
]


class Agent(msgspec.Struct, frozen=True, kw_only=True):
    """The agent of a connection.

    Attributes:
        token_hash: Of the one token that opens.
        ticket_hash: Of the present conversation; ``None``: nobody has said hello yet.
        hello_at, seen_at: When the conversation began, and when it last said anything.
        look_number: Of the look that counts; older ones have been given up.
        refused_at: When somebody last came with another token of this connection.
        rests_until, rests_with: No run before then, unless another number of transfers waits.
    """

    connection: int
    token_hash: str
    token_made_at: datetime
    ticket_hash: str | None
    computer: str | None
    version: str | None
    hello_at: datetime | None
    seen_at: datetime | None
    look_number: int
    refused_at: datetime | None
    rests_until: datetime | None
    rests_with: int


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """What a step of setting up came to when it was last tried.

    Attributes:
        asked_at: When a person last wanted it tried.
        tried_at: When it last was; ``None``: never.
        is_passed: How that ended.
        sentence: The same in words.
    """

    step: str
    asked_at: datetime | None
    tried_at: datetime | None
    is_passed: bool | None
    sentence: Told | None

    @property
    def is_asked(self) -> bool:
        """Whether somebody waits for it."""
        if self.asked_at is None:
            return False
        return self.tried_at is None or self.tried_at < self.asked_at


_AGENT = tuple(
    agent.c.connection_id if name == "connection" else agent.c[name]
    for name in Agent.__struct_fields__
)
_STEP = tuple(setup_step.c[name] for name in Step.__struct_fields__)


def _agent(row: Any) -> Agent | None:
    return None if row is None else Agent(**dict(zip(Agent.__struct_fields__, row, strict=True)))


def load(tx: Tx, connection: int) -> Agent | None:
    """Give the agent of a connection; ``None``: it has no token."""
    return _agent(_LOAD.one(tx, {"connection": connection}))


def having(tx: Tx) -> frozenset[int]:
    """Say which connections have an agent: it has a token."""
    return frozenset(tx.scalars(select(agent.c.connection_id)))


def by_ticket(tx: Tx, ticket_hash: str) -> Agent | None:
    """Find the agent whose present conversation this is."""
    return _agent(_BY_TICKET.one(tx, {"ticket": ticket_hash}))


_LOAD = Typed(
    lambda _dialect: select(*_AGENT).where(agent.c.connection_id == bindparam("connection"))
)
_BY_TICKET = Typed(
    lambda _dialect: select(*_AGENT).where(agent.c.ticket_hash == bindparam("ticket"))
)


def new_token(tx: Tx, connection: int, token_hash: str, now: datetime) -> None:
    """Keep a new token's hash; the one before, and its conversation, end here."""
    tx.execute(delete(agent).where(agent.c.connection_id == connection))
    tx.execute(
        insert(agent).values(connection_id=connection, token_hash=token_hash, token_made_at=now)
    )


def change(tx: Tx, connection: int, **values: Any) -> None:
    """Change columns of an agent."""
    tx.execute(update(agent).where(agent.c.connection_id == connection).values(**values))


# --- Steps of setting up ------------------------------------------------------------------


def steps(tx: Tx, connection: int) -> Mapping[str, Step]:
    """Give what is kept of a connection's steps, by name."""
    rows = _STEPS.rows(tx, {"connection": connection})
    found = (Step(**dict(zip(Step.__struct_fields__, row, strict=True))) for row in rows)
    return {each.step: each for each in found}


_STEPS = Typed(
    lambda _dialect: select(*_STEP).where(setup_step.c.connection_id == bindparam("connection"))
)
_KEEP_STEP = Upsert(setup_step)


def ask_step(tx: Tx, connection: int, step: str, now: datetime) -> None:
    """Note that somebody wants a step tried."""
    known = steps(tx, connection).get(step)
    _keep(
        tx,
        connection,
        Step(
            step=step,
            asked_at=now,
            tried_at=known.tried_at if known else None,
            is_passed=known.is_passed if known else None,
            sentence=known.sentence if known else None,
        ),
    )


def keep_step(
    tx: Tx, connection: int, step: str, now: datetime, *, is_passed: bool, sentence: Told
) -> None:
    """Keep what a step came to."""
    known = steps(tx, connection).get(step)
    _keep(
        tx,
        connection,
        Step(
            step=step,
            asked_at=known.asked_at if known else None,
            tried_at=now,
            is_passed=is_passed,
            sentence=sentence,
        ),
    )


def _keep(tx: Tx, connection: int, step: Step) -> None:
    _KEEP_STEP.many(
        tx,
        [
            {
                "connection_id": connection,
                "step": step.step,
                "asked_at": _moment(step.asked_at),
                "tried_at": _moment(step.tried_at),
                "is_passed": step.is_passed,
                "sentence": None if step.sentence is None else kept(step.sentence),
            }
        ],
    )


def _moment(at: datetime | None) -> int | None:
    return None if at is None else to_microseconds(at)


def failed_step(tx: Tx, connection: int) -> str | None:
    """Name the step that failed when it was last tried; ``None``: none did."""
    row = _FAILED.one(tx, {"connection": connection})
    return None if row is None else str(row[0])


_FAILED = Typed(
    lambda _dialect: (
        select(setup_step.c.step)
        .where(
            setup_step.c.connection_id == bindparam("connection"),
            setup_step.c.is_passed.is_(False),
        )
        .order_by(setup_step.c.step)
        .limit(1)
    )
)


def failed_steps(tx: Tx) -> dict[int, Step]:
    """Give, by connection, the step that failed when it was last tried."""
    rows = tx.execute(
        select(setup_step.c.connection_id, *_STEP)
        .where(setup_step.c.is_passed.is_(False))
        .order_by(setup_step.c.connection_id, setup_step.c.step.desc())
    )
    # Of several the first by name comes last, and stays.
    return {row[0]: Step(**dict(zip(Step.__struct_fields__, row[1:], strict=True))) for row in rows}
