"""``/docs``: what the JSON API takes and answers, from its own document."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from counterfoil.api import reference

from .rendering import bare_page

__all__ = ["add"]


def add(routes: APIRouter) -> None:
    """Add the route."""

    @routes.get("/docs")
    def docs(request: Request) -> Response:
        openapi = request.app.openapi()
        return bare_page(
            "docs.html",
            about=openapi["info"]["description"],
            endpoints=reference.endpoints(openapi),
            models=reference.models(openapi),
        )
