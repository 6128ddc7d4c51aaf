"""Migrations: together they are the schema, and nobody meets tables of another version."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect

from counterfoil.errors import LedgerError, LedgerInUseError
from counterfoil.ledger import Database, hold, migrations, open_ledger
from counterfoil.ledger.schema import for_postgresql, metadata
from tests.conftest import ROOT

OPTIONS = {"compare_type": True, "compare_server_default": True}


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A database without tables."""
    made = Database(database_url)
    yield made
    made.close()


def differences(tx: Connection) -> list[Any]:
    """What Alembic would change to bring the database to the metadata."""
    options = {**OPTIONS, "version_table": "counterfoil_version"}
    context = MigrationContext.configure(tx, opts=options)
    return list(compare_metadata(context, for_postgresql()))


def shape(tx: Connection) -> dict[str, Any]:
    """Everything the database itself says about its tables, but the order of columns."""
    inspector = inspect(tx)

    def by_name(rows: Any) -> list[Any]:
        return sorted((sorted(row.items(), key=str) for row in rows), key=str)

    return {
        name: {
            "columns": by_name(
                {**column, "type": str(column["type"]), "default": str(column["default"])}
                for column in inspector.get_columns(name)
            ),
            "primary key": inspector.get_pk_constraint(name),
            "foreign keys": by_name(inspector.get_foreign_keys(name)),
            "unique": by_name(inspector.get_unique_constraints(name)),
            "indexes": by_name(
                {
                    **index,
                    # The condition of a partial index: its words.
                    "dialect_options": {
                        option: str(value)
                        for option, value in index.get("dialect_options", {}).items()
                    },
                }
                for index in inspector.get_indexes(name)
            ),
        }
        for name in inspector.get_table_names()
        if name != "counterfoil_version"
    }


class TestEqualTheSchema:
    def test_alembic_finds_no_difference(self, database: Database) -> None:
        """After all revisions nothing is left that would bring the database to the schema."""
        migrations.upgrade(database)

        with database.reading() as tx:
            assert differences(tx) == []

    def test_the_comparison_sees_every_kind_of_difference(self, database: Database) -> None:
        """The comparison that proves the revisions right notices what they would forget."""
        migrations.upgrade(database)
        with database.writing() as tx:
            for change in (
                "DROP INDEX ix_transfer_work",
                "CREATE UNIQUE INDEX more ON pairing (source_id)",
                "ALTER TABLE document RENAME COLUMN revision TO version",
                "DROP TABLE name_choice",
            ):
                tx.exec_driver_sql(change)

        with database.reading() as tx:
            found = {difference[0] for difference in differences(tx)}
        assert found == {"add_index", "remove_index", "add_column", "remove_column", "add_table"}

    def test_the_database_says_the_same_of_both(self, database: Database) -> None:
        """Revisions and schema make tables of which the database reports the same, to the name."""
        migrations.upgrade(database)
        with database.reading() as tx:
            migrated = shape(tx)
        with database.writing() as tx:
            tx.exec_driver_sql("DROP TABLE counterfoil_version")
            metadata.drop_all(tx)
            assert shape(tx) == {}
            for_postgresql().create_all(tx)

        with database.reading() as tx:
            made = shape(tx)
        assert migrated.keys() == made.keys() == metadata.tables.keys()
        for name in made:
            assert migrated[name] == made[name]

    def test_the_list_of_revisions_is_that_of_the_files(self, database: Database) -> None:
        """The revisions named in the code are the files, in their order."""
        with database.writing() as tx:
            scripts = ScriptDirectory.from_config(migrations.config_for(tx))

        files = [script.revision for script in scripts.walk_revisions()]
        assert tuple(reversed(files)) == migrations.REVISIONS


class TestUpgrade:
    def test_one_revision_after_the_other(self, database: Database) -> None:
        """Going up one revision at a time ends in the same tables as going up at once."""
        assert migrations.revision(database) is None
        assert migrations.pending(database) == migrations.REVISIONS
        for revision in migrations.REVISIONS:
            with database.writing() as tx:
                command.upgrade(migrations.config_for(tx), revision)
            assert migrations.revision(database) == revision
        assert migrations.pending(database) == ()

        with database.reading() as tx:
            assert differences(tx) == []

    def test_only_the_first_is_taken_back(self, database: Database) -> None:
        """The tables of the first version can be dropped; later ones stay, told in words."""
        with database.writing() as tx:
            command.upgrade(migrations.config_for(tx), "0001")
        migrations.downgrade(database, "base")
        with database.reading() as tx:
            assert shape(tx) == {}

        migrations.upgrade(database)
        for to in ("0001", "base"):
            with pytest.raises(LedgerError) as refused:
                migrations.downgrade(database, to)
            assert "Restore the backup" in refused.value.message
        assert migrations.pending(database) == ()

    def test_a_failure_leaves_nothing(self, database: Database) -> None:
        """A revision that fails half-way leaves the database as it was."""
        with database.writing() as tx:
            tx.exec_driver_sql("CREATE TABLE pairing (of_somebody_else INTEGER)")

        with pytest.raises(LedgerError):
            migrations.upgrade(database)

        with database.reading() as tx:
            assert list(shape(tx)) == ["pairing"]
        assert migrations.revision(database) is None

    def test_a_newer_version_is_refused(self, database: Database) -> None:
        """A database that a newer program changed is refused, naming both ways out."""
        migrations.upgrade(database)
        with database.writing() as tx:
            tx.exec_driver_sql("UPDATE counterfoil_version SET version_num = '9999'")

        for use in (migrations.upgrade, migrations.pending):
            with pytest.raises(LedgerError) as refused:
                use(database)
            assert "newer version" in refused.value.message
            assert "9999" in refused.value.message
            assert "Install that version" in refused.value.message
            assert "backup" in refused.value.message

    def test_several_processes_may_start_at_once(self, database_url: str) -> None:
        """Processes that open an empty database at the same moment all find it upgraded."""
        program = (
            "import sys; from counterfoil.ledger import open_ledger; sys.stdin.read(1);"
            "open_ledger(sys.argv[1]).close()"
        )
        started = [
            subprocess.Popen(
                [sys.executable, "-c", program, database_url],
                stdin=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env={"PYTHONPATH": str(ROOT / "src")},
            )
            for _ in range(3)
        ]
        for process in started:
            assert process.stdin is not None
            process.stdin.write(b"!")
            process.stdin.flush()
        errors = [process.communicate()[1].decode() for process in started]

        assert errors == ["", "", ""]
        database = Database(database_url)
        assert migrations.pending(database) == ()
        database.close()

    def test_an_upgraded_database_opens_without_alembic(self, sqlite_ledger_url: str) -> None:
        """Opening a database that is up to date does not pay for importing Alembic."""
        program = (
            "import sys; from counterfoil.ledger import open_ledger;"
            "open_ledger(sys.argv[1]).close(); sys.exit('alembic' in sys.modules)"
        )
        command = [sys.executable, "-c", program, sqlite_ledger_url]

        assert (
            subprocess.run(command, check=False, env={"PYTHONPATH": str(ROOT / "src")}).returncode
            == 0
        )

    def test_no_table_changes_under_a_running_hub(
        self, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A file that a hub of an older version holds is not upgraded beneath it."""
        monkeypatch.setattr(migrations, "BUSY_TIMEOUT_MS", 0)
        older, newer = Database(sqlite_url), Database(sqlite_url)

        with hold(older), pytest.raises(LedgerInUseError):
            migrations.upgrade(newer)
        with hold(older):
            migrations.upgrade(older)
            assert migrations.pending(newer) == ()
        older.close()
        newer.close()

    def test_a_percent_sign_in_the_path_is_no_riddle(
        self, sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """An installation in a folder with a percent sign upgrades like any other."""
        folder = tmp_path / "100% ours"
        folder.symlink_to(Path(migrations.__file__).parent, target_is_directory=True)
        monkeypatch.setattr(migrations, "__file__", str(folder / "__init__.py"))

        database = open_ledger(sqlite_url)

        assert migrations.pending(database) == ()
        database.close()
