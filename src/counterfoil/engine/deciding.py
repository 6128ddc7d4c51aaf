"""What shall be: from the facts about a document to a state of rest, or to a write.

``decide`` is a table read from top to bottom; the first row that fits counts.  It is asked
whenever a fact changes while nothing is on its way, and after every answer.  Facts are
compared, events are not remembered: so whatever happens while a write is in flight is seen
as soon as the flight ends, and nothing can be missed or acted upon twice.

A transfer is *landed* while an unended pairing says which document of the target it is.
The create's rules never bind what has landed: that an order is cancelled, too old or bears
our number does not keep it from being changed or taken away.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from enum import StrEnum
from typing import Final, NamedTuple

import msgspec

from counterfoil.documents import Reason, reason
from counterfoil.settings import ChangePolicy

from .admission import Go, Hold, LeaveOut
from .life import State

__all__ = [
    "DECISIONS",
    "Decision",
    "End",
    "Facts",
    "Make",
    "Rest",
    "Source",
    "Target",
    "Wish",
    "Write",
    "decide",
]


class Write(StrEnum):
    """What is done to the target's document."""

    CREATE = "create"
    UPDATE = "update"
    VOID = "void"
    """Taken out of the target, by voiding or deleting it."""


class Source(StrEnum):
    """What the source document says, beside what was last sent of it."""

    AS_SENT = "as sent"
    OTHER = "other"
    GONE = "gone"
    """Deleted or cancelled."""


class Target(StrEnum):
    """What the target's document says, beside what we last wrote."""

    AS_WRITTEN = "as written"
    OTHER = "other"
    GONE = "gone"


class Wish(StrEnum):
    """What a person wants of a document; kept until it is fulfilled, and audited."""

    NONE = "none"
    """Nobody wishes anything."""
    SEND = "send"
    """Ends with the written create or update, or when it is skipped."""
    REPLACE = "replace"
    """Sent anew in place of the document that was just taken out; ours, ends like ``SEND``."""
    LEAVE = "leave"
    """Stays until a person sends it."""
    UNDO = "undo"
    """Stays until a person sends it."""
    ADOPT = "adopt"
    """It is there, a person says; ends once its document was seen there, or by their word."""

    @property
    def sends(self) -> bool:
        """Whether it wants the document written."""
        return self in (Wish.SEND, Wish.REPLACE)


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """All that is known about a document and that decides about it.

    Attributes:
        landed: An unended pairing exists.
        target: Only looked at when landed.
        admit: May it go: the create's answer before it has landed, the update's after.
        is_manual: The flow sends only what a person sends.
        changes, cancellations: What happens when the source changes, or is cancelled,
            after it has landed.
        closes: A cancelled document is closed by an update instead of being taken out.
        is_closed: Our last write closed it, for its source was cancelled or closed short; or it
            was found closed when it was to be.
        is_finished: An order that is closed at its source.
        closes_finished: Such an order is closed in the target, too.
        is_unlinked: It stands in the target without the link to its order that it shall have.
        becomes_other: Sent again, it becomes a document of another kind.
        gone_as: Why it is skipped where it is gone before it has landed.
        is_paused: Nothing is written on this link.
        quiet_at: From when a changed source counts as quiet; ``None``: it is.
        by: Who wished.
        gone_on: The day on which the target's document was deleted, where that is told.
        books: The books' name in running text.
    """

    landed: bool
    source: Source
    target: Target = Target.AS_WRITTEN
    admit: Go | Hold | LeaveOut = Go()
    is_manual: bool = False
    wish: Wish = Wish.NONE
    changes: ChangePolicy = ChangePolicy.REPORT
    cancellations: ChangePolicy = ChangePolicy.REPORT
    closes: bool = False
    is_closed: bool = False
    is_finished: bool = False
    closes_finished: bool = False
    is_unlinked: bool = False
    becomes_other: bool = False
    gone_as: str = "not-sent"
    is_paused: bool = False
    quiet_at: datetime | None = None
    by: str | None = None
    gone_on: date | None = None
    books: str = "the books"

    @property
    def differs(self) -> bool:
        """Whether the source says something else than the target's document was made from."""
        is_reopened = self.is_closed and not self.is_finished
        return self.source is Source.OTHER or (is_reopened and self.source is Source.AS_SENT)

    @property
    def is_gone(self) -> bool:
        """Whether the source is gone and the target's document still stands open."""
        return self.source is Source.GONE and not self.is_closed

    @property
    def ends(self) -> bool:
        """Whether all that is left to do is to close it, for its source was closed.

        A change of either side is dealt with first.
        """
        is_same = self.source is Source.AS_SENT and self.target is Target.AS_WRITTEN
        is_wanted = self.is_finished and self.closes_finished and self.wish is not Wish.LEAVE
        return self.landed and is_same and is_wanted and not self.is_closed


class Rest(NamedTuple):
    """Nothing shall be written."""

    state: State
    reason: Reason | None = None


class Make(NamedTuple):
    """A write shall be made, not before a moment where one is given."""

    write: Write
    not_before: datetime | None = None


class End(NamedTuple):
    """The pairing ends, and the facts are looked at again."""


Decision = Rest | Make | End


class _Row(NamedTuple):
    name: str
    fits: Callable[[Facts], bool]
    outcome: Callable[[Facts], Decision]


def _admission(facts: Facts) -> Decision:
    match facts.admit:
        case Hold(why):
            return Rest(State.HELD, why)
        case LeaveOut(why):
            return Rest(State.SKIPPED, why)
        case Go():
            raise AssertionError("the row asks for a hold")


def _by_person(facts: Facts) -> Decision:
    code = "undone-by" if facts.wish is Wish.UNDO else "left-out-by"
    return Rest(State.SKIPPED, reason(code, who=facts.by or "somebody"))


def _held_back(facts: Facts) -> Reason | None:
    """Why an update may not be made now, although the facts ask for it."""
    return facts.admit.reason if isinstance(facts.admit, Hold | LeaveOut) else None


def _gone_at_source(facts: Facts) -> Decision:
    why = _held_back(facts)
    if why is not None:
        return Rest(State.CHANGED, why)
    return Make(Write.UPDATE if facts.closes else Write.VOID)


def _update(facts: Facts) -> Decision:
    why = _held_back(facts)
    if why is not None:
        return Rest(State.CHANGED, why)
    return Make(Write.UPDATE, None if facts.wish.sends else facts.quiet_at)


def _end(facts: Facts) -> Decision:
    why = _held_back(facts)
    return Make(Write.UPDATE) if why is None else Rest(State.CHANGED, why)


def _replace(facts: Facts) -> Decision:
    why = _held_back(facts)
    return Make(Write.VOID) if why is None else Rest(State.CHANGED, why)


def _undo(facts: Facts) -> Decision:
    if facts.is_paused:
        return Rest(State.CHANGED, reason("link-paused"))
    return Make(Write.VOID)


def _target_changed(facts: Facts) -> Decision:
    both = facts.differs or facts.is_gone
    return Rest(State.CHANGED, reason("conflict" if both else "target-changed"))


def _target_gone(facts: Facts) -> Decision:
    day = facts.gone_on
    told = {"target": facts.books, "day": f"{day.day} {day:%B %Y}"} if day is not None else {}
    return Rest(State.CHANGED, reason("target-gone", **told))


def _rest(state: State, code: str) -> Callable[[Facts], Decision]:
    return lambda _facts: Rest(state, reason(code))


_UNWANTED: Final = frozenset({Wish.UNDO, Wish.LEAVE})

DECISIONS: Final[tuple[_Row, ...]] = (
    _Row(
        "not landed, a person says that it is there: held until it was seen there",
        lambda f: not f.landed and f.wish is Wish.ADOPT,
        _rest(State.HELD, "adopted-unread"),
    ),
    _Row(
        "not landed, a person left it out or undid it: skipped",
        lambda f: not f.landed and f.wish in _UNWANTED,
        _by_person,
    ),
    _Row(
        "not landed, gone at its source: skipped",
        lambda f: not f.landed and f.source is Source.GONE,
        lambda f: Rest(State.SKIPPED, reason(f.gone_as)),
    ),
    _Row(
        "not landed, may not go: held or skipped",
        lambda f: not f.landed and not isinstance(f.admit, Go),
        _admission,
    ),
    _Row(
        "not landed, a manual flow and nobody sent it: held",
        lambda f: not f.landed and f.is_manual and not f.wish.sends,
        _rest(State.HELD, "waits-for-person"),
    ),
    _Row("not landed: create", lambda f: not f.landed, lambda _f: Make(Write.CREATE)),
    _Row(
        "gone at the source and in the target: the pairing ends",
        lambda f: f.source is Source.GONE and f.target is Target.GONE,
        lambda _f: End(),
    ),
    _Row(
        "a person undid it and it is out already: the pairing ends",
        lambda f: f.wish is Wish.UNDO and f.target is Target.GONE,
        lambda _f: End(),
    ),
    _Row("a person undid it: void", lambda f: f.wish is Wish.UNDO, _undo),
    _Row(
        "gone in the target, and a person sent it again or left it: the pairing ends",
        lambda f: f.target is Target.GONE and f.wish is not Wish.NONE,
        lambda _f: End(),
    ),
    _Row(
        "gone in the target: changed",
        lambda f: f.target is Target.GONE,
        _target_gone,
    ),
    _Row(
        "to be taken out and written anew: void",
        lambda f: (
            f.wish is Wish.REPLACE
            or (f.wish is Wish.SEND and (f.is_unlinked or f.becomes_other) and not f.is_gone)
        ),
        _replace,
    ),
    _Row(
        "not linked to its order: changed",
        lambda f: f.is_unlinked and not f.is_gone,
        _rest(State.CHANGED, "not-linked"),
    ),
    _Row("closed at its source, and to be closed: closed", lambda f: f.ends, _end),
    _Row(
        "source as sent, target as written: done",
        lambda f: not f.differs and not f.is_gone and f.target is Target.AS_WRITTEN,
        lambda _f: Rest(State.DONE),
    ),
    _Row(
        "changed in the target, and nobody sent it: changed",
        lambda f: f.target is Target.OTHER and not f.wish.sends,
        _target_changed,
    ),
    _Row(
        "gone at the source, by itself or on request: taken out, or closed",
        lambda f: (
            f.is_gone and (f.wish.sends or (f.cancellations is ChangePolicy.AUTOMATIC and _may(f)))
        ),
        _gone_at_source,
    ),
    _Row(
        "gone at the source: changed",
        lambda f: f.is_gone,
        _rest(State.CHANGED, "source-gone"),
    ),
    _Row(
        "changed, by itself once it is quiet, or on request: update",
        lambda f: f.wish.sends or (f.changes is ChangePolicy.AUTOMATIC and _may(f)),
        _update,
    ),
    _Row("changed at the source: changed", lambda _f: True, _rest(State.CHANGED, "source-changed")),
)


def _may(facts: Facts) -> bool:
    """Whether something may happen by itself: not when a person wished to leave it.

    Nor while somebody says that it is another document there.
    """
    return facts.wish not in (Wish.LEAVE, Wish.ADOPT)


def decide(facts: Facts) -> Decision:
    """Give what the first row that fits says.

    An ``End`` is followed by another decision, with ``landed`` false.
    """
    row = next(row for row in DECISIONS if row.fits(facts))
    return row.outcome(facts)
