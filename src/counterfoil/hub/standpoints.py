"""What the engine has to know about a transfer, put together from the ledger's rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from sqlalchemy import Connection as Tx

from counterfoil.engine.deciding import Write
from counterfoil.engine.life import Standing
from counterfoil.engine.settling import Waiting
from counterfoil.engine.standpoint import Standpoint
from counterfoil.engine.transfers import Transfer, marks_of
from counterfoil.ledger import connections, exchanges, follow_ups, pairings, transfers
from counterfoil.ledger.connections import Connection
from counterfoil.ledger.transfers import Sourced
from counterfoil.settings import FLOWS, FlowName
from counterfoil.translate import TRANSLATORS

from .links import LinkView, view_of

__all__ = [
    "account_of",
    "keep",
    "marks",
    "standpoint",
    "views_for",
    "waiting_for",
]


def account_of(connection: Connection) -> str:
    """Say which company a connection belongs to, in a way that does not change.

    As the system identifies it; where nobody has told yet, the connection itself.
    """
    return connection.account or f"{connection.system.value}/{connection.id}"


def standpoint(each: Sourced, view: LinkView) -> Standpoint:
    """Tell what is known about a transfer besides itself."""
    return Standpoint(
        flow=FlowName(each.transfer.flow),
        link=view.rules,
        kind=each.kind,
        body=each.body,
        fingerprint=each.fingerprint,
        is_withdrawn=each.is_withdrawn,
        changed_at=each.changed_at,
        pairing=each.pairing,
    )


def marks(each: Sourced, view: LinkView) -> tuple[str, ...]:
    """Give the marks of a transfer's generations, the newest first."""
    flow = FLOWS[FlowName(each.transfer.flow)]
    return marks_of(
        account_of(view.source_of(flow)),
        account_of(view.target_of(flow)),
        each.transfer.flow,
        each.document_id,
        each.transfer.part,
        each.transfer.generation,
    )


def views_for(tx: Tx, loaded: Iterable[Sourced]) -> Mapping[int, LinkView]:
    """Give the links of some transfers, whether they are active or not."""
    views: dict[int, LinkView] = {}
    for link_id in {each.transfer.link for each in loaded}:
        link = connections.load_link(tx, link_id)
        assert link is not None, "a transfer belongs to a link"
        views[link_id] = view_of(tx, link)
    return views


def waiting_for(tx: Tx, loaded: Iterable[Sourced], settles_after: timedelta) -> dict[int, Waiting]:
    """Put together what settling an answer has to know about the transfers that waited.

    Args:
        settles_after: For how long a write may still be carried out after it has left.
    """
    found = list(loaded)
    views = views_for(tx, found)
    flying = [each.transfer.id for each in found if each.transfer.standing is Standing.IN_FLIGHT]
    writes = exchanges.last_writes(tx, flying) if flying else {}
    waiting: dict[int, Waiting] = {}
    for each in found:
        transfer, view = each.transfer, views[each.transfer.link]
        number = transfer.target_number
        translator = TRANSLATORS[FlowName(transfer.flow)]
        last = writes.get(transfer.id)
        is_create = transfer.write is Write.CREATE
        waiting[transfer.id] = Waiting(
            transfer=transfer,
            at=standpoint(each, view),
            marks=marks(each, view),
            sent=last.sent if last else None,
            other_number=number and translator.other_number(number, view.settings),
            may_run_until=last.sent_at + settles_after if last and is_create else None,
        )
    return waiting


def keep(tx: Tx, moves: Iterable[tuple[Transfer, Transfer]], now: datetime) -> None:
    """Store transfers that moved, and end the pairings of those that begin anew."""
    found = [(before, after) for before, after in moves if before is not after]
    transfers.save(tx, found)
    ended = [after.id for before, after in found if after.generation != before.generation]
    if ended:
        pairings.end(tx, ended, now)
        follow_ups.end(tx, ended, now)
