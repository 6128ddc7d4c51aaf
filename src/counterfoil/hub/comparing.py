"""Comparing what both sides hold of each product of a press, a page at a time.

However many products there are, a page of them is compared in one transaction, and nothing
but a ``Progress`` is carried on to the next.  Two products that are one item there would
overwrite each other, be the other one of this press or of none.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Final, NamedTuple

import msgspec
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
from counterfoil.engine.counting import STOCKED, Differing, Keeping, Progress, Tally, figure
from counterfoil.engine.drafting import Knowledge, Target, find
from counterfoil.engine.matching import Entry, Fit, Lookup, lookup
from counterfoil.engine.siting import Sites
from counterfoil.ledger import directory, stock
from counterfoil.ledger.presses import Press
from counterfoil.ledger.stock import OnHand
from counterfoil.settings import ExcessDecimals
from counterfoil.translate import counts, levelled

from .links import LinkView
from .received import Received, received_by
from .sites import are_kept, sites_of
from .systems import target_of, traits_of

__all__ = ["Comparison", "stocked_items"]

# Products of one page: its transaction lasts a fraction of a second.
_PAGE: Final = 2_000

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


class Compared(NamedTuple):
    """A page that was compared: its lines, and what it takes to go on behind it."""

    lines: list[CountLine]
    progress: Progress
    is_last: bool


class _Page(NamedTuple):
    """What both sides hold of a page of products."""

    here: Mapping[str, OnHand]
    there: Mapping[str, OnHand]
    items: Mapping[str, Item]
    keeping: Keeping
    received: Received
    here_at: Mapping[str, Mapping[str, OnHand]]
    there_at: Mapping[str, Mapping[str, OnHand]]


class _Figures(NamedTuple):
    """What the books should hold of a product, and what they hold: in all, or at one site."""

    here: Decimal
    there: Decimal
    site: Reference | None = None


class _Entered(NamedTuple):
    """A product that is counted, and its item; ``item`` is ``None``: it is to be created."""

    matched: _Matched
    item: Item | None
    counted: Decimal
    there: Decimal


class Comparison:
    """The comparing of a page of one press; lives no longer than that.

    Args:
        claimed: Products that newer presses count.
        since: From when on the books' quantities are of this run.
    """

    def __init__(
        self, tx: Tx, view: LinkView, press: Press, claimed: Collection[str], since: datetime
    ) -> None:
        self._tx = tx
        self._view = view
        self._press = press
        self._claimed = claimed
        self._since = since
        self._target: Target = target_of(view.books)
        self._choices = directory.choices(tx, view.link.id, "books", view.books.id)
        self._tells_identities = traits_of(view.operations.system).tells_identities
        self._keeps_sites = are_kept(tx, view.books)
        self._sites = sites_of(tx, view) if self._keeps_sites else None

    def page(self, progress: Progress) -> Compared:
        """Give a line for each item of the next page of which the books hold another quantity."""
        tally = Tally(progress.so_far)
        found = self._products(progress.after)
        matched = list(self._matched(self._own(found), tally))
        named_at_once = self._named_twice() if progress.twice is None else progress.twice
        twice = self._twice(matched) if named_at_once is None else named_at_once
        known = self._known(matched)
        lines = [line for each in matched for line in self._compared(each, known, twice, tally)]
        is_last = len(found) < _PAGE
        if is_last:
            for missing in self._missing():
                tally.leave_out(missing, self._reason("count-not-there"))
        after = found[-1].id if found else progress.after
        gone_on = msgspec.structs.replace(
            progress, after=after, so_far=tally.counted, twice=named_at_once
        )
        return Compared(lines, gone_on, is_last)

    def items(self) -> Iterator[Entry]:
        """Give the items that the products are, as far as they are known."""
        for page in self._pages():
            for each in self._matched(self._own(page), Tally()):
                if isinstance(each.entry, Entry):
                    yield each.entry

    def _pages(self) -> Iterator[list[Item]]:
        after = ""
        while page := self._products(after):
            after = page[-1].id
            yield page

    def _products(self, after: str) -> list[Item]:
        """Give the products of the press behind an identity, a page of them."""
        operations, wanted = self._view.operations.id, self._press.wanted.items
        return stock.products(self._tx, operations, wanted, after, _PAGE)

    def _own(self, page: Iterable[Item]) -> list[Item]:
        """Give the products that no newer press counts."""
        return [each for each in page if each.id not in self._claimed]

    def _missing(self) -> list[str]:
        """Give the products that were named and are not there."""
        wanted = set(self._press.wanted.items or ())
        if not wanted:
            return []
        there = {each.id for page in self._pages() for each in page}
        return sorted(wanted - there - set(self._claimed))

    def _matched(self, page: Sequence[Item], tally: Tally) -> Iterator[_Matched]:
        """Find the items of a page's products; those that the rules leave out are noted."""
        named: list[tuple[Item, str]] = []
        for product in page:
            name = counts(product, self._view.settings)
            if isinstance(name, Reason):
                tally.leave_out(product.full_name, name)
            else:
                named.append((product, name))
        keys = {self._lookup(name).key for _product, name in named}
        entries = directory.find(self._tx, self._view.books.id, keys)
        knowledge = Knowledge(entries=entries)
        before = self._became(product for product, _name in named)
        for product, name in named:
            wanted = self._lookup(name)
            if product.id in before and wanted not in self._choices:
                yield _Matched(product, name, before[product.id])
                continue
            choice = self._choices.get(wanted)
            if choice is not None and choice.create_as is not None:
                wanted = lookup(RecordKind.ITEM, choice.create_as)
                knowledge = self._also(wanted.key, knowledge)
            entry = find(wanted, self._choices, knowledge, self._target)
            yield _Matched(product, name, entry)

    def _lookup(self, name: str) -> Lookup:
        return lookup(RecordKind.ITEM, levelled(name, self._view.settings))

    def _became(self, products: Iterable[Item]) -> Mapping[str, Entry]:
        """Give what products became before, whatever they are called by now (M2), by identity."""
        if not self._tells_identities:
            return {}
        asked = {(RecordKind.ITEM, each.id) for each in products}
        found = directory.paired(self._tx, self._view.link.id, self._view.books.id, asked)
        return {identity: each for (_kind, identity), each in found.items() if each.is_active}

    def _also(self, key: str, knowledge: Knowledge) -> Knowledge:
        more = directory.find(self._tx, self._view.books.id, [key])
        return Knowledge(entries={**knowledge.entries, **more})

    def _named_twice(self) -> tuple[str, ...] | None:
        """Give the compared names of all items that several products are; ``None``: by pages.

        What a field says of a product is not indexed, so all of them are gone through once.
        """
        if self._view.settings.stock_count_out.match_field is None:
            return None
        operations, after = self._view.operations.id, ""
        ones = Counter[str]()
        while page := stock.products(self._tx, operations, None, after, _PAGE):
            after = page[-1].id
            ones.update(self._ones(page))
        return tuple(sorted(one for one, times in ones.items() if times > 1))

    def _twice(self, matched: Sequence[_Matched]) -> set[str]:
        """Give the compared names, of a page's, of items that several products are."""
        ones = {self._one(each.name) for each in matched}
        found = directory.find(self._tx, self._view.operations.id, self._keys(ones)).values()
        here = {each.product.id: each.product for each in matched}
        ids = {each.id for named in found for each in named if each.kind is RecordKind.ITEM}
        ids.difference_update(here)
        others = stock.products(self._tx, self._view.operations.id, ids, "", len(ids))
        times = Counter(self._ones((*here.values(), *others)))
        return {one for one in ones if times[one] > 1}

    def _ones(self, products: Iterable[Item]) -> Iterator[str]:
        """Say of products which are counted what they are in the books."""
        for product in products:
            name = counts(product, self._view.settings)
            if not isinstance(name, Reason):
                yield self._one(name)

    def _keys(self, ones: Collection[str]) -> set[str]:
        """Give the compared codes of the products that can be these items."""
        chosen = {
            wanted.key
            for wanted in self._choices
            if wanted.kind is RecordKind.ITEM and self._one(wanted.key) in ones
        }
        return chosen.union(ones)

    def _one(self, name: str) -> str:
        """Give what is the same for all names of one item: no query is asked for it."""
        wanted = self._lookup(name)
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
        products = [each.product.id for each in matched]
        here = stock.read(self._tx, self._view.operations.id, products, self._press.made_at)
        read_at = min((each.read_at for each in here.values()), default=self._since)
        here_at = stock.read_at_sites(self._tx, self._view.operations.id, products, read_at)
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
            received=received_by(self._tx, self._view, read_at),
            here_at=here_at,
            there_at=stock.read_at_sites(self._tx, books, ids, self._since),
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

    def _compared(
        self, each: _Matched, known: _Page, twice: Collection[str], tally: Tally
    ) -> list[CountLine]:
        """Give the lines that a product needs; what becomes of it is noted."""
        entered = self._entered(each, known, twice)
        found = entered if isinstance(entered, Reason) else self._figures(entered, known)
        if isinstance(found, Reason):
            tally.leave_out(each.product.full_name, found)
            return []
        differing = [figures for figures in found if figures.here != figures.there]
        if not differing:
            tally.equal += 1
            return []
        rows = [_differing(each, figures) for figures in differing]
        tally.differs(rows, is_told=self._press.wanted.is_preview)
        item = Reference(each.name, each.product.id if self._tells_identities else None)
        return [
            CountLine(item=item, counted=Quantity(figures.here), site=figures.site)
            for figures in differing
        ]

    def _entered(self, each: _Matched, known: _Page, twice: Collection[str]) -> _Entered | Reason:
        """Give what both sides hold of a product in all; or why that is not known."""
        if self._keeps_sites and self._sites is None:
            return self._reason("count-sites")
        if isinstance(each.entry, Fit) and not self._is_created(each.entry):
            return self._reason(_MISSING[each.entry], item=each.name)
        if self._one(each.name) in twice:
            return self._reason("count-item-twice", item=each.name)
        here = known.here.get(each.product.id)
        if here is None or here.quantity is None:
            return self._reason("count-unread")
        why = known.received.objection(each.product.id)
        if why is not None:
            return self._reason(why)
        if isinstance(each.entry, Fit):
            return _Entered(each, None, here.quantity, Decimal(0))
        item, there = known.items.get(each.entry.id), known.there.get(each.entry.id)
        if there is None and (item is None or item.type not in STOCKED):
            return self._reason("count-not-stocked", item=each.name)
        if there is None or there.quantity is None or item is None:
            return self._reason("count-unread-there", item=each.name)
        return _Entered(each, item, here.quantity, there.quantity)

    def _figures(self, entered: _Entered, known: _Page) -> Sequence[_Figures] | Reason:
        """Give what the books should hold, and what they hold, in all or at each site."""
        if self._sites is not None:
            return self._at_sites(entered, known, self._sites)
        if entered.item is not None and known.there_at.get(entered.item.id):
            # Nothing told that the books keep sites, and here is one.
            return self._reason("count-sites")
        product = entered.matched.product
        counted = entered.counted - known.received.pending(product.id)
        wanted = self._wanted(entered, counted, known)
        return wanted if isinstance(wanted, Reason) else (_Figures(wanted, entered.there),)

    def _at_sites(self, entered: _Entered, known: _Page, sites: Sites) -> list[_Figures] | Reason:
        """Give both figures for each site that is mapped; what lies at others is left alone."""
        product = entered.matched.product
        pending = known.received.pending_at(product.id)
        if pending is None:
            return self._reason("count-receipt-waits")
        here = sites.counted(
            _quantities(known.here_at.get(product.id, {})), entered.counted, pending
        )
        if isinstance(here, Reason):
            return here
        at = {} if entered.item is None else known.there_at.get(entered.item.id, {})
        there = sites.held(entered.matched.name, _quantities(at), entered.there)
        if isinstance(there, Reason):
            return there
        found: list[_Figures] = []
        for site, counted in here.items():
            wanted = self._wanted(entered, counted, known)
            if isinstance(wanted, Reason):
                return wanted
            found.append(_Figures(wanted, there[site], site))
        return found

    def _wanted(self, entered: _Entered, counted: Decimal, known: _Page) -> Decimal | Reason:
        """Say how much it is in the units of the books; a new item is counted as it is here."""
        if entered.item is None:
            return counted
        return figure(entered.matched.product, counted, entered.item, known.keeping)

    def _is_created(self, fit: Fit) -> bool:
        """Whether an item that the books lack is created there (N4)."""
        return fit is Fit.ABSENT and self._view.settings.stock_count_out.create_missing_items

    def _reason(self, code: str, **values: str) -> Reason:
        source = self._view.operations.system.words
        return reason(code, source=source, target=self._target.name, **values)


def _quantities(at: Mapping[str, OnHand]) -> dict[str, Decimal | None]:
    return {place: on_hand.quantity for place, on_hand in at.items()}


def _differing(each: _Matched, found: _Figures) -> Differing:
    cost = each.product.purchase_cost
    return Differing(
        item=each.name,
        here=found.here,
        there=found.there,
        value=None if cost is None else (found.here - found.there) * cost.amount,
        product=each.product.full_name,
        site="" if found.site is None else found.site.name,
    )


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
