"""Sales orders, purchase orders and estimates (reference sections 4.1, 4.2 and 4.6).

A line carries quantity and rate and leaves the amount to QuickBooks, which rounds as it does
everywhere.  A missing rate makes QuickBooks take the item's price; a missing unit makes it count
in the item's default unit, so the unit is named where there is one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from counterfoil.connectors.quickbooks_desktop.qbxml import (
    Column,
    Element,
    Fields,
    Record,
    date_in,
    text_in,
    word_in,
)
from counterfoil.documents import (
    DocumentStatus,
    Estimate,
    Money,
    OrderLine,
    PurchaseLine,
    PurchaseOrder,
    SalesOrder,
    Transmission,
)
from counterfoil.engine.operations import LineScope, UpdateDocument

from ._links import made_from, made_into
from ._parts import (
    address_in,
    custom_fields_in,
    fitting,
    identity_in,
    is_set,
    money_in,
    name_in,
    present,
    quantity_in,
    read_line,
    read_lines,
    reference_in,
    write_address,
    write_amount,
    write_named,
    write_reference,
)

__all__ = [
    "NEW_LINE",
    "change_estimate",
    "change_purchase_order",
    "change_sales_order",
    "changed",
    "read_estimate",
    "read_head",
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


_DOCUMENT: Final[Sequence[Column]] = (
    ("id", "TxnID", identity_in),
    ("number", "RefNumber", word_in),
    ("revision", "EditSequence", word_in),
    ("custom_fields", "DataExtRet", custom_fields_in),
)


def read_head(record: Record, columns: Sequence[Column] = ()) -> dict[str, Any]:
    """Read what all documents share, and further fields."""
    return {
        "id": "",
        **record.read(_DOCUMENT),
        **record.read(columns),
        "made_from": made_from(record),
        "made_into": made_into(record),
    }


_SALE: Final[Sequence[Column]] = (
    ("customer", "CustomerRef", reference_in),
    ("created_on", "TxnDate", date_in),
    ("billing_address", "BillAddress", address_in),
    ("delivery_address", "ShipAddress", address_in),
    ("memo", "Memo", text_in),
    ("currency", "CurrencyRef", name_in),
    ("total", "TotalAmount", money_in),
)

_SALES_ORDER: Final[Sequence[Column]] = (
    *_SALE,
    ("customer_order_number", "PONumber", word_in),
    ("tax", "SalesTaxTotal", money_in),
    ("tax_item", "ItemSalesTaxRef", reference_in),
)


def read_sales_order(record: Record) -> SalesOrder:
    """Read a sales order with its lines.

    A line group's components are lines of their own; the group line itself says nothing
    more.  ``due_on`` is the ship date, else the due date (reference section 4.6, inward).
    """
    return SalesOrder(
        **read_head(record, _SALES_ORDER),
        status=_order_status(record, "IsFullyInvoiced"),
        due_on=record.date("ShipDate") or record.date("DueDate"),
        lines=tuple(
            read_lines(record, "SalesOrderLineRet", "SalesOrderLineGroupRet", _read_sales_line)
        ),
    )


def _order_status(record: Record, fulfilled: str) -> DocumentStatus:
    """FLOW-4: closed by hand counts as cancelled, fully invoiced or received does not."""
    if record.flag("IsManuallyClosed"):
        return DocumentStatus.CANCELLED
    return DocumentStatus.CLOSED if record.flag(fulfilled) else DocumentStatus.OPEN


# What the lines of sales orders, estimates and invoices have in common.
_SALES_LINE: Final[Sequence[Column]] = (
    ("id", "TxnLineID", identity_in),
    ("item", "ItemRef", reference_in),
    ("description", "Desc", text_in),
    ("quantity", "Quantity", quantity_in),
    ("unit", "UnitOfMeasure", word_in),
    ("delivered", "Invoiced", quantity_in),
    ("is_closed", "IsManuallyClosed", is_set),
    ("unit_price", "Rate", money_in),
    ("amount", "Amount", money_in),
    ("accounting_class", "ClassRef", reference_in),
    ("unit_set", "OverrideUOMSetRef", reference_in),
    ("tax_code", "SalesTaxCodeRef", reference_in),
    ("custom_fields", "DataExtRet", custom_fields_in),
)


def _read_sales_line(line: Record) -> OrderLine:
    return OrderLine(**read_sales_line(line))


def read_sales_line(line: Record) -> dict[str, Any]:
    """Read what a line of a sales order, an estimate or an invoice says."""
    return read_line(line, _SALES_LINE)


_PURCHASE_ORDER: Final[Sequence[Column]] = (
    ("vendor", "VendorRef", reference_in),
    ("created_on", "TxnDate", date_in),
    ("delivery_address", "ShipAddress", address_in),
    ("memo", "Memo", text_in),
    ("message_to_vendor", "VendorMsg", text_in),
    ("currency", "CurrencyRef", name_in),
    ("total", "TotalAmount", money_in),
)


def _freight_in(part: Element) -> Money | None:
    """Read FOB where it is an amount, as we write it; any other text is none of ours."""
    try:
        return Money(Decimal(word_in(part) or ""))
    except InvalidOperation:
        return None


# Of what bears a mark alone: whatever else is retrieved has always been known without them.
_FURTHER: Final[Sequence[Column]] = (
    ("purchased_for", "ShipToEntityRef", reference_in),
    ("ship_via", "ShipMethodRef", name_in),
    ("freight", "FOB", _freight_in),
    ("site", "InventorySiteRef", reference_in),
)


def read_purchase_order(record: Record) -> PurchaseOrder:
    """Read a purchase order; ``due_on`` is the day its goods are expected, else the due date."""
    further = _FURTHER if record.word("ExternalGUID") else ()
    return PurchaseOrder(
        **read_head(record, (*_PURCHASE_ORDER, *further)),
        status=_order_status(record, "IsFullyReceived"),
        due_on=record.date("ExpectedDate") or record.date("DueDate"),
        lines=tuple(
            read_lines(
                record, "PurchaseOrderLineRet", "PurchaseOrderLineGroupRet", _read_purchase_line
            )
        ),
    )


_PURCHASE_LINE: Final[Sequence[Column]] = (
    ("id", "TxnLineID", identity_in),
    ("item", "ItemRef", reference_in),
    ("description", "Desc", text_in),
    ("quantity", "Quantity", quantity_in),
    ("unit", "UnitOfMeasure", word_in),
    ("unit_cost", "Rate", money_in),
    ("amount", "Amount", money_in),
    ("customer", "CustomerRef", reference_in),
    ("accounting_class", "ClassRef", reference_in),
    ("delivered", "ReceivedQuantity", quantity_in),
    ("is_closed", "IsManuallyClosed", is_set),
    ("unit_set", "OverrideUOMSetRef", reference_in),
    ("tax_code", "SalesTaxCodeRef", reference_in),
)


def _read_purchase_line(line: Record) -> PurchaseLine:
    return PurchaseLine(**read_line(line, _PURCHASE_LINE))


_ESTIMATE: Final[Sequence[Column]] = (*_SALE, ("due_on", "DueDate", date_in))


def read_estimate(record: Record) -> Estimate:
    """Read an estimate; one that is not active any more is closed."""
    is_closed = record.flag("IsActive") is False
    return Estimate(
        **read_head(record, _ESTIMATE),
        status=DocumentStatus.CLOSED if is_closed else DocumentStatus.OPEN,
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
        **_where_to(order),
        TxnDate=order.created_on,
        RefNumber=order.number,
        ShipAddress=write_address(order.delivery_address),
        ExpectedDate=order.due_on,
        ShipMethodRef=None if order.ship_via is None else write_named(order.ship_via),
        FOB=_freight(order.freight),
        Memo=order.memo,
        VendorMsg=order.message_to_vendor,
        **_TRANSMITTED.get(order.transmission, {}),
    )


def _where_to(order: PurchaseOrder) -> dict[str, Any]:
    """Say where it is received: QuickBooks takes a site or whom it goes to, never both."""
    if order.purchased_for is not None:
        return {"ShipToEntityRef": write_reference(order.purchased_for)}
    return {"InventorySiteRef": write_reference(order.site)}


# QuickBooks ticks “to be printed” by itself, so each way of transmission says both.
_TRANSMITTED: Final[Mapping[Transmission | None, Mapping[str, bool]]] = {
    Transmission.PRINT: {"IsToBePrinted": True, "IsToBeEmailed": False},
    Transmission.EMAIL: {"IsToBePrinted": False, "IsToBeEmailed": True},
}


def _freight(freight: Money | None) -> str | None:
    """Give freight as the text of FOB (P30), where it fits."""
    return None if freight is None else fitting(format(freight.amount, "f"), 13)


def _write_purchase_line(line: PurchaseLine) -> dict[str, Any]:
    return present(
        ItemRef=write_reference(line.item),
        ManufacturerPartNumber=line.manufacturer_number,
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
