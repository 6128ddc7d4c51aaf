"""What must hold in a simulated company, whatever fails.

Judged by what people entered and by what stands in both systems; of the hub only what it
tells people is believed.  In the middle of everything (``check_now``): nothing is there
twice, nobody's own change was written over, and whatever stopped says why, for a reason that
can be.  At rest (``check_at_rest``): each order is there once and as its source says, or the
hub says why not.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, Final

from counterfoil.engine.life import STATES, Standing, State
from counterfoil.hub.desk import TransferRow
from counterfoil.sandboxes.quickbooks_desktop import ProcessResult
from tests.simulation.people import (
    INWARD_FROM,
    Order,
    People,
    serial_in_books,
    serial_in_operations,
)
from tests.simulation.rules import Rules
from tests.support.world import World

__all__ = ["Judge"]

_SAYS_WHY: Final = frozenset(
    {State.HELD, State.UNKNOWN, State.WAITING, State.CHANGED, State.REFUSED, State.SKIPPED}
)
_LANDED: Final = frozenset({State.DONE, State.CHANGED})
# QuickBooks' answer to a record whose name is in use.
_NAME_IN_USE: Final = re.compile(r'<(\w+AddRs)\b[^<>]*statusCode="3100"[^<>]*')
# What is refused for a while, and goes on by itself or with the next press.
_PASSING: Final = frozenset({"will-not-settle"})


class Judge:
    """Compares a company with what its people did."""

    def __init__(self, world: World, rules: Rules, people: People) -> None:
        self.world = world
        self.rules = rules
        self.people = people
        self._created_again: list[str] = []

    def hear(self, _text: str, result: ProcessResult) -> None:
        """Listen to what QuickBooks says itself: to a record that is there it says 3100."""
        self._created_again += _NAME_IN_USE.findall(result.response)

    # --- In the middle of everything ----------------------------------------------------------

    def check_now(self) -> None:
        """Nothing twice, no hand written over, a reason for everything that stopped."""
        booked = self.world.booked()
        produced = self.world.produced()
        assert not self._created_again, f"asked to create what is there: {self._created_again}"
        self._check_twice(booked, produced)
        self._check_hands(booked)
        there = {serial_in_books(each) for each in booked}
        for order in self.people.outward.values():
            assert order.serial not in there or not order.never_goes, f"{order} sent though deleted"
            assert order.serial not in there or order.expects is None, f"{order} may not go"
            is_taken = order.is_late and self.rules.numbering == "order_code"
            assert order.serial not in there or not is_taken, f"{order} and its number is taken"
        by_id = {each["TxnID"]: each for each in booked}
        for row in self.world.transfers():
            self._check_row(row, by_id)

    def _check_twice(
        self, booked: Iterable[Mapping[str, Any]], produced: Iterable[Mapping[str, Any]]
    ) -> None:
        """No order stands twice in either system."""
        orders = [serial_in_books(each) for each in booked]
        codes = [str(each["code"]) for each in produced]
        made = [serial_in_operations(each) for each in produced]
        for what, found in (
            ("order in the books", orders),
            ("code in the operations system", codes),
            ("order in the operations system", made),
        ):
            twice = {each: n for each, n in Counter(found).items() if n > 1 and each is not None}
            assert twice == {}, f"there twice: {what}: {twice}"

    def _check_hands(self, booked: Iterable[Mapping[str, Any]]) -> None:
        """What somebody wrote in the books stands until somebody sends over it knowingly."""
        there = {each["TxnID"]: each for each in booked}
        for order in self.people.outward.values():
            hand = order.hand
            if hand is None:
                continue
            found = there.get(hand.txn_id)
            assert found is not None, f"{order} was taken out although somebody had changed it"
            quantity = Decimal(found["lines"][0]["Quantity"])
            assert quantity == hand.quantity, f"{order} was written over: {quantity}"
            is_closed = found["IsManuallyClosed"] == "true"
            assert is_closed == hand.is_closed, f"{order} was closed over a change"
        for order in self.people.outward.values():
            if order.is_removed:
                again = [each for each in there.values() if serial_in_books(each) == order.serial]
                assert not again, f"{order} is back although somebody had deleted it"

    def _check_row(self, row: TransferRow, booked: Mapping[str, Mapping[str, Any]]) -> None:
        state = State(row.state)
        assert state in STATES
        if state in _SAYS_WHY:
            assert row.sentence, f"{row} does not say why"
        if state is State.REFUSED:
            assert row.actor, row
            assert row.cure, row
        if row.flow != "sales-order-out":
            return
        order = self._order_of(row)
        if state is State.REFUSED:
            allowed = self._refusals(order) | _PASSING
            assert row.refusal in allowed, f"{row} is refused, and {order} does not explain it"
        found = booked.get(row.target_id or "")
        if state in _LANDED and found is not None:
            assert serial_in_books(found) == order.serial, f"{row} took another order for its own"

    def _order_of(self, row: TransferRow) -> Order:
        found = [each for each in self.people.outward.values() if each.number == row.number]
        assert len(found) == 1, f"{row} is of nobody's order"
        return found[0]

    # --- What may be ------------------------------------------------------------------------------

    def _refusals(self, order: Order) -> set[str]:
        """Say for which reasons an order may be refused."""
        found = {order.expects} if order.expects is not None else set()
        if order.has_rival and self.rules.numbering == "order_code":
            found.add("number-taken")
        if order.is_undone or order.is_vague:
            found |= {"undone-needs-consent", "paid-or-followed"}
        if order.hand is not None or order.is_gone:
            found.add("paid-or-followed")
        if not self.rules.marks_returned and (
            order.is_vague or self.rules.crashes or not self.rules.answers_kept
        ):
            # Otherwise QuickBooks tells what became of each set, once it is asked.
            found.add("outcome-unclear")
        return found

    def _ends(self, order: Order) -> set[tuple[str, str | None]]:
        """Say how an order may stand at rest, each with its reason."""
        ends: set[tuple[str, str | None]] = {("refused", code) for code in self._refusals(order)}
        is_plain = not (order.is_gone or order.is_removed or order.is_undone or order.is_skipped)
        if is_plain and order.expects is None:
            ends.add(("done", None))
        if order.is_gone:
            ends |= {("skipped", "not-sent"), ("changed", "source-gone")}
        if order.is_edited:
            ends.add(("changed", "source-changed"))
        if order.hand is not None:
            ends |= {("changed", "target-changed"), ("changed", "conflict")}
        if order.is_removed:
            ends.add(("changed", "target-gone"))
        if order.is_skipped or (order.is_accepted and order.is_removed):
            ends.add(("skipped", "left-out-by"))
        if order.is_undone:
            ends.add(("skipped", "undone-by"))
        if order.is_accepted:
            ends.add(("done", None))
        if order.is_gone and self.rules.cancelled_way == "close":
            ends.add(("done", None))
        return ends

    # --- At rest ----------------------------------------------------------------------------------

    def check_at_rest(self) -> None:
        """Each order once and as its source says, or not, and then with the reason."""
        self.check_now()
        rows = {row.number: row for row in self.world.transfers() if row.flow == "sales-order-out"}
        booked = {serial_in_books(each): each for each in self.world.booked()}
        sources = {str(each["id"]): each for each in self.world.produced()}
        for order in self.people.outward.values():
            row, there = rows.get(order.number), booked.get(order.serial)
            if row is None:
                assert order.is_gone, f"{order} has no transfer"
                assert there is None or order.is_vague, f"{order} is there, and nobody knows why"
                continue
            source = sources.get(self.world.source_ids[order.number])
            self._check_end(order, row, there, source)
        self._check_inward()

    def _check_end(
        self,
        order: Order,
        row: TransferRow,
        there: Mapping[str, Any] | None,
        source: Mapping[str, Any] | None,
    ) -> None:
        state = State(row.state)
        assert STATES[state].standing in (Standing.RESTING, Standing.STOPPED), f"{row}: {order}"
        if not order.is_vague:
            end = row.state, row.refusal or row.reason
            assert end in self._ends(order), f"{row} is no end for {order}"
        if state is State.DONE or (state is State.CHANGED and row.reason != "target-gone"):
            assert there is not None, f"{row} is not in the books"
            assert there["TxnID"] == row.target_id, f"{row} is another one in the books: {there}"
        if state is State.SKIPPED or row.reason == "target-gone":
            assert there is None or order.is_vague, f"{row} is in the books all the same"
        if state is State.DONE and there is not None:
            assert row.target_number == there.get("RefNumber"), row
            if not order.is_accepted and not order.is_vague:
                assert Decimal(row.target_total or "NaN") == Decimal(there["TotalAmount"]), row
            if source is not None and not (order.is_accepted or order.is_vague):
                assert _in_books(there) == _in_operations(source), f"{row} differs from its source"

    def _check_inward(self) -> None:
        """What was entered in the books is in the operations system once, and is known."""
        made = {serial_in_operations(each) for each in self.world.produced()}
        came_back = {serial for serial in made if serial is not None and serial < INWARD_FROM}
        assert came_back <= set(self.people.outward), "an order came back from the books"
        if not self.rules.is_inward:
            assert made <= set(self.people.outward), "orders came although the flow is off"
            return
        rows = [row for row in self.world.transfers() if row.flow == "sales-order-in"]
        known = Counter(row.number for row in rows)
        for order in self.people.inward.values():
            if order.is_gone or order.is_vague:
                continue
            assert known[order.number] == 1, f"{order} came {known[order.number]} times"
            assert order.serial in made, f"{order} is missing in the operations system"
        for row in rows:
            assert row.state in ("done", "changed", "skipped"), row
        others = set(known) - {each.number for each in self.people.inward.values()}
        assert not others, f"these came from the books and were not entered there: {others}"


def _in_books(order: Mapping[str, Any]) -> list[tuple[str, Decimal, Decimal]]:
    return [
        (each["ItemRef"]["FullName"], Decimal(each["Quantity"]), Decimal(each["Rate"]))
        for each in order["lines"]
        if "ItemRef" in each
    ]


def _in_operations(order: Mapping[str, Any]) -> list[tuple[str, Decimal, Decimal]]:
    return [
        (each["product"], Decimal(each["quantity-ordered"]), Decimal(each["unit-price"]))
        for shipping in order["shippings"]
        for each in shipping["products"]
    ]
