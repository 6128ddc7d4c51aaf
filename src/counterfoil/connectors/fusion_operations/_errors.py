"""Fusion Operations as a service that is called: its names, and how it says no."""

from __future__ import annotations

import json
from typing import Final

from counterfoil.connectors.called import Fate, Said, Service, clean_line, words_of

__all__ = ["NAME", "SERVICE", "SYSTEM", "error_field", "error_text"]

SYSTEM: Final = "fusion-operations"
NAME: Final = "Fusion Operations"
TEXT_LENGTH_MAX: Final = 500
FIELD_LENGTH_MAX: Final = 200


def error_text(body: bytes) -> str:
    """Give what an error body says, at most 500 characters.

    Its shape is not documented: ours is JSON with ``error``; it may be anything, an HTML
    page of a proxy included (A12).
    """
    found = _json_error(body).get("error")
    return clean_line(found, TEXT_LENGTH_MAX) if isinstance(found, str) else words_of(body)


def error_field(body: bytes) -> str | None:
    """Give the property an error body names, if it does."""
    found = _json_error(body).get("field")
    return clean_line(found, FIELD_LENGTH_MAX) if isinstance(found, str) else None


def _json_error(body: bytes) -> dict[str, object]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _said(status: int, body: bytes) -> Said:
    return Said(status=status, text=error_text(body), field=error_field(body))


SERVICE: Final = Service(
    system=SYSTEM,
    name=NAME,
    statuses=(
        (401, 401, Fate.REFUSED, "does not accept the API key and secret of this connection"),
        (403, 403, Fate.REFUSED, "does not let this API key do that"),
    ),
    reads=_said,
)
