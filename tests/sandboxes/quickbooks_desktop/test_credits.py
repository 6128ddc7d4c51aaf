"""Vendors' credits, told by a stranger's client: entered, and never linked to an order."""

from __future__ import annotations

import pytest

from tests.sandboxes.quickbooks_desktop.outside import Outside, act, fields, look

VENDOR = "Ironmonger"


@pytest.fixture
def store(outside: Outside) -> Outside:
    """A company with twenty bolts at 0.50 and a vendor."""
    head = {"Name": "BOLT", "IncomeAccountRef.FullName": "Sales:Goods", "PurchaseCost": "0.50"}
    head["COGSAccountRef.FullName"] = "Cost of Goods Sold"
    head |= {"AssetAccountRef.FullName": "Inventory Asset", "QuantityOnHand": "20"}
    outside.enter(act("VendorAdd", fields({"Name": VENDOR})))
    outside.enter(act("ItemInventoryAdd", fields(head)))
    return outside


def credit(quantity: str, more: str = "") -> str:
    line = fields({"ItemRef.FullName": "BOLT", "Quantity": quantity}) + more
    head = fields({"VendorRef.FullName": VENDOR, "TxnDate": "2026-03-05", "RefNumber": "C 1"})
    return act("VendorCreditAdd", f"{head}<ItemLineAdd>{line}</ItemLineAdd>")


def state(store: Outside) -> tuple[str | None, str | None]:
    """Bolts on hand, and what the vendor is owed."""
    item, vendor = store.ask_all(
        look("ItemInventoryQuery", fields({"FullName": "BOLT"})),
        look("VendorQuery", fields({"FullName": VENDOR})),
    )
    return item.text("QuantityOnHand"), vendor.text("Balance")


def test_a_credit_takes_goods_and_debt_away(store: Outside) -> None:
    """Goods go back at what they cost, and less is owed; deleted, all is as before."""
    made = store.enter(credit("4"))
    during = state(store)
    found = store.ask(look("VendorCreditQuery", fields({"RefNumber": "c 1"})))
    store.enter(look("TxnDel", fields({"TxnDelType": "VendorCredit", "TxnID": made.text("TxnID")})))

    assert (made.text("CreditAmount"), made.text("OpenAmount")) == ("2.00", "2.00")
    assert made.text("APAccountRef/FullName") == "Accounts Payable"
    assert found.text("TxnID") == made.text("TxnID")
    assert (during, state(store)) == (("16", "-2.00"), ("20", "0.00"))


def test_a_link_is_ignored_with_a_warning(store: Outside) -> None:
    """530 as a warning: the credit is entered, and the order it named knows nothing of it."""
    line = fields({"ItemRef.FullName": "BOLT", "Quantity": "10"})
    head = fields({"VendorRef.FullName": VENDOR, "TxnDate": "2026-03-02"})
    ordered = store.enter(
        act("PurchaseOrderAdd", f"{head}<PurchaseOrderLineAdd>{line}</PurchaseOrderLineAdd>")
    )
    order = {
        "TxnID": ordered.text("TxnID"),
        "TxnLineID": ordered.text("PurchaseOrderLineRet/TxnLineID"),
    }
    made = store.ask(credit("4", f"<LinkToTxn>{fields(order)}</LinkToTxn>"))
    asked = {"TxnID": order["TxnID"], "IncludeLineItems": "true", "IncludeLinkedTxns": "true"}
    seen = store.ask(look("PurchaseOrderQuery", fields(asked)))

    assert (made.code, made.severity) == (530, "Warn")
    assert "LinkToTxn" in made.message
    assert made.text("ItemLineRet/Quantity") == "4"
    assert state(store) == ("16", "-2.00")
    assert seen.texts("LinkedTxn") == []
    assert seen.text("PurchaseOrderLineRet/ReceivedQuantity") == "0"
