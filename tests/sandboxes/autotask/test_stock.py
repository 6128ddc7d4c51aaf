"""Stock: counts are computed from lots, and lots come, move and go by commands."""

from __future__ import annotations

import pytest

from tests.sandboxes.autotask.outside import Json, Outside, condition


@pytest.fixture
def product(autotask: Outside) -> int:
    return autotask.product(unitCost=3.0)


@pytest.fixture
def place(autotask: Outside, product: int) -> int:
    """Five units of the product at the main location, of two lots."""
    id_ = autotask.make(
        "InventoryProducts",
        productID=product,
        inventoryLocationID=1,
        quantityMinimum=0,
        quantityMaximum=9,
    )
    for units in (2, 3):
        add(autotask, id_, units)
    return id_


def add(autotask: Outside, place: int, units: int, **more: object) -> int:
    known: Json = {"determineCostUsing": 3, "vendorID": autotask.vendor()}
    return autotask.make(
        "InventoryStockedItemsAdd",
        inventoryProductID=place,
        quantityBeingAdded=units,
        **(known | more),
    )


def on_hand(autotask: Outside, product: int) -> dict[int, int]:
    """What is on hand by location."""
    rows = autotask.find("InventoryProducts", condition("productID", "eq", product))
    return {row["inventoryLocationID"]: row["onHandUnits"] for row in rows}


class TestCommands:
    def test_units_are_added_as_a_lot(self, autotask: Outside, place: int) -> None:
        """A lot keeps its cost, vendor and invoice; the command itself is no record."""
        lot = autotask.find("InventoryStockedItems")[1]

        assert (lot["inventoryProductID"], lot["onHandUnits"], lot["unitCost"]) == (place, 3, 3.0)
        query = {"filter": [condition("id")]}
        assert autotask.refusal("POST", "InventoryStockedItemsAdd/query", query)
        assert autotask.call("GET", "InventoryStockedItemsAdd/1").status_code == 500

    @pytest.mark.parametrize("way, cost", [(1, 4.0), (2, 5.0), (3, 3.0), (4, 9.5)])
    def test_what_a_unit_costs(
        self, autotask: Outside, product: int, way: int, cost: float
    ) -> None:
        """The average, the last, the catalogue's, or as said."""
        id_ = autotask.make(
            "InventoryProducts",
            productID=product,
            inventoryLocationID=1,
            quantityMinimum=0,
            quantityMaximum=0,
        )
        for before in (3, 5):
            add(autotask, id_, 1, determineCostUsing=4, unitCost=before)

        add(autotask, id_, 1, determineCostUsing=way, unitCost=9.5)

        assert autotask.find("InventoryStockedItems")[-1]["unitCost"] == cost

    def test_units_are_removed_from_the_oldest_lot(
        self, autotask: Outside, product: int, place: int
    ) -> None:
        """What is removed is counted at its lot; no more than is available goes."""
        autotask.make(
            "InventoryStockedItemsRemove", inventoryProductID=place, quantityBeingRemoved=3
        )

        lots = autotask.find("InventoryStockedItems")
        assert [(lot["onHandUnits"], lot["removedUnits"]) for lot in lots] == [(0, 2), (2, 1)]
        assert on_hand(autotask, product) == {1: 2}
        too_much = {"inventoryProductID": place, "quantityBeingRemoved": 3}
        assert autotask.refusal("POST", "InventoryStockedItemsRemove", too_much)

    @pytest.mark.parametrize("entity", ["InventoryStockedItemsTransfer", "InventoryTransfers"])
    def test_units_move(self, autotask: Outside, product: int, place: int, entity: str) -> None:
        """Both ways to transfer take from one location and put into another."""
        van = autotask.make("InventoryLocations", locationName="Van", isActive=True)
        if entity == "InventoryTransfers":
            body: Json = {"productID": product, "fromLocationID": 1, "toLocationID": van}
            body["quantityTransferred"] = 4
        else:
            body = {"inventoryProductID": place, "newInventoryLocationID": van}
            body["quantityBeingTransferred"] = 4

        autotask.post(entity, body)

        assert on_hand(autotask, product) == {1: 1, van: 4}
        moved = autotask.find("InventoryStockedItems", condition("parentInventoryStockedItemID"))
        assert [lot["onHandUnits"] for lot in moved] == [2, 2]

    def test_a_command_says_what_it_is_about(self, autotask: Outside, place: int) -> None:
        """Neither a product nor a lot, or no units: refused; a lot alone is enough."""
        entity = "InventoryStockedItemsRemove"
        assert (
            "inventoryProductID" in autotask.refusal("POST", entity, {"quantityBeingRemoved": 1})[0]
        )
        none = {"quantityBeingRemoved": 0, "inventoryProductID": place}
        assert "greater than 0" in autotask.refusal("POST", entity, none)[0]
        newest = autotask.find("InventoryStockedItems")[-1]["id"]

        autotask.make(entity, inventoryStockedItemID=newest, quantityBeingRemoved=3)

        assert autotask.refusal(
            "POST", entity, {"inventoryStockedItemID": newest, "quantityBeingRemoved": 1}
        )

    def test_a_serialized_unit_comes_alone(self, autotask: Outside) -> None:
        """Two at once, or one without its number, are refused."""
        id_ = autotask.make(
            "InventoryProducts",
            productID=autotask.product("Router", isSerialized=True),
            inventoryLocationID=1,
            quantityMinimum=0,
            quantityMaximum=0,
        )
        body = {"inventoryProductID": id_, "vendorID": autotask.vendor(), "determineCostUsing": 2}
        for wrong in ({"quantityBeingAdded": 1}, {"quantityBeingAdded": 2, "serialNumber": "S"}):
            assert autotask.refusal("POST", "InventoryStockedItemsAdd", {**body, **wrong})


class TestPlaces:
    def test_the_older_view_shows_the_same(
        self, autotask: Outside, product: int, place: int
    ) -> None:
        """InventoryItems tells the counts by its own names, under the same id."""
        row = autotask.item("InventoryItems", place)

        assert (row["productID"], row["quantityOnHand"], row["quantityMaximum"]) == (product, 5, 9)
        autotask.patch("InventoryItems", id=place, bin="B-7")
        assert autotask.item("InventoryProducts", place)["bin"] == "B-7"

    def test_an_item_is_made_with_what_is_on_hand(self, autotask: Outside, product: int) -> None:
        """The count is given once and cannot be changed after that."""
        id_ = autotask.make(
            "InventoryItems",
            productID=product,
            inventoryLocationID=1,
            quantityOnHand=7,
            quantityMinimum=0,
            quantityMaximum=0,
        )

        assert on_hand(autotask, product) == {1: 7}
        assert autotask.refusal("PATCH", "InventoryItems", {"id": id_, "quantityOnHand": 8})

    def test_one_place_per_product_and_location(
        self, autotask: Outside, product: int, place: int
    ) -> None:
        """A second one is refused, and one with units cannot be deleted."""
        again = {
            "productID": product,
            "inventoryLocationID": 1,
            "quantityMinimum": 0,
            "quantityMaximum": 0,
        }
        assert "already exists" in autotask.refusal("POST", "InventoryProducts", again)[0]
        assert autotask.refusal("DELETE", f"InventoryProducts/{place}")

        autotask.desk("count", product=product, quantity=0)

        assert autotask.call("DELETE", f"InventoryProducts/{place}").json() == {"itemId": place}

    @pytest.mark.parametrize("counted", [0, 4, 5, 12])
    def test_a_count_is_what_is_there(
        self, autotask: Outside, product: int, place: int, counted: int
    ) -> None:
        """Whatever somebody counts is on hand then, more or less than before."""
        row = autotask.desk("count", product="Widget", quantity=counted, location="Main")

        assert row["quantityOnHand"] == counted
        assert on_hand(autotask, product) == {1: counted}
