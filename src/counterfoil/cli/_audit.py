"""How the demonstration's end is checked: both systems are asked, over their own wires.

The hub's word does not count.  Documents are counted by their numbers on both sides; what was
received, shipped, worked and is on hand is added up on both sides, and so is its value.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

import msgspec

from ._goods import FROM_BOOKS
from ._stage import Stage

__all__ = [
    "SALES_FROM_BOOKS",
    "Audit",
    "Operations",
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
SALES: Final = (*SALES_FROM_BOOKS, *FROM_BOOKS["sales-orders"])
PURCHASES: Final = FROM_BOOKS["purchase-orders"]
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
    operations, books = Operations(stage), _Books(stage)
    counted = books.on_hand()
    differing = [
        *books.totals(operations.totals()),
        *books.names(operations.clients()),
        *differences("ordered", operations.ordered(), books.purchases("Quantity")),
        *differences("received", operations.received(), books.purchases("ReceivedQuantity")),
        *differences("shipped", operations.shipped(), books.invoiced()),
        *differences("worth of what was received", operations.worth(), books.worth(operations)),
        *differences("minutes worked", operations.worked(), books.worked()),
        *differences("on hand", operations.on_hand(counted), counted),
    ]
    return audit_of(
        [
            *operations.counts("sales", books.numbers("SalesOrder"), books.known(SALES)),
            *operations.counts("purchases", books.numbers("PurchaseOrder"), books.known(PURCHASES)),
        ],
        differing,
    )


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


class Operations:
    """What Fusion Operations holds, each list asked for once.

    Args:
        from_books: Numbers of documents that came from the books.
    """

    def __init__(self, stage: Stage, from_books: Iterable[str] = (*SALES, *PURCHASES)) -> None:
        self._stage = stage
        self._from_books = frozenset(from_books)
        self._sold: Sequence[Record] = stage.operations("GET", "sales-orders/")
        self._bought: Sequence[Record] = stage.operations("GET", "purchase-orders/")

    def counts(self, what: str, books: Iterable[str], known: Iterable[str]) -> list[int]:
        """How often each order is there: in the books, or for theirs in operations.

        Args:
            what: ``sales`` or ``purchases``.
            books: Numbers of the books' documents that stand for ours.
            known: Numbers of the books' own that should have come here.
        """
        rows = self._sold if what == "sales" else self._bought
        there, here = Counter(books), Counter(str(each["code"]) for each in rows)
        ours = [there[code] for code in here if code not in self._from_books]
        return ours + [here[number] for number in known]

    def totals(self) -> dict[str, Decimal]:
        """What each sales order comes to."""
        return {str(each["code"]): _total(each) for each in self._sold}

    def clients(self) -> dict[str, str]:
        """Codes of clients, with their names."""
        return {
            each["code"]: str(each["name"]) for each in self._stage.operations("GET", "clients/")
        }

    def suppliers(self) -> dict[str, str]:
        """Names of suppliers, with their codes."""
        rows = self._stage.operations("GET", "suppliers/")
        return {str(each["name"]): str(each["code"]) for each in rows}

    def ordered(self) -> Sums:
        """Quantities of purchase orders, by order and product."""
        return self._bought_by("quantity-ordered")

    def received(self) -> Sums:
        """What came of them."""
        return self._bought_by("quantity-received")

    def shipped(self) -> Sums:
        """What left of sales orders, by order and product."""
        return whole(
            added(
                ((str(order["code"]), str(line["product"])), line["quantity-shipped"])
                for order in self._sold
                for part in order["shippings"]
                for line in part["products"]
            )
        )

    def worth(self) -> Sums:
        """The value of what came, by supplier: each order's line in whole cents."""
        ours: defaultdict[tuple[str, ...], Decimal] = defaultdict(Decimal)
        for order in self._bought:
            if str(order["code"]) in self._from_books:
                continue
            for part in order["receivings"]:
                for line in part["products"]:
                    ours[(str(order["supplier"]),)] += _money(
                        line, "quantity-received", "unit-cost"
                    )
        return whole(ours)

    def worked(self) -> Sums:
        """Minutes, by worker."""
        return added(
            ((str(each["worker"]["name"]),), _minutes(each))
            for each in self._stage.operations("GET", "productions/")
            if each.get("worker")
        )

    def on_hand(self, counted: Container[tuple[str, ...]]) -> Sums:
        """How much there is of what the books count."""
        return added(
            ((str(each["product"]),), each["quantity"])
            for each in self._stage.operations("GET", "inventory-movements/")
            if (str(each["product"]),) in counted
        )

    def _bought_by(self, quantity: str) -> Sums:
        return whole(
            added(
                ((str(order["code"]), str(line["product"])), line[quantity])
                for order in self._bought
                for part in order["receivings"]
                for line in part["products"]
            )
        )


class _Books:
    """What the company file holds, each list asked for once."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._sales: Sequence[Record] = stage.books("SalesOrder")
        self._purchases: Sequence[Record] = stage.books("PurchaseOrder")

    def numbers(self, kind: str) -> list[str]:
        """Give the numbers of all orders of a kind."""
        rows = self._sales if kind == "SalesOrder" else self._purchases
        return [str(each.get("RefNumber", "")) for each in rows]

    def known(self, numbers: Iterable[str]) -> list[str]:
        """Give those numbers that a document of the books bears."""
        kinds = ("SalesOrder", "Invoice", "Estimate", "PurchaseOrder")
        there = {each.get("RefNumber") for kind in kinds for each in self._stage.books(kind)}
        return [each for each in numbers if each in there]

    def totals(self, wanted: Mapping[str, Decimal]) -> Iterator[str]:
        """Say which sales orders add up to something else."""
        by_number = {each.get("RefNumber", ""): each for each in self._sales}
        for number, total in wanted.items():
            other = by_number.get(number)
            if other is not None and Decimal(str(other["Subtotal"])) != total:
                yield f"{number}: {total} in operations, {other['Subtotal']} in the books"

    def names(self, clients: Mapping[str, str]) -> Iterator[str]:
        """Compare the companies' names, letter by letter."""
        for each in self._stage.books("Customer"):
            company, wanted = each.get("CompanyName"), clients.get(each["FullName"])
            if company and wanted is not None and company != wanted[:41]:
                yield f"{each['FullName']}: {company!r} instead of {wanted!r}"

    def purchases(self, quantity: str) -> Sums:
        """Quantities of purchase orders, by order and item."""
        return whole(
            added(
                ((str(order.get("RefNumber")), line["ItemRef"]["FullName"]), line.get(quantity))
                for order in self._purchases
                for line in lines_of(order, "PurchaseOrderLineRet")
            )
        )

    def invoiced(self) -> Sums:
        """What was invoiced of sales orders."""
        return whole(
            added(
                ((str(order.get("RefNumber")), line["ItemRef"]["FullName"]), line.get("Invoiced"))
                for order in self._sales
                for line in lines_of(order, "SalesOrderLineRet")
            )
        )

    def worth(self, operations: Operations) -> Sums:
        """The value of bills, by supplier: a vendor bears its code, or its name where created."""
        codes = operations.suppliers()
        return added(
            ((codes.get(vendor, vendor),), each["AmountDue"])
            for each in self._stage.books("Bill")
            for vendor in [each["VendorRef"]["FullName"]]
        )

    def worked(self) -> Sums:
        """Minutes, by worker."""
        return added(
            ((each["EntityRef"]["FullName"],), _duration(each["Duration"]))
            for each in self._stage.books("TimeTracking")
        )

    def on_hand(self) -> Sums:
        """How much there is of what is counted."""
        return added(
            ((each["FullName"],), each["QuantityOnHand"])
            for each in self._stage.books("ItemInventory")
        )


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
