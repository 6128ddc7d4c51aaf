"""Faults a company file can be told to have (7.7, 1.6).

One row per kind: where it strikes and what QuickBooks says then.  How faults
wait and are used up is the kit's ``FaultPlan``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from counterfoil.sandboxes.kit import ArmedFault
from counterfoil.sandboxes.quickbooks_desktop import _refusals as status

# session: BeginSession fails.  set: ProcessRequest throws.  request: one request is refused.
Stage = Literal["session", "set", "request"]

UNEXPECTED_ERROR = "0x80040402"
PARSE_ERROR = "0x80040400"
CLOSED_NO_FILE = "0x80040416"
CANNOT_START = "0x80040408"
OTHER_FILE_OPEN = "0x8004040A"
INVALID_TICKET = "0x8004040D"
NO_ROLLBACK = "0x80040413"


@dataclass(frozen=True, slots=True)
class FaultKind:
    """``code`` is an HRESULT for sessions and sets, a status code for requests."""

    stage: Stage
    code: str
    message: str


FAULT_KINDS: Mapping[str, FaultKind] = MappingProxyType(
    {
        "access-denied": FaultKind(
            "session", "0x80040420", "The QuickBooks user has denied access."
        ),
        "busy": FaultKind("session", "0x80040424", "QuickBooks did not finish its start."),
        "cannot-store": FaultKind("set", "9005", "QuickBooks could not store the response."),
        "closed": FaultKind(
            "session",
            CLOSED_NO_FILE,
            "If the QuickBooks company data file is not open, a call to the BeginSession method "
            "must include the name of the data file.",
        ),
        "crash-after-commit": FaultKind(
            "set", UNEXPECTED_ERROR, "QuickBooks ended unexpectedly; see qbsdklog.txt."
        ),
        "crash-before": FaultKind(
            "set", UNEXPECTED_ERROR, "QuickBooks ended unexpectedly; see qbsdklog.txt."
        ),
        "crash-midway": FaultKind(
            "set", UNEXPECTED_ERROR, "QuickBooks ended unexpectedly; see qbsdklog.txt."
        ),
        "internal-error": FaultKind(
            "request", str(status.INTERNAL), "There has been an internal error."
        ),
        "locked-list": FaultKind(
            "request",
            str(status.LIST_LOCKED),
            "The list could not be locked: another user is changing it.",
        ),
        "locked-record": FaultKind(
            "request",
            str(status.RECORD_LOCKED),
            "The transaction could not be locked.  It is in use by another user.",
        ),
        "locked-related": FaultKind(
            "request",
            str(status.RELATED_LOCKED),
            "A related object is in use by another user and could not be locked.",
        ),
        "modal-dialog": FaultKind(
            "session",
            "0x80040414",
            "A modal dialog box is showing in the QuickBooks user interface.  Your application "
            "cannot access QuickBooks until the user dismisses the dialog box.",
        ),
        "modal-dialog-during-run": FaultKind(
            "set", "0x80040414", "A modal dialog box is showing in the QuickBooks user interface."
        ),
        "no-permission": FaultKind(
            "request",
            str(status.NO_PERMISSION),
            "The QuickBooks user has no permission for this request.",
        ),
        "no-personal-data": FaultKind(
            "request",
            str(status.NO_PERSONAL_DATA),
            "The application has no permission to read personal data.",
        ),
        "not-authorised": FaultKind(
            "session",
            "0x80040418",
            "This application has not accessed this QuickBooks company data file before.  The "
            "QuickBooks administrator must grant it permission.",
        ),
        "other-mode": FaultKind(
            "session",
            "0x80040410",
            "The QuickBooks company data file is already open in a mode other than the one "
            "specified.",
        ),
        "permission": FaultKind(
            "session",
            "0x8004041A",
            "This application does not have permission to access this QuickBooks company data "
            "file.",
        ),
        "read-only": FaultKind(
            "request", str(status.READ_ONLY), "The application has read-only access."
        ),
        "too-many-iterators": FaultKind(
            "request", str(status.TOO_MANY_ITERATORS), "Too many iterators are open."
        ),
        "unavailable": FaultKind(
            "request", str(status.UNAVAILABLE), "The system is not available."
        ),
        "unreachable": FaultKind("session", CANNOT_START, "Could not start QuickBooks."),
        "wrong-file": FaultKind(
            "session",
            OTHER_FILE_OPEN,
            "A QuickBooks company data file is already open and it is different from the one "
            "requested.",
        ),
    }
)


class Fault(ArmedFault, frozen=True, forbid_unknown_fields=True):
    """An armed fault.

    Attributes:
        kind: One of ``FAULT_KINDS``.
        match: Part of a request's name; it strikes nothing else.  Empty: whatever comes.
        done: For ``crash-midway``: how many requests are carried out before it.
    """

    kind: str
    match: str = ""
    done: int = 0

    def __post_init__(self) -> None:
        if self.kind not in FAULT_KINDS:
            raise ValueError(
                f"fault kind {self.kind!r} is unknown; choose one of {', '.join(FAULT_KINDS)}"
            )

    @property
    def what(self) -> FaultKind:
        return FAULT_KINDS[self.kind]

    def strikes(self, stage: Stage, names: tuple[str, ...] = ()) -> bool:
        """Whether this is a chance it waits for; ``names`` are the requests at hand."""
        return self.what.stage == stage and (
            not self.match or any(self.match in name for name in names)
        )
