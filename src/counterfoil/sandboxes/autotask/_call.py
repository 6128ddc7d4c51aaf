"""A call and its answer, as the service sees them: free of the web framework."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ._errors import refused

__all__ = ["Answer", "Call", "Reply"]


@dataclass(frozen=True, kw_only=True)
class Call:
    """A request.

    Attributes:
        path: What stands below the version, without slashes at its ends.
        url: The whole address without its query.
        base: The address of ``ATServicesRest/`` that was called, slash included.
        root: The address under which the service is served, without a slash at its end.
        zone: The path segment before ``ATServicesRest``; ``""``: none.
        version: The segment after it, in lower case.
        query: By lower-case name.
    """

    method: str
    path: str
    url: str
    base: str
    root: str
    zone: str
    version: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """The body.

        Raises:
            ApiError: 500: it is no JSON.
        """
        try:
            return json.loads(self.body, parse_constant=_refuse)
        except (ValueError, RecursionError):
            raise refused("The request body is not valid JSON.") from None


def _refuse(constant: str) -> Any:
    raise ValueError(constant)


@dataclass(frozen=True)
class Answer:
    """What a handler says: HTTP 200 with a JSON value; ``None``: without a body."""

    body: Any


@dataclass(frozen=True)
class Reply:
    """An answer as bytes; ``stall_s``: seconds of silence before it, if any.

    Attributes:
        leave: Gives back the slot the call holds; called once the reply is on its way.
    """

    status: int
    content: bytes
    headers: dict[str, str] = field(default_factory=dict)
    media_type: str | None = "application/json"
    stall_s: float = 0.0
    leave: Callable[[], None] = lambda: None
