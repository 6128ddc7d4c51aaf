"""The neutral documents: what a business means, in no outside system's format.

Every connector translates between its own wire format and these shapes, and
``translate`` maps one document to another.  So there are N connectors, not N × M
integrations.

Four rules hold for every shape here:

* **Frozen.**  A document never changes; a changed document is another value, with
  another fingerprint.
* **Checked once, at the rim.**  Connectors build documents through ``validated``;
  inside the program a document is trusted.
* **Exact.**  Amounts are ``Decimal`` beside their currency, quantities ``Decimal``
  beside their unit, calendar dates are dates in the company's own time zone.
* **Absence has one meaning**, told at the field.  ``None`` is "the source does not
  say"; an empty string never stands for it.

Fields are only ever added, with a default, so that a record written by an older
version still reads (and still has the same fingerprint).
"""

from ._base import (
    Address,
    Ancestor,
    Contact,
    CustomField,
    Document,
    DocumentStatus,
    InvalidDocument,
    ListRecord,
    Reference,
    place_in_words,
)
from ._codec import decode, decode_record, encode, fingerprint, may_name, validated
from ._comparing import difference, same_text
from ._kinds import (
    DOCUMENT_TYPES,
    RECORD_TYPES,
    DocumentKind,
    RecordKind,
    document_kind,
    record_kind,
)
from ._money import Money, Quantity, amount_of, exact, places_of, rounded_to
from ._names import composed, loose_name_key, name_key
from ._sentences import ended
from ._visible import visible
from .billing import (
    Bill,
    BillLine,
    Estimate,
    ExpenseLine,
    Invoice,
    InvoiceLine,
    ItemReceipt,
    OrderLink,
    SalesReceipt,
)
from .orders import (
    ERROR_MARK,
    EXTERNAL_NUMBER,
    OrderLine,
    PurchaseLine,
    PurchaseOrder,
    SalesOrder,
    Transmission,
)
from .reasons import REASON_KINDS, Reason, reason
from .records import (
    Account,
    AccountingClass,
    AccountType,
    Customer,
    Employee,
    FieldDefinition,
    InventorySite,
    Item,
    ItemType,
    Location,
    OtherName,
    PaymentTerm,
    PayrollItem,
    ShipMethod,
    TaxCode,
    Unit,
    UnitSet,
    Vendor,
)
from .refusals import REFUSAL_KINDS, Action, Actor, Choice, Refusal, RefusalKind, refuse
from .stock import CountLine, MovementLine, Receipt, Shipment, StockCount
from .work import WorkEntry

__all__ = [
    "DOCUMENT_TYPES",
    "ERROR_MARK",
    "EXTERNAL_NUMBER",
    "REASON_KINDS",
    "RECORD_TYPES",
    "REFUSAL_KINDS",
    "Account",
    "AccountType",
    "AccountingClass",
    "Action",
    "Actor",
    "Address",
    "Ancestor",
    "Bill",
    "BillLine",
    "Choice",
    "Contact",
    "CountLine",
    "CustomField",
    "Customer",
    "Document",
    "DocumentKind",
    "DocumentStatus",
    "Employee",
    "Estimate",
    "ExpenseLine",
    "FieldDefinition",
    "InvalidDocument",
    "InventorySite",
    "Invoice",
    "InvoiceLine",
    "Item",
    "ItemReceipt",
    "ItemType",
    "ListRecord",
    "Location",
    "Money",
    "MovementLine",
    "OrderLine",
    "OrderLink",
    "OtherName",
    "PaymentTerm",
    "PayrollItem",
    "PurchaseLine",
    "PurchaseOrder",
    "Quantity",
    "Reason",
    "Receipt",
    "RecordKind",
    "Reference",
    "Refusal",
    "RefusalKind",
    "SalesOrder",
    "SalesReceipt",
    "ShipMethod",
    "Shipment",
    "StockCount",
    "TaxCode",
    "Transmission",
    "Unit",
    "UnitSet",
    "Vendor",
    "WorkEntry",
    "amount_of",
    "composed",
    "decode",
    "decode_record",
    "difference",
    "document_kind",
    "encode",
    "ended",
    "exact",
    "fingerprint",
    "loose_name_key",
    "may_name",
    "name_key",
    "place_in_words",
    "places_of",
    "reason",
    "record_kind",
    "refuse",
    "rounded_to",
    "same_text",
    "validated",
    "visible",
]
