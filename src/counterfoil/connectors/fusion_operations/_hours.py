"""Hours of work as v1 tells them: production records or the labour report, and their orders.

An entry is finished (``CLOSED``) once its production order is completed or closed; what
cannot be told of that order is never taken for it.  A record that cannot be read spoils the
entries of its production order, for each of them may be too short without it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import msgspec

from counterfoil.connectors.called import Reader
from counterfoil.documents import InvalidDocument, Reference, WorkEntry, name_key
from counterfoil.engine.operations import Done, Outcome
from counterfoil.errors import RejectedError

from ._elements import Bad, Reading, code_of, identity_of, row, unique
from ._fields import FieldMap
from ._kinds import PRODUCTION_ORDERS, Company
from ._lists import NO_SUCH_CALL, Lists
from ._outcomes import page_of
from ._productions import (
    Record,
    parse_labor_row,
    parse_order_named,
    parse_production,
    parse_production_order,
)
from ._work import Named, ProductionOrder, Stretch, entries_of

__all__ = ["Hours"]

# Production orders that are not listed are asked for one by one, those of the latest work.
ASKED_ALONE_MAX = 20
_REFUSED_LISTS = frozenset({"403", "404", *NO_SUCH_CALL})


_Unread = tuple[ProductionOrder, InvalidDocument]
"""A production order as a record named it that could not be read, and what was wrong there."""


class _Read(NamedTuple):
    """What was understood, and how many records gave nothing."""

    reading: Reading
    left_out: Mapping[str, int]


class Hours:
    """The work of one batch."""

    def __init__(self, lists: Lists, company: Company, fields: FieldMap) -> None:
        self._lists = lists
        self._company = company
        self._fields = fields
        self._read: _Read | None = None

    def read(self) -> Outcome:
        """Answer with all entries; records without time are counted, not shown."""
        read = self._whole()
        told = " and ".join(f"{count} {_WORDS[name]}" for name, count in read.left_out.items())
        return Done(
            page=page_of(read.reading),
            facts={f"left_out_{name}": str(count) for name, count in read.left_out.items()},
            note=f"Left out of the time worked: {told}." if told else None,
        )

    def reading(self) -> Reading:
        """Give the entries, understood once."""
        return self._whole().reading

    def _whole(self) -> _Read:
        if self._read is None:
            self._read = self._understood()
        return self._read

    def _understood(self) -> _Read:
        records, bad, unread = self._records()
        orders = _Orders(self._lists, self._company, self._fields, records)
        spoilt = {orders.key_of(order): problem for order, problem in unread}
        left_out: Counter[str] = Counter()
        stretches: list[Stretch] = []
        for record in records:
            if record.is_running or not record.days:
                left_out["running" if record.is_running else "without_time"] += 1
                continue
            order, problem = orders.of(record)
            if problem is not None:
                spoilt.setdefault(_key(order), problem)
            stretches += (
                Stretch(record.worker, on, seconds, order, record.operation, record.section)
                for on, seconds in record.days
            )
        found, refused = _entries(stretches)
        made = _with_namesakes(found, records)
        good = [each for each in made if (each.order_id or "") not in spoilt]
        bad += [
            Bad(None, (row(spoilt[each.order_id or ""], id_=each.id, number=each.number),))
            for each in made
            if (each.order_id or "") in spoilt
        ]
        return _Read(Reading(documents=tuple(good), bad=(*bad, *refused)), left_out)

    # --- Records ---------------------------------------------------------------------------

    def _records(self) -> tuple[list[Record], list[Bad], list[_Unread]]:
        """Read the records; and what could not be, with the production orders it spoils."""
        is_report = self._company.hours_from == "report"
        path, group = ("labor-time", "labor") if is_report else ("productions", "production")
        parse = parse_labor_row if is_report else parse_production
        elements: Iterable[Any] = self._lists.elements(path)
        if not is_report:
            elements = unique(elements, group, self._fields)
        records: list[Record] = []
        bad: list[Bad] = []
        unread: list[_Unread] = []
        for raw in elements:
            try:
                records.append(parse(raw, self._company.zone, self._fields))
            except InvalidDocument as error:
                number = identity_of(raw, group, self._fields)
                bad.append(Bad(raw, (row(error, id_=None, number=number),)))
                if (order := self._order_named(raw, group)) is not None:
                    problem = f"of a record of this work {error.problem}"
                    unread.append((order, InvalidDocument(error.where, error.value, problem)))
        if is_report:
            records = _Names(self._known_names()).put(records)
        return records, bad, unread

    def _order_named(self, raw: object, group: str) -> ProductionOrder | None:
        """Give the production order that an unreadable record names."""
        try:
            return parse_order_named(Reader(raw), self._fields[f"{group}.production-order"])
        except InvalidDocument:
            return None

    def _known_names(self) -> list[Record]:
        """Read production records for the names that the report may leave out."""
        try:
            elements = self._lists.elements("productions")
        except RejectedError as error:
            if error.code not in _REFUSED_LISTS:
                raise
            return []
        found = []
        for raw in elements:
            try:
                found.append(parse_production(raw, self._company.zone, self._fields))
            except InvalidDocument:
                continue
        return found


_WORDS = {"running": "records that still run", "without_time": "records without time"}


def _key(order: ProductionOrder | None) -> str:
    return "" if order is None else order.id


def _entries(stretches: list[Stretch]) -> tuple[list[WorkEntry], list[Bad]]:
    refused: list[Bad] = []

    def refuse(id_: str, error: InvalidDocument) -> None:
        refused.append(Bad(None, (row(error, id_=id_),)))

    return entries_of(stretches, refuse), refused


def _with_namesakes(entries: Iterable[WorkEntry], records: Iterable[Record]) -> list[WorkEntry]:
    """Tell each entry the numbers of other workers who bear its worker's name, as books compare."""
    numbers: dict[str, set[str]] = {}
    for each in records:
        if each.worker.id is not None:
            numbers.setdefault(name_key(each.worker.name), set()).add(each.worker.id)
    told = []
    for entry in entries:
        others = numbers.get(name_key(entry.worker.name), set()) - {entry.worker.id}
        told.append(
            msgspec.structs.replace(entry, namesakes=tuple(sorted(others))) if others else entry
        )
    return told


class _Names:
    """Names by number and code, as other records tell them."""

    def __init__(self, records: Iterable[Record]) -> None:
        self._workers: dict[str, str] = {}
        self._parts: dict[str, dict[str, str]] = {"operation": {}, "section": {}}
        for each in records:
            if each.worker.id is not None and each.worker.name != each.worker.id:
                self._workers[each.worker.id] = each.worker.name
            for what, part in (("operation", each.operation), ("section", each.section)):
                if part.code and part.name:
                    self._parts[what][part.code] = part.name

    def put(self, records: Iterable[Record]) -> list[Record]:
        """Give records with names in place of numbers, where these are known."""
        return [
            each._replace(
                worker=self._worker(each.worker),
                operation=self._part("operation", each.operation),
                section=self._part("section", each.section),
            )
            for each in records
        ]

    def _worker(self, worker: Reference) -> Reference:
        if worker.name != worker.id:
            return worker
        return msgspec.structs.replace(worker, name=self._workers.get(worker.id, worker.name))

    def _part(self, what: str, part: Named) -> Named:
        return part if part.name else part._replace(name=self._parts[what].get(part.code or ""))


class _Orders:
    """The production orders that records name."""

    def __init__(
        self, lists: Lists, company: Company, fields: FieldMap, records: Iterable[Record]
    ) -> None:
        self._lists = lists
        self._company = company
        self._fields = fields
        self._by_id: dict[str, Any] = {}
        self._by_code: dict[str, list[str]] = {}
        self._parsed: dict[str, tuple[ProductionOrder | None, InvalidDocument | None]] = {}
        for raw in lists.elements(PRODUCTION_ORDERS.path):
            self._keep(raw)
        self._ask_alone(records)

    def _keep(self, raw: object) -> None:
        id_ = identity_of(raw, PRODUCTION_ORDERS.group, self._fields)
        if id_ is None or id_ in self._by_id:
            return
        self._by_id[id_] = raw
        code = code_of(raw, PRODUCTION_ORDERS.group, self._fields)
        if code is not None:
            self._by_code.setdefault(code, []).append(id_)

    def _ask_alone(self, records: Iterable[Record]) -> None:
        """Read those that the list does not show: it may hold no finished ones."""
        named: dict[str, object] = {}
        latest = [each for each in records if each.order is not None and each.days]
        for each in sorted(latest, key=lambda one: one.days[-1][0], reverse=True):
            assert each.order is not None, "only those of an order are here"
            if each.order.id and each.order.id not in self._by_id:
                named[each.order.id] = None
        for id_ in [*named][:ASKED_ALONE_MAX]:
            try:
                raw, is_sure = self._lists.alone(PRODUCTION_ORDERS, id_)
            except InvalidDocument:
                continue
            if raw is None and not is_sure:
                # It has no such call.
                return
            if raw is not None:
                self._keep(raw)

    def key_of(self, told: ProductionOrder) -> str:
        """Say under which identity the entries go of an order of which a record may tell less."""
        return told.id or self._coded(told)[0].id

    def of(self, record: Record) -> tuple[ProductionOrder | None, InvalidDocument | None]:
        """Give a record's production order as fully as it is told, and what is wrong with it."""
        told = record.order
        if told is None:
            return None, None
        if not told.id:
            told, problem = self._coded(told)
            if problem is not None:
                return told, problem
        found, problem = self._understood(told.id)
        if found is None:
            return told, problem
        # The record's own words say what it was when it was made.
        code, text = found.code or told.code, found.text or told.text
        return found._replace(code=code, text=text), None

    def _coded(self, told: ProductionOrder) -> tuple[ProductionOrder, InvalidDocument | None]:
        """Find a production order of which only the code is told; codes may repeat."""
        ids = self._by_code.get(told.code or "", [])
        if len(ids) == 1:
            return told._replace(id=ids[0]), None
        words = "is that of several production orders" if ids else "is no production order's"
        where = self._fields["production.production-order"]
        spoilt = told._replace(id=f"code {told.code}")
        return spoilt, InvalidDocument(where, told.code or "", words)

    def _understood(self, id_: str) -> tuple[ProductionOrder | None, InvalidDocument | None]:
        if id_ not in self._parsed:
            self._parsed[id_] = self._parse(id_)
        return self._parsed[id_]

    def _parse(self, id_: str) -> tuple[ProductionOrder | None, InvalidDocument | None]:
        raw = self._by_id.get(id_)
        if raw is None:
            return None, None
        try:
            return parse_production_order(raw, self._company.zone, self._fields), None
        except InvalidDocument as error:
            return None, InvalidDocument(
                error.where, error.value, f"of its production order {error.problem}"
            )
