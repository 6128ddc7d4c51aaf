"""``runs`` and ``writes``: what was done, run by run and document by document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, get_args

import typer

from ._asking import day_typed, word_typed
from ._csv import AsCsv, Workbook, one_output, write_table
from ._show import Column, emit, say, table, warn, when
from ._state import Json, actor, opened

if TYPE_CHECKING:
    from counterfoil.hub.setup import Hub
    from counterfoil.hub.views import RunRow, WriteRow

__all__ = ["runs", "writes"]

Since = Annotated[
    str | None, typer.Option("--since", metavar="DATE", help="Since this day, like 2026-01-31.")
]
Until = Annotated[
    str | None, typer.Option("--until", metavar="DATE", help="Until this day, which is included.")
]
Limit = Annotated[int, typer.Option("--limit", min=1, max=1000, help="How many.")]
Before = Annotated[
    int | None, typer.Option("--before", metavar="ID", help="Only what is older than this.")
]
OfLink = Annotated[str | None, typer.Option("--link", metavar="LINK", help="Only of this link.")]


def runs(
    context: typer.Context,
    connection: Annotated[
        str | None,
        typer.Argument(metavar="CONNECTION", help="The connection's number or name; default: all."),
    ] = None,
    *,
    run: Annotated[int | None, typer.Option("--run", metavar="ID", help="One run in full.")] = None,
    stop: Annotated[
        int | None,
        typer.Option("--stop", metavar="ID", help="Have this run end after the batch on its way."),
    ] = None,
    link: OfLink = None,
    how: Annotated[
        str | None,
        typer.Option("--how", help="wrote, problem or on: only those that are, had or did so."),
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Also those that only read and came to a good end.")
    ] = False,
    since: Since = None,
    until: Until = None,
    before: Before = None,
    limit: Limit = 20,
    as_csv: AsCsv = False,
    workbook: Workbook = None,
    json: Json = False,
) -> None:
    """List runs, newest first, with what each wrote; or one of them in full."""
    from counterfoil.api.sheets import table_of
    from counterfoil.hub import finding, views

    one_output(json=json, as_csv=as_csv, workbook=workbook)
    wanted = word_typed("--how", how, get_args(views.RunHow))
    days = (day_typed(since), day_typed(until))
    with opened(context) as hub:
        if stop is not None:
            _stop(hub, stop, json=json)
            return
        if run is not None:
            _one(hub, run, json=json)
            return
        named = None if connection is None else finding.connection_named(hub, connection)
        found = views.runs_page(
            hub,
            link=link,
            connection=None if named is None else named.id,
            how=wanted,
            # Of one connection all are told, as before there were lists of several.
            everything=everything or named is not None,
            before=before,
            limit=limit,
            **views.period_of(hub, *days),
        )
    if json:
        emit({"runs": found})
    elif as_csv or workbook is not None:
        write_table(workbook, *table_of(views.RunRow, found))
    else:
        _show_runs(found)


def _show_runs(found: list[RunRow]) -> None:
    table(
        (
            Column("ID", is_whole=True),
            Column("Started", is_whole=True),
            Column("Connection"),
            Column("By", is_wide=True),
            Column("Created", is_number=True),
            Column("Changed", is_number=True),
            Column("Settled", is_number=True),
            Column("Took", is_number=True),
            Column("Problem"),
        ),
        (
            (
                each.id,
                when(each.started_at),
                each.connection_name,
                each.trigger,
                each.created,
                each.changed,
                each.settled,
                _took(each.seconds),
                each.problem or ("on" if each.is_on else ""),
            )
            for each in found
        ),
        empty="No such run is kept.",
    )


def _took(seconds: float) -> str:
    if seconds < 60:
        return f"{seconds:.0f} s"
    return f"{seconds // 60:.0f} min" if seconds < 3_600 else f"{seconds / 3_600:.1f} h"


def _stop(hub: Hub, run: int, *, json: bool) -> None:
    from counterfoil.hub import ending_early

    sentence = ending_early.stop(hub, run, actor())
    if json:
        emit({"sentence": sentence})
    else:
        say(sentence)


def _one(hub: Hub, run: int, *, json: bool) -> None:
    from counterfoil.hub import views

    shown = views.shown_run(hub, run)
    parts: dict[str, Any] = {
        "run": shown,
        "pressed_by": views.presses_of_run(hub, run),
        "steps": views.run_steps(hub, run),
        "progress": views.run_progress(hub, run),
        "writes": views.run_writes(hub, run, limit=100),
        "stopped": views.run_stopped(hub, run, limit=100),
        "calls": views.run_calls(hub, run, limit=100),
    }
    if json:
        emit(parts)
        return
    say(f"Run {shown.id}: {shown.title}", bold=True)
    ended = "it is on" if shown.is_on else f"took {_took(shown.seconds)}"
    say(f"Started {when(shown.started_at)} by {shown.trigger}; {ended}", indent=2)
    if parts["pressed_by"]:
        say(f"Sent by {', '.join(parts['pressed_by'])}", indent=2)
    if shown.problem:
        warn(shown.problem)
    _show_writes(parts["writes"])
    for each in parts["stopped"]:
        warn(f"{each.number or each.transfer}: {each.sentence}")
    if shown.created:
        say(f"To take out what it created: counterfoil undo --run {shown.id}")


def writes(
    context: typer.Context,
    *,
    link: OfLink = None,
    flow: Annotated[str | None, typer.Option("--flow", help="Only of this flow.")] = None,
    outcome: Annotated[
        str | None,
        typer.Option("--outcome", help="arrived, moving, refused, checked or again."),
    ] = None,
    since: Since = None,
    until: Until = None,
    before: Before = None,
    limit: Limit = 50,
    as_csv: AsCsv = False,
    workbook: Workbook = None,
    json: Json = False,
) -> None:
    """List every write of a document with what became of it, newest first."""
    from counterfoil.api.sheets import table_of
    from counterfoil.hub import finding, views

    one_output(json=json, as_csv=as_csv, workbook=workbook)
    wanted = word_typed("--outcome", outcome, get_args(views.Outcome))
    days = (day_typed(since), day_typed(until))
    with opened(context) as hub:
        found = views.writes_page(
            hub,
            link=link,
            flow=None if flow is None else finding.flow_named(flow).value,
            outcome=wanted,
            before=before,
            limit=limit,
            **views.period_of(hub, *days),
        )
    if json:
        emit({"writes": found})
    elif as_csv or workbook is not None:
        write_table(workbook, *table_of(views.WriteRow, found))
    else:
        _show_writes(found)


def _show_writes(found: list[WriteRow]) -> None:
    table(
        (
            Column("Transfer", is_number=True),
            Column("Number", is_whole=True),
            Column("Party"),
            Column("Amount", is_number=True),
            Column("What", is_whole=True),
            Column("Became", is_whole=True),
            Column("At", is_whole=True, is_wide=True),
            Column("Run", is_number=True, is_wide=True),
            Column("Said"),
        ),
        (
            (
                each.transfer,
                each.number or "",
                each.party or "",
                each.amount or "",
                f"{each.kind} {each.action}",
                each.outcome if each.there is None else f"{each.outcome}: {each.there}",
                when(each.at),
                each.run,
                each.message or "",
            )
            for each in found
        ),
        empty="Nothing was written.",
    )
