"""A connector, its client and a sandbox company behind it, time in a bottle."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from counterfoil.connectors.called import Line
from counterfoil.connectors.fusion_operations import (
    Account,
    Company,
    FieldMap,
    FusionClient,
    FusionOperations,
)
from tests.sandboxes.fusion_operations.play import BASE_URL, KEY, SECRET, Play, playing

NEW_YORK = ZoneInfo("America/New_York")

MakeClient = Callable[..., FusionClient]


@pytest.fixture
def play() -> Iterator[Play]:
    with playing() as found:
        yield found


@pytest.fixture
def shop(play: Play) -> Play:
    """A company that has a client and two products."""
    play.stock_up()
    return play


@pytest.fixture
def make_client(play: Play) -> Iterator[MakeClient]:
    """Makes clients of that company; keyword arguments replace what is usual."""
    made: list[FusionClient] = []
    numbers = count(1)

    def make(*, secret: str = SECRET, **replaced: Any) -> FusionClient:
        usual: dict[str, Any] = {
            "transport": play.transport,
            "clock": play.clock.seconds,
            "sleep": play.clock.wait,
            "chance": lambda: 0.5,
            "new_id": lambda: f"call-{next(numbers)}",
        }
        account = Account(
            base_url=BASE_URL, key=KEY, secret=secret, scopes=replaced.pop("scopes", None)
        )
        fields = replaced.pop("fields", None)
        made.append(FusionClient(account, fields=fields, line=Line(**{**usual, **replaced})))
        return made[-1]

    yield make
    for client in made:
        client.close()


@pytest.fixture
def client(make_client: MakeClient) -> FusionClient:
    return make_client()


@pytest.fixture
def driver(client: FusionClient) -> FusionOperations:
    return FusionOperations(client, Company(zone=NEW_YORK))


@pytest.fixture
def fields() -> FieldMap:
    return FieldMap()
