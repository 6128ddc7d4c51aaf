"""Time worked, and stock that is adjusted (reference sections 4.10 and 4.11)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC
from decimal import Decimal
from typing import Any, Final

from counterfoil.connectors.called import Reader
from counterfoil.documents import (
    CountLine,
    DocumentStatus,
    InvalidDocument,
    Quantity,
    StockCount,
    WorkEntry,
)

from ._client import Record
from ._codecs import (
    CODE,
    DAY,
    MONEY,
    REFERENCE,
    Field,
    present,
    read_fields,
    reference_in,
    write_reference,
)
from ._marks import split
from ._parts import head_in

__all__ = ["COUNT", "ENTRY", "count_lines", "read_count", "read_entry", "time_of"]

_BILLED: Final = "HasBeenBilled"
_ADJUSTED: Final = "ItemAdjustmentLineDetail"

ENTRY: Final = (
    Field("worked_on", "TxnDate", DAY),
    Field("customer", "CustomerRef", REFERENCE),
    Field("service_item", "ItemRef", REFERENCE),
    Field("hourly_rate", "HourlyRate", MONEY),
)
COUNT: Final = (
    Field("number", "DocNumber", CODE),
    Field("counted_on", "TxnDate", DAY),
    Field("account", "AdjustAccountRef", REFERENCE),
)


# --- Time ---------------------------------------------------------------------------------


def read_entry(reader: Reader) -> WorkEntry:
    """Read a time activity; one that was invoiced already is closed."""
    notes, _ = split(reader.text("Description"))
    state = reader.code("BillableStatus")
    employee = reference_in(reader, "EmployeeRef")
    worker = employee or reference_in(reader, "VendorRef")
    told = read_fields(reader, ENTRY)
    if worker is None:
        raise InvalidDocument(reader.path("EmployeeRef"), "", "is missing: nobody worked")
    if told["worked_on"] is None:
        raise InvalidDocument(reader.path("TxnDate"), "", "is missing")
    return WorkEntry(
        **head_in(reader, ()),
        **told,
        status=DocumentStatus.CLOSED if state == _BILLED else DocumentStatus.OPEN,
        worker=worker,
        is_contractor=employee is None,
        minutes=_minutes(reader),
        is_billable=state in ("Billable", _BILLED),
        notes=notes,
    )


def _minutes(reader: Reader) -> int:
    """Read a length of time: told as such, or by when it began and ended, without breaks."""
    if reader.has("StartTime") and reader.has("EndTime"):
        start, end = reader.instant("StartTime", UTC), reader.instant("EndTime", UTC)
        if start is not None and end is not None:
            pause = _length(reader, "BreakHours", "BreakMinutes")
            return max(0, int((end - start).total_seconds() // 60) - pause)
    return _length(reader, "Hours", "Minutes")


def _length(reader: Reader, hours: str, minutes: str) -> int:
    nothing = Decimal(0)
    return int((reader.decimal(hours) or nothing) * 60 + (reader.decimal(minutes) or nothing))


def time_of(entry: WorkEntry) -> dict[str, Any]:
    """Write who worked for how long, and whether a customer pays for it."""
    who = "Vendor" if entry.is_contractor else "Employee"
    hours, minutes = divmod(entry.minutes, 60)
    return {
        "NameOf": who,
        f"{who}Ref": write_reference(entry.worker),
        "Hours": hours,
        "Minutes": minutes,
        "BillableStatus": "Billable" if entry.is_billable else "NotBillable",
    }


# --- Stock --------------------------------------------------------------------------------


def read_count(reader: Reader) -> StockCount:
    """Read an inventory adjustment: it tells by how much stock changed, not what was counted."""
    memo, _ = split(reader.text("PrivateNote"))
    return StockCount(
        **head_in(reader, COUNT),
        memo=memo,
        lines=tuple(
            _read_line(line, Reader(line.value(_ADJUSTED), line.path(_ADJUSTED)))
            for line in reader.records("Line")
            if line.value(_ADJUSTED) is not None
        ),
    )


def _read_line(line: Reader, detail: Reader) -> CountLine:
    item, change = reference_in(detail, "ItemRef"), detail.decimal("QtyDiff")
    if item is None:
        raise InvalidDocument(detail.path("ItemRef"), "", "is missing")
    return CountLine(
        id=line.code("Id") or "",
        item=item,
        change=None if change is None else Quantity(change),
    )


def count_lines(count: StockCount, on_hand: Mapping[str, Decimal]) -> list[Record]:
    """Write by how much each item's stock changes: what was counted, less what is there now."""
    return [
        {
            "DetailType": _ADJUSTED,
            _ADJUSTED: present(
                ItemRef=write_reference(line.item),
                QtyDiff=line.counted.value - on_hand[line.item.id],
            ),
        }
        for line in count.lines
        if line.counted is not None and line.item.id is not None
    ]
