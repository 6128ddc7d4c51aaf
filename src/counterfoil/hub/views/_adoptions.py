"""Adoptions as people see them: what somebody said a transfer is, and what was seen there."""

from __future__ import annotations

import msgspec
from sqlalchemy import Connection as Tx

from counterfoil.engine.adopting import Candidate
from counterfoil.ledger import adoptions

__all__ = ["Adopted", "shown_adoption"]


class Adopted(msgspec.Struct, frozen=True, kw_only=True):
    """What a person's word about a transfer came to.

    Attributes:
        transfer: The transfer.
        named: What the person typed; empty: it was taken back.
        is_confirmed: It was seen there; ``False``: nothing is known of it yet.
        sentence: How it stands, and what happens next.
        candidates: What there is to choose from, as far as it was looked up.
    """

    transfer: int
    named: str
    is_confirmed: bool
    sentence: str
    candidates: tuple[Candidate, ...] = ()


def shown_adoption(tx: Tx, transfer_id: int) -> Adopted | None:
    """Say how an adoption stands that is not confirmed; ``None``: there is none."""
    found = adoptions.of_transfer(tx, transfer_id)
    if found is None:
        return None
    told = None if found.found is None else found.found.problem
    return Adopted(
        transfer=transfer_id,
        named=found.named,
        is_confirmed=False,
        sentence=told or f"“{found.named}” has not been looked up there yet.",
        candidates=() if found.found is None else found.found.candidates,
    )
