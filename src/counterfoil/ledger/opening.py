"""Opening a ledger: its tables up to date, and somebody who owns it."""

from __future__ import annotations

from . import identity
from .database import Database
from .migrations import upgrade

__all__ = ["open_ledger"]


def open_ledger(url: str) -> Database:
    """Open a database, bring its tables up to date, and let the ledger be somebody.

    Raises:
        LedgerInUseError: A hub works on this SQLite file with older tables.
        LedgerError: The address or the database cannot be used; the sentence says why
            and what to do.
    """
    database = Database(url)
    try:
        upgrade(database)
        with database.reading() as tx:
            is_new = identity.known(tx) is None
        if is_new:
            with database.writing() as tx:
                identity.introduce(tx)
    except BaseException:
        database.close()
        raise
    return database
