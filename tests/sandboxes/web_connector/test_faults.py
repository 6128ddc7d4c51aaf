"""What goes wrong on the PC: rules 1.4 (3, 4) and quirks 16, 24."""

from __future__ import annotations

import pytest

from counterfoil.sandboxes.quickbooks_desktop import CompanyFile, Fault
from counterfoil.sandboxes.web_connector import RunFaults, RunReport
from tests.sandboxes.web_connector.scripted import Server, connector, customer_set


def working() -> Server:
    """A server with two message sets to send."""
    return Server(
        {
            "sendRequestXML": [customer_set("A", "set-1"), customer_set("B", "set-2"), ""],
            "receiveResponseXML": ["50", "100"],
        }
    )


def names(company: CompanyFile) -> list[str]:
    return [str(one["Name"]) for one in company.records("Customer")]


def test_a_set_lost_before_quickbooks_saw_it(company: CompanyFile) -> None:
    """The server never hears of it again, and nothing was done."""
    server = working()
    report = connector(server, company, faults=RunFaults(drop_before=1)).run_once()

    assert server.order[-1] == "sendRequestXML"
    assert (report.ending, names(company)) == ("cut", [])


def test_an_answer_lost_after_quickbooks_worked(company: CompanyFile) -> None:
    """ReceiveResponseXML never comes, and the work is done: the outcome is unknown."""
    server = working()
    report = connector(server, company, faults=RunFaults(drop_after=2)).run_once()

    assert server.order[-2:] == ["receiveResponseXML", "sendRequestXML"]
    assert (report.ending, report.round_trips, names(company)) == ("cut", 2, ["A", "B"])


@pytest.mark.parametrize("calls", range(1, 9))
def test_a_run_can_be_cut_after_any_call(company: CompanyFile, calls: int) -> None:
    """The program stops right there and says nothing more."""
    server = working()
    report = connector(server, company, faults=RunFaults(cut_after=calls)).run_once()

    assert len(server.asked) == min(calls, 8)
    assert report.ending == ("cut" if calls < 8 else "done")


def test_a_crash_of_quickbooks_reaches_the_server(company: CompanyFile) -> None:
    """The next call carries the HRESULT, although the work was done."""
    server = Server({"sendRequestXML": [customer_set()], "receiveResponseXML": ["-1"]})
    one = connector(server, company)
    company.faults.arm(Fault("crash-after-commit", match="CustomerAdd"))
    report = one.run_once()
    (told,) = server.parameters("receiveResponseXML")

    assert (told["response"], told["hresult"]) == ("", "0x80040402")
    assert (report.ending, names(company)) == ("error", ["Blue Heron Cafe"])


def test_a_mistyped_password(company: CompanyFile) -> None:
    """What is sent is not the password."""
    server = Server({"authenticate": [["", "nvu"]]})
    report = connector(server, company, faults=RunFaults(wrong_password=True)).run_once()

    assert server.parameters("authenticate")[0]["strPassword"] != "let-me-in"
    assert report.ending == "refused"


def test_signing_in_again_forgets_the_first_ticket(company: CompanyFile) -> None:
    """The last ticket is the one that is used."""
    server = Server({"authenticate": [["first", ""], ["second", ""]]})
    connector(server, company, faults=RunFaults(repeat_authenticate=1)).run_once()

    assert server.order.count("authenticate") == 2
    assert {one["ticket"] for one in server.parameters("sendRequestXML")} == {"second"}


def test_two_runs_can_be_woven_into_each_other(company: CompanyFile) -> None:
    """Each run stops after every call, so a test decides who goes on (quirk 24)."""
    server = working()
    reports = [RunReport(), RunReport()]
    runs = [connector(server, company).steps(report) for report in reports]
    for _ in range(4):
        for one in runs:
            next(one)
    for one in runs:
        one.close()

    assert server.order == [
        name
        for name in ("serverVersion", "clientVersion", "authenticate", "sendRequestXML")
        for _ in range(2)
    ]
