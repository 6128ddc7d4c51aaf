"""A connector, its client and a stand-in tenant behind it, time in a bottle."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

import httpx2
import pytest

from counterfoil.connectors.autotask import Account, Autotask, AutotaskClient, Tenant
from counterfoil.connectors.called import Line
from tests.sandboxes.autotask.outside import CODE, SECRET, SERVICE, USER, Outside, World, opened

NEW_YORK = ZoneInfo("America/New_York")

MakeClient = Callable[..., AutotaskClient]


class Open:
    """A throttle that lets everything pass."""

    def take(self) -> float:
        return 0.0


@pytest.fixture(scope="session")
def world() -> Iterator[World]:
    """One stand-in for all tests: making it takes longer than most of them."""
    with opened() as found:
        yield found


@pytest.fixture
def tenant(world: World) -> Outside:
    return world.fresh()


@pytest.fixture
def make_client() -> Iterator[MakeClient]:
    """Makes clients of that tenant; keyword arguments replace what is usual."""
    made: list[AutotaskClient] = []
    numbers = count(1)

    def make(transport: httpx2.BaseTransport, **replaced: Any) -> AutotaskClient:
        account = Account(
            user=replaced.pop("user", USER),
            secret=replaced.pop("secret", SECRET),
            integration_code=CODE,
            base_url=replaced.pop("base_url", SERVICE),
        )
        zones = replaced.pop("zones", None)
        usual: dict[str, Any] = {
            "transport": transport,
            "throttle": Open(),
            "sleep": lambda seconds: None,
            "chance": lambda: 0.5,
            "new_id": lambda: f"call-{next(numbers)}",
        }
        made.append(AutotaskClient(account, line=Line(**{**usual, **replaced}), zones=zones))
        return made[-1]

    yield make
    for client in made:
        client.close()


@pytest.fixture
def client(tenant: Outside, make_client: MakeClient) -> AutotaskClient:
    return make_client(httpx2.MockTransport(tenant.http.send))


@pytest.fixture
def driver(client: AutotaskClient, tenant: Outside) -> Autotask:
    return Autotask(client, Tenant(zone=NEW_YORK), tenant.clock.now)
