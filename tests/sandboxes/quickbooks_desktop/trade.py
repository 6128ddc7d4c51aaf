"""Orders in the books, and documents made from them, as a stranger's client enters them.

What ``outside`` is for the wire, this is for the trade: a vendor, a customer, two goods, orders
of ten and five, and bills, item receipts and invoices that take from them.
"""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from tests.sandboxes.quickbooks_desktop.outside import Outside, Reply, act, fields, look

VENDOR, CUSTOMER = "Harrow Steel", "Lantern Books"


@dataclass(frozen=True, slots=True)
class Follower:
    """A document that is made from an order, and the names its wire uses."""

    name: str
    order: str
    party: str
    line: str
    taken: str

    @property
    def order_line(self) -> str:
        return f"{self.order}LineRet"


BILL = Follower("Bill", "PurchaseOrder", "Vendor", "ItemLine", "ReceivedQuantity")
RECEIPT = Follower("ItemReceipt", "PurchaseOrder", "Vendor", "ItemLine", "ReceivedQuantity")
INVOICE = Follower("Invoice", "SalesOrder", "Customer", "InvoiceLine", "Invoiced")
FOLLOWERS = pytest.mark.parametrize("kind", [BILL, RECEIPT, INVOICE], ids=lambda kind: kind.name)
PURCHASES = pytest.mark.parametrize("kind", [BILL, RECEIPT], ids=lambda kind: kind.name)


@dataclass(frozen=True, slots=True)
class Order:
    """An order in the books: its identity and those of its lines."""

    id: str
    lines: list[str]


class Trade:
    """A company with a vendor, a customer and two goods, and orders of ten and five."""

    def __init__(self, outside: Outside) -> None:
        self.outside = outside
        replies = outside.ask_all(
            act("VendorAdd", fields({"Name": VENDOR})),
            act("CustomerAdd", fields({"Name": CUSTOMER})),
            stocked("Wid", "4.00", "2.50"),
            stocked("Gad", "3.00", "1.25"),
        )
        assert [reply.code for reply in replies] == [0] * 4

    def order(self, kind: Follower, *amounts: str, rest: str = "") -> Order:
        """An order of ten Wid and five Gad; ``amounts`` as totals of the lines instead."""
        party = VENDOR if kind.party == "Vendor" else CUSTOMER
        inner = fields({f"{kind.party}Ref.FullName": party, "TxnDate": "2026-03-02"}) + rest
        for at, (item, quantity) in enumerate((("Wid", "10"), ("Gad", "5"))):
            amount = amounts[at] if amounts else None
            line = {"ItemRef.FullName": item, "Quantity": quantity, "Amount": amount}
            inner += f"<{kind.order}LineAdd>{fields(line)}</{kind.order}LineAdd>"
        made = self.outside.enter(act(f"{kind.order}Add", inner))
        return Order(made.text("TxnID") or "", made.texts(f"{kind.order_line}/TxnLineID"))

    def make(self, kind: Follower, inner: str, head: str = "") -> Reply:
        """Enter a document made from orders."""
        party = VENDOR if kind.party == "Vendor" else CUSTOMER
        top = fields({f"{kind.party}Ref.FullName": party}) + head
        return self.outside.ask(act(f"{kind.name}Add", top + inner))

    def made(self, kind: Follower, inner: str) -> Reply:
        """Enter one that has to be taken."""
        reply = self.make(kind, inner)
        assert reply.code == 0, f"{reply.code} {reply.message}"
        return reply

    def seen(self, kind: Follower, order: Order) -> Reply:
        shown = {"TxnID": order.id, "IncludeLineItems": "true", "IncludeLinkedTxns": "true"}
        return self.outside.enter(look(f"{kind.order}Query", fields(shown)))

    def taken(self, kind: Follower, order: Order) -> list[str]:
        """What the order says was taken, line by line."""
        return self.seen(kind, order).texts(f"{kind.order_line}/{kind.taken}")

    def change(self, name: str, txn_id: str, inner: str) -> Reply:
        """A Mod of a transaction as it is now."""
        self.outside.wait(2)
        now = self.outside.enter(look(f"{name}Query", fields({"TxnID": txn_id})))
        key = {"TxnID": txn_id, "EditSequence": now.text("EditSequence")}
        return self.outside.ask(act(f"{name}Mod", fields(key) + inner))

    def stock(self, item: str = "Wid") -> tuple[str | None, ...]:
        """On hand, on order, on sales order."""
        found = self.outside.enter(look("ItemInventoryQuery", fields({"FullName": item})))
        names = ("QuantityOnHand", "QuantityOnOrder", "QuantityOnSalesOrder")
        return tuple(found.text(name) for name in names)

    def is_untouched(self, kind: Follower, *orders: Order) -> bool:
        """Whether there is no such document and nothing was taken from the orders."""
        found = self.outside.ask(look(f"{kind.name}Query", ""))
        return found.code == 1 and all(self.taken(kind, one) == ["0", "0"] for one in orders)


def stocked(name: str, price: str, cost: str) -> str:
    return act(
        "ItemInventoryAdd",
        fields(
            {
                "Name": name,
                "SalesPrice": price,
                "IncomeAccountRef.FullName": "Sales",
                "PurchaseCost": cost,
                "COGSAccountRef.FullName": "Cost of Goods Sold",
                "AssetAccountRef.FullName": "Inventory Asset",
            }
        ),
    )


def link(kind: Follower, order: Order, at: int, beside: dict[str, str] | None = None) -> str:
    """A line that takes from a line of an order, with what stands before its link."""
    target = fields({"TxnID": order.id, "TxnLineID": order.lines[at]})
    inner = f"{fields(beside or {})}<LinkToTxn>{target}</LinkToTxn>"
    return f"<{kind.line}Add>{inner}</{kind.line}Add>"


def whole(order: Order) -> str:
    return fields({"LinkToTxnID": order.id})


def changed_line(kind: Follower, made: Reply, at: int, **what: str) -> str:
    """A Mod's line: named, and changed where ``what`` says so."""
    line_id = made.texts(f"{kind.line}Ret/TxnLineID")[at]
    return f"<{kind.line}Mod>{fields({'TxnLineID': line_id, **what})}</{kind.line}Mod>"
