"""Where a request comes from: the one place that says so."""

from __future__ import annotations

from fastapi import Request

__all__ = ["source_of"]


def source_of(request: Request) -> str:
    """Give the address of whoever asks; behind a trusted proxy, the one that the proxy names.

    The server has put it in its place already; no header is read here.
    """
    return request.client.host if request.client is not None else ""
