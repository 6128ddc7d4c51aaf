"""The life of a transfer.

A transfer is one document's passage through one flow.  All that can happen to it is in
the table below: a row says, for a state and an event, the next state and what has to
be recorded with it.  The diagram in ``docs/architecture.md``, the property tests and
every caller read this table; nothing decides about a transfer's state elsewhere.

Three ideas shape it:

* **Record, act, record.**  A write is recorded (``WRITE_SENT``) before its first byte
  leaves.  From then until an answer is recorded, the transfer is ``SENDING``, and
  nobody (no person, no change at the source) can move it: only the answer can.
* **No answer is an answer.**  A lost reply (``UNANSWERED``) makes the transfer
  ``UNKNOWN``.  The only way out is to ask what became of the write
  (``ASKED`` → ``CONFIRMING``): it is there (``WRITTEN``), it never happened
  (``ABSENT``: safe to send), or nobody can tell (back to ``UNKNOWN``).  There is no
  row from ``UNKNOWN`` or ``CONFIRMING`` to ``SENDING``: a write whose fate is unknown
  can never be sent again.
* **Nothing waits silently.**  Every state has an owner, who has to act next, and an
  age after which somebody is told (``OWNERS``).

Cells that are not in ``TABLE`` are ``IMPOSSIBLE``: only a mistake of ours leads there,
and ``step`` says so.  Every pair is decided one way or the other; a test asks each.
"""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import Final, NamedTuple

__all__ = [
    "OWNERS",
    "SETTLED",
    "TABLE",
    "Effect",
    "Event",
    "Owner",
    "Ownership",
    "State",
    "Step",
    "retry_delay",
    "step",
]


class State(StrEnum):
    """Where a transfer stands; users see these words."""

    HELD = "held"
    """Waits for a person to send it, or for the source to release it."""
    READY = "ready"
    """Wanted; the engine takes it up with the next batch."""
    MATCHING = "matching"
    """Its records are being created, or its number is being looked up, in the target."""
    SENDING = "sending"
    """Its write is recorded and on its way."""
    UNKNOWN = "unknown"
    """No answer came to its write."""
    CONFIRMING = "confirming"
    """The target has been asked what became of its write."""
    WAITING = "waiting"
    """The target was busy; again at ``retry_at``."""
    DONE = "done"
    """In the target, once."""
    CHANGED = "changed"
    """Done, and the source has changed since."""
    REFUSED = "refused"
    """Stopped with a refusal; a person decides."""
    SKIPPED = "skipped"
    """Left out, by a rule or by a person."""


class Event(StrEnum):
    """What can happen to a transfer."""

    RELEASED = "released"
    """The flow is automatic, or a person pressed send or try again."""
    WITHHELD = "withheld"
    """It may not go yet: a draft, or its flow was switched to manual or off."""
    EXCLUDED = "excluded"
    """Leave it out."""
    MATCH_SENT = "match sent"
    """What it depends on is recorded and on its way."""
    MATCH_ANSWERED = "match answered"
    """What it depended on has been answered; look again."""
    WRITE_SENT = "write sent"
    """Its write is recorded; only then does it leave."""
    WRITTEN = "written"
    """The target has it: answered, recovered or found."""
    ABSENT = "absent"
    """The write never happened."""
    DECLINED = "declined"
    """A rule of ours or the target said no."""
    BUSY = "busy"
    """Not now; again later."""
    UNANSWERED = "unanswered"
    """No answer came."""
    ASKED = "asked"
    """The question what became of it is recorded and on its way."""
    DUE = "due"
    """The time to wait is over."""
    SOURCE_CHANGED = "source changed"
    """The source says something else than before."""
    SOURCE_RESTORED = "source restored"
    """The source says again what was sent."""
    SOURCE_GONE = "source gone"
    """Deleted or cancelled at the source."""
    ADOPTED = "adopted"
    """A person named the target's document that it is."""
    ACCEPTED = "accepted"
    """A person has dealt with the change by hand."""
    OVERDUE = "overdue"
    """Older than its state's age limit."""


class Effect(StrEnum):
    """What has to be recorded together with the new state."""

    PAIR = "pair"
    """Keep which target document it became."""
    COUNT = "count"
    """One attempt more."""
    RESET = "reset"
    """A fresh start: no attempts, no refusal, the age counted from now."""
    RETRY_LATER = "retry later"
    """Set ``retry_at`` from ``retry_delay``."""
    EXPLAIN = "explain"
    """Keep the refusal or the reason."""
    ALERT = "alert"
    """Tell somebody."""


class Step(NamedTuple):
    """A cell of the table."""

    state: State
    effects: tuple[Effect, ...] = ()


class Owner(StrEnum):
    """Who has to act next."""

    PERSON = "a person"
    ENGINE = "Counterfoil"
    TARGET = "the target system"
    CLOCK = "the clock"
    NOBODY = "nobody"


class Ownership(NamedTuple):
    """Who acts next in a state, and after which age somebody is told."""

    owner: Owner
    age_limit: timedelta | None


OWNERS: Final[dict[State, Ownership]] = {
    State.HELD: Ownership(Owner.PERSON, timedelta(days=30)),
    State.READY: Ownership(Owner.ENGINE, timedelta(days=1)),
    State.MATCHING: Ownership(Owner.TARGET, timedelta(days=1)),
    State.SENDING: Ownership(Owner.TARGET, timedelta(hours=12)),
    State.UNKNOWN: Ownership(Owner.ENGINE, timedelta(hours=12)),
    State.CONFIRMING: Ownership(Owner.TARGET, timedelta(hours=12)),
    State.WAITING: Ownership(Owner.CLOCK, timedelta(days=3)),
    State.DONE: Ownership(Owner.NOBODY, None),
    State.CHANGED: Ownership(Owner.PERSON, timedelta(days=7)),
    State.REFUSED: Ownership(Owner.PERSON, timedelta(days=3)),
    State.SKIPPED: Ownership(Owner.NOBODY, None),
}

SETTLED: Final = frozenset({State.DONE, State.SKIPPED})
"""States in which nobody has anything left to do."""

_S, _E, _F = State, Event, Effect
_STAY: Final = None
"""A cell that leaves everything as it is."""

_ROWS: Final[dict[State, dict[Event, Step | None]]] = {
    _S.HELD: {
        _E.RELEASED: Step(_S.READY, (_F.RESET,)),
        _E.WITHHELD: Step(_S.HELD, (_F.EXPLAIN,)),
        _E.EXCLUDED: Step(_S.SKIPPED, (_F.EXPLAIN,)),
        _E.SOURCE_CHANGED: _STAY,
        _E.SOURCE_RESTORED: _STAY,
        _E.SOURCE_GONE: Step(_S.SKIPPED, (_F.EXPLAIN,)),
        _E.ADOPTED: Step(_S.DONE, (_F.PAIR, _F.RESET)),
        _E.ACCEPTED: _STAY,
        _E.OVERDUE: Step(_S.HELD, (_F.ALERT,)),
    },
    _S.READY: {
        _E.RELEASED: _STAY,
        _E.WITHHELD: Step(_S.HELD, (_F.EXPLAIN,)),
        _E.EXCLUDED: Step(_S.SKIPPED, (_F.EXPLAIN,)),
        _E.MATCH_SENT: Step(_S.MATCHING),
        _E.WRITE_SENT: Step(_S.SENDING, (_F.COUNT,)),
        _E.DECLINED: Step(_S.REFUSED, (_F.EXPLAIN,)),
        _E.SOURCE_CHANGED: _STAY,
        _E.SOURCE_RESTORED: _STAY,
        _E.SOURCE_GONE: Step(_S.SKIPPED, (_F.EXPLAIN,)),
        _E.ADOPTED: Step(_S.DONE, (_F.PAIR, _F.RESET)),
        _E.ACCEPTED: _STAY,
        _E.OVERDUE: Step(_S.READY, (_F.ALERT,)),
    },
    _S.MATCHING: {
        _E.RELEASED: _STAY,
        _E.WITHHELD: Step(_S.HELD, (_F.EXPLAIN,)),
        _E.EXCLUDED: Step(_S.SKIPPED, (_F.EXPLAIN,)),
        _E.MATCH_ANSWERED: Step(_S.READY),
        _E.DECLINED: Step(_S.REFUSED, (_F.EXPLAIN,)),
        # Counted here, since asking for records is no attempt to write.
        _E.BUSY: Step(_S.WAITING, (_F.COUNT, _F.RETRY_LATER, _F.EXPLAIN)),
        # A lost answer to a record's creation: the directory is read again before the
        # next attempt, so the record is then found instead of created twice.
        _E.UNANSWERED: Step(_S.READY),
        _E.SOURCE_CHANGED: _STAY,
        _E.SOURCE_RESTORED: _STAY,
        _E.SOURCE_GONE: Step(_S.SKIPPED, (_F.EXPLAIN,)),
        _E.ADOPTED: Step(_S.DONE, (_F.PAIR, _F.RESET)),
        _E.ACCEPTED: _STAY,
        _E.OVERDUE: Step(_S.MATCHING, (_F.ALERT,)),
    },
    _S.SENDING: {
        _E.RELEASED: _STAY,
        _E.WITHHELD: _STAY,
        _E.EXCLUDED: _STAY,
        _E.WRITTEN: Step(_S.DONE, (_F.PAIR, _F.RESET)),
        _E.ABSENT: Step(_S.READY),
        _E.DECLINED: Step(_S.REFUSED, (_F.EXPLAIN,)),
        _E.BUSY: Step(_S.WAITING, (_F.RETRY_LATER, _F.EXPLAIN)),
        _E.UNANSWERED: Step(_S.UNKNOWN, (_F.EXPLAIN,)),
        _E.SOURCE_CHANGED: _STAY,
        _E.SOURCE_RESTORED: _STAY,
        _E.SOURCE_GONE: _STAY,
        _E.ADOPTED: _STAY,
        _E.ACCEPTED: _STAY,
        _E.OVERDUE: Step(_S.SENDING, (_F.ALERT,)),
    },
    _S.UNKNOWN: {
        _E.RELEASED: _STAY,
        _E.WITHHELD: _STAY,
        _E.EXCLUDED: _STAY,
        _E.ASKED: Step(_S.CONFIRMING),
        _E.UNANSWERED: _STAY,
        _E.DECLINED: Step(_S.REFUSED, (_F.EXPLAIN, _F.ALERT)),
        _E.SOURCE_CHANGED: _STAY,
        _E.SOURCE_RESTORED: _STAY,
        _E.SOURCE_GONE: _STAY,
        _E.ADOPTED: Step(_S.DONE, (_F.PAIR, _F.RESET)),
        _E.ACCEPTED: _STAY,
        _E.OVERDUE: Step(_S.UNKNOWN, (_F.ALERT,)),
    },
    _S.CONFIRMING: {
        _E.RELEASED: _STAY,
        _E.WITHHELD: _STAY,
        _E.EXCLUDED: _STAY,
        _E.WRITTEN: Step(_S.DONE, (_F.PAIR, _F.RESET)),
        _E.ABSENT: Step(_S.READY),
        _E.DECLINED: Step(_S.REFUSED, (_F.EXPLAIN,)),
        _E.BUSY: Step(_S.UNKNOWN, (_F.EXPLAIN,)),
        _E.UNANSWERED: Step(_S.UNKNOWN, (_F.EXPLAIN,)),
        _E.SOURCE_CHANGED: _STAY,
        _E.SOURCE_RESTORED: _STAY,
        _E.SOURCE_GONE: _STAY,
        _E.ADOPTED: _STAY,
        _E.ACCEPTED: _STAY,
        _E.OVERDUE: Step(_S.CONFIRMING, (_F.ALERT,)),
    },
    _S.WAITING: {
        _E.RELEASED: Step(_S.READY, (_F.RESET,)),
        _E.WITHHELD: Step(_S.HELD, (_F.EXPLAIN,)),
        _E.EXCLUDED: Step(_S.SKIPPED, (_F.EXPLAIN,)),
        _E.DUE: Step(_S.READY),
        _E.SOURCE_CHANGED: Step(_S.READY, (_F.RESET,)),
        _E.SOURCE_RESTORED: _STAY,
        _E.SOURCE_GONE: Step(_S.SKIPPED, (_F.EXPLAIN,)),
        _E.ADOPTED: Step(_S.DONE, (_F.PAIR, _F.RESET)),
        _E.ACCEPTED: _STAY,
        _E.OVERDUE: Step(_S.REFUSED, (_F.EXPLAIN, _F.ALERT)),
    },
    _S.DONE: {
        # FLOW-8: sent once only; a second press names the document that is there.
        _E.RELEASED: _STAY,
        _E.WITHHELD: _STAY,
        _E.EXCLUDED: _STAY,
        _E.SOURCE_CHANGED: Step(_S.CHANGED, (_F.ALERT,)),
        _E.SOURCE_RESTORED: _STAY,
        _E.SOURCE_GONE: Step(_S.CHANGED, (_F.EXPLAIN, _F.ALERT)),
        _E.ADOPTED: _STAY,
        _E.ACCEPTED: _STAY,
        _E.OVERDUE: _STAY,
    },
    _S.CHANGED: {
        # FLOW-7: a change after the first send is shown, and dealt with by hand.
        _E.RELEASED: _STAY,
        _E.WITHHELD: _STAY,
        _E.EXCLUDED: _STAY,
        _E.SOURCE_CHANGED: _STAY,
        _E.SOURCE_RESTORED: Step(_S.DONE, (_F.RESET,)),
        _E.SOURCE_GONE: Step(_S.CHANGED, (_F.EXPLAIN,)),
        _E.ADOPTED: _STAY,
        _E.ACCEPTED: Step(_S.DONE, (_F.RESET,)),
        _E.OVERDUE: Step(_S.CHANGED, (_F.ALERT,)),
    },
    _S.REFUSED: {
        _E.RELEASED: Step(_S.READY, (_F.RESET,)),
        _E.WITHHELD: Step(_S.HELD, (_F.EXPLAIN,)),
        _E.EXCLUDED: Step(_S.SKIPPED, (_F.EXPLAIN,)),
        # Somebody corrected the source: try again without being asked.
        _E.SOURCE_CHANGED: Step(_S.READY, (_F.RESET,)),
        _E.SOURCE_RESTORED: _STAY,
        _E.SOURCE_GONE: Step(_S.SKIPPED, (_F.EXPLAIN,)),
        _E.ADOPTED: Step(_S.DONE, (_F.PAIR, _F.RESET)),
        _E.ACCEPTED: _STAY,
        _E.OVERDUE: Step(_S.REFUSED, (_F.ALERT,)),
    },
    _S.SKIPPED: {
        _E.RELEASED: Step(_S.READY, (_F.RESET,)),
        _E.WITHHELD: Step(_S.HELD, (_F.EXPLAIN,)),
        _E.EXCLUDED: _STAY,
        _E.SOURCE_CHANGED: _STAY,
        _E.SOURCE_RESTORED: _STAY,
        _E.SOURCE_GONE: _STAY,
        _E.ADOPTED: Step(_S.DONE, (_F.PAIR, _F.RESET)),
        _E.ACCEPTED: _STAY,
        _E.OVERDUE: _STAY,
    },
}

TABLE: Final[dict[tuple[State, Event], Step]] = {
    (state, event): cell or Step(state)
    for state, row in _ROWS.items()
    for event, cell in row.items()
}


def step(state: State, event: Event) -> Step:
    """Say what an event does to a transfer.

    Raises:
        AssertionError: The event cannot happen in this state: a mistake of ours.
    """
    found = TABLE.get((state, event))
    if found is None:
        raise AssertionError(f"a transfer that is {state} cannot be {event}")
    return found


_FIRST_DELAY_S: Final = 2
_LONGEST_DELAY_S: Final = 3600


def retry_delay(attempts: int) -> timedelta:
    """Say how long to wait after so many attempts: 2 s, doubling, an hour at most."""
    assert attempts >= 0
    return timedelta(seconds=min(_FIRST_DELAY_S * 2 ** min(attempts, 16), _LONGEST_DELAY_S))
