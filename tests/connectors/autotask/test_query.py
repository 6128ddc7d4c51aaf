"""Questions: typed by the table of entities, and written as the service reads them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from counterfoil.connectors.autotask import ENTITIES, Query, Type
from counterfoil.connectors.autotask._query import (
    Condition,
    above,
    among,
    any_of,
    at_least,
    is_,
    portions,
)


@pytest.mark.parametrize(
    "entity, condition",
    [
        ("PurchaseOrders", is_("id", "501")),
        ("PurchaseOrders", is_("status", "Submitted")),
        ("PurchaseOrders", among("vendorID", ["174"])),
        ("PurchaseOrders", is_("externalPONumber", 1044)),
        ("PurchaseOrders", is_("status", value=True)),
        ("PurchaseOrders", at_least("createDateTime", "2026-01-15")),
        ("PurchaseOrders", at_least("createDateTime", datetime(2026, 1, 15))),  # noqa: DTZ001
        ("Companies", is_("isActive", 1)),
        ("Contacts", is_("isActive", value=True)),
        ("PurchaseOrders", is_("lastModified", 1)),
        ("Invoices", is_("taxGroup", 1)),
        ("PurchaseOrders", among("id", [])),
        ("PurchaseOrders", among("id", range(501))),
    ],
    ids=lambda value: value if isinstance(value, str) else f"{value.field}",
)
def test_row_2_a_value_of_another_type_is_our_mistake(entity: str, condition: Condition) -> None:
    """Row 2: a text in a numeric filter would find nothing and say nothing, so it never leaves."""
    with pytest.raises(AssertionError):
        Query.of(entity, condition).body()


def test_a_query_as_it_is_written() -> None:
    """Numbers are JSON numbers, moments UTC with milliseconds, the identity is always wanted."""
    five_behind = timezone(timedelta(hours=-5))
    query = Query.of(
        "PurchaseOrders",
        among("status", [2, 3]),
        any_of(above("id", 7), is_("externalPONumber", "")),
        at_least("createDateTime", datetime(2026, 1, 15, 9, 30, 0, 5000, five_behind)),
        fields="vendorID status",
        size=100,
    )

    assert query.body() == {
        "MaxRecords": 100,
        "IncludeFields": ["id", "status", "vendorID"],
        "filter": [
            {"op": "in", "field": "status", "value": [2, 3]},
            {
                "op": "or",
                "items": [
                    {"op": "gt", "field": "id", "value": 7},
                    {"op": "eq", "field": "externalPONumber", "value": ""},
                ],
            },
            {"op": "gte", "field": "createDateTime", "value": "2026-01-15T14:30:00.005Z"},
        ],
    }


def test_everything_includes_company_0() -> None:
    """Without a filter all is asked for; "more than 0" would leave the tenant itself out."""
    assert Query.of("Companies").body()["filter"] == [{"op": "gte", "field": "id", "value": 0}]


def test_a_page_holds_500_records_at_most() -> None:
    """More is refused there, and is our mistake here."""
    with pytest.raises(AssertionError):
        Query.of("Companies", size=501).body()


def test_identities_are_asked_for_in_portions() -> None:
    """A list counts towards 500 conditions, so 1,001 identities are three questions."""
    assert [len(part) for part in portions([*range(1001), 5, 6])] == [500, 500, 1]


_SAMPLES: dict[Type, Any] = {
    Type.WHOLE: 1,
    Type.NUMBER: Decimal("1.5"),
    Type.TEXT: "x",
    Type.MOMENT: datetime(2026, 1, 15, tzinfo=UTC),
    Type.FLAG: True,
}


@pytest.mark.parametrize("name", sorted(ENTITIES))
def test_every_entity_of_the_table_can_be_asked_for(name: str) -> None:
    """Each of its fields can be wanted, and each that may be filtered by can be filtered by."""
    entity = ENTITIES[name]
    conditions = [
        is_(field, _SAMPLES[type_])
        for field, type_ in entity.fields.items()
        if field not in entity.unfiltered
    ]

    body = Query.of(name, *conditions).body()

    assert set(body["IncludeFields"]) == set(entity.fields)
    assert len(body["filter"]) == len(conditions)


@pytest.mark.parametrize(
    "name",
    "Invoices BillingItems TimeEntries ExpenseReports ExpenseItems Currencies Resources "
    "CompanyToDos ActionTypes BillingCodes Countries".split(),
)
def test_what_a_later_flow_needs_is_a_row(name: str) -> None:
    """Entities that nothing reads yet can be asked for without any code of their own."""
    assert Query.of(name, above("id", 0)).body()["filter"]
