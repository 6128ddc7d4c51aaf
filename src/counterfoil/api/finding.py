"""What the endpoints of the JSON API share: finding what a path names, and how that fails."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final, get_args, get_origin

import msgspec
from fastapi import Request
from fastapi.routing import APIRoute

from counterfoil.errors import UsageError
from counterfoil.hub import finding
from counterfoil.hub.setup import Hub
from counterfoil.ledger.connections import Connection, Link

from . import models
from .errors import ApiError

__all__ = [
    "ABSENT",
    "ABSENT_OR_CONFLICT",
    "CONFLICT",
    "EVERYWHERE",
    "PAGE_MAX",
    "UNREACHED",
    "Failures",
    "absent",
    "conflict",
    "failures",
    "find_connection",
    "find_link",
    "plain",
    "refuse_odd_parameters",
]

PAGE_MAX: Final = 1_000

Failures = dict[int | str, dict[str, Any]]
"""Statuses as the document declares them."""


def failures(sentences: Mapping[int, str]) -> Failures:
    """Declare statuses, each with what it means; all have the one shape of a failure."""
    return {
        status: {"model": models.Failed, "description": sentence}
        for status, sentence in sentences.items()
    }


EVERYWHERE: Final = failures(
    {
        400: "The request does not fit.",
        401: "No valid token.",
        403: "The token's scope does not cover it.",
        413: "The request is larger than this server takes.",
        429: "Too many tokens that open nothing.",
        500: "Something is wrong with the hub itself; the sentence says what to do.",
        503: "The database is busy or full.",
    }
)
ABSENT: Final = failures({404: "It is not there."})
CONFLICT: Final = failures({409: "It cannot be done now, or is there already."})
ABSENT_OR_CONFLICT: Final = ABSENT | CONFLICT
UNREACHED: Final = failures({502: "The other system cannot be reached, or refuses it."})


def find_connection(hub: Hub, id_or_name: int | str) -> Connection:
    """Find the connection that a request names, or answer 404."""
    with absent():
        return finding.connection_named(hub, id_or_name)


def find_link(hub: Hub, id_or_name: int | str) -> Link:
    """Find the link that a request names, or answer 404."""
    with absent():
        return finding.link_named(hub, id_or_name)


def refuse_odd_parameters(request: Request) -> None:
    """Refuse a parameter that the operation does not have, or has once and was given twice.

    Without one more would be answered than was asked for, and of two only one would count.

    Raises:
        ApiError: 400, it names them.
    """
    route: APIRoute = request.scope["route"]
    known = {each.alias: each.field_info.annotation for each in route.dependant.query_params}
    given = Counter(name for name, _value in request.query_params.multi_items())
    problems = []
    for name, times in sorted(given.items()):
        if name not in known:
            problems.append(f"query.{name} is not known here; leave it out")
        elif times > 1 and not _is_list(known[name]):
            problems.append(f"query.{name} is given {times} times; give it once")
    if problems:
        raise ApiError(400, f"The request does not fit: {'; '.join(problems)}.")


def _is_list(annotation: Any) -> bool:
    """Whether a parameter takes several values, or none."""
    return any(get_origin(each) is list for each in (annotation, *get_args(annotation)))


@contextmanager
def absent() -> Iterator[None]:
    """What is looked up here is named by the path: 404 when it is not there."""
    with _refused(404):
        yield


@contextmanager
def conflict() -> Iterator[None]:
    """What is asked for exists, so a refusal is about its present state: 409."""
    with _refused(409):
        yield


@contextmanager
def _refused(status: int) -> Iterator[None]:
    try:
        yield
    except UsageError as error:
        raise ApiError(status, error.said) from error


def plain(value: object) -> Any:
    """Give a record as JSON has it."""
    return msgspec.to_builtins(value, enc_hook=str)
