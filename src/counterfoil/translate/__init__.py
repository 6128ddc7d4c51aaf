"""From document to document under settings: one module per flow, all pure.

A translator decides about a source document whether a rule speaks against it (``rule``),
which parts it has (``split``), what they become (``target_kind``, ``translate``), and what
a record has to look like that the target lacks (``new_record``).  About a document of the
target it says what of it we write (``carried``) and what may still be changed
(``may_change``).  It knows neither system's wire format and never looks a name up:
references come out under the *target's* names, and the engine finds what they mean there.
"""

from collections.abc import Mapping

from counterfoil.settings import FlowName

from ._names import levelled
from ._parts import (
    WHOLE,
    CountedParts,
    LandedPart,
    Part,
    Portion,
    part_number,
    split_counting_up,
)
from ._translator import Became, Context, OrderThere, Ruling, Translated, Translator, Verdict
from .bill_in import BillIn
from .estimate_in import EstimateIn
from .invoice_in import InvoiceIn
from .purchase_order_in import PurchaseOrderIn
from .purchase_order_out import PurchaseOrderOut
from .receipt_out import ReceiptOut
from .sales_order_in import SalesOrderIn
from .sales_order_out import SalesOrderOut
from .shipment_out import ShipmentOut
from .stock_count_out import StockCountOut, counts
from .work_entry_out import WorkEntryOut

TRANSLATORS: Mapping[FlowName, Translator] = {
    FlowName.SALES_ORDER_OUT: SalesOrderOut(),
    FlowName.PURCHASE_ORDER_OUT: PurchaseOrderOut(),
    FlowName.RECEIPT_OUT: ReceiptOut(),
    FlowName.SHIPMENT_OUT: ShipmentOut(),
    FlowName.WORK_ENTRY_OUT: WorkEntryOut(),
    FlowName.STOCK_COUNT_OUT: StockCountOut(),
    FlowName.SALES_ORDER_IN: SalesOrderIn(),
    FlowName.PURCHASE_ORDER_IN: PurchaseOrderIn(),
    FlowName.INVOICE_IN: InvoiceIn(),
    FlowName.ESTIMATE_IN: EstimateIn(),
    FlowName.BILL_IN: BillIn(),
}

__all__ = [
    "TRANSLATORS",
    "WHOLE",
    "Became",
    "Context",
    "CountedParts",
    "LandedPart",
    "OrderThere",
    "Part",
    "Portion",
    "Ruling",
    "Translated",
    "Translator",
    "Verdict",
    "counts",
    "levelled",
    "part_number",
    "split_counting_up",
]
