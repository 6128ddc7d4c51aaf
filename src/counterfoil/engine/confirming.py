"""What a look-up in the target says of a write: is it there, is it not, is it another's.

Pure comparison of documents.  Where the target keeps marks, only ours is ours; where it
keeps none, every field that was sent has to be there.  A page that may lack the document
says nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from enum import Enum, auto

import msgspec

from counterfoil.documents import Document, difference
from counterfoil.translate import Translator

from .asked import Sent
from .numbering import Claim, Known, in_the_way
from .operations import Page, VoidWay
from .seeing import (
    content_of,
    is_as_before,
    is_closed,
    is_void,
    may_lack,
    may_lack_number,
    says_same,
    with_id,
    with_number,
)
from .transfers import Pairing, mark_of

__all__ = [
    "Verdict",
    "Word",
    "bears_mark",
    "confirm_create",
    "confirm_update",
    "confirm_void",
    "number_checked",
    "other_number_checked",
]


class Word(Enum):
    """What a look-up says of a document that was to be written."""

    THERE = auto()
    ABSENT = auto()
    UNREAD = auto()
    GONE = auto()
    AS_BEFORE = auto()
    ANOTHER = auto()
    NUMBER_TAKEN = auto()


class Verdict(msgspec.Struct, frozen=True):
    """What a look-up says, and the document that says it."""

    word: Word
    document: Document | None = None


# --- Creates, by number -------------------------------------------------------------------


def confirm_create(
    number: str | None, marks: Collection[str], sent: Sent, known: Known, page: Page
) -> Verdict:
    """Say whether a create whose answer was lost is there.

    A document that bears somebody else's mark is not ours, whatever it says.

    Args:
        number: Under which it was sent.
        marks: Ours, of all generations, as marks are compared.
        sent: What was recorded with the write.
        known: Of what bears the number there.
        page: What bears the number there.
    """
    found = _ours(marks, page)
    bearers = with_number(page, number)
    if found is None and sent.written is not None:
        nobodys = (
            each for each in bearers if each.id not in page.keys and each.id not in known.taken
        )
        found = _saying(sent.written, nobodys)
    if found is not None:
        return Verdict(Word.THERE, found)
    if may_lack_number(page, number):
        return Verdict(Word.UNREAD)
    others = in_the_way(bearers, sent.claim, known)
    return Verdict(Word.NUMBER_TAKEN, others[0]) if others else Verdict(Word.ABSENT)


def number_checked(
    number: str | None,
    marks: Collection[str],
    wanted: Document | None,
    claim: Claim,
    known: Known,
    page: Page,
) -> Verdict:
    """Say whether a number is free, or the document there is ours already.

    Where the target keeps no mark, what bears the number, says all that would be sent and
    belongs to nobody is there already: this ledger wrote it before it was restored, or
    somebody entered the very same by hand.

    Args:
        number: That shall be used.
        marks: Ours, of all generations, as marks are compared.
        wanted: What shall be created; ``None`` where the target keeps marks.
        claim: On what terms it shall be used.
        known: Of what bears the number there.
        page: What bears the number there.
    """
    own = _ours(marks, page)
    if own is not None:
        return Verdict(Word.THERE, own)
    bearers = in_the_way(with_number(page, number), claim, known)
    found = [each for each in bearers if not bears_mark(marks, each, page)]
    if not found:
        return Verdict(Word.UNREAD if may_lack_number(page, number) else Word.ABSENT)
    free = (
        each
        for each in found
        if each.id not in known.taken and each.id not in page.keys and not is_void(each)
    )
    same = None if wanted is None else _saying(wanted, free)
    return Verdict(Word.NUMBER_TAKEN, found[0]) if same is None else Verdict(Word.THERE, same)


def other_number_checked(
    number: str | None, target_id: str, claim: Claim, known: Known, page: Page
) -> Verdict:
    """Say whether the number that a landed document's source bears by now is free."""
    bearers = in_the_way(with_number(page, number), claim, known)
    others = [each for each in bearers if each.id != target_id]
    if others:
        return Verdict(Word.NUMBER_TAKEN, others[0])
    return Verdict(Word.UNREAD if may_lack_number(page, number) else Word.ABSENT)


def bears_mark(marks: Collection[str], document: Document, page: Page) -> bool:
    """Whether a document of a page bears one of our marks."""
    return mark_of(page.keys.get(document.id, "")) in marks


def _ours(marks: Collection[str], page: Page) -> Document | None:
    """Find the document that bears a mark of ours; one that was voided since is none any more."""
    return next(
        (each for each in page.documents if bears_mark(marks, each, page) and not is_void(each)),
        None,
    )


# --- Updates and voids, by identity ---------------------------------------------------------


def confirm_update(pairing: Pairing, sent: Sent, translator: Translator, page: Page) -> Verdict:
    """Say whether an update whose answer was lost was made.

    Content decides: as last written is absent, every field as sent is written.  In this
    order: what was sent says nothing of a field it leaves open, so an update that only
    clears one would seem to be there before it ran.
    """
    found = with_id(page, pairing.target_id)
    if found is None:
        return Verdict(Word.UNREAD if may_lack(page, pairing.target_id) else Word.GONE)
    if sent.closes and is_closed(found):
        return Verdict(Word.THERE, found)
    if says_same(pairing.content, content_of(found, translator)):
        return Verdict(Word.AS_BEFORE, found)
    if not sent.closes and sent.written and difference(sent.written, found) is None:
        return Verdict(Word.THERE, found)
    as_before = is_as_before(pairing, found, translator)
    return Verdict(Word.AS_BEFORE if as_before else Word.ANOTHER, found)


def confirm_void(pairing: Pairing, sent: Sent, translator: Translator, page: Page) -> Verdict:
    """Say whether a document whose void was not answered was taken out (``GONE``)."""
    found = with_id(page, pairing.target_id)
    if found is None:
        return Verdict(Word.UNREAD if may_lack(page, pairing.target_id) else Word.GONE)
    if sent.how is not VoidWay.DELETE and is_void(found):
        return Verdict(Word.GONE, found)
    as_before = is_as_before(pairing, found, translator)
    return Verdict(Word.AS_BEFORE if as_before else Word.ANOTHER, found)


def _saying(wanted: Document, documents: Iterable[Document]) -> Document | None:
    """Find the document that says every field of what was, or shall be, sent."""
    return next((each for each in documents if difference(wanted, each) is None), None)
