"""Orders and receipts: what they say, and how what changed is found."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

import httpx2
import pytest

from counterfoil.connectors.autotask import Autotask, Tenant
from counterfoil.connectors.autotask._bookmark import Bookmark
from counterfoil.documents import (
    EXTERNAL_NUMBER,
    Address,
    DocumentKind,
    DocumentStatus,
    Money,
    PurchaseOrder,
    Quantity,
    Reference,
)
from counterfoil.engine.operations import (
    Batch,
    Busy,
    Conflict,
    Done,
    FindDocument,
    Missing,
    Page,
    ReadDocuments,
    Refused,
    Unknown,
    WriteField,
)
from tests.connectors.autotask.builders import (
    ORDER,
    RECEIPT,
    ask,
    expect,
    orders_in,
    page,
    read,
    receipts_in,
)
from tests.connectors.autotask.conftest import MakeClient
from tests.connectors.autotask.many import Many
from tests.sandboxes.autotask.outside import Json, Outside


def bought(tenant: Outside, *quantities: int, **more: Any) -> Json:
    """Submit an order over so many of one product each."""
    product = tenant.product(unitCost=2.5)
    lines = [{"productID": product, "quantity": each, "unitCost": 2.5} for each in quantities]
    return tenant.order(*lines, **more)


def receive(tenant: Outside, order: Json, *quantities: int, **more: Any) -> list[Json]:
    """Save what came of an order's first lines."""
    lines = [
        {"line": line["id"], "quantity": quantity}
        for line, quantity in zip(order["lines"], quantities, strict=False)
        if quantity
    ]
    found: list[Json] = tenant.desk("receive", order=order["id"], lines=lines, **more)
    return found


FIRST = ReadDocuments(id="op", kind=ORDER, limit=500)


def looks_at(driver: Autotask, kind: DocumentKind, bookmark: str | None) -> Page:
    """Look once, so soon after the last time that no sweep is due."""
    found = page(ask(driver, ReadDocuments(id="op", kind=kind, bookmark=bookmark)))
    assert found.next is None
    return found


class TestOrders:
    def test_what_an_order_says(self, tenant: Outside, driver: Autotask) -> None:
        """Header, lines and what was received of them, by the table of the field map."""
        vendor = tenant.vendor("Pelican Supply")
        customer = tenant.make(
            "Companies",
            companyName="Harbor Yard",
            companyType=1,
            ownerResourceID=29682885,
            phone="1",
        )
        product = tenant.product("Widget", manufacturerProductName="W-1")
        ticket = tenant.record("Tickets", companyID=customer, title="T", status=1, priority=1)
        order = tenant.order({"productID": product, "quantity": 10, "unitCost": 2.5}, vendor=vendor)
        tenant.patch(
            "PurchaseOrders",
            id=order["id"],
            freight=12.5,
            generalMemo="Ring twice",
            externalPONumber="1044",
            purchaseForCompanyID=customer,
            shipToState="NY",
            shipToPostalCode="12207",
        )
        tenant.control(
            "PATCH",
            f"/tenants/Acme Support/records/PurchaseOrderItems/{order['lines'][0]['id']}",
            {
                "ticketID": ticket["id"],
                "memo": "Blue ones",
                "estimatedArrivalDate": "2026-02-01T00:00:00",
            },
        )
        receive(tenant, order, 4)

        (found,) = orders_in(read(driver)).values()

        (line,) = found.lines
        assert found.id == str(order["id"])
        assert found.vendor == Reference("Pelican Supply", str(vendor))
        assert found.purchased_for == Reference("Harbor Yard", str(customer))
        assert (found.freight, found.message_to_vendor) == (Money(Decimal("12.5")), "Ring twice")
        assert (found.external_number, found.custom_field(EXTERNAL_NUMBER)) == ("1044", "1044")
        assert found.delivery_address == Address(
            lines=("Main", "1 Sample Road"), city="Albany", state="NY", postal_code="12207"
        )
        assert (found.created_on, found.due_on) == (date(2026, 1, 15), date(2026, 2, 1))
        assert line.item == Reference("Widget", str(product))
        assert line.customer == Reference("Harbor Yard", str(customer))
        assert (line.quantity, line.delivered) == (Quantity(Decimal(10)), Quantity(Decimal(4)))
        assert (line.description, line.manufacturer_number) == ("Blue ones", "W-1")
        assert line.unit_cost == Money(Decimal("2.5"))

    @pytest.mark.parametrize(
        "field, entity",
        [("ticketID", "Tickets"), ("projectID", "Projects"), ("contractID", "Contracts")],
    )
    def test_p25_whose_charge_a_line_is(
        self, make_client: MakeClient, field: str, entity: str
    ) -> None:
        """P25: a charge of a ticket, project or contract is bought for that one's organization."""
        many = Many(1)
        many.lists["Companies"].append({"id": 9, "companyName": "Harbor Yard"})
        many.lists[entity] = [{"id": 31, "companyID": 9}]
        many.lists["PurchaseOrderItems"][0] |= {field: 31, "chargeID": 77}

        (found,) = orders_in(read(Autotask(make_client(many), Tenant()))).values()

        customers = [line.customer for line in found.lines]
        assert customers == [Reference("Harbor Yard", "9"), None, None]

    @pytest.mark.parametrize(
        "there, at, told",
        [
            ([{"id": 5, "locationName": "Van"}], 5, Reference("Van", "5")),
            ([{"id": 5, "locationName": None}], 5, Reference("Location 5", "5")),
            ([{"id": 6, "locationName": "Van"}], 5, Reference("Location 5", "5")),
            ([], None, None),
        ],
    )
    def test_k27_where_a_line_is_received(
        self, make_client: MakeClient, there: list[Json], at: int | None, told: Reference | None
    ) -> None:
        """A location that is not shown is somewhere all the same: its number stands for it."""
        many = Many(1)
        many.lists["InventoryLocations"] = there
        many.lists["PurchaseOrderItems"][0] |= {"inventoryLocationID": at}

        (found,) = orders_in(read(Autotask(make_client(many), Tenant(tells_sites=True)))).values()
        (asked_by_nobody,) = orders_in(read(Autotask(make_client(many), Tenant()))).values()

        assert found.lines[0].site == told
        assert asked_by_nobody.lines[0].site is None

    def test_a_charge_without_a_product(self, make_client: MakeClient) -> None:
        """A line that names only its charge is no product's: it says so, and goes nowhere unasked."""
        many = Many(1)
        many.lists["PurchaseOrderItems"][0] |= {"productID": None, "chargeID": 77}

        (found,) = orders_in(read(Autotask(make_client(many), Tenant()))).values()

        assert found.lines[0].item is None

    @pytest.mark.parametrize(
        "status, expected",
        [
            (1, DocumentStatus.NEW),
            (2, DocumentStatus.OPEN),
            (3, DocumentStatus.OPEN),
            (4, DocumentStatus.CLOSED),
            (5, DocumentStatus.CANCELLED),
        ],
    )
    def test_where_an_order_stands(
        self, make_client: MakeClient, status: int, expected: DocumentStatus
    ) -> None:
        """The words of the tenant's own picklist tell; closed orders are read, too."""
        driver = Autotask(make_client(Many(1, status=status)), Tenant())

        assert [each.status for each in orders_in(read(driver)).values()] == [expected]

    @pytest.mark.parametrize("dates", ["z", "bare"])
    def test_a_day_is_the_tenants(self, tenant: Outside, driver: Autotask, dates: str) -> None:
        """Moments are UTC, said or not: half past midnight there is the evening before here."""
        tenant.switch(dates=dates)
        tenant.clock.pass_s(15 * 3600)
        receive(tenant, bought(tenant, 1), 1)

        assert [each.created_on for each in orders_in(read(driver)).values()] == [date(2026, 1, 15)]
        assert [each.received_on for each in receipts_in(read(driver, RECEIPT))] == [
            date(2026, 1, 15)
        ]

    @pytest.mark.parametrize(
        "entity, change, field",
        [
            ("PurchaseOrderItems", {"quantity": None}, "lines[0].quantity"),
            ("PurchaseOrderItems", {"productID": 4711}, "lines[0].productID"),
            ("PurchaseOrderItems", {"ticketID": 4711}, "lines[0].ticketID"),
            ("PurchaseOrders", {"vendorID": 4711}, "vendorID"),
            ("PurchaseOrders", {"status": 4711}, "status"),
            ("Companies", {"companyName": " "}, "vendorID"),
        ],
        ids=lambda value: value if isinstance(value, str) else "",
    )
    def test_what_cannot_be_read_is_told_and_spoils_nothing(
        self, make_client: MakeClient, entity: str, change: Json, field: str
    ) -> None:
        """A deleted product, a nameless vendor, a missing number: a row about that one order."""
        many = Many(2)
        at = 1 if entity == "Companies" else 0
        many.lists[entity][at].update(change)

        found = read(Autotask(make_client(many), Tenant()))

        bad = found.unreadable[0]
        assert (bad.id, bad.number, bad.field) == ("1", "1", field)
        assert [*orders_in(found)] == ([] if entity == "Companies" else ["2"])

    def test_lines_that_are_hidden(self, make_client: MakeClient) -> None:
        """Nothing is submitted without a line: an order that shows none is not taken for empty."""
        many = Many(1)
        many.lists["PurchaseOrderItems"].clear()

        found = read(Autotask(make_client(many), Tenant()))

        assert (found.documents, found.unreadable[0].field) == ((), "items")

    def test_costs_that_are_hidden(self, make_client: MakeClient) -> None:
        """Nulls where numbers are documented say nothing: the item's own price applies."""
        many = Many(1)
        many.lists["PurchaseOrderItems"][0].update(unitCost=None)
        many.lists["PurchaseOrders"][0].update(freight=None, shippingType=None)

        (found,) = orders_in(read(Autotask(make_client(many), Tenant()))).values()

        assert (found.freight, found.ship_via, found.lines[0].unit_cost) == (None, None, None)

    def test_a_currency_is_told_where_there_are_several(self, make_client: MakeClient) -> None:
        """P44, row 14: more than one active currency, and an order is in that of its vendor."""
        many = Many(1)
        many.lists["Companies"][1]["currencyID"] = 2
        many.lists["Currencies"] = [
            {"id": 1, "name": "USD", "isActive": True},
            {"id": 2, "name": "EUR", "isActive": True},
        ]

        (found,) = orders_in(read(Autotask(make_client(many), Tenant()))).values()

        assert (found.currency, found.lines[0].unit_cost) == ("EUR", Money(Decimal("2.5"), "EUR"))

    def test_its_revision_tells_what_its_fingerprint_does_not(
        self, tenant: Outside, driver: Autotask
    ) -> None:
        """A number written to it, or goods received, are another revision of the same order."""
        order = bought(tenant, 5)
        before = read(driver)
        tenant.patch("PurchaseOrders", id=order["id"], externalPONumber="7")
        after = read(driver)

        revisions = {each.revision for each in (*before.documents, *after.documents)}
        assert len(revisions) == 2


class TestReceipts:
    def test_a_save_is_a_receipt(self, tenant: Outside, driver: Autotask) -> None:
        """The rows of one moment and invoice are one receipt, each linked to its order's line."""
        order = bought(tenant, 10, 6)
        receive(tenant, order, 4, 6, invoice="INV-1")
        tenant.clock.pass_s(60)
        receive(tenant, order, 2, 0, invoice="INV-2")

        first, second = receipts_in(read(driver, RECEIPT))

        lines = [str(line["id"]) for line in order["lines"]]
        came = [
            [(line.order_line_id, int(line.moved.value)) for line in each.lines]
            for each in (first, second)
        ]
        assert came == [[(lines[0], 4), (lines[1], 6)], [(lines[0], 2)]]
        assert (first.order_id, first.number) == (
            str(order["id"]),
            f"{order['id']} 2026-01-15 04:30",
        )
        assert first.vendor_invoice_number == "INV-1"
        assert first.received_at == datetime(2026, 1, 15, 9, 30, tzinfo=UTC)
        assert first.received_on == date(2026, 1, 15)
        assert (first.lines[0].ordered, first.lines[0].unit_value) == (
            Quantity(Decimal(10)),
            Money(Decimal("2.5")),
        )

    @pytest.mark.parametrize("how", ["negative-row", "row-gone"])
    def test_row_8_goods_that_were_taken_back(
        self, tenant: Outside, driver: Autotask, how: str
    ) -> None:
        """Row 8: a receipt all of which was taken back is gone, and its order's are all told."""
        tenant.switch(unreceive=how)
        order = bought(tenant, 10)
        receive(tenant, order, 4)
        tenant.clock.pass_s(60)
        (row,) = receive(tenant, order, 3)
        before = read(driver, RECEIPT)
        assert len(receipts_in(before)) == 2
        tenant.clock.pass_s(600)
        tenant.desk("unreceive", receipt=row["id"])

        found = read(driver, RECEIPT, bookmark=before.bookmark)

        (left,) = receipts_in(found)
        assert left == receipts_in(before)[0]
        assert set(found.told_orders) == {str(order["id"])}

    def test_row_8_a_quantity_that_is_not_told(self, tenant: Outside, driver: Autotask) -> None:
        """Row 8: where a row loses its quantity nothing is concluded: people are told."""
        tenant.switch(unreceive="null-quantity")
        order = bought(tenant, 10)
        (row,) = receive(tenant, order, 4)
        tenant.desk("unreceive", receipt=row["id"])

        found = read(driver, RECEIPT)

        assert (found.documents, found.told_orders) == ((), ())
        assert found.unreadable[0].id == str(order["id"])
        assert "does not say how many" in found.unreadable[0].problem

    def test_row_8_nobody_can_tell(self, make_client: MakeClient) -> None:
        """Row 8: an ambiguous return leaves its receipts undecided, and others as they are."""
        many = Many(2)
        rows = many.lists["PurchaseOrderItemReceiving"]
        rows[0]["quantityNowReceiving"] = 3
        rows += [
            rows[0] | {"id": 101, "receiveDate": "2025-12-04T09:30:00Z", "quantityNowReceiving": 5},
            rows[0]
            | {"id": 102, "receiveDate": "2025-12-05T09:30:00Z", "quantityNowReceiving": -3},
        ]

        found = read(Autotask(make_client(many), Tenant()), RECEIPT)

        assert [each.order_id for each in receipts_in(found)] == ["2"]
        assert found.told_orders == ("2",)
        assert "does not say of which receipt" in found.unreadable[0].problem

    @pytest.mark.parametrize("submitted, told", [("2025-12-01T09:31:00Z", ("1",)), (None, ())])
    def test_an_order_that_is_new_again(
        self, make_client: MakeClient, submitted: str | None, told: tuple[str, ...]
    ) -> None:
        """What came of it still did; of one never submitted nothing is asked, and nothing gone."""
        many = Many(1, status=1)
        many.lists["PurchaseOrders"][0]["submitDateTime"] = submitted

        found = read(Autotask(make_client(many), Tenant()), RECEIPT)

        assert found.told_orders == told
        assert [each.order_id for each in receipts_in(found)] == [*told]

    @pytest.mark.parametrize("status", [3, 4])
    def test_receipts_that_are_hidden(self, make_client: MakeClient, status: int) -> None:
        """An order that was received, of which no receipt is visible, is not one without any."""
        many = Many(1, status=status)
        many.lists["PurchaseOrderItemReceiving"].clear()

        found = read(Autotask(make_client(many), Tenant()), RECEIPT)

        assert found.told_orders == ()
        assert "nothing of that is visible" in found.unreadable[0].problem

    @pytest.mark.parametrize("others, told", [(None, "INV-9"), ("INV-8, INV-7", None)])
    def test_an_invoice_that_comes_later(
        self, make_client: MakeClient, others: str | None, told: str | None
    ) -> None:
        """It is entered on the order; of several, nobody can tell which is a receipt's."""
        many = Many(1)
        many.lists["PurchaseOrders"][0].update(
            vendorInvoiceNumber="INV-9", additionalVendorInvoiceNumbers=others
        )

        (found,) = receipts_in(read(Autotask(make_client(many), Tenant()), RECEIPT))

        assert found.vendor_invoice_number == told

    @pytest.mark.parametrize("id_", [None, "S-1", True])
    def test_a_row_that_says_not_which_it_is(self, make_client: MakeClient, id_: object) -> None:
        """Its order's receipts are not all known, and nobody else's are less known for it."""
        many = Many(2)
        many.lists["PurchaseOrderItemReceiving"][0]["id"] = id_

        found = read(Autotask(make_client(many), Tenant()), RECEIPT)

        assert found.told_orders == ("2",)
        assert [each.id for each in found.unreadable] == ["1"]

    def test_a_row_of_nobody_says_nothing_of_anybody(self, make_client: MakeClient) -> None:
        """Whose receipt it is cannot be known, so no receipt counts as gone."""
        many = Many(1)
        driver = Autotask(make_client(many), Tenant())
        many.ignored.add("purchaseOrderItemID")
        many.lists["PurchaseOrderItemReceiving"][0]["purchaseOrderItemID"] = None

        assert "not asked for" in expect(Busy, ask(driver, FIRST)).reason

    def test_serial_numbers_stay_apart(self, make_client: MakeClient) -> None:
        """One unit per row and serial number, in one receipt."""
        many = Many(1)
        rows = many.lists["PurchaseOrderItemReceiving"]
        rows[:] = [rows[0] | {"id": id_, "serialNumber": f"S{id_}"} for id_ in (1, 2)]

        (found,) = receipts_in(read(Autotask(make_client(many), Tenant()), RECEIPT))

        assert [line.lot for line in found.lines] == ["S1", "S2"]


class TestPages:
    def test_what_pages_repeat_counts_once(self, make_client: MakeClient) -> None:
        """Rows that move while pages are read come twice, and are not ordered or received so."""
        many = Many(4)
        driver = Autotask(make_client(many), Tenant())
        plain = [read(driver, kind).documents for kind in (ORDER, RECEIPT)]
        many.page_max, many.repeated = 5, 2

        assert [read(driver, kind).documents for kind in (ORDER, RECEIPT)] == plain

    def test_a_short_page_is_not_the_last(self, make_client: MakeClient) -> None:
        """However few rows a page holds, the end is where the service says so."""
        many = Many(12)
        many.page_max = 5

        found = read(Autotask(make_client(many), Tenant()), limit=10)

        assert len(orders_in(found)) == 12

    @pytest.mark.parametrize("id_", [None, "X-1"])
    def test_an_order_that_says_not_which_it_is(self, make_client: MakeClient, id_: object) -> None:
        """It is a row that cannot be read, and no gap."""
        many = Many(2)
        many.ignored.add("id")
        many.lists["PurchaseOrders"][0]["id"] = id_

        found = read(Autotask(make_client(many), Tenant()))

        assert [each.id for each in found.documents] == ["2"]
        assert [(each.id, each.field) for each in found.unreadable] == [(None, "id")]

    def test_a_line_that_says_not_which_it_is(self, make_client: MakeClient) -> None:
        """Its order cannot be read: what came of that line could not be asked for."""
        many = Many(2)
        many.lists["PurchaseOrderItems"][0]["id"] = "L-1"

        found = read(Autotask(make_client(many), Tenant()))

        assert [each.id for each in found.documents] == ["2"]
        assert [(each.id, each.field) for each in found.unreadable] == [("1", "lines[0].id")]


class TestMoved:
    @pytest.mark.parametrize("call", range(2, 8))
    def test_a_tenant_that_moves_while_it_is_read(
        self, tenant: Outside, make_client: MakeClient, call: int
    ) -> None:
        """Row 3: whichever call is the first that the old zone answers with nothing, it is read
        whole or not at all, and whole the next time.
        """
        order = bought(tenant, 5)
        receive(tenant, order, 2)
        calls = count(1)

        def send(request: httpx2.Request) -> httpx2.Response:
            if "zoneInformation" not in request.url.path and next(calls) == call:
                tenant.tenant("POST", "move", {"zone": "zone5"})
            return tenant.http.send(request)

        driver = Autotask(make_client(httpx2.MockTransport(send)), Tenant(), tenant.clock.now)
        both = tuple(ReadDocuments(id=kind, kind=kind, limit=500) for kind in (ORDER, RECEIPT))
        batch = Batch(operations=both, key="batch-1")
        moving, after = [[each for _, each in driver.perform(batch)] for _ in range(2)]

        assert [len(page(each).documents) for each in after] == [1, 1]
        assert not any(page(each).unreadable for each in after)
        for during, whole in zip(moving, after, strict=True):
            told = isinstance(during, Done) and page(during).documents
            assert told in (False, page(whole).documents)


class TestChanges:
    def test_row_9_a_look_shows_what_is_new(self, tenant: Outside, driver: Autotask) -> None:
        """Row 9: new orders, orders just submitted or cancelled, and what was just received."""
        orders = [bought(tenant, 5, submit=False), *(bought(tenant, 5) for _ in range(3))]
        tenant.clock.pass_s(3600)
        bookmark = read(driver).bookmark
        tenant.clock.pass_s(60)
        tenant.desk("submit", order=orders[0]["id"])
        receive(tenant, orders[1], 2)
        tenant.desk("cancel", order=orders[2]["id"])
        new = bought(tenant, 1)

        found = looks_at(driver, ORDER, bookmark)

        assert {each.id: each.status.value for each in found.documents} == {
            str(orders[0]["id"]): "open",
            str(orders[1]["id"]): "open",
            str(orders[2]["id"]): "cancelled",
            str(new["id"]): "open",
        }

    def test_row_9_nothing_changed(self, tenant: Outside, driver: Autotask) -> None:
        """Row 9: a look at an hour-old bookmark brings nothing, in six calls."""
        bought(tenant, 5)
        tenant.clock.pass_s(3600)
        bookmark = looks_at(driver, ORDER, read(driver).bookmark).bookmark
        tenant.control("DELETE", "/tenants/Acme Support/calls")

        found = looks_at(driver, ORDER, bookmark)

        calls = tenant.control("GET", "/tenants/Acme Support/calls")["calls"]
        assert found.documents == ()
        assert calls == {
            "GET /Companies/{id}": 1,
            "POST /PurchaseOrders/query": 1,
            "POST /PurchaseOrderItemReceiving/query": 1,
            "POST /PurchaseOrders/query/count": 3,
        }

    def test_row_7_the_sweep_shows_what_bears_no_date(
        self, tenant: Outside, driver: Autotask
    ) -> None:
        """Row 7: a product swapped, a line added, a price changed on a submitted order."""
        order = bought(tenant, 5)
        bookmark = read(driver).bookmark
        tenant.clock.pass_s(3600)
        other = tenant.product("Gadget")
        tenant.desk(
            "lines",
            order=order["id"],
            changed=[{"line": order["lines"][0]["id"], "product": other}],
            added=[{"product": other, "quantity": 1, "unitCost": 1}],
        )

        (found,) = orders_in(read(driver, bookmark=bookmark)).values()

        assert [line.item and line.item.name for line in found.lines] == ["Gadget", "Gadget"]

    def test_a_sweep_hides_nothing_from_the_next_look(self, make_client: MakeClient) -> None:
        """It may see a row that is newer than one which comes to light only afterwards."""
        many = Many(2)
        rows = many.lists["PurchaseOrderItemReceiving"]
        clock = [datetime(2026, 1, 15, tzinfo=UTC)]
        driver = Autotask(make_client(many), Tenant(), lambda: clock[0])
        bookmark = read(driver, RECEIPT).bookmark
        late = rows[5] | {"id": 101, "receiveDate": "2026-01-01T09:30:00Z"}
        clock[0] += timedelta(minutes=5)
        look = page(ask(driver, ReadDocuments(id="op", kind=RECEIPT, bookmark=bookmark, limit=500)))
        rows.append(rows[0] | {"id": 102})
        swept = page(
            ask(
                driver,
                ReadDocuments(id="op", kind=RECEIPT, page="sweep", bookmark=look.bookmark),
            )
        )
        many.lists["PurchaseOrders"][1]["status"] = 4
        rows.append(late)
        clock[0] += timedelta(minutes=1)

        found = looks_at(driver, RECEIPT, swept.bookmark)

        assert "2" in found.told_orders

    @pytest.mark.parametrize("minutes, told", [(10, True), (20, False)])
    def test_what_was_committed_late_is_seen(
        self, make_client: MakeClient, minutes: int, told: bool
    ) -> None:
        """A row of a lower identity than those that were seen: its time tells it for a while."""
        many = Many(2)
        clock = [datetime(2026, 1, 15, tzinfo=UTC)]
        driver = Autotask(make_client(many), Tenant(), lambda: clock[0])
        bookmark = read(driver, RECEIPT).bookmark
        rows = many.lists["PurchaseOrderItemReceiving"]
        at = clock[0] - timedelta(minutes=minutes)
        rows.append(rows[0] | {"id": 0, "receiveDate": f"{at:%Y-%m-%dT%H:%M:%S.000Z}"})
        clock[0] += timedelta(minutes=1)

        found = looks_at(driver, RECEIPT, bookmark)

        assert ("1" in found.told_orders) is told

    def test_an_order_that_left_the_open_ones(self, make_client: MakeClient) -> None:
        """What was open when last seen, and is not listed as such, is read by its identity."""
        many = Many(3)
        clock = [datetime(2026, 1, 15, tzinfo=UTC)]
        driver = Autotask(make_client(many), Tenant(), lambda: clock[0])
        bookmark = read(driver).bookmark
        many.lists["PurchaseOrders"][1]["status"] = 4
        clock[0] += timedelta(minutes=5)

        found = read(driver, bookmark=bookmark, known=("1", "2", "3"))

        assert orders_in(found)["2"].status is DocumentStatus.CLOSED

    def test_what_was_cancelled_long_ago_costs_nothing(self, make_client: MakeClient) -> None:
        """Its look has told it: a sweep reads its header, to see that, and nothing else of it."""
        many = Many(3)
        clock = [datetime(2026, 1, 15, tzinfo=UTC)]
        driver = Autotask(make_client(many), Tenant(), lambda: clock[0])
        bookmark = read(driver).bookmark
        for order in many.lists["PurchaseOrders"][:2]:
            order.update(status=5, cancelDateTime="2025-12-20T09:30:00Z")
        clock[0] += timedelta(minutes=5)

        found = read(driver, bookmark=bookmark, known=("1", "2", "3"))

        assert [*orders_in(found)] == ["3"]

    def test_counts_that_differ_have_all_open_orders_read(self, make_client: MakeClient) -> None:
        """A change of status that nothing else shows is looked for at once."""
        many = Many(12, status=2)
        clock = datetime(2026, 1, 15, tzinfo=UTC)
        driver = Autotask(make_client(many), Tenant(), lambda: clock)
        told = Bookmark(
            first_to=None, order=12, row=40, looked_at=clock, swept_at=clock,
            counts={1: 0, 2: 12, 3: 0},
            labels={1: "New", 2: "Submitted", 3: "Received Partial"}, labels_at=clock,
        )  # fmt: skip
        many.lists["PurchaseOrders"][7]["status"] = 1

        found = read(driver, bookmark=told.text(), limit=5)

        assert orders_in(found)["8"].status is DocumentStatus.NEW
        assert len(found.documents) == 12
        assert Bookmark.of(found.bookmark).hurries is False

    def test_a_bookmark_that_is_none(self) -> None:
        """What cannot be read as one begins anew: everything is read once more."""
        assert Bookmark.of("{spoilt") == Bookmark.of(None) == Bookmark()

    def test_an_empty_answer_is_not_believed(self, tenant: Outside, driver: Autotask) -> None:
        """Where the tenant itself cannot be seen nothing is read at all."""
        tenant.user(unseen=["Companies"])

        outcome = expect(Busy, ask(driver, ReadDocuments(id="op", kind=ORDER)))

        assert "company 0" in outcome.reason

    @pytest.mark.parametrize(
        "at",
        ["purchaseorders/query", "purchaseorderitems/query", "purchaseorderitemreceiving/query"],
    )
    def test_row_3_a_tenant_that_moves_in_the_middle(
        self, tenant: Outside, make_client: MakeClient, at: str
    ) -> None:
        """Row 3: what the old zone did not show is asked for in the new one; nothing is gone."""
        receive(tenant, bought(tenant, 10), 4)
        moves = [at]

        def answer(request: httpx2.Request) -> httpx2.Response:
            if moves and request.url.path.lower().endswith(moves[0]):
                moves.clear()
                tenant.tenant("POST", "move", {"zone": "zone5"})
            return tenant.http.send(request)

        client = make_client(httpx2.MockTransport(answer))
        client.prove()

        found = read(Autotask(client, Tenant(), tenant.clock.now), RECEIPT)

        assert (len(receipts_in(found)), len(found.told_orders), found.unreadable) == (1, 1, ())

    def test_row_3_a_tenant_that_moved_before(
        self, tenant: Outside, make_client: MakeClient
    ) -> None:
        """Row 3: another zone's answer that is none leads to the right one, too."""
        bought(tenant, 10)
        client = make_client(httpx2.MockTransport(tenant.http.send))
        client.prove()
        tenant.tenant("POST", "move", {"zone": "zone5"})

        found = read(Autotask(client, Tenant(), tenant.clock.now))

        assert len(found.documents) == 1

    def test_receipts_that_are_hidden_while_their_order_is_open(
        self, make_client: MakeClient
    ) -> None:
        """A status says that something came: no receipt of it visible is not none at all."""
        many = Many(1, status=3)
        many.lists["PurchaseOrderItemReceiving"].clear()

        assert read(Autotask(make_client(many), Tenant()), RECEIPT).told_orders == ()

    def test_a_reading_by_days(self, tenant: Outside, driver: Autotask) -> None:
        """Orders made in a span of the tenant's own days."""
        bought(tenant, 1)
        tenant.clock.pass_s(3 * 86400)
        later = bought(tenant, 1)
        day = date(2026, 1, 18)

        found = page(ask(driver, ReadDocuments(id="op", kind=ORDER, dated=(day, day))))

        assert [each.id for each in found.documents] == [str(later["id"])]


class TestFigures:
    def test_500_orders_cost_0_15_calls_each_at_most(self, make_client: MakeClient) -> None:
        """Lines and receipts of many orders are asked for together: 3 hundredths of a call."""
        many = Many(500)
        driver = Autotask(make_client(many), Tenant())
        readings = [ReadDocuments(id=kind, kind=kind, limit=500) for kind in (ORDER, RECEIPT)]

        outcomes = driver.perform(Batch(operations=tuple(readings)))

        found = [len(page(outcome).documents) for _, outcome in outcomes]
        assert found == [500, 500]
        assert many.taken().total() <= 0.03 * 500

    def test_a_look_at_4000_open_orders_is_6_calls(self, make_client: MakeClient) -> None:
        """Both kinds together, nothing changed: six calls, and the tenth of them is no more."""
        many = Many(0)
        many.lists["PurchaseOrders"] = [
            {"id": each, "vendorID": 7, "status": 2 + each % 2} for each in range(1, 4001)
        ]
        clock = datetime(2026, 1, 15, tzinfo=UTC)
        driver = Autotask(make_client(many), Tenant(), lambda: clock)
        told = Bookmark(
            first_to=None, order=4000, row=12_000, looked_at=clock, swept_at=clock,
            counts={1: 0, 2: 2000, 3: 2000},
            labels={1: "New", 2: "Submitted", 3: "Received Partial"}, labels_at=clock,
        ).text()  # fmt: skip
        readings = [ReadDocuments(id=kind, kind=kind, bookmark=told) for kind in (ORDER, RECEIPT)]

        outcomes = driver.perform(Batch(operations=tuple(readings)))

        assert [(page(each).documents, page(each).next) for _, each in outcomes] == [((), None)] * 2
        assert many.taken().total() == 6

    def test_every_open_order_is_read_again(self, make_client: MakeClient) -> None:
        """Drives every five minutes go through all of them, and begin again; a look adds none."""
        many = Many(12)
        clock = [datetime(2026, 1, 15, tzinfo=UTC)]
        driver = Autotask(make_client(many), Tenant(), lambda: clock[0])
        bookmark = read(driver, limit=5).bookmark
        swept = []
        for _ in range(4):
            clock[0] += timedelta(minutes=5)
            found = read(driver, bookmark=bookmark, limit=5)
            bookmark = found.bookmark
            swept.append([int(each.id) for each in found.documents])

        assert swept == [[1, 2, 3, 4, 5], [6, 7, 8, 9, 10], [11, 12], [1, 2, 3, 4, 5]]

    @pytest.mark.parametrize("apart", [5, 15])
    @pytest.mark.parametrize("orders, minutes", [(0, 15), (400, 15), (4000, 45), (20_000, 55)])
    def test_every_size_is_swept_within_the_hour(
        self, orders: int, minutes: int, apart: int
    ) -> None:
        """However many are open, looks up to 15 minutes apart come round within an hour."""
        now = begun = datetime(2026, 1, 15, tzinfo=UTC)
        mark = Bookmark(first_to=None, swept_at=now, counts={2: orders})
        left = max(1, -(-orders // 500))
        while left:
            now += timedelta(minutes=apart)
            while left and mark.is_due(now, 500):
                left -= 1
                mark = mark.swept(now, 500 if left else None, 500)

        assert now - begun <= timedelta(minutes=minutes)


class TestFinding:
    def test_by_identity_and_number(self, tenant: Outside, driver: Autotask) -> None:
        """An order is found by its identity, its own number and its external one."""
        tenant.switch(order_numbers=True)
        order, other = bought(tenant, 1), bought(tenant, 1)
        tenant.patch("PurchaseOrders", id=other["id"], externalPONumber="1044")
        number = str(order["purchaseOrderNumber"])

        by_id = ask(driver, FindDocument(id="op", kind=ORDER, ids=(str(order["id"]), "4711")))
        by_number = ask(driver, FindDocument(id="op", kind=ORDER, numbers=(number, "1044", "٣")))

        assert [each.id for each in page(by_id).documents] == [str(order["id"])]
        assert {each.id for each in page(by_number).documents} == {
            str(order["id"]),
            str(other["id"]),
        }

    def test_where_orders_bear_no_number(self, tenant: Outside, driver: Autotask) -> None:
        """They are known by their identity, and found by it."""
        order = str(bought(tenant, 1)["id"])

        (found,) = page(ask(driver, FindDocument(id="op", kind=ORDER, numbers=(order,)))).documents

        assert (found.id, found.number) == (order, order)


class TestExternalNumber:
    def write(self, order: Json, value: str = "1044", **more: Any) -> WriteField:
        return WriteField(
            id="op",
            kind=ORDER,
            document_id=str(order["id"]),
            name=EXTERNAL_NUMBER,
            value=value,
            **more,
        )

    def test_it_is_written(self, tenant: Outside, driver: Autotask) -> None:
        """The number that QuickBooks gave goes to the order, and to nothing else of it."""
        order = bought(tenant, 1)

        tenant.tenant("DELETE", "calls")

        expect(Done, ask(driver, self.write(order)))

        # Read, written, read back.
        assert tenant.tenant("GET", "calls")["accepted"] == 3
        assert tenant.item("PurchaseOrders", order["id"])["externalPONumber"] == "1044"

    @pytest.mark.parametrize("found", ["88", "ERROR"])
    def test_another_integrations_number_is_not_written_over(
        self, tenant: Outside, driver: Autotask, found: str
    ) -> None:
        """It is read right before: what we did not write stops it, and says what may be."""
        order = bought(tenant, 1)
        tenant.patch("PurchaseOrders", id=order["id"], externalPONumber=found)

        outcome = expect(Conflict, ask(driver, self.write(order)))

        assert f"“{found}”" in (outcome.detail or "")
        assert "another integration may transfer the same orders" in (outcome.detail or "")
        assert tenant.item("PurchaseOrders", order["id"])["externalPONumber"] == found

    def test_our_own_earlier_number_is_replaced(self, tenant: Outside, driver: Autotask) -> None:
        """What was read there as ours may be written over."""
        order = bought(tenant, 1)
        tenant.patch("PurchaseOrders", id=order["id"], externalPONumber="1043")

        expect(Done, ask(driver, self.write(order, expected="1043")))

    def test_the_same_number_is_not_written_twice(self, tenant: Outside, driver: Autotask) -> None:
        """After a lost answer it is found to be there."""
        order = bought(tenant, 1)
        tenant.fault("html-after", path="purchaseorders", method="PATCH", status=502, times=9)

        expect(Unknown, ask(driver, self.write(order)))
        expect(Missing, ask(driver, self.write(order), recovers=True))
        expect(Done, ask(driver, self.write(order)))

        assert tenant.item("PurchaseOrders", order["id"])["externalPONumber"] == "1044"

    def test_a_number_that_is_not_taken(self, make_client: MakeClient) -> None:
        """Fields are passed over in silence at times: what was written is read back."""
        many = Many(1)
        answer = many.handle_request

        def silent(request: httpx2.Request) -> httpx2.Response:
            if request.method == "PATCH":
                return httpx2.Response(200, json={"itemId": 1})
            return answer(request)

        many.handle_request = silent  # type: ignore[method-assign]  # a service that lies
        driver = Autotask(make_client(many), Tenant())

        outcome = expect(Conflict, ask(driver, self.write({"id": 1})))

        assert "took “1044”" in (outcome.detail or "")

    @pytest.mark.parametrize("how", ["403", "500"])
    def test_a_missing_right_is_the_same_however_it_is_told(
        self, tenant: Outside, driver: Autotask, how: str
    ) -> None:
        """H4: 403, or a server's error with the words: a permission is missing."""
        order = bought(tenant, 1)
        tenant.switch(refusal=how)
        tenant.user(unwritable=["PurchaseOrders"])

        outcome = expect(Refused, ask(driver, self.write(order)))

        assert (outcome.refusal.code, outcome.code) == ("permission-missing", "403")


def test_nothing_else_is_written(driver: Autotask) -> None:
    """No document is created in Autotask, and no other field of an order is written."""
    field = WriteField(id="op", kind=ORDER, document_id="1", name="Colour", value="red")

    assert expect(Refused, ask(driver, field)).refusal.code == "feature-missing"
    assert PurchaseOrder(id="1").external_number is None
