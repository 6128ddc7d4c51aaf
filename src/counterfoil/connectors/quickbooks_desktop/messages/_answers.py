"""From answers to outcomes.

Three rules hold for everything here.

* **Silence is no answer.**  What the set's own status, a missing reply, a missing half or
  a damaged text leaves open is ``Unknown``; only a reply to the question itself, with the
  status that says so, is an empty page.
* **A landing is not lost to what stands around it.**  Whatever cannot be read of a
  document that was written, its identity counts.
* **People read sentences.**  What a parser says is for the evidence, never for them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from counterfoil.connectors.quickbooks_desktop.qbxml import (
    ReplySet,
    UnreadableQbxml,
    parse_replies,
)
from counterfoil.connectors.quickbooks_desktop.qbxml.status import (
    OK,
    SET_CONTENT_DIFFERS,
    SET_ID_TOO_LONG,
    SET_NOT_KEPT,
    set_status,
)
from counterfoil.engine.asked import Asked
from counterfoil.engine.operations import Outcome

from ._readings import READINGS
from ._told import Told, unknown
from ._written import WRITES

__all__ = ["read_answer"]

ANSWER_LIMIT_BYTES: Final = 64 * 2**20

_OTHER_SET: Final = "the answer belongs to another message set"

# Statuses of a set after which none of its requests was looked at (reference section 3.3).
_NOT_CARRIED_OUT: Final = frozenset({SET_CONTENT_DIFFERS, SET_NOT_KEPT, SET_ID_TOO_LONG})

_READERS: Final = {**WRITES, **READINGS}


def read_answer(
    asked: Sequence[Asked], text: str, *, recovers: bool = False, key: str | None = None
) -> Mapping[str, Outcome]:
    """Read what QuickBooks answered to a message set.

    Args:
        asked: The operations of the set; for a recovery, those of the set asked about.
        text: The answer; never empty (QuickBooks' errors of connection come otherwise).
        recovers: The set only asked what became of an earlier one.
        key: Id of the message set (of a recovery: of the one asked about); empty: it had
            none; ``None``: not known, so the answer's own id is not compared.

    Returns:
        One outcome per operation.  All of them are unknown where the answer cannot be read,
        belongs to another message set, or says of the set that it was not carried out or is
        not kept: that QuickBooks keeps no answer proves nothing about any document.
    """
    try:
        replies = parse_replies(text, limit_bytes=ANSWER_LIMIT_BYTES)
    except UnreadableQbxml as error:
        return _all_unknown(asked, _damage(error))
    silence = _silence(replies, recovers=recovers, key=key)
    if silence is not None:
        return _all_unknown(asked, silence)
    told = Told(replies)
    return {each.wire_id: _READERS[each.kind](each, told) for each in asked}


def _all_unknown(asked: Sequence[Asked], reason: str) -> dict[str, Outcome]:
    return {each.wire_id: unknown(each, reason) for each in asked}


def _damage(error: UnreadableQbxml) -> str:
    place = "" if error.line is None else f" (it is damaged at line {error.line})"
    return f"QuickBooks' answer could not be read{place}"


def _silence(replies: ReplySet, *, recovers: bool, key: str | None) -> str | None:
    """Say why an answer says nothing about any of its requests; ``None``: it does."""
    borne, code = replies.new_set_id, replies.status_code
    if key is not None and borne and borne.lower() != key.lower():
        return _OTHER_SET
    if code is None or code == OK:
        return None
    if recovers or code in _NOT_CARRIED_OUT or not replies.replies:
        return f"{set_status(code).meaning} (message-set status {code})"
    # The set ran; QuickBooks only tells that it could not keep or clear an answer.
    return None
