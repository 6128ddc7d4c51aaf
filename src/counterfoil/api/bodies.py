"""Bodies that may be large: read within a limit, before anything else is done with them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

from fastapi import Request

__all__ = ["FORM_LIMIT_BYTES", "QBXML_LIMIT_BYTES", "SMALL_LIMIT_BYTES", "read_body", "told_length"]

# An answer of QuickBooks can be a large part of a company file.
QBXML_LIMIT_BYTES: Final = 64 * 2**20
# As much is taken from whoever has not shown yet who he is.
SMALL_LIMIT_BYTES: Final = 256 * 2**10

# A file of settings or names that somebody hands in on a page.
FORM_LIMIT_BYTES: Final = 2 * 2**20

MayBeLarge = Callable[[bytes], Awaitable[bool]]
"""Is shown the beginning of a body; says whether all of it may come."""


async def read_body(
    request: Request, limit_bytes: int, *, may_be_large: MayBeLarge | None = None
) -> bytes | None:
    """Read the body; ``None``: it is larger than it may be.

    What the request says of its length is judged before a byte is read, and what comes is
    counted, for it may say nothing.

    Args:
        request: The request.
        limit_bytes: The most that anybody may send.
        may_be_large: Asked once, when the body is larger than ``SMALL_LIMIT_BYTES``; default:
            it may.
    """
    if told_length(request) > limit_bytes:
        return None
    body = bytearray()
    async for chunk in request.stream():
        if may_be_large is not None and len(body) + len(chunk) > SMALL_LIMIT_BYTES:
            if not await may_be_large(bytes(body + chunk)[:SMALL_LIMIT_BYTES]):
                return None
            may_be_large = None
        if len(body) + len(chunk) > limit_bytes:
            return None
        body += chunk
    return bytes(body)


def told_length(request: Request) -> int:
    """Give the length the request tells of itself; 0: it tells none that can be read."""
    told = request.headers.get("content-length", "")
    # More digits than these are more bytes than anybody sends.
    return int(told[:18]) if told.isascii() and told.isdigit() else 0
