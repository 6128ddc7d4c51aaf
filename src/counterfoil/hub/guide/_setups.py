"""Which connections a setup is about: found again in the record."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection as Tx

from counterfoil.engine.life import State
from counterfoil.errors import UsageError
from counterfoil.hub.finding import find_link
from counterfoil.hub.setup import Hub
from counterfoil.hub.stand_ins import is_of_trial
from counterfoil.ledger import connections, transfers
from counterfoil.ledger.connections import Connection, Link
from counterfoil.settings import SystemName

__all__ = ["Setup", "resumed", "setup_of_link"]


class Setup(msgspec.Struct, frozen=True, kw_only=True):
    """A pairing that is being set up, and what of it is there.

    Attributes:
        operations, books: The two systems.
        desk: The operations connection; ``None``: there is none yet.  ``file``: that of the books.
        link: Their link; ``None``: they are not linked yet.
        others: Connections of either system that work for other links, and could for this one.
    """

    operations: SystemName
    books: SystemName
    desk: Connection | None = None
    file: Connection | None = None
    link: Link | None = None
    others: tuple[Connection, ...] = ()


def resumed(
    hub: Hub,
    operations: SystemName,
    books: SystemName,
    *,
    desk: str = "",
    file: str = "",
) -> Setup:
    """Find the setup of a pairing where it was left.

    Args:
        hub: The hub.
        operations: The operations system.
        books: The books.
        desk: The operations connection that is meant; empty: one that nothing is linked with yet,
            else that of a link of which nothing has arrived yet.
        file: That of the books, in the same way.

    Raises:
        UsageError: A connection that is named is none of that system.
    """
    with hub.database.reading() as tx:
        there = [each for each in connections.all_connections(tx) if each.is_active]
        links = [each for each in connections.all_links(tx) if each.is_active]
        sides = {side: _of(there, side) for side in (operations, books)}
        named = (_named(sides[operations], desk), _named(sides[books], file))
        if not any(named):
            named = _left_open(tx, sides[operations], sides[books], links)
    link = next((each for each in links if _ends(each) == tuple(map(_id, named))), None)
    return Setup(
        operations=operations,
        books=books,
        desk=named[0],
        file=named[1],
        link=link,
        others=tuple(each for side in sides.values() for each in side if each not in named),
    )


def setup_of_link(hub: Hub, link: str) -> Setup:
    """Give the setup of a link.

    Raises:
        UsageError: There is no such link.
    """
    with hub.database.reading() as tx:
        found = find_link(tx, link)
        left = connections.load(tx, found.operations_id)
        right = connections.load(tx, found.books_id)
    assert left is not None and right is not None, "a link has two sides"  # noqa: PT018 - one fact
    return Setup(operations=left.system, books=right.system, desk=left, file=right, link=found)


_Pair = tuple[Connection | None, Connection | None]


def _id(found: Connection | None) -> int | None:
    return None if found is None else found.id


def _ends(link: Link) -> tuple[int, int]:
    return link.operations_id, link.books_id


def _of(there: Sequence[Connection], system: SystemName) -> list[Connection]:
    return [each for each in there if each.system is system and not is_of_trial(each)]


def _named(side: Sequence[Connection], word: str) -> Connection | None:
    if not word:
        return None
    found = next((each for each in side if str(each.id) == word), None)
    if found is None:
        raise UsageError("That connection is not there any more. Begin with another one.")
    return found


def _left_open(
    tx: Tx, desks: Sequence[Connection], files: Sequence[Connection], links: Sequence[Link]
) -> _Pair:
    """Find where it was left: what is linked with nothing yet, else a link that brought nothing."""
    linked = {end for each in links for end in (each.operations_id, each.books_id)}
    pair = (_newest_free(desks, linked), _newest_free(files, linked))
    if any(pair):
        return pair
    ids = {each.id: each for each in (*desks, *files)}
    for link in reversed(links):
        ends = (ids.get(link.operations_id), ids.get(link.books_id))
        if all(ends) and not _has_arrived(tx, link):
            return ends
    return (None, None)


def _newest_free(side: Sequence[Connection], linked: set[int]) -> Connection | None:
    return next((each for each in reversed(side) if each.id not in linked), None)


def _has_arrived(tx: Tx, link: Link) -> bool:
    counted = transfers.counts(tx, link.id)
    return any(state is State.DONE and number for _link, _flow, state, number in counted)
