"""Corrections: what a person lets one document say in the target in place of its source.

A document that the target does not take, for its period is closed or its number is used, may be
sent with another day or number.  The correction is kept with the transfer and holds for every
write of it; its source stays as it is, and says what everything else is.
"""

from __future__ import annotations

from datetime import date

import msgspec

from counterfoil.documents import Document

__all__ = ["Correction", "corrected"]


class Correction(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is said in place of the source.

    Attributes:
        day: The day that the document bears; ``None``: as the settings say.
        number: Its number; ``None``: as source and settings say.
    """

    day: date | None = None
    number: str | None = None


def corrected(document: Document, correction: Correction) -> Document:
    """Give the translated document with the day that a person chose.

    The number is no part of it yet: ``Work.wanted_number`` says it.
    """
    field = document.day_field
    if correction.day is None or field is None:
        return document
    return msgspec.structs.replace(document, **{field: correction.day})
