"""Purchase orders and bills (reference sections 4.7 and 4.8)."""

from __future__ import annotations

from typing import Any, Final

from counterfoil.connectors.called import Reader
from counterfoil.documents import (
    Bill,
    BillLine,
    DocumentKind,
    DocumentStatus,
    ExpenseLine,
    InvalidDocument,
    Money,
    PurchaseLine,
    PurchaseOrder,
)

from ._client import Record
from ._codecs import (
    ADDRESS,
    CODE,
    CURRENCY,
    DAY,
    MONEY,
    NAMED,
    QUANTITY,
    REFERENCE,
    TEXT,
    Field,
    present,
    write_fields,
)
from ._fields import custom_fields_in
from ._marks import split
from ._parts import (
    LINE,
    PURCHASED,
    PURCHASED_BY_ACCOUNT,
    head_in,
    line_in,
    line_links,
    lines_in,
    links_in,
    priced,
)

__all__ = ["BILL", "ORDER", "bill_lines", "order_lines", "read_bill", "read_order"]

_READ: Final = MONEY.read_only

ORDER: Final = (
    Field("number", "DocNumber", CODE),
    Field("vendor", "VendorRef", REFERENCE),
    Field("created_on", "TxnDate", DAY),
    Field("due_on", "DueDate", DAY),
    Field("delivery_address", "ShipAddr", ADDRESS),
    Field("purchased_for", "ShipTo", REFERENCE),
    Field("ship_via", "ShipMethodRef", NAMED),
    Field("message_to_vendor", "Memo", TEXT),
    Field("currency", "CurrencyRef", CURRENCY),
    Field("exchange_rate", "ExchangeRate", MONEY),
    Field("payables_account", "APAccountRef", REFERENCE),
    Field("terms", "SalesTermRef", REFERENCE),
    Field("location", "DepartmentRef", REFERENCE),
    Field("total", "TotalAmt", _READ),
)
BILL: Final = (
    Field("number", "DocNumber", CODE),
    Field("vendor", "VendorRef", REFERENCE),
    Field("created_on", "TxnDate", DAY),
    Field("due_on", "DueDate", DAY),
    Field("currency", "CurrencyRef", CURRENCY),
    Field("exchange_rate", "ExchangeRate", MONEY),
    Field("payables_account", "APAccountRef", REFERENCE),
    Field("terms", "SalesTermRef", REFERENCE),
    Field("location", "DepartmentRef", REFERENCE),
    Field("total", "TotalAmt", _READ),
)

_ITEM_LINE: Final = (
    Field("item", "ItemRef", REFERENCE),
    Field("quantity", "Qty", QUANTITY),
    Field("unit_cost", "UnitPrice", MONEY),
    Field("customer", "CustomerRef", REFERENCE),
    Field("accounting_class", "ClassRef", REFERENCE),
    Field("tax_code", "TaxCodeRef", REFERENCE),
)
_AMOUNT: Final = Field("amount", "Amount", MONEY)
_EXPENSE: Final = (
    Field("account", "AccountRef", REFERENCE),
    Field("customer", "CustomerRef", REFERENCE),
    Field("accounting_class", "ClassRef", REFERENCE),
)
# Quantity and price are written together with the amount that they have to come to.
_WRITTEN: Final = tuple(each for each in _ITEM_LINE if each.theirs not in {"Qty", "UnitPrice"})


# --- Purchase orders ----------------------------------------------------------------------


def read_order(reader: Reader) -> PurchaseOrder:
    """Read a purchase order; lines that name an account instead of an item are text here."""
    memo, _ = split(reader.text("PrivateNote"))
    lines = tuple(_read_order_line(line) for line in lines_in(reader, _DETAILS))
    return PurchaseOrder(
        **head_in(reader, ORDER),
        status=_order_status(reader, lines),
        memo=memo,
        custom_fields=custom_fields_in(reader),
        lines=lines,
        made_into=links_in(reader, (DocumentKind.BILL,)),
    )


_DETAILS: Final = (PURCHASED, PURCHASED_BY_ACCOUNT)


def _read_order_line(line: Reader) -> PurchaseLine:
    if line.has(PURCHASED):
        beside = (*LINE, _AMOUNT, Field("delivered", "Received", QUANTITY))
        return PurchaseLine(**line_in(line, PURCHASED, _ITEM_LINE, beside))
    told = line_in(line, PURCHASED_BY_ACCOUNT, _EXPENSE, (*LINE, _AMOUNT))
    del told["account"]
    return PurchaseLine(**told)


def _order_status(reader: Reader, lines: tuple[PurchaseLine, ...]) -> DocumentStatus:
    """FLOW-4: closed with something still to come means closed by hand, which is cancelled."""
    if reader.code("POStatus") != "Closed":
        return DocumentStatus.OPEN
    is_short = any(
        line.delivered is not None
        and line.quantity is not None
        and line.delivered.value < line.quantity.value
        for line in lines
    )
    return DocumentStatus.CANCELLED if is_short else DocumentStatus.CLOSED


def order_lines(order: PurchaseOrder) -> list[Record]:
    """Write the lines of a purchase order; there is no line of text only."""
    return [_item_line(line) for line in order.lines if line.item is not None]


def _item_line(line: PurchaseLine | BillLine) -> Record:
    told, amount = priced(line.quantity, line.unit_cost, line.amount)
    return present(
        Id=line.id or None,
        DetailType=PURCHASED,
        Description=line.description,
        Amount=amount,
        **{PURCHASED: {**write_fields(line, _WRITTEN), **told}},
    )


# --- Bills --------------------------------------------------------------------------------


def read_bill(reader: Reader) -> Bill:
    """Read a bill; what is paid, be it in part, is closed to changes."""
    memo, _ = split(reader.text("PrivateNote"))
    total, balance = reader.decimal("TotalAmt"), reader.decimal("Balance")
    is_paid = balance is not None and total is not None and balance != total
    return Bill(
        **head_in(reader, BILL),
        status=DocumentStatus.CLOSED if is_paid else DocumentStatus.OPEN,
        memo=memo,
        lines=tuple(_read_bill_line(line) for line in lines_in(reader, (PURCHASED,))),
        expenses=tuple(_read_expense(line) for line in lines_in(reader, (PURCHASED_BY_ACCOUNT,))),
        made_from=links_in(reader, (DocumentKind.PURCHASE_ORDER,)),
    )


def _read_bill_line(line: Reader) -> BillLine:
    told = line_in(line, PURCHASED, _ITEM_LINE, (*LINE, _AMOUNT))
    return BillLine(**told, link=line_links(line, "PurchaseOrder"))


def _read_expense(line: Reader) -> ExpenseLine:
    told = line_in(line, PURCHASED_BY_ACCOUNT, _EXPENSE, (*LINE, _AMOUNT))
    for name in ("account", "amount"):
        if told[name] is None:
            raise InvalidDocument(line.path(name), "", "is missing")
    told["memo"] = told.pop("description")
    return ExpenseLine(**told)


def bill_lines(bill: Bill) -> list[Record]:
    """Write the lines of a bill: those of items, and those of accounts."""
    return [
        *(_bill_line(line) for line in bill.lines if line.item is not None),
        *(_expense(line) for line in bill.expenses),
    ]


def _bill_line(line: BillLine) -> Record:
    if line.link is None:
        return _item_line(line)
    linked: dict[str, Any] = present(
        TxnId=line.link.order_id, TxnType="PurchaseOrder", TxnLineId=line.link.line_id
    )
    # A linked line bears neither identity nor place (reference section 4.7).
    told = {name: value for name, value in _item_line(line).items() if name != "Id"}
    return {**told, "LinkedTxn": [linked]}


def _expense(line: ExpenseLine) -> Record:
    assert isinstance(line.amount, Money), "an expense has its amount"
    return present(
        Id=line.id or None,
        DetailType=PURCHASED_BY_ACCOUNT,
        Description=line.memo,
        Amount=line.amount.amount,
        **{PURCHASED_BY_ACCOUNT: write_fields(line, _EXPENSE)},
    )
