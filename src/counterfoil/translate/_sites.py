"""The inventory sites at which goods are received, where the books keep stock at several (K27).

QuickBooks keeps one site for an order, and lines that are linked to it take that one; a line that
is linked to none has its own.  Where the settings map no location, the books' default site is
left to do as it does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from counterfoil.documents import PurchaseOrder, Reference, Refusal, name_key, refuse
from counterfoil.settings import Settings

from ._translator import Context

__all__ = ["site_of_line", "site_of_order", "sites_elsewhere"]


def site_of_order(order: PurchaseOrder, context: Context) -> Reference | Refusal | None:
    """Give the one site at which all of an order is received; ``None``: nobody says one.

    What goes to a customer at once is received at none.
    """
    if not _are_told(context) or order.purchased_for is not None:
        return None
    found: dict[str, Reference] = {}
    for position, line in enumerate(order.lines):
        site = _site_of(line.site, context.settings)
        if site is None and line.site is not None:
            return _unmapped(line.site, position, context)
        if site is not None:
            found[name_key(site.name)] = site
    if len(found) > 1:
        names = ", ".join(sorted(site.name for site in found.values()))
        return refuse(
            "several-sites", where="lines", document="order", sites=names, target=context.target
        )
    return next(iter(found.values()), None)


def site_of_line(
    place: Reference | None, position: int, context: Context
) -> Reference | Refusal | None:
    """Give the site of a line that is linked to no order; ``None``: nobody says one."""
    if not _are_told(context) or place is None:
        return None
    return _site_of(place, context.settings) or _unmapped(place, position, context)


def sites_elsewhere(
    lines: Iterable[tuple[int, Reference | None]], there: Reference | None, context: Context
) -> tuple[str, ...]:
    """Tell of linked lines whose goods were put elsewhere than the order in the books says.

    Args:
        lines: Position and location of each.
        there: The order's site in the books; ``None``: it bears none.
    """
    if not _are_told(context):
        return ()
    own = "" if there is None else name_key(there.name)
    where = "its default site" if there is None else f"“{there.name}”"
    told = []
    for position, place in lines:
        site = _site_of(place, context.settings)
        if site is not None and name_key(site.name) != own:
            told.append(
                f"Line {position + 1}: it was received at “{site.name}”, and {context.target} puts "
                f"it where its order is received, {where}; move it there, or count stock."
            )
    return tuple(told)


def _are_told(context: Context) -> bool:
    return context.keeps_sites and bool(context.settings.general.inventory_sites)


def _site_of(place: Reference | None, settings: Settings) -> Reference | None:
    if place is None:
        return None
    sites: Mapping[str, str] = {
        name_key(pair.location): pair.site for pair in settings.general.inventory_sites
    }
    site = sites.get(name_key(place.name))
    return None if site is None else Reference(site)


def _unmapped(place: Reference, position: int, context: Context) -> Refusal:
    return refuse(
        "location-unmapped",
        where=f"lines[{position}].site",
        value=place.name,
        target=context.target,
        setting="general.inventory_sites",
    )
