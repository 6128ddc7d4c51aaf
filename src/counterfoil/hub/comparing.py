"""Comparing what both sides hold of each product of a press, a page at a time.

However many products there are, one page of them is in memory, and the identities of the
items that were seen: two products that are one item there would overwrite each other, be the
other one of this press or of none.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Final, NamedTuple

from sqlalchemy import Connection as Tx

from counterfoil.documents import (
    CountLine,
    Item,
    Quantity,
    Reason,
    RecordKind,
    Reference,
    UnitSet,
    name_key,
    reason,
)
from counterfoil.engine.counting import STOCKED, Keeping, Tally, figure
from counterfoil.engine.drafting import Knowledge, Target, find
from counterfoil.engine.matching import Entry, Fit, lookup
from counterfoil.ledger import directory, stock
from counterfoil.ledger.presses import Press
from counterfoil.ledger.stock import OnHand
from counterfoil.settings import ExcessDecimals
from counterfoil.translate import counts

from .links import LinkView
from .systems import target_of

__all__ = ["Comparison", "stocked_items"]

_PAGE: Final = 500

_MISSING: Final = {
    Fit.ABSENT: "count-item-missing",
    Fit.INACTIVE: "count-item-inactive",
    Fit.AMBIGUOUS: "count-item-ambiguous",
    Fit.GONE: "count-item-gone",
    Fit.TAKEN: "count-item-missing",
}


class _Matched(NamedTuple):
    """A product, what its item is called in the books, and which item that is."""

    product: Item
    name: str
    entry: Entry | Fit


class _Page(NamedTuple):
    """What both sides hold of a page of products."""

    here: Mapping[str, OnHand]
    there: Mapping[str, OnHand]
    items: Mapping[str, Item]
    keeping: Keeping


class Comparison:
    """The comparing of one press; lives no longer than it.

    Args:
        claimed: Products that newer presses count.
        since: From when on the books' quantities are of this run.

    Attributes:
        tally: What became of the products.
    """

    def __init__(
        self, tx: Tx, view: LinkView, press: Press, claimed: Collection[str], since: datetime
    ) -> None:
        self.tally = Tally()
        self._tx = tx
        self._view = view
        self._press = press
        self._claimed = claimed
        self._since = since
        self._target: Target = target_of(view.books)
        self._choices = directory.choices(tx, view.link.id, "books", view.books.id)

    def lines(self) -> Iterator[CountLine]:
        """Give a line for each item of which the books hold another quantity."""
        twice = self._twice()
        seen = set[str]()
        for page in self._pages():
            seen.update(each.id for each in page)
            matched = list(self._matched(page, self.tally))
            known = self._known(matched)
            for each in matched:
                line = self._compared(each, known, twice)
                if line is not None:
                    yield line
        for missing in sorted(set(self._press.wanted.items or ()) - seen - set(self._claimed)):
            self.tally.leave_out(missing, self._reason("count-not-there"))

    def items(self) -> Iterator[Entry]:
        """Give the items that the products are, as far as they are known."""
        for page in self._pages():
            for each in self._matched(page, Tally()):
                if isinstance(each.entry, Entry):
                    yield each.entry

    def _pages(self) -> Iterator[list[Item]]:
        after, wanted = "", self._press.wanted.items
        operations = self._view.operations.id
        while page := stock.products(self._tx, operations, wanted, after, _PAGE):
            after = page[-1].id
            yield [each for each in page if each.id not in self._claimed]

    def _matched(self, page: Sequence[Item], tally: Tally) -> Iterator[_Matched]:
        """Find the items of a page's products; those that the rules leave out are noted."""
        named: list[tuple[Item, str]] = []
        for product in page:
            name = counts(product, self._view.settings)
            if isinstance(name, Reason):
                tally.leave_out(product.full_name, name)
            else:
                named.append((product, name))
        keys = {name_key(name) for _product, name in named}
        entries = directory.find(self._tx, self._view.books.id, keys)
        knowledge = Knowledge(entries=entries)
        for product, name in named:
            wanted = lookup(RecordKind.ITEM, name)
            choice = self._choices.get(wanted)
            if choice is not None and choice.create_as is not None:
                wanted = lookup(RecordKind.ITEM, choice.create_as)
                knowledge = self._also(wanted.key, knowledge)
            entry = find(wanted, self._choices, knowledge, self._target)
            yield _Matched(product, name, entry)

    def _also(self, key: str, knowledge: Knowledge) -> Knowledge:
        more = directory.find(self._tx, self._view.books.id, [key])
        return Knowledge(entries={**knowledge.entries, **more})

    def _twice(self) -> set[str]:
        """Give the compared names of items that several products are, of whichever press."""
        seen, twice = set[str](), set[str]()
        for product in self._rivals():
            name = counts(product, self._view.settings)
            if not isinstance(name, Reason):
                one = self._one(name)
                (twice if one in seen else seen).add(one)
        return twice

    def _rivals(self) -> Iterator[Item]:
        """Give the products that may be one item: all of them, unless their codes tell it."""
        operations, wanted = self._view.operations.id, None
        if self._press.wanted.items is not None and not self._is_named_otherwise():
            keys = {name_key(each.full_name) for page in self._pages() for each in page}
            named = directory.find(self._tx, operations, keys).values()
            wanted = {each.id for found in named for each in found if each.kind is RecordKind.ITEM}
        after = ""
        while page := stock.products(self._tx, operations, wanted, after, _PAGE):
            after = page[-1].id
            yield from page

    def _is_named_otherwise(self) -> bool:
        """Whether a product can be an item that its code does not name."""
        is_by_field = self._view.settings.stock_count_out.match_field is not None
        return is_by_field or bool(self._choices)

    def _one(self, name: str) -> str:
        """Give what is the same for all names of one item: no query is asked for it."""
        wanted = lookup(RecordKind.ITEM, name)
        choice = self._choices.get(wanted) if self._choices else None
        if choice is None:
            return wanted.key
        if choice.record is not None:
            return name_key(choice.record.full_name)
        return wanted.key if choice.create_as is None else name_key(choice.create_as)

    def _known(self, matched: Sequence[_Matched]) -> _Page:
        books = self._view.books.id
        ids = {each.entry.id for each in matched if isinstance(each.entry, Entry)}
        records = directory.read_known(self._tx, books, RecordKind.ITEM, ids)
        items = {id_: each for id_, each in records.items() if isinstance(each, Item)}
        products = (each.product.id for each in matched)
        here = stock.read(self._tx, self._view.operations.id, products, self._press.made_at)
        general = self._view.settings.general
        return _Page(
            here=here,
            there=stock.read(self._tx, books, ids, self._since),
            items=items,
            keeping=Keeping(
                name=self._target.name,
                places=self._target.quantity_places,
                rounds=general.excess_decimals is ExcessDecimals.ROUND,
                sets=self._sets(items),
            ),
        )

    def _sets(self, items: Mapping[str, Item]) -> dict[str, UnitSet]:
        named = {item.unit_set for item in items.values() if item.unit_set is not None}
        if not named:
            return {}
        books, kind = self._view.books.id, RecordKind.UNIT_SET
        by_name = directory.read(self._tx, books, {(kind, each.name) for each in named})
        found = {name_key(name): each for (_kind, name), each in by_name.items()}
        ids = {each.id for each in named if each.id is not None}
        found |= directory.read_known(self._tx, books, kind, ids)
        return {key: each for key, each in found.items() if isinstance(each, UnitSet)}

    def _compared(self, each: _Matched, known: _Page, twice: Collection[str]) -> CountLine | None:
        """Give the line that a product needs, ``None``: none; what becomes of it is noted."""
        found = self._figures(each, known, twice)
        if isinstance(found, Reason):
            self.tally.leave_out(each.product.full_name, found)
            return None
        here, there = found
        if here == there:
            self.tally.equal += 1
            return None
        self.tally.differing += 1
        return CountLine(item=Reference(each.name), counted=Quantity(here))

    def _figures(
        self, each: _Matched, known: _Page, twice: Collection[str]
    ) -> tuple[Decimal, Decimal] | Reason:
        """Give what the books should hold, and what they hold; or why that is not known."""
        if isinstance(each.entry, Fit):
            return self._reason(_MISSING[each.entry], item=each.name)
        if self._one(each.name) in twice:
            return self._reason("count-item-twice", item=each.name)
        here, there = known.here.get(each.product.id), known.there.get(each.entry.id)
        if here is None or here.quantity is None:
            return self._reason("count-unread")
        item = known.items.get(each.entry.id)
        if there is None and (item is None or item.type not in STOCKED):
            return self._reason("count-not-stocked", item=each.name)
        if there is None or there.quantity is None or item is None:
            return self._reason("count-unread-there", item=each.name)
        wanted = figure(each.product, here.quantity, item, known.keeping)
        return wanted if isinstance(wanted, Reason) else (wanted, there.quantity)

    def _reason(self, code: str, **values: str) -> Reason:
        source = self._view.operations.system.words
        return reason(code, source=source, target=self._target.name, **values)


def stocked_items(tx: Tx, view: LinkView, press: Press, limit: int) -> set[str] | None:
    """Give which items of the books a press is about, of those that the books count.

    ``None``: too many to name one by one.
    """
    wanted = press.wanted.items
    if wanted is None or len(wanted) > limit:
        return None
    ids = {each.id for each in Comparison(tx, view, press, (), press.made_at).items()}
    known = directory.read_known(tx, view.books.id, RecordKind.ITEM, ids)
    return {id_ for id_, item in known.items() if isinstance(item, Item) and item.type in STOCKED}
