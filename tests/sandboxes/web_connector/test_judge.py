"""Outside judges: a server of qbwc-kit, driven over a real port; its parser reads our answers."""

from __future__ import annotations

import socket
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from qbwc_kit import QBWCService, QBXMLRequest, StaticAuthenticator, qbxml
from qbwc_kit.server import create_app

from counterfoil.sandboxes import kit
from counterfoil.sandboxes.quickbooks_desktop import (
    CompanyFile,
    QuickBooksConnectionError,
    fill_company,
    quickbooks_app,
)
from counterfoil.sandboxes.web_connector import RemoteCompany, run_web_connector
from tests.sandboxes.web_connector.scripted import qwc


@contextmanager
def served(app: FastAPI) -> Iterator[str]:
    """The address of an application on a free port of this machine."""
    with kit.served(app) as port:
        yield f"http://localhost:{port}"


class AddAndRead:
    """A qbwc-kit task: adds customers, then pages through all of them and looks at the items."""

    name = "add-and-read"

    def __init__(self) -> None:
        self.read: list[dict[str, Any]] = []
        self.codes: list[int] = []
        self.items: list[dict[str, Any]] = []

    def run(self, ctx: Any) -> Generator[QBXMLRequest, Any, None]:
        added = yield QBXMLRequest(
            [qbxml.add("Customer", {"Name": f"Café {number}"}) for number in range(7)]
            + [qbxml.add("Customer", {"Name": "Café 0"})]
        )
        self.codes = [one.status_code for one in added]
        page_query = qbxml.query("Customer", max_returned=3, iterator="Start")
        while True:
            result = yield QBXMLRequest([page_query])
            page = result.first().raise_for_status()
            self.read.extend(page.records)
            if not page.has_more:
                break
            page_query.iterator = "Continue"
            page_query.iterator_id = page.iterator_id
        items = yield QBXMLRequest([qbxml.query("Item")])
        self.items = items.first().records


@pytest.fixture
def task() -> AddAndRead:
    return AddAndRead()


@pytest.fixture
def hub(task: AddAndRead) -> Iterator[str]:
    """A qbwc-kit server with one task."""
    service = QBWCService(StaticAuthenticator("larkspur", "let-me-in", [task]))
    with served(create_app(service, endpoint_url="http://localhost/qbwc")) as address:
        yield address


def file_for(address: str) -> str:
    return qwc(AppURL=f"{address}/qbwc", AppSupport=f"{address}/qbwc")


def check(task: AddAndRead) -> None:
    """Everything was added once and read in pages."""
    assert task.codes == [0] * 7 + [3100]
    assert [one["Name"] for one in task.read] == [f"Café {number}" for number in range(7)]
    assert {one["Name"] for one in task.items} == {"Out of State", "State Sales Tax"}


def test_a_foreign_server_works_with_our_connector_and_company(
    hub: str, task: AddAndRead, company: CompanyFile
) -> None:
    """qbwc-kit serves a task of five round trips over a real port."""
    fill_company(company.process, company.settings)
    (report,) = run_web_connector(file_for(hub), "let-me-in", company)

    check(task)
    assert (report.ending, report.round_trips, report.progress[-1]) == ("done", 5, 100)
    assert report.server_s > 0
    assert report.quickbooks_s > 0


def test_the_company_may_be_in_another_process(
    hub: str, task: AddAndRead, company: CompanyFile
) -> None:
    """The same through the company's own HTTP paths."""
    fill_company(company.process, company.settings)
    with served(quickbooks_app(company)) as books:
        (report,) = run_web_connector(file_for(hub), "let-me-in", f"{books}/sandbox/quickbooks")

    check(task)
    assert report.is_clean


def test_the_company_may_be_a_file(hub: str, task: AddAndRead, tmp_path: Path) -> None:
    """The same with the path of a company file, which is closed again afterwards."""
    path = tmp_path / "company.qbw"
    made = CompanyFile.create(path)
    fill_company(made.process, made.settings)
    made.close()
    (report,) = run_web_connector(file_for(hub), "let-me-in", path)

    check(task)
    assert report.is_clean
    CompanyFile.open(path).close()


def test_a_wrong_password_is_refused(hub: str, company: CompanyFile) -> None:
    """qbwc-kit answers nvu."""
    (report,) = run_web_connector(file_for(hub), "guess", company)

    assert report.ending == "refused"


def test_a_remote_company_that_is_not_there() -> None:
    """A sandbox that does not answer is QuickBooks that cannot be accessed."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        address = f"http://localhost:{listener.getsockname()[1]}/sandbox/quickbooks"
        with (
            closing(RemoteCompany(address)) as company,
            pytest.raises(QuickBooksConnectionError) as caught,
        ):
            company.open_session(application="Test")

    assert caught.value.hresult == "0x80040401"
