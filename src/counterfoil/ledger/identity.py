"""Who this ledger is, beside the systems it writes to.

A ledger has an id, made once, and an epoch that grows when it is restored from a backup or
moved to another database.  Both are kept beside the identity of the company files it writes
to: an older copy that wakes up finds its own id there with a later epoch, and knows that
others have gone on without it.
"""

from __future__ import annotations

import uuid
from typing import Final, NamedTuple

from sqlalchemy import Connection, select, update
from sqlalchemy.dialects import postgresql, sqlite

from .schema import ledger

__all__ = ["Identity", "become", "identity", "introduce", "known", "raise_epoch"]

# There is one row, and its key says so: whoever comes second makes none.
_ROW: Final = 1


class Identity(NamedTuple):
    """Who a ledger is: ``id`` in small letters, ``epoch`` from 1."""

    id: str
    epoch: int


def known(tx: Connection) -> Identity | None:
    """Give who this ledger is, ``None`` while nobody has opened it."""
    row = tx.execute(select(ledger.c.id, ledger.c.epoch)).first()
    return None if row is None else Identity(*row)


def identity(tx: Connection) -> Identity:
    """Give who this ledger is.

    Raises:
        AssertionError: It was never opened by ``open_ledger``.
    """
    found = known(tx)
    assert found is not None, "a ledger that was opened has an identity"
    return found


def introduce(tx: Connection) -> None:
    """Give the ledger an id, if it has none; of several at once, one does."""
    dialect = sqlite if tx.dialect.name == "sqlite" else postgresql
    tx.execute(
        dialect.insert(ledger)
        .values(row=_ROW, id=str(uuid.uuid4()), epoch=1)
        .on_conflict_do_nothing(index_elements=["row"])
    )


def raise_epoch(tx: Connection) -> Identity:
    """Keep that the ledger begins anew from an older or another copy; says who it is now."""
    tx.execute(update(ledger).values(epoch=ledger.c.epoch + 1))
    return identity(tx)


def become(tx: Connection, other: Identity) -> None:
    """Take another ledger's identity: its rows were copied here, and it goes on here."""
    tx.execute(update(ledger).values(id=other.id, epoch=other.epoch))
