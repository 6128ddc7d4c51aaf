"""What QuickBooks' refusals mean for a document: the one table of this connector.

``qbxml.status`` says of every status code what follows (again, re-read, a person ...);
here the codes that stop a document get the refusal a bookkeeper reads.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from counterfoil.documents import Refusal, refuse
from counterfoil.engine.operations import Busy, Outcome, Refused, Unknown
from counterfoil.engine.settling import Asked, Kind

from .qbxml import Problem, Reply
from .qbxml.status import NAME_IN_USE, status

__all__ = ["of_problem", "outcome", "reading", "unreadable_request"]

TARGET: Final = "QuickBooks"

# Codes that stop a document for a reason with a refusal of its own; all others are
# plain rejections in QuickBooks' words.
_CODES: Final[Mapping[int, str]] = {
    1030: "feature-missing",
    3161: "period-closed",
    3171: "period-closed",
    3220: "permission-missing",
    3250: "feature-missing",
    3260: "permission-missing",
    3261: "permission-missing",
    3262: "permission-missing",
    3263: "permission-missing",
    3264: "permission-missing",
}


def outcome(asked: Asked, reply: Reply) -> Outcome:
    """Say what a reply that is no success means for what was asked."""
    code = reply.status_code
    if code is None:
        return Unknown("QuickBooks gave no status")
    found = status(code, reply.message)
    match found.action:
        case "again" | "re-read":
            # After a re-read the next plan is made from what the books hold then.
            return Busy(f"QuickBooks says: {reply.message or found.meaning}")
        case "unknown":
            return Unknown(f"QuickBooks says: {reply.message or found.meaning}")
        case "ok" | "data" | "user" | "bug":
            return Refused(_refusal(asked, reply, found.action), str(code))


def reading(asked: Asked, reply: Reply) -> Outcome:
    """Say what a reading that failed means.

    What a person has to change first is a refusal; everything else is simply tried again.
    """
    code = reply.status_code
    if code is not None and status(code, reply.message).action == "user":
        return Refused(_refusal(asked, reply, "user"), str(code))
    return Busy(f"QuickBooks says: {reply.message} ({reply.name} {reply.status_code})")


def _refusal(asked: Asked, reply: Reply, action: str) -> Refusal:
    code = reply.status_code or 0
    detail = f"{reply.name} {code}: {reply.message}"
    subject = (asked.subject or "document").replace("-", " ")
    if action == "bug":
        return refuse("request-invalid", target=TARGET, document=subject, detail=detail)
    if code == NAME_IN_USE and asked.kind is Kind.CREATE_RECORD:
        return refuse(
            "name-taken",
            value=asked.name,
            kind=subject,
            other="record",
            target=TARGET,
            detail=detail,
        )
    return refuse(
        _CODES.get(code, "rejected"),
        target=TARGET,
        document=subject,
        problem=reply.message or f"status {code}",
        value=asked.name,
        detail=detail,
    )


def unreadable_request(asked: Asked, detail: str) -> Outcome:
    """Refuse the one request for which QuickBooks refused a whole set unread."""
    subject = (asked.subject or "document").replace("-", " ")
    return Refused(refuse("request-invalid", target=TARGET, document=subject, detail=detail))


_PROBLEMS: Final[Mapping[str, str]] = {
    "too-long": "value-too-long",
    "unholdable": "text-unholdable",
    "control-character": "value-unfit",
    "bad-format": "value-unfit",
    "bad-choice": "value-unfit",
    "wrong-kind": "value-unfit",
}


def of_problem(problem: Problem) -> Refusal:
    """Make the refusal of what would be refused, before it is sent."""
    code = _PROBLEMS.get(problem.code)
    if code is None:
        return refuse(
            "request-invalid",
            where=problem.path,
            value=problem.value,
            target=TARGET,
            document="document",
            detail=problem.message,
        )
    return refuse(
        code,
        where=problem.path,
        value=problem.value,
        field=problem.path,
        length=len(problem.value),
        limit="fewer",
        target=TARGET,
        problem=problem.message,
        setting="general.unholdable_characters",
        detail=problem.message,
    )
