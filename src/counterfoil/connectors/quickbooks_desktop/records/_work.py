"""Time entries (reference section 4.7): one worker, one day, one length of time, no lines."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from counterfoil.connectors.quickbooks_desktop.qbxml import Fields, Record, UnreadableValue
from counterfoil.documents import DocumentStatus, WorkEntry
from counterfoil.engine.operations import UpdateDocument

from ._orders import changed, read_head
from ._parts import present, reference_in, write_reference

__all__ = ["change_work_entry", "read_work_entry", "write_work_entry"]

_ENTRY: Final = "TimeTrackingRet"
_BILLED: Final = "HasBeenBilled"


def read_work_entry(record: Record) -> WorkEntry:
    """Read a time entry; one that was invoiced already is closed."""
    state = record.word("BillableStatus")
    worker, day = record.value("EntityRef", reference_in), record.date("TxnDate")
    if worker is None:
        raise UnreadableValue(_ENTRY, "EntityRef", "", "a worker")
    if day is None:
        raise UnreadableValue(_ENTRY, "TxnDate", "", "a date")
    return WorkEntry(
        **read_head(record),
        status=DocumentStatus.CLOSED if state == _BILLED else DocumentStatus.OPEN,
        worker=worker,
        worked_on=day,
        minutes=_minutes(record),
        customer=record.value("CustomerRef", reference_in),
        service_item=record.value("ItemServiceRef", reference_in),
        payroll_item=record.value("PayrollItemWageRef", reference_in),
        is_billable=state in ("Billable", _BILLED),
        notes=record.text("Notes") or None,
    )


def _minutes(record: Record) -> int:
    """Read whole minutes: QuickBooks keeps no seconds, and no time it does not know."""
    length = record.interval("Duration")
    if length is None:
        raise UnreadableValue(_ENTRY, "Duration", "", "a length of time")
    return int(length.total_seconds() // 60)


def write_work_entry(entry: WorkEntry, key: str) -> Fields:
    """Give the fields of a ``TimeTrackingAdd``."""
    return {**_head(entry), "BillableStatus": _billable(entry), "ExternalGUID": key}


def change_work_entry(change: UpdateDocument) -> Fields:
    """Give the fields of a ``TimeTrackingMod``; what was invoiced stays marked so."""
    entry, had = change.document, change.expected
    assert isinstance(entry, WorkEntry), f"no time entry: {type(entry).__name__}"
    is_billed = had is not None and had.status is DocumentStatus.CLOSED
    state = None if is_billed else _billable(entry)
    return {**changed(change, _head(entry)), **present(BillableStatus=state)}


def _billable(entry: WorkEntry) -> str:
    return "Billable" if entry.is_billable else "NotBillable"


def _head(entry: WorkEntry) -> dict[str, Any]:
    return present(
        TxnDate=entry.worked_on,
        EntityRef=write_reference(entry.worker),
        CustomerRef=write_reference(entry.customer),
        ItemServiceRef=write_reference(entry.service_item),
        Duration=timedelta(minutes=entry.minutes),
        PayrollItemWageRef=write_reference(entry.payroll_item),
        Notes=entry.notes,
    )
