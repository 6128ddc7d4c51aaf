"""Inventory sites: whether books keep stock at several, and which location is which of them.

QuickBooks tells it with its preferences, where its edition has them (Advanced Inventory).  Where
it does not tell, its list of sites does, if that shows any.  Quantities by site can be asked in
the United States only.

Source: K27; reference sections 4.12, 4.14 and 7.6; qbXML's country notes on ItemSitesQuery.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from sqlalchemy import Connection as Tx

from counterfoil.documents import Reason, RecordKind, Reference, name_key, reason
from counterfoil.ledger import directory
from counterfoil.ledger.connections import Connection
from counterfoil.settings import FlowName

from .links import LinkView, views_of
from .systems import traits_of

__all__ = [
    "Sites",
    "are_asked",
    "are_kept",
    "are_mapped",
    "documents_tell",
    "lists_of",
    "sites_of",
    "tells_sites",
]

_SITE: Final = RecordKind.INVENTORY_SITE
_FLOWS: Final = (FlowName.PURCHASE_ORDER_OUT, FlowName.RECEIPT_OUT, FlowName.STOCK_COUNT_OUT)
# Where ItemSitesQuery is spoken.
_COUNTRY: Final = "US"
_NONE: Final = Decimal(0)


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


class Sites:
    """Which location is which site, by the settings of a link and the lists of both sides.

    Attributes:
        named: Location -> the site that it is, by identities; or why nobody can say.
    """

    def __init__(self, tx: Tx, view: LinkView) -> None:
        self._view = view
        listed = list(directory.every(tx, view.operations.id, _SITE))
        locations = {each.id: each.full_name for each in listed}
        self._active = {each.id: each.full_name for each in listed if each.is_active}
        sites = {
            name_key(each.full_name): Reference(each.full_name, each.id)
            for each in directory.every(tx, view.books.id, _SITE, only_active=True)
            if each.parent_name is None
        }
        pairs = {
            name_key(pair.location): pair.site for pair in view.settings.general.inventory_sites
        }
        self.named: Mapping[str, Reference | Reason] = {
            id_: self._site(name, pairs.get(name_key(name)), sites)
            for id_, name in locations.items()
        }

    def _site(
        self, location: str, site: str | None, sites: Mapping[str, Reference]
    ) -> Reference | Reason:
        if site is None:
            return self._reason("count-location-unmapped", location=location)
        found = sites.get(name_key(site))
        return found or self._reason("count-site-missing", location=location, site=site)

    def _reason(self, code: str, **values: str) -> Reason:
        words = self._view.operations.system.words
        return reason(code, source=words, target=self._view.books.system.words, **values)

    def sums(
        self,
        at: Mapping[str, Decimal | None],
        total: Decimal,
        pending: Mapping[str, Decimal],
    ) -> Mapping[Reference, Decimal] | Reason:
        """Add up by site what lies at locations; or say why that is not known.

        Args:
            at: Location -> what lies there; ``None``: it could not be read.
            total: What lies at all of them, as it was read beside.
            pending: Location -> how much of that its receipts still bring to the books.
        """
        found = dict.fromkeys(self.mapped, _NONE)
        known = _NONE
        for location, quantity in sorted(at.items()):
            if quantity is None:
                return self._reason("count-unread")
            known += quantity
            site = self.named.get(location)
            if isinstance(site, Reference):
                found[site] += quantity - pending.get(location, _NONE)
            elif quantity:
                return site or self._reason("count-location-unknown", location=location)
        return found if known == total else self._reason("count-sites-differ")

    def held(
        self, item: str, at: Mapping[str, Decimal | None], total: Decimal
    ) -> Mapping[Reference, Decimal] | Reason:
        """Say what the books hold of an item at each site that is mapped.

        A site that has no row holds none of it, where the others hold all there is.

        Args:
            item: Its name.
            at: Site -> what it holds; ``None``: it could not be read.
            total: What all of them hold, as it was read beside.
        """
        known = [quantity for quantity in at.values() if quantity is not None]
        is_whole = len(known) == len(at) and sum(known, _NONE) == total
        found: dict[Reference, Decimal] = {}
        for site in self.mapped:
            quantity = at.get(site.id or "", _NONE if is_whole else None)
            if quantity is None:
                return self._reason("count-site-unread", item=item, site=site.name)
            found[site] = quantity
        return found

    def unknown(self) -> list[str]:
        """Name the active locations of which nobody says an active site."""
        return sorted(
            name for id_, name in self._active.items() if not isinstance(self.named[id_], Reference)
        )

    @property
    def mapped(self) -> tuple[Reference, ...]:
        """Every site that is some location, each once."""
        found = (each for each in self.named.values() if isinstance(each, Reference))
        return tuple(dict.fromkeys(found))


def sites_of(tx: Tx, view: LinkView) -> Sites | None:
    """Give the sites of a link; ``None``: nothing says which location is which."""
    return Sites(tx, view) if are_mapped(view) and _has_sites(view.operations) else None
