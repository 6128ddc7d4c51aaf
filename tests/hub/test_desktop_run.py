"""What a run tells people, and which answers it believes."""

from __future__ import annotations

import pytest

from counterfoil.connectors.quickbooks_desktop.web_connector.answers import last_error
from counterfoil.hub import desktop_answers, desktop_progress, desktop_step
from counterfoil.ledger import connections, exchanges, runs
from tests.hub.test_holding import to_the_write
from tests.hub.test_web_connector_calls import Phone
from tests.support.world import World


@pytest.fixture
def writer(world: World) -> tuple[Phone, str]:
    """A Web Connector at work, with a set of three orders in its hands."""
    world.orders(3)
    world.read_operations()
    phone = Phone(world)
    phone.sign_in()
    return phone, to_the_write(phone)


class TestAnswers:
    def test_an_answer_to_another_set_is_not_believed(
        self, world: World, writer: tuple[Phone, str]
    ) -> None:
        """It bears another set's id: the write counts as unanswered, and is asked about."""
        phone, text = writer
        answer = phone.quickbooks(text)
        key = text.split('newMessageSetID="')[1].split('"')[0]
        assert phone.receive(answer.replace(key, "0" * 24)) < 0

        assert "another message set" in phone.last_error()
        assert set(world.states().values()) == {"unknown"}
        world.settle()
        world.check_exactly_once("SO-1", "SO-2", "SO-3")

    def test_an_answer_that_comes_twice_counts_once(
        self, world: World, writer: tuple[Phone, str]
    ) -> None:
        """The second time changes nothing, and is answered as harmless."""
        phone, text = writer
        answer = phone.quickbooks(text)
        first = phone.receive(answer)

        assert phone.receive(answer) <= max(first, 99)
        world.settle()
        world.check_exactly_once("SO-1", "SO-2", "SO-3")

    def test_a_late_answer_without_the_sets_own_id_changes_nothing(
        self, world: World, writer: tuple[Phone, str]
    ) -> None:
        """Only what bears the write's id is evidence of it, once its run is over."""
        phone, text = writer
        answer = phone.quickbooks(text)
        key = text.split('newMessageSetID="')[1].split('"')[0]
        Phone(world).sign_in()

        assert phone.receive(answer.replace(f'newMessageSetID="{key}"', "")) == -1
        assert set(world.states().values()) == {"unknown"}
        assert phone.receive(answer) == -1
        assert set(world.states().values()) == {"done"}

    def test_the_question_under_way_is_then_settled(
        self, world: World, writer: tuple[Phone, str]
    ) -> None:
        """A run asks what became of a write, and meanwhile its own answer comes: no harm."""
        phone, text = writer
        answer = phone.quickbooks(text)
        second = Phone(world)
        second.sign_in()
        asked = second.send()
        assert phone.receive(answer) == -1
        second.run_to_the_end(asked)

        assert set(world.states().values()) == {"done"}
        world.check_exactly_once("SO-1", "SO-2", "SO-3")

    def test_an_answer_is_understood_before_anything_is_locked(
        self, world: World, writer: tuple[Phone, str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """While an answer is read, somebody else writes: it holds no transaction open."""
        phone, text = writer
        original = desktop_answers.understand

        def reading(waiting: desktop_answers.Awaited, answer: str) -> desktop_answers.Answered:
            world.pragma("busy_timeout=0")
            with world.hub.database.writing() as tx:
                runs.remember(tx, waiting.exchange.run_id, world.clock.now())
            return original(waiting, answer)

        monkeypatch.setattr(desktop_answers, "understand", reading)
        assert phone.receive(phone.quickbooks(text)) > 0
        assert set(world.states().values()) == {"done"}


class TestWords:
    def test_a_run_that_settles_nothing_says_so(self, world: World) -> None:
        """QuickBooks cannot do what is asked: never "OK: 0 documents settled"."""
        world.orders(1)
        world.read_operations()
        phone = Phone(world)
        phone.sign_in()
        with world.hub.database.writing() as tx:
            found = runs.recent(tx, world.books_id, 1)[0]
            connection = connections.seen(tx, world.books_id, world.clock.now())
            step = desktop_step.Step(tx, connection, found, world.clock.now())
            desktop_progress.conclude(step)

        assert "1 document waits for QuickBooks" in phone.close()
        assert "could settle none" in str(world.status().problem)
        world.settle()
        assert world.status().problem is None

    def test_a_run_that_is_broken_off_is_not_ok(self, world: World) -> None:
        """A user who cancels before anything was settled reads that."""
        world.orders(1)
        world.read_operations()
        phone = Phone(world)
        phone.sign_in()
        phone.send()

        assert phone.close().startswith("Stopped early: 0 documents settled, 1 still waiting")

    def test_nothing_waits_is_ok(self, world: World) -> None:
        """With nothing to settle nothing is wrong."""
        assert world.run_web_connector().last_result == "OK: 0 documents settled."

    def test_progress_never_goes_back(self, world: World) -> None:
        """More work may come in meanwhile; what was told stays the least."""
        world.order("SO-1", "ACME", "1 BOLT 1.00")
        world.read_operations()
        phone = Phone(world)
        phone.sign_in()
        text, told = phone.send(), []
        while text:
            told.append(phone.receive(phone.quickbooks(text)))
            if told[-1] == 100:
                break
            if "SalesOrderAdd" in text and len(world.source_ids) == 1:
                world.orders(5, first=2)
                world.read_operations()
            text = phone.send("")

        assert told == sorted(told)
        assert told[-1] == 100
        assert set(world.states().values()) == {"done"}

    @pytest.mark.parametrize(
        "sentence, told",
        [
            ("This belongs to Fernhill Inc.. Nothing.", "This belongs to Fernhill Inc. Nothing."),
            ("Fernhill Inc..", "Fernhill Inc."),
            ("Wait for it...", "Wait for it..."),
            ("C:\\\\..\\\\Books is open.", "C:\\\\..\\\\Books is open."),
        ],
    )
    def test_one_full_stop(self, sentence: str, told: str) -> None:
        """A name that ends in one brings no second."""
        assert last_error(sentence) == told


class TestPages:
    def test_a_page_that_does_not_come_is_asked_for_in_halves(self, world: World) -> None:
        """An answer too large to arrive is halved until it does, over runs; a day later it grows.

        Sooner it would be halved again, and a reading of many pages never come to its end.
        """
        phone = Phone(world)
        world.clock.advance(hours=2)
        world.orders(1)
        world.read_operations()
        phone.sign_in()
        asked = phone.send()
        assert "<MaxReturned>1000</MaxReturned>" in asked
        phone.close()
        assert world.status().facts["page_limit"] == 500

        second = Phone(world)
        second.sign_in()
        asked = second.send()
        assert "<MaxReturned>500</MaxReturned>" in asked
        second.run_to_the_end(asked)
        assert world.status().facts["page_limit"] == 500

        world.clock.advance(days=1)
        assert world.run_web_connector().is_clean
        assert "page_limit" not in world.status().facts
        with world.hub.database.reading() as tx:
            assert exchanges.open_write(tx, world.books_id) is None
