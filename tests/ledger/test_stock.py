"""Quantities and presses in the ledger, on both databases."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from counterfoil.engine.counting import Counted, Wanted
from counterfoil.ledger import directory, presses, stock
from tests.ledger.builders import World
from tests.support.builders import NOW, product

LATER = NOW + timedelta(minutes=5)


class TestQuantities:
    def test_the_last_reading_counts(self, world: World) -> None:
        """What was read last is kept, to the last decimal; unreadable is unknown, not 0."""
        with world.ledger.writing() as tx:
            stock.keep(tx, world.books, {"A": Decimal("0.50"), "B": Decimal("1E+3")}, NOW)
            stock.keep(tx, world.books, {"A": None}, LATER)
        with world.ledger.reading() as tx:
            found = stock.read(tx, world.books, ["A", "B", "C"], NOW)
            lately = stock.read(tx, world.books, ["A", "B"], LATER)
            elsewhere = stock.read(tx, world.operations, ["A"], NOW)

        assert {item: each.quantity for item, each in found.items()} == {
            "A": None,
            "B": Decimal(1000),
        }
        assert (list(lately), elsewhere) == (["A"], {})

    def test_products_come_in_pages(self, world: World) -> None:
        """In the order of their identities, active ones only, all or those that are named."""
        found = [product(code, id=code) for code in "BACD"]
        found.append(product("E", id="E", is_active=False))
        with world.ledger.writing() as tx:
            directory.learn(tx, world.operations, found, world.run)
        with world.ledger.reading() as tx:
            first = stock.products(tx, world.operations, None, "", 3)
            second = stock.products(tx, world.operations, None, first[-1].id, 3)
            named = stock.products(tx, world.operations, ("D", "E", "A"), "", 3)

        assert [[each.id for each in page] for page in (first, second, named)] == [
            ["A", "B", "C"],
            ["D"],
            ["A", "D"],
        ]


class TestPresses:
    def test_they_are_open_until_taken(self, world: World) -> None:
        """The newest comes first; what came of it and what was asked is kept as it was."""
        with world.ledger.writing() as tx:
            first = presses.add(tx, world.link, Wanted(("P1",), "Loss", "Memo"), "anna", NOW)
            second = presses.add(tx, world.link, Wanted(None, "Loss"), "bob", LATER)
            presses.change(tx, first, counted_at=NOW, result=Counted(products=3, equal=3))
            opened = presses.opened(tx, world.link)
            presses.change(tx, second, taken_at=LATER)
            left = presses.opened(tx, world.link)

        assert [each.id for each in opened] == [second, first]
        [press] = left
        assert (press.wanted, press.author) == (Wanted(("P1",), "Loss", "Memo"), "anna")
        assert (press.counted_at, press.result) == (NOW, Counted(products=3, equal=3))
