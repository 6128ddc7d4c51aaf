"""``counterfoil correct``: what one document says in the target in place of its source."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from ._asking import Yes, agreed
from ._exits import Exit
from ._show import Column, command, emit, say, table
from ._state import Json, actor, opened
from ._transfers import decided

if TYPE_CHECKING:
    from counterfoil.hub.desk import Editable, Released
    from counterfoil.hub.setup import Hub

__all__ = ["correct"]


def correct(
    context: typer.Context,
    transfer: Annotated[int, typer.Argument(metavar="ID", help="The transfer's number.")],
    said: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="FIELD=VALUE", help="What it shall say; empty: what goes uncorrected."
        ),
    ] = None,
    *,
    activate: Annotated[
        bool,
        typer.Option("--activate", help="Make the inactive record active over which it stopped."),
    ] = False,
    undo: Annotated[
        bool, typer.Option("--undo", help="Let it say again what its source says.")
    ] = False,
    yes: Yes = False,
    json: Json = False,
) -> None:
    """Let a document say something else where it is sent to; without FIELD=VALUE, what it can.

    Its source stays as it is, and nothing is sent: try it again afterwards.
    """
    from counterfoil.errors import UsageError
    from counterfoil.hub import desk

    if sum((bool(said), activate, undo)) > 1:
        raise UsageError("Give FIELD=VALUE, or --activate, or --undo: one of them.")
    with opened(context) as hub:
        if activate:
            result = desk.activate_named(hub, [transfer], actor())
        elif undo:
            result = desk.replace_correction(hub, transfer, None, actor())
        elif said:
            result = _edited(hub, transfer, _typed(said), yes=yes)
        else:
            _show(desk.editable(hub, transfer), as_json=json)
            return
        stops = bool(result.released) and not undo and _stands(hub, transfer)
    decided(result, "corrected", json=json)
    if stops and not json:
        say("Nothing is sent by it. To send it:")
        command(f"counterfoil retry {transfer}", indent=2)


def _stands(hub: Hub, transfer: int) -> bool:
    """Whether a document stays where it stopped until somebody tries it again."""
    from counterfoil.engine.life import State
    from counterfoil.hub import desk

    return bool(desk.details(hub, transfer)["state"] == State.REFUSED)


def _typed(said: list[str]) -> dict[str, str]:
    from counterfoil.errors import UsageError

    for each in said:
        if "=" not in each:
            raise UsageError(f"{each!r}: write it as FIELD=VALUE, like memo=Hello.")
    pairs = (each.partition("=") for each in said)
    return {field.strip(): value for field, _equals, value in pairs}


def _edited(hub: Hub, transfer: int, typed: dict[str, str], *, yes: bool) -> Released:
    from counterfoil.hub import desk

    at = desk.editable(hub, transfer)
    made = desk.propose(hub, transfer, typed)
    if not made.problems and made.is_new:
        told = [
            f"{each.label}: {each.source or 'nothing'} becomes {each.value or 'nothing'}."
            for each in made.differences
        ]
        agreed(f"Let {at.number} say so in {at.target}?", told, yes=yes)
    return desk.edit(hub, transfer, typed, actor(), version=at.version).result


def _show(at: Editable, *, as_json: bool) -> None:
    if as_json:
        emit(at)
    else:
        if at.said:
            say(at.said)
        say(at.kept or f"What {at.number} can say in {at.target}:")
        table(
            (
                Column("Field", is_whole=True),
                Column("Means"),
                Column("Uncorrected"),
                Column("Goes"),
            ),
            ((each.key, each.label, each.source, each.value) for each in at.fields),
        )
        if not at.is_whole:
            say("What else it becomes is not known yet; look again once it was tried.")
        command(f"counterfoil correct {at.transfer} FIELD=VALUE", indent=2)
    if at.kept:
        raise typer.Exit(Exit.PERSON)
