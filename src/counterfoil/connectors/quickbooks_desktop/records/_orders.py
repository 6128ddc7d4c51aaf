"""Sales orders, purchase orders and estimates (reference sections 4.1, 4.2 and 4.6).

A line carries quantity and rate and leaves the amount to QuickBooks, which rounds as it does
everywhere.  A missing rate makes QuickBooks take the item's price; a missing unit makes it count
in the item's default unit, so the unit is named where there is one.
"""

from __future__ import annotations

from typing import Any, Final

from counterfoil.connectors.quickbooks_desktop.qbxml import Fields, Record
from counterfoil.documents import (
    DocumentStatus,
    Estimate,
    OrderLine,
    PurchaseLine,
    PurchaseOrder,
    Quantity,
    SalesOrder,
)
from counterfoil.engine.operations import LineScope, UpdateDocument

from ._links import made_from, made_into
from ._parts import (
    present,
    read_address,
    read_custom_fields,
    read_lines,
    read_money,
    read_quantity,
    read_reference,
    write_address,
    write_amount,
    write_reference,
)

__all__ = [
    "NEW_LINE",
    "change_estimate",
    "change_purchase_order",
    "change_sales_order",
    "changed",
    "read_document_head",
    "read_estimate",
    "read_purchase_order",
    "read_sales_line",
    "read_sales_order",
    "write_estimate",
    "write_purchase_order",
    "write_sales_line",
    "write_sales_order",
]

# What a Mod calls a line that is not there yet (reference section 3.5).
NEW_LINE: Final = "-1"


# --- Reading ------------------------------------------------------------------------------


def read_document_head(record: Record) -> dict[str, Any]:
    """Read what all documents share."""
    return {
        "id": record.word("TxnID") or "",
        "number": record.word("RefNumber"),
        "revision": record.word("EditSequence"),
        "custom_fields": read_custom_fields(record),
        "made_from": made_from(record),
        "made_into": made_into(record),
    }


def _sale_head(record: Record) -> dict[str, Any]:
    return {
        **read_document_head(record),
        "customer": read_reference(record, "CustomerRef"),
        "created_on": record.date("TxnDate"),
        "billing_address": read_address(record.child("BillAddress")),
        "delivery_address": read_address(record.child("ShipAddress")),
        "memo": record.text("Memo") or None,
        "currency": record.word("CurrencyRef/FullName"),
        "total": read_money(record, "TotalAmount"),
    }


def read_sales_order(record: Record) -> SalesOrder:
    """Read a sales order with its lines.

    A line group's components are lines of their own; the group line itself says nothing
    more.  ``due_on`` is the ship date, else the due date (reference section 4.6, inward).
    """
    return SalesOrder(
        **_sale_head(record),
        status=_order_status(record, "IsFullyInvoiced"),
        due_on=record.date("ShipDate") or record.date("DueDate"),
        customer_order_number=record.word("PONumber"),
        lines=tuple(
            read_lines(record, "SalesOrderLineRet", "SalesOrderLineGroupRet", _read_sales_line)
        ),
        tax=read_money(record, "SalesTaxTotal"),
        tax_item=read_reference(record, "ItemSalesTaxRef"),
    )


def _order_status(record: Record, fulfilled: str) -> DocumentStatus:
    """FLOW-4: closed by hand counts as cancelled, fully invoiced or received does not."""
    if record.flag("IsManuallyClosed"):
        return DocumentStatus.CANCELLED
    return DocumentStatus.CLOSED if record.flag(fulfilled) else DocumentStatus.OPEN


def _read_sales_line(line: Record) -> OrderLine:
    return OrderLine(**read_sales_line(line))


def read_sales_line(line: Record) -> dict[str, Any]:
    """Read what the lines of sales orders, estimates and invoices have in common."""
    return {
        "id": line.word("TxnLineID") or "",
        "item": read_reference(line, "ItemRef"),
        "description": line.text("Desc") or None,
        "quantity": read_quantity(line),
        "delivered": _delivered(line, "Invoiced"),
        "is_closed": line.flag("IsManuallyClosed") is True,
        "unit_price": read_money(line, "Rate"),
        "amount": read_money(line, "Amount"),
        "accounting_class": read_reference(line, "ClassRef"),
        "unit_set": read_reference(line, "OverrideUOMSetRef"),
        "tax_code": read_reference(line, "SalesTaxCodeRef"),
        "custom_fields": read_custom_fields(line),
    }


def _delivered(line: Record, name: str) -> Quantity | None:
    """Read how much of a line was invoiced or received, in its unit; ``None``: not told."""
    return read_quantity(line, name)


def read_purchase_order(record: Record) -> PurchaseOrder:
    """Read a purchase order; ``due_on`` is the day its goods are expected, else the due date."""
    return PurchaseOrder(
        **read_document_head(record),
        status=_order_status(record, "IsFullyReceived"),
        vendor=read_reference(record, "VendorRef"),
        created_on=record.date("TxnDate"),
        due_on=record.date("ExpectedDate") or record.date("DueDate"),
        delivery_address=read_address(record.child("ShipAddress")),
        memo=record.text("Memo") or None,
        message_to_vendor=record.text("VendorMsg") or None,
        currency=record.word("CurrencyRef/FullName"),
        lines=tuple(
            read_lines(
                record, "PurchaseOrderLineRet", "PurchaseOrderLineGroupRet", _read_purchase_line
            )
        ),
        total=read_money(record, "TotalAmount"),
    )


def _read_purchase_line(line: Record) -> PurchaseLine:
    return PurchaseLine(
        id=line.word("TxnLineID") or "",
        item=read_reference(line, "ItemRef"),
        description=line.text("Desc") or None,
        quantity=read_quantity(line),
        unit_cost=read_money(line, "Rate"),
        amount=read_money(line, "Amount"),
        customer=read_reference(line, "CustomerRef"),
        accounting_class=read_reference(line, "ClassRef"),
        delivered=_delivered(line, "ReceivedQuantity"),
        is_closed=line.flag("IsManuallyClosed") is True,
        unit_set=read_reference(line, "OverrideUOMSetRef"),
        tax_code=read_reference(line, "SalesTaxCodeRef"),
    )


def read_estimate(record: Record) -> Estimate:
    """Read an estimate; one that is not active any more is closed."""
    is_closed = record.flag("IsActive") is False
    return Estimate(
        **_sale_head(record),
        status=DocumentStatus.CLOSED if is_closed else DocumentStatus.OPEN,
        due_on=record.date("DueDate"),
        lines=tuple(
            read_lines(record, "EstimateLineRet", "EstimateLineGroupRet", _read_sales_line)
        ),
    )


# --- Writing ------------------------------------------------------------------------------


def changed(change: UpdateDocument, head: Fields) -> dict[str, Any]:
    """Give what every Mod begins with.

    What the Add would leave out is left out here, too, and so stays as it is in the books.
    """
    return {"TxnID": change.document_id, "EditSequence": change.revision, **head}


def write_sales_order(order: SalesOrder, key: str) -> Fields:
    """Give the fields of a ``SalesOrderAdd``; ``key`` becomes its ExternalGUID."""
    lines = [write_sales_line(line) for line in order.lines]
    return {**_order_head(order), "ExternalGUID": key, "SalesOrderLineAdd": lines}


def change_sales_order(change: UpdateDocument) -> Fields:
    """Give the fields of a ``SalesOrderMod``.

    With lines, all of them are named, known ones by their identity, in their order: a line
    that is not named is taken away (reference section 7.3).
    """
    order = change.document
    assert isinstance(order, SalesOrder), f"a sales order cannot become a {type(order).__name__}"
    fields = changed(change, {**_order_head(order), **present(IsManuallyClosed=change.closes)})
    if change.lines is LineScope.ALL:
        fields["SalesOrderLineMod"] = [
            {"TxnLineID": line.id or NEW_LINE, **write_sales_line(line)} for line in order.lines
        ]
    return fields


def _order_head(order: SalesOrder) -> dict[str, Any]:
    return present(
        CustomerRef=write_reference(order.customer),
        TxnDate=order.created_on,
        RefNumber=order.number,
        PONumber=order.customer_order_number,
        ShipDate=order.due_on,
        ItemSalesTaxRef=write_reference(order.tax_item),
        Memo=order.memo,
    )


def write_sales_line(line: OrderLine) -> dict[str, Any]:
    """Give the fields of a line of a sales order, an estimate or an invoice."""
    return present(
        ItemRef=write_reference(line.item),
        Desc=line.description,
        Quantity=line.quantity.value if line.quantity is not None else None,
        UnitOfMeasure=line.quantity.unit if line.quantity is not None else None,
        Rate=write_amount(line.unit_price),
        ClassRef=write_reference(line.accounting_class),
        SalesTaxCodeRef=write_reference(line.tax_code),
    )


def write_purchase_order(order: PurchaseOrder, key: str) -> Fields:
    """Give the fields of a ``PurchaseOrderAdd``."""
    lines = [_write_purchase_line(line) for line in order.lines]
    return {**_purchase_head(order), "ExternalGUID": key, "PurchaseOrderLineAdd": lines}


def change_purchase_order(change: UpdateDocument) -> Fields:
    """Give the fields of a ``PurchaseOrderMod``, by the same rules as a sales order's."""
    order = change.document
    assert isinstance(order, PurchaseOrder), f"no purchase order: {type(order).__name__}"
    fields = changed(change, {**_purchase_head(order), **present(IsManuallyClosed=change.closes)})
    if change.lines is LineScope.ALL:
        fields["PurchaseOrderLineMod"] = [
            {"TxnLineID": line.id or NEW_LINE, **_write_purchase_line(line)} for line in order.lines
        ]
    return fields


def _purchase_head(order: PurchaseOrder) -> dict[str, Any]:
    return present(
        VendorRef=write_reference(order.vendor),
        TxnDate=order.created_on,
        RefNumber=order.number,
        ShipAddress=write_address(order.delivery_address),
        ExpectedDate=order.due_on,
        Memo=order.memo,
        VendorMsg=order.message_to_vendor,
    )


def _write_purchase_line(line: PurchaseLine) -> dict[str, Any]:
    return present(
        ItemRef=write_reference(line.item),
        Desc=line.description,
        Quantity=line.quantity.value if line.quantity is not None else None,
        UnitOfMeasure=line.quantity.unit if line.quantity is not None else None,
        Rate=write_amount(line.unit_cost),
        ClassRef=write_reference(line.accounting_class),
        CustomerRef=write_reference(line.customer),
        SalesTaxCodeRef=write_reference(line.tax_code),
    )


def write_estimate(estimate: Estimate, key: str) -> Fields:
    """Give the fields of an ``EstimateAdd``."""
    lines = [write_sales_line(line) for line in estimate.lines]
    return {**_estimate_head(estimate), "ExternalGUID": key, "EstimateLineAdd": lines}


def change_estimate(change: UpdateDocument) -> Fields:
    """Give the fields of an ``EstimateMod``, by the same rules as a sales order's."""
    estimate = change.document
    assert isinstance(estimate, Estimate), f"no estimate: {type(estimate).__name__}"
    fields = changed(change, _estimate_head(estimate))
    if change.lines is LineScope.ALL:
        fields["EstimateLineMod"] = [
            {"TxnLineID": line.id or NEW_LINE, **write_sales_line(line)} for line in estimate.lines
        ]
    return fields


def _estimate_head(estimate: Estimate) -> dict[str, Any]:
    return present(
        CustomerRef=write_reference(estimate.customer),
        TxnDate=estimate.created_on,
        RefNumber=estimate.number,
        DueDate=estimate.due_on,
        Memo=estimate.memo,
    )
