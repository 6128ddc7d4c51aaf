"""``counterfoil connections people``: several people on one company file."""

from __future__ import annotations

from typing import Annotated

import typer

from ._asking import Yes, agreed
from ._show import Column, emit, last_contact, say, table
from ._state import ConnectionName as Name
from ._state import Json, actor, opened
from ._web_connector import (
    Grace,
    QwcFile,
    save_qwc,
    tell_doubt,
    tell_grace,
    tell_password,
    tell_qwc,
)

__all__ = ["people"]

people = typer.Typer(
    no_args_is_help=True,
    help="Several people on one QuickBooks Desktop company file, each with a Web Connector.",
)

Person = Annotated[str, typer.Argument(metavar="PERSON", help="Their number or name.")]


@people.command("list")
def list_people(context: typer.Context, connection: Name, json: Json = False) -> None:
    """List who works on a company file besides the first, and when each called last."""
    from counterfoil.api import standing
    from counterfoil.hub import finding

    with opened(context) as hub:
        named = finding.connection_named(hub, connection)
        found = standing.shown(hub, named).people
        if json:
            emit({"people": found})
            return
        table(
            (
                Column("ID", is_number=True),
                Column("Name"),
                Column("User name", is_whole=True),
                Column("Last contact", is_whole=True),
                Column("Problem", is_wide=True),
            ),
            (
                (each.id, each.name, each.user_name, last_contact(each), each.lock or "")
                for each in found
            ),
            empty=f"Only the Web Connector of {named.name} itself signs in.",
        )


@people.command("add")
def add(
    context: typer.Context,
    connection: Name,
    person: Annotated[str, typer.Argument(metavar="PERSON", help="What people call them.")],
    *,
    company_file: Annotated[
        str | None,
        typer.Option(
            "--company-file", metavar="PATH", help="Where the company file is on their computer."
        ),
    ] = None,
    username: Annotated[
        str | None, typer.Option("--username", help="What their Web Connector signs in with.")
    ] = None,
    qwc: QwcFile = None,
    json: Json = False,
) -> None:
    """Let somebody else carry a company file's documents, too, from their own computer.

    Their password is printed, this once, and the file for their Web Connector.
    """
    from counterfoil.hub import accounts, finding
    from counterfoil.hub.served import public_address

    with opened(context) as hub:
        named = finding.connection_named(hub, connection)
        made = accounts.add_person(
            hub, named, person, actor(), path=company_file, user_name=username
        )
        address = public_address(hub)
    if json:
        emit(made)
    else:
        say(f"{made.name} works on {named.name}, too.")
        tell_password(made.username, made.password)
    save_qwc(qwc, made.qwc, f"people qwc {named.id} {made.id}")
    tell_doubt(address)
    if not json:
        tell_qwc(qwc, made.qwc)


@people.command("password")
def password(
    context: typer.Context,
    connection: Name,
    person: Person,
    *,
    grace: Grace = 0,
    json: Json = False,
) -> None:
    """Give somebody's Web Connector a new password; the old one ends at once, or after a while."""
    from datetime import timedelta

    from counterfoil.hub import accounts, finding

    with opened(context) as hub:
        named = finding.connection_named(hub, connection)
        found = accounts.person_named(hub, named, person)
        made = accounts.new_password_of(hub, named, found, actor(), grace=timedelta(minutes=grace))
    if json:
        emit({"id": found.id, "username": found.user_name, "password": made})
        return
    tell_password(found.user_name, made)
    tell_grace(grace)


@people.command("qwc")
def print_qwc(
    context: typer.Context,
    connection: Name,
    person: Person,
    qwc: QwcFile = None,
    json: Json = False,
) -> None:
    """Print the file for somebody's Web Connector; it holds no secret."""
    from counterfoil.hub import accounts, finding
    from counterfoil.hub.served import public_address

    with opened(context) as hub:
        named = finding.connection_named(hub, connection)
        found = accounts.person_named(hub, named, person)
        text = accounts.qwc_of(hub, named, found)
        address = public_address(hub)
    save_qwc(qwc, text, f"people qwc {named.id} {found.id}")
    tell_doubt(address)
    if json:
        emit({"id": found.id, "qwc": text, "doubt": address.doubt})
    elif qwc is not None:
        tell_qwc(qwc, text)
    else:
        say(text.rstrip("\n"))


@people.command("remove")
def remove(context: typer.Context, connection: Name, person: Person, *, yes: Yes = False) -> None:
    """Let somebody's Web Connector in no more; what it carried stays."""
    from counterfoil.hub import accounts, finding

    with opened(context) as hub:
        named = finding.connection_named(hub, connection)
        found = accounts.person_named(hub, named, person)
        leaves = accounts.what_person_leaves(hub, named, found)
        agreed(f"Remove {found.name} from {named.name}?", leaves, yes=yes)
        accounts.remove_person(hub, named, found, actor())
    say(f"{found.name} works on {named.name} no more.")
