"""What the stand-in can be told beside the service's own API, under ``/sandbox/``.

These paths stand for people at the product's screens (enter, submit, receive, un-receive,
cancel, count) and for the experimenter (clock, faults, switches, tenants, records, counts of
calls).  They need no credentials: a stand-in holds no real data.
"""

from __future__ import annotations

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
from ._handlers import create
from ._rules import stamp
from ._seed import STOREKEEPER
from ._settings import Tenant, User, build, switches
from ._state import AutotaskState, Household
from ._values import Row, read_fields
from ._views import record, records, shown
from .entities import ENTITIES, Entity

__all__ = ["control_router", "refuse_at_desk"]

Key = int | str

_Do = Callable[[AutotaskState, "_Asked"], object]
"""Answers a control path with a JSON value; ``None``: nothing to say."""


class _Dated(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Something that was done at a moment; without ``date`` it is done now."""

    date: str | None = None


class _Enter(_Dated):
    """An order; ``fields`` are those of its header by the service's names."""

    vendor: Key
    lines: list[dict[str, Any]]
    fields: dict[str, Any] = {}
    submit: bool = False


class _Order(_Dated):
    """Which order, by its id or number."""

    order: Key


class _Receive(_Dated):
    """What of an order came in one save; without ``lines`` all that is left."""

    order: Key
    lines: list[dict[str, Any]] | None = None
    invoice: str | None = None


class _TakeBack(_Dated):
    """Which receiving row, and how many units of it; without ``quantity`` all."""

    receipt: int
    quantity: int | None = None


class _Lines(_Dated):
    """What becomes of an order's lines."""

    order: Key
    changed: list[dict[str, Any]] = []
    added: list[dict[str, Any]] = []
    removed: list[int] = []


class _Count(_Dated):
    """How many units of a product somebody counted."""

    product: Key
    quantity: int
    location: Key | None = None


@dataclass(frozen=True)
class _Asked:
    """A request to a control path: what stands in the path, and its JSON body."""

    path: Mapping[str, Any]
    body: Any

    @property
    def entity(self) -> Entity:
        """The entity that the path names."""
        return _entity(self.path["entity"])


def refuse_at_desk(request: Request, error: Exception) -> Response:
    """Answer a wrong request to these paths."""
    assert isinstance(error, DeskError)
    return _json({"error": str(error)}, error.status)


def _json(body: object, status: int = 200) -> Response:
    return Response(msgspec.json.encode(body), status, media_type="application/json")


def control_router(state: AutotaskState) -> APIRouter:
    """Make the control paths, to be mounted."""
    router = APIRouter(redirect_slashes=False)
    _add_world(router, state)
    router.routes += [
        *(_route(state, method, path, do) for (method, path), do in _TENANTS.items()),
        *(_route(state, "POST", f"/tenants/{{tenant}}/{path}", do) for path, do in _DEEDS.items()),
    ]
    return router


def _add_world(router: APIRouter, state: AutotaskState) -> None:
    door = Door(
        router,
        lock=state.lock,
        refused=DeskError,
        missing=lambda words: DeskError(words, 404),
    )
    door.clock(state.clock, lambda: {"now": state.clock.moment()})
    door.faults(state.faults, Fault, list)


def _route(state: AutotaskState, method: str, path: str, do: _Do) -> Route:
    """Serve one path.  No FastAPI route: a stand-in is made in hundreds of tests."""

    def answer(asked: _Asked) -> Response:
        with state.lock:
            body = do(state, asked)
        return Response(status_code=204) if body is None else _json(body)

    async def endpoint(request: Request) -> Response:
        content = await request.body()
        try:
            body = msgspec.json.decode(content) if content else {}
        except msgspec.DecodeError as error:
            raise DeskError(f"the body is no JSON: {error}") from None
        return await run_in_threadpool(answer, _Asked(request.path_params, body))

    return Route(path, endpoint, methods=[method])


# --- Tenants -----------------------------------------------------------------------------------


def _household(state: AutotaskState, asked: _Asked) -> Household:
    return state.household(asked.path["tenant"])


def _list_switches(state: AutotaskState, asked: _Asked) -> object:
    names = ("name", "default", "does", "source")
    return [dict(zip(names, one, strict=True)) for one in switches()]


def _list_tenants(state: AutotaskState, asked: _Asked) -> object:
    return [_shown(one.tenant) for one in state.households.values()]


def _add_tenant(state: AutotaskState, asked: _Asked) -> object:
    return _shown(state.add_tenant(build(Tenant, asked.body)).tenant)


def _read_tenant(state: AutotaskState, asked: _Asked) -> object:
    return _shown(_household(state, asked).tenant)


def _remove_tenant(state: AutotaskState, asked: _Asked) -> None:
    state.remove_tenant(_household(state, asked))


def _change_settings(state: AutotaskState, asked: _Asked) -> object:
    household = _household(state, asked)
    return state.change(household, household.tenant.changed(asked.body)).settings


def _move_to_zone(state: AutotaskState, asked: _Asked) -> object:
    """Let the tenant live in another zone: ``{"zone": "zone5"}``."""
    household = _household(state, asked)
    moved = build(Tenant, msgspec.to_builtins(household.tenant) | asked.body)
    return _shown(state.change(household, moved))


def _set_user(state: AutotaskState, asked: _Asked) -> object:
    """Let a user be as given: another secret, other rights."""
    household = _household(state, asked)
    users = household.tenant.users | {asked.path["user"]: build(User, asked.body)}
    changed = msgspec.structs.replace(household.tenant, users=users)
    return _shown(state.change(household, changed))


def _reset(state: AutotaskState, asked: _Asked) -> None:
    state.reset(_household(state, asked))


def _calls(state: AutotaskState, asked: _Asked) -> object:
    one = _household(state, asked)
    return {
        "calls": dict(one.calls),
        "accepted": one.calls.total(),
        "rejected": one.rejected,
        "refused_threads": one.threads.refused,
        "at_once": {key[1]: most for key, most in one.threads.highest.items()},
    }


def _forget_calls(state: AutotaskState, asked: _Asked) -> None:
    _household(state, asked).forget_calls()


def _shown(tenant: Tenant) -> dict[str, Any]:
    """A tenant without its secrets."""
    told: dict[str, Any] = msgspec.to_builtins(tenant)
    for user in told["users"].values():
        del user["secret"]
    return told


# --- Records --------------------------------------------------------------------


def _at_desk(do: Callable[[Desk, _Asked], object]) -> _Do:
    """Open a desk, let something be done there, and make it real."""

    def done(state: AutotaskState, asked: _Asked) -> object:
        household = _household(state, asked)
        desk = state.desk(household, writer=STOREKEEPER)
        try:
            told = do(desk, asked)
        except ApiError as error:
            raise DeskError(_words(error), 409) from None
        state.finish(household, desk)
        return told

    return done


def _words(error: ApiError) -> str:
    return " ".join(error.body["errors"]) if isinstance(error.body, dict) else str(error)


def _list_records(desk: Desk, asked: _Asked) -> object:
    return [shown(desk, asked.entity, row) for row in records(desk, asked.entity)]


def _add_records(desk: Desk, asked: _Asked) -> object:
    """Make records without any rule, of any entity: those without a call in the API included."""
    if isinstance(asked.body, list):
        return [_add(desk, asked.entity, fields) for fields in asked.body]
    return _add(desk, asked.entity, asked.body)


def _make_records(desk: Desk, asked: _Asked) -> object:
    """Make records by the rules of POST, an array of them at once; gives their ids."""
    parent = asked.entity.parent
    return [
        create(desk, asked.entity, fields, None if parent is None else fields.get(parent.field))
        for fields in asked.body
    ]


def _change_record(desk: Desk, asked: _Asked) -> object:
    """Let a record hold other values, read-only ones included."""
    return _change(desk, asked.entity, asked.path["id"], asked.body)


def _remove_record(desk: Desk, asked: _Asked) -> object:
    deeds.named(desk, asked.entity.name, asked.path["id"])
    desk.remove(asked.entity.name, asked.path["id"])
    return {"id": asked.path["id"]}


def _entity(name: str) -> Entity:
    if name not in ENTITIES:
        raise DeskError(f"no entity {name!r}; there are {', '.join(ENTITIES)}", 404)
    return ENTITIES[name]


def _add(desk: Desk, entity: Entity, fields: dict[str, Any]) -> Row:
    row = desk.add(entity.name, {})
    stamp(desk, row, is_new=True)
    row.update(_read(entity, fields))
    return shown(desk, entity, row)


def _change(desk: Desk, entity: Entity, id_: int, fields: dict[str, Any]) -> Row:
    deeds.named(desk, entity.name, id_)
    row = desk.edit(entity.name, id_)
    row.update(_read(entity, fields))
    stamp(desk, row, is_new=False)
    found = record(desk, entity, id_)
    assert found is not None
    return shown(desk, entity, found)


def _read(entity: Entity, fields: dict[str, Any]) -> Row:
    """Read values of any field, read-only ones included."""
    unknown = {name for name in fields if name.lower() not in entity.folded}
    if unknown:
        raise DeskError(f"{entity.name} has no field {', '.join(sorted(unknown))}")
    values, problems = read_fields(entity, fields, takes_read_only=True)
    if problems:
        raise DeskError(" ".join(problems))
    return values


# --- Deeds -------------------------------------------------------------------------------------


def _deed(shape: type[_Dated], entity: str, do: Callable[[Desk, Any], Any]) -> _Do:
    """Make a deed of a function; an array of requests is carried out as one, or not at all."""

    def one(desk: Desk, fields: object) -> object:
        asked = build(shape, fields)
        try:
            desk.date(asked.date)
        except ValueError:
            example = "2025-03-03T09:00:00Z"
            raise DeskError(f"date must be like {example}, not {asked.date!r}") from None
        return _told(desk, entity, do(desk, asked))

    def done(desk: Desk, asked: _Asked) -> object:
        if isinstance(asked.body, list):
            return [one(desk, fields) for fields in asked.body]
        return one(desk, asked.body)

    return _at_desk(done)


def _told(desk: Desk, name: str, done: Row | list[Row] | None) -> object:
    """Show what a deed gives; an order shows its lines, too."""
    if isinstance(done, list):
        return [_told(desk, name, row) for row in done]
    if done is None:
        return None
    told = shown(desk, ENTITIES[name], done)
    if name == "PurchaseOrders":
        lines = desk.where("PurchaseOrderItems", "orderID", done["id"])
        told["lines"] = [_told(desk, "PurchaseOrderItems", line) for line in lines]
    return told


def _enter(desk: Desk, asked: _Enter) -> Row:
    fields = _read(ENTITIES["PurchaseOrders"], asked.fields)
    order = deeds.enter(desk, asked.vendor, asked.lines, **fields)
    return deeds.submit(desk, order["id"]) if asked.submit else order


_ORDERS, _LINES, _RECEIPTS = "PurchaseOrders", "PurchaseOrderItems", "PurchaseOrderItemReceiving"

_DEEDS: dict[str, _Do] = {
    "enter": _deed(_Enter, _ORDERS, _enter),
    "submit": _deed(_Order, _ORDERS, lambda desk, asked: deeds.submit(desk, asked.order)),
    "cancel": _deed(_Order, _ORDERS, lambda desk, asked: deeds.cancel(desk, asked.order)),
    "receive": _deed(
        _Receive,
        _RECEIPTS,
        lambda desk, asked: deeds.receive(
            desk, asked.order, lines=asked.lines, invoice=asked.invoice
        ),
    ),
    "unreceive": _deed(
        _TakeBack,
        _RECEIPTS,
        lambda desk, asked: deeds.take_back(desk, asked.receipt, asked.quantity),
    ),
    "lines": _deed(
        _Lines,
        _LINES,
        lambda desk, asked: deeds.change_lines(
            desk, asked.order, changed=asked.changed, added=asked.added, removed=asked.removed
        ),
    ),
    "count": _deed(
        _Count,
        "InventoryItems",
        lambda desk, asked: deeds.count(desk, asked.product, asked.quantity, asked.location),
    ),
}
"""What people do at the screens: the last part of the path -> what it does."""

_ONE = "/tenants/{tenant}"

_TENANTS: dict[tuple[str, str], _Do] = {
    ("GET", "/switches"): _list_switches,
    ("GET", "/tenants"): _list_tenants,
    ("POST", "/tenants"): _add_tenant,
    ("GET", _ONE): _read_tenant,
    ("DELETE", _ONE): _remove_tenant,
    ("PATCH", f"{_ONE}/settings"): _change_settings,
    ("POST", f"{_ONE}/move"): _move_to_zone,
    ("PUT", f"{_ONE}/users/{{user}}"): _set_user,
    ("POST", f"{_ONE}/reset"): _reset,
    ("GET", f"{_ONE}/calls"): _calls,
    ("DELETE", f"{_ONE}/calls"): _forget_calls,
    ("GET", f"{_ONE}/records/{{entity}}"): _at_desk(_list_records),
    ("POST", f"{_ONE}/records/{{entity}}"): _at_desk(_add_records),
    ("POST", f"{_ONE}/make/{{entity}}"): _at_desk(_make_records),
    ("PATCH", f"{_ONE}/records/{{entity}}/{{id:int}}"): _at_desk(_change_record),
    ("DELETE", f"{_ONE}/records/{{entity}}/{{id:int}}"): _at_desk(_remove_record),
}
