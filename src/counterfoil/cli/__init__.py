"""The command line: every verb of the hub, for people and for scripts."""

from __future__ import annotations

import gc
from typing import Any, Final

__all__ = ["app", "main"]

# What a command loads are some 140,000 objects that stay.  Looking through them for garbage, and
# once more at the end, is a third of its CPU (benchmarks/startup.py).
_COLLECT_AFTER: Final = 400_000


def main() -> None:
    """Run the command line, and end the process with the command's exit code."""
    gc.set_threshold(_COLLECT_AFTER)
    from ._app import app

    try:
        app()
    finally:
        gc.freeze()  # what is left ends with the process


def __getattr__(name: str) -> Any:
    """Give the Typer application as ``app``, put together when somebody asks for it."""
    if name != "app":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from ._app import app

    return app
