"""Inventory sites: whether books keep stock at several, and which location is which of them.

QuickBooks tells it with its preferences, where its edition has them (Advanced Inventory).  Where
it does not tell, its list of sites does, if that shows any.  Quantities by site can be asked in
the United States only.

Source: K27; reference sections 4.12, 4.14 and 7.6; qbXML's country notes on ItemSitesQuery.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection as Tx

from counterfoil.documents import RecordKind
from counterfoil.engine.siting import Sites
from counterfoil.ledger import directory
from counterfoil.ledger.connections import Connection
from counterfoil.settings import FlowName

from .links import LinkView, views_of
from .systems import traits_of

__all__ = [
    "are_asked",
    "are_kept",
    "are_mapped",
    "documents_tell",
    "lists_of",
    "locations_unknown",
    "sites_of",
    "tells_sites",
]

_SITE: Final = RecordKind.INVENTORY_SITE
_FLOWS: Final = (FlowName.PURCHASE_ORDER_OUT, FlowName.RECEIPT_OUT, FlowName.STOCK_COUNT_OUT)
# Where ItemSitesQuery is spoken.
_COUNTRY: Final = "US"


def _told(books: Connection) -> bool | None:
    """Say what the books' preferences tell; ``None``: nothing."""
    found = books.facts.get("uses_inventory_sites")
    return None if found is None else bool(found)


def _may_keep(books: Connection) -> bool:
    """Whether books that have told their preferences do not rule sites out."""
    has_told = "uses_inventory" in books.facts
    return has_told and _has_sites(books) and _told(books) is not False


def _has_sites(connection: Connection) -> bool:
    return _SITE in traits_of(connection.system).lists


def are_kept(tx: Tx, books: Connection) -> bool:
    """Whether books keep stock at several sites, as far as that is known."""
    told = _told(books)
    if told is not None or not _may_keep(books):
        return bool(told)
    return any(True for _each in directory.every(tx, books.id, _SITE, only_active=True, limit=1))


def are_asked(books: Connection) -> bool:
    """Whether books are asked how much there is at each site."""
    return _may_keep(books) and books.facts.get("country") == _COUNTRY


def are_mapped(view: LinkView) -> bool:
    """Whether a link says which location is which site."""
    return bool(view.settings.general.inventory_sites)


def tells_sites(view: LinkView) -> bool:
    """Whether it matters, for a link's books, where in its operations system stock lies."""
    return _has_sites(view.operations) and _may_keep(view.books)


def documents_tell(tx: Tx, operations: int) -> bool:
    """Whether orders of an operations system say where they are received: some books ask for it.

    Elsewhere a place that is changed changes nothing, and an order stays what it is.
    """
    return any(
        view.operations.id == operations and (_told(view.books) is True or are_mapped(view))
        for view in views_of(tx, operations)
    )


def lists_of(view: LinkView, flow: FlowName) -> tuple[RecordKind, ...]:
    """Give the lists that a flow of a link needs on either side for where stock lies."""
    needs = flow in _FLOWS and (_may_keep(view.books) or are_mapped(view))
    return (_SITE,) if needs else ()


def sites_of(tx: Tx, view: LinkView) -> Sites | None:
    """Give the sites of a link; ``None``: nothing says which location is which."""
    if not are_mapped(view) or not _has_sites(view.operations):
        return None
    pairs = view.settings.general.inventory_sites
    # With one above it, it is a bin within another site.
    every = directory.every(tx, view.books.id, _SITE)
    sites = [each for each in every if each.parent_name is None]
    return Sites(
        {pair.location: pair.site for pair in pairs},
        {each.id: each.full_name for each in directory.every(tx, view.operations.id, _SITE)},
        {each.id: each.full_name for each in sites if each.is_active},
        [each.id for each in sites if not each.is_active],
        source=view.operations.system.words,
        target=view.books.system.words,
    )


def locations_unknown(tx: Tx, view: LinkView) -> list[str]:
    """Name the active locations of which nobody says an active site."""
    sites = sites_of(tx, view)
    locations = directory.every(tx, view.operations.id, _SITE, only_active=True)
    return [each.full_name for each in locations if sites is None or not sites.knows(each.id)]
