"""Fresh identities: the only chance in the hub's decisions."""

from __future__ import annotations

import uuid

__all__ = ["new_batch_key", "new_key"]


def new_key() -> str:
    """Give a fresh mark for something that is about to be written: a GUID in braces."""
    return "{" + str(uuid.uuid4()) + "}"


def new_batch_key() -> str:
    """Give a fresh key for a batch that writes: 24 characters, QuickBooks' own limit."""
    return uuid.uuid4().hex[:24]
