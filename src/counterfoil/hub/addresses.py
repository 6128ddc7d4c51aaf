"""Addresses of the web: whose computer, and whether what is sent there can be read on the way."""

from __future__ import annotations

import ipaddress
from typing import Final
from urllib.parse import SplitResult, urlsplit

__all__ = ["address_of", "is_this_computer", "names_a_user", "public_address_problem"]

# RFC 3986, appendix C: what addresses are set apart by; they hold none of it.
_NEVER: Final = frozenset(' "<>')


def address_of(text: str) -> SplitResult | None:
    """Take an address with a host apart; ``None``: it is none."""
    try:
        address = urlsplit(text.strip())
        is_address = address.scheme in ("http", "https") and bool(address.hostname)
        # Whatever cannot be seen, or ends an address wherever one is written.
        is_address = is_address and text.strip().isprintable() and not _NEVER & {*text.strip()}
        # Asking for the port checks it.
        is_address = is_address and (address.port is None or address.port > 0)
    except ValueError:
        return None
    return address if is_address else None


def names_a_user(text: str) -> bool:
    """Whether a user or password stands before the host, also where the rest is no address."""
    return "@" in text.partition("://")[2].partition("/")[0]


def is_this_computer(host: str | None) -> bool:
    """Whether a host's name is this computer's own, whatever a name server says."""
    if host is None:
        return False
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def public_address_problem(url: str, *, allows_http: bool) -> str | None:
    """Say what is wrong with the address under which others reach this hub; ``None``: nothing."""
    if names_a_user(url):
        return "it holds a user or password before the “@”, which a Web Connector does not send"
    address = address_of(url)
    if address is None:
        return "it is no web address; it is like https://hub.example.com"
    if address.query or address.fragment:
        return "it holds more than a host, a port and a path"
    if address.scheme == "http" and not allows_http and not is_this_computer(address.hostname):
        return (
            "it is not encrypted, so passwords would travel in the open. Begin it with https://, "
            "or say that you mean it with COUNTERFOIL_ALLOW_HTTP=true"
        )
    return None
