"""What an independent QuickBooks and Web Connector found (D1 to D9), played end to end.

Each story is told for both ways of numbering: an order that bears its own number in the
books, and one that the books number, which nothing but our mark identifies.  And for sets
of one request as for larger ones, since what a set holds decides what is lost with it;
``COUNTERFOIL_SET_SIZES=1,10,20,100`` plays more of them.

When a story is over each order is in the books once, with its transfer *done* and naming
it, number and total; or it stands there with a refusal that says what a person has to do.
"""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import takewhile
from pathlib import Path
from typing import Final

import pytest

from counterfoil.api import qbwc
from counterfoil.hub import desk
from counterfoil.sandboxes.quickbooks_desktop import ProcessResult
from counterfoil.sandboxes.web_connector import DONE, RunFaults, RunReport
from tests.hub.conftest import OpenWorld
from tests.sandboxes.quickbooks_desktop.desk import customer, line, request, sales_order
from tests.support.world import ACTOR, AUTOMATIC, World

BOOKS_NUMBER: Final = tuple(
    text.replace("document_number=order_code", "document_number=books") for text in AUTOMATIC
)
NUMBERING: Final = {"our number": AUTOMATIC, "their number": BOOKS_NUMBER}
CRASHED: Final = "0x80040402"
DAY_S: Final = 86_400.0


def open_with(open_company: OpenWorld, numbering: str, size: int = 100) -> World:
    """Open a company that numbers like this and sends so many requests per set."""
    return open_company(*NUMBERING[numbering], requests_per_set=str(size))


both_numberings = pytest.mark.parametrize("numbering", NUMBERING)
SIZES: Final = tuple(map(int, os.environ.get("COUNTERFOIL_SET_SIZES", "1,10").split(",")))
sizes = pytest.mark.parametrize("size", SIZES)


@pytest.fixture(params=NUMBERING)
def world(request: pytest.FixtureRequest, open_company: OpenWorld) -> World:
    """A company of either numbering, with sets of ten requests."""
    return open_with(open_company, request.param, 10)


def entered(world: World, count: int) -> list[str]:
    """Enter so many orders and let the hub read them."""
    numbers = world.orders(count, first=len(world.source_ids) + 1)
    world.read_operations()
    return numbers


def all_once(world: World, *, by_hand: int = 0) -> None:
    """Fail unless every order ever entered is in the books once, and done."""
    rows = {row.number: row for row in world.transfers() if row.flow == "sales-order-out"}
    assert {number: rows[number].state for number in world.source_ids} == dict.fromkeys(
        world.source_ids, "done"
    )
    assert len(world.booked()) == len(world.source_ids) + by_hand
    mine = [rows[number] for number in world.source_ids]
    assert all(row.target_number and row.target_total for row in mine)
    world.check_books()


def never_reaches(world: World, *, times: int = 1, wanted: Callable[[str], bool] = bool) -> None:
    """Let QuickBooks die before it sees the next sets of a kind; no answer of theirs is kept."""
    left = iter(range(times))

    def before(text: str) -> ProcessResult | None:
        if wanted(text) and next(left, None) is not None:
            return ProcessResult("", CRASHED, "QuickBooks ended unexpectedly.")
        return None

    world.counter.before = before


def loses_answers(world: World, *, times: int = 10_000) -> None:
    """Let the answers to orders be lost on their way back, this many times."""
    left = iter(range(times))

    def after(text: str, result: ProcessResult) -> ProcessResult:
        if "SalesOrderAdd" in text and next(left, None) is not None:
            return ProcessResult("", CRASHED, "QuickBooks ended unexpectedly.")
        return result

    world.counter.after = after


def keep_no_answers(world: World) -> None:
    """Let QuickBooks keep no answer to any message set."""
    world.books.switch(set_answers_kept="none")


def is_recovery(text: str) -> bool:
    """Whether a set only asks what became of another one."""
    return "oldMessageSetID" in text and "Rq " not in text.replace("QBXMLMsgsRq ", "")


def questions(text: str) -> int:
    """How many sales orders' questions a set holds."""
    return text.count("<SalesOrderQueryRq")


# --- D1 -----------------------------------------------------------------------------------


@pytest.mark.slow
@both_numberings
@sizes
@pytest.mark.parametrize("kept", ["last", "none"])
def test_d1_what_never_ran_is_no_answer(
    open_company: OpenWorld, numbering: str, size: int, kept: str
) -> None:
    """A crash in mid-set, then look-ups that never ran: nothing of it says "not there"."""
    world = open_with(open_company, numbering, size)
    world.books.switch(set_answers_kept=kept)
    for done in (0, 1):
        entered(world, 12)
        world.books.arm("crash-midway", match="SalesOrderAdd", done=done)
        world.run_web_connector()
        world.clock.advance(minutes=3)
        never_reaches(world, times=3, wanted=lambda text: not is_recovery(text))
        for _ in range(3):
            world.run_web_connector()
            world.clock.advance(minutes=3)
        world.counter.well_behaved()
        world.settle()
        all_once(world)


@pytest.mark.slow
@both_numberings
@pytest.mark.parametrize("size", [1, 10])
def test_d1_again_and_again(open_company: OpenWorld, numbering: str, size: int) -> None:
    """QuickBooks dies at every other set, of whatever kind: all arrives, nothing twice."""
    world = open_with(open_company, numbering, size)
    keep_no_answers(world)
    entered(world, 6)
    for skip in range(8):
        world.books.arm(("crash-midway", "crash-after-commit", "crash-before")[skip % 3], skip=skip)
        world.run_web_connector()
        world.clock.advance(minutes=3)
    world.counter.well_behaved()
    world.settle()
    all_once(world)


# --- D2 -----------------------------------------------------------------------------------


@pytest.mark.slow
@both_numberings
@pytest.mark.parametrize("size", [10, 100])
def test_d2_many_lost_answers_are_one_reading(
    open_company: OpenWorld, numbering: str, size: int
) -> None:
    """Forty lost answers are one paged question, heads only, and no answer is large."""
    world = open_with(open_company, numbering, size)
    keep_no_answers(world)
    entered(world, 40)
    loses_answers(world)
    world.run_web_connector()
    world.clock.advance(minutes=3)
    world.counter.well_behaved()
    world.counter.seen.clear()
    answers: list[int] = []

    def measured(_text: str, result: ProcessResult) -> ProcessResult:
        answers.append(len(result.response))
        return result

    world.counter.after = measured
    world.run_web_connector()
    world.clock.advance(minutes=3)

    # What changed lately, what bears the lost orders' date, and what we wrote last.
    reads = takewhile(lambda text: "SalesOrderAdd" not in text, world.counter.seen)
    asked = [questions(text) for text in reads if questions(text)]
    assert asked[0] <= 3
    assert sum(asked) <= 4
    assert max(answers) < 200_000
    world.settle()
    all_once(world)


@both_numberings
def test_d2_a_page_that_is_too_large_is_halved(open_company: OpenWorld, numbering: str) -> None:
    """Where an answer is refused as too large, the page is asked for in smaller pieces."""
    world = open_with(open_company, numbering)
    keep_no_answers(world)
    entered(world, 40)
    loses_answers(world, times=1)
    world.run_web_connector()
    world.clock.advance(minutes=3)
    world.counter.well_behaved()
    limit = 25

    def after(text: str, result: ProcessResult) -> ProcessResult:
        if result.response.count("<SalesOrderRet>") > limit:
            return ProcessResult("", "0x80040402", "the answer is too large")
        return result

    world.counter.after = after
    for _ in range(8):
        world.run_web_connector()
        world.clock.advance(minutes=3)
    assert not world.unsettled()
    world.counter.well_behaved()
    all_once(world)


def test_d2_an_answer_that_the_hub_refuses(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer larger than the hub takes is asked for in smaller pieces by the next runs."""
    entered(world, 40)
    for _ in range(4):
        world.run_web_connector()
    keep_no_answers(world)
    entered(world, 9)
    loses_answers(world, times=1)
    world.run_web_connector()
    world.counter.well_behaved()
    monkeypatch.setattr(qbwc, "BODY_LIMIT_BYTES", 50_000)
    refused = 0
    for _ in range(8):
        world.clock.advance(minutes=3)
        refused += world.run_web_connector().ending == "error"

    assert refused
    assert not world.unsettled()
    monkeypatch.undo()
    all_once(world)


def test_d2_a_run_that_settles_nothing_says_so(world: World) -> None:
    """While something waits and nothing moves, the window and the status say so, not "OK"."""
    entered(world, 3)
    loses_answers(world)
    keep_no_answers(world)
    world.run_web_connector()
    world.clock.advance(minutes=3)
    never_reaches(world, times=10_000, wanted=lambda text: "SalesOrderQuery" in text)
    report = world.run_web_connector()

    assert not report.last_result.startswith("OK")
    assert world.status().problem
    world.counter.well_behaved()
    world.settle()
    all_once(world)
    assert world.status().problem is None


# --- D3 -----------------------------------------------------------------------------------


def test_d3_a_persons_order_is_not_taken_for_ours(open_company: OpenWorld) -> None:
    """After a lost answer, an order of our number without our mark is somebody else's."""
    world = open_with(open_company, "our number")
    keep_no_answers(world)
    number, *_ = entered(world, 2)
    never_reaches(world, wanted=lambda text: "SalesOrderAdd" in text)
    world.run_web_connector()
    world.counter.well_behaved()
    by_hand(world, number)
    world.clock.advance(minutes=3)
    for _ in range(4):
        world.run_web_connector()
        world.clock.advance(minutes=3)

    row = world.row(number)
    [theirs] = [each for each in world.booked() if each["TotalAmount"] == "99.00"]
    assert row.target_id != theirs["TxnID"]
    assert row.state == "refused"
    assert row.refusal in ("number-taken", "outcome-unclear")
    assert world.row("SO-2").state == "done"
    world.check_books()


def by_hand(world: World, number: str | None) -> None:
    """A person enters an order of 99.00 with this number."""
    if not any(each["Name"] == "Walk-in" for each in world.booked("Customer")):
        world.enter_books(customer("Walk-in"))
    item = "By hand"
    if not any(each["Name"] == item for each in world.booked("ItemService")):
        world.enter_books(
            request(
                "ItemServiceAdd",
                f"<Name>{item}</Name><SalesOrPurchase><Price>99.00</Price>"
                "<AccountRef><FullName>Sales:Goods</FullName></AccountRef></SalesOrPurchase>",
            )
        )
    world.enter_books(sales_order("Walk-in", line(item, "1", rate="99.00"), ref_number=number))


# --- D4 -----------------------------------------------------------------------------------


class Holder:
    """A Web Connector that stands still with a set in hand, before or after it was carried out."""

    def __init__(self, world: World, *, carried_out: bool = False, holds_lock: bool = True) -> None:
        self.report = RunReport()
        faults = RunFaults(holds_lock=holds_lock)
        connector = world.web_connector(faults=faults)
        self._steps: Iterator[str] = connector.steps(self.report, stops_when_done=True)
        for step in self._steps:
            writes = bool(world.unsettled()) and "sending" in world.states().values()
            if writes and step == (DONE if carried_out else "sendRequestXML"):
                return
        raise AssertionError("it never held an order")

    def goes_on(self) -> None:
        """Carry the set out, and report."""
        for _ in self._steps:
            pass


@both_numberings
@pytest.mark.parametrize("size", [1, 10])
@pytest.mark.parametrize("holds_lock", [True, False])
def test_d4_another_connector_while_a_set_is_held(
    open_company: OpenWorld, numbering: str, size: int, holds_lock: bool
) -> None:
    """A holds its set, B comes, A carries it out and reports, ordinary runs follow: once."""
    world = open_with(open_company, numbering, size)
    entered(world, 3)
    holder = Holder(world, holds_lock=holds_lock)
    report = world.web_connector(faults=RunFaults(holds_lock=holds_lock)).run_once()
    assert world.booked() == []
    assert "nothing is written twice" in report.last_result
    holder.goes_on()
    world.settle()

    all_once(world)


@both_numberings
def test_d4_carried_out_before_the_other_comes(open_company: OpenWorld, numbering: str) -> None:
    """A has carried its set out and not reported when B signs in; then A reports."""
    world = open_with(open_company, numbering, 10)
    entered(world, 3)
    holder = Holder(world, carried_out=True)
    world.run_web_connector()
    holder.goes_on()
    world.settle()

    all_once(world)


@both_numberings
def test_d4_after_the_wait(open_company: OpenWorld, numbering: str) -> None:
    """A never comes back: after the wait B sends them; A's late report changes nothing."""
    world = open_with(open_company, numbering, 10)
    entered(world, 3)
    holder = Holder(world, carried_out=True)
    world.run_web_connector()
    world.clock.advance(minutes=3)
    world.run_web_connector()
    holder.goes_on()
    world.settle()

    all_once(world)


@both_numberings
def test_d4_the_lock_names_its_holder(open_company: OpenWorld, numbering: str) -> None:
    """While the company's lock is held, people are told whose Web Connector holds the set."""
    world = open_with(open_company, numbering, 10)
    entered(world, 3)
    holder = Holder(world)
    report = world.run_web_connector(holds_lock=False)

    assert "The Web Connector on BOOKS-PC took" in report.last_result
    holder.goes_on()
    world.settle()
    all_once(world)


# --- D5 -----------------------------------------------------------------------------------


def restored(world: World) -> None:
    """Orders go, a backup of the file is made, more go, and the backup is restored."""
    entered(world, 3)
    world.run_web_connector()
    world.books.post("/saves", {"name": "monday"})
    world.clock.advance(hours=20)
    entered(world, 4)
    world.run_web_connector()
    assert len(world.booked()) == 7
    world.clock.advance(hours=2)
    world.books.post("/saves/monday/restore")
    assert len(world.booked()) == 3
    world.run_web_connector()
    assert world.answers_about_file()
    world.clock.advance(hours=1)


@both_numberings
def test_d5_a_restored_company_file_is_noticed(open_company: OpenWorld, numbering: str) -> None:
    """What the restored file no longer holds is shown as gone, and nothing is sent by itself."""
    world = open_with(open_company, numbering, 10)
    restored(world)
    for _ in range(2):
        world.run_web_connector()
        world.clock.advance(hours=1)

    states = world.states()
    assert [states[f"SO-{position}"] for position in range(1, 4)] == ["done"] * 3
    assert [states[f"SO-{position}"] for position in range(4, 8)] == ["changed"] * 4
    assert len(world.booked()) == 3


@both_numberings
def test_d5_what_goes_on_after_a_restore(open_company: OpenWorld, numbering: str) -> None:
    """New orders after a restore go once, and what is gone is not called done."""
    world = open_with(open_company, numbering, 10)
    restored(world)
    entered(world, 2)
    world.settle()

    states = world.states()
    assert [states["SO-8"], states["SO-9"]] == ["done", "done"]
    assert len(world.booked()) == 5
    booked = {each["TxnID"] for each in world.booked()}
    done = [row for row in world.transfers() if row.state == "done"]
    assert {row.target_id for row in done} == booked


@both_numberings
def test_d5_a_restore_with_a_lost_answer_in_between(
    open_company: OpenWorld, numbering: str
) -> None:
    """A set whose answer was lost is restored away: its orders go again, once."""
    world = open_with(open_company, numbering, 10)
    world.books.post("/saves", {"name": "monday"})
    entered(world, 3)
    loses_answers(world)
    world.run_web_connector()
    world.counter.well_behaved()
    world.books.post("/saves/monday/restore")
    world.clock.advance(minutes=3)
    world.run_web_connector()
    assert world.answers_about_file()
    world.settle()

    all_once(world)


# --- D6 -----------------------------------------------------------------------------------


@pytest.mark.slow
@both_numberings
@pytest.mark.parametrize("days", [-5, 5])
@pytest.mark.parametrize("size", [1, 10])
def test_d6_the_books_clock_is_days_off(
    open_company: OpenWorld, numbering: str, days: int, size: int
) -> None:
    """The bounds of a search come from the books' clock: lost answers are found by it."""
    world = open_with(open_company, numbering, size)
    world.books.wait(days * DAY_S)
    keep_no_answers(world)
    for round_ in range(3):
        entered(world, 3)
        if round_ != 1:
            loses_answers(world)
        world.run_web_connector()
        world.clock.advance(minutes=3)
        world.counter.well_behaved()
        world.settle()
    all_once(world)


@pytest.mark.slow
@pytest.mark.parametrize(
    "numbering, jumps",
    [
        ("our number", (5, -10, 5)),
        ("their number", (5, -10, 5)),
        ("their number", (-5, 10, -5)),
        ("their number", (-1, -1, -1)),
    ],
)
def test_d6_the_books_clock_jumps(
    open_company: OpenWorld, numbering: str, jumps: tuple[int, ...]
) -> None:
    """A clock that jumps between a write and its search hides nothing."""
    world = open_with(open_company, numbering, 10)
    keep_no_answers(world)
    entered(world, 2)
    world.run_web_connector()
    for jump in jumps:
        entered(world, 3)
        loses_answers(world)
        world.run_web_connector()
        world.counter.well_behaved()
        world.books.wait(jump * DAY_S)
        world.clock.advance(minutes=3)
        world.settle()
        all_once(world)
        entered(world, 1)
        world.books.wait(jump * 3600.0)
        loses_answers(world)
        world.run_web_connector()
        world.clock.advance(minutes=3)
        world.counter.well_behaved()
        world.settle()
    all_once(world)


# --- D7 -----------------------------------------------------------------------------------


@both_numberings
@pytest.mark.parametrize("size", [1, 10])
@pytest.mark.parametrize("learnt", [True, False])
def test_d7_books_that_give_no_marks_back(
    open_company: OpenWorld, numbering: str, size: int, learnt: bool
) -> None:
    """Where marks do not come back nothing goes twice: what is unclear waits for a person."""
    world = open_with(open_company, numbering, size)
    world.books.switch(marks_returned=False)
    keep_no_answers(world)
    if learnt:
        entered(world, 2)
        world.run_web_connector()
        world.clock.advance(hours=1)
    numbers = entered(world, 3)
    loses_answers(world, times=1)
    world.run_web_connector()
    world.counter.well_behaved()
    world.clock.advance(minutes=3)
    for _ in range(4):
        world.run_web_connector()
        world.clock.advance(hours=1)

    assert not world.unsettled()
    assert len(world.booked()) <= len(world.source_ids)
    refused = [world.row(each) for each in numbers if world.row(each).state == "refused"]
    assert {row.refusal for row in refused} == {"outcome-unclear"}
    assert refused
    booked = [each["RefNumber"] for each in world.booked()]
    assert all(any(number in (row.sentence or "") for number in booked) for row in refused)
    world.check_books()


@both_numberings
def test_d7_a_person_decides(open_company: OpenWorld, numbering: str) -> None:
    """What is unclear is adopted by the person who finds it there, and is done then."""
    world = open_with(open_company, numbering, 10)
    world.books.switch(marks_returned=False)
    keep_no_answers(world)
    [number] = entered(world, 1)
    loses_answers(world, times=1)
    world.run_web_connector()
    world.counter.well_behaved()
    world.clock.advance(minutes=3)
    world.run_web_connector()
    row = world.row(number)
    assert row.refusal == "outcome-unclear"
    [found] = world.booked()
    desk.adopt(world.hub, row.id, found["TxnID"], ACTOR)
    world.clock.advance(hours=1)
    world.settle()

    all_once(world)


@both_numberings
def test_d7_nothing_there_resembles_it(open_company: OpenWorld, numbering: str) -> None:
    """A set that never ran is sent again where nothing in the books may be its order."""
    world = open_with(open_company, numbering, 10)
    world.books.switch(marks_returned=False)
    keep_no_answers(world)
    entered(world, 2)
    never_reaches(world, wanted=lambda text: "SalesOrderAdd" in text)
    world.run_web_connector()
    world.counter.well_behaved()
    world.clock.advance(minutes=3)
    world.settle()

    assert len(world.booked()) == 2
    assert set(world.states().values()) == {"done"}


# --- D8 -----------------------------------------------------------------------------------


@both_numberings
@sizes
def test_d8_recovered_answers_bring_number_and_total(
    open_company: OpenWorld, numbering: str, size: int
) -> None:
    """An answer that tells only which document it became is followed by a reading of it."""
    world = open_with(open_company, numbering, size)
    entered(world, 12)
    loses_answers(world, times=2)
    recovered = 0

    lost = world.counter.after
    assert lost is not None

    def bare(text: str, result: ProcessResult) -> ProcessResult:
        nonlocal recovered
        if not is_recovery(text) or "SalesOrderAddRs" not in result.response:
            return lost(text, result)
        recovered += 1
        return ProcessResult(as_error_recovery(result.response))

    world.counter.after = bare
    for _ in range(6):
        world.run_web_connector()
        world.clock.advance(minutes=3)

    assert recovered
    all_once(world)


def as_error_recovery(text: str) -> str:
    """Give an answer the short form: each order's identities in place of the order."""

    def short(found: re.Match[str]) -> str:
        body = found[0]
        parts = "".join(
            f"<{tag}>{value}</{tag}>"
            for tag in ("TxnID", "TxnNumber", "EditSequence", "ExternalGUID")
            for value in re.findall(f"<{tag}>([^<]*)</{tag}>", body)[:1]
        )
        return f"<ErrorRecovery>{parts}</ErrorRecovery>"

    return re.sub("<SalesOrderRet>.*?</SalesOrderRet>", short, text, flags=re.DOTALL)


# --- D9 -----------------------------------------------------------------------------------


@pytest.mark.slow
@both_numberings
@sizes
def test_d9_a_restored_hub_sends_nothing_twice(
    open_company: OpenWorld, tmp_path: Path, numbering: str, size: int
) -> None:
    """A hub that goes on from its own backup finds what it sent since, and sends only the rest."""
    world = open_with(open_company, numbering, size)
    entered(world, 2)
    world.run_web_connector()
    file, copy = tmp_path / "hub.db", tmp_path / "copy.db"
    world.hub.database.engine.dispose()
    shutil.copy(file, copy)
    world.clock.advance(hours=20)
    entered(world, 12)
    world.run_web_connector()
    world.clock.advance(hours=2)
    bring_back(world, copy, file)
    world.orders(2, first=len(world.source_ids) + 1)
    world.settle()

    all_once(world)


@both_numberings
def test_d9_a_backup_with_a_set_under_way(
    open_company: OpenWorld, tmp_path: Path, numbering: str
) -> None:
    """A backup made while a set was under way asks what became of it first."""
    world = open_with(open_company, numbering, 10)
    entered(world, 5)
    holder = Holder(world)
    file, copy = tmp_path / "hub.db", tmp_path / "copy.db"
    with closing(sqlite3.connect(file)) as live, closing(sqlite3.connect(copy)) as backup:
        live.backup(backup)
    holder.goes_on()
    world.settle()
    world.clock.advance(days=1)
    bring_back(world, copy, file)
    world.settle()

    all_once(world)


@pytest.mark.parametrize("fully", [True, False])
def test_d9_a_restored_hub_makes_no_order_twice_at_the_shop_floor(
    open_company: OpenWorld, tmp_path: Path, fully: bool
) -> None:
    """What came from the books since the backup is there already: it is known by what it says."""
    world = open_company(
        "sales-order-out.mode=off",
        "sales-order-in.mode=automatic",
        "sales-order-in.start_date=2020-01-01",
    )
    by_hand(world, "Q-1")
    world.run_web_connector()
    world.read_operations()
    if not fully:
        by_hand(world, "Q-2")
        world.clock.advance(hours=1)
        world.run_web_connector()
    file, copy = tmp_path / "hub.db", tmp_path / "copy.db"
    world.hub.database.engine.dispose()
    shutil.copy(file, copy)
    world.clock.advance(hours=1)
    if fully:
        by_hand(world, "Q-2")
    by_hand(world, "Q-3")
    world.run_web_connector()
    world.read_operations()
    assert len(world.produced()) == 3
    bring_back(world, copy, file)
    for _ in range(3):
        world.clock.advance(hours=1)
        world.run_web_connector()
        world.read_operations()

    assert sorted(each["code"] for each in world.produced()) == ["Q-1", "Q-2", "Q-3"]
    assert set(world.states("sales-order-in").values()) == {"done"}


def bring_back(world: World, copy: Path, file: Path) -> None:
    """Restore the hub's file from its backup."""
    world.hub.database.engine.dispose()
    for left in file.parent.glob("hub.db-*"):
        left.unlink()
    shutil.copy(copy, file)
    world.restart()


# --- Smaller --------------------------------------------------------------------------------


def test_no_raw_parser_text_is_shown(world: World) -> None:
    """An answer that is no XML is told in words of the trade, not in a parser's."""
    entered(world, 2)

    def after(text: str, result: ProcessResult) -> ProcessResult:
        if "SalesOrderAdd" in text:
            return ProcessResult(result.response[: len(result.response) // 2])
        return result

    world.counter.after = after
    report = world.run_web_connector()

    shown = " ".join(filter(None, [report.last_result, str(world.status().problem)]))
    for raw in ("XMLSyntax", "line 1", "column", "Premature", "Traceback", "tag"):
        assert raw not in shown
    world.counter.well_behaved()
    world.clock.advance(minutes=3)
    world.settle()
    all_once(world)


@both_numberings
def test_held_orders_go_by_themselves_once_the_flow_is_automatic(
    open_company: OpenWorld, numbering: str
) -> None:
    """Orders that waited for a press are not left behind when the flow becomes automatic."""
    world = open_with(open_company, numbering, 10)
    world.set("sales-order-out.mode=manual")
    entered(world, 12)
    world.run_web_connector()
    assert set(world.states().values()) == {"held"}
    world.set("sales-order-out.mode=automatic")
    world.clock.advance(hours=1)
    world.settle()

    all_once(world)


def test_an_answer_to_another_set_is_not_taken(world: World) -> None:
    """An answer that bears another set's id counts as lost, and its orders are looked for."""
    entered(world, 3)
    once = iter([True])

    def after(text: str, result: ProcessResult) -> ProcessResult:
        if "SalesOrderAdd" in text and next(once, None):
            told = re.sub('newMessageSetID="[^"]*"', 'newMessageSetID="ABC123"', result.response)
            return ProcessResult(told)
        return result

    world.counter.after = after
    report = world.run_web_connector()

    assert "another message set" in report.last_result
    world.clock.advance(minutes=3)
    world.settle()
    all_once(world)


@pytest.mark.parametrize("size", [1, 10])
def test_progress_never_goes_backwards(open_company: OpenWorld, size: int) -> None:
    """The bar of the Web Connector only grows, also when more comes in during the run."""
    world = open_with(open_company, "our number", size)
    entered(world, 8)
    report = RunReport()
    for count, _step in enumerate(world.web_connector().steps(report)):
        if count in (8, 12):
            entered(world, 8)
    assert report.progress == sorted(report.progress)
    assert report.progress[-1] == 100
    world.settle()
    all_once(world)


@both_numberings
def test_an_order_that_cannot_be_read_is_there_all_the_same(
    open_company: OpenWorld, numbering: str
) -> None:
    """A lost order whose total cannot be read is known by its mark, and is not sent again."""
    world = open_with(open_company, numbering)
    entered(world, 1)
    world.settle()
    entered(world, 4)
    keep_no_answers(world)
    loses_answers(world, times=1)
    lost = world.counter.after
    assert callable(lost)

    def spoilt(text: str, result: ProcessResult) -> ProcessResult:
        answer = lost(text, result)
        if "SalesOrderQuery" not in text or not answer.response:
            return answer
        told = re.sub(r"<TotalAmount>[^<]*<", "<TotalAmount>many<", answer.response)
        return ProcessResult(told, answer.hresult, answer.message)

    world.counter.after = spoilt
    for _ in range(3):
        world.run_web_connector()
        world.clock.advance(hours=1)
    world.counter.well_behaved()
    world.settle()

    all_once(world)
