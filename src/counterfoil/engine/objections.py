"""Why a write is refused before it is planned: what stands there forbids it.

Pure: each is asked with the work and the target's document as it was read, and answers
with a refusal; those that may not apply answer ``None``.
"""

from __future__ import annotations

from typing import Final

from counterfoil.documents import Document, DocumentStatus, Refusal, refuse

from .deciding import Wish
from .drafting import Target, Work

__all__ = [
    "CONFLICT_ROUNDS_MAX",
    "cannot_change",
    "kept",
    "needs_consent",
    "no_way_out",
    "unclear",
    "will_not_settle",
]

# After so many rounds in which the target's document was another one than we knew.
CONFLICT_ROUNDS_MAX: Final = 3


def unclear(work: Work, target: Target) -> Refusal:
    """Nothing tells whether the write is there: no mark, no number."""
    return refuse(
        "outcome-unclear",
        document=work.transfer.target_kind.words,
        target=target.name,
        near="it keeps no mark of ours and no number",
    )


def will_not_settle(work: Work, target: Target) -> Refusal:
    """Somebody changes the document each time before it can be changed."""
    return refuse(
        "will-not-settle",
        document=work.target_kind.words,
        target=target.name,
        rounds=CONFLICT_ROUNDS_MAX,
    )


def cannot_change(work: Work, differs: str | None, target: Target) -> Refusal:
    """The target offers no way to change such a document; ``differs`` names the field."""
    return refuse(
        "cannot-change",
        where=differs,
        document=work.target_kind.words,
        target=target.name,
        difference=differs or "what changed where it was entered",
    )


def no_way_out(work: Work, target: Target) -> Refusal:
    """The target offers no way to take such a document out, or to close it."""
    return refuse(
        "feature-missing",
        target=target.name,
        problem=f"a {work.target_kind.words} cannot be taken out or closed there",
    )


def kept(work: Work, current: Document | None, target: Target) -> Refusal | None:
    """Say why a document may not be taken out: something follows it, or it is another one."""
    lines = getattr(current, "lines", ())
    delivered = any(
        getattr(line, "delivered", None) is not None and line.delivered.value for line in lines
    )
    is_closed = current is not None and current.status is DocumentStatus.CLOSED
    stays = next((each.words for each in work.followers if not each.leaves), None)
    if stays or delivered or (is_closed and not _closed_by_us(work)):
        return refuse(
            "paid-or-followed",
            document=work.target_kind.words,
            target=target.name,
            value=(work.at.pairing and work.at.pairing.number) or work.transfer.number,
            problem=f"{stays or 'something'} was made from it there",
        )
    return None


def needs_consent(work: Work, target: Target) -> Refusal | None:
    """Refuse to undo what somebody has changed there, until they accept it as it is."""
    if work.transfer.wish is not Wish.UNDO or not work.at.is_changed_there:
        return None
    return refuse(
        "undone-needs-consent",
        document=work.target_kind.words,
        target=target.name,
        difference="it no longer says what Counterfoil wrote",
    )


def _closed_by_us(work: Work) -> bool:
    return work.at.pairing is not None and work.at.pairing.is_closed
