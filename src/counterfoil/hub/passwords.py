"""The Web Connector's passwords: made by us, shown once, kept as argon2 hashes.

They are 26 random characters (130 bits), so the hash needs no more than OWASP's smallest
memory cost; a Web Connector signs in every few minutes, and each hash would otherwise
hold 64 MiB.
"""

from __future__ import annotations

import secrets
from typing import Final

import argon2

__all__ = ["is_right", "new_password", "password_hash", "which_is_right"]

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


def _nobodys() -> str:
    """Give the hash of a password that was thrown away, as dear as those of today."""
    if _hasher not in _thrown_away:
        _thrown_away.clear()
        _thrown_away[_hasher] = password_hash(new_password())
    return _thrown_away[_hasher]


_thrown_away: dict[argon2.PasswordHasher, str] = {}
