"""The command line: every verb of the hub, for people and for scripts."""

from __future__ import annotations

from typing import Any

__all__ = ["app", "main"]


def main() -> None:
    """Run the command line, and end the process with the command's exit code."""
    from ._app import app

    app()


def __getattr__(name: str) -> Any:
    """Give the Typer application as ``app``, put together when somebody asks for it."""
    if name != "app":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from ._app import app

    return app
