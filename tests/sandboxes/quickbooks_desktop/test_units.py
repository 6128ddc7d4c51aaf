"""Units of measure: what a line counts in, what it costs there, and what moves in the stock."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.sandboxes.quickbooks_desktop.desk import (
    Desk,
    Reply,
    customer,
    keyed,
    query,
    ref,
    request,
    sales_order,
    service,
    stock_item,
    tags,
    unit_set,
)


def counted(desk: Desk, **changes: str) -> None:
    """Enter bolts at 1.50 each, in cases of twelve, and a customer."""
    desk.enter(
        unit_set("Count", "each", "case 12", **changes),
        stock_item("BOLT", "1.50", units="Count", on_hand="100"),
        customer("ACME"),
    )


def ordered(desk: Desk, *, item: str = "BOLT", **fields: str | None) -> Reply:
    """Order two, with these fields on the line."""
    named = {"UnitOfMeasure": fields.pop("unit", None), "Rate": fields.pop("rate", None)}
    body = ref("ItemRef", item) + tags(Quantity="2", **named)
    return desk.one(sales_order("ACME", f"<SalesOrderLineAdd>{body}</SalesOrderLineAdd>"))


def shown(reply: Reply) -> tuple[str | None, ...]:
    line = reply.record.find("SalesOrderLineRet")
    assert line is not None, reply.message
    return tuple(line.findtext(name) for name in ("Quantity", "UnitOfMeasure", "Rate", "Amount"))


class TestLines:
    @pytest.mark.parametrize(
        "unit, sales, expected",
        [
            ("case", None, ("2", "case", "18.00", "36.00")),
            ("CA", None, ("2", "case", "18.00", "36.00")),
            ("each", "case", ("2", "each", "1.50", "3.00")),
            (None, None, ("2", "each", "1.50", "3.00")),
            (None, "case", ("2", "case", "18.00", "36.00")),
        ],
    )
    def test_a_line_counts_in_its_unit(
        self, desk: Desk, unit: str | None, sales: str | None, expected: tuple[str, ...]
    ) -> None:
        """Unnamed, it counts in the default sales unit; the item's price is that of one each."""
        counted(desk, **({"sales": sales} if sales else {}))

        assert shown(ordered(desk, unit=unit)) == expected

    def test_a_rate_is_that_of_the_unit(self, desk: Desk) -> None:
        """The rate that is sent is the price of what the line counts."""
        counted(desk)

        assert shown(ordered(desk, unit="case", rate="17.00")) == ("2", "case", "17.00", "34.00")

    def test_stock_moves_in_base_units(self, desk: Desk) -> None:
        """Two cases ordered are 24 on order."""
        counted(desk)
        ordered(desk, unit="case")
        found = desk.one(query("ItemInventoryQuery", tags(FullName="BOLT")))

        assert Decimal(found.text("QuantityOnSalesOrder") or "0") == 24

    @pytest.mark.parametrize("item, unit", [("BOLT", "crate"), ("Fitting", "case")])
    def test_units_that_the_item_has_not(self, desk: Desk, item: str, unit: str) -> None:
        """A unit of no set of the item, or for an item without one, is refused with 3140."""
        counted(desk)
        desk.enter(service("Fitting"))
        refused = ordered(desk, item=item, unit=unit)

        assert refused.code == 3140
        assert "Unit of Measure" in refused.message

    def test_a_changed_line(self, desk: Desk) -> None:
        """A line keeps its unit when its quantity changes, and gets another one when told."""
        counted(desk)
        made = ordered(desk, unit="case")
        line = made.record.find("SalesOrderLineRet")
        assert line is not None
        for field, expected in (
            (tags(Quantity="3"), ("3", "case", "18.00", "54.00")),
            (tags(UnitOfMeasure="each", Rate="1.50"), ("3", "each", "1.50", "4.50")),
        ):
            body = tags(TxnLineID=line.findtext("TxnLineID")) + field
            made = desk.one(
                request(
                    "SalesOrderMod",
                    keyed(made) + f"<SalesOrderLineMod>{body}</SalesOrderLineMod>",
                )
            )
            assert shown(made) == expected


class TestModes:
    def test_switched_off(self, desk: Desk) -> None:
        """Sets, items and lines with units are refused with 3250; all else goes on."""
        desk.reset(preferences={"units_of_measure": "off"})
        asked = desk.one(query("UnitOfMeasureSetQuery"))
        made = desk.one(unit_set("Count", "each"))
        desk.enter(customer("ACME"), stock_item("BOLT"))

        assert (asked.code, made.code) == (3250, 3250)
        assert ordered(desk, unit="each").code == 3250
        assert ordered(desk).code == 0

    def test_one_unit_per_item(self, desk: Desk) -> None:
        """Where each item has one unit, sets have no related units."""
        desk.reset(preferences={"units_of_measure": "single"})

        assert desk.one(unit_set("Count", "each", "case 12")).code == 3250
        assert desk.one(unit_set("Count", "each")).code == 0

    def test_a_set_is_read_as_it_was_entered(self, desk: Desk) -> None:
        """Base unit, related units, ratios and defaults come back."""
        desk.enter(unit_set("Count", "each", "case 12", sales="case"))
        found = desk.one(query("UnitOfMeasureSetQuery"))

        assert found.text("BaseUnit/Name") == "each"
        assert found.text("RelatedUnit/ConversionRatio") == "12.00"
        assert found.text("DefaultUnit/Unit") == "case"

    @pytest.mark.parametrize(
        "related, sales", [(("case 0",), None), (("each 12",), None), ((), "case")]
    )
    def test_sets_that_make_no_sense(
        self, desk: Desk, related: tuple[str, ...], sales: str | None
    ) -> None:
        """A ratio of nothing, a unit named twice, a default that is no unit: refused."""
        assert desk.one(unit_set("Count", "each", *related, sales=sales)).code != 0
