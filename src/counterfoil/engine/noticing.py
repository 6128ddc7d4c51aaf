"""What a document just read means for its transfer.

A source is read again and again; most of what is read is known.  ``notice`` compares
the document with the transfer it already has, if any, and says what to do: begin a
transfer, move one, or nothing.

The loop guard is here: a document that one of our own transfers made is no source.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

import msgspec

from counterfoil.documents import Document, DocumentStatus
from counterfoil.settings import FLOWS, Direction, FlowMode, FlowName, Settings
from counterfoil.translate import TRANSLATORS, Verdict

from .life import Event, State
from .transfers import Transfer, advance

__all__ = ["DELETED", "Beginning", "begin", "notice"]

_WAITS_FOR_PERSON = "It waits until somebody sends it."
_NOT_RELEASED = "by rule: "
_CANCELLED = "It was cancelled at its source."
DELETED: Final = "It was deleted at its source."
"""The reason that goes with ``SOURCE_GONE`` for what a source no longer has."""

# Taken up or about to be, and not on its way: a source that is withdrawn to a draft stops it.
_MAY_BE_WITHHELD = frozenset({State.READY, State.MATCHING, State.WAITING, State.REFUSED})


class Beginning(msgspec.Struct, frozen=True):
    """The state in which a new transfer begins, and one sentence why it is not ready."""

    state: State
    reason: str | None = None


def begin(flow: FlowName, document: Document, settings: Settings) -> Beginning | None:
    """Decide on a document that has no transfer yet; ``None``: the flow is off.

    A manual flow to the books begins transfers too: they are held, so that a person sees
    what could be sent (FLOW-1).
    """
    rules = settings.flow(flow)
    if rules is None or rules.mode is FlowMode.OFF:
        return None
    eligibility = TRANSLATORS[flow].eligibility(document, settings)
    match eligibility.verdict:
        case Verdict.LEAVE_OUT:
            return Beginning(State.SKIPPED, _NOT_RELEASED + (eligibility.reason or ""))
        case Verdict.HOLD:
            return Beginning(State.HELD, _NOT_RELEASED + (eligibility.reason or ""))
        case Verdict.GO:
            # What comes from the books was retrieved on somebody's word or on schedule;
            # there is no second button to press for it (FLOW-3).
            retrieved = FLOWS[flow].direction is Direction.FROM_BOOKS
            if rules.mode is FlowMode.AUTOMATIC or retrieved:
                return Beginning(State.READY)
            return Beginning(State.HELD, _WAITS_FOR_PERSON)


def notice(
    transfer: Transfer,
    document: Document,
    fingerprint: str,
    settings: Settings,
    now: datetime,
) -> Transfer:
    """Say what a changed source document does to the transfer it has.

    Args:
        transfer: As it is.
        document: As just read.
        fingerprint: Of that document.
        settings: Of the link.
        now: The time.
    """
    if document.status is DocumentStatus.CANCELLED:
        return advance(transfer, Event.SOURCE_GONE, now, reason=_CANCELLED)
    same = transfer.sent_fingerprint == fingerprint
    changed = advance(transfer, Event.SOURCE_RESTORED if same else Event.SOURCE_CHANGED, now)
    if changed.state in _MAY_BE_WITHHELD:
        eligibility = TRANSLATORS[FlowName(transfer.flow)].eligibility(document, settings)
        if eligibility.verdict is Verdict.HOLD:
            reason = _NOT_RELEASED + (eligibility.reason or "")
            return advance(changed, Event.WITHHELD, now, reason=reason)
    if _stopped_by_rule(changed):
        beginning = begin(FlowName(transfer.flow), document, settings)
        if beginning is not None and beginning.state is State.READY:
            return advance(changed, Event.RELEASED, now)
        if beginning is not None and beginning.state is State.HELD:
            return advance(changed, Event.WITHHELD, now, reason=beginning.reason)
    return changed


def _stopped_by_rule(transfer: Transfer) -> bool:
    """Whether no person, but what the source said, stopped it."""
    stopped = transfer.state in (State.HELD, State.SKIPPED)
    reason = transfer.reason or ""
    by_source = reason in (_CANCELLED, DELETED)
    return stopped and (by_source or reason.startswith(_NOT_RELEASED))
