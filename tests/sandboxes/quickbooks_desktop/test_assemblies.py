"""Assemblies built, told by a stranger's client (4.9, 7.6)."""

from __future__ import annotations

import pytest

from tests.sandboxes.quickbooks_desktop.outside import Outside, Reply, act, fields, look

ACCOUNTS = {
    "IncomeAccountRef.FullName": "Sales:Goods",
    "COGSAccountRef.FullName": "Cost of Goods Sold",
    "AssetAccountRef.FullName": "Inventory Asset",
}


def part(item: str, quantity: str) -> str:
    body = fields({"ItemInventoryRef.FullName": item, "Quantity": quantity})
    return f"<ItemInventoryAssemblyLine>{body}</ItemInventoryAssemblyLine>"


def stock(name: str, cost: str, on_hand: str) -> str:
    accounts = dict(ACCOUNTS)
    income = accounts.pop("IncomeAccountRef.FullName")
    head = {"Name": name, "IncomeAccountRef.FullName": income, "PurchaseCost": cost}
    return act("ItemInventoryAdd", fields({**head, **accounts, "QuantityOnHand": on_hand}))


@pytest.fixture
def shop(outside: Outside) -> Outside:
    """GEARBOX is made of four bolts at 0.50 and one case at 3.00; bolts for five, cases for ten."""
    side = fields({"Desc": "Work", "Price": "9.00", "AccountRef.FullName": "Sales:Services"})
    for inner in (
        stock("BOLT", "0.50", "20"),
        stock("CASE", "3.00", "10"),
        act("ItemServiceAdd", f"<Name>Work</Name><SalesOrPurchase>{side}</SalesOrPurchase>"),
        act(
            "ItemInventoryAssemblyAdd",
            fields({"Name": "GEARBOX", **ACCOUNTS})
            + part("BOLT", "4")
            + part("CASE", "1")
            + part("Work", "2"),
        ),
    ):
        outside.enter(inner)
    return outside


def build(shop: Outside, quantity: str, number: str | None = None, **more: str) -> Reply:
    head = {"ItemInventoryAssemblyRef.FullName": "GEARBOX", "TxnDate": "2026-03-02"}
    head |= {"RefNumber": number} if number else {}
    return shop.ask(act("BuildAssemblyAdd", fields({**head, "QuantityToBuild": quantity, **more})))


def change(shop: Outside, made: Reply, **more: str) -> Reply:
    keyed = {name: made.text(name) for name in ("TxnID", "EditSequence")}
    return shop.ask(act("BuildAssemblyMod", fields({**keyed, **more})))


def on_hand(shop: Outside) -> dict[str, str | None]:
    found = shop.ask(look("ItemQuery", ""))
    return {
        record.findtext("Name") or "": record.findtext("QuantityOnHand")
        for record in found.element
        if record.find("QuantityOnHand") is not None
    }


def test_parts_become_the_assembly(shop: Outside) -> None:
    """Stock moves with its cost; work in it costs what the item says and moves none."""
    made = build(shop, "3", "B-1")
    seen = shop.ask(look("ItemInventoryAssemblyQuery", fields({"FullName": "GEARBOX"})))

    assert made.code == 0, made.message
    assert (made.text("IsPending"), made.text("RefNumber")) == ("false", "B-1")
    assert made.texts("ComponentItemLineRet/QuantityNeeded") == ["12", "3", "6"]
    assert (made.text("QuantityOnHand"), made.text("QuantityCanBuild")) == ("3", "2")
    assert on_hand(shop) == {"BOLT": "8", "CASE": "7", "GEARBOX": "3"}
    # Four bolts, one case and two hours bought at 9.00.
    assert seen.text("AverageCost") == "23.00"


def test_short_parts_refuse_or_wait(shop: Outside) -> None:
    """3370 names the part; allowed to wait, the build is pending and moves nothing."""
    refused = build(shop, "6")
    waiting = build(shop, "6", MarkPendingIfRequired="true")

    assert refused.code == 3370
    assert '"BOLT"' in refused.message
    assert (waiting.code, waiting.text("IsPending")) == (0, "true")
    assert on_hand(shop) == {"BOLT": "20", "CASE": "10", "GEARBOX": "0"}


def test_a_pending_build_is_finished_by_hand(shop: Outside) -> None:
    """Taking the mark away needs the parts; until then every change keeps it."""
    waiting = build(shop, "6", MarkPendingIfRequired="true")
    too_soon = change(shop, waiting, RemovePending="true")
    noted = change(shop, waiting, Memo="when bolts come")
    smaller = change(shop, noted, QuantityToBuild="5", RemovePending="true")

    assert (too_soon.code, noted.text("IsPending")) == (3370, "true")
    assert smaller.text("IsPending") == "false"
    assert on_hand(shop) == {"BOLT": "0", "CASE": "5", "GEARBOX": "5"}


def test_a_change_takes_its_own_parts_again(shop: Outside) -> None:
    """Five built of twenty bolts may become four, and five again."""
    made = build(shop, "5")
    fewer = change(shop, made, QuantityToBuild="4")
    middle = on_hand(shop)
    again = change(shop, fewer, QuantityToBuild="5")

    assert (fewer.code, again.code) == (0, 0)
    assert middle == {"BOLT": "4", "CASE": "6", "GEARBOX": "4"}
    assert on_hand(shop) == {"BOLT": "0", "CASE": "5", "GEARBOX": "5"}
    assert change(shop, again, QuantityToBuild="6").code == 3370


def test_deleting_gives_the_parts_back(shop: Outside) -> None:
    """A build can be deleted, not voided; its stock is as before."""
    made = build(shop, "2")
    shop.enter(look("TxnDel", fields({"TxnDelType": "BuildAssembly", "TxnID": made.text("TxnID")})))

    assert on_hand(shop) == {"BOLT": "20", "CASE": "10", "GEARBOX": "0"}
    assert shop.ask(look("BuildAssemblyQuery", "")).code == 1


@pytest.mark.parametrize("quantity", ["0", "-1", "1.5"])
def test_only_whole_assemblies_are_built(shop: Outside, quantity: str) -> None:
    """None, less than none and (switch) fractions are 3060."""
    refused = build(shop, quantity)
    shop.switch(fractions_built=True)

    assert (refused.code, build(shop, quantity).code) == (3060, 0 if quantity == "1.5" else 3060)


def test_pro_builds_nothing(shop: Outside) -> None:
    """Assemblies need Premier or Enterprise."""
    shop.change(edition="Pro")

    assert build(shop, "1").code == 3250


def test_builds_are_found(shop: Outside) -> None:
    """By what they build, by whether they wait; parts only when asked for by their own name."""
    done, waiting = build(shop, "1"), build(shop, "9", MarkPendingIfRequired="true")
    gearbox = f"<ItemFilter>{fields({'FullName': 'GEARBOX'})}</ItemFilter>"
    bolts = f"<ItemFilter>{fields({'FullName': 'BOLT'})}</ItemFilter>"
    both, none, pending, parts = shop.ask_all(
        look("BuildAssemblyQuery", gearbox),
        look("BuildAssemblyQuery", bolts),
        look("BuildAssemblyQuery", fields({"PendingStatus": "PendingOnly"})),
        look(
            "BuildAssemblyQuery",
            fields({"PendingStatus": "NotPendingOnly", "IncludeComponentLineItems": "true"}),
        ),
    )

    ids = [done.text("TxnID"), waiting.text("TxnID")]
    assert (both.texts("TxnID"), none.code) == (ids, 1)
    assert (pending.texts("TxnID"), parts.texts("TxnID")) == (ids[1:], ids[:1])
    assert both.texts("ComponentItemLineRet/QuantityNeeded") == []
    assert parts.texts("ComponentItemLineRet/ItemRef/FullName") == ["BOLT", "CASE", "Work"]
