"""Which assumptions about v1 a tenant bears out: each way the sandbox can be."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from counterfoil.connectors.fusion_operations import (
    FieldMap,
    FusionClient,
    Verdict,
    probe,
)
from counterfoil.told import Advice
from tests.connectors.fusion_operations.builders import Telling, as_list
from tests.connectors.fusion_operations.conftest import NEW_YORK
from tests.sandboxes.fusion_operations.play import Play, line

MakeClient = Callable[..., FusionClient]

HOLDS, FAILS, OPEN = Verdict.HOLDS, Verdict.FAILS, Verdict.OPEN


def verdicts(client: FusionClient) -> dict[str, Verdict]:
    return {each.name: each.verdict for each in probe(client, NEW_YORK).assumptions}


@pytest.fixture
def busy(shop: Play) -> Play:
    """A company in which a bit of everything has happened."""
    shop.make("suppliers", code="MILLCO", name="Mill Co")
    shop.make(
        "sales-orders", code="SO-1", client="ACME", marketplace="Web", products=[line("CAKE", 3)]
    )
    goods = [{"products": [line("CAKE", 9)]}]
    shop.make("purchase-orders", code="PUO-1", supplier="MILLCO", receivings=goods)
    shop.control("POST", "/companies/acme/ship", {"order": "SO-1"})
    shop.control("POST", "/companies/acme/receive", {"order": "PUO-1"})
    shop.control("POST", "/companies/acme/entities/workers", {"number": "7", "name": "Ria"})
    shop.make("production-orders", code="PO-1", products=[line("CAKE", 3)])
    record = {
        "production-order": {"code": "PO-1"},
        "worker": {"number": "7"},
        "operation": {"code": "BAKE", "name": "Baking"},
        "start-time": "2025-03-04T08:00:00Z",
        "end-time": "2025-03-04T09:00:00Z",
    }
    shop.control("POST", "/companies/acme/produce", record)
    return shop


def test_a_tenant_as_we_take_it_to_be(busy: Play, client: FusionClient) -> None:
    """Everything that reading can show holds; what only a write would show is open."""
    found = verdicts(client)

    assert [name for name, verdict in found.items() if verdict is FAILS] == []
    assert [name for name, verdict in found.items() if verdict is OPEN] == [
        "orders-changeable",
        "codes-unique",
    ]


def test_nothing_can_be_told_of_an_empty_company(play: Play, client: FusionClient) -> None:
    """An empty list is no evidence, neither for nor against."""
    found = verdicts(client)

    assert set(found.values()) == {HOLDS, OPEN}
    assert [name for name, verdict in found.items() if verdict is HOLDS] == [
        "interface-v1",
        "lists-whole",
    ]


def test_a_tenant_whose_orders_tell_no_deliveries(busy: Play, client: FusionClient) -> None:
    """3.7, way D: the movements are named as the place to read them from."""
    busy.settings(shipping_mode="D")

    rows = {each.name: each for each in probe(client).assumptions}

    for name, cure in (
        (
            "shipments-in-orders",
            Advice("Read them from the movements", "--shipments-from movements"),
        ),
        ("receipts-in-orders", Advice("Read them from the movements", "--receipts-from movements")),
    ):
        assert (rows[name].verdict, rows[name].cure) == (FAILS, cure)
        assert rows[name].found.endswith("1 movements name an order.")


def test_a_tenant_that_hides_closed_orders(busy: Play, client: FusionClient) -> None:
    """Whether there are any cannot be told, and what to set is."""
    busy.settings(closed_orders="on-request")

    (row,) = (each for each in probe(client).assumptions if each.name == "sales-orders-list-closed")

    assert row.verdict is OPEN
    assert "parameter.closed-orders" in str(row.cure)


@pytest.mark.parametrize(
    "lists, name, verdict",
    [
        ({"sales-orders": [{"id": 1}]}, "sales-orders-readable", FAILS),
        ({"purchase-orders": [{"id": 1, "code": "P", "status": "x"}]},
         "purchase-orders-readable", FAILS),
        ({"production-orders": [{"id": 1, "status": 7}]}, "production-orders-readable", FAILS),
        ({"products": [{"id": 1, "code": "C", "tags": 7}]}, "products-readable", FAILS),
        ({"products": [{"id": 1, "code": "C"}]}, "stock-of-a-product", FAILS),
        ({"productions": [{"start-time": "2025-03-04T08:00:00Z", "worker": "7"}]},
         "names-in-productions", FAILS),
        ({"reports/worker-labor-time": [{"worker": "7", "date": "2025-03-04", "work-time": 60}]},
         "hours-in-productions", FAILS),
        ({"clients": [{}] * 100}, "lists-whole", OPEN),
        ({"clients": [{}] * 101}, "lists-whole", HOLDS),
        ({"sales-orders": [{"id": 1, "code": "S", "creation-date": "2025-03-04T08:00:00"}]},
         "dates-with-zone", OPEN),
        ({"sales-orders": [{"id": 1, "code": "S", "creation-date": "2025-03-04T08:00:00-05:00"}]},
         "dates-with-zone", HOLDS),
    ],
)  # fmt: skip
def test_a_tenant_that_is_otherwise(
    make_client: MakeClient, lists: dict[str, list[Any]], name: str, verdict: Verdict
) -> None:
    """Each assumption can fail by itself, and the row says what to do."""
    service = Telling({path: as_list(*elements) for path, elements in lists.items()})
    for key in ("1", "C"):
        service.answers[f"GET /inventory/{key}"] = (404, "{}")

    (row,) = (
        each for each in probe(make_client(transport=service)).assumptions if each.name == name
    )

    assert row.verdict is verdict
    assert (row.cure is None) is (verdict is HOLDS)


def test_it_tells_no_values(busy: Play, make_client: MakeClient) -> None:
    """Masked: neither names nor codes of the company are in the report, whatever is wrong."""
    names = {"sales-order.client": "shippings", "sales-order.creation-date": "code"}
    report = probe(make_client(fields=FieldMap.of(names)))

    assert FAILS in {each.verdict for each in report.assumptions}
    for value in ("ACME", "SO-1", "PUO-1", "MILLCO", "Ria", "Baking", "CAKE"):
        assert value not in repr(report)
