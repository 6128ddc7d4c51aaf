"""How a provider says no: ``{"error": ..., "error_description": ...}``, the second at will.

Source: RFC 6749, 5.2; reference 1.6; corrections 2, section 3 (often ``invalid_grant`` alone).
"""

from __future__ import annotations

import json
from typing import Any, Final

from counterfoil.connectors.called import Said, clean_line, words_of
from counterfoil.errors import RejectedError

__all__ = ["INVALID_CLIENT", "INVALID_GRANT", "GrantRefusedError", "said_by"]

INVALID_GRANT: Final = "invalid_grant"
INVALID_CLIENT: Final = "invalid_client"
_TEXT_LENGTH_MAX: Final = 300


class GrantRefusedError(RejectedError):
    """The provider gives no tokens; ``why`` is its word for it, empty where it has none."""

    def __init__(self, message: str, *, why: str, **about: Any) -> None:
        super().__init__(message, **about)
        self.why = why

    @property
    def is_over(self) -> bool:
        """Whether what was given opens nothing any more: the code or the refresh token."""
        return self.why == INVALID_GRANT

    @property
    def is_about_app(self) -> bool:
        """Whether the app's client id or secret is wrong."""
        return self.why in {INVALID_CLIENT, "unauthorized_client"}


def said_by(status: int, body: bytes) -> Said:
    """Read an answer without success; ``field`` is the provider's word."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        return Said(status=status, text=words_of(body))
    if not isinstance(found.get("error"), str):
        # What it holds instead may be what nobody may see.
        return Said(status=status, text="no reason is told")
    word = clean_line(found["error"], _TEXT_LENGTH_MAX)
    told = found.get("error_description")
    described = f": {clean_line(told, _TEXT_LENGTH_MAX)}" if isinstance(told, str) else ""
    # Whatever the status, it was understood and refused (RFC 6749, 5.2); a 5xx is no refusal.
    return Said(status=status, text=f"{word}{described}", field=word)
