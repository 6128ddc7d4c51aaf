"""Opening a ledger: the right file, its tables up to date, and somebody who owns it.

A new SQLite file is made beside its place and put there whole, so a file that is empty, or has
no tables of ours, is never new: it is what a copy that was cut off, or a mistyped address, left.
"""

from __future__ import annotations

import os
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from sqlalchemy import inspect

from counterfoil.errors import LedgerError
from counterfoil.ledger.private_files import (
    cannot_write_in,
    make_private_folder,
    private_umask,
    sync_folder,
    tighten,
)
from counterfoil.told import Advice

from . import identity
from ._failures import translated
from .database import BUSY_TIMEOUT_MS, Database, hold_file, sqlite_url
from .migrations import revision, upgrade
from .schema import metadata

__all__ = ["check_whole", "open_ledger"]

# How many steps of SQLite's machine lie between two looks at the clock.
_STEPS: Final = 10_000
_DAMAGED: Final = (
    "The database {name} is damaged. Stop Counterfoil, keep a copy of the file, and restore the "
    "latest backup."
)


def open_ledger(url: str, *, makes: bool = True) -> Database:
    """Open a database, bring its tables up to date, and let the ledger be somebody.

    Args:
        url: Where it is; see ``Database``.
        makes: Make what is not there yet; ``False``: say that it is not there.

    Raises:
        LedgerInUseError: A hub works on this SQLite file with older tables.
        LedgerError: The address or the database cannot be used; the sentence says why
            and what to do.
    """
    database = Database(url)
    try:
        file = database.file
        if file is not None and not _is_uri(url):
            _see_to_file(database, file, makes=makes)
        elif not makes:
            _check_begun(database)
        upgrade(database)
        _check_tables(database)
        _introduce(database)
    except BaseException:
        database.close()
        raise
    return database


_MAKE: Final = (
    Advice("Correct COUNTERFOIL_DATABASE_URL if it is elsewhere, or say where", "--database URL"),
    Advice("A new one is made by this", "connections add"),
    Advice("And by this", "serve"),
)


def _check_begun(database: Database) -> None:
    if revision(database) is None:
        raise LedgerError("The database has no tables of Counterfoil yet.", *_MAKE)


def _is_uri(url: str) -> bool:
    """Whether it is a URI of SQLite's own, with which somebody knows what they do."""
    return "file:" in url


def _introduce(database: Database) -> None:
    with database.reading() as tx:
        is_new = identity.known(tx) is None
    if is_new:
        with database.writing() as tx:
            identity.introduce(tx)


# --- The file -----------------------------------------------------------------------------


def _see_to_file(database: Database, file: Path, *, makes: bool) -> None:
    """Make the file where there is none, look at it where there is.

    Raises:
        LedgerError: It is not there, cannot be made, or is no database of ours.
    """
    if not file.exists():
        if not makes:
            raise LedgerError(f"There is no database at {str(file)!r}.", *_MAKE)
        _make(file)
    if file.stat().st_size == 0:
        raise LedgerError(
            f"The database {str(file)!r} is empty: 0 bytes. Counterfoil never leaves one like "
            "that, so what was in it may be lost: restore the latest backup. If there never was "
            "anything in it, delete the file and start again."
        )
    for name in (file.name, f"{file.name}-wal", f"{file.name}-shm"):
        tighten(file.with_name(name))
    _check_place(file)
    if not _is_ours(file):
        raise LedgerError(
            f"The file {str(file)!r} is an SQLite database, but holds no tables of Counterfoil. "
            "Correct COUNTERFOIL_DATABASE_URL, or restore the file from a backup."
        )
    _check_version(database, file)


def _check_version(database: Database, file: Path) -> None:
    if revision(database) is None:
        raise LedgerError(
            f"The database {str(file)!r} does not say which version made its tables: a change of "
            "them was cut off, or it is a part of a copy. Restore the backup made before."
        )


def _is_ours(file: Path) -> bool:
    """Whether an SQLite file has our tables; looked at without changing anything in it.

    What cannot be read at all is left to the opening, which has a sentence for each failure.
    """
    address = f"{file.absolute().as_uri()}?mode=ro"
    ours = "SELECT 1 FROM sqlite_master WHERE name = 'counterfoil_version'"
    try:
        with closing(sqlite3.connect(address, uri=True)) as looked_at:
            return looked_at.execute(ours).fetchone() is not None
    except sqlite3.Error:
        return True


def _check_place(file: Path) -> None:
    """Raise where the folder or the file may not be written, naming which."""
    if not os.access(file.parent, os.W_OK | os.X_OK):
        raise _not_writable(file.parent, "it is read-only for this user")
    if not os.access(file, os.R_OK | os.W_OK):
        raise LedgerError(
            f"The database {str(file)!r} may not be read and written by the user that runs "
            "Counterfoil. Give that user the right to."
        )


def _not_writable(folder: Path, why: str) -> LedgerError:
    return LedgerError(
        f"Nothing can be written in the folder {str(folder)!r}: {why}. Give the user that runs "
        "Counterfoil the right to, or set COUNTERFOIL_DATABASE_URL to a place in another folder."
    )


def _make(file: Path) -> None:
    """Make a new database beside its place, and put it there whole; of several at once, one."""
    try:
        make_private_folder(file.parent)
    except OSError as error:
        raise LedgerError(
            f"The folder {str(file.parent)!r} for the database cannot be made: "
            f"{error.strerror or error}. Set COUNTERFOIL_DATABASE_URL to a place you may write to.",
            detail=str(error),
        ) from error
    why = cannot_write_in(file.parent)
    if why is not None:
        raise _not_writable(file.parent, why)
    with hold_file(file, wait_s=BUSY_TIMEOUT_MS / 1000):
        if file.exists():
            return
        unfinished = file.with_name(f"{file.name}.new")
        _clear(unfinished)  # of one that was cut off
        try:
            _fill(unfinished)
        except BaseException:
            _clear(unfinished)
            raise
        unfinished.replace(file)
        sync_folder(file.parent)


def _fill(file: Path) -> None:
    with private_umask():
        made = Database(sqlite_url(file))
        try:
            upgrade(made)
            _introduce(made)
        finally:
            made.close()
        with translated():
            _gather(file)
    file.with_name(f"{file.name}.lock").unlink(missing_ok=True)


def _gather(file: Path) -> None:
    """Bring what the journal beside a file holds into the file, for that alone is moved.

    Closing does so, too, but says nothing where the disk is full.
    """
    with closing(sqlite3.connect(file)) as made:
        made.execute("pragma journal_mode=delete")


def _clear(file: Path) -> None:
    """Take a file away, and what SQLite and we keep beside it."""
    for each in ("", "-wal", "-shm", "-journal", ".lock"):
        file.with_name(file.name + each).unlink(missing_ok=True)


# --- What is in it ------------------------------------------------------------------------


def _check_tables(database: Database) -> None:
    """Raise where tables are missing: somebody took them out, or copied only a part."""
    with database.reading() as tx:
        missing = sorted(set(metadata.tables) - set(inspect(tx).get_table_names()))
    if missing:
        raise LedgerError(
            f"The database lacks {len(missing)} of its tables ({', '.join(missing[:3])}), though "
            "it says that it has those of this version. Restore the latest backup; what is there "
            "is a part of a database."
        )


def check_whole(database: Database, *, within_s: float) -> bool:
    """Let SQLite check its file; ``False``: the time was too short to come to the end.

    Raises:
        LedgerError: It is damaged.
    """
    file = database.file
    if file is None:
        return True
    give_up_at = time.monotonic() + within_s
    with database.reading() as tx:
        raw: Any = tx.connection.driver_connection
        raw.set_progress_handler(lambda: time.monotonic() >= give_up_at, _STEPS)
        try:
            found = raw.execute("pragma quick_check(1)").fetchone()[0]
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode == sqlite3.SQLITE_INTERRUPT:
                return False
            raise LedgerError(_DAMAGED.format(name=file.name), detail=str(error)) from error
        except sqlite3.DatabaseError as error:
            raise LedgerError(_DAMAGED.format(name=file.name), detail=str(error)) from error
        finally:
            raw.set_progress_handler(None, 0)
    if found != "ok":
        raise LedgerError(_DAMAGED.format(name=file.name), detail=str(found))
    return True
