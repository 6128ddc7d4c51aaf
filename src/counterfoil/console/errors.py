"""Failures as pages: what happened, what it means, and where to go on; never raw JSON."""

from __future__ import annotations

from typing import Final, NamedTuple
from urllib.parse import urlencode

from fastapi import FastAPI, Request, Response
from fastapi.responses import RedirectResponse

from counterfoil.hub.scopes import Scope
from counterfoil.hub.setup import Hub
from counterfoil.logs import get_logger
from counterfoil.told import Told

from .kept_forms import KeptForms
from .rendering import bare_page, page, way_within
from .visiting import BarredError, ForeignFormError, SignedOutError, Visit, visit_of

__all__ = ["add_to"]

log = get_logger(__name__)


class _Kind(NamedTuple):
    """How a failure is told: its mark, its heading; ``sentence``: in place of the failure's own."""

    mark: str
    title: str
    sentence: str | None = None
    color: str = "hold"
    needs_help: bool = False


_SAFE: Final = (
    "Your documents are safe: sending and receiving go on by themselves. "
    "Nothing you typed was sent twice."
)
_KINDS: Final = {
    400: _Kind("Not understood", "This could not be done as it was asked."),
    401: _Kind("Signed out", "You are not signed in any more."),
    403: _Kind("Not allowed", "You may look, but not do this."),
    404: _Kind("Not found", "This page is not here."),
    405: _Kind(
        "Not here", "This address takes something else.", "Go back and try it from the page."
    ),
    409: _Kind("Not now", "This cannot be done as things stand."),
    413: _Kind("Too large", "What was sent is larger than Counterfoil takes."),
    429: _Kind("Too often", "That was too often in a short time."),
    502: _Kind("No answer", "The other system could not be reached."),
    503: _Kind("Busy", "Counterfoil cannot look into its records just now.", None, "bad", True),
}
_OURS: Final = _Kind(
    "Something broke on our side", "Counterfoil could not show this page.", _SAFE, "bad", True
)
_NOWHERE: Final = "The address has a slip, or what was here has been removed."
_MEANT_FOR_PROGRAMS: Final = "There is nothing at this address."
_HELPER: Final = "The person who installed Counterfoil"


def add_to(app: FastAPI) -> None:
    """Let failures of the pages leave as pages."""
    app.state.error_page = _error_page
    app.state.kept_forms = KeptForms()
    app.add_exception_handler(SignedOutError, _signed_out)
    app.add_exception_handler(BarredError, _barred)
    app.add_exception_handler(ForeignFormError, _foreign)


def _error_page(request: Request, status: int, told: Told) -> Response:
    kind = _KINDS.get(status, _OURS)
    if kind.sentence is not None:
        told = Told(kind.sentence)
    if status == 404 and told.sentence.startswith(_MEANT_FOR_PROGRAMS):
        told = Told(_NOWHERE)
    return _shown(request, _visit(request), status, kind, told)


def _visit(request: Request) -> Visit | None:
    """Say who looks, if that can be known now; what failed may be just that."""
    try:
        visit = visit_of(request)
        if visit is not None:
            # What the frame asks for, asked here where it may fail.
            _ = visit.place, visit.needs
    except Exception:  # noqa: BLE001 - whatever broke the page may break what its frame asks for
        return None
    return visit


def _shown(request: Request, visit: Visit | None, status: int, kind: _Kind, told: Told) -> Response:
    reference = getattr(request.state, "request_id", "") if kind.needs_help else ""
    is_reading = request.method in ("GET", "HEAD")
    again = [(way_within(request.url.path), "Try again")] if kind.needs_help and is_reading else []
    values = {
        "mark": kind.mark,
        "title": kind.title,
        "kind": kind.color,
        "sentence": told,
        "reference": reference,
        "helper": _HELPER,
        "ways": [*again, ("/", "Go home")],
    }
    if visit is None:
        return bare_page("error.html", status, **values)
    return page(visit, "error.html", status, **values)


def _signed_out(request: Request, error: Exception) -> Response:
    """Lead to the form and back; what swaps a part of a page is told to load the whole."""
    assert isinstance(error, SignedOutError)
    to = _kept(request, error) or way_within(error.to)
    form = "/login" if to == "/" else f"/login?{urlencode({'to': to})}"
    if request.headers.get("hx-request"):
        return Response(status_code=204, headers={"HX-Redirect": form})
    return RedirectResponse(form, status_code=303)


def _kept(request: Request, error: SignedOutError) -> str | None:
    """Keep what was typed for afterwards; gives the way to it, where it may be kept."""
    kept: KeptForms = request.app.state.kept_forms
    hub: Hub = request.app.state.hub
    url = request.url
    action = f"{url.path}?{url.query}".removesuffix("?")
    return kept.keep(action, error.typed, error.to, hub.now())


_MAY: Final = {
    Scope.OPERATE: "send, decide, pause and resume",
    Scope.ADMINISTER: "change connections, links, settings and people",
}


def _barred(request: Request, error: Exception) -> Response:
    assert isinstance(error, BarredError)
    visit = error.visit
    sentence = (
        f"This is for people who may {_MAY.get(error.needed, 'look')}. You are signed in as "
        f"{visit.name}, {visit.role}. An owner can give you another role."
    )
    return _shown(request, visit, 403, _KINDS[403], Told(sentence))


def _foreign(request: Request, error: Exception) -> Response:
    sentence = "The form was not sent by a page of this hub. Open the page again and send it there."
    refused = _KINDS[403]._replace(title="Refused")
    return _shown(request, _visit(request), 403, refused, Told(sentence))
