"""Documents that follow from others: bills of orders, invoices of estimates, payments.

The younger document holds the link; the older one shows it, and what follows from it (received,
open, paid) is counted anew from all documents that point to it.  A link from a bill to an
order that is not right in every respect is dropped without a word, as the real service does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Final

from ._desk import Desk
from ._errors import ApiError, missing, rule_broken
from ._lines import detail_of, lines_of
from ._money import home_amount
from ._wire import Row, cents, number

__all__ = ["check_unlinked", "keep_right_links", "relink", "unapplied"]

# What a younger document is called in the LinkedTxn of the older one.
_CALLED: Final[Mapping[str, str]] = {"BillPayment": "BillPaymentCheck"}
_KINDS: Final[Mapping[str, str]] = {"BillPaymentCheck": "BillPayment"}

Target = tuple[str, str]
"""Kind and id of an older document."""


def _targets(desk: Desk, kind: str, row: Row | None) -> set[Target]:
    """The older documents that a document follows from."""
    if row is None or kind not in {"Bill", "Invoice", "SalesReceipt", "Payment", "BillPayment"}:
        return set()
    links = [*(row.get("LinkedTxn", []) if kind in {"Invoice", "SalesReceipt"} else [])]
    links += [link for line in lines_of(row) for link in line.get("LinkedTxn", [])]
    known = {"PurchaseOrder", "Estimate", "TimeActivity", "Bill", "Invoice"}
    return {
        (link["TxnType"], link["TxnId"])
        for link in links
        if link["TxnType"] in known and desk.find(link["TxnType"], link["TxnId"]) is not None
    }


def relink(desk: Desk, kind: str, id_: str, before: Row | None, after: Row | None) -> None:
    """Let the older documents know that a younger one came, changed or went."""
    old, new = _targets(desk, kind, before), _targets(desk, kind, after)
    for target, target_id in sorted(old | new):
        row = desk.edit(target, target_id)
        own = {"TxnId": id_, "TxnType": _CALLED.get(kind, kind)}
        links = [link for link in row.get("LinkedTxn", []) if link != own]
        if (target, target_id) in new:
            links.append(own)
        row["LinkedTxn"] = links
        _RECOUNTS[target](desk, row)


def _followers(desk: Desk, row: Row, *kinds: str) -> Iterator[Row]:
    for link in row.get("LinkedTxn", []):
        kind = _KINDS.get(link["TxnType"], link["TxnType"])
        found = desk.find(kind, link["TxnId"]) if kind in kinds else None
        if found is not None:
            yield found


def check_unlinked(desk: Desk, kind: str, row: Row) -> None:
    """Refuse to delete what others follow from.

    Raises:
        ApiError: 6000, or 620 by the switch.
    """
    if kind == "PurchaseOrder" and any(_followers(desk, row, "Bill")):
        words = "This purchase order is linked to a bill: unlink it first."
        if desk.settings.linked_order_delete == "620":
            raise ApiError(620, words)
        raise rule_broken(words)
    if kind in {"Bill", "Invoice"} and any(_followers(desk, row, "Payment", "BillPayment")):
        raise rule_broken("This transaction was paid: delete or void the payment first.")


# --- Orders ------------------------------------------------------------------------------------


def keep_right_links(desk: Desk, row: Row, stored: Row | None) -> None:
    """Drop every link from a bill to an order that is not right; say nothing.

    A line that is known keeps the links it has: only a new one can get some.
    """
    known = {line["Id"]: line.get("LinkedTxn") for line in lines_of(stored)}
    for line in lines_of(row):
        if line["Id"] in known:
            links = known[line["Id"]] or []
        else:
            sent = line.get("LinkedTxn", [])
            links = [link for link in sent if _is_right(desk, row, line, link)]
        line.pop("LinkedTxn", None)
        if links:
            line["LinkedTxn"] = links
    orders = [{k: v for k, v in link.items() if k != "TxnLineId"} for link in _line_links(row)]
    payments = [] if stored is None else stored.get("LinkedTxn", [])
    paid = [link for link in payments if link["TxnType"] != "PurchaseOrder"]
    row["LinkedTxn"] = [one for place, one in enumerate(orders) if one not in orders[:place]] + paid


def _line_links(row: Row) -> Iterator[Row]:
    for line in lines_of(row):
        yield from line.get("LinkedTxn", [])


def _is_right(desk: Desk, bill: Row, billed: Row, link: Row) -> bool:
    order = desk.find("PurchaseOrder", link["TxnId"])
    if desk.settings.links == "dropped" or link["TxnType"] != "PurchaseOrder" or order is None:
        return False
    line = next((one for one in order["Line"] if one["Id"] == link.get("TxnLineId")), None)
    if line is None or order["VendorRef"] != bill["VendorRef"] or order["POStatus"] != "Open":
        return False
    awaited = _ordered(line) - number(line.get("Received"))
    return awaited > 0 and (desk.settings.over_billing == "taken" or _ordered(billed) <= awaited)


def _ordered(line: Row) -> Decimal:
    """What is awaited of an order's line: units, or money where it has none."""
    return number(detail_of(line).get("Qty")) or number(line["Amount"])


def _recount_order(desk: Desk, order: Row) -> None:
    received: dict[str, Decimal] = {}
    for bill in _followers(desk, order, "Bill"):
        for line in lines_of(bill):
            for link in line.get("LinkedTxn", []):
                if (link["TxnType"], link["TxnId"]) == ("PurchaseOrder", order["Id"]):
                    key = link["TxnLineId"]
                    received[key] = received.get(key, Decimal(0)) + _ordered(line)
    for line in order["Line"]:
        line["Received"] = received.get(line["Id"], Decimal(0))
    if all(line["Received"] >= _ordered(line) for line in order["Line"]):
        order["POStatus"] = "Closed"
    elif desk.settings.bill_reopens_order:
        order["POStatus"] = "Open"


# --- Sales, work and payments ------------------------------------------------------------------


def _recount_estimate(desk: Desk, estimate: Row) -> None:
    if any(_followers(desk, estimate, "Invoice", "SalesReceipt")):
        estimate["TxnStatus"] = desk.settings.invoiced_estimate
    elif estimate["TxnStatus"] in {"Closed", "Converted"}:
        estimate["TxnStatus"] = "Pending"


def _recount_work(desk: Desk, activity: Row) -> None:
    is_billed = any(_followers(desk, activity, "Invoice", "SalesReceipt"))
    activity["BillableStatus"] = "HasBeenBilled" if is_billed else "Billable"


def _recount_balance(desk: Desk, row: Row) -> None:
    kind = "Bill" if "VendorRef" in row else "Invoice"
    paid = sum(
        number(line.get("Amount"))
        for payment in _followers(desk, row, "Payment", "BillPayment")
        for line in lines_of(payment)
        if any((one["TxnType"], one["TxnId"]) == (kind, row["Id"]) for one in line["LinkedTxn"])
    )
    row["Balance"] = cents(number(row["TotalAmt"]) - paid)
    if "HomeBalance" in row:
        row["HomeBalance"] = home_amount(row, row["Balance"])


_RECOUNTS: Final[Mapping[str, Callable[[Desk, Row], None]]] = {
    "PurchaseOrder": _recount_order,
    "Estimate": _recount_estimate,
    "TimeActivity": _recount_work,
    "Bill": _recount_balance,
    "Invoice": _recount_balance,
}
"""What follows for an older document when those that follow from it changed."""


def unapplied(desk: Desk, kind: str, row: Row) -> Decimal:
    """Check what a payment pays; gives what is left of it.

    Raises:
        ApiError: 2020 for a line without a link, 2500 for one to nothing, 6000 for more than
            there is.
    """
    left = number(row["TotalAmt"])
    for line in lines_of(row):
        if not line.get("LinkedTxn"):
            raise missing("Line.LinkedTxn")
        for link in line["LinkedTxn"]:
            _check_paid(desk, kind, row, link)
        left -= number(line.get("Amount"))
    if left < 0:
        raise rule_broken("The amounts of the lines are more than the total of the payment.")
    return cents(left)


def _check_paid(desk: Desk, kind: str, row: Row, link: Row) -> None:
    wanted, party = ("Bill", "VendorRef") if kind == "BillPayment" else ("Invoice", "CustomerRef")
    paid = desk.find(wanted, link["TxnId"]) if link["TxnType"] == wanted else None
    if paid is None:
        raise ApiError(
            2500, f"Invalid Reference Id : Transaction element id {link['TxnId']} not found"
        )
    if paid[party]["value"] != row[party]["value"]:
        raise rule_broken("A payment can only pay documents of the same name.")
    if paid["CurrencyRef"] != row["CurrencyRef"]:
        raise rule_broken("You can only use one foreign currency per transaction.")
