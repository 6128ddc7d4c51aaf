"""``/api/v1/runs``: what was done, run by run, and what became of every document written."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Query

from counterfoil.hub import desk, ending_early, views
from counterfoil.hub.setup import Hub

from . import models
from .finding import ABSENT, ABSENT_OR_CONFLICT, PAGE_MAX, absent, conflict, plain
from .security import Actor

__all__ = ["add"]

_Limit = Annotated[int, Query(ge=1, le=PAGE_MAX)]


def add(routes: APIRouter, hub: Hub) -> None:
    """Add the routes."""
    _add_lists(routes, hub)

    @routes.get("/runs/{run}", response_model=models.Run, responses=ABSENT)
    def show_run(run: int, actor: Actor) -> Any:
        """A run in full: the newest hundred of what it wrote, of what stopped and of its calls."""
        with absent():
            row = views.shown_run(hub, run)
        return plain(
            {
                **msgspec.structs.asdict(row),
                "pressed_by": views.presses_of_run(hub, run),
                "steps": views.run_steps(hub, run),
                "progress": views.run_progress(hub, run),
                "writes": views.run_writes(hub, run, limit=100),
                "stopped": views.run_stopped(hub, run, limit=100),
                "calls": views.run_calls(hub, run, limit=100),
            }
        )

    @routes.post("/runs/{run}/stop", response_model=models.Decided, responses=ABSENT_OR_CONFLICT)
    def stop(run: int, actor: Actor) -> Any:
        """Have a run end after the batch that is on its way; what waits goes with the next one."""
        with absent():
            views.shown_run(hub, run)
        with conflict():
            return {"sentence": ending_early.stop(hub, run, actor)}

    @routes.get("/runs/{run}/undo", response_model=models.UndoEffect, responses=ABSENT_OR_CONFLICT)
    def undo_effect(run: int, actor: Actor) -> Any:
        """What undoing a run would do; ``POST /transfers/undo`` does it."""
        with conflict():
            return plain(desk.undo_effect(hub, run))


def _add_lists(routes: APIRouter, hub: Hub) -> None:
    @routes.get("/runs", response_model=models.Runs, responses=ABSENT)
    def list_runs(
        actor: Actor,
        *,
        link: str | None = None,
        connection: int | None = None,
        how: views.RunHow | None = None,
        everything: bool = False,
        since: date | None = None,
        until: date | None = None,
        before: int | None = None,
        limit: _Limit = 50,
    ) -> Any:
        """Runs, newest first; ``everything``: also those that only read.

        ``since`` and ``until``: days of the company's, both included.
        """
        with absent():
            found = views.runs_page(
                hub,
                link=link,
                connection=connection,
                how=how,
                everything=everything,
                before=before,
                limit=limit,
                **views.period_of(hub, since, until),
            )
        return {"runs": plain(found), "next": _next(found, limit)}

    @routes.get("/writes", response_model=models.Writes, responses=ABSENT)
    def list_writes(
        actor: Actor,
        *,
        link: str | None = None,
        flow: models.AskedFlow | None = None,
        outcome: views.Outcome | None = None,
        since: date | None = None,
        until: date | None = None,
        before: int | None = None,
        limit: _Limit = 50,
    ) -> Any:
        """Every write of a document with what became of it, newest first.

        ``since`` and ``until``: days of the company's, both included.
        """
        with absent():
            found = views.writes_page(
                hub,
                link=link,
                flow=flow,
                outcome=outcome,
                before=before,
                limit=limit,
                **views.period_of(hub, since, until),
            )
        return {"writes": plain(found), "next": _next(found, limit)}


def _next(found: Any, limit: int) -> int | None:
    return found[-1].id if len(found) == limit else None
