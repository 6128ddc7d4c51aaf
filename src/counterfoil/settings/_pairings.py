"""What a link begins with, and which options and sections its system has.

Systems differ in what their users expect: what is ordered in Fusion Operations is material, in
Autotask goods for resale.  A new link begins with the defaults of its operations system; from
then on its settings are its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from ._choices import (
    CreatedItemType,
    CreationDate,
    DocumentNumber,
    LongNames,
    OrderMissing,
    ReceiptBecomes,
    ReceivedGoods,
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

_OWN: Final[Mapping[SystemName, Settings]] = {
    SystemName.AUTOTASK: with_values(DEFAULTS, _AUTOTASK),
}


def defaults_of(operations: SystemName | None) -> Settings:
    """Give what a new link of an operations system begins with; ``None``: the general ones."""
    return DEFAULTS if operations is None else _OWN.get(operations, DEFAULTS)


def sections_for(operations: SystemName, books: SystemName) -> list[str]:
    """List the sections of a link's settings: the whole link's, and its flows'."""
    return [
        section
        for section in SECTIONS
        if section == GENERAL or FLOWS[FlowName(section)].pairing(operations, books) is not None
    ]


def options_for(section: str, operations: SystemName | None) -> list[Option]:
    """List the options of a section that links of an operations system have; ``None``: all."""
    return [option for option in options_in(section) if is_for(option, operations)]
