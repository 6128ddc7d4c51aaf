"""Bill → purchase order, from the books to the operations system (QuickBooks Online).

Source: reference of Fusion Operations, section 5: “Inward bill → purchase order”.
"""

from __future__ import annotations

import msgspec

from counterfoil.documents import (
    Bill,
    BillLine,
    Document,
    DocumentStatus,
    ExpenseLine,
    PurchaseLine,
    Refusal,
    reason,
)
from counterfoil.settings import BillIn as Rules
from counterfoil.settings import FlowName, Settings

from ._inward import whole_of
from ._inward_purchases import ToPurchaseOrder
from ._plain import plain
from ._translator import Context, Ruling, Translated, Verdict

__all__ = ["BillIn"]


class BillIn(ToPurchaseOrder):
    """The rules FLOW-4, DOC-2, DOC-7 and DOC-8 for bills.

    That a bill was made from an order which was retrieved, or which we wrote, is not asked here:
    the document alone does not tell it.
    """

    section = FlowName.BILL_IN

    def _rules(self, settings: Settings) -> Rules:
        return settings.bill_in

    def rule(self, document: Document, settings: Settings) -> Ruling | None:
        """FLOW-4: everything but what is void; paid or not makes no difference."""
        if document.status is DocumentStatus.CANCELLED:
            return Ruling(Verdict.LEAVE_OUT, reason("cancelled"))
        return None

    def translate(
        self, document: Document, number: str | None, context: Context
    ) -> Translated | Refusal:
        """Translate a bill into the order that is received: every line that names goods."""
        assert isinstance(document, Bill), "this flow translates bills"
        if document.vendor is None:
            return self._party_missing()
        goods = tuple(_goods(line) for line in document.lines)
        lines = self._lines(goods, context, whole_of)
        if isinstance(lines, Refusal):
            return lines
        costs = tuple(_stays(line) for line in document.expenses)
        lines = msgspec.structs.replace(lines, left_out=(*lines.left_out, *costs))
        return self._ordered(document, document.vendor, number, lines, context)


def _goods(line: BillLine) -> PurchaseLine:
    return PurchaseLine(
        id=line.id,
        item=line.item,
        description=line.description,
        quantity=line.quantity,
        unit_cost=line.unit_cost,
        amount=line.amount,
    )


def _stays(line: ExpenseLine) -> str:
    return (
        f"{plain(line.amount.amount):f} on the account {line.account.name} name no goods and are "
        "left out."
    )
