"""The life of a purchase order: what may be entered and received when, and what follows.

==================  ========================================================================
New                 lines are added; submitted or cancelled
Submitted           lines are changed; received, or cancelled while nothing has come
Received Partial    lines are changed; the rest is received
Received Full       everything has come
Canceled            the end
==================  ========================================================================

Receiving sets the status; a client sets Submitted and Canceled only.
"""

from __future__ import annotations

from ._desk import Desk
from ._errors import refused
from ._stock import put_in, received, take_out
from ._values import Row
from .entities import VENDOR, OrderStatus

__all__ = [
    "check_line",
    "complete_line",
    "deleted_line",
    "saved_line",
    "saved_order",
    "saved_receiving",
    "settle",
    "unreceive",
]

NEW, SUBMITTED, PARTIAL, FULL, CANCELED = OrderStatus
_MOVES = {(NEW, SUBMITTED), (NEW, CANCELED), (SUBMITTED, CANCELED)}
_CHANGEABLE = {NEW, SUBMITTED, PARTIAL}


# --- The header --------------------------------------------------------------------------------


def saved_order(desk: Desk, row: Row, before: Row | None) -> None:
    """Check a new or changed header, and date its steps."""
    if before is None:
        _check_new(desk, row)
    else:
        _check_change(desk, row, before)
    row["internalCurrencyFreight"] = _internal(desk, row, row["freight"])


def _check_new(desk: Desk, row: Row) -> None:
    if row["status"] != NEW:
        raise refused("A purchase order must be created with the status New.")
    vendor = desk.get("Companies", row["vendorID"])
    if vendor["companyType"] != VENDOR or vendor["isActive"] is False:
        raise refused("vendorID must be an active company of the type Vendor.")
    if desk.settings.order_numbers:
        row["purchaseOrderNumber"] = f"PO{row['id']:06}"


def _check_change(desk: Desk, row: Row, before: Row) -> None:
    move = (before["status"], row["status"])
    if before["status"] in {FULL, CANCELED} and desk.settings.closed_orders == "locked":
        raise refused("A purchase order that is received in full or canceled cannot be changed.")
    if row["vendorInvoiceNumber"] != before["vendorInvoiceNumber"] and before["status"] in {
        PARTIAL,
        FULL,
    }:
        raise refused("vendorInvoiceNumber cannot be changed once items were received.")
    if row["status"] == before["status"]:
        return
    if move not in _MOVES:
        raise refused("The status of the purchase order cannot be changed to this value.")
    row["submitDateTime" if row["status"] == SUBMITTED else "cancelDateTime"] = desk.now


def _internal(desk: Desk, order: Row, amount: float | None) -> float | None:
    """An amount of an order in the tenant's own currency."""
    if amount is None or not desk.settings.multicurrency:
        return amount
    currency = desk.find("Currencies", desk.get("Companies", order["vendorID"])["currencyID"])
    return amount if currency is None else round(amount / currency["exchangeRate"], 4)


def settle(desk: Desk, order_id: int) -> None:
    """Let a submitted order's status follow what was received."""
    order = desk.get("PurchaseOrders", order_id)
    if order["status"] in {NEW, CANCELED}:
        return
    lines = [*desk.where("PurchaseOrderItems", "orderID", order_id)]
    came = [received(desk, line) for line in lines]
    if lines and all(units >= line["quantity"] for units, line in zip(came, lines, strict=True)):
        status = FULL
    else:
        status = PARTIAL if any(came) else SUBMITTED
    if status != order["status"]:
        desk.edit("PurchaseOrders", order_id)["status"] = status


# --- Its lines ---------------------------------------------------------------------------------


def saved_line(desk: Desk, row: Row, before: Row | None) -> None:
    """Check a new or changed line, and fill what follows from its order and charge."""
    order = desk.get("PurchaseOrders", row["orderID"])
    if before is None and order["status"] != NEW:
        raise refused("Items can be added only to a purchase order with the status New.")
    if order["status"] not in _CHANGEABLE:
        raise refused("Items of this purchase order can no longer be changed.")
    check_line(desk, row)
    if row["quantity"] < received(desk, row):
        raise refused("quantity cannot be less than the quantity already received.")
    complete_line(desk, row)
    settle(desk, order["id"])


def check_line(desk: Desk, row: Row) -> None:
    """What a line must be, whoever enters it."""
    if row["quantity"] < 1:
        raise refused("quantity must be greater than or equal to 1.")
    if row["unitCost"] < 0:
        raise refused("unitCost must be greater than or equal to 0.")
    if row["productID"] is None and row["chargeID"] is None:
        raise refused("Either productID or chargeID is required.")
    product = desk.find("Products", row["productID"])
    if product is not None and not product["isActive"]:
        raise refused("productID must be an active product.")
    if not desk.get("InventoryLocations", row["inventoryLocationID"])["isActive"]:
        raise refused("inventoryLocationID must be an active location.")


def complete_line(desk: Desk, row: Row) -> None:
    """Fill what a line takes from its order and its charge, and tell the order its dates."""
    order = desk.get("PurchaseOrders", row["orderID"])
    row["internalCurrencyUnitCost"] = _internal(desk, order, row["unitCost"])
    charge = desk.find("TicketCharges", row["chargeID"])
    row["ticketID"] = None if charge is None else charge["ticketID"]
    lines = desk.where("PurchaseOrderItems", "orderID", order["id"])
    latest = max((line["estimatedArrivalDate"] or "" for line in lines), default="") or None
    if latest != order["latestEstimatedArrivalDate"]:
        desk.edit("PurchaseOrders", order["id"])["latestEstimatedArrivalDate"] = latest


def deleted_line(desk: Desk, row: Row) -> None:
    """Nothing may have come of a line that somebody strikes out."""
    if received(desk, row):
        raise refused("An item that was received cannot be deleted.")


# --- What comes --------------------------------------------------------------------------------


def saved_receiving(desk: Desk, row: Row, before: Row | None) -> None:
    """Receive: check, split off what goes beyond a charge, book, and let the order follow."""
    line = desk.get("PurchaseOrderItems", row["purchaseOrderItemID"])
    _check_receiving(desk, row, line)
    surplus = received(desk, line) - line["quantity"]
    if surplus > 0 and line["chargeID"] is not None:
        _split(desk, row, line, surplus)
    elif surplus > 0 and desk.settings.over_receipt == "refused":
        raise refused(
            "The quantity now receiving plus the quantity previously received cannot exceed "
            "the quantity ordered."
        )
    _book(desk, row)
    settle(desk, line["orderID"])


def _check_receiving(desk: Desk, row: Row, line: Row) -> None:
    order = desk.get("PurchaseOrders", line["orderID"])
    if order["status"] in {NEW, CANCELED}:
        raise refused("The purchase order must be submitted before items can be received.")
    units = row["quantityNowReceiving"]
    if units < 1:
        raise refused("quantityNowReceiving must be greater than or equal to 1.")
    product = desk.find("Products", line["productID"])
    if product is not None and product["isSerialized"]:
        if units != 1 or not row["serialNumber"]:
            raise refused("A serialized product needs a quantity of 1 and a serialNumber.")
        if any(
            other["serialNumber"] == row["serialNumber"] and other["id"] != row["id"]
            for other in desk.all("PurchaseOrderItemReceiving")
        ):
            raise refused("The serialNumber already exists.")
    if desk.settings.vendor_invoice_required and not row["vendorInvoiceNumber"]:
        raise refused("Missing Required Field: vendorInvoiceNumber")


def _split(desk: Desk, row: Row, line: Row, surplus: int) -> None:
    """Put what goes beyond a charge on a line of its own, which is for no charge."""
    extra = desk.add(
        "PurchaseOrderItems", {**line, "chargeID": None, "ticketID": None, "quantity": surplus}
    )
    complete_line(desk, extra)
    if surplus == row["quantityNowReceiving"]:
        row["purchaseOrderItemID"] = extra["id"]
        return
    row["quantityNowReceiving"] -= surplus
    second = desk.add(
        "PurchaseOrderItemReceiving",
        {
            "purchaseOrderItemID": extra["id"],
            "quantityNowReceiving": surplus,
            "vendorInvoiceNumber": row["vendorInvoiceNumber"],
        },
    )
    _book(desk, second)


def _book(desk: Desk, row: Row) -> None:
    """Say in a row what had come before, and put the goods into stock."""
    line = desk.get("PurchaseOrderItems", row["purchaseOrderItemID"])
    order = desk.get("PurchaseOrders", line["orderID"])
    _date(desk, row, line)
    _note_invoice(desk, order, row["vendorInvoiceNumber"])
    if line["productID"] is not None:
        put_in(
            desk,
            line["productID"],
            line["inventoryLocationID"],
            row["quantityNowReceiving"],
            purchaseOrderID=order["id"],
            purchaseOrderItemID=line["id"],
            purchaseOrderItemReceivingID=row["id"],
            ticketChargeID=line["chargeID"],
            unitCost=line["unitCost"],
            vendorID=order["vendorID"],
            serialNumber=row["serialNumber"],
            vendorInvoiceNumber=row["vendorInvoiceNumber"],
        )


def _date(desk: Desk, row: Row, line: Row) -> None:
    total = received(desk, line)
    row["quantityPreviouslyReceived"] = total - row["quantityNowReceiving"]
    row["quantityBackOrdered"] = line["quantity"] - total
    row["receiveDate"], row["receivedByResourceID"] = desk.now, desk.writer


def _note_invoice(desk: Desk, order: Row, number: str | None) -> None:
    """Keep the vendor's invoice numbers at the order: the first, and those after it."""
    if not number or number == order["vendorInvoiceNumber"]:
        return
    changed = desk.edit("PurchaseOrders", order["id"])
    if not changed["vendorInvoiceNumber"]:
        changed["vendorInvoiceNumber"] = number
        return
    more = [*filter(None, (changed["additionalVendorInvoiceNumbers"] or "").split(", "))]
    if number not in more:
        changed["additionalVendorInvoiceNumbers"] = ", ".join([*more, number])


# --- And goes back -----------------------------------------------------------------------------


def unreceive(desk: Desk, row: Row, units: int | None) -> Row | None:
    """Take back (a part of) what a row received, as the tenant shows that.

    Args:
        units: ``None``: all that is left of it.

    Returns:
        The row that shows it; ``None``: none does.

    Raises:
        ApiError: There is not so much of it in stock any more.
    """
    line = desk.get("PurchaseOrderItems", row["purchaseOrderItemID"])
    left = _left_of(desk, row, line)
    units = left if units is None else units
    if not 1 <= units <= left:
        raise refused(f"Of this receipt {left} units can be un-received, not {units}.")
    lot = _lot(desk, row)
    if lot is not None:
        take_out(desk, lot, units, counted_as="removedUnits")
    shown = _SHOWN[desk.settings.unreceive](desk, row, line, units)
    settle(desk, line["orderID"])
    return shown


def _lot(desk: Desk, row: Row) -> Row | None:
    """The lot that a row put into stock; ``None``: the line has no product."""
    lots = desk.where("InventoryStockedItems", "purchaseOrderItemReceivingID", row["id"])
    return next(iter(lots), None)


def _left_of(desk: Desk, row: Row, line: Row) -> int:
    """How many units of a row can still be taken back."""
    lot = _lot(desk, row)
    if lot is not None:
        return int(lot["onHandUnits"])
    return max(0, min(row["quantityNowReceiving"] or 0, received(desk, line)))


def _negative_row(desk: Desk, row: Row, line: Row, units: int) -> Row:
    shown = desk.add(
        "PurchaseOrderItemReceiving",
        {
            "purchaseOrderItemID": line["id"],
            "quantityNowReceiving": -units,
            "serialNumber": row["serialNumber"],
            "vendorInvoiceNumber": row["vendorInvoiceNumber"],
        },
    )
    _date(desk, shown, line)
    return shown


def _row_gone(desk: Desk, row: Row, line: Row, units: int) -> Row | None:
    if units == row["quantityNowReceiving"]:
        desk.remove("PurchaseOrderItemReceiving", row["id"])
        return None
    changed = desk.edit("PurchaseOrderItemReceiving", row["id"])
    changed["quantityNowReceiving"] -= units
    return changed


def _null_quantity(desk: Desk, row: Row, line: Row, units: int) -> Row:
    changed = desk.edit("PurchaseOrderItemReceiving", row["id"])
    left = changed["quantityNowReceiving"] - units
    changed["quantityNowReceiving"] = left or None
    return changed


_SHOWN = {
    "negative-row": _negative_row,
    "row-gone": _row_gone,
    "null-quantity": _null_quantity,
}
