"""Things to be done about errors, in the lists of the operations system (OP13).

A to-do is a write like every other: it fares by the table of ``life``, first its creation, then,
once what it was made for is over, its completion.  Its mark is derived from what it is about, and
its text bears it: a lost answer is looked for by that mark, so that none is made twice.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

import msgspec

from counterfoil.documents import Reason, Refusal, reason

from .life import STATES, Event, Standing, State
from .moving import stepped
from .operations import Busy, Done, Missing, Outcome, Refused, Unknown

__all__ = ["ToDo", "ToDoWrite", "advance_to_do", "answered", "mark_of", "over", "wanted_again"]

_NAMESPACE: Final = uuid.UUID("5e2f5a0c-8f0b-5d3e-9a55-0d6f4a1c7b13")


class ToDoWrite(StrEnum):
    """What is being written of a to-do."""

    CREATE = "create"
    COMPLETE = "complete"


class ToDo(msgspec.Struct, frozen=True, kw_only=True):
    """A to-do, and how it fares.

    Attributes:
        link: For whose documents.
        target: The connection in whose lists it is.
        kind, subject: What it is about; of an open one there is no second.
        text, action_type, assignee: As it shall be, in people's words.
        record_id: Its identity there; ``None``: not known yet.
        write: What is being written, or was last.
        state, state_since, released_at, attempts, retry_at, sent_at, refusal, reason,
            alerted_at: As those of a follow-up.
        closed_at: When it was completed or called off; ``None``: it is open.
    """

    id: int
    link: int
    target: int
    kind: str
    subject: str
    text: str
    action_type: str
    assignee: str
    made_at: datetime
    state_since: datetime
    record_id: str | None = None
    write: ToDoWrite = ToDoWrite.CREATE
    state: State = State.READY
    released_at: datetime | None = None
    attempts: int = 0
    retry_at: datetime | None = None
    sent_at: datetime | None = None
    refusal: Refusal | None = None
    reason: Reason | None = None
    alerted_at: datetime | None = None
    closed_at: datetime | None = None

    @property
    def standing(self) -> Standing:
        """What kind of state it is in."""
        return STATES[self.state].standing

    @property
    def is_there(self) -> bool:
        """Whether it is in the list, and nothing is being written of it."""
        return self.write is ToDoWrite.CREATE and self.state is State.DONE


def mark_of(account: str, kind: str, subject: str) -> str:
    """Give the mark of a to-do: the same for the same subject, whichever ledger makes it.

    ``account``: in which tenant.
    """
    made = uuid.uuid5(_NAMESPACE, f"{account}\n{kind}\n{subject}")
    return f"Counterfoil {made.hex[:16]}"


_DECIDED: Final[Mapping[Event, State]] = {
    Event.WRITTEN: State.DONE,
    Event.ABSENT: State.READY,
    Event.CALLED_OFF: State.SKIPPED,
    Event.RESTARTED: State.READY,
}


def advance_to_do(
    each: ToDo,
    event: Event,
    now: datetime,
    *,
    refusal: Refusal | None = None,
    why: Reason | None = None,
    retry_after: timedelta | None = None,
    record_id: str | None = None,
) -> ToDo:
    """Give a to-do as it is after an event; arguments as in ``moving.advance``.

    Raises:
        AssertionError: The event cannot happen in this state.
    """
    changes = stepped(each, event, now, _DECIDED, refusal=refusal, why=why, retry_after=retry_after)
    if event is Event.WRITTEN and each.write is ToDoWrite.CREATE:
        changes["record_id"] = record_id
    is_completed = event is Event.WRITTEN and each.write is ToDoWrite.COMPLETE
    if is_completed or event is Event.CALLED_OFF:
        changes["closed_at"] = now
    return msgspec.structs.replace(each, **changes)


def over(each: ToDo, now: datetime) -> ToDo:
    """Give a to-do whose cause is over: it is completed, or never made.

    One that is on its way waits for its answer.
    """
    if each.is_there:
        return msgspec.structs.replace(
            each,
            write=ToDoWrite.COMPLETE,
            state=State.READY,
            state_since=now,
            released_at=now,
            attempts=0,
            sent_at=None,
        )
    is_made = each.write is ToDoWrite.COMPLETE or each.standing is Standing.IN_FLIGHT
    return each if is_made else advance_to_do(each, Event.CALLED_OFF, now)


def wanted_again(each: ToDo, text: str, action_type: str, assignee: str, now: datetime) -> ToDo:
    """Give an open to-do whose cause lasts, as it is wanted now.

    One whose completion has not left yet stays open there.  One that was refused is tried again
    under other settings, and once a day.
    """
    if each.write is ToDoWrite.COMPLETE:
        stays = each.standing in (Standing.WANTED, Standing.STOPPED)
        back = {"write": ToDoWrite.CREATE, "state": State.DONE, "state_since": now}
        return msgspec.structs.replace(each, refusal=None, **back) if stays else each
    if each.state is State.DONE or each.standing is Standing.IN_FLIGHT:
        return each
    settings = (action_type, assignee)
    is_other = (each.action_type, each.assignee) != settings
    if each.state is State.REFUSED and (is_other or now - each.state_since > _AGAIN_AFTER):
        each = advance_to_do(each, Event.RESTARTED, now)
    return msgspec.structs.replace(each, text=text, action_type=action_type, assignee=assignee)


_AGAIN_AFTER: Final = timedelta(days=1)


def answered(each: ToDo, outcome: Outcome, now: datetime, target: str) -> ToDo:
    """Give a to-do as it is after the answer to its write, or to what became of it.

    Args:
        target: The target's name in running text.
    """
    if each.state not in (State.SENDING, State.CONFIRMING):
        # A late answer: what became of the write has been found out meanwhile.
        return each
    match outcome:
        case Done(id=str(id_)):
            return advance_to_do(each, Event.WRITTEN, now, record_id=id_)
        case Missing() if each.state is State.SENDING and each.write is ToDoWrite.COMPLETE:
            # Somebody took it away: nothing is left to be done.
            return advance_to_do(each, Event.WRITTEN, now)
        case Missing():
            return advance_to_do(each, Event.ABSENT, now)
        case Refused(refusal) if each.state is State.SENDING:
            return advance_to_do(each, Event.DECLINED, now, refusal=refusal)
        case Busy(why, retry_after_s):
            after = None if retry_after_s is None else timedelta(seconds=retry_after_s)
            told = reason("busy", problem=why)
            return advance_to_do(each, Event.BUSY, now, why=told, retry_after=after)
        case Unknown(why):
            told = reason("outcome-asked", problem=why)
        case _:
            told = reason("outcome-asked", problem=f"{target} did not say what it wrote")
    return advance_to_do(each, Event.UNANSWERED, now, why=told)
