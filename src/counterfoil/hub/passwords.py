"""Passwords, kept as argon2 hashes: those that we make, and those that people choose.

The Web Connector's are made by us and shown once: 26 random characters (130 bits), so the hash
needs no more than OWASP's smallest memory cost; a Web Connector signs in every few minutes, and
each hash would otherwise hold 64 MiB.

What people choose can be guessed, so each guess has to cost: 64 MiB and three passes (RFC 9106,
its second recommendation, above what OWASP asks for).  Few are worked on at a time, so that a
crowd at the door does not take the computer's memory.
"""

from __future__ import annotations

import secrets
import threading
import unicodedata
from typing import Final

import argon2

__all__ = [
    "chosen_hash",
    "is_cheaper",
    "is_chosen",
    "is_right",
    "new_password",
    "password_hash",
    "which_is_right",
]

# No i, l, o, 0 or 1: people type it once, from a screen.
_ALPHABET: Final = "abcdefghjkmnpqrstuvwxyz23456789"
_LENGTH: Final = 26

_hasher = argon2.PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


def new_password() -> str:
    """Make a password."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))


def password_hash(password: str) -> str:
    """Give what is kept of it."""
    return _hasher.hash(password)


def is_right(kept: str, password: str) -> bool:
    """Compare a password with what is kept."""
    try:
        return _hasher.verify(kept, password)
    except (argon2.exceptions.VerificationError, argon2.exceptions.InvalidHashError):
        return False


def which_is_right(kept: tuple[str | None, str | None], typed: str) -> int | None:
    """Say which of two kept passwords it is, 0 or 1; ``None``: neither.

    What is not kept is compared all the same, with a password that nobody has: a wrong
    password takes as long whether the user is known or not, and whether one opens or two.
    """
    for place, each in enumerate(kept):
        if is_right(each or _nobodys(), typed) and each is not None:
            return place
    return None


def _nobodys(hasher: argon2.PasswordHasher | None = None) -> str:
    """Give the hash of a password that was thrown away, as dear as those of today."""
    dear = hasher or _hasher
    if dear not in _thrown_away:
        _thrown_away[dear] = dear.hash(new_password())
    return _thrown_away[dear]


_thrown_away: dict[argon2.PasswordHasher, str] = {}


# --- Those that people choose -------------------------------------------------------------

_chosen = argon2.PasswordHasher.from_parameters(argon2.profiles.RFC_9106_LOW_MEMORY)
_at_once = threading.BoundedSemaphore(2)


def chosen_hash(password: str) -> str:
    """Give what is kept of a password that somebody chose."""
    with _at_once:
        return _chosen.hash(_composed(password))


def is_chosen(kept: str | None, typed: str) -> bool:
    """Compare a password with what is kept; it takes as long where nothing is (``None``)."""
    with _at_once:
        return is_right(kept or _nobodys(_chosen), _composed(typed)) and kept is not None


def is_cheaper(kept: str) -> bool:
    """Whether what is kept costs less to guess than what would be kept today."""
    return _chosen.check_needs_rehash(kept)


def _composed(password: str) -> str:
    """Give a password as whatever keyboard types it (NIST SP 800-63B, 5.1.1.2)."""
    return unicodedata.normalize("NFKC", password)
