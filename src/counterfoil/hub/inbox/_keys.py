"""Under which key of the inbox a document lies, told from the document alone."""

from __future__ import annotations

from counterfoil.documents import Refusal
from counterfoil.engine.life import State
from counterfoil.hub.causes import subject_of
from counterfoil.hub.views import TransferRow
from counterfoil.ledger.piles import Heap

from ._shapes import short_key

__all__ = ["key_of"]


def key_of(row: TransferRow, refusal: Refusal | None) -> str | None:
    """Give the key of the case that a document belongs to; ``None``: it needs nobody."""
    if row.state is State.REFUSED and refusal is not None:
        about = subject_of(refusal)
        return short_key(Heap.REFUSED, row.link, row.flow.value, refusal.code, about)
    if row.state is State.CHANGED and row.reason is not None:
        return short_key(Heap.CHANGED, row.link, row.flow.value, row.reason, "")
    return None
