"""What people type about a system that we call, checked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from counterfoil.errors import UsageError
from counterfoil.hub.addresses import address_of, is_this_computer, names_a_user

__all__ = ["switch", "time_zone", "way", "web_address"]


def web_address(text: str, *, allows_http: bool, example: str, secrets: Sequence[str]) -> str:
    """Read the address that credentials are sent to; ``secrets`` are those, by name.

    Raises:
        UsageError: It is none, holds a user or password, or would send them unencrypted.
    """
    if names_a_user(text):
        options = " and ".join(f"--{name.replace('_', '-')}" for name in secrets)
        raise UsageError(
            "The base URL holds a user or password before the “@”; leave them out, and give "
            f"{options}."
        )
    address = address_of(text)
    if address is None:
        raise UsageError(f"The base URL {text!r} is no web address; it is like {example}.")
    if address.scheme == "http" and not allows_http and not is_this_computer(address.hostname):
        raise UsageError(
            f"The base URL {text.strip()!r} is not encrypted, so "
            f"{' and '.join(name.replace('_', ' ') for name in secrets)} would travel in the "
            "open. Begin it with https://, or say that you mean it with --allow-http."
        )
    return text.strip().rstrip("/")


def switch(name: str, text: str) -> bool:
    """Read yes or no.

    Raises:
        UsageError: It is neither.
    """
    word = text.strip().lower()
    if word not in _SWITCH:
        raise UsageError(f"--{name.replace('_', '-')} is true or false, not {text[:100]!r}.")
    return _SWITCH[word]


_SWITCH: Final = {"true": True, "yes": True, "false": False, "no": False}


def time_zone(text: str) -> str:
    """Read a time zone's name.

    Raises:
        UsageError: There is none of that name.
    """
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise UsageError(
            f"{text!r} is no time zone; name one like America/New_York or Europe/Lisbon."
        ) from None
    return text


def way(name: str, text: str, ways: Sequence[str]) -> str:
    """Read one of a few words.

    Raises:
        UsageError: It is none of them.
    """
    word = text.strip().lower()
    if word not in ways:
        raise UsageError(f"--{name.replace('_', '-')} is {' or '.join(ways)}, not {text[:100]!r}.")
    return word
