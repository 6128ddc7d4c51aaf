"""How a database gets the tables of this version, whatever version made it.

Each revision is a file in ``versions``, applied in the order of ``REVISIONS`` inside one
transaction: a failure leaves the database as it was.  Applied to an empty database they
give exactly ``schema.metadata``; a test proves it on both databases.

Whoever starts first upgrades: on PostgreSQL an advisory lock lets the others wait, on an
SQLite file it is the hub's own lock, so that no table changes under a running hub.  An
older program refuses a database that a newer one has upgraded.

To add a revision: change ``schema``, write ``versions/NNNN_words.py`` (its ``upgrade``
with ``op.batch_alter_table``, because SQLite can alter little), and append its number to
``REVISIONS``.  A revision that was released is never changed again.  None is taken back:
an older version would send again what a newer one knows to be there, so ``downgrade``
refuses and names the backup.

Alembic is imported only when there is something to do: most starts find nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Connection, inspect

from counterfoil.errors import LedgerError
from counterfoil.ledger._failures import translated
from counterfoil.ledger.database import BUSY_TIMEOUT_MS, Database, hold

if TYPE_CHECKING:
    from alembic.config import Config

__all__ = ["REVISIONS", "downgrade", "pending", "revision", "upgrade"]

REVISIONS: Final = tuple(f"{number:04}" for number in range(1, 22))

# Any number does, as long as nothing else of ours locks by it: "counterf" as ASCII.
_LOCK_KEY: Final = 0x636F756E74657266
_VERSION_TABLE: Final = "counterfoil_version"


def revision(database: Database) -> str | None:
    """Give the revision of a database's tables; ``None``: it has none of ours yet."""
    with database.reading() as tx:
        return _revision(tx)


def pending(database: Database) -> tuple[str, ...]:
    """List the revisions that ``upgrade`` would apply, in order.

    Raises:
        LedgerError: A newer version of the program made the tables.
    """
    return _after(revision(database))


def upgrade(database: Database) -> None:
    """Bring the tables up to date; nothing happens when they are.

    Raises:
        LedgerInUseError: A hub works on this SQLite file with the older tables.
        LedgerError: A newer version of the program made the tables; or the database
            cannot be used.
    """
    if not pending(database):
        return
    with hold(database, wait_s=BUSY_TIMEOUT_MS / 1000), _changing(database) as tx:
        if _after(_revision(tx)):  # another process may have done it meanwhile
            _run(tx, lambda command, config: command.upgrade(config, REVISIONS[-1]))


def downgrade(database: Database, to: str) -> None:
    """Take the tables back to an older revision, or ``base``; what is dropped is lost.

    Raises:
        LedgerError: A revision on the way cannot be taken back.
    """
    with hold(database), _changing(database) as tx:
        _run(tx, lambda command, config: command.downgrade(config, to))


def config_for(tx: Connection) -> Config:
    """Make Alembic's configuration for one transaction."""
    from alembic.config import Config

    config = Config()
    # Alembic fills in "%(here)s" and the like, so a percent sign in a path is doubled.
    folder = str(Path(__file__).parent).replace("%", "%%")
    config.set_main_option("script_location", folder)
    config.attributes["connection"] = tx
    config.attributes["version_table"] = _VERSION_TABLE
    return config


def _run(tx: Connection, do: Callable[[Any, Config], None]) -> None:
    from alembic import command

    do(command, config_for(tx))


def _revision(tx: Connection) -> str | None:
    if not inspect(tx).has_table(_VERSION_TABLE):
        return None
    found = tx.exec_driver_sql(f"SELECT version_num FROM {_VERSION_TABLE}").scalars().all()  # noqa: S608 - our own name
    return str(found[0]) if found else None


def _after(current: str | None) -> tuple[str, ...]:
    if current is None:
        return REVISIONS
    if current not in REVISIONS:
        raise LedgerError(
            f"A newer version of Counterfoil has changed this database (to revision {current}; "
            f"this one knows {REVISIONS[-1]}). Install that version or a later one, or "
            "restore the backup made before it was installed.",
            detail=f"revision {current} is not among {', '.join(REVISIONS)}",
        )
    return REVISIONS[REVISIONS.index(current) + 1 :]


@contextmanager
def _changing(database: Database) -> Iterator[Connection]:
    """Begin the transaction that changes tables, alone.

    SQLite alters a table by making a new one and dropping the old, which its foreign
    keys would forbid; they can be switched off only outside a transaction.
    """
    with translated(), database.engine.connect() as tx:
        raw: Any = tx.connection.driver_connection
        if database.is_sqlite:
            raw.execute("pragma foreign_keys=off")
        try:
            with tx.begin():
                if not database.is_sqlite:
                    tx.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK_KEY})")
                yield tx
                if database.is_sqlite:
                    orphans = tx.exec_driver_sql("pragma foreign_key_check").all()
                    assert not orphans, f"rows that refer to nothing: {orphans[:3]}"
        finally:
            if database.is_sqlite:
                raw.execute("pragma foreign_keys=on")
