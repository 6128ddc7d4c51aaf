"""Writes of documents as people see them: what each did, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final, Literal, TypedDict, Unpack

import msgspec

from counterfoil.documents import DocumentKind, PurchaseOrder, RecordKind, decode
from counterfoil.engine.asked import Kind
from counterfoil.engine.measuring import total_of
from counterfoil.hub.finding import find_link
from counterfoil.hub.setup import Hub
from counterfoil.ledger import transfers, written
from counterfoil.ledger.transfers import Sourced
from counterfoil.ledger.written import Written

__all__ = ["Outcome", "SoughtWrites", "WriteRow", "kind_words", "run_writes", "writes_page"]

Outcome = Literal["arrived", "moving", "refused", "checked", "again"]
"""What became of a write: ``again``: nothing was done, and it is tried again."""


class WriteRow(msgspec.Struct, frozen=True, kw_only=True):
    """One write of a document: what left, and what became of it.

    Attributes:
        number, party, amount: The document at its source; ``currency``: where it tells one.
        action: ``created``, ``changed`` or ``taken out``.
        kind: What it is in its target, in words.
        there: Its number there, or its identity.
        message: What the target said, or why nobody knows.
    """

    id: int
    at: datetime
    answered_at: datetime | None
    run: int
    exchange: int
    connection: int
    transfer: int
    link: int
    flow: str
    number: str | None
    party: str | None
    amount: str | None
    currency: str | None
    action: str
    kind: str
    outcome: Outcome
    there: str | None
    message: str | None


class SoughtWrites(TypedDict, total=False):
    """Which writes are looked for; what is left out does not matter.

    Attributes:
        run, connection: Only of these, by their numbers.
        link, flow: Only of these.
        outcome: Only those that came to this.
        since, until: What left at the first or later, and before the second.
        before: Only those with lower numbers.
    """

    run: int | None
    connection: int | None
    link: int | str | None
    flow: str | None
    outcome: Outcome | None
    since: datetime | None
    until: datetime | None
    before: int | None


_OUTCOMES: Final[Mapping[str | None, Outcome]] = {
    None: "moving",
    "done": "arrived",
    "refused": "refused",
    "unknown": "checked",
    "busy": "again",
    "missing": "again",
    "conflict": "again",
}
_ACTIONS: Final[Mapping[str, str]] = {
    Kind.CREATE_DOCUMENT: "created",
    Kind.UPDATE_DOCUMENT: "changed",
    Kind.VOID_DOCUMENT: "taken out",
}


def writes_page(hub: Hub, *, limit: int = 50, **sought: Unpack[SoughtWrites]) -> list[WriteRow]:
    """List what was written and what became of it, newest first.

    Raises:
        UsageError: There is no such link.
    """
    outcome = sought.get("outcome")
    with hub.database.reading() as tx:
        link = sought.get("link")
        found = written.page(
            tx,
            run_id=sought.get("run"),
            connection_id=sought.get("connection"),
            link_id=None if link is None else find_link(tx, link).id,
            flow=sought.get("flow"),
            outcomes=[] if outcome is None else [w for w, to in _OUTCOMES.items() if to == outcome],
            since=sought.get("since"),
            until=sought.get("until"),
            before_id=sought.get("before"),
            limit=limit,
        )
        sources = {
            each.transfer.id: each for each in transfers.load(tx, {each.transfer for each in found})
        }
    return [_write(each, sources[each.transfer]) for each in found]


def run_writes(hub: Hub, run: int, *, before: int | None = None, limit: int = 50) -> list[WriteRow]:
    """List what a run wrote, newest first."""
    return writes_page(hub, run=run, before=before, limit=limit)


def _write(each: Written, source: Sourced) -> WriteRow:
    document = decode(source.kind, source.body)
    party, total = document.party, total_of(document)
    there = None if source.pairing is None else source.pairing.number
    return WriteRow(
        id=each.id,
        at=each.sent_at,
        answered_at=each.answered_at,
        run=each.run,
        exchange=each.exchange,
        connection=each.connection,
        transfer=each.transfer,
        link=each.link,
        flow=each.flow,
        number=source.transfer.number,
        party=None if party is None else party.name,
        amount=total,
        currency=document.currency if isinstance(document, PurchaseOrder) else None,
        action=_ACTIONS[each.kind],
        kind=kind_words(each.subject),
        outcome=_OUTCOMES.get(each.outcome, "checked"),
        there=there or each.outcome_id,
        message=each.detail,
    )


def kind_words(subject: str | None) -> str:
    """Name a kind of documents or records as people do."""
    if subject in set(DocumentKind):
        return DocumentKind(subject).words
    return RecordKind(subject).words if subject in set(RecordKind) else "record"
