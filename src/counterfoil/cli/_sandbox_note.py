"""Where the sandbox that was started last on this computer is reached: noted in a file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["noted", "noted_url", "read_note"]


def _note() -> Path:
    from counterfoil.hub.configuration import default_folder

    return default_folder() / "sandbox-url"


@contextmanager
def noted(url: str) -> Iterator[None]:
    """Note where the sandbox is, so that other commands find it without being told."""
    note = _note()
    try:
        note.parent.mkdir(parents=True, exist_ok=True)
        note.write_text(url, encoding="utf-8")
    except OSError:  # then it has to be told
        pass
    try:
        yield
    finally:
        if note.exists() and note.read_text(encoding="utf-8") == url:
            note.unlink()


def read_note() -> str | None:
    """Give its address; ``None``: none runs, or it could not be noted."""
    try:
        return _note().read_text(encoding="utf-8").strip()
    except OSError:
        return None


def noted_url() -> str:
    """Give its address.

    Raises:
        UsageError: None is noted.
    """
    from counterfoil.errors import UsageError

    found = read_note()
    if found is None:
        raise UsageError(
            "No sandbox runs on this computer. Start one with: counterfoil sandbox serve --port "
            "8090, or name it with --url."
        )
    return found
