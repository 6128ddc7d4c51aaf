"""Rules 1.3 and 1.4: the order of calls and what each returned value does."""

from __future__ import annotations

from itertools import islice
from typing import Any

import pytest
from lxml import etree

from counterfoil.sandboxes.quickbooks_desktop import CompanyFile, Fault
from counterfoil.sandboxes.web_connector import RunReport
from tests.sandboxes.web_connector.scripted import (
    NAMESPACE,
    OWNER,
    TICKET,
    Pauses,
    Server,
    connector,
    customer_set,
)

OPENING = ["serverVersion", "clientVersion", "authenticate"]
EMPTY_RUN = [*OPENING, "sendRequestXML", "getLastError", "closeConnection"]


def run(server: Server, company: CompanyFile, **options: Any) -> RunReport:
    return connector(server, company, **options).run_once()


class TestAuthenticate:
    @pytest.mark.parametrize(
        "state, ending, shown",
        [
            ("none", "no work", "No Data Exchange"),
            ("NONE", "no work", "No Data Exchange"),
            ("nvu", "refused", "Invalid password for username"),
        ],
    )
    def test_no_work_and_no_user_close_at_once(
        self, company: CompanyFile, state: str, ending: str, shown: str
    ) -> None:
        """The message is shown, closeConnection follows, QuickBooks is not touched."""
        company.faults.arm(Fault("closed"))
        server = Server({"authenticate": [[TICKET, state]]})
        report = run(server, company)

        assert server.order == [*OPENING, "closeConnection"]
        assert (report.ending, report.last_result) == (ending, shown)
        assert len(company.faults.armed()) == 1

    def test_busy_stops_without_a_word(self, company: CompanyFile) -> None:
        """A busy server gets no further call."""
        server = Server({"authenticate": [[TICKET, "busy"]]})
        report = run(server, company)

        assert server.order == OPENING
        assert (report.ending, report.last_result) == ("busy", "Application Busy")

    def test_position_three_postpones_even_with_work(self, company: CompanyFile) -> None:
        """A number in position 3 breaks the run off, whatever position 2 says (quirk 35)."""
        server = Server({"authenticate": [[TICKET, "", "120", ""]]})
        report = run(server, company)

        assert server.order == OPENING
        assert (report.ending, report.postponed_s) == ("postponed", 120)
        assert report.last_result == "Update postponed by application."

    def test_position_three_hides_a_wrong_password(self, company: CompanyFile) -> None:
        """Together with nvu only the postponement is shown."""
        report = run(Server({"authenticate": [[TICKET, "nvu", "60", ""]]}), company)

        assert report.last_result == "Update postponed by application."

    def test_position_four_lets_the_run_proceed(self, company: CompanyFile) -> None:
        """A floor for the schedule does not stop the run."""
        server = Server({"authenticate": [[TICKET, "", "", "300"]]})
        report = run(server, company)

        assert server.order == EMPTY_RUN
        assert report.minimum_every_s == 300

    def test_the_path_goes_to_quickbooks(self, company: CompanyFile) -> None:
        """Any other text in position 2 is the company file to open."""
        path = company.settings.location
        server = Server({"authenticate": [[TICKET, path]]})
        run(server, company)

        assert server.order == EMPTY_RUN
        assert server.parameters("sendRequestXML")[0]["strCompanyFileName"] == path

    def test_the_user_and_the_password_are_sent(self, company: CompanyFile) -> None:
        """The name comes from the file, the password from the user."""
        server = Server()
        run(server, company)

        assert server.parameters("authenticate") == [
            {"strUserName": "larkspur", "strPassword": "let-me-in"}
        ]


class TestClientVersion:
    @pytest.mark.parametrize("verdict", ["E:Too old", "O:9.9"])
    def test_a_refused_version_ends_before_sign_in(
        self, company: CompanyFile, verdict: str
    ) -> None:
        """E: and O: are never followed by authenticate."""
        server = Server({"clientVersion": [verdict]})
        report = run(server, company)

        assert server.order == ["serverVersion", "clientVersion"]
        assert (report.ending, report.qbwc_code) == ("error", 1037)

    def test_a_warning_lets_the_user_continue(self, company: CompanyFile) -> None:
        """W: is a dialog; somebody clicked it away."""
        server = Server({"clientVersion": ["W:Getting old"]})
        report = run(server, company)

        assert server.order == EMPTY_RUN
        assert any("Getting old" in entry for entry in report.log)

    def test_any_other_answer_is_a_syntax_error(self, company: CompanyFile) -> None:
        """QBWC1046 and the end."""
        assert run(Server({"clientVersion": ["fine"]}), company).qbwc_code == 1046


class TestConnection:
    def test_done_ends_the_run(self, company: CompanyFile) -> None:
        """ConnectionError carries ticket, HRESULT and text; done is followed by the close."""
        company.faults.arm(Fault("modal-dialog"))
        server = Server({"connectionError": ["DONE"]})
        report = run(server, company)
        (told,) = server.parameters("connectionError")

        assert server.order == [*OPENING, "connectionError", "closeConnection"]
        assert (told["ticket"], told["hresult"]) == (TICKET, "0x80040414")
        assert told["message"].startswith("A modal dialog box is showing")
        assert (report.ending, report.qbwc_code) == ("not connected", 1013)

    def test_an_empty_answer_tries_the_open_file(self, company: CompanyFile) -> None:
        """The remembered path fails, the file that is open works."""
        server = Server(
            {"authenticate": [[TICKET, r"C:\Books\Other.qbw"]], "connectionError": [""]}
        )
        report = run(server, company)

        assert server.order == [
            *OPENING,
            "connectionError",
            "sendRequestXML",
            "getLastError",
            "closeConnection",
        ]
        assert server.parameters("connectionError")[0]["hresult"] == "0x8004040A"
        assert report.connection_attempts == 2

    def test_a_path_tries_that_file(self, company: CompanyFile) -> None:
        """Any other answer is taken as a company file."""
        company.faults.arm(Fault("closed"))
        server = Server({"connectionError": [company.settings.location]})

        assert run(server, company).ending == "done"

    def test_a_server_that_never_stops_is_left(self, company: CompanyFile) -> None:
        """An empty answer each time loops (quirk 36); the stand-in gives up and says so."""
        company.faults.arm(Fault("closed", count=None))
        report = run(Server({"connectionError": [""]}), company)

        assert report.connection_attempts == 20
        assert any("never gave up" in entry for entry in report.log)


class TestExchange:
    def test_the_opening_answer_comes_once(self, company: CompanyFile) -> None:
        """Host, company and preferences go with the first call only (1.5)."""
        server = Server(
            {
                "sendRequestXML": [customer_set("A"), customer_set("B")],
                "receiveResponseXML": ["50", "100"],
            }
        )
        run(server, company)
        first, second = server.parameters("sendRequestXML")
        told = etree.fromstring(first["strHCPResponse"].encode())

        assert [element.tag for element in told[0]] == [
            "HostQueryRs",
            "CompanyQueryRs",
            "PreferencesQueryRs",
        ]
        assert second["strHCPResponse"] == ""
        assert first["strCompanyFileName"] == second["strCompanyFileName"]
        assert (first["qbXMLCountry"], first["qbXMLMajorVers"], first["qbXMLMinorVers"]) == (
            "US",
            "16",
            "0",
        )

    def test_the_answer_of_quickbooks_goes_back(self, company: CompanyFile) -> None:
        """Response holds the qbXML, hresult and message are empty."""
        server = Server({"sendRequestXML": [customer_set("Café & Co.")]})
        report = run(server, company)
        (told,) = server.parameters("receiveResponseXML")

        assert "Caf&#233; &amp; Co." in told["response"]
        assert (told["hresult"], told["message"], told["ticket"]) == ("", "", TICKET)
        assert server.order == [*OPENING, "sendRequestXML", "receiveResponseXML", "closeConnection"]
        assert (report.round_trips, report.progress) == (1, [100])

    def test_a_refused_set_goes_back_as_an_hresult(self, company: CompanyFile) -> None:
        """Response is empty then (quirk 6)."""
        server = Server({"sendRequestXML": ["this is no qbXML"]})
        run(server, company)
        (told,) = server.parameters("receiveResponseXML")

        assert (told["response"], told["hresult"]) == ("", "0x80040400")
        assert told["message"]

    @pytest.mark.parametrize("percent", ["0", "1", "99"])
    def test_below_a_hundred_there_is_more(self, company: CompanyFile, percent: str) -> None:
        """The connector asks again."""
        server = Server(
            {"sendRequestXML": [customer_set("A"), ""], "receiveResponseXML": [percent]}
        )
        run(server, company)

        assert server.order.count("sendRequestXML") == 2

    def test_a_negative_number_asks_for_the_reason(self, company: CompanyFile) -> None:
        """GetLastError's text is shown, then the connection is closed."""
        server = Server(
            {
                "sendRequestXML": [customer_set()],
                "receiveResponseXML": ["-101"],
                "getLastError": ["The books are closed"],
            }
        )
        report = run(server, company)

        assert server.order[-3:] == ["receiveResponseXML", "getLastError", "closeConnection"]
        assert (report.ending, report.last_result) == ("error", "The books are closed")

    def test_after_a_negative_number_noop_is_no_pause(self, company: CompanyFile) -> None:
        """NoOp keeps a run alive only after an empty sendRequestXML."""
        pauses = Pauses()
        server = Server(
            {
                "sendRequestXML": [customer_set()],
                "receiveResponseXML": ["-1"],
                "getLastError": ["NoOp"],
            }
        )
        connector(server, company, pauses=pauses).run_once()

        assert pauses.seconds == []

    def test_noop_waits_and_asks_again(self, company: CompanyFile) -> None:
        """Five seconds, then sendRequestXML; the text of the end is shown."""
        pauses = Pauses()
        server = Server(
            {
                "sendRequestXML": ["", "", customer_set()],
                "getLastError": ["NoOp", "NoOp"],
            }
        )
        report = connector(server, company, pauses=pauses).run_once()

        assert pauses.seconds == [5.0, 5.0]
        assert (report.round_trips, report.ending) == (1, "done")

    def test_a_last_error_ends_the_run(self, company: CompanyFile) -> None:
        """Any other text is logged and shown, the run closes."""
        report = run(Server({"getLastError": ["Wrong company file"]}), company)

        assert any("Wrong company file" in entry for entry in report.log)
        assert report.calls == EMPTY_RUN

    def test_the_closing_text_is_the_final_status(self, company: CompanyFile) -> None:
        """What closeConnection answers stands in the Status column."""
        server = Server(
            {"sendRequestXML": [customer_set()], "closeConnection": ["1 customer sent"]}
        )

        assert run(server, company).last_result == "1 customer sent"

    def test_a_company_that_does_not_answer_ends_the_job(self, company: CompanyFile) -> None:
        """Without host, company and preferences there is no sendRequestXML (QBWC1014)."""
        company.faults.arm(Fault("modal-dialog-during-run"))
        server = Server()
        report = run(server, company)

        assert report.qbwc_code == 1014
        assert "sendRequestXML" not in server.order


class TestInteractive:
    def test_a_user_who_refuses(self, company: CompanyFile) -> None:
        """InteractiveRejected's answer is shown."""
        server = Server({"getLastError": ["Interactive mode"]})
        report = run(server, company, interactive="refuses")

        assert server.order[-3:] == ["getInteractiveURL", "interactiveRejected", "closeConnection"]
        assert "wcTicket" in server.parameters("interactiveRejected")[0]
        assert report.calls.count("interactiveDone") == 0

    @pytest.mark.parametrize("end", ["Done", ""])
    def test_a_user_who_accepts(self, company: CompanyFile, end: str) -> None:
        """The connector polls until Done, or an empty text: the guide says both."""
        server = Server(
            {"getLastError": ["Interactive mode"], "interactiveDone": ["Still busy", end]}
        )
        run(server, company, interactive="accepts")

        assert server.order.count("interactiveDone") == 2
        assert server.order[-1] == "closeConnection"


class TestEnvelopes:
    def test_every_call_is_soap_as_the_program_sends_it(self, company: CompanyFile) -> None:
        """The action is quoted, the operation stands in Intuit's namespace, parameters in order."""
        server = Server({"sendRequestXML": [customer_set()]})
        run(server, company)

        assert all(one.action == f'"{NAMESPACE}{one.operation}"' for one in server.asked)
        assert all(f'<{one.operation} xmlns="{NAMESPACE}">' in one.body for one in server.asked)
        assert list(server.parameters("receiveResponseXML")[0]) == [
            "ticket",
            "response",
            "hresult",
            "message",
        ]
        assert server.parameters("serverVersion") == [{}]

    def test_the_prefixed_style(self, company: CompanyFile) -> None:
        """Older programs send q1: prefixes and xsi:type; the values are the same."""
        server = Server()
        run(server, company, style="prefixed")

        assert server.order == EMPTY_RUN
        body = server.asked[3].body
        assert f'<q1:sendRequestXML xmlns:q1="{NAMESPACE}">' in body
        assert '<qbXMLMajorVers xsi:type="xsd:int">16</qbXMLMajorVers>' in body


class TestSchedule:
    def reports(self, server: Server, company: CompanyFile, runs: int) -> list[float]:
        pauses = Pauses()
        list(islice(connector(server, company, pauses=pauses).run_scheduled(), runs))
        return pauses.seconds

    def test_runs_follow_the_file(self, company: CompanyFile) -> None:
        """Every thirty minutes, as the Scheduler element says."""
        assert self.reports(Server(), company, 3) == [1800, 1800]

    def test_a_floor_raises_the_interval_for_good(self, company: CompanyFile) -> None:
        """Position 4 lifts a shorter interval and never lowers a longer one."""
        server = Server(
            {"authenticate": [[TICKET, "none", "", "3600"], [TICKET, "none", "", "60"]]}
        )

        assert self.reports(server, company, 3) == [3600, 3600]

    def test_a_postponement_counts_once(self, company: CompanyFile) -> None:
        """Position 3 names the next start, after that the schedule goes on."""
        server = Server({"authenticate": [[TICKET, "", "45", ""], [TICKET, "none"]]})

        assert self.reports(server, company, 3) == [45, 1800]


def test_the_owner_is_asked_for_its_own_fields(company: CompanyFile) -> None:
    """After adding the application the opening answer holds its FileID (section 2)."""
    server = Server()
    one = connector(server, company)
    one.add()
    one.run_once()
    told = etree.fromstring(server.parameters("sendRequestXML")[0]["strHCPResponse"].encode())

    assert told.findtext(".//DataExtRet/OwnerID") == OWNER
    assert told.findtext(".//DataExtRet/DataExtName") == "FileID"
