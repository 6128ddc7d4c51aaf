"""The checklist of the reference, section 15: each row by its number, as a stranger meets it.

Rows with more to them have their own files beside this one.
"""

from __future__ import annotations

from pathlib import Path

import httpx2
import pytest

from tests.sandboxes.autotask.outside import (
    CODE,
    MOUNT,
    SERVICE,
    USER,
    Outside,
    World,
    condition,
    opened,
)

PURCHASE_ORDER_STATUSES = ["New", "Submitted", "Received Partial", "Received Full", "Canceled"]


class TestRow1Access:
    """15.1: what is open, and what the three headers are for."""

    def test_zone_and_versions_need_no_credentials(self, autotask: Outside) -> None:
        """Anybody learns where a user's tenant lives and which versions there are."""
        zone = autotask.http.get(f"{SERVICE}/v1.0/zoneInformation", params={"user": USER})
        versions = autotask.http.get(f"{SERVICE}/versioninformation")

        assert zone.json()["url"] == f"{MOUNT}/ATServicesRest/"
        assert zone.json().keys() >= {"zoneName", "webUrl", "ci"}
        assert versions.json() == {"apiVersions": ["V1.0", "V2.0"]}

    def test_an_unknown_user_has_no_zone(self, autotask: Outside) -> None:
        """Whoever nobody knows gets HTTP 500 and the service's own words."""
        answer = autotask.http.get(f"{SERVICE}/v1.0/zoneInformation", params={"user": "nobody"})

        assert answer.status_code == 500
        assert answer.json() == {"errors": ["Zone information could not be determined"]}

    @pytest.mark.parametrize(
        "headers, status, words",
        [
            ({"Secret": "wrong"}, 401, "Unauthorized"),
            ({"Secret": ""}, 401, "Unauthorized"),
            ({"ApiIntegrationCode": ""}, 401, "Unauthorized"),
            ({"UserName": "nobody"}, 500, "Zone information could not be determined"),
            ({"ApiIntegrationCode": "WRONG"}, 500, "IntegrationCode is invalid."),
        ],
    )
    def test_each_header_is_checked(
        self, autotask: Outside, headers: dict[str, str], status: int, words: str
    ) -> None:
        """A wrong secret is 401, a wrong code and an unknown user are 500."""
        answer = autotask.call("GET", "Companies/0", **headers)

        assert (answer.status_code, words in answer.text) == (status, True)

    def test_only_api_users_may_call(self, autotask: Outside) -> None:
        """A person's ordinary licence gives 401, though the zone is told."""
        autotask.user(licence="other")

        assert autotask.call("GET", "Companies/0").status_code == 401
        zone = autotask.http.get(f"{SERVICE}/v1.0/zoneInformation", params={"user": USER})
        assert zone.status_code == 200

    def test_a_newer_version_is_told_and_not_served(self, autotask: Outside) -> None:
        """V2.0 stands in the list and answers 404 in HTML, its zoneInformation included."""
        for path in ("Companies/0", "zoneInformation"):
            answer = autotask.call("GET", path, version="V2.0")
            assert (answer.status_code, answer.text[:9]) == (404, "<!DOCTYPE")


class TestRow2Metadata:
    """15.2: what the service tells of itself."""

    def test_statuses_are_a_picklist_of_texts(self, autotask: Outside) -> None:
        """The five statuses are told with values that are texts, though the field is a number."""
        fields = autotask.get("PurchaseOrders/entityInformation/fields")["fields"]
        status = next(field for field in fields if field["name"] == "status")

        assert [one["label"] for one in status["picklistValues"]] == PURCHASE_ORDER_STATUSES
        assert [one["value"] for one in status["picklistValues"]] == ["1", "2", "3", "4", "5"]
        assert (status["dataType"], status["isPickList"]) == ("integer", True)

    @pytest.mark.parametrize(
        "entity, can",
        [
            ("PurchaseOrders", (True, True, False, True)),
            ("PurchaseOrderItemReceiving", (True, False, False, True)),
            ("CompanyToDos", (True, True, True, True)),
            ("BillingCodes", (False, False, False, True)),
            ("InventoryStockedItemsAdd", (True, False, False, False)),
        ],
    )
    def test_verbs_are_told(self, autotask: Outside, entity: str, can: tuple[bool, ...]) -> None:
        """The description says what may be done."""
        info = autotask.get(f"{entity}/entityInformation")["info"]

        verbs = ("canCreate", "canUpdate", "canDelete", "canQuery")
        assert tuple(info[verb] for verb in verbs) == can

    def test_settable_once_is_told_as_required_and_read_only(self, autotask: Outside) -> None:
        """A purchase order's vendor is required and read-only: given on create, fixed then."""
        fields = autotask.get("PurchaseOrders/entityInformation/fields")["fields"]
        vendor = next(field for field in fields if field["name"] == "vendorID")

        assert (vendor["isRequired"], vendor["isReadOnly"]) == (True, True)
        assert vendor["referenceEntityType"] == "Company"

    def test_lists_of_records_are_picklists_too(self, autotask: Outside) -> None:
        """A to-do's action types are those of the tenant."""
        fields = autotask.get("CompanyToDos/entityInformation/fields")["fields"]
        found = next(field for field in fields if field["name"] == "actionType")

        assert "Phone Call" in [one["label"] for one in found["picklistValues"]]

    def test_no_user_defined_fields_is_404(self, autotask: Outside) -> None:
        """Where an entity has none, the list of them is not there."""
        path = "PurchaseOrders/entityInformation/userDefinedFields"

        assert autotask.call("GET", path).status_code == 404
        assert autotask.get("Products/entityInformation/userDefinedFields") == {"fields": []}


class TestRow3Queries:
    """15.3: paging, caps, and how names are read."""

    def test_501_rows_arrive_as_501(self, autotask: Outside) -> None:
        """Two pages by POST with the same body hold every id once."""
        rows = [{"name": f"{number:03}", "description": "x"} for number in range(501)]
        autotask.tenant("POST", "records/Currencies", rows)
        body = {"filter": [condition("description", "eq", "x")]}
        first = autotask.post("Currencies/query", body)

        second = autotask.post(first["pageDetails"]["nextPageUrl"], body)

        found = first["items"] + second["items"]
        assert [len(first["items"]), len(second["items"])] == [500, 1]
        assert len({row["id"] for row in found}) == 501
        assert second["pageDetails"]["nextPageUrl"] is None
        assert first["pageDetails"]["count"] == first["pageDetails"]["requestCount"] == 500

    def test_a_page_is_asked_for_as_its_query_was(self, autotask: Outside) -> None:
        """GET on a POST query's next page is 405, and the other way round."""
        search = '{"filter":[{"op":"exist","field":"id"}],"MaxRecords":1}'
        by_get = autotask.get(f"Countries/query?search={search}")["pageDetails"]["nextPageUrl"]
        by_post = autotask.post("Countries/query", {"filter": [condition("id")], "MaxRecords": 1})

        refused = autotask.call("GET", by_post["pageDetails"]["nextPageUrl"])
        assert refused.status_code == 405
        assert refused.json() == {
            "Message": "The requested resource does not support http method 'GET'."
        }
        assert autotask.call("POST", by_get, {"filter": [condition("id")]}).status_code == 405
        assert len(autotask.get(by_get)["items"]) == 1

    @pytest.mark.parametrize("size", [0, 501, "5", True])
    def test_pages_hold_1_to_500(self, autotask: Outside, size: object) -> None:
        """Any other MaxRecords is an error."""
        body = {"filter": [condition("id")], "MaxRecords": size}

        assert "MaxRecords" in autotask.refusal("POST", "Countries/query", body)[0]

    def test_at_most_500_are_joined_by_or(self, autotask: Outside) -> None:
        """The 501st OR condition is refused, values of an in among them."""
        ids = [*range(501)]
        either = {"op": "or", "items": [condition("id", "eq", id_) for id_ in ids]}
        for wrong in ({"op": "in", "field": "id", "value": ids}, either):
            errors = autotask.refusal("POST", "Countries/query", {"filter": [wrong]})
            assert errors == [
                "Invalid query syntax. Queries are limited to 500 or fewer 'OR' conditions."
            ]
        assert len(autotask.find("Countries", condition("id", "in", ids[:500]))) == 4

    def test_some_fields_cannot_be_filtered_by(self, autotask: Outside) -> None:
        """A field that is not queryable is refused in a filter."""
        errors = autotask.refusal(
            "POST", "Invoices/query", {"filter": [condition("dueDate", "gt", "2026-01-01")]}
        )

        assert errors == ["The field dueDate is not queryable."]

    def test_names_do_not_heed_case(self, autotask: Outside) -> None:
        """Keys, fields, operators and paths are understood however they are written."""
        body = {"FILTER": [{"OP": "EQ", "Field": "CountryCode", "VALUE": "us"}]}

        found = autotask.post("COUNTRIES/Query", body | {"includefields": ["ID", "NAME"]})

        assert found["items"] == [{"id": 1, "name": "United States"}]

    def test_one_user_defined_field_per_query(self, autotask: Outside) -> None:
        """A condition on one carries udf, and there is one at most."""
        for name in ("Tier", "Region"):
            autotask.make("UserDefinedFieldDefinitions", name=name, dataType=1, udfType=4)
        tiered = autotask.product(
            "Gold thing", userDefinedFields=[{"name": "Tier", "value": "Gold"}]
        )
        autotask.product("Plain thing")
        gold = condition("Tier", "eq", "gold", udf=True)

        assert [row["id"] for row in autotask.find("Products", gold)] == [tiered]
        two = [gold, condition("Region", "eq", "x", udf=True)]
        assert autotask.refusal("POST", "Products/query", {"filter": two}) == [
            "Queries are limited to a single user-defined field."
        ]


class TestRow4Writes:
    """15.4: PATCH, PUT, children and DELETE."""

    def test_patch_leaves_and_put_empties_the_rest(self, autotask: Outside) -> None:
        """Only PUT nulls what is not sent."""
        vendor = autotask.vendor(city="Albany")
        autotask.patch("Companies", id=vendor, phone="555-0199")
        assert autotask.item("Companies", vendor)["city"] == "Albany"

        whole = {"companyName": "P", "companyType": 7, "ownerResourceID": 29682885, "phone": "5"}
        answer = autotask.call("PUT", "Companies", {"id": vendor, **whole})

        assert answer.json() == {"itemId": vendor}
        assert autotask.item("Companies", vendor)["city"] is None

    def test_children_are_written_below_their_parent(self, autotask: Outside) -> None:
        """A root write on a child never reaches the service: HTML, 404."""
        to_do = {
            "actionType": 1,
            "assignedToResourceID": 29682885,
            "startDateTime": "2026-01-15T09:00:00Z",
            "endDateTime": "2026-01-15T10:00:00Z",
        }
        wrong = autotask.call("POST", "CompanyToDos", {**to_do, "companyID": 0})
        assert (wrong.status_code, wrong.text[:9]) == (404, "<!DOCTYPE")

        made = autotask.make("Companies/0/ToDos", **to_do)

        assert autotask.patch("Companies/0/ToDos", id=made, activityDescription="look") == made
        assert autotask.item("CompanyToDos", made)["activityDescription"] == "look"
        for path in (f"Companies/0/ToDos/{made}", f"CompanyToDos/{made}", "Companies/0"):
            assert autotask.call("PATCH", path, {"id": made}).status_code == 405
        assert autotask.call("DELETE", f"CompanyToDos/{made}").status_code == 405
        deleted = autotask.call("DELETE", f"Companies/0/ToDos/{made}")
        assert deleted.json() == {"itemId": made}

    def test_what_cannot_be_deleted_is_405_and_what_is_gone_500(self, autotask: Outside) -> None:
        """Companies have no DELETE; a to-do that is not there is an error, not 404."""
        assert autotask.call("DELETE", "Companies/0").status_code == 405
        (words,) = autotask.refusal("DELETE", "Companies/0/ToDos/77")
        assert words.startswith("No message. No matching records found.")

    def test_a_missing_id_is_200_with_nothing(self, autotask: Outside) -> None:
        """GET by id finds null; the switch plays the other two answers."""
        assert autotask.get("Products/5") == {"item": None}
        autotask.switch(missing_record="empty")
        assert autotask.call("GET", "Products/5").content == b""
        autotask.switch(missing_record="404")
        assert autotask.call("GET", "Products/5").status_code == 404


class TestRow5Life:
    """15.5: the life of an order."""

    def test_from_new_to_received_in_full(self, autotask: Outside) -> None:
        """Submitting dates the order, receiving moves it and the stock, step by step."""
        product = autotask.product()
        order = autotask.make(
            "PurchaseOrders",
            vendorID=autotask.vendor(),
            status=1,
            shipToName="Main",
            shipToAddress1="1 Road",
        )
        line = autotask.make(
            f"PurchaseOrders/{order}/Items",
            orderID=order,
            productID=product,
            inventoryLocationID=1,
            quantity=10,
            unitCost=42.5,
        )
        seen = []

        def look() -> None:
            row = autotask.item("PurchaseOrders", order)
            stock = autotask.find("InventoryProducts")
            counts = [(one["onHandUnits"], one["unitsOnOrder"]) for one in stock]
            seen.append((row["status"], row["submitDateTime"], *counts))

        look()
        autotask.patch("PurchaseOrders", id=order, status=2)
        look()
        for units in (4, 6):
            autotask.make(
                f"PurchaseOrderItems/{line}/Receiving",
                purchaseOrderItemID=line,
                quantityNowReceiving=units,
            )
            look()

        submitted = "2026-01-15T09:30:00.000Z"
        assert seen == [
            (1, None),
            (2, submitted),
            (3, submitted, (4, 6)),
            (4, submitted, (10, 0)),
        ]
        rows = autotask.find("PurchaseOrderItemReceiving")
        told = ("quantityPreviouslyReceived", "quantityNowReceiving", "quantityBackOrdered")
        assert [tuple(row[name] for name in told) for row in rows] == [(0, 4, 6), (4, 6, 0)]

    def test_cancelling_dates_the_order_and_frees_what_was_on_order(
        self, autotask: Outside
    ) -> None:
        """A submitted order of which nothing came can be canceled; a started one cannot."""
        line = {"product": autotask.product(), "quantity": 2, "unit_cost": 1}
        order = autotask.order(line)
        other = autotask.order(line, vendor=order["vendorID"])
        autotask.desk(
            "receive", order=other["id"], lines=[{"line": other["lines"][0]["id"], "quantity": 1}]
        )

        autotask.patch("PurchaseOrders", id=order["id"], status=5)

        found = autotask.item("PurchaseOrders", order["id"])
        assert (found["status"], found["cancelDateTime"]) == (5, "2026-01-15T09:30:00.000Z")
        assert autotask.find("InventoryProducts")[0]["unitsOnOrder"] == 1
        assert autotask.refusal("PATCH", "PurchaseOrders", {"id": other["id"], "status": 5})


class TestRow6Receiving:
    """15.6: when lines are entered and goods received."""

    def test_lines_are_added_while_new_and_changed_until_all_came(self, autotask: Outside) -> None:
        """A submitted order takes no new line by the API, but its lines' product changes."""
        product, other = autotask.product(), autotask.product("Gadget")
        order = autotask.order({"product": product, "quantity": 2, "unit_cost": 1})
        path, line = f"PurchaseOrders/{order['id']}/Items", order["lines"][0]["id"]
        new = {"productID": other, "inventoryLocationID": 1, "quantity": 1, "unitCost": 1}
        assert "New" in autotask.refusal("POST", path, new)[0]

        autotask.patch(path, id=line, productID=other, quantity=3)

        assert autotask.item("PurchaseOrderItems", line)["productID"] == other
        autotask.desk("receive", order=order["id"])
        assert autotask.refusal("PATCH", path, {"id": line, "quantity": 4})

    @pytest.mark.parametrize("quantity", [0, -1, 3])
    def test_from_one_to_what_was_ordered(self, autotask: Outside, quantity: int) -> None:
        """Nothing, less than nothing and more than was ordered are refused."""
        order = autotask.order({"product": autotask.product(), "quantity": 2, "unit_cost": 1})
        path = f"PurchaseOrderItems/{order['lines'][0]['id']}/Receiving"

        assert autotask.refusal("POST", path, {"quantityNowReceiving": quantity})
        assert autotask.find("PurchaseOrderItemReceiving") == []

    def test_a_new_order_receives_nothing(self, autotask: Outside) -> None:
        """It has to be submitted first."""
        line = {"product": autotask.product(), "quantity": 2, "unit_cost": 1}
        order = autotask.order(line, submit=False)
        path = f"PurchaseOrderItems/{order['lines'][0]['id']}/Receiving"

        assert "submitted" in autotask.refusal("POST", path, {"quantityNowReceiving": 1})[0]

    def test_each_serialized_unit_has_its_number(self, autotask: Outside) -> None:
        """One unit per call, with a number that nothing else has."""
        product = autotask.product("Router", isSerialized=True)
        order = autotask.order({"product": product, "quantity": 3, "unit_cost": 1})
        path = f"PurchaseOrderItems/{order['lines'][0]['id']}/Receiving"
        assert autotask.refusal("POST", path, {"quantityNowReceiving": 1})
        assert autotask.refusal("POST", path, {"quantityNowReceiving": 2, "serialNumber": "S1"})

        autotask.make(path, quantityNowReceiving=1, serialNumber="S1")

        assert autotask.refusal("POST", path, {"quantityNowReceiving": 1, "serialNumber": "S1"})


class TestRow7References:
    """15.7: what ids have to point to."""

    def test_an_order_is_for_a_vendor(self, autotask: Outside) -> None:
        """A customer is no vendor, and an id that nobody has is named in the service's words."""
        order = {"status": 1, "shipToName": "Main", "shipToAddress1": "1 Road"}

        assert "Vendor" in autotask.refusal("POST", "PurchaseOrders", {**order, "vendorID": 0})[0]
        assert autotask.refusal("POST", "PurchaseOrders", {**order, "vendorID": 99}) == [
            "Value does not reference an existing entity for vendorID . "
        ]

    @pytest.mark.parametrize(
        "entity, field", [("Products", "product"), ("InventoryLocations", "location")]
    )
    def test_a_line_needs_an_active_product_and_location(
        self, autotask: Outside, entity: str, field: str
    ) -> None:
        """What is inactive cannot be ordered or ordered to."""
        product, vendor = autotask.product(), autotask.vendor()
        place = autotask.make("InventoryLocations", locationName="Van", isActive=True)
        autotask.patch(entity, id=product if field == "product" else place, isActive=False)
        order = autotask.make(
            "PurchaseOrders", vendorID=vendor, status=1, shipToName="M", shipToAddress1="1"
        )

        errors = autotask.refusal(
            "POST",
            f"PurchaseOrders/{order}/Items",
            {"productID": product, "inventoryLocationID": place, "quantity": 1, "unitCost": 1},
        )

        assert f"active {field}" in errors[0]

    def test_all_that_is_wrong_is_said_at_once(self, autotask: Outside) -> None:
        """One answer names every missing field and every dangling reference."""
        assert autotask.refusal("POST", "PurchaseOrders", {"vendorID": 99}) == [
            "Missing Required Field: shipToAddress1",
            "Missing Required Field: shipToName",
            "Value does not reference an existing entity for status . ",
            "Value does not reference an existing entity for vendorID . ",
        ]


class TestRow8Money:
    """15.8: invoices, billing items and expense reports."""

    def test_an_invoice_takes_three_fields(self, autotask: Outside) -> None:
        """Its number, the date it was paid (the day only) and the mark; anything else is wrong."""
        id_ = autotask.record("Invoices", companyID=0, invoiceTotal=10.5)["id"]
        autotask.patch("Invoices", id=id_, invoiceNumber="17", paidDate="2026-02-03T15:00:00Z")

        found = autotask.item("Invoices", id_)
        assert (found["invoiceNumber"], found["paidDate"]) == ("17", "2026-02-03T00:00:00.000Z")
        assert autotask.refusal("PATCH", "Invoices", {"id": id_, "invoiceTotal": 1})
        assert autotask.call("POST", "Invoices", {}).status_code == 405

    def test_a_billing_item_takes_its_mark_only(self, autotask: Outside) -> None:
        """The mark webServiceDate can be set, an amount cannot."""
        id_ = autotask.record("BillingItems", totalAmount=5)["id"]

        autotask.patch("BillingItems", id=id_, webServiceDate="2026-02-03T15:00:00Z")

        assert autotask.refusal("PATCH", "BillingItems", {"id": id_, "totalAmount": 1})

    def test_a_report_is_submitted_and_marked(self, autotask: Outside) -> None:
        """Status follows submit only; the accounting mark can be written at any time."""
        report = autotask.make(
            "ExpenseReports", name="Trip", submitterID=29682885, weekEnding="2026-01-16"
        )
        autotask.patch("ExpenseReports", id=report, status=5)
        assert autotask.item("ExpenseReports", report)["status"] == 1

        autotask.patch("ExpenseReports", id=report, submit=True)
        autotask.patch("ExpenseReports", id=report, quickBooksReferenceNumber="B-1")

        found = autotask.item("ExpenseReports", report)
        assert (found["status"], found["quickBooksReferenceNumber"]) == (2, "B-1")
        assert autotask.refusal("PATCH", "ExpenseReports", {"id": report, "submit": True})
        assert autotask.call("POST", f"ExpenseReports/{report}/Items", {}).status_code == 404
        assert autotask.refusal("POST", f"Expenses/{report}/Items", {})


class TestRow9Limits:
    """15.9: the hour's threshold, three calls at once, and faults."""

    def test_use_is_counted_and_ends(self, autotask: Outside) -> None:
        """The call beyond the threshold is refused until an hour has gone over the first."""
        autotask.switch(threshold=3)
        for _ in range(2):
            autotask.get("Companies/0")
        assert autotask.get("ThresholdInformation") == {
            "externalRequestThreshold": 3,
            "requestThresholdTimeframe": 60,
            "currentTimeframeRequestCount": 3,
        }

        assert autotask.call("GET", "Companies/0").status_code == 429

        autotask.clock.pass_s(3600)
        assert autotask.call("GET", "Companies/0").status_code == 200

    def test_heavy_use_is_slowed_down_where_that_is_played(self, autotask: Outside) -> None:
        """From half the threshold a call takes 0.5 s longer, from three quarters 1 s."""
        autotask.switch(threshold=4, slowdown=True)
        for _ in range(4):
            autotask.get("Companies/0")

        assert autotask.clock.stalls == [0.5, 1.0, 1.0]

    def test_three_at_once_per_endpoint(self, autotask: Outside) -> None:
        """A fourth call on an endpoint is refused, metadata too; another endpoint is free."""
        answers: list[httpx2.Response] = []

        def meanwhile() -> None:
            beside = autotask.beside()
            if len(autotask.clock.stalls) < 3:
                beside.call("GET", "Countries/1")
            else:
                paths = ("Countries/entityInformation", "Currencies/1")
                answers.extend(beside.call("GET", path) for path in paths)
            beside.http.close()

        autotask.clock.while_stalled = meanwhile
        autotask.fault("timeout-after", path="countries/1", times=None, seconds=1)
        autotask.call("GET", "Countries/1")

        assert [answer.status_code for answer in answers] == [429, 200]
        assert "thread threshold of 3 threads" in answers[0].text
        assert "Itgenatr005" in answers[0].text

    def test_a_reply_is_lost_after_the_write(self, autotask: Outside) -> None:
        """The call ends in silence, and the company is there."""
        autotask.fault("timeout-after", path="companies", method="POST")

        answer = autotask.call(
            "POST",
            "Companies",
            {"companyName": "P", "companyType": 7, "ownerResourceID": 29682885, "phone": "5"},
        )

        assert (answer.status_code, autotask.clock.stalls) == (504, [30.0])
        assert len(autotask.find("Companies", condition("companyName", "eq", "P"))) == 1

    @pytest.mark.parametrize(
        "fault, status, header",
        [
            ({"kind": "too-many", "retry_after": "120"}, 429, "120"),
            ({"kind": "html"}, 502, None),
            ({"kind": "html", "status": 503}, 503, None),
            ({"kind": "unauthorized"}, 401, None),
            ({"kind": "forbidden"}, 403, None),
            ({"kind": "errors", "errors": ["One.", "Two.\r\n"]}, 500, None),
        ],
    )
    def test_faults_strike_once(
        self, autotask: Outside, fault: dict[str, object], status: int, header: str | None
    ) -> None:
        """A fault answers in its way, nothing is done, and the next call is served."""
        autotask.fault(**fault)  # type: ignore[arg-type]  # the kind stands among the fields

        answer = autotask.call("GET", "Companies/0")

        assert (answer.status_code, answer.headers.get("Retry-After")) == (status, header)
        assert autotask.call("GET", "Companies/0").status_code == 200


class TestRow10World:
    """15.10: the clock, ids and what a tenant starts with."""

    def test_the_clock_is_moved_from_outside(self, autotask: Outside) -> None:
        """What is made later is dated later."""
        autotask.control("POST", "/clock", {"advance_s": 86400})

        made = autotask.item("Companies", autotask.vendor())

        assert made["createDate"] == "2026-01-16T09:30:00.000Z"

    def test_ids_are_the_same_every_time_and_differ_between_entities(self, world: World) -> None:
        """Two tenants played alike give the same ids, and no two entities share them."""
        found = []
        for _ in range(2):
            autotask = world.fresh()
            found.append((autotask.vendor(), autotask.product()))

        assert found[0] == found[1]
        assert len(set(found[0])) == 2

    def test_a_fresh_tenant(self, autotask: Outside) -> None:
        """It has its own organization as company 0, two currencies and a default location."""
        assert autotask.item("Companies", 0)["companyName"] == "Acme Support"
        assert len(autotask.find("Currencies", condition("isActive", "eq", value=True))) == 2
        assert [row["isDefault"] for row in autotask.find("InventoryLocations")] == [True]

    def test_vendor_and_customer_of_one_name(self, autotask: Outside) -> None:
        """Names are not unique: only the type tells the two apart."""
        autotask.vendor("Twin Traders")
        autotask.make(
            "Companies",
            companyName="Twin Traders",
            companyType=1,
            ownerResourceID=29682885,
            phone="555",
        )

        twins = autotask.find("Companies", condition("companyName", "eq", "twin traders"))
        assert {row["companyType"] for row in twins} == {1, 7}

    def test_everything_is_kept_in_a_file(self, tmp_path: Path) -> None:
        """A tenant that is opened again holds what it held, and gives no id twice."""
        with opened(tmp_path) as world:
            vendor = world.fresh().vendor()
        with opened(tmp_path) as world:
            autotask = world.again()
            assert autotask.item("Companies", vendor)["companyName"] == "Pelican Supply"
            assert autotask.vendor("Another") == vendor + 1


def test_the_integration_code_is_not_shown_back(autotask: Outside) -> None:
    """No answer and no error repeats a credential."""
    answer = autotask.call("GET", "Companies/0", ApiIntegrationCode=f"{CODE}x")

    assert CODE not in answer.text
