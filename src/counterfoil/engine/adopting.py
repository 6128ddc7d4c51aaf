"""Whether a document of the target is the one that a person says a transfer is.

People name it by its number or its identity.  It is looked up there, and taken only where
there is exactly one, it belongs to no other transfer, and it names the same customer or vendor
and comes to the same total; a person may consent to one that differs.  What could not be read
is not said to be missing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Final

import msgspec

from counterfoil.documents import Document, Reference, document_kind, name_key

from .drafting import Draft, Knowledge, Target
from .drafting import find as find_entry
from .matching import Entry, references
from .measuring import total_of
from .operations import Page
from .seeing import is_void, may_lack, may_lack_number, with_id, with_number

__all__ = ["Candidate", "Expected", "Found", "candidates", "chosen", "expected_of", "found_in"]

_PARTIES: Final = ("customer", "vendor")


class Expected(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a transfer's document would say in the target, as far as it is compared.

    Attributes:
        party: The customer's or vendor's name there; ``None``: it names none, or it is unknown.
        party_id: Their identity there; ``None``: not known.
        total: What its lines come to, tax excluded, decimal text; ``None``: not known.
    """

    party: str | None = None
    party_id: str | None = None
    total: str | None = None


class Candidate(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A document of the target that bears the number or identity a person gave.

    Attributes:
        owner: The transfer whose document it is already; ``None``: nobody's.
        differences: In what it is another document than ours, one sentence each.
    """

    id: str
    kind: str
    number: str | None = None
    dated: date | None = None
    party: str | None = None
    total: str | None = None
    owner: int | None = None
    differences: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """It in one line, to choose from."""
        named = f"{self.kind.replace('-', ' ')} {self.number or 'without a number'}"
        parts = [
            named,
            "" if self.dated is None else f"of {self.dated}",
            self.party or "",
            "" if self.total is None else f"total {self.total}",
            f"id {self.id}",
        ]
        return ", ".join(filter(None, parts))


class Found(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What looking it up came to: why it is not confirmed, and what there is to choose from."""

    problem: str
    candidates: tuple[Candidate, ...] = ()


def expected_of(draft: Draft, knowledge: Knowledge, target: Target) -> Expected:
    """Say what the document would say there; what cannot be translated is not known."""
    if draft.translated is None:
        return Expected()
    document = draft.translated.document
    named = {where: (wanted, name) for where, wanted, name in references(document)}
    where = next((each for each in _PARTIES if each in named), None)
    if where is None:
        return Expected(total=total_of(document))
    wanted, name = named[where]
    entry = find_entry(wanted, draft.work.choices, knowledge, target)
    if isinstance(entry, Entry):
        return Expected(party=entry.full_name, party_id=entry.id, total=total_of(document))
    return Expected(party=name, total=total_of(document))


def candidates(
    named: str,
    pages: Iterable[Page],
    expected: Expected,
    owners: dict[str, int],
) -> tuple[Candidate, ...]:
    """Give what bears the number or the identity; an identity is exact, so it counts alone."""
    read = list(pages)
    by_id = [each for page in read if (each := with_id(page, named)) is not None]
    fitting = by_id or [each for page in read for each in with_number(page, named)]
    unique = {each.id: each for each in fitting}
    return tuple(_candidate(each, expected, owners.get(each.id)) for each in unique.values())


def _candidate(document: Document, expected: Expected, owner: int | None) -> Candidate:
    party, total, tax = document.party, _amount(document, "total"), _amount(document, "tax")
    differences = (
        None if owner is None else f"It is the document of transfer {owner}.",
        "It is void." if is_void(document) else None,
        _other_party(party, expected),
        _other_total(total, tax, expected),
    )
    return Candidate(
        id=document.id,
        kind=document_kind(document).value,
        number=document.number,
        dated=getattr(document, "created_on", None) or getattr(document, "dated", None),
        party=None if party is None else party.name,
        total=None if total is None else str(total),
        owner=owner,
        differences=tuple(filter(None, differences)),
    )


def _amount(document: Document, field: str) -> Decimal | None:
    money = getattr(document, field, None)
    return None if money is None else money.amount


def _other_party(there: Reference | None, expected: Expected) -> str | None:
    if expected.party is None or there is None:
        return None
    if expected.party_id is not None and there.id is not None:
        is_same = expected.party_id == there.id
    else:
        is_same = name_key(there.name) == name_key(expected.party)
    return None if is_same else f"It is for {there.name}, and this one for {expected.party}."


def _other_total(there: Decimal | None, tax: Decimal | None, expected: Expected) -> str | None:
    if there is None or expected.total is None:
        return None
    own = Decimal(expected.total)
    if own in (there, there - (tax or 0)):
        return None
    return f"It comes to {there}, and this one to {own}."


def found_in(
    named: str,
    answers: Sequence[Page | None],
    expected: Expected,
    owners: dict[str, int],
    target: str,
) -> Found:
    """Tell what the answers show of one name.

    Args:
        named: As the person typed it.
        answers: What the questions for it brought; ``None``: one was not answered.
        expected: What the document should say.
        owners: Identity -> the transfer whose document it is.
        target: The system's name.
    """
    pages = [page for page in answers if page is not None]
    there = candidates(named, pages, expected, owners)
    is_unread = len(pages) < len(answers) or any(
        may_lack(page, named) or may_lack_number(page, named) for page in pages
    )
    return Found(problem=_problem(named, there, target, is_unread=is_unread), candidates=there)


def _problem(named: str, there: Sequence[Candidate], target: str, *, is_unread: bool) -> str:
    """Say why it is not confirmed; empty: it is."""
    if is_unread:
        return f"What {target} has under “{named}” could not be read; the next run asks again."
    if not there:
        return (
            f"{target} has no document with the number or identity “{named}”. Name another one, "
            "or take it back."
        )
    if len(there) > 1:
        return f"{target} has {len(there)} documents with the number “{named}”: choose one by id."
    return " ".join(there[0].differences)


def chosen(found: Found, *, consents: bool) -> Candidate | None:
    """Give the document that it certainly is; ``None``: it is not confirmed."""
    if len(found.candidates) != 1:
        return None
    [only] = found.candidates
    if not found.problem:
        return only
    # A person's consent covers what differs, never what nobody could read or is another's.
    is_told = found.problem == " ".join(only.differences)
    return only if consents and is_told and only.owner is None else None
