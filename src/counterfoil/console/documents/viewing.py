"""``/documents/views``: lists that people look at again."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Response

from counterfoil.console.forms import Typed
from counterfoil.console.rendering import Undo, page, said
from counterfoil.console.visiting import Looking, Operating, Visit
from counterfoil.errors import UsageError
from counterfoil.hub.saved_views import remove_view, save_view, views_of
from counterfoil.hub.setup import Hub

from .asking import Asked, asked_in, query_of
from .leafing import asked_of, links_in

__all__ = ["add"]

Text = Annotated[str, Form(max_length=2_000)]


def add(routes: APIRouter, hub: Hub) -> None:
    """Add the routes."""

    @routes.get("/documents/views")
    def name_it(visit: Looking) -> Response:
        return _form(visit, asked_of(visit), Typed())

    @routes.post("/documents/views")
    def save(visit: Looking, name: Text = "", query: Text = "", shared: Text = "") -> Response:
        asked = asked_in(query_of(query), visit.now.date())
        is_shared = shared == "yes" and visit.may("operate")
        try:
            save_view(hub, name, asked.query, visit.name, owner=visit.whose, is_shared=is_shared)
        except UsageError as error:
            typed = Typed({"name": name, "shared": shared}, {"name": error.said})
            return _form(visit, asked, typed, status=400)
        return said(visit, asked.address, f"Saved as “{' '.join(name.split())}”.")

    @routes.get("/documents/views/{view}/remove")
    def ask(view: int, visit: Looking) -> Response:
        found = next((each for each in views_of(hub, visit.whose) if each.id == view), None)
        if found is None:
            return said(visit, "/documents", "That view is not there any more.")
        return page(visit, "documents/remove_view.html", view=found)

    @routes.post("/documents/views/{view}/remove")
    def remove(view: int, visit: Looking) -> Response:
        return _removed(hub, visit, view)

    @routes.post("/documents/shared-views/{view}/remove")
    def remove_shared(view: int, visit: Operating) -> Response:
        return _removed(hub, visit, view, is_shared=True)


def _form(visit: Visit, asked: Asked, typed: Typed, status: int = 200) -> Response:
    chips = asked.chips(links_in(visit.hub))
    return page(visit, "documents/view.html", status, asked=asked, typed=typed, chips=chips)


def _removed(hub: Hub, visit: Visit, view: int, *, is_shared: bool = False) -> Response:
    """Remove a view; one that everybody sees only where its address says that it is one."""
    try:
        gone = remove_view(hub, view, visit.name, owner=visit.whose, is_shared=is_shared)
    except UsageError as error:
        return said(visit, "/documents", error.said)
    back = {"name": gone.name, "query": gone.query, "shared": "yes" if gone.is_shared else ""}
    undo = Undo("/documents/views", dict(back))
    return said(visit, "/documents", f"The view “{gone.name}” is removed.", undo)
