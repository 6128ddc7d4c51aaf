"""Which records of two lists are the same, decided by people before the first document goes.

A **counterpart** is what a person said of one record of one system's lists: it *is* that
record of the other system, it shall be *added* there, or it is *left* as it is.  Lists are
compared by name: equal as names are compared is the same, alike is a suggestion, and never
more than that (section 6 of the vendor's import pages, rows I1 to I3: a name that does not match
exactly becomes a duplicate with the first transfer).

What is to be added fares like every write, by the table of ``life``: it is looked up before it
leaves, a lost answer makes it unknown, and the way out of that is to look the name up in a
list that was read after the write could still be carried out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, NamedTuple

import msgspec

from counterfoil.documents import (
    ListRecord,
    Reason,
    RecordKind,
    Refusal,
    name_key,
    reason,
)

from .drafting import Target
from .life import STATES, Event, Standing, State
from .matching import Alike, Entry, Fit, match
from .moving import stepped
from .operations import Busy, Conflict, Done, Missing, Outcome, Refused, Unknown
from .resolving import unfit

__all__ = [
    "Compared",
    "Counterpart",
    "Decision",
    "Known",
    "Likeness",
    "advance_counterpart",
    "answered",
    "as_new",
    "compared",
    "looked_up",
]


class Decision(StrEnum):
    """What a person said of a record."""

    LINK = "link"
    """It is that record of the other system."""
    ADD = "add"
    """It shall be there, too."""
    LEAVE = "leave"
    """Nothing is done about it."""


class Likeness(StrEnum):
    """How a record of one list fits the other list."""

    SAME = "same"
    """One active record there bears its name: nothing is to be done."""
    DECIDED = "decided"
    """A person has said what it is, or it was made there under another name."""
    DOUBTFUL = "doubtful"
    """Its name is there, but inactive, more than once, or in another list of one name space."""
    NEAR = "near"
    """Names there are like its own: a person looks."""
    NONE = "none"
    """Nothing there is like it."""
    UNSET = "unset"
    """Nothing is named for it, and nothing has to be: only of what settings name."""


class Compared(msgspec.Struct, frozen=True, kw_only=True):
    """A record of one list beside the other list.

    Attributes:
        id, name: Identity and full name in its own system.
        likeness: How it fits.
        record, record_name: What it is there; ``None``: nothing, or nobody knows.
        near: Names there that are like it, best first; suggestions only.
        decision: What a person said; ``None``: nobody said anything.
        given: What a setting says it is there, where that is doubtful or not there.
    """

    id: str
    name: str
    likeness: Likeness
    record: str | None = None
    record_name: str | None = None
    near: tuple[str, ...] = ()
    decision: Decision | None = None
    given: str | None = None


class Known(NamedTuple):
    """What is known of a record's counterpart, without looking at names.

    Attributes:
        decision: What a person said of it; ``None``: nobody did, it was made there by us.
        record: Identity of what it is there; ``None``: not there yet, or nothing.
        name: What that is called there; ``None``: as it is read by its identity.
        is_firm: It comes before what names tell: a person said it of this record.
    """

    decision: Decision | None
    record: str | None = None
    name: str | None = None
    is_firm: bool = True


class Counterpart(msgspec.Struct, frozen=True, kw_only=True):
    """What a person said of a record, and how that fares.

    Attributes:
        link: For whose documents.
        kind: Which list.
        source, source_record, source_name: The connection, identity and name of the record.
        target: The connection in whose lists it has its counterpart.
        record_id: The counterpart's identity; ``None``: not there yet, or none.
        record: What is to be added; ``None``: nothing.
        state, state_since, released_at, attempts, retry_at, sent_at, refusal, reason,
            alerted_at: As those of a follow-up; a link is done as soon as it is said.
        author, made_at: Who said it, and when.
        undone_at: When it was taken back; ``None``: it holds.
    """

    id: int
    link: int
    kind: RecordKind
    source: int
    source_record: str
    source_name: str
    target: int
    decision: Decision
    author: str
    made_at: datetime
    state_since: datetime
    record_id: str | None = None
    record: ListRecord | None = None
    state: State = State.READY
    released_at: datetime | None = None
    attempts: int = 0
    retry_at: datetime | None = None
    sent_at: datetime | None = None
    refusal: Refusal | None = None
    reason: Reason | None = None
    alerted_at: datetime | None = None
    undone_at: datetime | None = None

    @property
    def standing(self) -> Standing:
        """What kind of state it is in."""
        return STATES[self.state].standing

    @property
    def sentence(self) -> str | None:
        """Why it is where it is, for people; ``None``: nothing is to be said."""
        if self.refusal is not None:
            return self.refusal.sentence
        return None if self.reason is None else self.reason.sentence


# --- Comparing ----------------------------------------------------------------------------


def compared(
    records: Iterable[ListRecord],
    there: Mapping[str, Sequence[Entry]],
    names: Alike,
    kind: RecordKind,
    decided: Mapping[str, Known],
    *,
    share_names: bool = False,
) -> list[Compared]:
    """Hold a list beside the other one.

    Args:
        records: The list.
        there: What bears these names in the other system, of any kind, by name key.
        names: The active names of the other list, for suggestions.
        kind: Which list it is.
        decided: What is known already, by identity.
        share_names: Several lists of the other system are one name space.
    """
    return [
        _compared(each, there, names, kind, decided.get(each.id), share_names=share_names)
        for each in records
    ]


def _compared(
    each: ListRecord,
    there: Mapping[str, Sequence[Entry]],
    names: Alike,
    kind: RecordKind,
    known: Known | None,
    *,
    share_names: bool,
) -> Compared:
    plain = Compared(id=each.id, name=each.full_name, likeness=Likeness.NONE)
    if known is not None and known.is_firm:
        return _as_known(plain, known)
    named = there.get(name_key(each.full_name), ())
    fit, entries = match(kind, named, lists_share_names=share_names)
    if fit is Fit.FOUND:
        return msgspec.structs.replace(
            plain,
            likeness=Likeness.SAME,
            record=entries[0].id,
            record_name=entries[0].full_name,
        )
    if known is not None:
        return _as_known(plain, known)
    if fit is not Fit.ABSENT:
        return msgspec.structs.replace(plain, likeness=Likeness.DOUBTFUL)
    near = names.to(each.full_name)
    return msgspec.structs.replace(
        plain, likeness=Likeness.NEAR if near else Likeness.NONE, near=near
    )


def _as_known(plain: Compared, known: Known) -> Compared:
    return msgspec.structs.replace(
        plain,
        likeness=Likeness.DECIDED,
        decision=known.decision,
        record=known.record,
        record_name=known.name,
    )


def as_new(record: ListRecord, name: str | None = None) -> ListRecord:
    """Give a record of one system as one that is to be added to another.

    Identity, revision and what only means something at home stay there.

    Args:
        name: What it is called there; ``None``: as at home.
    """
    called = name or record.full_name
    return msgspec.structs.replace(
        record,
        id="",
        revision=None,
        custom_fields=(),
        full_name=called,
        name=called.rpartition(":")[2],
    )


# --- Faring -------------------------------------------------------------------------------

_DECIDED: Final[Mapping[Event, State]] = {
    Event.WRITTEN: State.DONE,
    Event.ABSENT: State.READY,
    Event.CALLED_OFF: State.SKIPPED,
    Event.RESTARTED: State.READY,
}


def advance_counterpart(
    each: Counterpart,
    event: Event,
    now: datetime,
    *,
    refusal: Refusal | None = None,
    why: Reason | None = None,
    retry_after: timedelta | None = None,
    record_id: str | None = None,
) -> Counterpart:
    """Give a counterpart as it is after an event; arguments as in ``moving.advance``.

    Raises:
        AssertionError: The event cannot happen in this state.
    """
    changes = stepped(each, event, now, _DECIDED, refusal=refusal, why=why, retry_after=retry_after)
    if event is Event.WRITTEN:
        changes["record_id"] = record_id
    return msgspec.structs.replace(each, **changes)


def answered(each: Counterpart, outcome: Outcome, now: datetime, target: str) -> Counterpart:
    """Give a counterpart as it is after the answer to its write, or to what became of it.

    Args:
        target: The target's name in running text.
    """
    if each.state not in (State.SENDING, State.UNKNOWN, State.CONFIRMING):
        # A late answer: what became of the write has been found out meanwhile.
        return each
    match outcome:
        case Done(record=ListRecord() as record):
            return advance_counterpart(each, Event.WRITTEN, now, record_id=record.id)
        case Refused(refusal) if each.state is not State.UNKNOWN:
            return advance_counterpart(each, Event.DECLINED, now, refusal=refusal)
        case Missing() if each.state is State.SENDING:
            return advance_counterpart(each, Event.ABSENT, now)
        case Busy(why, retry_after_s) if each.state is State.SENDING:
            after = None if retry_after_s is None else timedelta(seconds=retry_after_s)
            told = reason("busy", problem=why)
            return advance_counterpart(each, Event.BUSY, now, why=told, retry_after=after)
        case Conflict(detail=why) | Missing(why) | Busy(why) | Unknown(why):
            return _unanswered(each, why or f"{target} did not say", now)
        case _:
            return _unanswered(each, f"the answer of {target} names no record", now)


def _unanswered(each: Counterpart, why: str, now: datetime) -> Counterpart:
    if each.state is State.UNKNOWN:
        return each
    told = reason("outcome-asked", problem=why)
    return advance_counterpart(each, Event.UNANSWERED, now, why=told)


def looked_up(
    each: Counterpart, named: Sequence[Entry], now: datetime, target: Target
) -> Counterpart | None:
    """Give a counterpart after its name was looked up in a list that is known as it is now.

    Args:
        each: Ready to be sent, or unknown and no longer on its way.
        named: What bears its name there, of any kind.
        target: Where it is to be added.

    Returns:
        Done, where the list has it; refused, where its name cannot be had there; ``None``: it is
        not there, and may be sent.
    """
    assert each.record is not None, "only what is to be added is looked up"
    name = each.record.full_name
    fit, entries = match(each.kind, named, lists_share_names=target.lists_share_names)
    if each.state is State.UNKNOWN:
        each = advance_counterpart(each, Event.ASKED, now)
        if fit in (Fit.ABSENT, Fit.TAKEN):
            return advance_counterpart(each, Event.ABSENT, now)
    if fit is Fit.FOUND:
        return advance_counterpart(each, Event.WRITTEN, now, record_id=entries[0].id)
    if fit is Fit.ABSENT:
        return None
    refusal = unfit(fit, entries, "name", each.kind, name, target)
    return advance_counterpart(each, Event.DECLINED, now, refusal=refusal)
