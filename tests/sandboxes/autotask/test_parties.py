"""Companies, contacts, to-dos, products and the lists around them."""

from __future__ import annotations

import pytest

from tests.sandboxes.autotask.outside import Json, Outside, condition

PERSON, API_USER = 29682885, 29682900
TO_DO: Json = {
    "actionType": 1,
    "assignedToResourceID": PERSON,
    "startDateTime": "2026-01-15T09:00:00Z",
    "endDateTime": "2026-01-15T10:00:00Z",
}


class TestToDos:
    @pytest.mark.parametrize(
        "wrong, words",
        [
            ({"assignedToResourceID": API_USER}, "can be assigned"),
            ({"assignedToResourceID": 5}, "does not reference"),
            ({"endDateTime": "2026-01-15T08:00:00Z"}, "endDateTime"),
            ({"actionType": 99}, "does not reference an existing entity for actionType"),
            ({"startDateTime": "noon"}, "Could not convert 'noon' to DateTime"),
        ],
    )
    def test_what_a_to_do_must_be(self, autotask: Outside, wrong: Json, words: str) -> None:
        """For a person, who is no API user, of a known type, and ends after it starts."""
        assert words in autotask.refusal("POST", "Companies/0/ToDos", TO_DO | wrong)[0]

    def test_its_contact_is_the_companys(self, autotask: Outside) -> None:
        """One of another company, or an inactive one, is refused."""
        vendor = autotask.vendor()
        contact = autotask.make(
            f"Companies/{vendor}/Contacts", firstName="Ida", lastName="Poole", isActive=1
        )
        with_contact = TO_DO | {"contactID": contact}
        assert autotask.refusal("POST", "Companies/0/ToDos", with_contact)
        path = f"Companies/{vendor}/ToDos"
        autotask.make(path, **with_contact)

        autotask.patch(f"Companies/{vendor}/Contacts", id=contact, isActive=0)

        assert "active contact" in autotask.refusal("POST", path, with_contact)[0]

    def test_it_stays_with_its_company(self, autotask: Outside) -> None:
        """Below another company it is not found, and cannot be moved there."""
        to_do = autotask.make("Companies/0/ToDos", **TO_DO)
        vendor = autotask.vendor()

        assert autotask.get(f"Companies/{vendor}/ToDos/{to_do}") == {"item": None}
        assert autotask.refusal("PATCH", f"Companies/{vendor}/ToDos", {"id": to_do})
        assert autotask.refusal("PATCH", "Companies/0/ToDos", {"id": to_do, "companyID": vendor})
        assert [row["id"] for row in autotask.get("Companies/0/ToDos")["items"]] == [to_do]


class TestCompanies:
    def test_a_contact_is_active_by_number(self, autotask: Outside) -> None:
        """True is not 1 here, and the service says so in its parser's words."""
        person = {"firstName": "Ida", "lastName": "Poole"}

        errors = autotask.refusal("POST", "Companies/0/Contacts", {**person, "isActive": True})

        assert errors[0].startswith("Unexpected character encountered while parsing value: t.")
        assert autotask.refusal("POST", "Companies/0/Contacts", {**person, "isActive": 2})

    def test_a_change_moves_the_watermark(self, autotask: Outside) -> None:
        """Whoever asks for what changed since finds it."""
        vendor = autotask.vendor()
        autotask.clock.pass_s(60)

        autotask.patch("Companies", id=vendor, city="Albany")

        since = condition("lastTrackedModifiedDateTime", "gt", "2026-01-15T09:30:00Z")
        assert [row["id"] for row in autotask.find("Companies", since)] == [vendor]

    def test_user_defined_fields_are_kept_beside_the_others(self, autotask: Outside) -> None:
        """Each defined one is shown, null until set; setting one leaves the others."""
        for name in ("Tier", "Region"):
            autotask.make("UserDefinedFieldDefinitions", name=name, dataType=1, udfType=1)
        vendor = autotask.vendor(
            userDefinedFields=[
                {"name": "tier", "value": "Gold"},
                {"name": "Unknown", "value": "x"},
            ]
        )

        autotask.patch(
            "Companies", id=vendor, userDefinedFields=[{"name": "Region", "value": "North"}]
        )

        assert autotask.item("Companies", vendor)["userDefinedFields"] == [
            {"name": "Tier", "value": "Gold"},
            {"name": "Region", "value": "North"},
        ]
        told = autotask.get("Companies/entityInformation/userDefinedFields")["fields"]
        assert [field["name"] for field in told] == ["Tier", "Region"]
        asked = {"userDefinedFields": "x", "id": vendor}
        assert "array" in autotask.refusal("PATCH", "Companies", asked)[0]
        assert autotask.find("Companies", IncludeFields=["id", "Tier"])[-1] == {
            "id": vendor,
            "userDefinedFields": [{"name": "Tier", "value": "Gold"}],
        }


class TestProducts:
    def test_the_first_vendor_is_the_default(self, autotask: Outside) -> None:
        """A second one is not, until it is said; then the first is no longer."""
        product = autotask.product()
        path = f"Products/{product}/Vendors"
        first, second = (autotask.vendor(name) for name in ("One", "Two"))
        rows = [
            autotask.make(path, vendorID=vendor, isActive=True, isDefault=False)
            for vendor in (first, second)
        ]
        assert autotask.item("Products", product)["defaultVendorID"] == first

        autotask.patch(path, id=rows[1], isDefault=True)

        found = autotask.get(path)["items"]
        assert [row["isDefault"] for row in found] == [False, True]
        assert autotask.item("Products", product)["defaultVendorID"] == second
        again = {"vendorID": first, "isActive": True, "isDefault": False}
        assert "already" in autotask.refusal("POST", path, again)[0]
        customer = {**again, "vendorID": 0}
        assert "Vendor" in autotask.refusal("POST", path, customer)[0]

    def test_names_are_no_keys(self, autotask: Outside) -> None:
        """Two products of one name are two products."""
        assert autotask.product("Same") != autotask.product("Same")


class TestLists:
    @pytest.mark.parametrize("rate", [0, -1, 1_000_000, 1.234567])
    def test_a_rate_is_positive_with_five_decimals(self, autotask: Outside, rate: float) -> None:
        """Any other exchange rate is refused."""
        assert autotask.refusal("PATCH", "Currencies", {"id": 2, "exchangeRate": rate})

    def test_lists_of_the_vendor_cannot_be_written(self, autotask: Outside) -> None:
        """Billing codes and currencies are not made here, system action types not deleted."""
        assert autotask.call("POST", "BillingCodes", {}).status_code == 405
        assert autotask.call("POST", "Currencies", {}).status_code == 405
        assert autotask.refusal("DELETE", "ActionTypes/1")

    def test_an_entity_that_is_none(self, autotask: Outside) -> None:
        """Its address is 404 with the framework's message, as is a child that is none."""
        for path in ("Gadgets/query", "Companies/0/Gadgets", "Companies/0/ToDos/x"):
            answer = autotask.call("GET", path)
            assert answer.status_code == 404
            assert answer.json()["Message"].startswith("No HTTP resource was found")


class TestMoney:
    def test_an_invoice_as_a_document(self, autotask: Outside) -> None:
        """Its PDF comes as a list of bytes, whatever the case of the address; markup as text."""
        invoice = autotask.record("Invoices", companyID=0, invoiceNumber="17")["id"]

        pdf = autotask.get(f"Invoices/{invoice}/InvoicePdf")

        assert bytes(pdf["data"]).startswith(b"%PDF")
        assert (pdf["fileName"], pdf["fileSize"]) == ("Invoice 17.pdf", len(pdf["data"]))
        assert "17" in autotask.get(f"Invoices/{invoice}/InvoiceMarkupHtml")["markup"]
        assert autotask.refusal("GET", "Invoices/5/InvoicePDF")

    def test_expense_items_follow_their_report(self, autotask: Outside) -> None:
        """They are for the own organization unless said, and fixed once it is submitted."""
        report = autotask.make(
            "ExpenseReports", name="Trip", submitterID=PERSON, weekEnding="2026-01-16T15:00:00Z"
        )
        item = {
            "description": "Taxi",
            "expenseCategory": 3,
            "expenseDate": "2026-01-14",
            "haveReceipt": True,
            "isBillableToCompany": False,
            "paymentType": 5,
        }
        made = autotask.make(f"Expenses/{report}/Items", **item)
        assert autotask.item("ExpenseItems", made)["companyID"] == 0
        assert autotask.item("ExpenseReports", report)["weekEnding"] == "2026-01-16T00:00:00.000Z"

        autotask.patch("ExpenseReports", id=report, submit=True)

        assert autotask.refusal("POST", f"Expenses/{report}/Items", item)
        assert "submit" not in autotask.item("ExpenseReports", report)

    @pytest.mark.parametrize("hours, is_taken", [(0, False), (24.5, False), (7.75, True)])
    def test_a_day_has_24_hours(self, autotask: Outside, hours: float, is_taken: bool) -> None:
        """Time entries hold more than none and no more than a day."""
        entry = {"resourceID": PERSON, "hoursWorked": hours, "dateWorked": "2026-01-14"}

        assert (autotask.call("POST", "TimeEntries", entry).status_code == 200) is is_taken

    def test_dates_may_come_without_a_zone(self, autotask: Outside) -> None:
        """Whether an answer ends its moments with Z is a switch."""
        autotask.switch(dates="bare")

        assert autotask.item("Companies", 0)["createDate"] == "2026-01-15T09:30:00.000"
