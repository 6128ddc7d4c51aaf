"""The demonstration's companies whose books are in QuickBooks Online.

A person signs in for them at the stand-in's own page, as at Intuit's.  One company works with
Autotask, one with Fusion Operations; at the end both systems are asked what they hold.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from counterfoil.sandboxes import sample_company, sample_services

from ._audit import Audit, Operations, Record, Sums, added, audit_of, differences, whole
from ._play import Outcome, connect_operations, flows_of, states_of
from ._services import Desk, connect_desk, receive_the_rest
from ._stage import Stage

__all__ = ["DESK", "SHOP", "play_online_desk", "play_online_shop"]

Say = Callable[[str], None]

_LINK: Final = "1"
_INCOME: Final = "Sales of Product Income"
_PAYABLES: Final = "Accounts Payable (A/P)"
_PURCHASES: Final = (
    "purchase-order-out.mode=automatic",
    f"purchase-order-out.payables_account={_PAYABLES}",
    f"purchase-order-out.income_account={_INCOME}",
    "purchase-order-out.expense_account=Cost of Goods Sold",
    "purchase-order-out.create_missing_vendors=true",
    "purchase-order-out.create_missing_items=true",
    "receipt-out.mode=automatic",
)
DESK: Final = (
    *_PURCHASES,
    # The sample's orders are old, and it has one currency, whatever its table holds.
    "purchase-order-out.look_back_days=3650",
    "general.several_currencies=no",
)
SHOP: Final = (
    *_PURCHASES,
    "purchase-order-out.document_number=order_code",
    "sales-order-out.mode=automatic",
    "sales-order-out.document_number=order_code",
    "sales-order-out.create_missing_customers=true",
    "sales-order-out.create_missing_items=true",
    f"sales-order-out.income_account={_INCOME}",
    "shipment-out.mode=automatic",
    "work-entry-out.mode=automatic",
    "work-entry-out.create_missing_employees=true",
    "estimate-in.mode=manual",
)
_ENTERED_THERE: Final = "EST-7004"


# --- Autotask -----------------------------------------------------------------------------


def play_online_desk(stage: Stage, say: Say) -> Outcome:
    """Play the service desk's acts: orders, and a bill for each time something comes."""
    say("A service desk whose books are in QuickBooks Online: somebody signs in for them")
    stage.load_service_desk(sample_services.FOLDER)
    connect_desk(stage)
    stage.connect_online()
    _link(stage, "Service desk", DESK)
    say("Sending its purchase orders; what was received of them is billed")
    _run(stage)
    receive_the_rest(stage)
    _run(stage)
    return _twice(stage, _audit_desk)


def _audit_desk(stage: Stage) -> Audit:
    books = _Books(stage)
    desk = Desk(stage, books.items)
    return audit_of(
        [books.numbers("PurchaseOrder")[number] for number in desk.numbers],
        [
            *differences("ordered", desk.ordered, books.by_item("PurchaseOrder")),
            *differences("received", desk.received, books.received()),
            *differences("worth of what was ordered", desk.worth, books.worth("PurchaseOrder")),
        ],
    )


# --- Fusion Operations ----------------------------------------------------------------------


def play_online_shop(stage: Stage, say: Say) -> Outcome:
    """Play the acts of a company that makes things: what is sold, bought, shipped and worked."""
    say("A manufacturer whose books are in QuickBooks Online: filling both, and signing in")
    stage.load(sample_company.FOLDER, lambda _what, _done, _total: None)
    stage.command("sandbox", "load", "quickbooks-online", "--url", stage.online_url)
    connect_operations(stage)
    stage.connect_online()
    _link(stage, "Operations", SHOP)
    say("Sending: orders become estimates, what is received bills, what is shipped invoices")
    _run(stage)
    _run(stage)
    say("Entering an estimate in the books, and retrieving it")
    _enter_estimate(stage)
    stage.command("retrieve", _LINK, "estimate", "--since", "2020-01-01")
    _run(stage)
    return _twice(stage, _audit_shop)


def _enter_estimate(stage: Stage) -> None:
    customer, item = stage.online_books("Customer")[0], stage.online_books("Item")[-1]
    line = {"item": item["Name"], "quantity": "3", "price": "11.10"}
    body = {"kind": "Estimate", "party": customer["DisplayName"], "lines": [line]}
    stage.at_online("enter", {**body, "fields": {"DocNumber": _ENTERED_THERE}})


def _audit_shop(stage: Stage) -> Audit:
    operations, books = Operations(stage, [_ENTERED_THERE]), _Books(stage)
    return audit_of(
        [
            *operations.counts("sales", books.numbers("Estimate").elements(), [_ENTERED_THERE]),
            *operations.counts("purchases", books.numbers("PurchaseOrder").elements(), []),
        ],
        [
            *differences("worth of", _keyed(operations.totals()), books.worth("Estimate")),
            *differences("ordered", operations.ordered(), books.by_item("PurchaseOrder")),
            *differences("received", operations.received(), books.received()),
            *differences("shipped", _of_items(operations.shipped()), books.invoiced()),
            *differences("minutes worked", operations.worked(), books.worked()),
        ],
    )


def _keyed(totals: Mapping[str, Any]) -> Sums:
    return {(number,): total for number, total in totals.items()}


def _of_items(sums: Sums) -> Sums:
    """Add up over orders: an invoice names no estimate where it carries a part of it."""
    return added(((item,), amount) for (_order, item), amount in sums.items())


# --- Both ---------------------------------------------------------------------------------


def _link(stage: Stage, operations: str, settings: Iterable[str]) -> None:
    stage.command("links", "add", "--operations", operations, "--books", "Books")
    stage.command("settings", "set", _LINK, *settings)


def _run(stage: Stage) -> None:
    """Read what is new, and write what waits: both systems are called."""
    stage.command("run", _LINK)


def _twice(stage: Stage, audit: Callable[[Stage], Audit]) -> Outcome:
    """Run once more, and say what came of everything."""
    before = stage.command("status")
    _run(stage)
    status = stage.command("status")
    moved = Counter(states_of(status)) - Counter(states_of(before))
    return Outcome(
        states=states_of(status),
        flows=flows_of(status),
        audit=audit(stage),
        round_trips=0,
        refused_first=0,
        moved_again=sum(moved.values()),
    )


class _Books:
    """What the company in QuickBooks Online holds."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self.items = [str(each["FullyQualifiedName"]) for each in stage.online_books("Item")]

    def numbers(self, entity: str) -> Counter[str]:
        """How often each number is there."""
        return Counter(_number(each) for each in self._stage.online_books(entity))

    def worth(self, entity: str) -> Sums:
        """What documents come to, by their numbers."""
        return added(
            ((_number(each),), each["TotalAmt"]) for each in self._stage.online_books(entity)
        )

    def by_item(self, entity: str) -> Sums:
        """Quantities by document and item."""
        return whole(
            added(
                ((_number(row), _item(line)), _detail(line).get("Qty"))
                for row in self._stage.online_books(entity)
                for line in row["Line"]
                if "ItemRef" in _detail(line)
            )
        )

    def received(self) -> Sums:
        """What bills took of purchase orders, by order and item."""
        orders = {each["Id"]: _number(each) for each in self._stage.online_books("PurchaseOrder")}
        return whole(
            added(
                ((orders.get(link["TxnId"], "?"), _item(line)), _detail(line).get("Qty"))
                for row in self._stage.online_books("Bill")
                for line in row["Line"]
                for link in line.get("LinkedTxn", [{"TxnId": ""}])
            )
        )

    def invoiced(self) -> Sums:
        """What was invoiced, by item."""
        return _of_items(self.by_item("Invoice"))

    def worked(self) -> Sums:
        """Minutes, by worker."""
        return added(
            ((str(each["EmployeeRef"]["name"]),), each["Hours"] * 60 + each["Minutes"])
            for each in self._stage.online_books("TimeActivity")
        )


def _number(row: Record) -> str:
    return str(row.get("DocNumber", ""))


def _detail(line: Record) -> Record:
    found: Record = line.get(str(line.get("DetailType"))) or {}
    return found


def _item(line: Record) -> str:
    return str(_detail(line)["ItemRef"]["name"])
