"""Check 5 of 8.1: another company file than the connection's own never receives a write."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from counterfoil.hub import accounts
from counterfoil.sandboxes.quickbooks_desktop import (
    CompanyFile,
    CompanySettings,
    ProcessResult,
    fill_company,
)
from counterfoil.sandboxes.web_connector import WebConnector, parse_qwc
from counterfoil.settings import SystemName
from tests.support.world import ACTOR, ZONE, World

OTHER_NAME = "Somebody Else Ltd."
OTHER_PLACE = r"C:\Elsewhere\Somebody Else.qbw"


@pytest.fixture
def ready(world: World) -> World:
    """A company that has been served once, and has an order waiting."""
    world.orders(1)
    world.sync()
    world.orders(1, first=2)
    world.read_operations()
    return world


@pytest.fixture
def stranger(ready: World) -> Iterator[CompanyFile]:
    """Another company file, which bears the FileID of another connection."""
    settings = CompanySettings(name=OTHER_NAME, location=OTHER_PLACE, time_zone=ZONE)
    company = CompanyFile.create(None, settings, now=ready.clock.unix)
    fill_company(company.process, settings)
    yield company
    company.close()


def add_file_id(world: World, company: CompanyFile) -> None:
    """Let another connection of ours mark the file as its own."""
    made = accounts.add_connection(
        world.hub, SystemName.QUICKBOOKS_DESKTOP, "Other books", {}, ACTOR
    )
    WebConnector(parse_qwc(made.qwc or ""), made.password or "", company, client=world.http).add()


def check_refused(world: World, stranger: CompanyFile, *, found: str = OTHER_NAME) -> None:
    """Run with the stranger's file open: told, and nothing written; then with our own."""
    own = world.counter.company
    before = stranger.counts()
    world.counter.company = stranger
    report = world.run_web_connector()

    assert "Another company file is open" in report.last_result
    assert found in report.last_result
    assert "Another company file is open" in (world.status().problem or "")
    assert stranger.counts() == before
    assert world.states() == {"SO-1": "done", "SO-2": "ready"}
    assert report.round_trips == 0

    world.counter.company = own
    assert world.run_web_connector().is_clean
    assert world.status().problem is None
    world.check_exactly_once("SO-1", "SO-2")


def test_a_file_with_another_file_id(ready: World, stranger: CompanyFile) -> None:
    """The FileID that another connection wrote tells the file as another one."""
    add_file_id(ready, stranger)

    check_refused(ready, stranger)


def test_a_file_of_the_same_name_with_another_file_id(ready: World) -> None:
    """A FileID counts for more than an equal name."""
    settings = CompanySettings(time_zone=ZONE)
    twin = CompanyFile.create(None, settings, now=ready.clock.unix)
    fill_company(twin.process, settings)
    add_file_id(ready, twin)

    check_refused(ready, twin, found="Larkspur Fixtures Co.")
    twin.close()


def test_a_file_without_any_file_id(ready: World, stranger: CompanyFile) -> None:
    """A file that bears no FileID is not ours once ours has shown its own."""
    check_refused(ready, stranger)


def test_a_file_of_another_name_where_no_file_id_is_told(world: World) -> None:
    """Where the Web Connector tells no FileID, the company's name decides."""

    def without_fields(result: ProcessResult) -> ProcessResult:
        return ProcessResult(
            re.sub(r"<DataExtRet>.*?</DataExtRet>", "", result.response, flags=re.DOTALL)
        )

    world.counter.hcp = without_fields
    world.orders(1)
    world.sync()
    assert "file_id" not in world.status().facts
    world.orders(1, first=2)
    world.read_operations()
    settings = CompanySettings(name=OTHER_NAME, time_zone=ZONE)
    other = CompanyFile.create(None, settings, now=world.clock.unix)
    fill_company(other.process, settings)

    check_refused(world, other)
    other.close()


def test_a_file_in_another_place_where_nothing_else_is_told(world: World) -> None:
    """Without any facts of the company its path decides; capitals do not count in it."""
    world.counter.hcp = lambda result: ProcessResult("<none/>")
    world.orders(1)
    world.sync()
    world.orders(1, first=2)
    world.read_operations()
    settings = CompanySettings(location=OTHER_PLACE, time_zone=ZONE)
    other = CompanyFile.create(None, settings, now=world.clock.unix)
    fill_company(other.process, settings)
    world.counter.location = world.counter.company.settings.location.upper()
    assert world.run_web_connector().is_clean
    world.orders(1, first=3)
    world.read_operations()
    world.counter.location = None
    before = other.counts()
    own, world.counter.company = world.counter.company, other
    report = world.run_web_connector()

    assert OTHER_PLACE in report.last_result
    assert other.counts() == before
    world.counter.company = own
    world.settle()
    world.check_exactly_once("SO-1", "SO-2", "SO-3")
    other.close()


def test_a_lost_answer_is_not_asked_for_in_a_wrong_file(
    ready: World, stranger: CompanyFile
) -> None:
    """What became of a write is asked only of the file it went to."""
    ready.run_web_connector(drop_after=3)
    assert ready.states()["SO-2"] == "sending"
    own, ready.counter.company = ready.counter.company, stranger
    ready.run_web_connector()
    assert ready.states()["SO-2"] == "unknown"
    ready.counter.company = own

    ready.settle()
    ready.check_exactly_once("SO-1", "SO-2")
