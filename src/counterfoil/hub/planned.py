"""Planning what a connection takes next, from what the ledger holds: pure questions of it.

Transfers that are ready become drafts (``engine.drafting``), the names and records that they
need are looked up in a few queries for all of them, and ``engine.planning`` packs them.  Nothing
is written here; ``hub.work`` records what is made of it, and lets it leave.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

import msgspec
from sqlalchemy import Connection as Tx

from counterfoil.documents import Document, DocumentKind, ListRecord, RecordKind
from counterfoil.engine.alternatives import with_alternatives
from counterfoil.engine.correcting import chosen
from counterfoil.engine.deciding import Write
from counterfoil.engine.drafting import (
    Draft,
    Knowledge,
    Target,
    Work,
    draft,
    inactive_entries,
    missing_names,
    names_of,
    sources_of,
    uncorrected,
    waits_for_list,
)
from counterfoil.engine.following import FollowUp
from counterfoil.engine.life import Event, State
from counterfoil.engine.matching import Lookup, NameChoice
from counterfoil.engine.moving import advance, reconsider
from counterfoil.engine.planning import Packer, Plan
from counterfoil.engine.shipping import keys_of_ways, with_known_way
from counterfoil.engine.transfers import Landing, Transfer
from counterfoil.ledger import directory, follow_ups, transfers
from counterfoil.ledger.connections import Connection
from counterfoil.ledger.marks import bearing
from counterfoil.ledger.transfers import Sourced

from . import (
    books_rules,
    item_types,
    measures,
    paired,
    routing,
    stopping,
)
from .answered_readings import find_size
from .answering import store
from .closing import coming_to
from .keys import new_key
from .links import LinkView, views_of
from .namesakes import doubted
from .orders import followers_of, orders_of
from .standpoints import marks as marks_for
from .standpoints import standpoints
from .systems import traits_of
from .unread import unread_lists

__all__ = [
    "choices_of",
    "drafted",
    "explain",
    "forecast",
    "plan_next",
    "uncorrected_one",
    "works_of",
]

# Drafts per batch: some only look a number up or wait for a record, so more are looked
# at than can be written.
_DRAFTS_PER_BATCH: Final = 2


def plan_next(
    tx: Tx,
    connection: Connection,
    views: Sequence[LinkView],
    target: Target,
    now: datetime,
    *,
    may_create: frozenset[DocumentKind] | None = None,
) -> tuple[list[Sourced], Plan]:
    """Plan the next batch from what the ledger holds; writes nothing."""
    by_link = {view.link.id: view for view in views}
    choices = choices_of(tx, connection, by_link)
    target = msgspec.structs.replace(target, find_size=find_size(connection))
    packer = Packer(target, now, new_key, may_create=may_create)
    loaded = transfers.work(tx, connection.id, (State.UNKNOWN,), target.batch_size)
    packer.ask_about(works_of(tx, connection, loaded, by_link, choices))
    put_off: list[Transfer] = []
    after, looked_at = 0, 0
    while not packer.is_full and looked_at < _DRAFTS_PER_BATCH * target.batch_size:
        ready = transfers.work(tx, connection.id, (State.READY,), target.batch_size, after=after)
        routing.hold(tx, views, ready)
        works = works_of(tx, connection, ready, by_link, choices)
        drafts, knowledge = drafted(tx, connection, works, by_link, target, now)
        waits = _put_off(drafts, knowledge, target, now)
        waits |= stopping.put_off(tx, drafts, knowledge, target, now)
        put_off += waits.values()
        packer.add_all((each for each in drafts if each.work.transfer.id not in waits), knowledge)
        loaded += ready
        looked_at += len(works)
        if len(ready) < target.batch_size:
            break
        after = ready[-1].transfer.id
    packer.write_fields(_written_fields(tx, connection, by_link, target))
    made = packer.packed()
    return loaded, msgspec.structs.replace(made, transfers=(*made.transfers, *put_off))


def forecast(
    tx: Tx,
    connection: Connection,
    view: LinkView,
    loaded: Sequence[Sourced],
    target: Target,
    now: datetime,
) -> Plan:
    """Plan what some transfers of a link would come to, all in one batch; writes nothing.

    What waits for a list that was not read is among the plan's transfers, with that reason.
    """
    by_link = {view.link.id: view}
    roomy = msgspec.structs.replace(target, batch_size=len(loaded) * _ROOM_EACH)
    packer = Packer(roomy, now, new_key)
    works = works_of(tx, connection, loaded, by_link, choices_of(tx, connection, by_link))
    drafts, knowledge = drafted(tx, connection, works, by_link, roomy, now)
    waits = _put_off(drafts, knowledge, roomy, now)
    packer.add_all((each for each in drafts if each.work.transfer.id not in waits), knowledge)
    made = packer.packed()
    return msgspec.structs.replace(made, transfers=(*made.transfers, *waits.values()))


# More than any document needs: its records, its questions and itself.
_ROOM_EACH: Final = 1_000


# After so long, what waits for a list is looked at again, whatever woke it or did not.
_LIST_AGAIN: Final = timedelta(minutes=30)


def _put_off(
    drafts: Iterable[Draft], knowledge: Knowledge, target: Target, now: datetime
) -> dict[int, Transfer]:
    """Let those wait that depend on a list which could not be read."""
    if not knowledge.unread and not knowledge.origins_unread:
        return {}
    found = {}
    for each in drafts:
        transfer = each.work.transfer
        why = waits_for_list(each, knowledge, target)
        # What other rules move by now is not put off.
        if why is not None and reconsider(transfer, each.work.at, now) == transfer:
            found[transfer.id] = advance(
                transfer, Event.BUSY, now, why=why, retry_after=_LIST_AGAIN
            )
    return found


def explain(tx: Tx, connection: Connection, target: Target, now: datetime) -> None:
    """Say of what waits that a list it depends on could not be read.

    For a run that ends before it plans anything; nothing else is decided.
    """
    views = {view.link.id: view for view in views_of(tx, connection.id)}
    choices = choices_of(tx, connection, views)
    if not _unread(tx, connection.id, views):
        return
    after = 0
    while ready := transfers.work(tx, connection.id, (State.READY,), _EXPLAINED, after=after):
        after = ready[-1].transfer.id
        works = works_of(tx, connection, ready, views, choices)
        drafts, knowledge = drafted(tx, connection, works, views, target, now)
        store(tx, ready, list(_put_off(drafts, knowledge, target, now).values()), now=now)


_EXPLAINED: Final = 500


def _unread(
    tx: Tx, target_id: int, views: Mapping[int, LinkView]
) -> tuple[dict[RecordKind, str], dict[tuple[int, RecordKind], str]] | None:
    """Give the lists that could not be read, of the target and of each link's source."""
    # Connections as the links have them: read anew since any list was.
    ends = {link: _ends(view, target_id) for link, view in views.items()}
    unread = next((unread_lists(tx, target) for target, _source in ends.values()), {})
    origins = {
        (link, kind): why
        for link, (_target, source) in ends.items()
        for kind, why in unread_lists(tx, source).items()
    }
    return (unread, origins) if unread or origins else None


def _ends(view: LinkView, target_id: int) -> tuple[Connection, Connection]:
    """Give the target and the source of what is written to a side of a link."""
    ends = (view.books, view.operations)
    return ends if view.books.id == target_id else (ends[1], ends[0])


def _written_fields(
    tx: Tx, connection: Connection, by_link: Mapping[int, LinkView], target: Target
) -> list[FollowUp]:
    """Give the custom fields to be asked about, and those to be written.

    Questions go on where a link is paused; nothing is written for it.
    """
    limit = target.batch_size
    unknown = follow_ups.waiting(tx, connection.id, State.UNKNOWN, by_link, limit)
    going = [link for link, view in by_link.items() if not view.link.is_paused]
    return unknown + follow_ups.waiting(tx, connection.id, State.READY, going, limit)


def drafted(
    tx: Tx,
    connection: Connection,
    works: Sequence[Work],
    by_link: Mapping[int, LinkView],
    target: Target,
    now: datetime,
) -> tuple[list[Draft], Knowledge]:
    """Translate what waits, and look up every name it mentions."""
    records = _source_records(tx, sources_of(works), by_link, connection.id)
    drafts = [draft(each, records, target, now) for each in works]
    drafts = paired.known_again(tx, connection, drafts)
    keys = names_of(drafts, target) | keys_of_ways(drafts)
    entries = directory.find(tx, connection.id, keys)
    lists = _unread(tx, connection.id, by_link) if works else None
    knowledge = Knowledge(entries=entries, origins=records)
    if lists is not None:
        knowledge = msgspec.structs.replace(knowledge, unread=lists[0], origins_unread=lists[1])
    drafts = [with_alternatives(each, knowledge, target) for each in drafts]
    drafts = [with_known_way(each, knowledge, target) for each in drafts]
    drafts = doubted(tx, connection, drafts, by_link, target)
    drafts = item_types.checked(tx, connection, drafts, knowledge, target)
    drafts, knowledge = books_rules.checked(tx, connection, drafts, knowledge, target)
    drafts = measures.measured_all(tx, connection, drafts, by_link, knowledge, target)
    inactive = inactive_entries(drafts, knowledge, target)
    if inactive:
        records_there = directory.read_ids(tx, connection.id, inactive)
        knowledge = msgspec.structs.replace(knowledge, inactive=records_there)
    missing = missing_names(drafts, knowledge, target)
    if missing:
        origins = _source_records(tx, missing, by_link, connection.id)
        knowledge = msgspec.structs.replace(knowledge, origins={**records, **origins})
    return drafts, knowledge


def uncorrected_one(
    tx: Tx, connection: Connection, each: Sourced, view: LinkView, target: Target, now: datetime
) -> tuple[Work, Document | None]:
    """Give what one document becomes by its source and the settings alone; ``None``: not known.

    ``connection`` is where it goes.
    """
    plain = each._replace(transfer=msgspec.structs.replace(each.transfer, correction=None))
    by_link = {view.link.id: view}
    choices = choices_of(tx, connection, by_link)
    (work,) = works_of(tx, connection, [plain], by_link, choices)
    records = _source_records(tx, sources_of([work]), by_link, connection.id)
    return work, uncorrected(work, records, target, now)


def works_of(
    tx: Tx,
    connection: Connection,
    loaded: Sequence[Sourced],
    by_link: Mapping[int, LinkView],
    choices: Mapping[int, Mapping[Lookup, NameChoice]],
) -> list[Work]:
    """Put together what is known of transfers: their facts, marks, and what is there of them."""
    found = [each for each in loaded if each.transfer.link in by_link]
    marks = {each.transfer.id: marks_for(each, by_link[each.transfer.link]) for each in found}
    there = _found_there(tx, connection, found, marks)
    standing = standpoints(tx, found, by_link)
    followed = followers_of(tx, found)
    stands = [(each, standing[each.transfer.id]) for each in found]
    at_order = orders_of(tx, stands, by_link)
    coming = coming_to(tx, stands, by_link)
    chosen_there = _chosen(tx, connection, found)
    return [
        Work(
            transfer=each.transfer,
            at=standing[each.transfer.id],
            settings_version=by_link[each.transfer.link].version,
            marks=marks[each.transfer.id],
            choices=_choices_for(each.transfer, choices[each.transfer.link], chosen_there),
            landed=there.get(each.transfer.id),
            order=at_order.get(each.transfer.id),
            followers=followed.get(each.transfer.id, ()),
            coming=coming.get(each.transfer.id),
        )
        for each in found
    ]


def _chosen(
    tx: Tx, connection: Connection, found: Sequence[Sourced]
) -> Mapping[tuple[RecordKind, str], ListRecord]:
    """Give the records there that people chose for single documents, as far as they are there."""
    corrections = [each.transfer.correction for each in found]
    wanted = {key for each in corrections if each is not None for key in each.records}
    return directory.read_ids(tx, connection.id, wanted) if wanted else {}


def _choices_for(
    transfer: Transfer,
    choices: Mapping[Lookup, NameChoice],
    known: Mapping[tuple[RecordKind, str], ListRecord],
) -> Mapping[Lookup, NameChoice]:
    correction = transfer.correction
    return choices if correction is None else chosen(correction, known, choices)


def _found_there(
    tx: Tx,
    connection: Connection,
    found: Sequence[Sourced],
    marks: Mapping[int, Sequence[str]],
) -> dict[int, Landing]:
    """Give the documents there that bear the mark of what is about to be created."""
    creates = [each for each in found if each.transfer.write is Write.CREATE]
    wanted = {marks[each.transfer.id][0]: each.transfer.id for each in creates}
    if not wanted or not traits_of(connection.system).keeps_marks:
        return {}
    return {
        wanted[mark]: Landing(
            id=there.document_id,
            kind=there.kind,
            number=there.number,
            revision=there.revision,
            total=there.total,
        )
        for mark, there in bearing(tx, connection.id, wanted).items()
    }


def _source_records(
    tx: Tx,
    wanted: Iterable[tuple[int, RecordKind, str]],
    by_link: Mapping[int, LinkView],
    target_id: int,
) -> dict[tuple[int, RecordKind, str], ListRecord]:
    """Read the source's own records for the links that want them."""
    names: defaultdict[int, list[tuple[RecordKind, str]]] = defaultdict(list)
    for link, kind, name in wanted:
        names[link].append((kind, name))
    found: dict[tuple[int, RecordKind, str], ListRecord] = {}
    for link, of_link in names.items():
        # Names of one batch all go one way: the source is the side that is not written to.
        _target, source = _ends(by_link[link], target_id)
        for (kind, name), record in directory.read(tx, source.id, of_link).items():
            found[link, kind, name] = record
    return found


def choices_of(
    tx: Tx, connection: Connection, by_link: Mapping[int, LinkView]
) -> dict[int, Mapping[Lookup, NameChoice]]:
    """Give what people of each link decided about names of this connection."""
    return {
        link: directory.choices(tx, link, view.side_of(connection.id), connection.id)
        for link, view in by_link.items()
    }
