"""How things stand: connections, links, transfers, one transfer in full."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, tzinfo
from typing import Any

import msgspec
from sqlalchemy import Connection as Tx

from counterfoil.documents import RecordKind, Refusal, decode
from counterfoil.engine.following import FollowUp
from counterfoil.engine.life import State
from counterfoil.engine.matching import suggestions
from counterfoil.engine.transfers import Pairing, Transfer
from counterfoil.errors import UsageError
from counterfoil.hub import checklist, parts, signing_in
from counterfoil.hub.answering import UNSETTLED
from counterfoil.hub.links import LinkView, all_views, view_of
from counterfoil.hub.setup import Hub
from counterfoil.hub.standpoints import views_for
from counterfoil.ledger import (
    agents,
    connections,
    directory,
    documents,
    exchanges,
    follow_ups,
    pairings,
    transfers,
)
from counterfoil.ledger.connections import Connection
from counterfoil.ledger.transfers import Sourced
from counterfoil.settings import (
    FLOWS,
    FlowName,
    SystemName,
)

from ._adopting import shown_adoption
from ._counts import last_presses
from ._finding import find_link

__all__ = [
    "ConnectionStatus",
    "LinkStatus",
    "TransferRow",
    "connection_status",
    "details",
    "link_status",
    "numbered",
    "rows",
    "status_of",
    "unreadables",
    "zone_of",
]


class TransferRow(msgspec.Struct, frozen=True, kw_only=True):
    """A transfer as lists show it."""

    id: int
    link: int
    flow: FlowName
    number: str | None
    state: State
    since: datetime
    target_id: str | None
    target_number: str | None
    target_total: str | None
    refusal: str | None
    sentence: str | None
    cure: str | None
    actor: str | None
    retry_at: datetime | None
    attempts: int
    reason: str | None = None
    """Code of the reason, where there is one and no refusal."""
    wish: str = "none"
    """What a person wants of it: none, send, replace, leave or undo."""
    write: str | None = None
    """What is being done: create, update or void."""
    target_kind: str | None = None
    notes: tuple[str, ...] = ()
    """What did not travel with it, and what was rounded."""
    difference: str | None = None
    """By how much its total there differs from ours, and why, in one sentence."""
    field_problems: tuple[str, ...] = ()
    """Its custom fields that could not be written: one sentence each."""


class LinkStatus(msgspec.Struct, frozen=True, kw_only=True):
    """How a link stands: transfers by flow and state."""

    id: int
    name: str
    operations: str
    books: str
    settings_version: int
    problems: tuple[str, ...]
    flows: tuple[tuple[str, str, dict[str, int]], ...]
    """Flow, mode, and how many transfers are in which state."""
    fields_refused: int = 0
    """Documents of which a custom field could not be written."""
    is_active: bool = True
    is_paused: bool = False
    last_press: str | None = None
    """What came of the last press on “send stock”; ``None``: there was none."""


class ConnectionStatus(msgspec.Struct, frozen=True, kw_only=True):
    """How a connection stands."""

    id: int
    system: SystemName
    name: str
    last_seen_at: datetime | None
    problem: str | None
    facts: dict[str, Any]
    records: dict[str, int]
    waiting: int
    unreadable: int = 0
    """Records there that could not be read."""
    refused_at: datetime | None = None
    """When its Web Connector was last refused; ``None``: not since it was let in."""


def connection_status(hub: Hub) -> list[ConnectionStatus]:
    """Say how every connection stands that is in use."""
    return [found for each, found in _connections(hub) if each.is_active]


def status_of(hub: Hub, connection: Connection) -> ConnectionStatus:
    """Say how one connection stands, in use or removed."""
    return next(found for each, found in _connections(hub) if each.id == connection.id)


def _connections(hub: Hub) -> list[tuple[Connection, ConnectionStatus]]:
    """Tell of every connection; however many there are, by the same few queries."""
    with hub.database.reading() as tx:
        found = connections.all_connections(tx)
        failed = agents.failed_steps(tx)
        records = directory.counts(tx)
        waiting = transfers.counts_in(tx, UNSETTLED)
        unreadable = documents.count_unreadable(tx)
    return [
        (
            each,
            ConnectionStatus(
                id=each.id,
                system=each.system,
                name=each.name,
                last_seen_at=each.last_seen_at,
                problem=_problem(each, failed.get(each.id)),
                facts=dict(each.facts),
                records={kind.value: n for kind, n in records.get(each.id, {}).items()},
                waiting=waiting.get(each.id, 0),
                unreadable=unreadable.get(each.id, 0),
                refused_at=each.sign_in_refused_at,
            ),
        )
        for each in found
    ]


def _problem(connection: Connection, failed: agents.Step | None) -> str | None:
    if failed is not None:
        return checklist.stopped_by(connection.id, failed)
    return signing_in.problem_of(connection)


def link_status(hub: Hub) -> list[LinkStatus]:
    """Say how every link stands; however many there are, by the same few queries."""
    with hub.database.reading() as tx:
        views = all_views(tx)
        counted = transfers.counts(tx)
        refused = follow_ups.counts(tx, State.REFUSED)
        pressed = last_presses(tx, views)
    by_link: defaultdict[int, dict[str, dict[str, int]]] = defaultdict(dict)
    for link, flow, state, number in counted:
        by_link[link].setdefault(flow, {})[state.value] = number
    return [
        msgspec.structs.replace(
            _link_status(each, by_link[each.link.id], refused.get(each.link.id, 0)),
            last_press=pressed.get(each.link.id),
        )
        for each in views
    ]


def _link_status(
    view: LinkView, counted: Mapping[str, dict[str, int]], fields_refused: int
) -> LinkStatus:
    flows: dict[str, dict[str, int]] = {flow.name.value: {} for flow in view.flows}
    flows.update(counted)
    return LinkStatus(
        id=view.link.id,
        name=view.link.name,
        operations=view.operations.name,
        books=view.books.name,
        settings_version=view.version,
        problems=tuple(str(problem) for problem in view.problems),
        flows=tuple(
            (name, view.mode_of(FLOWS[FlowName(name)]).value, states)
            for name, states in flows.items()
        ),
        fields_refused=fields_refused,
        is_active=view.link.is_active,
        is_paused=view.link.is_paused,
    )


def zone_of(hub: Hub) -> tzinfo | None:
    """Give the zone that people of this hub read times in: that of its first link in use.

    ``None``: nothing is linked yet.  Times bear the zone's name, so one of another company is
    told in a zone that is not its own, but never wrongly.
    """
    with hub.database.reading() as tx:
        found = sorted(connections.all_links(tx), key=lambda each: (not each.is_active, each.id))
        return view_of(tx, found[0]).settings.zone if found else None


def rows(
    hub: Hub,
    *,
    link: int | str | None = None,
    flow: str | None = None,
    states: Iterable[State] = (),
    text: str | None = None,
    fields: bool = False,
    limit: int = 100,
    after: int = 0,
) -> list[TransferRow]:
    """List transfers, oldest first; ``fields``: those of which a custom field is refused."""
    with hub.database.reading() as tx:
        link_id = find_link(tx, link).id if link is not None else None
        found = transfers.search(
            tx,
            link_id=link_id,
            flow=flow,
            states=states,
            text=text,
            fields=fields,
            limit=limit,
            after=after,
        )
        refused = _refused_fields(tx, [each.transfer.id for each in found])
        names = _names(tx)
    return [
        _row(each.transfer, each.pairing, names, refused.get(each.transfer.id, ()))
        for each in found
    ]


def _refused_fields(tx: Tx, ids: Sequence[int]) -> dict[int, list[FollowUp]]:
    refused: dict[int, list[FollowUp]] = {}
    for each in follow_ups.of_transfers(tx, ids):
        if each.state is State.REFUSED:
            refused.setdefault(each.transfer, []).append(each)
    return refused


def _shown_refusal(transfer: Transfer, fields: Sequence[FollowUp]) -> Refusal | None:
    """Give its own refusal; of a document that is done, that of a field of it."""
    if transfer.state is not State.DONE:
        return transfer.refusal
    return next((each.refusal for each in fields if each.refusal is not None), None)


def _sentence(transfer: Transfer, fields: Sequence[FollowUp]) -> str | None:
    if transfer.state is not State.DONE or not fields:
        return transfer.sentence
    told = " ".join(filter(None, (each.sentence for each in fields)))
    return f"Done, but {told[:1].lower()}{told[1:]}"


def _names(tx: Tx) -> dict[int, str]:
    """Give what the systems of all connections are called."""
    return {each.id: each.system.words for each in connections.all_connections(tx)}


def _row(
    transfer: Transfer,
    paired: Pairing | None,
    names: Mapping[int, str],
    fields: Sequence[FollowUp] = (),
) -> TransferRow:
    refusal, reason = _shown_refusal(transfer, fields), transfer.reason
    differs = None if paired is None else _difference(paired, names[transfer.target])
    return TransferRow(
        id=transfer.id,
        link=transfer.link,
        flow=FlowName(transfer.flow),
        number=transfer.number,
        state=transfer.state,
        since=transfer.state_since,
        target_id=paired.target_id if paired is not None else None,
        target_number=paired.number if paired is not None else transfer.target_number,
        target_total=paired.total if paired is not None else None,
        refusal=refusal.code if refusal else None,
        sentence=_sentence(transfer, fields),
        cure=refusal.cure if refusal else None,
        actor=refusal.actor.value if refusal else None,
        retry_at=transfer.retry_at,
        attempts=transfer.attempts,
        reason=reason.code if reason else None,
        wish=transfer.wish.value,
        write=transfer.write.value if transfer.write else None,
        target_kind=transfer.target_kind.value,
        notes=transfer.notes,
        difference=None if differs is None else differs["sentence"],
        field_problems=tuple(each.sentence for each in fields if each.sentence),
    )


def details(hub: Hub, transfer_id: int) -> dict[str, Any]:
    """Give everything known about one transfer: the counterfoil.

    Raises:
        UsageError: There is no such transfer.
    """
    with hub.database.reading() as tx:
        found = transfers.load(tx, [transfer_id])
        if not found:
            raise UsageError(f"There is no transfer {transfer_id}. See: counterfoil transfers")
        each = found[0]
        paired = each.pairing
        paired_at = pairings.paired_at(tx, transfer_id)
        fields = follow_ups.of_transfers(tx, [transfer_id])
        history = exchanges.touching(tx, transfer_id)
        audit = connections.notes(tx, f"transfer/{transfer_id}")
        near = _suggestions(tx, each.transfer)
        view = views_for(tx, found)[each.transfer.link]
        left_over = parts.left_over(tx, each, view.settings)
        names = _names(tx)
        first = transfers.waited_for(tx, each.transfer)
        adoption = shown_adoption(tx, transfer_id)
    document = decode(each.kind, each.body)
    target = names[each.transfer.target]
    refused = [field for field in fields if field.state is State.REFUSED]
    return {
        **msgspec.to_builtins(_row(each.transfer, paired, names, refused)),
        "source": {"kind": each.kind, "id": each.document_id},
        "document": msgspec.to_builtins(document),
        "full_refusal": msgspec.to_builtins(_shown_refusal(each.transfer, refused)),
        "suggestions": list(near),
        "waits_for": _shown_first(first),
        "landing": _landing(paired, paired_at, target),
        "left_out": [*each.transfer.notes, *left_over],
        "adoption": None if adoption is None else msgspec.to_builtins(adoption),
        "custom_fields": [_shown_field(field) for field in fields],
        "there": _there(paired),
        "exchanges": [dict(step) for step in history],
        "audit": [dict(line) for line in audit],
        "key": each.transfer.key,
        "settings_version": each.transfer.settings_version,
    }


def numbered(hub: Hub, number: str, limit: int = 50) -> list[TransferRow]:
    """List the transfers of documents that bear a number, here or there, oldest first."""
    with hub.database.reading() as tx:
        found = transfers.numbered(tx, number, limit)
        names = _names(tx)
    return [_row(each.transfer, each.pairing, names) for each in found]


def _shown_first(first: Sourced | None) -> dict[str, Any] | None:
    """Give the document that has to come first as far as a person needs it to act on it."""
    if first is None:
        return None
    return {
        "id": first.transfer.id,
        "kind": first.kind.value,
        "number": first.transfer.number,
        "state": first.transfer.state.value,
    }


def _shown_field(field: FollowUp) -> dict[str, Any]:
    refusal = field.refusal
    return {
        "id": field.id,
        "name": field.name,
        "value": field.value,
        "state": field.state.value,
        "since": field.state_since,
        "problem": field.sentence,
        "cure": None if refusal is None else refusal.cure,
        "found": field.seen,
        "retry_at": field.retry_at,
        "attempts": field.attempts,
    }


def _difference(paired: Pairing, target: str) -> dict[str, Any] | None:
    """Say by how much the totals of both sides differ, and why, as far as it is known."""
    found = paired.surplus
    if found is None:
        return None
    return {
        "amount": str(found.amount),
        "reason": "tax" if found.is_explained else "unexplained",
        "sentence": found.sentence(paired, target),
    }


def _landing(
    paired: Pairing | None, paired_at: datetime | None, target: str
) -> dict[str, Any] | None:
    if paired is None:
        return None
    return {
        "id": paired.target_id,
        "kind": paired.target_kind.value,
        "number": paired.number,
        "revision": paired.revision,
        "total": paired.total,
        "tax": paired.tax,
        "sent_total": paired.sent_total,
        "difference": _difference(paired, target),
        "paired_at": paired_at,
        "lines": None if paired.lines is None else [line.target for line in paired.lines],
        "is_adopted": paired.is_adopted,
        "is_read": paired.content is not None,
        "gone_at": paired.gone_at,
    }


def _there(paired: Pairing | None) -> dict[str, Any] | None:
    """Give the target's document where it says something else than we wrote: both values."""
    if paired is None or paired.seen is None or paired.seen_content == paired.content:
        return None
    found: dict[str, Any] = msgspec.to_builtins(decode(paired.target_kind, paired.seen))
    return found


def unreadables(hub: Hub, connection: int | None = None) -> list[documents.Unread]:
    """List the records that could not be read, with what is wrong: the newest first."""
    with hub.database.reading() as tx:
        return documents.unreadables(tx, connection)


def _suggestions(tx: Tx, transfer: Transfer) -> Sequence[str]:
    """Give names of the target like the one that was not found."""
    refusal = transfer.refusal
    if refusal is None or not refusal.value:
        return ()
    kind = _kind_of(refusal)
    if kind is None:
        return ()
    return suggestions(refusal.value, directory.names(tx, transfer.target, kind))


def _kind_of(refusal: Refusal) -> RecordKind | None:
    for choice in refusal.choices:
        text = choice.arguments.get("kind", "")
        if text.replace(" ", "-") in set(RecordKind):
            return RecordKind(text.replace(" ", "-"))
    return None
