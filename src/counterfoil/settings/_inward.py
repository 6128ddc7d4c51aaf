"""The settings of the flows that come from the books."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from counterfoil.documents import RecordKind

from ._choices import (
    ChangePolicy,
    ClosedByHand,
    FlowMode,
)
from ._choices_of_lines import (
    InvoicedPart,
    NegativeLines,
)
from ._choices_of_names import (
    NumberTaken,
    ProductName,
)
from ._flow_settings import FlowSettings
from ._option import FieldPair, Naming, declared

__all__ = ["BillIn", "EstimateIn", "InvoiceIn", "OrdersIn", "PurchaseOrderIn", "SalesOrderIn"]

# QuickBooks' own limit: DataExtName.
_BOOKS_FIELD_NAME_LENGTH_MAX = 31
# Nothing goes to production, or out of it, by itself.
_REPORT_OR_REQUEST = (ChangePolicy.REPORT, ChangePolicy.ON_REQUEST)


class OrdersIn(FlowSettings, frozen=True, kw_only=True):
    """What all flows have that make an order from a document of the books."""

    start_date: Annotated[
        date | None,
        declared(
            "Start date",
            "Documents that were neither created nor changed in the books since this day are "
            "left out. A new link starts from its start date, and says what that leaves out. "
            "Empty: none is too old.",
            rule="FLOW-4",
        ),
    ] = None
    changes: Annotated[
        ChangePolicy,
        declared(
            "When it changes in the books",
            "What happens when a document changes in the books after it was retrieved: it is "
            "only shown, or the order that came of it is changed, too, when somebody says so.",
            rule="FLOW-7",
            among=_REPORT_OR_REQUEST,
        ),
    ] = ChangePolicy.REPORT
    cancellations: Annotated[
        ChangePolicy,
        declared(
            "When it is cancelled in the books",
            "What happens when a document is voided, closed by hand or deleted in the books "
            "after it was retrieved: it is only shown, or the order that came of it is deleted "
            "when somebody says so.",
            among=_REPORT_OR_REQUEST,
        ),
    ] = ChangePolicy.REPORT
    negative_lines: Annotated[
        NegativeLines,
        declared(
            "Lines with a negative quantity or none",
            "Returns and corrections stand on documents as negative lines; Fusion Operations "
            "takes only what is to be made or bought.",
        ),
    ] = NegativeLines.REFUSE
    ignore_categories: Annotated[
        bool,
        declared(
            "Ignore Category Names on Products Import",
            "Only the last part of an item's name becomes the product code: “Parts:Bolts:M8” "
            "is the product “M8”. Two items with the same last part stop the document, since "
            "nobody can tell which product is meant. Off: the whole name is the code.",
            rule="DOC-8",
        ),
    ] = False
    product_name: Annotated[
        ProductName,
        declared(
            "Quickbooks Item Line Description",
            "What a product is called that Fusion Operations does not know yet.",
            rule="DOC-2",
        ),
    ] = ProductName.CODE
    number_taken: Annotated[
        NumberTaken,
        declared(
            "When the order code is taken",
            "What happens when another order already bears the number as its code.",
        ),
    ] = NumberTaken.APPEND
    create_missing_products: Annotated[
        bool,
        declared(
            "Create missing products",
            "An item that no product has as its code is created as a product. Off: the order "
            "stops.",
            advanced=True,
        ),
    ] = True
    custom_field: Annotated[
        FieldPair | None,
        declared(
            "Save Quickbooks Custom Field to Fusion Operations Custom Field",
            "A custom field of the document in the books, and the custom field of the order "
            "that takes its value. Capital and small letters differ.",
            rule="DOC-7",
            advanced=True,
            lengths=(_BOOKS_FIELD_NAME_LENGTH_MAX, None),
            names=(Naming(RecordKind.CUSTOM_FIELD), None),
        ),
    ] = None


_ClientsCreated = Annotated[
    bool,
    declared(
        "Create missing clients",
        "A customer whose name no client has as its code is created as a client. Off: the "
        "order stops.",
    ),
]
_SuppliersCreated = Annotated[
    bool,
    declared(
        "Create missing suppliers",
        "A vendor whose name no supplier has as its code is created as a supplier. Off: the "
        "order stops.",
    ),
]
_Closed = Annotated[
    ClosedByHand,
    declared(
        "Orders closed by hand",
        "Which orders are left out of those that somebody closed in the books, wholly or line "
        "by line.",
        rule="FLOW-4",
    ),
]


class SalesOrderIn(OrdersIn, frozen=True, kw_only=True):
    """Sales orders that come from the books."""

    mode: Annotated[
        FlowMode,
        declared(
            "Retrieve sales orders",
            "Whether sales orders come from the books, and who starts it.",
            rule="FLOW-3",
        ),
    ] = FlowMode.MANUAL
    include_fully_invoiced: Annotated[
        bool,
        declared(
            "Include fully invoiced orders",
            "Orders that are invoiced on every row are retrieved like others. Cancelled ones "
            "never are.",
            rule="FLOW-4",
        ),
    ] = True
    closed_by_hand: _Closed = ClosedByHand.NOTHING_OPEN
    part_invoiced: Annotated[
        InvoicedPart,
        declared(
            "Partly invoiced orders",
            "What is taken of an order that is partly invoiced already, or has lines that were "
            "closed by hand.",
        ),
    ] = InvoicedPart.WHOLE
    create_missing_clients: _ClientsCreated = True


class PurchaseOrderIn(OrdersIn, frozen=True, kw_only=True):
    """Purchase orders that come from the books."""

    mode: Annotated[
        FlowMode,
        declared(
            "Retrieve purchase orders",
            "Whether purchase orders come from the books, and who starts it.",
            rule="FLOW-3",
        ),
    ] = FlowMode.MANUAL
    include_fully_received: Annotated[
        bool,
        declared(
            "Include fully received orders",
            "Orders that are received on every row are retrieved like others. Cancelled ones "
            "never are.",
            rule="FLOW-4",
        ),
    ] = True
    closed_by_hand: _Closed = ClosedByHand.NOTHING_OPEN
    part_received: Annotated[
        InvoicedPart,
        declared(
            "Partly received orders",
            "What is taken of an order that is partly received already, or has lines that were "
            "closed by hand.",
        ),
    ] = InvoicedPart.WHOLE
    create_missing_suppliers: _SuppliersCreated = True


class InvoiceIn(OrdersIn, frozen=True, kw_only=True):
    """Invoices that become orders of the operations system."""

    mode: Annotated[
        FlowMode,
        declared(
            "Retrieve invoices as sales orders",
            "Whether invoices of the books become sales orders, and who starts it. An invoice "
            "of an order that was retrieved, or that Counterfoil wrote, makes no second one; "
            "what is shipped of such an order is not invoiced again.",
            rule="FLOW-3",
        ),
    ] = FlowMode.MANUAL
    create_missing_clients: _ClientsCreated = True


class EstimateIn(OrdersIn, frozen=True, kw_only=True):
    """Estimates that become orders of the operations system."""

    mode: Annotated[
        FlowMode,
        declared(
            "Retrieve estimates as sales orders",
            "Whether estimates of the books become sales orders, and who starts it. The order "
            "or invoice that is made of such an estimate makes no second one.",
            rule="FLOW-6",
        ),
    ] = FlowMode.OFF
    create_missing_clients: _ClientsCreated = True


class BillIn(OrdersIn, frozen=True, kw_only=True):
    """Bills that become purchase orders of the operations system."""

    mode: Annotated[
        FlowMode,
        declared(
            "Retrieve bills as purchase orders",
            "Whether bills of the books become purchase orders, and who starts it. A bill of an "
            "order that was retrieved, or that Counterfoil wrote, makes no second one; what is "
            "received of such an order is not billed again.",
            rule="FLOW-3",
        ),
    ] = FlowMode.OFF
    create_missing_suppliers: _SuppliersCreated = True
