"""The rim: one route for everything that the table of entities knows, bytes in and bytes out."""

from __future__ import annotations

from fastapi import FastAPI, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.routing import Route

from ._call import Call, Reply
from ._controls import control_router, refuse_at_desk
from ._errors import DeskError, html_page
from ._service import failure, serve
from ._state import AutotaskState

__all__ = ["autotask_app"]

SERVICE = "atservicesrest"
METHODS = ["DELETE", "GET", "PATCH", "POST", "PUT"]


def autotask_app(state: AutotaskState) -> FastAPI:
    """Make the service: ``/[ZONE/]ATServicesRest/...`` as clients know it, ``/sandbox/...`` for us.

    Mounted under a prefix, addresses in answers carry that prefix.
    """
    app = FastAPI(
        title="Autotask sandbox",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
    )
    app.mount("/sandbox", control_router(state))
    app.add_exception_handler(DeskError, refuse_at_desk)

    def answer(request: Request, body: bytes) -> Response:
        call = _call(request, body)
        if call is None:
            return _response(failure(html_page(404, "File or directory not found.")))
        reply = serve(state, call)
        try:
            if reply.stall_s:
                state.sleep(reply.stall_s)
            return _response(reply)
        finally:
            reply.leave()

    async def endpoint(request: Request) -> Response:
        return await run_in_threadpool(answer, request, await request.body())

    app.router.routes.append(Route("/{path:path}", endpoint, methods=METHODS))
    return app


def _call(request: Request, body: bytes) -> Call | None:
    """Read a request; ``None``: it is not for the service."""
    prefix = request.scope.get("root_path", "")
    parts = [part for part in request.scope["path"].removeprefix(prefix).split("/") if part]
    place = next((at for at, part in enumerate(parts) if part.lower() == SERVICE), None)
    if place is None or place > 1 or len(parts) < place + 2:
        return None
    root = f"{request.url.scheme}://{request.url.netloc}{prefix}"
    zone = parts[0] if place else ""
    return Call(
        method=request.method,
        path="/".join(parts[place + 2 :]),
        url=str(request.url.replace(query="")),
        base=f"{root}/{'/'.join(parts[: place + 1])}/",
        root=root,
        zone=zone,
        version=parts[place + 1].lower(),
        query={name.lower(): value for name, value in request.query_params.items()},
        headers=request.headers,
        body=body,
    )


def _response(reply: Reply) -> Response:
    return Response(reply.content, reply.status, headers=reply.headers, media_type=reply.media_type)
