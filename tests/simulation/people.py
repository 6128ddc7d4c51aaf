"""The people of a simulated company, and what they remember of what they did.

They enter, change and delete orders on both sides, and press the hub's buttons.  Every order
is told by the price of its first line, which no one ever changes: so the judge knows it again
in either system without asking the hub for any mark or pairing of its own.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final

from counterfoil.documents import SalesOrder, decode
from counterfoil.engine.life import STATES, Standing, State
from counterfoil.hub import desk
from counterfoil.hub.desk import TransferRow
from counterfoil.ledger import transfers
from tests.sandboxes.quickbooks_desktop.desk import (
    customer,
    line,
    modify_line,
    query,
    request,
    sales_order,
    service,
    tags,
)
from tests.simulation.rules import Rules
from tests.support.world import ACTOR, World

__all__ = ["INWARD_FROM", "Hand", "Order", "People", "serial_in_books", "serial_in_operations"]

# Clients and what becomes of their orders: ``None`` goes, else the refusal it ends with.
CLIENTS: Final[dict[str, str | None]] = {
    "ACME": None,
    "Blue-Heron": None,
    "Café-Ångström": None,
    "O'Brien&Söhne": None,
    "TAKEN": "name-taken",
    "COL:ON": "name-has-colon",
    "SLEEPY": "record-inactive",
    "Λάμδα": "text-unholdable",
}
PRODUCTS: Final = ("BOLT", "NUT", "GEAR", "M8", "Größe", *(f"PIN-{each}" for each in range(9)))

# Prices of first lines: of orders entered in the operations system, and in the books.
_OUTWARD_FROM: Final = 10_000
INWARD_FROM: Final = 50_000
# Quantities from here on were written by hand in the books; no two are the same.
_BY_HAND: Final = 1_000


@dataclass(frozen=True)
class Hand:
    """What somebody wrote in the books by hand: the order, and how many of its first line."""

    txn_id: str
    quantity: Decimal
    is_closed: bool


@dataclass(kw_only=True)
class Order:
    """An order that somebody entered, and what people have done with it since.

    Attributes:
        expects: The refusal it ends with, ``None``: it goes.
        is_edited: Changed at its source.
        is_gone: Deleted at its source.
        never_goes: Deleted, and known to be, before it was ever sent.
        hand: What stands in the books by hand, and nobody has sent anything over it since.
        is_removed: Somebody deleted it in the books and has not sent it again.
        has_rival: Somebody entered another order of its number in the books.
        is_late: That one was there before this one was entered, so its number is taken.
        is_skipped, is_undone, is_accepted, is_sent: The buttons that were pressed for it.
        is_vague: An older copy of the books or the ledger was restored since: what people
            did with it may be forgotten.
    """

    serial: int
    number: str
    expects: str | None = None
    is_edited: bool = False
    is_gone: bool = False
    never_goes: bool = False
    hand: Hand | None = None
    is_removed: bool = False
    has_rival: bool = False
    is_late: bool = False
    is_skipped: bool = False
    is_undone: bool = False
    is_accepted: bool = False
    is_sent: bool = False
    is_vague: bool = False


def serial_in_books(order: Mapping[str, Any]) -> int | None:
    """Tell an order of the books by the price of its first line; ``None``: nobody's."""
    lines = order.get("lines") or [{}]
    return _serial(lines[0].get("Rate"))


def serial_in_operations(order: Mapping[str, Any]) -> int | None:
    """Tell an order of the operations system by the price of its first line."""
    return _serial(order["shippings"][0]["products"][0]["unit-price"])


def _serial(price: str | None) -> int | None:
    whole = int(Decimal(price or 0))
    return whole if whole > _OUTWARD_FROM else None


class People:
    """Everybody at this company; what they do is drawn from ``chance``."""

    def __init__(
        self, world: World, rules: Rules, chance: random.Random, note: Callable[[str], None]
    ) -> None:
        self.world = world
        self.rules = rules
        self.chance = chance
        self.note = note
        self.outward: dict[int, Order] = {}
        self.inward: dict[int, Order] = {}
        self._quantities = _BY_HAND
        self._known_in_books = {"ACME", "BOLT"}

    # --- The operations system ------------------------------------------------------------

    def enter_orders(self) -> None:
        """Somebody enters a few orders."""
        for _ in range(self.chance.randint(1, 3)):
            new = [f"North {self.chance.randint(1, 9)}"] * 3
            client = self.chance.choice([*CLIENTS, *(["ACME", "Blue-Heron"] * 2), *new])
            serial = len(self.outward) + 1
            is_long = self.chance.random() < 0.07
            number = f"SO-LONG-{serial:04d}" if is_long else f"SO-{serial}"
            too_long = is_long and self.rules.numbering == "order_code"
            self._enter(number, client, "number-too-long" if too_long else CLIENTS.get(client))

    def _enter(
        self, number: str, client: str, expects: str | None, *, product: str | None = None
    ) -> None:
        serial = _OUTWARD_FROM + len(self.outward) + 1
        chance = self.chance
        if number in {str(each["code"]) for each in self.world.produced()}:
            # An order of the books came first.
            number += "-B"
        first = f"{chance.randint(1, 99)} {product or chance.choice(PRODUCTS)} {serial}"
        more = [
            f"{chance.randint(1, 99)} {chance.choice(PRODUCTS)} "
            f"{Decimal(chance.randint(1, 99_999)) / 100}"
            for _ in range(chance.randint(0, 3))
        ]
        self.world.order(number, client, first, *more)
        is_late = number in {each.number for each in self.inward.values() if not each.is_gone}
        self.outward[serial] = Order(
            serial=serial, number=number, expects=expects, has_rival=is_late, is_late=is_late
        )
        self.note(f"order {number} ({serial}) of {client}")

    def enter_newcomers(self) -> None:
        """Somebody enters orders of clients and products that nobody knows yet."""
        for _ in range(2):
            serial = len(self.outward) + 1
            self._enter(f"SO-{serial}", f"Newcomer {serial}", None, product=f"NEW-{serial}")

    def edit(self) -> None:
        """Somebody changes an order at its source: how many of the first line."""
        order = self._pick(each for each in self.outward.values() if not each.is_gone)
        if order is None:
            return
        order.is_edited, order.is_accepted = True, False
        found = self._call("GET", order)
        products = found["shippings"][0]["products"]
        products[0]["quantity-ordered"] = str(self.chance.randint(1, 99))
        if len(products) > 1 and self.chance.random() < 0.3:
            products.pop()
        self._call("PUT", order, found)
        self.note(f"{order.number} edited")

    def cancel(self) -> None:
        """Somebody deletes an order at its source."""
        order = self._pick(each for each in self.outward.values() if not each.is_gone)
        if order is None:
            return
        order.is_gone, order.is_accepted = True, False
        self._call("DELETE", order)
        self.note(f"{order.number} deleted at its source")

    def _call(self, method: str, order: Order, body: object = None) -> Any:
        """Do something by hand in the operations system, on which no fault strikes."""
        operations = self.world.operations
        operations.token = ""
        faults = operations.control("GET", "/faults")
        operations.control("DELETE", "/faults")
        path = f"/sales-orders/{self.world.source_ids[order.number]}"
        answer = operations.call(method, path, body)
        assert answer.is_success, answer.text
        for fault in faults:
            operations.control("POST", "/faults", fault)
        return answer.json() if answer.content else None

    # --- The books --------------------------------------------------------------------------

    def enter_in_books(self) -> None:
        """Somebody enters an order in the books."""
        for _ in range(self.chance.randint(1, 2)):
            self._enter_in_books(f"QB-{len(self.inward) + 1}")

    def _enter_in_books(self, number: str) -> None:
        serial = INWARD_FROM + len(self.inward) + 1
        quantity = str(self.chance.randint(1, 9))
        name = self.chance.choice(["ACME", "ACME", f"Shop {self.chance.randint(1, 6)}"])
        item = self.chance.choice(["BOLT", f"PART-{self.chance.randint(1, 6)}"])
        if name not in self._known_in_books:
            self._type_in_books(customer(name))
        if item not in self._known_in_books:
            self._type_in_books(service(item, "1.00"))
        self._known_in_books |= {name, item}
        self._type_in_books(
            sales_order(name, line(item, quantity, rate=f"{serial}.00"), ref_number=number)
        )
        self.inward[serial] = Order(serial=serial, number=number)
        self.note(f"{number} ({serial}) entered in the books")

    def _type_in_books(self, *requests: str) -> None:
        """Somebody types at QuickBooks, where no fault strikes: those are for the hub."""
        faults = self.world.counter.company.faults
        armed = faults.armed()
        faults.clear()
        self.world.enter_books(*requests)
        for fault in armed:
            faults.arm(fault)

    def enter_a_rival(self) -> None:
        """Somebody enters an order in the books whose number another one has, or will have."""
        following = f"SO-{len(self.outward) + self.chance.randint(1, 3)}"
        order = self._pick(self.outward.values())
        number = following if order is None or self.chance.random() < 0.6 else order.number
        if len(number) > 11 or number in {each.number for each in self.inward.values()}:
            return
        for each in self.outward.values():
            each.has_rival = each.has_rival or each.number == number
        self._enter_in_books(number)

    def edit_in_books(self) -> None:
        """Somebody changes an order in the books: how many, or only what it says beside."""
        order = self._in_books(lambda serial: True)
        if order is None:
            return
        keys = tags(TxnID=order["TxnID"], EditSequence=order["EditSequence"])
        self.world.clock.advance(seconds=2)
        if self.chance.random() < 0.3:
            self._type_in_books(
                request("SalesOrderMod", keys + tags(Memo=f"memo {self._next_quantity()}"))
            )
            self.note(f"memo on {order['RefNumber']}")
            return
        quantity = self._next_quantity()
        changed = [
            modify_line("SalesOrder", each["TxnLineID"], tags(Quantity=str(quantity)) * (not at))
            for at, each in enumerate(order["lines"])
        ]
        self._type_in_books(request("SalesOrderMod", keys + "".join(changed)))
        self._remember_hand(order, Decimal(quantity))
        self.note(f"{order['RefNumber']} ({order['TxnID']}) edited in the books: {quantity}")

    def _remember_hand(self, order: Mapping[str, Any], quantity: Decimal) -> None:
        known = self._known(order)
        known.is_accepted = False
        if known.serial >= INWARD_FROM:
            known.is_edited = True
            return
        known.hand = Hand(order["TxnID"], quantity, order["IsManuallyClosed"] == "true")

    def remove_in_books(self) -> None:
        """Somebody deletes an order in the books."""
        order = self._in_books(lambda serial: True)
        if order is None:
            return
        body = tags(TxnDelType="SalesOrder", TxnID=order["TxnID"])
        self._type_in_books(query("TxnDel", body))
        known = self._known(order)
        known.hand, known.is_accepted = None, False
        known.is_removed = True
        known.is_gone = known.is_gone or known.serial >= INWARD_FROM
        for each in self.outward.values():
            each.is_late = each.is_late and each.number != order["RefNumber"]
        self.note(f"{order['RefNumber']} ({order['TxnID']}) deleted in the books")

    def _next_quantity(self) -> int:
        self._quantities += 1
        return self._quantities

    def _in_books(self, wanted: Callable[[int], bool]) -> dict[str, Any] | None:
        found = []
        for each in self.world.booked():
            serial = serial_in_books(each)
            if serial is not None and wanted(serial):
                found.append(each)
        return self.chance.choice(found) if found else None

    def _known(self, order: Mapping[str, Any]) -> Order:
        serial = serial_in_books(order)
        assert serial is not None
        return self.inward[serial] if serial >= INWARD_FROM else self.outward[serial]

    def retrieve(self) -> None:
        """A long weekend; then somebody asks for what was entered in the books since today.

        What was entered before it lies between what was read and that day.
        """
        if not self.rules.is_inward:
            return
        self.enter_in_books()
        self.world.clock.advance(days=3)
        self.enter_in_books()
        today = (self.world.clock.now() + timedelta(days=self.rules.clock_days)).date()
        desk.request_retrieval(self.world.hub, self.world.link, "sales-order", today, ACTOR)
        self.note(f"retrieval since {today} is asked for")

    # --- The hub's buttons --------------------------------------------------------------------

    def press(self) -> None:
        """Somebody presses a button for one of the orders that the list shows."""
        known = {each.number: each for each in self.outward.values()}
        rows = [each for each in self.world.transfers() if each.flow == "sales-order-out"]
        rows = [each for each in rows if each.number in known]
        flying = [each for each in rows if STATES[State(each.state)].standing is Standing.IN_FLIGHT]
        asks = [each for each in rows if each.state in ("changed", "refused", "held")]
        pool = self.chance.choice([rows, asks or rows, flying or asks or rows])
        if not pool:
            return
        row = self.chance.choice(pool)
        verbs = [self._send, self._send, self._accept, self._undo, self._skip]
        self.chance.choice(verbs)(row, known[row.number or ""])

    def change_their_mind(self) -> None:
        """Somebody undoes an order, or sends one that was undone."""
        known = {each.number: each for each in self.outward.values()}
        rows = [each for each in self.world.transfers() if each.flow == "sales-order-out"]
        undone = [each for each in rows if each.number in known and each.wish == "undo"]
        done = [each for each in rows if each.number in known and each.state == "done"]
        pool = undone if undone and self.chance.random() < 0.6 else done
        if not pool:
            return
        row = self.chance.choice(pool)
        verb = self._undo if row.state == "done" else self._send
        verb(row, known[row.number or ""])

    def undo_flying(self) -> None:
        """Somebody undoes an order that is on its way."""
        known = {each.number: each for each in self.outward.values()}
        rows = [
            each
            for each in self.world.transfers()
            if each.flow == "sales-order-out"
            and each.number in known
            and STATES[State(each.state)].standing is Standing.IN_FLIGHT
        ]
        if rows:
            row = self.chance.choice(rows)
            self._undo(row, known[row.number or ""])

    def _send(self, row: TransferRow, order: Order) -> None:
        shown = self._is_shown(row, order)
        if row.refusal == "outcome-unclear":
            self.decide_unclear(row, order)
            return
        told = desk.release(
            self.world.hub, self.world.link, "sales-order", [order.number], ACTOR, everything=False
        )
        if row.id in told.released:
            self._wished_sent(row, order, shown=shown)
        self.note(f"send {order.number} ({row.state}): {told}")

    def _wished_sent(self, row: TransferRow, order: Order, *, shown: bool) -> None:
        order.is_sent, order.is_skipped, order.is_accepted = True, False, False
        order.is_undone = order.is_undone and row.state in ("refused", "waiting")
        if shown:
            order.hand = None
        if row.reason == "target-gone" or row.state == "skipped":
            # The hub knew that it is not there.
            order.is_removed = False

    def _accept(self, row: TransferRow, order: Order) -> None:
        shown = self._is_shown(row, order)
        told = desk.accept(self.world.hub, [row.id], ACTOR)
        if told.released:
            order.is_accepted = True
            if shown:
                order.hand = None
        self.note(f"accept {order.number} ({row.state}): {told}")

    def _undo(self, row: TransferRow, order: Order) -> None:
        if row.refusal == "outcome-unclear":
            told = desk.undo(self.world.hub, ACTOR, transfer_ids=[row.id])
            assert not told.undone, f"{row} was undone, and nobody knew whether it is there"
            return
        shown = self._is_shown(row, order)
        consent = shown and self.chance.random() < 0.5
        told = desk.undo(self.world.hub, ACTOR, transfer_ids=[row.id], consent=consent)
        if row.id in told.undone or row.state == "skipped":
            order.is_undone, order.is_sent, order.is_accepted = True, False, False
            if consent:
                order.hand = None
        self.note(f"undo {order.number} ({row.state}), consent {consent}: {told}")

    def _skip(self, row: TransferRow, order: Order) -> None:
        if row.target_id is not None or row.state not in ("held", "ready", "refused", "waiting"):
            return
        if row.refusal == "outcome-unclear" and self._stands(order):
            # Whoever leaves it out has looked.
            self.decide_unclear(row, order)
            return
        desk.skip(self.world.hub, [row.id], ACTOR)
        order.is_skipped, order.is_undone, order.is_sent = True, False, False
        self.note(f"skip {order.number} ({row.state})")

    def retry(self) -> None:
        """Somebody tries everything again that stopped; what is unclear is looked up first."""
        known = {each.number: each for each in self.outward.values()}
        stopped = []
        for row in self.world.transfers(State.REFUSED, State.WAITING):
            order = known.get(row.number or "") if row.flow == "sales-order-out" else None
            if order is None:
                stopped.append(row.id)
            elif row.refusal == "outcome-unclear":
                self.decide_unclear(row, order)
            else:
                stopped.append(row.id)
        told = desk.retry(self.world.hub, ACTOR, transfer_ids=stopped)
        self.note(f"a person tries everything again: {told}")

    def _stands(self, order: Order) -> list[dict[str, Any]]:
        return [each for each in self.world.booked() if serial_in_books(each) == order.serial]

    def decide_unclear(self, row: TransferRow, order: Order) -> None:
        """Whether a document arrived is unclear: somebody looks in the books and says so."""
        there = self._stands(order)
        if there:
            desk.adopt(self.world.hub, row.id, there[0]["TxnID"], ACTOR, consent=True)
            order.is_skipped = order.is_undone = False
            order.is_accepted = True
            self.note(f"{order.number} is found in the books and adopted")
        else:
            desk.retry(self.world.hub, ACTOR, transfer_ids=[row.id])
            order.is_skipped = False
            # An undo that is tried again has nothing left to take out.
            order.is_undone = order.is_undone and row.wish == "undo"
            self.note(f"{order.number} is not in the books and tried again")

    def _is_shown(self, row: TransferRow, order: Order) -> bool:
        """Whether the hub shows what somebody wrote in the books by hand, as it stands there."""
        if order.hand is None or row.target_id != order.hand.txn_id:
            return False
        with self.world.hub.database.reading() as tx:
            [found] = transfers.load(tx, [row.id])
        if found.pairing is None or found.pairing.seen is None:
            return False
        seen = decode(found.pairing.target_kind, found.pairing.seen)
        assert isinstance(seen, SalesOrder)
        quantity = seen.lines[0].quantity if seen.lines else None
        return quantity is not None and quantity.value == order.hand.quantity

    def _pick(self, orders: Iterable[Order]) -> Order | None:
        found = list(orders)
        return self.chance.choice(found) if found else None
