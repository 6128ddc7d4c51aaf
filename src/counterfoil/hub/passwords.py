"""The Web Connector's passwords: made by us, shown once, kept as argon2 hashes.

They are 26 random characters (130 bits), so the hash needs no more than OWASP's smallest
memory cost; a Web Connector signs in every few minutes, and each hash would otherwise
hold 64 MiB.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Final

import argon2

__all__ = ["LOCKED_FOR", "is_right", "lock_until", "new_password", "password_hash"]

# No i, l, o, 0 or 1: people type it once, from a screen.
_ALPHABET: Final = "abcdefghjkmnpqrstuvwxyz23456789"
_LENGTH: Final = 26

_hasher = argon2.PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)

FAILURES_MAX: Final = 10
LOCKED_FOR: Final = timedelta(minutes=15)


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


def lock_until(failures: int, now: datetime) -> datetime | None:
    """Say until when nobody may sign in after so many wrong passwords in a row."""
    return now + LOCKED_FOR if failures % FAILURES_MAX == 0 and failures else None
