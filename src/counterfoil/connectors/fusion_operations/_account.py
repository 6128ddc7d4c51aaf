"""Which company an account is: its address, its key, and a text that identifies both."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from urllib.parse import SplitResult, urlsplit

from counterfoil.errors import SettingsError

__all__ = ["Account", "account_of", "address_of"]

_DEFAULT_PORTS = {"http": 80, "https": 443}


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
    address = urlsplit("")
    try:
        address = urlsplit(base_url.strip())
        is_one = address.scheme in _DEFAULT_PORTS and bool(address.hostname)
        # Asking for the port checks it.
        is_bare = not address.query and not address.fragment and address.username is None
        is_one = is_one and is_bare and (address.port is None or address.port > 0)
    except ValueError:
        is_one = False
    if not is_one:
        raise SettingsError(
            f"The base URL of Fusion Operations must be like "
            f"https://fusionoperations.autodesk.com, not “{base_url[:200]}”"
        )
    return address


def account_of(base_url: str, key: str) -> str:
    """Give a stable text that identifies the company behind a base URL and a key.

    The interface v1 tells neither a company's id nor its name, but a key belongs to one
    company of one host.  So the same host (however it is spelled, over http or https) and
    the same key are the same company; two keys of one company cannot be told to be so.

    Returns:
        ``fusion-operations:`` and 32 hexadecimal digits; neither host nor key can be read
        from it.

    Raises:
        SettingsError: The base URL is none.
    """
    address = address_of(base_url)
    host = (address.hostname or "").rstrip(".").lower()
    port = address.port
    if port is not None and port != _DEFAULT_PORTS[address.scheme]:
        host = f"{host}:{port}"
    told = f"{host}\n{key.strip()}".encode("utf-8", "surrogatepass")
    return f"fusion-operations:{hashlib.sha256(told).hexdigest()[:32]}"
