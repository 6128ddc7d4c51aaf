"""Times in sentences: in the company's zone, whose name they bear."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo

from sqlalchemy import Connection as Tx

from counterfoil.hub.links import decoded
from counterfoil.ledger import connections

__all__ = ["clock_time", "local_time", "zone_in", "zone_of_link"]


def zone_in(tx: Tx, connection: int | None = None) -> tzinfo | None:
    """Give the zone of a connection's company, or of the first link in use; ``None``: no link.

    A connection of several links has the zone of the first of them.
    """
    of_it = [] if connection is None else connections.links_of(tx, connection)
    among = of_it or connections.all_links(tx)
    found = min(among, key=lambda each: (not each.is_active, each.id), default=None)
    if found is None:
        return None
    _version, stored = connections.settings(tx, found.id)
    return decoded(stored)[0].zone


def zone_of_link(tx: Tx, link: int | None) -> tzinfo:
    """Give the zone of a link's company; ``None``: of the hub's first one, else UTC."""
    if link is None:
        return zone_in(tx) or UTC
    _version, stored = connections.settings(tx, link)
    return decoded(stored)[0].zone


def local_time(moment: datetime, zone: tzinfo | None) -> str:
    """Write a moment as people of that zone read it; ``None``: UTC."""
    return f"{moment.astimezone(zone or UTC):%Y-%m-%d %H:%M %Z}"


def clock_time(moment: datetime, zone: tzinfo | None) -> str:
    """Write the time of day alone, where the day is known."""
    return f"{moment.astimezone(zone or UTC):%H:%M %Z}"
