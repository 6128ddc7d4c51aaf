"""A message set that is held back while the world goes on: late execution (field case D4)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from counterfoil.sandboxes.quickbooks_desktop import CompanyFile, Fault
from counterfoil.sandboxes.web_connector import DONE, RunFaults, RunReport
from tests.sandboxes.web_connector.scripted import Server, connector, customer_set

ASK = (
    '<?xml version="1.0" encoding="utf-8"?><?qbxml version="13.0"?><QBXML>'
    '<QBXMLMsgsRq onError="stopOnError" newMessageSetID="{0}" oldMessageSetID="{0}"/></QBXML>'
)


def serving(*sets: str) -> Server:
    """A server with these message sets to send, one run long."""
    last = len(sets) - 1
    return Server(
        {
            "sendRequestXML": list(sets),
            "receiveResponseXML": [
                "100" if position == last else str(position + 1) for position in range(len(sets))
            ],
        }
    )


def until(run: Iterator[str], wanted: str) -> None:
    """Let a run go on until it has made that call."""
    assert wanted in run, f"it never came to {wanted}"


def rest(run: Iterator[str]) -> None:
    for _ in run:
        pass


def names(company: CompanyFile) -> list[str]:
    return [str(one["Name"]) for one in company.records("Customer")]


def told(server: Server) -> list[str]:
    """What the server was told of each set: its statuses, in short."""
    return [one["response"] or one["hresult"] for one in server.parameters("receiveResponseXML")]


def test_a_set_is_held_while_another_run_happens(company: CompanyFile) -> None:
    """Received and not carried out; a second connector works; then it is carried out after all."""
    held, other = serving(customer_set("A", "set-1")), serving(customer_set("B", "set-2"))
    report = RunReport()
    first = connector(held, company).steps(report)
    until(first, "sendRequestXML")
    assert names(company) == []

    connector(other, company).run_once()
    assert names(company) == ["B"]
    rest(first)

    assert names(company) == ["A", "B"]
    assert (report.ending, report.round_trips) == ("done", 1)
    assert 'statusCode="0"' in told(held)[0]


def test_late_execution_does_everything_twice_unless_somebody_waits(company: CompanyFile) -> None:
    """B asks for A's set and hears 9002, sends it under another name, and then A goes on."""
    late = serving(customer_set("A", "set-1"))
    second = serving(ASK.format("set-1"), customer_set("A (2)", "set-2"))
    first = connector(late, company).steps(RunReport())
    until(first, "sendRequestXML")
    connector(second, company).run_once()
    rest(first)

    assert 'messageSetStatusCode="9002"' in told(second)[0]
    assert names(company) == ["A", "A (2)"], "both were entered"


def test_the_same_set_sent_again_is_safe_while_its_answer_is_kept(company: CompanyFile) -> None:
    """B sends A's very set; when A goes on it gets the stored answer, and nothing is done twice."""
    order = customer_set("A", "set-1")
    late, second = serving(order), serving(order)
    first = connector(late, company).steps(RunReport())
    until(first, "sendRequestXML")
    connector(second, company).run_once()
    rest(first)

    assert told(late) == told(second)
    assert names(company) == ["A"]


def test_a_set_can_stand_carried_out_and_untold(company: CompanyFile) -> None:
    """Stopped between QuickBooks and the report, another run finds the stored answer."""
    late, second = serving(customer_set("A", "set-1")), serving(ASK.format("set-1"))
    first = connector(late, company).steps(RunReport(), stops_when_done=True)
    until(first, DONE)
    assert (names(company), told(late)) == (["A"], [])

    connector(second, company).run_once()
    rest(first)

    assert told(second) == told(late)


@pytest.mark.parametrize("is_asked", [False, True])
def test_the_extra_stop_is_made_only_when_asked_for(company: CompanyFile, is_asked: bool) -> None:
    """An ordinary run stops after calls and nowhere else."""
    run = connector(serving(customer_set("A")), company).steps(
        RunReport(), stops_when_done=is_asked
    )
    calls = list(run)

    assert (DONE in calls) == is_asked
    assert [name for name in calls if name != DONE] == [
        "serverVersion",
        "clientVersion",
        "authenticate",
        "sendRequestXML",
        "receiveResponseXML",
        "closeConnection",
    ]


def test_a_crash_in_the_middle_and_a_next_set_that_never_arrives(company: CompanyFile) -> None:
    """QuickBooks dies within one run's set; the next run's set is lost with the computer."""
    two = customer_set("A", "set-1").replace(
        "</QBXMLMsgsRq>",
        '<CustomerAddRq requestID="2"><CustomerAdd><Name>B</Name></CustomerAdd></CustomerAddRq>'
        "</QBXMLMsgsRq>",
    )
    company.faults.arm(Fault("crash-midway", match="CustomerAdd", done=1))
    crashed = serving(two)
    connector(crashed, company).run_once()
    lost = serving(customer_set("C", "set-2"))
    report = connector(lost, company, faults=RunFaults(drop_before=1)).run_once()
    asked = serving(ASK.format("set-1"), ASK.format("set-2"))
    connector(asked, company).run_once()

    assert (told(crashed), told(lost)) == (["0x80040402"], [])
    assert (report.ending, names(company)) == ("cut", ["A"])
    assert all('messageSetStatusCode="9002"' in one for one in told(asked))
