"""``counterfoil inbox`` and ``cure``: what needs a person, and what cures it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ._asking import Yes, agreed
from ._csv import AsCsv, Workbook, write_table
from ._exits import Exit
from ._show import Column, command, emit, say, table, when
from ._state import Json, actor, opened

if TYPE_CHECKING:
    from counterfoil.hub.inbox import Case, CureCarriedOut
    from counterfoil.hub.setup import Hub

__all__ = ["cure", "inbox", "uncure"]

_KEY = typer.Argument(metavar="CASE", help="The case's key, or its beginning.")


def inbox(
    context: typer.Context,
    case: Annotated[str | None, _KEY] = None,
    *,
    link: Annotated[
        str | None, typer.Option("--link", metavar="LINK", help="Only of this link.")
    ] = None,
    acts: Annotated[
        str | None,
        typer.Option(
            "--for",
            metavar="WHO",
            help="Only for: bookkeeper, operations, administrator, installer or support.",
        ),
    ] = None,
    as_csv: AsCsv = False,
    workbook: Workbook = None,
    json: Json = False,
) -> None:
    """Show what needs a person, each cause once; with CASE its documents and its cures."""
    from counterfoil.documents import Actor
    from counterfoil.errors import UsageError
    from counterfoil.hub import finding
    from counterfoil.hub import inbox as cases

    if acts is not None and acts not in set(Actor):
        raise UsageError(f"{acts!r} is nobody. Choose one of: {', '.join(Actor)}.")
    with opened(context) as hub:
        if case is not None:
            _show(cases.case(hub, case), as_json=json)
            return
        of = None if link is None else finding.link_named(hub, link).id
        found = cases.cases(hub, link=of, acts=None if acts is None else Actor(acts))
        if as_csv or workbook is not None:
            _export(hub, found, workbook)
            return
        if json:
            whole = cases.with_documents(hub, found)
            emit({"cases": [cases.shown(each) for each in whole]})
            return
        _list(found)


def _list(found: list[Case]) -> None:
    table(
        (
            Column("Case", is_whole=True),
            Column("Keeps"),
            Column("For", is_wide=True),
            Column("Since", is_wide=True, is_whole=True),
            Column("What"),
            Column("First cure"),
        ),
        (
            (
                each.key,
                f"{each.number} {each.noun}" if each.number else "",
                each.acts.value,
                when(each.since),
                each.sentence,
                each.primary.label,
            )
            for each in found
        ),
        empty="Nothing needs you.",
    )
    if found:
        say("More of one, with all its cures: counterfoil inbox CASE")


def _export(hub: Hub, found: list[Case], workbook: Path | None) -> None:
    from counterfoil.api.sheets import table_of
    from counterfoil.hub import inbox as cases

    write_table(workbook, *table_of(cases.InboxRow, cases.listing(hub, found)))


def _show(case: Case, *, as_json: bool) -> None:
    """Show one case with its documents, and each cure with what it would do."""
    from counterfoil.hub import inbox as cases

    if as_json:
        emit(cases.shown(case))
        return
    say(case.sentence, bold=True)
    say(f"For {case.acts.value}. {case.advice}")
    if case.detail:
        say(f"Seen: {case.detail}", indent=2)
    for each in case.documents:
        amount = "" if each.amount is None else f"{each.amount} {each.currency}".strip()
        parts = (each.number, each.party, each.day and each.day.isoformat(), amount)
        say(", ".join(part for part in parts if part), indent=2)
    if not case.is_whole:
        say(f"and {case.number - len(case.documents)} more", indent=2)
    for cure in case.cures:
        if cure.name is cases.CureName.LOOK:
            continue
        say(cure.label, bold=True)
        for line in cases.effect(case, cure).lines:
            say(line, indent=2)
        if cure.name is cases.CureName.EDIT:
            command(f"counterfoil correct {case.documents[0].id}", indent=2)
            continue
        asked = f" --answer {cure.asks.value.upper()}" if cure.asks and not cure.answer else ""
        command(f"counterfoil cure {case.key} {cure.choice}{asked}", indent=2)


def cure(
    context: typer.Context,
    case: Annotated[str, _KEY],
    choice: Annotated[
        str, typer.Argument(metavar="CURE", help="Which cure, as “counterfoil inbox CASE” says.")
    ],
    *,
    answer: Annotated[
        str,
        typer.Option(
            "--answer",
            metavar="TEXT",
            help="What the cure asks: a record, a name, a day, a number or a reason.",
        ),
    ] = "",
    ids: Annotated[
        list[int] | None,
        typer.Option(
            "--only", metavar="ID", help="Only this transfer of the case; can be repeated."
        ),
    ] = None,
    yes: Yes = False,
    json: Json = False,
) -> None:
    """Cure a case: says what will happen, asks, and does it."""
    from counterfoil.errors import UsageError
    from counterfoil.hub import inbox as cases

    with opened(context) as hub:
        found = cases.case(hub, case)
        chosen = found.cure(choice)
        if chosen is None:
            known = ", ".join(each.choice for each in found.cures)
            raise UsageError(f"{choice!r} is no cure of this. Choose one of: {known}.")
        tokens = tuple(each.token for each in found.documents if ids and each.id in ids)
        if ids and len(tokens) != len(set(ids)):
            raise UsageError("--only: one of these transfers is not kept by this case.")
        told = cases.effect(found, chosen, answer, number=len(tokens) or None)
        agreed(f"{told.button}?", [*told.lines, told.way_back], yes=yes)
        asked = cases.Asked(choice=choice, answer=answer, documents=tokens, stand=found.stand)
        cured = cases.cure(hub, found.key, asked, actor())
    if json:
        emit(cured)
    else:
        say(cured.sentence)
        if cured.number is not None:
            say("To take it back:")
            command(f"counterfoil uncure {cured.number}", indent=2)
        for each in cured.left:
            say(f"{each.number}: {each.sentence}", indent=2)
    if cured.left or not cured.is_done:
        raise typer.Exit(Exit.PERSON)


def uncure(
    context: typer.Context,
    number: Annotated[
        int | None,
        typer.Argument(metavar="NUMBER", help="The cure's number, as it was told; default: list."),
    ] = None,
    json: Json = False,
) -> None:
    """Take a cure back, as far as nothing of it has left; without NUMBER, list what was done."""
    from counterfoil.hub import inbox as cases

    with opened(context) as hub:
        if number is None:
            _list_cures(cases.cures_done(hub), as_json=json)
            return
        sentence = cases.take_back_done(hub, number, actor())
    if json:
        emit({"sentence": sentence})
    else:
        say(sentence)


def _list_cures(found: list[CureCarriedOut], *, as_json: bool) -> None:
    if as_json:
        emit({"cures": found})
        return
    table(
        (
            Column("Number", is_number=True),
            Column("When", is_whole=True),
            Column("Who"),
            Column("What came of it"),
            Column("Taken back"),
        ),
        (
            (
                each.id,
                when(each.at),
                each.actor,
                each.sentence,
                f"{when(each.undone_at)}, {each.undone_by}" if each.undone_at else "",
            )
            for each in found
        ),
        empty="Nothing was cured in the last thirty days that could be taken back.",
    )
