"""Which kinds there are, in the words of the command line and the tables."""

from __future__ import annotations

from enum import StrEnum

from ._base import Document, ListRecord
from .billing import Bill, Estimate, Invoice, ItemReceipt, SalesReceipt
from .orders import PurchaseOrder, SalesOrder
from .records import (
    Account,
    AccountingClass,
    Customer,
    Employee,
    FieldDefinition,
    InventorySite,
    Item,
    Location,
    OtherName,
    PaymentTerm,
    PayrollItem,
    ShipMethod,
    TaxCode,
    UnitSet,
    Vendor,
)
from .stock import Receipt, Shipment, StockCount
from .work import WorkEntry

__all__ = [
    "DOCUMENT_TYPES",
    "RECORD_TYPES",
    "DocumentKind",
    "RecordKind",
    "document_kind",
    "record_kind",
]


class DocumentKind(StrEnum):
    """The kinds of documents; the value is what users type and tables hold."""

    SALES_ORDER = "sales-order"
    PURCHASE_ORDER = "purchase-order"
    RECEIPT = "receipt"
    SHIPMENT = "shipment"
    WORK_ENTRY = "work-entry"
    STOCK_COUNT = "stock-count"
    INVOICE = "invoice"
    BILL = "bill"
    ITEM_RECEIPT = "item-receipt"
    ESTIMATE = "estimate"
    SALES_RECEIPT = "sales-receipt"

    @property
    def words(self) -> str:
        """The kind in running text: ``sales order``."""
        return self.value.replace("-", " ")


class RecordKind(StrEnum):
    """The kinds of list records a directory holds."""

    CUSTOMER = "customer"
    VENDOR = "vendor"
    EMPLOYEE = "employee"
    OTHER_NAME = "other-name"
    ITEM = "item"
    ACCOUNT = "account"
    CLASS = "class"
    UNIT_SET = "unit-set"
    PAYROLL_ITEM = "payroll-item"
    TAX_CODE = "tax-code"
    CUSTOM_FIELD = "custom-field"
    SHIP_METHOD = "ship-method"
    PAYMENT_TERM = "payment-term"
    LOCATION = "location"
    INVENTORY_SITE = "inventory-site"

    @property
    def words(self) -> str:
        """The kind in running text: ``other name``."""
        return self.value.replace("-", " ")


DOCUMENT_TYPES: dict[DocumentKind, type[Document]] = {
    DocumentKind.SALES_ORDER: SalesOrder,
    DocumentKind.PURCHASE_ORDER: PurchaseOrder,
    DocumentKind.RECEIPT: Receipt,
    DocumentKind.SHIPMENT: Shipment,
    DocumentKind.WORK_ENTRY: WorkEntry,
    DocumentKind.STOCK_COUNT: StockCount,
    DocumentKind.INVOICE: Invoice,
    DocumentKind.BILL: Bill,
    DocumentKind.ITEM_RECEIPT: ItemReceipt,
    DocumentKind.ESTIMATE: Estimate,
    DocumentKind.SALES_RECEIPT: SalesReceipt,
}

RECORD_TYPES: dict[RecordKind, type[ListRecord]] = {
    RecordKind.CUSTOMER: Customer,
    RecordKind.VENDOR: Vendor,
    RecordKind.EMPLOYEE: Employee,
    RecordKind.OTHER_NAME: OtherName,
    RecordKind.ITEM: Item,
    RecordKind.ACCOUNT: Account,
    RecordKind.CLASS: AccountingClass,
    RecordKind.UNIT_SET: UnitSet,
    RecordKind.PAYROLL_ITEM: PayrollItem,
    RecordKind.TAX_CODE: TaxCode,
    RecordKind.CUSTOM_FIELD: FieldDefinition,
    RecordKind.SHIP_METHOD: ShipMethod,
    RecordKind.PAYMENT_TERM: PaymentTerm,
    RecordKind.LOCATION: Location,
    RecordKind.INVENTORY_SITE: InventorySite,
}

_DOCUMENT_KINDS = {type_: kind for kind, type_ in DOCUMENT_TYPES.items()}
_RECORD_KINDS = {type_: kind for kind, type_ in RECORD_TYPES.items()}


def document_kind(document: Document) -> DocumentKind:
    """Say which kind a document is of."""
    return _DOCUMENT_KINDS[type(document)]


def record_kind(record: ListRecord) -> RecordKind:
    """Say which list a record belongs to."""
    return _RECORD_KINDS[type(record)]
