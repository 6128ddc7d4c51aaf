"""Settings as a document: taken to other installations, and brought from there."""

from __future__ import annotations

from fastapi import APIRouter, Response

from counterfoil import __version__
from counterfoil.api.finding import find_link
from counterfoil.console.forms import Posted, Typed, text_of
from counterfoil.console.rendering import page
from counterfoil.console.visiting import Administering, Looking, Visit
from counterfoil.hub import views
from counterfoil.hub.setup import Hub
from counterfoil.ledger.connections import Link
from counterfoil.settings import Settings, export_document, import_document, render

from .proposing import propose

__all__ = ["add"]


def add(routes: APIRouter, hub: Hub) -> None:
    """Add the routes."""

    @routes.get("/links/{link}/settings/export")
    def export(link: str, visit: Looking) -> Response:
        found = find_link(hub, link)
        current, _version, _problems = views.settings_of(hub, found.id)
        document = export_document(current, program_version=__version__, link=found.name)
        named = {"content-disposition": f'attachment; filename="settings-{found.id}.json"'}
        return Response(document, media_type="application/json", headers=named)

    @routes.get("/links/{link}/settings/import")
    def ask(link: str, visit: Administering) -> Response:
        return _asked(visit, find_link(hub, link), Typed())

    @routes.post("/links/{link}/settings/import")
    def look(link: str, visit: Administering, form: Posted) -> Response:
        found = find_link(hub, link)
        text = text_of(form, "file")
        if text is None:
            return _asked(visit, found, Typed(problems={"file": "Choose a file of UTF-8 text."}))
        read = import_document(text)
        if isinstance(read, Settings):
            return propose(hub, visit, found, render(read), "Import settings")
        told = " ".join(str(each) for each in read[:5])
        return _asked(visit, found, Typed(problems={"file": told}))


def _asked(visit: Visit, link: Link, typed: Typed) -> Response:
    status = 400 if typed.problems else 200
    return page(visit, "settings/import.html", status, link=link, typed=typed)
