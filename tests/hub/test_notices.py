"""Who is told when something stands still: once for each cause, by an outbox that lasts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from counterfoil.api import standing
from counterfoil.errors import CounterfoilError, UsageError
from counterfoil.hub import desk, notices, telling
from counterfoil.ledger import connections
from counterfoil.ledger import notices as outbox
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
    for rule in notices.all_rules(service.hub):
        notices.remove(service.hub, str(rule.id), ACTOR)
    service.hub.configuration = before


@pytest.fixture
def stops(service: ServiceDesk) -> Iterator[ServiceDesk]:
    """The company while orders for unknown products stop."""
    with service.having(REFUSES):
        yield service
        service.set(CREATES)
        service.settle()
        telling.look(service.hub)


def stop(service: ServiceDesk, *products: str) -> list[int]:
    orders = [service.order("Millco", f"3 {product} @ 12.50") for product in products]
    service.settle()
    assert {service.transfer(each).state for each in orders} == {"refused"}
    return orders


def tell(service: ServiceDesk) -> None:
    service.clock.advance(minutes=1)
    telling.tell(service.hub)


class TestOnce:
    def test_one_mail_for_a_cause(self, stops: ServiceDesk, box: Mailbox) -> None:
        """However many documents a cause keeps, one mail tells of it: what, which, and the cure."""
        notices.add(stops.hub, "bookkeeper", "email", TO, ACTOR)
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

    def test_each_cause_and_each_rule(self, stops: ServiceDesk, box: Mailbox) -> None:
        """Another cause is another mail; a rule for other causes, or another link, tells nothing."""
        notices.add(
            stops.hub, "one", "email", TO, ACTOR, causes=["record-unknown"], link=stops.link
        )
        notices.add(stops.hub, "two", "email", "ops@acme.example", ACTOR, causes=["overdue"])
        stop(stops, "Bellows", "Tongs")
        tell(stops)

        assert sorted(mail["To"] for mail in box.mails) == [TO, TO]

    def test_it_is_told_again_once_it_was_over(self, stops: ServiceDesk, box: Mailbox) -> None:
        """A cause that is back within the hour is the same trouble; after that, it is told anew."""
        notices.add(stops.hub, "bookkeeper", "email", TO, ACTOR)
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
        notices.add(service.hub, "installer", "email", TO, ACTOR, causes=["connection"])
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
        notices.add(stops.hub, "bookkeeper", "email", TO, ACTOR)
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
        notices.add(stops.hub, "bookkeeper", "email", TO, ACTOR)
        box.is_down = True
        stop(stops, "Rasp")
        for _ in range(12):
            stops.clock.advance(hours=13)
            telling.tell(stops.hub)
        (line,) = [each for each in standing.status(stops.hub).attention if each.about == "notices"]
        assert "given up" in line.sentence
        assert "counterfoil notices test" in line.cure

        box.is_down = False
        stop(stops, "Reamer")
        tell(stops)
        assert [
            each for each in standing.status(stops.hub).attention if each.about == "notices"
        ] == []

    def test_two_processes_send_it_once(self, stops: ServiceDesk, box: Mailbox) -> None:
        """Of two that would send a notice one takes it; the other leaves it alone."""
        notices.add(stops.hub, "bookkeeper", "email", TO, ACTOR)
        stop(stops, "Vise")
        telling.look(stops.hub)
        now = stops.clock.now()
        with stops.hub.database.writing() as tx:
            (each,) = outbox.due(tx, now, 10)
            assert outbox.claim(tx, each, now)
            assert not outbox.claim(tx, each, now)

    def test_nothing_is_sent_by_a_rule_that_is_gone(self, stops: ServiceDesk, box: Mailbox) -> None:
        """What waits by a rule that was removed is not sent any more."""
        rule = notices.add(stops.hub, "bookkeeper", "email", TO, ACTOR)
        stop(stops, "Plane")
        telling.look(stops.hub)
        notices.remove(stops.hub, rule.name, ACTOR)
        tell(stops)

        assert box.mails == []


class TestRules:
    def test_a_trial(self, service: ServiceDesk, box: Mailbox) -> None:
        """A rule is tried by telling now that it works."""
        notices.add(service.hub, "bookkeeper", "email", TO, ACTOR)

        assert TO in notices.test(service.hub, "bookkeeper")
        assert box.mails[0]["Subject"] == "Counterfoil: a trial"

    def test_a_secret_address_is_never_shown(self, service: ServiceDesk, box: Mailbox) -> None:
        """An Apprise address is sealed, moved to a new key with the others, and never shown."""
        url = "json://127.0.0.1/secret-not-real"
        made = notices.add(service.hub, "chat", "apprise", url, ACTOR)

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
            notices.add(
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
        notices.add(service.hub, "books", "email", TO, ACTOR)
        with pytest.raises(UsageError, match="already"):
            notices.add(service.hub, "books", "email", TO, ACTOR)
        notices.remove(service.hub, "books", ACTOR)
        notices.add(service.hub, "books", "email", TO, ACTOR)

    def test_e_mail_needs_a_mail_server(self, service: ServiceDesk) -> None:
        """Without a mail server a rule for e-mail is refused, with how one is set."""
        with pytest.raises(CounterfoilError, match="COUNTERFOIL_SMTP_URL"):
            notices.add(service.hub, "books", "email", TO, ACTOR)


def test_a_sealed_address_moves_to_the_new_key(service: ServiceDesk, box: Mailbox) -> None:
    """A new key seals the addresses of rules, too; what was sealed with another is opened once."""
    notices.add(service.hub, "chat", "apprise", "json://127.0.0.1/secret-not-real", ACTOR)
    sealed: list[str] = []

    def again(before: str, place: str) -> str | None:
        sealed.append(service.hub.vault.open(before, place))
        return service.hub.vault.seal(sealed[-1], place)

    with service.hub.database.writing() as tx:
        assert notices.reseal(tx, again) == 1
    assert sealed == ["json://127.0.0.1/secret-not-real"]
