"""Orders and operations of the tests, and a service that answers what it is told to."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

import httpx2

from counterfoil.connectors.fusion_operations import FusionOperations
from counterfoil.documents import (
    Document,
    DocumentKind,
    Money,
    OrderLine,
    Quantity,
    Reference,
    SalesOrder,
)
from counterfoil.engine.operations import (
    Batch,
    CreateDocument,
    Done,
    FindDocument,
    Operation,
    Outcome,
    Page,
    ReadDocuments,
    UpdateDocument,
    VoidDocument,
    VoidWay,
)

SALES_ORDER = DocumentKind.SALES_ORDER

Kind = TypeVar("Kind", bound=Outcome)


def sold(item: str, quantity: str, price: str | None = None, **more: Any) -> OrderLine:
    """One line: ``sold("CAKE", "3", "12.50")``."""
    return OrderLine(
        item=Reference(item),
        quantity=Quantity(Decimal(quantity)),
        unit_price=None if price is None else Money(Decimal(price)),
        **more,
    )


def order(number: str | None = "SO-1", *lines: OrderLine, **more: Any) -> SalesOrder:
    """An order of ACME over three cakes, or the lines given."""
    return SalesOrder(
        **{
            "id": "",
            "number": number,
            "customer": Reference("ACME"),
            "created_on": date(2025, 3, 3),
            "lines": lines or (sold("CAKE", "3", "12.50"),),
            **more,
        }
    )


def creating(document: Document) -> CreateDocument:
    return CreateDocument(id="op", kind=SALES_ORDER, document=document, key="key")


def changing(id_: str, document: Document, **more: Any) -> UpdateDocument:
    return UpdateDocument(
        **{
            "id": "op",
            "kind": SALES_ORDER,
            "document_id": id_,
            "revision": None,
            "document": document,
            **more,
        }
    )


def deleting(id_: str, how: VoidWay = VoidWay.DELETE) -> VoidDocument:
    return VoidDocument(id="op", kind=SALES_ORDER, document_id=id_, how=how)


def finding(*numbers: str, ids: tuple[str, ...] = ()) -> FindDocument:
    return FindDocument(id="op", kind=SALES_ORDER, numbers=numbers, ids=ids)


def reading(kind: DocumentKind = SALES_ORDER) -> ReadDocuments:
    return ReadDocuments(id="op", kind=kind)


def ask(driver: FusionOperations, operation: Operation, *, recovers: bool = False) -> Outcome:
    """Carry one operation out, or find out what became of it."""
    ((_, outcome),) = driver.perform(
        Batch(operations=(operation,), key="batch-1", recovers=recovers)
    )
    return outcome


def expect(type_: type[Kind], outcome: Outcome) -> Kind:
    assert isinstance(outcome, type_), outcome
    return outcome


def page(outcome: Outcome) -> Page:
    found = expect(Done, outcome).page
    assert found is not None
    return found


class Telling(httpx2.BaseTransport):
    """A service that holds exactly these lists, as JSON text; ``GET`` and nothing else.

    Args:
        lists: Resource -> the text of its list.  Other resources are empty.
        answers: ``METHOD /path`` below the API's prefix -> status and text.
    """

    def __init__(
        self,
        lists: Mapping[str, str | bytes],
        answers: Mapping[str, tuple[int, str]] | None = None,
    ) -> None:
        self.lists = dict(lists)
        self.answers = dict(answers or {})
        self.seen: list[str] = []

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        path = request.url.path.partition("/api/v1")[2]
        call = f"{request.method} {path}"
        if path == "/authorization":
            return httpx2.Response(200, json={"token": "minted"})
        self.seen.append(call)
        if call in self.answers:
            status, text = self.answers[call]
            return httpx2.Response(status, content=text.encode())
        if request.method != "GET":
            return httpx2.Response(405, json={"error": "Method not allowed"})
        text_or_bytes = self.lists.get(path.strip("/"), "[]")
        content = text_or_bytes if isinstance(text_or_bytes, bytes) else text_or_bytes.encode()
        return httpx2.Response(200, content=content)


def wire_order(id_: object = "1", code: object = "SO-1", **more: object) -> dict[str, Any]:
    """An order as the service tells it, over one cake."""
    return {
        "id": id_,
        "code": code,
        "client": "ACME",
        "shippings": [
            {"id": f"{id_}0", "products": [{"product": "CAKE", "quantity-ordered": "1"}]}
        ],
        **more,
    }


def as_list(*elements: object) -> str:
    return json.dumps(elements)
