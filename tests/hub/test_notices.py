"""Who is told when something stands still: once for each cause, by an outbox that lasts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from counterfoil.api import standing
from counterfoil.errors import CounterfoilError, UsageError
from counterfoil.hub import desk, notice_rules, notices, telling
from counterfoil.hub.times import zone_of_link
from counterfoil.ledger import connections
from counterfoil.ledger import notices as outbox
from counterfoil.told import Advice, Told
from tests.support.autotask import ServiceDesk
from tests.support.mail import Mailbox, mail_server
from tests.support.world import ACTOR

REFUSES = "purchase-order-out.create_missing_items=false"
CREATES = "purchase-order-out.create_missing_items=true"
TO = "books@acme.example"


@pytest.fixture
def box(service: ServiceDesk) -> Iterator[Mailbox]:
    """The mailbox of a mail server that the hub uses; nobody is told by any rule yet."""
    before = service.hub.configuration
    with mail_server() as (box, port):
        service.hub.configuration = replace(
            before, smtp_url=f"smtp://127.0.0.1:{port}", mail_from="counterfoil@acme.example"
        )
        yield box
    for rule in notice_rules.all_rules(service.hub):
        notice_rules.remove(service.hub, str(rule.id), ACTOR)
    service.hub.configuration = before


@pytest.fixture
def stops(service: ServiceDesk) -> Iterator[ServiceDesk]:
    """The company while orders for unknown products stop."""
    with service.having(REFUSES):
        yield service
        service.set(CREATES)
        service.settle()
        telling.look(service.hub)


@contextmanager
def web_hook() -> Iterator[tuple[list[tuple[str, bytes]], int]]:
    """Somebody's program on 127.0.0.1; gives what it was posted, by path, and its port."""
    posts: list[tuple[str, bytes]] = []

    class Program(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            posts.append((self.path, self.rfile.read(int(self.headers["content-length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_words: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Program) as server:
        Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
        yield posts, server.server_port
        server.shutdown()


def stop(service: ServiceDesk, *products: str) -> list[int]:
    orders = [service.order("Millco", f"3 {product} @ 12.50") for product in products]
    service.settle()
    assert {service.transfer(each).state for each in orders} == {"refused"}
    return orders


def tell(service: ServiceDesk) -> None:
    service.clock.advance(minutes=1)
    telling.tell(service.hub)


def until(service: ServiceDesk, hour: int, minute: int = 0) -> None:
    """Let time pass until the company's clock shows this, the next time."""
    with service.hub.database.reading() as tx:
        zone = zone_of_link(tx, service.link)
    local = service.clock.moment.astimezone(zone)
    wanted = local.replace(hour=hour, minute=minute, second=0, microsecond=0)
    if wanted <= local:
        wanted += timedelta(days=1)
    service.clock.advance(seconds=(wanted - local).total_seconds())


class TestOnce:
    def test_one_mail_for_a_cause(self, stops: ServiceDesk, box: Mailbox) -> None:
        """However many documents a cause keeps, one mail tells of it: what, which, and the cure."""
        notice_rules.add(stops.hub, "bookkeeper", "email", TO, ACTOR)
        first, second = stop(stops, "Anvil", "Anvil")
        tell(stops)
        stop(stops, "Anvil")
        tell(stops)

        (text,) = box.texts()
        assert text.startswith("Shop floor ↔ Books: ")
        for words in ("Anvil", f"order {first}, Millco, 20", "37.50", f"order {second},"):
            assert words in text
        assert "What to do: " in text
        assert "http://localhost:8080/" in text

    def test_what_helps_is_where_the_reader_is(self, stops: ServiceDesk) -> None:
        """A mail names the page where something is done, and never a command."""
        cure = Told("Look there.", Advice("Test it", "connections test 3", "/connections/3"))

        assert notices.what_to_do(stops.hub, cure) == (
            "What to do: Look there.\n  Test it: http://localhost:8080/connections/3"
        )

    def test_each_cause_and_each_rule(self, stops: ServiceDesk, box: Mailbox) -> None:
        """Another cause is another mail; a rule for other causes, or another link, tells nothing."""
        notice_rules.add(
            stops.hub, "one", "email", TO, ACTOR, causes=["record-unknown"], link=stops.link
        )
        notice_rules.add(stops.hub, "two", "email", "ops@acme.example", ACTOR, causes=["overdue"])
        stop(stops, "Bellows", "Tongs")
        tell(stops)

        assert sorted(mail["To"] for mail in box.mails) == [TO, TO]

    def test_it_is_told_again_once_it_was_over(self, stops: ServiceDesk, box: Mailbox) -> None:
        """A cause that is back within the hour is the same trouble; after that, it is told anew."""
        notice_rules.add(stops.hub, "bookkeeper", "email", TO, ACTOR)
        (order,) = stop(stops, "Hammer")
        tell(stops)
        desk.skip(stops.hub, [stops.transfer(order).id], ACTOR)
        tell(stops)
        stop(stops, "Hammer")
        tell(stops)
        assert len(box.mails) == 1

        for row in stops.transfers():
            if row.state == "refused":
                desk.skip(stops.hub, [row.id], ACTOR)
        tell(stops)
        stops.clock.advance(hours=2)
        stop(stops, "Hammer")
        tell(stops)
        assert len(box.mails) == 2

    def test_a_connection_is_told_once_it_lasts(self, service: ServiceDesk, box: Mailbox) -> None:
        """A connection that does not work is told after a while: what mends itself is not told."""
        notice_rules.add(service.hub, "installer", "email", TO, ACTOR, causes=["connection"])
        with service.hub.database.writing() as tx:
            problem = "Autotask does not answer."
            connections.change(tx, service.operations_id, last_problem=problem)
        tell(service)
        assert box.mails == []
        service.clock.advance(minutes=25)
        tell(service)
        service.read_operations()
        tell(service)

        (text,) = box.texts()
        assert "Autotask does not answer" in text


class TestOutbox:
    def test_what_was_not_taken_is_tried_again(self, stops: ServiceDesk, box: Mailbox) -> None:
        """A mail server that is away keeps no run: the mail waits in the ledger, and goes later."""
        notice_rules.add(stops.hub, "bookkeeper", "email", TO, ACTOR)
        box.is_down = True
        stop(stops, "Chisel")
        tell(stops)
        tell(stops)
        assert box.mails == []
        box.is_down = False
        stops.clock.advance(minutes=10)
        tell(stops)
        tell(stops)

        assert len(box.mails) == 1

    def test_what_is_given_up_needs_attention(self, stops: ServiceDesk, box: Mailbox) -> None:
        """After about a day it is given up, and that stands under what needs attention."""
        notice_rules.add(stops.hub, "bookkeeper", "email", TO, ACTOR)
        box.is_down = True
        stop(stops, "Rasp")
        for _ in range(12):
            stops.clock.advance(hours=13)
            telling.tell(stops.hub)
        (line,) = [each for each in standing.status(stops.hub).attention if each.about == "notices"]
        assert "given up" in line.sentence
        assert "counterfoil notices test" in str(line.cure)

        box.is_down = False
        stop(stops, "Reamer")
        tell(stops)
        assert [
            each for each in standing.status(stops.hub).attention if each.about == "notices"
        ] == []

    def test_two_processes_send_it_once(self, stops: ServiceDesk, box: Mailbox) -> None:
        """Of two that would send a notice one takes it; the other leaves it alone."""
        notice_rules.add(stops.hub, "bookkeeper", "email", TO, ACTOR)
        stop(stops, "Vise")
        telling.look(stops.hub)
        now = stops.clock.now()
        with stops.hub.database.writing() as tx:
            (each,) = outbox.due(tx, now, 10)
            assert outbox.claim(tx, each, now)
            assert not outbox.claim(tx, each, now)

    def test_nothing_is_sent_by_a_rule_that_is_gone(self, stops: ServiceDesk, box: Mailbox) -> None:
        """What waits by a rule that was removed is not sent any more."""
        rule = notice_rules.add(stops.hub, "bookkeeper", "email", TO, ACTOR)
        stop(stops, "Plane")
        telling.look(stops.hub)
        notice_rules.remove(stops.hub, rule.name, ACTOR)
        tell(stops)

        assert box.mails == []


class TestHours:
    def test_nobody_is_woken(self, stops: ServiceDesk, box: Mailbox) -> None:
        """What came in quiet hours and lasts is told when they end, once; what is over is not."""
        rule = notice_rules.add(
            stops.hub, "books", "email", TO, ACTOR, causes=["refused"], quiet=["18:00-07:00"]
        )
        until(stops, 22)
        stop(stops, "Adze")
        (gone,) = stop(stops, "Awl")
        tell(stops)
        desk.skip(stops.hub, [stops.transfer(gone).id], ACTOR)
        tell(stops)
        assert box.mails == []

        until(stops, 7)
        tell(stops)
        tell(stops)
        (text,) = box.texts()
        assert "Adze" in text
        assert [each.rule for each in notices.told(stops.hub, rule=rule.name)] == [rule.id]

    def test_what_is_urgent_is_told_all_the_same(self, stops: ServiceDesk, box: Mailbox) -> None:
        """Of urgent causes people hear at night, and beside a digest."""
        terms: notice_rules.Terms = {"quiet": ["18:00-07:00"], "urgent": ["refused"]}
        notice_rules.add(stops.hub, "night", "email", TO, ACTOR, **terms)
        terms = {**terms, "digest": "daily@08:00"}
        notice_rules.add(stops.hub, "both", "email", TO, ACTOR, **terms)
        until(stops, 23)
        stop(stops, "Brace")
        tell(stops)

        assert len(box.mails) == 2

    def test_a_second_try_wakes_nobody_either(self, stops: ServiceDesk, box: Mailbox) -> None:
        """What the mail server did not take before the quiet hours is tried again after them."""
        terms: notice_rules.Terms = {"causes": ["refused"], "quiet": ["18:00-07:00"]}
        notice_rules.add(stops.hub, "books", "email", TO, ACTOR, **terms)
        terms = {**terms, "urgent": ["refused"]}
        notice_rules.add(stops.hub, "urgent", "email", TO, ACTOR, **terms)
        until(stops, 17, 57)
        box.is_down = True
        stop(stops, "Burin")
        until(stops, 17, 58)
        telling.tell(stops.hub)
        stops.clock.advance(minutes=1)
        telling.tell(stops.hub)
        box.is_down = False
        until(stops, 18, 30)
        telling.tell(stops.hub)
        assert len(box.mails) == 1

        until(stops, 7)
        telling.tell(stops.hub)
        assert len(box.mails) == 2

    def test_a_digest_tells_everything_once(self, stops: ServiceDesk, box: Mailbox) -> None:
        """At its hour one message: what is open, what came, what ended; and no other one."""
        until(stops, 9)
        terms: notice_rules.Terms = {"causes": ["refused"], "digest": "daily@08:00"}
        notice_rules.add(stops.hub, "boss", "email", TO, ACTOR, **terms)
        stop(stops, "Cleat", "Clamp")
        tell(stops)
        assert box.mails == []
        until(stops, 8)
        tell(stops)
        before = stops.hub.configuration
        stops.restart()
        stops.hub.configuration = before
        tell(stops)
        (first,) = box.texts()
        assert "2 open (2 new)" in first
        assert "Cleat" in first

        for row in stops.transfers():
            if row.state == "refused":
                desk.skip(stops.hub, [row.id], ACTOR)
        tell(stops)
        until(stops, 8)
        tell(stops)
        assert "2 over" in box.texts()[1]
        until(stops, 8)
        tell(stops)
        assert len(box.mails) == 2

    def test_a_digest_with_nothing_to_tell(self, service: ServiceDesk, box: Mailbox) -> None:
        """It is sent only where somebody wants to hear that all is well."""
        until(service, 9)
        terms: notice_rules.Terms = {"causes": ["refused"], "digest": "daily@08:00"}
        notice_rules.add(service.hub, "quiet", "email", TO, ACTOR, **terms)
        terms = {**terms, "tells_nothing": True}
        notice_rules.add(service.hub, "always", "email", "b@acme.example", ACTOR, **terms)
        until(service, 8)
        tell(service)

        (mail,) = box.mails
        assert mail["To"] == "b@acme.example"
        assert mail["Subject"] == "Counterfoil: nothing needs you"

    def test_of_missed_hours_one_digest_tells(self, stops: ServiceDesk, box: Mailbox) -> None:
        """A hub that was off for days tells once, and not in quiet hours."""
        until(stops, 9)
        notice_rules.add(
            stops.hub,
            "boss",
            "email",
            TO,
            ACTOR,
            causes=["refused"],
            digest="daily@08:00",
            quiet=["00:00-10:00"],
        )
        stop(stops, "Dowel")
        stops.clock.advance(days=3)
        until(stops, 8, 30)
        tell(stops)
        assert box.mails == []
        until(stops, 10)
        tell(stops)
        tell(stops)

        assert len(box.mails) == 1


class TestChanges:
    def test_a_rule_is_changed(self, service: ServiceDesk, box: Mailbox) -> None:
        """What is named changes, what is not stays; a second rule's name is refused."""
        notice_rules.add(service.hub, "a", "email", TO, ACTOR, causes=["refused"])
        notice_rules.add(service.hub, "b", "email", TO, ACTOR)
        changed = notice_rules.change(
            service.hub,
            "a",
            ACTOR,
            name="night",
            place="new@acme.example",
            quiet=["18:00-7:00"],
            digest="fri@17:00",
        )
        assert (changed.name, changed.place, changed.causes) == (
            "night",
            "new@acme.example",
            ("refused",),
        )
        assert (changed.quiet, changed.digest) == (("18:00-07:00",), "friday@17:00")
        changed = notice_rules.change(service.hub, "night", ACTOR, quiet=[], digest=None)
        assert (changed.quiet, changed.digest) == ((), None)
        with pytest.raises(UsageError, match="already"):
            notice_rules.change(service.hub, "b", ACTOR, name="night")

    def test_off_and_on_again(self, stops: ServiceDesk, box: Mailbox) -> None:
        """A rule that is off tells nothing; switched on, it tells what still lasts."""
        notice_rules.add(stops.hub, "books", "email", TO, ACTOR, causes=["refused"])
        box.is_down = True
        stop(stops, "Easel")
        tell(stops)
        notice_rules.switch(stops.hub, "books", ACTOR, on=False)
        box.is_down = False
        stops.clock.advance(hours=1)
        tell(stops)
        assert box.mails == []
        notice_rules.switch(stops.hub, "books", ACTOR, on=True)
        tell(stops)

        assert len(box.mails) == 1

    def test_what_could_not_be_told_is_told_of(self, stops: ServiceDesk, box: Mailbox) -> None:
        """The history says what waits and why, newest first, also by rules that are gone."""
        rule = notice_rules.add(stops.hub, "books", "email", TO, ACTOR, causes=["refused"])
        stop(stops, "Froe")
        tell(stops)
        box.is_down = True
        stop(stops, "Fid")
        tell(stops)
        waits, sent = notices.told(stops.hub, rule="books")
        assert (waits.state, sent.state) == ("waiting", "sent")
        assert "did not take it" in (waits.problem or "")
        assert notices.told(stops.hub, rule="books", before=waits.id) == [sent]

        notice_rules.remove(stops.hub, "books", ACTOR)
        assert notices.told(stops.hub, limit=1)[0].rule_name == rule.name


class TestRules:
    def test_a_trial(self, service: ServiceDesk, box: Mailbox) -> None:
        """A rule is tried by telling now that it works."""
        notice_rules.add(service.hub, "bookkeeper", "email", TO, ACTOR)

        assert TO in notices.test(service.hub, "bookkeeper")
        assert box.mails[0]["Subject"] == "Counterfoil: a trial"

    def test_a_webhook_is_posted_to(self, service: ServiceDesk, box: Mailbox) -> None:
        """A web address gets JSON, whole with its query; its host alone is shown."""
        with web_hook() as (posts, port):
            url = f"http://127.0.0.1:{port}/hook/secret-not-real?token=also-secret"
            made = notice_rules.add(service.hub, "hook", "webhook", url, ACTOR)
            told = notices.test(service.hub, "hook")

        assert (made.place, "secret" in told) == ("127.0.0.1", False)
        ((path, body),) = posts
        assert path == "/hook/secret-not-real?token=also-secret"
        assert "This is a trial of the rule “hook”." in json.loads(body)["message"]

    def test_a_secret_address_is_never_shown(self, service: ServiceDesk, box: Mailbox) -> None:
        """An Apprise address is sealed, moved to a new key with the others, and never shown."""
        url = "json://127.0.0.1/secret-not-real"
        made = notice_rules.add(service.hub, "chat", "apprise", url, ACTOR)

        assert made.place == "json"
        with service.hub.database.reading() as tx:
            (kept,) = outbox.rules(tx)
        assert "secret-not-real" not in repr(kept)
        assert kept.secret is not None
        assert service.hub.vault.is_current(kept.secret)

    @pytest.mark.parametrize(
        "changes, words",
        [
            ({"name": " "}, "1 to 100 characters"),
            ({"channel": "fax"}, "no channel"),
            ({"place": "nobody"}, "no e-mail address"),
            ({"causes": ["bad-weather"]}, "bad-weather"),
            ({"channel": "webhook", "place": "hooks.example.com"}, "no web address"),
            ({"channel": "webhook", "place": "http://hooks.example.com"}, "not encrypted"),
            ({"link": "No such link"}, "There is no link"),
        ],
    )
    def test_what_does_not_fit(
        self, service: ServiceDesk, box: Mailbox, changes: dict[str, object], words: str
    ) -> None:
        """A rule that cannot be followed is refused, naming what of it."""
        given: dict[str, object] = {"name": "a", "channel": "email", "place": TO, "link": None}
        given |= changes
        causes = ["bad-weather"] if "causes" in changes else []
        with pytest.raises(UsageError, match=words):
            notice_rules.add(
                service.hub,
                str(given["name"]),
                str(given["channel"]),
                str(given["place"]),
                ACTOR,
                link=None if given["link"] is None else str(given["link"]),
                causes=causes,
            )

    def test_one_name_is_one_rule(self, service: ServiceDesk, box: Mailbox) -> None:
        """A second rule of one name is refused; one that was removed frees its name."""
        notice_rules.add(service.hub, "books", "email", TO, ACTOR)
        with pytest.raises(UsageError, match="already"):
            notice_rules.add(service.hub, "books", "email", TO, ACTOR)
        notice_rules.remove(service.hub, "books", ACTOR)
        notice_rules.add(service.hub, "books", "email", TO, ACTOR)

    def test_e_mail_needs_a_mail_server(self, service: ServiceDesk) -> None:
        """Without a mail server a rule for e-mail is refused, with how one is set."""
        with pytest.raises(CounterfoilError, match="COUNTERFOIL_SMTP_URL"):
            notice_rules.add(service.hub, "books", "email", TO, ACTOR)


def test_a_sealed_address_moves_to_the_new_key(service: ServiceDesk, box: Mailbox) -> None:
    """A new key seals the addresses of rules, too; what was sealed with another is opened once."""
    notice_rules.add(service.hub, "chat", "apprise", "json://127.0.0.1/secret-not-real", ACTOR)
    sealed: list[str] = []

    def again(before: str, place: str) -> str | None:
        sealed.append(service.hub.vault.open(before, place))
        return service.hub.vault.seal(sealed[-1], place)

    with service.hub.database.writing() as tx:
        assert notice_rules.reseal(tx, again) == 1
    assert sealed == ["json://127.0.0.1/secret-not-real"]
