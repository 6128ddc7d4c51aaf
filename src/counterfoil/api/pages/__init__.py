"""The pages for people: status, signing in, connecting, and the API's description.

Server-rendered; but for connecting they are read-only.  Every text is escaped by the templates;
no page has a script or an inline style, so the policy every answer carries forbids both.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Final, NamedTuple

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import FileResponse, RedirectResponse

from counterfoil.api import reference, standing
from counterfoil.api.errors import UNAUTHORIZED, ApiError
from counterfoil.api.security import (
    COOKIE,
    Viewer,
    is_here,
    is_same_site,
    new_session,
    sign_out,
)
from counterfoil.api.tokens import LIFE
from counterfoil.engine.life import State
from counterfoil.errors import CounterfoilError, LedgerError
from counterfoil.hub import verbs, views
from counterfoil.hub.dispatcher import Dispatcher
from counterfoil.hub.setup import Hub
from counterfoil.settings import SystemName, title_of

from . import connecting
from .rendering import page, refused, way_within

__all__ = ["router"]

_STATIC: Final = Path(__file__).parent / "static"
_FORM_LIMIT_BYTES: Final = 10_000
# More are counted, not shown: the command line lists them all.
_STOPPED_MAX: Final = 200
_CHANGED: Final = "It was changed at its source after it was sent."
_WRONG: Final = "This is not a token of this hub."


def router(hub: Hub, dispatcher: Dispatcher | None = None) -> APIRouter:
    """Make the routes of the pages."""
    routes = APIRouter(include_in_schema=False, max_body_size=_FORM_LIMIT_BYTES)
    _add_status(routes, hub, dispatcher)
    _add_signing_in(routes, hub)
    connecting.add(routes, hub)

    @routes.get("/docs")
    def docs(request: Request) -> Response:
        openapi = request.app.openapi()
        return page(
            "docs.html",
            about=openapi["info"]["description"],
            endpoints=reference.endpoints(openapi),
            models=reference.models(openapi),
        )

    @routes.get("/static/page.css")
    def style() -> Response:
        return FileResponse(
            _STATIC / "page.css",
            media_type="text/css",
            headers={"Cache-Control": "max-age=300"},
        )

    @routes.get("/static/icon.svg")
    def icon() -> Response:
        return FileResponse(
            _STATIC / "icon.svg",
            media_type="image/svg+xml",
            headers={"Cache-Control": "max-age=86400"},
        )

    return routes


# --- The status page ----------------------------------------------------------------------


def _add_status(routes: APIRouter, hub: Hub, dispatcher: Dispatcher | None) -> None:
    @routes.get("/")
    def status(request: Request, viewer: Viewer) -> Response:
        if viewer is None:
            return RedirectResponse("/login", status_code=303)
        try:
            return page("status.html", **_standing(hub, request, viewer, dispatcher))
        except LedgerError as error:
            return page("message.html", 503, title="The database", sentence=error.message)


def _standing(
    hub: Hub, request: Request, viewer: str, dispatcher: Dispatcher | None
) -> dict[str, Any]:
    now = hub.now()
    found = standing.status(hub, None if dispatcher is None else dispatcher.pulse())
    stopped = views.rows(hub, states=[State.REFUSED, State.CHANGED], limit=_STOPPED_MAX)
    stopped += views.rows(hub, states=[State.DONE], fields=True, limit=_STOPPED_MAX)
    counted: dict[str, int] = {}
    for link in found.links:
        for state, number in link.transfers.items():
            counted[state] = counted.get(state, 0) + number
    return {
        "viewer": viewer,
        "stands_still": found.driving.stands_still if found.driving is not None else None,
        "may_sign_out": COOKIE in request.cookies,
        "now": now,
        "zone": views.zone_of(hub),
        "connections": found.connections,
        "attention": found.attention,
        "links": found.links,
        "link_names": {link.id: link.name for link in found.links},
        "counted": counted,
        "stopped": _grouped(stopped),
        "shown_count": len(stopped),
        "stopped_count": counted.get("refused", 0) + counted.get("changed", 0),
        "states": [state.value for state in State],
        "ago": lambda moment: verbs.ago(moment, now),
        "title_of": title_of,
        "health": _health,
        "words": lambda system: SystemName(system).words,
    }


class _Stop(NamedTuple):
    """Transfers that stopped for one and the same reason; ``first`` is the oldest's number.

    ``called`` is the state in the words of their source's users.
    ``differences`` says of those whose totals differ by how much, and why.
    """

    first: int
    numbers: list[str]
    link: int
    flow: str
    state: str
    called: str
    since: datetime
    sentence: str
    cure: str | None
    actor: str | None
    differences: list[str]


def _grouped(rows: Sequence[views.TransferRow]) -> list[_Stop]:
    """Put those together that one decision helps, in order of the first of each."""
    found: dict[tuple[int, str, str, str], _Stop] = {}
    for row in rows:
        sentence = row.sentence or (_CHANGED if row.state == State.CHANGED.value else "")
        number = row.number or f"transfer {row.id}"
        stop = found.setdefault(
            (row.link, row.flow, row.state, sentence),
            _Stop(
                first=row.id,
                numbers=[],
                link=row.link,
                flow=row.flow,
                state=row.state,
                called=row.called,
                since=row.since,
                sentence=sentence,
                cure=row.cure,
                actor=row.actor,
                differences=[],
            ),
        )
        stop.numbers.append(number)
        if row.difference is not None:
            stop.differences.append(f"{number}: {row.difference}")
    return list(found.values())


def _health(connection: views.ConnectionStatus) -> str:
    """Say in one word how a connection is: for the mark beside its name."""
    if connection.problem:
        return "problem"
    return "well" if connection.last_seen_at is not None else "new"


# --- Signing in ---------------------------------------------------------------------------


def _add_signing_in(routes: APIRouter, hub: Hub) -> None:
    @routes.get("/login")
    def ask(viewer: Viewer, to: str = "") -> Response:
        if viewer is not None:
            return RedirectResponse(way_within(to), status_code=303)
        return page("login.html", problem="", to=way_within(to))

    @routes.post("/login")
    def sign_in(
        request: Request,
        token: Annotated[str, Form(max_length=500)] = "",
        to: Annotated[str, Form(max_length=500)] = "",
    ) -> Response:
        if not is_same_site(request):
            return refused()
        try:
            cookie = new_session(request, token.strip())
        except CounterfoilError as error:
            return page("message.html", 503, title="Signing in", sentence=error.message)
        except ApiError as error:
            problem = _WRONG if error.message == UNAUTHORIZED else error.message
            return page("login.html", error.status, problem=problem, to=way_within(to))
        response = RedirectResponse(way_within(to), status_code=303)
        response.set_cookie(
            COOKIE,
            cookie,
            max_age=int(LIFE.total_seconds()),
            httponly=True,
            samesite="lax",
            secure=hub.configuration.address.startswith("https:") and not is_here(request),
            path="/",
        )
        return response

    @routes.post("/logout")
    def end_session(request: Request) -> Response:
        if not is_same_site(request):
            return refused()
        try:
            sign_out(request)
        except CounterfoilError as error:
            return page("message.html", 503, title="Signing out", sentence=error.message)
        response = RedirectResponse("/login", status_code=303)
        response.delete_cookie(COOKIE, path="/", httponly=True, samesite="lax")
        return response
