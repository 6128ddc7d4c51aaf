"""Estimates, invoices and sales receipts (reference section 4.9).

QuickBooks Online has no sales order: an estimate, an invoice or a sales receipt stands for it, as
set.
"""

from __future__ import annotations

from typing import Any, Final

from counterfoil.connectors.called import Reader
from counterfoil.documents import (
    DocumentKind,
    DocumentStatus,
    Estimate,
    Invoice,
    InvoiceLine,
    Money,
    OrderLine,
    OrderLink,
    SalesReceipt,
)

from ._client import Record
from ._codecs import (
    ADDRESS,
    CODE,
    CURRENCY,
    DAY,
    MONEY,
    QUANTITY,
    REFERENCE,
    Field,
    present,
    write_fields,
)
from ._fields import custom_fields_in
from ._marks import split
from ._parts import (
    DESCRIBED,
    LINE,
    SOLD,
    head_in,
    is_emptied,
    line_in,
    lines_in,
    links_in,
    priced,
)

__all__ = [
    "ESTIMATE",
    "INVOICE",
    "RECEIPT",
    "linked_estimate",
    "read_estimate",
    "read_invoice",
    "read_receipt",
    "sales_lines",
]

_SALE: Final = (
    Field("number", "DocNumber", CODE),
    Field("customer", "CustomerRef", REFERENCE),
    Field("created_on", "TxnDate", DAY),
    Field("billing_address", "BillAddr", ADDRESS),
    Field("delivery_address", "ShipAddr", ADDRESS),
    Field("currency", "CurrencyRef", CURRENCY),
    Field("exchange_rate", "ExchangeRate", MONEY),
    Field("location", "DepartmentRef", REFERENCE),
    Field("total", "TotalAmt", MONEY.read_only),
)
_OWED: Final = (
    *_SALE,
    Field("terms", "SalesTermRef", REFERENCE),
    Field("due_on", "DueDate", DAY),
)
ESTIMATE: Final = _OWED
INVOICE: Final = (
    *_OWED,
    Field("shipped_on", "ShipDate", DAY),
    Field("tracking_number", "TrackingNum", CODE),
)
RECEIPT: Final = (*_SALE, Field("shipped_on", "ShipDate", DAY))

_LINE: Final = (
    Field("item", "ItemRef", REFERENCE),
    Field("quantity", "Qty", QUANTITY),
    Field("unit_price", "UnitPrice", MONEY),
    Field("accounting_class", "ClassRef", REFERENCE),
    Field("tax_code", "TaxCodeRef", REFERENCE),
)
# Quantity and price are written together with the amount that they have to come to.
_WRITTEN: Final = tuple(each for each in _LINE if each.theirs not in {"Qty", "UnitPrice"})
# Items that stand for charges on the whole form: no list holds them (reference section 4.1).
_PSEUDO_ITEMS: Final = frozenset({"SHIPPING_ITEM_ID", "GRATUITY_ITEM_ID"})


# --- Reading ------------------------------------------------------------------------------


def read_estimate(reader: Reader) -> Estimate:
    """Read an estimate; one that was rejected counts as cancelled."""
    memo, _ = split(reader.text("PrivateNote"))
    return Estimate(
        **head_in(reader, ESTIMATE),
        status=_ESTIMATE_STATES.get(reader.code("TxnStatus") or "", DocumentStatus.OPEN),
        memo=memo,
        custom_fields=custom_fields_in(reader),
        tax=tax_in(reader),
        lines=tuple(OrderLine(**_line_in(line)) for line in _lines(reader)),
        made_into=links_in(reader, (DocumentKind.INVOICE,)),
    )


_ESTIMATE_STATES: Final = {
    "Closed": DocumentStatus.CLOSED,
    "Converted": DocumentStatus.CLOSED,
    "Rejected": DocumentStatus.CANCELLED,
}


def read_invoice(reader: Reader) -> Invoice:
    """Read an invoice; what is paid, be it in part, is closed to changes."""
    memo, _ = split(reader.text("PrivateNote"))
    total, balance = reader.decimal("TotalAmt"), reader.decimal("Balance")
    made_from = links_in(reader, (DocumentKind.ESTIMATE,))
    status = DocumentStatus.OPEN
    if is_emptied(reader, memo):
        status = DocumentStatus.CANCELLED
    elif balance is not None and total is not None and balance != total:
        status = DocumentStatus.CLOSED
    return Invoice(
        **head_in(reader, INVOICE),
        status=status,
        memo=memo,
        custom_fields=custom_fields_in(reader),
        tax=tax_in(reader),
        link=OrderLink(made_from[0].id) if made_from else None,
        lines=tuple(InvoiceLine(**_line_in(line)) for line in _lines(reader)),
        made_from=made_from,
    )


def read_receipt(reader: Reader) -> SalesReceipt:
    """Read a sales receipt; it is paid from the beginning, and may be changed all the same."""
    memo, _ = split(reader.text("PrivateNote"))
    is_void = is_emptied(reader, memo)
    return SalesReceipt(
        **head_in(reader, RECEIPT),
        status=DocumentStatus.CANCELLED if is_void else DocumentStatus.OPEN,
        memo=memo,
        custom_fields=custom_fields_in(reader),
        tax=tax_in(reader),
        lines=tuple(OrderLine(**_line_in(line)) for line in _lines(reader)),
        made_from=links_in(reader, (DocumentKind.ESTIMATE,)),
    )


def tax_in(reader: Reader) -> Money | None:
    """Read what the service figured as tax; ``None``: it does not say."""
    found = reader.value("TxnTaxDetail")
    tax = None if found is None else Reader(found, reader.path("TxnTaxDetail")).decimal("TotalTax")
    return None if tax is None else Money(tax)


def _lines(reader: Reader) -> list[Reader]:
    """Give the lines of items and of text; charges on the whole form are none."""
    return [line for line in lines_in(reader, (SOLD, DESCRIBED)) if not _is_charge(line)]


def _is_charge(line: Reader) -> bool:
    found = line.value(SOLD)
    item = None if found is None else REFERENCE.read(Reader(found), "ItemRef")
    return item is not None and item.id in _PSEUDO_ITEMS


def _line_in(line: Reader) -> dict[str, Any]:
    return line_in(line, SOLD, _LINE, (*LINE, Field("amount", "Amount", MONEY)))


# --- Writing ------------------------------------------------------------------------------


def sales_lines(form: Estimate | Invoice | SalesReceipt) -> list[Record]:
    """Write the lines of a sales form; what names no item is a line of text."""
    return [_line(line) for line in form.lines]


def _line(line: OrderLine) -> Record:
    if line.item is None:
        return present(
            Id=line.id or None,
            DetailType="DescriptionOnly",
            Description=line.description or "",
            **{DESCRIBED: {}},
        )
    told, amount = priced(line.quantity, line.unit_price, line.amount)
    return present(
        Id=line.id or None,
        DetailType=SOLD,
        Description=line.description,
        Amount=amount,
        **{SOLD: {**write_fields(line, _WRITTEN), **told}},
    )


def linked_estimate(invoice: Invoice) -> dict[str, Any]:
    """Write which estimate an invoice takes over: one, as a whole (reference section 4.9)."""
    links = [invoice.link, *(line.link for line in invoice.lines)]
    orders = list(dict.fromkeys(link.order_id for link in links if link is not None))
    assert len(orders) <= 1, "an invoice takes over one estimate at most"
    return (
        {"LinkedTxn": [{"TxnId": each, "TxnType": "Estimate"} for each in orders]} if orders else {}
    )
