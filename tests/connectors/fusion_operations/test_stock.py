"""How much there is of each product, by either way: what is not told is never 0."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from counterfoil.connectors.fusion_operations import Company, FusionClient, FusionOperations
from counterfoil.documents import Item
from counterfoil.engine.operations import Page, ReadStock
from tests.connectors.fusion_operations.builders import Telling, as_list, ask, page
from tests.connectors.fusion_operations.conftest import NEW_YORK
from tests.sandboxes.fusion_operations.play import Play

MakeClient = Callable[..., FusionClient]


def reading(*items: str, **more: Any) -> ReadStock:
    return ReadStock(id="op", items=items, **more)


def by(way: Any) -> Company:
    return Company(zone=NEW_YORK, stock_from=way)


def figures(found: Page) -> dict[str, Decimal | None]:
    """Product -> how much there is; ``None``: not told."""
    return {
        each.full_name: None if each.on_hand is None else each.on_hand.value
        for each in found.records
        if isinstance(each, Item)
    }


@pytest.mark.parametrize("way", ["inventory", "movements"])
class TestBothWays:
    def test_the_sum_over_warehouses(self, shop: Play, client: FusionClient, way: str) -> None:
        """STOCK-7, STOCK-8: what is physically there, over all warehouses, in its own unit."""
        for warehouse in ("Main", "North"):
            shop.control(
                "POST",
                "/companies/acme/count",
                {"product": "CAKE", "quantity": "2.5", "warehouse": warehouse},
            )
        for numbers in ("string", "number"):
            shop.settings(numbers=numbers)

            found = page(ask(FusionOperations(client, by(way)), reading()))

            assert figures(found) == {"CAKE": Decimal(5), "BUN": Decimal(0)}
            assert (found.next, found.is_snapshot) == (None, False)

    def test_below_zero(self, shop: Play, client: FusionClient, way: str) -> None:
        """STOCK-11: a negative stock is told as it is."""
        movement = {"product": "CAKE", "quantity": "-3", "type": "adjustment"}
        assert shop.call("POST", "/inventory-movements/", movement).status_code == 201

        found = page(ask(FusionOperations(client, by(way)), reading()))

        assert figures(found)["CAKE"] == -3

    def test_only_what_is_asked_for(self, shop: Play, client: FusionClient, way: str) -> None:
        """STOCK-5: one product, whole as the list has it; one nobody knows is not there."""
        _, bun = shop.all("products")

        found = page(ask(FusionOperations(client, by(way)), reading(bun["id"], "99")))

        assert figures(found) == {"BUN": Decimal(0)}
        assert found.records[0].id == bun["id"]

    def test_page_by_page(self, shop: Play, client: FusionClient, way: str) -> None:
        """Pages hold what is asked for, and the lists are read for the first one only."""
        shop.make("products", code="PIE", name="Pie")
        driver = FusionOperations(client, by(way))
        pages = [page(ask(driver, reading(limit=2)))]
        shop.make("products", code="TART", name="Tart")
        while pages[-1].next is not None:
            pages.append(page(ask(driver, reading(limit=2, page=pages[-1].next))))

        assert [[*figures(each)] for each in pages] == [["CAKE", "BUN"], ["PIE"]]
        assert [each.remaining for each in pages] == [1, 0]
        assert shop.calls()["calls"]["GET /products/"] == 1

    def test_a_page_after_a_restart(self, shop: Play, client: FusionClient, way: str) -> None:
        """A reading goes on from the last product, whoever read the pages before."""
        cake, _ = shop.all("products")

        found = page(ask(FusionOperations(client, by(way)), reading(page=cake["id"])))

        assert [*figures(found)] == ["BUN"]


PRODUCTS = as_list({"id": "1", "code": "CAKE", "unit": "un"}, {"id": "2", "code": "1"}, {"id": "3"})


class TestByInventory:
    def answered(
        self, make: MakeClient, answers: dict[str, str], *, asked: tuple[str, ...] = ()
    ) -> tuple[Page, list[str]]:
        service = Telling({"products": PRODUCTS})
        service.answers = {f"GET /inventory/{key}": (200, text) for key, text in answers.items()}
        for key in {"1", "2", "CAKE"} - answers.keys():
            service.answers[f"GET /inventory/{key}"] = (404, "{}")
        driver = FusionOperations(make(transport=service), by("inventory"))
        found = page(ask(driver, reading(*asked)))
        return found, [each for each in service.seen if "inventory" in each]

    def test_by_code(self, make_client: MakeClient) -> None:
        """A service that takes codes is understood, and asked by codes from then on."""
        told = {
            "CAKE": '{"product": "CAKE", "quantity": "5"}',
            "1": '{"product": "1", "quantity": "7"}',
        }

        found, asked = self.answered(make_client, told)

        assert figures(found) == {"CAKE": Decimal(5), "1": Decimal(7)}
        # The id of one product is the code of another: the answer tells which is meant.
        assert asked == ["GET /inventory/1", "GET /inventory/CAKE", "GET /inventory/1"]
        assert found.unreadable[0].id == "3"

    @pytest.mark.parametrize(
        "text, figure",
        [
            ('{"quantity": "5"}', "5"),
            ('{"quantity": "5", "unit": "UN"}', "5"),
            ('{"quantity": "5", "unit": null}', "5"),
            ('{"warehouses": [{"quantity": 2}, {"quantity": "0.5"}]}', "2.5"),
            ('[{"quantity": 2}, {"quantity": 3}]', "5"),
            ('{"quantity": 0}', "0"),
        ],
    )
    def test_shapes(self, make_client: MakeClient, text: str, figure: str) -> None:
        """One figure, or one for each warehouse, in an object or bare."""
        found, _ = self.answered(make_client, {"1": text}, asked=("1",))

        assert figures(found) == {"CAKE": Decimal(figure)}

    @pytest.mark.parametrize("text", ["{}", '{"warehouses": []}', '{"quantity": null}', "[]"])
    def test_no_figure_is_not_nothing(self, make_client: MakeClient, text: str) -> None:
        """What tells no quantity has none: not 0."""
        found, _ = self.answered(make_client, {"1": text}, asked=("1",))

        assert figures(found) == {"CAKE": None}

    @pytest.mark.parametrize(
        "text",
        [
            '{"quantity": "many"}',
            '{"quantity": 1e400}',
            '{"quantity": true}',
            '{"quantity": 5, "unit": "pallet"}',
            '{"warehouses": [{"quantity": 2}, {}]}',
            '"five"',
        ],
    )
    def test_a_figure_that_cannot_be_read(self, make_client: MakeClient, text: str) -> None:
        """It is told, with its product, and makes no figure."""
        found, _ = self.answered(make_client, {"1": text}, asked=("1",))

        assert figures(found) == {}
        assert [(told.id, told.number) for told in found.unreadable] == [("1", "CAKE")]

    def test_a_product_nobody_can_name(self, make_client: MakeClient) -> None:
        """A product of the list that makes no record is told once."""
        found, _ = self.answered(make_client, {})

        assert [told.id for told in found.unreadable] == ["3"]
        assert figures(found) == {"CAKE": None, "1": None}


class TestByMovements:
    def answered(self, make: MakeClient, *movements: dict[str, Any]) -> Page:
        service = Telling(
            {
                "products": as_list({"id": "1", "code": "CAKE"}, {"id": "2", "code": "BUN"}),
                "inventory-movements": as_list(*movements),
            }
        )
        return page(ask(FusionOperations(make(transport=service), by("movements")), reading()))

    def test_a_bad_movement_spoils_its_product(self, make_client: MakeClient) -> None:
        """A sum that lacks something is no sum; those of other products are."""
        found = self.answered(
            make_client,
            {"id": 1, "product": "CAKE", "quantity": "many"},
            {"id": 2, "product": "CAKE", "quantity": "5"},
            {"id": 3, "product": "BUN", "quantity": "2"},
        )

        assert figures(found) == {"BUN": Decimal(2)}
        assert [told.number for told in found.unreadable] == ["CAKE"]

    def test_movements_that_name_products_by_id(self, make_client: MakeClient) -> None:
        """They are the product's all the same: its stock is never taken for nought."""
        found = self.answered(
            make_client,
            {"id": 1, "product": "1", "quantity": "5"},
            {"id": 2, "product": "CAKE", "quantity": "2"},
        )

        assert figures(found) == {"CAKE": Decimal(7), "BUN": Decimal(0)}

    def test_a_movement_of_nobody_spoils_all(self, make_client: MakeClient) -> None:
        """Whose it is cannot be told, so no sum is certain."""
        found = self.answered(
            make_client,
            {"id": 1, "quantity": "5"},
            {"id": 2, "product": "BUN", "quantity": "2"},
        )

        assert figures(found) == {"CAKE": None, "BUN": None}
        assert [told.field for told in found.unreadable] == ["product"]
