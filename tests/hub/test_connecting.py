"""Signing in for a connection: what comes back counts once, here, and for the right company."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest

from counterfoil.api import standing
from counterfoil.errors import UsageError
from counterfoil.hub import accounts
from counterfoil.hub.accounts import Came, NotConnectedError
from counterfoil.hub.drive import SCHEDULE, drive
from counterfoil.hub.grants import tokens_of
from counterfoil.hub.systems import looks_every
from counterfoil.ledger import connections, runs
from tests.sandboxes.quickbooks_online import outside
from tests.support.signing_in import HUB, SignInOffice, open_office
from tests.support.world import ACTOR

OTHER_REALM = "9130350000000088"


@pytest.fixture(scope="session")
def provider() -> Iterator[outside.World]:
    """A stand-in for every test."""
    with outside.opened() as found:
        yield found


@pytest.fixture
def office(provider: outside.World, sqlite_hub_url: str) -> Iterator[SignInOffice]:
    """A hub with a connection for which nobody has signed in."""
    with open_office(provider, sqlite_hub_url) as opened:
        opened.provider.control("POST", "/companies", {"realm": OTHER_REALM, "name": "Other"})
        yield opened


class TestTheWay:
    def test_somebody_signs_in(self, office: SignInOffice) -> None:
        """There and back: the company is known, the tokens open, and it is looked at at once."""
        connected = office.connect()
        (line,) = office.wire.asked

        assert connected.account == outside.REALM
        assert line["grant_type"] == "authorization_code"
        assert office.access == tokens_of(office.hub, connected.id).access()
        with office.hub.database.reading() as tx:
            assert connections.woken(tx) == {connected.id}
            actions = [each["action"] for each in connections.notes(tx, "connection/1")]
        assert actions == ["connection added", "signed in"]

    def test_the_challenge_is_kept_secret(self, office: SignInOffice) -> None:
        """The address holds PKCE's challenge and a state; the verifier stays here, sealed."""
        query = parse_qs(urlsplit(office.begin()).query)

        assert query["code_challenge_method"] == ["S256"]
        assert len(query["state"][0]) >= 43
        assert "code_verifier" not in query

    def test_adding_says_where(self, office: SignInOffice) -> None:
        """A new connection is told with the page to open and the address to register."""
        keys = {"client_id": "x", "client_secret": "y", "environment": "sandbox"}
        made = accounts.add_connection(office.hub, office.loaded.system, "More Books", keys, ACTOR)

        assert made.connect is not None
        assert made.connect.url == f"{HUB}/connect/{made.id}"
        assert made.connect.redirect_uri == f"{HUB}/oauth/callback"

    @pytest.mark.parametrize("key", ["client_id", "client_secret", "webhook_token"])
    @pytest.mark.parametrize("text", ["ключ", "two words", "a\x07b", "a\u00a0b"])
    def test_a_key_that_no_service_gives_is_refused(
        self, office: SignInOffice, key: str, text: str
    ) -> None:
        """Something else was copied with it; it is not shown, and nothing is kept."""
        before = office.loaded
        with pytest.raises(UsageError, match="copy it anew") as caught:
            office.change(**{key: text})

        assert text not in caught.value.message
        assert office.loaded == before

    def test_a_trial_says_who_has_to_sign_in(self, office: SignInOffice) -> None:
        """The step that fails is the sign-in, with the cure; nothing is called for it."""
        tried, failure = accounts.trial_of(office.hub, office.loaded)
        failed = [each.step for each in tried.steps if each.is_passed is False]

        assert failed == ["credentials"]
        assert failure is not None
        assert "counterfoil connections connect 1" in str(failure.said)

    def test_nothing_is_asked_before_somebody_has_signed_in(self, office: SignInOffice) -> None:
        """It is one line under what needs attention; driven, no document is refused for it."""
        (line,) = standing.status(office.hub).attention

        assert line.sentence == "Nobody has signed in to QuickBooks Online for Acme Books yet."
        assert office.provider.control("GET", "/exchanges") == []


class TestWhatComesBack:
    def test_a_state_is_good_once(self, office: SignInOffice) -> None:
        """Brought a second time, code and state are none of ours, and nothing changes."""
        came = office.press(office.begin())
        office.finish(came)
        before = office.sealed()
        with pytest.raises(NotConnectedError, match="used already"):
            office.finish(came)

        assert office.sealed() == before
        assert len(office.wire.asked) == 1

    @pytest.mark.parametrize("state", ["", "made-up", "x" * 300])
    def test_a_state_of_nobody_is_refused(self, office: SignInOffice, state: str) -> None:
        """Whatever code comes with it, the provider is not asked."""
        with pytest.raises(NotConnectedError, match="none that was begun here"):
            office.finish(Came(state=state, code="c", account=outside.REALM))
        assert office.wire.asked == []

    def test_another_browser_is_refused(self, office: SignInOffice) -> None:
        """Who lures somebody into finishing his own sign-in gets nothing, and it is over."""
        came = office.press(office.begin())
        with pytest.raises(NotConnectedError, match="another browser"):
            accounts.finish_connecting(office.hub, came, "cookie-of-another", ACTOR)
        with pytest.raises(NotConnectedError):
            office.finish(came)
        assert office.grant is None

    def test_after_ten_minutes_it_is_over(self, office: SignInOffice) -> None:
        """A code that somebody finds later is good for nothing here."""
        came = office.press(office.begin())
        office.clock.advance(minutes=10)
        with pytest.raises(NotConnectedError, match="last ten minutes"):
            office.finish(came)

    @pytest.mark.parametrize(
        "error, words",
        [
            ("access_denied", "did not allow it"),
            ("invalid_scope", "accounting scope"),
            ("temporarily_unavailable", "cannot sign anybody in now"),
            ("something_new", "refused with “something_new”"),
            ("<script>\x07", "refused with"),
        ],
    )
    def test_an_error_is_told_in_our_words(
        self, office: SignInOffice, error: str, words: str
    ) -> None:
        """What was there before stays."""
        came = office.press(office.begin(), decision="cancel")
        with pytest.raises(NotConnectedError, match=words) as caught:
            office.finish(came._replace(error=error))

        assert (caught.value.connection, office.grant) == (office.connection, None)

    @pytest.mark.parametrize("changed, words", [("account", "which company"), ("code", "no code")])
    def test_what_is_missing_is_named(self, office: SignInOffice, changed: str, words: str) -> None:
        """Without a company or a code nothing is asked and nothing kept."""
        came = office.press(office.begin())
        with pytest.raises(NotConnectedError, match=words):
            office.finish(came._replace(**{changed: ""}))
        assert office.wire.asked == []

    @pytest.mark.parametrize("fate", ["before", "after", "html"])
    def test_a_code_is_sent_once(self, office: SignInOffice, fate: str) -> None:
        """Its answer is lost: nothing is kept, and the person begins again."""
        came = office.press(office.begin())
        office.wire.fates = [fate]
        with pytest.raises(NotConnectedError, match="Begin again"):
            office.finish(came)

        assert len(office.wire.asked) == 1
        assert office.grant is None
        assert office.connect().account == outside.REALM


class TestWhichCompany:
    def test_a_company_is_connected_once(self, office: SignInOffice) -> None:
        """Another connection has it: refused, before its code is good for anything."""
        office.connect()
        second = office.add("Same Books")
        with pytest.raises(NotConnectedError, match="connected already, as “Acme Books”"):
            office.connect(connection=second)

        assert office.kept(second).account is None
        assert len(office.wire.asked) == 1

    def test_another_company_is_a_question(self, office: SignInOffice) -> None:
        """Never silently another book: a person says so, and chooses it again."""
        office.connect()
        with pytest.raises(NotConnectedError, match="another company") as caught:
            office.connect(realm=OTHER_REALM)
        assert (caught.value.is_another, office.loaded.account) == (True, outside.REALM)

        office.finish(office.press(office.begin(takes_another=True), realm=OTHER_REALM))
        assert office.loaded.account == OTHER_REALM

    def test_where_something_was_read_it_stays_the_same(self, office: SignInOffice) -> None:
        """What was read and sent belongs to one company, whatever a person says."""
        office.connect()
        with office.hub.database.writing() as tx:
            now = office.clock.now()
            runs.keep_cursors(tx, office.connection, [("records vendor", None)], now)
        with pytest.raises(NotConnectedError, match="connection of its own") as caught:
            office.finish(office.press(office.begin(takes_another=True), realm=OTHER_REALM))

        assert (caught.value.is_another, office.loaded.account) == (False, outside.REALM)

    def test_two_that_finish_at_once(self, office: SignInOffice) -> None:
        """Both chose the same company: the second learns so although its tokens came."""
        second = office.add("Same Books")
        came = office.press(office.begin(connection=second))
        other = office.press(office.begin())

        def overtake() -> None:
            office.wire.before = lambda: None
            office.finish(other)

        office.wire.before = overtake
        with pytest.raises(NotConnectedError, match="connected already"):
            office.finish(came)
        assert office.kept(second).account is None


class TestWhereTo:
    @pytest.mark.parametrize(
        "address, environment, has_problem",
        [
            ("https://hub.example", "production", False),
            ("http://localhost:8080", "production", True),
            ("https://198.51.100.7", "production", True),
            ("http://localhost:8080", "sandbox", False),
        ],
    )
    def test_production_wants_https_and_a_name(
        self,
        provider: outside.World,
        sqlite_hub_url: str,
        address: str,
        environment: str,
        has_problem: bool,
    ) -> None:
        """Said before the person goes there, with what to do."""
        with open_office(provider, sqlite_hub_url, public_url=address) as office:
            made = office.kept(office.add("More", environment=environment))
            way = accounts.how_to_connect(office.hub, made)

            assert (way.problem is not None) is has_problem
            if has_problem:
                with pytest.raises(UsageError, match="COUNTERFOIL_PUBLIC_URL"):
                    accounts.begin_connecting(office.hub, made, office.browser)


class TestGivingBack:
    def test_disconnecting_forgets_and_tells(self, office: SignInOffice) -> None:
        """Tokens are gone here and at the provider; the connection is what it was."""
        office.connect()
        access = office.access
        sentence = accounts.disconnect(office.hub, office.loaded, ACTOR)
        office.provider.token = access

        assert "links and settings stay" in str(sentence)
        assert office.sealed().access_token is None
        assert len(office.wire.revoked) == 1
        assert office.provider.call("GET", f"companyinfo/{outside.REALM}").status_code == 401
        assert office.loaded.account == outside.REALM

    def test_removing_says_what_stays_open(self, office: SignInOffice) -> None:
        """Taking a connection out of use gives nothing back; the person is told."""
        assert len(accounts.what_connection_leaves(office.hub, office.loaded)) == 1
        office.connect()
        told = " ".join(map(str, accounts.what_connection_leaves(office.hub, office.loaded)))

        assert "counterfoil connections disconnect 1" in told

    def test_connecting_again_goes_on(self, office: SignInOffice) -> None:
        """The same row, company and name; only the tokens are others."""
        before = office.connect()
        accounts.disconnect(office.hub, office.loaded, ACTOR)
        after = office.connect()

        assert (after.id, after.name, after.account) == (before.id, before.name, before.account)
        assert office.sealed().ended_at is None

    def test_a_provider_that_is_not_there_does_not_keep_anybody(self, office: SignInOffice) -> None:
        """The tokens are forgotten all the same, and the person is told what is left to do."""
        office.connect()
        office.revoke()
        sentence = accounts.disconnect(office.hub, office.loaded, ACTOR)

        assert "could not be told" in str(sentence)
        assert office.sealed().refresh_token is None

    def test_disconnected_nothing_is_asked(self, office: SignInOffice) -> None:
        """A second time there is nothing to give back."""
        office.connect()
        accounts.disconnect(office.hub, office.loaded, ACTOR)

        assert "not connected" in str(accounts.disconnect(office.hub, office.loaded, ACTOR))
        assert len(office.wire.revoked) == 1

    def test_other_keys_of_an_app_need_another_sign_in(self, office: SignInOffice) -> None:
        """Tokens open by the app that they were given to; a new secret of it changes nothing."""
        office.connect()
        office.change(client_secret="another-not-real")
        assert office.sealed().ended_at is None

        office.change(client_id="another-app-not-real")
        assert office.sealed().ended_why == "changed"
        (line,) = standing.status(office.hub).attention
        assert "other keys of an app" in line.sentence


def test_a_drive_waits_for_a_person(office: SignInOffice) -> None:
    """Without a sign-in nothing is called, and the drive says whom it waits for."""
    fusion = office.link()
    report = drive(office.hub, office.connection, SCHEDULE)

    assert fusion
    assert report.problem is not None
    assert "counterfoil connections connect 1" in str(report.problem)
    assert office.loaded.last_problem is None
    assert office.loaded.due_at == office.clock.now() + looks_every(office.loaded)


def test_revoked_in_the_middle_of_a_run(office: SignInOffice) -> None:
    """Turned down, renewed, refused: the run ends in words, and the next one asks nobody."""
    office.connect()
    office.link()
    assert drive(office.hub, office.connection, SCHEDULE).problem is None
    office.revoke()
    office.clock.advance(minutes=5)
    report = drive(office.hub, office.connection, SCHEDULE)
    asked = len(office.wire.asked)

    assert report.problem is not None
    assert str(report.problem).count("has ended the connection") == 1
    assert office.sealed().ended_why == "provider"
    (line,) = standing.status(office.hub).attention
    assert line.sentence.startswith("QuickBooks Online has ended the connection")
    drive(office.hub, office.connection, SCHEDULE)
    assert len(office.wire.asked) == asked
    office.connect()
    assert drive(office.hub, office.connection, SCHEDULE).problem is None
    assert standing.status(office.hub).attention == []
