"""Purchase order → purchase order, from the books to the operations system (IN-PO)."""

from __future__ import annotations

from counterfoil.documents import Document, DocumentStatus, Refusal, reason
from counterfoil.settings import FlowName, InvoicedPart, Settings
from counterfoil.settings import PurchaseOrderIn as Rules

from ._inward import closed_by_hand, nothing_left, rest_of
from ._inward_purchases import ToPurchaseOrder, purchase_order
from ._translator import Context, Ruling, Translated, Verdict

__all__ = ["PurchaseOrderIn"]


class PurchaseOrderIn(ToPurchaseOrder):
    """The rules FLOW-4, DOC-2, DOC-7 and DOC-8 for purchase orders."""

    section = FlowName.PURCHASE_ORDER_IN

    def _rules(self, settings: Settings) -> Rules:
        return settings.purchase_order_in

    def rule(self, document: Document, settings: Settings) -> Ruling | None:
        """FLOW-4: everything but cancelled orders; by setting, what is fully received."""
        order, rules = purchase_order(document), settings.purchase_order_in
        closed = closed_by_hand(order, rules.closed_by_hand)
        if closed is not None:
            return closed
        is_received = order.status is DocumentStatus.CLOSED
        is_done = is_received or order.status is DocumentStatus.CANCELLED
        takes_rest = rules.part_received is InvoicedPart.REST
        if takes_rest and (is_done or nothing_left(order.lines)):
            return Ruling(Verdict.LEAVE_OUT, reason("nothing-left"))
        if is_received and not rules.include_fully_received:
            return Ruling(Verdict.LEAVE_OUT, reason("fully-received"), is_passable=True)
        return None

    def translate(
        self, document: Document, number: str | None, context: Context
    ) -> Translated | Refusal:
        """Translate a purchase order of the books into the one that is received.

        Source:
            Reference section 4.6: ExpectedDate becomes the due day of the receiving.
        """
        order = purchase_order(document)
        takes_rest = context.settings.purchase_order_in.part_received is InvoicedPart.REST
        if order.vendor is None:
            return self._party_missing()
        if takes_rest:
            unclear = self._rest_unclear(order.lines, context, "part_received")
            if unclear is not None:
                return unclear
        lines = self._lines(order.lines, context, rest_of("received", takes_rest=takes_rest))
        if isinstance(lines, Refusal):
            return lines
        return self._ordered(order, order.vendor, number, lines, context)
