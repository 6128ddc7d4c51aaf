"""Tokens on both databases, and the counts of an empty ledger."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from counterfoil.api import tokens
from counterfoil.errors import LedgerBusyError, UsageError
from counterfoil.hub.scopes import Scope
from counterfoil.hub.setup import Configuration, Hub, open_hub
from counterfoil.ledger import exchanges, transfers
from counterfoil.ledger.schema import browser_session
from tests.support.world import SECRET_KEY

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


class Watch:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.moment = NOON

    def __call__(self) -> datetime:
        return self.moment


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def hub(database_url: str, watch: Watch) -> Iterator[Hub]:
    """A hub to which nothing is connected yet, on each database."""
    configuration = Configuration(database_url=database_url, secret_key=SECRET_KEY)
    with open_hub(configuration, watch) as opened:
        yield opened


class TestTokens:
    def test_they_are_known_until_removed(self, hub: Hub) -> None:
        """By number or name they are removed."""
        number, token = tokens.add(hub, "reports", "tests")

        bearer = tokens.bearer_of(hub, token)
        assert bearer is not None
        assert (bearer.name, bearer.scope) == ("reports", Scope.ADMINISTER)
        assert tokens.bearer_of(hub, token + "x") is None
        assert tokens.remove(hub, str(number), "tests").name == "reports"
        assert tokens.bearer_of(hub, token) is None
        assert tokens.all_tokens(hub) == []

    def test_names_are_unique(self, hub: Hub) -> None:
        """Two tokens that cannot be told apart could not be removed one by one."""
        tokens.add(hub, "reports", "tests")
        for name in ("reports", " reports ", ""):
            with pytest.raises(UsageError):
                tokens.add(hub, name, "tests")
        with pytest.raises(UsageError):
            tokens.remove(hub, "others", "tests")

    def test_two_tokens_are_never_equal(self, hub: Hub) -> None:
        """Each has 256 bits of chance, and a mark by which people know what it is."""
        made = {tokens.add(hub, f"t{each}", "tests")[1] for each in range(5)}

        assert len(made) == 5
        assert all(each.startswith("cft_") and len(each) > 40 for each in made)

    def test_the_last_use_is_noted_now_and_then(self, hub: Hub, watch: Watch) -> None:
        """To ten minutes: a request writes nothing when another one just did."""
        _number, token = tokens.add(hub, "reports", "tests")
        seen = []
        for minutes in (0, 5, 11):
            watch.moment = NOON + timedelta(minutes=minutes)
            tokens.bearer_of(hub, token)
            seen.append(tokens.all_tokens(hub)[0].last_used_at)

        assert seen == [NOON, NOON, NOON + timedelta(minutes=11)]

    def test_a_busy_database_keeps_nobody_out(
        self, hub: Hub, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Noting the use is not worth refusing a request."""
        _number, token = tokens.add(hub, "reports", "tests")

        def busy() -> None:
            raise LedgerBusyError("locked")

        monkeypatch.setattr(hub.database, "writing", busy)

        assert tokens.bearer_of(hub, token) is not None

    def test_they_end(self, hub: Hub, watch: Watch) -> None:
        """On its day a token opens nothing any more, and says since when."""
        _number, token = tokens.add(hub, "reports", "tests", days=30)
        watch.moment = NOON + timedelta(days=30)
        bearer = tokens.bearer_of(hub, token)

        assert bearer is not None
        assert bearer.expired_at == watch.moment
        for days in (0, -1, 10_000):
            with pytest.raises(UsageError):
                tokens.add(hub, "others", "tests", days=days)

    @pytest.mark.parametrize("scope", Scope)
    def test_each_scope_covers_those_before_it(self, scope: Scope) -> None:
        """And none after it."""
        order = list(Scope)

        assert [each for each in order if scope.covers(each)] == order[: order.index(scope) + 1]


class TestBrowsers:
    def test_a_session_ends_when_its_browser_signs_out(self, hub: Hub) -> None:
        """Also where somebody has kept the cookie; other browsers stay."""
        _number, token = tokens.add(hub, "reports", "tests")
        first, second = tokens.begin_session(hub, token), tokens.begin_session(hub, token)
        tokens.end_session(hub, first)

        assert tokens.browser_of(hub, first) is None
        assert tokens.browser_of(hub, second) is not None

    def test_a_session_ends_with_its_token(self, hub: Hub) -> None:
        """Whoever removes a token signs every browser out that came with it."""
        _number, token = tokens.add(hub, "reports", "tests")
        cookie = tokens.begin_session(hub, token)
        tokens.remove(hub, "reports", "tests")

        assert tokens.browser_of(hub, cookie) is None

    def test_a_session_ends_after_some_hours(self, hub: Hub, watch: Watch) -> None:
        """And what is over is dropped by the next that begins."""
        _number, token = tokens.add(hub, "reports", "tests")
        cookie = tokens.begin_session(hub, token)
        watch.moment = NOON + tokens.LIFE
        assert tokens.browser_of(hub, cookie) is None
        tokens.begin_session(hub, token)
        with hub.database.reading() as tx:
            kept = tx.execute(select(func.count()).select_from(browser_session)).scalar()

        assert kept == 1


def test_an_empty_ledger_counts_nothing(hub: Hub) -> None:
    """Counting needs no rows to be right."""
    with hub.database.reading() as tx:
        assert exchanges.counts(tx) == []
        assert transfers.oldest(tx) == {}
