"""Stock at several inventory sites (K27): counted, ordered and received by site; N5, N11, P8."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

import pytest

from counterfoil.hub import before_first, finding, inbox, verbs, views
from counterfoil.hub.desk import stock_counts
from counterfoil.hub.views import CountPress
from counterfoil.ledger.database import sqlite_url
from counterfoil.sandboxes.quickbooks_desktop import (
    CompanySettings,
    Preferences,
    ProcessResult,
    Switches,
)
from tests.sandboxes.quickbooks_desktop import desk as books
from tests.support.autotask import ServiceDesk, open_service_desk
from tests.support.world import ACTOR, ZONE

SITES = "general.inventory_sites=Main=Unspecified Site; Van=Vans; Annex=Store"
_NOT_MAPPED = "general.inventory_sites="


@pytest.fixture(scope="module")
def stores(sqlite_tables: bytes, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServiceDesk]:
    """A company whose books keep stock at sites; of Autotask's four locations three are mapped."""
    file = tmp_path_factory.mktemp("sites") / "hub.db"
    file.write_bytes(sqlite_tables)
    company = CompanySettings(
        time_zone=ZONE,
        preferences=Preferences(inventory_sites=True),
        switches=Switches(empty_sites_told=False),
    )
    with open_service_desk(sqlite_url(file), SITES, company=company) as service:
        for name in ("Van", "Annex", "Depot"):
            service.tenant.make("InventoryLocations", locationName=name, isActive=True)
        for name in ("Vans", "Store"):
            service.enter_books(books.request("InventorySiteAdd", books.tags(Name=name)))
        service.settle()
        yield service


def put(service: ServiceDesk, product: str, **at: int) -> None:
    """Let so many of a product lie at locations, by their names."""
    number = service.product(product, unitCost=2.5)
    for location, quantity in at.items():
        service.tenant.desk("count", product=number, quantity=quantity, location=location)


def held(service: ServiceDesk, item: str) -> Mapping[str, int]:
    """What each site of the books holds of an item."""
    named = books.tags(FullName=item)
    asked = f"<ItemSiteFilter><ItemFilter>{named}</ItemFilter></ItemSiteFilter>"
    (reply,) = service.enter_books(books.query("ItemSitesQuery", asked)).replies
    sites = reply.texts("InventorySiteRef/FullName")
    quantities = map(Decimal, reply.texts("QuantityOnHand"))
    return {site: int(quantity) for site, quantity in zip(sites, quantities, strict=True)}


def count(service: ServiceDesk, *, preview: bool = False) -> CountPress:
    """Somebody sends all stock, or previews it; gives what came of it."""
    link = finding.link_named(service.hub, service.link)
    if preview:
        press = verbs.preview_count(service.hub, link.id, ACTOR).id
    else:
        sent = verbs.send(service.hub, link, "stock-count", (), ACTOR, everything=True)
        assert sent.press is not None
        press = sent.press
    service.settle()
    (found,) = stock_counts(service.hub, service.link, press=press)
    return found


def left_out(press: CountPress) -> dict[str, str]:
    return {each["product"]: each["reason"] for each in press.named}


def order(service: ServiceDesk, *lines: tuple[str, int, str], **fields: object) -> int:
    """Enter an order: product, quantity and location of each line; gives its number."""
    entered = service.tenant.desk(
        "enter",
        vendor=service.vendor("Millco"),
        lines=[
            {"product": service.product(name), "quantity": units, "unit_cost": 2.5, "location": at}
            for name, units, at in lines
        ],
        submit=True,
        fields=fields,
    )
    return int(entered["id"])


def site_of(service: ServiceDesk, number: int) -> str | None:
    """At which site the books receive an order."""
    site: Any = service.there(number).get("InventorySiteRef")
    return None if site is None else str(site["FullName"])


class TestCounting:
    def test_k27_n5_each_location_is_counted_at_its_site(self, stores: ServiceDesk) -> None:
        """K27, N5: one adjustment for each site; a second count changes nothing."""
        put(stores, "Patch panel", Main=3, Van=4, Annex=5)
        before = len(stores.booked("InventoryAdjustment"))
        press = count(stores)
        made = stores.booked("InventoryAdjustment")[before:]

        assert held(stores, "Patch panel") == {"Unspecified Site": 3, "Vans": 4, "Store": 5}
        assert {each["InventorySiteRef"]["FullName"] for each in made} == {
            "Unspecified Site",
            "Vans",
            "Store",
        }
        assert press.state == "counted"
        assert count(stores).differing == 0

    def test_k27_what_moved_between_locations_moves_between_sites(
        self, stores: ServiceDesk
    ) -> None:
        """In all there is as much as before, and yet both sites are adjusted; an empty one, too."""
        put(stores, "Keystone", Main=6)
        count(stores)
        number = stores.product("Keystone")
        place = stores.tenant.find(
            "InventoryProducts", {"op": "eq", "field": "productID", "value": number}
        )[0]
        stores.tenant.make(
            "InventoryStockedItemsTransfer",
            inventoryProductID=place["id"],
            newInventoryLocationID=stores.tenant.find(
                "InventoryLocations", {"op": "eq", "field": "locationName", "value": "Van"}
            )[0]["id"],
            quantityBeingTransferred=6,
        )
        count(stores)

        assert held(stores, "Keystone") == {"Vans": 6}

    def test_k27_n11_preview_tells_the_site(self, stores: ServiceDesk) -> None:
        """N11: item, site, both counts, difference and value of what would be adjusted."""
        put(stores, "Label roll", Van=6, Annex=0)
        press = count(stores, preview=True)

        rows = [each for each in press.differences if each["item"] == "Label roll"]
        assert [(row["site"], row["here"], row["there"], row["value"]) for row in rows] == [
            ("Vans", "6", "0", "15.00")
        ]
        header, table = views.press_table(press)
        assert header[:3] == ("product", "site", "to_be")
        assert ("Label roll", "Vans") in [row[:2] for row in table]

    def test_k27_a_location_that_is_not_mapped_is_told(self, stores: ServiceDesk) -> None:
        """What lies where nobody knows the site is never summed: the product is left out."""
        put(stores, "Rack ear", Main=2, Depot=9)
        press = count(stores)

        assert left_out(press)["Rack ear"] == "count-location-unmapped"
        told = next(each["sentence"] for each in press.named if each["product"] == "Rack ear")
        assert "“Depot”" in told
        assert not stores.items("Rack ear")

    def test_k27_without_a_mapping_nothing_is_counted(self, stores: ServiceDesk) -> None:
        """One figure for several sites says nothing: that is told, and the setting named."""
        put(stores, "Grommet", Main=2)
        with stores.having(_NOT_MAPPED):
            press = count(stores)

        assert left_out(press)["Grommet"] == "count-sites"

    def test_k27_a_site_that_is_not_there_is_told(self, stores: ServiceDesk) -> None:
        """A mapping may outlive its site: the product is left out, and both names are told."""
        put(stores, "Clip", Van=2)
        with stores.having("general.inventory_sites=Van=Trucks"):
            press = count(stores)
            wrong = views.named_values(stores.hub, stores.link)

        assert left_out(press)["Clip"] == "count-site-missing"
        assert [each.name for each in wrong if each.name == "Trucks"] == ["Trucks"]

    def test_k27_a_location_that_is_not_there_is_told(self, stores: ServiceDesk) -> None:
        """A mapping may outlive its location; it is called so, for Autotask has no sites."""
        with stores.having(f"{SITES}; Depto=Store"):
            (wrong,) = [
                each.sentence
                for each in views.named_values(stores.hub, stores.link)
                if each.name == "Depto"
            ]

        assert "has no inventory location “Depto”" in wrong

    def test_n6_what_a_receipt_brings_is_taken_off_its_own_site(self, stores: ServiceDesk) -> None:
        """N6: a receipt that waits is taken off at the location where it was put."""
        put(stores, "Bracket", Main=1)
        number = order(stores, ("Bracket", 4, "Van"))
        stores.look()
        with stores.having("receipt-out.mode=manual"):
            stores.receive(number)
            stores.look()
            stores.clock.advance(minutes=5)
            count(stores)
            assert held(stores, "Bracket") == {"Unspecified Site": 1}
        stores.look()

        assert held(stores, "Bracket") == {"Unspecified Site": 1, "Vans": 4}
        count(stores)
        assert held(stores, "Bracket") == {"Unspecified Site": 1, "Vans": 4}

    def test_k27_preferences_that_tell_no_more(self, stores: ServiceDesk) -> None:
        """An edition that has no such group says nothing of sites: what it said before is over."""
        group = re.compile(
            "(?s)<MultiLocationInventoryPreferences>.*</MultiLocationInventoryPref.*?>"
        )
        stores.counter.hcp = lambda told: ProcessResult(group.sub("", told.response))
        count(stores, preview=True)
        silent = stores.status().facts
        stores.counter.hcp = None
        count(stores, preview=True)

        assert "uses_inventory_sites" not in silent
        assert stores.status().facts["uses_inventory_sites"] is True


class TestPurchasing:
    def test_k27_p8_goods_are_received_at_the_site_of_the_order(self, stores: ServiceDesk) -> None:
        """P8: the order bears its site, and so its receipt brings the goods there."""
        number = order(stores, ("Transceiver", 4, "Van"), ("Optic", 2, "Van"))
        stores.look()
        stores.receive(number)
        stores.look()

        assert site_of(stores, number) == "Vans"
        assert stores.received(number) == [4, 2]
        assert held(stores, "Transceiver") == {"Vans": 4}

    def test_k27_an_order_of_several_sites_stops(self, stores: ServiceDesk) -> None:
        """QuickBooks keeps one site for an order: it is told which ones this would need."""
        number = order(stores, ("Transceiver", 1, "Van"), ("Optic", 1, "Annex"))
        stores.look()

        row = stores.transfer(number)
        assert (row.state.value, row.refusal) == ("refused", "several-sites")
        assert "Store, Vans" in (row.sentence or "")

    def test_k27_an_order_to_a_location_without_site_stops(self, stores: ServiceDesk) -> None:
        """Once it is said which site it is, the order goes."""
        number = order(stores, ("Transceiver", 1, "Depot"))
        stores.look()
        assert stores.transfer(number).refusal == "location-unmapped"
        with stores.having(f"{SITES}; Depot=Store"):
            stores.send("purchase-order", number)
            stores.look()
            assert site_of(stores, number) == "Store"

    def test_k27_an_inactive_site_is_made_active_with_its_order(self, stores: ServiceDesk) -> None:
        """Who made a site inactive and orders there again has it back from the inbox."""
        (shed,) = stores.enter_books(
            books.request("InventorySiteAdd", books.tags(Name="Shed", IsActive="false"))
        ).replies
        assert shed.code == 0
        with stores.having(f"{SITES}; Depot=Shed"):
            number = order(stores, ("Optic", 1, "Depot"))
            stores.look()
            assert stores.transfer(number).refusal == "record-inactive"
            (case,) = [
                each
                for each in inbox.with_documents(stores.hub, inbox.cases(stores.hub))
                if each.primary.name is inbox.CureName.ACTIVATE
            ]
            tokens = tuple(each.token for each in case.documents)
            asked = inbox.Asked(choice="activate", documents=tokens, stand=case.stand)
            inbox.cure(stores.hub, case.key, asked, ACTOR)
            stores.look()

            assert site_of(stores, number) == "Shed"

    def test_k27_another_location_needs_resync(self, stores: ServiceDesk) -> None:
        """P7: a line that is to be received elsewhere changes the order, and its site."""
        number = order(stores, ("Splice", 2, "Van"))
        stores.look()
        stores.change(number, 0, location="Annex")
        stores.look()
        assert stores.transfer(number).state.value == "changed"
        stores.send("purchase-order", number)
        stores.look()

        assert site_of(stores, number) == "Store"

    def test_k27_without_an_order_a_line_bears_its_own_site(self, stores: ServiceDesk) -> None:
        """A receipt that is not linked to its order names the site of each line."""
        with stores.having("receipt-out.link_to_order=false"):
            put(stores, "Ferrule", Main=1)
            count(stores)
            number = order(stores, ("Ferrule", 3, "Annex"))
            stores.look()
            stores.receive(number)
            stores.look()

        assert held(stores, "Ferrule") == {"Unspecified Site": 1, "Store": 3}


def test_k27_the_checklist_tells_what_is_mapped(stores: ServiceDesk) -> None:
    """Before the first transfer it is said which locations have no site yet."""

    def told() -> before_first.FirstStep:
        steps = before_first.link_checklist(stores.hub, stores.link).steps
        return next(each for each in steps if each.step == "sites")

    first = told()
    with stores.having(f"{SITES}; Depot=Store"):
        whole = told()
    with stores.having(_NOT_MAPPED):
        none = told()

    assert (first.is_passed, "Depot" in str(first.sentence)) == (False, True)
    assert whole.is_passed
    assert (none.is_passed, "general.inventory_sites" in str(none.sentence)) == (False, True)
