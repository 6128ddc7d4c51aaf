"""Stock at inventory sites (4.12, 4.14, 7.6; K27): what lies where, and how it comes there."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.sandboxes.quickbooks_desktop.desk import (
    Desk,
    Reply,
    customer,
    query,
    ref,
    request,
    stock_item,
    tags,
    vendor,
)

DEFAULT = "Unspecified Site"
BLUE = "Blue Heron Cafe"


@pytest.fixture
def sites(desk: Desk) -> Desk:
    """A company with two sites of its own beside the default one, an item and a vendor."""
    desk.enter(stock_item("BOLT-8", "1.25", cost="0.50", on_hand="100"), vendor("Millco"))
    desk.prefer(inventory_sites=True)
    desk.enter(*(request("InventorySiteAdd", tags(Name=name)) for name in ("North", "South")))
    return desk


def item_sites(desk: Desk, **filters: str) -> Reply:
    return desk.one(query("ItemSitesQuery", tags(**filters)))


def held(desk: Desk) -> dict[str, Decimal]:
    """What each site holds, as far as it is told."""
    found = item_sites(desk)
    names = found.texts("InventorySiteRef/FullName")
    return dict(zip(names, map(Decimal, found.texts("QuantityOnHand")), strict=True))


def adjustment(new: str, site: str | None) -> str:
    quantity = f"<QuantityAdjustment>{tags(NewQuantity=new)}</QuantityAdjustment>"
    line = ref("ItemRef", "BOLT-8") + quantity
    body = (
        ref("AccountRef", "Inventory Asset")
        + ref("InventorySiteRef", site)
        + f"<InventoryAdjustmentLineAdd>{line}</InventoryAdjustmentLineAdd>"
    )
    return request("InventoryAdjustmentAdd", body)


def order(site: str | None, quantity: str = "10") -> str:
    line = ref("ItemRef", "BOLT-8") + tags(Quantity=quantity)
    head = ref("VendorRef", "Millco") + ref("InventorySiteRef", site)
    return request("PurchaseOrderAdd", f"{head}<PurchaseOrderLineAdd>{line}</PurchaseOrderLineAdd>")


def receipt(line: str) -> str:
    head = ref("VendorRef", "Millco")
    return request("ItemReceiptAdd", f"{head}<ItemLineAdd>{line}</ItemLineAdd>")


def linked(made: Reply, quantity: str) -> str:
    link = tags(TxnID=made.text("TxnID"), TxnLineID=made.text("PurchaseOrderLineRet/TxnLineID"))
    return tags(Quantity=quantity) + f"<LinkToTxn>{link}</LinkToTxn>"


def test_what_was_there_lies_at_the_default_site(sites: Desk) -> None:
    """A company that switches sites on has one already, and all its stock is there."""
    listed = sites.one(query("InventorySiteQuery"))

    assert held(sites) == {DEFAULT: Decimal(100)}
    assert dict(zip(listed.texts("Name"), listed.texts("IsDefaultSite"), strict=True)) == {
        "North": "false",
        "South": "false",
        DEFAULT: "true",
    }


@pytest.mark.parametrize(
    "site, after, difference",
    [
        ("North", {DEFAULT: 100, "North": 7}, "7"),
        (None, {DEFAULT: 7}, "-93"),
        (DEFAULT, {DEFAULT: 7}, "-93"),
    ],
)
def test_an_adjustment_counts_one_site(
    sites: Desk, site: str | None, after: dict[str, int], difference: str
) -> None:
    """The new quantity is that of its site; without one it is the default site's."""
    made = sites.one(adjustment("7", site))

    assert made.text("InventoryAdjustmentLineRet/QuantityDifference") == difference
    assert held(sites) == after
    total = sites.one(query("ItemInventoryQuery")).text("QuantityOnHand")
    assert Decimal(total or "") == sum(after.values())


@pytest.mark.parametrize("told, shown", [(True, DEFAULT), (False, None)])
def test_an_order_that_names_no_site(sites: Desk, *, told: bool, shown: str | None) -> None:
    """It goes to the default site, and may say so; what goes to a customer names none."""
    sites.enter(customer(BLUE))
    sites.switch(default_site_told=told)
    elsewhere = order(None).replace("</VendorRef>", "</VendorRef>" + ref("ShipToEntityRef", BLUE))

    assert sites.one(order(None)).text("InventorySiteRef/FullName") == shown
    assert sites.one(elsewhere).text("InventorySiteRef/FullName") is None


@pytest.mark.parametrize("at_order", [True, False])
def test_a_linked_receipt_goes_to_the_orders_site(sites: Desk, *, at_order: bool) -> None:
    """Beside a link stands no site: goods go to the order's site, or to the default one."""
    sites.switch(linked_line_takes_order_site=at_order)
    made = sites.one(order("North"))
    sites.enter(receipt(linked(made, "4")))

    assert made.text("InventorySiteRef/FullName") == "North"
    assert held(sites) == ({DEFAULT: 100, "North": 4} if at_order else {DEFAULT: 104})
    named = ref("InventorySiteRef", "South") + linked(made, "1")
    assert sites.one(receipt(named)).code == 3153


def test_an_unlinked_line_names_its_site(sites: Desk) -> None:
    """What comes without an order lies where its line says; deleted, it is gone from there."""
    line = ref("ItemRef", "BOLT-8") + ref("InventorySiteRef", "South") + tags(Quantity="3")
    made = sites.one(receipt(line))
    came = held(sites)
    sites.ask(query("TxnDel", tags(TxnDelType="ItemReceipt", TxnID=made.text("TxnID"))))

    assert came == {DEFAULT: 100, "South": 3}
    assert held(sites) == {DEFAULT: 100}


def test_quantities_are_asked_by_item_and_page_by_page(sites: Desk) -> None:
    """ItemSiteFilter names items; an iterator goes on; empty sites may be told as well."""
    sites.enter(stock_item("NUT-8", on_hand="5"), customer(BLUE))
    named = f"<ItemSiteFilter><ItemFilter>{tags(FullName='NUT-8')}</ItemFilter></ItemSiteFilter>"
    found = sites.one(query("ItemSitesQuery", named))
    assert found.texts("ItemInventoryRef/FullName") == ["NUT-8"]

    first = sites.one(query("ItemSitesQuery", tags(MaxReturned="1"), iterator="Start"))
    assert (len(first.records), first.attribute("iteratorRemainingCount")) == (1, "1")
    sites.switch(empty_sites_told=True)
    assert len(item_sites(sites).records) == 6


def test_without_sites_nothing_is_found(desk: Desk) -> None:
    """ItemSitesQuery finds nothing, the list of sites is refused, and so is a site on an order."""
    desk.enter(stock_item("BOLT-8", on_hand="1"), vendor("Millco"))

    codes = desk.ask(query("ItemSitesQuery"), query("InventorySiteQuery"), order("North")).codes
    assert codes == [1, 3250, 3250]
