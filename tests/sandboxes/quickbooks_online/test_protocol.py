"""How the service is spoken to: answers, updates, queries, batches, change capture, repeats."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandboxes.quickbooks_online.outside import (
    FaultedError,
    Outside,
    code_of,
    made,
    ref,
    sold,
    spent,
)

BEFORE = "2026-01-01T00:00:00Z"


class TestAnswers:
    def test_a_create_is_wrapped_and_200(self, online: Outside) -> None:
        """The object stands under its name, with the time and an id to tell support."""
        answer = online.call("POST", "vendor", {"DisplayName": "Acme"})

        assert answer.status_code == 200
        assert list(answer.json()) == ["Vendor", "time"]
        assert answer.json()["time"] == "2026-01-15T09:30:00.000-08:00"
        assert answer.headers["intuit_tid"].startswith("1-")

    def test_numbers_are_exact(self, online: Outside) -> None:
        """What was sent as 0.1 comes back as these digits."""
        online.call("POST", "vendor", {"DisplayName": "Acme", "BillRate": 0.1})

        assert '"BillRate":0.1' in online.call("GET", "vendor/1").text

    def test_without_accept_it_is_xml(self, online: Outside) -> None:
        """Objects and faults are XML unless JSON is asked for."""
        online.vendor("Acme")
        found = online.call("GET", "vendor/1", headers={"Accept": "*/*"})
        missing = online.call("GET", "vendor/9", headers={"Accept": "*/*"})

        assert found.headers["content-type"].startswith("application/xml")
        assert "<DisplayName>Acme</DisplayName>" in found.text
        assert '<Error code="610"' in missing.text

    @pytest.mark.parametrize("path", ["nowhere", "vendor/1/2/3", "salesorder", "query/more"])
    def test_an_unknown_path_is_400_with_code_500(self, online: Outside, path: str) -> None:
        """Inside a company nothing is 404."""
        answer = online.call("GET", path)

        assert (answer.status_code, code_of(answer.json())) == (400, "500")

    def test_an_object_that_is_not_there_is_610(self, online: Outside) -> None:
        """HTTP says 400."""
        answer = online.call("GET", "vendor/99")

        assert (answer.status_code, code_of(answer.json())) == (400, "610")

    @pytest.mark.parametrize(
        "body, code",
        [
            ({"Vendor": {"DisplayName": "A"}}, "2010"),
            ({"DisplayName": "A", "NoSuchField": 1}, "2010"),
            ({"DisplayName": "A", "TermRef": "3"}, "2010"),
            ({"DisplayName": "A", "BillAddr": {"Street": "1"}}, "2010"),
            ({"DisplayName": "A", "Active": "maybe"}, "2010"),
            ({"DisplayName": "A", "BillRate": "much"}, "2080"),
            ({"DisplayName": "A" * 501}, "2050"),
            ({"DisplayName": "A", "PrimaryEmailAddr": {"Address": "nobody"}}, "2210"),
            ({}, "6080"),
            ([1], "2010"),
        ],
    )
    def test_what_is_wrong_with_a_body(self, online: Outside, body: Any, code: str) -> None:
        """Unknown and wrapped properties, wrong types, long texts, bad addresses, no name."""
        answer = online.call("POST", "vendor", body)

        assert (answer.status_code, code_of(answer.json())) == (400, code)

    def test_only_json_is_taken(self, online: Outside) -> None:
        """Another type of content is 1050."""
        answer = online.call("POST", "vendor", {}, headers={"Content-Type": "text/plain"})

        assert code_of(answer.json()) == "1050"

    @pytest.mark.parametrize("amount, code", [("10", "6070"), (None, "2020")])
    def test_amounts_are_checked(self, online: Outside, amount: object, code: str) -> None:
        """An amount is there, and is quantity times price."""
        line = {**sold(online.item(), 2, 3), "Amount": amount}
        body = {"CustomerRef": ref(online.customer()), "Line": [line]}

        answer = online.call("POST", "invoice", body)

        assert code_of(answer.json()) == code

    def test_company_and_preferences(self, online: Outside) -> None:
        """Either id opens the company; its plan is told; some preferences can be written."""
        company = online.told("GET", f"companyinfo/{online.realm}")["CompanyInfo"]
        prefs = online.told("GET", "preferences")["Preferences"]
        body = {"SyncToken": prefs["SyncToken"], "SalesFormsPrefs": {"CustomTxnNumbers": True}}
        changed = online.told("POST", "preferences", {**body, "Id": "1", "sparse": True})

        assert company["Id"] == "1"
        assert {"Name": "OfferingSku", "Value": "QuickBooks Online Plus"} in company["NameValue"]
        assert changed["Preferences"]["SyncToken"] == "1"
        after = online.told("GET", "preferences")["Preferences"]
        assert after["SalesFormsPrefs"]["CustomTxnNumbers"] is True
        wrong = {"SyncToken": "1", "SalesFormsPrefs": {"CustomTxnNumbers": "maybe"}}
        assert code_of(online.call("POST", "preferences", wrong).json()) == "2010"

    @pytest.mark.parametrize(
        "plan, path, is_there",
        [
            ("QuickBooks Online Essentials", "purchaseorder", False),
            ("QuickBooks Online Essentials", "bill", True),
            ("QuickBooks Online Simple Start", "bill", False),
            ("QuickBooks Online Plus", "purchaseorder", True),
        ],
    )
    def test_a_plan_without_it_is_5020(
        self, online: Outside, plan: str, path: str, *, is_there: bool
    ) -> None:
        """Purchase orders need Plus, bills Essentials."""
        online.switch(plan=plan)
        answer = online.call("GET", "query", query=f"select * from {path}")

        assert (answer.status_code == 200) is is_there
        assert is_there or code_of(answer.json()) == "5020"

    def test_a_role_without_the_right_is_5020(self, online: Outside) -> None:
        """Reading goes on."""
        online.switch(unwritable=["Vendor"])

        assert code_of(online.call("POST", "vendor", {"DisplayName": "A"}).json()) == "5020"
        assert online.query("select * from Vendor") == {}


class TestUpdates:
    def test_a_stale_token_is_5010(self, online: Outside) -> None:
        """Somebody was faster; a token is needed at all."""
        vendor = online.vendor()
        online.desk(f"change/Vendor/{vendor['Id']}", {"Notes": "by hand"})

        with pytest.raises(FaultedError) as caught:
            online.change("Vendor", vendor, Notes="mine")
        assert caught.value.code == "5010"
        body = {"Id": vendor["Id"], "sparse": True}
        assert code_of(online.call("POST", "vendor", body).json()) == "2020"

    def test_a_sparse_update_touches_what_it_names(self, online: Outside) -> None:
        """Other fields stay; what is named as empty goes, but for a name."""
        vendor = online.vendor("Acme", Notes="one", AcctNum="7")
        after = online.change("Vendor", vendor, Notes="", DisplayName="", BillRate=2)

        assert (after["DisplayName"], after["AcctNum"], after["BillRate"]) == ("Acme", "7", 2)
        assert "Notes" not in after

    def test_a_full_update_takes_away_what_it_does_not_name(self, online: Outside) -> None:
        """Absent fields are gone, those the service makes are not."""
        bill = online.create(
            "Bill",
            VendorRef=ref(online.vendor()),
            Line=[spent(1)],
            PrivateNote="one",
            SalesTermRef=ref("3"),
        )
        after = online.replace("Bill", bill, VendorRef=bill["VendorRef"], Line=bill["Line"])

        assert not {"PrivateNote", "SalesTermRef"} & after.keys()
        assert (after["TotalAmt"], after["MetaData"]["CreateTime"]) == (
            1,
            bill["MetaData"]["CreateTime"],
        )

    def test_some_fields_stay_required(self, online: Outside) -> None:
        """A sparse update of a bill names its vendor."""
        bill = online.create("Bill", VendorRef=ref(online.vendor()), Line=[spent(1)])

        with pytest.raises(FaultedError) as caught:
            online.change("Bill", bill, PrivateNote="x")
        assert (caught.value.code, caught.value.element) == ("2020", "VendorRef")

    def test_lines_are_replaced_as_a_whole(self, online: Outside) -> None:
        """A known id is that line, anything else a new one; what is not sent is gone."""
        vendor = ref(online.vendor())
        bill = online.create("Bill", VendorRef=vendor, Line=[spent(1), spent(2)])
        kept = {**bill["Line"][1], "Amount": 5}
        after = online.change("Bill", bill, VendorRef=vendor, Line=[kept, {**spent(3), "Id": "0"}])
        untouched = online.change("Bill", after, VendorRef=vendor, PrivateNote="x")

        assert [(line["Id"], line["Amount"]) for line in after["Line"]] == [("2", 5), ("3", 3)]
        assert untouched["Line"] == after["Line"]

    def test_what_the_service_makes_is_passed_over(self, online: Outside) -> None:
        """A balance that is sent changes nothing."""
        assert online.vendor(Balance=99, domain="X")["Balance"] == 0

    def test_a_deleted_document_is_gone(self, online: Outside) -> None:
        """The answer says so in four members; later reads and updates are 610."""
        bill = online.create("Bill", VendorRef=ref(online.vendor()), Line=[spent(1)])

        assert online.delete("Bill", bill) == {
            "Id": bill["Id"],
            "status": "Deleted",
            "domain": "QBO",
        }
        for again in (online.delete, online.change):
            with pytest.raises(FaultedError, match="610"):
                again("Bill", bill)

    def test_lists_are_not_deleted(self, online: Outside) -> None:
        """A vendor can only be made inactive."""
        body = {"Id": online.vendor()["Id"], "SyncToken": "0"}

        assert code_of(online.call("POST", "vendor", body, operation="delete").json()) == "500"

    def test_a_document_is_sent(self, online: Outside) -> None:
        """It is marked as sent; without any address that is refused."""
        who, line = ref(online.customer()), sold(online.item(), 1, 1)
        invoice = online.create("Invoice", CustomerRef=who, Line=[line])
        path = f"invoice/{invoice['Id']}/send"

        assert code_of(online.call("POST", path).json()) == "2020"
        sent = online.told("POST", path, sendTo="a@b.example")["Invoice"]
        assert (sent["EmailStatus"], sent["BillEmail"]) == ("EmailSent", {"Address": "a@b.example"})

    def test_a_file_is_attached(self, online: Outside) -> None:
        """Line ends as one client writes them are taken; the note can be found by its document."""
        bill = online.create("Bill", VendorRef=ref(online.vendor()), Line=[spent(1)])
        fields = (
            '{"FileName": "a.txt", "AttachableRef": [{"EntityRef": {"type": "Bill", "value": '
            f'"{bill["Id"]}"}}}}]}}'
        )
        body = (
            '\n--B\nContent-Disposition: form-data; name="file_metadata_01"\n\n'
            f'{fields}\n--B\nContent-Disposition: form-data; name="file_content_01"\n\n'
            "aGVsbG8=\n--B--\n"
        )
        headers = {
            "Authorization": f"Bearer {online.token}",
            "Accept": "application/json",
            "Content-Type": "multipart/form-data; boundary=B",
        }
        url = str(online.call("GET", "preferences").request.url).replace("preferences", "upload")
        answer = online.http.post(url, content=body, headers=headers).json()

        assert answer["AttachableResponse"][0]["Attachable"]["Size"] == 5
        [found] = online.find(
            "select * from attachable where AttachableRef.EntityRef.Type = 'bill' "
            f"and AttachableRef.EntityRef.value = '{bill['Id']}'"
        )
        assert found["FileName"] == "a.txt"

    def test_a_report_tells_balances(self, online: Outside) -> None:
        """Accounts with a balance have a row each."""
        online.create("Bill", VendorRef=ref(online.vendor()), Line=[spent(5)])
        report = online.told("GET", "reports/TrialBalance")

        told = {
            row["ColData"][0]["value"]: row["ColData"][1]["value"] for row in report["Rows"]["Row"]
        }
        assert told == {"Office Expenses": "5", "Accounts Payable (A/P)": "-5"}


class TestQueries:
    @pytest.fixture
    def names(self, online: Outside) -> Outside:
        for name in ("Zeta", "alpha", "O'Neil", r"Back\slash", "Beta 100%"):
            online.vendor(name)
        return online

    @pytest.mark.parametrize(
        "where, found",
        [
            ("DisplayName = 'ZETA'", ["Zeta"]),
            (r"DisplayName = 'O\'Neil'", ["O'Neil"]),
            (r"DisplayName = 'Back\\slash'", [r"Back\slash"]),
            (r"DisplayName = 'Back\slash'", []),
            ("DisplayName like '%a'", ["alpha", "Zeta"]),
            ("DisplayName like 'Beta 100%'", ["Beta 100%"]),
            ("DisplayName != 'Zeta' and displayname > 'b'", [r"Back\slash", "Beta 100%", "O'Neil"]),
            ("Id in ('1', '2', '99')", ["alpha", "Zeta"]),
            ("Id = '3'", ["O'Neil"]),
            ("Balance = '0' AND Active = true AND GivenName = ' '", 5),
            ("Balance > '0'", []),
            ("MetaData.CreateTime >= '2026-01-15'", 5),
            ("MetaData.LastUpdatedTime < '2026-01-15T09:30:00-08:00'", []),
        ],
    )
    def test_conditions(self, names: Outside, where: str, found: list[str] | int) -> None:
        """Values are compared without case, names come in order, a quote is escaped."""
        rows = names.find(f"select * from vendor where {where}")

        told = [row["DisplayName"] for row in rows]
        assert (told if isinstance(found, list) else len(told)) == found

    @pytest.mark.parametrize(
        "tail, found",
        [
            ("orderby DisplayName desc maxresults 2", ["Zeta", "O'Neil"]),
            ("ORDER BY Id STARTPOSITION 4", [r"Back\slash", "Beta 100%"]),
            ("startposition 9", []),
            ("maxresults 5000", 5),
        ],
    )
    def test_pages(self, names: Outside, tail: str, found: list[str] | int) -> None:
        """Order, start and size; a size beyond the most is cut."""
        told = [row["DisplayName"] for row in names.find(f"select * from Vendor {tail}")]

        assert (told if isinstance(found, list) else len(told)) == found

    def test_the_answer_tells_its_page(self, names: Outside) -> None:
        """It tells startPosition and how many came; a count; nothing at all where nothing is."""
        page = names.query("select DisplayName from Vendor startposition 2 maxresults 3")

        assert (page["startPosition"], page["maxResults"]) == (2, 3)
        assert page["Vendor"][0].keys() == {"DisplayName", "domain", "sparse"}
        assert names.query("select count(*) from Vendor") == {"totalCount": 5}
        assert names.query("select * from Customer") == {}
        assert names.query("select *, DisplayName from Vendor")["maxResults"] == 5

    @pytest.mark.parametrize(
        "statement, code, words",
        [
            ("select * from Bill where TotalAmt > 5", "4000", 'Encountered " <INTEGER> "5 ""'),
            ("select * from Vendor where DisplayName = 'O''Neil'", "4000", "column"),
            ("select * from Vendor Balance", "4000", '<IDENTIFIER> "Balance "'),
            ("select * from Vendor where Active = true or Id = '1'", "4000", "or"),
            ("delete from Vendor", "4000", "delete"),
            ("select * from Vendor where DisplayName = ", "4000", "<EOF>"),
            (
                "select * from Vendor where NoSuch = '1'",
                "4001",
                "NoSuch not found for Entity Vendor",
            ),
            ("select * from PurchaseOrder where VendorRef = '1'", "4001", "'VendorRef' is not que"),
            ("select NoSuch from Vendor", "4001", "NoSuch not found"),
            ("select * from SalesOrder", "4001", "SalesOrder not found"),
            ("select * from Vendor startposition 0", "4001", "value 0 is too small"),
            ("select * from Vendor where Id > '1'", "4001", "not supported for Id"),
        ],
    )
    def test_what_cannot_be_asked(
        self, online: Outside, statement: str, code: str, words: str
    ) -> None:
        """4000 is not readable, 4001 means nothing."""
        with pytest.raises(FaultedError) as caught:
            online.query(statement)

        assert (caught.value.code, words in caught.value.detail) == (code, True)

    def test_by_post(self, names: Outside) -> None:
        """The statement may be the body."""
        url = str(names.call("GET", "preferences").request.url).replace("preferences", "query")
        headers = {"Authorization": f"Bearer {names.token}", "Accept": "application/json"}
        headers["Content-Type"] = "application/text"
        answer = names.http.post(url, content="SELECT COUNT(*) FROM Vendor", headers=headers)

        assert answer.json()["QueryResponse"]["totalCount"] == 5


class TestBatches:
    def test_items_stand_for_themselves(self, online: Outside) -> None:
        """Each has an object, an answer or a fault; HTTP says 200, nothing is rolled back."""
        told = online.batch(
            made("A", "a"),
            made("A", "b"),
            {"bId": "c", "Query": "select count(*) from Vendor"},
            {"bId": "d", "operation": "merge", "Vendor": {}},
            {"bId": "e", "operation": "create", "Nothing": {}},
        )

        assert told[0]["Vendor"]["DisplayName"] == "A"
        assert [one["bId"] for one in told] == ["a", "b", "c", "d", "e"]
        assert [code_of(one) for one in (told[1], told[3], told[4])] == ["6240", "500", "2010"]
        assert told[2]["QueryResponse"] == {"totalCount": 1}

    def test_update_delete_and_void(self, online: Outside) -> None:
        """The other operations work there, too."""
        vendor = online.vendor()
        bill = online.create("Bill", VendorRef=ref(vendor), Line=[spent(1)])
        update = {"Id": vendor["Id"], "SyncToken": "0", "sparse": True, "Notes": "x"}
        told = online.batch(
            {"bId": "1", "operation": "update", "Vendor": update},
            {"bId": "2", "operation": "delete", "Bill": {"Id": bill["Id"], "SyncToken": "0"}},
        )

        assert told[0]["Vendor"]["SyncToken"] == "1"
        assert told[1]["Bill"]["status"] == "Deleted"

    @pytest.mark.parametrize("size, code", [(0, "400"), (31, "1040")])
    def test_sizes(self, online: Outside, size: int, code: str) -> None:
        """None is malformed, more than 30 are too many."""
        with pytest.raises(FaultedError) as caught:
            online.batch(*(made(f"V{number}") for number in range(size)))

        assert caught.value.code == code


class TestRepeats:
    def test_a_repeat_gets_the_first_answer(self, online: Outside) -> None:
        """With the same request id nothing is made twice, whatever the body says."""
        first = online.told("POST", "vendor", {"DisplayName": "A"}, requestid="r-1")
        again = online.told("POST", "vendor", {"DisplayName": "B"}, requestid="r-1")

        assert first["Vendor"] == again["Vendor"]
        assert online.query("select count(*) from Vendor") == {"totalCount": 1}

    def test_a_refusal_is_not_remembered(self, online: Outside) -> None:
        """What was refused can be sent again under its id."""
        online.call("POST", "vendor", {}, requestid="r-1")

        assert online.told("POST", "vendor", {"DisplayName": "A"}, requestid="r-1")["Vendor"]

    @pytest.mark.parametrize(
        "mode, codes, count",
        [
            ("first-answer", [None, None], 2),
            ("6000-in-batches", ["6000", None], 2),
            ("forgets", ["6240", None], 2),
        ],
    )
    def test_a_repeated_batch(
        self, online: Outside, mode: str, codes: list[str | None], count: int
    ) -> None:
        """Three readings; an item is recognised by both ids together."""
        online.switch(replay=mode)
        online.batch(made("A", "a"), requestid="r-1")
        told = online.batch(made("A", "a"), made("B", "b"), requestid="r-1")

        assert [code_of(one) if "Fault" in one else None for one in told] == codes
        assert online.query("select count(*) from Vendor") == {"totalCount": count}

    def test_ids_that_are_too_long(self, online: Outside) -> None:
        """50 characters: alone it is refused; in a batch every item is, though HTTP says 200."""
        alone = online.call("POST", "vendor", {"DisplayName": "A"}, requestid="r" * 51)
        told = online.batch(made("A", "b" * 36), made("B", "c" * 36), requestid="r" * 32)

        assert code_of(alone.json()) == "2130"
        assert [code_of(one) for one in told] == ["6000", "6000"]
        assert online.query("select count(*) from Vendor") == {"totalCount": 0}


class TestChangeCapture:
    def test_what_changed_is_told_whole(self, online: Outside) -> None:
        """Grouped as asked; deleted ones after the living, with id and time only."""
        vendor = ref(online.vendor())
        bills = [online.create("Bill", VendorRef=vendor, Line=[spent(1)]) for _ in range(2)]
        online.delete("Bill", bills[0])
        told = online.changes(BEFORE, "bill", "Vendor")

        assert list(told) == ["Bill", "Vendor"]
        assert told["Bill"][0]["TotalAmt"] == 1
        assert told["Bill"][1].keys() == {"domain", "status", "Id", "MetaData"}
        assert told["Bill"][1]["status"] == "Deleted"

    def test_only_since_then(self, online: Outside) -> None:
        """Nothing changed is an empty object."""
        online.vendor()
        answer = online.told("GET", "cdc", entities="Vendor", changedSince="2026-01-16T00:00:00Z")

        assert answer["CDCResponse"] == [{"QueryResponse": [{}]}]

    def test_at_most_a_thousand(self, online: Outside) -> None:
        """There are no pages."""
        for start in range(0, 1001, 77):
            bodies = [{"Name": f"T{start + number}"} for number in range(77)]
            online.desk("make/Term", bodies)

        assert len(online.changes(BEFORE, "Term")["Term"]) == 1000

    @pytest.mark.parametrize(
        "entity, since",
        [
            ("TimeActivity", BEFORE),
            ("TaxCode", BEFORE),
            ("Nothing", BEFORE),
            ("Vendor", "2025-12-01T00:00:00Z"),
            ("Vendor", "yesterday"),
        ],
    )
    def test_what_is_not_carried(self, online: Outside, entity: str, since: str) -> None:
        """Some entities never, and no more than 30 days."""
        with pytest.raises(FaultedError, match="4001"):
            online.changes(since, entity)
