"""``counterfoil demo``, as it is typed; ``demo`` plays it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ._state import Json

__all__ = ["demo"]


def demo(
    once: Annotated[bool, typer.Option("--once", help="End after the work is done.")] = False,
    json: Json = False,
    data: Annotated[
        Path | None,
        typer.Option("--data", metavar="DIR", help="Folder with CSV files; default: a sample."),
    ] = None,
    port: Annotated[
        int, typer.Option("--port", min=0, max=65535, help="0 chooses a free one.")
    ] = 8080,
) -> None:
    """See the whole thing work, without any account."""
    from .demo import run_demo

    raise typer.Exit(run_demo(once=once, as_json=json, data=data, port=port))
