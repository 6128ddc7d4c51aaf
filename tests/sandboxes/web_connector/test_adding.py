"""Section 2: the .qwc file, and what happens when it is opened."""

from __future__ import annotations

import httpx2
import pytest

from counterfoil.sandboxes.quickbooks_desktop import CompanyFile, Fault
from counterfoil.sandboxes.web_connector import QbwcError, WebConnector, parse_qwc
from tests.sandboxes.web_connector.scripted import FILE, OWNER, Server, connector, qwc


class TestTheFile:
    def test_what_it_says(self) -> None:
        """Names, addresses and the schedule in seconds."""
        read = parse_qwc(qwc())

        assert (read.app_name, read.user_name) == ("Larkspur link", "larkspur")
        assert (read.owner_id, read.file_id) == (OWNER, FILE)
        assert (read.every_s, read.is_read_only, read.style) == (1800, False, "Document")

    @pytest.mark.parametrize(
        "scheduler, every_s",
        [
            (None, None),
            ("<RunEveryNSeconds>20</RunEveryNSeconds>", 20),
            (
                "<RunEveryNSeconds>20</RunEveryNSeconds><RunEveryNMinutes>5</RunEveryNMinutes>",
                20,
            ),
            (
                "<RunEveryNMinutes>5</RunEveryNMinutes><RunEveryNSeconds>20</RunEveryNSeconds>",
                300,
            ),
        ],
        ids=["none", "seconds", "seconds first", "minutes first"],
    )
    def test_the_first_interval_wins(self, scheduler: str | None, every_s: int | None) -> None:
        """Of two intervals the one that stands first counts."""
        assert parse_qwc(qwc(Scheduler=scheduler)).every_s == every_s

    @pytest.mark.parametrize(
        "name",
        "AppName AppID AppURL AppDescription AppSupport UserName OwnerID FileID QBType".split(),
    )
    def test_mandatory_elements(self, name: str) -> None:
        """Each one that is missing is QBWC1039, by its name."""
        with pytest.raises(QbwcError, match=name) as caught:
            parse_qwc(qwc(**{name: None}))
        assert caught.value.code == 1039

    @pytest.mark.parametrize(
        "changes, code",
        [
            ({"AppURL": "http://127.0.0.1:8085/qbwc"}, 1001),
            ({"AppURL": "https://192.0.2.7/qbwc", "AppSupport": "https://192.0.2.7/"}, 1001),
            ({"AppSupport": "http://127.0.0.1/help"}, 1002),
            ({"AppURL": "http://books.example.com/qbwc"}, 1010),
            ({"AppURL": "https://books.example.com/qbwc"}, 1000),
            (
                {"AppURL": "https://books.example.com/q", "AppSupport": "https://example.org/"},
                1000,
            ),
            ({"OwnerID": "57F3B9B1-86F1-4fcc-B1EE-566DE1813D20"}, 1039),
            ({"FileID": "{not-a-guid}"}, 1039),
            ({"QBType": "QBPOS"}, 1039),
            ({"Style": "Fancy"}, 1039),
            ({"Scheduler": "<RunEveryNMinutes>0</RunEveryNMinutes>"}, 1039),
        ],
    )
    def test_what_the_program_refuses(self, changes: dict[str, str], code: int) -> None:
        """Addresses and IDs have rules, each with its code of section 8."""
        with pytest.raises(QbwcError) as caught:
            parse_qwc(qwc(**changes))
        assert caught.value.code == code

    def test_two_hosts_of_one_domain(self) -> None:
        """The domain has to be equal, the host need not be."""
        read = parse_qwc(
            qwc(AppURL="https://books.example.com/qbwc", AppSupport="https://www.example.com/")
        )
        assert read.app_url == "https://books.example.com/qbwc"

    @pytest.mark.parametrize("text", ["", "<QBWCXML>", "<Other/>", "x" * (2 << 20)])
    def test_what_is_no_file_of_this_kind(self, text: str) -> None:
        """Damaged and foreign files are refused."""
        with pytest.raises(QbwcError):
            parse_qwc(text)


class TestAdding:
    @pytest.mark.parametrize("status, code", [(200, None), (202, None), (404, 1003), (401, 1003)])
    def test_the_support_page_is_fetched(
        self, company: CompanyFile, status: int, code: int | None
    ) -> None:
        """Only 200 and 202 will do (quirk 21)."""
        one = connector(Server(support=status), company)
        if code is None:
            one.add()
            return
        with pytest.raises(QbwcError) as caught:
            one.add()
        assert caught.value.code == code

    def test_a_page_that_cannot_be_fetched(self, company: CompanyFile) -> None:
        """An exception while fetching is another code."""

        def refuse(request: httpx2.Request) -> httpx2.Response:
            raise httpx2.ConnectError("no route")

        client = httpx2.Client(transport=httpx2.MockTransport(refuse))
        with pytest.raises(QbwcError) as caught:
            WebConnector(parse_qwc(qwc()), "x", company, client=client).add()
        assert caught.value.code == 1004

    def test_the_file_id_is_written_once(self, company: CompanyFile) -> None:
        """Adding the same file again finds its own mark."""
        one = connector(Server(), company)
        one.add()
        one.add()

    def test_a_company_with_another_file_id(self, company: CompanyFile) -> None:
        """A file made for another company is QBWC1026."""
        connector(Server(), company).add()
        other = qwc(FileID="{00000000-0000-4000-8000-000000000001}")
        client = httpx2.Client(transport=httpx2.MockTransport(Server()))
        with pytest.raises(QbwcError) as caught:
            WebConnector(parse_qwc(other), "x", company, client=client).add()
        assert caught.value.code == 1026

    def test_quickbooks_has_to_be_open(self, company: CompanyFile) -> None:
        """A program that is closed cannot be asked for the mark."""
        company.faults.arm(Fault("closed"))
        with pytest.raises(QbwcError) as caught:
            connector(Server(), company).add()
        assert caught.value.code == 1023
