"""QuickBooks Online as planning sees it: how long texts may be, and what can be written.

Everything here is pure.  What depends on the company is told by the facts that its connection
keeps, as its connector brought them.

Source: reference sections 4.1 to 4.11 and 6.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from counterfoil.connectors.quickbooks_online import ACTIVATED, NOTE_LENGTH_MAX
from counterfoil.documents import (
    Document,
    DocumentKind,
    Item,
    ListRecord,
    RecordKind,
    Refusal,
    WorkEntry,
    refuse,
)
from counterfoil.engine.drafting import Currencies, Target
from counterfoil.engine.operations import (
    ActivateRecord,
    CreateDocument,
    CreateRecord,
    Operation,
    UpdateDocument,
)
from counterfoil.settings import FlowName, Settings, SystemName

from ._shape import Traits

__all__ = ["NUMBER_LENGTH_MAX", "describe"]

_WORDS: Final = SystemName.QUICKBOOKS_ONLINE.words

_NUMBER: Final = 21
_NUMBERED: Final = (
    DocumentKind.PURCHASE_ORDER,
    DocumentKind.BILL,
    DocumentKind.ESTIMATE,
    DocumentKind.INVOICE,
    DocumentKind.SALES_RECEIPT,
    DocumentKind.STOCK_COUNT,
)
NUMBER_LENGTH_MAX: Final = dict.fromkeys(_NUMBERED, _NUMBER)
_NAME_LENGTH_MAX: Final = {
    RecordKind.CUSTOMER: 500,
    RecordKind.VENDOR: 500,
    RecordKind.EMPLOYEE: 500,
    RecordKind.ITEM: 100,
}
# Our mark needs so much of a note; see the connector's ``_marks``.
_MARK_LENGTH: Final = 50
# Document's field, what people call it, and how long it may be.
_TEXTS: Final = (
    ("memo", "The memo", NOTE_LENGTH_MAX - _MARK_LENGTH),
    ("notes", "The description", NOTE_LENGTH_MAX - _MARK_LENGTH),
    ("message_to_vendor", "The message to the vendor", NOTE_LENGTH_MAX),
)
_LINE_TEXT_MAX: Final = 4000
# A purchase order has neither freight nor the makers' numbers of goods (section 4.8).
_FIELD_LENGTH_MAX: Final = {
    "message_to_vendor": NOTE_LENGTH_MAX,
    "freight": 0,
    "manufacturer_number": 0,
}


def describe(traits: Traits, facts: Mapping[str, Any], batch_size: int) -> Target:
    """Describe a company; see ``systems.target_of``.

    Args:
        traits: Of the system.
        facts: ``multi_currency`` and ``home_currency``, as far as the company told them.
        batch_size: Operations of one round trip, at most.
    """
    return Target(
        name=_WORDS,
        batch_size=batch_size,
        lists_share_names=True,
        has_hierarchy=True,
        number_length_max=NUMBER_LENGTH_MAX,
        name_length_max=_NAME_LENGTH_MAX,
        check=_check,
        keeps_marks=traits.keeps_marks,
        changes=traits.changes,
        ways_out=traits.ways_out,
        closes=traits.closes,
        refers_by_id=True,
        keeps_item_rules=True,
        currencies=_currencies(facts),
        field_length_max=_FIELD_LENGTH_MAX,
        linked_lines_are_whole=True,
        purchases_need_expense=True,
        has_ship_methods=False,
    )


def _currencies(facts: Mapping[str, Any]) -> Currencies | None:
    """Say what the company deals in; ``None``: it has not told yet."""
    told = facts.get("multi_currency")
    if told not in ("yes", "no"):
        return None
    return Currencies(facts.get("home_currency"), told == "yes")


def _check(operation: Operation, settings: Settings) -> Refusal | None:
    """Say what is wrong with an operation before it is sent."""
    if isinstance(operation, CreateRecord):
        return _unposted(operation.record)
    if isinstance(operation, ActivateRecord) and operation.kind not in ACTIVATED:
        problem = f"a {operation.kind.words} is made active there by hand"
        return refuse("feature-missing", target=_WORDS, problem=problem)
    if isinstance(operation, CreateDocument):
        return (
            _too_long(operation.document)
            or _without_account(operation)
            or _unbillable(operation.document)
        )
    if isinstance(operation, UpdateDocument):
        return _too_long(operation.document) or _unbillable(operation.document)
    return None


# --- Texts --------------------------------------------------------------------------------


def _too_long(document: Document) -> Refusal | None:
    """Say what is too long to be written."""
    for field, words, limit in _TEXTS:
        refusal = _longer(getattr(document, field, None), field, words, limit)
        if refusal is not None:
            return refusal
    lines: tuple[Any, ...] = getattr(document, "lines", ())
    for number, line in enumerate(lines, start=1):
        where, words = f"lines[{number - 1}].description", f"Line {number}: the description"
        text = getattr(line, "description", None)
        refusal = _longer(text, where, words, _LINE_TEXT_MAX)
        if refusal is not None:
            return refusal
    return None


def _longer(text: str | None, where: str, field: str, limit: int) -> Refusal | None:
    if text is None or len(text) <= limit:
        return None
    return refuse(
        "value-too-long",
        where=where,
        value=text,
        field=field,
        length=len(text),
        limit=limit,
        target=_WORDS,
    )


# --- What has to be there -----------------------------------------------------------------


def _without_account(operation: CreateDocument) -> Refusal | None:
    """Refuse an order without a payables account (section 4.8, OP12)."""
    account = getattr(operation.document, "payables_account", None)
    if operation.kind is not DocumentKind.PURCHASE_ORDER or account is not None:
        return None
    return refuse(
        "payables-account-missing",
        where="payables_account",
        document=operation.kind.words,
        target=_WORDS,
        setting=f"{FlowName.PURCHASE_ORDER_OUT}.payables_account",
    )


def _unbillable(document: Document) -> Refusal | None:
    """Refuse billable time without a rate (section 4.10)."""
    if not isinstance(document, WorkEntry):
        return None
    if not document.is_billable or document.hourly_rate is not None:
        return None
    return refuse(
        "hourly-rate-missing",
        where="hourly_rate",
        value=document.worker.name,
        target=_WORDS,
        setting=f"{FlowName.WORK_ENTRY_OUT}.hourly_rate",
    )


def _unposted(record: ListRecord) -> Refusal | None:
    """Refuse an item that could be neither sold nor bought (code 2020)."""
    if not isinstance(record, Item) or record.income_account or record.expense_account:
        return None
    return refuse(
        "account-missing",
        value=record.name,
        target=_WORDS,
        option="expense account",
        setting=f"{FlowName.PURCHASE_ORDER_OUT}.expense_account",
        kind="item",
    )
