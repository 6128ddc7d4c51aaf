"""Estimate → sales order, from the books to the operations system (FLOW-6)."""

from __future__ import annotations

from counterfoil.documents import RecordKind
from counterfoil.settings import EstimateIn as Rules
from counterfoil.settings import FlowName, Settings

from ._inward_sales import PaperToSalesOrder

__all__ = ["EstimateIn"]


class EstimateIn(PaperToSalesOrder):
    """The rules FLOW-4, DOC-2, DOC-7 and DOC-8 for estimates."""

    section = FlowName.ESTIMATE_IN
    party = (RecordKind.CUSTOMER, "create_missing_clients")

    def _rules(self, settings: Settings) -> Rules:
        return settings.estimate_in
