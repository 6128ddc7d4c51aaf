"""What a document that was read in the target tells: about a pairing, and about a write.

Two things are told apart everywhere: a document that is not there, and one that may be
there although the page does not show it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

import msgspec

from counterfoil.documents import (
    Document,
    DocumentKind,
    DocumentStatus,
    decode,
    difference,
    document_kind,
    encode,
    fingerprint,
)
from counterfoil.translate import Translator

from .asked import Sent
from .operations import Done, Page
from .paired_lines import paired_lines
from .transfers import Landing, Pairing

__all__ = [
    "content_of",
    "is_as_before",
    "is_closed",
    "is_news",
    "is_void",
    "landing_of",
    "landing_of_answer",
    "may_lack",
    "may_lack_number",
    "says_same",
    "seen_as",
    "still",
    "with_id",
    "with_number",
]

# Of a content with two parts: the first has so many characters, and a point behind it.
_ALWAYS_LENGTH: Final = 15
_POINT: Final = "."


def with_id(page: Page, document_id: str) -> Document | None:
    """Give the document of a page that has an identity."""
    return next((each for each in page.documents if each.id == document_id), None)


def may_lack(page: Page, document_id: str) -> bool:
    """Whether the document may be there although the page does not show it."""
    return page.next is not None or any(each.id in (None, document_id) for each in page.unreadable)


def may_lack_number(page: Page, number: str | None) -> bool:
    """Whether a document of that number may be there although the page does not show it."""
    return page.next is not None or any(each.number in (None, number) for each in page.unreadable)


def with_number(page: Page, number: str | None) -> list[Document]:
    """Give the documents of a page that bear a number."""
    return [each for each in page.documents if number is not None and each.number == number]


def is_void(document: Document) -> bool:
    """Whether it stays there without amounts; one that was only closed keeps its amounts."""
    total = getattr(document, "total", None)
    return document.status is DocumentStatus.CANCELLED and total is not None and not total.amount


def is_closed(document: Document) -> bool:
    """Whether nothing is open any more; some systems tell a closing by hand as cancelled."""
    return document.status in (DocumentStatus.CLOSED, DocumentStatus.CANCELLED)


def content_of(document: Document, translator: Translator) -> str:
    """Give the fingerprint of what the flow writes of a document: 32 characters.

    Where it writes more than it always does, that has a part of its own behind a point.  What was
    kept without it is compared without it (``says_same``).
    """
    always, beside = fingerprint(translator.carried(document)), translator.beside(document)
    if beside is None:
        return always
    return f"{always[:_ALWAYS_LENGTH]}{_POINT}{fingerprint(beside)[: 31 - _ALWAYS_LENGTH]}"


def says_same(known: str | None, now: str) -> bool:
    """Whether two contents are the same, as far as both tell."""
    if known is None or (_POINT in known) is (_POINT in now):
        return known == now
    return known[:_ALWAYS_LENGTH] == now[:_ALWAYS_LENGTH]


def is_as_before(pairing: Pairing, found: Document, translator: Translator) -> bool:
    """Whether a document says what it said when it was last written or seen."""
    content = content_of(found, translator)
    return any(says_same(each, content) for each in (pairing.content, pairing.seen_content))


def is_news(before: Pairing, after: Pairing) -> bool:
    """Whether a reading showed what nobody had seen: other carried fields, or that it is gone.

    A wish to send it, made before, was made without knowing; whoever records such a reading
    ends that wish, and the facts are looked at anew.
    """
    if after.gone_at is not None:
        return before.gone_at is None
    known = before.seen_content or before.content
    return known is not None and not says_same(known, after.seen_content or "")


def seen_as(
    pairing: Pairing, found: Document | None, translator: Translator, now: datetime
) -> Pairing:
    """Give the pairing as it is after its document was read in the target.

    What was never read after our write is learnt without alarm, as far as it says what was
    sent; else somebody has changed it since.
    """
    if found is None:
        return msgspec.structs.replace(pairing, gone_at=pairing.gone_at or now)
    content = content_of(found, translator)
    total = getattr(found, "total", None)
    return msgspec.structs.replace(
        pairing,
        content=_written_content(pairing, found, content, translator),
        seen_content=content,
        seen_revision=found.revision,
        seen=encode(found),
        gone_at=None,
        number=found.number if pairing.content is None else pairing.number,
        total=str(total.amount) if pairing.content is None and total is not None else pairing.total,
        tax=_tax(found) if pairing.content is None else pairing.tax,
        written=None,
    )


def _written_content(
    pairing: Pairing, found: Document, content: str, translator: Translator
) -> str:
    """Give what counts as written; what is known in less detail is learnt from what is seen.

    Where the answer to the write did not tell it, a document that shows no line at all does not
    tell its lines: nothing is said of them.
    """
    if pairing.content is not None:
        return content if says_same(pairing.content, content) else pairing.content
    if pairing.written is not None:
        written = decode(pairing.target_kind, pairing.written)
        told = written if getattr(found, "lines", None) else _without_lines(written)
        if difference(told, found) is not None:
            return fingerprint(translator.carried(written))
    return content


def _without_lines(document: Document) -> Document:
    has_lines = "lines" in document.__struct_fields__
    return msgspec.structs.replace(document, lines=()) if has_lines else document


def _tax(found: Document) -> str | None:
    """Say what the books figured as tax on a document; ``None``: they do not say."""
    tax = getattr(found, "tax", None)
    return None if tax is None else str(tax.amount)


def still(before: Pairing, landing: Landing, sent: Sent) -> Landing:
    """Keep what an update does not change: whose document it was, and lines it did not carry."""
    return msgspec.structs.replace(
        landing,
        is_adopted=before.is_adopted,
        lines=before.lines if sent.closes or before.is_linked is not None else landing.lines,
        fulfils=before.fulfils,
        is_linked=before.is_linked,
        sent_total=before.sent_total
        if sent.closes or before.is_linked is not None
        else landing.sent_total,
    )


def landing_of_answer(
    outcome: Done, kind: DocumentKind, sent: Sent, translator: Translator
) -> Landing:
    """Give what the answer to a write tells as a landing."""
    assert outcome.id, "a connector answers a write with the identity of what it wrote"
    document = outcome.document
    return Landing(
        id=outcome.id,
        kind=kind,
        number=outcome.number,
        revision=outcome.revision,
        total=outcome.total,
        tax=outcome.tax,
        sent_total=sent.total,
        content=None if document is None else content_of(document, translator),
        lines=paired_lines(sent.lines, outcome.line_ids),
        is_closed=sent.closes,
        written=_still_to_be_read(sent) if document is None else None,
    )


def _still_to_be_read(sent: Sent) -> bytes | None:
    """Keep what was sent until it is read; a closing sends nothing that could be compared."""
    return None if sent.closes else bytes(sent.document) or None


def landing_of(
    document: Document, translator: Translator, sent: Sent, *, is_head: bool = False
) -> Landing:
    """Give what a document that was read in the target is as a landing.

    Of a head neither content nor lines are known; they are read later, and compared with
    what was sent.  Where it does not say what was sent, somebody changed it since: what counts
    as written is what was sent, so that the next look at it tells.
    """
    total = getattr(document, "total", None)
    line_ids = [line.id for line in getattr(document, "lines", ())]
    written = sent.written
    content = content_of(document, translator)
    lines = paired_lines(sent.lines, line_ids)
    if written is not None and difference(written, document) is not None:
        # As sent, addresses and the like may be spelled otherwise than they are kept there.
        content = fingerprint(translator.carried(written))
        lines = paired_lines(sent.lines, ())
    return Landing(
        id=document.id,
        kind=document_kind(document),
        number=document.number,
        revision=document.revision,
        total=str(total.amount) if total is not None else None,
        tax=_tax(document),
        sent_total=sent.total,
        content=None if is_head else content,
        lines=None if is_head else lines,
        is_closed=sent.closes,
        written=_still_to_be_read(sent) if is_head else None,
    )
