"""Which lists are read: those that flows and settings need, and those that people ask for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import pytest

from counterfoil.errors import UsageError
from counterfoil.hub import desk, finding
from counterfoil.hub.needed import lists_needed
from counterfoil.sandboxes.quickbooks_desktop import ProcessResult
from counterfoil.settings import (
    FLOWS,
    FieldPair,
    Flow,
    FlowName,
    Settings,
    SystemName,
    WorkerList,
    WorkText,
)
from tests.hub.conftest import OpenWorld
from tests.support.builders import settings
from tests.support.world import World


class Books(NamedTuple):
    """A connection, as far as its lists are concerned."""

    system: SystemName = SystemName.QUICKBOOKS_DESKTOP
    facts: Mapping[str, Any] = MappingProxyType({})


BOOKS: Any = Books()
_SALES = {"customer", "item", "unit-set"}
_NAMES = {"customer", "vendor", "employee", "other-name"}


class View(NamedTuple):
    """A link, as far as its lists are concerned: every flow that is not set here is off."""

    settings: Settings
    flows: tuple[str, ...]
    books: Any = BOOKS

    @property
    def active_flows(self) -> list[Flow]:
        return [FLOWS[FlowName(name.replace("_", "-"))] for name in self.flows]


def queried(world: World) -> list[str]:
    """Run the Web Connector once; give the list queries that QuickBooks was sent."""
    seen: list[str] = []

    def after(text: str, result: ProcessResult) -> ProcessResult:
        seen.extend(re.findall(r"<(\w+)QueryRq", text))
        return result

    world.counter.after = after
    world.sync()
    return seen


@pytest.mark.parametrize(
    "flows, expected",
    [
        ({}, set()),
        ({"sales_order_out": {}}, _SALES),
        ({"invoice_in": {}}, _SALES),
        ({"receipt_out": {}}, {"vendor", "item", "unit-set"}),
        ({"stock_count_out": {}}, {"item", "unit-set", "account"}),
        ({"work_entry_out": {}}, {"employee", "customer", "item"}),
        (
            {"work_entry_out": {"payroll_item": WorkText.OPERATION}},
            {"employee", "customer", "item", "payroll-item"},
        ),
        (
            {"work_entry_out": {"workers": WorkerList.EITHER}},
            {"employee", "vendor", "customer", "item"},
        ),
        (
            {"purchase_order_out": {"payables_account": "Payables"}},
            {"vendor", "item", "unit-set", "account"},
        ),
        ({"sales_order_out": {"create_missing_customers": True}}, _SALES | _NAMES),
        ({"sales_order_out": {"create_missing_items": True}}, _SALES | {"account"}),
        ({"shipment_out": {"tax_code": "S"}}, _SALES | {"tax-code"}),
        ({"sales_order_out": {"save_custom_fields": True}}, _SALES | {"custom-field"}),
        ({"sales_order_in": {"custom_field": FieldPair("A", "B")}}, _SALES | {"custom-field"}),
    ],
)
def test_what_flows_and_settings_need(flows: dict[str, dict[str, Any]], expected: set[str]) -> None:
    """Each flow that is on, and each option that names records, has its lists read; no other."""
    view: Any = View(settings(flows=flows), tuple(flows))

    assert {kind.value for kind in lists_needed(BOOKS, [view])} == expected


def test_every_flow_has_its_lists() -> None:
    """No flow is forgotten: each needs some list."""
    for name in FLOWS:
        view: Any = View(settings(), (name.value,))
        assert lists_needed(BOOKS, [view])


def test_payroll_is_not_asked_about_unless_it_is_needed(open_company: OpenWorld) -> None:
    """A QuickBooks user without payroll rights sees nothing of it; once set, it is read."""
    world = open_company()
    assert "PayrollItemWage" not in queried(world)

    world.set("work-entry-out.payroll_item=operation")
    world.clock.advance(minutes=31)
    assert "PayrollItemWage" in queried(world)


def test_a_list_that_somebody_asks_for_is_read_once(open_company: OpenWorld) -> None:
    """A list that no flow needs says so, is read by the next run, and then no more."""
    world = open_company()
    books = finding.connection_named(world.hub, world.books_id)
    world.sync()
    with (
        pytest.raises(UsageError, match="has not been read yet"),
        desk.opened_list(world.hub, books, "classes", everything=True),
    ):
        pass

    assert "Class" in queried(world)
    told = {each.list: each.problem for each in desk.list_standings(world.hub, books)}
    assert told["classes"] is None
    assert "no flow needs it" in str(told["tax-codes"])
    world.clock.advance(minutes=31)
    assert "Class" not in queried(world)
