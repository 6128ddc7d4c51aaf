"""Whose a number is: which documents of the target stand in the way of one that shall bear it.

A vendor numbers its own invoices, so the number of a bill counts among that vendor's alone, as
QuickBooks counts it.  Where one invoice comes in several receipts, its number may stand on as
many bills of *ours*; one that somebody entered by hand is the same goods owed twice.

Source:
    Reference of QuickBooks Online, section 2.6 (6140); corrections, row 18.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final

import msgspec

from counterfoil.documents import Document, DocumentKind

__all__ = ["Claim", "Known", "counts_within_vendor", "in_the_way", "vendor_in"]

_OF_VENDORS: Final = frozenset({DocumentKind.BILL, DocumentKind.ITEM_RECEIPT})


class Claim(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """On what terms a document shall bear its number.

    Attributes:
        vendor: Among whose documents alone it counts, by the identity there; ``None``: among
            all there are.
        repeats: Other documents of ours may bear it, too.
    """

    vendor: str | None = None
    repeats: bool = False


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """What the ledger knows of documents that were found there.

    Attributes:
        taken: Identities of those that belong to transfers.
        written: Identities of those among them that we wrote ourselves.
    """

    taken: Collection[str] = ()
    written: Collection[str] = ()


def counts_within_vendor(kind: DocumentKind) -> bool:
    """Whether the numbers of a kind are its vendors' own."""
    return kind in _OF_VENDORS


def vendor_in(kind: DocumentKind, document: Document | None) -> str | None:
    """Give among whose numbers that of a document counts; ``None``: among all, or unknown."""
    party = None if document is None else document.party
    return party.id if party is not None and counts_within_vendor(kind) else None


def in_the_way(bearers: Iterable[Document], claim: Claim, known: Known) -> list[Document]:
    """Give those that bear a number and do not let another document bear it."""
    return [
        each
        for each in bearers
        if not _is_of_another(each, claim.vendor)
        and not (claim.repeats and each.id in known.written)
    ]


def _is_of_another(document: Document, vendor: str | None) -> bool:
    """Whether it is surely another vendor's; one that names none may be anybody's."""
    party = document.party
    return vendor is not None and party is not None and party.id not in (None, vendor)
