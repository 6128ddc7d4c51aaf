"""A company with its small lists, as new for every test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import etree
from starlette.testclient import TestClient

from counterfoil.sandboxes.quickbooks_desktop import CompanyFile, quickbooks_app
from tests.sandboxes.quickbooks_desktop.desk import START, Desk, customer, service, stock_item
from tests.sandboxes.quickbooks_desktop.outside import Outside
from tests.sandboxes.quickbooks_desktop.trade import Trade

SCHEMA = Path(__file__).parents[4] / "shared/reference/schemas/qbxmlops160.xsd"


@pytest.fixture(scope="session")
def intuit_schema() -> etree.XMLSchema | None:
    """Intuit's own schema where it is at hand; the tests run without it as well."""
    return etree.XMLSchema(etree.parse(SCHEMA)) if SCHEMA.exists() else None


@pytest.fixture(scope="session")
def counter(intuit_schema: etree.XMLSchema | None) -> Iterator[Desk]:
    """One company file behind its HTTP paths for the whole run."""
    company = CompanyFile.create(now=lambda: float(START))
    with TestClient(quickbooks_app(company)) as client:
        yield Desk(client, intuit_schema)
    company.close()


@pytest.fixture
def desk(counter: Desk) -> Desk:
    """A company with accounts, terms, tax codes and shipping methods, and nothing else."""
    counter.reset()
    return counter


@pytest.fixture
def shop(desk: Desk) -> Desk:
    """The same with a customer, one of its jobs, three items of stock and a service."""
    desk.enter(
        customer("Blue Heron Cafe"),
        customer("Kitchen", "Blue Heron Cafe"),
        stock_item("BOLT-8", "1.25", cost="0.50", on_hand="100"),
        stock_item("NUT-8", "0.40", cost="0.10", on_hand="50"),
        stock_item("WASHER", "0.125", cost="0.02"),
        service("Fitting"),
    )
    return desk


@pytest.fixture
def outside(desk: Desk) -> Outside:
    """A stranger's client at the door of a company with its small lists and nothing else."""
    return Outside(desk.client)


@pytest.fixture
def trade(outside: Outside) -> Trade:
    """The same door, with somebody to order from, somebody to sell to, and two goods."""
    return Trade(outside)
