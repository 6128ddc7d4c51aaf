"""QuickBooks at its worst: closed, busy, locked, crashing, and refusing whole message sets.

Whatever it does, an order is in the books once when it is over, or stands there with a
refusal; and what people read says what to do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from counterfoil.hub import desk
from counterfoil.sandboxes.quickbooks_desktop import CompanySettings, Preferences, ProcessResult
from tests.hub.conftest import Household, OpenWorld
from tests.support.world import ACTOR, ZONE, World


@pytest.fixture
def world(household: Household) -> Iterator[World]:
    """A company that lives on; each test brings its own orders."""
    with household.visit(requests_per_set="4") as opened:
        opened.clock.advance(hours=2)
        yield opened


def finish(world: World, *numbers: str) -> None:
    """Everything works again: each order has to be there once."""
    world.counter.well_behaved()
    world.settle()
    world.check_each_once(*numbers)


def saves_nothing(words: str, *, times: int) -> Callable[[str], ProcessResult | None]:
    """QuickBooks that answers the next sets with an order by 3180 and these words."""
    left = iter(range(times))

    def before(text: str) -> ProcessResult | None:
        if "SalesOrderAddRq" not in text or next(left, None) is None:
            return None
        return ProcessResult(
            '<?xml version="1.0" ?><QBXML><QBXMLMsgsRs messageSetStatusCode="0">'
            '<SalesOrderAddRs requestID="1" statusCode="3180" statusSeverity="Error" '
            f'statusMessage="{words}"/></QBXMLMsgsRs></QBXML>'
        )

    return before


class TestNoSession:
    @pytest.mark.parametrize(
        "kind, words",
        [
            ("access-denied", "open as Admin"),
            ("busy", "QuickBooks"),
            ("closed", "Open the company file"),
            ("modal-dialog", "close the open window"),
            ("not-authorised", "QuickBooks"),
            ("other-mode", "QuickBooks"),
            ("permission", "Integrated Applications"),
            ("unreachable", "QuickBooks"),
            ("wrong-file", "company file"),
        ],
    )
    def test_quickbooks_does_not_open(self, world: World, kind: str, words: str) -> None:
        """A QuickBooks that cannot be reached is named with a cure, and the run ends."""
        numbers = world.fresh_orders(2)
        world.books.arm(kind, count=None)
        report = world.run_web_connector()

        assert report.ending == "not connected"
        assert report.connection_attempts <= 3
        assert words in str(world.status().problem), world.status().problem
        assert {world.states()[number] for number in numbers} == {"ready"}
        finish(world, *numbers)

    def test_it_opens_at_the_second_attempt(self, world: World) -> None:
        """A file that opens when asked again is worked on, and the trouble is forgotten."""
        numbers = world.fresh_orders()
        world.books.arm("unreachable", count=1)
        report = world.run_web_connector()

        assert report.is_clean
        assert world.status().problem is None
        world.check_each_once(*numbers)


class TestCrash:
    """QuickBooks throws an error in place of an answer to a message set."""

    @pytest.mark.parametrize("skip", range(5))
    @pytest.mark.parametrize("kind", ["crash-before", "crash-after-commit"])
    def test_a_crash_on_any_set(self, world: World, kind: str, skip: int) -> None:
        """A crash before or after the work was done loses and doubles nothing."""
        numbers = world.fresh_orders(3)
        world.books.arm(kind, skip=skip + 1)  # the three queries a run opens with are a set too
        world.run_web_connector()

        finish(world, *numbers)

    @pytest.mark.parametrize("done", range(3))
    def test_a_crash_in_the_middle_of_a_set(self, world: World, done: int) -> None:
        """QuickBooks keeps no answer to a set it crashed in: each order is looked for."""
        numbers = world.fresh_orders(4)
        world.books.arm("crash-midway", match="SalesOrderAdd", done=done)
        report = world.run_web_connector()

        assert report.ending == "error"
        assert "stopped in the middle" in report.last_result
        finish(world, *numbers)

    @pytest.mark.parametrize("done", range(3))
    def test_a_crash_among_orders_that_the_books_number(
        self, household: Household, done: int
    ) -> None:
        """Orders without a number of ours are found by our mark."""
        with household.visit("sales-order-out.mode=automatic") as world:
            world.clock.advance(hours=2)
            serial = len(world.source_ids)
            world.set(
                "sales-order-out.create_missing_customers=true",
                "sales-order-out.create_missing_items=true",
                "sales-order-out.income_account=Sales:Goods",
            )
            numbers = world.fresh_orders(3)
            world.books.arm("crash-midway", match="SalesOrderAdd", done=done)
            world.run_web_connector()
            world.settle()

            states = world.states()
            assert [states[number] for number in numbers] == ["done"] * 3
            assert len(world.booked()) == serial + 3
            world.check_books()

    def test_an_answer_that_quickbooks_could_not_store_is_lost(self, world: World) -> None:
        """Status 9005: asked for the lost answer it knows of none, and all was done."""
        numbers = world.fresh_orders(3)
        world.books.arm("cannot-store", match="SalesOrderAdd")
        lose = iter([True])

        def after(text: str, result: ProcessResult) -> ProcessResult:
            if "SalesOrderAdd" in text and next(lose, False):
                return ProcessResult("", "0x80040402", "crashed")
            return result

        world.counter.after = after
        world.run_web_connector()

        finish(world, *numbers)

    @pytest.mark.parametrize("match", ["CustomerQuery", "CustomerAdd", "SalesOrderAdd"])
    def test_a_dialog_opens_in_the_middle_of_a_run(self, world: World, match: str) -> None:
        """A set that certainly was not carried out is simply sent again."""
        numbers = world.fresh_orders(3)
        world.books.arm("modal-dialog-during-run", match=match)
        report = world.run_web_connector()

        assert report.ending == "error"
        assert "close the open window" in report.last_result
        finish(world, *numbers)

    def test_a_dialog_opens_while_a_lost_order_is_looked_for(self, world: World) -> None:
        """A question that was not carried out is not answered with "not there"."""
        numbers = world.fresh_orders(4)
        world.books.arm("crash-midway", match="SalesOrderAdd", done=2)
        world.run_web_connector()
        more = world.fresh_orders(2)
        world.books.arm("modal-dialog-during-run", match="SalesOrderQuery", count=3)
        for _ in range(4):
            world.run_web_connector()
            world.clock.advance(minutes=2)

        finish(world, *numbers, *more)


class TestLocked:
    """Somebody has the record, or its list, open."""

    @pytest.mark.parametrize(
        "kind", ["locked-record", "locked-related", "locked-list", "internal-error", "unavailable"]
    )
    @pytest.mark.parametrize("match", ["SalesOrderAdd", "CustomerAdd"])
    def test_a_locked_record_waits_and_goes_later(
        self, world: World, kind: str, match: str
    ) -> None:
        """What is locked now is tried again later, with the reason beside it."""
        numbers = world.fresh_orders(3)
        world.books.arm(kind, match=match, count=1)
        world.run_web_connector()
        waiting = [row for row in world.transfers() if row.state == "waiting"]

        assert waiting
        assert all("QuickBooks says" in (row.sentence or "") for row in waiting)
        assert all(row.retry_at is not None for row in waiting)
        finish(world, *numbers)

    @pytest.mark.parametrize(
        "words",
        ["Elle est en cours d'utilisation par une autre personne.", "Alguien lo tiene abierto."],
        ids=["known words", "unknown words"],
    )
    def test_a_3180_about_a_lock_is_tried_again(self, world: World, words: str) -> None:
        """The catch-all code is read by its text: a lock waits in whatever language."""
        numbers = world.fresh_orders()
        world.counter.before = saves_nothing(words, times=1)
        world.run_web_connector()

        assert world.row(numbers[0]).state == "waiting"
        finish(world, *numbers)

    def test_a_lock_that_stays_ends_the_run_and_not_the_patience(self, world: World) -> None:
        """While the record stays locked each run ends, the pauses grow, and nothing is refused."""
        [number] = world.fresh_orders()
        world.books.arm("locked-record", match="SalesOrderAdd", count=None)
        pauses = []
        for _ in range(6):
            world.run_web_connector()
            row = world.row(number)
            assert row.state == "waiting"
            assert row.retry_at is not None
            pauses.append((row.retry_at - world.clock.now()).total_seconds())
            world.clock.wait(pauses[-1] + 1)

        assert pauses == sorted(pauses)
        assert pauses[-1] > pauses[0]
        finish(world, number)


class TestForbidden:
    """What only a person can change stops the document, and says who."""

    @pytest.mark.parametrize(
        "kind, code",
        [("no-permission", "permission-missing"), ("read-only", "permission-missing")],
    )
    def test_a_missing_permission_is_a_refusal(self, world: World, kind: str, code: str) -> None:
        """Without the permission the order is refused; once granted, trying again works."""
        [number] = world.fresh_orders()
        world.books.arm(kind, match="SalesOrderAdd", count=None)
        world.run_web_connector()
        row = world.row(number)

        assert (row.state, row.refusal, row.actor) == ("refused", code, "administrator")
        world.counter.well_behaved()
        desk.retry(world.hub, ACTOR, transfer_ids=[row.id])
        finish(world, number)

    def test_an_edition_without_sales_orders(self, open_company: OpenWorld) -> None:
        """QuickBooks Pro has no sales orders: the run says so, and the orders wait (3250).

        A list that cannot be read is one cause for all of them, and no empty list.
        """
        world = open_company(company=CompanySettings(edition="Pro", time_zone=ZONE))
        world.orders(2)
        report = world.sync()

        assert set(world.states().values()) == {"ready"}
        assert "sales order" in report.last_result.lower()
        assert "sales order" in str(world.status().problem).lower()
        assert world.books.get("/counts").get("SalesOrder", 0) == 0

    def test_a_closed_period(self, open_company: OpenWorld) -> None:
        """A date before the closing date is refused; after the books are opened it goes.

        What preferences tell no more is known no more: nobody is shown a day that is over.
        """
        world = open_company(
            company=CompanySettings(
                time_zone=ZONE, preferences=Preferences(closing_date="2025-12-31")
            )
        )
        world.orders(1)
        world.sync()
        row = world.row("SO-1")
        if row.state == "done":
            pytest.fail("the sandbox takes sales orders before the closing date")

        assert row.refusal == "period-closed"
        told = "QuickBooks does not take the sales order: its date is in a closed period."
        assert row.sentence == told
        assert world.status().facts["closing_date"] == "2025-12-31"
        world.books.prefer(closing_date=None)
        desk.retry(world.hub, ACTOR, link=world.link)
        world.settle()
        world.check_exactly_once("SO-1")
        assert "closing_date" not in world.status().facts


class TestSetRefused:
    """QuickBooks refuses a whole message set (0x80040400) because of one request in it."""

    @pytest.fixture
    def world(self, household: Household) -> Iterator[World]:
        """A company whose sets are as large as usual."""
        with household.visit() as opened:
            opened.clock.advance(hours=2)
            yield opened

    @staticmethod
    def choke(world: World, *bad: str) -> None:
        """Make QuickBooks refuse every set that holds one of these texts."""

        def before(text: str) -> ProcessResult | None:
            if any(f">{each}<" in text for each in bad) and "AddRq" in text:
                return ProcessResult("", "0x80040400", "error when parsing the provided XML")
            return None

        world.counter.before = before

    @pytest.mark.parametrize("position", [0, 4, 8])
    def test_one_bad_order_spoils_nothing(self, world: World, position: int) -> None:
        """The others go through in the same run; the culprit alone is refused."""
        numbers = world.fresh_orders(9)
        culprit = numbers.pop(position)
        self.choke(world, culprit)
        report = world.run_web_connector()
        states = world.states()

        assert report.is_clean
        assert {states[number] for number in numbers} == {"done"}
        row = world.row(culprit)
        assert (row.state, row.refusal, row.actor) == ("refused", "request-invalid", "support")
        world.counter.well_behaved()
        desk.retry(world.hub, ACTOR, transfer_ids=[row.id])
        finish(world, culprit, *numbers)

    def test_two_bad_orders_are_both_found(self, world: World) -> None:
        """Each culprit is found by itself."""
        numbers = world.fresh_orders(8)
        self.choke(world, numbers[2], numbers[7])
        world.run_web_connector()
        states = world.states()

        assert [number for number in numbers if states[number] == "refused"] == [
            numbers[2],
            numbers[7],
        ]
        world.counter.well_behaved()
        desk.retry(world.hub, ACTOR, link=world.link)
        finish(world, *numbers)

    def test_a_bad_customer_stops_its_own_orders_only(self, world: World) -> None:
        """A customer that cannot be created stops those orders that need it."""
        good = world.fresh_orders(2)
        bad = world.fresh_orders(2)
        self.choke(world, f"CLIENT-{len(world.source_ids) - 1}")
        world.run_web_connector()
        states = world.states()

        assert [states[number] for number in good] == ["done", "done"]
        assert [states[number] for number in bad] == ["refused", "refused"]
        world.counter.well_behaved()
        desk.retry(world.hub, ACTOR, link=world.link)
        finish(world, *good, *bad)

    def test_a_reading_that_is_refused_is_left_out_alone(self, world: World) -> None:
        """The other readings are asked one by one, the orders go, and the problem is told."""
        numbers = world.fresh_orders()
        self.refuse_unread(world, "OtherNameQueryRq")
        report = world.run_web_connector()

        assert "could not read" in report.last_result
        assert {world.states()[number] for number in numbers} == {"done"}
        assert "list of other names" in str(world.status().problem)
        finish(world, *numbers)

    def test_a_quickbooks_that_cannot_recall_a_set_is_searched(self, world: World) -> None:
        """Where the empty recovery set is refused, each order is looked for by its number."""
        numbers = world.fresh_orders(3)
        world.run_web_connector(drop_after=3)
        assert {world.states()[number] for number in numbers} == {"sending"}
        self.refuse_unread(world, "oldMessageSetID", unless="AddRq")
        world.settle()

        world.check_each_once(*numbers)
        world.counter.well_behaved()

    @staticmethod
    def refuse_unread(world: World, text: str, *, unless: str = "\0") -> None:
        """Make QuickBooks refuse, unread, every set with this text in it."""

        def before(sent: str) -> ProcessResult | None:
            if text in sent and unless not in sent:
                return ProcessResult("", "0x80040400", "error when parsing the provided XML")
            return None

        world.counter.before = before


class TestTwoAtOnce:
    """Two computers, or an impatient user: one connection, two sessions."""

    @pytest.mark.parametrize("after", range(2, 14))
    def test_a_second_run_while_the_first_stands_still(self, world: World, after: int) -> None:
        """The newer run finishes the work, and the older one's late calls change nothing."""
        numbers = world.fresh_orders(3)
        from counterfoil.sandboxes.web_connector import RunReport

        first = RunReport()
        steps = world.web_connector().steps(first)
        for count, operation in enumerate(steps, 1):
            # A set in hand is carried out before the other session begins: QuickBooks
            # serves one at a time.
            if count >= after and operation != "sendRequestXML":
                break
        second = world.run_web_connector()
        rest: list[Any] = list(steps)

        assert second.is_clean
        assert len(rest) <= 3
        finish(world, *numbers)
