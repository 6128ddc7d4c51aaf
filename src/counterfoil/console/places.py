"""Where a company is: its zone, and how it writes dates, numbers and amounts.

English is the language; the country says the rest.  It is the one that the books tell of the
company, unless ``COUNTERFOIL_LOCALE`` says otherwise.
"""

from __future__ import annotations

from datetime import tzinfo
from functools import lru_cache
from typing import Final, NamedTuple

from babel import Locale, UnknownLocaleError

from counterfoil.hub import times
from counterfoil.hub.setup import Hub
from counterfoil.ledger import connections

__all__ = ["Place", "place_of"]

# As QuickBooks' editions call it where that is not the country's code.
_EDITIONS: Final = {"UK": "GB"}
_ANYWHERE: Final = "en_US"


class Place(NamedTuple):
    """Zone and locale; no zone: nobody has said where the company is."""

    zone: tzinfo | None
    locale: Locale


def place_of(hub: Hub) -> Place:
    """Say where the company of a hub's first link in use is."""
    with hub.database.reading() as tx:
        zone = times.zone_in(tx)
        link = min(
            connections.all_links(tx), key=lambda each: (not each.is_active, each.id), default=None
        )
        books = None if link is None else connections.load(tx, link.books_id)
    country = "" if books is None else str(books.facts.get("country") or "")
    return Place(zone, _locale(hub.configuration.locale or _of_country(country)))


def _of_country(country: str) -> str:
    code = country.strip().upper()
    return f"en_{_EDITIONS.get(code, code)}" if code else _ANYWHERE


@lru_cache(maxsize=16)
def _locale(wanted: str) -> Locale:
    try:
        return Locale.parse(wanted.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return Locale.parse(_ANYWHERE)
