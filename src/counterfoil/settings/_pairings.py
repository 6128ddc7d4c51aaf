"""What a link begins with, and which options and sections its systems have.

Systems differ in what their users expect: what is ordered in Fusion Operations is material, in
Autotask goods for resale.  A new link begins with the defaults of its operations system, and
with those that its books ask for; from then on its settings are its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from ._choices import (
    CreationDate,
    ReceiptBecomes,
    SalesOrderBecomes,
)
from ._choices_of_lines import (
    OrderMissing,
    ReceivedGoods,
)
from ._choices_of_names import (
    CreatedItemType,
    DocumentNumber,
    LineDescription,
    LongNames,
    WorkerList,
)
from ._flows import FLOWS, FlowName, SystemName
from ._option import GENERAL, Option
from ._registry import DEFAULTS, SECTIONS, is_for, options_in, with_values
from ._values import Settings

__all__ = ["defaults_of", "options_for", "sections_for"]

# Autotask's own extension creates what is missing, as inventory parts on these accounts (rows
# M4, M6, P34), dates orders by their transfer (P27) and cuts names (M16).  Receipts of orders
# that others made in QuickBooks are never sent beside them.
_AUTOTASK: Final[Mapping[str, Any]] = {
    "general.long_item_names": LongNames.SHORTEN,
    "general.tilde_levels": True,
    "purchase-order-out.creation_date": CreationDate.SYNCHRONIZATION_DATE,
    "purchase-order-out.create_missing_vendors": True,
    "purchase-order-out.create_missing_customers": True,
    "purchase-order-out.carry_details": True,
    "purchase-order-out.create_missing_items": True,
    "purchase-order-out.item_type": CreatedItemType.INVENTORY,
    "purchase-order-out.only_stocked_items": True,
    "purchase-order-out.income_account": "Autotask Income from PO",
    "purchase-order-out.cogs_account": "Cost of Goods Sold",
    "purchase-order-out.asset_account": "Inventory Asset",
    "receipt-out.becomes": ReceiptBecomes.BILL_WITH_INVOICE,
    "receipt-out.order_missing": OrderMissing.REFUSE,
    # One invoice of a vendor can be of several receipts.
    "receipt-out.document_number": DocumentNumber.VENDOR_INVOICE,
    "receipt-out.check_number_is_free": False,
    "stock-count-out.adjustment_account": "Inventory Adjustment",
    "stock-count-out.create_missing_items": True,
    "stock-count-out.received": ReceivedGoods.DIFFERENCE,
}

# QuickBooks Online has no sales orders and no item receipts.  An estimate bears the order's code,
# as the vendor's own integration has it (reference of Fusion Operations, section 5).
_FUSION_ONLINE: Final[Mapping[str, Any]] = {
    "sales-order-out.becomes": SalesOrderBecomes.ESTIMATE,
    "sales-order-out.document_number": DocumentNumber.ORDER_CODE,
    "work-entry-out.workers": WorkerList.EITHER,
}
# Items are created once somebody chose their expense account (OP11); customers stand on every
# line (S13), and a line bears its memo (S15).  The adjustment account is the one that every company
# there begins with.
_AUTOTASK_ONLINE: Final[Mapping[str, Any]] = {
    # As far back as the vendor's hub looks in its own example (S6).
    "purchase-order-out.look_back_days": 14,
    "purchase-order-out.create_missing_items": False,
    "purchase-order-out.item_type": CreatedItemType.NON_INVENTORY,
    "purchase-order-out.only_stocked_items": False,
    "purchase-order-out.income_account": None,
    "purchase-order-out.customer_on_lines": True,
    "purchase-order-out.line_description": LineDescription.LINE_OBSERVATIONS,
    "receipt-out.becomes": ReceiptBecomes.BILL,
    "stock-count-out.adjustment_account": "Inventory Shrinkage",
    "stock-count-out.create_missing_items": False,
}

_OWN: Final[Mapping[tuple[SystemName, SystemName | None], Settings]] = {
    (SystemName.AUTOTASK, None): with_values(DEFAULTS, _AUTOTASK),
    (SystemName.AUTOTASK, SystemName.QUICKBOOKS_ONLINE): with_values(
        DEFAULTS, {**_AUTOTASK, **_AUTOTASK_ONLINE}
    ),
    (SystemName.FUSION_OPERATIONS, SystemName.QUICKBOOKS_ONLINE): with_values(
        DEFAULTS, _FUSION_ONLINE
    ),
}


def defaults_of(operations: SystemName | None, books: SystemName | None = None) -> Settings:
    """Give what a new link of two systems begins with.

    Args:
        operations: ``None``: whatever the operations system.
        books: ``None``: what its operations system's links begin with, whatever the books.
    """
    if operations is None:
        return DEFAULTS
    return _OWN.get((operations, books)) or _OWN.get((operations, None), DEFAULTS)


def sections_for(operations: SystemName, books: SystemName) -> list[str]:
    """List the sections of a link's settings: the whole link's, and its flows'."""
    return [
        section
        for section in SECTIONS
        if section == GENERAL or FLOWS[FlowName(section)].pairing(operations, books) is not None
    ]


def options_for(
    section: str, operations: SystemName | None, books: SystemName | None = None
) -> list[Option]:
    """List the options of a section that links of two systems have; ``None``: of any."""
    return [option for option in options_in(section) if is_for(option, operations, books)]
