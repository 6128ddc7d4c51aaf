"""``connections connect`` and ``disconnect``: where a person signs in, and how it ends."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from counterfoil.cli import _connecting
from counterfoil.cli._state import opened as really_opened
from counterfoil.hub import accounts
from counterfoil.ledger.database import sqlite_url
from tests.cli.conftest import Keyboard
from tests.sandboxes.quickbooks_online import outside
from tests.support.signing_in import HUB, SignInOffice, open_office

ADD = (
    *("connections", "add", "quickbooks-online", "--name", "More Books"),
    *("--client-id", "an-app-not-real", "--environment", "sandbox"),
)


@pytest.fixture(scope="session")
def provider() -> Iterator[outside.World]:
    """A stand-in for every test."""
    with outside.opened() as found:
        yield found


@pytest.fixture
def office(provider: outside.World, sqlite_tables: bytes, tmp_path: Path) -> Iterator[SignInOffice]:
    """A hub with a connection for which nobody has signed in."""
    file = tmp_path / "hub.db"
    file.write_bytes(sqlite_tables)
    with open_office(provider, sqlite_url(file)) as found:
        yield found


@pytest.fixture
def keys(office: SignInOffice, monkeypatch: pytest.MonkeyPatch) -> Keyboard:
    """A keyboard beside it; commands reach the provider by the same line."""
    found = Keyboard(office.hub.configuration.database)
    found.environment["COUNTERFOIL_PUBLIC_URL"] = HUB

    @contextmanager
    def opened(*given: object, **more: object) -> Iterator[object]:
        with really_opened(*given, **more) as hub:  # type: ignore[arg-type]  # as they came
            hub.transport, hub.sleep, hub.now = office.wire, office.clock.sleep, office.clock.now
            yield hub

    monkeypatch.setattr(_connecting, "opened", opened)
    return found


class TestConnect:
    def test_adding_prints_where_to_go(self, keys: Keyboard) -> None:
        """The secret is asked for, and what to register and to open is told."""
        keys.environment["COUNTERFOIL_CONNECTION_CLIENT_SECRET"] = "secret-not-real"
        told = keys.type(*ADD).stdout

        assert f"{HUB}/oauth/callback" in told
        assert f"{HUB}/connect/2" in told
        assert "secret-not-real" not in told

    def test_it_says_where(self, keys: Keyboard) -> None:
        """As text and as JSON: the page, the redirect URI, and no doubt."""
        found = keys.read("connections", "connect", "Acme Books")

        assert found["id"] == 1
        assert found["url"] == f"{HUB}/connect/1"
        assert found["redirect_uri"] == f"{HUB}/oauth/callback"
        assert found["problem"] is None
        assert f"{HUB}/connect/1" in keys.type("connections", "connect", "1").stdout

    def test_an_address_that_the_provider_does_not_take(
        self, keys: Keyboard, office: SignInOffice
    ) -> None:
        """Production keys and a plain address: said before anybody goes there."""
        office.change(environment="production")
        keys.environment["COUNTERFOIL_PUBLIC_URL"] = "http://localhost:8080"
        done = keys.type("connections", "connect", "1", code=1)

        assert "it wants https" in " ".join(done.stderr.split())

    def test_waiting_ends_with_a_trial(
        self, keys: Keyboard, office: SignInOffice, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Somebody signs in meanwhile: the steps of the trial are shown."""
        slept = office.clock.sleep

        def sleep(seconds: float) -> None:
            slept(seconds)
            if office.grant is None:
                office.connect()

        monkeypatch.setattr(office.clock, "sleep", sleep)
        told = keys.type("connections", "connect", "1", "--wait").stdout

        assert "passed credentials" in told

    def test_waiting_says_that_somebody_has_signed_in_already(
        self, keys: Keyboard, office: SignInOffice
    ) -> None:
        """Whoever signed in before they typed it learns what is waited for, and how to try it."""
        office.connect()
        told = keys.type("connections", "connect", "1", "--wait", code=1).stderr

        assert "is connected already" in told
        assert "counterfoil connections test 1" in told
        assert "has signed in anew" in told

    def test_waiting_ends_after_ten_minutes(self, keys: Keyboard) -> None:
        """Nobody comes: the page can still be used."""
        done = keys.type("connections", "connect", "1", "--wait", code=1)

        assert "Nobody has signed in yet" in done.stderr

    def test_nobody_signs_in_for_other_systems(self, keys: Keyboard, office: SignInOffice) -> None:
        """A connection that is opened by what was typed says so."""
        office.link()
        done = keys.type("connections", "connect", "Factory", code=2)

        assert "nobody signs in for it" in " ".join(done.stderr.split())


class TestDisconnect:
    def test_it_is_asked_for_first(self, keys: Keyboard, office: SignInOffice) -> None:
        """Without a terminal it takes --yes; then it gives back, and says what stays."""
        office.connect()
        keys.type("connections", "disconnect", "1", code=2)
        assert office.sealed().ended_at is None

        told = keys.type("connections", "disconnect", "1", "--yes").stdout
        assert "links and settings stay" in told
        assert office.sealed().ended_why == "disconnected"
        assert office.wire.revoked


class TestWhatIsShown:
    def test_status_tells_who_has_to_sign_in(self, keys: Keyboard, office: SignInOffice) -> None:
        """One line with its cure, before and after; none while it is open."""
        assert "Nobody has signed in" in keys.type("status").output
        office.connect()
        assert "signed in" not in keys.type("status").output

        accounts.disconnect(office.hub, office.loaded, "tests")
        told = " ".join(keys.type("status").output.split())
        assert "is disconnected from QuickBooks Online" in told
        assert "counterfoil connections connect 1" in told

    def test_a_connection_tells_how_its_sign_in_stands(
        self, keys: Keyboard, office: SignInOffice
    ) -> None:
        """Since when and by whom, and when it ends; never a token."""
        office.connect()
        told = keys.type("connections", "show", "1").stdout

        assert "Signed in" in told
        assert "Ends in any case: 2031-01-14" in told
        assert office.access not in told
        assert keys.read("connections", "show", "1")["sign_in"]["is_open"] is True
