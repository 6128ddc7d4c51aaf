"""Statuses a request can end with, and QuickBooks' own words for them.

``RefusedError`` is how a rule stops a request: it carries the status code of
section 6 and the sentence QuickBooks puts into ``statusMessage``.  It never
stops a message set; the request processor turns it into that request's answer.

``QuickBooksConnectionError`` is the other kind: QuickBooks did not answer at all, and
COM gave an HRESULT instead (1.6).
"""

from __future__ import annotations

from dataclasses import dataclass

OK = 0
NO_MATCH = 1
PARTLY_FOUND = 500
FIELD_IGNORED = 530
ALREADY_CLOSED = 570
INTERNAL = 1000
UNAVAILABLE = 1010
UNSUPPORTED = 1030
BAD_REQUEST_ID = 1060
BAD_ID = 3000
BAD_DATE_RANGE = 3030
BAD_TEXT_RANGE = 3031
BAD_INTERVAL = 3035
BAD_QUANTITY = 3060
BAD_NAME = 3090
DUPLICATE_NAME = 3100
NOT_FOUND = 3120
PARENT_NOT_FOUND = 3130
BAD_REFERENCE = 3140
MISSING_ELEMENT = 3150
CONFLICTING_ELEMENTS = 3153
CANNOT_DELETE = 3160
CLOSED_FOR_DELETE = 3161
LIST_LOCKED = 3170
CLOSED_FOR_CHANGE = 3171
RECORD_LOCKED = 3175
RELATED_LOCKED = 3176
SAVE_FAILED = 3180
CANNOT_CLEAR = 3190
STALE = 3200
BUSINESS_RULE = 3210
NOT_PROCESSED = 3231
FEATURE_MISSING = 3250
NO_PERMISSION = 3260
NO_PERSONAL_DATA = 3261
NO_PAYROLL = 3262
READ_ONLY = 3263
MISSING_ACCOUNT = 3270
WRONG_ITEM_TYPE = 3280
EMPTY_TRANSACTION = 3300
BAD_FIELD_OWNER = 3351
NOT_ENOUGH_PARTS = 3370
TOO_MANY_ITERATORS = 3390

STATUS_OK_TEXT = "Status OK"


class RefusedError(Exception):
    """A request QuickBooks answers with a status instead of doing it."""

    def __init__(self, status: int, message: str, severity: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.severity = severity or severity_of(status)


@dataclass(frozen=True, slots=True)
class QuickBooksConnectionError(Exception):
    """QuickBooks could not be reached or threw: an HRESULT and COM's text (1.6)."""

    hresult: str
    message: str

    def __str__(self) -> str:
        return f"{self.hresult}: {self.message}"


def severity_of(status: int) -> str:
    """Info below 500, Warn below 1000, else Error (section 6)."""
    if status < 500:
        return "Info"
    return "Warn" if status < 1000 else "Error"


def bad_reference(label: str, value: str, owner: str) -> RefusedError:
    """3140 in the words of 7.2: which list, which value, which record holds it."""
    return RefusedError(
        BAD_REFERENCE,
        f'There is an invalid reference to QuickBooks {label} "{value}" in the {owner}. '
        "QuickBooks error message: Invalid argument.  The specified record does not exist "
        "in the list.",
    )


def inactive_reference(label: str, value: str, owner: str) -> RefusedError:
    """3140 for a record that exists and was made inactive (7.2, unconfirmed)."""
    return RefusedError(
        BAD_REFERENCE,
        f'There is an invalid reference to QuickBooks {label} "{value}" in the {owner}. '
        "QuickBooks error message: The specified record is inactive.",
    )


def not_found(value: str) -> RefusedError:
    return RefusedError(
        NOT_FOUND,
        f'Object "{value}" specified in the request cannot be found.  QuickBooks error '
        "message: Invalid argument.  The specified record does not exist in the list.",
    )


def stale(edit_sequence: str) -> RefusedError:
    return RefusedError(STALE, f'The provided edit sequence "{edit_sequence}" is out-of-date.')


def cannot_clear(field: str) -> RefusedError:
    return RefusedError(CANNOT_CLEAR, f"Cannot clear the element in the {field} field.")


def duplicate_name(name: str, status: int = DUPLICATE_NAME) -> RefusedError:
    if status == DUPLICATE_NAME:
        return RefusedError(status, f'The name "{name}" of the list element is already in use.')
    return RefusedError(
        status,
        f'There was an error when saving the list element "{name}".  QuickBooks error '
        "message: This name is already in use.",
    )


def missing(field: str) -> RefusedError:
    return RefusedError(MISSING_ELEMENT, f'The required element "{field}" is missing.')


def feature_missing(feature: str) -> RefusedError:
    return RefusedError(
        FEATURE_MISSING,
        f"This feature is not enabled or not available in this version of QuickBooks: {feature}.",
    )


def payroll_missing() -> RefusedError:
    return RefusedError(NO_PAYROLL, "A subscription to QuickBooks payroll is required.")
