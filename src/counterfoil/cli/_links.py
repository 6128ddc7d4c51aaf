"""``counterfoil links``: pairs of an operations and a books connection."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from counterfoil.told import Told

from ._asking import Yes, agreed
from ._show import Column, builtins, emit, say, table, when
from ._state import Json, LinkName, actor, opened
from ._steps import tell_stage

if TYPE_CHECKING:
    from counterfoil.api.standing import LinkShown

__all__ = ["links"]

links = typer.Typer(no_args_is_help=True, help="Pairs of an operations and a books connection.")


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
    from counterfoil.hub import accounts, before_first

    with opened(context) as hub:
        made = accounts.add_link(hub, operations, books, actor(), name=name)
        set_up = before_first.link_checklist(hub, made.id)
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
    tell_stage(set_up)
    say(f"Its settings: counterfoil settings show {made.id}")


@links.command("checklist")
def checklist(
    context: typer.Context,
    link: LinkName,
    confirm: Annotated[
        str | None,
        typer.Option("--confirm", metavar="STEP", help="Say that this step is done."),
    ] = None,
    withdraw: Annotated[
        str | None, typer.Option("--withdraw", metavar="STEP", help="Take that back.")
    ] = None,
    json: Json = False,
) -> None:
    """Show what has to be set on both sides before the first transfer, and what is missing."""
    from counterfoil.hub import before_first

    with opened(context) as hub:
        found = before_first.link_checklist(hub, link)
        for step, is_so in ((confirm, True), (withdraw, False)):
            if step is not None:
                found = before_first.confirm(hub, link, step, actor(), is_so=is_so)
    if json:
        emit(found)
        return
    if not found.steps:
        say("Links of this pairing have no checklist of their own. What the books need:")
        say("counterfoil connections checklist CONNECTION", indent=2)
        return
    if found.stage is not None:
        say(found.stage, bold=True)
    words = {True: "passed", False: "failed", None: "open"}
    table(
        (Column("Step", is_whole=True), Column("State", is_whole=True), Column("What to do")),
        (
            (each.step, words[each.is_passed], f"{each.title}. {each.sentence}")
            for each in found.steps
        ),
    )


@links.command("pause")
def pause(context: typer.Context, link: LinkName, json: Json = False) -> None:
    """Read and write nothing for a link until it is resumed; what is under way is finished."""
    _change_link(context, link, "pause", json=json)


@links.command("resume")
def resume(context: typer.Context, link: LinkName, json: Json = False) -> None:
    """Let a link that was paused or removed go on."""
    _change_link(context, link, "resume", json=json)


@links.command("remove")
def remove_link(
    context: typer.Context, link: LinkName, *, yes: Yes = False, json: Json = False
) -> None:
    """Take a link out of use; linking the same accounts again goes on with what it knew."""
    from counterfoil.hub import accounts, finding

    with opened(context) as hub:
        found = finding.link_named(hub, link)
        leaves = accounts.what_link_leaves(hub, found) if found.is_active else []
        if leaves:
            agreed(f"Remove the link “{found.name}”?", leaves, yes=yes)
    _change_link(context, link, "remove", json=json, leaves=leaves)


_CHANGED = {"pause": "is paused", "resume": "goes on", "remove": "is removed"}


def _change_link(
    context: typer.Context, link: str, verb: str, *, json: bool, leaves: Sequence[Told] = ()
) -> None:
    from counterfoil.api import standing
    from counterfoil.hub import accounts, finding

    with opened(context) as hub:
        changed = accounts.change_link(hub, finding.link_named(hub, link), verb, actor())
        shown = standing.link_shown(hub, changed)
    if json:
        emit(builtins(shown) | ({"leaves": list(leaves)} if leaves else {}))
        return
    say(f"Link {changed.id} ({changed.name}) {_CHANGED[verb]}.")
    for each in leaves:
        say(each, indent=2)


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
            Column("State", is_whole=True),
            Column("Since", is_wide=True, is_whole=True),
        ),
        (
            (
                each.id,
                each.name,
                f"{each.operations_name} ({each.operations})",
                f"{each.books_name} ({each.books})",
                _state(each),
                when(each.created_at),
            )
            for each in found
        ),
        empty="No links yet. Make one with: counterfoil links add",
    )


def _state(link: LinkShown) -> str:
    if not link.is_active:
        return "removed"
    return "paused" if link.is_paused else "goes on"
