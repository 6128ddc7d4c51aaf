"""Follow-ups: custom fields written once their document is there, by the table of ``life``.

A follow-up is recorded with the write it follows (``asked.Sent``) and becomes ready when that
write has landed.  From then on it fares like every write, by the same table:

* It is read before it is written.  A value is written where the field is blank, holds what
  we wrote there last, or what the books put there themselves when we created the document;
  a person may let it write over anything else they have seen (``replaces``).
* A lost answer makes it unknown; the only way out is to read the field and compare.
* What is no longer there, or asked for, is called off: it ends as skipped.

Where the table leads to a decision, ``_DECIDED`` says what a follow-up becomes: nothing else
than the answer itself has a say in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final

import msgspec

from counterfoil.documents import Document, DocumentKind, Reason, Refusal, same_text

from .life import STATES, Event, Standing, State
from .moving import stepped
from .seeing import is_void

__all__ = [
    "READ_FOR",
    "WITHDRAWN_MAX",
    "FollowUp",
    "advance_field",
    "follow",
    "holds",
    "may_write",
]

# A field that was read longer ago is read again before it is written.
READ_FOR: Final = timedelta(minutes=15)
# So often the target may say that a write never happened before a person is asked.
WITHDRAWN_MAX: Final = 3

_DECIDED: Final[Mapping[Event, State]] = {
    Event.WRITTEN: State.DONE,
    Event.ABSENT: State.READY,
    Event.CONFLICT: State.REFUSED,
    Event.CALLED_OFF: State.SKIPPED,
    Event.RESTARTED: State.READY,
}


class FollowUp(msgspec.Struct, frozen=True, kw_only=True):
    """A custom field to be written to a document that is in the target (DOC-9).

    Attributes:
        transfer: Whose document it is.
        kind, document_id: The document in the target.
        name, value: The field, and what it shall hold.
        state, state_since, released_at, attempts, retry_at: As those of a transfer.
        sent_at: When its write last left; ``None``: never.
        seen: What the field held when it was last read; empty: nothing; ``None``: not read.
        seen_at: When that was.
        ours: What we wrote there last, by an earlier follow-up; ``None``: nothing.
        revision: Of the document as our create made it: whatever stands in a document of this
            revision was put there by the books; ``None``: not known, or not ours to say.
        replaces: What a person has seen there and lets it write over.
        refusal: Why it is refused.
        reason: Why it waits, is unknown or was called off.
        alerted_at: When somebody was told of its age.
    """

    id: int
    transfer: int
    kind: DocumentKind
    document_id: str
    name: str
    value: str
    state_since: datetime
    state: State = State.READY
    released_at: datetime | None = None
    attempts: int = 0
    retry_at: datetime | None = None
    sent_at: datetime | None = None
    seen: str | None = None
    seen_at: datetime | None = None
    revision: str | None = None
    replaces: str | None = None
    refusal: Refusal | None = None
    reason: Reason | None = None
    alerted_at: datetime | None = None
    ours: str | None = None

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

    def is_read(self, now: datetime) -> bool:
        """Whether the field was read a moment ago."""
        return self.seen_at is not None and now - self.seen_at < READ_FOR


def follow(
    transfer: int,
    kind: DocumentKind,
    document_id: str,
    fields: Iterable[tuple[str, str]],
    now: datetime,
    *,
    revision: str | None = None,
) -> list[FollowUp]:
    """Give the follow-ups of a document that has landed: names and values to be written to it.

    ``revision``: the document's, where it is as our create has made it.
    """
    return [
        FollowUp(
            id=0,
            transfer=transfer,
            kind=kind,
            document_id=document_id,
            name=name,
            value=value,
            state_since=now,
            released_at=now,
            revision=revision,
        )
        for name, value in fields
    ]


def advance_field(
    field: FollowUp,
    event: Event,
    now: datetime,
    *,
    refusal: Refusal | None = None,
    why: Reason | None = None,
    retry_after: timedelta | None = None,
) -> FollowUp:
    """Give a follow-up as it is after an event; arguments as in ``moving.advance``.

    Raises:
        AssertionError: The event cannot happen in this state.
    """
    changes = stepped(
        field, event, now, _DECIDED, refusal=refusal, why=why, retry_after=retry_after
    )
    if event in (Event.WRITTEN, Event.ABSENT, Event.RESTARTED, Event.DUE):
        # The next write reads first: the field may hold something else by then.
        changes["seen_at"] = None
    return msgspec.structs.replace(field, **changes)


def holds(document: Document | None, name: str) -> str | None:
    """Say what a field of a document holds, empty: nothing; ``None``: the document is out."""
    if document is None or is_void(document):
        return None
    find = getattr(document, "custom_field", None)
    return (find(name) if find is not None else None) or ""


def may_write(field: FollowUp, found: str, revision: str | None) -> bool:
    """Say whether a value may be written where another one was found.

    Args:
        found: What the field holds; empty: nothing.
        revision: Of the document in which it was found.
    """
    untouched = field.revision is not None and field.revision == revision
    known = (field.ours, field.replaces)
    return (
        not found.strip()
        or untouched
        or any(each is not None and same_text(found, each) for each in known)
    )
