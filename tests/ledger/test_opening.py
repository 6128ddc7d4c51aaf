"""Opening: what is lost is never taken for what is new, and nothing is left for others to read."""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from counterfoil.errors import LedgerError
from counterfoil.ledger import open_ledger
from counterfoil.ledger.database import sqlite_url
from counterfoil.ledger.opening import check_whole

posix = pytest.mark.skipif(os.name == "nt", reason="rights of files are POSIX's")


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The bytes of a new ledger."""
    file = tmp_path_factory.mktemp("opening") / "template.db"
    open_ledger(sqlite_url(file)).close()
    return file.read_bytes()


def _changed(*statements: str) -> Callable[[Path], None]:
    def change(file: Path) -> None:
        with closing(sqlite3.connect(file)) as raw:
            raw.executescript(";".join(statements))

    return change


def _cut(file: Path) -> None:
    file.write_bytes(b"")


def _not_sqlite(file: Path) -> None:
    file.write_bytes(b"Dear diary, " * 1_000)


def _foreign(file: Path) -> None:
    file.unlink()
    _changed("CREATE TABLE customer (id INTEGER)")(file)


@pytest.mark.parametrize(
    "spoil, says",
    [
        pytest.param(_cut, "is empty: 0 bytes", id="zero bytes"),
        pytest.param(_not_sqlite, "not a Counterfoil database", id="another file"),
        pytest.param(_foreign, "holds no tables of Counterfoil", id="another program's"),
        pytest.param(
            _changed("UPDATE counterfoil_version SET version_num = '9999'"),
            "A newer version of Counterfoil",
            id="a newer version's",
        ),
        pytest.param(
            _changed("DELETE FROM counterfoil_version"), "cut off", id="no version is told"
        ),
        pytest.param(_changed("DROP TABLE tally"), "lacks 1 of its tables", id="a part"),
    ],
)
def test_what_is_no_ledger_is_refused(
    tables: bytes, tmp_path: Path, spoil: Callable[[Path], None], says: str
) -> None:
    """Each in its own sentence, and the file stays as it is."""
    file = tmp_path / "hub.db"
    file.write_bytes(tables)
    spoil(file)
    before = file.read_bytes()
    with pytest.raises(LedgerError) as caught:
        open_ledger(sqlite_url(file))

    assert says in caught.value.message
    assert len(file.read_bytes()) == len(before)


def test_what_is_not_there_is_made_only_where_it_may_be(tmp_path: Path) -> None:
    """A mistyped path makes no file and no folder, and is told."""
    file = tmp_path / "typo" / "hub.db"
    with pytest.raises(LedgerError) as caught:
        open_ledger(sqlite_url(file), makes=False)

    assert str(file) in caught.value.message
    assert list(tmp_path.iterdir()) == []


def test_a_making_that_was_cut_off_leaves_nothing_in_the_way(tmp_path: Path) -> None:
    """A file appears in its place whole or not at all; what is beside it is made anew."""
    file = tmp_path / "hub.db"
    (tmp_path / "hub.db.new").write_bytes(b"half a file")
    open_ledger(sqlite_url(file)).close()

    assert sorted(each.name for each in tmp_path.iterdir()) == ["hub.db", "hub.db.lock"]


@posix
@pytest.mark.parametrize("room_kib", [8, 200, 640])
def test_a_disk_without_room_is_left_as_it_was(tmp_path: Path, room_kib: int) -> None:
    """Whenever the room ends: it is told, nothing stays, and with room it is made."""
    import resource

    file = tmp_path / "hub.db"
    usual = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room_kib * 1024, usual[1]))
    try:
        with pytest.raises(LedgerError):
            open_ledger(sqlite_url(file))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, usual)

    assert [each.name for each in tmp_path.iterdir()] == ["hub.db.lock"]
    open_ledger(sqlite_url(file)).close()


@posix
class TestRights:
    def test_what_is_made_is_the_users_alone(self, tmp_path: Path) -> None:
        """Folder, file, what SQLite keeps beside it, and the lock."""
        folder = tmp_path / "made" / "data"
        with closing(open_ledger(sqlite_url(folder / "hub.db"))) as ledger:
            with ledger.writing() as tx:
                tx.exec_driver_sql("UPDATE ledger SET epoch = epoch")
            found = {each.name: stat.S_IMODE(each.stat().st_mode) for each in folder.iterdir()}

        assert {"hub.db", "hub.db-wal", "hub.db-shm"} <= set(found)
        assert set(found.values()) == {0o600}
        assert {stat.S_IMODE(each.stat().st_mode) for each in (folder, folder.parent)} == {0o700}

    def test_what_is_looser_is_put_right(self, tables: bytes, tmp_path: Path) -> None:
        """A file that an older version made, or a copy; a folder that was there stays."""
        file = tmp_path / "hub.db"
        file.write_bytes(tables)
        file.chmod(0o644)
        tmp_path.chmod(0o755)
        open_ledger(sqlite_url(file)).close()

        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o755

    def test_a_folder_that_takes_nothing_is_named(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The sentence says which folder, and why."""
        monkeypatch.setattr(
            "counterfoil.ledger.opening.cannot_write_in", lambda _folder: "Read-only file system"
        )
        with pytest.raises(LedgerError) as caught:
            open_ledger(sqlite_url(tmp_path / "hub.db"))

        assert str(tmp_path) in caught.value.message
        assert "Read-only file system" in caught.value.message


class TestChecking:
    def test_a_whole_file_is_whole(self, tables: bytes, tmp_path: Path) -> None:
        """And where the time is too short, nothing is claimed."""
        file = tmp_path / "hub.db"
        file.write_bytes(tables)
        with closing(open_ledger(sqlite_url(file))) as ledger:
            assert check_whole(ledger, within_s=60)

    def test_a_damaged_one_is_told(self, tables: bytes, tmp_path: Path) -> None:
        """A page in the middle that a disk has lost."""
        file = tmp_path / "hub.db"
        file.write_bytes(tables)
        with closing(open_ledger(sqlite_url(file))) as ledger:
            page = 4_096
            spoilt = bytearray(file.read_bytes())
            half = len(spoilt) // page // 2 * page
            spoilt[half : half + 8 * page] = b"\xff" * 8 * page
        file.write_bytes(spoilt)
        with (
            pytest.raises(LedgerError, match="is damaged"),
            closing(open_ledger(sqlite_url(file))) as ledger,
        ):
            check_whole(ledger, within_s=60)
