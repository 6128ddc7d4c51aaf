"""Invoice → sales order, from the books to the operations system (IN-INV)."""

from __future__ import annotations

from counterfoil.documents import RecordKind
from counterfoil.settings import FlowName, Settings
from counterfoil.settings import InvoiceIn as Rules

from ._inward_sales import PaperToSalesOrder

__all__ = ["InvoiceIn"]


class InvoiceIn(PaperToSalesOrder):
    """The rules FLOW-4, DOC-2, DOC-7 and DOC-8 for invoices."""

    section = FlowName.INVOICE_IN
    party = (RecordKind.CUSTOMER, "create_missing_clients")

    def _rules(self, settings: Settings) -> Rules:
        return settings.invoice_in
