"""What the heads of documents to the books have in common: number, days, custom fields."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any, Final

from counterfoil.documents import CustomField, DocumentStatus, Reference, reason
from counterfoil.settings import (
    CreationDate,
    DocumentNumber,
    PurchaseOrderOut,
    ReceiptOut,
    ReleaseMoment,
    SalesOrderOut,
    Settings,
    ShipmentOut,
)

from ._parts import part_number
from ._translator import Ruling, Verdict

__all__ = [
    "MEMO_JOINT",
    "creation_date",
    "custom_fields",
    "document_number",
    "order_ruling",
    "outside_window",
    "places_of",
    "tax_code_of",
    "tax_item_of",
    "too_old",
]

OrderRules = SalesOrderOut | PurchaseOrderOut
DocumentRules = OrderRules | ReceiptOut | ShipmentOut

# DOC-5: where nothing is chosen, sales orders bear the day of transfer, the others their own.
_BEARS_TRANSFER_DAY: Final = SalesOrderOut

MEMO_JOINT: Final = "; "
"""Stands between what is written to one memo."""

_OWN_CODES: Final = (DocumentNumber.ORDER_CODE, DocumentNumber.OWN_CODE)


def order_ruling(
    status: DocumentStatus, created_on: date | None, rules: OrderRules
) -> Ruling | None:
    """Hold what is not released, as set; leave out what is cancelled or older than the start date.

    A draft from before the start date is left out, not held for ever; what keeps a person
    from sending it is that it is a draft.
    """
    if status is DocumentStatus.CANCELLED:
        return Ruling(Verdict.LEAVE_OUT, reason("cancelled"))
    old = too_old(created_on, rules.start_date)
    waits = rules.moment is not ReleaseMoment.ENTERED
    if status is DocumentStatus.DRAFT and waits:
        return Ruling(Verdict.LEAVE_OUT if old else Verdict.HOLD, reason("draft"))
    if status is DocumentStatus.NEW and waits and old is None:
        return Ruling(Verdict.HOLD, reason("not-submitted"), is_passable=True)
    return old


def too_old(day: date | None, start: date | None) -> Ruling | None:
    """Leave out what is of a day before the start date; a person may send it all the same."""
    if start is None or day is None or day >= start:
        return None
    found = reason("too-old", day=day, start=start)
    return Ruling(Verdict.LEAVE_OUT, found, is_passable=True)


def outside_window(created_on: date | None, today: date, rules: PurchaseOrderOut) -> Ruling | None:
    """OP9, S6: leave out what was created longer ago than the days that are looked back.

    Calendar days, both ends counted: 14 days looked back from 3 March reach to 17 February.  A
    person may send an older one all the same.
    """
    days = rules.look_back_days
    if days == 0:
        return Ruling(Verdict.HOLD, reason("looks-not-back"), is_passable=True)
    first = None if days is None else today - timedelta(days)
    if first is None or created_on is None or created_on >= first:
        return None
    found = reason("outside-window", day=created_on, first=first, days=days)
    return Ruling(Verdict.LEAVE_OUT, found, is_passable=True)


def document_number(
    numbers: Mapping[DocumentNumber, str | None], part: str, rules: DocumentRules
) -> str | None:
    """DOC-3: the one of the source's numbers that is chosen.

    ``None``: the books number it, except bills, which then stay without.  A prefix stands before
    codes of the source's own.
    """
    number = numbers.get(rules.document_number)
    if number and rules.number_prefix and rules.document_number in _OWN_CODES:
        number = rules.number_prefix + number
    return part_number(number, part)


def creation_date(own_day: date | None, rules: DocumentRules, today: date) -> date:
    """DOC-5: the document's own day, or the day of transfer.

    A document that bears no day takes that of transfer.
    """
    choice = rules.creation_date
    is_own = choice is CreationDate.DOCUMENT_DATE or (
        choice is CreationDate.EMPTY and not isinstance(rules, _BEARS_TRANSFER_DAY)
    )
    return own_day if is_own and own_day is not None else today


def custom_fields(
    code: str | None, value_of: Callable[[str], str | None], rules: DocumentRules
) -> tuple[CustomField, ...]:
    """DOC-9: the order's code and up to three fields; absent ones are passed over."""
    if not rules.save_custom_fields:
        return ()
    fields = []
    if rules.save_entity_code_to and code:
        fields.append(CustomField(rules.save_entity_code_to, code))
    for pair in rules.custom_fields:
        value = value_of(pair.source)
        if value:
            fields.append(CustomField(pair.target, value))
    return tuple(fields)


def places_of(rules: DocumentRules) -> Mapping[str, Any]:
    """Give the payment terms and the location that a document bears, as far as they are set."""
    chosen = {"terms": rules.payment_terms, "location": rules.location}
    return {field: Reference(name) for field, name in chosen.items() if name}


def tax_code_of(rules: DocumentRules, settings: Settings) -> Reference | None:
    """Give the tax code of lines: the one chosen (OP5), or outside the United States only."""
    code = rules.use_taxes or (rules.tax_code if settings.general.send_outside_us else None)
    return Reference(code) if code else None


def tax_item_of(rules: SalesOrderOut | ShipmentOut, settings: Settings) -> Reference | None:
    """Give the sales tax item of a document: inside the United States only."""
    item = None if settings.general.send_outside_us else rules.sales_tax_item
    return Reference(item) if item else None
