"""Whatever happens to orders and invoices, the quantities agree with them (7.5, 7.6)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.sandboxes.quickbooks_desktop.desk import (
    Desk,
    customer,
    line,
    modify_line,
    query,
    ref,
    request,
    sales_order,
    stock_item,
    tags,
)

ITEMS = ("BOLT", "NUT")
PLACES = ("Adder Works", "Badger & Sons")
CLOSED = "true"

# What a bookkeeper does next: the deed, and two numbers that choose record and quantity.
DEEDS = st.lists(
    st.tuples(
        st.sampled_from(
            [
                "order",
                "order",
                "invoice",
                "part",
                "change",
                "close",
                "drop",
                "delete",
                "void",
                "unbill",
            ]
        ),
        st.integers(0, 50),
        st.integers(1, 9),
    ),
    min_size=1,
    max_size=14,
)


def pick(records: Sequence[dict[str, Any]], number: int) -> dict[str, Any] | None:
    return records[number % len(records)] if records else None


def key_of(record: dict[str, Any]) -> str:
    return tags(TxnID=record["TxnID"], EditSequence=record["EditSequence"])


def do(desk: Desk, deed: str, number: int, quantity: int) -> None:
    """Carry one deed out; QuickBooks may refuse it, which is as good."""
    orders, invoices = desk.get("/records/SalesOrder"), desk.get("/records/Invoice")
    order, bill = pick(orders, number), pick(invoices, number)
    if deed == "order":
        lines = [line(item, str(quantity)) for item in ITEMS]
        desk.ask(sales_order(PLACES[number % 2], *lines))
    elif deed in {"invoice", "part"} and order is not None:
        head = ref("CustomerRef", order["CustomerRef"]["FullName"])
        link = tags(TxnID=order["TxnID"], TxnLineID=order["lines"][0]["TxnLineID"])
        part = f"<InvoiceLineAdd>{tags(Quantity=str(quantity))}<LinkToTxn>{link}</LinkToTxn></InvoiceLineAdd>"
        whole = tags(LinkToTxnID=order["TxnID"])
        desk.ask(request("InvoiceAdd", head + (part if deed == "part" else whole)))
    elif deed in {"change", "drop"} and order is not None:
        kept = order["lines"][:1] if deed == "drop" else order["lines"]
        mods = (
            modify_line("SalesOrder", one["TxnLineID"], tags(Quantity=str(quantity)))
            for one in kept
        )
        desk.ask(request("SalesOrderMod", key_of(order) + "".join(mods)))
    elif deed == "close" and order is not None:
        closed = "false" if order["IsManuallyClosed"] == CLOSED else CLOSED
        desk.ask(request("SalesOrderMod", key_of(order) + tags(IsManuallyClosed=closed)))
    elif deed == "delete" and order is not None:
        desk.ask(query("TxnDel", tags(TxnDelType="SalesOrder", TxnID=order["TxnID"])))
    elif deed == "void" and bill is not None:
        desk.ask(query("TxnVoid", tags(TxnVoidType="Invoice", TxnID=bill["TxnID"])))
    elif deed == "unbill" and bill is not None:
        desk.ask(query("TxnDel", tags(TxnDelType="Invoice", TxnID=bill["TxnID"])))


def quantities(records: list[dict[str, Any]], item: str) -> Decimal:
    return sum(
        (
            Decimal(one["Quantity"])
            for record in records
            for one in record.get("lines", [])
            if one["ItemRef"]["FullName"] == item
        ),
        Decimal(0),
    )


def still_open(orders: list[dict[str, Any]], item: str) -> Decimal:
    return sum(
        (
            max(Decimal(one["Quantity"]) - Decimal(one["Invoiced"]), Decimal(0))
            for order in orders
            if order["IsManuallyClosed"] != CLOSED
            for one in order.get("lines", [])
            if one["ItemRef"]["FullName"] == item
        ),
        Decimal(0),
    )


@settings(max_examples=15)
@given(deeds=DEEDS)
def test_quantities_agree_with_the_documents(
    counter: Desk, deeds: list[tuple[str, int, int]]
) -> None:
    """Ordered, invoiced and on-hand quantities and balances follow from what is in the books."""
    counter.reset()
    counter.enter(*(customer(name) for name in PLACES))
    counter.enter(*(stock_item(item, "2.00", on_hand="100") for item in ITEMS))
    for deed, number, quantity in deeds:
        do(counter, deed, number, quantity)
    orders, invoices = counter.get("/records/SalesOrder"), counter.get("/records/Invoice")
    invoiced = sum(
        (Decimal(one["Invoiced"]) for order in orders for one in order.get("lines", [])), Decimal(0)
    )

    for item in ITEMS:
        (record,) = counter.get("/records/ItemInventory", full_name=item)
        assert Decimal(record["QuantityOnSalesOrder"]) == still_open(orders, item)
        assert Decimal(record["QuantityOnHand"]) == 100 - quantities(invoices, item)
    assert invoiced <= sum((quantities(invoices, item) for item in ITEMS), Decimal(0))
    for place in PLACES:
        (record,) = counter.get("/records/Customer", full_name=place)
        owed = [
            Decimal(bill["BalanceRemaining"])
            for bill in invoices
            if bill["CustomerRef"]["FullName"] == place
        ]
        assert Decimal(record["Balance"]) == sum(owed, Decimal(0))
