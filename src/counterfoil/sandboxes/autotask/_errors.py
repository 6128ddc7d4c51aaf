"""The ways this service says no: mostly HTTP 500 with a list of texts, else what IIS says."""

from __future__ import annotations

from typing import Any

__all__ = ["ApiError", "DeskError", "html_page", "missing_route", "refused", "wrong_verb"]


class ApiError(Exception):
    """An answer other than success.

    Args:
        status: HTTP status.
        body: A JSON value, or text that is sent as HTML.
        headers: Sent with the answer.
    """

    def __init__(
        self, status: int, body: dict[str, Any] | str, headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(f"{status} {body}")
        self.status = status
        self.body = body
        self.headers = headers or {}


class DeskError(Exception):
    """Somebody at the desk asked for what cannot be done; says what and why."""

    def __init__(self, words: str, status: int = 400) -> None:
        super().__init__(words)
        self.status = status


def refused(*errors: str) -> ApiError:
    """Every rule that was broken and every word not understood: 500, with all the texts."""
    return ApiError(500, {"errors": list(errors)})


def wrong_verb(method: str) -> ApiError:
    """405: the address is there, but not for that method."""
    return ApiError(
        405, {"Message": f"The requested resource does not support http method '{method}'."}
    )


def missing_route(url: str) -> ApiError:
    """404 for an entity that does not exist."""
    return ApiError(
        404, {"Message": f"No HTTP resource was found that matches the request URI '{url}'."}
    )


def html_page(status: int, title: str) -> ApiError:
    """What the web server in front answers before the service sees anything."""
    return ApiError(
        status,
        f"<!DOCTYPE html><html><head><title>{status} - {title}</title></head>"
        f"<body><h1>Server Error</h1><h2>{status} - {title}</h2></body></html>",
    )
