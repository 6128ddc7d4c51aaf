"""What follows from a write, per entity: those that need more than their row of the table.

A rule is a function from the desk, the record as it will be and the record as it was
(``None``: it is new); it refuses or completes.  Orders have their own module, and stock.
"""

from __future__ import annotations

from collections.abc import Callable

from ._desk import Desk
from ._errors import refused
from ._orders import saved_line, saved_order, saved_receiving
from ._stock import deleted_product, saved_product, saved_transfer
from ._values import Row
from .entities import API_LICENCE, VENDOR

__all__ = ["DELETED", "SAVED", "stamp"]

Saved = Callable[[Desk, Row, Row | None], None]

_IN_PROGRESS, _AWAITING, _REJECTED = 1, 2, 4

_MADE_AT = ("createDateTime", "createDate", "createdTime")
_MADE_BY = ("creatorResourceID", "createdByResourceID")
_CHANGED_AT = ("lastModifiedDate", "lastModifiedDateTime", "lastTrackedModifiedDateTime")


def stamp(desk: Desk, row: Row, *, is_new: bool) -> None:
    """Write down when and by whom a record was made or changed, where it has fields for it."""
    stamps = dict.fromkeys(_CHANGED_AT, desk.now)
    if is_new:
        stamps |= dict.fromkeys(_MADE_AT, desk.now)
        for name in _MADE_BY:
            if name in row:
                row[name] = desk.writer
        if "impersonatorCreatorResourceID" in row:
            row["impersonatorCreatorResourceID"] = desk.caller
    row.update({name: value for name, value in stamps.items() if name in row})


def _check_vendor(desk: Desk, row: Row, field: str) -> None:
    vendor = desk.find("Companies", row[field])
    if vendor is not None and vendor["companyType"] != VENDOR:
        raise refused(f"{field} must be a company of the type Vendor.")


def _saved_product(desk: Desk, row: Row, before: Row | None) -> None:
    _check_vendor(desk, row, "defaultVendorID")
    if before is None:
        row["billingType"] = row["billingType"] or 1


def _saved_product_vendor(desk: Desk, row: Row, before: Row | None) -> None:
    """A product's first vendor becomes its default; a new default replaces the old one."""
    _check_vendor(desk, row, "vendorID")
    others = [
        other
        for other in desk.where("ProductVendors", "productID", row["productID"])
        if other["id"] != row["id"]
    ]
    if any(other["vendorID"] == row["vendorID"] for other in others):
        raise refused("This vendor is already associated with the product.")
    if not others:
        row["isDefault"] = True
    if row["isDefault"]:
        for other in others:
            if other["isDefault"]:
                desk.edit("ProductVendors", other["id"])["isDefault"] = False
        desk.edit("Products", row["productID"])["defaultVendorID"] = row["vendorID"]


def _saved_company(desk: Desk, row: Row, before: Row | None) -> None:
    if before is None and row["isActive"] is None:
        row["isActive"] = True


def _saved_contact(desk: Desk, row: Row, before: Row | None) -> None:
    if row["isActive"] not in {0, 1}:
        raise refused("isActive must be 0 or 1.")


def _saved_to_do(desk: Desk, row: Row, before: Row | None) -> None:
    resource = desk.get("Resources", row["assignedToResourceID"])
    if not resource["isActive"] or resource["licenseType"] == API_LICENCE:
        raise refused("assignedToResourceID must be an active resource that can be assigned.")
    if row["endDateTime"] < row["startDateTime"]:
        raise refused("endDateTime must be greater than or equal to startDateTime.")
    contact = desk.find("Contacts", row["contactID"])
    if contact is not None:
        if contact["companyID"] != row["companyID"]:
            raise refused("contactID must belong to the same company.")
        if not contact["isActive"]:
            raise refused("contactID must be an active contact.")


def _saved_currency(desk: Desk, row: Row, before: Row | None) -> None:
    rate = row["exchangeRate"]
    if rate is None or rate <= 0 or rate >= 10**6 or round(rate, 5) != rate:
        raise refused(
            "exchangeRate must be positive, with at most 6 digits before and 5 after the point."
        )
    row["updateResourceId"] = desk.writer


def _saved_expense_report(desk: Desk, row: Row, before: Row | None) -> None:
    """``submit`` moves a report on; nothing else changes its status."""
    if before is None:
        row["status"] = _IN_PROGRESS
    if row["submit"]:
        if row["status"] not in {_IN_PROGRESS, _REJECTED}:
            raise refused("Only a report that is In Progress or Rejected can be submitted.")
        row["status"], row["submitDate"] = _AWAITING, desk.now
    row["submit"] = None


def _saved_expense_item(desk: Desk, row: Row, before: Row | None) -> None:
    report = desk.get("ExpenseReports", row["expenseReportID"])
    if report["status"] not in {_IN_PROGRESS, _REJECTED}:
        raise refused("Expense items can be changed only while the report is not submitted.")
    if row["companyID"] is None:
        row["companyID"] = 0


def _saved_time_entry(desk: Desk, row: Row, before: Row | None) -> None:
    hours = row["hoursWorked"]
    if hours is not None and not 0 < hours <= 24:
        raise refused("hoursWorked must be greater than 0 and less than or equal to 24.")


def _deleted_action_type(desk: Desk, row: Row) -> None:
    if row["isSystemActionType"]:
        raise refused("A system action type cannot be deleted.")


SAVED: dict[str, Saved] = {
    "Companies": _saved_company,
    "CompanyToDos": _saved_to_do,
    "Contacts": _saved_contact,
    "Currencies": _saved_currency,
    "ExpenseItems": _saved_expense_item,
    "ExpenseReports": _saved_expense_report,
    "InventoryProducts": saved_product,
    "InventoryTransfers": saved_transfer,
    "ProductVendors": _saved_product_vendor,
    "Products": _saved_product,
    "PurchaseOrderItemReceiving": saved_receiving,
    "PurchaseOrderItems": saved_line,
    "PurchaseOrders": saved_order,
    "TimeEntries": _saved_time_entry,
}

DELETED: dict[str, Callable[[Desk, Row], None]] = {
    "ActionTypes": _deleted_action_type,
    "InventoryProducts": deleted_product,
}
