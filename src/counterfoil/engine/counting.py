"""Counting stock: what of the source's quantities is to be adjusted in the target.

Pure.  A press asks for products; both sides' quantities are read; for each product it is said
here what the target should hold (``figure``), and the lines that differ are packed into
documents of at most ``LINES_MAX`` (``Packing``).  Figures are absolute: the same count taken
twice says the same, so whatever waited is counted anew and never sent as it was.

Source: STOCK-3, 7, 9, 10 and 11 of the reference.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Final, NamedTuple

import msgspec

from counterfoil.documents import (
    CountLine,
    Item,
    ItemType,
    Reason,
    Reference,
    UnitSet,
    name_key,
    places_of,
    reason,
    rounded_to,
)

__all__ = [
    "LINES_MAX",
    "STOCKED",
    "Counted",
    "Differing",
    "Keeping",
    "LeftOut",
    "Packed",
    "Packing",
    "Progress",
    "Tally",
    "Wanted",
    "document_id",
    "figure",
    "position_of",
    "prefix_of",
    "press_of",
    "without",
]

LINES_MAX: Final = 100
"""Lines of one adjustment; one that is refused takes no more than so many with it."""
STOCKED: Final = frozenset({ItemType.INVENTORY, ItemType.ASSEMBLY})
"""Types of items of which the books keep a quantity (STOCK-10)."""
# Products named in a press's result; the others are counted.
_NAMED_MAX: Final = 1_000
# What people left out on purpose is counted, not named one by one.
_BY_CHOICE: Final = frozenset({"untagged"})


class Wanted(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a press asks for.

    Attributes:
        items: Identities of the products in the source; ``None``: all of them.
        account: Where the difference is posted (STOCK-1).
        memo: Remark on each adjustment (STOCK-2).
        resync: Numbers of orders and receipts that needed resync when it was pressed (N7).
        is_preview: It is only told what would be adjusted; nothing is written.
    """

    items: tuple[str, ...] | None
    account: str
    memo: str | None = None
    resync: tuple[str, ...] = ()
    is_preview: bool = False

    def covers(self, other: Wanted) -> bool:
        """Whether this press takes the place of another: each of its products is one of this."""
        if self.is_preview or other.is_preview:
            return self.is_preview and other.is_preview
        if self.items is None:
            return True
        return other.items is not None and set(other.items) <= set(self.items)


class LeftOut(msgspec.Struct, frozen=True, array_like=True):
    """A product that is not adjusted, and why."""

    product: str
    reason: Reason


class Differing(msgspec.Struct, frozen=True, array_like=True):
    """An item of which the target holds another quantity, as a preview tells it.

    Attributes:
        item: Its full name in the target.
        here, there: What the source says that it should hold, and what it holds.
        value: Of the difference, at the product's cost; ``None``: it has none.
        product: Its full name in the source; empty: an older version did not keep it.
        site: The inventory site of the target; empty: it keeps stock at one.
    """

    item: str
    here: Decimal
    there: Decimal
    value: Decimal | None
    product: str = ""
    site: str = ""


class Counted(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What comparing both sides came to.

    Attributes:
        products: How many were looked at.
        equal: How many of them the target holds as the source says.
        differing: How many were to be adjusted.
        left_out: Reason code -> how many products were left out for it.
        named: Those products, up to a thousand; what people left out on purpose is not named.
        is_superseded: A newer press took its place.
        rows: Of a preview: what differs, up to a thousand items.
    """

    products: int = 0
    equal: int = 0
    differing: int = 0
    left_out: dict[str, int] = {}
    named: tuple[LeftOut, ...] = ()
    is_superseded: bool = False
    rows: tuple[Differing, ...] = ()


_NOTHING_YET: Final = Counted()


class Progress(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How far a run has come with comparing: what it takes to go on behind any page.

    Attributes:
        done: Presses that were compared.
        press: The one under way; 0: none.
        settings: The version of the link's settings by which it is compared.
        after: The product's identity behind which the next page begins.
        so_far: What it came to by then.
        lines: Lines that are in no document yet, for the next ones may go with them.
        filled: Positions of its documents that bear this comparison's figures.
        twice: Compared names of items that several products are; ``None``: not found out for
            all of them at once.
    """

    done: tuple[int, ...] = ()
    press: int = 0
    settings: int = 0
    after: str = ""
    so_far: Counted = _NOTHING_YET
    lines: tuple[CountLine, ...] = ()
    filled: tuple[int, ...] = ()
    twice: tuple[str, ...] | None = None


class Tally:
    """Counts what becomes of the products of one press; lives no longer than one page."""

    def __init__(self, so_far: Counted = _NOTHING_YET) -> None:
        self.equal = so_far.equal
        self.differing = so_far.differing
        self.left_out = Counter[str](so_far.left_out)
        self.named = list(so_far.named)
        self.rows = list(so_far.rows)

    def differs(self, rows: Sequence[Differing], *, is_told: bool) -> None:
        """Note a product that is to be adjusted, at one site or several.

        ``is_told``: by itself, not only by number.
        """
        self.differing += 1
        if is_told:
            self.rows += rows[: _NAMED_MAX - len(self.rows)]

    def leave_out(self, product: str, why: Reason) -> None:
        """Note that a product is not adjusted."""
        self.left_out[why.code] += 1
        if why.code not in _BY_CHOICE and len(self.named) < _NAMED_MAX:
            self.named.append(LeftOut(product, why))

    @property
    def counted(self) -> Counted:
        """What it came to."""
        return Counted(
            products=self.equal + self.differing + self.left_out.total(),
            equal=self.equal,
            differing=self.differing,
            left_out=dict(sorted(self.left_out.items())),
            named=tuple(self.named),
            rows=tuple(self.rows),
        )


# --- Figures ------------------------------------------------------------------------------


class Keeping(msgspec.Struct, frozen=True, kw_only=True):
    """How the target keeps quantities.

    Attributes:
        name: The target's name in running text.
        places: Decimals that it keeps.
        rounds: More of them are rounded, for the settings say so.
        sets: Its sets of units, by identity and by compared name.
    """

    name: str
    places: int
    rounds: bool = False
    sets: Mapping[str, UnitSet] = {}


def figure(product: Item, on_hand: Decimal, there: Item, keeping: Keeping) -> Decimal | Reason:
    """Say how much the target should hold of an item, in its base unit; or why nobody can.

    Stock is kept in the base unit of an item's set of units; an item without a set is counted
    in whatever the source counts it.
    """
    ratio = _ratio(product, there, keeping)
    if isinstance(ratio, Reason):
        return ratio
    value = on_hand * ratio
    if places_of(value) <= keeping.places:
        return value
    if keeping.rounds:
        return rounded_to(keeping.places, value)
    return reason(
        "count-decimals",
        item=there.full_name,
        quantity=format(value, "f"),
        places=keeping.places,
        target=keeping.name,
    )


def _ratio(product: Item, there: Item, keeping: Keeping) -> Decimal | Reason:
    if there.unit_set is None:
        return Decimal(1)
    named = there.unit_set
    found = keeping.sets.get(named.id or "") or keeping.sets.get(name_key(named.name))
    unit = None if found is None else found.meant(product.unit)
    if unit is None:
        called = product.unit or "pieces"
        return reason("count-unit", item=there.full_name, unit=called, set=named.name)
    return unit.ratio


# --- Documents ----------------------------------------------------------------------------


class Packed(NamedTuple):
    """The lines of one document, all of one inventory site; ``None``: the target keeps no sites."""

    site: Reference | None
    lines: tuple[CountLine, ...]


class Packing:
    """Puts lines into documents, in the order in which they come, each site's apart.

    A figure below zero goes alone: QuickBooks may refuse it, and would refuse all lines of
    its document (STOCK-11).
    """

    def __init__(self, lines: Iterable[CountLine] = ()) -> None:
        self._lines: dict[Reference | None, list[CountLine]] = {}
        for line in lines:
            self._lines.setdefault(line.site, []).append(line)

    @property
    def waiting(self) -> tuple[CountLine, ...]:
        """The lines that are in no document yet; each says its site."""
        return tuple(line for lines in self._lines.values() for line in lines)

    def add(self, line: CountLine) -> Iterator[Packed]:
        """Take a line; gives the documents that are full."""
        assert line.counted is not None, "a count says how many there are"
        if line.counted.value < 0:
            yield _packed(line.site, [line])
            return
        lines = self._lines.setdefault(line.site, [])
        lines.append(line)
        if len(lines) == LINES_MAX:
            yield _packed(line.site, self._lines.pop(line.site))

    def rest(self) -> Iterator[Packed]:
        """Give the last documents, if there is anything for them."""
        found, self._lines = self._lines, {}
        for site, lines in found.items():
            yield _packed(site, lines)


def _packed(site: Reference | None, lines: Iterable[CountLine]) -> Packed:
    return Packed(site, tuple(msgspec.structs.replace(line, site=None) for line in lines))


def without(
    lines: tuple[CountLine, ...], where: str | None, value: str | None
) -> tuple[CountLine, ...] | None:
    """Give the lines without the one that a refusal names; ``None``: it names none.

    Args:
        where: Path of the field that the refusal is about.
        value: The value that it names: the item's name.
    """
    named = [
        at
        for at, line in enumerate(lines)
        if (where or "").startswith(f"lines[{at}]")
        or (value is not None and name_key(value) == name_key(line.item.name))
    ]
    if len(named) != 1 or len(lines) == 1:
        return None
    return lines[: named[0]] + lines[named[0] + 1 :]


# The identity of a count: count/PRESS/N.
_PREFIX: Final = "count/"


def prefix_of(press: int) -> str:
    """Give how the identities of a press's documents begin."""
    return f"{_PREFIX}{press}/"


def document_id(press: int, position: int) -> str:
    """Give the identity of a press's document; positions count from 1."""
    return f"{prefix_of(press)}{position}"


def press_of(identity: str) -> int:
    """Say of which press a document is.

    Raises:
        AssertionError: It is no count.
    """
    return _numbers(identity)[0]


def position_of(identity: str) -> int:
    """Say which document of its press it is, counted from 1.

    Raises:
        AssertionError: It is no count.
    """
    return _numbers(identity)[1]


def _numbers(identity: str) -> tuple[int, int]:
    assert identity.startswith(_PREFIX), f"{identity!r:.60} is no count"
    press, _, position = identity.removeprefix(_PREFIX).partition("/")
    return int(press), int(position)
