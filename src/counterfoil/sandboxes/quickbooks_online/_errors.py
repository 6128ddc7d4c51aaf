"""The ways this service says no, in its own words.

A rule that was broken, a word not understood and an object not found are a fault with a code
(``ApiError``, HTTP 400 unless its code says otherwise).  What the gateway in front refuses
(``GatewayError``: 401, 403, 429) has another shape.  An OAuth refusal is ``OAuthError``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

__all__ = [
    "ApiError",
    "DeskError",
    "GatewayError",
    "OAuthError",
    "duplicate_name",
    "duplicate_number",
    "inactive",
    "invalid_reference",
    "missing",
    "not_found",
    "rule_broken",
    "stale",
    "throttled",
    "unauthorized",
    "unsupported",
    "wrong_environment",
]

_MESSAGES: Final[Mapping[int, str]] = {
    400: "MalformedRequest",
    500: "Unsupported Operation",
    610: "Object Not Found",
    620: "Transaction cannot be linked",
    1040: "Batch size exceeded",
    1050: "Invalid content type",
    2010: "Request has invalid or unsupported property",
    2020: "Required param missing, need to supply the required value for the API",
    2030: "Invalid ID",
    2040: "Invalid String",
    2050: "String length is either shorter or longer than supported by specification",
    2060: "Invalid Date",
    2080: "Invalid Number",
    2090: "Invalid Number Range",
    2130: "Invalid Request ID Format",
    2170: "Invalid Enumeration",
    2210: "Invalid Email Address format",
    2220: "Invalid Currency Type",
    2290: "Negative Amount",
    2410: "Currency Error",
    2500: "Invalid Reference Id",
    4000: "Error parsing query",
    4001: "Invalid query",
    5010: "Stale Object Error",
    5020: "Permission Denied Error",
    6000: "A business validation error has occurred while processing your request",
    6070: "Amount calculation incorrect in the request.",
    6080: "Required name element missing",
    6140: "Duplicate Document Number Error",
    6180: "Sub-level limit exceeded",
    6200: "Account period closed",
    6210: "Account period closed",
    6240: "Duplicate Name Exists Error",
    6270: "Transaction date is prior to start date for inventory item",
    6430: "Invalid account type",
    6520: "Quantity of the tracked item is missing",
    10000: "An application error has occurred while processing your request",
}

_UNNAMED = "An error has occurred"
_STATUSES: Final[Mapping[int, int]] = {10000: 500}
_INACTIVE = (
    "Something you're trying to use has been made inactive. Check the fields with accounts, "
    "customers, items, vendors or employees."
)


class ApiError(Exception):
    """A fault of the service itself, ``{"Fault": ...}``.

    Args:
        code: One of the service's numbers.
        detail: What exactly is wrong.
        element: The property it is about.
    """

    def __init__(self, code: int, detail: str = "", element: str = "") -> None:
        super().__init__(f"{code} {detail}")
        self.code = code
        self.message = _MESSAGES.get(code, _UNNAMED)
        self.detail = detail or self.message
        self.element = element

    @property
    def status(self) -> int:
        """HTTP's status for it."""
        return _STATUSES.get(self.code, 400)

    @property
    def kind(self) -> str:
        """What the service calls its class."""
        return "SystemFault" if self.status == 500 else "ValidationFault"


class GatewayError(Exception):
    """A refusal of the gateway, before the service sees the call."""

    def __init__(
        self,
        status: int,
        *,
        name: str,
        code: int,
        detail: str | None,
        kind: str,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(f"{status} {name}")
        self.status = status
        self.code = code
        self.message = f"message={name}; errorCode={code:06}; statusCode={status}"
        self.detail = detail
        self.kind = kind
        self.headers = dict(headers or {})


class OAuthError(Exception):
    """What the token endpoint says no with; ``description`` may be left out."""

    def __init__(self, error: str, description: str | None = None, status: int = 400) -> None:
        super().__init__(error)
        self.error = error
        self.description = description
        self.status = status


class DeskError(Exception):
    """Somebody at the desk asked for what cannot be done; says what and why."""

    def __init__(self, words: str, status: int = 400) -> None:
        super().__init__(words)
        self.status = status


# --- Faults of the service ---------------------------------------------------------------------


def missing(parameter: str) -> ApiError:
    """2020: something required was not sent."""
    return ApiError(2020, f"Required parameter {parameter} is missing in the request", parameter)


def not_found() -> ApiError:
    """610: it never was, or was deleted."""
    return ApiError(610, "Object Not Found : Object Not Found")


def inactive(code: int) -> ApiError:
    """610 or 2500: something referred to was made inactive; which, is not said."""
    fault = ApiError(code)
    fault.detail = f"{fault.message} : {_INACTIVE}"
    return fault


def invalid_reference(what: str, id_: str, element: str) -> ApiError:
    """2500: a reference to what is not there."""
    return ApiError(2500, f"Invalid Reference Id : {what} element id {id_} not found", element)


def stale(who: str) -> ApiError:
    """5010: the SyncToken is not that of the stored object."""
    return ApiError(
        5010,
        f"Stale Object Error : You and {who} were working on this at the same time. {who} "
        "finished before you did, so your work was not saved.",
    )


def rule_broken(words: str) -> ApiError:
    """6000: the catch-all of business rules."""
    return ApiError(6000, f"Business Validation Error: {words}")


def duplicate_name(id_: str | None) -> ApiError:
    """6240: with the id of one of the same kind, else in words."""
    if id_ is not None:
        return ApiError(6240, f"The name supplied already exists. : Id={id_}")
    return ApiError(
        6240,
        "The name supplied already exists. : Another customer, vendor or employee is already "
        "using this name. Please use a different name.",
    )


def duplicate_number(number: str, kind: str, id_: str) -> ApiError:
    """6140: a document of that kind has the number already."""
    return ApiError(
        6140,
        "Duplicate Document Number Error : You must specify a different number. This number has "
        f"already been used. DocNumber={number} is assigned to TxnType={kind} with TxnId={id_}",
    )


def unsupported() -> ApiError:
    """500 as a code, with HTTP 400: a path that means nothing inside a company."""
    return ApiError(500, "Operation is not supported.")


# --- Refusals of the gateway -------------------------------------------------------------------


def unauthorized(detail: str) -> GatewayError:
    """401: the token is not there, not known, expired or revoked."""
    return GatewayError(
        401,
        name="AuthenticationFailed",
        code=3200,
        detail=detail,
        kind="AUTHENTICATION",
        headers={"Www-Authenticate": 'Bearer realm="Intuit", error="invalid_token"'},
    )


def wrong_environment() -> GatewayError:
    """403: keys of the other environment, another company, a premium interface."""
    return GatewayError(
        403, name="ApplicationAuthorizationFailed", code=3100, detail=None, kind="SERVICE"
    )


def throttled(retry_after: str | None) -> GatewayError:
    """429: too fast, or the month's reads are used up; the two cannot be told apart."""
    return GatewayError(
        429,
        name="ThrottleExceeded",
        code=3001,
        detail="The request limit was reached.  Try again later",
        kind="SERVICE",
        headers={} if retry_after is None else {"Retry-After": retry_after},
    )
