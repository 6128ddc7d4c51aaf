"""Production orders, production records and the labour report: who worked how long on what.

Pure.  Hours come from the production records, or from the report of labour time, as the
connection says; both make the same entries (``_work``).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, tzinfo
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from counterfoil.connectors.called import STRETCH_MAX, Reader, days_between
from counterfoil.documents import DocumentStatus, InvalidDocument, Reference

from ._fields import FieldMap
from ._wire import status
from ._work import Named, ProductionOrder

__all__ = [
    "Record",
    "parse_labor_row",
    "parse_order_named",
    "parse_production",
    "parse_production_order",
]


class Record(NamedTuple):
    """What one record, or one row of the report, says.

    Attributes:
        days: Local day -> seconds worked; empty: none yet, or none at all.
        order: Production order, as far as the record tells; ``id`` empty: only its code;
            ``None``: it is of none.
        is_running: It has not ended.
    """

    worker: Reference
    days: tuple[tuple[date, Fraction], ...]
    order: ProductionOrder | None
    operation: Named
    section: Named
    is_running: bool = False


def parse_production_order(raw: object, zone: tzinfo, fields: FieldMap) -> ProductionOrder:
    """Read a production order; one that was archived is finished as well.

    Raises:
        InvalidDocument: From this and every function of the family: names the property.
    """
    reader = Reader(raw)
    state = status(reader, fields["production-order.status"], fields)
    is_archived = reader.flag(fields["production-order.archived"], default=False)
    return ProductionOrder(
        id=reader.own_identity(fields["production-order.id"]),
        code=reader.code(fields["production-order.code"]),
        text=reader.text(fields["production-order.description"]),
        client=reader.code(fields["production-order.client"]),
        is_finished=is_archived or state in {DocumentStatus.CLOSED, DocumentStatus.CANCELLED},
    )


def parse_production(raw: object, zone: tzinfo, fields: FieldMap) -> Record:
    """Read a production record: the seconds of each local day that it touches (A9).

    Time inside working hours is what the record says it is; where it crosses midnight it
    is shared out as the clock time is.
    """
    reader = Reader(raw)
    start_name = _either(reader, fields["production.start-date"], "start-date")
    end_name = _either(reader, fields["production.end-date"], "end-date")
    start, end = reader.instant(start_name, zone), reader.instant(end_name, zone)
    if start is None:
        raise InvalidDocument(fields["production.start-date"], "", "is missing")
    days: list[tuple[date, int]] = []
    if end is not None:
        try:
            days = [*days_between(start, end, zone)]
        except ValueError as error:
            raise InvalidDocument(reader.path(end_name), end.isoformat(), str(error)) from None
    worked = _seconds(reader, fields["production.work-time"])
    return Record(
        worker=_worker(reader, fields["production.worker"]),
        days=tuple(_shared(days, worked)),
        order=parse_order_named(reader, fields["production.production-order"]),
        operation=_named(reader, fields["production.operation"]),
        section=_named(reader, fields["production.section"]),
        is_running=end is None,
    )


def parse_labor_row(raw: object, zone: tzinfo, fields: FieldMap) -> Record:
    """Read one row of the report: a worker's time on one day."""
    reader = Reader(raw)
    on = reader.day(fields["labor.date"], zone)
    if on is None:
        raise InvalidDocument(reader.path(fields["labor.date"]), "", "is missing")
    worked = _seconds(reader, fields["labor.work-time"])
    if worked is None:
        raise InvalidDocument(reader.path(fields["labor.work-time"]), "", "is missing")
    return Record(
        worker=_worker(reader, fields["labor.worker"]),
        days=((on, Fraction(worked)),) if worked else (),
        order=parse_order_named(reader, fields["labor.production-order"]),
        operation=_named(reader, fields["labor.operation"]),
        section=_named(reader, fields["labor.section"]),
    )


def _seconds(reader: Reader, name: str) -> Decimal | None:
    worked = reader.decimal(name)
    if worked is not None and not 0 <= worked <= STRETCH_MAX.total_seconds():
        raise InvalidDocument(reader.path(name), str(worked), "is no time worked, in seconds")
    return worked


def _shared(
    days: list[tuple[date, int]], worked: Decimal | None
) -> Iterator[tuple[date, Fraction]]:
    total = sum(seconds for _, seconds in days)
    share = Fraction(1) if worked is None or not total else Fraction(worked) / total
    for day, seconds in days:
        if share * seconds:
            yield day, share * seconds


def _either(reader: Reader, name: str, older: str) -> str:
    """The name a record has a time under: the table's, or the one it was said to have before."""
    return older if reader.has(older) and not reader.has(name) else name


def _part(reader: Reader, name: str) -> Reader | None:
    """Give the object a property holds; a bare text or number is its code."""
    found = reader.value(name)
    if found is None:
        return None
    return Reader(found if isinstance(found, dict) else {"code": found}, reader.path(name))


def _named(reader: Reader, name: str) -> Named:
    part = _part(reader, name)
    return Named() if part is None else Named(part.code("code"), part.text("name"))


def parse_order_named(reader: Reader, name: str) -> ProductionOrder | None:
    """Read which production order a record is of, as far as it tells; ``None``: of none."""
    part = _part(reader, name)
    if part is None:
        return None
    id_, code = part.identity("id"), part.code("code")
    if id_ is None and code is None:
        return None
    return ProductionOrder(id=id_ or "", code=code, text=part.text("description"))


def _worker(reader: Reader, name: str) -> Reference:
    worker = _part(reader, name) or Reader({}, reader.path(name))
    number = worker.code("number") or worker.required("code")
    return Reference(worker.text("name") or number, number)
