"""The demonstration's second company: a service desk in Autotask, its orders, receipts and stock.

Its orders are transferred, what came of them follows in two saves, and its stock is counted.  At
the end both systems are asked what they hold, as for the first company.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from counterfoil.sandboxes.sample_services import FOLDER
from counterfoil.sandboxes.serve import AUTOTASK_CODE, AUTOTASK_SECRET, AUTOTASK_USER

from ._audit import Audit, Record, Sums, added, audit_of, differences, lines_of, whole
from ._goods import INCOME
from ._play import Outcome, flows_of, states_of
from ._stage import Stage

__all__ = ["SETTINGS", "Desk", "connect_desk", "play_services", "receive_the_rest"]

_LINK: Final = "1"
# The order of which more comes after it was transferred.
_COMES_LATER: Final = "Order 2002"
SETTINGS: Final = (
    "purchase-order-out.mode=automatic",
    f"purchase-order-out.income_account={INCOME}",
    "receipt-out.mode=automatic",
    "stock-count-out.adjustment_account=Cost of Goods Sold",
)

Say = Callable[[str], None]


def play_services(stage: Stage, say: Say) -> Outcome:
    """Play the service desk's acts."""
    say("A service desk in Autotask: filling it, and connecting it with other books")
    stage.load_service_desk(FOLDER)
    _connect(stage)
    say("Transferring its purchase orders, and what was received of them")
    trips = _pass(stage)
    say("Synchronizing its inventory: what differs in the books is adjusted")
    stage.command("send", _LINK, "stock", "--all")
    trips += stage.run_web_connector().round_trips
    say("Receiving the rest of an order in a second save")
    receive_the_rest(stage)
    trips += _pass(stage)
    before = states_of(stage.command("status"))
    trips += _pass(stage)
    status = stage.command("status")
    after = states_of(status)
    return Outcome(
        states=after,
        flows=flows_of(status),
        audit=_audit(stage),
        round_trips=trips,
        refused_first=0,
        moved_again=sum((Counter(after) - Counter(before)).values()),
    )


def connect_desk(stage: Stage) -> None:
    """Connect Autotask as “Service desk”."""
    given = {
        "--base-url": f"{stage.autotask_url}/ATServicesRest/",
        "--api-user": AUTOTASK_USER,
        "--secret": AUTOTASK_SECRET,
        "--integration-code": AUTOTASK_CODE,
        "--time-zone": stage.time_zone,
    }
    words = [word for each in given.items() for word in each]
    stage.command("connections", "add", "autotask", "--name", "Service desk", *words)


def _connect(stage: Stage) -> None:
    connect_desk(stage)
    made = stage.command("connections", "add", "quickbooks-desktop", "--name", "Books")
    stage.command("links", "add", "--operations", "Service desk", "--books", "Books")
    stage.command("settings", "set", _LINK, *SETTINGS)
    stage.install_web_connector(made["qwc"], made["password"])


def _pass(stage: Stage) -> int:
    """Read what is new, and let the Web Connector call; says how many round trips it took."""
    stage.command("run", _LINK)
    return stage.run_web_connector().round_trips


def receive_the_rest(stage: Stage) -> None:
    """Save the rest of the order of which more comes later."""
    orders = stage.service_desk("GET", "records/PurchaseOrders")
    (order,) = (each["id"] for each in orders if each["generalMemo"] == _COMES_LATER)
    stage.service_desk("POST", "receive", [{"order": order}])


# --- The audit ----------------------------------------------------------------------------


def _audit(stage: Stage) -> Audit:
    """Ask both systems what they hold: how often each order is there, and its quantities."""
    desk = Desk(stage, (each["FullName"] for each in stage.books("ItemInventory")))
    purchases = [each for each in stage.books("PurchaseOrder") if _number(each) in desk.numbers]
    there = Counter(_number(each) for each in purchases)
    held = [each for each in stage.books("ItemInventory") if each["FullName"] in desk.products]
    return audit_of(
        [there[number] for number in desk.numbers],
        [
            *differences("ordered", desk.ordered, _by_item(purchases, "Quantity")),
            *differences("received", desk.received, _by_item(purchases, "ReceivedQuantity")),
            *differences(
                "worth of what was ordered",
                desk.worth,
                added(((_number(each),), each["TotalAmount"]) for each in purchases),
            ),
            *differences(
                "on hand",
                desk.on_hand,
                whole(added(((each["FullName"],), each["QuantityOnHand"]) for each in held)),
            ),
        ],
    )


def _number(order: Record) -> str:
    return str(order.get("RefNumber", ""))


def _by_item(purchases: Iterable[Record], quantity: str) -> Sums:
    return whole(
        added(
            ((_number(order), line["ItemRef"]["FullName"]), line.get(quantity))
            for order in purchases
            for line in lines_of(order, "PurchaseOrderLineRet")
        )
    )


class Desk:
    """What the service desk holds: orders by the numbers that it got from the books, products by
    the names that the books give them.

    Args:
        items: What the books call the items that they have.
    """

    def __init__(self, stage: Stage, items: Iterable[str]) -> None:
        def records(entity: str) -> list[Record]:
            found: list[Record] = stage.service_desk("GET", f"records/{entity}")
            return found

        self._names = _names([*items], {each["id"]: each["name"] for each in records("Products")})
        self._numbers = {
            each["id"]: str(each["externalPONumber"] or f"order {each['id']}")
            for each in records("PurchaseOrders")
        }
        self._lines = {each["id"]: each for each in records("PurchaseOrderItems")}
        self.numbers = [*self._numbers.values()]
        self.products = {*self._names.values()}
        self.ordered = self._by_line((id_, line["quantity"]) for id_, line in self._lines.items())
        self.received = self._by_line(
            (row["purchaseOrderItemID"], row["quantityNowReceiving"])
            for row in records("PurchaseOrderItemReceiving")
        )
        self.worth = added(
            ((self._numbers[line["orderID"]],), line["quantity"] * Decimal(str(line["unitCost"])))
            for line in self._lines.values()
        )
        self.on_hand = whole(
            added(
                ((self._names[each["productID"]],), each["onHandUnits"])
                for each in records("InventoryProducts")
            )
        )

    def _by_line(self, found: Iterable[tuple[int, Any]]) -> Sums:
        return whole(added((self._of_line(id_), quantity) for id_, quantity in found))

    def _of_line(self, id_: int) -> tuple[str, str]:
        line = self._lines[id_]
        return self._numbers[line["orderID"]], self._names[line["productID"]]


def _names(there: Sequence[str], products: Mapping[int, str]) -> dict[int, str]:
    """Give what products are called in the books: where a name is too long, its number ends it."""
    found = {}
    for id_, name in products.items():
        short = (each for each in there if each.endswith(f" #{id_}"))
        found[id_] = name if name in there else next(short, name)
    return found
