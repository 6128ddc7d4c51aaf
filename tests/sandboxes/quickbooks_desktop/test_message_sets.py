"""Rules 3.1, 3.3 and 7.8: message sets, their order of processing and their recovery."""

from __future__ import annotations

import pytest

from tests.sandboxes.quickbooks_desktop.desk import (
    PREFIX,
    Desk,
    customer,
    document,
    line,
    query,
    ref,
    request,
    sales_order,
    tags,
    vendor,
)

GOOD = customer("Blue Heron Cafe")


def customers(desk: Desk) -> list[str]:
    return [record["Name"] for record in desk.get("/records/Customer")]


class TestParsing:
    @pytest.mark.parametrize(
        "text",
        [
            "",
            "no XML at all",
            document(GOOD)[:-20],
            document(GOOD).replace('<?qbxml version="16.0"?>', ""),
            document(GOOD, version="17.0"),
            document(GOOD, version="99.9"),
            document(request("CustomerAdd", tags(IsActive="true", Name="A"))),
            document(request("CustomerAdd", tags(Name="A" * 42))),
            document(request("CustomerAdd", tags(Name="A", Nickname="B"))),
            document(request("CustomerAdd", tags(IsActive="true"))),
            document(request("SalesOrderAdd", ref("CustomerRef", "A"))),
            document(sales_order("A", line("B", "1"), ref_number="123456789012")),
            document(sales_order("A", line("B", amount="1.5"))),
            document(query("AccountQuery", iterator="Start")),
            document(query("HostQuery", " ")),
            document(GOOD, on_error="whatever"),
            document(GOOD).replace("<QBXML>", '<!DOCTYPE QBXML [<!ENTITY a "b">]><QBXML>'),
        ],
        ids=[
            "empty",
            "no XML",
            "truncated",
            "no instruction",
            "newer than the program",
            "no such version",
            "wrong order",
            "name too long",
            "unknown element",
            "nothing required",
            "order without lines",
            "number of twelve characters",
            "amount with one decimal",
            "iterator where there is none",
            "white space in HostQuery",
            "unknown onError",
            "document type",
        ],
    )
    def test_a_fault_anywhere_refuses_the_whole_set(self, desk: Desk, text: str) -> None:
        """There is no answer, only an HRESULT, and nothing was done."""
        before = desk.get("/counts")
        answer = desk.send(text)

        assert answer.hresult == "0x80040400"
        assert answer.raw.startswith("QuickBooks found an error when parsing the provided XML")
        assert desk.get("/counts") == before

    def test_one_bad_request_spoils_the_good_ones(self, desk: Desk) -> None:
        """A schema violation in the second request keeps the first from being done."""
        answer = desk.ask(GOOD, request("CustomerAdd", tags(Name="A" * 42)))

        assert answer.hresult == "0x80040400"
        assert customers(desk) == []

    def test_a_company_takes_versions_up_to_its_own(self, desk: Desk) -> None:
        """A company of qbXML 13.0 reads 13.0 and refuses 14.0."""
        desk.reset(qbxml_version="13.0")

        assert desk.ask(GOOD, version="13.0").codes == [0]
        assert desk.ask(GOOD, version="14.0").hresult == "0x80040400"

    def test_an_element_newer_than_its_document_is_refused(self, desk: Desk) -> None:
        """What came with qbXML 15.0 cannot stand in a document of 13.0."""
        body = ref("CustomerRef", "A") + line("B", "1") + tags(StoreName="Web")

        assert desk.ask(request("SalesOrderAdd", body), version="13.0").hresult == "0x80040400"

    def test_rolling_back_is_not_supported(self, desk: Desk) -> None:
        """RollbackOnError is in the schema, and QuickBooks does not do it."""
        assert desk.ask(GOOD, on_error="rollbackOnError").hresult == "0x80040413"


class TestOnError:
    def test_stop_on_error_leaves_the_rest_undone(self, desk: Desk) -> None:
        """After the first Error every request is answered with 3231."""
        answer = desk.ask(
            GOOD, vendor("Blue Heron Cafe"), vendor("Ironmonger"), on_error="stopOnError"
        )

        assert answer.codes == [0, 3100, 3231]
        assert desk.get("/records/Vendor", full_name="Ironmonger") == []

    def test_continue_on_error_does_the_rest(self, desk: Desk) -> None:
        """One bad document spoils nothing."""
        answer = desk.ask(GOOD, vendor("Blue Heron Cafe"), vendor("Ironmonger"))

        assert answer.codes == [0, 3100, 0]

    def test_a_warning_stops_nothing(self, desk: Desk) -> None:
        """Status 500 is a Warn; the set goes on."""
        missing = query("CustomerQuery", tags(FullName="Nobody"))
        answer = desk.ask(missing, GOOD, on_error="stopOnError")

        assert [reply.severity for reply in answer.replies] == ["Warn", "Info"]
        assert answer.codes == [500, 0]


class TestAnswers:
    def test_the_request_id_comes_back(self, desk: Desk) -> None:
        """An ID that was sent is echoed; without one there is none."""
        with_id, without = desk.ask(
            customer("A").replace("Rq>", 'Rq requestID="x&amp;1">', 1), GOOD
        ).replies

        assert with_id.attribute("requestID") == "x&1"
        assert without.attribute("requestID") is None

    def test_a_request_id_has_fifty_characters(self, desk: Desk) -> None:
        """A longer one is 1060 and the request is not done."""
        answer = desk.ask(GOOD.replace("Rq>", f'Rq requestID="{"x" * 51}">', 1))

        assert answer.codes == [1060]
        assert customers(desk) == []

    def test_success_says_so(self, desk: Desk) -> None:
        """Status 0, severity Info, text Status OK."""
        reply = desk.one(GOOD)

        assert (reply.code, reply.severity, reply.message) == (0, "Info", "Status OK")

    def test_unsupported_requests_are_named(self, desk: Desk) -> None:
        """A request that is valid and not done by this company is 1030."""
        key = tags(ListID="8-8", EditSequence="1")
        both = f"<MergeFrom>{key}</MergeFrom><MergeTo>{key}</MergeTo>"
        refused = desk.one(query("ListMerge", tags(ListMergeType="Customer") + both))

        assert (refused.code, refused.message.split()[0]) == (1030, "ListMerge")

    def test_include_none_leaves_the_recovery_block(self, desk: Desk) -> None:
        """An Add then answers with its IDs only."""
        body = tags(Name="Blue Heron Cafe", ExternalGUID="{57F3B9B1-86F1-4fcc-B1EE-566DE1813D20}")
        reply = desk.one(request("CustomerAdd", body), more=' responseData="includeNone"')

        assert [record.tag for record in reply.records] == ["ErrorRecovery"]
        assert reply.text("ListID") == desk.get("/records/Customer")[0]["ListID"]
        assert reply.text("ExternalGUID") == "{57F3B9B1-86F1-4fcc-B1EE-566DE1813D20}"


class TestRecovery:
    def test_the_empty_set_gives_the_stored_answers(self, desk: Desk) -> None:
        """What was answered under an ID is answered again, word for word."""
        first = desk.ask(GOOD, vendor("Blue Heron Cafe"), new="run-1")
        again = desk.ask(new="run-1", old="run-1")

        assert again.raw == first.raw
        assert (again.set_status, again.set_id) == ("0", "run-1")
        assert again.codes == [0, 3100]

    def test_an_unknown_id_never_ran(self, desk: Desk) -> None:
        """9002: the set can be sent safely."""
        assert desk.ask(new="run-1", old="run-1").set_status == "9002"

    def test_the_same_content_again_is_not_done_again(self, desk: Desk) -> None:
        """Sending a set a second time gives the first one's answers."""
        orders = [GOOD, customer("Kitchen", "Blue Heron Cafe")]
        first = desk.ask(*orders, new="run-1")
        second = desk.ask(*orders, new="run-1")

        assert second.raw == first.raw
        assert customers(desk) == ["Blue Heron Cafe", "Kitchen"]

    def test_other_content_under_a_known_id_is_refused(self, desk: Desk) -> None:
        """9001, and nothing is done."""
        desk.ask(GOOD, new="run-1")
        other = desk.ask(customer("Red Kite Inn"), new="run-1")

        assert (other.set_status, other.replies) == ("9001", [])
        assert customers(desk) == ["Blue Heron Cafe"]

    def test_an_old_id_alone_clears(self, desk: Desk) -> None:
        """Clearing answers 0, then 600: there is nothing left to clear."""
        desk.ask(GOOD, new="run-1")

        assert [desk.ask(old="run-1").set_status for _ in range(2)] == ["0", "600"]
        assert desk.ask(new="run-1", old="run-1").set_status == "9002"

    def test_a_new_set_may_clear_the_old_one(self, desk: Desk) -> None:
        """The next set names the last one as old, and both things happen."""
        desk.switch(message_sets_kept=5)
        desk.ask(GOOD, new="run-1")
        desk.ask(customer("Red Kite Inn"), new="run-2", old="run-1")

        assert desk.ask(new="run-1", old="run-1").set_status == "9002"
        assert desk.ask(new="run-2", old="run-2").set_status == "0"

    def test_only_the_last_set_is_kept(self, desk: Desk) -> None:
        """A new set of the same application drives the older one out."""
        desk.ask(GOOD, new="run-1")
        desk.ask(customer("Red Kite Inn"), new="run-2")

        assert desk.ask(new="run-1", old="run-1").set_status == "9002"

    def test_a_file_may_keep_no_answers(self, desk: Desk) -> None:
        """Asking for a set that ran is 9002 all the same, and a set sent again runs again."""
        desk.switch(set_answers_kept="none")
        first = desk.ask(GOOD, new="run-1")
        asked = desk.ask(new="run-1", old="run-1")
        again = desk.ask(GOOD, new="run-1")
        other = desk.ask(customer("Red Kite Inn"), new="run-1")

        assert (first.set_status, first.codes) == ("0", [0])
        assert (asked.set_status, asked.replies) == ("9002", [])
        assert again.codes == [3100], "it was carried out again, and the name was taken"
        assert (other.set_status, other.codes) == ("0", [0])

    def test_how_answers_are_kept_has_two_words(self, desk: Desk) -> None:
        """A misspelt switch is refused, naming both."""
        switches = {"switches": {"set_answers_kept": "all"}}
        refused = desk.client.patch(f"{PREFIX}/settings", json=switches)

        assert refused.status_code == 422
        assert "last, none" in refused.json()["detail"]

    def test_applications_do_not_disturb_each_other(self, desk: Desk) -> None:
        """Each application's last set is its own."""
        desk.ask(GOOD, new="run-1", application="Ours")
        desk.ask(customer("Red Kite Inn"), new="run-1", application="Theirs")

        assert desk.ask(new="run-1", old="run-1", application="Ours")[0].texts("Name") == [
            "Blue Heron Cafe"
        ]

    def test_an_id_has_twenty_four_characters(self, desk: Desk) -> None:
        """A longer one is 9004 and nothing is done."""
        answer = desk.ask(GOOD, new="x" * 25)

        assert (answer.set_status, answer.replies) == ("9004", [])
        assert customers(desk) == []
        assert desk.ask(GOOD, new="x" * 24).set_status == "0"

    def test_a_set_without_an_id_is_not_kept(self, desk: Desk) -> None:
        """No ID, no message-set status."""
        answer = desk.ask(GOOD)

        assert (answer.set_status, answer.set_id) == (None, None)


class TestCrashes:
    def test_after_a_crash_the_answer_is_there(self, desk: Desk) -> None:
        """QuickBooks died after the commit: the empty set tells what was done."""
        desk.arm("crash-after-commit")
        lost = desk.ask(GOOD, new="run-1")
        asked = desk.ask(new="run-1", old="run-1")

        assert (lost.hresult, lost.replies) == ("0x80040402", [])
        assert asked[0].texts("Name") == ["Blue Heron Cafe"]
        assert customers(desk) == ["Blue Heron Cafe"]

    def test_before_the_commit_nothing_is_there(self, desk: Desk) -> None:
        """QuickBooks died before: the set never ran."""
        desk.arm("crash-before")
        desk.ask(GOOD, new="run-1")

        assert desk.ask(new="run-1", old="run-1").set_status == "9002"
        assert customers(desk) == []

    def test_in_the_middle_the_answer_is_lost(self, desk: Desk) -> None:
        """The worst case: some were done, and no stored answer says which."""
        desk.arm("crash-midway", done=1)
        desk.ask(GOOD, customer("Red Kite Inn"), new="run-1")

        assert desk.ask(new="run-1", old="run-1").set_status == "9002"
        assert customers(desk) == ["Blue Heron Cafe"]

    def test_in_the_middle_and_the_next_set_never_arrives(self, desk: Desk) -> None:
        """Some of the first set was done, nothing of the second, and QuickBooks knows of neither."""
        desk.arm("crash-midway", done=1)
        desk.arm("crash-before")
        first = desk.ask(GOOD, customer("Red Kite Inn"), new="run-1")
        second = desk.ask(customer("Adder Works"), new="run-2")

        assert (first.hresult, second.hresult) == ("0x80040402", "0x80040402")
        assert [desk.ask(new=one, old=one).set_status for one in ("run-1", "run-2")] == [
            "9002",
            "9002",
        ]
        assert customers(desk) == ["Blue Heron Cafe"]

    def test_an_answer_that_cannot_be_stored_says_9005(self, desk: Desk) -> None:
        """The work is done, but it cannot be asked for again."""
        desk.arm("cannot-store")

        assert desk.ask(GOOD, new="run-1").set_status == "9005"
        assert desk.ask(new="run-1", old="run-1").set_status == "9002"
        assert customers(desk) == ["Blue Heron Cafe"]

    def test_a_connection_that_crashed_answers_nothing_more(self, desk: Desk) -> None:
        """Its ticket is invalid; a new session works."""
        connection = desk.session()
        desk.arm("crash-before")

        assert connection.ask(GOOD).hresult == "0x80040402"
        assert connection.ask(GOOD).hresult == "0x8004040D"
        assert desk.session().ask(GOOD).codes == [0]
