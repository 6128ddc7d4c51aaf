"""How much there is of each product (STOCK-7, STOCK-8): what is there, not what is available.

By the stock of each product (a call for each), or as the sum of all movements (for companies
with very many products, whose stock would take hours to ask for).  Whether the service looks
a product's stock up by id or by code is not known: it is learnt from the first answers.

What is not told is not 0: a product without a quantity has ``on_hand`` ``None``, one whose
quantity cannot be read is told as unreadable.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

import msgspec

from counterfoil.connectors.called import Reader
from counterfoil.documents import InvalidDocument, Item, Quantity, RecordKind
from counterfoil.engine.operations import Done, Page, ReadStock, Unreadable
from counterfoil.errors import RejectedError

from ._elements import row, unique
from ._fields import FieldMap
from ._kinds import RECORDS, Company, Listed
from ._lists import Lists
from ._records import Records

__all__ = ["Learnt", "Stock"]

# Each takes a call, and a minute has a hundred: a page ends before anybody waits too long.
ASKED_PER_PAGE_MAX = 100
_INVENTORY = Listed("inventory", "inventory")
_PRODUCTS = RECORDS[RecordKind.ITEM]


@dataclass
class Learnt:
    """What is known from one batch to the next.

    Attributes:
        asks_by: How the service looks stock up; ``None``: not known yet.
        products: Of the reading of stock that goes on, by id, in the order of ids.
        codes: Of all products.
        unreadable: What the list holds and makes no product.
        sums: Product code -> sum of its movements; or what could not be read of one.
        astray: Why it is not known whose a movement is; ``None``: of all it is.
    """

    asks_by: Literal["id", "code"] | None = None
    products: dict[str, Item] = field(default_factory=dict)
    codes: frozenset[str] = frozenset()
    unreadable: tuple[Unreadable, ...] = ()
    sums: dict[str, Decimal | InvalidDocument] = field(default_factory=dict)
    astray: InvalidDocument | None = None


class Stock:
    """The stock of one batch; ``learnt`` outlives it."""

    def __init__(
        self, lists: Lists, records: Records, company: Company, fields: FieldMap, learnt: Learnt
    ) -> None:
        self._lists = lists
        self._records = records
        self._company = company
        self._fields = fields
        self._learnt = learnt
        self._is_fresh = False

    def read(self, operation: ReadStock) -> Done:
        """Answer with one page: products in the order of their ids."""
        self._look(operation)
        known = self._learnt.products
        wanted = [*dict.fromkeys(operation.items)] or [
            id_ for id_, each in known.items() if each.is_active
        ]
        if operation.page is not None:
            wanted = [id_ for id_ in wanted if id_ > operation.page]
        wanted.sort()
        limit = max(operation.limit, 1)
        if self._company.stock_from == "inventory":
            limit = min(limit, ASKED_PER_PAGE_MAX)
        page = wanted[:limit]
        items: list[Item] = []
        unreadable = [*self._told(operation, page)]
        for item in (known[id_] for id_ in page if id_ in known):
            try:
                items.append(msgspec.structs.replace(item, on_hand=self._on_hand(item)))
            except InvalidDocument as error:
                unreadable.append(row(error, id_=item.id, number=item.full_name))
        following = page[-1] if len(wanted) > len(page) else None
        return Done(
            page=Page(
                records=tuple(items),
                next=following,
                remaining=len(wanted) - len(page),
                unreadable=tuple(unreadable),
            )
        )

    def _told(self, operation: ReadStock, page: Sequence[str]) -> Iterable[Unreadable]:
        """Give what could not be read of the list, once for each reading of all."""
        told = self._learnt.unreadable
        if operation.items:
            return [each for each in told if each.id in page]
        astray = self._learnt.astray
        first = operation.page is None
        rows = [row(astray, id_=None)] if first and astray is not None else []
        return [*(told if first else ()), *rows]

    # --- What there is ---------------------------------------------------------------------

    def _look(self, operation: ReadStock) -> None:
        """Have the products at hand; a reading that begins has them anew, once per batch."""
        goes_on = operation.page is not None and bool(self._learnt.products)
        if goes_on or self._is_fresh:
            return
        reading = self._records.reading(_PRODUCTS)
        # Of very many products neither list is held longer than it takes to understand it.
        self._lists.forget(_PRODUCTS.path)
        items = [each for each in reading.records if isinstance(each, Item)]
        self._learnt.products = {each.id: each for each in sorted(items, key=lambda one: one.id)}
        self._learnt.codes = frozenset(each.full_name for each in items)
        # A product that lacks a fact is one; only what makes none is told here.
        self._learnt.unreadable = tuple(
            each for each in reading.unreadable if each.id not in self._learnt.products
        )
        if self._company.stock_from == "movements":
            self._learnt.sums, self._learnt.astray = self._summed()
        self._is_fresh = True

    def _on_hand(self, item: Item) -> Quantity | None:
        if self._company.stock_from == "movements":
            return self._from_movements(item)
        return self._asked(item)

    # --- By movements ----------------------------------------------------------------------

    def _summed(self) -> tuple[dict[str, Decimal | InvalidDocument], InvalidDocument | None]:
        """Sum all movements by product; what belongs to no product spoils every sum."""
        sums: dict[str, Decimal | InvalidDocument] = {}
        astray: InvalidDocument | None = None
        codes = self._learnt.codes
        codes_by_id = {each.id: each.full_name for each in self._learnt.products.values()}
        for raw in unique(self._lists.elements("inventory-movements"), "movement", self._fields):
            try:
                reader = Reader(raw)
                product = reader.required(self._fields["movement.product"])
            except InvalidDocument as error:
                astray = error
                continue
            if product not in codes:
                product = codes_by_id.get(product, product)
            known = sums.get(product, Decimal(0))
            moved = _moved(reader, self._fields["movement.quantity"])
            if isinstance(known, Decimal):
                sums[product] = known + moved if isinstance(moved, Decimal) else moved
        self._lists.forget("inventory-movements")
        return sums, astray

    def _from_movements(self, item: Item) -> Quantity | None:
        if self._learnt.astray is not None:
            return None
        found = self._learnt.sums.get(item.full_name, Decimal(0))
        if isinstance(found, InvalidDocument):
            raise found
        return Quantity(found)

    # --- By the stock of each --------------------------------------------------------------

    def _asked(self, item: Item) -> Quantity | None:
        """Ask for one product's stock, by id or by code, whichever the service takes."""
        for way, key in self._ways(item):
            raw = self._inventory(key)
            if raw is None or not self._is_about(raw, item):
                continue
            self._learnt.asks_by = way
            return _quantity(raw, self._fields, item.unit)
        return None

    def _ways(self, item: Item) -> list[tuple[Literal["id", "code"], str]]:
        by_id: tuple[Literal["id"], str] = ("id", item.id)
        by_code: tuple[Literal["code"], str] = ("code", item.full_name)
        return [by_code, by_id] if self._learnt.asks_by == "code" else [by_id, by_code]

    def _inventory(self, key: str) -> Any | None:
        try:
            return self._lists.answer(_INVENTORY, key)
        except RejectedError as error:
            # A service may say of a key of the wrong kind that it is bad, too.
            if error.code in {"400", "404", None}:
                return None
            raise

    def _is_about(self, raw: object, item: Item) -> bool:
        """Whether an answer is about a product: an id of one may be the code of another."""
        if not isinstance(raw, Mapping):
            return True
        told = Reader(raw).code(self._fields["inventory.product"])
        is_its_id = told == item.id and told not in self._learnt.codes
        return told is None or told == item.full_name or is_its_id


def _moved(reader: Reader, name: str) -> Decimal | InvalidDocument:
    try:
        moved = reader.decimal(name)
    except InvalidDocument as error:
        return error
    return InvalidDocument(reader.path(name), "", "is missing") if moved is None else moved


def _quantity(raw: object, fields: FieldMap, unit: str | None) -> Quantity | None:
    """Read a product's stock, in its unit: one figure, or the sum over its warehouses."""
    if isinstance(raw, Mapping):
        reader = Reader(raw)
        _check_unit(reader, fields["inventory.unit"], unit)
        whole = reader.decimal(fields["inventory.quantity"])
        if whole is not None:
            return Quantity(whole)
        places = reader.records(fields["inventory.warehouses"])
    else:
        places = Reader({"warehouses": raw}).records("warehouses")
    parts = [place.decimal(fields["inventory.quantity"]) for place in places]
    if not parts:
        return None
    if None in parts:
        raise InvalidDocument(fields["inventory.quantity"], "", "is missing at a warehouse")
    return Quantity(sum((part for part in parts if part is not None), Decimal(0)))


def _check_unit(reader: Reader, name: str, unit: str | None) -> None:
    """Refuse a figure in another unit than the product's: how many of those it is is not known."""
    told = reader.text(name)
    if told is not None and unit is not None and told.casefold() != unit.casefold():
        wrong = f"is another unit than the product's: {unit}"
        raise InvalidDocument(reader.path(name), told, wrong)
