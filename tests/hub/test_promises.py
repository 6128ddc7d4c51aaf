"""Nothing lost, nothing twice: the points of the first review, each as people would meet it.

What has its own file is told there: a person's order of our number, lost answers and clocks
(``test_findings``), the dispatcher, leases, accounts and restored copies.
"""

from __future__ import annotations

import json
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any, Final

import msgspec
import pytest
from sqlalchemy import func, select

from counterfoil.errors import LedgerError, UsageError
from counterfoil.hub import accounts, desk, desktop_answers, intake
from counterfoil.hub.dispatcher import keep_house
from counterfoil.hub.drive import drive
from counterfoil.hub.links import views_of
from counterfoil.ledger import connections, runs, schema, transfers
from counterfoil.sandboxes.quickbooks_desktop import ProcessResult
from counterfoil.settings import SystemName
from counterfoil.translate import sales_order_out
from tests.hub.conftest import OpenWorld
from tests.sandboxes.fusion_operations import play as fusion
from tests.sandboxes.quickbooks_desktop.desk import customer, line, sales_order, service
from tests.support.world import ACTOR, AUTOMATIC, World, open_world

MANUAL: Final = ("sales-order-out.mode=manual", *AUTOMATIC[1:])
INWARD: Final = (
    "sales-order-out.mode=off",
    "sales-order-in.mode=automatic",
    "sales-order-in.start_date=2020-01-01",
)
Row = dict[str, Any]


def rewrite(world: World, number: str, change: Callable[[Row], object]) -> None:
    """Let the shop floor tell something else of one order than what was entered."""
    wanted = world.source_ids[number]

    def told(body: str) -> str:
        if '"shippings"' not in body:
            return body
        found = json.loads(body)
        rows = found if isinstance(found, list) else [found]
        for row in rows:
            if isinstance(row, dict) and str(row.get("id")) == wanted:
                change(row)
        # Numbers may be longer than JSON of this language writes them.
        return json.dumps(found).replace('"<', "").replace('>"', "")

    world.shop_line.rewrite = told


def first_line(row: Row) -> Row:
    """The first line of an order as the shop floor tells it."""
    found: Row = row["shippings"][0]["products"][0]
    return found


def lines_of(**values: Any) -> Callable[[Row], object]:
    """Change fields of an order's first line."""
    return lambda row: first_line(row).update(
        {name.replace("_", "-"): value for name, value in values.items()}
    )


def header(**values: Any) -> Callable[[Row], object]:
    """Change fields of an order."""
    return lambda row: row.update({name.replace("_", "-"): value for name, value in values.items()})


def enter_inward(world: World, *numbers: str) -> None:
    """Enter orders in the books."""
    if not any(each["Name"] == "ACME" for each in world.booked("Customer")):
        world.enter_books(customer("ACME"), service("BOLT", "1.50"))
    for number in numbers:
        world.enter_books(
            sales_order(
                "ACME", line("BOLT", "2", rate="1.50"), ref_number=number, date="2025-03-03"
            )
        )


# --- 1. Confirmed by mistake ------------------------------------------------------------------


class TestConfirmedByMistake:
    @pytest.mark.parametrize("same", [True, False])
    def test_where_the_target_keeps_no_mark_content_decides(
        self, open_company: OpenWorld, same: bool
    ) -> None:
        """After a lost answer, an order of our code is ours only if it says what we sent."""
        world = open_company(*INWARD)
        enter_inward(world, "Q-1")
        world.run_web_connector()
        down = iter([False])

        def spoil(_number: int, body: str) -> str | None:
            if '"Q-1"' in body and next(down, True) is False:
                return "answer"
            return "request" if next(down, True) and world.produced() else None

        world.shop_line.spoil = spoil
        world.read_operations()
        world.shop_line.spoil = None
        [ours] = world.produced()
        if not same:
            world.operations.sign_in()
            world.operations.call("DELETE", f"/sales-orders/{ours['id']}")
            products = [fusion.line("BOLT", "7", "1.50")]
            world.enter("sales-orders", code="Q-1", client="ACME", products=products)
        for _ in range(4):
            world.clock.advance(hours=1)
            world.read_operations()

        row = world.row("Q-1", "sales-order-in")
        [there] = [each for each in world.produced() if each["code"] == "Q-1"]
        assert (row.target_id == str(there["id"])) is same
        assert row.state == "done" if same else row.state in ("refused", "changed")


# --- 2. One value stops a connection for good -----------------------------------------------------


DEEP: Final[Any] = json.loads("[" * 400 + "]" * 400)
VALUES: Final = {
    "vertical tab": header(code="SO\x0b1"),
    "surrogate": header(code="SO-\ud800"),
    "nul": header(code="SO-\x00"),
    "a text of a million": header(observations="x" * 1_000_000),
    "amount beyond all money": lines_of(quantity_ordered="<1e30>", unit_price=None),
    "a price beyond all money": lines_of(unit_price="<1e30>"),
    "an exponent": lines_of(quantity_ordered="<1e400>"),
    "a text of an exponent": lines_of(quantity_ordered="1e99999999999999999999"),
    "an exponent without end": lines_of(quantity_ordered="<1e99999999999999999999>"),
    "digits without end": lines_of(quantity_ordered="<" + "9" * 5_000 + ">"),
    "not a number": lines_of(quantity_ordered="<NaN>"),
    "the first day": header(date="0001-01-01T00:00:00Z", due_date="0001-01-01T00:00:00Z"),
    "the last day": header(date="9999-12-31T23:59:59-12:00", due_date="9999-12-31"),
    "no object": lambda row: row.update(shippings=[7]),
    "no list": lambda row: row.update(shippings={"products": None}),
    "deep": header(observations=DEEP),
}


@pytest.mark.parametrize("value", VALUES)
def test_one_value_stops_one_document(world: World, value: str) -> None:
    """Whatever one order holds, the others go; it goes as well, or is shown with the reason."""
    world.orders(3)
    rewrite(world, "SO-1", VALUES[value])
    for _ in range(3):
        world.read_operations()
        assert world.run_web_connector().is_clean
        world.clock.advance(hours=1)

    states = world.states()
    assert (states["SO-2"], states["SO-3"]) == ("done", "done")
    others = {number: state for number, state in states.items() if number not in ("SO-2", "SO-3")}
    shown = desk.unreadables(world.hub, world.operations_id)
    assert shown or set(others.values()) <= {"done", "refused"}
    assert shown or others
    assert all(
        row.refusal and row.sentence and row.cure
        for row in world.transfers()
        if row.state == "refused"
    )
    world.check_books() if not others or "done" not in others.values() else None


@pytest.mark.parametrize("link", ["http://[/", "https://elsewhere.example/api", "\x00", ""])
def test_a_next_link_that_is_none(world: World, link: str) -> None:
    """A list whose next page is nowhere is an answer that cannot be read, told as such."""
    world.orders(2)
    world.sync()

    def told(body: str) -> str:
        if '"shippings"' not in body:
            return body
        found = json.loads(body)
        return json.dumps({"results": found, "next": link})

    world.shop_line.rewrite = told
    world.orders(1, first=3)
    world.read_operations()
    world.shop_line.rewrite = None
    world.clock.advance(hours=1)
    world.settle()
    world.check_exactly_once("SO-1", "SO-2", "SO-3")


@pytest.mark.our_mistakes
@pytest.mark.parametrize("where", ["judging", "translating", "rendering"])
def test_a_mistake_of_ours_stops_one_document(
    world: World, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    """What fails in our own code refuses that document, as our mistake; the run goes on."""
    world.orders(3)

    def fails(real: Callable[..., Any], marks: Callable[..., bool]) -> Callable[..., Any]:
        def tried(*given: Any, **more: Any) -> Any:
            if marks(*given):
                raise ZeroDivisionError("our mistake")
            return real(*given, **more)

        return tried

    if where != "rendering":
        name = "rule" if where == "judging" else "translate"
        real = getattr(sales_order_out.SalesOrderOut, name)
        monkeypatch.setattr(
            sales_order_out.SalesOrderOut, name, fails(real, lambda *given: "SO-2" in repr(given))
        )
    else:
        from counterfoil.connectors.quickbooks_desktop import messages

        real = messages.Writer.check
        monkeypatch.setattr(
            messages.Writer, "check", fails(real, lambda _self, each: "SO-2" in repr(each))
        )
    world.read_operations()
    assert world.run_web_connector().is_clean
    world.run_web_connector()

    states = world.states()
    assert (states["SO-1"], states["SO-3"]) == ("done", "done")
    row = world.row("SO-2")
    assert (row.refusal or row.reason) in ("our-mistake", "misjudged")
    assert "support" in f"{row.sentence} {row.cure}"
    monkeypatch.undo()
    desk.retry(world.hub, ACTOR, transfer_ids=[row.id])
    world.clock.advance(hours=1)
    world.settle()
    world.check_exactly_once("SO-1", "SO-2", "SO-3")


# --- 3. A pairing conflict --------------------------------------------------------------------------


def test_a_document_that_is_anothers_stops_one_transfer(world: World) -> None:
    """An answer that names a document of another transfer refuses that one transfer."""
    world.orders(1)
    world.sync()
    [taken] = world.booked()
    world.orders(3, first=2)
    world.read_operations()

    def after(text: str, result: ProcessResult) -> ProcessResult:
        if "<RefNumber>SO-3</RefNumber>" not in text or "SalesOrderAdd" not in text:
            return result
        parts = re.split("(?=<SalesOrderAddRs)", result.response)
        for position, part in enumerate(parts):
            if "<RefNumber>SO-3</RefNumber>" in part:
                parts[position] = re.sub(
                    "<TxnID>[^<]*</TxnID>", f"<TxnID>{taken['TxnID']}</TxnID>", part, count=1
                )
        return ProcessResult("".join(parts))

    world.counter.after = after
    assert world.run_web_connector().is_clean
    world.counter.well_behaved()

    states = world.states()
    assert [states[f"SO-{each}"] for each in (1, 2, 4)] == ["done"] * 3
    assert world.row("SO-3").refusal == "already-paired"
    world.orders(1, first=5)
    world.read_operations()
    assert world.run_web_connector().is_clean
    assert world.states()["SO-5"] == "done"


# --- 4. May it go -------------------------------------------------------------------------------------


class TestMayItGo:
    def test_a_flow_that_was_switched_off_writes_nothing(self, world: World) -> None:
        """Orders that were ready stay where they are."""
        world.orders(3)
        world.read_operations()
        assert set(world.states().values()) == {"ready"}
        world.set("sales-order-out.mode=off")
        for _ in range(2):
            assert world.run_web_connector().is_clean

        assert world.booked() == []
        assert set(world.states().values()) == {"held"}

    def test_a_press_on_everything_leaves_drafts(self, open_company: OpenWorld) -> None:
        """Whoever sends all that is held does not send what is not finished."""
        world = open_company(*MANUAL)
        world.orders(2)
        rewrite(world, "SO-1", header(status="draft"))
        world.read_operations()
        desk.release(world.hub, world.link, "sales-order", (), ACTOR, everything=True)
        world.settle()

        assert world.numbers_booked() == Counter(["SO-2"])
        assert world.states()["SO-1"] == "held"

    def test_a_press_on_a_draft_says_why_not(self, open_company: OpenWorld) -> None:
        """Asked for by its number, a draft stays, and the answer names the reason."""
        world = open_company(*MANUAL)
        world.orders(1)
        rewrite(world, "SO-1", header(status="draft"))
        world.read_operations()
        said = desk.release(
            world.hub, world.link, "sales-order", ("SO-1",), ACTOR, everything=False
        )
        world.settle()

        assert not said.released
        assert said.left
        assert world.booked() == []

    def test_a_rule_that_leaves_it_out_now(self, world: World) -> None:
        """A start date that was set while an order was ready holds it back."""
        world.orders(2)
        world.read_operations()
        world.set("sales-order-out.start_date=2030-01-01")
        for _ in range(2):
            world.run_web_connector()

        assert world.booked() == []
        assert set(world.states().values()) <= {"skipped", "held"}

    def test_a_paused_link_writes_nothing(self, world: World) -> None:
        """Until it is taken up again; then all goes."""
        world.orders(2)
        world.read_operations()
        with world.hub.database.reading() as tx:
            link = connections.load_link(tx, world.link)
        assert link is not None
        paused = accounts.change_link(world.hub, link, "pause", ACTOR)
        world.run_web_connector()
        assert world.booked() == []
        accounts.change_link(world.hub, paused, "resume", ACTOR)
        world.clock.advance(hours=1)
        world.settle()
        world.check_exactly_once("SO-1", "SO-2")


# --- 5. Silent drops ------------------------------------------------------------------------------------


class TestSilentDrops:
    def test_an_unreadable_record_is_shown(self, world: World) -> None:
        """A row says which record, which field and what is wrong; it goes when it is mended."""
        world.orders(2)
        rewrite(world, "SO-1", lines_of(quantity_ordered="many"))
        world.read_operations()

        rows = desk.unreadables(world.hub, world.operations_id)
        row = next(each for each in rows if each.kind == "sales-order")
        assert "many" in repr(row)
        assert row.document_id == world.source_ids["SO-1"]
        world.shop_line.rewrite = None
        world.clock.advance(hours=1)
        world.settle()
        assert desk.unreadables(world.hub, world.operations_id) == []
        world.check_exactly_once("SO-1", "SO-2")

    def test_deletions_are_noticed_beside_an_unreadable_record(self, world: World) -> None:
        """One bad record does not keep others from being seen to be gone, nor is it gone."""
        world.orders(3)
        world.sync()
        rewrite(world, "SO-1", lines_of(quantity_ordered="many"))
        world.operations.sign_in()
        world.operations.call("DELETE", f"/sales-orders/{world.source_ids['SO-2']}")
        world.clock.advance(hours=1)
        world.read_operations()

        states = world.states()
        assert states["SO-2"] == "changed"
        assert (states["SO-1"], states["SO-3"]) == ("done", "done")

    def test_lines_left_out_are_told(self, open_company: OpenWorld) -> None:
        """A text line that does not travel is named beside the transfer."""
        world = open_company(*INWARD)
        world.enter_books(customer("ACME"), service("BOLT", "1.50"))
        text = "<SalesOrderLineAdd><Desc>Deliver to the back door</Desc></SalesOrderLineAdd>"
        world.enter_books(
            sales_order(
                "ACME", line("BOLT", "2", rate="1.50"), text, ref_number="B-1", date="2025-03-03"
            )
        )
        for _ in range(2):
            world.run_web_connector()
            world.read_operations()

        row = world.row("B-1", "sales-order-in")
        assert row.state == "done"
        assert any("back door" in note for note in row.notes)


# --- 6. Wrong customer ------------------------------------------------------------------------------------


@pytest.mark.parametrize("creates", [True, False])
def test_replacing_characters_never_makes_a_match(open_company: OpenWorld, creates: bool) -> None:
    """ŁUK is not LUK, though both would be written alike."""
    world = open_company(
        *AUTOMATIC,
        "general.unholdable_characters=replace",
    )
    world.set(f"sales-order-out.create_missing_customers={str(creates).lower()}")
    world.enter_books(customer("LUK"))
    world.order("SO-1", "LUK", "2 BOLT 1.50")
    world.settle()
    world.order("SO-2", "\u0141UK", "2 BOLT 1.50")
    for _ in range(3):
        world.read_operations()
        world.run_web_connector()
        world.clock.advance(hours=1)

    assert world.states()["SO-1"] == "done"
    assert world.row("SO-2").state == "refused"
    assert world.numbers_booked() == Counter(["SO-1"])


# --- 7. A second link, a second connection ------------------------------------------------------------------


class TestSecondLink:
    def test_it_starts_from_its_start(self, open_company: OpenWorld) -> None:
        """What was seen in the books before a link was made is not taken by it."""
        world = open_company(*INWARD)
        enter_inward(world, "OLD-1", "OLD-2")
        world.settle()
        world.clock.advance(days=300)
        other = {
            "base_url": fusion.BASE_URL,
            "key": "second-key",
            "secret": fusion.SECRET,
            "time_zone": "UTC",
        }
        world.operations.control(
            "POST", "/companies", {"name": "second", "keys": {"second-key": fusion.SECRET}}
        )
        made = accounts.add_connection(
            world.hub, SystemName.FUSION_OPERATIONS, "Second plant", other, ACTOR
        )
        link = accounts.add_link(world.hub, "Second plant", "Books", ACTOR).id
        desk.set_settings(
            world.hub, link, ["sales-order-in.mode=automatic", "sales-order-out.mode=off"], ACTOR
        )
        world.run_web_connector()
        drive(world.hub, made.id, "schedule")

        assert [row.number for row in world.transfers() if row.link == link] == []

    def test_one_company_is_connected_once(self, world: World) -> None:
        """The same account under another name is refused, with the name it has."""
        again = {
            "base_url": fusion.BASE_URL,
            "key": fusion.KEY,
            "secret": fusion.SECRET,
            "time_zone": "UTC",
        }
        with pytest.raises(UsageError, match="Shop floor"):
            accounts.add_connection(
                world.hub, SystemName.FUSION_OPERATIONS, "Second plant", again, ACTOR
            )

    def test_one_company_file_is_served_once(self, world: World) -> None:
        """A second connection that meets the first one's file sends nothing into it."""
        world.orders(2)
        world.sync()
        second = accounts.add_connection(
            world.hub, SystemName.QUICKBOOKS_DESKTOP, "Same books", {}, ACTOR
        )
        with pytest.raises(UsageError):
            accounts.add_link(world.hub, "Shop floor", "Books", ACTOR)
        link = accounts.add_link(world.hub, "Shop floor", "Same books", ACTOR).id
        desk.set_settings(world.hub, link, list(AUTOMATIC), ACTOR)
        world.clock.advance(hours=1)
        world.read_operations()
        first, world.account = world.account, second
        report = world.run_web_connector()
        world.account = first

        assert "belongs to the connection" in report.last_result
        assert world.numbers_booked() == Counter(["SO-1", "SO-2"])


# --- 9. Several processes on PostgreSQL ---------------------------------------------------------------------


@pytest.fixture
def shared(postgres_hub_url: str) -> Iterator[World]:
    """A company on PostgreSQL."""
    with open_world(postgres_hub_url) as opened:
        yield opened


def at_once(*jobs: Callable[[], object]) -> list[Exception]:
    """Do all of them at once; gives what failed."""
    failed: list[Exception] = []

    def done(job: Callable[[], object]) -> None:
        try:
            job()
        except Exception as error:  # noqa: BLE001 - whatever it is, it is told
            failed.append(error)

    threads = [threading.Thread(target=done, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return failed


class TestSeveralProcesses:
    def test_both_sides_may_begin_transfers_at_once(
        self, shared: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The drive and a Web Connector's call both find the new orders: begun once."""
        world = shared
        world.orders(3)
        with monkeypatch.context() as patch:
            patch.setattr(intake, "begin_transfers", lambda *_given: 0)
            world.read_operations()
        assert world.states() == {}
        together = threading.Barrier(2)

        def begin(connection: int) -> None:
            with world.hub.database.writing() as tx:
                found = connections.load(tx, connection)
                assert found is not None
                views = views_of(tx, connection)
                together.wait(10)
                intake.begin_transfers(tx, found, views, world.clock.now())

        failed = at_once(lambda: begin(world.operations_id), lambda: begin(world.books_id))

        assert failed == []
        assert world.states() == dict.fromkeys(["SO-1", "SO-2", "SO-3"], "ready")
        assert len(world.transfers()) == 3

    def test_a_change_within_the_state_is_noticed(self, shared: World) -> None:
        """What somebody else changed meanwhile is not overwritten, though the state is the same."""
        world = shared
        world.orders(1)
        world.read_operations()
        row = world.row("SO-1")
        database = world.hub.database
        with database.reading() as tx:
            [before] = [each.transfer for each in transfers.load(tx, [row.id])]
        with database.writing() as tx:
            transfers.save(tx, [(before, msgspec.structs.replace(before, attempts=3))])
        late = msgspec.structs.replace(before, alerted_at=world.clock.now())
        with pytest.raises(LedgerError), database.writing() as tx:
            transfers.save(tx, [(before, late)])

    def test_settings_saved_at_once_lose_nothing(self, shared: World) -> None:
        """Two people who change different options both find their change."""
        world = shared
        changes = ("sales-order-out.ship_date=empty", "sales-order-out.start_date=2025-01-01")
        failed = at_once(*(lambda each=each: world.set(each) for each in changes))

        assert all(isinstance(error, (LedgerError, UsageError)) for error in failed)
        settings = desk.settings_of(world.hub, world.link)[0].sales_order_out
        kept = (settings.ship_date.value == "empty", settings.start_date == date(2025, 1, 1))
        assert sum(kept) + len(failed) == 2
        assert any(kept)

    def test_retrievals_asked_for_at_once_are_all_kept(self, shared: World) -> None:
        """A retrieval since January is not lost over one since March."""
        world = shared
        world.set("sales-order-out.mode=off", "sales-order-in.mode=manual")
        days = (date(2025, 1, 1), date(2025, 3, 1))
        failed = at_once(
            *(
                lambda day=day: desk.request_retrieval(
                    world.hub, world.link, "sales-order", day, ACTOR
                )
                for day in days
            )
        )
        assert failed == []
        world.run_web_connector()
        assert any(
            "2025-01-01" in text for text in world.counter.seen if "SalesOrderQueryRq" in text
        )

    @pytest.mark.slow
    def test_both_sides_of_a_link_for_a_while(self, shared: World) -> None:
        """Drives, runs, presses and house-keeping at once: no deadlock, all arrives once."""
        world = shared
        numbers = world.orders(20)
        ends = time.monotonic() + 2.0
        failed: list[Exception] = []

        def on_and_on(job: Callable[[], object]) -> Callable[[], None]:
            def loop() -> None:
                while time.monotonic() < ends:
                    try:
                        job()
                    except (UsageError, LedgerError) as error:
                        if "deadlock" in str(getattr(error, "detail", "")).lower():
                            failed.append(error)

            return loop

        wrong = at_once(
            on_and_on(lambda: drive(world.hub, world.operations_id, "person")),
            on_and_on(lambda: drive(world.hub, world.operations_id, "schedule")),
            on_and_on(world.run_web_connector),
            on_and_on(lambda: desk.retry(world.hub, ACTOR, link=world.link)),
            on_and_on(lambda: keep_house(world.hub)),
        )
        assert wrong == []
        assert failed == []
        world.clock.advance(hours=2)
        world.settle()
        world.check_exactly_once(*numbers)


# --- 11. Cost of history -------------------------------------------------------------------------------------


def test_idle_runs_leave_nothing_behind(world: World) -> None:
    """A month of runs that had nothing to do is not a thousand rows."""
    for _ in range(40):
        world.clock.advance(hours=12)
        world.run_web_connector()
    world.clock.advance(days=60)
    keep_house(world.hub)
    with world.hub.database.reading() as tx:
        assert (tx.scalar(select(func.count()).select_from(schema.run)) or 0) < 10
        assert len(runs.recent(tx, world.books_id, 100)) < 10


# --- 12. Transactions -----------------------------------------------------------------------------------------


def test_an_answer_is_understood_before_the_transaction(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While an answer is read nobody waits for the database."""
    real = desktop_answers.understand
    writable: list[bool] = []

    def understand(*given: Any) -> Any:
        with world.hub.database.writing() as tx:
            connections.change(tx, world.operations_id, due_at=world.clock.now())
            writable.append(True)
        return real(*given)

    monkeypatch.setattr(desktop_answers, "understand", understand)
    world.orders(2)
    world.sync()

    assert writable
    world.check_exactly_once("SO-1", "SO-2")
