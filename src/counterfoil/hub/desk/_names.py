"""Names of both sides beside each other: one way to look at them and to decide, for every list.

Lists of records and lists of which one side has names only differ in where names come from and
where decisions are kept; people, programs and files need not know.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import msgspec

from counterfoil.engine.counterparts import Decision, Likeness
from counterfoil.errors import UsageError
from counterfoil.hub.finding import find_link
from counterfoil.hub.links import view_of
from counterfoil.hub.setup import Hub

from ._comparing import Comparison, ask_for, compare_records, sides_of, why_unread
from ._counterparts import Said, say_of_records
from ._lists import place_of, token_of
from ._names_page import (
    Fits,
    NamesPage,
    PageAsked,
    decisions_on_records,
    records_page,
    take_back_of_records,
)
from ._told_decisions import say_told, take_back_told
from ._told_lists import Held, NamesList, lists_of
from ._told_page import told_page, told_rows, unread_told

__all__ = [
    "compare_lists",
    "decisions_on",
    "missing",
    "names_list",
    "names_lists",
    "names_page",
    "say_counterparts",
    "take_back_records",
]


def names_lists(hub: Hub, link: int | str) -> tuple[NamesList, ...]:
    """Give the lists of names that mean something on a link.

    Raises:
        UsageError: There is no such link.
    """
    with hub.database.reading() as tx:
        return lists_of(view_of(tx, find_link(tx, link)))


def names_list(hub: Hub, link: int | str, word: str) -> NamesList:
    """Find a list of names by what people call it.

    Raises:
        UsageError: There is no such link, or no such list on it.
    """
    lists = {each.word: each for each in names_lists(hub, link)}
    found = lists.get(word.strip().lower().replace("_", "-").replace(" ", "-"))
    if found is None:
        known = ", ".join(lists)
        raise UsageError(f"{word!r} cannot be compared on this link. Choose one of: {known}.")
    return found


def compare_lists(hub: Hub, link: int | str, word: str, *, side: str = "books") -> Comparison:
    """Hold a list of names of one side beside the other side's.

    Args:
        word: Which list, as ``names_lists`` gives them.
        side: Whose records are gone through: ``books`` or ``operations``; of lists of which only
            operations tell the names it makes no difference.

    Raises:
        UsageError: There is no such list or link, or a list has not been read yet.
    """
    which = names_list(hub, link, word)
    if which.held is Held.RECORDS:
        return compare_records(hub, link, which.word, side=side)
    with hub.database.reading() as tx:
        view = view_of(tx, find_link(tx, link))
        sides_of(view, side)
        unread = unread_told(tx, view, which)
        if not unread:
            rows = told_rows(tx, view, which)
            return Comparison(
                list=which.word,
                source=view.operations.name,
                target=view.books.name,
                rows=rows,
                counts=dict(Counter(each.likeness.value for each in rows)),
            )
        problem = why_unread(tx, [view.books], next(iter(unread)))
    ask_for(hub, [view.books], unread)
    raise UsageError(problem or "")


def names_page(
    hub: Hub,
    link: int | str,
    word: str,
    *,
    side: str = "books",
    fits: Sequence[Fits] = (),
    text: str | None = None,
    after: str | None = None,
    limit: int = 50,
) -> NamesPage:
    """Give a page of a list beside the other side's; arguments as ``compare_lists`` has them.

    Args:
        fits: Only what fits so; empty: all.
        text: Part of a name.
        after: What the page before says under ``next``.

    Raises:
        UsageError: There is no such list or link, or no page begins there.
    """
    which = names_list(hub, link, word)
    asked = PageAsked(tuple(fits), text, None if after is None else place_of(after), limit)
    if which.held is Held.RECORDS:
        return records_page(hub, link, which.word, asked, side=side)
    with hub.database.reading() as tx:
        view = view_of(tx, find_link(tx, link))
        sides_of(view, side)
        unread = unread_told(tx, view, which)
        plain = NamesPage(list=which.word, source=view.operations.name, target=view.books.name)
        if not unread:
            found = told_page(tx, view, which, asked)
            following = None if found.next is None else token_of(*found.next)
            return msgspec.structs.replace(
                plain, rows=found.rows, counts=found.counts, next=following
            )
        problem = why_unread(tx, [view.books], next(iter(unread)))
    ask_for(hub, [view.books], unread)
    return msgspec.structs.replace(plain, unread=problem)


def missing(hub: Hub, link: int | str, word: str, *, side: str = "books") -> list[Said]:
    """Say of all that nothing on the other side is like that it shall be added.

    Raises:
        UsageError: Nothing can be added of such a list.
    """
    which = names_list(hub, link, word)
    if which.held is not Held.RECORDS:
        raise UsageError(
            f"{which.title} cannot be added from here: say which {which.kinds[0].words} each is."
        )
    found = compare_records(hub, link, which.word, side=side)
    return [
        Said(id=each.id, decision=Decision.ADD)
        for each in found.rows
        if each.likeness is Likeness.NONE
    ]


def say_counterparts(
    hub: Hub, link: int | str, word: str, said: Sequence[Said], actor: str, *, side: str = "books"
) -> dict[str, int]:
    """Take what a person said of names: all of it, or nothing.

    What was said of a record before is taken back, unless it is on its way.

    Returns:
        How often each decision was taken.

    Raises:
        UsageError: Something does not fit; names each row, with its cure.
    """
    which = names_list(hub, link, word)
    if which.held is Held.RECORDS:
        return say_of_records(hub, link, which.word, said, actor, side=side)
    return say_told(hub, link, which, said, actor)


def decisions_on(
    hub: Hub, link: int | str, word: str, records: Sequence[str], *, side: str = "books"
) -> list[int]:
    """Give the numbers of what is said of some records of a list now; of names none is told."""
    which = names_list(hub, link, word)
    if which.held is not Held.RECORDS:
        return []
    return decisions_on_records(hub, link, which.word, records, side=side)


def take_back_records(
    hub: Hub,
    link: int | str,
    word: str,
    records: Sequence[str],
    actor: str,
    *,
    side: str = "books",
    made: Sequence[int] = (),
) -> list[str]:
    """Take back what was said of some names of a list, by their ``id`` in it.

    Args:
        made: The decisions that are meant, as ``decisions_on`` told them; empty: those that hold.

    Returns:
        Of each what became of it.

    Raises:
        UsageError: Nothing is said of one of them any more, or it is on its way, or a setting may
            not be empty.
    """
    which = names_list(hub, link, word)
    if which.held is Held.RECORDS:
        return take_back_of_records(hub, link, which.word, records, actor, side=side, made=made)
    return take_back_told(hub, link, which, records, actor)
