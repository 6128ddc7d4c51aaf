"""The history of transfers, for spreadsheets: every document with both its sides."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Unpack

import msgspec

from counterfoil.documents import decode
from counterfoil.engine.measuring import total_of
from counterfoil.hub.setup import Hub
from counterfoil.hub.views import Sought, TransferRow, found
from counterfoil.ledger import connections
from counterfoil.ledger.transfers import Sourced
from counterfoil.settings import title_of

__all__ = ["HistoryRow", "history"]


class HistoryRow(msgspec.Struct, frozen=True, kw_only=True):
    """A document's passage, as one line of a table; ``None``: there is none, or nobody knows.

    Attributes:
        id: The transfer's number.
        link, flow: The link's name, and what goes which way, in words.
        number, party, dated, amount: The document at its source: its number, its customer or
            vendor, its day, and what its lines come to.
        state, since: Where it stands, and since when.
        became, there_number, there_id, there_total: What it is in the target.
        difference: By how much the totals differ, and why.
        cause: Code of what stopped or held it.
        why, cure, acts: The sentence, what helps, and who acts.
        notes: What did not travel with it.
    """

    id: int
    link: str
    flow: str
    number: str | None
    party: str | None
    dated: date | None
    amount: Decimal | None
    state: str
    since: datetime
    became: str | None
    there_number: str | None
    there_id: str | None
    there_total: Decimal | None
    difference: str | None
    cause: str | None
    why: str | None
    cure: str | None
    acts: str | None
    notes: str


def history(hub: Hub, **sought: Unpack[Sought]) -> Iterator[HistoryRow]:
    """Go through transfers, oldest first.

    Raises:
        UsageError: There is no such link.
    """
    with hub.database.reading() as tx:
        names = {each.id: each.name for each in connections.all_links(tx)}
    return (_line(each, row, names[row.link]) for each, row in found(hub, **sought))


def _line(each: Sourced, row: TransferRow, link: str) -> HistoryRow:
    document = decode(each.kind, each.body)
    party = document.party
    return HistoryRow(
        id=row.id,
        link=link,
        flow=title_of(row.flow),
        number=row.number,
        party=None if party is None else party.name,
        dated=document.own_day,
        amount=_decimal(total_of(document)),
        state=row.state.value,
        since=row.since,
        became=row.target_kind if row.target_id else None,
        there_number=row.target_number if row.target_id else None,
        there_id=row.target_id,
        there_total=_decimal(row.target_total),
        difference=row.difference,
        cause=row.refusal or row.reason,
        why=row.sentence,
        cure=row.cure,
        acts=row.actor,
        notes=" ".join(row.notes),
    )


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
