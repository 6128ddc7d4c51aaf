"""Shipments and receipts, in every way a tenant may show them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

import pytest

from counterfoil.connectors.fusion_operations import FieldMap
from counterfoil.connectors.fusion_operations._goods import Delivery, Movement, Place, moved_goods
from counterfoil.connectors.fusion_operations._movements import (
    iter_receivings,
    iter_shippings,
    moved_documents,
    parse_receipts,
    parse_shipments,
)
from counterfoil.connectors.fusion_operations._wire import (
    PURCHASES,
    SALES,
    parse_purchase_order,
    parse_sales_order,
)
from counterfoil.documents import (
    DocumentStatus,
    OrderLine,
    Quantity,
    Reference,
    SalesOrder,
    Shipment,
)

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

    @pytest.mark.parametrize(
        "word, status",
        [
            ("cancelled", DocumentStatus.CANCELLED),
            ("closed", DocumentStatus.CLOSED),
            ("open", DocumentStatus.OPEN),
        ],
    )
    def test_a_shipment_stands_where_its_order_stands(
        self, word: str, status: DocumentStatus
    ) -> None:
        """Of a cancelled order it is cancelled; of one closed short nothing more will leave."""
        raw = order(part("21", "2"), status=word)

        assert parse_shipments(raw, NEW_YORK, FIELDS)[0].status is status


def test_a_line_that_moved_names_its_line_of_the_order() -> None:
    """FLOW-10: in every way a line's ``order_line_id`` is the order's own identity of it."""
    nested = order(part("21", "3"), part(None, "1"))
    flat: dict[str, Any] = {"code": "SO-1", **part(None, "3"), "id": "10"}
    bought = {
        "id": "30",
        "code": "PUO-1",
        "receivings": [
            {"id": "41", "products": [{"product": "FLOUR", "quantity-received": "4"}] * 2},
        ],
    }

    for raw in (nested, flat):
        ordered = [line.id for line in parse_sales_order(raw, NEW_YORK, FIELDS).lines]
        moved = [
            line.order_line_id
            for each in parse_shipments(raw, NEW_YORK, FIELDS)
            for line in each.lines
        ]
        assert moved == ordered
    (receipt,) = parse_receipts(bought, NEW_YORK, FIELDS)
    assert [line.order_line_id for line in receipt.lines] == [
        line.id for line in parse_purchase_order(bought, NEW_YORK, FIELDS).lines
    ]


def cakes(*quantities: str) -> SalesOrder:
    """An order of cakes, a line for each quantity, in the shipping 21."""
    products = [{"product": "CAKE", "quantity-ordered": quantity} for quantity in quantities]
    return parse_sales_order(order({"id": "21", "products": products}), NEW_YORK, FIELDS)


class TestMovements:
    def left(self, quantity: str, **more: Any) -> dict[str, Any]:
        return {
            "type": "shipping", "product": "CAKE", "quantity": quantity, "sales-order": "SO-1",
            "date": "2025-03-05T12:00:00Z", **more,
        }  # fmt: skip

    def shipped(self, *movements: dict[str, Any], of: SalesOrder) -> list[Shipment]:
        found, spoilt, _, _ = moved_documents(SALES, movements, [of], NEW_YORK, FIELDS)
        assert spoilt == []
        return [each for each in found if isinstance(each, Shipment)]

    def test_way_d_makes_one_for_each_day(self) -> None:
        """FLOW-10: what leaves on two days is two shipments, spread over the order's lines."""
        first, second = self.shipped(
            self.left("-2"),
            self.left("-3", date="2025-03-06T12:00:00Z", lot="L7"),
            self.left("-1", date="2025-03-06T13:00:00Z", lot="L8"),
            of=cakes("3", "4"),
        )

        assert [each.id for each in (first, second)] == ["10:1@2025-03-05", "10:1@2025-03-06"]
        assert [each.shipped_on for each in (first, second)] == [
            date(2025, 3, 5),
            date(2025, 3, 6),
        ]
        assert [(line.order_line_id, line.moved.value) for line in first.lines] == [
            ("21:1", Decimal(2))
        ]
        assert [(line.order_line_id, line.moved.value) for line in second.lines] == [
            ("21:1", Decimal(1)),
            ("21:2", Decimal(3)),
        ]
        assert {line.lot for line in second.lines} == {"L7, L8"}
        assert second.status is DocumentStatus.OPEN

    @pytest.mark.parametrize(
        "corrected",
        [
            {"date": "2025-02-01T12:00:00Z"},
            {"shipping": "22"},
            {"sales-order": "SO-2"},
        ],
    )
    def test_way_d_is_known_by_its_first_movement(self, corrected: dict[str, str]) -> None:
        """Whatever a correction says of its movements, a shipment is the same document."""
        other = parse_sales_order(
            {"id": "11", "code": "SO-2", "products": [{"product": "CAKE"}]}, NEW_YORK, FIELDS
        )
        for more in ({}, corrected):
            moved = [self.left("-1", id="9", **more), self.left("-1", id="10", **more)]
            found = moved_documents(SALES, moved, [cakes("3"), other], NEW_YORK, FIELDS)
            assert [each.id for each in found.documents] == ["@9"]
            assert found.told == ("10", "11")
            (former,) = found.formerly.values()
            assert former.endswith(("2025-03-05", "2025-02-01"))

    def test_way_d_keeps_the_name_of_what_cannot_be_read(self) -> None:
        """A movement that cannot be read tells which shipment it belongs to, and is not gone."""
        moved = [self.left("x", id="9"), self.left("-1", id="10")]
        found = moved_documents(SALES, moved, [cakes("3")], NEW_YORK, FIELDS)

        assert [id_ for id_, _ in found.spoilt] == ["@9"]
        assert (found.documents, found.told) == ([], ())

    def test_way_d_by_shipping(self) -> None:
        """Movements that name their shipping make one shipment for each, of one order's lines."""
        first, second = self.shipped(
            self.left("-1", shipping="22"), self.left("-2", shipping="23"), of=cakes("1", "2")
        )

        assert [each.id for each in (first, second)] == ["22@2025-03-05", "23@2025-03-05"]
        assert [line.order_line_id for line in second.lines] == ["21:2"]
        assert second.status is DocumentStatus.CLOSED

    def test_way_d_keeps_what_the_order_does_not_have(self) -> None:
        """A product that left although nobody ordered it is shown, without a line of the order."""
        (found,) = self.shipped(self.left("-1", product="BUN"), of=cakes("3"))

        (line,) = found.lines
        assert (line.item.name, line.order_line_id, line.ordered) == ("BUN", None, None)

    def test_way_d_leaves_out_what_is_no_shipping(self) -> None:
        """Other movements, and those of orders nobody knows, make no shipment."""
        movements = [
            self.left("-1", type="consumption"),
            self.left("-1", **{"sales-order": "SO-9"}),
        ]

        assert self.shipped(*movements, of=cakes("3")) == []

    def test_way_d_needs_the_day(self) -> None:
        """Goods of no day would be others once the day is told, and be invoiced again."""
        movements = [self.left("-1"), self.left("-2", date=None)]

        found, spoilt, _, _ = moved_documents(SALES, movements, [cakes("3")], NEW_YORK, FIELDS)

        assert found == []
        assert {(id_, error.problem) for id_, error in spoilt} == {
            (None, "is missing"),
            ("10:1@2025-03-05", "is missing"),
        }

    def test_way_d_for_receipts(self) -> None:
        """B4: 4 on one day and 3 on the next are two receipts, with day, lot and cost."""
        bought = parse_purchase_order(
            {
                "id": "30",
                "code": "PUO-1",
                "supplier": "MILLCO",
                "products": [
                    {"product": "FLOUR", "quantity-ordered": "10", "unit-cost": "0.80"},
                ],
            },
            NEW_YORK,
            FIELDS,
        )
        came = {"type": "Receiving", "product": "FLOUR", "purchase-order": "PUO-1"}

        found, spoilt, _, _ = moved_documents(
            PURCHASES,
            [
                {**came, "quantity": "4", "date": "2025-03-09T13:20:00Z", "lot": "L1"},
                {**came, "quantity": "3", "date": "2025-03-10T13:20:00Z"},
            ],
            [bought],
            NEW_YORK,
            FIELDS,
        )

        assert spoilt == []
        assert [(each.id, each.lines[0].moved.value, each.lines[0].lot) for each in found] == [
            ("30:1@2025-03-09", Decimal(4), "L1"),
            ("30:1@2025-03-10", Decimal(3), None),
        ]
        assert {each.lines[0].ordered for each in found} == {Quantity(Decimal(10))}

    def test_a_movement_of_two_orders_is_of_none(self) -> None:
        """A shipping that two orders claim makes no document of either."""
        other = parse_sales_order(
            {"id": "11", "code": "SO-2", "products": [{"product": "CAKE"}]}, NEW_YORK, FIELDS
        )
        movements = [
            self.left("-1", shipping="22"),
            self.left("-1", shipping="22", **{"sales-order": "SO-2"}),
        ]

        found, spoilt, _, _ = moved_documents(
            SALES, movements, [cakes("3"), other], NEW_YORK, FIELDS
        )

        assert found == []
        assert {id_ for id_, _ in spoilt} == {None, "22@2025-03-05"}


class TestCorrections:
    """Goods that go back are taken off what moved last."""

    def ordered(self) -> SalesOrder:
        return SalesOrder(
            id="10",
            lines=(OrderLine(id="10:1:1", item=Reference("CAKE"), quantity=Quantity(Decimal(10))),),
        )

    def moved(self, *quantities: int, product: str = "CAKE") -> list[Movement]:
        return [
            Movement(Place(None, date(2025, 3, day)), product, Decimal(quantity))
            for day, quantity in enumerate(quantities, start=1)
        ]

    @pytest.mark.parametrize(
        "quantities, left",
        [
            ((3, -1), {"10:1@2025-03-01": 2}),
            ((3, 2, -4), {"10:1@2025-03-01": 1}),
            ((3, -3), {}),
            ((3, -1, 8), {"10:1@2025-03-01": 2, "10:1@2025-03-03": 8}),
        ],
    )
    def test_what_goes_back(self, quantities: tuple[int, ...], left: dict[str, int]) -> None:
        """No document says less than nothing, and one whose goods all went back is none."""
        for product in ("CAKE", "BUN"):
            found = moved_goods(self.ordered(), self.moved(*quantities, product=product))

            assert {each.key: _sum(each) for each in found.deliveries} == left
            assert found.spoilt == []

    def test_more_than_had_moved(self) -> None:
        """More back than ever left is no shipment and no silence."""
        found = moved_goods(self.ordered(), self.moved(1, -2))

        ((key, error),) = found.spoilt
        assert (key, error.problem) == (
            "10:1@2025-03-02",
            "more of CAKE went back than had moved",
        )

    def test_the_day_that_completes_it(self) -> None:
        """The delivery with which everything ordered has moved is complete."""
        found = moved_goods(self.ordered(), self.moved(4, 6))

        assert [each.is_complete for each in found.deliveries] == [False, True]


def _sum(delivery: Delivery) -> Decimal:
    return sum((line.moved.value for line in delivery.lines), Decimal(0))


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
