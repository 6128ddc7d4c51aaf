"""How the demonstration's end is checked: both systems are asked, over their own wires.

The hub's word does not count.  Documents are counted by their numbers on both sides; what was
received, shipped, worked and is on hand is added up on both sides, and so is its value.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

import msgspec

from ._goods import FROM_BOOKS
from ._stage import Stage

__all__ = [
    "SALES_FROM_BOOKS",
    "Audit",
    "Record",
    "Sums",
    "added",
    "audit",
    "audit_of",
    "differences",
    "lines_of",
    "whole",
]

SALES_FROM_BOOKS: Final = ("QB-7001", "QB-7002", "QB-7003")
_CENT: Final = Decimal("0.01")

Record = Mapping[str, Any]
Sums = Mapping[tuple[str, ...], Decimal]


class Audit(msgspec.Struct, frozen=True, kw_only=True):
    """What both systems hold at the end.

    Attributes:
        orders: Documents that should be on both sides.
        duplicates: Documents that are there more than once.
        missing: Documents that are not there.
        differing: Sentences about what differs: totals, quantities, names.
    """

    orders: int
    duplicates: int
    missing: int
    differing: tuple[str, ...]


def audit(stage: Stage) -> Audit:
    """Ask both systems what they hold."""
    sides = _Sides(stage)
    counts = [*sides.sales_orders(), *sides.purchase_orders()]
    differing = [
        *sides.totals(),
        *sides.names(),
        *differences("ordered", *sides.ordered()),
        *differences("received", *sides.received()),
        *differences("shipped", *sides.shipped()),
        *differences("worth of what was received", *sides.worth()),
        *differences("minutes worked", *sides.worked()),
        *differences("on hand", *sides.on_hand()),
    ]
    return audit_of(counts, differing)


def audit_of(counts: Sequence[int], differing: Iterable[str]) -> Audit:
    """Judge how often each document that should be there is, and what differs."""
    return Audit(
        orders=len(counts),
        duplicates=sum(count - 1 for count in counts if count > 1),
        missing=counts.count(0),
        differing=tuple(differing),
    )


def differences(what: str, operations: Sums, books: Sums) -> Iterator[str]:
    """Say of which keys both sides hold different amounts."""
    for key in sorted({*operations, *books}):
        ours, theirs = operations.get(key, Decimal(0)), books.get(key, Decimal(0))
        if ours != theirs:
            yield f"{what}, {' '.join(key)}: {ours} in operations, {theirs} in the books"


class _Sides:
    """What both systems hold, each list asked for once."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._sold: Sequence[Record] = stage.operations("GET", "sales-orders/")
        self._bought: Sequence[Record] = stage.operations("GET", "purchase-orders/")
        self._sales: Sequence[Record] = stage.books("SalesOrder")
        self._purchases: Sequence[Record] = stage.books("PurchaseOrder")

    # --- Documents --------------------------------------------------------------------------

    def sales_orders(self) -> list[int]:
        """How often each sales order is there: in the books, or for theirs in operations."""
        theirs = (*SALES_FROM_BOOKS, *FROM_BOOKS["sales-orders"])
        known = [each for each in theirs if self._is_in_books(each)]
        return _counts(self._sold, self._sales, theirs, known)

    def purchase_orders(self) -> list[int]:
        """The same of purchase orders."""
        theirs = FROM_BOOKS["purchase-orders"]
        numbers = {each.get("RefNumber") for each in self._purchases}
        known = [each for each in theirs if each in numbers]
        return _counts(self._bought, self._purchases, theirs, known)

    def _is_in_books(self, number: str) -> bool:
        kinds = ("SalesOrder", "Invoice", "Estimate")
        return any(
            each.get("RefNumber") == number for kind in kinds for each in self._stage.books(kind)
        )

    def totals(self) -> Iterator[str]:
        """Say which sales orders add up to something else."""
        by_number = {each.get("RefNumber", ""): each for each in self._sales}
        for each in self._sold:
            other = by_number.get(str(each["code"]))
            if other is not None and Decimal(str(other["Subtotal"])) != _total(each):
                yield (
                    f"{each['code']}: {_total(each)} in operations, {other['Subtotal']} in the "
                    "books"
                )

    def names(self) -> Iterator[str]:
        """Compare the companies' names, letter by letter."""
        clients = self._stage.operations("GET", "clients/")
        names = {each["code"]: str(each["name"]) for each in clients}
        for each in self._stage.books("Customer"):
            company, wanted = each.get("CompanyName"), names.get(each["FullName"])
            if company and wanted is not None and company != wanted[:41]:
                yield f"{each['FullName']}: {company!r} instead of {wanted!r}"

    # --- Quantities and value -----------------------------------------------------------------

    def ordered(self) -> tuple[Sums, Sums]:
        """Quantities of purchase orders, by order and product."""
        return self._bought_by("quantity-ordered"), self._purchases_by("Quantity")

    def received(self) -> tuple[Sums, Sums]:
        """What came of them."""
        return self._bought_by("quantity-received"), self._purchases_by("ReceivedQuantity")

    def shipped(self) -> tuple[Sums, Sums]:
        """What left of sales orders; in the books: what was invoiced of them."""
        ours = added(
            ((str(order["code"]), str(line["product"])), line["quantity-shipped"])
            for order in self._sold
            for part in order["shippings"]
            for line in part["products"]
        )
        theirs = added(
            ((str(order.get("RefNumber")), line["ItemRef"]["FullName"]), line.get("Invoiced"))
            for order in self._sales
            for line in lines_of(order, "SalesOrderLineRet")
        )
        return whole(ours), whole(theirs)

    def worth(self) -> tuple[Sums, Sums]:
        """The value of what came, by supplier: each order's line in whole cents.

        A vendor bears the supplier's code, or the name where it was created.
        """
        suppliers = self._stage.operations("GET", "suppliers/")
        codes = {str(each["name"]): str(each["code"]) for each in suppliers}
        ours: defaultdict[tuple[str, ...], Decimal] = defaultdict(Decimal)
        for order in self._bought:
            if str(order["code"]) in FROM_BOOKS["purchase-orders"]:
                continue
            for part in order["receivings"]:
                for line in part["products"]:
                    ours[(str(order["supplier"]),)] += _money(
                        line, "quantity-received", "unit-cost"
                    )
        theirs = added(
            ((codes.get(vendor, vendor),), each["AmountDue"])
            for each in self._stage.books("Bill")
            for vendor in [each["VendorRef"]["FullName"]]
        )
        return whole(ours), theirs

    def worked(self) -> tuple[Sums, Sums]:
        """Minutes, by worker."""
        ours = added(
            ((str(each["worker"]["name"]),), _minutes(each))
            for each in self._stage.operations("GET", "productions/")
            if each.get("worker")
        )
        theirs = added(
            ((each["EntityRef"]["FullName"],), _duration(each["Duration"]))
            for each in self._stage.books("TimeTracking")
        )
        return ours, theirs

    def on_hand(self) -> tuple[Sums, Sums]:
        """How much there is of what the books count."""
        theirs = added(
            ((each["FullName"],), each["QuantityOnHand"])
            for each in self._stage.books("ItemInventory")
        )
        ours = added(
            ((str(each["product"]),), each["quantity"])
            for each in self._stage.operations("GET", "inventory-movements/")
            if (str(each["product"]),) in theirs
        )
        return ours, theirs

    def _bought_by(self, quantity: str) -> Sums:
        return whole(
            added(
                ((str(order["code"]), str(line["product"])), line[quantity])
                for order in self._bought
                for part in order["receivings"]
                for line in part["products"]
            )
        )

    def _purchases_by(self, quantity: str) -> Sums:
        return whole(
            added(
                ((str(order.get("RefNumber")), line["ItemRef"]["FullName"]), line.get(quantity))
                for order in self._purchases
                for line in lines_of(order, "PurchaseOrderLineRet")
            )
        )


def _counts(
    operations: Iterable[Record], books: Iterable[Record], theirs: Iterable[str], known: list[str]
) -> list[int]:
    in_books = Counter(each.get("RefNumber", "") for each in books)
    in_operations = Counter(str(each["code"]) for each in operations)
    ours = [code for code in in_operations if code not in set(theirs)]
    return [in_books[code] for code in ours] + [in_operations[number] for number in known]


def lines_of(record: Record, name: str) -> list[Record]:
    """Give the lines of a record of the books that bear an item."""
    found = record.get(name) or record.get("lines") or []
    lines = [found] if isinstance(found, Mapping) else found
    return [line for line in lines if line.get("ItemRef")]


def added(found: Iterable[tuple[tuple[str, ...], Any]]) -> dict[tuple[str, ...], Decimal]:
    sums: defaultdict[tuple[str, ...], Decimal] = defaultdict(Decimal)
    for key, amount in found:
        sums[key] += Decimal(str(amount or 0))
    return dict(sums)


def whole(sums: Sums) -> Sums:
    """Give what is not nothing."""
    return {key: amount for key, amount in sums.items() if amount}


def _money(line: Record, quantity: str, price: str) -> Decimal:
    exact = Decimal(str(line[quantity] or 0)) * Decimal(str(line[price] or 0))
    return exact.quantize(_CENT, ROUND_HALF_UP)


def _total(order: Record) -> Decimal:
    """Add an order up as its company would: each line in whole cents."""
    return sum(
        (
            _money(line, "quantity-ordered", "unit-price")
            for shipping in order["shippings"]
            for line in shipping["products"]
        ),
        Decimal(0),
    )


def _minutes(production: Record) -> int:
    began, ended = (datetime.fromisoformat(production[f"{at}-time"]) for at in ("start", "end"))
    return round((ended - began).total_seconds() / 60)


def _duration(text: str) -> int:
    """Read QuickBooks' ``PT4H30M0S``."""
    hours, _, rest = text.removeprefix("PT").partition("H")
    return int(hours) * 60 + int(rest.partition("M")[0])
