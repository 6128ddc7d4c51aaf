"""Reading purchase orders and their receipts: which, in how few calls, and what changed.

Lines of many orders are asked for in one question, and so are rows of receiving; both kinds of
documents are made of the same answers, so in one batch the second costs nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo
from typing import Final

import msgspec

from counterfoil.connectors.called import Reader, clean_line, parse_instant
from counterfoil.documents import (
    Document,
    DocumentKind,
    DocumentStatus,
    InvalidDocument,
    Item,
    PurchaseOrder,
)
from counterfoil.engine.operations import FindDocument, Page, ReadDocuments, Unreadable

from ._bookmark import Bookmark
from ._client import Record
from ._orders import (
    BOUGHT_FOR,
    LOCATIONS,
    OPEN_STATUSES,
    Whole,
    day_of,
    named_in,
    parse_order,
    parse_receipts,
    stage_of,
)
from ._query import IN_MAX, PAGE_MAX, Condition, Query, above, among, any_of, at_least, below, is_
from ._records import item_of
from ._visible import Names, Visible, identity_in

__all__ = ["KINDS", "Purchasing", "Tenant"]

KINDS: Final = (DocumentKind.PURCHASE_ORDER, DocumentKind.RECEIPT)
# What was submitted shortly before the last look may not have been there yet; clocks differ.
_OVERLAP: Final = timedelta(minutes=15)
# What was cancelled longer ago was told by a look.
_TOLD: Final = timedelta(days=1)
_ORDERS: Final = "PurchaseOrders"
# Longer ones are nobody's identity.
_ID_DIGITS_MAX: Final = 12


@dataclass(frozen=True, kw_only=True)
class Tenant:
    """What a connection's settings say of its tenant.

    Attributes:
        zone: Of its own days; the service tells moments in UTC.
        counts_promised: Reserved and picked units are on hand, as Autotask's column says.
        tells_sites: Lines say at which inventory location they are received: it matters to the
            books of some link.
    """

    zone: tzinfo = UTC
    counts_promised: bool = True
    tells_sites: bool = False


class Purchasing:
    """Orders and receipts, as one batch sees them."""

    def __init__(self, visible: Visible, names: Names, tenant: Tenant, now: datetime) -> None:
        self._visible = visible
        self._names = names
        self._zone = tenant.zone
        self._tells_sites = tenant.tells_sites
        self._now = now
        self._items: dict[int, tuple[Record, ...]] = {}
        self._rows: dict[int, tuple[Record, ...]] = {}
        self._parsed: dict[int, PurchaseOrder] = {}
        self._generation = visible.generation

    def read(self, operation: ReadDocuments) -> Page:
        """Go on where the bookmark says, or read what was made in a span of days."""
        self._forget_stale()
        if operation.since is not None or operation.dated is not None:
            headers = self._visible.query(Query.of(_ORDERS, *self._span(operation)))
            return self._page(operation.kind, self._whole(headers))
        bookmark = self._with_labels(Bookmark.of(operation.bookmark))
        if bookmark.first_to is not None:
            return self._first(operation, bookmark)
        if operation.page is None:
            return self._look(operation, bookmark)
        return self._sweep(operation, bookmark)

    def find(self, operation: FindDocument) -> Page:
        """Look orders up by identity or number."""
        self._forget_stale()
        # Where a tenant does not number its orders, people know them by their identities.
        ids = {int(each) for each in (*operation.ids, *operation.numbers) if _is_id(each)}
        found = {identity_in(each, "id"): each for each in self._headers(ids)}
        for start in range(0, len(operation.numbers), IN_MAX):
            numbers = operation.numbers[start : start + IN_MAX]
            for field in ("purchaseOrderNumber", "externalPONumber"):
                named = self._visible.query(Query.of(_ORDERS, among(field, numbers)))
                found.update({identity_in(each, "id"): each for each in named})
        return self._page(operation.kind, self._whole(list(found.values())))

    def _forget_stale(self) -> None:
        """Let go of what was made of answers that were let go of."""
        if self._generation == self._visible.generation:
            return
        self._generation = self._visible.generation
        self._items.clear()
        self._rows.clear()
        self._parsed.clear()

    def _span(self, operation: ReadDocuments) -> list[Condition]:
        """Say in which span of moments orders were made."""
        if operation.dated is None:
            assert operation.since is not None, "one of the two is given"
            return [at_least("createDateTime", operation.since.replace(tzinfo=UTC))]
        first, last = operation.dated
        return [
            at_least("createDateTime", datetime.combine(first, time(), self._zone)),
            below("createDateTime", datetime.combine(last + timedelta(1), time(), self._zone)),
        ]

    def _with_labels(self, bookmark: Bookmark) -> Bookmark:
        """Have the words of statuses at hand; they are read twice a day."""
        if bookmark.has_labels(self._now):
            self._names.know(_ORDERS, "status", bookmark.labels)
            return bookmark
        labels = dict(self._names.labels(_ORDERS, "status"))
        return msgspec.structs.replace(bookmark, labels=labels, labels_at=self._now)

    @property
    def _labels(self) -> Mapping[int, str]:
        return self._names.labels(_ORDERS, "status")

    def _open(self) -> list[int]:
        return sorted(
            value for value in self._labels if _standing(value, self._labels) in OPEN_STATUSES
        )

    # --- First, look, sweep ----------------------------------------------------------------

    def _first(self, operation: ReadDocuments, bookmark: Bookmark) -> Page:
        """Give a page of all orders there are."""
        assert bookmark.first_to is not None, "the first reading goes on"
        size = _size(operation)
        query = Query.of(_ORDERS, above("id", bookmark.first_to), size=size)
        headers = self._visible.query(query, enough=size)
        wholes = self._whole(headers)
        is_last = len(headers) < size
        rows = [row for whole in wholes for row in whole.rows or ()]
        noted = msgspec.structs.replace(
            bookmark,
            order=_highest(headers, bookmark.order),
            row=_highest(rows, bookmark.row),
            first_to=None if is_last else _highest(headers, bookmark.first_to),
            looked_at=bookmark.looked_at or self._now,
            swept_at=self._now,
        )
        return self._page(operation.kind, wholes, noted, "first" if not is_last else None)

    def _look(self, operation: ReadDocuments, bookmark: Bookmark) -> Page:
        """Give what shows itself; a step of the sweep follows where it is due.

        By identities, and by times that reach back a little: what was committed late bears a
        lower identity than what was seen, and a clock may be wrong, but hardly both.  No other
        step raises these identities, for it may see newer ones beside those it does not see.
        """
        headers, rows = self._new(bookmark)
        counts = {
            value: self._visible.count(Query.of(_ORDERS, is_("status", value)))
            for value in self._open()
        }
        received = self._orders_of(rows) - {identity_in(each, "id") for each in headers}
        wholes = self._whole([*headers, *self._headers(received)])
        noted = msgspec.structs.replace(
            bookmark.looked(self._now, counts, found_any=bool(headers or rows)),
            order=_highest(headers, bookmark.order),
            row=_highest(rows, bookmark.row),
        )
        following = "sweep" if noted.is_due(self._now, _size(operation)) else None
        return self._page(operation.kind, wholes, noted, following)

    def _new(self, bookmark: Bookmark) -> tuple[Sequence[Record], Sequence[Record]]:
        """Ask for new orders, those just submitted or cancelled, and new rows of receiving."""
        since = (bookmark.looked_at or self._now) - _OVERLAP
        orders = Query.of(
            _ORDERS,
            any_of(
                above("id", bookmark.order),
                at_least("createDateTime", since),
                at_least("submitDateTime", since),
                at_least("cancelDateTime", since),
            ),
        )
        rows = Query.of(
            "PurchaseOrderItemReceiving",
            any_of(above("id", bookmark.row), at_least("receiveDate", since)),
        )
        return self._visible.query(orders), self._visible.query(rows)

    def _sweep(self, operation: ReadDocuments, bookmark: Bookmark) -> Page:
        """Give some open orders, and those that were open and are not any more."""
        size, open_ = _size(operation), among("status", self._open())
        query = Query.of(_ORDERS, above("id", bookmark.swept_to), open_, size=size)
        headers = self._visible.query(query, enough=size)
        is_last = len(headers) < size
        to = None if is_last else _highest(headers, bookmark.swept_to)
        listed = {identity_in(each, "id") for each in headers}
        left = {
            id_
            for id_ in (int(each) for each in operation.known if _is_id(each))
            if id_ not in listed and bookmark.swept_to < id_ and (to is None or id_ <= to)
        }
        closed = [each for each in self._headers(left) if not self._is_history(each)]
        wholes = self._whole([*headers, *closed])
        noted = bookmark.swept(self._now, to, size)
        following = "sweep" if to is not None and noted.is_due(self._now, size) else None
        return self._page(operation.kind, wholes, noted, following)

    def _is_history(self, header: Record) -> bool:
        """Whether an order was cancelled so long ago that a look has told it."""
        cancelled = Reader(header).text("cancelDateTime")
        try:
            at = None if cancelled is None else parse_instant(cancelled, UTC)
        except ValueError:
            at = None
        return at is not None and at < self._now - _TOLD

    # --- With all that belongs to them -----------------------------------------------------

    def _headers(self, ids: Iterable[int]) -> list[Record]:
        return self._visible.all_of(_ORDERS, "id", ids)

    def _orders_of(self, rows: Sequence[Record]) -> set[int]:
        """Say of which orders rows of receiving are."""
        items = {id_ for each in rows if (id_ := identity_in(each, "purchaseOrderItemID"))}
        found = self._visible.all_of("PurchaseOrderItems", "id", items)
        return {order for each in found if (order := identity_in(each, "orderID")) is not None}

    def _whole(self, headers: Iterable[Record]) -> list[Whole]:
        """Read the lines and the receiving of orders, all at once.

        One that does not tell its identity has none of either, and makes no document.
        """
        all_ = list(headers)
        strays = [each for each in all_ if identity_in(each, "id") is None]
        by_id = {id_: each for each in all_ if (id_ := identity_in(each, "id")) is not None}
        self._read_items(set(by_id) - set(self._items))
        begun = {id_ for id_, each in by_id.items() if self._may_have_come(each)}
        self._read_rows(begun - set(self._rows))
        wholes = [
            Whole(
                header=header,
                items=self._items[id_],
                rows=self._rows[id_] if id_ in begun else None,
            )
            for id_, header in sorted(by_id.items())
        ]
        named = named_in(wholes)
        if not self._tells_sites:
            named.pop(LOCATIONS, None)
        self._learn(named)
        self._learn(self._buyers(named))
        return [*wholes, *(Whole(header=each, items=(), rows=None) for each in strays)]

    def _learn(self, named: Mapping[str, Iterable[int | None]]) -> None:
        for entity, ids in named.items():
            if not self._names.learn(entity, ids):
                self._visible.doubt()

    def _buyers(self, named: Mapping[str, Iterable[int | None]]) -> dict[str, set[int | None]]:
        """Say which companies tickets, projects and contracts are of that lines were bought for."""
        records = (
            self._names.of(entity, id_)
            for _field, entity in BOUGHT_FOR
            for id_ in named.get(entity, ())
            if id_ is not None
        )
        return {"Companies": {identity_in(each, "companyID") for each in records if each}}

    def _may_have_come(self, header: Record) -> bool:
        """Whether anything can have been received: not of what was never submitted."""
        value = identity_in(header, "status")
        is_new = value is not None and _standing(value, self._labels) is DocumentStatus.NEW
        return not is_new or header.get("submitDateTime") is not None

    def _read_items(self, orders: set[int]) -> None:
        found = self._visible.all_of("PurchaseOrderItems", "orderID", orders)
        self._items.update(_grouped(found, "orderID", orders))

    def _read_rows(self, orders: set[int]) -> None:
        of_item = {
            id_: order
            for order in orders
            for item in self._items[order]
            if (id_ := identity_in(item, "id")) is not None
        }
        found = self._visible.all_of("PurchaseOrderItemReceiving", "purchaseOrderItemID", of_item)
        rows: defaultdict[int, list[Record]] = defaultdict(list)
        for row in found:
            order = of_item.get(identity_in(row, "purchaseOrderItemID") or -1)
            if order is not None:
                rows[order].append(row)
        self._rows.update({order: tuple(rows[order]) for order in orders})

    # --- As documents ----------------------------------------------------------------------

    def _products(self, wholes: Sequence[Whole]) -> Iterator[Item]:
        """Give the products that orders name: the list is read seldom, and may lack new ones."""
        for id_ in sorted(filter(None, named_in(wholes)["Products"])):
            record = self._names.of("Products", id_)
            try:
                if record is not None:
                    yield item_of(record)
            except InvalidDocument:
                # What names it cannot be read either, and says why.
                continue

    def _page(
        self,
        kind: DocumentKind,
        wholes: Sequence[Whole],
        bookmark: Bookmark | None = None,
        following: str | None = None,
    ) -> Page:
        documents: list[Document] = []
        unreadable: list[Unreadable] = []
        told: list[str] = []
        for whole in wholes:
            try:
                order = self._order(whole)
            except InvalidDocument as error:
                unreadable.append(_row(whole, error))
                continue
            if kind is DocumentKind.PURCHASE_ORDER:
                documents.append(order)
                continue
            received = parse_receipts(whole, order, self._zone, self._labels)
            documents += received.receipts
            if received.problems:
                unreadable.append(_untold(order, received.problems))
            elif whole.rows is not None:
                told.append(order.id)
        return Page(
            records=tuple(self._products(wholes)),
            documents=tuple(documents),
            unreadable=tuple(unreadable),
            told_orders=tuple(told),
            next=following,
            bookmark=None if bookmark is None else bookmark.text(),
        )

    def _order(self, whole: Whole) -> PurchaseOrder:
        """Give an order as a document, made once for both kinds.

        Raises:
            InvalidDocument: It makes none.
        """
        known = self._parsed.get(whole.id or 0)
        if known is None:
            known = parse_order(whole, self._names, self._zone, self._labels)
            self._parsed[whole.id or 0] = known
        return known


def _standing(value: int, labels: Mapping[int, str]) -> DocumentStatus | None:
    stage = stage_of(value, labels)
    return None if stage is None else stage.status


def _size(operation: ReadDocuments) -> int:
    return max(1, min(operation.limit, PAGE_MAX))


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= _ID_DIGITS_MAX


def _grouped(
    records: Iterable[Record], field: str, keys: Iterable[int]
) -> dict[int, tuple[Record, ...]]:
    found: dict[int, list[Record]] = {key: [] for key in keys}
    for each in records:
        key = identity_in(each, field)
        if key in found:
            found[key].append(each)
    return {key: tuple(each) for key, each in found.items()}


def _highest(records: Iterable[Record], before: int) -> int:
    ids = (identity_in(each, "id") for each in records)
    return max([before, *(id_ for id_ in ids if id_ is not None)])


def _untold(order: PurchaseOrder, problems: Sequence[str]) -> Unreadable:
    """Tell that not all receipts of an order are known; until they are, none of them is gone."""
    return Unreadable(
        id=order.id,
        number=order.number,
        party=None if order.vendor is None else order.vendor.name,
        dated=order.created_on,
        field="PurchaseOrderItemReceiving",
        problem=clean_line("; ".join(problems), 500),
    )


def _row(whole: Whole, error: InvalidDocument) -> Unreadable:
    """Tell of an order that makes no document; that it is there is known all the same."""
    number = whole.header.get("purchaseOrderNumber") or whole.id
    try:
        dated = day_of(Reader(whole.header), "createDateTime", UTC)
    except InvalidDocument:
        dated = None
    return Unreadable(
        id=None if whole.id is None else str(whole.id),
        number=None if number is None else clean_line(str(number)),
        dated=dated,
        field=error.where,
        value=clean_line(error.value),
        problem=error.sentence,
    )
