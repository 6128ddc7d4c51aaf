"""What the sandbox can be told beside the service's own API, under ``/sandbox/``.

These paths stand for people at the product's screens (ship, receive, produce, finish a
production order, count stock) and for the experimenter (clock, faults, settings, counts,
dump, reset).  They need no credentials: a sandbox holds no real data.  Tests and
demonstrations use nothing else.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Annotated, Any, Literal

import msgspec
from fastapi import APIRouter, Body, Response

from counterfoil.sandboxes.kit import Door

from ._company import Company, build
from ._desk import Desk
from ._errors import ApiError
from ._faults import Fault
from ._intake import instant_text, parse_instant, read_fields
from ._resources import RESOURCES, Entity
from ._rules import count, create, finish, produce, receive, ship
from ._state import FusionState, Tenant

__all__ = ["control_router"]

_encoder = msgspec.json.Encoder(decimal_format="number")

Fields = Annotated[dict[str, Any], Body()]


class _Goods(msgspec.Struct, rename="kebab", forbid_unknown_fields=True, omit_defaults=True):
    """How much of one product, and when it is received, as what and where to.

    ``rejected`` came, too, and was sent back: it is not among ``quantity``.
    """

    product: str
    quantity: Decimal
    rejected: Decimal | None = None
    lot: str | None = None
    supplier_lot: str | None = None
    expiration_date: str | None = None
    warehouse: str | None = None
    location: str | None = None


class _Deed(msgspec.Struct, rename="kebab", forbid_unknown_fields=True):
    """What somebody does with an order: ``part`` is a shipping or receiving, by id or code.

    Without ``quantities`` all that is left goes or comes.
    """

    order: str
    part: str | None = None
    quantities: list[_Goods] | None = None
    date: str | None = None
    tracking_number: str | None = None

    @property
    def goods(self) -> list[Entity] | None:
        """The quantities as the rules take them."""
        return None if self.quantities is None else msgspec.to_builtins(self.quantities)


class _Finishing(msgspec.Struct, rename="kebab", forbid_unknown_fields=True):
    """Which production order is done with, by id or code."""

    order: str
    status: Literal["completed", "closed"] = "completed"


class _Count(msgspec.Struct, rename="kebab", forbid_unknown_fields=True):
    """How much of a product somebody counted at a warehouse."""

    product: str
    quantity: Decimal
    warehouse: str = "Main"
    date: str | None = None


def _json(body: object, status: int = 200) -> Response:
    return Response(_encoder.encode(body), status, media_type="application/json")


def control_router(state: FusionState) -> APIRouter:
    """Make the control paths; also of use mounted on their own."""
    router = APIRouter(redirect_slashes=False)
    _add_world(router, state)
    _add_companies(router, state)
    _add_deeds(router, state)
    return router


def _add_world(router: APIRouter, state: FusionState) -> None:
    door = Door(
        router,
        lock=state.lock,
        refused=lambda words: ApiError(400, words),
        missing=lambda words: ApiError(404, words),
    )
    door.clock(state.clock, lambda: {"now": instant_text(state.now())})
    door.faults(state.faults, Fault, list)

    @router.post("/reset")
    def reset(fields: Fields) -> Response:
        with state.lock:
            name = fields.get("company")
            names = [*state.tenants] if name is None else [state.tenant(name).company.name]
            state.reset(names)
            state.faults.clear()
        return _json({"reset": names})


def _add_companies(router: APIRouter, state: FusionState) -> None:
    @router.get("/companies")
    def list_companies() -> Response:
        return _json([_shown(tenant.company) for tenant in state.tenants.values()])

    @router.post("/companies")
    def add_company(fields: Fields) -> Response:
        with state.lock:
            tenant = state.add_company(build(Company, fields))
        return _json(_shown(tenant.company), 201)

    @router.get("/companies/{company}")
    def read_company(company: str) -> Response:
        return _json(_shown(state.tenant(company).company))

    @router.patch("/companies/{company}/settings")
    def change_settings(company: str, fields: Fields) -> Response:
        with state.lock:
            changed = state.change_settings(state.tenant(company), fields)
        return _json(changed.settings)

    @router.get("/companies/{company}/dump")
    def dump(company: str) -> Response:
        with state.lock:
            desk = state.desk(state.tenant(company))
            return _json({path: [*desk.all(path)] for path in RESOURCES})

    @router.get("/companies/{company}/calls")
    def calls(company: str) -> Response:
        with state.lock:
            tenant = state.tenant(company)
            return _json(
                {
                    "calls": dict(tenant.calls),
                    "accepted": tenant.calls.total(),
                    "rejected": tenant.rejected,
                    "impatient": tenant.impatient,
                }
            )

    @router.delete("/companies/{company}/calls")
    def forget_calls(company: str) -> Response:
        with state.lock:
            state.tenant(company).forget_calls()
        return Response(status_code=204)


def _shown(company: Company) -> dict[str, Any]:
    """A company without its secrets."""
    shown: dict[str, Any] = msgspec.to_builtins(company)
    return shown | {"keys": [*company.keys]}


def _add_deeds(router: APIRouter, state: FusionState) -> None:
    def do(company: str, deed: Callable[[Desk, Tenant], Entity]) -> Response:
        with state.lock:
            tenant = state.tenant(company)
            desk = state.desk(tenant)
            done = deed(desk, tenant)
            state.finish(tenant, desk)
            return _json(done)

    @router.post("/companies/{company}/ship")
    def ship_order(company: str, fields: Fields) -> Response:
        deed = build(_Deed, fields)
        return do(
            company,
            lambda desk, tenant: ship(
                desk,
                deed.order,
                part=deed.part,
                quantities=deed.goods,
                date=_date(deed.date, tenant),
                tracking_number=deed.tracking_number,
            ),
        )

    @router.post("/companies/{company}/receive")
    def receive_order(company: str, fields: Fields) -> Response:
        deed = build(_Deed, fields)
        return do(
            company,
            lambda desk, tenant: receive(
                desk,
                deed.order,
                part=deed.part,
                quantities=deed.goods,
                date=_date(deed.date, tenant),
            ),
        )

    @router.post("/companies/{company}/produce")
    def produce_record(company: str, fields: Fields) -> Response:
        return do(company, lambda desk, tenant: produce(desk, _read("productions", fields, tenant)))

    @router.post("/companies/{company}/finish")
    def finish_order(company: str, fields: Fields) -> Response:
        deed = build(_Finishing, fields)
        return do(company, lambda desk, _: finish(desk, deed.order, status=deed.status))

    @router.post("/companies/{company}/count")
    def count_stock(company: str, fields: Fields) -> Response:
        deed = build(_Count, fields)
        return do(
            company,
            lambda desk, tenant: count(
                desk,
                deed.product,
                deed.quantity,
                warehouse=deed.warehouse,
                date=_date(deed.date, tenant),
            ),
        )

    @router.post("/companies/{company}/entities/{path}")
    def add_entity(company: str, path: str, fields: Fields) -> Response:
        """Make an entity of any resource, those without a call in the API included."""
        if path not in RESOURCES:
            raise ApiError(404, f"No resource {path!r}; there are {', '.join(RESOURCES)}")
        return do(
            company,
            lambda desk, tenant: create(desk, RESOURCES[path], _read(path, fields, tenant)),
        )


def _date(text: str | None, tenant: Tenant) -> str | None:
    if text is None:
        return None
    try:
        return instant_text(parse_instant(text, tenant.company.zone))
    except ValueError:
        raise ApiError(400, f"date must be like 2025-03-03T09:00:00Z, not {text!r}") from None


def _read(path: str, fields: dict[str, Any], tenant: Tenant) -> Entity:
    return read_fields(RESOURCES[path].fields, fields, zone=tenant.company.zone)
