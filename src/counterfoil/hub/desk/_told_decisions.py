"""Deciding what names of one side are in the books: by a choice about the name, or in the settings.

As with records all of it is taken, or nothing; see ``_told_lists``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence

from sqlalchemy import Connection as Tx

from counterfoil.documents import name_key
from counterfoil.engine.counterparts import Decision
from counterfoil.engine.matching import Entry, lookup
from counterfoil.errors import UsageError
from counterfoil.hub.finding import find_link
from counterfoil.hub.links import LinkView, view_of
from counterfoil.hub.setup import Hub
from counterfoil.ledger import connections, directory
from counterfoil.settings import (
    OPTIONS,
    ChannelCustomer,
    FlowName,
    Problem,
    SalesOrderOut,
    Settings,
    ShipmentOut,
    apply_texts,
    pair_text,
)

from ._choices import Wanted, change_settings, keep_choice, no_record, unmatch_names
from ._counterparts import Said, told_problems
from ._names_page import TAKEN_BACK
from ._told_lists import UNUSED_MARKETPLACES, Held, NamesList, rows_of, table_flows

__all__ = ["say_told", "take_back_told"]

_Found = list[tuple[str, Entry]]


def say_told(
    hub: Hub, link: int | str, which: NamesList, said: Sequence[Said], actor: str
) -> dict[str, int]:
    """Take what a person said of names.

    Returns:
        How often each decision was taken.

    Raises:
        UsageError: Something does not fit; names each row, with its cure.
    """
    if which.held is Held.SETTINGS:
        with hub.database.reading() as tx:
            view = view_of(tx, find_link(tx, link))
            found = _found(tx, view, which, said)
        change_settings(hub, link, _setting(view, which, found), actor)
    else:
        with hub.database.writing() as tx:
            view = view_of(tx, find_link(tx, link))
            connections.lock_link(tx, view.link.id)
            for name, entry in _found(tx, view, which, said):
                for kind in which.kinds:
                    directory.drop_choice(tx, view.link.id, "books", lookup(kind, name))
                wanted = Wanted(entry.kind, name, entry)
                keep_choice(tx, view, "books", wanted, actor, hub.now())
    return dict(Counter(each.decision.value for each in said))


def _found(tx: Tx, view: LinkView, which: NamesList, said: Sequence[Said]) -> _Found:
    """Look up what every name shall be.

    Raises:
        UsageError: A name, a decision or a record does not fit.
    """
    known = {name_key(each.id): each.id for each in rows_of(tx, view, which)}
    found: _Found = []
    problems = []
    for each in said:
        name = known.get(name_key(each.id), each.id.strip() if which.may_be_entered else "")
        entry = _entry(tx, view, which, each.record)
        problem = _problem(tx, view, which, each, name, entry)
        if problem is not None:
            problems.append(f"{each.called or each.id}: {problem}")
        elif entry is not None:
            found.append((name, entry))
    twice = [
        name for name, often in Counter(name_key(each.id) for each in said).items() if often > 1
    ]
    problems += [f"{name}: it is decided more than once." for name in twice]
    if problems:
        raise UsageError(told_problems(list(dict.fromkeys(problems))))
    return found


def _entry(tx: Tx, view: LinkView, which: NamesList, record: str | None) -> Entry | None:
    """Find an active record before one that is not, in the lists that it may be in."""
    if record is None:
        return None
    found = [directory.entry(tx, view.books.id, kind, record) for kind in which.kinds]
    entries = sorted((each for each in found if each), key=lambda each: not each.is_active)
    return entries[0] if entries else None


def _problem(
    tx: Tx, view: LinkView, which: NamesList, each: Said, name: str, entry: Entry | None
) -> str | None:
    if each.decision is not Decision.LINK:
        return f"of {which.title.lower()} it can only be said which one of the books they are."
    if not name:
        return f"no document or setting that was read names this {which.noun}."
    if which.word == "marketplaces" and which.held is Held.SETTINGS and not table_flows(view):
        return UNUSED_MARKETPLACES
    if not each.record:
        return f"say which {which.kinds[0].words} of {view.books.name} it is."
    if entry is None:
        return no_record(tx, view.books, which.kinds[0], each.record)
    if not entry.is_active:
        return f"“{entry.full_name}” is inactive in {view.books.name}. Make it active there first."
    return None


# --- In the settings ----------------------------------------------------------------------

_Changing = Callable[[Settings], Settings | list[Problem]]


def _setting(view: LinkView, which: NamesList, found: _Found) -> _Changing:
    if which.word == "marketplaces":
        said = {name: entry.full_name for name, entry in found}
        return lambda current: apply_texts(_tables(view, current, said), current)
    texts = {key: _as_named(key, entry) for key, entry in found}
    return lambda current: apply_texts(texts, current)


def _as_named(key: str, entry: Entry) -> str:
    naming = OPTIONS[key].names[0]
    return entry.id if naming is not None and naming.by_identity else entry.full_name


def _tables(view: LinkView, current: Settings, said: Mapping[str, str | None]) -> dict[str, str]:
    """Give every table of marketplaces with what is said of some of them; ``None``: no customer."""
    anew = {name_key(name) for name in said}
    told = [(name, customer) for name, customer in said.items() if customer is not None]
    return {
        f"{flow}.channel_customers": pair_text(
            [*_others(_table(current, flow), anew), *told],
        )
        for flow in table_flows(view)
    }


def _others(table: Sequence[ChannelCustomer], anew: Collection[str]) -> list[tuple[str, str]]:
    return [(row.channel, row.customer) for row in table if name_key(row.channel) not in anew]


def _table(settings: Settings, flow: FlowName) -> tuple[ChannelCustomer, ...]:
    rules = settings.flow(flow)
    assert isinstance(rules, SalesOrderOut | ShipmentOut), "only these tell marketplaces"
    return rules.channel_customers


# --- Taking back --------------------------------------------------------------------------


def take_back_told(
    hub: Hub, link: int | str, which: NamesList, names: Sequence[str], actor: str
) -> list[str]:
    """Take back what was said of names; says of each what became of it.

    Raises:
        UsageError: Nothing is said of one of them any more, or a setting may not be empty.
    """
    with hub.database.reading() as tx:
        view = view_of(tx, find_link(tx, link))
        rows = {each.id: each for each in rows_of(tx, view, which)}
    said = [rows[each] for each in names if each in rows]
    if len(said) < len(names) or not all(each.choice or each.given for each in said):
        raise UsageError(TAKEN_BACK)
    if which.held is Held.DOCUMENTS:
        told = []
        for each in said:
            assert each.choice is not None, "of documents only what was chosen is said"
            told += unmatch_names(hub, link, each.choice[0], [("books", each.name)], actor)
        if not told:
            # What we made for a name nobody chose.
            raise UsageError(TAKEN_BACK)
        return told
    if which.word == "marketplaces":
        none = dict.fromkeys(names)
        change_settings(hub, link, lambda now: apply_texts(_tables(view, now, none), now), actor)
    else:
        change_settings(hub, link, lambda now: apply_texts(dict.fromkeys(names, ""), now), actor)
    return [f"Nothing is set for “{each.name}” any more." for each in said]
