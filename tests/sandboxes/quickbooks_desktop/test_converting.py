"""A person enters the bill against an item receipt, told by a stranger's client (corrections 1.8).

The person works at the desk (``POST .../convert``); everything else is seen in qbXML.
"""

from __future__ import annotations

import pytest

from tests.sandboxes.quickbooks_desktop.outside import DOOR, Outside, Reply, act, fields, look

VENDOR = "Ironmonger"
MARK = "{57F3B9B1-86F1-4fcc-B1EE-566DE1813D20}"


@pytest.fixture
def store(outside: Outside) -> Outside:
    """A company that buys bolts at 0.50 and nuts at 0.10 from one vendor."""
    outside.enter(act("VendorAdd", fields({"Name": VENDOR})))
    for name, cost in (("BOLT", "0.50"), ("NUT", "0.10")):
        head = {"Name": name, "IncomeAccountRef.FullName": "Sales:Goods", "PurchaseCost": cost}
        head["COGSAccountRef.FullName"] = "Cost of Goods Sold"
        head["AssetAccountRef.FullName"] = "Inventory Asset"
        outside.enter(act("ItemInventoryAdd", fields(head)))
    return outside


def order(store: Outside) -> Reply:
    """Ten bolts and four nuts on order."""
    lines = "".join(
        f"<PurchaseOrderLineAdd>{fields({'ItemRef.FullName': item, 'Quantity': quantity})}"
        "</PurchaseOrderLineAdd>"
        for item, quantity in (("BOLT", "10"), ("NUT", "4"))
    )
    head = fields({"VendorRef.FullName": VENDOR, "TxnDate": "2026-03-02"})
    return store.enter(act("PurchaseOrderAdd", head + lines))


def receive(store: Outside, ordered: Reply, bolts: str = "6") -> Reply:
    """A receipt of some of the bolts."""
    link = fields({"TxnID": ordered.text("TxnID"), "TxnLineID": first_line(ordered)})
    line = fields({"Quantity": bolts}) + f"<LinkToTxn>{link}</LinkToTxn>"
    head = {"VendorRef.FullName": VENDOR, "TxnDate": "2026-03-03", "RefNumber": "DN 7"}
    head["ExternalGUID"] = MARK
    return store.enter(act("ItemReceiptAdd", fields(head) + f"<ItemLineAdd>{line}</ItemLineAdd>"))


def first_line(ordered: Reply) -> str | None:
    return ordered.texts("PurchaseOrderLineRet/TxnLineID")[0]


def convert(store: Outside, receipt: Reply, **more: str) -> str:
    """What a person does at the desk; the bill's TxnID."""
    asked = {"txn_id": receipt.text("TxnID"), **more}
    response = store.client.post(f"{DOOR}/convert", json=asked)
    assert response.status_code == 200, response.text
    return str(response.json()["txn_id"])


def seen(store: Outside, kind: str, txn_id: str | None) -> Reply:
    asked = {"TxnID": txn_id, "IncludeLineItems": "true", "IncludeLinkedTxns": "true"}
    return store.ask(look(f"{kind}Query", fields(asked)))


def stock(store: Outside) -> list[str]:
    """Bolts on hand and on order, what one is worth, and what the vendor is owed."""
    item, vendor = store.ask_all(
        look("ItemInventoryQuery", fields({"FullName": "BOLT"})),
        look("VendorQuery", fields({"FullName": VENDOR})),
    )
    names = ("QuantityOnHand", "QuantityOnOrder", "AverageCost")
    return [item.text(name) or "" for name in names] + [vendor.text("Balance") or ""]


def delete(store: Outside, kind: str, txn_id: str | None) -> int:
    return store.ask(look("TxnDel", fields({"TxnDelType": kind, "TxnID": txn_id}))).code


def test_the_receipt_is_gone_and_the_order_knows_the_bill_alone(store: Outside) -> None:
    """Stock stays as received, the vendor is owed, and no trace of the receipt is left."""
    ordered = order(store)
    receipt = receive(store, ordered)
    before = stock(store)
    bill_id = convert(store, receipt, ref_number="INV 9", txn_date="2026-03-10")
    bill, now = seen(store, "Bill", bill_id), seen(store, "PurchaseOrder", ordered.text("TxnID"))

    assert bill_id != receipt.text("TxnID")
    assert seen(store, "ItemReceipt", receipt.text("TxnID")).code == 500
    assert (before, stock(store)) == (["6", "4", "0.50", "0.00"], ["6", "4", "0.50", "3.00"])
    assert (bill.text("RefNumber"), bill.text("TxnDate")) == ("INV 9", "2026-03-10")
    assert (bill.text("AmountDue"), bill.text("ItemLineRet/Quantity")) == ("3.00", "6")
    assert bill.texts("ExternalGUID") == []
    assert now.texts("LinkedTxn/TxnID") == [bill_id]
    assert now.texts("PurchaseOrderLineRet/ReceivedQuantity") == ["6", "0"]
    assert now.texts("PurchaseOrderLineRet/UnbilledQuantity") == ["4", "4"]
    deleted = fields({"TxnDelType": "ItemReceipt"})
    assert store.ask(look("TxnDeletedQuery", deleted)).code == 1


def test_what_is_left_of_the_receipt_are_switches(store: Outside) -> None:
    """It may stand among the deleted ones, or the bill may have its identity and its mark."""
    ordered = order(store)
    store.switch(conversion_noted_as_deleted=True)
    first = receive(store, ordered, "2")
    convert(store, first)
    gone = store.ask(look("TxnDeletedQuery", fields({"TxnDelType": "ItemReceipt"})))
    store.switch(conversion_keeps_txn_id=True)
    second = receive(store, ordered, "3")
    kept = convert(store, second)
    bill = seen(store, "Bill", kept)

    assert gone.texts("TxnID") == [first.text("TxnID")]
    assert kept == second.text("TxnID")
    assert bill.text("ExternalGUID") == MARK
    assert bill.text("ItemLineRet/TxnLineID") == second.text("ItemLineRet/TxnLineID")
    assert seen(store, "ItemReceipt", kept).code == 500
    received = seen(store, "PurchaseOrder", ordered.text("TxnID"))
    assert received.texts("PurchaseOrderLineRet/ReceivedQuantity") == ["5", "0"]


def test_the_bill_is_a_bill_like_any_other(store: Outside) -> None:
    """Deleting it opens the order again and takes the stock away."""
    ordered = order(store)
    bill_id = convert(store, receive(store, ordered, "10"))
    full = seen(store, "PurchaseOrder", ordered.text("TxnID"))

    assert full.texts("PurchaseOrderLineRet/IsBilled") == ["true", "false"]
    assert delete(store, "Bill", bill_id) == 0
    assert stock(store) == ["0", "10", "0.00", "0.00"]
    again = seen(store, "PurchaseOrder", ordered.text("TxnID"))
    assert again.texts("PurchaseOrderLineRet/ReceivedQuantity") == ["0", "0"]
    assert again.texts("LinkedTxn") == []


def test_only_receipts_of_open_books_are_converted(store: Outside) -> None:
    """What is no receipt is refused, and so is one before the closing date or a bill there."""
    ordered = order(store)
    receipt = receive(store, ordered)

    def status(**asked: str | None) -> int:
        return store.client.post(f"{DOOR}/convert", json=asked).status_code

    assert status(txn_id=ordered.text("TxnID")) == 409
    assert status(txn_id=receipt.text("TxnID"), txn_date="soon") == 422
    store.change(preferences={"closing_date": "2026-03-05"})
    assert status(txn_id=receipt.text("TxnID"), txn_date="2026-03-10") == 409
    store.change(preferences={"closing_date": "2026-03-02"})
    assert status(txn_id=receipt.text("TxnID"), txn_date="2026-03-01") == 409
    assert status(txn_id=receipt.text("TxnID")) == 200


class TestKeptApart:
    """Enterprise with enhanced inventory receiving: both exist."""

    @pytest.fixture
    def apart(self, store: Outside) -> Outside:
        store.change(preferences={"enhanced_receiving": True})
        return store

    def test_both_exist(self, apart: Outside) -> None:
        """Stock moves once, the order counts one receipt and one bill."""
        ordered = order(apart)
        receipt = receive(apart, ordered)
        bill_id = convert(apart, receipt)
        kept = seen(apart, "ItemReceipt", receipt.text("TxnID"))
        now = seen(apart, "PurchaseOrder", ordered.text("TxnID"))

        assert set(kept.texts("LinkedTxn/TxnID")) == {bill_id, ordered.text("TxnID")}
        assert seen(apart, "Bill", bill_id).texts("LinkedTxn/TxnID") == [receipt.text("TxnID")]
        assert now.texts("LinkedTxn/TxnID") == [receipt.text("TxnID")]
        assert now.texts("PurchaseOrderLineRet/ReceivedQuantity") == ["6", "0"]
        assert now.texts("PurchaseOrderLineRet/UnbilledQuantity") == ["4", "4"]
        assert stock(apart) == ["6", "4", "0.50", "3.00"]
        second = apart.client.post(f"{DOOR}/convert", json={"txn_id": receipt.text("TxnID")})
        assert second.status_code == 409

    def test_the_bill_goes_before_the_receipt(self, apart: Outside) -> None:
        """A receipt with its bill stays; without it the order opens again."""
        ordered = order(apart)
        receipt = receive(apart, ordered)
        bill_id = convert(apart, receipt)

        assert delete(apart, "ItemReceipt", receipt.text("TxnID")) == 3160
        assert delete(apart, "Bill", bill_id) == 0
        unbilled = seen(apart, "PurchaseOrder", ordered.text("TxnID"))
        assert unbilled.texts("PurchaseOrderLineRet/UnbilledQuantity") == ["10", "4"]
        assert unbilled.texts("PurchaseOrderLineRet/ReceivedQuantity") == ["6", "0"]
        assert stock(apart) == ["6", "4", "0.50", "0.00"]
        assert delete(apart, "ItemReceipt", receipt.text("TxnID")) == 0
        assert stock(apart)[:2] == ["0", "10"]

    @pytest.mark.parametrize("is_apart, code", [(True, 3210), (False, 0)])
    def test_a_receipts_cost_is_fixed(self, store: Outside, *, is_apart: bool, code: int) -> None:
        """Another cost or amount is refused where they are kept apart; the same one is not."""
        store.change(preferences={"enhanced_receiving": is_apart})
        head = fields({"VendorRef.FullName": VENDOR, "TxnDate": "2026-03-03"})
        line = fields({"ItemRef.FullName": "BOLT", "Quantity": "6", "Cost": "0.50"})
        made = store.enter(act("ItemReceiptAdd", f"{head}<ItemLineAdd>{line}</ItemLineAdd>"))

        def change(reply: Reply, **cost: str) -> Reply:
            keyed = {name: reply.text(name) for name in ("TxnID", "EditSequence")}
            line_id = {"TxnLineID": reply.text("ItemLineRet/TxnLineID")}
            body = f"<ItemLineMod>{fields({**line_id, **cost})}</ItemLineMod>"
            return store.ask(act("ItemReceiptMod", fields(keyed) + body))

        same = change(made, Cost="0.5")
        assert same.code == 0, same.message
        dearer = change(same, Cost="0.60")
        assert dearer.code == code
        assert change(same if code else dearer, Amount="4.00").code == code

    def test_only_enterprise_can(self, store: Outside) -> None:
        """The preferences say so, and Premier has no such thing."""
        told = []
        for edition in ("Enterprise", "Premier"):
            store.change(edition=edition, preferences={"enhanced_receiving": True})
            shown = store.ask(look("PreferencesQuery", ""))
            told.append(
                shown.text("ItemsAndInventoryPreferences/EnhancedInventoryReceivingEnabled")
            )

        assert told == ["true", "false"]
