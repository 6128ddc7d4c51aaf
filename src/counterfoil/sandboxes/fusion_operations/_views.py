"""How a stored entity looks to this company's clients, and how they may send it.

Pure.  There is one stored form (kebab-case, nested shippings, decimal text, UTC); every
other reading of the reference is a view of it, chosen by the company's settings.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from ._company import Company, Settings
from ._intake import parse_instant
from ._resources import RESOURCES, Entity, Field, FieldType, Resource

__all__ = ["shown", "shown_stock", "unfolded"]

# Properties of a delivery that an order itself carries where deliveries are not shown.
_LIFTED = ("due-date", "requested-date", "delivery-address")
_PARTS = {"sales-orders": ("shippings", "shipped"), "purchase-orders": ("receivings", "received")}


def unfolded(resource: Resource, raw: object, company: Company, previous: Entity | None) -> object:
    """Bring a body to stored names, with one delivery made where none is given.

    Creating an order without shippings makes one that holds all its products.
    """
    if not isinstance(raw, Mapping):
        return raw
    body: dict[str, Any] = dict(raw)
    if company.settings.names == "snake":
        body = _renamed(resource.fields, body)
        body.update({_kebab(name): value for name, value in raw.items() if _kebab(name) in _LIFTED})
    if resource.path in _PARTS:
        name, _ = _PARTS[resource.path]
        if not body.get(name) and body.get("products"):
            part = {key: body[key] for key in (*_LIFTED, "products") if key in body}
            if previous is not None and previous[name]:
                part["id"] = previous[name][0]["id"]
            if company.settings.names == "snake":
                part = _renamed(resource[name].fields, part)
            body[name] = [part]
    return body


def _kebab(name: str) -> str:
    return name.replace("_", "-")


def _renamed(fields: tuple[Field, ...], raw: Mapping[str, Any]) -> dict[str, Any]:
    known = {field.name: field for field in fields}
    known |= {field.also: field for field in fields if field.also}
    found: dict[str, Any] = {}
    for name, value in raw.items():
        field = known.get(_kebab(name))
        if field is None:
            found[name] = value
        elif field.type is FieldType.RECORD and isinstance(value, Mapping):
            found[field.name] = _renamed(field.fields, value)
        elif field.type is FieldType.RECORDS and isinstance(value, list):
            found[field.name] = [
                _renamed(field.fields, part) if isinstance(part, Mapping) else part
                for part in value
            ]
        else:
            found[field.name] = value
    return found


def shown(resource: Resource, entity: Entity, company: Company) -> Entity:
    """Give an entity as this company's clients read it."""
    settings = company.settings
    fields = resource.fields
    if resource.path in _PARTS and settings.shipping_mode != "A":
        entity, fields = _flat(resource, entity, settings.shipping_mode)
    if _is_plain(settings):
        return entity
    return _spelled(fields, entity, company)


def _is_plain(settings: Settings) -> bool:
    return (settings.names, settings.numbers, settings.dates, settings.pairs) == (
        "kebab",
        "string",
        "utc",
        "array",
    )


def _flat(resource: Resource, entity: Entity, mode: str) -> tuple[Entity, tuple[Field, ...]]:
    """Modes B and D: lines stand in the order itself; D says nothing of what has moved."""
    name, done = _PARTS[resource.path]
    parts = entity[name]
    hidden = {f"quantity-{done}", "quantity-rejected"} if mode == "D" else set()
    flat = {key: value for key, value in entity.items() if key != name}
    flat.update({key: parts[0].get(key) for key in _LIFTED if key in parts[0]})
    flat["products"] = [
        {key: value for key, value in line.items() if key not in hidden}
        for part in parts
        for line in part["products"]
    ]
    inner = resource[name].fields
    lifted = tuple(field for field in inner if field.name in {*_LIFTED, "products"})
    return flat, (*resource.fields, *lifted)


def _spelled(fields: tuple[Field, ...], entity: Entity, company: Company) -> Entity:
    known = {field.name: field for field in fields}
    snake = company.settings.names == "snake"
    found: Entity = {}
    for name, value in entity.items():
        field = known.get(name)
        spelled = value if field is None or value is None else _value(field, value, company)
        found[name.replace("-", "_") if snake else name] = spelled
    return found


def _value(field: Field, value: Any, company: Company) -> Any:
    settings = company.settings
    match field.type:
        case FieldType.DECIMAL if settings.numbers == "number":
            return Decimal(value)
        case FieldType.INSTANT if settings.dates != "utc":
            local = parse_instant(value, company.zone).astimezone(company.zone)
            return (local.replace(tzinfo=None) if settings.dates == "local" else local).isoformat()
        case FieldType.PAIRS if settings.pairs == "object":
            return {pair["name"]: pair["value"] for pair in value}
        case FieldType.RECORD:
            return _spelled(field.fields, value, company)
        case FieldType.RECORDS:
            return [_spelled(field.fields, part, company) for part in value]
        case _:
            return value


_STOCK_FIELDS = (
    Field(name="quantity", type=FieldType.DECIMAL),
    Field(
        name="warehouses",
        type=FieldType.RECORDS,
        fields=(
            Field(name="quantity", type=FieldType.DECIMAL),
            *(field for field in RESOURCES["inventory-movements"].fields if field.name == "lot"),
        ),
    ),
)


def shown_stock(body: Entity, company: Company) -> Entity:
    """Give the stock of a product in this company's spelling."""
    return body if _is_plain(company.settings) else _spelled(_STOCK_FIELDS, body, company)
