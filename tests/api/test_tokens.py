"""Tokens on both databases, and the counts of an empty ledger."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pydantic
import pytest

from counterfoil.api import tokens
from counterfoil.errors import LedgerBusyError, UsageError
from counterfoil.hub.setup import Configuration, Hub, open_hub
from counterfoil.ledger import exchanges, transfers
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
    configuration = Configuration(
        database_url=database_url, secret_key=pydantic.SecretStr(SECRET_KEY)
    )
    with open_hub(configuration, watch) as opened:
        yield opened


class TestTokens:
    def test_they_are_known_until_removed(self, hub: Hub) -> None:
        """By the token or its hash; by number or name they are removed."""
        number, token = tokens.add(hub, "reports", "tests")

        assert tokens.named(hub, token) == "reports"
        assert tokens.named(hub, token + "x") is None
        assert tokens.remove(hub, str(number), "tests").name == "reports"
        assert tokens.named(hub, token) is None
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
            tokens.named(hub, token)
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

        assert tokens.named(hub, token) == "reports"


def test_an_empty_ledger_counts_nothing(hub: Hub) -> None:
    """Counting needs no rows to be right."""
    with hub.database.reading() as tx:
        assert exchanges.counts(tx) == []
        assert transfers.oldest(tx) == {}
