"""``counterfoil connections connect`` and ``disconnect``: where a person signs in.

Signing in takes a browser: the command says where, and can wait for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from counterfoil.told import Told

from ._asking import Yes, agreed
from ._exits import Exit, exit_of
from ._show import emit, say, warn
from ._state import ConnectionName, Json, actor, opened
from ._steps import show_steps

if TYPE_CHECKING:
    from counterfoil.hub.grants import WayToConnect
    from counterfoil.hub.setup import Hub
    from counterfoil.ledger.connections import Connection

__all__ = ["connect", "disconnect", "tell_way"]


def connect(
    context: typer.Context,
    connection: ConnectionName,
    *,
    wait: Annotated[
        bool, typer.Option("--wait", help="Wait until somebody has signed in, and try it then.")
    ] = False,
    json: Json = False,
) -> None:
    """Say where a person signs in for a connection; links and settings stay as they are."""
    from counterfoil.hub import accounts, finding

    with opened(context) as hub:
        found = finding.connection_named(hub, connection)
        way = accounts.how_to_connect(hub, found)
        if json:
            emit({"id": found.id, **_fields(way)})
        else:
            tell_way(way)
        if way.problem is not None:
            raise typer.Exit(Exit.PERSON)
        if wait:
            raise typer.Exit(_awaited(hub, found))


def _fields(way: WayToConnect) -> dict[str, str | Told | None]:
    return {
        "url": way.url,
        "redirect_uri": way.redirect_uri,
        "problem": way.problem,
        "doubt": way.doubt,
    }


def tell_way(way: WayToConnect) -> None:
    """Tell where a person signs in, and what has to be so before."""
    say("Register this redirect URI with your app, exactly as it stands here:")
    say(way.redirect_uri, indent=2)
    say("Then open this page, sign in to the hub with one of its tokens, and press Connect:")
    say(way.url, indent=2)
    for doubt in (way.problem, way.doubt):
        if doubt is not None:
            warn(doubt)


def _awaited(hub: Hub, connection: Connection) -> Exit:
    """Wait for a sign-in, and try what it gave; says how that ended."""
    from counterfoil.hub import accounts

    standing = accounts.how_signed_in(hub, connection)
    if standing.is_open:
        test = f"counterfoil connections test {connection.id}"
        warn(f"{connection.name} is connected already, by {standing.by}. Try it with: {test}")
    anew = " anew" if standing.is_open else ""
    warn(f"Waiting until somebody has signed in{anew}; end it with Ctrl-C.")
    found = accounts.wait_for_sign_in(hub, connection)
    if found is None:
        warn("Nobody has signed in yet. The page can still be used.")
        return Exit.PERSON
    tried, failure = accounts.trial_of(hub, found)
    show_steps(tried.steps)
    (say if failure is None else warn)(tried.sentence)
    return Exit.OK if failure is None else exit_of(failure)


def disconnect(
    context: typer.Context, connection: ConnectionName, *, yes: Yes = False, json: Json = False
) -> None:
    """Give back what somebody signed in for; links, settings and records stay."""
    from counterfoil.hub import accounts, finding

    with opened(context) as hub:
        found = finding.connection_named(hub, connection)
        leaves = ["Nothing is read or written there until somebody connects it again."]
        agreed(f"Disconnect “{found.name}”?", leaves, yes=yes)
        sentence = accounts.disconnect(hub, found, actor())
    if json:
        emit({"id": found.id, "sentence": sentence})
    else:
        say(sentence)
