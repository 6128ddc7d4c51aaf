"""The rim: one route for everything the service answers, bytes in and bytes out."""

from __future__ import annotations

from fastapi import FastAPI, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.routing import Route

from ._call import Call, Reply
from ._controls import control_router, refuse_at_desk
from ._errors import DeskError
from ._service import serve
from ._state import QuickBooksOnlineState

__all__ = ["quickbooks_online_app"]

_METHODS = ["DELETE", "GET", "PATCH", "POST", "PUT"]


def quickbooks_online_app(state: QuickBooksOnlineState) -> FastAPI:
    """Make the service: the paths of the real hosts under one, ``/sandbox/...`` for us.

    Mounted under a prefix, addresses in answers carry that prefix.
    """
    app = FastAPI(
        title="QuickBooks Online sandbox",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
    )
    app.mount("/sandbox", control_router(state))
    app.add_exception_handler(DeskError, refuse_at_desk)

    def answer(request: Request, body: bytes) -> Response:
        reply = serve(state, _call(request, body))
        if reply.stall_s:
            state.sleep(reply.stall_s)
        return _response(reply)

    async def endpoint(request: Request) -> Response:
        return await run_in_threadpool(answer, request, await request.body())

    app.router.routes.append(Route("/{path:path}", endpoint, methods=_METHODS))
    return app


def _call(request: Request, body: bytes) -> Call:
    prefix = request.scope.get("root_path", "")
    return Call(
        method=request.method,
        path=request.scope["path"].removeprefix(prefix).strip("/"),
        root=f"{request.url.scheme}://{request.url.netloc}{prefix}",
        query={name.lower(): value for name, value in request.query_params.items()},
        headers=request.headers,
        body=body,
    )


def _response(reply: Reply) -> Response:
    return Response(
        reply.content, reply.status, headers={**reply.headers}, media_type=reply.media_type
    )
