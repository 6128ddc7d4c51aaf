"""Which flows there are: one table, read by the command line, the forms and the docs.

A flow is one kind of document going one way within a link.  The row says what becomes
of what; the pairings in it say between which systems, and whether this version does it
already.  What is planned stands in the table too, so that nobody has to guess.

Source: DESIGN of the flows; reference section 4.2 (OUT-SO ... IN-INV), FLOW-1, FLOW-2,
FLOW-6.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

import msgspec

from counterfoil.documents import DocumentKind

__all__ = [
    "BOOKS",
    "FLOWS",
    "Direction",
    "Flow",
    "FlowName",
    "Pairing",
    "SystemName",
    "flows_between",
]


class SystemName(StrEnum):
    """The outside systems, as users type them."""

    FUSION_OPERATIONS = "fusion-operations"
    AUTOTASK = "autotask"
    QUICKBOOKS_DESKTOP = "quickbooks-desktop"
    QUICKBOOKS_ONLINE = "quickbooks-online"

    @property
    def words(self) -> str:
        """The system's name in running text."""
        return _SYSTEM_WORDS[self]


_SYSTEM_WORDS = {
    SystemName.FUSION_OPERATIONS: "Fusion Operations",
    SystemName.AUTOTASK: "Autotask",
    SystemName.QUICKBOOKS_DESKTOP: "QuickBooks Desktop",
    SystemName.QUICKBOOKS_ONLINE: "QuickBooks Online",
}


BOOKS: Final = frozenset({SystemName.QUICKBOOKS_DESKTOP, SystemName.QUICKBOOKS_ONLINE})
"""The systems on the books' side of a link."""


class Direction(StrEnum):
    """Which way a flow's documents go."""

    TO_BOOKS = "to-books"
    FROM_BOOKS = "from-books"


class FlowName(StrEnum):
    """The flows; the value is what users type and tables hold."""

    SALES_ORDER_OUT = "sales-order-out"
    PURCHASE_ORDER_OUT = "purchase-order-out"
    RECEIPT_OUT = "receipt-out"
    SHIPMENT_OUT = "shipment-out"
    WORK_ENTRY_OUT = "work-entry-out"
    STOCK_COUNT_OUT = "stock-count-out"
    SALES_ORDER_IN = "sales-order-in"
    PURCHASE_ORDER_IN = "purchase-order-in"
    INVOICE_IN = "invoice-in"
    ESTIMATE_IN = "estimate-in"
    BILL_IN = "bill-in"


class Pairing(msgspec.Struct, frozen=True, kw_only=True):
    """One flow between two systems.

    Attributes:
        target: What the documents become there; differs from the flow's own target
            where the books lack that kind (QuickBooks Online has no sales order).
        other_targets: What they may become there as well, as set.
        title: The flow in the words of those systems' users.
        planned: ``True``: not in this version.
    """

    operations: SystemName
    books: SystemName
    target: DocumentKind
    title: str
    planned: bool
    other_targets: tuple[DocumentKind, ...] = ()

    @property
    def targets(self) -> tuple[DocumentKind, ...]:
        """Every kind that the documents may become there."""
        return (self.target, *self.other_targets)


class Flow(msgspec.Struct, frozen=True, kw_only=True):
    """A row of the table.

    Attributes:
        source, target: What is read and what is made of it.
        title: The flow in users' words: what goes, and which way; ``title_with`` says it in
            those of one system's.
        may_be_automatic: ``False``: only ever started by a person (FLOW-2).
        pairings: Between which systems, planned ones included.
    """

    name: FlowName
    source: DocumentKind
    target: DocumentKind
    direction: Direction
    title: str
    may_be_automatic: bool = True
    pairings: tuple[Pairing, ...] = ()

    def targets_at(self, system: SystemName) -> tuple[DocumentKind, ...]:
        """Every kind that its documents may become in a system to which they go."""
        goes_out = self.direction is Direction.TO_BOOKS
        found = (
            pairing.targets
            for pairing in self.pairings
            if (pairing.books if goes_out else pairing.operations) is system
        )
        return next(found, ())

    @property
    def is_counted(self) -> bool:
        """Its documents are made for a press, from quantities; none is read at the source."""
        return self.source is DocumentKind.STOCK_COUNT

    def pairing(self, operations: SystemName, books: SystemName) -> Pairing | None:
        """Give the row's part for two systems; ``None``: no such flow between them."""
        return next(
            (p for p in self.pairings if p.operations is operations and p.books is books), None
        )

    def title_with(self, operations: SystemName | None) -> str:
        """Name the flow in the words of an operations system's users; ``None``: of anybody's."""
        found = (each.title for each in self.pairings if each.operations is operations)
        return next(found, self.title)

    def is_built(self, operations: SystemName, books: SystemName) -> bool:
        """Say whether this version carries the flow out between these two systems."""
        pairing = self.pairing(operations, books)
        return pairing is not None and not pairing.planned

    @property
    def is_planned(self) -> bool:
        """``True`` while this version carries it out between no two systems."""
        return all(pairing.planned for pairing in self.pairings)


_FUSION, _AUTOTASK = SystemName.FUSION_OPERATIONS, SystemName.AUTOTASK
_DESKTOP, _ONLINE = SystemName.QUICKBOOKS_DESKTOP, SystemName.QUICKBOOKS_ONLINE

# What this version does; everything else the table names is planned.
_BUILT = {
    (FlowName.SALES_ORDER_OUT, _FUSION, _DESKTOP),
    (FlowName.PURCHASE_ORDER_OUT, _FUSION, _DESKTOP),
    (FlowName.RECEIPT_OUT, _FUSION, _DESKTOP),
    (FlowName.SHIPMENT_OUT, _FUSION, _DESKTOP),
    (FlowName.WORK_ENTRY_OUT, _FUSION, _DESKTOP),
    (FlowName.STOCK_COUNT_OUT, _FUSION, _DESKTOP),
    (FlowName.SALES_ORDER_IN, _FUSION, _DESKTOP),
    (FlowName.PURCHASE_ORDER_IN, _FUSION, _DESKTOP),
    (FlowName.INVOICE_IN, _FUSION, _DESKTOP),
    (FlowName.ESTIMATE_IN, _FUSION, _DESKTOP),
    (FlowName.PURCHASE_ORDER_OUT, _AUTOTASK, _DESKTOP),
    (FlowName.RECEIPT_OUT, _AUTOTASK, _DESKTOP),
    (FlowName.STOCK_COUNT_OUT, _AUTOTASK, _DESKTOP),
    (FlowName.SALES_ORDER_OUT, _FUSION, _ONLINE),
    (FlowName.PURCHASE_ORDER_OUT, _FUSION, _ONLINE),
    (FlowName.RECEIPT_OUT, _FUSION, _ONLINE),
    (FlowName.SHIPMENT_OUT, _FUSION, _ONLINE),
    (FlowName.WORK_ENTRY_OUT, _FUSION, _ONLINE),
    (FlowName.STOCK_COUNT_OUT, _FUSION, _ONLINE),
    (FlowName.PURCHASE_ORDER_IN, _FUSION, _ONLINE),
    (FlowName.INVOICE_IN, _FUSION, _ONLINE),
    (FlowName.ESTIMATE_IN, _FUSION, _ONLINE),
    (FlowName.BILL_IN, _FUSION, _ONLINE),
    (FlowName.PURCHASE_ORDER_OUT, _AUTOTASK, _ONLINE),
    (FlowName.RECEIPT_OUT, _AUTOTASK, _ONLINE),
    (FlowName.STOCK_COUNT_OUT, _AUTOTASK, _ONLINE),
}

# Where a system's users call it otherwise.
_TITLES = {
    (FlowName.RECEIPT_OUT, _AUTOTASK): "Received items to QuickBooks",
    (FlowName.STOCK_COUNT_OUT, _AUTOTASK): "Inventory to QuickBooks",
}


def _flow(
    name: FlowName,
    title: str,
    source: DocumentKind,
    target: DocumentKind,
    *,
    operations: tuple[SystemName, ...] = (_FUSION,),
    books: tuple[SystemName, ...] = (_DESKTOP, _ONLINE),
    desktop: tuple[DocumentKind, ...] = (),
    online: tuple[DocumentKind, ...] = (),
    may_be_automatic: bool = True,
) -> Flow:
    """Make a row; ``desktop``, ``online``: what its documents become there, if not ``target``."""
    becomes = {_DESKTOP: desktop or (target,), _ONLINE: online or (target,)}
    return Flow(
        name=name,
        source=source,
        target=target,
        direction=Direction.TO_BOOKS if name.endswith("-out") else Direction.FROM_BOOKS,
        title=title,
        may_be_automatic=may_be_automatic,
        pairings=tuple(
            Pairing(
                operations=left,
                books=right,
                target=becomes[right][0],
                other_targets=becomes[right][1:],
                title=_TITLES.get((name, left), title),
                planned=(name, left, right) not in _BUILT,
            )
            for left in operations
            for right in books
        ),
    )


_BOTH = (_FUSION, _AUTOTASK)
_Kind = DocumentKind

FLOWS: Mapping[FlowName, Flow] = {
    flow.name: flow
    for flow in (
        _flow(
            FlowName.SALES_ORDER_OUT,
            "Sales orders to QuickBooks",
            _Kind.SALES_ORDER,
            _Kind.SALES_ORDER,
            online=(_Kind.ESTIMATE, _Kind.INVOICE, _Kind.SALES_RECEIPT),
        ),
        _flow(
            FlowName.PURCHASE_ORDER_OUT,
            "Purchase orders to QuickBooks",
            _Kind.PURCHASE_ORDER,
            _Kind.PURCHASE_ORDER,
            operations=_BOTH,
            online=(_Kind.PURCHASE_ORDER, _Kind.BILL),
        ),
        _flow(
            FlowName.RECEIPT_OUT,
            "Receivings to QuickBooks",
            _Kind.RECEIPT,
            _Kind.BILL,
            operations=_BOTH,
            desktop=(_Kind.BILL, _Kind.ITEM_RECEIPT),
        ),
        _flow(FlowName.SHIPMENT_OUT, "Shippings to QuickBooks", _Kind.SHIPMENT, _Kind.INVOICE),
        _flow(
            FlowName.WORK_ENTRY_OUT,
            "Time worked to QuickBooks",
            _Kind.WORK_ENTRY,
            _Kind.WORK_ENTRY,
            operations=_BOTH,
        ),
        _flow(
            FlowName.STOCK_COUNT_OUT,
            "Stock to QuickBooks",
            _Kind.STOCK_COUNT,
            _Kind.STOCK_COUNT,
            operations=_BOTH,
            may_be_automatic=False,
        ),
        # QuickBooks Online keeps no sales orders that could come back.
        _flow(
            FlowName.SALES_ORDER_IN,
            "Sales orders from QuickBooks",
            _Kind.SALES_ORDER,
            _Kind.SALES_ORDER,
            books=(_DESKTOP,),
        ),
        _flow(
            FlowName.PURCHASE_ORDER_IN,
            "Purchase orders from QuickBooks",
            _Kind.PURCHASE_ORDER,
            _Kind.PURCHASE_ORDER,
        ),
        _flow(FlowName.INVOICE_IN, "Invoices from QuickBooks", _Kind.INVOICE, _Kind.SALES_ORDER),
        _flow(FlowName.ESTIMATE_IN, "Estimates from QuickBooks", _Kind.ESTIMATE, _Kind.SALES_ORDER),
        _flow(
            FlowName.BILL_IN,
            "Bills from QuickBooks",
            _Kind.BILL,
            _Kind.PURCHASE_ORDER,
            books=(_ONLINE,),
        ),
    )
}


def flows_between(operations: SystemName, books: SystemName) -> list[Flow]:
    """List the flows that two systems can have between them, planned ones included."""
    return [flow for flow in FLOWS.values() if flow.pairing(operations, books) is not None]
