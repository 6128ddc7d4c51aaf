"""Who a ledger is: made once, kept, and older after every restore."""

from __future__ import annotations

import uuid

from sqlalchemy import delete, func, select

from counterfoil.ledger import Database, identity, migrations, open_ledger, schema
from counterfoil.ledger.identity import Identity
from tests.ledger.builders import at_once


def who(database: Database) -> Identity:
    """Who a ledger is."""
    with database.reading() as tx:
        return identity.identity(tx)


class TestIdentity:
    def test_made_by_whoever_opens_it_first(self, database_url: str) -> None:
        """A new ledger gets an id of its own and the first epoch, and keeps both."""
        first = open_ledger(database_url)
        made = who(first)
        first.close()
        again = open_ledger(database_url)

        assert made == Identity(str(uuid.UUID(made.id)), 1)
        assert who(again) == made
        again.close()

    def test_none_before_that(self, database_url: str) -> None:
        """Tables alone are nobody yet."""
        database = Database(database_url)
        migrations.upgrade(database)

        with database.reading() as tx:
            assert identity.known(tx) is None
        database.close()

    def test_of_two_at_once_one_counts(self, ledger: Database) -> None:
        """However many open it at the same moment, it is one ledger."""
        with ledger.writing() as tx:
            tx.execute(delete(schema.ledger))

        def introduce() -> None:
            with ledger.writing() as tx:
                identity.introduce(tx)

        assert at_once(*[introduce] * 4) == [None] * 4
        with ledger.reading() as tx:
            assert tx.scalar(select(func.count()).select_from(schema.ledger)) == 1

    def test_opening_it_again_writes_nothing(self, sqlite_ledger_url: str) -> None:
        """A command may open a ledger while another program holds its lock."""
        busy = Database(sqlite_ledger_url)
        with busy.writing():
            open_ledger(sqlite_ledger_url).close()
        busy.close()

    def test_restored_or_moved_it_is_older(self, ledger: Database) -> None:
        """The epoch grows by one, and the id stays: others know it for a later copy."""
        before = who(ledger)
        with ledger.writing() as tx:
            assert identity.raise_epoch(tx) == Identity(before.id, before.epoch + 1)

        assert who(ledger) == Identity(before.id, before.epoch + 1)

    def test_going_on_elsewhere(self, ledger: Database) -> None:
        """A database that was opened empty becomes the ledger whose rows were copied to it."""
        other = Identity(str(uuid.UUID(int=7)), 3)
        with ledger.writing() as tx:
            identity.become(tx, other)
            identity.raise_epoch(tx)

        assert who(ledger) == Identity(other.id, 4)
