"""How events and facts make the next value of a transfer.

``advance`` and ``reconsider`` are the only ways a transfer changes: the first looks an
event up in the life table, the second asks ``decide`` when the facts have changed.  The
ledger stores what comes out; where ``generation`` has grown, its pairing ends.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any, Protocol

import msgspec

from counterfoil.documents import Reason, Refusal, reason

from .correcting import fulfilled
from .deciding import End, Make, Rest, Wish, Write, decide
from .life import DECIDE, STATES, Effect, Event, Standing, State, retry_delay, step
from .standpoint import Standpoint
from .transfers import Transfer

__all__ = ["Moving", "Stepping", "advance", "reconsider", "recorded", "stepped", "stopped_again"]


def advance(
    transfer: Transfer,
    event: Event,
    now: datetime,
    *,
    at: Standpoint | None = None,
    refusal: Refusal | None = None,
    why: Reason | None = None,
    retry_after: timedelta | None = None,
    waits_for: int | None = None,
) -> Transfer:
    """Give the transfer as it is after an event.

    Args:
        transfer: As it is now.
        event: What happened.
        now: When.
        at: What is known after it; needed for events that lead to a decision.
        refusal: Goes with ``DECLINED``.
        why: For events that explain themselves.
        retry_after: The target's own wish, for ``BUSY``; the longer of it and our own
            delay counts.
        waits_for: Row of the document that has to come first, for ``AWAITS``.

    Raises:
        AssertionError: The event cannot happen in this state.
    """
    to, effects = step(transfer.state, event)
    changes = recorded(transfer, effects, now, refusal=refusal, why=why, retry_after=retry_after)
    if Effect.RESET in effects:
        changes["rounds"] = 0
    if event is Event.WRITTEN:
        changes.update(_fulfilled(transfer))
    if event is Event.UNLINKED and transfer.wish not in (Wish.UNDO, Wish.LEAVE):
        changes["wish"] = Wish.REPLACE
    if event is Event.CONFLICT:
        changes["rounds"] = transfer.rounds + 1
    if event is Event.AWAITS:
        changes["waits_for"] = waits_for
    if event is Event.DUE:
        changes["reason"] = None
    if to is not DECIDE:
        assert isinstance(to, State)
        return _moved(transfer, to, now, changes)
    assert at is not None, "a decision needs to know the facts"
    # What was asked for is over: what the facts ask for now begins afresh.
    free = msgspec.structs.replace(transfer, **changes, write=None)
    decided = _decided(free, at, now)
    if decided.write is transfer.write and event in (Event.ABSENT, Event.CONFLICT):
        # It is simply tried again: its age goes on.  What certainly never ran was looked at
        # a moment ago; what was unknown for a while is looked at anew.
        never_ran = event is Event.ABSENT and transfer.state is State.SENDING
        return msgspec.structs.replace(
            decided,
            attempts=transfer.attempts,
            rounds=changes.get("rounds", transfer.rounds),
            released_at=transfer.released_at,
            is_checked=transfer.is_checked and never_ran,
        )
    return decided


class Moving(Protocol):
    """What moves by the table of how a write fares: a transfer or a follow-up."""

    @property
    def attempts(self) -> int:
        """How often its write has left."""


class Stepping(Moving, Protocol):
    """What is written beside documents, and has its state from the table alone."""

    @property
    def state(self) -> State:
        """Where it stands."""


def recorded(
    each: Moving,
    effects: Collection[Effect],
    now: datetime,
    *,
    refusal: Refusal | None = None,
    why: Reason | None = None,
    retry_after: timedelta | None = None,
) -> dict[str, Any]:
    """Give what the effects of an event change in whatever fares by the table."""
    changes: dict[str, Any] = {}
    if Effect.RESET in effects:
        changes.update(attempts=0, refusal=None, reason=None, released_at=now)
    if Effect.COUNT in effects:
        changes["attempts"] = each.attempts + 1
    if Effect.EXPLAIN in effects:
        changes.update(refusal=refusal, reason=why)
    if Effect.ALERT in effects:
        changes["alerted_at"] = now
    if Effect.RETRY_LATER in effects:
        delay = retry_delay(each.attempts)
        changes["retry_at"] = now + max(delay, retry_after or delay)
    return changes


def stepped(
    each: Stepping,
    event: Event,
    now: datetime,
    decided: Mapping[Event, State],
    *,
    refusal: Refusal | None = None,
    why: Reason | None = None,
    retry_after: timedelta | None = None,
) -> dict[str, Any]:
    """Give what an event changes in what is written beside documents: fields and records.

    Args:
        decided: What the table's decisions come to: nothing but the answer has a say in them.

    Raises:
        AssertionError: The event cannot happen in this state.
    """
    to, effects = step(each.state, event)
    changes = recorded(each, effects, now, refusal=refusal, why=why, retry_after=retry_after)
    if to is DECIDE:
        to = decided[event]
        changes.update(refusal=refusal, reason=why)
    assert isinstance(to, State)
    if event is Event.WRITE_SENT:
        changes["sent_at"] = now
    if event is Event.DUE:
        changes["reason"] = None
    if to is not State.WAITING:
        changes["retry_at"] = None
    if to is not each.state:
        changes.update(state=to, state_since=now)
        changes.setdefault("alerted_at", None)
    return changes


def _fulfilled(transfer: Transfer) -> dict[str, Any]:
    """Give what a write that was made changes: the wish it fulfilled, and its mark's age."""
    changes: dict[str, Any] = {}
    if transfer.write is not Write.VOID:
        changes["correction"] = fulfilled(transfer.correction)
    if transfer.write is Write.VOID:
        changes.update(generation=transfer.generation + 1, key=None, target_number=None)
        if transfer.wish is Wish.SEND:
            changes["wish"] = Wish.REPLACE
    elif transfer.wish.sends or transfer.wish is Wish.ADOPT:
        changes.update(wish=Wish.NONE, wished_by=None)
    return changes


def stopped_again(transfer: Transfer, now: datetime) -> Transfer:
    """Give the transfer as it stood before a person had it tried again.

    Raises:
        AssertionError: It was not tried again, or something of it has left since.
    """
    before = transfer.set_aside
    assert before is not None, "what stopped is kept until anything leaves"
    wished = msgspec.structs.replace(
        transfer,
        wish=before.wish,
        wished_by=before.wished_by,
        target_number=before.target_number,
    )
    return advance(wished, Event.DECLINED, now, refusal=before.refusal)


def reconsider(
    transfer: Transfer,
    at: Standpoint,
    now: datetime,
    *,
    restart: bool = False,
    pressed: bool = False,
    news: bool = False,
) -> Transfer:
    """Give the transfer after what is known about it has changed.

    While it is in flight nothing moves it: the answer will ask again.  While nobody knows
    whether it is there (*outcome unclear*), only a person's word does: whatever else is
    known by now, sending it anew may be sending it twice, and leaving it out may be untrue.

    Args:
        transfer: As it is.
        at: What is known now.
        now: The time.
        restart: What was refused begins afresh: the source has another content, or the
            settings have changed.  What another system put off stays so.
        pressed: A person wished something now: what was refused or put off begins afresh.
        news: Its document in the target was just seen to be another one than anybody knew
            (``seeing.is_news``): a wish to send, made before, was made unknowingly and ends.
    """
    if news and transfer.wish.sends and at.pairing is not None:
        transfer = msgspec.structs.replace(transfer, wish=Wish.NONE, wished_by=None)
    standing = transfer.standing
    if standing is Standing.IN_FLIGHT or (transfer.is_unclear and not pressed):
        return transfer
    if restart and (transfer.set_aside is not None or transfer.is_checked):
        # It would begin afresh by itself: nobody stops it again for what was before, nor does
        # what was looked up for that tell of what it says now.
        transfer = msgspec.structs.replace(transfer, set_aside=None, is_checked=False)
    if standing is Standing.RESTING:
        return _decided(transfer, at, now)
    decision = decide(at.facts(transfer, now))
    if not isinstance(decision, Make) or decision.write is not transfer.write:
        return advance(transfer, Event.CALLED_OFF, now, at=at)
    if transfer.state is State.REFUSED:
        begins = restart or pressed
        return advance(transfer, Event.RESTARTED, now, at=at) if begins else transfer
    if transfer.state is State.WAITING and not _settles(transfer):
        # The other system's back-off outlasts edits at the source.
        return advance(transfer, Event.RESTARTED, now, at=at) if pressed else transfer
    if transfer.state is State.MATCHING:
        return transfer
    # It may have changed again: then the quiet time begins anew.
    return _put(transfer, decision, at, now)


def _settles(transfer: Transfer) -> bool:
    return transfer.reason is not None and transfer.reason.code == "settling"


def _decided(transfer: Transfer, at: Standpoint, now: datetime) -> Transfer:
    """Put a transfer where the facts want it."""
    decision = decide(at.facts(transfer, now))
    if isinstance(decision, End):
        at = at.with_pairing(None)
        transfer = msgspec.structs.replace(
            transfer, generation=transfer.generation + 1, key=None, target_number=None
        )
        decision = decide(at.facts(transfer, now))
    assert not isinstance(decision, End), "what has not landed has no pairing to end"
    transfer = _with_left_out(transfer, at)
    if isinstance(decision, Rest):
        return _at_rest(transfer, decision, now)
    return _put(transfer, decision, at, now)


def _with_left_out(transfer: Transfer, at: Standpoint) -> Transfer:
    """Keep how much a person leaves out, so that what comes later is not left out with it."""
    left_out = transfer.left_out
    if at.pairing is not None or transfer.wish not in (Wish.LEAVE, Wish.UNDO):
        left_out = None
    elif left_out is None and at.carries is not None:
        left_out = tuple((line, f"{quantity:f}") for line, quantity in at.carries)
    if left_out == transfer.left_out:
        return transfer
    return msgspec.structs.replace(transfer, left_out=left_out)


def _put(transfer: Transfer, make: Make, at: Standpoint, now: datetime) -> Transfer:
    """Put a transfer where its write begins, or waits until its source is quiet."""
    begins: dict[str, Any] = {"write": make.write}
    if transfer.write is not make.write:
        begins.update(
            attempts=0, rounds=0, refusal=None, reason=None, released_at=now, is_checked=False
        )
    elif _settles(transfer):
        begins["reason"] = None
    until = make.not_before
    if until is not None and until > now:
        told = f"{until.astimezone(at.link.settings.zone):%H:%M %Z}"
        begins.update(retry_at=until, reason=reason("settling", until=told))
        return _moved(transfer, State.WAITING, now, begins)
    return _moved(transfer, State.READY, now, begins)


def _at_rest(transfer: Transfer, rest: Rest, now: datetime) -> Transfer:
    same = transfer.state is rest.state and transfer.reason == rest.reason
    ends_wish = transfer.wish.sends and rest.state in (State.SKIPPED, State.DONE)
    if same and not ends_wish and transfer.write is None:
        return transfer
    changes: dict[str, Any] = dict(write=None, refusal=None, reason=rest.reason)
    if ends_wish:
        changes.update(wish=Wish.NONE, wished_by=None)
    return _moved(transfer, rest.state, now, changes)


def _moved(transfer: Transfer, state: State, now: datetime, changes: dict[str, Any]) -> Transfer:
    """Give the transfer in a state, with what always goes with a change of state."""
    if state is not transfer.state:
        traits = STATES[state]
        changes = {"alerted_at": None, **changes, "state": state, "state_since": now}
        if state is not State.READY:
            # It has left, or stopped anew: the press cannot be taken back any more.
            changes["set_aside"] = None
        if not traits.keeps_exchange:
            changes["exchange"] = None
        if state is not State.READY and traits.standing is not Standing.IN_FLIGHT:
            # While it rests, somebody else may take the number that was free.
            changes["is_checked"] = False
        leaves_flight = transfer.standing is Standing.IN_FLIGHT is not traits.standing
        if leaves_flight or traits.standing is Standing.RESTING:
            # The order is not any more as it was read before the write.
            changes["order_seen"] = None
        if state is not State.WAITING:
            changes.update(retry_at=None, waits_for=None)
    moved = msgspec.structs.replace(transfer, **changes) if changes else transfer
    return transfer if moved == transfer else moved
