"""One document in full: both sides, its life, what it belongs to, what went over the wire."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import msgspec
from sqlalchemy import Connection as Tx

from counterfoil.documents import Document, DocumentKind, Refusal, decode
from counterfoil.engine.asked import Kind
from counterfoil.engine.life import State
from counterfoil.engine.transfers import PairedLine
from counterfoil.errors import UsageError
from counterfoil.hub import parts
from counterfoil.hub.corrected_words import said_of
from counterfoil.hub.finding import find_link
from counterfoil.hub.links import view_of
from counterfoil.hub.setup import Hub
from counterfoil.ledger import (
    ancestry,
    connections,
    documents,
    exchanges,
    follow_ups,
    pairings,
    transfers,
)
from counterfoil.ledger.connections import Connection
from counterfoil.ledger.transfers import Sourced
from counterfoil.settings import FLOWS

from ._adoptions import Adopted, shown_adoption
from ._documents import DocumentRow, document_rows
from ._progress import LineProgress, progress_of

__all__ = [
    "DocumentShown",
    "ExchangeShown",
    "FieldShown",
    "Happening",
    "Related",
    "Step",
    "There",
    "WireTexts",
    "document_shown",
    "wire_texts",
]

# So many of the documents that belong to one are shown.
_RELATED_MAX: Final = 50


class There(msgspec.Struct, frozen=True, kw_only=True):
    """The document on the other side.

    Attributes:
        content: What it says there; ``None``: not read, and not kept as it was sent.
        is_read: It was read there; ``False``: it is as we sent it.
        at: When it was read.
        is_theirs: Somebody changed it there after we wrote it.
        total: What it comes to there, as the other side told.
    """

    kind: DocumentKind
    id: str
    number: str | None
    total: str | None
    content: Document | None
    is_read: bool
    at: datetime | None
    is_theirs: bool
    gone_at: datetime | None
    paired_at: datetime | None
    is_adopted: bool
    lines: tuple[PairedLine, ...] | None


class Related(msgspec.Struct, frozen=True, kw_only=True):
    """A document that belongs to this one.

    Attributes:
        how: ``order``: this one was made of it; ``made``: it was made of this one; ``first``:
            it has to come first.
    """

    how: str
    row: DocumentRow


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was asked of a system for this document, and what became of it."""

    kind: Kind
    name: str | None
    outcome: str | None
    outcome_id: str | None
    detail: str | None


class ExchangeShown(msgspec.Struct, frozen=True, kw_only=True):
    """A round trip in which something was asked for this document.

    Attributes:
        state: sent, answered, unanswered, recovered or unclear.
    """

    id: int
    run: int
    state: str
    sent_at: datetime
    answered_at: datetime | None
    steps: tuple[Step, ...]


class Happening(msgspec.Struct, frozen=True, kw_only=True):
    """Something that a person, or Counterfoil by itself, decided about this document."""

    at: datetime
    actor: str
    action: str
    detail: str | None


class FieldShown(msgspec.Struct, frozen=True, kw_only=True):
    """A custom field of the document there."""

    name: str
    value: str
    found: str | None
    state: State
    sentence: str | None


class DocumentShown(msgspec.Struct, frozen=True, kw_only=True):
    """Everything known about one document on its way.

    Attributes:
        source: What it says at its source, as last read at ``seen_at``.
        environment: Which of the target system's own services holds it, where that has several
            and this is one of them; ``None``: it has none, or this is a stand-in.
        key: The mark that it bears there.
        progress: Of an order, how much of each line has come, or gone; empty: not known.
        corrected: What a person had it say there in place of its source, in words; empty: nothing.
        left_out: What did not travel with it, one sentence each.
        exchanges, happenings: The oldest first.
    """

    row: DocumentRow
    source: Document
    source_id: str
    seen_at: datetime
    is_gone: bool
    there: There | None
    environment: str | None
    target_kind: DocumentKind
    refusal: Refusal | None
    adoption: Adopted | None
    fields: tuple[FieldShown, ...]
    progress: tuple[LineProgress, ...]
    corrected: str
    left_out: tuple[str, ...]
    related: tuple[Related, ...]
    exchanges: tuple[ExchangeShown, ...]
    happenings: tuple[Happening, ...]
    key: str | None
    settings_version: int | None
    part: str


def document_shown(hub: Hub, transfer_id: int) -> DocumentShown:
    """Give everything known about one document on its way.

    Raises:
        UsageError: There is no such transfer.
    """
    with hub.database.reading() as tx:
        found = transfers.load(tx, [transfer_id])
        if not found:
            raise UsageError(f"There is no document {transfer_id} here.")
        each = found[0]
        view = view_of(tx, find_link(tx, each.transfer.link))
        (row,) = document_rows(tx, found)
        source = view.source_of(FLOWS[row.transfer.flow])
        (seen,) = documents.by_ids(tx, source.id, each.kind, [each.document_id])
        content = decode(each.kind, each.body)
        return DocumentShown(
            row=row,
            source=content,
            source_id=each.document_id,
            seen_at=seen.seen_at,
            is_gone=each.is_gone,
            there=_there(tx, each),
            environment=_environment(view.target_of(FLOWS[row.transfer.flow])),
            target_kind=each.transfer.target_kind,
            refusal=each.transfer.refusal,
            adoption=shown_adoption(tx, transfer_id),
            fields=_fields(tx, transfer_id),
            progress=progress_of(tx, source.id, content, each.document_id),
            corrected=said_of(each.transfer),
            left_out=(*each.transfer.notes, *parts.left_over(tx, each, view.settings)),
            related=tuple(_related(tx, each, source.id)),
            exchanges=tuple(_exchanges(exchanges.touching(tx, transfer_id))),
            happenings=tuple(
                Happening(**line) for line in connections.notes(tx, f"transfer/{transfer_id}")
            ),
            key=each.transfer.key,
            settings_version=each.transfer.settings_version,
            part=each.transfer.part,
        )


def _environment(target: Connection) -> str | None:
    told = target.parameters
    # An address of its own is that of a stand-in.
    return None if "base_url" in told else told.get("environment")


def _there(tx: Tx, each: Sourced) -> There | None:
    paired = each.pairing
    if paired is None:
        return None
    body, at = paired.seen, None
    read = documents.by_ids(tx, each.transfer.target, paired.target_kind, [paired.target_id])
    if read:
        body, at = body or read[0].body, read[0].seen_at
    content = body or paired.written
    return There(
        kind=paired.target_kind,
        id=paired.target_id,
        number=paired.number,
        total=paired.total,
        content=None if content is None else decode(paired.target_kind, content),
        is_read=body is not None,
        at=at,
        is_theirs=paired.seen_content is not None and paired.seen_content != paired.content,
        gone_at=paired.gone_at,
        paired_at=pairings.paired_at(tx, each.transfer.id),
        is_adopted=paired.is_adopted,
        lines=paired.lines,
    )


def _fields(tx: Tx, transfer_id: int) -> tuple[FieldShown, ...]:
    return tuple(
        FieldShown(
            name=each.name,
            value=each.value,
            found=each.seen,
            state=each.state,
            sentence=each.sentence,
        )
        for each in follow_ups.of_transfers(tx, [transfer_id])
    )


def _related(tx: Tx, each: Sourced, source: int) -> Iterator[Related]:
    """Give what belongs to a document within its own system, as far as it is on its way, too."""
    orders = ancestry.parents(tx, source, each.kind, [each.document_id])
    made = [node for _of, node in ancestry.descendants(tx, source, each.kind, [each.document_id])]
    first = transfers.waited_for(tx, each.transfer)
    found = {
        "first": [] if first is None else [first],
        "order": _sourced(tx, source, orders),
        "made": _sourced(tx, source, made),
    }
    told: set[int] = {each.transfer.id}
    for how, loaded in found.items():
        new = [one for one in loaded if one.transfer.id not in told][:_RELATED_MAX]
        told |= {one.transfer.id for one in new}
        for row in document_rows(tx, new):
            yield Related(how=how, row=row)


def _sourced(
    tx: Tx, source: int, nodes: Sequence[ancestry.Node] | set[ancestry.Node]
) -> list[Sourced]:
    by_kind: dict[DocumentKind, list[str]] = {}
    for node in sorted(nodes):
        by_kind.setdefault(node.kind, []).append(node.id)
    return [
        each
        for kind, ids in by_kind.items()
        for each in transfers.of_sources(tx, source, kind, ids[:_RELATED_MAX])
    ]


def _exchanges(rows: Sequence[Mapping[str, Any]]) -> Iterator[ExchangeShown]:
    """Put together what travelled together."""
    together: dict[int, list[Mapping[str, Any]]] = {}
    for row in rows:
        together.setdefault(row["exchange_id"], []).append(row)
    for exchange, steps in together.items():
        first = steps[0]
        yield ExchangeShown(
            id=exchange,
            run=first["run"],
            state=first["exchange_state"],
            sent_at=first["sent_at"],
            answered_at=first["answered_at"],
            steps=tuple(
                Step(
                    kind=Kind(step["kind"]),
                    name=step["name"],
                    outcome=step["outcome"],
                    outcome_id=step["outcome_id"],
                    detail=step["outcome_detail"],
                )
                for step in steps
            ),
        )


class WireTexts(msgspec.Struct, frozen=True):
    """What went over the wire; ``None``: it is not kept any more, or there is none yet."""

    request: bytes | None
    answer: bytes | None


def wire_texts(hub: Hub, transfer_id: int, exchange: int) -> WireTexts:
    """Give the texts of a round trip in which something was asked for a document.

    Raises:
        UsageError: Nothing was asked for it in that one.
    """
    with hub.database.reading() as tx:
        own = {row["exchange_id"] for row in exchanges.touching(tx, transfer_id)}
        if exchange not in own:
            raise UsageError(f"Exchange {exchange} was none of document {transfer_id}.")
        return WireTexts(*exchanges.texts(tx, exchange))
