"""Transfers as people see them: in lists, by number, and one in full."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import Any, Final, TypedDict, Unpack

import msgspec
from sqlalchemy import Connection as Tx

from counterfoil.documents import Reason, RecordKind, Refusal, decode
from counterfoil.engine.following import FollowUp
from counterfoil.engine.life import State
from counterfoil.engine.matching import suggestions
from counterfoil.engine.transfers import Pairing, Transfer
from counterfoil.errors import UsageError
from counterfoil.hub import advice, parts
from counterfoil.hub.corrected_words import said_of
from counterfoil.hub.finding import find_link
from counterfoil.hub.links import view_of
from counterfoil.hub.setup import Hub
from counterfoil.hub.systems import state_called
from counterfoil.hub.times import zone_in
from counterfoil.ledger import connections, directory, exchanges, follow_ups, pairings, transfers
from counterfoil.ledger.connections import Link
from counterfoil.ledger.transfers import Sourced
from counterfoil.settings import FLOWS, Direction, FlowName

from ._adoptions import shown_adoption

__all__ = [
    "Sought",
    "TransferRow",
    "details",
    "found",
    "numbered",
    "rows",
    "rows_of",
    "transfers_named",
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
    detail: str = ""
    """What was seen, for an engineer; empty: no more than the sentence says."""
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
    called: str = ""
    """The state in the words of the source's users: Autotask's say “needs resync”."""


class Sought(TypedDict, total=False):
    """Which transfers are looked for; what is left out does not matter.

    Attributes:
        link, flow, states: Only of these.
        text: Part of the number, without regard to the case of A to Z.
        fields: ``True``: only those of which a custom field is refused.
        cause: Code of a refusal or a reason: only what that stopped or held.
        since: Only what came where it stands on this day of the company's, or later.
        after: Only those with ids above this one.
    """

    link: int | str | None
    flow: str | None
    states: Iterable[State]
    text: str | None
    fields: bool
    cause: str | None
    since: date | None
    after: int


_PAGE: Final = 500


def rows(hub: Hub, *, limit: int = 100, **sought: Unpack[Sought]) -> list[TransferRow]:
    """List transfers, oldest first."""
    return [row for _each, row in found(hub, limit=limit, **sought)]


def found(
    hub: Hub, *, limit: int | None = None, **sought: Unpack[Sought]
) -> Iterator[tuple[Sourced, TransferRow]]:
    """Go through transfers, oldest first, each as it is kept and as lists show it.

    A page at a time, each in a transaction of its own: memory does not grow with what there is,
    and nobody waits for whoever goes through years.

    Args:
        limit: At most so many; ``None``: all.

    Raises:
        UsageError: There is no such link.
    """
    cause, after = sought.get("cause"), sought.get("after", 0)
    wanted, left = tuple(sought.get("states", ())), limit
    while left is None or left > 0:
        # Few bear one cause: of those a page is looked through for each that is found.
        size = _PAGE if left is None or cause is not None else min(left, _PAGE)
        with hub.database.reading() as tx:
            page = transfers.search(
                tx,
                link_id=_link_id(tx, sought.get("link")),
                flow=sought.get("flow"),
                states=wanted,
                text=sought.get("text"),
                fields=sought.get("fields", False),
                limit=size,
                after=after,
                since=_moment(tx, sought.get("since")),
            )
            shown = rows_of(tx, page)
        fit = [
            pair
            for pair in zip(page, shown, strict=True)
            if cause is None or cause in (pair[1].refusal, pair[1].reason)
        ]
        yield from fit[:left]
        left = None if left is None else left - len(fit)
        if len(page) < size:
            return
        after = page[-1].transfer.id


def _link_id(tx: Tx, link: int | str | None) -> int | None:
    return None if link is None else find_link(tx, link).id


def _moment(tx: Tx, day: date | None) -> datetime | None:
    """Give when a day of the company's begins."""
    return None if day is None else datetime.combine(day, time.min, zone_in(tx) or UTC)


def rows_of(tx: Tx, found: Sequence[Sourced]) -> list[TransferRow]:
    """Give transfers as lists show them."""
    refused = _refused_fields(tx, [each.transfer.id for each in found])
    names = _names(tx)
    return _called(
        tx,
        [
            _row(each.transfer, each.pairing, names, refused.get(each.transfer.id, ()))
            for each in found
        ],
    )


def _called(tx: Tx, found: Sequence[TransferRow]) -> list[TransferRow]:
    """Name the states as the users of the sources do."""
    systems = {each.id: each.system for each in connections.all_connections(tx)}
    sides = {each.id: each for each in connections.all_links(tx)} if found else {}
    return [
        msgspec.structs.replace(each, called=state_called(each.state, systems[source]))
        for each in found
        for source in [_source_of(sides[each.link], each.flow)]
    ]


def _source_of(link: Link, flow: FlowName) -> int:
    to_books = FLOWS[flow].direction is Direction.TO_BOOKS
    return link.operations_id if to_books else link.books_id


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
        detail=_detail(refusal, reason),
        wish=transfer.wish.value,
        write=transfer.write.value if transfer.write else None,
        target_kind=transfer.target_kind.value,
        notes=transfer.notes,
        difference=None if differs is None else differs["sentence"],
        field_problems=tuple(each.sentence for each in fields if each.sentence),
    )


def _detail(refusal: Refusal | None, reason: Reason | None) -> str:
    if refusal is not None:
        return refusal.detail or ""
    return "" if reason is None else reason.detail


def details(hub: Hub, transfer_id: int) -> dict[str, Any]:
    """Give everything known about one transfer: the counterfoil.

    Raises:
        UsageError: There is no such transfer.
    """
    with hub.database.reading() as tx:
        found = transfers.load(tx, [transfer_id])
        if not found:
            raise UsageError(f"There is no transfer {transfer_id}.", advice.see_transfers())
        each = found[0]
        paired = each.pairing
        paired_at = pairings.paired_at(tx, transfer_id)
        fields = follow_ups.of_transfers(tx, [transfer_id])
        history = exchanges.touching(tx, transfer_id)
        audit = connections.notes(tx, f"transfer/{transfer_id}")
        near = _suggestions(tx, each.transfer)
        view = view_of(tx, find_link(tx, each.transfer.link))
        left_over = parts.left_over(tx, each, view.settings)
        (row,) = rows_of(tx, found)
        names = _names(tx)
        first = transfers.waited_for(tx, each.transfer)
        adoption = shown_adoption(tx, transfer_id)
    document = decode(each.kind, each.body)
    target = names[each.transfer.target]
    refused = [field for field in fields if field.state is State.REFUSED]
    return {
        **msgspec.to_builtins(row, enc_hook=str),
        "source": {"kind": each.kind, "id": each.document_id},
        "document": msgspec.to_builtins(document, enc_hook=str),
        "full_refusal": msgspec.to_builtins(_shown_refusal(each.transfer, refused), enc_hook=str),
        "suggestions": list(near),
        "waits_for": _shown_first(first),
        "landing": _landing(paired, paired_at, target),
        "corrected": said_of(each.transfer),
        "left_out": [*each.transfer.notes, *left_over],
        "adoption": None if adoption is None else msgspec.to_builtins(adoption, enc_hook=str),
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
        return _called(tx, [_row(each.transfer, each.pairing, names) for each in found])


def transfers_named(hub: Hub, named: str) -> list[TransferRow]:
    """Find the transfers that a person names: by a transfer's number, or by a document's.

    A number that is both is both: all are given, to choose from.

    Raises:
        UsageError: Nothing bears it.
    """
    found = {each.id: each for each in numbered(hub, named.strip())}
    id_ = _transfer_id(named)
    if id_ is not None:
        found |= {each.id: each for each in rows(hub, after=id_ - 1, limit=1)}
        found = {key: each for key, each in found.items() if key == id_ or _bears(each, named)}
    if found:
        return [found[key] for key in sorted(found)]
    raise UsageError(
        f"No transfer and no document bears the number {named!r}.",
        advice.see_transfers(f"--find {shlex.quote(named)}"),
    )


_ID_MAX: Final = 2**63 - 1


def _transfer_id(named: str) -> int | None:
    typed = named.strip()
    is_number = typed.isascii() and typed.isdigit()
    return int(typed) if is_number and len(typed) < 20 and 0 < int(typed) <= _ID_MAX else None


def _bears(row: TransferRow, named: str) -> bool:
    return named.strip() in (row.number, row.target_number)


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
    found: dict[str, Any] = msgspec.to_builtins(
        decode(paired.target_kind, paired.seen), enc_hook=str
    )
    return found


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
