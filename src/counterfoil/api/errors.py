"""Every failure of the API in one shape: ``{"error": {"kind", "message", "request_id"}}``.

One table says which HTTP status a failure of the program has.  What is wrong with a single
request only the endpoints know; they raise ``ApiError``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.routing import Match

from counterfoil.errors import (
    ConnectorError,
    CounterfoilError,
    LedgerError,
    SettingsError,
    UsageError,
)
from counterfoil.told import Advice, Told

from .wording import whats_wrong

__all__ = [
    "INTERNAL",
    "TOO_LARGE",
    "UNAUTHORIZED",
    "ApiError",
    "ErrorPage",
    "error_response",
    "handle_errors",
    "is_for_programs",
]

# One sentence whatever was wrong with the token, so that nobody learns which part was right.
UNAUTHORIZED: Final = Told(
    "A valid token is needed: Authorization: Bearer TOKEN.", Advice("Make one", "tokens add NAME")
)
INTERNAL: Final = (
    "Something went wrong inside Counterfoil. Report it with the request's id, which is in the log."
)

TOO_LARGE: Final = "The request is larger than this server takes."

# The first that fits counts: error, status, kind.
_STATUSES: Final[tuple[tuple[type[CounterfoilError], int, str], ...]] = (
    (UsageError, 400, "usage"),
    (LedgerError, 503, "ledger"),
    (ConnectorError, 502, "unavailable"),
    (SettingsError, 500, "configuration"),
)
_KINDS: Final = {
    400: "usage",
    401: "unauthorized",
    403: "forbidden",
    404: "not-found",
    405: "usage",
    409: "conflict",
    413: "too-large",
    429: "too-many",
}
# Status -> seconds until the next attempt makes sense.
_RETRY_AFTER_S: Final = {429: "60", 503: "10"}


ErrorPage = Callable[[Request, int, Told], Response]
"""Makes the page for people of a failure: its status and what is told of it."""

# Where programs ask; everywhere else it is people.
_PROGRAMS: Final = ("/api/", "/agent/", "/qbwc", "/webhooks/", "/healthz", "/readyz", "/metrics")


def is_for_programs(path: str) -> bool:
    """Whether what is at an address is asked for by programs."""
    return f"{path}/".startswith(_PROGRAMS)


class ApiError(Exception):
    """A request that cannot be carried out, with the HTTP status that says so."""

    def __init__(self, status: int, told: Told | str) -> None:
        super().__init__(str(told))
        self.status = status
        self.told = told if isinstance(told, Told) else Told(told)


def error_response(
    request: Request, status: int, told: Told | str, *, kind: str | None = None
) -> Response:
    """Make the answer to a request that failed: a page, where people ask and there are pages."""
    error_page: ErrorPage | None = getattr(request.app.state, "error_page", None)
    if error_page is not None and not is_for_programs(request.url.path):
        return error_page(request, status, told if isinstance(told, Told) else Told(told))
    error: dict[str, Any] = {
        "kind": kind or _KINDS.get(status, "error"),
        "message": str(told),
        "request_id": getattr(request.state, "request_id", ""),
    }
    headers: dict[str, str] = {}
    if status == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="Counterfoil"'
    if status in _RETRY_AFTER_S:
        headers["Retry-After"] = _RETRY_AFTER_S[status]
    return JSONResponse({"error": error}, status_code=status, headers=headers)


def handle_errors(app: FastAPI) -> None:
    """Let every failure of an application leave in the one shape."""
    app.add_exception_handler(ApiError, _api)
    app.add_exception_handler(CounterfoilError, _known)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)


def _api(request: Request, error: Exception) -> Response:
    assert isinstance(error, ApiError)
    return error_response(request, error.status, error.told)


def _known(request: Request, error: Exception) -> Response:
    assert isinstance(error, CounterfoilError)
    status, kind = next(
        ((status, kind) for type_, status, kind in _STATUSES if isinstance(error, type_)),
        (500, "bug"),
    )
    return error_response(request, status, error.said, kind=kind)


def _invalid(request: Request, error: Exception) -> Response:
    """Name each field that does not fit; never its value, which may be a secret."""
    assert isinstance(error, RequestValidationError)
    problems = error.errors()
    is_misled = all(each["loc"][0] == "path" for each in problems)
    if is_misled and not is_for_programs(request.url.path):
        # People do not know an address by the names of its parts.
        return error_response(request, 404, _SENTENCES[404])
    found = [f"{_field(each['loc'])} {whats_wrong(each)}" for each in problems]
    return error_response(request, 400, f"The request does not fit: {'; '.join(found)}.")


def _field(where: Sequence[int | str]) -> str:
    """Name a field as whoever sent it knows it; a body that cannot be read has no fields."""
    names = [str(part) for part in where]
    # A body that is no JSON is told with the place where it stops being that.
    is_whole = len(names) == 1 or (len(names) == 2 and isinstance(where[1], int))
    return "the body" if is_whole else ".".join(names)


_SENTENCES: Final = {
    404: "There is nothing at this address. See /docs for what there is.",
    405: "This address does not take that method. See /docs for what it takes.",
    413: TOO_LARGE,
}


def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    message = _SENTENCES.get(error.status_code, str(error.detail))
    answer = error_response(request, error.status_code, message)
    answer.headers.update(error.headers or {})
    if error.status_code == 405:
        answer.headers["Allow"] = ", ".join(_methods(request))
    return answer


_METHODS: Final = ("DELETE", "GET", "HEAD", "PATCH", "POST", "PUT")


def _methods(request: Request) -> list[str]:
    """List what an address takes: of all its routes, where a router names its first one's."""
    return [
        method
        for method in _METHODS
        if any(
            route.matches({**request.scope, "method": method})[0] is Match.FULL
            for route in request.app.routes
        )
    ]
