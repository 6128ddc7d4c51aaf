"""Passwords that were right before, known again without the work of a hash.

So a right one need not wait among wrong ones, even those of somebody who shares its address.  Each
is remembered together with what was kept of it, and asked for by what is kept now: a password that
was replaced, or ended, is not known again.

Only a digest is remembered, under a key of this process; of a password with 130 random bits it
gives away no more than what is kept does.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
from collections import OrderedDict
from collections.abc import Sequence
from typing import Final

__all__ = ["Recognised"]

_ENTRIES_MAX: Final = 4_096


class Recognised:
    """What opened since this process began, the first of it forgotten first; safe among threads."""

    def __init__(self, *, entries_max: int = _ENTRIES_MAX) -> None:
        self._key = secrets.token_bytes(32)
        self._entries_max = entries_max
        self._lock = threading.Lock()
        self._known: OrderedDict[bytes, None] = OrderedDict()

    def place(self, kept: Sequence[str | None], typed: str) -> int | None:
        """Say which of the kept passwords it is; ``None``: it opened none of them before."""
        known = (each is not None and self._digest(each, typed) in self._known for each in kept)
        return next((place for place, is_known in enumerate(known) if is_known), None)

    def remember(self, kept: str, typed: str) -> None:
        """Remember that this password is the one of which that is kept."""
        with self._lock:
            self._known[self._digest(kept, typed)] = None
            while len(self._known) > self._entries_max:
                self._known.popitem(last=False)

    def _digest(self, kept: str, typed: str) -> bytes:
        said = f"{kept}\0{typed}".encode(errors="surrogatepass")
        return hashlib.blake2b(said, key=self._key, digest_size=32).digest()
