"""Autotask driven by the hub: what a drive asks, and what the ledger knows afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx2
import pytest

from counterfoil.documents import DocumentKind, DocumentStatus, PurchaseOrder, Receipt, decode
from counterfoil.errors import UsageError
from counterfoil.hub import accounts, desk, finding
from counterfoil.hub.drive import DriveReport, drive
from counterfoil.hub.setup import Configuration, Hub, open_hub
from counterfoil.ledger import connections, documents
from counterfoil.settings import SystemName
from tests.sandboxes.autotask.outside import (
    CODE,
    OTHER_USER,
    SECRET,
    SERVICE,
    USER,
    Json,
    Outside,
    World,
    opened,
)
from tests.support.world import ACTOR, SECRET_KEY

CREDENTIALS = {
    "api_user": USER,
    "secret": SECRET,
    "integration_code": CODE,
    "base_url": SERVICE,
    "time_zone": "America/New_York",
}


@dataclass
class Provider:
    """A service provider: a tenant, and a hub with a link to books that nobody opens."""

    tenant: Outside
    hub: Hub
    connection: int = 0

    def connect(self) -> None:
        made = accounts.add_connection(
            self.hub, SystemName.AUTOTASK, "Service desk", CREDENTIALS, ACTOR
        )
        self.connection = made.id
        accounts.add_connection(self.hub, SystemName.QUICKBOOKS_DESKTOP, "Books", {}, ACTOR)
        link = accounts.add_link(self.hub, "Service desk", "Books", ACTOR).id
        desk.set_settings(
            self.hub,
            link,
            ["purchase-order-out.mode=automatic", "receipt-out.mode=automatic"],
            ACTOR,
        )

    def drive(self) -> DriveReport:
        return drive(self.hub, self.connection, "schedule")

    def wait(self, **time: float) -> None:
        self.tenant.clock.pass_s(timedelta(**time).total_seconds())

    def calls(self) -> dict[str, int]:
        """Give the calls since they were last asked for."""
        found: dict[str, int] = self.tenant.tenant("GET", "calls")["calls"]
        self.tenant.tenant("DELETE", "calls")
        return found

    def facts(self) -> dict[str, Any]:
        with self.hub.database.reading() as tx:
            found = connections.load(tx, self.connection)
        assert found is not None
        return dict(found.facts)

    def kept(self, kind: DocumentKind) -> list[Any]:
        """Give the documents that the ledger holds and that are not gone, oldest first."""
        with self.hub.database.reading() as tx:
            known = documents.seen_fingerprints(tx, self.connection, kind, None)
            there = [id_ for id_, seen in known.items() if not seen.is_gone]
            rows = documents.by_ids(tx, self.connection, kind, there)
        return [decode(kind, each.body) for each in sorted(rows, key=lambda row: row.row)]

    def unreadable(self) -> list[str]:
        with self.hub.database.reading() as tx:
            return [each.problem for each in documents.unreadables(tx, self.connection)]

    def order(self, *quantities: int) -> Json:
        product = self.tenant.product(f"Widget {self.tenant.clock.moment:%H%M}")
        return self.tenant.order(
            *({"productID": product, "quantity": each, "unitCost": 2.5} for each in quantities)
        )

    def receive(self, order: Json, quantity: int, **more: Any) -> list[Json]:
        lines = [{"line": order["lines"][0]["id"], "quantity": quantity}]
        found: list[Json] = self.tenant.desk("receive", order=order["id"], lines=lines, **more)
        return found


@pytest.fixture(scope="module")
def service() -> Iterator[World]:
    with opened() as found:
        yield found


@pytest.fixture
def provider(service: World, sqlite_hub_url: str) -> Iterator[Provider]:
    tenant = service.fresh()
    configuration = Configuration(database_url=sqlite_hub_url, secret_key=SECRET_KEY)
    with open_hub(
        configuration,
        tenant.clock.now,
        sleep=lambda seconds: None,
        transport=httpx2.MockTransport(tenant.http.send),
    ) as hub:
        found = Provider(tenant, hub)
        found.connect()
        yield found


def test_an_order_and_what_becomes_of_it(provider: Provider) -> None:
    """It is read once, its receipts as they come, and what was taken back is gone."""
    order = provider.order(10)
    assert provider.drive().problem is None
    assert [each.status for each in provider.kept(DocumentKind.PURCHASE_ORDER)] == [
        DocumentStatus.OPEN
    ]

    provider.wait(minutes=5)
    provider.receive(order, 4, invoice="INV-1")
    provider.wait(minutes=5)
    (row,) = provider.receive(order, 6, invoice="INV-2")
    provider.drive()

    receipts = provider.kept(DocumentKind.RECEIPT)
    assert [(each.vendor_invoice_number, int(each.lines[0].moved.value)) for each in receipts] == [
        ("INV-1", 4),
        ("INV-2", 6),
    ]
    (kept,) = provider.kept(DocumentKind.PURCHASE_ORDER)
    assert isinstance(kept, PurchaseOrder)
    assert kept.status is DocumentStatus.CLOSED

    provider.wait(minutes=5)
    provider.tenant.desk("unreceive", receipt=row["id"])
    provider.drive()

    (left,) = provider.kept(DocumentKind.RECEIPT)
    assert isinstance(left, Receipt)
    assert left.vendor_invoice_number == "INV-1"


def test_a_drive_with_nothing_changed_is_six_calls(provider: Provider) -> None:
    """Row 9: the zone and the words of statuses are known, lists are read some times a day."""
    provider.order(10)
    provider.drive()
    provider.wait(hours=1)
    provider.drive()
    provider.calls()

    provider.wait(minutes=2)
    provider.drive()

    assert provider.calls() == {
        "GET /Companies/{id}": 1,
        "POST /PurchaseOrders/query": 1,
        "POST /PurchaseOrderItemReceiving/query": 1,
        "POST /PurchaseOrders/query/count": 3,
    }


def test_lists_are_read_some_times_a_day(provider: Provider) -> None:
    """They tell no changes, so each reading of them is whole; six hours later one is due."""
    provider.tenant.product()
    read = []
    for hours in (0, 5, 2):
        provider.wait(hours=hours)
        provider.calls()
        provider.drive()
        read.append(provider.calls().get("POST /Products/query", 0))

    assert read == [1, 0, 1]


def test_a_bookmark_is_kept_with_the_page_that_brings_it(provider: Provider) -> None:
    """What a failed reading would have brought is read by the next one."""
    provider.order(10)
    provider.drive()
    before = provider.facts()["bookmarks"]
    provider.wait(minutes=5)
    new = provider.order(3)
    provider.tenant.fault("html", path="purchaseorderitems/query", status=502, times=9)
    assert provider.drive().problem is not None
    assert provider.facts()["bookmarks"] == before
    provider.tenant.control("DELETE", "/faults")

    provider.wait(minutes=5)
    provider.drive()

    assert str(new["id"]) in {each.id for each in provider.kept(DocumentKind.PURCHASE_ORDER)}


def test_w15_a_vendor_that_was_renamed_keeps_its_route(provider: Provider) -> None:
    """W15: orders go by the vendor that was routed, not by who bears its name by then."""
    tenant, hub = provider.tenant, provider.hub
    accounts.add_connection(hub, SystemName.QUICKBOOKS_DESKTOP, "West", {}, ACTOR)
    west = accounts.add_link(hub, "Service desk", "West", ACTOR).id
    desk.set_settings(hub, west, ["purchase-order-out.mode=automatic"], ACTOR)
    ours, other = tenant.vendor("Pelican Supply"), tenant.vendor("Heron Parts")
    provider.drive()
    books = finding.connection_named(hub, "Service desk")
    desk.set_route(hub, books, 1, ACTOR)
    desk.set_route(hub, books, west, ACTOR, party="vendor", name="Pelican Supply")

    tenant.patch("Companies", id=ours, companyName="Pelican Group")
    tenant.patch("Companies", id=other, companyName="Pelican Supply")
    product = tenant.product("Widget")
    orders = [
        tenant.order({"productID": product, "quantity": 1, "unitCost": 1}, vendor=vendor)["id"]
        for vendor in (ours, other)
    ]
    provider.wait(minutes=5)
    provider.drive()

    rows = desk.rows(hub, limit=100)
    assert {(each.number, each.link): each.state.value for each in rows} == {
        (str(orders[0]), 1): "skipped",
        (str(orders[0]), west): "ready",
        (str(orders[1]), 1): "ready",
        (str(orders[1]), west): "skipped",
    }


def test_what_nobody_can_tell_is_shown_until_it_is_clear(provider: Provider) -> None:
    """Row 8: a receipt without its quantity is told, and forgotten once it has one."""
    provider.tenant.switch(unreceive="null-quantity")
    order = provider.order(10)
    (row,) = provider.receive(order, 4)
    provider.tenant.desk("unreceive", receipt=row["id"])
    provider.drive()
    assert "does not say how many" in " ".join(provider.unreadable())

    provider.tenant.tenant(
        "PATCH", f"records/PurchaseOrderItemReceiving/{row['id']}", {"quantityNowReceiving": 4}
    )
    provider.wait(minutes=5)
    provider.drive()

    assert provider.unreadable() == []
    assert len(provider.kept(DocumentKind.RECEIPT)) == 1


def test_row_3_a_tenant_that_moved_loses_nothing(provider: Provider) -> None:
    """Row 3: the old zone answers nothing; no document is taken for gone, and it goes on."""
    order = provider.order(10)
    provider.receive(order, 4)
    provider.drive()
    provider.tenant.tenant("POST", "move", {"zone": "zone5"})

    provider.wait(minutes=5)
    assert provider.drive().problem is None

    assert len(provider.kept(DocumentKind.PURCHASE_ORDER)) == 1
    assert len(provider.kept(DocumentKind.RECEIPT)) == 1


@pytest.mark.parametrize(
    "given, words",
    [
        ({"base_url": "http://autotask.example"}, "not encrypted"),
        ({"base_url": "https://me:word@autotask.example"}, "--secret and --integration-code"),
        ({"base_url": "autotask"}, "webservices.autotask.net"),
        ({"time_zone": "Mars"}, "no time zone"),
        ({"allow_http": "perhaps"}, "--allow-http is true or false"),
    ],
)
def test_what_is_typed_wrong_is_told(provider: Provider, given: dict[str, str], words: str) -> None:
    """Each sentence names the value and what to type instead."""
    with pytest.raises(UsageError, match=words):
        accounts.add_connection(
            provider.hub, SystemName.AUTOTASK, "Other", {**CREDENTIALS, **given}, ACTOR
        )


def test_wrong_credentials_are_not_kept(provider: Provider) -> None:
    """They are tried before the connection is added."""
    with pytest.raises(Exception, match="API user name, its secret or the tracking identifier"):
        accounts.add_connection(
            provider.hub,
            SystemName.AUTOTASK,
            "Other",
            {**CREDENTIALS, "secret": "wrong", "api_user": "nobody@acme.example"},
            ACTOR,
        )


def test_one_tenant_is_connected_once(provider: Provider) -> None:
    """The same API user is the same account, however it is written."""
    with pytest.raises(UsageError, match="“Service desk”"):
        accounts.add_connection(
            provider.hub,
            SystemName.AUTOTASK,
            "Other",
            {**CREDENTIALS, "api_user": USER.upper()},
            ACTOR,
        )


def test_another_tenant_is_no_change(provider: Provider) -> None:
    """Its orders bear the same identities and no numbers: what they say tells which it is."""
    provider.order(10)
    provider.drive()
    given = {"api_user": OTHER_USER, "secret": SECRET}
    users = {OTHER_USER: {"secret": SECRET}}
    other = {"name": "Elsewhere", "codes": [CODE], "users": users}
    provider.tenant.control("POST", "/tenants", other)
    elsewhere = provider.tenant.beside()
    elsewhere.headers = elsewhere.headers | {"UserName": OTHER_USER}
    product = elsewhere.product("Something else")
    lines = [{"productID": product, "quantity": 1, "unitCost": 1}]
    entered = {"vendor": elsewhere.vendor("Heron Parts"), "lines": lines}
    elsewhere.control("POST", "/tenants/Elsewhere/enter", entered)

    try:
        with provider.hub.database.reading() as tx:
            connection = connections.load(tx, provider.connection)
        assert connection is not None
        with pytest.raises(UsageError, match="another company"):
            accounts.change_connection(provider.hub, connection, given, ACTOR)
    finally:
        elsewhere.http.close()
        provider.tenant.control("DELETE", "/tenants/Elsewhere")


def test_another_user_of_the_tenant_is_a_change(provider: Provider) -> None:
    """It sees the orders that are known, whether they bear numbers or not."""
    provider.order(10)
    provider.drive()
    provider.tenant.tenant("PUT", f"users/{OTHER_USER}", {"secret": SECRET})
    with provider.hub.database.reading() as tx:
        connection = connections.load(tx, provider.connection)
    assert connection is not None

    accounts.change_connection(provider.hub, connection, {"api_user": OTHER_USER}, ACTOR)

    provider.wait(minutes=5)
    assert provider.drive().problem is None
