"""``counterfoil notices``: who is told when something stands still."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Annotated

import typer

from ._asking import Yes, agreed
from ._show import Column, emit, say, table, when
from ._state import Json, actor, opened

if TYPE_CHECKING:
    from counterfoil.hub.notices import RuleShown

__all__ = ["notices"]

notices = typer.Typer(
    no_args_is_help=True,
    help="Who is told, by e-mail or another service, when something stands still.",
)

Name = Annotated[str, typer.Argument(metavar="NAME", help="The rule's name or number.")]
_SECRET = "COUNTERFOIL_APPRISE_URL"  # noqa: S105 - the name of a variable


@notices.command("add")
def add_rule(
    context: typer.Context,
    name: Annotated[str, typer.Option("--name", help="What people call the rule.")],
    email: Annotated[
        str | None, typer.Option("--email", metavar="ADDRESS", help="Tell by e-mail.")
    ] = None,
    apprise: Annotated[
        bool,
        typer.Option(
            "--apprise",
            help=f"Tell by the service whose Apprise address stands in {_SECRET}, or is asked for.",
        ),
    ] = False,
    link: Annotated[
        str | None, typer.Option("--link", metavar="LINK", help="Only of this link.")
    ] = None,
    causes: Annotated[
        list[str] | None,
        typer.Option(
            "--on",
            metavar="CAUSE",
            help="Only of this: refused, fields, overdue, unreadable, connection, link, or the "
            "code of a refusal; can be repeated.",
        ),
    ] = None,
    json: Json = False,
) -> None:
    """Let somebody be told: one notice for each cause, however many documents it keeps."""
    from counterfoil.errors import UsageError
    from counterfoil.hub import notices as hub_notices

    if (email is None) is not apprise:
        raise UsageError("Give one of --email and --apprise.")
    channel, place = ("email", email) if email is not None else ("apprise", _apprise_address())
    with opened(context) as hub:
        made = hub_notices.add(hub, name, channel, place, actor(), link=link, causes=causes or ())
    if json:
        emit(made)
        return
    say(f"{made.place} is told from now on. Try it: counterfoil notices test {made.id}")


def _apprise_address() -> str:
    """Read the address, which is a secret, where nobody looks over a shoulder or in a history."""
    found = os.environ.get(_SECRET)
    return found or str(typer.prompt("Apprise address (it is not shown)", hide_input=True))


@notices.command("list")
def list_rules(context: typer.Context, json: Json = False) -> None:
    """List who is told of what."""
    from counterfoil.hub import notices as hub_notices

    with opened(context) as hub:
        found = hub_notices.all_rules(hub)
    if json:
        emit({"rules": found})
        return
    table(
        (
            Column("ID", is_number=True),
            Column("Name"),
            Column("Tells", is_whole=True),
            Column("Of"),
            Column("Link"),
            Column("Since", is_wide=True, is_whole=True),
        ),
        (
            (
                each.id,
                each.name,
                each.place,
                ", ".join(each.causes) or "everything",
                each.link_name or "all",
                when(each.made_at),
            )
            for each in found
        ),
        empty="Nobody is told of anything yet. Change that with: counterfoil notices add",
    )


@notices.command("test")
def try_rule(context: typer.Context, name: Name, json: Json = False) -> None:
    """Tell by a rule now that it works."""
    from counterfoil.hub import notices as hub_notices

    with opened(context) as hub:
        told = hub_notices.test(hub, name)
    if json:
        emit({"sentence": told})
        return
    say(told)


@notices.command("remove")
def remove_rule(
    context: typer.Context, name: Name, *, yes: Yes = False, json: Json = False
) -> None:
    """Let a rule tell nobody any more."""
    from counterfoil.hub import notices as hub_notices

    with opened(context) as hub:
        shown = next((each for each in hub_notices.all_rules(hub) if _is(each, name)), None)
        if shown is not None:
            agreed(f"Remove the rule “{shown.name}”?", [f"{shown.place} is not told."], yes=yes)
        gone = hub_notices.remove(hub, name, actor())
    if json:
        emit(gone)
        return
    say(f"{gone.place} is not told by “{gone.name}” any more.")


def _is(rule: RuleShown, name: str) -> bool:
    return name in (rule.name, str(rule.id))
