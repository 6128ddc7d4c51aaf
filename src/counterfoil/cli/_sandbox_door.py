"""The control paths of a sandbox, as its commands use them; and how switches are shown and set."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Annotated, Any

import typer

from ._sandbox_note import noted_url
from ._show import Column, emit, table

__all__ = ["Door", "Url", "opened_door", "read_setting", "show_settings"]

Url = Annotated[
    str | None,
    typer.Option("--url", help="The sandbox's address; default: the one started last here."),
]

_SWITCH_COLUMNS = (
    Column("Switch", is_whole=True),
    Column("Value"),
    Column("Default"),
    Column("What it does"),
    Column("Known from", is_wide=True),
)


class Door:
    """The control paths of one stand-in.

    Attributes:
        http: What calls are made with.
        control_url: Where they are, without a slash at the end.
    """

    def __init__(self, http: Any, control_url: str) -> None:
        self.http = http
        self.control_url = control_url

    def call(self, method: str, path: str, body: object = None) -> Any:
        """Make one call; gives its JSON, ``None`` for none.

        Raises:
            UsageError: In the sandbox's words.
        """
        from counterfoil.errors import UsageError

        answer = self.http.request(method, f"{self.control_url}/{path}".rstrip("/"), json=body)
        if answer.is_client_error and answer.headers["content-type"] == "application/json":
            raise UsageError(f"The sandbox says: {answer.json()['error']}")
        answer.raise_for_status()
        return answer.json() if answer.content else None


@contextmanager
def opened_door(url: str | None, mount: str) -> Iterator[Door]:
    """Open the door of the stand-in below a path; ``None``: of the sandbox started last here.

    Raises:
        UsageError: No sandbox is known.
        UnavailableError: It cannot be reached.
    """
    import httpx2

    from counterfoil.errors import UnavailableError

    at = url or noted_url()
    base = at.rstrip("/").removesuffix(f"/{mount}")
    try:
        # Certificates are read only where they are needed: that takes longer than the call.
        with httpx2.Client(timeout=60.0, verify=at.startswith("https:")) as http:
            yield Door(http, f"{base}/{mount}/sandbox")
    except httpx2.HTTPError as error:
        raise UnavailableError(
            f"The sandbox at {at} did not take it: {error}. Start one with: "
            "counterfoil sandbox serve",
            system="sandbox",
            operation=mount,
        ) from error


def read_setting(text: str, defaults: Mapping[str, Any], example: str) -> tuple[str, Any]:
    """Read one assignment; what is no text by default is read as JSON."""
    import msgspec

    from counterfoil.errors import UsageError

    name, sign, value = text.partition("=")
    if not sign or name not in defaults:
        raise UsageError(
            f"A switch is set like {example}, not {text!r}. There are: {', '.join(defaults)}."
        )
    if isinstance(defaults[name], str) or (defaults[name] is None and value != "null"):
        return name, value
    try:
        return name, msgspec.json.decode(value)
    except msgspec.DecodeError:
        raise UsageError(f"{name} is like {_shown(defaults[name])}, not {value!r}.") from None


def show_settings(
    known: Iterable[Mapping[str, Any]], now: Mapping[str, Any], *, json: bool
) -> None:
    """Show every switch as it is described, and how each is set."""
    if json:
        emit([{**one, "value": now[one["name"]]} for one in known])
        return
    rows = [
        (one["name"], _shown(now[one["name"]]), _shown(one["default"]), one["does"], one["source"])
        for one in known
    ]
    table(_SWITCH_COLUMNS, rows)


def _shown(value: object) -> str:
    import msgspec

    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
