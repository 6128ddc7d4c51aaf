"""The control paths: sessions, faults, records, clock, settings (7.7, 1.5, 1.6)."""

from __future__ import annotations

import pytest

from tests.sandboxes.quickbooks_desktop.desk import (
    PREFIX,
    Desk,
    customer,
    invoice,
    line,
    query,
    request,
    sales_order,
    tags,
)

OWNER = "{57F3B9B1-86F1-4fcc-B1EE-566DE1813D20}"


class TestSessions:
    @pytest.mark.parametrize(
        "kind, hresult",
        [
            ("closed", "0x80040416"),
            ("unreachable", "0x80040408"),
            ("wrong-file", "0x8004040A"),
            ("modal-dialog", "0x80040414"),
            ("permission", "0x8004041A"),
            ("access-denied", "0x80040420"),
            ("not-authorised", "0x80040418"),
            ("other-mode", "0x80040410"),
            ("busy", "0x80040424"),
        ],
    )
    def test_a_session_fails_with_quickbooks_own_code(
        self, desk: Desk, kind: str, hresult: str
    ) -> None:
        """Each obstacle has the HRESULT of 1.6, and is gone when its count is used up."""
        desk.arm(kind)
        failed, opened = desk.open(), desk.open()

        assert (failed.status_code, failed.json()["hresult"]) == (409, hresult)
        assert failed.json()["message"]
        assert opened.status_code == 200

    def test_a_closed_program_cannot_open_a_named_file(self, desk: Desk) -> None:
        """With a path the code is another one than without."""
        desk.arm("closed", count=None)
        path = desk.get("")["settings"]["location"]

        assert desk.open().json()["hresult"] == "0x80040416"
        assert desk.open(company_file=path).json()["hresult"] == "0x80040408"

    def test_only_the_open_file_can_be_asked_for(self, desk: Desk) -> None:
        """Another path is 0x8004040A; case does not matter in Windows paths."""
        path = desk.get("")["settings"]["location"]

        assert desk.open(company_file=r"C:\Books\Other.qbw").json()["hresult"] == "0x8004040A"
        assert desk.open(company_file=path.upper()).status_code == 200

    def test_a_session_names_file_country_and_version(self, desk: Desk) -> None:
        """What the Web Connector passes on with every call."""
        told = desk.open().json()

        assert told["company_file"].endswith("Larkspur Fixtures.qbw")
        assert (told["country"], told["qbxml_version"]) == ("US", "16.0")

    def test_a_closed_session_is_gone(self, desk: Desk) -> None:
        """Its path answers 404 afterwards."""
        connection = desk.session()
        connection.close()
        response = desk.client.post(f"{PREFIX}/session/{connection.id}/process", content=b"")

        assert response.status_code == 404

    @pytest.mark.parametrize("country", ["US", "CA", "UK", "AU"])
    def test_the_opening_queries(self, desk: Desk, country: str) -> None:
        """Host, company and preferences come in one answer with IDs 0, 1 and 2."""
        desk.reset(country=country)
        answer = desk.session().hcp(OWNER)

        assert [reply.element.tag for reply in answer.replies] == [
            "HostQueryRs",
            "CompanyQueryRs",
            "PreferencesQueryRs",
        ]
        assert [reply.attribute("requestID") for reply in answer.replies] == ["0", "1", "2"]
        assert answer[1].text("CompanyName") == "Larkspur Fixtures Co."


class TestFaults:
    @pytest.mark.parametrize(
        "kind, code",
        [
            ("locked-record", 3175),
            ("locked-related", 3176),
            ("locked-list", 3170),
            ("read-only", 3263),
            ("no-permission", 3260),
            ("no-personal-data", 3261),
            ("unavailable", 1010),
            ("internal-error", 1000),
            ("too-many-iterators", 3390),
        ],
    )
    def test_a_request_fails_with_its_status(self, desk: Desk, kind: str, code: int) -> None:
        """Each fault answers one request with its code and does nothing."""
        desk.arm(kind)
        codes = desk.ask(customer("Adder Works"), customer("Badger & Sons")).codes

        assert codes == [code, 0]
        assert desk.get("/counts")["Customer"] == 1

    def test_a_fault_strikes_what_it_matches(self, shop: Desk) -> None:
        """Only requests whose name holds the pattern are struck, so many times."""
        shop.arm("locked-record", match="SalesOrderAdd", count=2)
        order = sales_order("Blue Heron Cafe", line("BOLT-8", "1"))
        codes = shop.ask(customer("Adder Works"), order, order, order).codes

        assert codes == [0, 3175, 3175, 0]

    def test_a_fault_can_wait(self, desk: Desk) -> None:
        """The first chances pass unharmed."""
        desk.arm("locked-record", skip=1)

        assert desk.ask(customer("A"), customer("B"), customer("C")).codes == [0, 3175, 0]

    def test_faults_are_listed_and_cleared(self, desk: Desk) -> None:
        """What is armed can be seen and taken back."""
        desk.arm("modal-dialog", count=None)
        armed = desk.get("/faults")["armed"]
        desk.client.delete(f"{PREFIX}/faults")

        assert [fault["kind"] for fault in armed] == ["modal-dialog"]
        assert desk.open().status_code == 200

    def test_an_unknown_fault_is_named(self, desk: Desk) -> None:
        """The answer lists what there is."""
        refused = desk.post("/faults", {"kind": "earthquake"})

        assert refused.status_code == 422
        assert "crash-after-commit" in refused.json()["detail"]

    def test_a_dialog_in_the_middle_of_a_run(self, desk: Desk) -> None:
        """A message set may throw although the session was opened; the next one passes."""
        connection = desk.session()
        desk.arm("modal-dialog-during-run")

        assert connection.ask(customer("A")).hresult == "0x80040414"
        assert connection.ask(customer("A")).codes == [0]


class TestRecords:
    def test_records_are_shown_whole(self, shop: Desk) -> None:
        """Lines, links and custom fields are in the dump, inactive records too."""
        order = shop.one(sales_order("Blue Heron Cafe", line("BOLT-8", "2"), ref_number="SO-1"))
        shop.enter(invoice("Blue Heron Cafe", order=order.text("TxnID")))
        (record,) = shop.get("/records/SalesOrder", ref_number="SO-1")

        assert record["lines"][0]["element"] == "SalesOrderLineRet"
        assert record["lines"][0]["Invoiced"] == "2"
        assert record["LinkedTxn"][0]["TxnType"] == "Invoice"

    def test_records_by_id_and_name(self, shop: Desk) -> None:
        """A dump can be narrowed to one record."""
        (item,) = shop.get("/records/ItemInventory", full_name="BOLT-8")

        assert shop.get("/records/ItemInventory", list_id=item["ListID"]) == [item]

    def test_an_unknown_kind_is_not_found(self, desk: Desk) -> None:
        """There are no records of a kind this file does not keep."""
        assert desk.client.get(f"{PREFIX}/records/Unicorn").status_code == 404


class TestCompany:
    def test_a_reset_begins_anew(self, shop: Desk) -> None:
        """Records, faults and the clock are as at the start; the small lists are there."""
        shop.arm("closed", count=None)
        shop.wait(1000)
        shop.reset(name="Second Company")

        assert shop.open().status_code == 200
        assert "Customer" not in shop.get("/counts")
        assert shop.get("")["settings"]["name"] == "Second Company"
        assert shop.one(customer("A")).text("TimeCreated") == "2026-03-02T09:30:00-05:00"

    def test_an_unknown_setting_is_refused(self, desk: Desk) -> None:
        """A misspelt switch does not pass silently."""
        response = desk.client.patch(f"{PREFIX}/settings", json={"switches": {"teleport": True}})

        assert response.status_code == 422
        assert "teleport" in response.json()["detail"]

    def test_every_switch_says_what_it_decides(self, desk: Desk) -> None:
        """Each unconfirmed fact is listed with its source and default."""
        switches = desk.get("")["switches"]

        assert all(one["source"] and one["meaning"] and one["default"] for one in switches)
        assert {one["name"] for one in switches} == set(desk.get("")["settings"]["switches"])

    def test_small_lists_are_ready(self, desk: Desk) -> None:
        """A fresh company has accounts, terms, tax codes and shipping methods."""
        counts = desk.get("/counts")

        assert counts["Account"] >= 15
        assert counts["StandardTerms"] == counts["ShipMethod"] == 5
        assert desk.one(query("TermsQuery", tags(FullName="Net 30"))).text("StdDueDays") == "30"

    def test_another_program_works_beside_us(self, shop: Desk) -> None:
        """A bookkeeper makes an item active again; the next order takes it."""
        item = shop.one(query("ItemInventoryQuery", tags(FullName="WASHER")))
        body = tags(ListID=item.text("ListID"), EditSequence=item.text("EditSequence"))
        order = sales_order("Blue Heron Cafe", line("WASHER", "1"))
        off = shop.one(request("ItemInventoryMod", body + tags(IsActive="false")))
        refused = shop.one(order)
        again = tags(ListID=item.text("ListID"), EditSequence=off.text("EditSequence"))
        shop.ask(
            request("ItemInventoryMod", again + tags(IsActive="true")), application="Bookkeeper"
        )

        assert (refused.code, shop.one(order).code) == (3140, 0)
