"""What lists show of a document, and by which words people find it.

Pure, and made once, when a document is read: a list of a hundred thousand must not read the
documents themselves.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Final, NamedTuple

from counterfoil.documents import Document, MovementLine, amount_of

from .measuring import total_of

__all__ = ["WORD_LENGTH_MAX", "Heading", "alternatives", "heading_of", "words_of"]

WORD_LENGTH_MAX: Final = 60
"""What is longer is found by its beginning; a database bounds what an index holds."""

_PIECE: Final = re.compile(r"\w+")
_SYMBOLS: Final = "$€£¥"
# 1,334.15 and 1.334,15 and 421,20 as people type them.
_GROUPED: Final = re.compile(r"\d{1,3}(?:([.,’' ])\d{3})(?:\1\d{3})*(?:[.,]\d+)?", re.ASCII)
_DECIMAL_COMMA: Final = re.compile(r"\d+,\d{1,2}", re.ASCII)


class Heading(NamedTuple):
    """What a document says at its head; ``None``: it does not say, or nobody could read it.

    Attributes:
        party: Whom it is for or from; of work, who worked.
        dated: The day it bears.
        total: What it comes to, decimal text: as its system says, else as its lines do.
        currency: ISO 4217 code; ``None``: the home currency of where it was read.
    """

    party: str | None = None
    dated: date | None = None
    total: str | None = None
    currency: str | None = None


def heading_of(document: Document) -> Heading:
    """Read the heading of a document."""
    party = document.party or getattr(document, "worker", None)
    told = getattr(document, "total", None)
    currency = getattr(document, "currency", None)
    return Heading(
        party=None if party is None else party.name,
        dated=document.own_day,
        total=total_of(document) or _moved(document) if told is None else str(told.amount),
        currency=currency or (None if told is None else told.currency),
    )


def _moved(document: Document) -> str | None:
    """Say what moved goods are worth; ``None``: of some of them nobody says it."""
    lines = getattr(document, "lines", ())
    total = Decimal(0)
    for line in lines:
        if not isinstance(line, MovementLine) or line.unit_value is None:
            return None
        total += amount_of(line.unit_value.amount, line.moved.value)
    return str(total) if lines else None


def words_of(number: str | None, party: str | None, total: str | None) -> frozenset[str]:
    """Give the words by which a document is found: each beginning of each of them finds it.

    Of ``SO-2417`` these are itself and ``2417``; of ``Café d'Or`` ``cafe``, ``d'or`` and ``or``.
    An amount has cents: ``421.20``.
    """
    found = {*_words(number or ""), *_words(party or "")}
    if total is not None:
        found.add(_cents(Decimal(total)))
    return frozenset(word[:WORD_LENGTH_MAX] for word in found)


def _words(text: str) -> Iterator[str]:
    for token in _folded(text).split():
        yield token
        yield from _PIECE.findall(token)


def _folded(text: str) -> str:
    """Give a text without case and accents, so that nobody has to type them."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def _cents(amount: Decimal) -> str:
    """Write an amount with two decimals or more; however large it is, nothing is reckoned."""
    whole, _point, cents = f"{amount:f}".partition(".")
    return f"{whole}.{cents:0<2}"


def alternatives(text: str) -> tuple[tuple[str, ...], ...]:
    """Give what was typed into a search: of each word the forms that it may have, any of which
    finds a document.

    An amount may be typed with a sign of its currency, with groups, and with a comma.
    """
    return tuple(_forms(token) for token in _folded(text).split())


def _forms(token: str) -> tuple[str, ...]:
    bare = token.strip(_SYMBOLS)
    forms = [token, bare, _amount(bare)]
    return tuple(dict.fromkeys(form[:WORD_LENGTH_MAX] for form in forms if form))


def _amount(token: str) -> str | None:
    """Give an amount as it is kept; ``None``: it is kept as it is typed, or is none."""
    if _DECIMAL_COMMA.fullmatch(token):
        return token.replace(",", ".")
    grouped = _GROUPED.fullmatch(token)
    if grouped is None:
        return None
    return token.replace(grouped[1], "").replace(",", ".")
