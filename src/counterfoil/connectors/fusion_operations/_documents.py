"""Documents as v1 shows them: which lists tell of a kind, and what is known when one does not.

A reading is always the whole list, for there is no filter by date and no document says when
it changed.  An order that a list does not show may be closed; it is asked for alone, and
only where the service says so is it gone.
"""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import Any

import msgspec

from counterfoil.connectors.called import LOST_IN_A_ROW_MAX, clean_line
from counterfoil.documents import (
    Document,
    DocumentKind,
    InvalidDocument,
    PurchaseOrder,
    SalesOrder,
)
from counterfoil.engine.operations import (
    Done,
    FindDocument,
    Outcome,
    Page,
    ReadDocuments,
    Unknown,
    Unreadable,
)
from counterfoil.errors import ConnectorError

from ._elements import (
    FIELD_LENGTH_MAX,
    Bad,
    Reading,
    code_of,
    identity_of,
    part_ids,
    read_documents,
    row,
    told_orders,
    unique,
)
from ._errors import NAME
from ._fields import FieldMap
from ._hours import Hours
from ._kinds import DERIVED, ORDERS, Company, Derived, Resource, path_of
from ._lists import Lists
from ._movements import moved_documents
from ._outcomes import page_of, unclear, unsupported

__all__ = ["Documents"]

# Orders that are not listed are asked for one by one; the rest of them at the next reading.
ASKED_ALONE_MAX = 20


class Documents:
    """The documents of one batch; methods answer or raise as those of ``Orders``."""

    def __init__(self, lists: Lists, company: Company, fields: FieldMap) -> None:
        self._lists = lists
        self._company = company
        self._fields = fields
        self._hours = Hours(lists, company, fields)
        self._readings: dict[DocumentKind, tuple[tuple[Any, ...], Reading]] = {}

    # --- Readings --------------------------------------------------------------------------

    def read(self, operation: ReadDocuments) -> Outcome:
        """Read documents; heads too are whole, for the list holds nothing less."""
        kind = operation.kind
        if kind is DocumentKind.WORK_ENTRY:
            return self._hours.read()
        if kind not in ORDERS and kind not in DERIVED:
            return unsupported(f"it has no list of {kind.words}s")
        self._lists.forget_stale(path_of(kind))
        order = _order_of(kind)
        if self._lists.shows_closed(order):
            return Done(page=page_of(self._documents(kind)))
        gone, left = self._asked_alone(order, operation.known)
        page = page_of(self._documents(kind))
        deleted = tuple((kind, id_) for id_ in gone if kind in ORDERS)
        return Done(
            page=msgspec.structs.replace(
                page,
                is_snapshot=False,
                told_orders=(*page.told_orders, *gone),
                deleted_documents=deleted,
                unreadable=(*page.unreadable, *left),
            )
        )

    def _asked_alone(
        self, order: Resource, known: Sequence[str]
    ) -> tuple[list[str], list[Unreadable]]:
        """Read the orders that are known and not listed.

        Those that are there, closed since, stand among the listed ones afterwards.  One that
        cannot be read holds up none of the others.

        Returns:
            Those that are not there, and those of which it cannot be said.
        """
        listed = {
            identity_of(raw, order.group, self._fields) for raw in self._lists.elements(order.path)
        }
        lacking = [id_ for id_ in known if id_ not in listed][:ASKED_ALONE_MAX]
        gone: list[str] = []
        left: list[Unreadable] = []
        for id_ in lacking:
            try:
                raw, is_sure = self._lists.alone(order, id_)
            except (ConnectorError, InvalidDocument) as error:
                if getattr(error, "code", None) == "401":
                    raise
                left.append(Unreadable(id=id_, problem=_not_read_alone(error)))
                asks_to_wait = getattr(error, "retry_after_s", None) is not None
                if asks_to_wait or len(left) == LOST_IN_A_ROW_MAX:
                    break
            else:
                gone += [id_] if raw is None and is_sure else []
        return gone, left

    def _documents(self, kind: DocumentKind) -> Reading:
        """Read a list as documents; the same list is understood once."""
        if kind is DocumentKind.WORK_ENTRY:
            return self._hours.reading()
        paths = [path_of(kind)]
        if self._company.reads_movements(kind):
            paths.append("inventory-movements")
        lists = tuple(self._lists.elements(path) for path in paths)
        seen, reading = self._readings.get(kind, ((), None))
        is_same = len(seen) == len(lists) and all(map(operator.is_, seen, lists))
        if reading is None or not is_same:
            reading = self._understood(kind)
            self._readings[kind] = (lists, reading)
        return reading

    def _understood(self, kind: DocumentKind) -> Reading:
        zone, fields = self._company.zone, self._fields
        if kind in ORDERS:
            order = ORDERS[kind]
            return read_documents(
                self._lists.elements(order.path),
                lambda raw: [order.parse(raw, zone, fields)],
                group=order.group,
                fields=fields,
            )
        derived = DERIVED[kind]
        if self._company.reads_movements(kind):
            return self._moved(derived)
        elements = self._lists.elements(derived.path)
        reading = read_documents(
            elements,
            lambda raw: derived.parse(raw, zone, fields),
            group=derived.group,
            fields=fields,
            identities=lambda raw: part_ids(raw, derived.side, fields),
        )
        return reading._replace(told_orders=told_orders(elements, reading, derived.group, fields))

    def _moved(self, derived: Derived) -> Reading:
        """Read deliveries out of the stock movements (way D)."""
        fields = self._fields
        orders = self._documents(_order_kind(derived))
        unread = {
            code: identity_of(each.raw, derived.group, fields)
            for each in orders.bad
            if (code := code_of(each.raw, derived.group, fields)) is not None
        }
        moved = moved_documents(
            derived.side,
            unique(self._lists.elements("inventory-movements"), "movement", fields),
            [each for each in orders.documents if isinstance(each, SalesOrder | PurchaseOrder)],
            self._company.zone,
            fields,
            unread=unread,
        )
        bad = [Bad(None, (row(error, id_=id_),)) for id_, error in moved.spoilt]
        # An order whose code cannot be read may have any movement.
        bad += [
            Bad(each.raw, tuple(msgspec.structs.replace(told, id=None) for told in each.rows))
            for each in orders.bad
            if code_of(each.raw, derived.group, fields) is None
        ]
        return Reading(
            documents=tuple(moved.documents),
            bad=tuple(bad),
            told_orders=moved.told if all(each.raw is None for each in bad) else (),
            formerly=moved.formerly,
        )

    # --- Questions -------------------------------------------------------------------------

    def find(self, operation: FindDocument) -> Outcome:
        """Look through the list; what is sought and cannot be read is not "not there"."""
        kind, wanted = operation.kind, operation.ids or operation.numbers
        if bool(operation.ids) is bool(operation.numbers):
            raise AssertionError("a question names ids or numbers")
        is_read = kind in ORDERS or kind in DERIVED or kind is DocumentKind.WORK_ENTRY
        if not is_read or (operation.numbers and kind not in ORDERS):
            return unsupported(f"it keeps no number on a {kind.words}")
        sought = {each.strip() for each in wanted}
        found, reading = self._sought(operation, sought)
        if len(found) < len(sought) and self._lists.forget_stale(path_of(kind)):
            found, reading = self._sought(operation, sought)
        lacking = sought - {_asked_by(operation, each) for each in found}
        doubtful = self._doubtful(operation, lacking, reading) if lacking else []
        if doubtful:
            return unclear(kind, doubtful, is_alone=len(sought) == 1)
        if kind is DocumentKind.WORK_ENTRY:
            return Done(page=Page(documents=found, unreadable=reading.unreadable))
        order = _order_of(kind)
        if lacking and operation.ids and not self._lists.shows_closed(order):
            # What is not listed may be closed.
            if not all(self._lists.alone(order, id_)[1] for id_ in sorted(lacking)):
                return Unknown(f"{NAME} lists no closed {kind.words}s, and shows none alone.")
            found, reading = self._sought(operation, sought)
        return Done(page=Page(documents=found, unreadable=reading.unreadable))

    def _sought(
        self, operation: FindDocument, sought: set[str]
    ) -> tuple[tuple[Document, ...], Reading]:
        reading = self._documents(operation.kind)
        found = (each for each in reading.documents if _asked_by(operation, each) in sought)
        return tuple(found), reading

    def _doubtful(
        self, operation: FindDocument, lacking: set[str], reading: Reading
    ) -> list[Unreadable]:
        """Give what could not be read and may be what was sought."""
        doubtful = []
        for each in reading.bad:
            if operation.ids:
                doubtful += [told for told in each.rows if told.id is None or told.id in lacking]
                continue
            code = code_of(each.raw, ORDERS[operation.kind].group, self._fields)
            if code is None or code in lacking:
                doubtful += each.rows
        return doubtful


def _order_of(kind: DocumentKind) -> Resource:
    """Give the orders that tell of a kind of documents."""
    return ORDERS[kind if kind in ORDERS else _order_kind(DERIVED[kind])]


def _order_kind(derived: Derived) -> DocumentKind:
    return next(kind for kind, order in ORDERS.items() if order.path == derived.path)


def _asked_by(operation: FindDocument, document: Document) -> str | None:
    return document.id if operation.ids else document.number


def _not_read_alone(error: ConnectorError | InvalidDocument) -> str:
    why = error.message if isinstance(error, ConnectorError) else error.problem
    said = f"it is not in the list, and could not be read alone: {why.rstrip('. ')}"
    return clean_line(said, FIELD_LENGTH_MAX)
