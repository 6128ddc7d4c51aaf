"""``counterfoil connections`` and ``counterfoil links``: accounts, and their pairs."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ._exits import Exit
from ._show import Column, emit, last_contact, say, table, when
from ._state import Json, LinkName, actor, opened

if TYPE_CHECKING:
    from counterfoil.api.standing import ConnectionShown
    from counterfoil.hub.accounts import Made

__all__ = ["connections", "links"]

connections = typer.Typer(no_args_is_help=True, help="Accounts at outside systems.")
links = typer.Typer(no_args_is_help=True, help="Pairs of an operations and a books connection.")

Name = Annotated[str, typer.Argument(metavar="CONNECTION", help="Its number or name.")]
QwcFile = Annotated[
    Path | None, typer.Option("--qwc", metavar="FILE", help="Save the Web Connector's file here.")
]


SettlesAfter = Annotated[
    str | None,
    typer.Option(
        "--settles-after",
        metavar="SECONDS",
        help="How long a message set without an answer may still be carried out, 0 to 3600.",
    ),
]
ShipmentsFrom = Annotated[
    str | None,
    typer.Option(
        "--shipments-from",
        metavar="WHERE",
        help="Where Fusion Operations shows shipments: orders or movements.",
    ),
]
ReceiptsFrom = Annotated[
    str | None,
    typer.Option(
        "--receipts-from",
        metavar="WHERE",
        help="Where Fusion Operations shows what was received: orders or movements.",
    ),
]
HoursFrom = Annotated[
    str | None,
    typer.Option(
        "--hours-from",
        metavar="WHERE",
        help="Where Fusion Operations shows time worked: productions or report.",
    ),
]
StockFrom = Annotated[
    str | None,
    typer.Option(
        "--stock-from",
        metavar="WHERE",
        help="Where Fusion Operations shows stock: inventory, or movements for many products.",
    ),
]
FieldMap = Annotated[
    str | None,
    typer.Option(
        "--field-map",
        metavar="JSON",
        help="What Fusion Operations calls things, where probe shows other names.",
    ),
]
NoCheck = Annotated[
    bool, typer.Option("--no-check", help="Save the credentials without trying them.")
]


@connections.command("add")
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
    name: Annotated[str, typer.Option("--name", help="What people call it; unique.")],
    base_url: Annotated[
        str | None, typer.Option("--base-url", help="Address of the service.")
    ] = None,
    key: Annotated[
        str | None,
        typer.Option("--key", envvar="COUNTERFOIL_CONNECTION_KEY", help="The account's API key."),
    ] = None,
    secret: Annotated[
        str | None,
        typer.Option(
            "--secret",
            envvar="COUNTERFOIL_CONNECTION_SECRET",
            help="The API key's secret; asked for when it is left out on a terminal.",
        ),
    ] = None,
    time_zone: Annotated[
        str | None, typer.Option("--time-zone", help="The company's, like America/New_York.")
    ] = None,
    shipments_from: ShipmentsFrom = None,
    receipts_from: ReceiptsFrom = None,
    hours_from: HoursFrom = None,
    stock_from: StockFrom = None,
    field_map: FieldMap = None,
    company_file: Annotated[
        str | None,
        typer.Option("--company-file", help="Path of the company file on the QuickBooks computer."),
    ] = None,
    requests_per_set: Annotated[
        str | None,
        typer.Option("--requests-per-set", help="Requests per round trip, 1 to 500."),
    ] = None,
    settles_after: SettlesAfter = None,
    no_check: NoCheck = False,
    qwc: QwcFile = None,
    json: Json = False,
) -> None:
    """Add an account; credentials of a system that we call are tried first.

    For QuickBooks Desktop its password is printed, this once, and the Web Connector's file.
    """
    from counterfoil.hub.accounts import add_connection
    from counterfoil.hub.systems import system_of
    from counterfoil.hub.verbs import system_named

    found = system_named(system)
    asks = any(each.is_secret and each.is_needed for each in system_of(found).form.credentials)
    if asks and key and not secret and sys.stdin.isatty():
        secret = typer.prompt("Secret", hide_input=True, err=True)
    given = {
        "base_url": base_url,
        "key": key,
        "secret": secret,
        "time_zone": time_zone,
        "shipments_from": shipments_from,
        "receipts_from": receipts_from,
        "hours_from": hours_from,
        "stock_from": stock_from,
        "field_map": field_map,
        "company_file": company_file,
        "requests_per_set": requests_per_set,
        "settles_after": settles_after,
    }
    with opened(context) as hub:
        made = add_connection(hub, found, name, given, actor(), checks=not no_check)
    # The password is shown this once, so it comes before whatever may fail.
    if json:
        emit({key: value for key, value in _fields(made).items() if value is not None})
    else:
        say(f"Connection {made.id} ({name}) is there.")
        if made.password is not None:
            _tell_password(made.username or "", made.password)
    _save(qwc, made.qwc, made.id)
    if made.password is not None and not json:
        _tell_qwc(qwc, made.qwc or "")


def _fields(made: Made) -> dict[str, object]:
    return {
        "id": made.id,
        "username": made.username,
        "password": made.password,
        "qwc": made.qwc,
    }


def _save(path: Path | None, text: str | None, connection: int) -> None:
    from counterfoil.errors import UsageError

    if path is None or text is None:
        return
    try:
        path.write_text(text, encoding="ascii")
    except OSError as error:
        raise UsageError(
            f"The file {str(path)!r} cannot be written: {error.strerror}. Choose another place, "
            f"and get the text again with: counterfoil connections qwc {connection}"
        ) from error


def _tell_password(user_name: str, password: str) -> None:
    say(f"User name:  {user_name}")
    say(f"Password:   {password}")
    say("The Web Connector asks for it; it is shown this once and kept only as a hash.")


def _tell_qwc(saved: Path | None, text: str) -> None:
    if saved is not None:
        say(f"Add {saved} to the Web Connector: File, Add an Application.")
        return
    say("Save what follows as counterfoil.qwc and add it to the Web Connector:")
    say()
    say(text)


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
    from counterfoil.hub import desk, verbs

    with opened(context) as hub:
        found = standing.shown(verbs.connection_named(hub, connection), hub.now())
        status = next(each for each in desk.connection_status(hub) if each.id == found.id)
    if json:
        emit({**_builtins(found), "records": status.records, "waiting": status.waiting})
        return
    say(f"{found.name} (connection {found.id}, {found.system})", bold=True)
    rows: list[tuple[str, object]] = [
        ("Address", found.address or "it calls this hub"),
        ("User name", found.user_name),
        ("Last contact", last_contact(found) or "never"),
        ("Problem", found.problem),
        ("Waiting", f"{status.waiting} transfers"),
        *((f"{kind} records", number) for kind, number in sorted(status.records.items())),
        *sorted({**found.parameters, **found.facts}.items()),
    ]
    rows = [row for row in rows if row[0] not in _TOLD_AS_PROBLEM]
    for label, value in rows:
        if value not in (None, ""):
            shown = ", ".join(map(str, value)) if isinstance(value, list) else value
            say(f"{label.replace('_', ' ').capitalize()}: {shown}", indent=2)


# Facts that the problem tells in words.
_TOLD_AS_PROBLEM = frozenset({"other_file", "sign_in_refused_at", "wrong_password_since"})


def _builtins(found: ConnectionShown) -> dict[str, object]:
    import msgspec

    plain: dict[str, object] = msgspec.to_builtins(found)
    return plain


@connections.command("test")
def try_connection(context: typer.Context, connection: Name, json: Json = False) -> None:
    """Try a connection's credentials now; of one that calls us, say when it did so last."""
    from counterfoil.hub import accounts, verbs

    with opened(context) as hub:
        found = accounts.try_connection(hub, verbs.connection_named(hub, connection))
    if json:
        emit(found)
    else:
        say(found.sentence)


@connections.command("change")
def change(
    context: typer.Context,
    connection: Name,
    *,
    name: Annotated[str | None, typer.Option("--name", help="A new name.")] = None,
    base_url: Annotated[str | None, typer.Option("--base-url", help="A new address.")] = None,
    key: Annotated[str | None, typer.Option("--key", help="A new API key.")] = None,
    secret: Annotated[str | None, typer.Option("--secret", help="Its secret.")] = None,
    time_zone: Annotated[str | None, typer.Option("--time-zone", help="The company's.")] = None,
    shipments_from: ShipmentsFrom = None,
    receipts_from: ReceiptsFrom = None,
    hours_from: HoursFrom = None,
    stock_from: StockFrom = None,
    field_map: FieldMap = None,
    company_file: Annotated[
        str | None, typer.Option("--company-file", help="Path of the company file.")
    ] = None,
    requests_per_set: Annotated[
        str | None, typer.Option("--requests-per-set", help="Requests per round trip, 1 to 500.")
    ] = None,
    settles_after: SettlesAfter = None,
    file_id: Annotated[
        str | None,
        typer.Option("--file-id", metavar="GUID", help="The mark in the company file."),
    ] = None,
    no_check: NoCheck = False,
    json: Json = False,
) -> None:
    """Change what a connection was made with; what is not given stays as it is."""
    from counterfoil.api import standing
    from counterfoil.hub import accounts, verbs

    given = {
        "base_url": base_url,
        "key": key,
        "secret": secret,
        "time_zone": time_zone,
        "shipments_from": shipments_from,
        "receipts_from": receipts_from,
        "hours_from": hours_from,
        "stock_from": stock_from,
        "field_map": field_map,
        "company_file": company_file,
        "requests_per_set": requests_per_set,
        "settles_after": settles_after,
        "file_id": file_id,
    }
    with opened(context) as hub:
        found = verbs.connection_named(hub, connection)
        changed = accounts.change_connection(
            hub, found, given, actor(), name=name, checks=not no_check
        )
        shown = standing.shown(changed, hub.now())
    if json:
        emit(shown)
    else:
        say(f"Connection {changed.id} ({changed.name}) is changed.")


@connections.command("accept-file")
def accept_file(context: typer.Context, connection: Name, json: Json = False) -> None:
    """Take the company file that was refused last as the connection's own."""
    from counterfoil.hub import accounts, verbs

    with opened(context) as hub:
        found = verbs.connection_named(hub, connection)
        sentence = accounts.accept_file(hub, found, actor())
    if json:
        emit({"id": found.id, "sentence": sentence})
    else:
        say(sentence)


@connections.command("remove")
def remove_connection(context: typer.Context, connection: Name, json: Json = False) -> None:
    """Take a connection out of use; what was recorded of it stays."""
    from counterfoil.hub import accounts, verbs

    with opened(context) as hub:
        found = verbs.connection_named(hub, connection)
        accounts.remove_connection(hub, found, actor())
    if json:
        emit({"id": found.id, "name": found.name})
    else:
        say(f"Connection {found.id} ({found.name}) is no longer used.")


@connections.command("password")
def password(
    context: typer.Context,
    connection: Name,
    *,
    grace: Annotated[
        int,
        typer.Option(
            "--grace",
            metavar="MINUTES",
            min=0,
            help="For how long the old password opens, too; 0: it ends at once.",
        ),
    ] = 0,
    json: Json = False,
) -> None:
    """Give a Web Connector a new password; the old one ends at once, or after a while."""
    from datetime import timedelta

    from counterfoil.hub import verbs
    from counterfoil.hub.accounts import new_password_for

    with opened(context) as hub:
        found = verbs.connection_named(hub, connection)
        made = new_password_for(hub, found, actor(), grace=timedelta(minutes=grace))
    if json:
        emit({"id": found.id, "username": found.user_name, "password": made})
        return
    _tell_password(found.user_name or "", made)
    if grace:
        say(f"The old password opens for {grace} more minutes, too.")


@connections.command("token")
def token(context: typer.Context, connection: Name, json: Json = False) -> None:
    """Make the token of a connection's agent; the one before ends at once."""
    from counterfoil.hub import agents, verbs

    with opened(context) as hub:
        found = verbs.connection_named(hub, connection)
        made = agents.new_token_for(hub, found, actor())
        address = hub.configuration.public_url.rstrip("/")
    if json:
        emit({"id": found.id, "token": made, "hub": address})
        return
    say(f"Token:  {made}")
    say("It is shown this once and kept only as a hash. On the QuickBooks computer run:")
    say(f"counterfoil agent --hub {address} --token {made}", indent=2)


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
    from counterfoil.hub import verbs

    with opened(context) as hub:
        found = verbs.connection_named(hub, connection)
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
        for each in shown.steps:
            say(f"{_MARKS[each.is_passed]} {each.step}: {each.title}", bold=True)
            say(each.sentence, indent=2)
    if any(each.is_passed is False for each in shown.steps):
        raise typer.Exit(Exit.PERSON)


_MARKS = {True: "passed", False: "FAILED", None: "open  "}


@connections.command("qwc")
def print_qwc(
    context: typer.Context,
    connection: Name,
    qwc: QwcFile = None,
    json: Json = False,
) -> None:
    """Print the file that introduces this hub to a Web Connector; it holds no secret."""
    from counterfoil.errors import UsageError
    from counterfoil.hub import verbs
    from counterfoil.hub.accounts import qwc_of

    with opened(context) as hub:
        found = verbs.connection_named(hub, connection)
        if found.user_name is None:
            raise UsageError(f"{found.name} is not reached through a Web Connector.")
        text = qwc_of(hub, found)
    _save(qwc, text, found.id)
    if json:
        emit({"id": found.id, "qwc": text})
    elif qwc is not None:
        _tell_qwc(qwc, text)
    else:
        say(text.rstrip("\n"))


@links.command("add")
def add_link(
    context: typer.Context,
    operations: Annotated[
        str, typer.Option("--operations", metavar="ID", help="The operations connection.")
    ],
    books: Annotated[str, typer.Option("--books", metavar="ID", help="The books connection.")],
    name: Annotated[
        str | None, typer.Option("--name", help="What people call it; default: both names.")
    ] = None,
    json: Json = False,
) -> None:
    """Pair an operations connection with a books connection."""
    from counterfoil.hub import accounts

    with opened(context) as hub:
        made = accounts.add_link(hub, operations, books, actor(), name=name)
    if json:
        emit(
            {
                "id": made.id,
                "name": made.name,
                "is_resumed": made.is_resumed,
                "starts_from": made.starts_from,
            }
        )
        return
    say(f"Link {made.id} ({made.name}) {'goes on' if made.is_resumed else 'is there'}.")
    say(made.starts_from)
    say(f"Its settings: counterfoil settings show {made.id}")


@links.command("pause")
def pause(context: typer.Context, link: LinkName, json: Json = False) -> None:
    """Write nothing for a link until it is resumed."""
    _change_link(context, link, "pause", json=json)


@links.command("resume")
def resume(context: typer.Context, link: LinkName, json: Json = False) -> None:
    """Let a link that was paused or removed go on."""
    _change_link(context, link, "resume", json=json)


@links.command("remove")
def remove_link(context: typer.Context, link: LinkName, json: Json = False) -> None:
    """Take a link out of use; linking the same accounts again goes on with what it knew."""
    _change_link(context, link, "remove", json=json)


_CHANGED = {"pause": "is paused", "resume": "goes on", "remove": "is removed"}


def _change_link(context: typer.Context, link: str, verb: str, *, json: bool) -> None:
    from counterfoil.api import standing
    from counterfoil.hub import accounts, verbs

    with opened(context) as hub:
        changed = accounts.change_link(hub, verbs.link_named(hub, link), verb, actor())
        shown = standing.link_shown(hub, changed)
    if json:
        emit(shown)
    else:
        say(f"Link {changed.id} ({changed.name}) {_CHANGED[verb]}.")


@links.command("list")
def list_links(context: typer.Context, json: Json = False) -> None:
    """List all links."""
    from counterfoil.api import standing

    with opened(context) as hub:
        found = standing.all_links(hub)
    if json:
        emit({"links": found})
        return
    table(
        (
            Column("ID", is_number=True),
            Column("Name"),
            Column("Operations"),
            Column("Books"),
            Column("Since", is_wide=True, is_whole=True),
        ),
        (
            (
                each.id,
                each.name,
                f"{each.operations_name} ({each.operations})",
                f"{each.books_name} ({each.books})",
                when(each.created_at),
            )
            for each in found
        ),
        empty="No links yet. Make one with: counterfoil links add",
    )
