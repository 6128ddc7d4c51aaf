"""What the flows have in common that make a sales order: of orders, invoices and estimates."""

from __future__ import annotations

from datetime import date

from counterfoil.documents import (
    Document,
    DocumentStatus,
    Estimate,
    Invoice,
    OrderLine,
    RecordKind,
    Reference,
    Refusal,
    SalesOrder,
    reason,
)
from counterfoil.settings import Settings

from ._carried import carried_line, carried_reference
from ._changing import may_change_order
from ._inward import FromBooks, Kept, Share, price_of, whole_of
from ._translator import Context, Ruling, Translated, Verdict

__all__ = ["PaperToSalesOrder", "ToSalesOrder", "sales_order"]

_Sold = SalesOrder | Invoice | Estimate


class ToSalesOrder(FromBooks):
    """A document that a customer is named on becomes the order that is produced."""

    def carried(self, document: Document) -> Document:
        """Client, due day and the lines: product, quantity, price.

        What production moves and what people note there is no change of the order.
        """
        order = sales_order(document)
        return SalesOrder(
            id="",
            customer=carried_reference(order.customer),
            due_on=order.due_on,
            lines=tuple(carried_line(line, describes=False) for line in order.lines),
        )

    def may_change(self, current: Document, document: Document) -> Refusal | None:
        """Nothing below what was shipped."""
        return may_change_order(sales_order(current), sales_order(document))

    def _ordered(
        self, source: _Sold, number: str | None, context: Context, share: Share
    ) -> Translated | Refusal:
        """Give the order, or the refusal of one without a customer or without goods."""
        if source.customer is None:
            return self._party_missing()
        lines = self._lines(source.lines, context, share)
        if isinstance(lines, Refusal):
            return lines
        customer = source.customer.name
        return Translated(
            document=SalesOrder(
                id="",
                number=number,
                customer=Reference(customer),
                created_on=source.created_on,
                due_on=_due_on(source),
                delivery_address=source.delivery_address,
                memo=source.memo,
                currency=source.currency,
                lines=tuple(_line(each) for each in lines.kept),
                custom_fields=self._custom_fields(source, context.settings),
            ),
            origins={(RecordKind.CUSTOMER, customer): customer, **lines.origins},
            left_out=lines.left_out,
        )


class PaperToSalesOrder(ToSalesOrder):
    """An invoice or an estimate, of which nothing is done or closed line by line.

    That it was made from an order which was retrieved, or which we wrote, is not asked here:
    the document alone does not tell it.
    """

    def rule(self, document: Document, settings: Settings) -> Ruling | None:
        """FLOW-4: everything but what is void or withdrawn; paid or not makes no difference."""
        if document.status is DocumentStatus.CANCELLED:
            return Ruling(Verdict.LEAVE_OUT, reason("cancelled"))
        return None

    def translate(
        self, document: Document, number: str | None, context: Context
    ) -> Translated | Refusal:
        """Translate it into the order that is produced: every line as it stands there."""
        assert isinstance(document, Invoice | Estimate), "these flows are about such papers"
        return self._ordered(document, number, context, whole_of)


def sales_order(document: Document) -> SalesOrder:
    """Take a document for the sales order that it is."""
    assert isinstance(document, SalesOrder), "this flow is about sales orders"
    return document


def _due_on(source: _Sold) -> date | None:
    """The ship date, else the due date (reference section 4.6)."""
    return (source.shipped_on if isinstance(source, Invoice) else None) or source.due_on


def _line(kept: Kept) -> OrderLine:
    line = kept.line
    return OrderLine(
        id=line.id,
        item=Reference(kept.code),
        quantity=kept.quantity,
        unit_set=line.unit_set,
        unit_price=price_of(line),
        notes=line.description,
        position=kept.position,
    )
