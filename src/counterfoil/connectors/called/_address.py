"""Where a service is, and which account of it a connection is."""

from __future__ import annotations

import hashlib
from urllib.parse import SplitResult, urlsplit

from counterfoil.errors import SettingsError

__all__ = ["account_name", "address_of"]

_DEFAULT_PORTS = {"http": 80, "https": 443}


def address_of(base_url: str, *, name: str, example: str) -> SplitResult:
    """Take a base URL apart; ``name`` and ``example`` are for the person who wrote it.

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
            f"The base URL of {name} must be like {example}, not “{base_url[:200]}”"
        )
    return address


def account_name(system: str, address: SplitResult, key: str) -> str:
    """Give a stable text that identifies the account behind an address and a key.

    The same host (however it is spelled, over http or https) and the same key are the same
    account; two keys of one account cannot be told to be so.

    Returns:
        ``system``, a colon and 32 hexadecimal digits; neither host nor key can be read
        from it.
    """
    host = (address.hostname or "").rstrip(".").lower()
    port = address.port
    if port is not None and port != _DEFAULT_PORTS[address.scheme]:
        host = f"{host}:{port}"
    told = f"{host}\n{key.strip()}".encode("utf-8", "surrogatepass")
    return f"{system}:{hashlib.sha256(told).hexdigest()[:32]}"
