"""What a service tells by itself: who signed it, whom it wakes, and what is not asked then."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from typing import Any

import pytest

from counterfoil.hub import webhooks
from counterfoil.hub.drive import SCHEDULE, drive
from counterfoil.hub.systems import looks_every
from counterfoil.ledger import connections
from tests.sandboxes.quickbooks_online import outside
from tests.support.signing_in import WEBHOOK_TOKEN, SignInOffice, open_office

OTHER_REALM = "9130350000000088"


@pytest.fixture(scope="session")
def provider() -> Iterator[outside.World]:
    """A stand-in for every test."""
    with outside.opened() as found:
        yield found


@pytest.fixture
def office(provider: outside.World, sqlite_hub_url: str) -> Iterator[SignInOffice]:
    """A hub with a connection for which somebody has signed in, and whose app signs webhooks."""
    with open_office(provider, sqlite_hub_url) as opened:
        opened.connect()
        opened.change(webhook_token=WEBHOOK_TOKEN)
        take_wakes(opened)
        yield opened


def take_wakes(office: SignInOffice) -> set[int]:
    """Whom somebody has woken since this was asked last."""
    with office.hub.database.writing() as tx:
        found = connections.woken(tx)
        for each in found:
            connections.take_wakes(tx, each)
    return found


def event(realm: str, entity: str = "bill") -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "id": "88cd52aa",
        "source": "intuit.opaque",
        "type": f"qbo.{entity}.created.v1",
        "time": "2026-01-15T17:30:00Z",
        "intuitentityid": "12",
        "intuitaccountid": realm,
    }


def old(realm: str) -> dict[str, Any]:
    return {"eventNotifications": [{"realmId": realm, "dataChangeEvent": {"entities": []}}]}


def signed(body: bytes, token: str = WEBHOOK_TOKEN) -> str:
    return base64.b64encode(hmac.new(token.encode(), body, hashlib.sha256).digest()).decode()


def deliver(office: SignInOffice, told: object, **more: str) -> int | None:
    """Deliver what is told; says how many were woken, ``None``: nobody we know signed it."""
    body = told if isinstance(told, bytes) else json.dumps(told).encode()
    signature = more.get("signature", signed(body, more.get("token", WEBHOOK_TOKEN)))
    return webhooks.receive(office.hub, body, signature)


class TestWhoSignedIt:
    def test_a_delivery_of_the_app_wakes_its_company(self, office: SignInOffice) -> None:
        """Signed by the word that was entered, about the company that is connected."""
        assert deliver(office, [event(outside.REALM)]) == 1
        assert take_wakes(office) == {office.connection}

    @pytest.mark.parametrize(
        "signature", ["", "no base64 at all", "AAAA", "é", signed(b"other"), "=" * 500]
    )
    def test_any_other_is_refused(self, office: SignInOffice, signature: str) -> None:
        """Whatever it says, it wakes nobody."""
        assert deliver(office, [event(outside.REALM)], signature=signature) is None
        assert take_wakes(office) == set()

    def test_the_signature_is_over_the_bytes_as_they_came(self, office: SignInOffice) -> None:
        """The same JSON written otherwise is signed otherwise."""
        body = json.dumps([event(outside.REALM)], indent=2).encode()

        assert deliver(office, body) == 1
        compact = json.dumps([event(outside.REALM)]).encode()
        assert deliver(office, body, signature=signed(compact)) is None

    def test_a_hub_without_a_word_takes_none(self, office: SignInOffice) -> None:
        """A connection whose app has no word is woken by nobody, not even by an empty one."""
        second = office.add("Silent")
        with office.hub.database.writing() as tx:
            connections.change(tx, office.connection, is_active=False)
            connections.change(tx, second, account=OTHER_REALM)

        assert deliver(office, [event(OTHER_REALM)], token="") is None

    def test_a_word_speaks_for_its_own_app_alone(self, office: SignInOffice) -> None:
        """Two apps at one hub: neither wakes the other's company."""
        second = office.add("Other app", webhook_token="another-token-not-real")
        with office.hub.database.writing() as tx:
            connections.change(tx, second, account=OTHER_REALM)
        told = [event(outside.REALM), event(OTHER_REALM)]

        assert deliver(office, told) == 1
        assert take_wakes(office) == {office.connection}
        assert deliver(office, told, token="another-token-not-real") == 1
        assert take_wakes(office) == {second}


class TestWhomItWakes:
    def test_several_companies_in_one(self, office: SignInOffice) -> None:
        """Each that is connected by this app is woken, once; unknown ones are passed over."""
        second = office.add("More Books", webhook_token=WEBHOOK_TOKEN)
        with office.hub.database.writing() as tx:
            connections.change(tx, second, account=OTHER_REALM)
        told = [event(outside.REALM), event("404"), event(OTHER_REALM), event(outside.REALM)]

        assert deliver(office, told) == 2
        assert take_wakes(office) == {office.connection, second}

    def test_a_duplicate_does_no_harm(self, office: SignInOffice) -> None:
        """It is a hint: a second one wakes whom the first has woken."""
        for _ in range(2):
            assert deliver(office, [event(outside.REALM)]) == 1
        assert take_wakes(office) == {office.connection}

    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"{",
            b"7",
            b"[7]",
            b"{}",
            b"[" * 5_000,
            b"\xff",
            b'["\xff"]',
            b'[{"intuitaccountid":[]}]',
        ],
    )
    def test_what_cannot_be_read_wakes_nobody(self, office: SignInOffice, body: bytes) -> None:
        """It was signed, so it is taken; it is about nobody."""
        assert deliver(office, body) == 0

    @pytest.mark.parametrize("part", [None, 7, [], {}, {"intuitaccountid": None}, {"x": 1}])
    def test_a_part_that_cannot_be_read_hides_no_other(
        self, office: SignInOffice, part: object
    ) -> None:
        """One odd event among those of several companies does not have them wait for a day."""
        assert deliver(office, [part, event(outside.REALM)]) == 1

        office.change(old_webhooks="true")
        told = old(outside.REALM)["eventNotifications"]
        assert deliver(office, {"eventNotifications": [part, *told]}) == 1

    def test_the_old_form_counts_where_it_is_switched_on(self, office: SignInOffice) -> None:
        """CloudEvents is today's; the form before is taken by connections that say so."""
        assert deliver(office, old(outside.REALM)) == 0

        office.change(old_webhooks="true")
        take_wakes(office)
        assert deliver(office, old(outside.REALM)) == 1
        assert take_wakes(office) == {office.connection}

    @pytest.mark.parametrize("form", ["cloudevents", "legacy"])
    def test_the_stand_in_is_understood(
        self, office: SignInOffice, provider: outside.World, form: str
    ) -> None:
        """What the stand-in delivers of its own is signed and read, duplicates and all."""
        office.change(old_webhooks="true")
        app = {
            "name": "Counterfoil",
            "client-secret": outside.CLIENT_SECRET,
            "webhook-url": "https://hub.example/webhooks/quickbooks-online",
            "verifier-token": WEBHOOK_TOKEN,
        }
        office.provider.control("PUT", f"/apps/{outside.CLIENT_ID}", app)
        office.provider.app(webhook_format=form, webhook_duplicates=True)
        office.provider.connect()
        office.provider.vendor("Told of")
        ((_url, body, headers), *_more) = provider.postman.taken

        assert deliver(office, body, signature=headers["intuit-signature"]) == 1


class TestWhatIsNotAsked:
    @pytest.fixture
    def working(self, office: SignInOffice) -> SignInOffice:
        """The same, linked and looked at once."""
        office.link()
        assert drive(office.hub, office.connection, SCHEDULE).problem is None
        office.provider.control("DELETE", "/exchanges")
        return office

    def looks(self, office: SignInOffice, trigger: str = SCHEDULE, **later: float) -> bool:
        """Whether a drive some time later calls the service."""
        office.clock.advance(**later)
        assert drive(office.hub, office.connection, trigger).problem is None
        calls = office.provider.control("GET", "/exchanges")
        office.provider.control("DELETE", "/exchanges")
        return bool(calls)

    def test_without_webhooks_every_tick_looks(self, working: SignInOffice) -> None:
        """That a word was entered is no proof that anything comes by it."""
        assert self.looks(working, minutes=5)
        assert self.looks(working, minutes=5)

    def test_with_them_a_tick_without_a_hint_asks_nothing(self, working: SignInOffice) -> None:
        """After a hint it looks at once, and then not before the next, or the next day."""
        working.clock.advance(minutes=1)
        deliver(working, [event(outside.REALM)])
        assert self.looks(working, minutes=1)
        assert not self.looks(working, minutes=5)
        assert not self.looks(working, hours=20)

        deliver(working, [event(outside.REALM)])
        assert self.looks(working)
        assert not self.looks(working, hours=23)
        assert self.looks(working, hours=2)

    def test_a_person_always_looks(self, working: SignInOffice) -> None:
        """Whoever presses Run wants to see for himself."""
        deliver(working, [event(outside.REALM)])
        self.looks(working, minutes=1)

        assert self.looks(working, "person", minutes=5)

    def test_after_a_run_that_failed_it_looks_again(self, working: SignInOffice) -> None:
        """What the hint was about may not have been read."""
        deliver(working, [event(outside.REALM)])
        self.looks(working, minutes=1)
        with working.hub.database.writing() as tx:
            connections.change(tx, working.connection, last_problem="It was busy.")

        assert self.looks(working, minutes=5)

    def test_it_is_looked_at_as_often_as_set_whether_to_ask(self, working: SignInOffice) -> None:
        """What waits to be written may come at any time, so the schedule goes on."""
        deliver(working, [event(outside.REALM)])
        self.looks(working, minutes=1)
        self.looks(working, minutes=5)

        assert working.loaded.due_at == working.clock.now() + looks_every(working.loaded)
