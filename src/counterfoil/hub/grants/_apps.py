"""The app by which a connection signs in: its keys, and where its provider sends people back to."""

from __future__ import annotations

import ipaddress
import json
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import msgspec

from counterfoil.hub import advice
from counterfoil.hub.served import Address
from counterfoil.hub.setup import Hub
from counterfoil.hub.systems import SYSTEMS, secret_place
from counterfoil.ledger.connections import Connection
from counterfoil.told import Advice, Told

if TYPE_CHECKING:
    from counterfoil.connectors.oauth import OAuthClient, Provider

__all__ = ["WayToConnect", "client_of", "provider_of", "way_to_connect"]

_CALLBACK: Final = "/oauth/callback"


def provider_of(connection: Connection) -> Provider | None:
    """Give the provider where a person signs in for a connection; ``None``: nobody has to."""
    row = SYSTEMS.get(connection.system)
    if row is None or row.form.provider is None:
        return None
    # What words requests is loaded where somebody signs in, and by no other command.
    from counterfoil.connectors.oauth import PROVIDERS, ProviderName

    return PROVIDERS[ProviderName(row.form.provider)]


def client_of(hub: Hub, connection: Connection, *, redirect: str = "") -> OAuthClient:
    """Open a client of a connection's provider; the caller closes it.

    Raises:
        SettingsError: The app's secret cannot be opened.
    """
    from counterfoil.connectors.called import Line
    from counterfoil.connectors.oauth import App, OAuthClient

    provider = provider_of(connection)
    assert provider is not None, "only who signs in somewhere has a provider"
    secrets = json.loads(hub.vault.open(connection.secret or "", secret_place(connection.id)))
    parameters = connection.parameters
    app = App(
        client_id=str(parameters["client_id"]),
        client_secret=str(secrets["client_secret"]),
        redirect_uri=redirect,
        instead=parameters.get("sign_in_url"),
    )
    line = Line(transport=hub.transport, sleep=hub.sleep, read_timeout_s=30.0)
    return OAuthClient(provider, app, line=line)


# --- The way there and back ---------------------------------------------------------------


class WayToConnect(msgspec.Struct, frozen=True, kw_only=True):
    """How a person signs in for a connection.

    Attributes:
        url: The page of this hub where it begins.
        redirect_uri: Where the provider sends people back to; to be registered with the app.
        problem: Why the provider will not; ``None``: it may.
        doubt: Why these may not be the hub's addresses; ``None``: they are.
    """

    url: str
    redirect_uri: str
    problem: Told | None = None
    doubt: Told | None = None


def way_to_connect(address: Address, connection: Connection) -> WayToConnect:
    """Say how a person signs in for a connection, at a hub under this address."""
    back = f"{address.url}{_CALLBACK}"
    return WayToConnect(
        url=f"{address.url}/connect/{connection.id}",
        redirect_uri=back,
        problem=_redirect_problem(connection, back),
        doubt=address.doubt,
    )


def _redirect_problem(connection: Connection, uri: str) -> Told | None:
    """Say why a provider will not send anybody back to an address; ``None``: it may.

    Source: reference 1.2; corrections 2, section 3 (production: https only).
    """
    provider = provider_of(connection)
    environment = str(connection.parameters.get("environment", ""))
    if provider is None or environment not in provider.https_in:
        return None
    address = urlsplit(uri)
    if address.scheme == "https" and not _is_number(address.hostname or ""):
        return None
    return Told(
        f"{provider.words} sends nobody back to {uri}: with {environment} keys it wants https and "
        "a host with a name.",
        Advice(
            "Reach this hub under such an address, set COUNTERFOIL_PUBLIC_URL to it and start the "
            "hub anew"
        ),
        advice.change(
            connection.id,
            "Or use the development keys of your app, which open sandbox companies only",
            "--environment sandbox",
        ),
    )


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
