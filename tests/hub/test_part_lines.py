"""What came after a part that we did not write, or no longer know that we wrote, goes, too."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from counterfoil.hub import desk
from counterfoil.ledger.database import sqlite_url
from tests.hub.conftest import OpenWorld
from tests.hub.test_fulfilling import RULES, ordered, parts, quantities, received, whys
from tests.hub.test_restored import _backup, _restore
from tests.sandboxes.quickbooks_desktop.desk import ref, request, tags
from tests.support.world import ACTOR, World, open_world

FLOW = "receipt-out"
MANUAL = tuple("receipt-out.mode=manual" if each.startswith(FLOW) else each for each in RULES)


def billed(world: World) -> list[int]:
    return sorted(int(sum(each)) for each in quantities(world, "Bill"))


def later(world: World, *goods: str) -> None:
    """An hour later goods came of the order, and everything runs."""
    world.clock.advance(hours=1)
    world.operations.token = ""
    world.receive("PO-1", *goods)
    world.settle()


class TestRestoredLedger:
    @pytest.fixture
    def world(self, sqlite_tables: bytes, tmp_path: Path) -> Iterator[World]:
        """Ten are ordered and four billed."""
        file = tmp_path / "hub.db"
        file.write_bytes(sqlite_tables)
        with open_world(sqlite_url(file), *RULES) as world:
            world.purchase("PO-1", "MILLCO", "10 FLOUR 0.80")
            world.sync()
            yield world

    def test_what_comes_next_is_billed(self, world: World, tmp_path: Path) -> None:
        """Bills recognised by their marks tell what they carry, so what is left is known."""
        backup = _backup(world, tmp_path / "hub.db")
        later(world, "4 FLOUR")
        later(world, "3 FLOUR")
        _restore(world, tmp_path / "hub.db", backup)
        later(world, "2 FLOUR")
        # Each bill is recognised, then read; what is left is known once both were.
        for _ in range(2):
            world.clock.advance(hours=1)
            world.settle()

        assert (billed(world), received(world, "PO-1")) == ([2, 3, 4], [Decimal(9)])
        assert {state for _, state in parts(world, FLOW)} == {"done"}


class TestAdopted:
    @pytest.fixture
    def world(self, open_company: OpenWorld) -> World:
        """Four came of ten that were ordered; nobody has sent the bill."""
        world = open_company(*MANUAL)
        world.purchase("PO-1", "MILLCO", "10 FLOUR 0.80")
        world.receive("PO-1", "4 FLOUR")
        world.sync()
        world.clock.advance(minutes=5)
        return world

    def adopt(self, world: World, lines: str) -> None:
        """Somebody entered the bill H-1 by hand; the receipt is that bill."""
        head = ref("VendorRef", "MILLCO by name") + tags(RefNumber="H-1")
        world.enter_books(request("BillAdd", head + lines))
        (row,) = [row for row in world.transfers() if row.flow == FLOW]
        desk.adopt(world.hub, row.id, "H-1", ACTOR, consent=True)
        world.run_web_connector()
        assert parts(world, FLOW)[0][1] == "done", whys(world)
        world.set("receipt-out.mode=automatic")

    def test_what_comes_next_is_billed(self, world: World) -> None:
        """What a bill entered by hand carries is told by it, and the rest goes as another."""
        order = ordered(world, "PurchaseOrder", "PO-1")
        (line,) = order["lines"]
        link = f"<TxnID>{order['TxnID']}</TxnID><TxnLineID>{line['TxnLineID']}</TxnLineID>"
        self.adopt(
            world,
            f"<ItemLineAdd><Quantity>4</Quantity><LinkToTxn>{link}</LinkToTxn></ItemLineAdd>",
        )
        later(world, "3 FLOUR")

        assert (billed(world), received(world, "PO-1")) == ([3, 4], [Decimal(7)])

    def test_what_cannot_be_told_is_said(self, world: World) -> None:
        """Over another item it tells nothing of ours: what comes next is shown, not lost."""
        world.enter_books(
            request(
                "ItemServiceAdd",
                tags(Name="MILLING") + "<SalesOrPurchase>"
                "<Price>1.00</Price>" + ref("AccountRef", "Sales:Goods") + "</SalesOrPurchase>",
            )
        )
        self.adopt(
            world,
            "<ItemLineAdd>" + ref("ItemRef", "MILLING") + "<Quantity>4</Quantity>"
            "<Amount>3.20</Amount></ItemLineAdd>",
        )
        later(world, "3 FLOUR")

        assert (billed(world), parts(world, FLOW)[0][1]) == ([4], "changed")
