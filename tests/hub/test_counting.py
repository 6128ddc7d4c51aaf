"""Counting stock: only what differs is adjusted, by absolute figures that are fresh."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from counterfoil.documents import (
    CountLine,
    CustomField,
    DocumentKind,
    Item,
    ItemType,
    ListRecord,
    Quantity,
    RecordKind,
    Reference,
    StockCount,
    Unit,
    UnitSet,
    refuse,
)
from counterfoil.documents.records import Account
from counterfoil.engine.drafting import Target
from counterfoil.engine.operations import (
    Busy,
    CreateDocument,
    Done,
    FindDocument,
    Operation,
    Outcome,
    Page,
    ReadDocuments,
    ReadRecords,
    ReadStock,
    Refused,
    Unknown,
    Unreadable,
)
from counterfoil.errors import UsageError
from counterfoil.hub import answering, desk, work
from counterfoil.hub.setup import Configuration, Hub, open_hub
from counterfoil.hub.systems import target_of
from counterfoil.ledger import connections, exchanges, runs
from tests.support.builders import NOW, product

ANNA = "anna"
SETTINGS = ("stock-count-out.adjustment_account=Shrinkage",)

CLOSED = refuse("record-inactive", kind="account", value="Shrinkage", target="QuickBooks")

Answer = Callable[[Operation], Outcome | None]


class Shop:
    """A hub between two systems that answer at once.

    Attributes:
        stock: Product code -> what the operations system has of it; ``None``: it cannot tell.
        books: Item name -> what the books hold of it.
        asked: Every operation that left, with the connection's name.
        adjusted, marks: What the books were told, and our marks on it.
        spoils: Answers in a system's place; ``None``: it answers itself.
        pages, between_pages: How many pages were compared and left something, and what happens
            after each, when nothing is locked.
    """

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self.time = NOW
        self.stock: dict[str, str | None] = {}
        self.products: dict[str, Item] = {}
        self.books: dict[str, str] = {}
        self.items: dict[str, Item] = {}
        self.sets: tuple[UnitSet, ...] = ()
        self.asked: list[tuple[str, Operation]] = []
        self.adjusted: list[StockCount] = []
        self.marks: dict[str, str] = {}
        self.spoils: Answer = lambda operation: None
        self.pages = 0
        self.between_pages: Callable[[], object] = lambda: None
        with hub.database.writing() as tx:
            self.operations_id = self._connect(tx, "Shop floor", "fusion-operations")
            self.books_id = self._connect(tx, "Books", "quickbooks-desktop")
            self.link = connections.add_link(
                tx,
                name="Example",
                operations_id=self.operations_id,
                books_id=self.books_id,
                created_at=NOW,
            )

    def _connect(self, tx: Any, name: str, system: str) -> int:
        return connections.add(tx, system=system, name=name, parameters={}, created_at=NOW)

    def now(self) -> datetime:
        return self.time

    def wait(self, **amount: float) -> None:
        """Let time pass."""
        self.time += timedelta(**amount)

    # -- What there is -----------------------------------------------------------------------

    def has(self, code: str, here: str | None, there: str | None, **changes: Any) -> None:
        """Let both systems hold so much of a product; ``there`` ``None``: no such item."""
        self.stock[code] = here
        self.products[code] = product(code, **changes)
        if there is not None:
            self.item(code, there)

    def item(self, name: str, there: str, **changes: Any) -> None:
        """Let the books hold so much of an item."""
        made = Item(
            id=f"item-{name}", name=name, full_name=name, type=ItemType.INVENTORY, **changes
        )
        self.items[name] = made
        self.books[name] = there

    def set(self, *assignments: str) -> None:
        """Change settings of the link."""
        desk.set_settings(self.hub, self.link, assignments, ANNA)

    # -- What runs ---------------------------------------------------------------------------

    def run(self, connection: int) -> None:
        """One run on a connection, until nothing more is asked or nothing comes of it."""
        with self.hub.database.writing() as tx:
            for ended in runs.end_others(tx, connection, self.time, "another run began"):
                lost = exchanges.for_run(tx, ended)
                if lost is not None:
                    answering.lose(tx, lost, self._target(tx, connection), self.time, "no answer")
            run = runs.begin(tx, connection, "schedule", self.time)
        while self._step(connection, run):
            pass

    def _target(self, tx: Any, connection: int) -> Target:
        found = connections.load(tx, connection)
        assert found is not None
        # What a document looks like on the wire is another test's business.
        return msgspec.structs.replace(target_of(found), check=lambda operation, rules: None)

    def _step(self, connection: int, run: int) -> bool:
        with self.hub.database.writing() as tx:
            found = connections.load(tx, connection)
            assert found is not None
            target = self._target(tx, connection)
            prepared = work.next_batch(tx, found, runs.load(tx, run), target, self.time)
        if prepared is None:
            return False
        if isinstance(prepared, work.Unfinished):
            self.pages += 1
            self.between_pages()
            return True
        outcomes: dict[str, Outcome] = {}
        for each in prepared.batch.operations:
            self.asked.append((found.name, each))
            outcomes[each.id] = self.spoils(each) or self._answer(connection, each)
        with self.hub.database.writing() as tx:
            exchange = exchanges.load(tx, prepared.exchange)
            current = runs.load(tx, run)
            answering.take_answer(tx, found, current, exchange, outcomes, target, self.time)
            return answering.stalled(exchange, outcomes) is None

    def _answer(self, connection: int, operation: Operation) -> Outcome:
        here = connection == self.operations_id
        match operation:
            case ReadRecords(kind=RecordKind.ITEM):
                of = self.products if here else self.items
                return Done(page=Page(records=tuple(of.values())))
            case ReadRecords(kind=RecordKind.ACCOUNT):
                account = Account(id="A1", name="Shrinkage", full_name="Shrinkage")
                return Done(page=Page(records=(account,)))
            case ReadRecords(kind=RecordKind.UNIT_SET):
                return Done(page=Page(records=self.sets))
            case ReadStock():
                return Done(page=self._stock_page(operation, here=here))
            case CreateDocument(document=StockCount() as count):
                return self.adjust(operation.key, count)
            case FindDocument(kind=DocumentKind.STOCK_COUNT, ids=ids):
                return Done(page=self._adjustments(ids))
            case ReadDocuments(kind=DocumentKind.STOCK_COUNT) if not here:
                return Done(page=self._adjustments(tuple(self.marks)))
            case _:
                return Done(page=Page())

    def _stock_page(self, asked: ReadStock, *, here: bool) -> Page:
        known = self.products if here else self.items
        held: Mapping[str, str | None] = self.stock if here else self.books
        found: list[ListRecord] = [
            msgspec.structs.replace(each, on_hand=_quantity(held[name]))
            for name, each in known.items()
            if (not asked.items or each.id in asked.items)
            and (here or each.type in (ItemType.INVENTORY, ItemType.ASSEMBLY))
        ]
        start = int(asked.page or 0)
        more = start + asked.limit < len(found)
        return Page(
            records=tuple(found[start : start + asked.limit]),
            next=str(start + asked.limit) if more else None,
        )

    def _adjustments(self, ids: tuple[str, ...]) -> Page:
        found = [self.adjusted[int(each.removeprefix("T")) - 1] for each in ids]
        return Page(documents=tuple(found), keys={each: self.marks[each] for each in ids})

    def adjust(self, key: str, count: StockCount) -> Outcome:
        """Carry an adjustment out in the books."""
        for line in count.lines:
            assert line.item.id is not None, "the item is found before it is written"
            self.books[line.item.name] = format(_figure(line), "f")
        written = msgspec.structs.replace(count, id=f"T{len(self.adjusted) + 1}", revision="1")
        self.adjusted.append(written)
        self.marks[written.id] = key
        return Done(id=written.id, revision="1", document=written, mark=key)

    def press(self, *codes: str, **more: Any) -> int:
        """Press send, for these products or for all."""
        pressed = desk.press_count(self.hub, self.link, codes, ANNA, everything=not codes, **more)
        return pressed.id

    def read(self) -> None:
        """Let the operations system's run come."""
        self.run(self.operations_id)

    def deliver(self) -> None:
        """Let the books' run come."""
        self.run(self.books_id)

    def send(self, *codes: str) -> desk.CountPress:
        """Press send, and let both runs come."""
        press = self.press(*codes)
        self.read()
        self.deliver()
        return self.result(press)

    # -- What came of it ---------------------------------------------------------------------

    def result(self, press: int) -> desk.CountPress:
        """What came of a press."""
        return desk.stock_counts(self.hub, self.link, press=press)[0]

    def states(self) -> dict[str | None, str]:
        """Number -> state of all transfers."""
        return {row.number: row.state for row in desk.rows(self.hub, limit=10_000)}

    def row(self, number: str) -> desk.TransferRow:
        """One transfer."""
        return next(row for row in desk.rows(self.hub) if row.number == number)

    def lines(self) -> list[dict[str, Decimal]]:
        """Item -> figure, of each adjustment that was made."""
        return [{line.item.name: _figure(line) for line in each.lines} for each in self.adjusted]

    def readings(self, name: str) -> list[ReadStock]:
        """The questions for quantities that went to a system."""
        return [each for of, each in self.asked if of == name and isinstance(each, ReadStock)]


def _figure(line: CountLine) -> Decimal:
    assert line.counted is not None, "an adjustment says how many there are"
    return line.counted.value


def _quantity(text: str | None) -> Quantity | None:
    return None if text is None else Quantity(Decimal(text))


@contextmanager
def open_shop(url: str) -> Iterator[Shop]:
    """A hub with both systems and a link, on a database."""
    configuration = Configuration(database_url=url, secret_key="A" * 43 + "=")
    clock: list[Shop] = []
    with open_hub(configuration, lambda: clock[0].time if clock else NOW) as hub:
        shop = Shop(hub)
        clock.append(shop)
        shop.set(*SETTINGS)
        yield shop


@pytest.fixture
def shop(sqlite_hub_url: str) -> Iterator[Shop]:
    """A shop whose lists are read."""
    with open_shop(sqlite_hub_url) as opened:
        yield opened


@pytest.fixture
def stocked(shop: Shop) -> Shop:
    """A shop with a bolt too few and nuts as they should be in the books."""
    shop.has("BOLT", "12", "10")
    shop.has("NUT", "5.00", "5")
    shop.read()
    return shop


def create_of(operation: Operation) -> StockCount | None:
    """The count that an operation writes."""
    if isinstance(operation, CreateDocument) and isinstance(operation.document, StockCount):
        return operation.document
    return None


class TestPress:
    def test_a_double_click_is_one_press_and_another_product_is_another(
        self, stocked: Shop
    ) -> None:
        """Who presses twice for the same presses once; one product after another are two."""
        minute = timedelta(minutes=1)
        bolt = stocked.press("BOLT", once_within=minute)
        assert stocked.press("BOLT", once_within=minute) == bolt
        nut = stocked.press("NUT", once_within=minute)
        assert nut != bolt
        assert stocked.press("NUT") != nut

    def test_without_an_account_nothing_is_asked(self, stocked: Shop) -> None:
        """STOCK-1, B13: a press without an account is refused before any call."""
        stocked.set("stock-count-out.adjustment_account=")
        before = len(stocked.asked)

        with pytest.raises(UsageError, match="account"):
            stocked.press("BOLT")

        stocked.read()
        assert not [each for _, each in stocked.asked[before:] if isinstance(each, ReadStock)]

    def test_account_and_memo_can_be_named_at_the_moment_of_sending(self, stocked: Shop) -> None:
        """What a press names comes before what the settings say (STOCK-1, STOCK-2)."""
        stocked.set("stock-count-out.adjustment_memo=As set")
        named = stocked.result(stocked.press("BOLT", account="Losses", memo="Inventory day"))
        as_set = stocked.result(stocked.press("BOLT"))

        assert (named.account, named.memo) == ("Losses", "Inventory day")
        assert (as_set.account, as_set.memo) == ("Shrinkage", "As set")

    def test_a_flow_that_is_off_sends_nothing(self, stocked: Shop) -> None:
        """A press for a flow that is off is refused, and says how to switch it on."""
        stocked.set("stock-count-out.mode=off")
        with pytest.raises(UsageError, match="switched off"):
            stocked.press("BOLT")

    def test_a_paused_link_sends_nothing(self, stocked: Shop) -> None:
        """A press on a paused link is refused, and says how to resume it."""
        with stocked.hub.database.writing() as tx:
            connections.change_link(tx, stocked.link, is_paused=True)
        with pytest.raises(UsageError, match="counterfoil links resume"):
            stocked.press("BOLT")

    def test_a_code_that_nobody_knows_is_named(self, stocked: Shop) -> None:
        """One unknown code refuses the press, and names that code only."""
        with pytest.raises(UsageError, match="code SCREW has been read"):
            stocked.press("BOLT", "SCREW")


class TestCounting:
    def test_only_what_differs_is_adjusted(self, stocked: Shop) -> None:
        """STOCK-7: the absolute figure of what differs; 5.00 of the same as 5 is left alone."""
        result = stocked.send()

        assert stocked.lines() == [{"BOLT": Decimal(12)}]
        assert (result.looked_at, result.differing, result.equal) == (2, 1, 1)
        assert stocked.states() == {f"C{result.id}-1": "done"}

    def test_the_document_bears_what_was_pressed(self, stocked: Shop) -> None:
        """STOCK-1, 2 and 12: account, memo and the local day of the run; no number of ours."""
        stocked.press("BOLT", memo="Inventory day")
        stocked.read()
        stocked.deliver()

        [count] = stocked.adjusted
        assert count.account == Reference("Shrinkage", "A1")
        assert (count.memo, count.counted_on, count.number) == ("Inventory day", NOW.date(), None)

    def test_where_nothing_differs_the_press_says_so(self, shop: Shop) -> None:
        """A press that finds both sides equal ends, and makes no document."""
        shop.has("NUT", "5", "5")
        shop.read()
        result = shop.send()

        assert (result.state, result.transfers) == ("counted", {})
        assert result.sentence == "1 product: nothing differs, 1 equal."

    def test_selected_products_only(self, stocked: Shop) -> None:
        """Story 40: what was not named is neither read nor adjusted."""
        stocked.stock["NUT"] = "9"
        stocked.send("BOLT")

        assert stocked.lines() == [{"BOLT": Decimal(12)}]
        assert stocked.readings("Shop floor")[-1].items == ("product-BOLT",)
        assert stocked.readings("Books")[-1].items == ("item-BOLT",)

    def test_a_document_holds_a_hundred_lines(self, shop: Shop) -> None:
        """Story 40: 250 lines that differ are three documents, 120 on the second press two."""
        for number in range(250):
            shop.has(f"P{number:03}", "2", "1")
        shop.read()
        first = shop.send()
        assert [len(each.lines) for each in shop.adjusted] == [100, 100, 50]
        for number in range(120):
            shop.stock[f"P{number:03}"] = "7"
        second = shop.send()

        assert [len(each.lines) for each in shop.adjusted[3:]] == [100, 20]
        assert (first.transfers, second.transfers) == ({"done": 3}, {"done": 2})
        assert set(shop.states().values()) == {"done"}

    def test_quantities_come_page_by_page(self, shop: Shop) -> None:
        """More products than a page holds are read and compared all the same."""
        for number in range(1_100):
            shop.has(f"P{number:04}", "1", "1" if number != 1_050 else "3")
        shop.read()
        result = shop.send()

        assert shop.lines() == [{"P1050": Decimal(1)}]
        assert (result.looked_at, result.equal) == (1_100, 1_099)
        assert len(shop.readings("Books")) == 2

    def test_other_links_of_the_source_have_no_part_in_it(self, stocked: Shop) -> None:
        """A count is its press's alone: no other flow or link takes its documents up."""
        with stocked.hub.database.writing() as tx:
            other = connections.add(
                tx, system="quickbooks-desktop", name="Other", parameters={}, created_at=NOW
            )
            link = connections.add_link(
                tx,
                name="Second",
                operations_id=stocked.operations_id,
                books_id=other,
                created_at=NOW,
            )
        stocked.send("BOLT")
        desk.set_settings(stocked.hub, link, SETTINGS, ANNA)
        stocked.read()

        assert list(stocked.states().values()) == ["done"]


class TestLeftOut:
    @pytest.mark.parametrize(
        "arrange, code",
        [
            (lambda shop: shop.has("X", "1", None), "count-item-missing"),
            (lambda shop: shop.has("X", None, "1"), "count-unread"),
            (lambda shop: _inactive(shop, "X"), "count-item-inactive"),
            (lambda shop: _service(shop, "X"), "count-not-stocked"),
            (lambda shop: shop.has("X", "0.1234567", "1"), "count-decimals"),
            (lambda shop: _boxed(shop, "X", "pallet"), "count-unit"),
        ],
    )
    def test_what_cannot_be_adjusted_stops_itself_alone(
        self, shop: Shop, arrange: Callable[[Shop], None], code: str
    ) -> None:
        """STOCK-10: one product is left out with its reason, the rest goes through."""
        shop.has("BOLT", "12", "10")
        arrange(shop)
        shop.read()
        result = shop.send()

        assert shop.lines() == [{"BOLT": Decimal(12)}]
        assert dict(result.left_out) == {code: 1}
        assert [each["product"] for each in result.named] == ["X"]

    def test_two_products_that_are_one_item_overwrite_each_other(self, shop: Shop) -> None:
        """Two products that name the same item by their field are both left out (STOCK-4)."""
        shop.set("stock-count-out.match_field=Item")
        for code in ("A", "B"):
            shop.has(code, "4", None, custom_fields=(CustomField("Item", "BOLT"),))
        shop.item("BOLT", "1")
        shop.read()
        result = shop.send()

        assert shop.adjusted == []
        assert dict(result.left_out) == {"count-item-twice": 2}

    @pytest.mark.parametrize("field", ["Item", None])
    def test_one_press_after_another_does_not_overwrite_it(
        self, shop: Shop, field: str | None
    ) -> None:
        """Whichever is pressed: a product whose item another is, too, is left out (STOCK-4)."""
        shop.set(f"stock-count-out.match_field={field or ''}")
        for code in ("Bolt", "BOLT"):
            shop.has(code, "4", None, custom_fields=(CustomField("Item", "BOLT"),))
        shop.item("BOLT", "1")
        shop.read()

        for code in ("Bolt", "BOLT"):
            found = shop.send(code)
            assert dict(found.left_out) == {"count-item-twice": 1}, found
        assert shop.adjusted == []

    def test_a_product_alone_is_counted(self, shop: Shop) -> None:
        """Other products, of other items, are no reason to leave one out."""
        shop.has("BOLT", "4", "1")
        shop.has("NUT", "4", "1")
        shop.read()
        shop.send("BOLT")

        assert shop.lines() == [{"BOLT": Decimal(4)}]

    def test_status_says_what_came_of_a_press(self, shop: Shop) -> None:
        """A press that left everything out has no transfers, and is not “none yet”."""
        shop.has("X", "1", None)
        shop.read()
        result = shop.send()
        (status,) = desk.link_status(shop.hub)

        assert status.last_press == result.sentence == "1 product: 1 left out."

    def test_tag_and_field_together(self, shop: Shop) -> None:
        """STOCK-3, 4, 9 and 11, B14: untagged products are counted, those without field named."""
        shop.set("stock-count-out.only_tagged=true", "stock-count-out.match_field=Item")
        shop.has("A", "4", None, tags=("QUICKBOOKS",), custom_fields=(CustomField("Item", "BOLT"),))
        shop.has("B", "4", "1", tags=("Quickbooks",))
        shop.has("C", "4", "1")
        shop.item("BOLT", "1")
        shop.read()
        result = shop.send()

        assert shop.lines() == [{"BOLT": Decimal(4)}]
        assert sum(result.left_out.values()) == 2
        assert [each["product"] for each in result.named] == ["B"]

    def test_a_quantity_that_could_not_be_read_is_never_nought(self, shop: Shop) -> None:
        """An unreadable quantity is unknown on either side: nothing is adjusted for it."""
        shop.has("BOLT", "12", "10")
        shop.read()
        press = shop.press()
        shop.spoils = lambda operation: (
            Done(page=Page(unreadable=(Unreadable(id="product-BOLT", problem="no number"),)))
            if isinstance(operation, ReadStock)
            else None
        )
        shop.read()
        shop.spoils = lambda operation: None
        shop.deliver()

        assert shop.adjusted == []
        assert dict(shop.result(press).left_out) == {"count-unread": 1}

    def test_units_are_told_apart(self, shop: Shop) -> None:
        """Stock in dozens is adjusted in the base unit of the item's set."""
        _boxed(shop, "X", "dozen")
        shop.stock["X"] = "2"
        shop.read()
        shop.send()

        assert shop.lines() == [{"X": Decimal(24)}]


def _inactive(shop: Shop, code: str) -> None:
    shop.has(code, "1", "2")
    shop.items[code] = msgspec.structs.replace(shop.items[code], is_active=False)


def _service(shop: Shop, code: str) -> None:
    shop.has(code, "1", "2")
    shop.items[code] = msgspec.structs.replace(shop.items[code], type=ItemType.SERVICE)


def _boxed(shop: Shop, code: str, unit: str) -> None:
    """Let a product be counted in a unit, and its item in pieces."""
    dozen = Unit("dozen", holds=Quantity(Decimal(12)))
    shop.sets = (
        UnitSet(id="U1", name="Count", full_name="Count", base=Unit("each"), related=(dozen,)),
    )
    shop.has(code, "1", None, unit=unit)
    shop.item(code, "1", unit_set=Reference("Count", "U1"))


class TestFreshness:
    def test_the_books_are_read_in_the_same_session(self, stocked: Shop) -> None:
        """What the books held when the press was made does not count, what they hold now does."""
        stocked.press()
        stocked.read()
        stocked.books["BOLT"] = "12"
        stocked.books["NUT"] = "4"
        stocked.deliver()

        assert stocked.lines() == [{"NUT": Decimal(5)}]

    def test_a_press_that_waits_long_has_its_source_read_again(self, stocked: Shop) -> None:
        """STOCK-7: figures older than an hour are read anew before the books are touched."""
        stocked.press("BOLT")
        stocked.read()
        stocked.stock["BOLT"] = "8"
        stocked.wait(hours=5)
        stocked.deliver()
        assert stocked.adjusted == []
        stocked.read()
        stocked.deliver()

        assert stocked.lines() == [{"BOLT": Decimal(8)}]

    def test_single_user_mode_is_told_and_waited_for(self, stocked: Shop) -> None:
        """Story 41: the reason is shown, and a day later the same document counts anew."""
        stocked.spoils = lambda operation: (
            Busy("QuickBooks waits for single-user mode") if create_of(operation) else None
        )
        press = stocked.press("BOLT")
        stocked.read()
        stocked.deliver()
        row = stocked.row(f"C{press}-1")
        assert row.state == "waiting"
        assert "single-user mode" in (row.sentence or "")

        stocked.wait(days=1)
        stocked.stock["BOLT"] = "7"
        stocked.deliver()
        assert "single-user mode" not in str(stocked.adjusted)
        stocked.spoils = lambda operation: None
        stocked.read()
        stocked.deliver()

        assert stocked.lines() == [{"BOLT": Decimal(7)}]
        assert stocked.states() == {f"C{press}-1": "done"}

    def test_what_no_longer_differs_is_left_out(self, stocked: Shop) -> None:
        """A count that waited and finds both sides equal is skipped: superseded."""
        stocked.spoils = lambda operation: Busy("in use") if create_of(operation) else None
        press = stocked.press("BOLT")
        stocked.read()
        stocked.deliver()
        stocked.spoils = lambda operation: None
        stocked.books["BOLT"] = "12"
        stocked.wait(minutes=20)
        stocked.deliver()

        row = stocked.row(f"C{press}-1")
        assert (row.state, row.reason) == ("skipped", "superseded")
        assert stocked.result(press).state == "counted"

    @pytest.mark.parametrize("fate", ["refused", "busy"])
    def test_an_old_figure_never_leaves(self, stocked: Shop, fate: str) -> None:
        """Tried again, or resumed, a day later: what was counted then is counted anew."""
        if fate == "refused":
            stocked.spoils = lambda operation: Refused(CLOSED) if create_of(operation) else None
        else:
            stocked.spoils = lambda operation: Busy("in use") if create_of(operation) else None
        press = stocked.press("BOLT")
        stocked.read()
        stocked.deliver()
        stocked.spoils = lambda operation: None
        stocked.wait(days=1)
        stocked.stock["BOLT"] = "3"
        desk.retry(stocked.hub, ANNA, transfer_ids=[stocked.row(f"C{press}-1").id])
        stocked.deliver()
        assert stocked.adjusted == []
        stocked.read()
        stocked.deliver()

        assert stocked.lines() == [{"BOLT": Decimal(3)}]

    def test_a_lost_count_is_never_sent_again_as_it_was(self, stocked: Shop) -> None:
        """Story 41: no answer came; once it is known to be absent, it is counted anew."""
        stocked.spoils = lambda operation: Unknown("no answer") if create_of(operation) else None
        press = stocked.press("BOLT")
        stocked.read()
        stocked.deliver()
        stocked.spoils = lambda operation: None
        stocked.wait(minutes=40)
        stocked.stock["BOLT"] = "11"
        for _ in range(3):
            stocked.read()
            stocked.deliver()
            stocked.wait(minutes=40)

        assert stocked.lines() == [{"BOLT": Decimal(11)}]
        assert stocked.states() == {f"C{press}-1": "done"}

    def test_a_lost_answer_is_found_by_its_mark(self, stocked: Shop) -> None:
        """Story 41: the adjustment is there with our mark, so it is done and not made again."""

        def carries_out_in_silence(operation: Operation) -> Outcome | None:
            count = create_of(operation)
            if count is None or not isinstance(operation, CreateDocument):
                return None
            stocked.adjust(operation.key, count)
            return Unknown("no answer")

        stocked.spoils = carries_out_in_silence
        press = stocked.press("BOLT")
        stocked.read()
        stocked.deliver()
        stocked.spoils = lambda operation: None
        stocked.wait(minutes=40)
        stocked.stock["BOLT"] = "11"
        stocked.read()
        stocked.deliver()

        assert stocked.lines() == [{"BOLT": Decimal(12)}]
        assert stocked.states() == {f"C{press}-1": "done"}

    def test_no_count_while_another_is_unknown(self, stocked: Shop) -> None:
        """While nobody knows whether a count arrived, no other is made beside it."""
        stocked.spoils = lambda operation: Unknown("no answer") if create_of(operation) else None
        stocked.press("BOLT")
        stocked.read()
        stocked.deliver()
        stocked.spoils = lambda operation: (
            Unknown("no answer")
            if isinstance(operation, (ReadDocuments, FindDocument, CreateDocument))
            else None
        )
        stocked.press()
        stocked.read()
        stocked.deliver()

        assert len([each for _, each in stocked.asked if create_of(each)]) == 1

    def test_a_list_that_could_not_be_read_is_no_empty_list(self, stocked: Shop) -> None:
        """Where the items could not be read nobody says that one is missing; the press waits."""
        stocked.has("NEW", "1", None)
        stocked.read()
        press = stocked.press()
        stocked.read()
        stocked.spoils = lambda operation: (
            Unknown("gone") if isinstance(operation, ReadRecords) else None
        )
        stocked.deliver()
        assert stocked.result(press).state == "waiting"
        stocked.spoils = lambda operation: None
        stocked.wait(minutes=20)
        stocked.deliver()

        assert stocked.lines() == [{"BOLT": Decimal(12)}]

    def test_half_a_reading_compares_nothing(self, stocked: Shop) -> None:
        """Quantities that did not come to their end are compared in the next run."""
        press = stocked.press()
        stocked.read()
        stocked.spoils = lambda operation: (
            Unknown("cut off") if isinstance(operation, ReadStock) else None
        )
        stocked.deliver()
        assert (stocked.adjusted, stocked.result(press).state) == ([], "waiting")


class TestNewerPress:
    def test_it_takes_the_place_of_what_has_not_landed(self, stocked: Shop) -> None:
        """A newer press over the same products ends the older one: superseded."""
        stocked.spoils = lambda operation: Busy("in use") if create_of(operation) else None
        older = stocked.press("BOLT")
        stocked.read()
        stocked.deliver()
        stocked.spoils = lambda operation: None
        newer = stocked.press()
        stocked.wait(minutes=1)
        stocked.read()
        stocked.deliver()

        assert stocked.result(older).state == "superseded"
        assert stocked.states() == {f"C{older}-1": "skipped", f"C{newer}-1": "done"}
        assert stocked.row(f"C{older}-1").reason == "superseded"

    def test_other_products_go_on(self, stocked: Shop) -> None:
        """A newer press for another product loses nothing of the older one."""
        stocked.stock["NUT"] = "9"
        older, newer = stocked.press(), stocked.press("NUT")
        stocked.read()
        stocked.deliver()

        assert set(stocked.states()) == {f"C{older}-1", f"C{newer}-1"}
        assert sorted(map(str, stocked.lines())) == sorted(
            map(str, [{"BOLT": Decimal(12)}, {"NUT": Decimal(9)}])
        )

    def test_what_landed_stays(self, stocked: Shop) -> None:
        """Landed counts are no part of what a newer press takes the place of."""
        first = stocked.send()
        stocked.stock["NUT"] = "9"
        second = stocked.send()

        assert stocked.states() == {f"C{first.id}-1": "done", f"C{second.id}-1": "done"}

    def test_what_came_of_the_older_one_stays_told(self, stocked: Shop) -> None:
        """A press whose counts have landed is not compared again with a newer one."""
        first = stocked.send()
        stocked.send("NUT")

        assert stocked.result(first.id).differing == 1

    def test_a_refused_count_gives_way(self, stocked: Shop) -> None:
        """What was refused of an older press over the same products is skipped: superseded."""
        stocked.spoils = lambda operation: Refused(CLOSED) if create_of(operation) else None
        older = stocked.send("BOLT")
        stocked.spoils = lambda operation: None
        newer = stocked.send("BOLT")

        assert older.transfers == {"refused": 1}
        assert stocked.states() == {f"C{older.id}-1": "skipped", f"C{newer.id}-1": "done"}


class TestOneBadLine:
    def test_it_stops_alone(self, stocked: Shop) -> None:
        """STOCK-10: QuickBooks refuses all lines for one; the others go without it."""
        stocked.stock["NUT"] = "9"
        refusal = refuse(
            "record-inactive",
            kind="item",
            value="NUT",
            target="QuickBooks",
            where="lines[1].item",
        )

        def refuses_nuts(operation: Operation) -> Outcome | None:
            count = create_of(operation)
            named = count and any(line.item.name == "NUT" for line in count.lines)
            return Refused(refusal) if named else None

        stocked.spoils = refuses_nuts
        result = stocked.send()

        assert stocked.lines() == [{"BOLT": Decimal(12)}]
        assert stocked.states() == {f"C{result.id}-1": "done", f"C{result.id}-2": "refused"}

    def test_stock_below_nought_goes_alone(self, stocked: Shop) -> None:
        """STOCK-11: a negative figure is sent as it is, in a document of its own."""
        stocked.stock["NUT"] = "-3"
        stocked.send()

        assert stocked.lines() == [{"NUT": Decimal(-3)}, {"BOLT": Decimal(12)}]
