"""Which company an account is: its address, its key, and a text that identifies both."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import SplitResult

from counterfoil.connectors import called

from ._errors import NAME, SYSTEM

__all__ = ["Account", "account_of", "address_of"]


@dataclass(frozen=True, kw_only=True)
class Account:
    """Where and as whom: ``base_url`` without the API's prefix, an API key and its secret.

    ``scopes``: sent when a token is asked for; ``None``: first without, then with the only
    one known, for a service that insists.
    """

    base_url: str
    key: str
    secret: str = field(repr=False)
    scopes: tuple[str, ...] | None = None


def address_of(base_url: str) -> SplitResult:
    """Take a base URL apart.

    Raises:
        SettingsError: It is none, or holds more than a scheme, a host, a port and a path.
    """
    example = "https://fusionoperations.autodesk.com"
    return called.address_of(base_url, name=NAME, example=example)


def account_of(base_url: str, key: str) -> str:
    """Give a stable text that identifies the company behind a base URL and a key.

    The interface v1 tells neither a company's id nor its name, but a key belongs to one
    company of one host.

    Raises:
        SettingsError: The base URL is none.
    """
    return called.account_name(SYSTEM, address_of(base_url), key)
