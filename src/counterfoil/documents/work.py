"""Time worked, as it becomes a timesheet line."""

from __future__ import annotations

from datetime import date

from ._base import Document, Reference
from ._money import Money

__all__ = ["WorkEntry"]


class WorkEntry(Document, frozen=True, kw_only=True):
    """One worker's time on one operation of one production order on one day.

    Attributes:
        worker: Who worked.
        worked_on: Local calendar day; work across midnight is two entries (A9).
        minutes: Whole minutes inside working hours.
        order_code, order_text: The production order's code and description.
        order_client: The client that the production order was made for.
        operation, section: Where in the routing; ``None`` when the record names none.
        operation_code: The operation's code; ``None``: it has none, or is not told.
        customer: Customer or job to book it on, ``None`` until translated.
        service_item, payroll_item: Likewise (TIME-1 to TIME-3).
        is_billable: ``True``: to be invoiced to the customer (TIME-6).
        hourly_rate: What an hour of it is invoiced at, where the books ask for that.
        is_contractor: The worker is a vendor of the books, not an employee.
        namesakes: Numbers of other workers of the same name; empty: none is known of.
    """

    worker: Reference
    worked_on: date
    minutes: int
    order_id: str | None = None
    order_code: str | None = None
    order_text: str | None = None
    order_client: Reference | None = None
    operation: str | None = None
    operation_code: str | None = None
    section: str | None = None
    customer: Reference | None = None
    service_item: Reference | None = None
    payroll_item: Reference | None = None
    is_billable: bool = False
    notes: str | None = None
    namesakes: tuple[str, ...] = ()
    hourly_rate: Money | None = None
    is_contractor: bool = False
