"""What pages load: our stylesheet and icon, and htmx as it was published, byte for byte.

Each is asked for with a digest of its content, so a browser keeps it for good and has the new one
as soon as there is one.  Where the foreign ones come from stands in ``static/VENDOR.md``.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse

from counterfoil.api.errors import ApiError

__all__ = ["add", "asset"]

_FOLDER: Final = Path(__file__).parent / "static"
_TYPES: Final = {
    "console.css": "text/css",
    "htmx.min.js": "text/javascript",
    "hx-sse.min.js": "text/javascript",
    "icon.svg": "image/svg+xml",
}
_FOR_GOOD: Final = "public, max-age=31536000, immutable"
_A_WHILE: Final = "public, max-age=300"


@cache
def _digest(name: str) -> str:
    return hashlib.sha256((_FOLDER / name).read_bytes()).hexdigest()[:12]


def asset(name: str) -> str:
    """Give the address of a file that pages load."""
    assert name in _TYPES, "it is one of ours"
    return f"/static/{name}?v={_digest(name)}"


def add(routes: APIRouter) -> None:
    """Add the route."""

    @routes.get("/static/{name}")
    def load(name: str, request: Request) -> FileResponse:
        if name not in _TYPES:
            raise ApiError(404, "There is no such file.")
        is_known = request.query_params.get("v") == _digest(name)
        return FileResponse(
            _FOLDER / name,
            media_type=_TYPES[name],
            headers={"Cache-Control": _FOR_GOOD if is_known else _A_WHILE},
        )
