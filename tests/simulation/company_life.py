"""Days in the life of a company, drawn from a seed, in which everything that can fail does.

People on both sides enter, change and delete orders and press the hub's buttons; clocks jump;
the lines lose calls and answers; QuickBooks is closed, locked, or ends in the middle; one Web
Connector holds a set while another comes; somebody restores an older company file or an older
copy of the hub's database; the hub's process is killed between any two calls, and in the
middle of its own calls.  After every round, and once everything has been quiet for a while,
both systems are held against what people did (``judge``).

What is drawn depends on the seed alone, so a seed replays its days.
"""

from __future__ import annotations

import random
import re
import sqlite3
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from counterfoil.engine.life import STATES, Standing, State
from counterfoil.hub.drive import drive
from counterfoil.ledger import connections, exchanges
from counterfoil.sandboxes.quickbooks_desktop import ProcessResult
from counterfoil.sandboxes.web_connector import RunFaults, RunReport
from tests.sandboxes.quickbooks_desktop.desk import customer, service, vendor
from tests.simulation.judge import Judge
from tests.simulation.people import People, serial_in_books
from tests.simulation.rules import Rules
from tests.support.world import World

__all__ = ["Life"]

_DAY_S: Final = 86_400.0
_GARBAGE: Final = ("", "garbage", "<QBXML><QBXMLMsgsRs>", "<QBXML><QBXMLMsgsRs/></QBXML>")
_REPLY: Final = re.compile(r"<(\w+(?:Add|Mod|Del|Query)Rs)\b[^<>]*(?:/>|>.*?</\1>)", re.DOTALL)
_CREATED: Final = re.compile(r"<((?:Customer|Item\w*)AddRs)\b[^<>]*(?:/>|>.*?</\1>)", re.DOTALL)
_CREATES: Final = re.compile(r"<(?:Customer|Item\w*)AddRq\b")
_SESSION_FAULTS: Final = ("busy", "closed", "modal-dialog", "permission", "unreachable")
# After these QuickBooks keeps no answer to a set, whatever it has done of it.
_CRASHES: Final = ("crash-before", "crash-after-commit", "crash-midway", "cannot-store")
_SET_FAULTS: Final = (*_CRASHES, "modal-dialog-during-run")
_REQUEST_FAULTS: Final = ("locked-record", "locked-list", "locked-related", "unavailable")
_SERVICE_FAULTS: Final = (
    "error-before",
    "error-after",
    "timeout-before",
    "timeout-after",
    "truncated",
    "html",
    "html-ok",
    "unauthorized",
    "too-many",
)
# How long a Web Connector sits on a set before another one comes, and how late it carries
# it out at most; less than the two minutes that a hub here gives QuickBooks to settle.
_HELD_S_MAX: Final = 60
_LATE_S_MAX: Final = 115
# When whatever was handed out has been carried out, or never will be.
_SETTLED_S: Final = 121
# Records of a page where larger answers never come; for good, as far as these days go.
_SMALL_PAGE: Final = 10
_FOR_GOOD: Final = "2099-01-01T00:00:00+00:00"
# A clock is set wrong by so much, for the time in which somebody enters something.
_WRONG_S: Final = (3 * _DAY_S, 40 * _DAY_S, 4200 * _DAY_S)
# Longer than a drive may go without asking anything.
_ASLEEP_S: Final = 700


class Life:
    """One company's days.

    Attributes:
        log: What was done, for whoever has to understand a failure.
    """

    def __init__(self, world: World, seed: int, rules: Rules, file: Path) -> None:
        self.world = world
        self.rules = rules
        self.chance = random.Random(seed)
        self.log: list[str] = [f"{rules}"]
        self.people = People(world, rules, self.chance, self.note)
        self.judge = Judge(world, rules, self.people)
        self._file = file
        self._ledger: Path | None = None
        self._books_saved = False
        self._last_answer = ""
        world.counter.hears = self.judge.hear
        # What orders of the books name is there, whoever would enter it first.
        world.enter("clients", code="ACME", name="Acme Works")
        world.enter("products", code="BOLT", name="Bolt")
        world.enter_books(
            customer("ACME"),
            customer("SLEEPY", active="false"),
            vendor("TAKEN"),
            service("BOLT", "1.00"),
        )
        if not rules.marks_returned:
            world.books.switch(marks_returned=False)
        if not rules.answers_kept:
            world.books.switch(set_answers_kept="none")
        if rules.clock_days:
            world.books.wait(rules.clock_days * _DAY_S)
        if rules.small_pages:
            self._learn_small_pages()

    def _learn_small_pages(self) -> None:
        """Larger answers never came: the hub has learnt to ask this QuickBooks for little."""
        with self.world.hub.database.writing() as tx:
            books = connections.load(tx, self.world.books_id)
            assert books is not None
            learnt = {"page_limit": _SMALL_PAGE, "page_limited_at": _FOR_GOOD}
            connections.change(tx, books.id, facts={**books.facts, **learnt})

    # --- Chance ---------------------------------------------------------------------------

    def happens(self, share: float) -> bool:
        return self.chance.random() < share

    def note(self, text: str) -> None:
        self.log.append(f"{self.world.clock.now():%d %H:%M:%S} {text}")

    # --- Rounds -----------------------------------------------------------------------------

    def live(self, rounds: int) -> None:
        """Let so many rounds pass, then quiet days."""
        for _ in range(rounds):
            for step in self._steps():
                step()
            self.judge.check_now()
        self._rest()
        self.judge.check_at_rest()

    def _steps(self) -> list[Callable[[], None]]:
        people = self.people
        steps: list[Callable[[], None]] = [
            people.enter_orders,
            self._drive,
            self._web_connector,
            self._pass_time,
        ]
        for step, share in (
            (people.enter_in_books, 0.4),
            (people.edit, 0.4),
            (people.edit_in_books, 0.35),
            (people.cancel, 0.25),
            (people.remove_in_books, 0.12),
            (people.enter_a_rival, 0.12),
            (people.press, 0.5),
            (people.press, 0.3),
            (people.change_their_mind, 0.25),
            (self._set_a_clock_wrong, 0.2),
            (people.retry, 0.2),
            (people.retrieve, 0.06),
            (self._web_connector, 0.5),
            (self._drive, 0.7),
            (self._fall_asleep, 0.8 if self.rules.sleeps_long else 0.25),
            (self._restart, 0.2),
            (self._save_something, 0.2),
            (self._restore_something, 0.12),
        ):
            if self.happens(share):
                steps.append(step)
        if self.rules.loses_answers:
            steps.append(self._lose_what_was_written)
        self.chance.shuffle(steps)
        return steps

    def _pass_time(self) -> None:
        seconds = self.chance.choice([1, 20, 61, 600, 1900, 4000, 15_000])
        self.world.clock.advance(seconds=seconds)
        if self.happens(0.1):
            back = self.chance.choice([30, 1200])
            self.world.clock.advance(seconds=-back)
            self.note(f"all clocks are set back by {back} s")
        if self.happens(0.1):
            jump = self.chance.choice([-3600, -90, 90, 3600])
            self.world.books.wait(jump)
            self.note(f"the clock of the books' computer jumps by {jump} s")

    def _set_a_clock_wrong(self) -> None:
        """The books' computer believes in another year while somebody enters an order."""
        ahead = self.chance.choice(_WRONG_S)
        self.world.books.wait(ahead)
        self.note(f"the clock of the books' computer is {ahead:.0f} s ahead")
        self.people.enter_in_books()
        self.world.books.wait(-ahead)
        self.note("and is set right again")

    # --- Older copies ---------------------------------------------------------------------------

    def _save_something(self) -> None:
        """Somebody makes a backup, of the company file or of the hub's database."""
        if self.rules.books_restored and not self._books_saved:
            self.world.counter.company.save("backup")
            self._books_saved = True
            self.note("the company file is saved")
        if self.rules.ledger_restored and self._ledger is None:
            self._ledger = self._file.with_suffix(".backup")
            with sqlite3.connect(self._file) as now, sqlite3.connect(self._ledger) as copy:
                now.backup(copy)
            now.close()
            copy.close()
            self.note("the hub's database is saved")

    def _restore_something(self) -> None:
        """Somebody restores what was saved; from then on it is another company."""
        if self._books_saved:
            self.world.counter.company.restore("backup")
            self._books_saved = False
            self._grow_vague()
            self.note("the company file is restored")
        if self._ledger is not None:
            self._restore_ledger(self._ledger)
            self._ledger = None
            self._grow_vague()
            self.note("the hub's database is restored")

    def _restore_ledger(self, backup: Path) -> None:
        self.world.hub.database.engine.dispose()
        for each in self._file.parent.glob(f"{self._file.name}-*"):
            each.unlink()
        backup.replace(self._file)
        self.world.restart()

    def _grow_vague(self) -> None:
        """What people did may be forgotten; what stands in the books by hand is looked up."""
        there = {serial_in_books(each): each for each in self.world.booked()}
        for order in (*self.people.outward.values(), *self.people.inward.values()):
            order.is_vague, order.never_goes, order.is_late = True, False, False
            # An older ledger may not even know that it was ever sent.
            order.is_removed = False
            found = there.get(order.serial)
            hand = order.hand
            if hand is not None and (
                found is None
                or found["TxnID"] != hand.txn_id
                or float(found["lines"][0]["Quantity"]) != float(hand.quantity)
            ):
                order.hand = None

    # --- Machines -----------------------------------------------------------------------------

    def _restart(self) -> None:
        self.world.restart()
        self.note("the hub is restarted")

    def _drive(self) -> None:
        """The hub works on the operations system; its calls fail, or it dies in the middle."""
        world = self.world
        share = self.chance.choice([0.0, 0.0, 0.1, 0.25])
        if share:
            with_fault = self.chance.choice(_SERVICE_FAULTS)
            world.operations.fault(
                with_fault,
                method=self.chance.choice(["*", "POST", "GET"]),
                skip=self.chance.randint(0, 5),
                times=self.chance.randint(1, 3),
            )
            self.note(f"service fault {with_fault}")
        fates = ["request", "answer", "kill before", "kill after", "asleep"]

        def spoil(number: int, _body: str) -> str | None:
            fate = self._drawn(share, fates, f"call {number} to the service")
            if fate != "asleep":
                return fate
            # Its computer sleeps; meanwhile another process drives the connection.
            world.shop_line.spoil = None
            world.clock.advance(seconds=_ASLEEP_S)
            drive(world.hub, world.operations_id, "schedule")
            return None

        world.shop_line.spoil = spoil
        report = world.read_operations()
        world.shop_line.spoil = None
        world.operations.control("DELETE", "/faults")
        if not share and not report.skipped and report.problem is None:
            self._know_what_is_gone()

    def _know_what_is_gone(self) -> None:
        """The hub knows now of all that were deleted; what was not sent by then never is."""
        there = {serial_in_books(each) for each in self.world.booked()}
        flying = {
            row.number
            for row in self.world.transfers()
            if STATES[State(row.state)].standing is Standing.IN_FLIGHT
        }
        for order in self.people.outward.values():
            if order.is_gone and order.serial not in there and order.number not in flying:
                order.never_goes = True

    def _web_connector(self) -> None:
        """One run of the Web Connector, in which things go wrong."""
        world = self.world
        share = self.chance.choice([0.0, 0.05, 0.12])
        self._spoil_quickbooks(share)
        fates = ["request", "answer", "twice", "twice"]
        world.pipe.spoil = lambda number, _body: self._drawn(
            share, fates, f"call {number} to the hub"
        )
        faults = RunFaults(
            repeat_authenticate=self.chance.choice([0, 0, 0, 1, 2]),
            wrong_password=self.happens(0.03),
        )
        report = RunReport()
        steps = world.web_connector(faults=faults).steps(report, stops_when_done=True)
        for operation in steps:
            if self.happens(share):
                world.restart()
                self.note(f"the hub is restarted after {operation}")
            if self.happens(share * 1.5):
                self._people_work_meanwhile()
            if self.happens(share / 2):
                self.note(f"the Web Connector's computer stops after {operation}")
                break
            if self.happens(share / 3) and self._another_comes(operation, steps):
                self.note("and this one's computer stops")
                break
        self.note(f"run: {report.ending}, {report.last_result} ({len(report.calls)} calls)")
        if world.answers_about_file():
            self.note("somebody says that the company file is the right one")
        world.counter.well_behaved()
        world.pipe.spoil = None

    def _people_work_meanwhile(self) -> None:
        """Both systems are used while QuickBooks works, and the operations system is read."""
        people = self.people
        acts = [people.edit, people.cancel, people.edit_in_books, people.press, people.undo_flying]
        self.chance.choice([*acts, people.edit_in_books, people.enter_orders])()
        self.world.read_operations()

    def _another_comes(self, operation: str, steps: Iterator[str]) -> bool:
        """Another Web Connector of the company signs in, and takes its time.

        The first one may sit on a set meanwhile, and carry it out late, though never later
        than the hub expects of it.  Says whether the first one's computer stops.
        """
        clock = self.world.clock
        began = clock.now()
        clock.advance(seconds=self.chance.randint(0, _HELD_S_MAX))
        self.note(f"another Web Connector comes after {operation}")
        holds = operation == "sendRequestXML"
        report = RunReport()
        for each in self.world.web_connector().steps(report):
            clock.advance(seconds=self.chance.choice([0, 0, 5, 20]))
            is_young = clock.now() - began < timedelta(seconds=_LATE_S_MAX)
            if holds and is_young and self.happens(0.25):
                holds = False
                self.note(f"after {each} of the other: {next(steps, 'ended')}")
        self.note(f"the other run: {report.ending}, {report.last_result}")
        is_late = clock.now() - began >= timedelta(seconds=_LATE_S_MAX)
        return (holds and is_late) or self.happens(0.3)

    def _fall_asleep(self) -> None:
        """A computer falls asleep with a set in its hands; another one comes, and it wakes up.

        It carries the set out while the other one is at work, or never; and tells the hub
        of it, or not.
        """
        clock = self.world.clock
        is_long = self.rules.sleeps_long
        if is_long:
            # What the set creates is there before anybody is told of it.
            self.people.enter_newcomers()
            self.world.read_operations()
        steps = self.world.web_connector().steps(RunReport(), stops_when_done=True)
        if not any(each == "sendRequestXML" and self._holds_a_write() for each in steps):
            return
        began = clock.now()
        wait = self.chance.choice([10, 60, 80, 100])
        clock.advance(seconds=5 if is_long else wait)
        self.note("a Web Connector falls asleep with a set that writes; another one comes")
        report, sleeps = RunReport(), True
        wakes, share = (("carried out",), 0.4) if is_long else (("receiveResponseXML",), 0.6)
        for each in self.world.web_connector().steps(report, stops_when_done=is_long):
            clock.advance(seconds=self.chance.choice([0, 3, 10]))
            is_young = clock.now() - began < timedelta(seconds=_LATE_S_MAX)
            if sleeps and is_young and each in wakes and self.happens(share):
                sleeps = False
                self.note(f"after {each} of the other: {next(steps, 'ended')}")
                if is_long:
                    # QuickBooks is slow to hand over what it told the other before that.
                    clock.advance(seconds=_SETTLED_S)
        self.note(f"the other run: {report.ending}, {report.last_result}")
        if not sleeps and self.happens(0.4):
            self.note(f"it wakes up, and goes on: {list(steps)}")

    def _holds_a_write(self) -> bool:
        with self.world.hub.database.reading() as tx:
            lost = exchanges.open_write(tx, self.world.books_id)
        return lost is not None and lost.state == "sent"

    def _spoil_quickbooks(self, share: float) -> None:
        """Let sets and requests fail, each with some chance; at times no session opens."""
        world = self.world
        if self.happens(share):
            self._arm(self.chance.choice(_SESSION_FAULTS), count=self.chance.randint(1, 3))

        def before(text: str) -> None:
            if self.rules.crashes and _CREATES.search(text) and self.happens(share * 2):
                # Records are there, and nobody is told of them.
                self._arm("crash-after-commit")
            elif self.happens(share * 2):
                requests = max(1, text.count("requestID="))
                done = self.chance.randrange(requests)
                kinds = _SET_FAULTS if self.rules.crashes else _SET_FAULTS[len(_CRASHES) :]
                self._arm(self.chance.choice(kinds), done=done)
            elif self.happens(share * 2):
                self._arm(
                    self.chance.choice(_REQUEST_FAULTS),
                    match=self.chance.choice(["SalesOrder", "CustomerAdd", "Item", ""]),
                    count=self.chance.randint(1, 4),
                )

        def after(text: str, result: ProcessResult) -> ProcessResult:
            earlier, self._last_answer = self._last_answer, result.response
            if _CREATED.search(result.response) and self.happens(share * 2):
                self.note("what became of one record is left out of QuickBooks' answer")
                return ProcessResult(self._leave_a_reply_out(result.response, _CREATED))
            if not self.happens(share * 3 if "<SalesOrderAddRq" in text else share):
                return result
            said = self.chance.choice([*_GARBAGE, "crashed", "earlier", "left out", "left out"])
            if said == "crashed" and not self.rules.crashes:
                return result
            self.note(f"an answer of QuickBooks becomes {said!r}")
            if said == "crashed":
                return ProcessResult("", "0x80040402", "QuickBooks ended unexpectedly.")
            if said == "left out":
                return ProcessResult(self._leave_a_reply_out(result.response))
            return ProcessResult(earlier if said == "earlier" else said)

        world.counter.before, world.counter.after = before, after

    def _leave_a_reply_out(self, text: str, pattern: re.Pattern[str] = _REPLY) -> str:
        replies = list(pattern.finditer(text))
        if not replies:
            return text
        one = self.chance.choice(replies)
        return text[: one.start()] + text[one.end() :]

    def _lose_what_was_written(self) -> None:
        """Newcomers order; what QuickBooks says of the first set that writes does not arrive.

        Of a record that it creates one reply is left out, or none of the answer can be read.
        """
        self.people.enter_newcomers()
        self.world.read_operations()
        wanted = self.chance.choice(["CustomerAdd", "SalesOrderAdd"])
        lost: list[str] = []

        def after(text: str, result: ProcessResult) -> ProcessResult:
            if lost or f"<{wanted}Rq" not in text:
                return result
            lost.append(wanted)
            self.note(f"an answer to {wanted} is lost")
            if wanted == "CustomerAdd":
                return ProcessResult(self._leave_a_reply_out(result.response, _CREATED))
            return ProcessResult(self.chance.choice(_GARBAGE))

        self.world.counter.after = after
        self.world.run_web_connector()
        self.world.counter.well_behaved()

    def _drawn(self, share: float, fates: list[str], what: str) -> str | None:
        if not self.happens(share):
            return None
        fate = self.chance.choice(fates)
        self.note(f"{what}: {fate}")
        return fate

    def _arm(self, kind: str, **more: Any) -> None:
        self.world.books.arm(kind, **more)
        self.note(f"QuickBooks fault {kind} {more}")

    def _rest(self) -> None:
        """Quiet days: everything works, and somebody has tried again what stopped."""
        self.world.operations.control("DELETE", "/faults")
        self.note("quiet days")
        for _ in range(3):
            self.world.clock.advance(days=1)
            self.people.retry()
            self.world.run_web_connector()
            self.world.answers_about_file()
            self.world.settle()
        # Inward orders are read by the books' run and written by the drive after it.
        self.world.read_operations()
        self.world.settle()
