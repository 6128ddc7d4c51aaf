"""Invoices, bills and item receipts (reference sections 4.3 to 4.5)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from counterfoil.connectors.quickbooks_desktop.qbxml import (
    Column,
    Fields,
    Problem,
    Record,
    UnreadableValue,
    date_in,
    text_in,
    word_in,
)
from counterfoil.documents import (
    Bill,
    BillLine,
    DocumentStatus,
    ExpenseLine,
    Invoice,
    InvoiceLine,
    ItemReceipt,
    Money,
)
from counterfoil.engine.operations import LineScope, UpdateDocument

from ._links import link_problem, linked_line, whole_order
from ._orders import NEW_LINE, changed, read_head, read_sales_line, write_sales_line
from ._parts import (
    address_in,
    custom_fields_in,
    identity_in,
    is_memo_of_void,
    money_in,
    name_in,
    present,
    quantity_in,
    read_line,
    read_lines,
    reference_in,
    write_amount,
    write_custom_fields,
    write_reference,
)

__all__ = [
    "bill_problem",
    "change_bill",
    "change_invoice",
    "change_item_receipt",
    "invoice_problem",
    "invoice_total",
    "read_bill",
    "read_invoice",
    "read_item_receipt",
    "receipt_problem",
    "write_bill",
    "write_invoice",
    "write_item_receipt",
]

_OwedToVendor = Bill | ItemReceipt


def _is_void(
    memo: str | None, total: Money | None, lines: Sequence[InvoiceLine | BillLine]
) -> bool:
    """Whether a document was voided: it stays, without amounts and quantities.

    QuickBooks has no mark for it.  It notes it in the memo, which people can edit, and takes
    the quantities away, which no document has by itself.
    """
    if total is None or total.amount:
        return False
    quantities = [line.quantity for line in lines if line.item is not None]
    is_emptied = bool(quantities) and not any(each is None or each.value for each in quantities)
    return is_emptied or is_memo_of_void(memo)


def _status(record: Record, *, is_void: bool) -> DocumentStatus:
    """Pending documents are none yet; what is paid, be it in part, is closed to changes."""
    if is_void:
        return DocumentStatus.CANCELLED
    if record.flag("IsPending"):
        return DocumentStatus.DRAFT
    return DocumentStatus.CLOSED if _is_paid(record) else DocumentStatus.OPEN


def _is_paid(record: Record) -> bool:
    """Whether anything was paid: an invoice tells how much, a bill how much is still open."""
    owed, still_open = record.decimal("AmountDue"), record.decimal("OpenAmount")
    is_paid_in_part = owed is not None and still_open is not None and still_open != owed
    return bool(record.flag("IsPaid") or record.decimal("AppliedAmount") or is_paid_in_part)


# --- Invoices -----------------------------------------------------------------------------


def invoice_total(record: Record) -> Money | None:
    """Add up what an invoice comes to: QuickBooks tells it without its tax, and the tax."""
    net, tax = record.decimal("Subtotal"), record.decimal("SalesTaxTotal")
    return None if net is None else Money(net + tax if tax is not None else net)


_INVOICE: Final[Sequence[Column]] = (
    ("customer", "CustomerRef", reference_in),
    ("created_on", "TxnDate", date_in),
    ("due_on", "DueDate", date_in),
    ("shipped_on", "ShipDate", date_in),
    ("billing_address", "BillAddress", address_in),
    ("delivery_address", "ShipAddress", address_in),
    ("currency", "CurrencyRef", name_in),
    ("tax", "SalesTaxTotal", money_in),
    ("tax_item", "ItemSalesTaxRef", reference_in),
    ("tracking_number", "Other", word_in),
)


def read_invoice(record: Record) -> Invoice:
    """Read an invoice with its lines; the field “Other” holds the tracking number."""
    memo, total = record.text("Memo") or None, invoice_total(record)
    lines = tuple(read_lines(record, "InvoiceLineRet", "InvoiceLineGroupRet", _read_invoice_line))
    return Invoice(
        **read_head(record, _INVOICE),
        status=_status(record, is_void=_is_void(memo, total, lines)),
        memo=memo,
        lines=lines,
        total=total,
    )


def _read_invoice_line(line: Record) -> InvoiceLine:
    return InvoiceLine(**read_sales_line(line))


def write_invoice(invoice: Invoice, key: str) -> Fields:
    """Give the fields of an ``InvoiceAdd``; lines that fulfil an order's carry their link only."""
    return {
        **_invoice_head(invoice),
        "ExternalGUID": key,
        **present(LinkToTxnID=whole_order(invoice.link)),
        "InvoiceLineAdd": [
            write_sales_line(line) if line.link is None else linked_line(line, line.link)
            for line in invoice.lines
        ],
    }


def invoice_problem(invoice: Invoice) -> Problem | None:
    """Say what is wrong with the links of an invoice."""
    return link_problem(invoice.link, invoice.lines, "InvoiceLineAdd")


def change_invoice(change: UpdateDocument) -> Fields:
    """Give the fields of an ``InvoiceMod``; lines only of one that fulfils no order."""
    invoice = change.document
    assert isinstance(invoice, Invoice), f"no invoice: {type(invoice).__name__}"
    fields = changed(change, _invoice_head(invoice))
    if change.lines is LineScope.ALL:
        fields["InvoiceLineMod"] = [
            {"TxnLineID": line.id or NEW_LINE, **write_sales_line(line)} for line in invoice.lines
        ]
    return fields


def _invoice_head(invoice: Invoice) -> dict[str, Any]:
    return present(
        CustomerRef=write_reference(invoice.customer),
        TxnDate=invoice.created_on,
        RefNumber=invoice.number,
        DueDate=invoice.due_on,
        ShipDate=invoice.shipped_on,
        ItemSalesTaxRef=write_reference(invoice.tax_item),
        Memo=invoice.memo,
        Other=invoice.tracking_number,
    )


# --- Bills and item receipts --------------------------------------------------------------


def read_bill(record: Record) -> Bill:
    """Read a bill with its item lines and its expense lines."""
    return Bill(**_owed(record, "AmountDue"), due_on=record.date("DueDate"))


def read_item_receipt(record: Record) -> ItemReceipt:
    """Read an item receipt."""
    return ItemReceipt(**_owed(record, "TotalAmount"))


_OWED: Final[Sequence[Column]] = (
    ("vendor", "VendorRef", reference_in),
    ("created_on", "TxnDate", date_in),
    ("currency", "CurrencyRef", name_in),
)


def _owed(record: Record, total_name: str) -> dict[str, Any]:
    memo, total = record.text("Memo") or None, record.value(total_name, money_in)
    lines = tuple(read_lines(record, "ItemLineRet", "ItemGroupLineRet", _read_bill_line))
    return {
        **read_head(record, _OWED),
        "status": _status(record, is_void=_is_void(memo, total, lines)),
        "memo": memo,
        "lines": lines,
        "expenses": tuple(_read_expense(each) for each in record.children("ExpenseLineRet")),
        "total": total,
    }


_BILL_LINE: Final[Sequence[Column]] = (
    ("id", "TxnLineID", identity_in),
    ("item", "ItemRef", reference_in),
    ("description", "Desc", text_in),
    ("quantity", "Quantity", quantity_in),
    ("unit", "UnitOfMeasure", word_in),
    ("unit_cost", "Cost", money_in),
    ("amount", "Amount", money_in),
    ("customer", "CustomerRef", reference_in),
    ("accounting_class", "ClassRef", reference_in),
    ("tax_code", "SalesTaxCodeRef", reference_in),
    ("custom_fields", "DataExtRet", custom_fields_in),
)


def _read_bill_line(line: Record) -> BillLine:
    return BillLine(**read_line(line, _BILL_LINE))


def _read_expense(line: Record) -> ExpenseLine:
    account, amount = line.value("AccountRef", reference_in), line.value("Amount", money_in)
    if account is None:
        raise UnreadableValue(line.tag, "AccountRef", "", "the account of an expense")
    if amount is None:
        raise UnreadableValue(line.tag, "Amount", "", "the amount of an expense")
    return ExpenseLine(
        id=line.word("TxnLineID") or "",
        account=account,
        amount=amount,
        memo=line.text("Memo") or None,
        customer=line.value("CustomerRef", reference_in),
        accounting_class=line.value("ClassRef", reference_in),
    )


def write_bill(bill: Bill, key: str) -> Fields:
    """Give the fields of a ``BillAdd``."""
    return {**_bill_head(bill), "ExternalGUID": key, **_owed_lines(bill)}


def write_item_receipt(receipt: ItemReceipt, key: str) -> Fields:
    """Give the fields of an ``ItemReceiptAdd``."""
    return {**_receipt_head(receipt), "ExternalGUID": key, **_owed_lines(receipt)}


def bill_problem(bill: Bill) -> Problem | None:
    """Say what is wrong with the links of a bill."""
    return link_problem(bill.link, bill.lines, "ItemLineAdd")


def receipt_problem(receipt: ItemReceipt) -> Problem | None:
    """Say what is wrong with the links of an item receipt."""
    return link_problem(receipt.link, receipt.lines, "ItemLineAdd")


def _owed_lines(owed: _OwedToVendor) -> dict[str, Any]:
    return present(
        LinkToTxnID=whole_order(owed.link),
        ExpenseLineAdd=[_write_expense(line) for line in owed.expenses] or None,
        ItemLineAdd=[
            {**_write_bill_line(line), **present(DataExt=write_custom_fields(line.custom_fields))}
            if line.link is None
            else linked_line(line, line.link)
            for line in owed.lines
        ]
        or None,
    )


def change_bill(change: UpdateDocument) -> Fields:
    """Give the fields of a ``BillMod``; lines only of one that fulfils no order."""
    bill = change.document
    assert isinstance(bill, Bill), f"no bill: {type(bill).__name__}"
    return {**changed(change, _bill_head(bill)), **_changed_lines(change, bill)}


def change_item_receipt(change: UpdateDocument) -> Fields:
    """Give the fields of an ``ItemReceiptMod``; lines only of one that fulfils no order."""
    receipt = change.document
    assert isinstance(receipt, ItemReceipt), f"no item receipt: {type(receipt).__name__}"
    return {**changed(change, _receipt_head(receipt)), **_changed_lines(change, receipt)}


def _changed_lines(change: UpdateDocument, owed: _OwedToVendor) -> dict[str, Any]:
    """Name all lines; of the two tables, the one that is to be empty is cleared expressly.

    Whether there is anything to be cleared only the document that was read tells.
    """
    if change.lines is LineScope.NONE:
        return {}
    had = change.expected
    had_expenses = isinstance(had, Bill | ItemReceipt) and bool(had.expenses)
    had_items = isinstance(had, Bill | ItemReceipt) and bool(had.lines)
    return present(
        ClearExpenseLines=True if had_expenses and not owed.expenses else None,
        ExpenseLineMod=[
            {"TxnLineID": line.id or NEW_LINE, **_write_expense(line)} for line in owed.expenses
        ]
        or None,
        ClearItemLines=True if had_items and not owed.lines else None,
        ItemLineMod=[
            {"TxnLineID": line.id or NEW_LINE, **_write_bill_line(line)} for line in owed.lines
        ]
        or None,
    )


def _bill_head(bill: Bill) -> dict[str, Any]:
    return present(
        VendorRef=write_reference(bill.vendor),
        TxnDate=bill.created_on,
        DueDate=bill.due_on,
        RefNumber=bill.number,
        Memo=bill.memo,
    )


def _receipt_head(receipt: ItemReceipt) -> dict[str, Any]:
    return present(
        VendorRef=write_reference(receipt.vendor),
        TxnDate=receipt.created_on,
        RefNumber=receipt.number,
        Memo=receipt.memo,
    )


def _write_bill_line(line: BillLine) -> dict[str, Any]:
    return present(
        ItemRef=write_reference(line.item),
        InventorySiteRef=write_reference(line.site),
        Desc=line.description,
        Quantity=line.quantity.value if line.quantity is not None else None,
        UnitOfMeasure=line.quantity.unit if line.quantity is not None else None,
        Cost=write_amount(line.unit_cost),
        Amount=write_amount(line.amount) if line.unit_cost is None else None,
        CustomerRef=write_reference(line.customer),
        ClassRef=write_reference(line.accounting_class),
        SalesTaxCodeRef=write_reference(line.tax_code),
    )


def _write_expense(line: ExpenseLine) -> dict[str, Any]:
    return present(
        AccountRef=write_reference(line.account),
        Amount=write_amount(line.amount),
        Memo=line.memo,
        CustomerRef=write_reference(line.customer),
        ClassRef=write_reference(line.accounting_class),
    )
