"""Books and ledgers that turn out to be older copies."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from counterfoil.ledger.database import sqlite_url
from counterfoil.sandboxes.quickbooks_desktop import ProcessResult
from tests.hub.conftest import OpenWorld
from tests.sandboxes.quickbooks_desktop.desk import customer, request, service, tags
from tests.support.world import AUTOMATIC, Company, World, open_world


@pytest.fixture(params=["mark", "documents"])
def restored(request: pytest.FixtureRequest, open_company: OpenWorld) -> World:
    """A company file restored from yesterday, and an order that waits.

    It is noticed by our mark in it; or, where that is as old as the backup, by what is gone.
    """
    world = open_company()
    world.orders(3)
    world.settle()
    world.counter.company.save("yesterday")
    world.clock.advance(hours=30 if request.param == "mark" else 2)
    world.orders(4, first=4)
    world.settle()
    world.counter.company.restore("yesterday")
    world.clock.advance(hours=2)
    world.orders(1, first=8)
    world.read_operations()
    return world


class TestOlderBooks:
    def test_nothing_is_written_before_somebody_says_that_it_is_right(
        self, restored: World
    ) -> None:
        """Run after run only asks, with who answers and the page about it."""
        before = restored.counter.company.counts()
        for _ in range(2):
            report = restored.run_web_connector()
            assert "seems to be an older copy" in report.last_result
            assert "accept it in Counterfoil" in report.last_result
            assert f"connections accept-file {restored.books_id}" in str(restored.status().problem)
            assert "another-company-file.md" in report.last_result
            assert "older copy" in str(restored.status().problem)
            restored.clock.advance(hours=2)

        assert restored.counter.company.counts() == before
        states = restored.states()
        assert [states[f"SO-{n}"] for n in range(1, 9)] == ["done"] * 7 + ["ready"]

    def test_what_is_gone_is_shown_and_nothing_goes_twice(self, restored: World) -> None:
        """After the answer, what the file lacks is shown as changed, and the rest goes on (D5)."""
        restored.run_web_connector()
        assert restored.answers_about_file()
        restored.clock.advance(hours=2)
        restored.settle()

        states = restored.states()
        assert [states[f"SO-{n}"] for n in range(1, 4)] == ["done"] * 3
        assert [states[f"SO-{n}"] for n in range(4, 8)] == ["changed"] * 4, states
        assert states["SO-8"] == "done"
        assert sorted(restored.numbers_booked()) == ["SO-1", "SO-2", "SO-3", "SO-8"]
        assert not restored.answers_about_file()

    def test_the_run_says_how_many_a_person_has_to_look_at(self, restored: World) -> None:
        """The Web Connector's last word counts what is gone, as the console does."""
        restored.run_web_connector()
        restored.answers_about_file()
        restored.clock.advance(hours=2)

        assert "4 need attention: see Counterfoil" in restored.run_web_connector().last_result

    def test_the_right_file_is_opened_instead(self, open_company: OpenWorld) -> None:
        """Who had only opened a copy opens the right file: all goes on, and nothing is changed."""
        world = open_company()
        world.orders(3)
        world.settle()
        world.counter.company.save("copy")
        world.clock.advance(hours=2)
        world.orders(2, first=4)
        world.settle()
        world.counter.company.save("right")
        world.counter.company.restore("copy")
        world.orders(1, first=6)
        world.read_operations()
        world.run_web_connector()
        world.counter.company.restore("right")
        world.clock.advance(hours=2)
        world.settle()

        assert set(world.states().values()) == {"done"}
        assert len(world.booked()) == 6
        assert world.status().problem is None
        assert not world.answers_about_file()


class TestOlderLists:
    """Records entered after the backup are gone with it, and no list of deletions tells so."""

    def restored(self, world: World, record: str) -> None:
        """Since the backup only a record was entered, so that nothing we wrote is missed."""
        world.orders(1)
        world.settle()
        world.counter.company.save("yesterday")
        world.clock.advance(hours=1)
        world.enter_books(record)
        world.clock.advance(hours=1)
        world.run_web_connector()
        world.counter.company.restore("yesterday")
        world.clock.advance(hours=1)

    @pytest.mark.parametrize(
        "record, order",
        [
            (customer("Newcomer"), ("Newcomer", "2 BOLT 1.25")),
            (service("WASHER", "0.10"), ("ACME", "2 WASHER 0.10")),
        ],
    )
    def test_a_record_that_is_gone_is_looked_for_again(
        self, world: World, record: str, order: tuple[str, str]
    ) -> None:
        """QuickBooks does not know the record's identity: its lists are read, and all goes on."""
        self.restored(world, record)
        world.order("SO-2", *order)
        world.sync()
        assert world.states() == {"SO-1": "done", "SO-2": "waiting"}
        world.settle()

        assert world.states() == {"SO-1": "done", "SO-2": "done"}
        world.check_exactly_once("SO-1", "SO-2")

    def test_a_name_that_was_remembered_ends_with_its_record(self, open_company: OpenWorld) -> None:
        """A customer that was created under another spelling is created again: nobody chose it."""
        world = open_company(*AUTOMATIC, "general.unholdable_characters=replace")
        world.orders(1)
        world.settle()
        world.counter.company.save("yesterday")
        world.order("SO-2", "ŁUK", "1 BOLT 1.25")
        world.settle()
        world.counter.company.restore("yesterday")
        world.clock.advance(hours=2)
        world.order("SO-3", "ŁUK", "2 BOLT 1.25")
        world.sync()
        assert world.answers_about_file()
        world.clock.advance(hours=2)
        world.settle()

        assert world.states() == {"SO-1": "done", "SO-2": "changed", "SO-3": "done"}
        assert {each["Name"] for each in world.booked("Customer")} == {"ACME", "LUK"}

    def test_what_may_not_be_created_says_what_is_missing(self, open_company: OpenWorld) -> None:
        """A person is told which customer the books lack, not the number they do not know."""
        world = open_company()
        world.set("sales-order-out.create_missing_customers=false")
        world.enter_books(customer("ACME"))
        self.restored(world, customer("Newcomer"))
        world.order("SO-2", "Newcomer", "2 BOLT 1.25")
        world.settle()

        row = world.row("SO-2")
        assert (row.state, row.refusal) == ("refused", "record-unknown")
        assert "Newcomer" in (row.sentence or "")

    def test_a_reference_that_stays_wrong_is_refused(self, world: World) -> None:
        """Where the lists hold all that was named, QuickBooks' words are shown after three tries."""
        world.orders(1)
        words = "There is an invalid reference to QuickBooks Template 80000009-1741000000 in it."
        world.counter.before = lambda text: _no_reference(text, words)
        for _ in range(4):
            world.sync()
            world.clock.advance(minutes=5)

        row = world.row("SO-1")
        assert (row.state, row.refusal) == ("refused", "rejected")
        assert words in (row.sentence or "")
        assert sum("<SalesOrderAddRq" in text for text in world.counter.seen) == 3


def _no_reference(text: str, words: str) -> ProcessResult | None:
    """QuickBooks' answer to a sales order that names what it does not know."""
    if "<SalesOrderAddRq" not in text:
        return None
    return ProcessResult(
        '<?xml version="1.0" ?><QBXML><QBXMLMsgsRs>'
        '<SalesOrderAddRs requestID="1" statusCode="3140" statusSeverity="Error" '
        f'statusMessage="{words}" /></QBXMLMsgsRs></QBXML>'
    )


class TestOlderLedger:
    def test_custom_fields_are_written_all_the_same(
        self, sqlite_tables: bytes, tmp_path: Path
    ) -> None:
        """An order that is recognised may lack its custom field: it is read, and written."""
        file = tmp_path / "hub.db"
        file.write_bytes(sqlite_tables)
        fields = ("save_custom_fields=true", "custom_fields=paint=Colour")
        settings = (*AUTOMATIC, *(f"sales-order-out.{each}" for each in fields))
        with open_world(sqlite_url(file), *settings) as world:
            colour = tags(OwnerID="0", DataExtName="Colour", DataExtType="STR255TYPE")
            world.enter_books(
                request("DataExtDefAdd", colour + tags(AssignToObject="Customer")),
            )
            world.orders(1)
            world.settle()
            backup = _backup(world, file)
            paint = [{"name": "paint", "value": "red"}]
            world.order("SO-2", "ACME", "2 BOLT 1.50", custom_fields=paint)
            world.read_operations()
            world.counter.before = lambda text: (
                ProcessResult("", "0x80040402", "It ended.") if "<DataExtMod" in text else None
            )
            world.run_web_connector()
            world.counter.well_behaved()
            assert world.numbers_booked()["SO-2"] == 1
            _restore(world, file, backup)
            world.settle()

            [order] = [each for each in world.booked() if each["RefNumber"] == "SO-2"]
            assert [each["DataExtValue"] for each in order["DataExtRet"]] == ["red"]
            world.check_exactly_once("SO-1", "SO-2")

    @pytest.mark.parametrize("numbering", ["order_code", "books"])
    def test_nothing_is_sent_twice(
        self, sqlite_tables: bytes, tmp_path: Path, numbering: str
    ) -> None:
        """A hub restored from its own backup finds what it wrote since by its marks (D9)."""
        file = tmp_path / "hub.db"
        file.write_bytes(sqlite_tables)
        with open_world(sqlite_url(file)) as world:
            world.set(f"sales-order-out.document_number={numbering}")
            _restore_and_go_on(world, file)

    def test_nothing_is_created_before_it_was_read(
        self, sqlite_tables: bytes, tmp_path: Path
    ) -> None:
        """Where QuickBooks cannot tell what was written there lately, nothing is created yet."""
        file = tmp_path / "hub.db"
        file.write_bytes(sqlite_tables)
        with open_world(sqlite_url(file)) as world:
            world.set("sales-order-out.document_number=books")
            world.orders(3)
            world.settle()
            backup = _backup(world, file)
            world.orders(2, first=4)
            world.settle()
            _restore(world, file, backup)
            world.read_operations()
            world.counter.after = _orders_unread
            world.run_web_connector()
            assert len(world.booked()) == 5
            world.counter.well_behaved()
            world.clock.advance(hours=1)
            world.settle()

            assert len(world.booked()) == 5
            assert set(world.states().values()) == {"done"}


def _orders_unread(text: str, result: ProcessResult) -> ProcessResult:
    """Let QuickBooks fail at every list of sales orders, and answer all else."""
    answer = re.sub(
        r'<SalesOrderQueryRs requestID="([^"]+)"[^>]*(/>|>.*?</SalesOrderQueryRs>)',
        r'<SalesOrderQueryRs requestID="\1" statusCode="1000" statusSeverity="Error" '
        r'statusMessage="There has been an internal error." />',
        result.response,
        flags=re.DOTALL,
    )
    return ProcessResult(answer, result.hresult, result.message)


def _restore_and_go_on(world: World, file: Path) -> None:
    world.orders(3)
    world.settle()
    backup = _backup(world, file)
    world.orders(5, first=4)
    world.settle()
    _restore(world, file, backup)
    world.settle()

    assert len(world.booked()) == 8
    assert set(world.states().values()) == {"done"}
    assert len(world.states()) == 8


def _backup(world: Company, file: Path) -> bytes:
    """Copy the hub's database."""
    world.hub.database.engine.dispose()
    with world.hub.database.writing() as tx:
        tx.exec_driver_sql("select 1")
    world.pragma("wal_checkpoint(truncate)")
    with world.hub.database.reading() as tx:
        tx.exec_driver_sql("select 1")
    return file.read_bytes()


def _restore(world: Company, file: Path, backup: bytes) -> None:
    """Put a copy of the hub's database in place, and start the hub an hour later."""
    world.hub.database.engine.dispose()
    for each in file.parent.glob("hub.db-*"):
        each.unlink()
    file.write_bytes(backup)
    world.restart()
    world.clock.advance(hours=1)
