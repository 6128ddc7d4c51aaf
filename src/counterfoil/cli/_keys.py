"""``tokens``, ``keys``, ``secret-key``, ``probe``: keys to this hub, a look into a system."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from ._exits import Exit
from ._show import Column, emit, say, table, warn, when
from ._state import Json, actor, opened

if TYPE_CHECKING:
    from counterfoil.connectors.fusion_operations import ProbeReport
    from counterfoil.hub.setup import Hub
    from counterfoil.ledger.connections import Connection

__all__ = ["keys", "probe", "secret_key", "show_report", "tokens"]

tokens = typer.Typer(no_args_is_help=True, help="Keys to the JSON API and the console.")


@tokens.command("add")
def add(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="Who or what uses it; unique.")],
    scope: Annotated[
        str,
        typer.Option(
            "--scope",
            metavar="SCOPE",
            help="What it may do: metrics, read, operate or administer; each covers those before.",
        ),
    ] = "administer",
    days: Annotated[
        int | None, typer.Option("--days", help="It ends after so many days; default: never.")
    ] = None,
    json: Json = False,
) -> None:
    """Make a token and print it, this once."""
    from counterfoil.api import tokens as kept
    from counterfoil.hub.scopes import scope_named

    wanted = scope_named(scope)
    with opened(context, makes=True) as hub:
        made, token = kept.add(hub, name, actor(), scope=wanted, days=days)
    if json:
        emit({"id": made, "name": name, "token": token, "scope": wanted.value, "days": days})
        return
    say(token)
    warn("It is shown this once and kept only as a hash. Use it as: Authorization: Bearer TOKEN")


@tokens.command("list")
def list_tokens(context: typer.Context, json: Json = False) -> None:
    """List the tokens, without themselves."""
    from counterfoil.api import tokens as kept

    with opened(context) as hub:
        found = kept.all_tokens(hub)
    if json:
        emit({"tokens": found})
        return
    table(
        (
            Column("ID", is_number=True),
            Column("Name"),
            Column("Scope"),
            Column("Made"),
            Column("Ends"),
            Column("Last used"),
        ),
        (
            (
                each.id,
                each.name,
                each.scope,
                when(each.created_at),
                when(each.expires_at) or "never",
                when(each.last_used_at) or "never",
            )
            for each in found
        ),
        empty="No tokens yet. Make one with: counterfoil tokens add NAME",
    )


@tokens.command("remove")
def remove(
    context: typer.Context,
    token: Annotated[str, typer.Argument(metavar="TOKEN", help="Its number or name.")],
    json: Json = False,
) -> None:
    """Remove a token; whoever uses it is refused from now on."""
    from counterfoil.api import tokens as kept

    with opened(context) as hub:
        found = kept.remove(hub, token, actor())
    if json:
        emit({"id": found.id, "name": found.name})
    else:
        say(f"Token {found.id} ({found.name}) is removed.")


keys = typer.Typer(no_args_is_help=True, help="The key that seals what is stored.")


@keys.callback()
def _of_keys() -> None:
    """A group, though it has one command yet."""


@keys.command("rotate")
def rotate(context: typer.Context, json: Json = False) -> None:
    """Seal every stored password anew under a new key; goes on where it was cut off."""
    from counterfoil.hub import rotation

    with opened(context) as hub:
        done = rotation.rotate(hub)
    if json:
        emit(done)
    else:
        say(done.sentence)


def secret_key(json: Json = False) -> None:
    """Print a new key for COUNTERFOIL_SECRET_KEY."""
    from counterfoil.hub.vault import new_key_text

    key = new_key_text()
    if json:
        emit({"secret_key": key})
    else:
        say(key)


def probe(
    context: typer.Context,
    connection: Annotated[
        str, typer.Argument(metavar="CONNECTION", help="A Fusion Operations connection.")
    ],
    json: Json = False,
) -> None:
    """List what Fusion Operations calls things, values masked, and which assumptions hold."""
    import dataclasses

    from counterfoil.errors import UsageError
    from counterfoil.hub import finding
    from counterfoil.hub.systems import fusion_operations

    with opened(context) as hub:
        found = finding.connection_named(hub, connection)
        if found.system is not fusion_operations.SYSTEM.name:
            raise UsageError(
                f"{found.name} is {found.system.words}; only Fusion Operations is probed. "
                "See: counterfoil connections list"
            )
        report = _report(hub, found)
    if json:
        emit(dataclasses.asdict(report))
    else:
        show_report(report)
    if report.failures and not report.counts:
        raise typer.Exit(Exit.UNAVAILABLE)


def _report(hub: Hub, connection: Connection) -> ProbeReport:
    from counterfoil.connectors.fusion_operations import probe as ask
    from counterfoil.hub.systems import Calling
    from counterfoil.hub.systems.fusion_operations_client import client_of, company_of

    client = client_of(connection.id, connection.parameters, connection.secret, Calling(hub=hub))
    try:
        return ask(client, company_of(connection.parameters).zone)
    finally:
        client.close()


def show_report(report: ProbeReport) -> None:
    """Draw a report: properties, assumptions, and lists that could not be read."""
    table(
        (
            Column("List", is_whole=True),
            Column("Property"),
            Column("There", is_number=True),
            Column("Types"),
            Column("Example, masked"),
        ),
        (
            (resource, path, each.count, ", ".join(sorted(each.types)), each.example)
            for resource, properties in report.properties.items()
            for path, each in properties.items()
        ),
        empty="The company holds nothing yet.",
    )
    say()
    table(
        (
            Column("Assumption"),
            Column("Here", is_whole=True),
            Column("Seen"),
            Column("What to set"),
        ),
        ((each.sentence, each.verdict, each.found, each.cure) for each in report.assumptions),
        empty="Nothing could be asked.",
    )
    for resource, reason in report.failures.items():
        warn(f"{resource}: {reason}")
