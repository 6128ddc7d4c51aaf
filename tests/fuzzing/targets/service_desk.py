"""Autotask: its answers through the whole connector."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import UTC, datetime
from itertools import count
from typing import Final
from zoneinfo import ZoneInfo

import httpx2

from counterfoil.connectors.autotask import Account, Autotask, AutotaskClient, Tenant, observe
from counterfoil.connectors.called import Line
from counterfoil.documents import EXTERNAL_NUMBER, DocumentKind, RecordKind
from counterfoil.engine.operations import (
    Batch,
    CompleteToDo,
    CreateToDo,
    FindDocument,
    FindToDo,
    Operation,
    ReadDocuments,
    ReadRecords,
    ReadStock,
    WriteField,
)
from tests.fuzzing.keeping import kept

from ._target import Target, parts_of, seeds_of

__all__ = ["TARGETS"]

_SEEDS: Final = seeds_of("autotask")
# An answer that makes us ask again and again is not what is looked for here.
_CALLS_MAX: Final = 60
_ORDER: Final = DocumentKind.PURCHASE_ORDER
_TO_DO: Final = CreateToDo(
    id="1",
    key="mark-1",
    text="Look",
    action_type="To-do",
    assignee="Ada Byron",
    due=datetime(2026, 1, 15, 18, tzinfo=UTC),
)
_TO_DOS: Final[tuple[Operation, ...]] = (
    _TO_DO,
    FindToDo(id="1", key="mark-1"),
    FindToDo(id="1", key="mark-1", record_id="5"),
    CompleteToDo(id="1", record_id="5", at=_TO_DO.due),
)
_LOOK: Final = '{"first_to":null,"order":1,"row":1}'
_ACCOUNT: Final = Account(
    user="link@acme.example",
    secret="not-a-secret",
    integration_code="NOTACODE",
    base_url="https://autotask.example/ATServicesRest",
)
_READINGS: Final[tuple[Operation, ...]] = (
    *(
        ReadDocuments(id="1", kind=kind, bookmark=bookmark)
        for kind in (_ORDER, DocumentKind.RECEIPT)
        for bookmark in (None, _LOOK)
    ),
    *(
        ReadRecords(id="1", kind=kind)
        for kind in (RecordKind.VENDOR, RecordKind.ITEM, RecordKind.INVENTORY_SITE)
    ),
    ReadStock(id="1"),
    ReadStock(id="1", at_sites=True),
    FindDocument(id="1", kind=_ORDER, numbers=("29001",)),
    WriteField(id="1", kind=_ORDER, document_id="29001", name=EXTERNAL_NUMBER, value="1044"),
)


class _Service(httpx2.BaseTransport):
    """Answers by the part of an input that is named like what is asked for."""

    def __init__(self, data: bytes, status: int) -> None:
        self._parts = parts_of(data)
        self._status = status
        self._calls = count()

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        if next(self._calls) > _CALLS_MAX:
            raise httpx2.ConnectError("the play is over")
        body = self._parts.get(self._asked(request.url.path))
        return httpx2.Response(404 if body is None else self._status, content=body)

    def _asked(self, path: str) -> str:
        entity, _, rest = path.rpartition("/v1.0/")[2].partition("/")
        if rest.startswith("query/count"):
            return "count"
        if rest.startswith("query"):
            return entity
        return {"": entity, "entityInformation/fields": "fields"}.get(rest, f"one-of-{entity}")


def _answered(operations: Sequence[Operation], *, status: int = 200) -> Callable[[bytes], None]:
    """Make a reader of an input as what the service answers to each of these operations."""

    def read(data: bytes) -> None:
        # Where the zone is told as well as an address can be, everything else is answered.
        zones = {_ACCOUNT.name: "https://autotask.example/ATServicesRest"}
        client = AutotaskClient(_ACCOUNT, line=_line(data, status), zones=zones)
        driver = Autotask(client, Tenant(zone=ZoneInfo("America/New_York"), tells_sites=True))
        with closing(client):
            for each in operations:
                kept(driver.perform(Batch(operations=(each,), key="batch")))

    return read


def _observed(data: bytes) -> None:
    client = AutotaskClient(_ACCOUNT, line=_line(data, 200))
    with closing(client):
        kept([each.sentence for each in observe(client)])


def _line(data: bytes, status: int) -> Line:
    return Line(transport=_Service(data, status), clock=lambda: 0.0, sleep=lambda _: None)


TARGETS: Final = {
    "autotask-readings": Target(_answered(_READINGS), _SEEDS),
    "autotask-to-dos": Target(_answered(_TO_DOS), seeds_of("to-dos")),
    "autotask-refusals": Target(_answered(_READINGS, status=500), _SEEDS),
    "autotask-observing": Target(_observed, _SEEDS),
}
