"""QuickBooks Online: its answers through the whole connector."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import count
from typing import Final

import httpx2

from counterfoil.connectors.called import Line
from counterfoil.connectors.quickbooks_online import (
    Account,
    OnlineClient,
    QuickBooksOnline,
    observe,
)
from counterfoil.documents import (
    Bill,
    BillLine,
    DocumentKind,
    Money,
    Quantity,
    RecordKind,
    Reference,
    Vendor,
)
from counterfoil.engine.operations import (
    Batch,
    CreateDocument,
    CreateRecord,
    Describe,
    FindDocument,
    Operation,
    ReadDeletions,
    ReadDocuments,
    ReadRecords,
    ReadStock,
    UpdateDocument,
    VoidDocument,
    VoidWay,
)
from tests.fuzzing.keeping import kept

from ._target import Target, parts_of, seeds_of

__all__ = ["TARGETS"]

_SEEDS: Final = seeds_of("online")
# An answer that makes us ask again and again is not what is looked for here.
_CALLS_MAX: Final = 60
_NOW: Final = datetime(2026, 1, 15, 18, tzinfo=UTC)
_SINCE: Final = datetime.fromisoformat("2026-01-15T10:00")
_KEY: Final = "{0c7f4a52-9a3e-5d1b-8f66-2b1d1c0a9e77}"
_KINDS: Final = (
    DocumentKind.PURCHASE_ORDER,
    DocumentKind.BILL,
    DocumentKind.ESTIMATE,
    DocumentKind.INVOICE,
    DocumentKind.SALES_RECEIPT,
    DocumentKind.WORK_ENTRY,
    DocumentKind.STOCK_COUNT,
)
_LISTS: Final = (
    RecordKind.VENDOR,
    RecordKind.CUSTOMER,
    RecordKind.EMPLOYEE,
    RecordKind.ITEM,
    RecordKind.ACCOUNT,
)
_LINE: Final = BillLine(
    id="1",
    item=Reference("Widget", "1"),
    quantity=Quantity(Decimal(1)),
    unit_cost=Money(Decimal(2)),
)
_BILL: Final = Bill(
    id="", number="V-1", vendor=Reference("Acme", "1"), created_on=date(2026, 1, 15), lines=(_LINE,)
)
_CREATION: Final = CreateDocument(id="1", kind=DocumentKind.BILL, document=_BILL, key=_KEY)
_READINGS: Final[tuple[tuple[Operation, ...], ...]] = (
    *((ReadRecords(id="1", kind=kind),) for kind in _LISTS),
    *((FindDocument(id="1", kind=kind, ids=("1",)),) for kind in _KINDS),
    (
        ReadRecords(id="1", kind=RecordKind.VENDOR, since=_SINCE),
        ReadDocuments(id="2", kind=DocumentKind.BILL, since=_SINCE, heads=True),
        ReadDeletions(id="3", documents=_KINDS, since=_SINCE),
    ),
    (ReadStock(id="1"),),
    (Describe(id="1"),),
)
_WRITES: Final[tuple[tuple[Operation, ...], ...]] = (
    (_CREATION,),
    (_CREATION, CreateDocument(id="2", kind=DocumentKind.BILL, document=_BILL, key=_KEY)),
    (
        UpdateDocument(
            id="1", kind=DocumentKind.BILL, document_id="1", revision="0", document=_BILL
        ),
    ),
    (VoidDocument(id="1", kind=DocumentKind.BILL, document_id="1", how=VoidWay.DELETE),),
    (
        CreateRecord(
            id="1",
            kind=RecordKind.VENDOR,
            record=Vendor(id="", name="Acme", full_name="Acme"),
            key=_KEY,
        ),
    ),
)


class _Keys:
    """An access token that is always good."""

    def access(self) -> str:
        return "access-not-real"

    def renewed(self, rejected: str) -> str:
        return rejected


class _Service(httpx2.BaseTransport):
    """Answers by the part of an input that is named like what is asked for."""

    def __init__(self, data: bytes, status: int) -> None:
        self._parts = parts_of(data)
        self._status = status
        self._calls = count()

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        if next(self._calls) > _CALLS_MAX:
            raise httpx2.ConnectError("the play is over")
        body = self._parts.get(self._asked(request))
        return httpx2.Response(404 if body is None else self._status, content=body)

    def _asked(self, request: httpx2.Request) -> str:
        """Name what is asked for: an entity's rows, one of it, a batch, or what changed."""
        asked = request.url.path.rpartition("/company/1/")[2].partition("/")[0]
        if asked == "query":
            return request.url.params["query"].split()[3]
        if asked == "batch":
            return "company" if b"CompanyInfo" in request.read() else "batch"
        return asked


def _answered(
    batches: Sequence[tuple[Operation, ...]], *, status: int = 200
) -> Callable[[bytes], None]:
    """Make a reader of an input as what the service answers to each of these batches."""

    def read(data: bytes) -> None:
        client = _client(data, status)
        driver = QuickBooksOnline(client, lambda: _NOW)
        with closing(client):
            for each in batches:
                kept(driver.perform(Batch(operations=each, key="batch")))

    return read


def _observed(data: bytes) -> None:
    client = _client(data, 200)
    with closing(client):
        kept([each.sentence for each in observe(client)])


def _client(data: bytes, status: int) -> OnlineClient:
    # Time flies, so that our own limits let everything pass.
    minutes = count(step=60.0)
    line = Line(transport=_Service(data, status), clock=lambda: next(minutes), sleep=lambda _: None)
    account = Account(realm="1", base_url="https://online.example")
    return OnlineClient(account, _Keys(), line=line)


TARGETS: Final = {
    "online-readings": Target(_answered(_READINGS), _SEEDS),
    "online-writes": Target(_answered(_WRITES), _SEEDS),
    "online-refusals": Target(_answered((*_READINGS, *_WRITES), status=400), _SEEDS),
    "online-observing": Target(_observed, _SEEDS),
}
