"""What people do at the product's own screens, which no call of the API does.

Each deed is a function on the desk and obeys the rules of the screens: where those allow
more than the API (a line added to a submitted order, goods un-received), so does the deed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ._desk import Desk
from ._errors import DeskError
from ._handlers import replace
from ._orders import (
    check_line,
    complete_line,
    deleted_line,
    saved_order,
    saved_receiving,
    settle,
    unreceive,
)
from ._rules import stamp
from ._stock import as_item, counted, made_place, put_in, received, take_out
from ._values import Row, read_fields
from .entities import ENTITIES, VENDOR, OrderStatus

__all__ = [
    "cancel",
    "change_lines",
    "count",
    "enter",
    "move",
    "named",
    "receive",
    "submit",
    "take_back",
]

Key = int | str
"""How a record is meant at the desk: by its id, or by its name."""

_NAMES = {
    "Companies": "companyName",
    "InventoryLocations": "locationName",
    "Products": "name",
    "PurchaseOrders": "purchaseOrderNumber",
}
_SHIP_TO = {"shipToName": "Main", "shipToAddress1": "1 Sample Road", "shipToCity": "Albany"}


def named(desk: Desk, entity: str, key: Key, **wanted: object) -> Row:
    """Give the record that is meant.

    Args:
        wanted: What else it must hold, so that a vendor is told from a customer of its name.

    Raises:
        DeskError: 404.
    """
    found = desk.find(entity, key)
    if found is None:
        field = _NAMES.get(entity, "id")
        for row in desk.all(entity):
            if row[field] == key and all(row[name] == value for name, value in wanted.items()):
                return row
        raise DeskError(f"no record {key!r} in {entity}", 404)
    return found


# --- Orders ------------------------------------------------------------------------------------


def enter(desk: Desk, vendor: Key, lines: Sequence[Mapping[str, Any]], **header: Any) -> Row:
    """Enter an order with its lines; it is New.

    Args:
        lines: Each with ``product`` (id or name) or ``charge``, ``quantity``, ``unit_cost``,
            and, if not the default one, ``location``; further names are fields of the line.
        header: Fields of the order.
    """
    of = named(desk, "Companies", vendor, companyType=VENDOR)
    row = desk.add(
        "PurchaseOrders", {**_SHIP_TO, **header, "vendorID": of["id"], "status": OrderStatus.NEW}
    )
    stamp(desk, row, is_new=True)
    saved_order(desk, row, None)
    for line in lines:
        _add_line(desk, row, line)
    return row


def _add_line(desk: Desk, order: Row, line: Mapping[str, Any]) -> Row:
    row = desk.add("PurchaseOrderItems", {"orderID": order["id"], **_line_values(desk, line)})
    if row["inventoryLocationID"] is None:
        row["inventoryLocationID"] = _default_location(desk)
    check_line(desk, row)
    complete_line(desk, row)
    return row


def _line_values(desk: Desk, line: Mapping[str, Any]) -> Row:
    """Bring a line's words at the desk to the names of its fields, and check their values."""
    fields = {name: value for name, value in line.items() if name not in {"line", *_LINE_WORDS}}
    unknown = fields.keys() - _LINE_FIELDS
    if unknown:
        raise DeskError(f"a line has no {', '.join(sorted(unknown))}")
    for word, (field, entity) in _LINE_WORDS.items():
        if word in line:
            key = line[word]
            fields[field] = key if entity is None else named(desk, entity, key)["id"]
    values, problems = read_fields(ENTITIES["PurchaseOrderItems"], fields)
    if problems:
        raise DeskError(" ".join(problems))
    return values


_LINE_FIELDS = ENTITIES["PurchaseOrderItems"].table.keys() - {"id", "orderID"}
_LINE_WORDS: dict[str, tuple[str, str | None]] = {
    "product": ("productID", "Products"),
    "location": ("inventoryLocationID", "InventoryLocations"),
    "charge": ("chargeID", "TicketCharges"),
    "unit_cost": ("unitCost", None),
}


def _default_location(desk: Desk) -> int:
    for row in desk.all("InventoryLocations"):
        if row["isDefault"]:
            return int(row["id"])
    raise DeskError("no inventory location is the default one; name one")


def submit(desk: Desk, order: Key) -> Row:
    """Submit an order."""
    return move(desk, order, OrderStatus.SUBMITTED)


def cancel(desk: Desk, order: Key) -> Row:
    """Cancel an order of which nothing was received."""
    return move(desk, order, OrderStatus.CANCELED)


def move(desk: Desk, order: Key, status: OrderStatus) -> Row:
    """Set an order's status, as far as its life allows."""
    before = named(desk, "PurchaseOrders", order)
    return replace(desk, ENTITIES["PurchaseOrders"], before["id"], {"status": status}, dict(before))


def change_lines(
    desk: Desk,
    order: Key,
    *,
    changed: Sequence[Mapping[str, Any]] = (),
    added: Sequence[Mapping[str, Any]] = (),
    removed: Sequence[int] = (),
) -> list[Row]:
    """Change, add and strike out lines of an order; gives those it has then.

    Args:
        changed: Each with ``line``, its id, and what is to be otherwise.
    """
    row = named(desk, "PurchaseOrders", order)
    entity = ENTITIES["PurchaseOrderItems"]
    for one in changed:
        before = dict(_line_of(desk, row, one.get("line")))
        replace(desk, entity, before["id"], _line_values(desk, one), before)
    for one in added:
        _add_line(desk, row, one)
    for id_ in removed:
        deleted_line(desk, _line_of(desk, row, id_))
        desk.remove(entity.name, id_)
    settle(desk, row["id"])
    return [*desk.where(entity.name, "orderID", row["id"])]


def _line_of(desk: Desk, order: Row, id_: object) -> Row:
    line = desk.find("PurchaseOrderItems", id_)
    if line is None or line["orderID"] != order["id"]:
        raise DeskError(f"the order {order['id']} has no line {id_!r}", 404)
    return line


# --- Goods -------------------------------------------------------------------------------------


def receive(
    desk: Desk,
    order: Key,
    *,
    lines: Sequence[Mapping[str, Any]] | None = None,
    invoice: str | None = None,
) -> list[Row]:
    """Receive in one save; gives the rows it left.

    Args:
        lines: Each with ``line``, its id, ``quantity`` and perhaps ``serial``; ``None``: all
            that is left of every line.
        invoice: The vendor's invoice number.
    """
    row = named(desk, "PurchaseOrders", order)
    found = []
    for one in _left(desk, row) if lines is None else lines:
        line = _line_of(desk, row, one.get("line"))
        came = desk.add(
            "PurchaseOrderItemReceiving",
            {
                "purchaseOrderItemID": line["id"],
                "quantityNowReceiving": one["quantity"],
                "serialNumber": one.get("serial"),
                "vendorInvoiceNumber": invoice,
            },
        )
        saved_receiving(desk, came, None)
        found.append(came)
    return found


def _left(desk: Desk, order: Row) -> list[dict[str, Any]]:
    lines = [*desk.where("PurchaseOrderItems", "orderID", order["id"])]
    left = [(line["id"], line["quantity"] - received(desk, line)) for line in lines]
    return [{"line": id_, "quantity": units} for id_, units in left if units > 0]


def take_back(desk: Desk, receipt: int, quantity: int | None = None) -> Row | None:
    """Un-receive (a part of) one row; gives the row that shows it, if one does."""
    return unreceive(desk, named(desk, "PurchaseOrderItemReceiving", receipt), quantity)


def count(desk: Desk, product: Key, quantity: int, location: Key | None = None) -> Row:
    """Let so many units of a product be on hand at a location; gives the inventory item."""
    of = named(desk, "Products", product)["id"]
    if location is None:
        at = _default_location(desk)
    else:
        at = named(desk, "InventoryLocations", location)["id"]
    where = made_place(desk, of, at)
    missing = quantity - counted(desk, where)["onHandUnits"]
    if missing > 0:
        put_in(desk, of, at, missing)
    _take_from_lots(desk, where, -missing)
    return as_item(desk, where)


def _take_from_lots(desk: Desk, where: Row, surplus: int) -> None:
    """Take units out of a place, the oldest first; none if there is no surplus."""
    for lot in [*desk.where("InventoryStockedItems", "inventoryProductID", where["id"])]:
        taken = min(max(0, surplus), lot["onHandUnits"])
        surplus -= taken
        if taken:
            take_out(desk, lot, taken, counted_as="removedUnits")
