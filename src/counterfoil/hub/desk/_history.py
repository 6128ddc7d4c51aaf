"""The history of transfers, for spreadsheets: every document with both its sides.

Read a page at a time, each in a transaction of its own: memory does not grow with it, and
nobody waits for whoever exports years.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from typing import Final

import msgspec

from counterfoil.documents import decode
from counterfoil.engine.life import State
from counterfoil.engine.measuring import total_of
from counterfoil.hub.finding import find_link
from counterfoil.hub.setup import Hub
from counterfoil.hub.views import TransferRow, rows_of, zone_of
from counterfoil.ledger import connections, transfers
from counterfoil.ledger.transfers import Sourced
from counterfoil.settings import title_of

__all__ = ["HISTORY_HEADER", "HistoryRow", "history"]

_PAGE: Final = 500


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
    amount: str | None
    state: str
    since: datetime
    became: str | None
    there_number: str | None
    there_id: str | None
    there_total: str | None
    difference: str | None
    cause: str | None
    why: str | None
    cure: str | None
    acts: str | None
    notes: str


HISTORY_HEADER: Final = HistoryRow.__struct_fields__
"""The columns, in their order."""


def history(
    hub: Hub,
    *,
    link: int | str | None = None,
    flow: str | None = None,
    states: Iterable[State] = (),
    text: str | None = None,
    cause: str | None = None,
    since: date | None = None,
    limit: int | None = None,
    after: int = 0,
) -> Iterator[HistoryRow]:
    """Go through transfers, oldest first.

    Args:
        link, flow, states: Only of these; empty: of all.
        text: Part of the number.
        cause: Code of a refusal or a reason: only what that stopped or held.
        since: Only what came where it stands on this day of the company's, or later.
        limit: At most so many; ``None``: all.
        after: Only those with ids above this one.

    Raises:
        UsageError: There is no such link.
    """
    moment = None if since is None else datetime.combine(since, time.min, zone_of(hub))
    with hub.database.reading() as tx:
        link_id = find_link(tx, link).id if link is not None else None
        names = {each.id: each.name for each in connections.all_links(tx)}
    wanted, left = tuple(states), limit
    while left is None or left > 0:
        with hub.database.reading() as tx:
            found = transfers.search(
                tx,
                link_id=link_id,
                flow=flow,
                states=wanted,
                text=text,
                limit=_PAGE,
                after=after,
                since=moment,
            )
            shown = rows_of(tx, found)
        for each, row in zip(found, shown, strict=True):
            if cause is not None and cause not in (row.refusal, row.reason):
                continue
            yield _line(each, row, names[row.link])
            left = None if left is None else left - 1
            if left == 0:
                return
        if len(found) < _PAGE:
            return
        after = found[-1].transfer.id


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
        amount=total_of(document),
        state=row.state.value,
        since=row.since,
        became=row.target_kind if row.target_id else None,
        there_number=row.target_number if row.target_id else None,
        there_id=row.target_id,
        there_total=row.target_total,
        difference=row.difference,
        cause=row.refusal or row.reason,
        why=row.sentence,
        cure=row.cure,
        acts=row.actor,
        notes=" ".join(row.notes),
    )
