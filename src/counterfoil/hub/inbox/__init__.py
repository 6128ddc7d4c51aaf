"""The inbox: everything that needs a person, each cause once, with what cures it.

``cases`` lists them, ``case`` gives one with its documents, ``effect`` says what a cure would do,
``cure`` does it and says how it is taken back, ``take_back`` does that.  The command line, the API
and the pages are three faces of these.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from counterfoil.documents import Actor
from counterfoil.errors import UsageError
from counterfoil.hub.finding import find_link
from counterfoil.hub.links import view_of
from counterfoil.hub.setup import Hub
from counterfoil.ledger import directory, transfers
from counterfoil.settings import FLOWS
from counterfoil.told import Advice

from . import _near
from ._cases import SHOWN_MAX, count, list_cases, meant_by, with_documents
from ._curing import Asked, Cured, Undo, carry_out, take_back
from ._done import CureCarriedOut, cures_done, kept, take_back_done, undo_of
from ._effects import Effect, effect
from ._keys import key_of
from ._listing import InboxRow, listing
from ._shapes import (
    Asks,
    Candidate,
    Case,
    CaseDocument,
    CaseKind,
    Cure,
    CureName,
    Total,
)
from ._shown import CaseShown, shown
from ._sides import Side, sides

__all__ = [
    "SHOWN_MAX",
    "Asked",
    "Asks",
    "Candidate",
    "Case",
    "CaseDocument",
    "CaseKind",
    "CaseShown",
    "Cure",
    "CureCarriedOut",
    "CureName",
    "Cured",
    "Effect",
    "InboxRow",
    "Side",
    "Total",
    "Undo",
    "candidates",
    "case",
    "cases",
    "count",
    "cure",
    "cures_done",
    "effect",
    "find",
    "key_of",
    "listing",
    "shown",
    "sides",
    "take_back",
    "take_back_done",
    "undo_of",
    "with_documents",
]

_KEY_MIN: Final = 4


def cases(hub: Hub, *, link: int | None = None, acts: Actor | None = None) -> list[Case]:
    """List what needs a person, without its documents: what holds everything up comes first.

    Args:
        link: Only what is of this link, or of a connection of it.
        acts: Only what these can do something about.
    """
    found = list_cases(hub)
    if link is not None:
        found = _of_link(hub, found, link)
    return [each for each in found if acts is None or each.acts is acts]


def _of_link(hub: Hub, found: Iterable[Case], link: int) -> list[Case]:
    with hub.database.reading() as tx:
        of = find_link(tx, link)
    ends = (of.operations_id, of.books_id)
    return [each for each in found if each.link == of.id or each.connection in ends]


def find(hub: Hub, key: str) -> Case | None:
    """Find a case by its key, or by as much of it as tells it from the others, without documents.

    ``None``: there is none; what was there is over.

    Raises:
        UsageError: Several begin so.
    """
    fit = [each for each in list_cases(hub) if each.key == key or _begins(each.key, key)]
    if len(fit) > 1:
        raise UsageError(f"Several cases begin with {key!r}. Give more of the key.")
    return fit[0] if fit else None


def _begins(whole: str, key: str) -> bool:
    return len(key) >= _KEY_MIN and whole.startswith(key)


def case(hub: Hub, key: str, *, after: int = 0) -> Case:
    """Give a case with the first of its documents.

    Args:
        after: Of its documents only those whose transfers have ids above this one.

    Raises:
        UsageError: There is none of that key.
    """
    found = find(hub, key)
    if found is None:
        raise UsageError(
            f"There is no case {key!r} in the inbox: it has been solved, or never was there.",
            Advice("", "inbox"),
        )
    return with_documents(hub, [found], after=after)[0]


def cure(hub: Hub, key: str, asked: Asked, actor: str) -> Cured:
    """Carry a cure out on those of a case's documents that are as they were seen.

    Raises:
        UsageError: There is no such cure, or what was said does not fit it.
    """
    return kept(hub, carry_out(hub, find(hub, key), asked, actor), actor)


def candidates(hub: Hub, of: Case, text: str = "") -> Sequence[Candidate]:
    """Give the records that may be meant by the name that a case is about, the nearest first.

    Args:
        text: Only those with this in their names; empty: those that are near.
    """
    if of.pile is None or of.flow is None:
        return ()
    with hub.database.reading() as tx:
        first = transfers.load(tx, [of.pile.first])
        refusal = first[0].transfer.refusal if first else None
        view = view_of(tx, find_link(tx, of.pile.link))
        meant = None if refusal is None else meant_by(refusal, view, of.flow)
        if meant is None:
            return ()
        source = view.source_of(FLOWS[of.flow]).id
        own = directory.read(tx, source, [(meant.kind, meant.name)])
        meant = meant._replace(own=own.get((meant.kind, meant.name)))
        return _near.sought(tx, meant, text) if text else _near.candidates(tx, meant)
