"""Purchase order → purchase order, from the books to the operations system (IN-PO)."""

from __future__ import annotations

from counterfoil.documents import (
    Document,
    DocumentKind,
    DocumentStatus,
    PurchaseLine,
    PurchaseOrder,
    RecordKind,
    Reference,
    Refusal,
    reason,
)
from counterfoil.settings import FlowName, InvoicedPart, Settings
from counterfoil.settings import PurchaseOrderIn as Rules

from ._carried import carried_purchase_line, carried_reference
from ._changing import may_change_order
from ._inward import FromBooks, Kept, closed_by_hand, nothing_left, price_of, rest_of
from ._translator import Context, Ruling, Translated, Verdict

__all__ = ["PurchaseOrderIn"]


class PurchaseOrderIn(FromBooks):
    """The rules FLOW-4, DOC-2, DOC-7 and DOC-8 for purchase orders."""

    section = FlowName.PURCHASE_ORDER_IN
    party = (RecordKind.VENDOR, "create_missing_suppliers")

    def _rules(self, settings: Settings) -> Rules:
        return settings.purchase_order_in

    def target_kind(self, document: Document, settings: Settings) -> DocumentKind:
        """A purchase order becomes a purchase order."""
        return DocumentKind.PURCHASE_ORDER

    def rule(self, document: Document, settings: Settings) -> Ruling | None:
        """FLOW-4: everything but cancelled orders; by setting, what is fully received."""
        order, rules = _order(document), settings.purchase_order_in
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
        order = _order(document)
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
        vendor = order.vendor.name
        return Translated(
            document=PurchaseOrder(
                id="",
                number=number,
                vendor=Reference(vendor),
                created_on=order.created_on,
                due_on=order.due_on,
                memo=order.memo,
                message_to_vendor=order.message_to_vendor,
                currency=order.currency,
                lines=tuple(_line(each) for each in lines.kept),
                custom_fields=self._custom_fields(order, context.settings),
            ),
            origins={(RecordKind.VENDOR, vendor): vendor, **lines.origins},
            left_out=lines.left_out,
        )

    def carried(self, document: Document) -> Document:
        """Supplier, due day and the lines: product, quantity, cost."""
        order = _order(document)
        return PurchaseOrder(
            id="",
            vendor=carried_reference(order.vendor),
            due_on=order.due_on,
            lines=tuple(carried_purchase_line(line, describes=False) for line in order.lines),
        )

    def may_change(self, current: Document, document: Document) -> Refusal | None:
        """Nothing below what was received."""
        return may_change_order(_order(current), _order(document))


def _order(document: Document) -> PurchaseOrder:
    assert isinstance(document, PurchaseOrder), "this flow translates purchase orders"
    return document


def _line(kept: Kept) -> PurchaseLine:
    line = kept.line
    return PurchaseLine(
        id=line.id,
        item=Reference(kept.code),
        quantity=kept.quantity,
        unit_set=line.unit_set,
        unit_cost=price_of(line),
        notes=line.description,
        position=kept.position,
    )
