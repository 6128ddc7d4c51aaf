"""Both sides' lists beside each other, a page at a time: what is decided and what is open.

The same comparison as ``compare_lists`` makes of whole lists; names that are alike are looked
for only where they are shown, so ten thousand customers are no slower than ten.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

import msgspec
from sqlalchemy import Connection as Tx

from counterfoil.documents import ListRecord, name_key
from counterfoil.engine.counterparts import Compared, compared
from counterfoil.errors import UsageError
from counterfoil.hub.finding import find_link
from counterfoil.hub.links import view_of
from counterfoil.hub.setup import Hub
from counterfoil.hub.systems import target_of
from counterfoil.ledger import counterparts, directory, side_by_side
from counterfoil.ledger.connections import Connection
from counterfoil.ledger.meant import Pair, meant
from counterfoil.ledger.side_by_side import Fits

from ._choices import unmatch_names
from ._comparing import (
    alike,
    ask_for,
    compared_list,
    known_of,
    pair_of,
    said_of,
    sides_of,
    why_unread,
)
from ._counterparts import take_back_counterparts
from ._lists import token_of

__all__ = [
    "TAKEN_BACK",
    "Fits",
    "NamesPage",
    "PageAsked",
    "decisions_on_records",
    "records_page",
    "take_back_of_records",
]


TAKEN_BACK: Final = "Some of this was taken back already; look at the list once more."
"""Why nothing is taken back."""


class NamesPage(msgspec.Struct, frozen=True, kw_only=True):
    """A page of a list of one side beside the other side's.

    Attributes:
        list: Which, in the words of the command line.
        source, target: Whose records they are, and whose they are held beside.
        rows: In the order of their names.
        names: What the records that rows are linked to are called there, by identity, where a
            row does not say it.
        counts: How many records of the whole list fit how.
        next: What to ask the following page with; ``None``: no more.
        unread: Which of the two lists is not known as it is now, and why; then nothing is told
            of either.  ``None``: both are.
    """

    list: str
    source: str
    target: str
    rows: tuple[Compared, ...] = ()
    names: Mapping[str, str] = {}
    counts: Mapping[Fits, int] = {}
    next: str | None = None
    unread: str | None = None


class PageAsked(NamedTuple):
    """Which page is asked for.

    Attributes:
        fits: Only what fits so; empty: all.
        text: Part of a name; ``None``: whatever the name.
        after: Name key and identity of the last one before it; ``None``: it is the first page.
    """

    fits: tuple[Fits, ...]
    text: str | None
    after: tuple[str, str] | None
    limit: int


def records_page(
    hub: Hub, link: int | str, word: str, asked: PageAsked, *, side: str = "books"
) -> NamesPage:
    """Give a page of a list of records beside the other side's.

    Raises:
        UsageError: There is no such list or link.
    """
    with hub.database.reading() as tx:
        view = view_of(tx, find_link(tx, link))
        source, target = sides_of(view, side)
        kind = compared_list(source, target, word)
        unread = why_unread(tx, (source, target), kind)
        plain = NamesPage(list=word, source=source.name, target=target.name, unread=unread)
        if unread is None:
            pair = pair_of(view, kind, source, target)
            keys = side_by_side.page(
                tx,
                pair,
                fits=asked.fits,
                text=asked.text,
                after=asked.after,
                limit=asked.limit + 1,
            )
            rows = _rows(tx, pair, target, [identity for _key, identity in keys[: asked.limit]])
            return msgspec.structs.replace(
                plain,
                rows=tuple(rows),
                names=_names(tx, pair, rows),
                counts=side_by_side.counts(tx, pair, text=asked.text),
                next=token_of(*keys[asked.limit - 1]) if len(keys) > asked.limit else None,
            )
    ask_for(hub, (source, target), [kind])
    return plain


def _rows(tx: Tx, pair: Pair, target: Connection, ids: Sequence[str]) -> list[Compared]:
    known = directory.read_known(tx, pair.source, pair.kind, ids)
    records: list[ListRecord] = [known[each] for each in ids]
    return compared(
        records,
        directory.find(tx, pair.target, {name_key(each.full_name) for each in records}),
        alike(tuple(directory.names(tx, pair.target, pair.kind))),
        pair.kind,
        known_of(tx, pair, ids),
        share_names=target_of(target).lists_share_names,
    )


def _names(tx: Tx, pair: Pair, rows: Iterable[Compared]) -> dict[str, str]:
    ids = {each.record for each in rows if each.record is not None and each.record_name is None}
    there = directory.read_known(tx, pair.target, pair.kind, ids)
    return {identity: each.full_name for identity, each in there.items()}


def decisions_on_records(
    hub: Hub, link: int | str, word: str, records: Sequence[str], *, side: str = "books"
) -> list[int]:
    """Give the numbers of what is said of some records of a list now."""
    with hub.database.reading() as tx:
        view = view_of(tx, find_link(tx, link))
        source, target = sides_of(view, side)
        kind = compared_list(source, target, word)
        said = said_of(
            counterparts.of_records(tx, view.link.id, kind, records), source.id, target.id
        )
    return [said[each].id for each in records if each in said]


def take_back_of_records(
    hub: Hub,
    link: int | str,
    word: str,
    records: Sequence[str],
    actor: str,
    *,
    side: str = "books",
    made: Sequence[int] = (),
) -> list[str]:
    """Take back what was said of some records of a list, or chosen about their names.

    Returns:
        Of each what became of it.

    Args:
        made: The decisions that are meant, as ``decisions_on`` told them; empty: those that hold.

    Raises:
        UsageError: Nothing is said of one of them any more, or it is on its way.
    """
    with hub.database.reading() as tx:
        view = view_of(tx, find_link(tx, link))
        source, target = sides_of(view, side)
        kind = compared_list(source, target, word)
        said = said_of(
            counterparts.of_records(tx, view.link.id, kind, records), source.id, target.id
        )
        pair = pair_of(view, kind, source, target)
        chosen = [each for each in meant(tx, pair, records) if not each.is_ours]
    if not set(records) <= {*said, *(each.id for each in chosen)}:
        raise UsageError(TAKEN_BACK)
    newer = [said[each] for each in records if made and each in said and said[each].id not in made]
    if newer:
        raise UsageError(
            f"{newer[0].author} has decided anew about “{newer[0].source_name}” since; nothing was "
            "taken back. Look at the list once more."
        )
    if made and not set(records) <= set(said):
        raise UsageError(TAKEN_BACK)
    ids = [said[each].id for each in records if each in said]
    told = take_back_counterparts(hub, link, ids, actor) if ids else []
    names = [(each.side, each.called) for each in chosen]
    return told + unmatch_names(hub, link, kind, names, actor)
