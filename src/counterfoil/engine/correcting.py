"""Corrections: what a person lets one document say in the target in place of its source.

A document that the target does not take, for its period is closed or its number is used, may be
sent with another day or number; one that names a record which is inactive there may have that
record made active before it goes.  The correction is kept with the transfer and holds for every
write of it; its source stays as it is, and says what everything else is.
"""

from __future__ import annotations

from datetime import date

import msgspec

from counterfoil.documents import Document, RecordKind

__all__ = ["Activation", "Correction", "corrected", "fulfilled"]


class Activation(msgspec.Struct, frozen=True, kw_only=True):
    """A record of the target that a person wants active, so that a document may name it.

    Attributes:
        id: Its identity there.
        name: Its full name when it was said.
    """

    kind: RecordKind
    id: str
    name: str


class Correction(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is said in place of the source.

    Attributes:
        day: The day that the document bears; ``None``: as the settings say.
        number: Its number; ``None``: as source and settings say.
        activates: Inactive records that it names and that are made active first.  Said for
            one write: what is made inactive again afterwards stays so.
    """

    day: date | None = None
    number: str | None = None
    activates: tuple[Activation, ...] = ()

    def may_activate(self, kind: RecordKind, identity: str) -> bool:
        """Whether a person wants that record active."""
        return any(each.kind is kind and each.id == identity for each in self.activates)


def corrected(document: Document, correction: Correction) -> Document:
    """Give the translated document with the day that a person chose.

    The number is no part of it yet: ``Work.wanted_number`` says it.
    """
    field = document.day_field
    if correction.day is None or field is None:
        return document
    return msgspec.structs.replace(document, **{field: correction.day})


def fulfilled(correction: Correction | None) -> Correction | None:
    """Give what is left of a correction once the document was written; ``None``: nothing."""
    if correction is None or not correction.activates:
        return correction
    left = msgspec.structs.replace(correction, activates=())
    return None if left == Correction() else left
