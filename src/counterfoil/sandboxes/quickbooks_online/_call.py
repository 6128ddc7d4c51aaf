"""A call and its answer, as the service sees them: free of the web framework."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qs

__all__ = ["Call", "Reply"]


@dataclass(frozen=True, kw_only=True)
class Call:
    """A request.

    Attributes:
        path: Without slashes at its ends.
        root: The address under which the service is served, without a slash at its end.
        query: By name; names are in lower case.
        headers: By lower-case name.
    """

    method: str
    path: str
    root: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes

    @property
    def wants_json(self) -> bool:
        """Whether the answer is to be JSON; XML is the service's own choice."""
        accepted = self.headers.get("accept", "")
        return "json" in accepted or self.query.get("format", "") == "json"

    @property
    def form(self) -> dict[str, str]:
        """The body as a web form."""
        fields = parse_qs(self.body.decode("utf-8", "replace"), keep_blank_values=True)
        return {name: values[-1] for name, values in fields.items()}


@dataclass(frozen=True)
class Reply:
    """An answer as bytes.

    Attributes:
        stall_s: Seconds of silence before it.
        faults: The codes it says no with, for the record of exchanges.
    """

    status: int
    content: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    media_type: str | None = "application/json;charset=UTF-8"
    stall_s: float = 0.0
    faults: tuple[str, ...] = ()
