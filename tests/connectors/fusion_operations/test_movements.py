"""Shipments, receipts and work, in every way a tenant may show them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

import pytest

from counterfoil.connectors.fusion_operations import FieldMap
from counterfoil.connectors.fusion_operations._movements import (
    iter_receivings,
    iter_shippings,
    movement_shipments,
    parse_receipts,
    parse_shipments,
    parse_work_entries,
)
from counterfoil.connectors.fusion_operations._wire import parse_sales_order
from counterfoil.documents import DocumentStatus, InvalidDocument, Reference, SalesOrder

NEW_YORK = ZoneInfo("America/New_York")
FIELDS = FieldMap()


def part(id_: str | None, shipped: str, **more: Any) -> dict[str, Any]:
    return {
        "id": id_,
        "products": [
            {
                "product": "CAKE",
                "quantity-ordered": "3",
                "quantity-shipped": shipped,
                "unit-price": "2",
            }
        ],
        **more,
    }


def order(*parts: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"id": "10", "code": "SO-1", "client": "ACME", "shippings": [*parts], **more}


class TestShippings:
    def test_way_a_yields_every_shipping(self) -> None:
        """Each nested shipping has a stable key, its day, and ordered beside shipped."""
        raw = order(part("21", "3", **{"shipped-date": "2025-03-05T02:00:00Z"}), part(None, "0"))

        first, second = iter_shippings(raw, NEW_YORK, FIELDS)

        assert (first.key, first.order_id, first.on) == ("21", "10", date(2025, 3, 4))
        assert (second.key, second.on, second.is_complete) == ("10:2", None, False)
        assert first.lines[0].moved.value == 3
        assert first.lines[0].order_line_id == "21:1"

    def test_what_is_planned_is_no_shipment_yet(self) -> None:
        """Only a shipping with a day or a moved quantity becomes a document."""
        raw = order(part("21", "1", code="SO-1-1"), part("22", "0"))

        (shipment,) = parse_shipments(raw, NEW_YORK, FIELDS)

        assert (shipment.id, shipment.number) == ("21", "SO-1-1")
        assert (shipment.order_id, shipment.order_number) == ("10", "SO-1")
        assert shipment.customer == Reference("ACME")
        assert shipment.status is DocumentStatus.OPEN

    def test_way_b_tells_by_the_lines(self) -> None:
        """Without nested shippings the lines tell that something left, but not when."""
        raw: dict[str, Any] = {"id": "10", "code": "SO-1", **part(None, "3")}
        raw["id"] = "10"

        (shipment,) = parse_shipments(raw, NEW_YORK, FIELDS)

        assert (shipment.id, shipment.shipped_on) == ("10:1", None)
        assert shipment.status is DocumentStatus.CLOSED

    def test_a_cancelled_order_ships_nothing(self) -> None:
        """A shipment of a cancelled order is cancelled with it."""
        raw = order(part("21", "3"), status="cancelled")

        assert parse_shipments(raw, NEW_YORK, FIELDS)[0].status is DocumentStatus.CANCELLED


class TestMovements:
    def sold(self, *quantities: str) -> SalesOrder:
        products = [{"product": "CAKE", "quantity-ordered": quantity} for quantity in quantities]
        return parse_sales_order(order({"id": "21", "products": products}), NEW_YORK, FIELDS)

    def left(self, quantity: str, **more: Any) -> dict[str, Any]:
        return {
            "type": "shipping", "product": "CAKE", "quantity": quantity, "sales-order": "SO-1",
            "date": "2025-03-05T12:00:00Z", **more,
        }  # fmt: skip

    def test_way_d_groups_what_left(self) -> None:
        """Movements of one order make one shipment, spread over its lines in order."""
        movements = [self.left("-2"), self.left("-3", date="2025-03-06T12:00:00Z")]

        ((shipment,), spoilt) = movement_shipments(
            movements, [self.sold("3", "4")], NEW_YORK, FIELDS
        )

        assert (shipment.id, shipment.shipped_on) == ("10:1", date(2025, 3, 5))
        assert [line.moved.value for line in shipment.lines] == [Decimal(3), Decimal(2)]
        assert [line.order_line_id for line in shipment.lines] == ["21:1", "21:2"]
        assert shipment.status is DocumentStatus.OPEN
        assert spoilt == []

    def test_way_d_by_shipping(self) -> None:
        """Movements that name their shipping make one shipment for each."""
        movements = [self.left("-1", shipping="21"), self.left("-2", shipping="22")]

        shipments, _ = movement_shipments(movements, [self.sold("3")], NEW_YORK, FIELDS)

        assert [shipment.id for shipment in shipments] == ["21", "22"]

    def test_way_d_leaves_out_what_is_no_shipping(self) -> None:
        """Other movements, and those of orders nobody knows, make no shipment."""
        movements = [
            self.left("-1", type="consumption"),
            self.left("-1", **{"sales-order": "SO-9"}),
        ]

        assert movement_shipments(movements, [self.sold("3")], NEW_YORK, FIELDS) == ([], [])


class TestReceivings:
    raw: ClassVar[dict[str, Any]] = {
        "id": "6301",
        "code": "PUO-1",
        "supplier": "MILLCO",
        "receivings": [
            {
                "id": "7401",
                "received-date": "2025-03-09T13:20:00Z",
                "products": [
                    {
                        "product": "FLOUR",
                        "quantity-ordered": "100",
                        "quantity-received": "40",
                        "unit-cost": "0.80",
                        "lot": "L5",
                    }
                ],
            }
        ],
    }

    def test_forty_of_a_hundred(self) -> None:
        """A receipt holds what came and what was ordered, so that FLOW-11 can choose."""
        (receipt,) = parse_receipts(self.raw, NEW_YORK, FIELDS)

        (line,) = receipt.lines
        assert (receipt.id, receipt.received_on) == ("7401", date(2025, 3, 9))
        assert receipt.vendor == Reference("MILLCO")
        assert line.ordered is not None
        assert (int(line.moved.value), int(line.ordered.value), line.lot) == (40, 100, "L5")
        assert [found.key for found in iter_receivings(self.raw, NEW_YORK, FIELDS)] == ["7401"]


class TestWork:
    raw: ClassVar[dict[str, Any]] = {
        "id": "9001",
        "start-time": "2025-03-05T04:30:00Z",
        "end-time": "2025-03-05T05:30:00Z",
        "production-order": {"id": "5001", "code": "PO-1", "description": "Cakes"},
        "operation": {"code": "BAKE", "name": "Baking"},
        "section": None,
        "worker": {"number": "12", "name": "Ria Lopes"},
    }

    def test_a9_two_days_of_thirty_minutes(self) -> None:
        """A9: a record from 23:30 to 00:30 local time is two entries of 30 minutes."""
        entries = parse_work_entries(self.raw, NEW_YORK, FIELDS)

        assert [(entry.worked_on, entry.minutes) for entry in entries] == [
            (date(2025, 3, 4), 30),
            (date(2025, 3, 5), 30),
        ]
        assert {entry.worker for entry in entries} == {Reference("Ria Lopes", "12")}
        assert entries[0].operation == "Baking"
        assert (entries[0].order_code, entries[0].order_text) == ("PO-1", "Cakes")

    @pytest.mark.parametrize("seconds, minutes", [(1800, [15, 15]), ("3600", [30, 30]), (0, [])])
    def test_work_time_is_shared_out(self, seconds: object, minutes: list[int]) -> None:
        """Time inside working hours is what the record says, shared as the clock time is."""
        entries = parse_work_entries({**self.raw, "work-time": seconds}, NEW_YORK, FIELDS)

        assert [entry.minutes for entry in entries] == minutes

    def test_a_running_record_waits(self) -> None:
        """A record without end gives nothing yet; one without start is none."""
        assert parse_work_entries({**self.raw, "end-time": None}, NEW_YORK, FIELDS) == []

        with pytest.raises(InvalidDocument, match="start-time"):
            parse_work_entries({**self.raw, "start-time": None}, NEW_YORK, FIELDS)

    def test_older_names_of_the_times(self) -> None:
        """Some said dates where v1 has times: both are read, and a setting may name a third."""
        older = {
            {"start-time": "start-date", "end-time": "end-date"}.get(name, name): value
            for name, value in self.raw.items()
        }
        third = {
            {"start-time": "begun", "end-time": "done"}.get(name, name): value
            for name, value in self.raw.items()
        }
        words = {"production.start-date": "begun", "production.end-date": "done"}

        expected = parse_work_entries(self.raw, NEW_YORK, FIELDS)
        assert parse_work_entries(older, NEW_YORK, FIELDS) == expected
        assert parse_work_entries(third, NEW_YORK, FieldMap.of(words)) == expected

    def test_plain_codes_will_do(self) -> None:
        """Order and operation may be bare codes instead of objects."""
        raw = {**self.raw, "production-order": "PO-1", "operation": "BAKE"}

        entry = parse_work_entries(raw, NEW_YORK, FIELDS)[0]

        assert (entry.order_code, entry.operation) == ("PO-1", "BAKE")
