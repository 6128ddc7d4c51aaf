"""ItemSitesQuery: how much of each stocked item there is at each inventory site (4.14)."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from typing import Any

from counterfoil.sandboxes.quickbooks_desktop._books import Books
from counterfoil.sandboxes.quickbooks_desktop._kinds import STOCKED_KINDS
from counterfoil.sandboxes.quickbooks_desktop._queries import Found, tree_ids
from counterfoil.sandboxes.quickbooks_desktop._showing import Shown, View, trimmed
from counterfoil.sandboxes.quickbooks_desktop._sites import held_at
from counterfoil.sandboxes.quickbooks_desktop._values import (
    Fields,
    block_of,
    plain_text,
    text_of,
)

__all__ = ["find_item_sites", "show_item_site"]

# Between the identities of an item and a site.
_AT = "@"
_ITEM_TYPES = {"Inventory": "ItemInventory", "Assembly": "ItemInventoryAssembly"}


def find_item_sites(books: Books, fields: Fields) -> Found:
    """What ItemSitesQuery finds; without sites nothing, and it does not fail (4.14)."""
    if not books.allows("sites"):
        return Found()
    items, sites = _wanted(books, fields)
    places = ((item, site) for item in items for site in sites if _has(books, item, site))
    return Found([f"{item}{_AT}{site}" for item, site in places])


def _wanted(books: Books, fields: Fields) -> tuple[list[str], list[str]]:
    filters = block_of(fields, "ItemSiteFilter") or {}
    by_item, by_site = block_of(filters, "ItemFilter"), block_of(filters, "SiteFilter")
    kinds = _ITEM_TYPES.get(text_of(fields, "ItemTypeFilter") or "")
    items = _listed(books, STOCKED_KINDS if kinds is None else (kinds,), by_item)
    return items, _listed(books, ("InventorySite",), by_site)


def _listed(books: Books, kinds: Iterable[str], wanted: Fields | None) -> list[str]:
    ids = None if wanted is None else tree_ids(books, tuple(kinds), wanted)
    found = [each.list_id for each in books.entries(tuple(kinds))]
    return [each for each in found if ids is None or each in ids]


def _has(books: Books, item: str, site: str) -> bool:
    return books.settings.switches.empty_sites_told or held_at(books, item, site) != 0


def show_item_site(books: Books, identity: str, view: View) -> Shown:
    """An item at a site, as an answer shows it."""
    item, _, site = identity.partition(_AT)
    record = books.store.list_records([item])[0]
    name = "ItemInventoryRef" if record.kind == "ItemInventory" else "ItemInventoryAssemblyRef"
    fields: dict[str, Any] = {
        "ListID": f"{zlib.crc32(identity.encode()):08X}-{record.edit_sequence}",
        "TimeCreated": books.shown_time(record.created),
        "TimeModified": books.shown_time(record.modified),
        "EditSequence": record.edit_sequence,
        name: books.reference_block(item),
        "InventorySiteRef": books.reference_block(site),
        "QuantityOnHand": plain_text(held_at(books, item, site)),
    }
    return "ItemSitesRet", trimmed(books, fields, view)
