"""What a company file holds, as values: list records, transactions, links, quantities.

Times are wall-clock text that sorts (``2026-07-01T09:30:00``); references are
ListIDs; keys that begin with an underscore never leave the company file.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from counterfoil.sandboxes.quickbooks_desktop._values import Fields


@dataclass(frozen=True, slots=True)
class Entry:
    """What the directory in memory holds of a list record; ``parent_id`` is "" at the top."""

    list_id: str
    kind: str
    parent_id: str
    name: str
    full_name: str
    is_active: bool


@dataclass(slots=True)
class ListRecord:
    """One list record; ``created`` and ``modified`` are wall-clock text."""

    list_id: str
    kind: str
    parent_id: str
    name: str
    full_name: str
    is_active: bool
    created: str
    modified: str
    edit_sequence: str
    body: Fields


@dataclass(slots=True)
class Transaction:
    """One transaction: header fields and lines.

    A line's ``_table`` names its LineTable's ``add`` element; keys that begin
    with an underscore never leave the company file.
    """

    txn_id: str
    kind: str
    number: int
    ref_number: str
    txn_date: str
    entity_id: str
    created: str
    modified: str
    edit_sequence: str
    header: Fields
    lines: list[Fields]


@dataclass(frozen=True, slots=True)
class Link:
    """A line that took over (part of) another transaction's line."""

    from_txn: str
    from_line: str
    to_txn: str
    to_line: str
    quantity: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Deleted:
    """An entry of the deleted lists (4.13), kept for 90 days."""

    kind: str
    id: str
    created: str
    deleted: str
    label: str


@dataclass(frozen=True, slots=True)
class Stock:
    """What an item has: quantities, and the value of what is on hand."""

    on_hand: Decimal = Decimal(0)
    value: Decimal = Decimal(0)
    on_order: Decimal = Decimal(0)
    on_sales_order: Decimal = Decimal(0)

    def __add__(self, other: Stock) -> Stock:
        return Stock(
            self.on_hand + other.on_hand,
            self.value + other.value,
            self.on_order + other.on_order,
            self.on_sales_order + other.on_sales_order,
        )

    def __neg__(self) -> Stock:
        return Stock(-self.on_hand, -self.value, -self.on_order, -self.on_sales_order)


@dataclass(frozen=True, slots=True)
class FieldDefinition:
    """A custom field: ``objects`` are the record types it is assigned to."""

    owner: str
    name: str
    type: str
    objects: tuple[str, ...]
    number: int
