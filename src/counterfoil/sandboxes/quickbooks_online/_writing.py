"""The life of a record: created, updated, deleted, voided, by the rules of its entity.

Everything here works on a desk; what is refused half-way leaves nothing behind.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ._accounts import complete_account
from ._desk import Desk
from ._documents import check_open_books, complete_document
from ._effects import apply
from ._errors import ApiError, duplicate_name, missing, not_found, rule_broken, unsupported
from ._intake import (
    check_references,
    check_token,
    envelope,
    is_sparse,
    merge,
    read,
    require,
)
from ._items import complete_item
from ._links import check_unlinked, relink
from ._money import CURRENCIES, complete_currency
from ._naming import complete_name, complete_tree
from ._numbers import settle_number
from ._plans import demand, demand_right
from ._wire import Row
from .entities import Entity, Family

__all__ = ["Options", "delete", "save", "void"]


@dataclass(frozen=True, slots=True)
class Options:
    """What a client asked for beside the write itself: the words of ``include``."""

    words: frozenset[str] = frozenset()

    @property
    def allows_duplicate(self) -> bool:
        """Whether a number that is taken is to be accepted."""
        return "allowduplicatedocnum" in self.words


def save(desk: Desk, entity: Entity, body: Mapping[str, Any], options: Options) -> Row:
    """Create a record, or update the one whose id is named.

    Raises:
        ApiError: The first rule that is broken.
    """
    demand(desk, entity.name)
    demand_right(desk, entity.name)
    stored = _stored(desk, entity, body) if envelope(body, "Id") else None
    if not entity.may("create" if stored is None else "update"):
        raise unsupported()
    values, emptied = read(entity, body)
    if stored is None:
        row = values
    else:
        sparse = is_sparse(body)
        if not sparse and entity.name == "InventoryAdjustment":
            raise ApiError(2010, "Only sparse update is supported", "sparse")
        if sparse:
            _check_sticky(entity, values)
        row = merge(entity, stored, values, emptied, sparse=sparse)
    require(entity, row)
    check_references(desk, entity, row, stored)
    _complete(desk, entity, row, stored, options)
    return _put(desk, entity, row, stored)


def _stored(desk: Desk, entity: Entity, body: Mapping[str, Any]) -> Row:
    """Give the record that a client means to change as it last saw it.

    Raises:
        ApiError: 2020 without an id or SyncToken, 610, 5010.
    """
    id_ = envelope(body, "Id")
    if not id_:
        raise missing("Id")
    row = desk.find(entity.name, id_)
    if row is None:
        raise not_found()
    check_token(body, row)
    return row


def _check_sticky(entity: Entity, values: Row) -> None:
    for name, field in entity.table.items():
        if "sticky" in field and name not in values:
            raise missing(name)


def _complete(desk: Desk, entity: Entity, row: Row, stored: Row | None, options: Options) -> None:
    if entity.family is Family.NAME:
        complete_name(desk, entity, row, stored)
        if entity.name != "Employee":
            complete_currency(desk, row, stored)
            row.setdefault("Balance", 0)
        if entity.name == "Customer":
            row.setdefault("BalanceWithJobs", row["Balance"])
    elif entity.family is Family.TRANSACTION:
        complete_document(desk, entity.name, row, stored)
        if "DocNumber" in entity.table:
            settle_number(desk, entity.name, row, stored, allows_duplicate=options.allows_duplicate)
    else:
        _complete_list(desk, entity, row, stored)


def _complete_list(desk: Desk, entity: Entity, row: Row, stored: Row | None) -> None:
    if entity.name == "Account":
        if "CurrencyRef" in row:
            complete_currency(desk, row, stored)
        complete_account(desk, row, stored)
    if entity.name == "Item":
        complete_item(desk, row, stored)
    if entity.name == "Term":
        row["Type"] = "DATE_DRIVEN" if "DayOfMonthDue" in row else "STANDARD"
    if entity.name == "CompanyCurrency":
        _complete_company_currency(desk, row)
    elif "Name" in entity.table:
        complete_tree(desk, entity, row, stored)


def _complete_company_currency(desk: Desk, row: Row) -> None:
    code = row["Code"]
    if not desk.settings.multicurrency:
        raise rule_broken("Multi Currency should be enabled to perform this operation.")
    if code not in CURRENCIES:
        raise ApiError(2220, f"Invalid Currency Type : {code}", "Code")
    known = next(desk.named("CompanyCurrency", code), None)
    if known is not None and known["Id"] != row.get("Id"):
        raise duplicate_name(known["Id"])
    row["Name"] = CURRENCIES[code]
    row.setdefault("Active", True)


def _put(desk: Desk, entity: Entity, row: Row, stored: Row | None) -> Row:
    if stored is None:
        kept = desk.add(entity.name, row)
    else:
        kept = desk.edit(entity.name, stored["Id"])
        before = kept.keys() - row.keys()
        kept.update(row)
        for name in before:
            del kept[name]
    _follow(desk, entity, kept["Id"], stored, kept)
    return kept


def _follow(desk: Desk, entity: Entity, id_: str, before: Row | None, after: Row | None) -> None:
    """Let the books and the linked documents follow a change."""
    if entity.family is Family.TRANSACTION:
        apply(desk, entity.name, before, after)
        relink(desk, entity.name, id_, before, after)


# --- Ends --------------------------------------------------------------------------------------


def delete(desk: Desk, entity: Entity, body: Mapping[str, Any]) -> Row:
    """Delete a document.

    Raises:
        ApiError: 610, 5010, 6000, 6200, ... or 500 for what cannot be deleted.
    """
    demand(desk, entity.name)
    demand_right(desk, entity.name)
    if not entity.may("delete"):
        raise unsupported()
    stored = _stored(desk, entity, body)
    if entity.name != "Attachable":
        check_open_books(desk, entity.name, stored)
    check_unlinked(desk, entity.name, stored)
    _follow(desk, entity, stored["Id"], stored, None)
    desk.remove(entity.name, stored["Id"])
    return {"Id": stored["Id"], "status": "Deleted", "domain": "QBO"}


def void(desk: Desk, entity: Entity, body: Mapping[str, Any]) -> Row:
    """Void a document: it stays, without amounts, quantities and links.

    Raises:
        ApiError: 610, 5010, 6200, ... or 500 for what cannot be voided.
    """
    demand_right(desk, entity.name)
    if not entity.may("void"):
        raise unsupported()
    stored = _stored(desk, entity, body)
    check_open_books(desk, entity.name, stored)
    if entity.name == "Invoice":
        _release_payments(desk, stored)
    row = desk.edit(entity.name, stored["Id"])
    before = copy.deepcopy(row)
    _empty(row)
    _follow(desk, entity, row["Id"], before, row)
    desk.tell(entity.name, row["Id"], "voided")
    return row


def _release_payments(desk: Desk, invoice: Row) -> None:
    """Give payments back what they paid of an invoice."""
    for link in [*invoice.get("LinkedTxn", [])]:
        if link["TxnType"] != "Payment":
            continue
        payment = desk.edit("Payment", link["TxnId"])
        before = {**payment, "Line": payment.get("Line", [])}
        payment["Line"] = [
            line
            for line in before["Line"]
            if not any(one["TxnId"] == invoice["Id"] for one in line.get("LinkedTxn", []))
        ]
        released = sum(line["Amount"] for line in before["Line"] if line not in payment["Line"])
        payment["UnappliedAmt"] += released
        relink(desk, "Payment", payment["Id"], before, payment)


def _empty(row: Row) -> None:
    for line in row.get("Line", []):
        line["Amount"] = 0
        for detail in line.values():
            if isinstance(detail, dict):
                detail.update({name: 0 for name in ("Qty", "UnitPrice") if name in detail})
        line.pop("LinkedTxn", None)
    for name in ("TotalAmt", "Balance", "HomeBalance", "HomeTotalAmt", "UnappliedAmt"):
        if name in row:
            row[name] = 0
    if "Line" in row and "UnappliedAmt" in row:
        row["Line"] = []
    row["LinkedTxn"] = []
    row["PrivateNote"] = "Voided"
