"""What the stand-in can be told beside the service's own API, under ``/sandbox/``.

These paths stand for people in the product (enter, change, pay, merge, close the books) and
for the experimenter (clock, faults, switches, companies, apps, connections, records, the
record of exchanges).  They need no credentials: a stand-in holds no real data.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.routing import Route

from counterfoil.sandboxes.kit import Door

from . import _deeds as deeds
from ._desk import Desk
from ._errors import ApiError, DeskError
from ._faults import Fault
from ._grants import ACCESS_S, Grant, Pending
from ._limits import Usage
from ._settings import App, AppSettings, Company, Settings, build, switches
from ._state import Books, QuickBooksOnlineState
from ._views import shown
from ._wire import Row, decode, encode
from .entities import ENTITIES, Entity

__all__ = ["control_router", "refuse_at_desk"]

_Do = Callable[[QuickBooksOnlineState, "_Asked"], object]
"""Answers a control path with a JSON value; ``None``: nothing to say."""


class _Connect(msgspec.Struct, forbid_unknown_fields=True, kw_only=True, rename="kebab"):
    """Connect an app to a company without the page, as a person would there."""

    client_id: str
    realm: str
    scopes: tuple[str, ...] = ("com.intuit.quickbooks.accounting", "openid", "profile", "email")


class _Enter(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A document: its kind, its vendor or customer, its lines."""

    kind: str
    party: str
    lines: list[deeds.Line]
    fields: dict[str, Any] = {}


class _Pay(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Which bill is paid; without an amount in full."""

    bill: str
    amount: str | int | None = None


class _Merge(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Which two are merged; the winner stays."""

    entity: str
    loser: str
    winner: str


@dataclass(frozen=True)
class _Asked:
    """A request to a control path: what stands in the path, and its JSON body."""

    path: Mapping[str, Any]
    body: Any
    query: Mapping[str, str]

    @property
    def entity(self) -> Entity:
        """The entity that the path names."""
        return _entity(self.path["entity"])


def _entity(name: str) -> Entity:
    if name not in ENTITIES:
        raise DeskError(f"no entity {name!r}; there are {', '.join(ENTITIES)}", 404)
    return ENTITIES[name]


def refuse_at_desk(request: Request, error: Exception) -> Response:
    """Answer a wrong request to these paths."""
    assert isinstance(error, DeskError)
    return _json({"error": str(error)}, error.status)


def _json(body: object, status: int = 200) -> Response:
    return Response(encode(body), status, media_type="application/json")


def control_router(state: QuickBooksOnlineState) -> APIRouter:
    """Make the control paths, to be mounted."""
    router = APIRouter(redirect_slashes=False)
    door = Door(
        router,
        lock=state.lock,
        refused=DeskError,
        missing=lambda words: DeskError(words, 404),
    )
    door.clock(state.clock, lambda: {"now": state.clock.moment()})
    door.faults(state.faults, Fault, list)
    router.routes += [
        _route(state, method, path, do) for (method, path), do in {**_WORLD, **_COMPANY}.items()
    ]
    return router


def _route(state: QuickBooksOnlineState, method: str, path: str, do: _Do) -> Route:
    """Serve one path.  No FastAPI route: a stand-in is made in many tests."""

    def answer(asked: _Asked) -> Response:
        with state.lock:
            body = do(state, asked)
            state.call_out()
        return Response(status_code=204) if body is None else _json(body)

    async def endpoint(request: Request) -> Response:
        content = await request.body()
        try:
            body = decode(content) if content else {}
        except msgspec.DecodeError as error:
            raise DeskError(f"the body is no JSON: {error}") from None
        asked = _Asked(request.path_params, body, request.query_params)
        return await run_in_threadpool(answer, asked)

    return Route(path, endpoint, methods=[method])


# --- The world ---------------------------------------------------------------------------------


def _list_switches(state: QuickBooksOnlineState, asked: _Asked) -> object:
    names = ("name", "default", "does", "source")
    shapes: dict[str, type] = {"company": Settings, "app": AppSettings}
    return {
        of: [dict(zip(names, one, strict=True)) for one in switches(shape)]
        for of, shape in shapes.items()
    }


def _list_exchanges(state: QuickBooksOnlineState, asked: _Asked) -> object:
    return [*state.exchanges]


def _forget_exchanges(state: QuickBooksOnlineState, asked: _Asked) -> None:
    state.exchanges.clear()


def _connect(state: QuickBooksOnlineState, asked: _Asked) -> object:
    wanted: _Connect = build(_Connect, asked.body)
    app, now = state.client(wanted.client_id).app, state.clock()
    realm = state.company(wanted.realm).company.realm
    grant = Grant(app.client_id, realm, wanted.scopes, now)
    code = state.grants.promise(Pending(grant=grant, redirect_uri="", issued=now))
    state.grants.redeem(app, code, redirect_uri="", verifier="", now=now)
    state.keep_grants()
    return {
        "access_token": grant.access[-1].value,
        "refresh_token": grant.refresh[-1].value,
        "expires_in": ACCESS_S,
        "x_refresh_token_expires_in": app.settings.refresh_idle_s,
        "realmId": realm,
    }


def _list_apps(state: QuickBooksOnlineState, asked: _Asked) -> object:
    return [_shown_app(one.app) for one in state.clients.values()]


def _set_app(state: QuickBooksOnlineState, asked: _Asked) -> object:
    fields = {**asked.body, "client-id": asked.path["app"]}
    return _shown_app(state.set_app(build(App, fields)).app)


def _read_app(state: QuickBooksOnlineState, asked: _Asked) -> object:
    return _shown_app(state.client(asked.path["app"]).app)


def _register(state: QuickBooksOnlineState, asked: _Asked) -> object:
    """Register one more address that codes may be sent to: ``{"uri": "http://..."}``."""
    app, uri = state.client(asked.path["app"]).app, asked.body.get("uri")
    if not isinstance(uri, str):
        raise DeskError("uri must be an address")
    addresses = dict.fromkeys([*app.redirect_uris, uri])
    changed = msgspec.structs.replace(app, redirect_uris=tuple(addresses))
    return _shown_app(state.set_app(changed).app)


def _set_webhooks(state: QuickBooksOnlineState, asked: _Asked) -> object:
    """Register where events are posted: ``{"url": "http://..."}``; null: nowhere."""
    app = state.client(asked.path["app"]).app
    fields = {**msgspec.to_builtins(app), "webhook-url": asked.body.get("url")}
    return _shown_app(state.set_app(build(App, fields)).app)


def _change_app(state: QuickBooksOnlineState, asked: _Asked) -> object:
    app = state.client(asked.path["app"]).app
    return state.set_app(app.changed(asked.body)).app.settings


def _shown_app(app: App) -> dict[str, Any]:
    """An app without its secrets."""
    told: dict[str, Any] = msgspec.to_builtins(app)
    del told["client-secret"], told["verifier-token"]
    return told


def _usage(state: QuickBooksOnlineState, asked: _Asked) -> object:
    usage = state.client(asked.path["app"]).usage
    return {"calls": usage.calls, "month": usage.month, "refused": usage.refused}


def _forget_usage(state: QuickBooksOnlineState, asked: _Asked) -> None:
    state.client(asked.path["app"]).usage = Usage()


def _deliver(state: QuickBooksOnlineState, asked: _Asked) -> object:
    done = state.deliver(asked.path["app"])
    if done is None:
        return None
    sent, status = done
    body = base64.b64encode(sent.body).decode()
    return {"body": body, "headers": sent.headers, "status": status}


# --- Companies ---------------------------------------------------------------------------------


def _books(state: QuickBooksOnlineState, asked: _Asked) -> Books:
    return state.company(asked.path["company"])


def _list_companies(state: QuickBooksOnlineState, asked: _Asked) -> object:
    return [one.company for one in state.books.values()]


def _add_company(state: QuickBooksOnlineState, asked: _Asked) -> object:
    return state.add_company(build(Company, asked.body)).company


def _read_company(state: QuickBooksOnlineState, asked: _Asked) -> object:
    return _books(state, asked).company


def _remove_company(state: QuickBooksOnlineState, asked: _Asked) -> None:
    state.remove_company(_books(state, asked))


def _change_settings(state: QuickBooksOnlineState, asked: _Asked) -> object:
    books = _books(state, asked)
    return state.change(books, books.company.changed(asked.body)).settings


def _reset(state: QuickBooksOnlineState, asked: _Asked) -> None:
    state.reset(_books(state, asked))


def _expire(state: QuickBooksOnlineState, asked: _Asked) -> None:
    """Let the access tokens of the company be expired."""
    state.grants.expire(_books(state, asked).company.realm, state.clock())
    state.keep_grants()


def _disconnect(state: QuickBooksOnlineState, asked: _Asked) -> None:
    """Let a person end every connection to the company, on the service's own pages."""
    realm = _books(state, asked).company.realm
    for grant in state.grants.all:
        grant.is_revoked = grant.is_revoked or grant.realm == realm
    state.keep_grants()


# --- At the desk -------------------------------------------------------------------------------


def _at_desk(do: Callable[[Desk, _Asked], tuple[Entity, Row]]) -> _Do:
    """Open a desk, let something be done there, make it real and show it.

    An array of requests is carried out as one, or not at all.
    """

    def done(state: QuickBooksOnlineState, asked: _Asked) -> object:
        books = _books(state, asked)
        desk = state.desk(books)
        bodies = asked.body if isinstance(asked.body, list) else [asked.body]
        try:
            made = [do(desk, _Asked(asked.path, body, asked.query)) for body in bodies]
        except ApiError as fault:
            raise DeskError(f"{fault.code} {fault.message}: {fault.detail}", 409) from None
        desk.settle()
        told = [shown(desk, entity, row) for entity, row in made]
        state.finish(books, desk)
        return told if isinstance(asked.body, list) else told[0]

    return done


def _list_records(state: QuickBooksOnlineState, asked: _Asked) -> object:
    desk = state.desk(_books(state, asked))
    return [shown(desk, asked.entity, row) for row in desk.all(asked.entity.name)]


def _make(desk: Desk, asked: _Asked) -> tuple[Entity, Row]:
    return asked.entity, deeds.make(desk, asked.entity, asked.body)


def _change(desk: Desk, asked: _Asked) -> tuple[Entity, Row]:
    return asked.entity, deeds.change(desk, asked.entity, asked.path["key"], asked.body)


def _erase(desk: Desk, asked: _Asked) -> tuple[Entity, Row]:
    return asked.entity, deeds.erase(desk, asked.entity, asked.path["key"])


def _strike(desk: Desk, asked: _Asked) -> tuple[Entity, Row]:
    return asked.entity, deeds.strike(desk, asked.entity, asked.path["key"])


def _enter(desk: Desk, asked: _Asked) -> tuple[Entity, Row]:
    wanted: _Enter = build(_Enter, asked.body)
    row = deeds.enter(desk, wanted.kind, wanted.party, wanted.lines, wanted.fields)
    return ENTITIES[wanted.kind], row


def _pay(desk: Desk, asked: _Asked) -> tuple[Entity, Row]:
    wanted: _Pay = build(_Pay, asked.body)
    return ENTITIES["BillPayment"], deeds.pay(desk, wanted.bill, wanted.amount)


def _merge(desk: Desk, asked: _Asked) -> tuple[Entity, Row]:
    wanted: _Merge = build(_Merge, asked.body)
    entity = _entity(wanted.entity)
    return entity, deeds.merge(desk, entity, wanted.loser, wanted.winner)


_ONE_APP, _ONE = "/apps/{app}", "/companies/{company}"

_WORLD: dict[tuple[str, str], _Do] = {
    ("GET", "/switches"): _list_switches,
    ("GET", "/exchanges"): _list_exchanges,
    ("DELETE", "/exchanges"): _forget_exchanges,
    ("POST", "/connect"): _connect,
    ("GET", "/apps"): _list_apps,
    ("GET", _ONE_APP): _read_app,
    ("PUT", _ONE_APP): _set_app,
    ("POST", f"{_ONE_APP}/redirects"): _register,
    ("POST", f"{_ONE_APP}/webhooks"): _set_webhooks,
    ("PATCH", f"{_ONE_APP}/settings"): _change_app,
    ("GET", f"{_ONE_APP}/usage"): _usage,
    ("DELETE", f"{_ONE_APP}/usage"): _forget_usage,
    ("POST", f"{_ONE_APP}/deliver"): _deliver,
}

_COMPANY: dict[tuple[str, str], _Do] = {
    ("GET", "/companies"): _list_companies,
    ("POST", "/companies"): _add_company,
    ("GET", _ONE): _read_company,
    ("DELETE", _ONE): _remove_company,
    ("PATCH", f"{_ONE}/settings"): _change_settings,
    ("POST", f"{_ONE}/reset"): _reset,
    ("POST", f"{_ONE}/expire"): _expire,
    ("POST", f"{_ONE}/disconnect"): _disconnect,
    ("GET", f"{_ONE}/records/{{entity}}"): _list_records,
    ("POST", f"{_ONE}/make/{{entity}}"): _at_desk(_make),
    ("POST", f"{_ONE}/change/{{entity}}/{{key}}"): _at_desk(_change),
    ("POST", f"{_ONE}/delete/{{entity}}/{{key}}"): _at_desk(_erase),
    ("POST", f"{_ONE}/void/{{entity}}/{{key}}"): _at_desk(_strike),
    ("POST", f"{_ONE}/enter"): _at_desk(_enter),
    ("POST", f"{_ONE}/pay"): _at_desk(_pay),
    ("POST", f"{_ONE}/merge"): _at_desk(_merge),
}
