"""One run: how far it is, what it wrote, what stopped and why, and taking it back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Form, Query, Response
from fastapi.sse import EventSourceResponse, ServerSentEvent

from counterfoil.api.errors import ApiError
from counterfoil.api.sheets import table_of
from counterfoil.api.table_files import table_answer
from counterfoil.console.filters import PAGE, clock_of, every, took
from counterfoil.console.live import Seen, Streams
from counterfoil.console.rendering import page, said
from counterfoil.console.visiting import Looking, Operating, Visit
from counterfoil.errors import UsageError
from counterfoil.hub import desk, ending_early, verbs, views
from counterfoil.hub.document_line import several
from counterfoil.hub.setup import Hub

from .runs import TRIGGERS
from .transfers import OUTCOMES

__all__ = ["add"]

_CALLS: Final = 30
_STATES: Final = {
    "sent": ("busy", "On its way"),
    "answered": ("good", "Answered"),
    "unanswered": ("ask", "No answer; being checked"),
    "recovered": ("good", "Answered after it was asked for"),
    "unclear": ("need", "Nobody knows whether it arrived"),
}


def add(routes: APIRouter, hub: Hub, streams: Streams) -> None:
    """Add the routes."""

    @routes.get("/runs/{run}")
    def show(
        visit: Looking,
        run: int,
        *,
        before: int | None = None,
        as_: Annotated[str, Query(alias="format", max_length=4)] = "",
    ) -> Response:
        row = _found(hub, run)
        if as_ in ("csv", "xlsx"):
            rows = every(partial(_writes, hub, run))
            return table_answer(f"run-{run}", as_, *table_of(views.WriteRow, rows))
        return page(visit, "history/run.html", **_region(visit, row, before))

    @routes.get("/runs/{run}/live", response_class=EventSourceResponse)
    async def follow(visit: Looking, run: _Existing) -> AsyncIterator[ServerSentEvent]:
        async for each in streams.follow(visit.request, lambda: _look(visit, run)):
            yield each

    _add_undo(routes, hub)
    _add_stop(routes, hub)


def _writes(hub: Hub, run: int, before: int | None, limit: int) -> list[views.WriteRow]:
    return views.run_writes(hub, run, before=before, limit=limit)


def _found(hub: Hub, run: int) -> views.RunRow:
    try:
        return views.shown_run(hub, run)
    except UsageError as error:
        raise ApiError(404, error.said) from error


def _existing(visit: Looking, run: int) -> int:
    """See that there is a run before anything of it is streamed, where it cannot be a 404."""
    return _found(visit.hub, run).id


_Existing = Annotated[int, Depends(_existing)]


def _look(visit: Visit, run: int) -> Seen:
    row, progress = views.shown_run(visit.hub, run), views.run_progress(visit.hub, run)
    return Seen(
        mark=progress,
        is_over=not progress.is_on,
        render=lambda: _html(page(visit, "history/_live.html", **_region(visit, row, None))),
    )


def _html(answer: Response) -> str:
    return bytes(answer.body).decode()


def _region(visit: Visit, row: views.RunRow, before: int | None) -> dict[str, Any]:
    """Give everything that a run's page tells."""
    hub, run = visit.hub, row.id
    writes = views.run_writes(hub, run, before=before, limit=PAGE)
    return {
        "run": row,
        "progress": views.run_progress(hub, run),
        "steps": views.run_steps(hub, run),
        "pressed_by": views.presses_of_run(hub, run),
        "writes": writes,
        "stopped": views.run_stopped(hub, run, limit=PAGE),
        "calls": views.run_calls(hub, run, limit=_CALLS),
        "before": before,
        "older": f"/runs/{run}?before={writes[-1].id}" if len(writes) == PAGE else "",
        "trigger": TRIGGERS[row.trigger],
        "outcomes": OUTCOMES,
        "states": _STATES,
        "took": took,
        "clock": clock_of(visit),
    }


# --- Taking it back -----------------------------------------------------------------------


def _add_undo(routes: APIRouter, hub: Hub) -> None:
    @routes.get("/runs/{run}/undo")
    def ask(visit: Operating, run: int) -> Response:
        return _effect(visit, _found(hub, run))

    @routes.post("/runs/{run}/undo")
    def undo(
        visit: Operating, run: int, consent: Annotated[str, Form(max_length=5)] = ""
    ) -> Response:
        row = _found(hub, run)
        try:
            done = desk.undo(hub, visit.name, run=run, consent=bool(consent))
        except UsageError as error:
            raise ApiError(409, error.said) from error
        verbs.wake_for(hub, done.undone)
        return said(visit, f"/runs/{run}", _told(done, row))


def _add_stop(routes: APIRouter, hub: Hub) -> None:
    @routes.post("/runs/{run}/stop")
    def stop(visit: Operating, run: int) -> Response:
        """Have it end after the batch that is on its way."""
        _found(hub, run)
        try:
            sentence = ending_early.stop(hub, run, visit.name)
        except UsageError as error:
            sentence = error.message
        return said(visit, f"/runs/{run}", sentence)


def _effect(visit: Visit, row: views.RunRow) -> Response:
    try:
        effect = desk.undo_effect(visit.hub, row.id)
    except UsageError as error:
        raise ApiError(409, error.said) from error
    return page(visit, "history/undo.html", run=row, effect=effect)


def _told(done: desk.Undone, row: views.RunRow) -> str:
    taken = f"{several('document', len(done.undone))} taken out of {row.connection_name}"
    if not done.undone:
        return "Nothing was taken out; each document says why."
    left = f" {several('document', len(done.left))} stay." if done.left else ""
    return f"{taken}, with its next run.{left}"
