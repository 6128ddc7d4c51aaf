"""The key file: made once, for its owner alone, and never in place of one that is lost."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from counterfoil.errors import LedgerError, SettingsError
from counterfoil.hub.vault import load_keys

posix = pytest.mark.skipif(os.name == "nt", reason="rights of files are POSIX's")


def test_it_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    """And read the next time."""
    file = tmp_path / "data" / "counterfoil.key"
    made = load_keys(None, file)

    assert load_keys(None, file) == made
    if os.name != "nt":
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_a_lost_one_is_not_made_anew(tmp_path: Path) -> None:
    """What was sealed opens with the lost one only, so a new one would hide the loss."""
    file = tmp_path / "counterfoil.key"
    with pytest.raises(SettingsError, match="Put it back"):
        load_keys(None, file, makes=False)

    assert not file.exists()


@posix
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o666])
def test_one_that_others_may_read_is_refused(tmp_path: Path, mode: int) -> None:
    """With the command that mends it."""
    file = tmp_path / "counterfoil.key"
    load_keys(None, file)
    file.chmod(mode)
    with pytest.raises(SettingsError, match="chmod 600"):
        load_keys(None, file)


@pytest.mark.parametrize("held", [b"", b"short", b"\xff\xfe", b"A" * 43])
def test_what_is_no_key_is_told_without_it(tmp_path: Path, held: bytes) -> None:
    """The sentence names the file and shows nothing of what is in it."""
    file = tmp_path / "counterfoil.key"
    file.write_bytes(held)
    file.chmod(0o600)
    with pytest.raises(SettingsError) as caught:
        load_keys(None, file)

    assert "counterfoil.key" in caught.value.message
    assert not held or held.decode("latin-1") not in caught.value.message


def test_a_folder_that_takes_nothing_is_named(tmp_path: Path) -> None:
    """As for the database: which folder, and why."""
    (tmp_path / "file").write_text("")
    with pytest.raises(LedgerError) as caught:
        load_keys(None, tmp_path / "file" / "folder" / "counterfoil.key")

    assert str(tmp_path / "file" / "folder") in caught.value.message


@posix
def test_a_link_to_where_nothing_is_is_a_lost_one(tmp_path: Path) -> None:
    """The volume that holds it is not there yet: nothing is made beside it, or in its place."""
    file = tmp_path / "counterfoil.key"
    file.symlink_to(tmp_path / "volume" / "key")
    with pytest.raises(SettingsError, match="Put it back"):
        load_keys(None, file)

    assert not (tmp_path / "volume").exists()
