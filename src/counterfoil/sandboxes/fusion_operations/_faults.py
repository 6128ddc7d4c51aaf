"""Faults that can be switched on per path, as real services show them.

A fault waits for calls that fit it, lets ``skip`` of them pass, then spoils ``times`` of
them.  What each kind does is the table ``KINDS``.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Literal

import msgspec

__all__ = ["AFTER", "Fault", "FaultKind", "due"]


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


class Fault(msgspec.Struct, rename="kebab", forbid_unknown_fields=True):
    """One switched-on fault.

    Attributes:
        path: Pattern with ``*`` and ``?`` for the path below ``/api/v1``.
        skip: How many fitting calls pass unharmed first.
        times: How many are spoiled after that.
        seconds: How long a timeout keeps silent.
        company: Only this company's calls, ``None``: everybody's.
    """

    kind: FaultKind
    path: str = "*"
    method: Literal["*", "GET", "POST", "PUT", "PATCH", "DELETE"] = "*"
    skip: int = 0
    times: int = 1
    seconds: float = 30.0
    company: str | None = None

    def fits(self, method: str, path: str, company: str) -> bool:
        """Whether a call is one this fault waits for."""
        return (
            self.times > 0
            and self.method in {"*", method}
            and fnmatchcase(path, self.path)
            and self.company in {None, company}
        )


def due(faults: Iterable[Fault], method: str, path: str, company: str) -> Fault | None:
    """Count the call on every fault that fits; give the first that spoils it."""
    for fault in faults:
        if not fault.fits(method, path, company):
            continue
        if fault.skip:
            fault.skip -= 1
            continue
        fault.times -= 1
        return fault
    return None
