"""What is said of documents that have changed since they were sent, and what can be done."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from counterfoil.documents import Actor

from ._shapes import CureName

__all__ = ["CHANGES", "OTHER_CHOICES", "Change"]


class Change(NamedTuple):
    """A row of the table; texts with ``{they}``, ``{were}``, ``{source}`` and ``{target}``.

    Attributes:
        choices: What a person may want and what its button says, the likeliest first.
    """

    sentence: str
    advice: str
    acts: Actor
    choices: tuple[tuple[CureName, str], ...]


_WRITE: Final = (CureName.SEND, "Write what {source} says")
_KEEP: Final = (CureName.ACCEPT, "Leave {target} as it is")

OTHER_CHOICES: Final = (_WRITE, _KEEP)
"""Of a reason that is no row of the table."""

CHANGES: Final[Mapping[str, Change]] = {
    "source-changed": Change(
        "{they} {were} changed in {source} after being sent.",
        "Send the change, or leave {target} as it is.",
        Actor.OPERATIONS,
        ((CureName.SEND, "Send the change to {target}"), _KEEP),
    ),
    "source-gone": Change(
        "{they} {were} cancelled or deleted in {source} after being sent.",
        "Take out of {target} what was sent, or leave it there.",
        Actor.BOOKKEEPER,
        ((CureName.SEND, "Take out of {target}"), (CureName.ACCEPT, "Leave it in {target}")),
    ),
    "target-changed": Change(
        "{they} {were} changed by somebody in {target}.",
        "Keep what {target} says, or write over it what {source} says.",
        Actor.BOOKKEEPER,
        (
            (CureName.ACCEPT, "Keep what {target} says"),
            _WRITE,
        ),
    ),
    "conflict": Change(
        "{they} {were} changed in {source} and in {target} as well.",
        "Compare both, then say which one holds.",
        Actor.BOOKKEEPER,
        (
            _WRITE,
            (CureName.ACCEPT, "Keep what {target} says"),
        ),
    ),
    "target-gone": Change(
        "{they} {were} deleted in {target} after being sent.",
        "Send again, or leave out from now on.",
        Actor.BOOKKEEPER,
        ((CureName.SEND, "Send again"), (CureName.ACCEPT, "Leave out from now on")),
    ),
    "not-linked": Change(
        "{they} {were} entered in {target} without the link to the order.",
        "Take it out and enter it anew, linked; or accept it as it is.",
        Actor.BOOKKEEPER,
        ((CureName.SEND, "Enter anew, linked"), _KEEP),
    ),
}
"""Reason of a document that is there and has changed -> what is said of it."""
