"""The rim: routes made from the table of resources, bytes in and bytes out."""

from __future__ import annotations

from fastapi import FastAPI, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.routing import Route

from ._controls import control_router
from ._errors import ApiError
from ._handlers import ACTIONS, COLLECTION, FEED, ITEM
from ._resources import RESOURCES
from ._service import Call, Handler, Reply, authorize, failure, serve
from ._state import FusionState

__all__ = ["fusion_app"]

PREFIX = "/api/v1"


def fusion_app(state: FusionState) -> FastAPI:
    """Make the service: ``/api/v1/...`` as clients know it, ``/sandbox/...`` for us.

    Mounted under a prefix, links to further pages carry that prefix.
    """
    app = FastAPI(
        title="Fusion Operations sandbox",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
    )
    handlers: dict[tuple[str, str], Handler | None] = {
        **{(method, "/authorization"): None for method in ("DELETE", "GET", "POST")},
        **ACTIONS,
        **FEED,
    }
    for resource in RESOURCES.values():
        for method in resource.collection:
            handlers[method, f"/{resource.path}/"] = COLLECTION[method](resource)
        for method in resource.item:
            handlers[method, f"/{resource.path}/{{id}}"] = ITEM[method](resource)
    app.router.routes += [
        _route(state, method, path, handler) for (method, path), handler in handlers.items()
    ]
    app.include_router(control_router(state), prefix="/sandbox")
    app.add_exception_handler(HTTPException, _not_served)
    app.add_exception_handler(ApiError, _refused)
    return app


def _route(state: FusionState, method: str, path: str, handler: Handler | None) -> Route:
    """Serve one method of one path; without a handler it is about tokens."""
    name = path.replace(":path", "")

    def answer(request: Request, body: bytes) -> Response:
        call = _call(request, body, name)
        reply = authorize(state, call) if handler is None else serve(state, call, handler)
        if reply.stall_s is not None:
            state.sleep(reply.stall_s)
        return _response(reply)

    async def endpoint(request: Request) -> Response:
        return await run_in_threadpool(answer, request, await request.body())

    route = Route(f"{PREFIX}{path}", endpoint, methods=[method])
    route.methods = {method}  # no HEAD beside GET: the service knows none
    return route


def _call(request: Request, body: bytes, name: str) -> Call:
    path = request.scope["path"].removeprefix(request.scope.get("root_path", ""))
    return Call(
        method=request.method,
        path=path.removeprefix(PREFIX),
        name=name,
        url=str(request.url.replace(query="")),
        body=body,
        query=dict(request.query_params),
        headers=request.headers,
        parameters=request.path_params,
    )


def _response(reply: Reply) -> Response:
    return Response(reply.content, reply.status, headers=reply.headers, media_type=reply.media_type)


def _not_served(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return _response(failure(ApiError(error.status_code, error.detail)))


def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, ApiError)
    return _response(failure(error))
