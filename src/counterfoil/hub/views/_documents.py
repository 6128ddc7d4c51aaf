"""Documents as people leaf through them: the newest first, with whom, when and how much."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Final

import msgspec
from sqlalchemy import Connection as Tx

from counterfoil.documents import DocumentKind
from counterfoil.engine.heading import Heading, alternatives
from counterfoil.engine.life import State
from counterfoil.hub.setup import Hub
from counterfoil.ledger import connections, documents, listing, transfers
from counterfoil.ledger.listing import Place, Wanted
from counterfoil.ledger.transfers import Sourced
from counterfoil.settings import FLOWS, Direction, FlowName, SystemName

from ._transfers import TransferRow, rows_of

__all__ = [
    "DocumentPage",
    "DocumentRow",
    "DocumentsSought",
    "Sum",
    "document_rows",
    "documents_named",
    "documents_page",
    "documents_through",
    "figures",
    "sum_of",
]


class DocumentsSought(msgspec.Struct, frozen=True, kw_only=True):
    """Which documents are looked for; empty: it does not matter.

    Attributes:
        link: A link's number.
        kinds: What they are at their source.
        direction: Which way they go.
        text: Words of their numbers on either side, customer or vendor, and amount; all of
            them have to be there, each may be a beginning.
        first, last: The days that they bear.
    """

    link: int | None = None
    kinds: tuple[DocumentKind, ...] = ()
    direction: Direction | None = None
    states: tuple[State, ...] = ()
    text: str = ""
    first: date | None = None
    last: date | None = None

    @property
    def flows(self) -> tuple[FlowName, ...]:
        """Their flows; empty: all, whatever they are."""
        if not self.kinds and self.direction is None:
            return ()
        return tuple(
            name
            for name, flow in FLOWS.items()
            if (not self.kinds or flow.source in self.kinds)
            and (self.direction is None or flow.direction is self.direction)
        )

    @property
    def is_counted(self) -> bool:
        """Whether the figures say how many there are: they know flows and states only."""
        return not (self.text.split() or self.first or self.last)


class DocumentRow(msgspec.Struct, frozen=True, kw_only=True):
    """A document on its way, as the list shows it; ``None``: unknown, or there is none.

    Attributes:
        kind: What it is at its source.
        party: Whom it is for or from; of work, who worked.
        dated, total, currency: Of the document at its source; a currency of ``None`` is the
            home currency there.
        here, there: The systems it comes from and goes to.
        transfer: What became of it.
        version: Grows with every move of it: what was seen is what is decided about.
    """

    transfer: TransferRow
    version: int
    kind: DocumentKind
    party: str | None
    dated: date | None
    total: Decimal | None
    currency: str | None
    here: SystemName
    there: SystemName
    link_name: str

    @property
    def total_there(self) -> Decimal | None:
        """What it comes to where it went; ``None``: it is not there, or nobody said."""
        told = self.transfer.target_total
        return None if told is None else Decimal(told)


class DocumentPage(msgspec.Struct, frozen=True, kw_only=True):
    """A page of the list.

    Attributes:
        newer, older: From where the pages beside it go on; ``None``: there is none.
        number: How many there are in all; ``None``: nobody counts what was searched for.
    """

    rows: list[DocumentRow]
    newer: Place | None
    older: Place | None
    number: int | None


def documents_page(
    hub: Hub,
    sought: DocumentsSought,
    *,
    limit: int = 50,
    older_than: Place | None = None,
    newer_than: Place | None = None,
) -> DocumentPage:
    """Give a page: the first, the next one down, or the next one up."""
    with hub.database.reading() as tx:
        # One more than is shown tells whether there is another page.
        found = listing.page(
            tx, _wanted(sought), limit + 1, older_than=older_than, newer_than=newer_than
        )
        has_more = len(found) > limit
        is_upward = newer_than is not None
        shown = found[-limit:] if is_upward else found[:limit]
        has_newer = has_more if is_upward else older_than is not None
        has_older = has_more if not is_upward else True
        return DocumentPage(
            rows=[row for _each, row in _rows(tx, shown)],
            newer=shown[0] if shown and has_newer else None,
            older=shown[-1] if shown and has_older else None,
            number=_number(tx, sought),
        )


def documents_through(
    hub: Hub, sought: DocumentsSought, *, size: int = 500
) -> Iterator[tuple[Sourced, DocumentRow]]:
    """Go through all of them, the newest first; a page at a time, each in its own transaction."""
    edge: Place | None = None
    while True:
        with hub.database.reading() as tx:
            places = listing.page(tx, _wanted(sought), size, older_than=edge)
            page = _rows(tx, places)
        yield from page
        if len(places) < size:
            return
        edge = places[-1]


def documents_named(hub: Hub, transfer_ids: Iterable[int]) -> list[DocumentRow]:
    """Give documents by their transfers; those that do not exist are left out."""
    with hub.database.reading() as tx:
        return document_rows(tx, transfers.load(tx, sorted(set(transfer_ids))))


def _wanted(sought: DocumentsSought) -> Wanted:
    return Wanted(
        link=sought.link,
        flows=tuple(flow.value for flow in sought.flows),
        states=sought.states,
        words=alternatives(sought.text),
        first=sought.first,
        last=sought.last,
    )


def document_rows(tx: Tx, found: Sequence[Sourced]) -> list[DocumentRow]:
    """Give transfers as the list of documents shows them, in the order of their ids."""
    if not found:
        return []
    headings = documents.headings(tx, [each.transfer.document_row for each in found])
    links = {each.id: each for each in connections.all_links(tx)}
    systems = {each.id: each.system for each in connections.all_connections(tx)}
    rows = []
    for each, row in zip(found, rows_of(tx, found), strict=True):
        heading = headings.get(each.transfer.document_row, Heading())
        link = links[row.link]
        sides = systems[link.operations_id], systems[link.books_id]
        here, there = sides if FLOWS[row.flow].direction is Direction.TO_BOOKS else sides[::-1]
        rows.append(
            DocumentRow(
                transfer=row,
                version=each.transfer.version,
                kind=each.kind,
                party=heading.party,
                dated=heading.dated,
                total=None if heading.total is None else Decimal(heading.total),
                currency=heading.currency,
                here=here,
                there=there,
                link_name=link.name,
            )
        )
    return rows


def _rows(tx: Tx, places: Sequence[Place]) -> list[tuple[Sourced, DocumentRow]]:
    found = transfers.load(tx, [place.id for place in places])
    by_id = {
        each.transfer.id: (each, row)
        for each, row in zip(found, document_rows(tx, found), strict=True)
    }
    # A transfer is never deleted, so each place has its row.
    return [by_id[place.id] for place in places]


# --- How many, and how much --------------------------------------------------------------------


def figures(hub: Hub, sought: DocumentsSought) -> Mapping[State, int]:
    """Count by state what the list holds, whatever state, text or day is asked for."""
    with hub.database.reading() as tx:
        return _figures(tx, sought)


def _figures(tx: Tx, sought: DocumentsSought) -> dict[State, int]:
    counted = dict.fromkeys(State, 0)
    flows = sought.flows
    for _link, flow, state, number in transfers.counts(tx, sought.link):
        if not flows or flow in flows:
            counted[state] += number
    return counted


def _number(tx: Tx, sought: DocumentsSought) -> int | None:
    if not sought.is_counted:
        return None
    counted = _figures(tx, sought)
    return sum(counted[state] for state in sought.states or State)


_HOME: Final = ""


class Sum(msgspec.Struct, frozen=True, kw_only=True):
    """What several documents come to.

    Attributes:
        number: How many they are.
        amounts: By currency; the home currency bears no name.
        unknown: Of how many nobody knows the amount.
    """

    number: int
    amounts: dict[str, Decimal]
    unknown: int


def sum_of(hub: Hub, transfer_ids: Iterable[int]) -> Sum:
    """Say what the documents of some transfers come to; those that do not exist are not counted."""
    with hub.database.reading() as tx:
        found = listing.sums(tx, sorted(set(transfer_ids)))
    amounts: dict[str, Decimal] = {}
    for each in found:
        if each.total is not None:
            currency = each.currency or _HOME
            amounts[currency] = amounts.get(currency, Decimal(0)) + Decimal(each.total)
    unknown = sum(each.total is None for each in found)
    return Sum(number=len(found), amounts=dict(sorted(amounts.items())), unknown=unknown)
