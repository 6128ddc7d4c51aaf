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

    FAULT = "fault"
    """A fault with ``code`` and ``detail``; nothing was done."""
    FAULT_AFTER = "fault-after"
    """Carried out, and answered with a fault: 10000 tells nothing about what was done."""
    FAULT_IN_200 = "fault-in-200"
    """A fault with ``code`` and ``detail``, though HTTP says 200; nothing was done."""
    UNAUTHORIZED = "unauthorized"
    """401, as after an expired token."""
    FORBIDDEN = "forbidden"
    """403: keys of the other environment."""
    THROTTLED = "throttled"
    """429 in ``format``, with ``retry_after`` as its header if given."""
    HTML = "html"
    """A web server's HTML page with ``status`` (502, 503, ...); nothing was done."""
    HTML_AFTER = "html-after"
    """Carried out, and answered with an HTML page with ``status``."""
    TIMEOUT_BEFORE = "timeout-before"
    """No answer for ``seconds``, and nothing was done."""
    TIMEOUT_AFTER = "timeout-after"
    """Carried out, but no answer for ``seconds``: the reply is lost."""
    TRUNCATED = "truncated"
    """Carried out; the answer ends in the middle."""
    XML = "xml"
    """Carried out, and answered in XML though JSON was asked for."""
    SLOW = "slow"
    """Carried out and answered, after ``seconds``."""
    INVALID_GRANT = "invalid-grant"
    """400 invalid_grant, with ``detail`` as its description if given; nothing was done."""


AFTER = {
    FaultKind.FAULT_AFTER,
    FaultKind.HTML_AFTER,
    FaultKind.TIMEOUT_AFTER,
    FaultKind.TRUNCATED,
    FaultKind.XML,
    FaultKind.SLOW,
}
"""Kinds that let the call be carried out first."""


class Fault(ArmedFault, frozen=True, kw_only=True, rename="kebab", forbid_unknown_fields=True):
    """One switched-on fault.

    Attributes:
        path: Pattern with ``*`` and ``?`` for the path in lower case: below the company
            (``bill``, ``batch``), or from the root (``oauth2/v1/tokens/bearer``).
        count: How many fitting calls are spoiled; ``times`` in JSON.
        seconds: How long a timeout keeps silent.
        realm: Only this company's calls, ``None``: everybody's.
    """

    kind: FaultKind
    path: str = "*"
    method: Literal["*", "GET", "POST"] = "*"
    count: int | None = msgspec.field(default=1, name="times")
    status: int = 502
    code: int = 10000
    detail: str = ""
    format: Literal["json", "xml"] = "json"
    retry_after: str | None = None
    seconds: float = 30.0
    realm: str | None = None

    def fits(self, method: str, path: str, realm: str) -> bool:
        """Whether a call is one this fault waits for."""
        return (
            self.method in {"*", method}
            and fnmatchcase(path.lower(), self.path.lower())
            and self.realm in {None, realm}
        )
