"""Home: one sentence, what needs a person, how every link is, and the last days."""

from __future__ import annotations

from pathlib import Path

import pytest

from counterfoil.hub import accounts, finding, health, stand_ins
from counterfoil.hub.setup import Hub
from counterfoil.ledger.database import sqlite_url
from tests.support.autotask import open_service_desk
from tests.support.visitors import NEIGHBOUR, Visitor
from tests.support.world import ACTOR, World


def home(hub: Hub, **asked: str) -> str:
    """The page, as an owner sees it."""
    return Visitor(hub).sign_in(hub).http.get("/", params=asked).text


class TestSentence:
    def test_what_needs_a_person_comes_first(self, calm: World) -> None:
        """One refused order is the sentence, and its case stands below with the cure."""
        text = home(calm.hub)

        assert '<a href="/inbox">1 order needs you</a>; QuickBooks was last in contact' in text
        assert "The customer “NOBODY” is not in QuickBooks." in text
        assert "Choose the customer…" in text
        assert "counterfoil " not in text.partition("<main")[2].partition("<footer")[0]

    def test_nothing_needs_anybody(self, world: World) -> None:
        """Where nothing needs a person the sentence says so, and the page is calm."""
        world.orders(2)
        world.settle()
        text = home(world.hub)

        assert "Nothing needs you; QuickBooks was last in contact" in text
        assert "2 documents arrived today" in text

    def test_a_trial_says_at_which_step_it_waits(self, world: World) -> None:
        """Where a trial has not come to its end, home does not say that nothing is to be done."""
        stand_ins.begin_trial(world.hub, "Starting the stand-ins")
        with world.hub.database.writing() as tx:
            for each in (world.operations_id, world.books_id):
                stand_ins.marked(tx, each)
        text = home(world.hub)

        assert '<a href="/welcome/trial">The trial</a> waits at its next step: ' in text
        assert "Nothing needs you" not in text

    def test_silence_is_an_alarm_with_its_likely_cause(self, world: World) -> None:
        """A Web Connector that has not called for hours is told, with why that may be."""
        world.orders(1)
        world.sync()
        world.clock.advance(hours=3)
        text = home(world.hub)

        assert "Books has gone silent." in text
        assert "<b>Books has not called for 3 h" in text
        assert "It should call every 10 minutes." in text
        assert "Auto-Run" in text
        assert "Silent for 3 h" in text

    def test_a_paused_link_is_not_silent(self, world: World) -> None:
        """Nobody expects calls for a link that is paused."""
        world.orders(1)
        world.sync()
        link = finding.link_named(world.hub, world.link)
        accounts.change_link(world.hub, link, "pause", ACTOR)
        world.clock.advance(hours=3)

        assert "silent" not in home(world.hub)
        assert "Paused" in home(world.hub)

    def test_a_new_hub_leads_to_the_first_steps(self, new_hub: Hub) -> None:
        """Before anything is linked the page says what comes, and where it begins."""
        text = home(new_hub)
        assert "Nothing is linked yet" in text
        assert 'href="/welcome"' in text
        looking = Visitor(new_hub, client=NEIGHBOUR, base_url="http://localhost:8080")
        assert looking.http.get("/").status_code == 200

    def test_a_wrong_password_is_one_case(self, calm: World) -> None:
        """Refused sign-ins are told once, and lead to the connection."""
        for _ in range(10):
            calm.web_connector(password="wrong").run_once()
        text = home(calm.hub)

        assert text.count("sign-ins with a wrong password since") == 1
        assert f'href="/connections/{calm.books_id}"' in text


class TestRhythm:
    def test_who_calls_rarely_is_expected_rarely(self, world: World) -> None:
        """A Web Connector that always called every hour is not silent after half an hour."""
        for _ in range(6):
            world.run_web_connector()
            world.clock.advance(hours=1)
        world.run_web_connector()
        world.clock.advance(minutes=40)
        (link,) = health.links_health(world.hub)

        assert not link.contact.is_silent
        assert 3_500 < link.contact.every.total_seconds() < 3_700


class TestLastDays:
    def test_bars_and_the_same_as_a_table(self, calm: World) -> None:
        """A flow's last days are a picture with its numbers in words, and a table beside it."""
        text = home(calm.hub)
        assert "last 30 days: 1 arrived, 1 needed attention, at most 1 a day" in text
        assert text.count('class="bar-ok" x=') == 1
        assert "style=" not in text

        table = home(calm.hub, days="table")
        assert "1 <span" in table
        assert "(1 needed attention)" in table

    @pytest.mark.parametrize("kind", ["csv", "xlsx"])
    def test_days_as_a_file(self, calm: World, kind: str) -> None:
        """The days are there for spreadsheets."""
        answer = Visitor(calm.hub).sign_in(calm.hub).http.get(f"/days/export?format={kind}")
        assert answer.status_code == 200
        if kind == "csv":
            assert answer.text.splitlines()[0] == "flow,day,arrived,needed attention"
            assert len(answer.text.splitlines()) == 31


def test_p7_what_changed_in_autotask_needs_resync(sqlite_tables: bytes, tmp_path: Path) -> None:
    """P7: the page calls it as the column of Autotask's lists does."""
    file = tmp_path / "hub.db"
    file.write_bytes(sqlite_tables)
    with open_service_desk(sqlite_url(file)) as service:
        order = service.order("Pelican", "3 Console @ 20.00")
        service.settle()
        service.change(order, 0, quantity=5)
        service.look()
        text = home(service.hub)

    assert "Needs resync" in text
    assert "Send the change to QuickBooks" in text
