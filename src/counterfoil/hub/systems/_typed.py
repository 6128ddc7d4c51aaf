"""What people type about a system that we call, checked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from counterfoil.errors import UsageError
from counterfoil.hub.addresses import address_of, is_this_computer, names_a_user
from counterfoil.told import Advice

from ._shape import LOOKS_EVERY_S_MAX

__all__ = ["key_text", "looks_every_s", "switch", "time_zone", "way", "web_address", "whole_number"]


def web_address(
    text: str,
    *,
    allows_http: bool,
    example: str,
    secrets: Sequence[str],
    field: str = "base_url",
) -> str:
    """Read the address that credentials are sent to; ``secrets`` are those, by name.

    Raises:
        UsageError: It is none, holds a user or password, or would send them unencrypted.
    """
    if names_a_user(text):
        options = " and ".join(f"--{name.replace('_', '-')}" for name in secrets)
        raise UsageError(
            "The base URL holds a user or password before the “@”; leave them out, and give "
            f"{options}.",
            field=field,
        )
    address = address_of(text)
    if address is None or address.query or address.fragment:
        raise UsageError(
            f"The base URL {text[:200]!r} is no web address, or more than one; it is like "
            f"{example}.",
            field=field,
        )
    if address.scheme == "http" and not allows_http and not is_this_computer(address.hostname):
        raise UsageError(
            f"The base URL {text.strip()!r} is not encrypted, so "
            f"{' and '.join(name.replace('_', ' ') for name in secrets)} would travel in the "
            "open.",
            Advice("Begin it with https://, or say that you mean it", "--allow-http"),
            field=field,
        )
    return text.strip().rstrip("/")


def key_text(name: str, text: str, *, holds_blanks: bool = False) -> str:
    """Read a key that a service gave: what cannot be sent in a header is none.

    Args:
        name, text: As their names say.
        holds_blanks: Somebody may have chosen it, with blanks inside.

    Raises:
        UsageError: It is none; it is not shown.
    """
    key = text.strip()
    if not (key.isascii() and key.isprintable()) or (" " in key and not holds_blanks):
        raise UsageError(
            f"The {name.replace('_', ' ')} holds a character that no key has; copy it anew, all of "
            f"it and nothing else, and give it with --{name.replace('_', '-')}.",
            field=name,
        )
    return key


def switch(name: str, text: str) -> bool:
    """Read yes or no.

    Raises:
        UsageError: It is neither.
    """
    word = text.strip().lower()
    if word not in _SWITCH:
        raise UsageError(
            f"--{name.replace('_', '-')} is true or false, not {text[:100]!r}.", field=name
        )
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
            f"{text!r} is no time zone; name one like America/New_York or Europe/Lisbon.",
            field="time_zone",
        ) from None
    return text


def way(name: str, text: str, ways: Sequence[str]) -> str:
    """Read one of a few words.

    Raises:
        UsageError: It is none of them.
    """
    word = text.strip().lower()
    if word not in ways:
        raise UsageError(
            f"--{name.replace('_', '-')} is {' or '.join(ways)}, not {text[:100]!r}.", field=name
        )
    return word


def whole_number(text: str, lowest: int, highest: int, what: str, field: str | None = None) -> int:
    """Read a whole number within bounds, both included; ``what`` begins the sentence.

    Raises:
        UsageError: It is none.
    """
    is_number = text.isascii() and text.isdigit() and len(text) <= len(str(highest))
    if not is_number or not lowest <= int(text) <= highest:
        raise UsageError(
            f"{what} must be a whole number from {lowest} to {highest}, not {text!r}.", field=field
        )
    return int(text)


def looks_every_s(text: str) -> int:
    """Read, in minutes, how long after a look the next one comes; gives seconds.

    Raises:
        UsageError: It is no whole number of minutes, or longer than a day.
    """
    highest = LOOKS_EVERY_S_MAX // 60
    return 60 * whole_number(text.strip(), 1, highest, "Minutes from look to look", "looks_every")
