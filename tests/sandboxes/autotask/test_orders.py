"""Purchase orders beyond the checklist: the screens, un-receiving, charges and the switches."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandboxes.autotask.outside import Json, Outside, condition

NEW, SUBMITTED, PARTIAL, FULL, CANCELED = 1, 2, 3, 4, 5


@pytest.fixture
def order(autotask: Outside) -> Json:
    """Ten widgets, submitted."""
    return autotask.order({"product": autotask.product(), "quantity": 10, "unit_cost": 2.5})


def status(autotask: Outside, order: Json) -> int:
    found: int = autotask.item("PurchaseOrders", order["id"])["status"]
    return found


def came(autotask: Outside, order: Json, quantity: int, **more: Any) -> Json:
    """Receive some of an order's only line at the screens; gives the row."""
    lines = [{"line": order["lines"][0]["id"], "quantity": quantity}]
    (row,) = autotask.desk("receive", order=order["id"], lines=lines, **more)
    found: Json = row
    return found


def stock(autotask: Outside) -> list[tuple[int, int]]:
    """What is on hand and on order."""
    rows = autotask.find("InventoryItems")
    return [(row["quantityOnHand"], row["quantityOnOrder"]) for row in rows]


class TestStatus:
    @pytest.mark.parametrize(
        "start, end, can",
        [
            (NEW, SUBMITTED, True),
            (NEW, CANCELED, True),
            (NEW, PARTIAL, False),
            (NEW, FULL, False),
            (SUBMITTED, NEW, False),
            (SUBMITTED, CANCELED, True),
            (SUBMITTED, FULL, False),
            (CANCELED, SUBMITTED, False),
        ],
    )
    def test_a_client_submits_and_cancels_only(
        self, autotask: Outside, start: int, end: int, can: bool
    ) -> None:
        """What was received sets the other statuses; nothing goes back."""
        line = {"product": autotask.product(), "quantity": 1, "unit_cost": 1}
        order = autotask.order(line, submit=start == SUBMITTED)
        if start == CANCELED:
            autotask.desk("cancel", order=order["id"])

        answer = autotask.call("PATCH", "PurchaseOrders", {"id": order["id"], "status": end})

        assert (answer.status_code == 200) is can
        assert status(autotask, order) == (end if can else start)

    def test_an_order_begins_as_new(self, autotask: Outside) -> None:
        """None is made submitted, and an unknown status is no status."""
        order = {"vendorID": autotask.vendor(), "shipToName": "M", "shipToAddress1": "1"}

        assert autotask.refusal("POST", "PurchaseOrders", {**order, "status": SUBMITTED})
        assert autotask.refusal("POST", "PurchaseOrders", {**order, "status": 9}) == [
            "Value does not reference an existing entity for status . "
        ]


class TestHeader:
    def test_the_external_number_is_written_at_any_time(
        self, autotask: Outside, order: Json
    ) -> None:
        """After everything came, too, unless the switch locks what is closed."""
        autotask.desk("receive", order=order["id"])
        autotask.patch("PurchaseOrders", id=order["id"], externalPONumber="1044")
        assert autotask.item("PurchaseOrders", order["id"])["externalPONumber"] == "1044"

        autotask.switch(closed_orders="locked")

        wrong = {"id": order["id"], "externalPONumber": "1045"}
        assert "cannot be changed" in autotask.refusal("PATCH", "PurchaseOrders", wrong)[0]

    def test_it_takes_fifty_characters(self, autotask: Outside, order: Json) -> None:
        """The fifty-first is refused."""
        autotask.patch("PurchaseOrders", id=order["id"], externalPONumber="x" * 50)

        wrong = {"id": order["id"], "externalPONumber": "x" * 51}
        assert autotask.refusal("PATCH", "PurchaseOrders", wrong) == [
            "externalPONumber exceeds the maximum length of 50 characters."
        ]

    def test_the_vendor_stays_and_unknown_fields_are_passed_over(
        self, autotask: Outside, order: Json
    ) -> None:
        """Another vendor is refused, the same one taken; a field that is none changes nothing."""
        other = autotask.vendor("Other")
        assert autotask.refusal("PATCH", "PurchaseOrders", {"id": order["id"], "vendorID": other})

        autotask.patch(
            "PurchaseOrders",
            id=order["id"],
            vendorID=order["vendorID"],
            createDateTime="2020-01-01",
            quickBooksNumber="1",
        )

        found = autotask.item("PurchaseOrders", order["id"])
        assert found["createDateTime"] == "2026-01-15T09:30:00.000Z"
        assert "quickBooksNumber" not in found

    def test_a_read_only_field_may_be_refused(self, autotask: Outside, order: Json) -> None:
        """Whether it is passed over is not known: a switch plays both."""
        autotask.switch(read_only_fields="refused")

        wrong = {"id": order["id"], "createDateTime": "2020-01-01"}
        assert autotask.refusal("PATCH", "PurchaseOrders", wrong) == [
            "createDateTime is a read only field."
        ]

    def test_numbers_are_given_where_the_tenant_numbers_orders(self, autotask: Outside) -> None:
        """Else the number is null."""
        line = {"product": autotask.product(), "quantity": 1, "unit_cost": 1}
        assert autotask.order(line)["purchaseOrderNumber"] is None

        autotask.switch(order_numbers=True)

        made = autotask.order(line, vendor=autotask.vendor("Other"))
        assert made["purchaseOrderNumber"] == f"PO{made['id']:06}"
        assert autotask.desk("cancel", order=made["purchaseOrderNumber"])["status"] == CANCELED

    def test_the_vendors_currency(self, autotask: Outside) -> None:
        """With several currencies amounts are the vendor's, and converted beside it."""
        autotask.switch(multicurrency=True)
        vendor = autotask.vendor("Maple", currencyID=2)
        line = {"product": autotask.product(), "quantity": 1, "unit_cost": 10}
        order = autotask.order(line, vendor=vendor)

        assert order["lines"][0]["internalCurrencyUnitCost"] == 8.0

    def test_invoice_numbers_gather_at_the_order(self, autotask: Outside, order: Json) -> None:
        """The first stands in its own field, later ones beside it; it is fixed from then on."""
        for number in ("V-1", "V-1", "V-2", "V-3"):
            came(autotask, order, 1, invoice=number)

        found = autotask.item("PurchaseOrders", order["id"])
        assert found["vendorInvoiceNumber"] == "V-1"
        assert found["additionalVendorInvoiceNumbers"] == "V-2, V-3"
        wrong = {"id": order["id"], "vendorInvoiceNumber": "V-9"}
        assert autotask.refusal("PATCH", "PurchaseOrders", wrong)

    def test_the_latest_arrival_follows_the_lines(self, autotask: Outside, order: Json) -> None:
        """The header's date is the latest of its lines'."""
        line = order["lines"][0]["id"]

        autotask.patch(
            f"PurchaseOrders/{order['id']}/Items", id=line, estimatedArrivalDate="2026-02-01"
        )

        found = autotask.item("PurchaseOrders", order["id"])
        assert found["latestEstimatedArrivalDate"] == "2026-02-01T00:00:00.000Z"


class TestLines:
    @pytest.mark.parametrize(
        "wrong, words",
        [
            ({"quantity": 0}, "greater than or equal to 1"),
            ({"quantity": 1.5}, "integer"),
            ({"quantity": "5"}, "integer"),
            ({"unitCost": -1}, "greater than or equal to 0"),
            ({"productID": None}, "Either productID or chargeID"),
            ({"orderID": 7}, "does not match the parent"),
        ],
    )
    def test_what_a_line_must_be(self, autotask: Outside, wrong: Json, words: str) -> None:
        """Whole units from one, no negative cost, a product or a charge."""
        line = {"product": autotask.product(), "quantity": 1, "unit_cost": 1}
        order = autotask.order(line, submit=False)
        body = {"productID": order["lines"][0]["productID"], "inventoryLocationID": 1}

        errors = autotask.refusal(
            "POST",
            f"PurchaseOrders/{order['id']}/Items",
            {**body, "quantity": 1, "unitCost": 1, **wrong},
        )

        assert words in errors[0]

    def test_no_line_shrinks_below_what_came(self, autotask: Outside, order: Json) -> None:
        """And one that shrinks to it completes the order."""
        came(autotask, order, 4)
        path, line = f"PurchaseOrders/{order['id']}/Items", order["lines"][0]["id"]
        assert autotask.refusal("PATCH", path, {"id": line, "quantity": 3})

        autotask.patch(path, id=line, quantity=4)

        assert status(autotask, order) == FULL

    def test_the_screens_change_add_and_strike_out(self, autotask: Outside, order: Json) -> None:
        """A line is added to a submitted order there; one that was received stays."""
        gadget = autotask.product("Gadget")
        came(autotask, order, 4)
        first = order["lines"][0]["id"]

        lines = autotask.desk(
            "lines",
            order=order["id"],
            changed=[{"line": first, "product": "Gadget"}],
            added=[{"product": "Widget", "quantity": 2, "unit_cost": 3}],
        )

        assert [(line["productID"] == gadget, line["quantity"]) for line in lines] == [
            (True, 10),
            (False, 2),
        ]
        left = autotask.desk("lines", order=order["id"], removed=[lines[1]["id"]])
        assert [line["id"] for line in left] == [first]
        answer = autotask.http.post(
            "https://autotask.example/autotask/sandbox/tenants/Acme Support/lines",
            json={"order": order["id"], "removed": [first]},
        )
        assert (answer.status_code, "received" in answer.text) == (409, True)


class TestReceiving:
    def test_one_save_at_the_screens_is_one_time_and_invoice(self, autotask: Outside) -> None:
        """Rows of one save share both; without lines all that is left comes."""
        product = autotask.product()
        lines = [{"product": product, "quantity": n, "unit_cost": 1} for n in (2, 3)]
        order = autotask.order(*lines)

        rows = autotask.desk(
            "receive", order=order["id"], invoice="V-1", date="2026-01-20T08:00:00Z"
        )

        assert [row["quantityNowReceiving"] for row in rows] == [2, 3]
        assert {row["receiveDate"] for row in rows} == {"2026-01-20T08:00:00.000Z"}
        assert {row["vendorInvoiceNumber"] for row in rows} == {"V-1"}
        assert status(autotask, order) == FULL

    def test_more_than_was_ordered_only_where_that_is_played(
        self, autotask: Outside, order: Json
    ) -> None:
        """The switch takes it; the row then says that fewer than none are back-ordered."""
        autotask.switch(over_receipt="taken")

        assert came(autotask, order, 12)["quantityBackOrdered"] == -2
        assert status(autotask, order) == FULL

    def test_the_invoice_number_may_be_demanded(self, autotask: Outside, order: Json) -> None:
        """Where the tenant wants one, receiving without it is refused."""
        autotask.switch(vendor_invoice_required=True)
        path = f"PurchaseOrderItems/{order['lines'][0]['id']}/Receiving"

        assert autotask.refusal("POST", path, {"quantityNowReceiving": 1}) == [
            "Missing Required Field: vendorInvoiceNumber"
        ]

    def test_a_receipt_cannot_be_changed(self, autotask: Outside, order: Json) -> None:
        """Neither PATCH nor DELETE: what came is a row for ever."""
        row = came(autotask, order, 1)
        path = f"PurchaseOrderItems/{row['purchaseOrderItemID']}/Receiving"

        assert autotask.call("PATCH", path, {"id": row["id"]}).status_code == 405
        assert autotask.call("DELETE", f"{path}/{row['id']}").status_code == 405

    def test_beyond_a_charge_a_new_line_is_made(self, autotask: Outside) -> None:
        """A charge's line takes what it holds; the rest is on a line of its own, for no charge."""
        product = autotask.product()
        ticket = autotask.record("Tickets", companyID=0, title="Broken")["id"]
        charge = autotask.make(
            f"Tickets/{ticket}/Charges",
            name="Part",
            productID=product,
            chargeType=1,
            datePurchased="2026-01-10",
            unitQuantity=2,
            status=2,
        )
        order = autotask.order(
            {"product": product, "charge": charge, "quantity": 2, "unit_cost": 4}
        )
        assert order["lines"][0]["ticketID"] == ticket

        came(autotask, order, 5)

        lines = autotask.find("PurchaseOrderItems", condition("orderID", "eq", order["id"]))
        assert [(line["chargeID"], line["quantity"]) for line in lines] == [(charge, 2), (None, 3)]
        rows = autotask.find("PurchaseOrderItemReceiving")
        assert sorted(row["quantityNowReceiving"] for row in rows) == [2, 3]
        assert status(autotask, order) == FULL
        (place,) = autotask.find("InventoryProducts")
        assert (place["onHandUnits"], place["reservedUnits"], place["availableUnits"]) == (5, 2, 3)


class TestUnreceiving:
    @pytest.mark.parametrize(
        "mode, quantities",
        [
            ("negative-row", [4, 3, -4]),
            ("row-gone", [3]),
            ("null-quantity", [None, 3]),
        ],
    )
    def test_each_mode_shows_it_in_its_way(
        self, autotask: Outside, order: Json, mode: str, quantities: list[int | None]
    ) -> None:
        """Stock and status follow alike; how the rows tell it is not known."""
        autotask.switch(unreceive=mode)
        first = came(autotask, order, 4, invoice="V-1")
        came(autotask, order, 3)

        autotask.desk("unreceive", receipt=first["id"])

        rows = autotask.find("PurchaseOrderItemReceiving")
        assert [row["quantityNowReceiving"] for row in rows] == quantities
        assert stock(autotask) == [(3, 7)]
        assert status(autotask, order) == PARTIAL
        (lot,) = autotask.find(
            "InventoryStockedItems",
            condition("purchaseOrderItemReceivingID", "eq", first["id"]),
        )
        assert (lot["onHandUnits"], lot["removedUnits"]) == (0, 4)

    @pytest.mark.parametrize(
        "mode, quantities",
        [("negative-row", [4, -1]), ("row-gone", [3]), ("null-quantity", [3])],
    )
    def test_a_part_can_be_taken_back(
        self, autotask: Outside, order: Json, mode: str, quantities: list[int]
    ) -> None:
        """What is left of a row can be taken back later, and no more."""
        autotask.switch(unreceive=mode)
        row = came(autotask, order, 4)

        autotask.desk("unreceive", receipt=row["id"], quantity=1)

        rows = autotask.find("PurchaseOrderItemReceiving")
        assert [one["quantityNowReceiving"] for one in rows] == quantities
        assert stock(autotask) == [(3, 7)]
        answer = autotask.http.post(
            "https://autotask.example/autotask/sandbox/tenants/Acme Support/unreceive",
            json={"receipt": row["id"], "quantity": 4},
        )
        assert "3 units can be un-received, not 4" in answer.text

    def test_an_order_of_which_all_went_back_is_submitted_again(
        self, autotask: Outside, order: Json
    ) -> None:
        """It can be canceled then."""
        row = came(autotask, order, 10)
        assert status(autotask, order) == FULL

        autotask.desk("unreceive", receipt=row["id"])

        assert status(autotask, order) == SUBMITTED
        autotask.patch("PurchaseOrders", id=order["id"], status=CANCELED)


def test_a_refused_deed_leaves_nothing_behind(autotask: Outside) -> None:
    """An order whose second line is wrong is not entered at all."""
    answer = autotask.http.post(
        "https://autotask.example/autotask/sandbox/tenants/Acme Support/enter",
        json={
            "vendor": autotask.vendor(),
            "lines": [
                {"product": autotask.product(), "quantity": 1, "unit_cost": 1},
                {"product": "No such", "quantity": 1, "unit_cost": 1},
            ],
        },
    )

    assert (answer.status_code, answer.json()) == (
        404,
        {"error": "no record 'No such' in Products"},
    )
    assert autotask.find("PurchaseOrders") == []
