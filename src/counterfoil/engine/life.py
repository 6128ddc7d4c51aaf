"""How a write fares: the states of a transfer, and what every event does to them.

A transfer is one document's passage through one flow.  Two tables decide about it.
*What shall be* (``deciding``): from the facts as they are now, either a state of rest or a
write.  *How a write fares* is the table below: from the moment a write is wanted until its
answer is recorded.  The same rows serve a create, an update and a void.  The diagram in
``docs/architecture.md``, the property tests, the database's indexes and every caller read
these two tables; nothing decides about a transfer's state elsewhere.

Four ideas shape them:

* **Record, act, record.**  A write is recorded (``WRITE_SENT``) before its first byte
  leaves.  From then until an answer is recorded, the transfer is in flight, and nobody (no
  person, no change at the source) can move it: only an answer can.
* **Facts are compared, events are not remembered.**  Whatever changed during a flight is
  seen when it ends: the answer leads to ``DECIDE``, which looks at the facts anew.
* **No answer is an answer.**  A lost reply (``UNANSWERED``) makes the transfer ``UNKNOWN``.
  The only way out is to ask what became of the write (``ASKED`` → ``CONFIRMING``): it is
  there (``WRITTEN``), it never happened (``ABSENT``), or nobody can tell (back to
  ``UNKNOWN``).  There is no row from ``UNKNOWN`` or ``CONFIRMING`` to ``SENDING``.
* **Nothing waits silently.**  Every state has an owner, who has to act next, and an age
  after which somebody is told (``STATES``).

Cells that are not in ``TABLE`` are impossible: only a mistake of ours leads there, and
``step`` says so.  A test asks each pair.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Final, NamedTuple

__all__ = [
    "DECIDE",
    "FAMILY_AGE_LIMIT",
    "STATES",
    "TABLE",
    "UNSETTLED",
    "Effect",
    "Event",
    "Owner",
    "Standing",
    "State",
    "StateTraits",
    "Step",
    "retry_delay",
    "states_that_are",
    "step",
]


class State(StrEnum):
    """Where a transfer stands; users see these words."""

    HELD = "held"
    """Waits for a person to send it, or for the source to release it."""
    READY = "ready"
    """Wanted; the engine takes it up with the next batch."""
    MATCHING = "matching"
    """Its records are being created, its number looked up, or its document read, in the target."""
    SENDING = "sending"
    """Its write is recorded and on its way."""
    UNKNOWN = "unknown"
    """No answer came to its write."""
    CONFIRMING = "confirming"
    """The target has been asked what became of its write."""
    WAITING = "waiting"
    """Not now; again at ``retry_at``, or when what it waits for has come."""
    DONE = "done"
    """In the target, once, as the source says."""
    CHANGED = "changed"
    """Done, and source or target have changed since: a person decides."""
    REFUSED = "refused"
    """Stopped with a refusal; a person decides."""
    SKIPPED = "skipped"
    """Left out, by a rule or by a person."""


class Standing(StrEnum):
    """What kind of state it is: which table moves it next."""

    RESTING = "resting"
    """Nothing shall be written; a changed fact moves it."""
    WANTED = "wanted"
    """A write shall be made and has not left; it can still be called off."""
    IN_FLIGHT = "in flight"
    """A write may be happening or have happened; only an answer moves it."""
    STOPPED = "stopped"
    """A write was refused; a wish, another source or other settings start it again."""


class Owner(StrEnum):
    """Who has to act next."""

    PERSON = "a person"
    ENGINE = "Counterfoil"
    TARGET = "the target system"
    CLOCK = "the clock"
    NOBODY = "nobody"


class StateTraits(NamedTuple):
    """What is true of a state.

    ``age_limit``: after which age somebody is told; ``is_settled``: nobody has anything
    left to do; ``keeps_exchange``: it waits for the answer to a recorded exchange.
    """

    standing: Standing
    owner: Owner
    age_limit: timedelta | None
    is_settled: bool = False
    keeps_exchange: bool = False


_LONG: Final = timedelta(days=30)

STATES: Final[Mapping[State, StateTraits]] = {
    State.HELD: StateTraits(Standing.RESTING, Owner.PERSON, _LONG),
    State.READY: StateTraits(Standing.WANTED, Owner.ENGINE, timedelta(days=1)),
    State.MATCHING: StateTraits(
        Standing.WANTED, Owner.TARGET, timedelta(days=1), keeps_exchange=True
    ),
    State.SENDING: StateTraits(
        Standing.IN_FLIGHT, Owner.TARGET, timedelta(hours=12), keeps_exchange=True
    ),
    State.UNKNOWN: StateTraits(
        Standing.IN_FLIGHT, Owner.ENGINE, timedelta(hours=12), keeps_exchange=True
    ),
    State.CONFIRMING: StateTraits(
        Standing.IN_FLIGHT, Owner.TARGET, timedelta(hours=12), keeps_exchange=True
    ),
    State.WAITING: StateTraits(Standing.WANTED, Owner.CLOCK, timedelta(days=3)),
    State.DONE: StateTraits(Standing.RESTING, Owner.NOBODY, None, is_settled=True),
    State.CHANGED: StateTraits(Standing.RESTING, Owner.PERSON, timedelta(days=7)),
    State.REFUSED: StateTraits(Standing.STOPPED, Owner.PERSON, timedelta(days=3)),
    State.SKIPPED: StateTraits(Standing.RESTING, Owner.NOBODY, None, is_settled=True),
}

FAMILY_AGE_LIMIT: Final = _LONG
"""How long a document may wait for another one (its order) before it is refused."""


def states_that_are(*standings: Standing) -> tuple[State, ...]:
    """Give the states of some kinds, in the table's order."""
    return tuple(state for state, traits in STATES.items() if traits.standing in standings)


UNSETTLED: Final = tuple(
    state
    for state in states_that_are(Standing.WANTED, Standing.IN_FLIGHT)
    if state is not State.WAITING
)
"""States in which a run has something left to do."""


class Event(StrEnum):
    """What can happen to a write."""

    MATCH_SENT = "match sent"
    """What it depends on is recorded and on its way."""
    MATCH_ANSWERED = "match answered"
    """What it depended on has been answered; look again."""
    WRITE_SENT = "write sent"
    """Its write is recorded; only then does it leave."""
    WRITTEN = "written"
    """The target has it: answered, recovered or found."""
    ENTERED = "entered"
    """It is there, but that it is linked to its order is still to be proved."""
    UNLINKED = "unlinked"
    """It is there and not linked to its order."""
    CONFLICT = "conflict"
    """Nothing was changed: the target's document is another one than we knew."""
    ABSENT = "absent"
    """The write never happened."""
    DECLINED = "declined"
    """A rule of ours or the target said no."""
    BUSY = "busy"
    """Not now; again later."""
    AWAITS = "awaits"
    """Another document has to come first."""
    UNANSWERED = "unanswered"
    """No answer came."""
    ASKED = "asked"
    """The question what became of it is recorded and on its way."""
    DUE = "due"
    """The time to wait is over, or what it waited for has come."""
    CALLED_OFF = "called off"
    """The facts no longer ask for this write."""
    RESTARTED = "restarted"
    """A person's wish, another source content or other settings: try again."""
    OVERDUE = "overdue"
    """Older than its state's age limit."""


class Effect(StrEnum):
    """What has to be recorded together with the new state."""

    PAIR = "pair"
    """Keep which target document it became, or what it says now, or that it is out."""
    SEE = "see"
    """Keep what the target's document was seen to say."""
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


class _Decide:
    """Where an answer leads when the facts decide what follows."""

    def __repr__(self) -> str:
        return "DECIDE"


DECIDE: Final = _Decide()
"""The facts decide: ``deciding.decide`` is asked for the next state."""


class Step(NamedTuple):
    """A cell of the table."""

    to: State | _Decide
    effects: tuple[Effect, ...] = ()


_S, _E, _F = State, Event, Effect

TABLE: Final[Mapping[tuple[State, Event], Step]] = {
    (_S.READY, _E.MATCH_SENT): Step(_S.MATCHING),
    (_S.READY, _E.WRITE_SENT): Step(_S.SENDING, (_F.COUNT,)),
    # It is there already: its mark was read in the target (a hub that was restored).
    (_S.READY, _E.WRITTEN): Step(DECIDE, (_F.PAIR, _F.RESET)),
    (_S.READY, _E.DECLINED): Step(_S.REFUSED, (_F.EXPLAIN,)),
    (_S.READY, _E.BUSY): Step(_S.WAITING, (_F.RETRY_LATER, _F.EXPLAIN)),
    (_S.READY, _E.AWAITS): Step(_S.WAITING, (_F.EXPLAIN,)),
    (_S.READY, _E.CALLED_OFF): Step(DECIDE),
    (_S.READY, _E.OVERDUE): Step(_S.READY, (_F.ALERT,)),
    (_S.MATCHING, _E.MATCH_ANSWERED): Step(_S.READY),
    # It turned out to be there already: found by its mark when its number was looked up.
    (_S.MATCHING, _E.WRITTEN): Step(DECIDE, (_F.PAIR, _F.RESET)),
    # The document to be changed is another one than we knew.
    (_S.MATCHING, _E.CONFLICT): Step(DECIDE, (_F.SEE,)),
    (_S.MATCHING, _E.DECLINED): Step(_S.REFUSED, (_F.EXPLAIN,)),
    # Counted here, since asking for records is no attempt to write.
    (_S.MATCHING, _E.BUSY): Step(_S.WAITING, (_F.COUNT, _F.RETRY_LATER, _F.EXPLAIN)),
    # A lost answer to a record's creation: the directory is read again before the next
    # attempt, so the record is then found instead of created twice.
    (_S.MATCHING, _E.UNANSWERED): Step(_S.READY),
    (_S.MATCHING, _E.CALLED_OFF): Step(DECIDE),
    (_S.MATCHING, _E.OVERDUE): Step(_S.MATCHING, (_F.ALERT,)),
    (_S.SENDING, _E.WRITTEN): Step(DECIDE, (_F.PAIR, _F.RESET)),
    (_S.SENDING, _E.ENTERED): Step(_S.UNKNOWN, (_F.PAIR, _F.EXPLAIN)),
    (_S.SENDING, _E.CONFLICT): Step(DECIDE, (_F.SEE,)),
    (_S.SENDING, _E.ABSENT): Step(DECIDE),
    (_S.SENDING, _E.DECLINED): Step(_S.REFUSED, (_F.EXPLAIN,)),
    (_S.SENDING, _E.BUSY): Step(_S.WAITING, (_F.RETRY_LATER, _F.EXPLAIN)),
    (_S.SENDING, _E.UNANSWERED): Step(_S.UNKNOWN, (_F.EXPLAIN,)),
    (_S.SENDING, _E.OVERDUE): Step(_S.SENDING, (_F.ALERT,)),
    (_S.UNKNOWN, _E.ASKED): Step(_S.CONFIRMING),
    # A person named it, or a reading showed it.
    (_S.UNKNOWN, _E.WRITTEN): Step(DECIDE, (_F.PAIR, _F.RESET)),
    # A reading showed it: that it is linked to its order is still to be proved.
    (_S.UNKNOWN, _E.ENTERED): Step(_S.UNKNOWN, (_F.PAIR, _F.EXPLAIN)),
    (_S.UNKNOWN, _E.UNANSWERED): Step(_S.UNKNOWN, (_F.EXPLAIN,)),
    (_S.UNKNOWN, _E.DECLINED): Step(_S.REFUSED, (_F.EXPLAIN, _F.ALERT)),
    (_S.UNKNOWN, _E.OVERDUE): Step(_S.UNKNOWN, (_F.ALERT,)),
    (_S.CONFIRMING, _E.WRITTEN): Step(DECIDE, (_F.PAIR, _F.RESET)),
    (_S.CONFIRMING, _E.ENTERED): Step(_S.UNKNOWN, (_F.PAIR, _F.EXPLAIN)),
    (_S.CONFIRMING, _E.UNLINKED): Step(DECIDE, (_F.SEE,)),
    (_S.CONFIRMING, _E.CONFLICT): Step(DECIDE, (_F.SEE,)),
    (_S.CONFIRMING, _E.ABSENT): Step(DECIDE),
    (_S.CONFIRMING, _E.DECLINED): Step(_S.REFUSED, (_F.EXPLAIN,)),
    (_S.CONFIRMING, _E.BUSY): Step(_S.UNKNOWN, (_F.EXPLAIN,)),
    (_S.CONFIRMING, _E.UNANSWERED): Step(_S.UNKNOWN, (_F.EXPLAIN,)),
    (_S.CONFIRMING, _E.OVERDUE): Step(_S.CONFIRMING, (_F.ALERT,)),
    (_S.WAITING, _E.DUE): Step(_S.READY),
    (_S.WAITING, _E.RESTARTED): Step(DECIDE, (_F.RESET,)),
    (_S.WAITING, _E.CALLED_OFF): Step(DECIDE),
    (_S.WAITING, _E.OVERDUE): Step(_S.REFUSED, (_F.EXPLAIN, _F.ALERT)),
    (_S.REFUSED, _E.RESTARTED): Step(DECIDE, (_F.RESET,)),
    (_S.REFUSED, _E.CALLED_OFF): Step(DECIDE, (_F.RESET,)),
    (_S.REFUSED, _E.OVERDUE): Step(_S.REFUSED, (_F.ALERT,)),
    (_S.HELD, _E.OVERDUE): Step(_S.HELD, (_F.ALERT,)),
    (_S.CHANGED, _E.OVERDUE): Step(_S.CHANGED, (_F.ALERT,)),
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
