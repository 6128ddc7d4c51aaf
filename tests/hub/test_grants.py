"""Tokens are renewed by one process at a time, and a lost answer does not end a connection."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest

from counterfoil.api import standing
from counterfoil.errors import RejectedError, UnavailableError
from counterfoil.hub import rotation
from counterfoil.hub.grants import notice_of, tokens_of
from counterfoil.hub.vault import Vault, new_key_text, read_keys
from counterfoil.ledger import connections, grants
from tests.sandboxes.quickbooks_online import outside
from tests.support.signing_in import SignInOffice, open_office


@pytest.fixture(scope="session")
def provider() -> Iterator[outside.World]:
    """A stand-in for every test."""
    with outside.opened() as found:
        yield found


@pytest.fixture
def office(provider: outside.World, sqlite_hub_url: str) -> Iterator[SignInOffice]:
    """A hub with a connection for which somebody has just signed in."""
    with open_office(provider, sqlite_hub_url) as opened:
        opened.connect()
        opened.wire.asked.clear()
        yield opened


@pytest.fixture(params=["sqlite", "postgres"])
def anywhere(provider: outside.World, request: pytest.FixtureRequest) -> Iterator[SignInOffice]:
    """The same, on both databases."""
    url = request.getfixturevalue(f"{request.param}_hub_url")
    with open_office(provider, url) as opened:
        opened.connect()
        opened.wire.asked.clear()
        yield opened


def opens(office: SignInOffice, token: str) -> bool:
    """Whether the service takes an access token."""
    office.provider.token = token
    return office.provider.call("GET", f"companyinfo/{outside.REALM}").status_code == 200


class TestInTime:
    def test_a_token_that_opens_is_used(self, office: SignInOffice) -> None:
        """The provider is not asked while the token lasts for some minutes."""
        office.clock.advance(minutes=54)
        token = tokens_of(office.hub, office.connection).access()

        assert (opens(office, token), office.wire.asked) == (True, [])

    def test_it_is_renewed_five_minutes_before_its_end(self, office: SignInOffice) -> None:
        """What is given then lasts for another hour, and is saved before anybody uses it."""
        before = office.access
        office.clock.advance(minutes=56)
        token = tokens_of(office.hub, office.connection).access()

        assert len(office.wire.asked) == 1
        assert token == office.access != before
        assert opens(office, token)
        assert tokens_of(office.hub, office.connection).access() == token
        assert len(office.wire.asked) == 1

    def test_a_token_that_was_turned_down_is_renewed_once(self, office: SignInOffice) -> None:
        """Whoever comes later with the same one is given what is there by then."""
        rejected = office.access
        first = tokens_of(office.hub, office.connection).renewed(rejected)
        second = tokens_of(office.hub, office.connection).renewed(rejected)

        assert first == second != rejected
        assert len(office.wire.asked) == 1

    def test_ends_are_kept(self, office: SignInOffice) -> None:
        """When it ends unused, and in any case, as the provider says when it is asked to."""
        grant = office.sealed()
        now = office.clock.now()

        assert grant.access_until == now + timedelta(hours=1)
        assert grant.idle_until == now + timedelta(seconds=8_726_400)
        assert grant.hard_until == now + timedelta(seconds=157_680_000)

    @pytest.mark.parametrize("rotation_of", ["same-for-a-day", "rotates"])
    def test_both_ways_of_rotating_go_on(self, office: SignInOffice, rotation_of: str) -> None:
        """Whether the refresh token stays for a day or changes each time, work goes on."""
        office.provider.app(refresh_token=rotation_of)
        for hours in (1, 1, 23, 1):
            office.clock.advance(hours=hours)
            assert opens(office, tokens_of(office.hub, office.connection).access())


class TestLostAnswers:
    @pytest.mark.parametrize("fate", ["before", "after", "html"])
    def test_a_lost_answer_is_asked_for_once_more(self, office: SignInOffice, fate: str) -> None:
        """Carried out or not, the stored token is tried once more while the provider lets it."""
        office.clock.advance(hours=1)
        office.wire.fates = [fate]

        assert opens(office, tokens_of(office.hub, office.connection).access())
        assert len(office.wire.asked) == 2

    def test_where_the_old_one_lives_on_for_a_day_nothing_is_lost(
        self, office: SignInOffice
    ) -> None:
        """The provider gave another refresh token, whose answer was lost: the old one opens."""
        office.provider.app(refresh_token="rotates", replaced_token="lives-a-day")
        office.clock.advance(hours=1)
        office.wire.fates = ["after"]

        assert opens(office, tokens_of(office.hub, office.connection).access())

    def test_where_it_dies_at_once_a_person_connects_again(self, office: SignInOffice) -> None:
        """The one case that nobody can mend here: it ends in words, and is not asked again."""
        office.provider.app(refresh_token="rotates", replaced_token="dies")
        office.clock.advance(hours=1)
        office.wire.fates = ["after"]
        for _ in range(3):
            with pytest.raises(RejectedError, match="Connect it again") as caught:
                tokens_of(office.hub, office.connection).access()
            assert caught.value.code == "401"

        assert len(office.wire.asked) == 2
        assert opens(office, tokens_of(office.hub, office.connect().id).access())

    def test_two_lost_answers_are_for_later(self, office: SignInOffice) -> None:
        """Nothing is ended, nobody holds it, and the next one asks again."""
        office.clock.advance(hours=1)
        office.wire.fates = ["before", "before"]
        with pytest.raises(UnavailableError):
            tokens_of(office.hub, office.connection).access()

        assert office.sealed().renewer is None
        assert opens(office, tokens_of(office.hub, office.connection).access())

    def test_a_provider_that_cannot_be_reached_costs_nothing_yet(
        self, office: SignInOffice
    ) -> None:
        """While the old token opens, it is used; afterwards whoever asks is put off."""
        office.clock.advance(minutes=57)
        office.wire.fates = ["unsent"] * 3
        assert opens(office, tokens_of(office.hub, office.connection).access())

        office.clock.advance(minutes=5)
        office.wire.fates = ["unsent"] * 3
        with pytest.raises(UnavailableError):
            tokens_of(office.hub, office.connection).access()
        assert office.sealed().ended_at is None

    def test_killed_between_answer_and_save(self, office: SignInOffice) -> None:
        """Others wait until the dead one must have given up, then try what is stored."""
        office.clock.advance(hours=1)
        with office.hub.database.writing() as tx:
            now = office.clock.now()
            assert grants.begin_renewal(tx, office.connection, 1, "dead", now, now)
        office.provider.refresh(office.refresh)
        with pytest.raises(UnavailableError, match="another process"):
            tokens_of(office.hub, office.connection).access()
        assert office.wire.asked == []

        office.clock.advance(minutes=10)
        assert opens(office, tokens_of(office.hub, office.connection).access())

    def test_a_save_that_meets_a_busy_database_is_tried_again(
        self, office: SignInOffice, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The tokens are in hand and nowhere else: they are not let go of."""
        from counterfoil.errors import LedgerBusyError

        really, left = grants.renewed, [2]

        def busy(*given: object, **more: object) -> bool:
            if left[0]:
                left[0] -= 1
                raise LedgerBusyError("busy")
            return really(*given, **more)  # type: ignore[arg-type]  # as they came

        monkeypatch.setattr(grants, "renewed", busy)
        office.clock.advance(hours=1)

        assert opens(office, tokens_of(office.hub, office.connection).access())
        assert len(office.wire.asked) == 1


class TestRevoked:
    @pytest.mark.parametrize("described", [True, False])
    def test_a_connection_that_ended_is_one_line_with_its_cure(
        self, office: SignInOffice, described: bool
    ) -> None:
        """Alone or described, ``invalid_grant`` ends it: told once, asked never again."""
        office.provider.app(describes_invalid_grant=described)
        rejected = office.access
        office.revoke()
        for _ in range(3):
            with pytest.raises(RejectedError, match="connections connect 1"):
                tokens_of(office.hub, office.connection).renewed(rejected)
        (line,) = standing.status(office.hub).attention

        assert len(office.wire.asked) == 1
        assert line.sentence.startswith("QuickBooks Online has ended the connection of Acme Books")
        assert str(line.cure) == "Connect it again: counterfoil connections connect 1"

    def test_wrong_keys_of_the_app_end_nothing(self, office: SignInOffice) -> None:
        """A secret that was renewed at Intuit is entered anew, and the tokens still open."""
        app = {"name": "Counterfoil", "client-secret": "another-secret-not-real"}
        office.provider.control("PUT", f"/apps/{outside.CLIENT_ID}", app)
        office.clock.advance(hours=1)
        with pytest.raises(RejectedError, match="client id or secret"):
            tokens_of(office.hub, office.connection).access()

        assert office.sealed().ended_at is None

    def test_somebody_saved_others_meanwhile(self, office: SignInOffice) -> None:
        """The old token was refused, but a person has just connected anew: theirs is given."""
        office.revoke()
        began = office.begin()

        def connect_anew() -> None:
            office.wire.before = lambda: None
            office.finish(office.press(began))

        office.wire.before = connect_anew
        token = tokens_of(office.hub, office.connection).renewed(office.access)

        assert opens(office, token)
        assert office.sealed().ended_at is None


def test_two_processes_renew_at_once(anywhere: SignInOffice) -> None:
    """One asks the provider, the other waits for what it saves: both go on."""
    office = anywhere
    office.provider.app(refresh_token="rotates", replaced_token="dies")
    office.clock.advance(hours=1)
    one_waits, one_is_done = threading.Event(), threading.Event()
    found: list[str] = []

    def wait(_seconds: float) -> None:
        one_waits.set()
        one_is_done.wait(5)

    def ask() -> None:
        found.append(tokens_of(office.hub, office.connection).access())
        one_is_done.set()

    office.hub.sleep = wait
    office.wire.before = lambda: one_waits.wait(5)
    threads = [threading.Thread(target=ask) for _ in range(2)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert found == [office.access, office.access]
    assert len(office.wire.asked) == 1
    assert opens(office, office.access)


class TestEndsNoticed:
    @pytest.mark.parametrize(
        "days_left, days",
        [(31, None), (29, 30), (8, 30), (6.5, 7), (2, 7), (0.9, 1), (-1, 1)],
    )
    def test_the_hard_end(self, office: SignInOffice, days_left: float, days: int | None) -> None:
        """Told a month, a week and a day before, by the nearest of them."""
        grant = office.sealed()
        assert grant.hard_until is not None
        at = grant.hard_until - timedelta(days=days_left)
        with office.hub.database.writing() as tx:
            kept = {"access_token": "a", "refresh_token": "r", "access_until": at}
            ends = {"idle_until": None, "hard_until": grant.hard_until}
            grants.keep(tx, office.connection, **kept, **ends, granted_at=at, granted_by="Robin")
        found = notice_of(office.loaded, office.grant, at, None)

        assert (None if found is None else found.days) == days

    def test_the_idle_end_is_told_where_people_look(self, office: SignInOffice) -> None:
        """Nothing was read or written for weeks: it needs attention, with the day and the cure."""
        office.clock.advance(days=96)
        (line,) = standing.status(office.hub).attention

        assert "2026-04-26" in line.sentence
        assert "in 5 days" in line.sentence
        assert str(line.cure) == "Connect it again before: counterfoil connections connect 1"

    def test_using_it_puts_the_idle_end_off(self, office: SignInOffice) -> None:
        """Each renewal begins the hundred days anew."""
        office.clock.advance(days=96)
        tokens_of(office.hub, office.connection).access()

        assert standing.status(office.hub).attention == []


class TestSecrets:
    def test_a_new_key_seals_tokens_anew(self, office: SignInOffice) -> None:
        """After a rotation the old key opens none of them."""
        old = office.hub.vault
        new = read_keys(new_key_text(), "a test")
        access = office.access
        rotation._reseal(office.hub, Vault([*new, *old.keys]))  # noqa: SLF001 - its second step
        office.hub.vault = Vault(new)

        assert office.access == access
        assert tokens_of(office.hub, office.connection).access() == access

    def test_no_token_is_told(self, office: SignInOffice, caplog: pytest.LogCaptureFixture) -> None:
        """Neither logs nor errors nor what is shown of a connection hold one."""
        caplog.set_level(logging.DEBUG)
        secrets = [office.access, office.refresh, outside.CLIENT_SECRET]
        office.revoke()
        with pytest.raises(RejectedError) as caught:
            tokens_of(office.hub, office.connection).renewed(office.access)
        with office.hub.database.reading() as tx:
            audit = connections.notes(tx, f"connection/{office.connection}")
        told = f"{caplog.text} {caught.value.message} {caught.value.detail} {audit} "
        told += repr(standing.shown(office.hub, office.loaded))

        assert not [each for each in secrets if each in told]
