"""What the calls on resources do; most of them are one function for every row of the table."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from ._errors import ApiError
from ._intake import read_fields, read_json
from ._resources import RESOURCES, Entity, Resource
from ._rules import DELETED, SAVED, create, days_of, stock
from ._service import Answer, Call, Handler
from ._state import FusionState, Tenant
from ._views import shown, shown_stock, unfolded

__all__ = ["ACTIONS", "COLLECTION", "FEED", "ITEM"]

PAGE_SIZE_MAX = 1000
_ORDERS = frozenset({"purchase-orders", "sales-orders"})


def _intake(
    resource: Resource, tenant: Tenant, raw: object, previous: Entity | None = None
) -> Entity:
    company = tenant.company
    return read_fields(
        resource.fields,
        unfolded(resource, raw, company, previous),
        zone=company.zone,
        extra=company.settings.extra_properties,
    )


def _list(resource: Resource) -> Handler:
    def handler(state: FusionState, tenant: Tenant, call: Call) -> Answer:
        found = [
            shown(resource, entity, tenant.company)
            for entity in state.desk(tenant).all(resource.path)
            if all(
                str(entity[name]) == call.query[name]
                for name in resource.filters
                if name in call.query
            )
            and _is_listed(resource, entity, tenant, call)
        ]
        return _listed(resource, found, tenant, call)

    return handler


def _is_listed(resource: Resource, entity: Entity, tenant: Tenant, call: Call) -> bool:
    """Whether an order is in its list: those of the statuses asked for, else as is the custom."""
    if resource.path not in _ORDERS:
        return True
    asked = call.query.get("status")
    if asked is not None:
        return entity["status"] in asked.split(",")
    return tenant.company.settings.closed_orders == "listed" or entity["status"] == "open"


def _listed(resource: Resource, found: list[Entity], tenant: Tenant, call: Call) -> Answer:
    settings = tenant.company.settings
    headers: dict[str, str] = {}
    following = None
    if settings.paging:
        page = _whole(call, "page", 1)
        size = min(_whole(call, "page-size", settings.page_size), PAGE_SIZE_MAX)
        if page * size < len(found):
            rest = {name: value for name, value in call.query.items() if name != "access_token"}
            query = urlencode({**rest, "page": page + 1, "page-size": size})
            following = f"{call.url}?{query}"
            headers["Link"] = f'<{following}>; rel="next"'
        found = found[(page - 1) * size : page * size]
    if settings.wrapper:
        body: dict[str, Any] = {"total": len(found), resource.path: found}
        # With the wrapper the next page is told in the body, so both ways are played.
        return Answer(200, body | ({"next": following} if following else {}))
    return Answer(200, found, headers)


def _whole(call: Call, name: str, default: int) -> int:
    text = call.query.get(name)
    if text is None:
        return default
    if not text.isdecimal() or int(text) < 1:
        raise ApiError(400, f"{name} must be a whole number from 1", field=name)
    return int(text)


def _create(resource: Resource) -> Handler:
    def handler(state: FusionState, tenant: Tenant, call: Call) -> Answer:
        desk = state.desk(tenant)
        entity = create(desk, resource, _intake(resource, tenant, read_json(call.body)))
        state.finish(tenant, desk)
        return Answer(201, shown(resource, entity, tenant.company))

    return handler


def _read(resource: Resource) -> Handler:
    def handler(state: FusionState, tenant: Tenant, call: Call) -> Answer:
        entity = state.desk(tenant).get(resource.path, call.parameters["id"])
        return Answer(200, shown(resource, entity, tenant.company))

    return handler


def _write(resource: Resource, *, merge: bool) -> Handler:
    """PUT replaces every property the table lists; PATCH only those sent."""

    def handler(state: FusionState, tenant: Tenant, call: Call) -> Answer:
        _check_changeable(resource, tenant)
        desk = state.desk(tenant)
        old = desk.get(resource.path, call.parameters["id"])
        raw = read_json(call.body)
        if merge and isinstance(raw, dict):
            raw = old | raw
        entity = _intake(resource, tenant, raw, old)
        entity["id"] = old["id"]
        desk.check_key(resource, entity)
        if resource.key and resource.is_unique and entity[resource.key] != old[resource.key]:
            desk.rename(resource, old[resource.key], entity[resource.key])
        desk.check_references(resource, entity)
        if resource.path in SAVED:
            SAVED[resource.path](desk, entity, old)
        desk.put(resource.path, entity, "updated")
        state.finish(tenant, desk)
        return Answer(200, shown(resource, entity, tenant.company))

    return handler


def _delete(resource: Resource) -> Handler:
    def handler(state: FusionState, tenant: Tenant, call: Call) -> Answer:
        _check_changeable(resource, tenant)
        desk = state.desk(tenant)
        entity = desk.get(resource.path, call.parameters["id"])
        if resource.path in DELETED:
            DELETED[resource.path](desk, entity)
        if resource.key and resource.is_unique:
            for other, user in desk.users_of(resource, entity[resource.key]):
                named = user.get("code") or user["id"]
                raise ApiError(409, f"{entity[resource.key]!r} is used by {other.entity} {named!r}")
        desk.remove(resource.path, entity["id"])
        state.finish(tenant, desk)
        return Answer(204)

    return handler


def _check_changeable(resource: Resource, tenant: Tenant) -> None:
    """Refuse (405) what a tenant whose orders cannot be changed does not offer."""
    if resource.path in _ORDERS and not tenant.company.settings.can_change_orders:
        raise ApiError(405, "Method Not Allowed", headers={"Allow": "GET"})


COLLECTION: dict[str, Callable[[Resource], Handler]] = {"GET": _list, "POST": _create}
ITEM: dict[str, Callable[[Resource], Handler]] = {
    "DELETE": _delete,
    "GET": _read,
    "PATCH": lambda resource: _write(resource, merge=True),
    "PUT": lambda resource: _write(resource, merge=False),
}


# --- Calls of single resources -------------------------------------------------------------


def _bom(state: FusionState, tenant: Tenant, call: Call) -> Answer:
    products = RESOURCES["products"]
    desk = state.desk(tenant)
    product = desk.edit("products", call.parameters["id"])
    raw = read_json(call.body)
    rows = raw.get("bom") if isinstance(raw, dict) else raw
    product["bom"] = read_fields((products["bom"],), {"bom": rows}, zone=tenant.company.zone)["bom"]
    desk.check_references(products, product)
    state.finish(tenant, desk)
    return Answer(200, shown(products, product, tenant.company))


def _activate(state: FusionState, tenant: Tenant, call: Call) -> Answer:
    desk = state.desk(tenant)
    order = desk.edit("production-orders", call.parameters["id"])
    order["active"] = True
    state.finish(tenant, desk)
    return Answer(200, shown(RESOURCES["production-orders"], order, tenant.company))


def _problem(state: FusionState, tenant: Tenant, call: Call) -> Answer:
    desk = state.desk(tenant)
    order = desk.get("production-orders", call.parameters["id"])
    raw = read_json(call.body)
    if not isinstance(raw, dict) or not raw.get("short-message"):
        raise ApiError(400, "Missing mandatory field short-message", field="short-message")
    return Answer(200, shown(RESOURCES["production-orders"], order, tenant.company))


def _stock(state: FusionState, tenant: Tenant, call: Call) -> Answer:
    body = stock(state.desk(tenant), call.parameters["id"])
    return Answer(200, shown_stock(body, tenant.company))


def _labor_time(state: FusionState, tenant: Tenant, call: Call) -> Answer:
    """Work time per worker, local day, production order, operation and section."""
    zone = tenant.company.zone
    sums: dict[tuple[str, ...], int] = {}
    for record in state.desk(tenant).all("productions"):
        for day, seconds in _worked(record, zone).items():
            key = (
                record["worker"]["number"],
                day.isoformat(),
                record["production-order"]["code"] or "",
                (record["operation"] or {}).get("code") or "",
                (record["section"] or {}).get("code") or "",
            )
            is_wanted = call.query.get("worker", key[0]) == key[0] and (
                call.query.get("from", "") <= key[1] <= call.query.get("to", "9999")
            )
            if is_wanted:
                sums[key] = sums.get(key, 0) + seconds
    names = ("worker", "date", "production-order", "operation", "section")
    rows = [
        dict(zip(names, key, strict=True)) | {"work-time": seconds} for key, seconds in sums.items()
    ]
    return Answer(200, rows)


def _worked(record: Entity, zone: ZoneInfo) -> dict[date, int]:
    """Share a record's work time out over its local days, as the clock time is."""
    if record["end-time"] is None or record["worker"] is None:
        return {}
    days = days_of(record, zone)
    total, worked = sum(days.values()), record["work-time"]
    if worked is None:
        return days
    return {day: worked * seconds // total for day, seconds in days.items()}


ACTIONS: dict[tuple[str, str], Handler] = {
    ("GET", "/inventory/{id:path}"): _stock,
    ("GET", "/reports/worker-labor-time"): _labor_time,
    ("POST", "/production-orders/{id}/activate"): _activate,
    ("POST", "/production-orders/{id}/problem"): _problem,
    ("POST", "/products/{id}/bom"): _bom,
}


# --- The changes feed, our own invention and off by default ---------------------------------


def _channels(state: FusionState, tenant: Tenant, call: Call) -> Answer:
    _check_feed(tenant)
    last: dict[str, int] = {}
    for line in tenant.tables.feed:
        last[line["channel"]] = line["sequence"]
    return Answer(
        200,
        [{"channel": channel, "last-sequence": sequence} for channel, sequence in last.items()],
    )


def _changes(state: FusionState, tenant: Tenant, call: Call) -> Answer:
    _check_feed(tenant)
    channel, since = call.parameters["channel"], call.query.get("since", "0")
    if channel not in RESOURCES:
        raise ApiError(404, f"No channel {channel!r}")
    if not since.isdecimal():
        raise ApiError(400, "since must be a whole number", field="since")
    lines = [
        {name: value for name, value in line.items() if name != "channel"}
        for line in tenant.tables.feed
        if line["channel"] == channel and line["sequence"] > int(since)
    ]
    return Answer(200, lines)


def _check_feed(tenant: Tenant) -> None:
    if not tenant.company.settings.changes_feed:
        raise ApiError(403, "The changes feed is not activated for this API key")


FEED: dict[tuple[str, str], Handler] = {
    ("GET", "/changes-feed-channels/"): _channels,
    ("GET", "/changes-feed-channels/{channel}"): _changes,
}
