"""Faults that can be switched on per path, as real services show them.

How faults wait and are used up is the kit's ``FaultPlan``; here stand what they do and which
calls fit.
"""

from __future__ import annotations

from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Literal

import msgspec

from counterfoil.sandboxes.kit import ArmedFault

__all__ = ["AFTER", "Fault", "FaultKind"]


class FaultKind(StrEnum):
    """What goes wrong."""

    ERROR_BEFORE = "error-before"
    """500, and nothing was done."""
    ERROR_AFTER = "error-after"
    """500, although the write was carried out."""
    TIMEOUT_BEFORE = "timeout-before"
    """No answer for ``seconds``, and nothing was done."""
    TIMEOUT_AFTER = "timeout-after"
    """Carried out, but no answer for ``seconds``."""
    TRUNCATED = "truncated"
    """Carried out; the JSON of the answer ends in the middle."""
    HTML = "html"
    """A proxy's HTML page with status 502; nothing was done."""
    HTML_OK = "html-ok"
    """A sign-in page in HTML with status 200; nothing was done."""
    UNAUTHORIZED = "unauthorized"
    """401: the token is revoked in the middle of a run."""
    TOO_MANY = "too-many"
    """429 without ``Retry-After``."""
    DUPLICATE = "duplicate"
    """A list shows its first element twice."""


AFTER = {
    FaultKind.ERROR_AFTER,
    FaultKind.TIMEOUT_AFTER,
    FaultKind.TRUNCATED,
    FaultKind.DUPLICATE,
}
"""Kinds that let the call be carried out first."""


class Fault(ArmedFault, frozen=True, kw_only=True, rename="kebab", forbid_unknown_fields=True):
    """One switched-on fault.

    Attributes:
        path: Pattern with ``*`` and ``?`` for the path below ``/api/v1``.
        count: How many fitting calls are spoiled; ``times`` in JSON.
        seconds: How long a timeout keeps silent.
        company: Only this company's calls, ``None``: everybody's.
    """

    kind: FaultKind
    path: str = "*"
    method: Literal["*", "GET", "POST", "PUT", "PATCH", "DELETE"] = "*"
    count: int | None = msgspec.field(default=1, name="times")
    seconds: float = 30.0
    company: str | None = None

    def fits(self, method: str, path: str, company: str) -> bool:
        """Whether a call is one this fault waits for."""
        return (
            self.method in {"*", method}
            and fnmatchcase(path, self.path)
            and self.company in {None, company}
        )
