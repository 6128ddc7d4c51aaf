"""Check 5 of 8.1: another company file than the connection's own never receives a write."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest

from counterfoil.errors import UsageError
from counterfoil.hub import accounts
from counterfoil.ledger import connections
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
    assert "Another company file is open" in str(world.status().problem)
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


def test_an_empty_file_id_says_nothing(ready: World) -> None:
    """An emptied mark is a lost one, and not the mark of another file."""
    ready.counter.hcp = emptied_mark
    told = ready.run_web_connector().last_result

    assert told.startswith(
        "The company is the right one by name, Larkspur Fixtures Co., but its file no longer "
        "holds this connection's mark"
    )
    assert ready.states() == {"SO-1": "done", "SO-2": "ready"}


def test_an_empty_file_id_at_first(world: World) -> None:
    """A company that is met with an emptied mark is known by its name, and later by its mark."""
    world.counter.hcp = emptied_mark
    world.orders(1)
    assert world.sync().is_clean
    assert "file_id" not in world.status().facts
    world.counter.hcp = None
    world.orders(1, first=2)

    assert world.sync().is_clean
    assert world.status().facts["file_id"]
    world.check_exactly_once("SO-1", "SO-2")


def emptied_mark(result: ProcessResult) -> ProcessResult:
    """The company's answer, with nothing in the FileID's value."""
    mark = r"(<DataExtName>FileID</DataExtName>.*?<DataExtValue>)[^<]*"
    return ProcessResult(re.sub(mark, r"\1", result.response, flags=re.DOTALL))


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


# --- When the file is right after all ------------------------------------------------------


def without_file_id(result: ProcessResult) -> ProcessResult:
    """The company file as a backup from before the connection has it."""
    return ProcessResult(
        re.sub(r"<DataExtRet>.*?</DataExtRet>", "", result.response, flags=re.DOTALL)
    )


def with_file_id(file_id: str) -> Callable[[ProcessResult], ProcessResult]:
    """The company file with another mark in it."""

    def marked(result: ProcessResult) -> ProcessResult:
        return ProcessResult(
            re.sub(
                r"(<DataExtName>FileID</DataExtName>.*?<DataExtValue>)[^<]*",
                rf"\g<1>{file_id}",
                result.response,
                flags=re.DOTALL,
            )
        )

    return marked


OTHER_MARK = "{0f0e0d0c-0b0a-4908-8706-050403020100}"


def own(world: World) -> connections.Connection:
    """The books' connection as it is now."""
    with world.hub.database.reading() as tx:
        found = connections.load(tx, world.books_id)
    assert found is not None
    return found


def test_the_right_company_that_lost_its_mark(ready: World) -> None:
    """Nothing is written; the sentence says that the company is right, and the cures."""
    ready.counter.hcp = without_file_id
    report = ready.run_web_connector()

    assert report.round_trips == 0
    assert "The company is the right one by name, Larkspur Fixtures Co." in report.last_result
    assert "add the .qwc file to the Web Connector again" in report.last_result
    assert "accept it in Counterfoil" in report.last_result
    assert f"connections accept-file {ready.books_id}" in str(ready.status().problem)
    assert ready.states()["SO-2"] == "ready"


MOVED = r"D:\Books\Larkspur Fixtures.qbw"


def called(name: str) -> Callable[[ProcessResult], ProcessResult]:
    """The company file with another name of the company in it."""
    return lambda result: ProcessResult(
        re.sub("<CompanyName>[^<]*", lambda _found: f"<CompanyName>{name}", result.response)
    )


def test_the_file_in_another_place(ready: World) -> None:
    """Moved, or a copy that bears every mark: one question, and nothing is written before."""
    before = ready.counter.company.counts()
    ready.counter.location = MOVED
    report = ready.run_web_connector()

    assert report.round_trips == 0
    assert f"from another place than before: {MOVED}, and not C:\\" in report.last_result
    assert "accept it in Counterfoil" in report.last_result
    assert f"connections accept-file {ready.books_id}" in str(ready.status().problem)
    assert ready.counter.company.counts() == before

    assert ready.answers_about_file()
    assert ready.run_web_connector().is_clean
    ready.check_exactly_once("SO-1", "SO-2")


@pytest.mark.parametrize("written", [MOVED.upper(), MOVED.replace("\\", "/")])
def test_it_is_asked_once_for_each_place(ready: World, written: str) -> None:
    """Two computers that see the file in two places are no endless question."""
    ready.counter.location = MOVED
    ready.run_web_connector()
    ready.answers_about_file()
    for place in (written, None, MOVED):
        ready.counter.location = place
        ready.clock.advance(hours=1)
        ready.orders(1, first=len(ready.source_ids) + 1)
        assert ready.sync().is_clean
    assert not ready.answers_about_file()


def test_the_place_that_the_connection_names_is_known(ready: World) -> None:
    """Who tells the hub the new path has answered the question."""
    accounts.change_connection(ready.hub, own(ready), {"company_file": MOVED}, ACTOR)
    ready.counter.location = MOVED

    assert ready.run_web_connector().last_result.startswith("OK")


def test_a_copy_where_no_mark_is_told(ready: World) -> None:
    """Without a FileID the name alone does not tell a copy: its place does."""
    ready.counter.hcp = without_file_id
    ready.run_web_connector()
    ready.answers_about_file()
    ready.counter.location = MOVED

    assert "from another place than before" in ready.run_web_connector().last_result
    assert ready.states()["SO-2"] == "ready"


def test_the_company_is_called_otherwise(ready: World) -> None:
    """Renamed, or another company made of a copy: one question."""
    ready.counter.hcp = called("Larkspur Fixtures Inc.")
    report = ready.run_web_connector()

    assert report.round_trips == 0
    assert "is called Larkspur Fixtures Inc. now, and was called Larkspur" in report.last_result
    assert ".." not in report.last_result
    assert ready.answers_about_file()
    assert ready.run_web_connector().is_clean
    ready.check_exactly_once("SO-1", "SO-2")


def test_blanks_in_a_name_are_no_other_name(ready: World) -> None:
    """A doubled blank that somebody took away asks nobody."""
    ready.counter.hcp = called("Larkspur  Fixtures Co. ")

    assert ready.run_web_connector().is_clean


def test_a_person_accepts_it_without_its_mark(ready: World) -> None:
    """From then on its name and place stand for it, until it bears its mark again."""
    ready.counter.hcp = without_file_id
    ready.run_web_connector()
    sentence = accounts.accept_file(ready.hub, own(ready), ACTOR)
    assert "Larkspur Fixtures Co. is the company file of Books" in str(sentence)
    assert ready.run_web_connector().is_clean
    ready.check_exactly_once("SO-1", "SO-2")

    ready.counter.hcp = None
    ready.orders(1, first=3)
    assert ready.sync().is_clean
    ready.check_exactly_once("SO-1", "SO-2", "SO-3")


def test_only_the_mark_differs(ready: World) -> None:
    """Equal names are no riddle: that the marks differ is told, and who may decide."""
    ready.counter.hcp = with_file_id(OTHER_MARK)
    report = ready.run_web_connector()

    assert report.round_trips == 0
    assert "bears another mark" in report.last_result
    assert "accept it in Counterfoil" in report.last_result
    problem = ready.status().problem
    assert problem is not None
    assert OTHER_MARK in problem.detail
    assert str(own(ready).parameters["file_id"]) in problem.detail
    assert ".." not in report.last_result

    accounts.accept_file(ready.hub, own(ready), ACTOR)
    assert ready.run_web_connector().is_clean
    ready.check_exactly_once("SO-1", "SO-2")
    ready.counter.hcp = None
    assert ready.run_web_connector().ending != "error"


def test_the_mark_is_given_by_hand(ready: World) -> None:
    """``connections change --file-id``: for who reads it in the sentence."""
    ready.counter.hcp = with_file_id(OTHER_MARK)
    ready.run_web_connector()
    accounts.change_connection(ready.hub, own(ready), {"file_id": OTHER_MARK.upper()}, ACTOR)

    assert ready.run_web_connector().is_clean


def test_a_company_file_belongs_to_one_connection(ready: World) -> None:
    """W9: a second connection at the same file is told whose it is, and writes nothing."""
    made = accounts.add_connection(
        ready.hub, SystemName.QUICKBOOKS_DESKTOP, "Books again", {}, ACTOR
    )
    shop = accounts.add_connection(
        ready.hub,
        SystemName.FUSION_OPERATIONS,
        "Other shop",
        {"base_url": "https://other.example", "key": "k", "secret": "s"},
        ACTOR,
        checks=False,
    )
    accounts.add_link(ready.hub, str(shop.id), str(made.id), ACTOR)
    ready.account, first = made, ready.account
    report = ready.run_web_connector()
    assert "belongs to the connection “Books” already" in report.last_result
    assert report.round_trips == 0

    with ready.hub.database.reading() as tx:
        second = connections.load(tx, made.id)
    assert second is not None
    with pytest.raises(UsageError, match=f"connections remove {ready.books_id}"):
        accounts.accept_file(ready.hub, second, ACTOR)
    ready.account = first
    assert ready.run_web_connector().is_clean
    ready.check_exactly_once("SO-1", "SO-2")


def test_the_account_is_learnt_at_the_first_meeting(ready: World) -> None:
    """It is the FileID that the file shows, however it is written."""
    assert own(ready).account == str(own(ready).parameters["file_id"]).strip("{}").lower()


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
