"""What a transaction does to quantities and balances (7.6).

Each transaction's effect is a pure function of its own lines.  Whatever changes
a transaction (a Mod, a link, a void, a deletion) applies the difference between
its effect after and before; nothing else moves stock or balances.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from counterfoil.sandboxes.quickbooks_desktop import _refusals as status
from counterfoil.sandboxes.quickbooks_desktop._books import Books
from counterfoil.sandboxes.quickbooks_desktop._facts import reference
from counterfoil.sandboxes.quickbooks_desktop._kinds import STOCKED_KINDS
from counterfoil.sandboxes.quickbooks_desktop._lines import flat, quantity_of
from counterfoil.sandboxes.quickbooks_desktop._records import Stock, Transaction
from counterfoil.sandboxes.quickbooks_desktop._refusals import RefusedError
from counterfoil.sandboxes.quickbooks_desktop._sites import move_at_sites
from counterfoil.sandboxes.quickbooks_desktop._units import ratio_of
from counterfoil.sandboxes.quickbooks_desktop._values import (
    ZERO,
    Fields,
    blocks_of,
    decimal,
    is_true,
    text_of,
)


@dataclass(slots=True)
class Effect:
    """Per item what is added to its quantities; ``balance`` is added to the entity's.

    ``at_sites`` holds what of that lies at a site that was named, by item and site.
    """

    stock: dict[str, Stock] = field(default_factory=dict)
    balance: Decimal = ZERO
    at_sites: dict[tuple[str, str], Decimal] = field(default_factory=dict)

    def add(self, item: str, change: Stock, site: str | None = None) -> None:
        had = self.stock.get(item)
        self.stock[item] = change if had is None else had + change
        if site is not None:
            place = (item, site)
            self.at_sites[place] = self.at_sites.get(place, ZERO) + change.on_hand


def effect_of(books: Books, txn: Transaction) -> Effect:
    """What this transaction, as it stands, adds to quantities and balances."""
    effect = Effect()
    if txn.kind == "BuildAssembly":
        _add_build(books, effect, txn)
    for line in _stocked_lines(books, txn.lines):
        item = reference(line, "ItemRef") or ""
        quantity = quantity_of(line) * ratio_of(line)
        site = reference(line, "InventorySiteRef")
        if txn.kind == "SalesOrder":
            effect.add(item, Stock(on_sales_order=_open(txn, line, "Invoiced")))
        elif txn.kind == "PurchaseOrder":
            effect.add(item, Stock(on_order=_open(txn, line, "ReceivedQuantity")))
        elif txn.kind == "Invoice":
            cost = decimal(text_of(line, "_cost") or "")
            effect.add(item, Stock(on_hand=-quantity, value=-quantity * cost), site)
        elif txn.kind in {"Bill", "ItemReceipt"} and "_received" not in line:
            value = decimal(text_of(line, "Amount") or "")
            effect.add(item, Stock(on_hand=quantity, value=value), site)
        elif txn.kind == "VendorCredit":
            value = decimal(text_of(line, "Amount") or "")
            effect.add(item, Stock(on_hand=-quantity, value=-value), site)
        elif txn.kind == "InventoryAdjustment":
            effect.add(
                item,
                Stock(
                    on_hand=decimal(text_of(line, "QuantityDifference") or ""),
                    value=decimal(text_of(line, "ValueDifference") or ""),
                ),
                reference(txn.header, "InventorySiteRef"),
            )
    effect.balance = _balance_of(txn)
    return effect


# What is added to the balance of a transaction's customer or vendor.  Of a payment that is what
# it does not use: what was applied lowers the invoices' own balances.
_BALANCES = {
    "Invoice": ("BalanceRemaining", 1),
    "Bill": ("AmountDue", 1),
    "VendorCredit": ("CreditAmount", -1),
    "ReceivePayment": ("UnusedPayment", -1),
}


def _balance_of(txn: Transaction) -> Decimal:
    field, sign = _BALANCES.get(txn.kind, ("", 1))
    return sign * decimal(text_of(txn.header, field) or "")


def apply_effects(
    books: Books, before: Effect, after: Effect, entity_before: str, entity: str
) -> None:
    """Move what changed between two states of one transaction."""
    change = Effect()
    for item, stock in after.stock.items():
        change.add(item, stock)
    for item, stock in before.stock.items():
        change.add(item, -stock)
    moved = {item: stock for item, stock in change.stock.items() if stock != Stock()}
    _check_stock(books, moved)
    books.move_stock(moved)
    places = {**before.at_sites, **after.at_sites}
    move_at_sites(
        books,
        {at: after.at_sites.get(at, ZERO) - before.at_sites.get(at, ZERO) for at in places},
    )
    if entity_before != entity:
        books.move_balance(entity_before, -before.balance)
        books.move_balance(entity, after.balance)
    else:
        books.move_balance(entity, after.balance - before.balance)


def average_cost(books: Books, item_id: str) -> Decimal:
    stock = books.store.stock(item_id)
    return stock.value / stock.on_hand if stock.on_hand else ZERO


def _stocked_lines(books: Books, lines: Iterable[Fields]) -> Iterable[Fields]:
    for line in flat(lines):
        item = reference(line, "ItemRef")
        entry = None if item is None else books.entry(item)
        if entry is not None and entry.kind in STOCKED_KINDS:
            yield line


def _add_build(books: Books, effect: Effect, build: Transaction) -> None:
    """Parts go at their cost, the assembly comes with the cost of its parts."""
    if is_true(build.header.get("IsPending")):
        return
    worth = ZERO
    for part in blocks_of(build.header, "_parts"):
        quantity = decimal(text_of(part, "QuantityNeeded") or "")
        cost = quantity * decimal(text_of(part, "_cost") or "")
        worth += cost
        for _ in _stocked_lines(books, [part]):
            effect.add(reference(part, "ItemRef") or "", Stock(on_hand=-quantity, value=-cost))
    built = decimal(text_of(build.header, "QuantityToBuild") or "")
    assembly = reference(build.header, "ItemInventoryAssemblyRef") or ""
    effect.add(assembly, Stock(on_hand=built, value=worth))


def _open(txn: Transaction, line: Fields, taken_field: str) -> Decimal:
    if is_true(txn.header.get("IsManuallyClosed")) or is_true(line.get("IsManuallyClosed")):
        return ZERO
    left = quantity_of(line) - decimal(text_of(line, taken_field) or "")
    return max(left * ratio_of(line), ZERO)


def _check_stock(books: Books, changes: dict[str, Stock]) -> None:
    if books.settings.switches.stock_may_go_negative:
        return
    for item, change in changes.items():
        if change.on_hand < 0 and books.store.stock(item).on_hand + change.on_hand < 0:
            entry = books.entry(item)
            name = entry.full_name if entry is not None else item
            raise RefusedError(
                status.SAVE_FAILED,
                f'There was an error when saving: insufficient quantity of "{name}" on hand.',
            )
