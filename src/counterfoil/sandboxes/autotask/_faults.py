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

    ERRORS = "errors"
    """500 with the texts in ``errors``; nothing was done."""
    HTML = "html"
    """A web server's HTML page with ``status`` (502, 503, ...); nothing was done."""
    UNAUTHORIZED = "unauthorized"
    """401, as after an expired password."""
    FORBIDDEN = "forbidden"
    """403 without a body."""
    TOO_MANY = "too-many"
    """429, with ``retry_after`` as its header if given."""
    TIMEOUT_BEFORE = "timeout-before"
    """No answer for ``seconds``, and nothing was done."""
    TIMEOUT_AFTER = "timeout-after"
    """Carried out, but no answer for ``seconds``: the reply is lost."""
    HTML_AFTER = "html-after"
    """Carried out, and answered with an HTML page with ``status``."""
    TRUNCATED = "truncated"
    """Carried out; the JSON of the answer ends in the middle."""
    EMPTY_BODY = "empty-body"
    """Carried out; 200 without a body."""
    NOTHING_FOUND = "nothing-found"
    """A query finds nothing, whatever there is."""


AFTER = {
    FaultKind.TIMEOUT_AFTER,
    FaultKind.HTML_AFTER,
    FaultKind.TRUNCATED,
    FaultKind.EMPTY_BODY,
}
"""Kinds that let the call be carried out first."""


class Fault(ArmedFault, frozen=True, kw_only=True, rename="kebab", forbid_unknown_fields=True):
    """One switched-on fault.

    Attributes:
        path: Pattern with ``*`` and ``?`` for the path below the version, in lower case.
        count: How many fitting calls are spoiled; ``times`` in JSON.
        seconds: How long a timeout keeps silent.
        tenant: Only this tenant's calls, ``None``: everybody's.
    """

    kind: FaultKind
    path: str = "*"
    method: Literal["*", "GET", "POST", "PUT", "PATCH", "DELETE"] = "*"
    count: int | None = msgspec.field(default=1, name="times")
    status: int = 502
    errors: tuple[str, ...] = ("An unexpected error has occurred. Reference Error ID: 1166",)
    retry_after: str | None = None
    seconds: float = 30.0
    tenant: str | None = None

    def fits(self, method: str, path: str, tenant: str) -> bool:
        """Whether a call is one this fault waits for."""
        return (
            self.method in {"*", method}
            and fnmatchcase(path, self.path.lower())
            and self.tenant in {None, tenant}
        )
