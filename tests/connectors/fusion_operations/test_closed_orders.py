"""A service that lists closed orders only when asked: they are not gone, and are read to the end.

Whether v1 is one is not known.  So an order that is not listed counts as gone only where the
list shows closed orders at all, or the service says of that order that it is not there.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx2
import pytest

from counterfoil.connectors.fusion_operations import (
    Company,
    FieldMap,
    FusionClient,
    FusionOperations,
)
from counterfoil.documents import DocumentKind, DocumentStatus, SalesOrder
from counterfoil.engine.operations import FindDocument, ReadDocuments, Unknown
from tests.connectors.fusion_operations.conftest import NEW_YORK
from tests.connectors.fusion_operations.test_driver import ask, page
from tests.sandboxes.fusion_operations.play import Play, line

MakeClient = Callable[..., FusionClient]


@pytest.fixture
def hiding(shop: Play) -> Play:
    """A company whose lists hold open orders only."""
    shop.settings(closed_orders="on-request")
    return shop


def enter(shop: Play, *codes: str) -> list[str]:
    """Orders of two cakes each; their ids."""
    return [
        str(shop.make("sales-orders", code=code, client="ACME", products=[line("CAKE", "2")])["id"])
        for code in codes
    ]


def ship(shop: Play, code: str) -> None:
    shop.control("POST", "/companies/acme/ship", {"order": code})


def reading(*known: str, kind: DocumentKind = DocumentKind.SALES_ORDER) -> ReadDocuments:
    return ReadDocuments(id="op", kind=kind, known=known)


def test_a_closed_order_that_is_not_listed_is_read_alone(
    hiding: Play, driver: FusionOperations
) -> None:
    """It comes with the others as what it is now, and so does what was shipped last."""
    first, second = enter(hiding, "SO-1", "SO-2")
    ship(hiding, "SO-1")
    found = page(ask(driver, reading(first, second)))
    shipped = page(ask(driver, reading(first, second, kind=DocumentKind.SHIPMENT)))

    assert {each.number: each.status for each in found.documents} == {
        "SO-2": DocumentStatus.OPEN,
        "SO-1": DocumentStatus.CLOSED,
    }
    assert (found.is_snapshot, found.deleted_documents) == (False, ())
    assert len(shipped.documents) == 1
    assert (shipped.is_snapshot, shipped.deleted_documents) == (False, ())


def test_nothing_is_gone_for_not_being_listed(hiding: Play, driver: FusionOperations) -> None:
    """Even where nobody knows which orders to ask for, the page says nothing of absence."""
    enter(hiding, "SO-1", "SO-2")
    ship(hiding, "SO-1")
    found = page(ask(driver, reading()))

    assert [each.number for each in found.documents] == ["SO-2"]
    assert (found.is_snapshot, found.deleted_documents) == (False, ())


@pytest.mark.parametrize("custom", ["listed", "on-request"])
def test_an_order_that_was_deleted_is_gone(
    shop: Play, driver: FusionOperations, custom: str
) -> None:
    """The service says so of that order, whatever its lists hold."""
    shop.settings(closed_orders=custom)
    first, second = enter(shop, "SO-1", "SO-2")
    assert shop.call("DELETE", f"/sales-orders/{first}").status_code == 204
    found = page(ask(driver, reading(first, second)))

    assert [each.id for each in found.documents] == [second]
    assert found.deleted_documents == ((DocumentKind.SALES_ORDER, first),)


def test_a_list_with_a_closed_order_is_everything(shop: Play, driver: FusionOperations) -> None:
    """Then what is not in it is gone, and no order has to be asked for alone."""
    first, _ = enter(shop, "SO-1", "SO-2")
    ship(shop, "SO-2")
    shop.call("DELETE", f"/sales-orders/{first}")
    before = shop.calls()["accepted"]
    found = page(ask(driver, reading(first)))

    assert found.is_snapshot
    assert [each.number for each in found.documents] == ["SO-2"]
    # One for a token, one for the list.
    assert shop.calls()["accepted"] == before + 2


def test_a_service_without_a_call_for_one_leaves_it_open(
    hiding: Play, driver: FusionOperations, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether an order is gone is not known then, and nothing says that it is."""
    first, _ = enter(hiding, "SO-1", "SO-2")
    ship(hiding, "SO-1")
    refuse_items(hiding, monkeypatch)
    found = page(ask(driver, reading(first)))
    sought = ask(driver, FindDocument(id="op", kind=DocumentKind.SALES_ORDER, ids=(first,)))

    assert (found.is_snapshot, found.deleted_documents) == (False, ())
    assert isinstance(sought, Unknown)


def refuse_items(shop: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the service answer 405 to every question for one order."""
    send = shop.http.send

    def answer(request: httpx2.Request, **more: Any) -> httpx2.Response:
        if request.url.path.partition("/sales-orders/")[2]:
            request.method = "OPTIONS"
        return send(request, **more)

    monkeypatch.setattr(shop.http, "send", answer)


def test_an_order_that_is_sought_may_be_closed(hiding: Play, driver: FusionOperations) -> None:
    """By its identity it is found alone; one that is not there is not."""
    first, second = enter(hiding, "SO-1", "SO-2")
    ship(hiding, "SO-1")
    found = page(
        ask(driver, FindDocument(id="op", kind=DocumentKind.SALES_ORDER, ids=(first, second)))
    )
    none = page(ask(driver, FindDocument(id="op", kind=DocumentKind.SALES_ORDER, ids=("99",))))

    assert {each.number for each in found.documents} == {"SO-1", "SO-2"}
    assert none.documents == ()


def test_the_field_map_can_ask_for_closed_orders(hiding: Play, make_client: MakeClient) -> None:
    """A connection that knows how to ask reads all orders at once, and knows what is gone."""
    words = {"parameter.closed-orders": "status", "value.closed-orders": "open,closed"}
    driver = FusionOperations(make_client(fields=FieldMap.of(words)), Company(zone=NEW_YORK))
    enter(hiding, "SO-1", "SO-2")
    ship(hiding, "SO-1")
    found = page(ask(driver, reading()))

    assert [each.number for each in found.documents] == ["SO-1", "SO-2"]
    assert found.is_snapshot
    assert all(isinstance(each, SalesOrder) for each in found.documents)
