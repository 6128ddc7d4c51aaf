"""The replies of a set, found by the operation they answer; and what a record tells of itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from counterfoil.connectors.quickbooks_desktop import refusals
from counterfoil.connectors.quickbooks_desktop.qbxml import (
    Record,
    Reply,
    ReplySet,
    UnreadableValue,
)
from counterfoil.engine.asked import Asked, Kind
from counterfoil.engine.operations import Unknown

from ._forms import LONE_ID_SUFFIX, SECOND_ID_SUFFIX

__all__ = ["LEFT_OUT", "Told", "mark_of", "moment_of", "unknown", "word_of"]

LEFT_OUT: Final = "QuickBooks' answer leaves this request out"


class Told:
    """The replies of a set, found by the operation they answer."""

    def __init__(self, replies: ReplySet) -> None:
        counts = Counter(reply.request_id for reply in replies.replies)
        # Two replies to one request say nothing that could be relied on.
        self._by_id = {
            reply.request_id: reply
            for reply in replies.replies
            if reply.request_id and counts[reply.request_id] == 1
        }

    def of(self, wire_id: str, *names: str) -> Reply | None:
        """Give the reply to a request, if it is named like one of these."""
        reply = self._by_id.get(wire_id)
        return reply if reply is not None and reply.name in names else None

    def halves(self, wire_id: str, *queries: str) -> Sequence[Reply | None]:
        """Give the replies to a question in two halves, or to the one that was asked alone."""
        lone = self.of(wire_id + LONE_ID_SUFFIX, *queries)
        if lone is not None:
            return [lone]
        return [
            self.of(wire_id + SECOND_ID_SUFFIX * position, query)
            for position, query in enumerate(queries)
        ]


def unknown(asked: Asked, reason: str) -> Unknown:
    """Say that no answer came; of a reading, what it is that is not known."""
    return Unknown(refusals.unread(asked, reason) if asked.kind in _READINGS else reason)


_READINGS: Final = frozenset(
    {
        Kind.READ_RECORDS,
        Kind.READ_DOCUMENTS,
        Kind.READ_DELETIONS,
        Kind.READ_STOCK,
        Kind.FIND,
        Kind.DESCRIBE,
    }
)


def word_of(record: Record, name: str) -> str | None:
    """Give an identity, name or number; ``None`` where there is none that can be read."""
    try:
        return record.word(name)
    except UnreadableValue:
        return None


def mark_of(record: Record) -> str | None:
    """Give our mark; QuickBooks writes ``0`` for none (reference section 3.5)."""
    mark = word_of(record, "ExternalGUID")
    return None if mark == "0" else mark


def moment_of(record: Record, name: str) -> datetime | None:
    """Give a time by the wall clock of the QuickBooks computer.

    It only says how far was read: one that cannot be read is left out, and hides nothing.
    """
    try:
        return record.wall_clock(name)
    except UnreadableValue:
        return None
