"""The units of what is about to be written: what both sides say of them, from the ledger.

Most companies count in no units but their items' own: for them this costs one query per
plan.  An item that has a set of units is looked at whatever became of the list of sets: where
its own could not be read, nobody knows what a quantity without a unit would count.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial

from sqlalchemy import Connection as Tx

from counterfoil.documents import Item, RecordKind, Reference, UnitSet, name_key
from counterfoil.engine.drafting import Draft, Knowledge, Target, find
from counterfoil.engine.matching import Entry, Lookup
from counterfoil.engine.measuring import Side, has_units, measured
from counterfoil.ledger import directory
from counterfoil.ledger.connections import Connection

from .links import LinkView
from .systems import traits_of

__all__ = ["measured_all"]


def measured_all(
    tx: Tx,
    connection: Connection,
    drafts: Sequence[Draft],
    by_link: Mapping[int, LinkView],
    knowledge: Knowledge,
    target: Target,
) -> list[Draft]:
    """Give the drafts with their lines in the units and decimals of the target."""
    meant = {each.work.transfer.id: _meant(each, knowledge, target) for each in drafts}
    named = {each.work.transfer.id for each in drafts if has_units(each)}
    items = _items_there(tx, connection, meant, named)
    sets = _sets(tx, connection, (item.unit_set for item in items.values()))
    # Why it is not known which units there are: a failed reading is no empty list.
    unread = knowledge.unread.get(RecordKind.UNIT_SET)
    there = Side(name=target.name, items=items, sets=sets, unread=unread)
    with_units = named | {id_ for id_, ids in meant.items() if not ids.isdisjoint(items)}
    sources = _sources(tx, connection, drafts, with_units, by_link, knowledge)
    plain = Side(name="the system it comes from")
    return [
        measured(
            each,
            sources.get(each.work.transfer.link, plain),
            there,
            target,
            partial(_entry, each, knowledge, target),
        )
        for each in drafts
    ]


def _entry(each: Draft, knowledge: Knowledge, target: Target, wanted: Lookup) -> Entry | None:
    found = find(wanted, each.work.choices, knowledge, target)
    return found if isinstance(found, Entry) else None


def _meant(each: Draft, knowledge: Knowledge, target: Target) -> set[str]:
    """Give the identities of the target's items that a draft's lines mean."""
    found = (
        _entry(each, knowledge, target, wanted)
        for wanted in each.names
        if wanted.kind is RecordKind.ITEM
    )
    return {entry.id for entry in found if entry is not None}


def _items_there(
    tx: Tx, connection: Connection, meant: Mapping[int, set[str]], named: set[int]
) -> dict[str, Item]:
    """Read those of the target's items whose unit matters: theirs, or the line's."""
    lists = traits_of(connection.system).lists
    wanted = meant.values() if RecordKind.UNIT_SET in lists else (meant[each] for each in named)
    ids = {id_ for each in wanted for id_ in each}
    of_named = {id_ for each in named for id_ in meant[each]}
    read = partial(directory.read_known, tx, connection.id, RecordKind.ITEM)
    # Nearly no item has a set: those that have none are not even decoded.
    found = {**read(ids - of_named, naming="unit_set"), **read(of_named)}
    return {
        id_: item
        for id_, item in found.items()
        if isinstance(item, Item) and (item.unit_set is not None or id_ in of_named)
    }


def _sources(
    tx: Tx,
    connection: Connection,
    drafts: Iterable[Draft],
    with_units: set[int],
    by_link: Mapping[int, LinkView],
    knowledge: Knowledge,
) -> dict[int, Side]:
    """Read what the sources of each link say of the items and units on the drafts' lines."""
    names: dict[int, set[str]] = {}
    named_sets: dict[int, list[Reference | None]] = {}
    for each in drafts:
        if each.translated is None or each.work.transfer.id not in with_units:
            continue
        link = each.work.transfer.link
        origins = each.translated.origins
        for line in getattr(each.translated.document, "lines", ()):
            if line.item is not None:
                origin = origins.get((RecordKind.ITEM, line.item.name), line.item.name)
                names.setdefault(link, set()).add(origin)
            named_sets.setdefault(link, []).append(getattr(line, "unit_set", None))
    found: dict[int, Side] = {}
    for link, wanted in names.items():
        view = by_link[link]
        source = view.operations if view.books.id == connection.id else view.books
        records = directory.read(tx, source.id, ((RecordKind.ITEM, name) for name in wanted))
        items = {name: item for (_, name), item in records.items() if isinstance(item, Item)}
        references = [*named_sets.get(link, ()), *(item.unit_set for item in items.values())]
        found[link] = Side(
            name=source.system.words,
            items=items,
            sets=_sets(tx, source, references),
            unread=knowledge.origins_unread.get((link, RecordKind.UNIT_SET)),
        )
    return found


def _sets(
    tx: Tx, connection: Connection, references: Iterable[Reference | None]
) -> dict[str, UnitSet]:
    """Read the sets of units that are referred to, by their identities and compared names.

    A set keeps its identity when it gets another name, and what refers to it may still
    bear the old one.
    """
    wanted = [each for each in references if each is not None]
    if not wanted:
        return {}
    ids = {each.id for each in wanted if each.id is not None}
    named = directory.read(tx, connection.id, {(RecordKind.UNIT_SET, each.name) for each in wanted})
    found = {name_key(name): each for (_, name), each in named.items()}
    found |= directory.read_known(tx, connection.id, RecordKind.UNIT_SET, ids)
    return {key: each for key, each in found.items() if isinstance(each, UnitSet)}
