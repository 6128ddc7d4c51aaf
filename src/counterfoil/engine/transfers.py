"""A transfer as a value, and how an event makes the next value of it.

``advance`` is the only way a transfer changes: it looks the event up in the life table
and carries out the row's effects on the value.  The ledger stores what comes out.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from counterfoil.documents import Refusal

from .life import Effect, Event, State, retry_delay, step

__all__ = ["Landing", "Transfer", "advance", "mark_of"]


class Landing(msgspec.Struct, frozen=True, kw_only=True):
    """What a document became in the target: the stub that stays behind.

    Attributes:
        id: The target's identity of it.
        number: Its number there; ``None``: it has none.
        revision: The target's mark of that version, ``None`` where it keeps none.
        total: What it comes to there, decimal text, ``None`` where not told.
        line_ids: Identities of its lines there, in document order.
        is_adopted: ``True``: a person named it, we did not write it.
    """

    id: str
    number: str | None = None
    revision: str | None = None
    total: str | None = None
    line_ids: tuple[str, ...] = ()
    is_adopted: bool = False


class Transfer(msgspec.Struct, frozen=True, kw_only=True):
    """One document's passage through one flow.

    Attributes:
        id: Ours; what people type.
        document_row: The source document's row in the ledger.
        number: The source document's number, for people.
        target: Id of the connection it goes to.
        key: Our mark on the target's document, made before anything is sent.
        target_number: Number it is to have in the target; ``None``: not decided, or the
            target numbers it.
        number_is_free: That number was looked up there and is not in use.
        sent_fingerprint: Of the source document as last written, ``None`` before.
        settings_version: Of the link, at the last write.
        exchange: The exchange whose answer it waits for, ``None`` for none.
        reason: One sentence why it is held, skipped, waiting or unknown.
    """

    id: int
    link: int
    flow: str
    document_row: int
    target: int
    number: str | None
    state: State
    state_since: datetime
    key: str
    released_at: datetime | None = None
    attempts: int = 0
    retry_at: datetime | None = None
    target_number: str | None = None
    number_is_free: bool = False
    sent_fingerprint: str | None = None
    settings_version: int | None = None
    exchange: int | None = None
    refusal: Refusal | None = None
    reason: str | None = None
    alerted_at: datetime | None = None


def mark_of(key: str) -> str:
    """Give a key as marks are compared: without braces, in lower case."""
    return key.strip("{}").lower()


def advance(
    transfer: Transfer,
    event: Event,
    now: datetime,
    *,
    refusal: Refusal | None = None,
    reason: str | None = None,
    retry_after: timedelta | None = None,
) -> Transfer:
    """Give the transfer as it is after an event.

    Args:
        transfer: As it is now.
        event: What happened.
        now: When.
        refusal: Goes with ``DECLINED``.
        reason: One sentence, for events that explain themselves.
        retry_after: The target's own wish, for ``BUSY``; the longer of it and our own
            delay counts.

    Raises:
        AssertionError: The event cannot happen in this state.
    """
    state, effects = step(transfer.state, event)
    changes: dict[str, object] = {}
    if state is not transfer.state:
        changes.update(state=state, state_since=now, alerted_at=None)
        if state in _RESTING:
            changes["exchange"] = None
            # While it rests, somebody else may take the number that was free.
            changes["number_is_free"] = transfer.number_is_free and state is State.READY
        if state is not State.WAITING:
            changes["retry_at"] = None
    if Effect.RESET in effects:
        changes.update(attempts=0, refusal=None, reason=None, released_at=now)
    if Effect.COUNT in effects:
        changes["attempts"] = transfer.attempts + 1
    if Effect.EXPLAIN in effects:
        changes.update(refusal=refusal, reason=reason)
    if Effect.RETRY_LATER in effects:
        delay = retry_delay(transfer.attempts)
        changes["retry_at"] = now + max(delay, retry_after or delay)
    if Effect.ALERT in effects:
        changes["alerted_at"] = now
    return msgspec.structs.replace(transfer, **changes) if changes else transfer


_RESTING = frozenset(State) - {State.MATCHING, State.SENDING, State.UNKNOWN, State.CONFIRMING}
