"""What somebody saw of documents before they decided: what has moved since is left alone.

Held beside the documents in the transaction that changes them, so that of two people who decide
at once the second changes nothing of what the first did, and hears of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from sqlalchemy import Connection as Tx

from counterfoil.hub.times import clock_time, zone_in
from counterfoil.ledger import connections
from counterfoil.ledger.transfers import Sourced

__all__ = ["NOT_LOOKED_AT", "Seen", "last_done", "moved_since"]

Seen = Mapping[int, int]
"""Transfer -> the version in which it was seen; what is not in it is taken as it is."""

NOT_LOOKED_AT: Final[Seen] = {}
"""Of whoever names documents without looking at them."""


def moved_since(tx: Tx, found: Iterable[Sourced], seen: Seen) -> dict[int, str]:
    """Give those that are another version than was seen, and what is said of each."""
    moved = [each.transfer for each in found if each.transfer.id in seen]
    return {
        each.id: f"It has moved since you looked at it, and is {each.state} now."
        + (f" {told}" if (told := last_done(tx, each.id)) else "")
        for each in moved
        if each.version != seen[each.id]
    }


_DEEDS: Final[Mapping[str, str]] = {
    "released": "sent it again",
    "called off": "called it off",
    "skipped": "left it out",
    "change accepted": "accepted it as it is",
    "undone": "took it out",
    "adopted": "said which one it is there",
    "corrected": "corrected it",
    "custom fields again": "tried its custom fields again",
}


def last_done(tx: Tx, transfer: int) -> str | None:
    """Say what somebody last did with a document; ``None``: nobody did anything."""
    for note in reversed(connections.notes(tx, f"transfer/{transfer}")):
        if note["action"] in _DEEDS:
            at, deed = clock_time(note["at"], zone_in(tx)), _DEEDS[note["action"]]
            why = f" ({note['detail']})" if note["detail"] else ""
            return f"{note['actor']} {deed} at {at}{why}."
    return None
