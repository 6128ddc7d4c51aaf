"""Stock by inventory site: what the source's locations come to at each site of the target.

Pure.  Quantities by site are read beside the sums and held against them: what the rows leave out
is nothing only where the others add up to the whole (silence is no "none").

Source: K27; reference section 4.14.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Final

from counterfoil.documents import Reason, Reference, name_key, reason

__all__ = ["Quantities", "Sites"]

Quantities = Mapping[str, Decimal | None]
"""Identity of a place -> what lies there; ``None``: it could not be read."""

_NONE: Final = Decimal(0)


class Sites:
    """Which location is which site.

    Args:
        pairs: Name of a location -> name of the site that it is, as the settings say.
        locations: Identity -> name, of all locations that the source lists.
        sites: The active sites of the target.
        inactive: Identities of its other sites; whatever else something lies in is a bin.
        source, target: What both are called in running text.
    """

    def __init__(
        self,
        pairs: Mapping[str, str],
        locations: Mapping[str, str],
        sites: Mapping[str, str],
        inactive: Collection[str],
        *,
        source: str,
        target: str,
    ) -> None:
        self._words = {"source": source, "target": target}
        self._whole = {*sites, *inactive}
        by_location = {name_key(location): site for location, site in pairs.items()}
        by_name = {name_key(name): Reference(name, id_) for id_, name in sites.items()}
        self._named = {
            id_: self._site(name, by_location.get(name_key(name)), by_name)
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
        return reason(code, **self._words, **values)

    def knows(self, location: str) -> bool:
        """Whether it is known which active site a location is, by its identity."""
        return isinstance(self._named.get(location), Reference)

    @property
    def mapped(self) -> tuple[Reference, ...]:
        """Every site that is some location, each once."""
        found = (each for each in self._named.values() if isinstance(each, Reference))
        return tuple(dict.fromkeys(found))

    def counted(
        self, at: Quantities, total: Decimal, pending: Mapping[str, Decimal]
    ) -> Mapping[Reference, Decimal] | Reason:
        """Say how much the target should hold at each site that is mapped; or why nobody can.

        Args:
            at: What lies at each location.
            total: What lies at all of them, as it was read beside.
            pending: Location -> how much of that its receipts still bring to the target.
        """
        found = dict.fromkeys(self.mapped, _NONE)
        known = _NONE
        for location in sorted({*at, *pending}):
            quantity = at.get(location, _NONE)
            if quantity is None:
                return self._reason("count-unread")
            known += quantity
            expected = quantity - pending.get(location, _NONE)
            site = self._named.get(location)
            if isinstance(site, Reference):
                found[site] += expected
            elif quantity or expected:
                return site or self._reason("count-location-unknown", location=location)
        return found if known == total else self._reason("count-sites-differ")

    def held(
        self, item: str, at: Quantities, total: Decimal
    ) -> Mapping[Reference, Decimal] | Reason:
        """Say what the target holds of an item at each site that is mapped; or why nobody can.

        An absolute figure for a site that says no bin may be taken for what lies in none.

        Args:
            item: Its name.
            at: What each site, and each bin, holds; a site that has no row holds none where the
                others hold all.  Rows that do not add up are believed of no site: of one whose
                bins came on two pages, the row is of some of them.
            total: What all of them hold, as it was read beside.
        """
        if any(quantity != 0 for place, quantity in at.items() if place not in self._whole):
            return self._reason("count-in-bins", item=item)
        known = [quantity for quantity in at.values() if quantity is not None]
        if len(known) == len(at) and sum(known, _NONE) == total:
            return {site: at.get(site.id or "") or _NONE for site in self.mapped}
        for site in self.mapped:
            if at.get(site.id or "") is None:
                return self._reason("count-site-unread", item=item, site=site.name)
        return self._reason("count-sites-differ-there", item=item)
