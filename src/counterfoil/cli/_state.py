"""What the options before a command say, and the hub that commands open with it."""

from __future__ import annotations

import getpass
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from counterfoil.hub.setup import Configuration, Hub

__all__ = ["ConnectionName", "Json", "LinkName", "State", "actor", "configuration", "opened"]

Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]
ConnectionName = Annotated[str, typer.Argument(metavar="CONNECTION", help="Its number or name.")]
LinkName = Annotated[str, typer.Argument(metavar="LINK", help="The link's number or name.")]


@dataclass(frozen=True)
class State:
    """The options before the command.

    Attributes:
        config: The configuration file to read instead of the usual one.
        database: The database to use instead of the configured one.
    """

    config: Path | None = None
    database: str | None = None


def configuration(context: typer.Context) -> Configuration:
    """Read the configuration that holds for this command.

    Raises:
        SettingsError: It cannot be used.
    """
    from counterfoil.hub.configuration import load_configuration

    state = context.find_root().obj
    assert isinstance(state, State), "the options before the command are read first"
    environment = dict(os.environ)
    if state.config is not None:
        environment["COUNTERFOIL_CONFIG"] = str(state.config)
    return load_configuration(environment, database_url=state.database)


@contextmanager
def opened(context: typer.Context, *, makes: bool = False) -> Iterator[Hub]:
    """Open the hub for one command; it logs nothing, for a command speaks for itself.

    ``makes``: the command may be an installation's first, and makes the database.
    """
    from counterfoil.hub.setup import open_hub
    from counterfoil.hub.views import zone_of as hub_zone

    from ._logs import quiet
    from ._show import read_in

    quiet()
    with open_hub(configuration(context), makes=makes) as hub:
        read_in(hub_zone(hub))
        yield hub


def actor() -> str:
    """Name who is at the keyboard, for the audit."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container without a user list
        return "command line"
