"""Who this ledger is, beside the systems it writes to; and where its hub is served.

A ledger has an id, made once, and an epoch that grows when it is restored from a backup or
moved to another database.  Both are kept beside the identity of the company files it writes
to: an older copy that wakes up finds its own id there with a later epoch, and knows that
others have gone on without it.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Final, NamedTuple

from sqlalchemy import Connection, select, update

from ._inserting import insert_of
from .schema import ledger

__all__ = [
    "Identity",
    "Served",
    "become",
    "identity",
    "introduce",
    "keep_served",
    "known",
    "raise_epoch",
    "served",
]

# There is one row, and its key says so: whoever comes second makes none.
_ROW: Final = 1


class Identity(NamedTuple):
    """Who a ledger is: ``id`` in small letters, ``epoch`` from 1."""

    id: str
    epoch: int


class Served(NamedTuple):
    """Under which address a hub on this ledger was served last, and since when."""

    url: str
    at: datetime


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
    tx.execute(
        insert_of(tx.dialect)(ledger)
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


def served(tx: Connection) -> Served | None:
    """Give the address under which the hub was served last, ``None``: it never was."""
    row = tx.execute(select(ledger.c.served_url, ledger.c.served_at)).first()
    return None if row is None or row[0] is None else Served(*row)


def keep_served(tx: Connection, url: str, now: datetime) -> None:
    """Keep the address under which the hub is served from now on."""
    tx.execute(update(ledger).values(served_url=url, served_at=now))
