"""The hub's web application for programs: what every address is answered by.

The pages for people stand above it (``console.app``).

====================  ==================================================================
``/webhooks/...``     where services tell that something changed
``/qbwc``             the Web Connector's endpoint
``/agent/...``        the agent's endpoint
``/api/v1/...``       the JSON API; ``/api/openapi.json`` describes it
``/healthz``          the process is up
``/readyz``           the database answers, its tables are this version's, and what is due is driven
``/metrics``          for Prometheus
====================  ==================================================================

With a slash at its end an address is the same, and HEAD is GET without a body (``leniency``).
"""

from __future__ import annotations

from typing import Any, Final

from fastapi import FastAPI, Request, Response

from counterfoil import __version__
from counterfoil.errors import LedgerError
from counterfoil.hub.dispatcher import Dispatcher
from counterfoil.hub.setup import Hub
from counterfoil.ledger.migrations import pending

from . import agent, qbwc, v1, webhooks
from .errors import UNAUTHORIZED, ApiError, error_response, handle_errors
from .leniency import Lenient
from .metrics import Metrics
from .security import Collector
from .watch import Watch

__all__ = ["create_app"]

_ABOUT: Final = (
    "The verbs of the hub as JSON. Every request bears a token, made with "
    "`counterfoil tokens add NAME`: `Authorization: Bearer TOKEN`. Every failure has one "
    'shape: `{"error": {"kind", "message", "request_id"}}`.'
)


class _App(FastAPI):
    """An application whose document declares what it answers."""

    def openapi(self) -> dict[str, Any]:
        """Give the document, without the 422 that is never sent: what does not fit is a 400."""
        if self.openapi_schema is None:
            found = super().openapi()
            for methods in found["paths"].values():
                for operation in methods.values():
                    operation["responses"].pop("422", None)
            for unused in ("HTTPValidationError", "ValidationError"):
                found.get("components", {}).get("schemas", {}).pop(unused, None)
            self.openapi_schema = found
        return self.openapi_schema


def create_app(hub: Hub, *, dispatcher: Dispatcher | None = None) -> FastAPI:
    """Make the application.

    Args:
        hub: The hub it speaks for.
        dispatcher: Drives what is due in the background and is woken by requests; starting
            and stopping it is the caller's.  ``None``: requests drive what they ask for.
    """
    metrics = Metrics(hub, dispatcher)
    app = _App(
        title="Counterfoil",
        version=__version__,
        description=_ABOUT,
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    app.state.hub = hub
    handle_errors(app)
    app.include_router(qbwc.router(hub))
    app.include_router(agent.router(hub))
    app.include_router(webhooks.router(hub, dispatcher))
    app.include_router(v1.router(hub, dispatcher))
    _add_machines(app, hub, metrics, dispatcher)
    app.add_middleware(Lenient)
    app.add_middleware(Watch, metrics=metrics)
    return app


def _add_machines(app: FastAPI, hub: Hub, metrics: Metrics, dispatcher: Dispatcher | None) -> None:
    @app.get("/healthz", include_in_schema=False)
    def healthz() -> dict[str, str]:
        return {"status": "up", "version": __version__}

    @app.get("/readyz", include_in_schema=False)
    def readyz(request: Request) -> Any:
        try:
            behind = pending(hub.database)
        except LedgerError as error:
            return error_response(request, 503, error.said, kind="ledger")
        if behind:
            sentence = "The database has older tables. Start the hub anew, so that it updates them."
            return error_response(request, 503, sentence, kind="ledger")
        stands_still = dispatcher.pulse().stands_still if dispatcher is not None else None
        if stands_still is not None:
            return error_response(request, 503, stands_still, kind="driving")
        return {"status": "ready"}

    @app.get("/metrics", include_in_schema=False)
    def read_metrics(collector: Collector) -> Response:
        if collector is None:
            raise ApiError(401, UNAUTHORIZED)
        return Response(metrics.text(), media_type="text/plain; version=0.0.4; charset=utf-8")
