"""A hub for people, and a clock that stands still until it is moved."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pyotp
import pytest

from counterfoil.hub import users
from counterfoil.hub.setup import Configuration, Hub, open_hub
from counterfoil.hub.users import Caller, Role
from counterfoil.ledger.users import User
from tests.support.world import SECRET_KEY

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
HERE = Caller("203.0.113.9", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Firefox/140.0")
PASSWORD = "plum orbit candle 47"


class Watch:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.moment = NOON

    def __call__(self) -> datetime:
        return self.moment

    def go(self, **by: float) -> None:
        self.moment += timedelta(**by)


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def hub(sqlite_hub_url: str, watch: Watch) -> Iterator[Hub]:
    """A hub without users, on SQLite."""
    with open_hub(Configuration(database_url=sqlite_hub_url, secret_key=SECRET_KEY), watch) as made:
        yield made


@pytest.fixture(params=["sqlite", "postgres"])
def either_hub(request: pytest.FixtureRequest, watch: Watch) -> Iterator[Hub]:
    """A hub without users, on each database."""
    url = request.getfixturevalue(f"{request.param}_hub_url")
    with open_hub(Configuration(database_url=url, secret_key=SECRET_KEY), watch) as made:
        yield made


def joined(hub: Hub, name: str, role: Role = Role.OWNER, password: str = PASSWORD) -> User:
    """Somebody who has chosen a password."""
    made = users.add(hub, login_of(name), name, role, "tests")
    users.set_password(hub, made.id, password, "tests")
    return made


def login_of(name: str) -> str:
    return f"{name.lower().replace(' ', '.')}@bakery.example"


def code_at(secret: str, moment: datetime) -> str:
    """The code that an authenticator app shows."""
    return pyotp.TOTP(secret).at(moment)


def with_second_factor(hub: Hub, user: User, moment: datetime) -> tuple[str, list[str]]:
    """Set an app up; gives its secret, and the recovery codes."""
    secret = users.begin_enrolment(hub, user.id).secret
    return secret, users.confirm_enrolment(hub, user.id, code_at(secret, moment))
