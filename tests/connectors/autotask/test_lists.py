"""Lists, stock, and companies that are added."""

from __future__ import annotations

from decimal import Decimal

import httpx2
import pytest

from counterfoil.connectors.autotask import Autotask, AutotaskClient, Tenant, observe, try_account
from counterfoil.connectors.called import TrialFailure
from counterfoil.documents import (
    Contact,
    Customer,
    CustomField,
    Item,
    Money,
    Quantity,
    RecordKind,
    Vendor,
)
from counterfoil.engine.operations import (
    CreateRecord,
    Describe,
    Done,
    Missing,
    ReadRecords,
    ReadStock,
    Refused,
    Unknown,
)
from tests.connectors.autotask.builders import ask, expect, items, page, scripted
from tests.connectors.autotask.conftest import MakeClient
from tests.connectors.autotask.many import Many
from tests.sandboxes.autotask.outside import Outside


def company(tenant: Outside, name: str, type_: int, **more: object) -> int:
    return tenant.make(
        "Companies",
        companyName=name,
        companyType=type_,
        ownerResourceID=29682885,
        phone="555-0100",
        **more,
    )


class TestLists:
    def test_vendors_and_everybody_else(self, tenant: Outside, driver: Autotask) -> None:
        """Both are companies: vendors by their type, customers are all others but the tenant."""
        company(tenant, "Pelican Supply", 7)
        company(tenant, "Harbor Yard", 1, isActive=False, city="Albany")
        company(tenant, "Perhaps Later", 3)

        vendors = page(ask(driver, ReadRecords(id="op", kind=RecordKind.VENDOR)))
        customers = page(ask(driver, ReadRecords(id="op", kind=RecordKind.CUSTOMER)))

        assert [each.full_name for each in vendors.records] == ["Pelican Supply"]
        assert [(each.full_name, each.is_active) for each in customers.records] == [
            ("Harbor Yard", False),
            ("Perhaps Later", True),
        ]
        assert vendors.is_snapshot

    def test_products(self, tenant: Outside, driver: Autotask) -> None:
        """With cost, price and the maker's number; a name is one name, whatever is in it."""
        tenant.product("Desk:Lamp ~ red", unitCost=2.5, unitPrice=4, manufacturerProductName="L-1")

        (item,) = page(ask(driver, ReadRecords(id="op", kind=RecordKind.ITEM))).records

        assert isinstance(item, Item)
        assert (item.name, item.full_name) == ("Desk:Lamp ~ red", "Desk:Lamp ~ red")
        assert (item.purchase_cost, item.sales_price) == (
            Money(Decimal("2.5")),
            Money(Decimal(4)),
        )
        assert item.manufacturer_number == "L-1"

    def test_fields_that_users_defined(self, make_client: MakeClient) -> None:
        """Products and companies bring them; those without a value say nothing."""
        fields = [{"name": "QB item", "value": "Lamp"}, {"name": "Shelf", "value": None}]
        itself = httpx2.Response(200, json={"item": {"id": 0}})
        lamp = {"id": 1, "name": "Lamp", "userDefinedFields": fields}
        transport, _ = scripted(items(lamp), itself)

        (item,) = page(
            ask(
                Autotask(make_client(transport), Tenant()),
                ReadRecords(id="op", kind=RecordKind.ITEM),
            )
        ).records

        assert item.custom_fields == (CustomField("QB item", "Lamp"),)

    def test_costs_that_the_user_may_not_see(self, tenant: Outside, driver: Autotask) -> None:
        """They come empty, and are unknown, not nothing."""
        tenant.product("Widget", unitCost=2.5)
        tenant.user(**{"sees-costs": False})

        (item,) = page(ask(driver, ReadRecords(id="op", kind=RecordKind.ITEM))).records

        assert isinstance(item, Item)
        assert item.purchase_cost is None

    def test_a_list_that_shows_nothing_is_none(self, tenant: Outside, driver: Autotask) -> None:
        """None visible: there is none, or no right to see any; nothing is forgotten over it."""
        outcome = expect(Refused, ask(driver, ReadRecords(id="op", kind=RecordKind.ITEM)))

        assert outcome.refusal.code == "permission-missing"
        assert "no item is visible" in outcome.refusal.sentence

    def test_no_vendor_where_customers_are_visible(self, tenant: Outside, driver: Autotask) -> None:
        """The right to see companies is proved by others of them: then there is no vendor."""
        company(tenant, "Harbor Yard", 1)

        assert page(ask(driver, ReadRecords(id="op", kind=RecordKind.VENDOR))).records == ()

    def test_a_list_that_is_not_there(self, driver: Autotask) -> None:
        """Autotask has no list of accounts."""
        outcome = ask(driver, ReadRecords(id="op", kind=RecordKind.ACCOUNT))

        assert expect(Refused, outcome).refusal.code == "feature-missing"


class TestStock:
    def stocked(self, tenant: Outside, *quantities: int) -> int:
        """Count so many of a product at one location each."""
        product = tenant.product("Widget")
        for number, quantity in enumerate(quantities):
            location = tenant.make(
                "InventoryLocations", locationName=f"Bay {number}", isActive=True
            )
            tenant.desk("count", product=product, quantity=quantity, location=location)
        return product

    def test_it_is_summed_over_all_locations(self, tenant: Outside, driver: Autotask) -> None:
        """On hand is Autotask's own column, of every location."""
        product = self.stocked(tenant, 3, 4, 0)

        for named in ((), (str(product),)):
            (item,) = page(ask(driver, ReadStock(id="op", items=named))).records
            assert isinstance(item, Item)
            assert (item.id, item.on_hand) == (str(product), Quantity(Decimal(7)))

    @pytest.mark.parametrize("counts_promised, units", [(True, 9), (False, 6)])
    def test_n5_reserved_and_picked_units_count_as_set(
        self, make_client: MakeClient, *, counts_promised: bool, units: int
    ) -> None:
        """They are on hand, as Autotask's own column says, or are taken off."""
        many = Many(0)
        many.lists["InventoryProducts"] = [
            {"id": 1, "productID": 1, "onHandUnits": 5, "reservedUnits": 1, "pickedUnits": 2},
            {"id": 2, "productID": 1, "onHandUnits": 4, "reservedUnits": 0, "pickedUnits": 0},
        ]
        driver = Autotask(make_client(many), Tenant(counts_promised=counts_promised))

        (item,) = page(ask(driver, ReadStock(id="op"))).records

        assert isinstance(item, Item)
        assert item.on_hand == Quantity(Decimal(units))

    def test_k27_stock_is_told_by_location(self, tenant: Outside, driver: Autotask) -> None:
        """Asked where it lies, each location is told by itself, and is in the list of sites."""
        product = self.stocked(tenant, 3, 4)

        everything, at = (
            page(ask(driver, ReadStock(id="op", items=named, at_sites=True))).at_sites
            for named in ((), (str(product),))
        )
        assert everything == at
        assert sorted(each.quantity or 0 for each in at) == [3, 4]
        assert {each.item for each in at} == {str(product)}
        sites = page(ask(driver, ReadRecords(id="op", kind=RecordKind.INVENTORY_SITE))).records
        assert {each.site for each in at} < {each.id for each in sites}

    def test_what_is_not_stocked_has_no_quantity(self, tenant: Outside, driver: Autotask) -> None:
        """Asked for by its identity it is told without one: that is not none on hand."""
        self.stocked(tenant, 3)
        other = str(tenant.product("Service"))

        (item,) = page(ask(driver, ReadStock(id="op", items=(other,)))).records

        assert isinstance(item, Item)
        assert (item.id, item.on_hand) == (other, None)

    def test_a_null_is_not_nothing(self, make_client: MakeClient) -> None:
        """Where one location tells no number, the sum is unknown."""
        many = Many(0)
        many.lists["InventoryProducts"] = [
            {"id": 1, "productID": 1, "onHandUnits": 3},
            {"id": 2, "productID": 1, "onHandUnits": None},
        ]

        (item,) = page(ask(Autotask(make_client(many), Tenant()), ReadStock(id="op"))).records

        assert isinstance(item, Item)
        assert item.on_hand is None

    def test_the_older_entity_serves_where_the_newer_is_not(
        self, tenant: Outside, driver: Autotask
    ) -> None:
        """A tenant that has no InventoryProducts is counted by InventoryItems."""
        self.stocked(tenant, 3, 4)
        tenant.fault("html", path="inventoryproducts*", status=404, times=9)

        (item,) = page(ask(driver, ReadStock(id="op"))).records

        assert isinstance(item, Item)
        assert item.on_hand == Quantity(Decimal(7))

    def test_stock_that_shows_nothing(self, driver: Autotask) -> None:
        """No stocked product visible is told, and counts nothing as gone."""
        outcome = expect(Refused, ask(driver, ReadStock(id="op")))

        assert "no stocked product is visible" in outcome.refusal.sentence


class TestCompanies:
    def adding(self, record: Vendor | Customer) -> CreateRecord:
        kind = RecordKind.VENDOR if isinstance(record, Vendor) else RecordKind.CUSTOMER
        return CreateRecord(id="op", kind=kind, record=record, key="key")

    def vendor(self, **more: object) -> Vendor:
        known = {"id": "", "name": "Pelican Supply", "full_name": "Pelican Supply"}
        return Vendor(**{**known, "contact": Contact(phone="555-0101"), **more})  # type: ignore[arg-type]  # a test's own words

    @pytest.mark.parametrize("type_, number", [(Vendor, 7), (Customer, 1)])
    def test_one_is_added_with_its_type(
        self, tenant: Outside, driver: Autotask, type_: type[Vendor | Customer], number: int
    ) -> None:
        """A vendor and a customer differ by their type only; who owns the tenant owns it."""
        record = type_(id="", name="Acorn", full_name="Acorn", contact=Contact(phone="555-0101"))

        done = expect(Done, ask(driver, self.adding(record)))

        made = tenant.item("Companies", int(done.id or "0"))
        assert (made["companyName"], made["companyType"]) == ("Acorn", number)

    def test_one_of_that_name_is_not_added_again(self, tenant: Outside, driver: Autotask) -> None:
        """It is looked for first; what is there is what was meant."""
        known = company(tenant, "PELICAN supply", 7)

        done = expect(Done, ask(driver, self.adding(self.vendor())))

        assert (done.id, done.note) == (str(known), "“Pelican Supply” was already there.")

    def test_a_lost_answer_is_looked_for(self, tenant: Outside, driver: Autotask) -> None:
        """A write without an answer is never sent again before it was looked for."""
        adding = self.adding(self.vendor())
        expect(Missing, ask(driver, adding, recovers=True))
        tenant.fault("html-after", path="companies", method="POST", status=502)

        expect(Unknown, ask(driver, adding))
        found = expect(Done, ask(driver, adding, recovers=True))

        assert [each["id"] for each in tenant.find("Companies")][1:] == [int(found.id or "0")]

    def test_a_telephone_number_is_not_made_up(self, tenant: Outside, driver: Autotask) -> None:
        """Autotask asks for one; without it nothing is sent, and the person is told."""
        outcome = expect(Refused, ask(driver, self.adding(self.vendor(contact=None))))

        assert outcome.refusal.code == "value-unfit"
        assert len(tenant.find("Companies")) == 1

    def test_nothing_is_added_where_emptiness_is_not_believed(
        self, tenant: Outside, driver: Autotask
    ) -> None:
        """Row 3: a zone that answers nothing leads to no second company."""
        company(tenant, "Pelican Supply", 7)
        tenant.user(unseen=["Companies"])

        ask(driver, self.adding(self.vendor()))

        tenant.user()
        assert len(tenant.find("Companies")) == 2


class TestTrying:
    def test_it_works(self, tenant: Outside, client: AutotaskClient) -> None:
        """What is visible is told, and of what nothing is."""
        tenant.product()

        trial = try_account(client)

        assert trial.works
        assert trial.facts["none_visible"] == "purchase order, line of a purchase order"

    @pytest.mark.parametrize(
        "user, secret, failure",
        [
            ("link@acme.example", "wrong", TrialFailure.CREDENTIALS),
            ("nobody@acme.example", "wrong", TrialFailure.CREDENTIALS),
        ],
        ids=["secret", "user"],
    )
    def test_wrong_credentials(
        self,
        tenant: Outside,
        make_client: MakeClient,
        user: str,
        secret: str,
        failure: TrialFailure,
    ) -> None:
        """Wrong secret and unknown user are one sentence, with what to look for."""
        through = httpx2.MockTransport(tenant.http.send)

        trial = try_account(make_client(through, user=user, secret=secret))

        assert trial.failure is failure
        assert "API-only" in str(trial.cure)

    def test_an_ordinary_user(self, tenant: Outside, client: AutotaskClient) -> None:
        """One who is no API-only user is found by discovery, and let in nowhere."""
        tenant.user(licence="other")

        assert try_account(client).failure is TrialFailure.CREDENTIALS

    def test_a_user_who_sees_nothing(self, tenant: Outside, client: AutotaskClient) -> None:
        """Right credentials without rights: the security level is named."""
        tenant.user(unseen=["Companies"])

        trial = try_account(client)

        assert trial.failure is TrialFailure.PERMISSION
        assert "security level" in str(trial.cure)

    def test_nobody_answers(self, make_client: MakeClient) -> None:
        """A host that cannot be reached is no matter of credentials."""

        def lost(request: httpx2.Request) -> httpx2.Response:
            raise httpx2.ConnectError("no route")

        trial = try_account(make_client(httpx2.MockTransport(lost)))

        assert trial.failure is TrialFailure.UNREACHABLE

    def test_what_is_so_of_the_tenant(self, tenant: Outside, client: AutotaskClient) -> None:
        """A newer version is told, rights and calls are; what cannot be read tells nothing."""
        tenant.fault("html", path="thresholdinformation", status=502, times=9)

        found = {each.name: each for each in observe(client)}

        assert {name: each.is_so for name, each in found.items()} == {
            "visible": False,
            "writable": True,
            "version": True,
            "calls": None,
            "currency": None,
        }
        assert "V2.0, which is not used" in found["version"].sentence

    def test_it_describes_itself(self, tenant: Outside, driver: Autotask) -> None:
        """Who answers, and what can be read and written there."""
        facts = expect(Done, ask(driver, Describe(id="op"))).facts

        assert (facts["documents"], facts["creates"]) == (
            "purchase-order receipt",
            "customer vendor",
        )
