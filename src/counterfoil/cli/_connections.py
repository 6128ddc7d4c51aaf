"""``counterfoil connections``: accounts at outside systems."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from ._asking import Yes, agreed
from ._connecting import connect, disconnect, tell_way
from ._credentials import Given, takes_credentials
from ._exits import Exit, exit_of, kind_of
from ._lists import lists
from ._people import people
from ._show import Column, builtins, emit, last_contact, say, table, warn, when
from ._state import ConnectionName as Name
from ._state import Json, actor, opened
from ._steps import show_steps
from ._web_connector import (
    Grace,
    QwcFile,
    save_qwc,
    tell_doubt,
    tell_grace,
    tell_password,
    tell_qwc,
)

if TYPE_CHECKING:
    from counterfoil.api.standing import ConnectionShown
    from counterfoil.hub.accounts import Made
    from counterfoil.settings import SystemName

__all__ = ["connections"]

connections = typer.Typer(no_args_is_help=True, help="Accounts at outside systems.")
connections.command("connect")(connect)
connections.command("disconnect")(disconnect)
connections.add_typer(people, name="people")

Untried = Annotated[
    bool,
    typer.Option("--untried", "--no-check", help="Keep the credentials without trying them."),
]


# --- Adding -------------------------------------------------------------------------------


@connections.command("add")
@takes_credentials(reads_environment=True)
def add(
    context: typer.Context,
    system: Annotated[
        str,
        typer.Argument(
            metavar="SYSTEM",
            help="fusion-operations, autotask, quickbooks-desktop or quickbooks-online.",
        ),
    ],
    *,
    given: Given,
    name: Annotated[str, typer.Option("--name", help="What people call it; unique.")],
    untried: Untried = False,
    qwc: QwcFile = None,
    json: Json = False,
) -> None:
    """Add an account; credentials of a system that we call are tried first.

    For QuickBooks Desktop its password is printed, this once, and the Web Connector's file; for
    QuickBooks Online the address where a person signs in.
    """
    from counterfoil.hub.accounts import add_connection
    from counterfoil.hub.finding import system_named
    from counterfoil.hub.served import public_address

    found = system_named(system)
    with opened(context, makes=True) as hub:
        made = add_connection(
            hub, found, name, _with_secret(found, given), actor(), checks=not untried
        )
        address = public_address(hub)
    # The password is shown this once, so it comes before whatever may fail.
    if json:
        emit({key: value for key, value in _fields(made).items() if value is not None})
    else:
        say(f"Connection {made.id} ({name}) is there.")
        if made.password is not None:
            tell_password(made.username or "", made.password)
    if made.connect is not None and not json:
        tell_way(made.connect)
    if made.qwc is not None:
        save_qwc(qwc, made.qwc, f"qwc {made.id}")
        tell_doubt(address)
        if not json:
            tell_qwc(qwc, made.qwc)


def _with_secret(system: SystemName, given: Given) -> Given:
    """Ask for the secrets that go with what was typed, if somebody is there to type them."""
    from counterfoil.hub.systems import system_of

    needed = [each for each in system_of(system).form.credentials if each.is_needed]
    missing = [each.name for each in needed if each.is_secret and not given[each.name]]
    is_begun = all(given[each.name] for each in needed if not each.is_secret)
    if not missing or not is_begun or not sys.stdin.isatty():
        return given
    asked = {
        name: typer.prompt(name.replace("_", " ").capitalize(), hide_input=True, err=True)
        for name in missing
    }
    return {**given, **asked}


def _fields(made: Made) -> dict[str, object]:
    return {
        "id": made.id,
        "username": made.username,
        "password": made.password,
        "qwc": made.qwc,
        "connect": made.connect,
    }


# --- Showing ------------------------------------------------------------------------------


@connections.command("list")
def list_connections(context: typer.Context, json: Json = False) -> None:
    """List all connections."""
    from counterfoil.api import standing

    with opened(context) as hub:
        found = standing.all_connections(hub)
    if json:
        emit({"connections": found})
        return
    table(
        (
            Column("ID", is_number=True),
            Column("System", is_whole=True),
            Column("Name"),
            Column("Last contact", is_whole=True),
            Column("Problem", is_wide=True),
        ),
        ((each.id, each.system, each.name, last_contact(each), each.problem) for each in found),
        empty="No connections yet. Make one with: counterfoil connections add",
    )


@connections.command("show")
def show_connection(context: typer.Context, connection: Name, json: Json = False) -> None:
    """Show one connection: addresses and facts, never a secret."""
    from counterfoil.api import standing
    from counterfoil.hub import facts_told, finding, views

    with opened(context) as hub:
        named = finding.connection_named(hub, connection)
        found = standing.shown(hub, named)
        status = views.status_of(hub, named)
    if json:
        emit({**builtins(found), "records": status.records, "waiting": status.waiting})
        return
    say(f"{found.name} (connection {found.id}, {found.system})", bold=True)
    rows: list[tuple[str, object]] = [
        ("Address", found.address or "it calls this hub"),
        ("User name", found.user_name),
        ("Last contact", last_contact(found) or "never"),
        *_sign_in(found),
        ("Problem", found.problem),
        ("Waiting", f"{status.waiting} transfers"),
        *((f"{kind} records", number) for kind, number in sorted(status.records.items())),
        *sorted(found.parameters.items()),
        *facts_told.told(found.facts),
    ]
    rows += [
        (each.name, f"{each.user_name}, last contact {last_contact(each) or 'never'}")
        for each in found.people
    ]
    for label, value in rows:
        if value not in (None, ""):
            shown = ", ".join(map(str, value)) if isinstance(value, list) else value
            words = label.replace("_", " ")
            say(f"{words[:1].upper()}{words[1:]}: {shown}", indent=2)


def _sign_in(found: ConnectionShown) -> list[tuple[str, object]]:
    """Give how a sign-in stands that is open; the problem tells of any other."""
    signed_in = found.sign_in
    if signed_in is None or not signed_in.is_open:
        return []
    return [
        ("Signed in", f"{when(signed_in.since)} by {signed_in.by}"),
        ("Ends unused", when(signed_in.ends_unused_at)),
        ("Ends in any case", when(signed_in.ends_at)),
    ]


# --- Trying, changing, removing -----------------------------------------------------------


@connections.command("test")
def try_connection(
    context: typer.Context,
    connection: Name,
    *,
    quick: Annotated[
        bool,
        typer.Option("--quick", help="Do not read every list to see whether it is as expected."),
    ] = False,
    json: Json = False,
) -> None:
    """Try a connection now, step by step; of one that calls us, say what setting up came to."""
    from counterfoil.hub import finding
    from counterfoil.hub.accounts import trial_of

    with opened(context) as hub:
        found = finding.connection_named(hub, connection)
        tried, failure = trial_of(hub, found, assumptions=not quick)
    code = Exit.OK if failure is None else exit_of(failure)
    if code is Exit.OK and any(each.is_passed is False for each in tried.steps):
        code = Exit.PERSON
    if json and failure is not None:
        told = {"kind": kind_of(failure), "message": str(failure.said), "exit_code": int(code)}
        emit({"error": told, "id": found.id, "steps": tried.steps})
    elif json:
        emit(tried)
    else:
        show_steps(tried.steps)
        (say if failure is None else warn)(tried.sentence)
    raise typer.Exit(code)


@connections.command("change")
@takes_credentials(reads_environment=False)
def change(
    context: typer.Context,
    connection: Name,
    *,
    given: Given,
    name: Annotated[str | None, typer.Option("--name", help="A new name.")] = None,
    same_company: Annotated[
        bool,
        typer.Option(
            "--same-company", help="Other credentials open the company that is known: you know it."
        ),
    ] = False,
    untried: Untried = False,
    json: Json = False,
) -> None:
    """Change what a connection was made with; what is not given stays as it is.

    Credentials are tried before they are kept, and have to open the same company: what was sent
    belongs to that one.
    """
    from counterfoil.api import standing
    from counterfoil.hub import accounts, finding

    with opened(context) as hub:
        found = finding.connection_named(hub, connection)
        changed = accounts.change_connection(
            hub,
            found,
            given,
            actor(),
            name=name,
            checks=not untried,
            same_company=same_company,
        )
        shown = standing.shown(hub, changed)
    if json:
        emit(shown)
        return
    say(f"Connection {changed.id} ({changed.name}) is changed.")
    if changed.user_name != found.user_name:
        say(f"Give the Web Connector its file anew: counterfoil connections qwc {changed.id}")


@connections.command("accept-file")
def accept_file(context: typer.Context, connection: Name, json: Json = False) -> None:
    """Take the company file that was refused last as the connection's own."""
    from counterfoil.hub import accounts, finding

    with opened(context) as hub:
        found = finding.connection_named(hub, connection)
        sentence = accounts.accept_file(hub, found, actor())
    if json:
        emit({"id": found.id, "sentence": sentence})
    else:
        say(sentence)


@connections.command("remove")
def remove_connection(
    context: typer.Context, connection: Name, *, yes: Yes = False, json: Json = False
) -> None:
    """Take a connection out of use; what was recorded of it stays, and its name is free."""
    from counterfoil.hub import accounts, finding

    with opened(context) as hub:
        found = finding.connection_named(hub, connection)
        accounts.check_unlinked(hub, found)
        leaves = accounts.what_connection_leaves(hub, found)
        agreed(f"Remove the connection “{found.name}”?", leaves, yes=yes)
        removed = accounts.remove_connection(hub, found, actor())
    if json:
        emit({"id": found.id, "name": found.name, "listed_as": removed.name, "leaves": leaves})
        return
    say(f"Connection {found.id} ({found.name}) is no longer used.")
    for each in leaves:
        say(each, indent=2)


@connections.command("restore")
def restore_connection(
    context: typer.Context,
    connection: Name,
    *,
    name: Annotated[
        str | None, typer.Option("--name", help="What it is called now; default: as before.")
    ] = None,
    json: Json = False,
) -> None:
    """Take a removed connection up again, with all it knew."""
    from counterfoil.api import standing
    from counterfoil.hub import accounts

    with opened(context) as hub:
        found = accounts.removed_named(hub, connection)
        restored = accounts.restore_connection(hub, found, actor(), name=name)
        shown = standing.shown(hub, restored)
    if json:
        emit(shown)
        return
    say(f"Connection {restored.id} ({restored.name}) is in use again.")
    say("Its links go on with: counterfoil links resume LINK")


# --- Web Connector and agent --------------------------------------------------------------


@connections.command("password")
def password(
    context: typer.Context,
    connection: Name,
    *,
    grace: Grace = 0,
    json: Json = False,
) -> None:
    """Give a Web Connector a new password; the old one ends at once, or after a while."""
    from datetime import timedelta

    from counterfoil.hub import finding
    from counterfoil.hub.accounts import new_password_for

    with opened(context) as hub:
        found = finding.connection_named(hub, connection)
        made = new_password_for(hub, found, actor(), grace=timedelta(minutes=grace))
    if json:
        emit({"id": found.id, "username": found.user_name, "password": made})
        return
    tell_password(found.user_name or "", made)
    tell_grace(grace)


@connections.command("token")
def token(context: typer.Context, connection: Name, json: Json = False) -> None:
    """Make the token of a connection's agent; the one before ends at once."""
    from counterfoil.hub import agents, finding
    from counterfoil.hub.served import public_address

    with opened(context) as hub:
        found = finding.connection_named(hub, connection)
        made = agents.new_token_for(hub, found, actor())
        address = public_address(hub)
    tell_doubt(address)
    if json:
        emit({"id": found.id, "token": made, "hub": address.url})
        return
    say(f"Token:  {made}")
    say("It is shown this once and kept only as a hash. On the QuickBooks computer run:")
    say(f"counterfoil agent --hub {address.url} --token {made}", indent=2)


@connections.command("checklist")
def checklist(
    context: typer.Context,
    connection: Name,
    *,
    step: Annotated[
        str | None, typer.Option("--run", metavar="STEP", help="Try this step now.")
    ] = None,
    json: Json = False,
) -> None:
    """Show the steps of setting QuickBooks Desktop up, each with what it came to, or try one."""
    from counterfoil.hub import checklist as steps
    from counterfoil.hub import finding

    with opened(context) as hub:
        found = finding.connection_named(hub, connection)
        if step == steps.REQUEST_ACCESS and not json:
            say(steps.ACCESS_HELP)
        shown = (
            steps.checklist(hub, found)
            if step is None
            else steps.run_step(hub, found, step, actor())
        )
    if json:
        emit(shown)
    else:
        show_steps(shown.steps)
    if any(each.is_passed is False for each in shown.steps):
        raise typer.Exit(Exit.PERSON)


@connections.command("qwc")
def print_qwc(
    context: typer.Context,
    connection: Name,
    qwc: QwcFile = None,
    json: Json = False,
) -> None:
    """Print the file that introduces this hub to a Web Connector; it holds no secret."""
    from counterfoil.errors import UsageError
    from counterfoil.hub import finding
    from counterfoil.hub.accounts import qwc_of
    from counterfoil.hub.served import public_address

    with opened(context) as hub:
        found = finding.connection_named(hub, connection)
        if found.user_name is None:
            raise UsageError(f"{found.name} is not reached through a Web Connector.")
        text = qwc_of(hub, found)
        address = public_address(hub)
    save_qwc(qwc, text, f"qwc {found.id}")
    tell_doubt(address)
    if json:
        emit({"id": found.id, "qwc": text, "doubt": address.doubt})
    elif qwc is not None:
        tell_qwc(qwc, text)
    else:
        say(text.rstrip("\n"))


connections.command("lists")(lists)
