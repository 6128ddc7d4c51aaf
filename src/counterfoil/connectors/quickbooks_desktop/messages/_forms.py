"""What QuickBooks calls our kinds: one row per kind of document, one per list.

A further kind of document is a row of ``FORMS`` and its functions in ``records``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from counterfoil.connectors.quickbooks_desktop.qbxml import Fields, Record
from counterfoil.connectors.quickbooks_desktop.records import (
    change_sales_order,
    read_sales_order,
    write_sales_order,
)
from counterfoil.documents import Document, DocumentKind, RecordKind, SalesOrder
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
    "Form",
    "ListForm",
]

# Ids of the second and third request of an operation; of the one half of a question that
# is asked without the other.
SECOND_ID_SUFFIX: Final = "+"
LONE_ID_SUFFIX: Final = "-"


@dataclass(frozen=True, slots=True)
class Form:
    """One kind of transaction.

    Attributes:
        name: QuickBooks' word, from which its requests, records and enumerations are named.
        type: Our document.
        write: Document and mark -> the fields of its Add.
        change: An update -> the fields of its Mod.
        read: Its record -> document.
        line_ids: A document that was read -> the identities of its lines, in their order.
        heads: Elements that tell who and which it is, without lines.
        total: Element with what it comes to.
        tax: Element with the tax in it; ``None``: it has none.
    """

    name: str
    type: type[Document]
    write: Callable[[Any, str], Fields]
    change: Callable[[UpdateDocument], Fields]
    read: Callable[[Record], Document]
    line_ids: Callable[[Any], tuple[str, ...]]
    heads: tuple[str, ...]
    total: str
    tax: str | None = None

    @property
    def query(self) -> str:
        """The request that finds and reads it."""
        return f"{self.name}Query"

    @property
    def line(self) -> str:
        """The element of one of its lines in an answer."""
        return f"{self.name}LineRet"

    @property
    def group(self) -> str:
        """The element of a group of lines in an answer."""
        return f"{self.name}LineGroupRet"

    @property
    def changed_line(self) -> str:
        """The element of one of its lines in a Mod."""
        return f"{self.name}LineMod"


FORMS: Final[Mapping[DocumentKind, Form]] = {
    DocumentKind.SALES_ORDER: Form(
        name="SalesOrder",
        type=SalesOrder,
        write=write_sales_order,
        change=change_sales_order,
        read=read_sales_order,
        line_ids=lambda order: tuple(line.id for line in order.lines),
        heads=(
            "TxnID",
            "TimeCreated",
            "TimeModified",
            "EditSequence",
            "RefNumber",
            "CustomerRef",
            "TxnDate",
            "SalesTaxTotal",
            "TotalAmount",
            "IsManuallyClosed",
            "IsFullyInvoiced",
            "ExternalGUID",
        ),
        total="TotalAmount",
        tax="SalesTaxTotal",
    ),
}

FORM_OF_RECORD: Final[Mapping[str, Form]] = {f"{form.name}Ret": form for form in FORMS.values()}

DELETED_DOCUMENTS: Final[Mapping[str, DocumentKind]] = {
    form.name: kind for kind, form in FORMS.items()
}

# What custom fields of a document are written to (reference section 4.13).
FIELD_OWNERS: Final[Mapping[DocumentKind, str]] = {
    DocumentKind.SALES_ORDER: "SalesOrder",
    DocumentKind.PURCHASE_ORDER: "PurchaseOrder",
    DocumentKind.INVOICE: "Invoice",
    DocumentKind.BILL: "Bill",
    DocumentKind.ESTIMATE: "Estimate",
}

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
    """

    query: str
    is_paged: bool = False
    elements: tuple[str, ...] = ()
    has_custom_fields: bool = False
    is_feature: bool = False


LISTS: Final[Mapping[RecordKind, ListForm]] = {
    RecordKind.CUSTOMER: ListForm("CustomerQuery", is_paged=True, elements=_CUSTOMER_ELEMENTS),
    RecordKind.VENDOR: ListForm("VendorQuery", is_paged=True, has_custom_fields=True),
    RecordKind.EMPLOYEE: ListForm("EmployeeQuery"),
    RecordKind.OTHER_NAME: ListForm("OtherNameQuery"),
    RecordKind.ITEM: ListForm("ItemQuery", is_paged=True, has_custom_fields=True),
    RecordKind.ACCOUNT: ListForm("AccountQuery"),
    RecordKind.CLASS: ListForm("ClassQuery"),
    RecordKind.UNIT_SET: ListForm("UnitOfMeasureSetQuery", is_feature=True),
}

# Sets of units are read whole each time, so nobody asks which were deleted.
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
