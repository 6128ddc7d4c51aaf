"""What people do in the product: enter, change, deactivate, delete, pay, merge.

They work under the same rules as an app, know no SyncTokens, and mean records by id or name.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from ._desk import Desk, fold
from ._effects import apply
from ._errors import DeskError
from ._links import relink
from ._wire import Row, number
from ._writing import Options, delete, save, void
from .entities import ENTITIES, Entity, Family

__all__ = ["Line", "change", "enter", "erase", "make", "merge", "named", "pay", "strike"]

_OPTIONS = Options()
_PARTIES = {
    "Bill": "Vendor",
    "PurchaseOrder": "Vendor",
    "Estimate": "Customer",
    "Invoice": "Customer",
    "SalesReceipt": "Customer",
}
_NAME_FIELDS = ("DisplayName", "Name", "DocNumber", "Code")


class Line(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One line: an item and how many at which price, or an account and an amount.

    Attributes:
        order, order_line: The purchase order's line that it bills.
    """

    item: str | None = None
    account: str | None = None
    quantity: str | int = 1
    price: str | int = 0
    amount: str | int | None = None
    description: str = ""
    customer: str | None = None
    order: str | None = None
    order_line: str | None = None


def named(desk: Desk, entity: str, key: str) -> Row:
    """Give a record by its id, name or number.

    Raises:
        DeskError: There is none, or several.
    """
    row = desk.find(entity, key)
    if row is not None:
        return row
    found = [
        one
        for one in desk.all(entity)
        if any(fold(one.get(field, "")) == fold(key) for field in _NAME_FIELDS)
    ]
    if len(found) != 1:
        problem = "no" if not found else "more than one"
        raise DeskError(f"there is {problem} {entity} {key!r}", 404)
    return found[0]


def make(desk: Desk, entity: Entity, fields: Mapping[str, Any]) -> Row:
    """Create a record of any entity from the service's own properties."""
    return save(desk, entity, fields, _OPTIONS)


def change(desk: Desk, entity: Entity, key: str, fields: Mapping[str, Any]) -> Row:
    """Change some properties of a record."""
    row = named(desk, entity.name, key)
    kept = {name: row[name] for name, one in entity.table.items() if "sticky" in one}
    envelope = {"Id": row["Id"], "SyncToken": row["SyncToken"], "sparse": True}
    return save(desk, entity, {**kept, **fields, **envelope}, _OPTIONS)


def erase(desk: Desk, entity: Entity, key: str) -> Row:
    """Delete a document, or deactivate a record of a list."""
    row = named(desk, entity.name, key)
    if entity.family is not Family.TRANSACTION:
        return change(desk, entity, row["Id"], {"Active": False})
    return delete(desk, entity, {"Id": row["Id"], "SyncToken": row["SyncToken"]})


def strike(desk: Desk, entity: Entity, key: str) -> Row:
    """Void a document."""
    row = named(desk, entity.name, key)
    return void(desk, entity, {"Id": row["Id"], "SyncToken": row["SyncToken"]})


def enter(desk: Desk, kind: str, party: str, lines: list[Line], fields: Mapping[str, Any]) -> Row:
    """Enter a bill, an order, an estimate, an invoice or a sales receipt.

    Args:
        party: The vendor or customer.
        fields: Further properties by the service's names.
    """
    if kind not in _PARTIES:
        raise DeskError(f"one of {', '.join(_PARTIES)} can be entered, not {kind!r}")
    entity, who = ENTITIES[kind], _PARTIES[kind]
    row = named(desk, who, party)
    body: Row = {f"{who}Ref": {"value": row["Id"]}, **fields}
    is_purchase = who == "Vendor"
    body["Line"] = [_line(desk, one, is_purchase=is_purchase) for one in lines]
    currency = row["CurrencyRef"]["value"]
    if desk.settings.multicurrency:
        body.setdefault("CurrencyRef", {"value": currency})
    if kind == "PurchaseOrder" and "APAccountRef" not in body:
        body["APAccountRef"] = {"value": _payables(desk, currency)}
    return save(desk, entity, body, _OPTIONS)


def _payables(desk: Desk, currency: str) -> str:
    for row in desk.all("Account"):
        if row["AccountType"] == "Accounts Payable" and row["CurrencyRef"]["value"] == currency:
            return str(row["Id"])
    raise DeskError(f"there is no payables account in {currency}")


def _line(desk: Desk, line: Line, *, is_purchase: bool) -> Row:
    detail: Row = {}
    if line.item is not None:
        kind = "ItemBasedExpenseLineDetail" if is_purchase else "SalesItemLineDetail"
        detail["ItemRef"] = {"value": named(desk, "Item", line.item)["Id"]}
        detail |= {"Qty": number(line.quantity), "UnitPrice": number(line.price)}
    elif line.account is not None:
        kind = "AccountBasedExpenseLineDetail"
        detail["AccountRef"] = {"value": named(desk, "Account", line.account)["Id"]}
    else:
        raise DeskError("a line names an item or an account")
    if line.customer is not None:
        detail["CustomerRef"] = {"value": named(desk, "Customer", line.customer)["Id"]}
    amount = number(line.quantity) * number(line.price) if line.amount is None else line.amount
    told: Row = {"DetailType": kind, kind: detail, "Amount": number(amount)}
    if line.description:
        told["Description"] = line.description
    if line.order is not None:
        order = named(desk, "PurchaseOrder", line.order)
        link = {"TxnId": order["Id"], "TxnType": "PurchaseOrder", "TxnLineId": line.order_line}
        told["LinkedTxn"] = [link]
    return told


def pay(desk: Desk, bill: str, amount: str | int | None) -> Row:
    """Pay a bill from the checking account, in full or in part."""
    row = named(desk, "Bill", bill)
    paid = number(row["Balance"] if amount is None else amount)
    bank = next(one for one in desk.all("Account") if one["AccountType"] == "Bank")
    link = {"TxnId": row["Id"], "TxnType": "Bill"}
    body: Row = {
        "VendorRef": row["VendorRef"],
        "TotalAmt": paid,
        "PayType": "Check",
        "CheckPayment": {"BankAccountRef": {"value": bank["Id"]}},
        "Line": [{"Amount": paid, "LinkedTxn": [link]}],
        "CurrencyRef": row["CurrencyRef"],
        "ExchangeRate": row.get("ExchangeRate", 1),
    }
    return save(desk, ENTITIES["BillPayment"], body, _OPTIONS)


def merge(desk: Desk, entity: Entity, loser: str, winner: str) -> Row:
    """Let one name take over what another one has; the other one is gone."""
    lost, kept = named(desk, entity.name, loser), named(desk, entity.name, winner)
    field = f"{entity.name}Ref"
    if entity.name not in {"Vendor", "Customer"} or lost["Id"] == kept["Id"]:
        raise DeskError("two different vendors or two different customers are merged")
    for name, one in ENTITIES.items():
        if one.family is Family.TRANSACTION and field in one.table:
            for row in [*desk.all(name)]:
                if row.get(field, {}).get("value") == lost["Id"]:
                    _take_over(desk, name, row, field, kept["Id"])
    desk.remove(entity.name, lost["Id"])
    desk.tell(entity.name, kept["Id"], "merged", lost["Id"])
    return desk.edit(entity.name, kept["Id"])


def _take_over(desk: Desk, kind: str, row: Row, field: str, id_: str) -> None:
    before = {**row}
    after = desk.edit(kind, row["Id"])
    after[field] = {"value": id_}
    apply(desk, kind, before, after)
    relink(desk, kind, row["Id"], before, after)
