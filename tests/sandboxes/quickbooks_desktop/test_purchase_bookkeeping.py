"""Whatever happens to purchase orders, receipts and bills, the quantities agree with them.

The bookkeeper of ``test_bookkeeping`` on the buying side, where a Mod may lose links: no order
may go on counting what no document holds (corrections 6, L4).
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.sandboxes.quickbooks_desktop.desk import Desk
from tests.sandboxes.quickbooks_desktop.outside import DOOR, Outside, fields, look
from tests.sandboxes.quickbooks_desktop.trade import BILL, RECEIPT, Order, Trade, link, whole

DEEDS = st.lists(
    st.tuples(
        st.sampled_from("order take take whole change change drop close cut undo".split()),
        st.integers(0, 50),
        st.integers(1, 9),
    ),
    min_size=2,
    max_size=8,
)


class Buyer:
    """Somebody who buys; QuickBooks may refuse a deed, which is as good."""

    def __init__(self, outside: Outside) -> None:
        self.outside = outside
        self.trade = Trade(outside)
        self.trade.order(BILL)

    def records(self, kind: str) -> list[dict[str, Any]]:
        """What the control path shows of a kind."""
        found: list[dict[str, Any]] = self.outside.client.get(f"{DOOR}/records/{kind}").json()
        return found

    def followers(self) -> list[tuple[str, dict[str, Any]]]:
        return [(name, one) for name in ("Bill", "ItemReceipt") for one in self.records(name)]

    def do(self, deed: str, number: int, quantity: int) -> None:
        """Carry one deed out; the numbers choose record, line and quantity."""
        orders, followers = self.records("PurchaseOrder"), self.followers()
        chosen = orders[number % len(orders)]
        order = Order(chosen["TxnID"], [line["TxnLineID"] for line in chosen["lines"]])
        kind = (BILL, RECEIPT)[number % 2]
        if deed == "order":
            self.trade.order(BILL)
        elif deed == "take":
            at = number % len(order.lines)
            self.trade.make(kind, link(kind, order, at, {"Quantity": str(quantity)}))
        elif deed == "whole":
            self.trade.make(kind, whole(order))
        elif deed == "close":
            flag = "false" if chosen["IsManuallyClosed"] == "true" else "true"
            self.trade.change("PurchaseOrder", order.id, fields({"IsManuallyClosed": flag}))
        elif deed == "cut":
            cut = fields({"TxnLineID": order.lines[0], "Quantity": str(quantity)})
            line = f"<PurchaseOrderLineMod>{cut}</PurchaseOrderLineMod>"
            self.trade.change("PurchaseOrder", order.id, line)
        elif followers:
            name, one = followers[number % len(followers)]
            self._amend(deed, name, one, quantity)

    def _amend(self, deed: str, name: str, one: dict[str, Any], quantity: int) -> None:
        if deed == "undo":
            undone = fields({"TxnDelType": name, "TxnID": one["TxnID"]})
            self.outside.enter(look("TxnDel", undone))
            return
        ids = [line["TxnLineID"] for line in one["lines"]]
        named = [fields({"TxnLineID": ids[0], "Quantity": str(quantity)})]
        named += [fields({"TxnLineID": line_id}) for line_id in ids[1:]] * (deed == "change")
        lines = "".join(f"<ItemLineMod>{each}</ItemLineMod>" for each in named)
        self.trade.change(name, one["TxnID"], lines)


def lines_of(records: list[dict[str, Any]], item: str) -> Iterator[dict[str, Any]]:
    for record in records:
        for line in record.get("lines", []):
            if line["ItemRef"]["FullName"] == item:
                yield line


def summed(numbers: Iterator[Decimal]) -> Decimal:
    return sum(numbers, Decimal(0))


@settings(max_examples=8)
@given(how=st.sampled_from(["unlinked", "counted"]), deeds=DEEDS)
def test_quantities_agree_with_the_documents(
    counter: Desk, how: str, deeds: list[tuple[str, int, int]]
) -> None:
    """Received, on order and on hand follow from the orders, receipts and bills there are."""
    counter.reset()
    buyer = Buyer(Outside(counter.client))
    buyer.outside.switch(changed_bill_line=how)
    for deed, number, quantity in deeds:
        buyer.do(deed, number, quantity)
    orders, followers = buyer.records("PurchaseOrder"), [one for _, one in buyer.followers()]

    for item in ("Wid", "Gad"):
        received = summed(Decimal(one["ReceivedQuantity"]) for one in lines_of(orders, item))
        came = summed(Decimal(one["Quantity"]) for one in lines_of(followers, item))
        still_open = summed(
            max(Decimal(one["Quantity"]) - Decimal(one["ReceivedQuantity"]), Decimal(0))
            for one in lines_of(orders, item)
            if one["IsManuallyClosed"] != "true"
        )
        (record,) = (one for one in buyer.records("ItemInventory") if one["Name"] == item)

        assert received == came if how == "counted" else received <= came
        assert Decimal(record["QuantityOnHand"]) == came
        assert Decimal(record["QuantityOnOrder"]) == still_open


def test_the_buyer_changes_what_is_linked(outside: Outside) -> None:
    """The deeds above do reach a linked line: this one is counted anew, then given back."""
    buyer = Buyer(outside)
    buyer.outside.switch(changed_bill_line="counted")
    buyer.do("take", 0, 4)
    buyer.do("change", 0, 6)
    (line, _) = buyer.records("PurchaseOrder")[0]["lines"]
    buyer.do("undo", 0, 1)
    (after, _) = buyer.records("PurchaseOrder")[0]["lines"]

    assert (line["ReceivedQuantity"], after["ReceivedQuantity"]) == ("6", "0")
