"""Bodies that may be large: read within a limit, before anything else is done with them."""

from __future__ import annotations

from typing import Final

from fastapi import Request

__all__ = ["QBXML_LIMIT_BYTES", "read_body"]

# An answer of QuickBooks can be a large part of a company file.
QBXML_LIMIT_BYTES: Final = 64 * 2**20


async def read_body(request: Request, limit_bytes: int) -> bytes | None:
    """Read the body; ``None``: it is larger than the limit."""
    chunks: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > limit_bytes:
            return None
        chunks.append(chunk)
    return b"".join(chunks)
