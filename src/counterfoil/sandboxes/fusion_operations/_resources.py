"""The one table of what this Fusion Operations holds: resources, their fields, their paths.

Routes, validation, references between entities, names on the wire and the ways a number or
a date may be spelled are all read from here; a resource without further rules (``_rules``)
is complete as a row of this table.

Names are those of the v1 reference, kebab-case.  Which of them the real service uses is
documented only in part, so the connector may not rely on them more than its field map does.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum, auto
from typing import Any

__all__ = ["RESOURCES", "Entity", "Field", "FieldType", "Resource", "references"]

Entity = dict[str, Any]
"""One stored entity: every field of its resource by kebab-case name, as JSON values;
decimals and instants are text."""


class FieldType(Enum):
    """What a field holds, and so how it is checked, stored and spelled."""

    TEXT = auto()
    DECIMAL = auto()  # stored as plain decimal text
    WHOLE = auto()  # an integer
    FLAG = auto()
    INSTANT = auto()  # stored as UTC text, ``2025-03-03T09:00:00Z``
    DAY = auto()  # stored as ``2025-03-03``
    LABELS = auto()  # array of text
    PAIRS = auto()  # array of {name, value}, values text
    RECORD = auto()  # object with ``fields``
    RECORDS = auto()  # array of objects with ``fields``


@dataclass(frozen=True, kw_only=True)
class Field:
    """One property of an entity.

    Attributes:
        default: Stored when the property is not sent.
        choices: The only values allowed, ``()``: any.
        minimum: Smallest number allowed.
        refers_to: Path of the resource whose key the value must be.
        fields: Properties of a nested object.
        is_derived: The sandbox computes it; what a client sends is passed over.
        is_key: Unique among the elements of its array (addresses of one client).
        also: Another name it is taken under.
    """

    name: str
    type: FieldType = FieldType.TEXT
    is_required: bool = False
    default: Any = None
    choices: tuple[str, ...] = ()
    minimum: Decimal | None = None
    refers_to: str | None = None
    fields: tuple[Field, ...] = ()
    is_derived: bool = False
    is_key: bool = False
    also: str = ""


@dataclass(frozen=True, kw_only=True)
class Resource:
    """One row of the table.

    Attributes:
        path: Under ``/api/v1/``.
        entity: The word of the changes feed.
        key: Property that identifies an entity in other bodies, unique in the company
            when ``is_unique``; ``None``: only ``id`` does.
        collection, item: HTTP methods the service offers.
        filters: Query parameters a list may be narrowed by.
    """

    path: str
    entity: str
    fields: tuple[Field, ...]
    key: str | None = None
    is_unique: bool = True
    collection: tuple[str, ...] = ("GET", "POST")
    item: tuple[str, ...] = ("GET", "PUT", "DELETE")
    filters: tuple[str, ...] = ()

    def __getitem__(self, name: str) -> Field:
        return next(field for field in self.fields if field.name == name)


def text(name: str, *, required: bool = False, default: str | None = None) -> Field:
    return Field(name=name, is_required=required, default=default)


def code(name: str = "code") -> Field:
    return Field(name=name, is_required=True, is_key=True)


def derived(name: str, type_: FieldType, default: Any = None) -> Field:
    return Field(name=name, type=type_, default=default, is_derived=True)


def number(
    name: str, *, required: bool = False, least: str | None = "0", default: str | None = None
) -> Field:
    return Field(
        name=name,
        type=FieldType.DECIMAL,
        is_required=required,
        minimum=None if least is None else Decimal(least),
        default=default,
    )


def whole(name: str) -> Field:
    return Field(name=name, type=FieldType.WHOLE, minimum=Decimal(0))


def flag(name: str, *, default: bool = False) -> Field:
    return Field(name=name, type=FieldType.FLAG, default=default)


def instant(name: str, *, required: bool = False, also: str = "") -> Field:
    return Field(name=name, type=FieldType.INSTANT, is_required=required, also=also)


def day(name: str) -> Field:
    return Field(name=name, type=FieldType.DAY)


def labels(name: str) -> Field:
    return Field(name=name, type=FieldType.LABELS, default=[])


def pairs(name: str) -> Field:
    return Field(name=name, type=FieldType.PAIRS, default=[])


def choice(name: str, *choices: str, default: str | None = None) -> Field:
    return Field(name=name, choices=choices, default=default)


def refer(name: str, resource: str, *, required: bool = False) -> Field:
    return Field(name=name, refers_to=resource, is_required=required)


def records(name: str, *fields: Field, required: bool = False) -> Field:
    return Field(name=name, type=FieldType.RECORDS, fields=fields, is_required=required, default=[])


def record(name: str, *fields: Field, required: bool = False) -> Field:
    return Field(name=name, type=FieldType.RECORD, fields=fields, is_required=required)


_ID = derived("id", FieldType.TEXT)

_ORDERED = (
    refer("product", "products", required=True),
    number("quantity-ordered", required=True),
)

_SALES_LINE = (
    *_ORDERED,
    number("quantity-shipped"),
    number("unit-price"),
    derived("price", FieldType.DECIMAL),
    text("observations", default=""),
    pairs("parameters"),
)

_PURCHASE_LINE = (
    *_ORDERED,
    number("quantity-received"),
    number("quantity-rejected"),
    number("unit-cost"),
    derived("cost", FieldType.DECIMAL),
    text("observations", default=""),
    text("lot"),
    text("supplier-lot"),
    day("expiration-date"),
)

_ROWS = (
    Resource(
        path="products",
        entity="product",
        key="code",
        fields=(
            _ID,
            code(),
            text("name"),
            text("observations", default=""),
            pairs("parameters"),
            pairs("custom-fields"),
            labels("tags"),
            refer("family", "product-families"),
            text("unit"),
            text("receiving-unit"),
            labels("marketplaces"),
            records("clients", refer("client", "clients", required=True), text("product-code")),
            records("operations", code(), text("name"), text("task-duration")),
            records("bom", refer("product", "products", required=True), number("quantity")),
            flag("serializable"),
            flag("active", default=True),
        ),
    ),
    Resource(
        path="product-families",
        entity="product-family",
        key="code",
        item=("PUT", "DELETE"),
        fields=(_ID, code(), text("name")),
    ),
    Resource(
        path="clients",
        entity="client",
        key="code",
        fields=(
            _ID,
            code(),
            text("name"),
            text("vat-number"),
            records(
                "addresses",
                code(),
                text("name"),
                text("address"),
                text("city"),
                text("postal-code"),
                text("state"),
                text("country"),
                flag("default"),
            ),
            records("contacts", text("name"), text("phone"), text("email"), flag("default")),
        ),
    ),
    Resource(
        path="suppliers",
        entity="supplier",
        key="code",
        fields=(
            _ID,
            code(),
            text("name", required=True),
            text("vat-number"),
            text("address"),
            text("phone"),
            text("email"),
        ),
    ),
    Resource(
        path="sales-orders",
        entity="sales-order",
        key="code",
        fields=(
            _ID,
            code(),
            instant("creation-date"),
            refer("client", "clients"),
            text("marketplace"),
            text("billing-address"),
            text("observations", default=""),
            choice("status", "open", "closed", default="open"),
            flag("archived"),
            pairs("custom-fields"),
            records(
                "shippings",
                Field(name="id"),
                text("code"),
                instant("due-date"),
                instant("requested-date"),
                text("delivery-address"),
                derived("status", FieldType.TEXT, "open"),
                instant("shipped-date"),
                text("tracking-number"),
                records("products", *_SALES_LINE, required=True),
            ),
        ),
    ),
    Resource(
        path="purchase-orders",
        entity="purchase-order",
        key="code",
        fields=(
            _ID,
            code(),
            refer("supplier", "suppliers"),
            instant("creation-date"),
            flag("active", default=True),
            choice("approval-status", "draft", "in-review", "approved", "rejected"),
            choice("status", "open", "closed", default="open"),
            text("notes", default=""),
            text("external-notes", default=""),
            pairs("custom-fields"),
            records(
                "receivings",
                Field(name="id"),
                text("code"),
                instant("due-date"),
                derived("status", FieldType.TEXT, "open"),
                instant("received-date"),
                records("products", *_PURCHASE_LINE, required=True),
            ),
        ),
    ),
    Resource(
        path="production-orders",
        entity="production-order",
        key="code",
        is_unique=False,
        filters=("running-status",),
        fields=(
            _ID,
            text("code"),
            text("description", default=""),
            text("notes", default=""),
            instant("start-date"),
            instant("due-date"),
            records(
                "products",
                *_ORDERED,
                number("quantity-produced", default="0"),
                text("observations", default=""),
                required=True,
            ),
            records("workers-assigned", refer("number", "workers", required=True)),
            records("machines", refer("code", "machines", required=True)),
            choice("status", "open", "closed", "completed", default="open"),
            choice("running-status", "notstarted", "started", default="notstarted"),
            flag("active"),
            flag("archived"),
            text("shipping"),
            refer("client", "clients"),
            refer("sales-order", "sales-orders"),
            text("section"),
            labels("tags"),
            pairs("custom-fields"),
        ),
    ),
    Resource(
        path="productions",
        entity="production",
        item=("PUT", "DELETE"),
        fields=(
            _ID,
            # The vendor's migration guide has the times; earlier clients sent dates.
            instant("start-time", required=True, also="start-date"),
            instant("end-time", also="end-date"),
            record(
                "production-order", text("id"), text("code"), text("description"), required=True
            ),
            refer("product", "products"),
            record("operation", text("code", required=True), text("name")),
            record("section", text("code"), text("name")),
            record("worker", refer("number", "workers", required=True), text("name")),
            record("machine", refer("code", "machines", required=True)),
            number("quantity"),
            records("waste", text("code"), number("quantity")),
            whole("work-time"),
            text("lot"),
        ),
    ),
    Resource(
        path="inventory-movements",
        entity="inventory-movement",
        fields=(
            _ID,
            instant("date"),
            refer("product", "products", required=True),
            number("quantity", required=True, least=None),
            Field(
                name="type",
                is_required=True,
                choices=(
                    "receiving",
                    "shipping",
                    "production",
                    "consumption",
                    "adjustment",
                    "transfer",
                ),
            ),
            text("warehouse", default="Main"),
            text("location"),
            text("lot"),
            text("supplier-lot"),
            day("expiration-date"),
            number("unit-cost"),
            refer("purchase-order", "purchase-orders"),
            text("receiving"),
            refer("sales-order", "sales-orders"),
            text("shipping"),
            refer("worker", "workers"),
            text("observations", default=""),
        ),
    ),
    Resource(
        path="task-durations",
        entity="task-duration",
        item=("GET", "PATCH", "DELETE"),
        fields=(
            _ID,
            refer("product", "products", required=True),
            text("operation", required=True),
            refer("machine", "machines"),
            text("duration", required=True),
            instant("valid-from"),
        ),
    ),
    Resource(
        path="downtimes",
        entity="downtime",
        collection=("GET",),
        item=(),
        fields=(
            _ID,
            refer("machine", "machines"),
            refer("worker", "workers"),
            instant("start-date", required=True),
            instant("end-date"),
            text("reason"),
        ),
    ),
    Resource(
        path="punch-clocks",
        entity="punch-clock",
        collection=("GET",),
        item=(),
        fields=(
            _ID,
            refer("worker", "workers", required=True),
            instant("date", required=True),
            Field(name="type", is_required=True, choices=("in", "out")),
        ),
    ),
    # Not in the service's catalogue: known to it, but only the control paths reach them.
    Resource(
        path="workers",
        entity="worker",
        key="number",
        collection=(),
        item=(),
        fields=(_ID, code("number"), text("name", required=True)),
    ),
    Resource(
        path="machines",
        entity="machine",
        key="code",
        collection=(),
        item=(),
        fields=(_ID, code(), text("notes", default="")),
    ),
)

RESOURCES: dict[str, Resource] = {row.path: row for row in _ROWS}


def references(fields: tuple[Field, ...], entity: Entity) -> Iterator[tuple[str, Entity, Field]]:
    """Yield every filled reference of an entity: its path, the object it stands in, its field."""
    for field in fields:
        value = entity.get(field.name)
        if value is None:
            continue
        if field.refers_to:
            yield field.name, entity, field
        elif field.type is FieldType.RECORD:
            for path, holder, inner in references(field.fields, value):
                yield f"{field.name}.{path}", holder, inner
        elif field.type is FieldType.RECORDS:
            for index, element in enumerate(value):
                for path, holder, inner in references(field.fields, element):
                    yield f"{field.name}[{index}].{path}", holder, inner
