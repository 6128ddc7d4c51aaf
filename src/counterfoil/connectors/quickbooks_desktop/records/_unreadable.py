"""Records that could not be read, as rows that people see."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Final

from counterfoil.connectors.quickbooks_desktop.qbxml import (
    Record,
    UnreadableQbxml,
    UnreadableValue,
    shown,
)
from counterfoil.engine.operations import Unreadable

__all__ = ["unreadable"]

# Element -> our field, and what people call it.
_CALLED: Final[Mapping[str, tuple[str, str]]] = {
    "TxnDate": ("created_on", "date"),
    "ShipDate": ("due_on", "ship date"),
    "DueDate": ("due_on", "due date"),
    "ExpectedDate": ("due_on", "expected date"),
    "TotalAmount": ("total", "total"),
    "AmountDue": ("total", "amount due"),
    "Subtotal": ("total", "subtotal"),
    "SalesTaxTotal": ("tax", "tax"),
    "Quantity": ("quantity", "quantity"),
    "QuantityDifference": ("change", "change of the quantity"),
    "Invoiced": ("delivered", "invoiced quantity"),
    "ReceivedQuantity": ("delivered", "received quantity"),
    "Rate": ("unit_price", "price"),
    "Cost": ("unit_cost", "cost"),
    "Amount": ("amount", "amount"),
    "Price": ("sales_price", "sales price"),
    "SalesPrice": ("sales_price", "sales price"),
    "PurchaseCost": ("purchase_cost", "cost"),
    "QuantityOnHand": ("on_hand", "quantity on hand"),
    "Duration": ("minutes", "duration"),
    "EntityRef": ("worker", "name of the worker"),
    "ItemRef": ("item", "item"),
    "AccountRef": ("account", "account"),
    "RefNumber": ("number", "number"),
    "Memo": ("memo", "memo"),
    "Notes": ("notes", "notes"),
    "Name": ("name", "name"),
    "FullName": ("full_name", "full name"),
    "Desc": ("description", "description"),
    "ConversionRatio": ("ratio", "conversion ratio of a unit"),
    "IsActive": ("is_active", "mark “active”"),
    "IsManuallyClosed": ("status", "mark “closed”"),
    "IsFullyInvoiced": ("status", "mark “invoiced”"),
    "IsFullyReceived": ("status", "mark “received”"),
    "IsPaid": ("status", "mark “paid”"),
    "IsPending": ("status", "mark “pending”"),
    "IsTaxable": ("is_taxable", "mark “taxable”"),
}

_NUMBERS: Final = ("RefNumber", "FullName", "Name", "DataExtName")
_PARTIES: Final = ("CustomerRef/FullName", "VendorRef/FullName", "EntityRef/FullName")


def unreadable(record: Record, why: UnreadableQbxml | str) -> Unreadable:
    """Make the row that people see of a record that made no document or list record.

    Identity and number are told as far as they can be read, so that the record is not taken
    for deleted.
    """
    identity = _legible(record, "TxnID") or _legible(record, "ListID")
    number, party = _first_legible(record, _NUMBERS), _first_legible(record, _PARTIES)
    dated = _dated(record)
    if not isinstance(why, UnreadableValue):
        problem = why if isinstance(why, str) else "QuickBooks' answer holds it in a damaged form"
        return Unreadable(id=identity, number=number, party=party, dated=dated, problem=problem)
    field, words = _CALLED.get(why.name, (why.name, f"field {why.name}"))
    place = "" if why.line_number is None else f"line {why.line_number}: "
    path = "" if why.line_number is None else f"lines[{why.line_number - 1}]."
    return Unreadable(
        id=identity,
        number=number,
        party=party,
        dated=dated,
        field=path + field,
        value=why.value,
        problem=f"{place}the {words} {_quoted(why.value)} cannot be read as {why.wanted}",
    )


def _quoted(value: str) -> str:
    """Quote a value, unless it is figures and marks that nobody takes for words."""
    return value if _FIGURES.fullmatch(value) else f"“{value}”"


_FIGURES: Final = re.compile(r"[0-9.,'()+-]+", re.ASCII)


def _dated(record: Record) -> date | None:
    try:
        return record.date("TxnDate")
    except UnreadableValue:
        return None


def _first_legible(record: Record, names: tuple[str, ...]) -> str | None:
    return next((found for name in names if (found := _legible(record, name))), None)


def _legible(record: Record, name: str) -> str | None:
    """Give an identity or name for showing, cut where it is too long to be one."""
    try:
        return record.word(name)
    except UnreadableValue as error:
        return shown(error.value) if name not in ("TxnID", "ListID") else None
