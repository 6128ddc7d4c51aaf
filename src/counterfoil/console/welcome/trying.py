"""``/welcome/trial``: a trial with the stand-ins, begun and thrown away with one press each."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Response
from fastapi.responses import RedirectResponse

from counterfoil.api.errors import ApiError
from counterfoil.api.finding import conflict
from counterfoil.console.rendering import page, said
from counterfoil.console.visiting import Administering
from counterfoil.hub import guide, stand_ins
from counterfoil.hub.setup import Hub
from counterfoil.hub.stand_ins import Trials

from .choosing import pair_in

__all__ = ["add"]


def add(routes: APIRouter, hub: Hub, trials: Trials | None) -> None:
    """Add the routes."""

    @routes.get("/welcome/trial")
    def show(visit: Administering) -> Response:
        """How far the trial is, and the way out of it."""
        shown = stand_ins.trial_shown(hub)
        doing = None if trials is None else trials.doing
        if shown is None and doing is None and (trials is None or trials.problem is None):
            return RedirectResponse("/welcome", 303)
        arrived = None
        if shown is not None and shown.link is not None:
            arrived = guide.guide(hub, guide.setup_of_link(hub, str(shown.link))).steps[-1]
        return page(
            visit,
            "welcome/trial.html",
            shown=shown,
            doing=doing,
            problem=None if trials is None else trials.problem,
            arrived=arrived,
        )

    @routes.post("/welcome/trial")
    def begin(visit: Administering, pair: Annotated[str, Form(max_length=100)]) -> Response:
        operations, books = pair_in(pair)
        if trials is None:
            raise ApiError(409, "This process has no stand-ins, so it cannot begin a trial.")
        # Pressed twice, it is begun once.
        if trials.doing is None and stand_ins.trial_shown(hub) is None:
            with conflict():
                trials.begin(operations, books, visit.name)
        return RedirectResponse("/welcome/trial", 303)

    @routes.post("/welcome/trial/end")
    def end(visit: Administering) -> Response:
        with conflict():
            if trials is not None:
                trials.end(visit.name)
            else:
                stand_ins.end_trial(hub, visit.name)
                stand_ins.throw_away(hub, visit.name)
        return said(visit, "/welcome", "The trial is thrown away, with everything it did.")
