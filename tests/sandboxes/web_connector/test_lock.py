"""The Web Connector's lock: private data of the company while a run lasts (1.4 rule 2, 1.5)."""

from __future__ import annotations

from collections.abc import Iterator

import httpx2
import pytest
from lxml import etree
from starlette.testclient import TestClient

from counterfoil.sandboxes.quickbooks_desktop import CompanyFile, Fault, quickbooks_app
from counterfoil.sandboxes.web_connector import RemoteCompany, RunFaults, RunReport
from tests.sandboxes.quickbooks_desktop.desk import PREFIX, START
from tests.sandboxes.web_connector.scripted import FILE, OWNER, Server, connector, customer_set

# 2 March 2026, 14:30 UTC, in ticks of 100 ns since the year 1.
LOCKED = "LOCKED:FRONT-DESK:639080586000000000"


@pytest.fixture
def company() -> Iterator[CompanyFile]:
    """An empty company on a computer whose clock stands still."""
    one = CompanyFile.create(now=lambda: float(START))
    yield one
    one.close()


def at_work() -> Server:
    return Server({"sendRequestXML": [customer_set(), ""], "receiveResponseXML": ["100"]})


def lock(company: CompanyFile) -> str | None:
    """What the company file says now."""
    session = company.open_session(application="A reader")
    text = session.host_company_preferences(OWNER).response
    session.close()
    return _private(text).get("AppLock")


def seen(server: Server) -> str | None:
    """What the server was told with the first sendRequestXML."""
    return _private(server.parameters("sendRequestXML")[0]["strHCPResponse"]).get("AppLock")


def _private(text: str) -> dict[str, str]:
    fields = etree.fromstring(text.encode()).iter("DataExtRet")
    return {str(one.findtext("DataExtName")): str(one.findtext("DataExtValue")) for one in fields}


def test_it_is_held_while_a_run_lasts(company: CompanyFile) -> None:
    """Taken after the opening queries, with computer and time, and given back at the end."""
    server = at_work()
    run = connector(server, company, host="FRONT-DESK").steps(RunReport())
    held = [(name, lock(company)) for name in run]

    assert held == [
        ("serverVersion", None),
        ("clientVersion", None),
        ("authenticate", None),
        ("sendRequestXML", LOCKED),
        ("receiveResponseXML", LOCKED),
        ("closeConnection", LOCKED),
    ]
    assert lock(company) == "UNLOCKED"
    assert seen(server) is None


def test_the_server_is_told_how_the_run_found_it(company: CompanyFile) -> None:
    """The opening queries show what an ordinary run before left: nobody at work."""
    connector(at_work(), company).run_once()
    server = at_work()
    connector(server, company).run_once()

    assert seen(server) == "UNLOCKED"


def test_a_second_connector_sees_the_one_that_is_at_work(company: CompanyFile) -> None:
    """While one computer's run stands, another one's opening queries show it."""
    first = connector(at_work(), company, host="FRONT-DESK").steps(RunReport())
    while next(first) != "sendRequestXML":
        pass
    server = at_work()
    connector(server, company, host="BACK-OFFICE").run_once()

    assert seen(server) == LOCKED


@pytest.mark.parametrize(
    "faults", [RunFaults(drop_before=1), RunFaults(drop_after=1), RunFaults(cut_after=5)]
)
def test_a_program_that_dies_leaves_it_taken(company: CompanyFile, faults: RunFaults) -> None:
    """The next run, of any computer, still finds the lock of the one that died."""
    report = connector(at_work(), company, host="FRONT-DESK", faults=faults).run_once()
    server = at_work()
    connector(server, company, host="BACK-OFFICE").run_once()

    assert report.ending == "cut"
    assert (seen(server), lock(company)) == (LOCKED, "UNLOCKED")


def test_a_run_left_standing_leaves_it_taken(company: CompanyFile) -> None:
    """As when the computer is switched off between two calls."""
    run = connector(at_work(), company, host="FRONT-DESK").steps(RunReport())
    while next(run) != "sendRequestXML":
        pass
    run.close()

    assert lock(company) == LOCKED


def test_a_run_that_ends_with_an_error_gives_it_back(company: CompanyFile) -> None:
    """The program goes on after an error, so it tidies up."""
    server = Server({"sendRequestXML": [customer_set()], "receiveResponseXML": ["plenty"]})
    report = connector(server, company).run_once()

    assert (report.qbwc_code, lock(company)) == (1042, "UNLOCKED")


def test_when_quickbooks_died_nobody_can_give_it_back(company: CompanyFile) -> None:
    """The connection is dead: what the file says stays until the next run has ended."""
    company.faults.arm(Fault("crash-after-commit", match="CustomerAdd"))
    server = Server({"sendRequestXML": [customer_set()], "receiveResponseXML": ["-1"]})
    connector(server, company, host="FRONT-DESK").run_once()
    assert lock(company) == LOCKED

    connector(at_work(), company).run_once()

    assert lock(company) == "UNLOCKED"


def test_it_can_be_left_out(company: CompanyFile) -> None:
    """A Web Connector without the lock writes nothing into the company."""
    connector(at_work(), company, faults=RunFaults(holds_lock=False)).run_once()

    assert lock(company) is None


def test_it_stands_beside_the_file_id(company: CompanyFile) -> None:
    """Both are private data of the application's OwnerID; another owner sees neither."""
    one = connector(at_work(), company)
    one.add()
    one.run_once()
    session = company.open_session(application="A reader")

    mine = _private(session.host_company_preferences(OWNER).response)
    assert mine == {"FileID": FILE, "AppLock": "UNLOCKED"}
    assert _private(session.host_company_preferences(FILE).response) == {}


def test_it_uses_up_no_fault_and_no_stored_answer(company: CompanyFile) -> None:
    """It is the program's own doing: what a test armed strikes the server's message sets only."""
    server = Server(
        {
            "sendRequestXML": [customer_set("A", "run-1"), customer_set("B", "run-2")],
            "receiveResponseXML": ["50", "100"],
        }
    )
    company.faults.arm(Fault("locked-list", match="DataExt", count=None))
    connector(server, company).run_once()
    asked = company.process(customer_set("B", "run-2"), application="Larkspur link")

    assert 'statusCode="0"' in asked.response
    assert len(company.records("Customer")) == 2
    assert len(company.faults.armed()) == 1


def test_a_company_elsewhere_is_locked_too(company: CompanyFile) -> None:
    """Through the control paths of a sandbox in another process."""
    with TestClient(quickbooks_app(company), base_url="http://localhost") as http:
        run = connector(
            at_work(), RemoteCompany(f"http://localhost{PREFIX}", client=http), host="FRONT-DESK"
        ).steps(RunReport())
        while next(run) != "sendRequestXML":
            pass
        held = lock(company)
        for _ in run:
            pass

    assert (held, lock(company)) == (LOCKED, "UNLOCKED")


def test_a_company_that_went_away_is_left_as_it_is(company: CompanyFile) -> None:
    """A sandbox that cannot be reached at the end stops no run."""

    def gone(request: httpx2.Request) -> httpx2.Response:
        raise httpx2.ConnectError("gone", request=request)

    with TestClient(quickbooks_app(company), base_url="http://localhost") as http:
        remote = RemoteCompany(f"http://localhost{PREFIX}", client=http)
        session = remote.open_session(application="A reader")
    lost = type(session)(
        httpx2.Client(transport=httpx2.MockTransport(gone)), session.url, "", "US", (16, 0)
    )
    lost.lock(OWNER, "FRONT-DESK")
    lost.unlock(OWNER)

    assert lock(company) is None
