"""What the flows have in common that make a purchase order: of orders and of bills."""

from __future__ import annotations

from counterfoil.documents import (
    Bill,
    Document,
    DocumentKind,
    PurchaseLine,
    PurchaseOrder,
    RecordKind,
    Reference,
    Refusal,
)
from counterfoil.settings import Settings

from ._carried import carried_purchase_line, carried_reference
from ._changing import may_change_order
from ._inward import FromBooks, Kept, Lines, price_of
from ._translator import Context, Translated

__all__ = ["ToPurchaseOrder", "purchase_order"]


class ToPurchaseOrder(FromBooks):
    """A document that a vendor is named on becomes the order that is received."""

    party = (RecordKind.VENDOR, "create_missing_suppliers")

    def target_kind(self, document: Document, settings: Settings) -> DocumentKind:
        """It becomes a purchase order."""
        return DocumentKind.PURCHASE_ORDER

    def carried(self, document: Document) -> Document:
        """Supplier, due day and the lines: product, quantity, cost."""
        order = purchase_order(document)
        return PurchaseOrder(
            id="",
            vendor=carried_reference(order.vendor),
            due_on=order.due_on,
            lines=tuple(carried_purchase_line(line, describes=False) for line in order.lines),
        )

    def may_change(self, current: Document, document: Document) -> Refusal | None:
        """Nothing below what was received."""
        return may_change_order(purchase_order(current), purchase_order(document))

    def _ordered(
        self,
        source: PurchaseOrder | Bill,
        vendor: Reference,
        number: str | None,
        lines: Lines,
        context: Context,
    ) -> Translated:
        """Give the order of the lines that travel."""
        order = source if isinstance(source, PurchaseOrder) else None
        return Translated(
            document=PurchaseOrder(
                id="",
                number=number,
                vendor=Reference(vendor.name),
                created_on=source.created_on,
                due_on=order.due_on if order else source.created_on,
                memo=source.memo,
                message_to_vendor=order.message_to_vendor if order else None,
                currency=source.currency,
                lines=tuple(_line(each) for each in lines.kept),
                custom_fields=self._custom_fields(source, context.settings),
            ),
            origins={(RecordKind.VENDOR, vendor.name): vendor.name, **lines.origins},
            left_out=lines.left_out,
        )


def purchase_order(document: Document) -> PurchaseOrder:
    """Give a document as a purchase order."""
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
