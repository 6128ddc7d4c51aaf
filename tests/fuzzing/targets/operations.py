"""Fusion Operations: its answers through the whole connector, and the odd texts beside them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from functools import partial
from itertools import count
from typing import Final
from zoneinfo import ZoneInfo

import httpx2

from counterfoil.connectors.called import Line
from counterfoil.connectors.called import _dates as dates
from counterfoil.connectors.called._retry_after import retry_after_s
from counterfoil.connectors.fusion_operations import (
    Account,
    Company,
    FusionClient,
    FusionOperations,
)
from counterfoil.connectors.fusion_operations import _client as headers
from counterfoil.connectors.fusion_operations import _errors as errors
from counterfoil.documents import DocumentKind, RecordKind, SalesOrder
from counterfoil.engine.operations import (
    Batch,
    CreateDocument,
    FindDocument,
    Operation,
    ReadDocuments,
    ReadRecords,
    ReadStock,
)
from tests.connectors.fusion_operations.builders import order
from tests.fuzzing.keeping import kept

from ._target import Target, as_text, parts_of, seeds_of

__all__ = ["TARGETS"]

_ZONE: Final = ZoneInfo("America/New_York")
_SEEDS: Final = seeds_of("fusion")
_SERVICES: Final = seeds_of("services")
_PAGE: Final = (
    b"<html><head><title>502</title><style>p {}</style></head>"
    b"<body><p>Bad gateway &amp; more</p><!-- nginx --></body></html>"
)
# An answer that makes us ask again and again is not what is looked for here.
_CALLS_MAX: Final = 40

_ACCOUNT: Final = Account(base_url="https://fusion.example", key="KEY", secret="not-a-secret")
_AS_USUAL: Final = Company(zone=_ZONE)
_FROM_MOVEMENTS: Final = Company(
    zone=_ZONE,
    shipments_from="movements",
    receipts_from="movements",
    hours_from="report",
    stock_from="movements",
)
_RECORDS: Final = (RecordKind.CUSTOMER, RecordKind.VENDOR, RecordKind.ITEM)
_DOCUMENTS: Final = (
    DocumentKind.SALES_ORDER,
    DocumentKind.PURCHASE_ORDER,
    DocumentKind.SHIPMENT,
    DocumentKind.RECEIPT,
    DocumentKind.WORK_ENTRY,
)
_READINGS: Final[tuple[Operation, ...]] = (
    *(ReadRecords(id="1", kind=kind) for kind in _RECORDS),
    *(ReadDocuments(id="1", kind=kind) for kind in _DOCUMENTS),
    ReadStock(id="1"),
)
_ORDER: Final[SalesOrder] = order()
_WRITES: Final[tuple[Operation, ...]] = (
    CreateDocument(id="1", kind=DocumentKind.SALES_ORDER, document=_ORDER, key="key"),
    FindDocument(id="1", kind=DocumentKind.SALES_ORDER, numbers=("SO-1",)),
)


Answers = Callable[[bytes, str], bytes | None]
"""What is answered to a call of a path, whose last words say what is asked; ``None``: 404."""


def _by_list(data: bytes, path: str) -> bytes | None:
    """The answer of the list that the path names, of an input that holds several."""
    words = path.strip("/").split("/")
    return next((part for name, part in parts_of(data).items() if name in words), None)


def _always(data: bytes, _path: str) -> bytes | None:
    return data


class _Service(httpx2.BaseTransport):
    """Gives a token to everybody, and what it is told to for every other call."""

    def __init__(self, answer: Callable[[str], bytes | None], status: int) -> None:
        self._answer = answer
        self._status = status
        self._calls = count()

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        if request.url.path.endswith("/authorization"):
            return httpx2.Response(200, json={"token": "not-a-token"})
        if next(self._calls) > _CALLS_MAX:
            raise httpx2.ConnectError("the play is over")
        body = self._answer(request.url.path)
        return httpx2.Response(404 if body is None else self._status, content=body)


def _answered(
    operations: Sequence[Operation],
    *,
    answers: Answers = _always,
    company: Company = _AS_USUAL,
    status: int = 200,
    recovers: bool = False,
) -> Callable[[bytes], None]:
    """Make a reader of an input as what a service answers to each of these operations."""

    def read(data: bytes) -> None:
        service = _Service(partial(answers, data), status)
        line = Line(transport=service, clock=lambda: 0.0, sleep=lambda _: None)
        client = FusionClient(_ACCOUNT, line=line)
        driver = FusionOperations(client, company)
        with closing(client):
            for each in operations:
                kept(driver.perform(Batch(operations=(each,), key="batch", recovers=recovers)))

    return read


def _instant(data: bytes) -> None:
    moment = dates.parse_instant(as_text(data), _ZONE)
    if moment is not None:
        assert dates.parse_instant(dates.render_instant(moment), _ZONE) == moment


def _day(data: bytes) -> None:
    day = dates.parse_day(as_text(data), _ZONE)
    if day is not None:
        dates.render_day(day, _ZONE)


def _error(data: bytes) -> None:
    kept([errors.error_text(data), errors.error_field(data)])


def _headers(data: bytes) -> None:
    text = as_text(data)
    headers._linked(text)  # noqa: SLF001 - headers are judged before they are looked at here
    assert retry_after_s(text) >= 0


TARGETS: Final = {
    "fusion-orders": Target(_answered(_READINGS, answers=_by_list), _SERVICES),
    "fusion-movements": Target(
        _answered(_READINGS[3:], answers=_by_list, company=_FROM_MOVEMENTS), _SERVICES
    ),
    "fusion-writes": Target(_answered(_WRITES), _SEEDS),
    "fusion-recoveries": Target(_answered(_WRITES[:1], recovers=True), _SEEDS),
    "fusion-refusals": Target(_answered(_WRITES, status=400), (*_SEEDS, _PAGE)),
    "fusion-errors": Target(_error, (*_SEEDS, _PAGE)),
    "fusion-instants": Target(
        _instant,
        (b"2025-03-03T09:00:00Z", b"2025-03-03T09:00:00.25-05:00", b"2025-11-02T01:30:00"),
        (ValueError,),
    ),
    "fusion-days": Target(_day, (b"2025-03-03", b"2025-03-03T23:00:00-0500"), (ValueError,)),
    "fusion-headers": Target(
        _headers,
        (b'<https://fusion.example/api?page=2>; rel="next", </api?page=1>; rel=prev', b"120"),
    ),
}
