"""Tokens as they are kept: who may change which version, and sign-ins that are good once."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from counterfoil.ledger import Database, connections, grants
from counterfoil.ledger.grants import Grant, SignIn

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
TOKENS = {
    "access_token": "sealed-access",
    "refresh_token": "sealed-refresh",
    "access_until": NOW + timedelta(hours=1),
    "idle_until": NOW + timedelta(days=100),
    "hard_until": None,
}
OTHERS = {**TOKENS, "access_token": "sealed-access-2", "refresh_token": "sealed-refresh-2"}


@pytest.fixture
def database(ledger: Database) -> Database:
    """An empty ledger, on both databases."""
    return ledger


@pytest.fixture
def connection(database: Database) -> int:
    """A connection with tokens of version 1."""
    with database.writing() as tx:
        made = connections.add(
            tx, system="quickbooks-online", name="Books", parameters={}, created_at=NOW
        )
        grants.keep(tx, made, **TOKENS, granted_at=NOW, granted_by="Robin")
    return made


def kept(database: Database, connection: int) -> Grant:
    with database.reading() as tx:
        found = grants.load(tx, connection)
    assert found is not None
    return found


def begins(database: Database, connection: int, renewer: str, **at: Any) -> bool:
    now = NOW + timedelta(**at)
    with database.writing() as tx:
        return grants.begin_renewal(tx, connection, 1, renewer, now, now - timedelta(minutes=10))


class TestRenewing:
    def test_one_at_a_time(self, database: Database, connection: int) -> None:
        """Whoever comes second is told so; after ten minutes the first has given up."""
        assert begins(database, connection, "first")
        assert not begins(database, connection, "second", minutes=9)
        assert begins(database, connection, "third", minutes=11)

    def test_of_many_at_once_one_begins(self, database: Database, connection: int) -> None:
        """The row decides, not who looked first."""
        begun: list[bool] = []
        together = threading.Barrier(4)

        def begin(name: str) -> None:
            together.wait()
            begun.append(begins(database, connection, name))

        threads = [threading.Thread(target=begin, args=(str(n),)) for n in range(4)]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        assert sorted(begun) == [False, False, False, True]

    def test_what_comes_too_late_is_not_kept(self, database: Database, connection: int) -> None:
        """A person connected anew meanwhile: the tokens that came of the old ones are dropped."""
        begins(database, connection, "first")
        with database.writing() as tx:
            grants.keep(tx, connection, **OTHERS, granted_at=NOW, granted_by="Kim")
        with database.writing() as tx:
            assert not grants.renewed(tx, connection, 1, "first", **TOKENS)

        found = kept(database, connection)
        assert (found.version, found.access_token, found.granted_by, found.renewer) == (
            2,
            "sealed-access-2",
            "Kim",
            None,
        )

    def test_renewed_tokens_are_another_version(self, database: Database, connection: int) -> None:
        """Nobody renews them any more, and who signed in stays who did."""
        begins(database, connection, "first")
        with database.writing() as tx:
            assert grants.renewed(tx, connection, 1, "first", **OTHERS)

        found = kept(database, connection)
        assert (found.version, found.refresh_token, found.renewer) == (2, "sealed-refresh-2", None)
        assert found.granted_by == "Robin"

    def test_a_start_of_the_one_process_frees_what_a_dead_one_held(
        self, database: Database, connection: int
    ) -> None:
        """With the leases, renewals that nobody is at any more are free."""
        begins(database, connection, "dead")
        with database.writing() as tx:
            connections.release_all(tx)

        assert begins(database, connection, "alive")


class TestEnds:
    def test_only_the_tokens_that_ended_are_dropped(
        self, database: Database, connection: int
    ) -> None:
        """An end of an older version says nothing of a newer one."""
        with database.writing() as tx:
            assert not grants.end(tx, connection, "provider", NOW, version=7)
            assert grants.end(tx, connection, "provider", NOW, version=1)
            assert not grants.end(tx, connection, "provider", NOW)

        found = kept(database, connection)
        assert (found.access_token, found.refresh_token, found.ended_why) == (
            None,
            None,
            "provider",
        )

    def test_what_ended_is_not_renewed(self, database: Database, connection: int) -> None:
        """Nobody begins; connecting anew makes it open again, and keeps what was told of it."""
        with database.writing() as tx:
            grants.hint(tx, [connection], NOW)
            grants.end(tx, connection, "disconnected", NOW)
            assert not grants.begin_renewal(tx, connection, 2, "x", NOW, NOW)
            grants.keep(tx, connection, **OTHERS, granted_at=NOW, granted_by="Kim")

        found = kept(database, connection)
        assert (found.ended_at, found.ended_why, found.hinted_at) == (None, None, NOW)


class TestSignIns:
    def begun(self, connection: int, **more: Any) -> SignIn:
        known = {
            "browser_hash": grants.hashed("cookie"),
            "verifier": "sealed-verifier",
            "redirect_uri": "https://hub.example/oauth/callback",
            "takes_another": False,
            "until": NOW + timedelta(minutes=10),
        }
        return SignIn(connection=connection, **{**known, **more})

    def test_a_state_is_good_once(self, database: Database, connection: int) -> None:
        """The second who brings it finds nothing; the state itself is not kept."""
        begun = self.begun(connection)
        with database.writing() as tx:
            grants.begin_sign_in(tx, "state-1", begun, NOW)
        with database.writing() as tx:
            assert grants.take_sign_in(tx, "state-1") == begun
            assert grants.take_sign_in(tx, "state-1") is None

    def test_those_that_are_over_do_not_pile_up(self, database: Database, connection: int) -> None:
        """With each that begins, the old ones go."""
        with database.writing() as tx:
            grants.begin_sign_in(tx, "old", self.begun(connection, until=NOW), NOW)
            grants.begin_sign_in(tx, "new", self.begun(connection), NOW)
            assert grants.take_sign_in(tx, "old") is None
