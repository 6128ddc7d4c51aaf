"""Under which address Web Connectors, agents and browsers reach this hub.

A command runs in another process than the hub, often with another environment.  So the hub
keeps the address under which it is served, and whatever names an address to somebody else goes
by it, unless the command was told one.
"""

from __future__ import annotations

from typing import Final

import msgspec
from sqlalchemy import Connection as Tx

from counterfoil.ledger import identity
from counterfoil.told import Advice, Told

from .setup import Configuration, Hub

__all__ = ["Address", "address_in", "public_address", "serve_under"]


class Address(msgspec.Struct, frozen=True, kw_only=True):
    """An address to be given to others.

    Attributes:
        url: Without a slash at its end.
        doubt: Why it may not be the right one; ``None``: it is.
    """

    url: str
    doubt: Told | None = None


_NEVER_SERVED: Final = "The hub has not been served yet, so this names {url}."
_SERVE: Final = (
    Advice("Start it", "serve"),
    Advice("Or set COUNTERFOIL_PUBLIC_URL"),
    Advice("Then make this again"),
)
_CONTRADICTED: Final = (
    "This names {url}, as COUNTERFOIL_PUBLIC_URL says here; the hub was last served under {served}."
)
_SAME_FOR_BOTH: Final = Advice("Set the same for both, and serve the hub anew or make this again")


def public_address(hub: Hub) -> Address:
    """Give the address to be named to others: as configured here, else as served last."""
    with hub.database.reading() as tx:
        return address_in(tx, hub.configuration)


def address_in(tx: Tx, configuration: Configuration) -> Address:
    """Give the same within a transaction."""
    configured = configuration.address
    is_said = bool(configuration.public_url)
    served = identity.served(tx)
    if served is None:
        return Address(
            url=configured,
            doubt=None if is_said else Told(_NEVER_SERVED.format(url=configured), *_SERVE),
        )
    if not is_said or served.url == configured:
        return Address(url=served.url)
    told = _CONTRADICTED.format(url=configured, served=served.url)
    return Address(url=configured, doubt=Told(told, _SAME_FOR_BOTH))


def serve_under(hub: Hub) -> None:
    """Keep the address under which this hub is served from now on."""
    with hub.database.writing() as tx:
        identity.keep_served(tx, hub.configuration.address, hub.now())
