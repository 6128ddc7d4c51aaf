"""Getting started without duplicates: which lists can be held side by side, and what is known.

Names tell which records of two lists are the same, what people said tells it of others: of the
record itself, or of its name, wherever they chose that (``ledger.meant``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Final

import msgspec
from sqlalchemy import Connection as Tx

from counterfoil.documents import RecordKind, name_key
from counterfoil.engine.counterparts import Compared, Counterpart, Decision, Known, compared
from counterfoil.engine.matching import SHARED_NAMES, Alike
from counterfoil.errors import UsageError
from counterfoil.hub.finding import find_link
from counterfoil.hub.links import LinkView, view_of
from counterfoil.hub.needed import ask
from counterfoil.hub.setup import Hub
from counterfoil.hub.systems import target_of
from counterfoil.hub.unread import unread_lists
from counterfoil.ledger import counterparts, directory
from counterfoil.ledger.connections import Connection
from counterfoil.ledger.meant import Meant, Pair, meant

from ._lists import list_named

__all__ = [
    "ADDABLE",
    "Comparison",
    "alike",
    "ask_for",
    "compare_records",
    "compared_list",
    "known_of",
    "pair_of",
    "said_of",
    "sides_of",
    "why_unread",
]

ADDABLE: Final = (RecordKind.CUSTOMER, RecordKind.VENDOR, RecordKind.ITEM)
"""Lists that can be held beside each other."""


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """A list of one side beside the other side's.

    Attributes:
        list: Which, in the words of the command line.
        source, target: Names of the connection whose records they are, and of the other one.
        rows: In the order of their names.
        counts: How many rows fit how.
    """

    list: str
    source: str
    target: str
    rows: tuple[Compared, ...]
    counts: dict[str, int]


def compare_records(hub: Hub, link: int | str, word: str, *, side: str = "books") -> Comparison:
    """Hold a list of records of one side beside the other side's.

    Args:
        word: Which list: ``customers``, ``vendors`` or ``items``.
        side: Whose records are gone through: ``books`` or ``operations``.

    Raises:
        UsageError: There is no such list or link, or one of the two has not been read yet.
    """
    with hub.database.reading() as tx:
        view = view_of(tx, find_link(tx, link))
        source, target = sides_of(view, side)
        kind = compared_list(source, target, word)
        unread = why_unread(tx, (source, target), kind)
        if unread is None:
            return _comparison(tx, view, source, target, kind, word)
    ask_for(hub, (source, target), [kind])
    raise UsageError(unread)


def ask_for(hub: Hub, sides: Iterable[Connection], kinds: Iterable[RecordKind]) -> None:
    """Let the next runs of some connections read lists, for somebody wants to compare them."""
    wanted = tuple(kinds)
    with hub.database.writing() as tx:
        for each in sides:
            for kind in wanted:
                ask(tx, each.id, kind)


def _comparison(
    tx: Tx, view: LinkView, source: Connection, target: Connection, kind: RecordKind, word: str
) -> Comparison:
    records = list(directory.every(tx, source.id, kind, only_active=True))
    keys = {name_key(each.full_name) for each in records}
    rows = compared(
        records,
        directory.find(tx, target.id, keys),
        Alike(directory.names(tx, target.id, kind)),
        kind,
        known_of(tx, pair_of(view, kind, source, target)),
        share_names=target_of(target).lists_share_names,
    )
    return Comparison(
        list=word,
        source=source.name,
        target=target.name,
        rows=tuple(rows),
        counts=dict(Counter(each.likeness.value for each in rows)),
    )


def pair_of(view: LinkView, kind: RecordKind, source: Connection, target: Connection) -> Pair:
    """Say whose records of a list are held beside whose."""
    shares = kind in SHARED_NAMES and target_of(target).lists_share_names
    return Pair(
        link=view.link.id,
        kind=kind,
        side=view.side_of(source.id),
        source=source.id,
        target=target.id,
        sharing=tuple(sorted(SHARED_NAMES)) if shares else (),
    )


def known_of(tx: Tx, of: Pair, ids: Iterable[str] | None = None) -> Mapping[str, Known]:
    """Give what is known of records' counterparts, by identity.

    What a person chose that a name means comes before what was said of its record, as it does
    when documents are matched.

    Args:
        ids: Of these; ``None``: of the whole list.
    """
    wanted = None if ids is None else list(ids)
    chosen = meant(tx, of, wanted)
    told = said_of(_said(tx, of, wanted), of.source, of.target)
    found = {each.id: _known(each) for each in chosen if not each.is_firm}
    found |= {identity: Known(each.decision, each.record_id) for identity, each in told.items()}
    for each in chosen:
        said = told.get(each.id)
        if each.is_firm and (said is None or said.record_id != each.record):
            found[each.id] = _known(each)
    return found


def _said(tx: Tx, of: Pair, ids: list[str] | None) -> list[Counterpart]:
    if ids is None:
        return counterparts.of_link(tx, of.link, kind=of.kind)
    return counterparts.of_records(tx, of.link, of.kind, ids)


def _known(each: Meant) -> Known:
    chosen = Decision.ADD if each.creates else Decision.LINK
    return Known(None if each.is_ours else chosen, each.record, each.name, each.is_firm)


# Two lists of each of a few links: the next page compares with the same names.
_KEPT: Final = 8


@lru_cache(maxsize=_KEPT)
def alike(names: tuple[str, ...]) -> Alike:
    """Make a list of names in which names are looked for, once for all of its pages."""
    return Alike(names)


def said_of(said: Iterable[Counterpart], source: int, target: int) -> Mapping[str, Counterpart]:
    """Give what holds of each record of one side, from whichever side it was said."""
    found = {}
    for each in said:
        if each.source == source:
            found[each.source_record] = each
        elif each.source == target and each.record_id is not None:
            found[each.record_id] = msgspec.structs.replace(each, record_id=each.source_record)
    return found


def sides_of(view: LinkView, side: str) -> tuple[Connection, Connection]:
    """Give the connection whose records are gone through, and the other one.

    Raises:
        UsageError: It is no side.
    """
    if side not in ("books", "operations"):
        raise UsageError(f"{side!r} is no side of a link; say books or operations.")
    pair = (view.books, view.operations)
    return pair if side == "books" else (pair[1], pair[0])


def compared_list(source: Connection, target: Connection, word: str) -> RecordKind:
    """Find a list that both sides have, by what people call it.

    Raises:
        UsageError: There is none that can be compared.
    """
    kind = list_named(source, word)
    list_named(target, word)
    if kind not in ADDABLE:
        raise UsageError(f"{word!r} cannot be compared; choose customers, vendors or items.")
    return kind


def why_unread(tx: Tx, sides: Iterable[Connection], kind: RecordKind) -> str | None:
    """Say which of some connections' lists is not known as it is now; ``None``: all are."""
    for each in sides:
        why = unread_lists(tx, each).get(kind)
        if why is not None:
            return (
                f"{each.name}: {why.rstrip('.')}. It is read with the next run; compare then. "
                "A list that was not read is no empty list."
            )
    return None
