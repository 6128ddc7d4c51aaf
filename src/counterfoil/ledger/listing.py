"""Transfers as people leaf through them: the newest first, a page at a time.

The order is that of the documents' days, and among those of one day that in which they were
begun.  A page costs what is on it, however much there is: each question reads one index in the
order of the page, from where the page begins.  Where no single index holds what is asked for,
several questions are asked, one for each flow or each state, and the first of all that they find
are the page.

What is searched for is found from its words where few documents bear them; where many do, the
page fills soon, whatever the order.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Connection, TextClause, and_, exists, or_, select, tuple_

from counterfoil.engine.life import State
from counterfoil.settings import FlowName

from ._prepared import among, listed
from .schema import NOT_DONE, document, document_word, transfer

__all__ = ["Place", "Wanted", "page", "sums"]

# A word that more documents bear than this is common.
_RARE_MAX: Final = 1_000
# Behind every text that begins with the same letters.
_LAST: Final = "\U0010ffff"

Condition = ColumnElement[bool] | TextClause
Way = tuple[Condition, ...]


class Place(NamedTuple):
    """Where a transfer stands in the list."""

    day: str
    id: int


class Wanted(NamedTuple):
    """What a list is asked for; empty: it does not matter.

    Attributes:
        words: Of each word that was typed the forms it may have (``engine.heading``).
        first, last: Days under which the list shows them.
    """

    link: int | None = None
    flows: tuple[str, ...] = ()
    states: tuple[State, ...] = ()
    words: tuple[tuple[str, ...], ...] = ()
    first: date | None = None
    last: date | None = None


def page(
    tx: Connection,
    wanted: Wanted,
    limit: int,
    *,
    older_than: Place | None = None,
    newer_than: Place | None = None,
) -> list[Place]:
    """Give a page in the order of the list: the newest of those that fit.

    ``newer_than``: of those above this place the ones next to it.
    """
    rare, common = _by_words(tx, wanted.words)
    edges = tuple(_beyond(older_than, newer_than))
    filters = (*edges, *(_bears(forms) for forms in common))
    if rare is not None:
        found = _of_documents(tx, rare, (*_by_the_way(wanted), *_between(wanted), *filters))
    else:
        found = []
        is_upward = newer_than is not None
        for way in _ways(wanted):
            found += _in_order(tx, (*way, *_between(wanted), *filters), limit, is_upward=is_upward)
    found.sort(reverse=newer_than is None)
    return sorted(found[:limit], reverse=True)


def _beyond(older_than: Place | None, newer_than: Place | None) -> Iterator[Condition]:
    here = tuple_(transfer.c.day, transfer.c.id)
    if older_than is not None:
        yield here < tuple_(*older_than)
    if newer_than is not None:
        yield here > tuple_(*newer_than)


def _between(wanted: Wanted) -> Iterator[Condition]:
    if wanted.first is not None:
        yield transfer.c.day >= wanted.first.isoformat()
    if wanted.last is not None:
        yield transfer.c.day <= wanted.last.isoformat()


def _in_order(
    tx: Connection, conditions: Sequence[Condition], limit: int, *, is_upward: bool
) -> list[Place]:
    order = [transfer.c.day, transfer.c.id]
    query = select(transfer.c.day, transfer.c.id).where(*conditions).limit(limit)
    rows = tx.execute(query.order_by(*(each if is_upward else each.desc() for each in order)))
    return [Place(*row) for row in rows]


# --- By what stands in an index ----------------------------------------------------------------


def _ways(wanted: Wanted) -> list[Way]:
    """Give the questions that together find what is wanted."""
    if wanted.states and State.DONE not in wanted.states:
        return [
            (NOT_DONE, transfer.c.state == state.value, *_by_the_way(wanted._replace(states=())))
            for state in dict.fromkeys(wanted.states)
        ]
    return [(*place, *_in_states(wanted)) for place in _places(wanted)]


def _places(wanted: Wanted) -> list[Way]:
    """The flows of a link, or flows of all links, each in its own order."""
    if wanted.link is None:
        return [(transfer.c.flow == flow,) for flow in wanted.flows] or [()]
    flows: Iterable[str] = wanted.flows or [flow.value for flow in FlowName]
    return [(transfer.c.link_id == wanted.link, transfer.c.flow == flow) for flow in flows]


def _by_the_way(wanted: Wanted) -> Iterator[Condition]:
    """What another index does not hold: a reckoned value is in none of them."""
    if wanted.link is not None:
        yield transfer.c.link_id + 0 == wanted.link
    if wanted.flows:
        yield transfer.c.flow.concat("").in_(wanted.flows)
    yield from _in_states(wanted)


def _in_states(wanted: Wanted) -> Iterator[Condition]:
    if wanted.states:
        yield transfer.c.state.concat("").in_([state.value for state in wanted.states])


# --- By words ----------------------------------------------------------------------------------


def _by_words(
    tx: Connection, words: Sequence[Sequence[str]]
) -> tuple[set[int] | None, list[Sequence[str]]]:
    """Give the documents that bear the rare words, ``None``: none is rare; and the common ones."""
    rare: set[int] | None = None
    common: list[Sequence[str]] = []
    for forms in words:
        found = _bearers(tx, forms)
        if found is None:
            common.append(forms)
        else:
            rare = found if rare is None else rare & found
    return rare, common


def _bearers(tx: Connection, forms: Sequence[str]) -> set[int] | None:
    """Give all documents that bear a word in one of its forms; ``None``: they are many."""
    found: set[int] = set()
    for form in forms:
        query = select(document_word.c.document_id).where(_begins(form)).limit(_RARE_MAX + 1)
        # A document may bear several words that begin so: rows are what was cut off, or not.
        rows = tx.scalars(query).all()
        found.update(rows)
        if len(rows) > _RARE_MAX or len(found) > _RARE_MAX:
            return None
    return found


def _begins(form: str) -> ColumnElement[bool]:
    return and_(document_word.c.word >= form, document_word.c.word < form + _LAST)


def _bears(forms: Sequence[str]) -> ColumnElement[bool]:
    of_it = document_word.c.document_id == transfer.c.document_id
    return exists().where(of_it, or_(*(_begins(form) for form in forms)))


def _of_documents(
    tx: Connection, rows: Iterable[int], conditions: Sequence[Condition]
) -> list[Place]:
    """Give the transfers of a few documents: all of them, in any order."""
    query = select(transfer.c.day, transfer.c.id).where(
        among(tx.dialect, transfer.c.document_id, "rows"), *conditions
    )
    return [Place(*row) for row in tx.execute(query, {"rows": listed(tx, rows)})]


# --- What they come to -------------------------------------------------------------------------


class Amount(NamedTuple):
    """What one transfer's document comes to; ``None``: unknown, or in the home currency."""

    total: str | None
    currency: str | None


def sums(tx: Connection, ids: Iterable[int]) -> list[Amount]:
    """Give what the documents of these transfers come to, one by one."""
    query = (
        select(document.c.total, document.c.currency)
        .join(transfer, transfer.c.document_id == document.c.id)
        .where(among(tx.dialect, transfer.c.id, "ids"))
    )
    rows: Any = tx.execute(query, {"ids": listed(tx, ids)})
    return [Amount(*row) for row in rows]
