"""What QuickBooks calls our kinds: one row per kind of document, one per list.

A further kind of document is a row of ``FORMS`` and its functions in ``records``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from counterfoil.connectors.quickbooks_desktop import records
from counterfoil.connectors.quickbooks_desktop.qbxml import Fields, Problem, Record
from counterfoil.documents import (
    Bill,
    Document,
    DocumentKind,
    Estimate,
    Invoice,
    ItemReceipt,
    Money,
    PurchaseOrder,
    RecordKind,
    SalesOrder,
    StockCount,
    WorkEntry,
)
from counterfoil.engine.operations import UpdateDocument

__all__ = [
    "DELETED_DOCUMENTS",
    "DELETED_LISTS",
    "FIELD_OWNERS",
    "FORMS",
    "FORM_OF_RECORD",
    "LISTS",
    "LONE_ID_SUFFIX",
    "SECOND_ID_SUFFIX",
    "SITES_QUERY",
    "STOCK_PAGE",
    "STOCK_QUERIES",
    "Form",
    "ListForm",
    "TableOfLines",
]

# Ids of the second and third request of an operation; of the one half of a question that
# is asked without the other.
SECOND_ID_SUFFIX: Final = "+"
LONE_ID_SUFFIX: Final = "-"


# --- Documents ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TableOfLines:
    """One table of lines of a document, such as the items of a bill.

    Attributes:
        name: From which its elements are named: ``ItemLine``.
        group: The same of a group of such lines; ``None``: it has no groups.
        is_of_items: Its lines are what ``Done.line_ids`` tells.
    """

    name: str
    group: str | None = None
    is_of_items: bool = True


def _nothing_wrong(document: Any) -> Problem | None:
    return None


def _amount(name: str) -> Callable[[Record], Money | None]:
    return lambda record: record.value(name, records.money_in)


@dataclass(frozen=True, slots=True)
class Form:
    """One kind of transaction.

    Attributes:
        name: QuickBooks' word, from which its requests, records and enumerations are named.
        type: Our document.
        write: Document and mark -> the fields of its Add.
        change: An update -> the fields of its Mod.
        read: Its record -> document.
        party: The element that says whose it is; ``None``: nobody's.
        tables: Its lines; empty: it has none.
        total: What it comes to; ``None``: it comes to nothing.
        totals: The elements that ``total`` reads.
        tax: Element with the tax in it; ``None``: it has none.
        states: Elements that tell its state and what else identifies it, beside what all have.
        problem: What is wrong with a new one as a whole.
        is_numbered: It has a number of its own.
        is_closable: It can be closed by hand and stays.
        tells_ancestors: What it was made from is asked for whenever it is read as a whole.
        takes_changed_lines: A Mod can say how its lines shall be.
        has_links: It can be asked with which others it is linked.
        has_custom_fields: It, or its lines, can bear custom fields.
    """

    name: str
    type: type[Document]
    write: Callable[[Any, str], Fields]
    change: Callable[[UpdateDocument], Fields]
    read: Callable[[Record], Document]
    party: str | None
    tables: tuple[TableOfLines, ...]
    total: Callable[[Record], Money | None] | None = None
    totals: tuple[str, ...] = ()
    tax: str | None = None
    states: tuple[str, ...] = ()
    problem: Callable[[Any], Problem | None] = _nothing_wrong
    is_numbered: bool = True
    is_closable: bool = False
    tells_ancestors: bool = False
    takes_changed_lines: bool = True
    has_links: bool = True
    has_custom_fields: bool = True

    @property
    def whole(self) -> Mapping[str, Any]:
        """What a query asks for to have all of it: lines and fields come only where asked for.

        Source: reference section 3.4.
        """
        asked: dict[str, Any] = {}
        if self.tables:
            asked["IncludeLineItems"] = True
        if self.has_custom_fields:
            asked["OwnerID"] = [records.PUBLIC]
        return asked

    @property
    def query(self) -> str:
        """The request that finds and reads it."""
        return f"{self.name}Query"

    @property
    def heads(self) -> tuple[str, ...]:
        """Elements that tell who and which it is, without lines."""
        number = ("RefNumber",) if self.is_numbered else ()
        party = (self.party,) if self.party is not None else ()
        return (*_IDENTITY, *number, *party, "TxnDate", *self.totals, *self.states, "ExternalGUID")

    def line_ids(self, document: Document) -> tuple[str, ...]:
        """Give the identities of the lines of a document that was read, in their order."""
        return tuple(line.id for line in getattr(document, "lines", ()))


_IDENTITY: Final = ("TxnID", "TimeCreated", "TimeModified", "EditSequence")

_ITEMS: Final = (
    TableOfLines("ItemLine", "ItemGroupLine"),
    TableOfLines("ExpenseLine", is_of_items=False),
)

FORMS: Final[Mapping[DocumentKind, Form]] = {
    DocumentKind.SALES_ORDER: Form(
        name="SalesOrder",
        type=SalesOrder,
        write=records.write_sales_order,
        change=records.change_sales_order,
        read=records.read_sales_order,
        party="CustomerRef",
        tables=(TableOfLines("SalesOrderLine", "SalesOrderLineGroup"),),
        total=_amount("TotalAmount"),
        totals=("SalesTaxTotal", "TotalAmount"),
        tax="SalesTaxTotal",
        states=("IsManuallyClosed", "IsFullyInvoiced"),
        is_closable=True,
        tells_ancestors=True,
    ),
    DocumentKind.PURCHASE_ORDER: Form(
        name="PurchaseOrder",
        type=PurchaseOrder,
        write=records.write_purchase_order,
        change=records.change_purchase_order,
        read=records.read_purchase_order,
        party="VendorRef",
        tables=(TableOfLines("PurchaseOrderLine", "PurchaseOrderLineGroup"),),
        total=_amount("TotalAmount"),
        totals=("TotalAmount",),
        states=("IsManuallyClosed", "IsFullyReceived"),
        is_closable=True,
    ),
    DocumentKind.ESTIMATE: Form(
        name="Estimate",
        type=Estimate,
        write=records.write_estimate,
        change=records.change_estimate,
        read=records.read_estimate,
        party="CustomerRef",
        tables=(TableOfLines("EstimateLine", "EstimateLineGroup"),),
        total=_amount("TotalAmount"),
        totals=("TotalAmount",),
        states=("IsActive",),
    ),
    DocumentKind.INVOICE: Form(
        name="Invoice",
        type=Invoice,
        write=records.write_invoice,
        change=records.change_invoice,
        read=records.read_invoice,
        party="CustomerRef",
        tables=(TableOfLines("InvoiceLine", "InvoiceLineGroup"),),
        total=records.invoice_total,
        totals=("Subtotal", "SalesTaxTotal"),
        tax="SalesTaxTotal",
        states=("IsPending", "Memo", "IsPaid", "AppliedAmount"),
        problem=records.invoice_problem,
        tells_ancestors=True,
    ),
    DocumentKind.BILL: Form(
        name="Bill",
        type=Bill,
        write=records.write_bill,
        change=records.change_bill,
        read=records.read_bill,
        party="VendorRef",
        tables=_ITEMS,
        total=_amount("AmountDue"),
        totals=("AmountDue",),
        states=("IsPending", "Memo", "IsPaid", "OpenAmount"),
        problem=records.bill_problem,
        tells_ancestors=True,
    ),
    DocumentKind.ITEM_RECEIPT: Form(
        name="ItemReceipt",
        type=ItemReceipt,
        write=records.write_item_receipt,
        change=records.change_item_receipt,
        read=records.read_item_receipt,
        party="VendorRef",
        tables=_ITEMS,
        total=_amount("TotalAmount"),
        totals=("TotalAmount",),
        states=("Memo",),
        problem=records.receipt_problem,
        tells_ancestors=True,
    ),
    DocumentKind.WORK_ENTRY: Form(
        name="TimeTracking",
        type=WorkEntry,
        write=records.write_work_entry,
        change=records.change_work_entry,
        read=records.read_work_entry,
        party="EntityRef",
        tables=(),
        states=("Duration", "BillableStatus"),
        is_numbered=False,
        has_links=False,
        has_custom_fields=False,
    ),
    DocumentKind.STOCK_COUNT: Form(
        name="InventoryAdjustment",
        type=StockCount,
        write=records.write_stock_count,
        change=records.change_stock_count,
        read=records.read_stock_count,
        party=None,
        tables=(TableOfLines("InventoryAdjustmentLine"),),
        states=("AccountRef", "Memo"),
        problem=records.count_problem,
        takes_changed_lines=False,
        has_links=False,
    ),
}

FORM_OF_RECORD: Final[Mapping[str, Form]] = {f"{form.name}Ret": form for form in FORMS.values()}

DELETED_DOCUMENTS: Final[Mapping[str, DocumentKind]] = {
    form.name: kind for kind, form in FORMS.items()
}

# What custom fields of a document are written to (reference section 4.13).  A bill and an item
# receipt have none of their own: theirs are the items' (corrections 1, row 9).
FIELD_OWNERS: Final[Mapping[DocumentKind, str]] = {
    DocumentKind.SALES_ORDER: "SalesOrder",
    DocumentKind.PURCHASE_ORDER: "PurchaseOrder",
    DocumentKind.INVOICE: "Invoice",
    DocumentKind.ESTIMATE: "Estimate",
}


# --- Lists --------------------------------------------------------------------------------

# What a customer with hundreds of ship-to addresses would otherwise drag along
# (reference section 4.11).
_CUSTOMER_ELEMENTS: Final = (
    "ListID",
    "TimeModified",
    "EditSequence",
    "Name",
    "FullName",
    "IsActive",
    "CompanyName",
    "BillAddress",
    "Phone",
    "Email",
    "Contact",
)


@dataclass(frozen=True, slots=True)
class ListForm:
    """One list.

    Attributes:
        query: The request that reads it.
        is_paged: QuickBooks hands it out in pages (reference section 4.15).
        elements: The only ones wanted; empty: all of them.
        has_custom_fields: Its public custom fields are wanted.
        is_feature: A company file may do without it: that the feature is switched off, or is
            none of this edition, then says that the list is empty.
        is_filtered: It can be asked for what has changed, and hides what is not active.
    """

    query: str
    is_paged: bool = False
    elements: tuple[str, ...] = ()
    has_custom_fields: bool = False
    is_feature: bool = False
    is_filtered: bool = True


LISTS: Final[Mapping[RecordKind, ListForm]] = {
    RecordKind.CUSTOMER: ListForm("CustomerQuery", is_paged=True, elements=_CUSTOMER_ELEMENTS),
    RecordKind.VENDOR: ListForm("VendorQuery", is_paged=True, has_custom_fields=True),
    RecordKind.EMPLOYEE: ListForm("EmployeeQuery", elements=records.EMPLOYEE_ELEMENTS),
    RecordKind.OTHER_NAME: ListForm("OtherNameQuery"),
    RecordKind.ITEM: ListForm("ItemQuery", is_paged=True, has_custom_fields=True),
    RecordKind.ACCOUNT: ListForm("AccountQuery"),
    RecordKind.CLASS: ListForm("ClassQuery", is_feature=True),
    RecordKind.UNIT_SET: ListForm("UnitOfMeasureSetQuery", is_feature=True),
    RecordKind.PAYROLL_ITEM: ListForm("PayrollItemWageQuery", is_feature=True),
    RecordKind.TAX_CODE: ListForm("SalesTaxCodeQuery", is_feature=True),
    # Without an owner or an object QuickBooks finds no definitions; it shows all it has.
    RecordKind.CUSTOM_FIELD: ListForm(
        "DataExtDefQuery", has_custom_fields=True, is_filtered=False, is_feature=True
    ),
    RecordKind.SHIP_METHOD: ListForm("ShipMethodQuery", is_feature=True),
    RecordKind.INVENTORY_SITE: ListForm("InventorySiteQuery", is_feature=True),
}

# The two kinds of items that are stocked, in the order in which they are asked for.
STOCK_QUERIES: Final = ("ItemInventoryQuery", "ItemInventoryAssemblyQuery")
# How much of them there is at each inventory site.
SITES_QUERY: Final = "ItemSitesQuery"
# Between the tokens of their pages; one that has come to its end has an empty token.
STOCK_PAGE: Final = "|"

# Sets of units and custom fields are read whole each time, so nobody asks which were deleted.
# Nor of payroll items and tax codes: whether a company without payroll answers such a question at
# all nobody has confirmed, and one refused word in it would hide all other deletions.
DELETED_LISTS: Final[Mapping[str, RecordKind]] = {
    "Customer": RecordKind.CUSTOMER,
    "Vendor": RecordKind.VENDOR,
    "Employee": RecordKind.EMPLOYEE,
    "OtherName": RecordKind.OTHER_NAME,
    "Account": RecordKind.ACCOUNT,
    "Class": RecordKind.CLASS,
    "ItemService": RecordKind.ITEM,
    "ItemNonInventory": RecordKind.ITEM,
    "ItemInventory": RecordKind.ITEM,
    "ItemInventoryAssembly": RecordKind.ITEM,
    "ItemOtherCharge": RecordKind.ITEM,
    "ItemGroup": RecordKind.ITEM,
    "ItemDiscount": RecordKind.ITEM,
    "ItemSubtotal": RecordKind.ITEM,
    "ItemPayment": RecordKind.ITEM,
    "ItemSalesTax": RecordKind.ITEM,
    "ItemSalesTaxGroup": RecordKind.ITEM,
    "ItemFixedAsset": RecordKind.ITEM,
}
