"""What follows from a write: prices, shippings, progress, stock.

Each rule is a function from the desk and the entity on it; ``SAVED`` and ``DELETED`` say
which resource has which.  The facts are the reference's sections 3.5 to 3.11; where the
vendor does not say, the reading proposed there is played.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

from ._desk import Desk
from ._errors import ApiError
from ._intake import parse_instant
from ._resources import RESOURCES, Entity, Resource

__all__ = [
    "DELETED",
    "SAVED",
    "STOCK_FIELDS",
    "count",
    "create",
    "days_of",
    "finish",
    "produce",
    "receive",
    "ship",
    "stock",
]

_CENT = Decimal("0.01")


class _Side:
    """How sales and purchase orders differ in words, and only there."""

    def __init__(self, path: str, parts: str, done: str, price: str, total: str) -> None:
        self.path = path
        self.parts = parts  # array of deliveries in the order
        self.part = parts[:-1]
        self.done = done  # "shipped" or "received"
        self.moved = f"quantity-{done}"
        self.date = f"{done}-date"
        self.price = price
        self.total = total


SALES = _Side("sales-orders", "shippings", "shipped", "unit-price", "price")
PURCHASES = _Side("purchase-orders", "receivings", "received", "unit-cost", "cost")


def _lines(order: Entity, side: _Side) -> Iterator[Entity]:
    for part in order[side.parts]:
        yield from part["products"]


def _progress(lines: list[Entity], side: _Side) -> str:
    moved = [Decimal(line[side.moved]) for line in lines]
    if not any(moved):
        return "open"
    if all(
        amount >= Decimal(line["quantity-ordered"])
        for amount, line in zip(moved, lines, strict=True)
    ):
        return side.done
    return f"partially-{side.done}"


def _priced(line: Entity, side: _Side) -> str | None:
    if line[side.price] is None:
        return None
    exact = Decimal(line[side.price]) * Decimal(line["quantity-ordered"])
    return format(exact.quantize(_CENT, ROUND_HALF_UP), "f")


def _saved_order(desk: Desk, order: Entity, previous: Entity | None, side: _Side) -> None:
    if order["creation-date"] is None:
        order["creation-date"] = previous["creation-date"] if previous else desk.now_text
    if not order[side.parts]:
        raise ApiError(400, "Missing mandatory field products", field="products")
    before = {part["id"]: part for part in previous[side.parts]} if previous else {}
    taken: set[str] = set()
    for index, part in enumerate(order[side.parts], start=1):
        old = before.get(part["id"])
        if old is None or part["id"] in taken:
            old, part["id"] = None, desk.new_id()
        taken.add(part["id"])
        part["code"] = part["code"] or f"{order['code']}-{index}"
        for position, line in enumerate(part["products"]):
            if line[side.moved] is None:
                line[side.moved] = _moved_before(old, position, line["product"], side)
            line[side.total] = _priced(line, side)
        part["status"] = _progress(part["products"], side)
    gone = [part for id_, part in before.items() if id_ not in taken]
    if any(Decimal(line[side.moved]) for part in gone for line in part["products"]):
        raise ApiError(409, f"A {side.part} with {side.done} quantity cannot be removed")


def _moved_before(part: Entity | None, position: int, product: str, side: _Side) -> str:
    if part is not None and position < len(part["products"]):
        line: Entity = part["products"][position]
        if line["product"] == product:
            return str(line[side.moved])
    return "0"


def _saved_sales_order(desk: Desk, order: Entity, previous: Entity | None) -> None:
    _saved_order(desk, order, previous, SALES)


def _saved_purchase_order(desk: Desk, order: Entity, previous: Entity | None) -> None:
    _saved_order(desk, order, previous, PURCHASES)
    if previous is None and order["approval-status"] is None:
        order["approval-status"] = "draft" if desk.company.settings.approval_required else None


def _saved_production_order(desk: Desk, order: Entity, previous: Entity | None) -> None:
    for line in order["products"]:
        line["quantity-produced"] = line["quantity-produced"] or "0"
    del desk, previous


def _saved_production(desk: Desk, record: Entity, previous: Entity | None) -> None:
    order = _production_order(desk, record["production-order"])
    record["production-order"] = {name: order[name] for name in ("id", "code", "description")}
    if record["product"] is None:
        record["product"] = order["products"][0]["product"]
    worker = record["worker"]
    if worker is not None:
        known = desk.by_key("workers", worker["number"])
        worker["name"] = known["name"] if known else worker["name"]
    if record["work-time"] is None and record["end-time"] is not None:
        record["work-time"] = sum(days_of(record, desk.company.zone).values())
    change = Decimal(record["quantity"] or 0) - Decimal((previous or {}).get("quantity") or 0)
    _book_production(desk, record, order["id"], change)


def days_of(record: Entity, zone: ZoneInfo) -> dict[date, int]:
    """Give the seconds of a record that has ended, by local day; shifts are not played."""
    start, end = (parse_instant(record[name], zone) for name in ("start-time", "end-time"))
    days: dict[date, int] = {}
    while start < end:
        day = start.astimezone(zone).date()
        midnight = datetime.combine(day + timedelta(days=1), time(), zone)
        until = min(end, midnight.astimezone(end.tzinfo))
        days[day] = int((until - start).total_seconds())
        start = until
    return days


def _deleted_production(desk: Desk, record: Entity) -> None:
    order_id = record["production-order"]["id"]
    if desk.find("production-orders", order_id) is not None:
        _book_production(desk, record, order_id, -Decimal(record["quantity"] or 0))


def _production_order(desk: Desk, reference: Entity) -> Entity:
    found = desk.find("production-orders", reference["id"] or "") or next(
        (
            order
            for order in desk.all("production-orders")
            if reference["code"] and order["code"] == reference["code"]
        ),
        None,
    )
    if found is None:
        named = reference["id"] or reference["code"]
        raise ApiError(400, f"Unknown production-order {named!r}", field="production-order")
    return found


def _book_production(desk: Desk, record: Entity, order_id: str, change: Decimal) -> None:
    order = desk.edit("production-orders", order_id)
    order["running-status"] = "started"
    for line in order["products"]:
        if line["product"] == record["product"]:
            line["quantity-produced"] = format(Decimal(line["quantity-produced"]) + change, "f")
            break
    if order["status"] != "closed":
        is_complete = all(
            Decimal(line["quantity-produced"]) >= Decimal(line["quantity-ordered"])
            for line in order["products"]
        )
        order["status"] = "completed" if is_complete else "open"
    if change:
        _move(
            desk, product=record["product"], quantity=change, type="production", lot=record["lot"]
        )


def _saved_movement(desk: Desk, movement: Entity, previous: Entity | None) -> None:
    movement["date"] = movement["date"] or (previous or {}).get("date") or desk.now_text


def _saved_client(desk: Desk, client: Entity, previous: Entity | None) -> None:
    """Exactly one address and one contact is the default, the first unless another is."""
    del desk, previous
    for group in ("addresses", "contacts"):
        chosen = next((part for part in client[group] if part["default"]), None)
        for index, part in enumerate(client[group]):
            part["default"] = part is chosen if chosen is not None else index == 0


def _deleted_order(desk: Desk, order: Entity, side: _Side) -> None:
    if any(Decimal(line[side.moved]) for line in _lines(order, side)):
        raise ApiError(409, f"{order['code']!r} has {side.done} quantity and cannot be deleted")


def _deleted_production_order(desk: Desk, order: Entity) -> None:
    if order["running-status"] != "notstarted":
        raise ApiError(409, "Only a production order that is not started can be deleted")


Saved = Callable[[Desk, Entity, Entity | None], None]
Deleted = Callable[[Desk, Entity], None]

SAVED: dict[str, Saved] = {
    "clients": _saved_client,
    "inventory-movements": _saved_movement,
    "production-orders": _saved_production_order,
    "productions": _saved_production,
    "purchase-orders": _saved_purchase_order,
    "sales-orders": _saved_sales_order,
}

DELETED: dict[str, Deleted] = {
    "production-orders": _deleted_production_order,
    "productions": _deleted_production,
    "purchase-orders": lambda desk, order: _deleted_order(desk, order, PURCHASES),
    "sales-orders": lambda desk, order: _deleted_order(desk, order, SALES),
}


def create(desk: Desk, resource: Resource, entity: Entity) -> Entity:
    """Give an entity its id and everything that follows from it, and lay it on the desk.

    Raises:
        ApiError: 400 unknown reference, 409 duplicate code.
    """
    entity["id"] = desk.new_id()
    desk.check_key(resource, entity)
    desk.check_references(resource, entity)
    if resource.path in SAVED:
        SAVED[resource.path](desk, entity, None)
    desk.put(resource.path, entity, "created")
    return entity


def _move(desk: Desk, **values: object) -> None:
    fields = RESOURCES["inventory-movements"].fields
    movement: Entity = {field.name: field.default for field in fields}
    movement.update({name.replace("_", "-"): value for name, value in values.items()})
    movement["quantity"] = format(Decimal(movement["quantity"]), "f")
    movement["date"] = movement["date"] or desk.now_text
    movement["id"] = desk.new_id()
    desk.put("inventory-movements", movement, "created")


# --- What people do in the product itself; only the control paths can ask for it -----------


def _pick(order: Entity, wanted: str | None, side: _Side) -> Entity:
    parts: list[Entity] = order[side.parts]
    for part in parts:
        if wanted in {part["id"], part["code"]} or (wanted is None and part["status"] != side.done):
            return part
    raise ApiError(409, f"{order['code']!r} has no open {side.part} {wanted or ''}".rstrip())


def _carry_out(
    desk: Desk,
    side: _Side,
    number: str,
    *,
    part: str | None,
    quantities: list[Entity] | None,
    date: str | None,
) -> tuple[Entity, Entity]:
    found = desk.by_key(side.path, number)
    if found is None:
        raise ApiError(404, f"No {RESOURCES[side.path].entity} with code {number!r}")
    order = desk.edit(side.path, found["id"])
    chosen = _pick(order, part, side)
    if quantities is None:
        quantities = [
            {
                "product": line["product"],
                "quantity": Decimal(line["quantity-ordered"]) - Decimal(line[side.moved]),
            }
            for line in chosen["products"]
        ]
    for wanted in quantities:
        line, extras = _move_line(side, chosen, wanted)
        _move(
            desk,
            product=line["product"],
            quantity=-Decimal(wanted["quantity"]) if side is SALES else wanted["quantity"],
            type="shipping" if side is SALES else "receiving",
            date=date,
            unit_cost=None if side is SALES else line["unit-cost"] or "0",
            **{side.path[:-1]: order["code"], side.part: chosen["id"]},
            **extras,
        )
    chosen["status"] = _progress(chosen["products"], side)
    chosen[side.date] = date or desk.now_text
    if _progress([*_lines(order, side)], side) == side.done:
        order["status"] = "closed"
    return order, chosen


def _move_line(side: _Side, part: Entity, wanted: Entity) -> tuple[Entity, Entity]:
    """Raise what has moved on the line that fits; give the line and where the goods went."""
    product, quantity = wanted["product"], Decimal(wanted["quantity"])
    lines = [line for line in part["products"] if line["product"] == product]
    if not lines:
        raise ApiError(400, f"Unknown product {product!r} on {part['code']!r}", field="product")
    line = next(
        (
            line
            for line in lines
            if Decimal(line[side.moved]) + quantity <= Decimal(line["quantity-ordered"])
        ),
        lines[-1],
    )
    line[side.moved] = format(Decimal(line[side.moved]) + quantity, "f")
    rejected = Decimal(wanted.get("rejected") or 0)
    if rejected:
        # What was sent back never came: the order still waits for it.
        line["quantity-rejected"] = format(Decimal(line["quantity-rejected"] or 0) + rejected, "f")
    extras = {
        name: wanted[name]
        for name in ("lot", "supplier-lot", "expiration-date", "location", "warehouse")
        if wanted.get(name) is not None
    }
    line.update({name: value for name, value in extras.items() if name in line})
    return line, extras


def ship(
    desk: Desk,
    number: str,
    *,
    part: str | None = None,
    quantities: list[Entity] | None = None,
    date: str | None = None,
    tracking_number: str | None = None,
) -> Entity:
    """Ship a sales order's next shipping, wholly unless quantities are named.

    An order shipped in full is closed, and so are its production orders.
    """
    order, shipping = _carry_out(desk, SALES, number, part=part, quantities=quantities, date=date)
    shipping["tracking-number"] = tracking_number or shipping["tracking-number"]
    if order["status"] == "closed":
        for made in [*desk.all("production-orders")]:
            if made["sales-order"] == order["code"] and made["status"] != "closed":
                desk.edit("production-orders", made["id"])["status"] = "closed"
    return order


def receive(
    desk: Desk,
    number: str,
    *,
    part: str | None = None,
    quantities: list[Entity] | None = None,
    date: str | None = None,
) -> Entity:
    """Receive goods of a purchase order; where approval is required, only once approved."""
    found = desk.by_key("purchase-orders", number)
    if (
        found is not None
        and desk.company.settings.approval_required
        and found["approval-status"] != "approved"
    ):
        raise ApiError(409, f"{number!r} is {found['approval-status']}, not approved")
    order, _ = _carry_out(desk, PURCHASES, number, part=part, quantities=quantities, date=date)
    return order


def produce(desk: Desk, record: Entity) -> Entity:
    """Record a finished production."""
    return create(desk, RESOURCES["productions"], record)


def finish(desk: Desk, id_or_code: str, *, status: str = "completed") -> Entity:
    """Complete or close a production order, as somebody does at the screen.

    Raises:
        ApiError: 404.
    """
    for order in [*desk.all("production-orders")]:
        if id_or_code in {order["id"], order["code"]}:
            found = desk.edit("production-orders", order["id"])
            found["status"] = status
            return found
    raise ApiError(404, f"No production-order with id or code {id_or_code!r}")


def count(
    desk: Desk, product: str, quantity: Decimal, *, warehouse: str, date: str | None = None
) -> Entity:
    """Set the stock of a product at a warehouse to what was counted: one adjustment.

    Raises:
        ApiError: 404.
    """
    if desk.by_key("products", product) is None:
        raise ApiError(404, f"No product with code {product!r}")
    there = sum(
        (
            Decimal(movement["quantity"])
            for movement in desk.all("inventory-movements")
            if movement["product"] == product and movement["warehouse"] == warehouse
        ),
        Decimal(0),
    )
    if quantity != there:
        _move(
            desk,
            product=product,
            quantity=quantity - there,
            type="adjustment",
            warehouse=warehouse,
            date=date,
        )
    return stock(desk, product)


STOCK_FIELDS = ("warehouse", "location", "lot", "quantity")


def stock(desk: Desk, id_or_code: str) -> Entity:
    """Give the stock of one product: the sum of its movements, by place and lot.

    Whether the path takes an id or a code is not known, so both are tried, id first.

    Raises:
        ApiError: 404.
    """
    product = desk.find("products", id_or_code) or desk.by_key("products", id_or_code)
    if product is None:
        raise ApiError(404, f"No product with id or code {id_or_code!r}")
    places: dict[tuple[str | None, ...], Decimal] = {}
    for movement in desk.all("inventory-movements"):
        if movement["product"] == product["code"]:
            place = tuple(movement[name] for name in STOCK_FIELDS[:3])
            places[place] = places.get(place, Decimal(0)) + Decimal(movement["quantity"])
    return {
        "product": product["code"],
        "quantity": format(sum(places.values(), Decimal(0)), "f"),
        "unit": product["unit"],
        "warehouses": [
            dict(zip(STOCK_FIELDS, (*place, format(amount, "f")), strict=True))
            for place, amount in places.items()
            if amount
        ],
    }
