"""Stock at inventory sites (7.6): what lies where, and where what names no site goes.

Kept is what other sites than the default one hold; the default one holds the rest, so what was
there before the company kept sites lies at it.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from counterfoil.sandboxes.quickbooks_desktop._books import Books
from counterfoil.sandboxes.quickbooks_desktop._values import ZERO, is_true

__all__ = ["default_site", "held_at", "move_at_sites"]


def default_site(books: Books) -> str | None:
    """The site of what names none; ``None``: the company keeps no sites."""
    if not books.allows("sites"):
        return None
    return next(
        (
            each.list_id
            for each in books.entries(("InventorySite",))
            if is_true(books.body(each.list_id).get("IsDefaultSite"))
        ),
        None,
    )


def held_at(books: Books, item: str, site: str | None) -> Decimal:
    """How much of an item lies at a site; ``None``: at the default one."""
    elsewhere = books.store.stock_at_sites(item)
    default = default_site(books)
    if site is not None and site != default:
        return elsewhere.get(site, ZERO)
    return books.store.stock(item).on_hand - sum(elsewhere.values(), ZERO)


def move_at_sites(books: Books, changes: Mapping[tuple[str, str], Decimal]) -> None:
    """Add to what sites hold, by item and site."""
    default = default_site(books)
    for (item, site), change in changes.items():
        if change and site != default:
            before = books.store.stock_at_sites(item).get(site, ZERO)
            books.store.write_stock_at_site(item, site, before + change)
