"""What a failure of the database means: one table per database, by its own code.

Each row says which ``LedgerError`` it is and what an operator reads: what happened, and
the cure.  A code without a row is the general case, whose detail names the code.

Sources: SQLite's result codes (``sqlite3.h``); PostgreSQL, appendix A, "error codes".
Before a connection stands, PostgreSQL's client library has no codes, only the server's
words, in the server's language; what cannot be told apart there is one sentence.
"""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, NamedTuple

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoFreeConnection

from counterfoil.errors import LedgerBusyError, LedgerError, LedgerFullError, UsageError

__all__ = ["translated"]


class _Meaning(NamedTuple):
    error: type[LedgerError]
    sentence: str


_FULL = _Meaning(
    LedgerFullError,
    "The disk that holds the database is full. Nothing was sent or changed; "
    "make room and the work goes on by itself.",
)
_LOCKED = _Meaning(
    LedgerBusyError,
    "The database is locked by another program. Nothing was sent or changed; "
    "close what holds it open (a backup, a viewer) and try again.",
)
_CROSSED = _Meaning(
    LedgerBusyError,
    "Two processes wanted the same rows of the database at the same moment. Nothing was "
    "sent or changed; the work goes on with the next attempt.",
)
_CROWDED = _Meaning(
    LedgerBusyError,
    "The database has no free connection. Nothing was sent or changed; run fewer "
    "processes, or raise max_connections on the server.",
)
_READ_ONLY = _Meaning(
    LedgerError,
    "The database may be read but not written. Give the user that runs Counterfoil the "
    "right to write the database file and its folder; on PostgreSQL, name the primary "
    "server, not a standby.",
)
_CANNOT_OPEN = _Meaning(
    LedgerError,
    "The database file cannot be opened. Check in COUNTERFOIL_DATABASE_URL that its folder "
    "exists and that the user that runs Counterfoil may enter and write it.",
)
_NO_DATABASE = _Meaning(
    LedgerError,
    "The file is not a Counterfoil database. Correct COUNTERFOIL_DATABASE_URL, or restore "
    "the file from a backup.",
)
_DAMAGED = _Meaning(
    LedgerError,
    "The database file is damaged. Stop Counterfoil, keep a copy of the file, and restore "
    "the latest backup.",
)
_DISK = _Meaning(
    LedgerError,
    "The disk failed while the database was read or written. Check the disk and the "
    "network drive it may be on, then start Counterfoil again.",
)
_UNREACHABLE = _Meaning(
    LedgerError,
    "The database server does not answer, or ended the connection. Start it, and check "
    "host and port in COUNTERFOIL_DATABASE_URL.",
)
_SIGN_IN = _Meaning(
    LedgerError,
    "The database server refuses the user or the password. Correct them in "
    "COUNTERFOIL_DATABASE_URL.",
)
_ABSENT = _Meaning(
    LedgerError,
    "The database server has no database of that name. Create it, or correct the name in "
    "COUNTERFOIL_DATABASE_URL.",
)
_RIGHTS = _Meaning(
    LedgerError,
    "The database user lacks a right. Make it the owner of the database that "
    "COUNTERFOIL_DATABASE_URL names.",
)
_OTHER_TABLES = _Meaning(
    LedgerError,
    "The database does not have the tables of this version. Start Counterfoil once with "
    "the right to change them, so that it brings them up to date.",
)
_TAKEN = _Meaning(
    LedgerError,
    "The same name or number is already recorded, so nothing was changed. Choose another "
    "one, or work with what is there.",
)
_GENERAL = _Meaning(
    LedgerError,
    "The database refused what Counterfoil wanted to record, so nothing was sent.",
)

# Extended codes first; the last eight bits are the primary code.
_SQLITE: Final = {
    sqlite3.SQLITE_IOERR_SHMSIZE: _FULL,
    sqlite3.SQLITE_CONSTRAINT_UNIQUE: _TAKEN,
    sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY: _TAKEN,
    sqlite3.SQLITE_FULL: _FULL,
    sqlite3.SQLITE_BUSY: _LOCKED,
    sqlite3.SQLITE_LOCKED: _LOCKED,
    sqlite3.SQLITE_READONLY: _READ_ONLY,
    sqlite3.SQLITE_CANTOPEN: _CANNOT_OPEN,
    sqlite3.SQLITE_NOTADB: _NO_DATABASE,
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
    sqlite3.SQLITE_IOERR: _DISK,
}

# Five characters, or the two of their class.
_POSTGRESQL: Final = {
    "53100": _FULL,
    "55P03": _LOCKED,
    "57014": _LOCKED,
    "40001": _CROSSED,
    "40P01": _CROSSED,
    "53300": _CROWDED,
    "25006": _READ_ONLY,
    "28": _SIGN_IN,
    "3D000": _ABSENT,
    "42501": _RIGHTS,
    "42P01": _OTHER_TABLES,
    "42703": _OTHER_TABLES,
    "23505": _TAKEN,
    "57P": _UNREACHABLE,
    "08": _UNREACHABLE,
}

# The driver's words about a text that PostgreSQL holds no place for; SQLite keeps it.
_NUL: Final = "cannot contain NUL (0x00)"
_HOLDS_NUL: Final = "A text holds a character number 0, which no name has. Take it out."

# What a server says in English before a connection stands; the first that fits counts.
_POSTGRESQL_WORDS: Final = (
    ("too many connections", _CROWDED),
    ("too many clients", _CROWDED),
    ("connection slots are reserved", _CROWDED),
    ("authentication failed", _SIGN_IN),
    ("no password supplied", _SIGN_IN),
    ("no pg_hba.conf entry", _SIGN_IN),
    ('role "', _SIGN_IN),
    ('database "', _ABSENT),
)


@contextmanager
def translated() -> Iterator[None]:
    """Let the database's failures leave as ``LedgerError``, with their cause.

    A number or a sign beyond what it can hold is whoever's who gave it: ``UsageError``.
    """
    try:
        yield
    except DBAPIError as error:
        if _NUL in str(error.orig):
            raise UsageError(_HOLDS_NUL) from error
        meaning = _meaning(error.orig)
        raise meaning.error(meaning.sentence, detail=_seen(error.orig)) from error
    except sqlite3.Error as error:  # where SQLAlchemy is not between
        meaning = _of_sqlite(error)
        raise meaning.error(meaning.sentence, detail=_seen(error)) from error
    except OverflowError as error:
        # The driver found no place for it; such a number names nothing that was ever kept.
        raise UsageError("A number is larger than any that is kept.", detail=str(error)) from error
    except NoFreeConnection as error:
        raise _CROWDED.error(_CROWDED.sentence, detail=str(error)) from error
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        raise _FULL.error(_FULL.sentence, detail=str(error)) from error


def _meaning(cause: BaseException | None) -> _Meaning:
    if isinstance(cause, sqlite3.Error):
        return _of_sqlite(cause)
    state = getattr(cause, "sqlstate", None)
    if state is not None:
        rows = (_POSTGRESQL.get(state[:length]) for length in (5, 3, 2))
        return next((meaning for meaning in rows if meaning), _GENERAL)
    if type(cause).__name__ != "OperationalError":
        return _GENERAL
    text = str(cause)
    words = (meaning for phrase, meaning in _POSTGRESQL_WORDS if phrase in text)
    return next(words, _UNREACHABLE)


def _of_sqlite(cause: sqlite3.Error) -> _Meaning:
    code = getattr(cause, "sqlite_errorcode", 0)
    meaning = _SQLITE.get(code) or _SQLITE.get(code & 0xFF)
    if meaning is None and "no such table" in str(cause):
        return _OTHER_TABLES
    return meaning or _GENERAL


def _seen(cause: BaseException | None) -> str:
    code = getattr(cause, "sqlite_errorname", None) or getattr(cause, "sqlstate", None)
    text = str(cause).strip()
    return f"{code}: {text}" if code else text
