"""Stock: lots that came in, where they lie, and what is on hand of each product.

A lot is a row of ``InventoryStockedItems``.  Counts are never stored: ``InventoryProducts``
and the older ``InventoryItems`` are computed from the lots and from open orders whenever
they are read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from ._desk import Desk
from ._errors import refused
from ._values import UDFS, Row
from .entities import OrderStatus

__all__ = [
    "COMMANDS",
    "as_item",
    "counted",
    "deleted_product",
    "made_place",
    "place",
    "put_in",
    "received",
    "saved_product",
    "saved_transfer",
    "take_out",
    "update_item",
]

_OPEN = {OrderStatus.SUBMITTED, OrderStatus.RECEIVED_PARTIAL}

_AVAILABLE = 1
_MANUAL_COST, _CATALOG_COST, _LAST_COST, _AVERAGE_COST = 4, 3, 2, 1

_ITEM_NAMES = {
    "id": "id",
    "backOrderQuantity": "backOrderQuantity",
    "bin": "bin",
    "inventoryLocationID": "inventoryLocationID",
    "productID": "productID",
    "quantityMaximum": "quantityMaximum",
    "quantityMinimum": "quantityMinimum",
    "quantityOnHand": "onHandUnits",
    "quantityOnOrder": "unitsOnOrder",
    "quantityPicked": "pickedUnits",
    "quantityReserved": "reservedUnits",
    "referenceNumber": "referenceNumber",
}
"""A field of ``InventoryItems`` -> the same thing's name in ``InventoryProducts``."""


# --- Reading -----------------------------------------------------------------------------------


def received(desk: Desk, line: Row) -> int:
    """How many units of an order's line have come, less those that were un-received."""
    rows = desk.where("PurchaseOrderItemReceiving", "purchaseOrderItemID", line["id"])
    return sum(row["quantityNowReceiving"] or 0 for row in rows)


def counted(desk: Desk, row: Row) -> Row:
    """Give a row of ``InventoryProducts`` with its counts as they are now."""
    lots = [*desk.where("InventoryStockedItems", "inventoryProductID", row["id"])]
    units = {
        name: sum(lot[name] or 0 for lot in lots)
        for name in ("onHandUnits", "reservedUnits", "pickedUnits")
    }
    return {
        **row,
        **units,
        "availableUnits": units["onHandUnits"] - units["reservedUnits"] - units["pickedUnits"],
        "unitsOnOrder": _on_order(desk, row["productID"], row["inventoryLocationID"]),
        "backOrderQuantity": 0,
    }


def _on_order(desk: Desk, product: int, location: int) -> int:
    """How many units of open orders have not come yet."""
    return sum(
        max(0, line["quantity"] - received(desk, line))
        for line in desk.where("PurchaseOrderItems", "productID", product)
        if line["inventoryLocationID"] == location
        and desk.get("PurchaseOrders", line["orderID"])["status"] in _OPEN
    )


def as_item(desk: Desk, row: Row) -> Row:
    """Give a row of ``InventoryProducts`` as ``InventoryItems`` shows it, under the same id."""
    found = counted(desk, row)
    return {name: found[other] for name, other in _ITEM_NAMES.items()} | {
        "impersonatorCreatorResourceID": None,
        UDFS: {},
    }


# --- Places and lots ---------------------------------------------------------------------------


def place(desk: Desk, product: int, location: int) -> Row | None:
    """Give the row of ``InventoryProducts`` for a product at a location, if there is one."""
    for row in desk.where("InventoryProducts", "productID", product):
        if row["inventoryLocationID"] == location:
            return row
    return None


def made_place(desk: Desk, product: int, location: int) -> Row:
    """Give that row, made if there is none."""
    return place(desk, product, location) or desk.add(
        "InventoryProducts",
        {
            "productID": product,
            "inventoryLocationID": location,
            "quantityMinimum": 0,
            "quantityMaximum": 0,
            "createDateTime": desk.now,
            "createdByResourceID": desk.writer,
        },
    )


def put_in(desk: Desk, product: int, location: int, units: int, **origin: Any) -> Row:
    """Add a lot at a location; gives the lot."""
    at = made_place(desk, product, location)
    reserved = units if origin.get("ticketChargeID") is not None else 0
    return desk.add(
        "InventoryStockedItems",
        {
            "inventoryProductID": at["id"],
            "currentInventoryLocationID": location,
            "statusID": _AVAILABLE,
            "onHandUnits": units,
            "reservedUnits": reserved,
            "availableUnits": units - reserved,
            **dict.fromkeys(("pickedUnits", "deliveredUnits", "removedUnits"), 0),
            "transferredUnits": 0,
            "createDateTime": desk.now,
            "createdByResourceID": desk.writer,
            **origin,
        },
    )


def take_out(desk: Desk, lot: Row, units: int, *, counted_as: str) -> None:
    """Take units out of a lot; ``counted_as``: ``removedUnits`` or ``transferredUnits``."""
    changed = desk.edit("InventoryStockedItems", lot["id"])
    for name in ("onHandUnits", "availableUnits"):
        changed[name] -= units
    changed["reservedUnits"] = min(changed["reservedUnits"], changed["onHandUnits"])
    changed["availableUnits"] = changed["onHandUnits"] - changed["reservedUnits"]
    changed[counted_as] += units
    if counted_as == "removedUnits":
        changed["pickedRemovedDateTime"] = desk.now
        changed["pickedRemovedByResourceID"] = desk.writer


# --- Rules of the entities ---------------------------------------------------------------------


def saved_product(desk: Desk, row: Row, before: Row | None) -> None:
    """One row per product and location; both active."""
    if before is not None:
        return
    found = place(desk, row["productID"], row["inventoryLocationID"])
    if found is not None and found["id"] != row["id"]:
        raise refused("An inventory item already exists for this product and location.")
    if not desk.get("InventoryLocations", row["inventoryLocationID"])["isActive"]:
        raise refused("inventoryLocationID must be an active location.")
    if not desk.get("Products", row["productID"])["isActive"]:
        raise refused("productID must be an active product.")


def deleted_product(desk: Desk, row: Row) -> None:
    """Nothing may lie there."""
    lots = desk.where("InventoryStockedItems", "inventoryProductID", row["id"])
    if any(lot["onHandUnits"] for lot in lots):
        raise refused("An inventory product with units cannot be deleted.")


def update_item(desk: Desk, id_: int, values: Row) -> None:
    """Change an ``InventoryItems`` record where it is kept; its count cannot be changed."""
    desk.edit("InventoryProducts", id_).update(_as_product(values))


def _as_product(values: Row) -> Row:
    """Bring an item's writable values to the names under which they are kept."""
    kept = values.keys() & _ITEM_NAMES.keys() - {"id", "quantityOnHand"}
    return {_ITEM_NAMES[name]: values[name] for name in kept}


def _create_item(desk: Desk, values: Row) -> int:
    """Make an ``InventoryItems`` record: a place, and a first lot of what is on hand."""
    row = desk.add("InventoryProducts", _as_product(values))
    saved_product(desk, row, None)
    if values["quantityOnHand"]:
        put_in(desk, row["productID"], row["inventoryLocationID"], values["quantityOnHand"])
    return int(row["id"])


def _at(desk: Desk, values: Row) -> Row:
    """The place a command is about; a product is named or one of its lots."""
    lot = values.get("inventoryStockedItemID")
    if values.get("inventoryProductID") is None and lot is None:
        raise refused("Missing Required Field: inventoryProductID")
    named = values.get("inventoryProductID")
    if named is None:
        named = desk.get("InventoryStockedItems", lot)["inventoryProductID"]
    return desk.get("InventoryProducts", named)


def _units(values: Row, field: str) -> int:
    if values[field] < 1:
        raise refused(f"{field} must be greater than 0.")
    return int(values[field])


def _drawn(desk: Desk, values: Row, units: int) -> Iterator[tuple[Row, int]]:
    """Choose lots for units that leave, oldest first, and how many of each."""
    named = values.get("inventoryStockedItemID")
    lots = [
        lot
        for lot in desk.where(
            "InventoryStockedItems", "inventoryProductID", _at(desk, values)["id"]
        )
        if named in {None, lot["id"]} and lot["availableUnits"]
    ]
    if sum(lot["availableUnits"] for lot in lots) < units:
        raise refused("The quantity exceeds the available units.")
    for lot in lots:
        taken = min(units, lot["availableUnits"])
        units -= taken
        if taken:
            yield lot, taken


def _check_serial(desk: Desk, product: int, units: int, serial: object) -> None:
    row = desk.find("Products", product)
    if row is not None and row["isSerialized"] and (units != 1 or not serial):
        raise refused("A serialized product needs a quantity of 1 and a serialNumber.")


def _add(desk: Desk, values: Row) -> int:
    at, units = _at(desk, values), _units(values, "quantityBeingAdded")
    _check_serial(desk, at["productID"], units, values.get("serialNumber"))
    put_in(
        desk,
        at["productID"],
        at["inventoryLocationID"],
        units,
        unitCost=_cost(desk, at, values),
        vendorID=values["vendorID"],
        serialNumber=values.get("serialNumber"),
        vendorInvoiceNumber=values.get("vendorInvoiceNumber"),
    )
    return desk.new_id("InventoryStockedItemsAdd")


def _cost(desk: Desk, at: Row, values: Row) -> float | None:
    """What a unit that is added costs, by the way that was asked for."""
    costs = [
        lot["unitCost"]
        for lot in desk.where("InventoryStockedItems", "inventoryProductID", at["id"])
        if lot["unitCost"] is not None
    ]
    ways: dict[int, Callable[[], float | None]] = {
        _AVERAGE_COST: lambda: sum(costs) / len(costs) if costs else None,
        _LAST_COST: lambda: costs[-1] if costs else None,
        _CATALOG_COST: lambda: (desk.find("Products", at["productID"]) or {}).get("unitCost"),
        _MANUAL_COST: lambda: values.get("unitCost"),
    }
    return ways[values["determineCostUsing"]]()


def _remove(desk: Desk, values: Row) -> int:
    units = _units(values, "quantityBeingRemoved")
    for lot, taken in [*_drawn(desk, values, units)]:
        take_out(desk, lot, taken, counted_as="removedUnits")
    return desk.new_id("InventoryStockedItemsRemove")


def _transfer(desk: Desk, values: Row) -> int:
    units, to = _units(values, "quantityBeingTransferred"), values["newInventoryLocationID"]
    product = _at(desk, values)["productID"]
    for lot, taken in [*_drawn(desk, values, units)]:
        take_out(desk, lot, taken, counted_as="transferredUnits")
        origin = {
            name: lot[name]
            for name in ("unitCost", "vendorID", "serialNumber", "vendorInvoiceNumber")
        }
        put_in(
            desk,
            product,
            to,
            taken,
            parentInventoryStockedItemID=lot["id"],
            parentStockedItemReceivedUnits=lot["onHandUnits"],
            **origin,
        )
    return desk.new_id("InventoryStockedItemsTransfer")


COMMANDS: dict[str, Callable[[Desk, Row], int]] = {
    "InventoryItems": _create_item,
    "InventoryStockedItemsAdd": _add,
    "InventoryStockedItemsRemove": _remove,
    "InventoryStockedItemsTransfer": _transfer,
}
"""Entities whose POST is carried out elsewhere than in their own rows; gives the ``itemId``."""


def saved_transfer(desk: Desk, row: Row, before: Row | None) -> None:
    """The older way to transfer leaves a row of its own."""
    at = place(desk, row["productID"], row["fromLocationID"])
    if at is None:
        raise refused("The quantity exceeds the available units.")
    _transfer(
        desk,
        {
            "inventoryProductID": at["id"],
            "newInventoryLocationID": row["toLocationID"],
            "quantityBeingTransferred": row["quantityTransferred"],
        },
    )
    row["transferByResourceID"], row["transferDate"] = desk.writer, desk.now
