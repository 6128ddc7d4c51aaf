"""Files and folders that only the user who runs the hub may read.

On POSIX systems: folders that we make are 0700 and files 0600, and what is looser is put right
where it is ours.  On Windows the rights of a folder hold for what is in it, and a user's data
folder is that user's alone already; nothing is done there.
"""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

__all__ = [
    "cannot_write_in",
    "is_loose",
    "make_private_folder",
    "private_umask",
    "sync_folder",
    "tighten",
    "write_private",
]

_HAS_MODES: Final = os.name != "nt"
_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO


def make_private_folder(folder: Path) -> None:
    """Make a folder and those above it that are not there yet; what is there stays as it is."""
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    for each in reversed(missing):
        each.mkdir(mode=0o700, exist_ok=True)


def is_loose(path: Path) -> bool:
    """Whether others than its owner may read or write a file."""
    return _HAS_MODES and bool(path.stat().st_mode & _OTHERS)


def tighten(path: Path) -> None:
    """Take from others what they may do with a file or folder, where it is there and ours."""
    if not _HAS_MODES:
        return
    try:
        found = path.stat()
        if found.st_mode & _OTHERS and found.st_uid == os.geteuid():
            path.chmod(stat.S_IMODE(found.st_mode) & ~_OTHERS)
    except FileNotFoundError:
        return


@contextmanager
def private_umask() -> Iterator[None]:
    """Let files that are made meanwhile be the user's alone."""
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)


def write_private(path: Path, text: str) -> None:
    """Put a text in a file's place, wholly or not at all, readable by its owner alone.

    Raises:
        OSError: It cannot be written; what was there is still there.
    """
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Bring new names in a folder to the disk, where the system can (Windows does so itself)."""
    if not _HAS_MODES:
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def cannot_write_in(folder: Path) -> str | None:
    """Say why no file can be made in a folder; ``None``: one can."""
    try:
        with tempfile.TemporaryFile(dir=folder):
            return None
    except OSError as error:
        return error.strerror or type(error).__name__
