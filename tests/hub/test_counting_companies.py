"""Stock between two whole companies: counted there, adjusted here, equal in the end."""

from __future__ import annotations

from decimal import Decimal

from counterfoil.hub import desk, finding, verbs
from tests.hub.conftest import OpenWorld
from tests.sandboxes.quickbooks_desktop import desk as books
from tests.support.world import ACTOR, World

ACCOUNT = "stock-count-out.adjustment_account=Inventory Asset"


class Stockroom:
    """A company of both systems, as those speak of it who count its stock."""

    def __init__(self, world: World) -> None:
        self.world = world

    def product(self, code: str, here: str, there: str) -> None:
        """Let the shop floor hold so much of a product, and the books so much of the item."""
        world = self.world
        world.enter("products", code=code, name=f"{code} by name")
        self.count(code, here)
        world.enter_books(books.stock_item(code, on_hand=there))

    def count(self, code: str, quantity: str) -> None:
        """Count a product on the shop floor."""
        self.world.operations.control(
            "POST", "/companies/acme/count", {"product": code, "quantity": quantity}
        )

    def file_mode(self, mode: str) -> None:
        """Open the company file for one user or for several."""
        answer = self.world.books.client.patch(
            "/sandbox/quickbooks/settings", json={"file_mode": mode}
        )
        assert answer.status_code == 200, answer.text

    def send(self, *codes: str) -> int:
        """Press send; the shop floor is read at once."""
        link = finding.link_named(self.world.hub, self.world.link)
        sent = verbs.send(self.world.hub, link, "stock-count", codes, ACTOR, everything=not codes)
        assert sent.press is not None
        assert sent.read is not None
        assert sent.read.problem is None
        return sent.press

    def result(self, press: int) -> desk.CountPress:
        """What came of a press."""
        return desk.stock_counts(self.world.hub, self.world.link, press=press)[0]

    def held(self) -> dict[str, Decimal]:
        """What the books hold of each stocked item."""
        return {
            each["FullName"]: Decimal(each["QuantityOnHand"])
            for each in self.world.booked("ItemInventory")
        }


def opened(open_company: OpenWorld, *settings: str) -> Stockroom:
    world = open_company(*(settings or (ACCOUNT,)))
    room = Stockroom(world)
    room.product("BOLT", "12", "10")
    room.product("NUT", "5", "5")
    room.product("GEAR", "2.5", "0")
    world.sync()
    return room


class TestStock:
    def test_both_sides_are_equal_afterwards(self, open_company: OpenWorld) -> None:
        """STOCK-7: only what differs is adjusted; a second press moves nothing."""
        room = opened(open_company)
        first = room.send()
        room.world.run_web_connector()
        second = room.send()
        room.world.run_web_connector()

        assert room.held() == {"BOLT": Decimal(12), "NUT": Decimal(5), "GEAR": Decimal("2.5")}
        [adjustment] = room.world.booked("InventoryAdjustment")
        assert adjustment["AccountRef"]["FullName"] == "Inventory Asset"
        assert room.result(first).transfers == {"done": 1}
        assert room.result(second).sentence == "3 products: nothing differs, 3 equal."

    def test_it_waits_for_single_user_mode(self, open_company: OpenWorld) -> None:
        """Story 41: the reason is shown; a day later it is counted anew and done."""
        room = opened(open_company)
        room.file_mode("MultiUser")
        press = room.send("BOLT")
        room.world.run_web_connector()
        [row] = [row for row in room.world.transfers() if row.number == f"C{press}-1"]
        assert (row.state, "single-user mode" in (row.sentence or "")) == ("waiting", True)
        room.count("BOLT", "9")
        room.file_mode("SingleUser")
        room.world.clock.advance(days=1)
        room.world.settle()

        assert room.held()["BOLT"] == Decimal(9)
        assert room.result(press).transfers == {"done": 1}
