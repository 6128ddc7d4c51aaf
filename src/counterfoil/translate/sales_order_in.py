"""Sales order → sales order, from the books to the operations system (IN-SO)."""

from __future__ import annotations

from counterfoil.documents import (
    Document,
    DocumentStatus,
    RecordKind,
    Refusal,
    reason,
)
from counterfoil.settings import FlowName, InvoicedPart, Settings
from counterfoil.settings import SalesOrderIn as Rules

from ._inward import closed_by_hand, nothing_left, rest_of
from ._inward_sales import ToSalesOrder, sales_order
from ._translator import Context, Ruling, Translated, Verdict

__all__ = ["SalesOrderIn"]


class SalesOrderIn(ToSalesOrder):
    """The rules FLOW-4, DOC-2, DOC-7 and DOC-8 for sales orders."""

    section = FlowName.SALES_ORDER_IN
    party = (RecordKind.CUSTOMER, "create_missing_clients")

    def _rules(self, settings: Settings) -> Rules:
        return settings.sales_order_in

    def rule(self, document: Document, settings: Settings) -> Ruling | None:
        """FLOW-4: everything but cancelled orders; by setting, what is fully invoiced.

        The start date is about changes in the books, so it bounds what is read, not this.
        """
        order, rules = sales_order(document), settings.sales_order_in
        closed = closed_by_hand(order, rules.closed_by_hand)
        if closed is not None:
            return closed
        is_invoiced = order.status is DocumentStatus.CLOSED
        is_done = is_invoiced or order.status is DocumentStatus.CANCELLED
        takes_rest = rules.part_invoiced is InvoicedPart.REST
        if takes_rest and (is_done or nothing_left(order.lines)):
            return Ruling(Verdict.LEAVE_OUT, reason("nothing-left"))
        if is_invoiced and not rules.include_fully_invoiced:
            return Ruling(Verdict.LEAVE_OUT, reason("fully-invoiced"), is_passable=True)
        return None

    def translate(
        self, document: Document, number: str | None, context: Context
    ) -> Translated | Refusal:
        """Translate a sales order of the books into the order that is produced."""
        order = sales_order(document)
        takes_rest = context.settings.sales_order_in.part_invoiced is InvoicedPart.REST
        if takes_rest:
            unclear = self._rest_unclear(order.lines, context, "part_invoiced")
            if unclear is not None:
                return unclear
        return self._ordered(order, number, context, rest_of("invoiced", takes_rest=takes_rest))
