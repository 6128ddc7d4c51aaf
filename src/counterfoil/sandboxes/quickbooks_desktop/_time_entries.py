"""What a time entry has to satisfy (4.7; corrections 1.10 and 6 L12).

A payroll item is for employees whose time data makes their paychecks; how long an entry may
last, and whether one may begin its life as billed, nobody has confirmed (switches).
"""

from __future__ import annotations

import re

from counterfoil.sandboxes.quickbooks_desktop import _refusals as status
from counterfoil.sandboxes.quickbooks_desktop._books import Books
from counterfoil.sandboxes.quickbooks_desktop._facts import reference
from counterfoil.sandboxes.quickbooks_desktop._refusals import RefusedError, missing
from counterfoil.sandboxes.quickbooks_desktop._values import Fields, block_of, text_of

_INTERVAL = re.compile(r"^([+-]?)PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?$")
_MINUTES_PER_DAY = 24 * 60


def check_time_entry(books: Books, header: Fields, *, is_new: bool) -> None:
    """Refuse what QuickBooks would not take, and drop the seconds of the duration."""
    if reference(header, "EntityRef") is None:
        raise missing("EntityRef")
    header["Duration"] = _duration(books, text_of(header, "Duration") or "")
    state = text_of(header, "BillableStatus")
    if state == "Billable":
        for field in ("CustomerRef", "ItemServiceRef"):
            if reference(header, field) is None:
                raise missing(field)
    if state == "HasBeenBilled" and is_new and not books.settings.switches.billed_time_added:
        raise RefusedError(
            status.BUSINESS_RULE, "A time entry cannot be added as HasBeenBilled; change it later."
        )
    _check_payroll_item(books, header)


def _duration(books: Books, text: str) -> str:
    match = _INTERVAL.match(text)
    if match is None:
        raise RefusedError(
            status.BAD_INTERVAL, "The time interval in the Duration field is invalid."
        )
    sign, hours, minutes, _ = match.groups()
    length = int(hours or 0) * 60 + int(minutes or 0)
    is_usual = sign != "-" and 0 < length <= _MINUTES_PER_DAY
    if not is_usual and not books.settings.switches.unusual_durations_taken:
        raise RefusedError(
            status.BAD_INTERVAL,
            f'The time interval "{text}" in the Duration field is not between a minute and a day.',
        )
    return f"{sign if sign == '-' else ''}PT{int(hours or 0)}H{int(minutes or 0)}M0S"


def _check_payroll_item(books: Books, header: Fields) -> None:
    if reference(header, "PayrollItemWageRef") is None:
        return
    worker = books.entry(reference(header, "EntityRef") or "")
    if worker is not None and worker.kind == "Employee":
        payroll = block_of(books.body(worker.list_id), "EmployeePayrollInfo") or {}
        if text_of(payroll, "UseTimeDataToCreatePaychecks") == "UseTimeData":
            return
    raise RefusedError(
        books.settings.switches.payroll_item_status,
        "PayrollItemWageRef is only for an employee whose payroll info says that time data is "
        "used to create paychecks.",
    )
