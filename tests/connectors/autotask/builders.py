"""Operations of the tests, and a service that answers what it is told to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

import httpx2

from counterfoil.connectors.autotask import Autotask
from counterfoil.documents import DocumentKind, PurchaseOrder, Receipt
from counterfoil.engine.operations import (
    Batch,
    Done,
    Operation,
    Outcome,
    Page,
    ReadDocuments,
)

ORDER = DocumentKind.PURCHASE_ORDER
RECEIPT = DocumentKind.RECEIPT

Kind = TypeVar("Kind", bound=Outcome)


def ask(driver: Autotask, operation: Operation, *, recovers: bool = False) -> Outcome:
    """Carry one operation out, or find out what became of it."""
    batch = Batch(operations=(operation,), key="batch-1", recovers=recovers)
    ((_, outcome),) = driver.perform(batch)
    return outcome


def expect(type_: type[Kind], outcome: Outcome) -> Kind:
    assert isinstance(outcome, type_), outcome
    return outcome


def page(outcome: Outcome) -> Page:
    found = expect(Done, outcome).page
    assert found is not None
    return found


def read(
    driver: Autotask,
    kind: DocumentKind = ORDER,
    *,
    bookmark: str | None = None,
    known: tuple[str, ...] = (),
    limit: int = 500,
) -> Page:
    """Read a kind as a run does, all pages of it, and give them as one."""
    found = Page(bookmark=bookmark)
    going_on: str | None = None
    for _ in range(100):
        operation = ReadDocuments(
            id="op",
            kind=kind,
            page=going_on,
            bookmark=found.bookmark,
            known=known,
            limit=limit,
        )
        read = page(ask(driver, operation))
        found = Page(
            documents=(*found.documents, *read.documents),
            unreadable=(*found.unreadable, *read.unreadable),
            told_orders=(*found.told_orders, *read.told_orders),
            bookmark=read.bookmark,
        )
        going_on = read.next
        if going_on is None:
            return found
    raise AssertionError("a reading comes to an end")


def orders_in(page: Page) -> dict[str, PurchaseOrder]:
    """Give a page's orders, by number."""
    return {each.number or "": each for each in page.documents if isinstance(each, PurchaseOrder)}


def receipts_in(page: Page) -> list[Receipt]:
    """Give a page's receipts; a look and a sweep may both have brought one."""
    found = {each.id: each for each in page.documents if isinstance(each, Receipt)}
    return [*found.values()]


def scripted(
    *answers: httpx2.Response | Exception,
    zone: str = "https://zone1.example/ATServicesRest/",
) -> tuple[httpx2.MockTransport, list[httpx2.Request]]:
    """A service that gives these answers in order; where the zone is, whenever it is asked."""
    seen: list[httpx2.Request] = []
    left = iter(answers)

    def answer(request: httpx2.Request) -> httpx2.Response:
        if request.url.path.endswith("/zoneInformation"):
            return httpx2.Response(200, json={"zoneName": "1", "url": zone, "ci": 1})
        seen.append(request)
        found = next(left)
        if isinstance(found, Exception):
            raise found
        return found

    return httpx2.MockTransport(answer), seen


def items(*records: Mapping[str, Any], following: str | None = None) -> httpx2.Response:
    """One page of a query."""
    details = {"count": len(records), "requestCount": 500, "nextPageUrl": following}
    return httpx2.Response(200, json={"items": records, "pageDetails": details})
