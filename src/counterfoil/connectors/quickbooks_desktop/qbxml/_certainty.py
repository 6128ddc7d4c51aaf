"""A quick yes: whether the contents of a block are surely right.

Nearly every request is, so the check asks here first and looks closely only after a no.  A no
means nothing but "look closely"; a yes must be certain.  The question is compiled once per block
and version into one small function per element, and sets of names once found right are known.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final, TypeAlias

from counterfoil.connectors.quickbooks_desktop.qbxml._formats import FORMS, decimal_text
from counterfoil.connectors.quickbooks_desktop.qbxml._model import LINES, Fields
from counterfoil.connectors.quickbooks_desktop.qbxml._shapes import Block, Element
from counterfoil.connectors.quickbooks_desktop.qbxml._structure import rules
from counterfoil.connectors.quickbooks_desktop.qbxml._version import Version

_NAMES_KEPT_MAX: Final = 512
# Every number written in so few characters has few enough digits for its type.
_NUMBER_LENGTH_SURE: Final = 10

_Ask: TypeAlias = Callable[[Any], bool]


def is_surely_right(fields: Fields, block: Block, version: Version) -> bool:
    """Whether a close look would find nothing; ``False`` promises nothing."""
    return _block_ask(block, version)(fields)


@lru_cache(maxsize=4096)
def _block_ask(block: Block, version: Version) -> _Ask:
    asks = {
        name: _element_ask(element, version, repeats=name in block.lines)
        for name, element in block.elements.items()
    }
    asks[LINES] = _lines_ask(
        {name: asks[name] for name in block.lines if block.elements[name].exists_in(version)}
    )
    right: set[tuple[str, ...]] = set()

    def learn(names: tuple[str, ...]) -> bool:
        # A line of the first kind stands for all: which kinds they are is asked line by line.
        stand_in = next(iter(sorted(block.lines, key=list(block.elements).index)), LINES)
        plain = {stand_in if name == LINES else name for name in names}
        ordered = tuple(sorted(plain, key=lambda name: block.rank.get(name, -1)))
        if rules(block, version).verdict(ordered):
            return False
        if len(right) < _NAMES_KEPT_MAX:
            right.add(names)
        return True

    def ask(fields: Any) -> bool:
        if type(fields) is not dict:
            return False
        names = tuple(fields)
        if names not in right and not learn(names):
            return False
        for name, value in fields.items():  # noqa: SIM110 - a generator costs a third more
            if not asks[name](value):
                return False
        return True

    return ask


def _element_ask(element: Element, version: Version, *, repeats: bool) -> _Ask:
    if element.is_reference:
        one = _reference_ask(element)
    elif element.block is not None:
        one = _block_ask(element.block, version)
    else:
        one = _leaf_ask(element)
    if element.maximum == 1 and not repeats:
        return one
    most = 10**9 if repeats or element.maximum is None else element.maximum

    def many(value: Any) -> bool:
        if type(value) is list:
            return 0 < len(value) <= most and all(map(one, value))
        return one(value)

    return many


def _lines_ask(asks: dict[str, _Ask]) -> _Ask:
    def ask(value: Any) -> bool:
        if type(value) is not list or not value:
            return False
        return all(tag in asks and asks[tag](fields) for tag, fields in value)

    return ask


def _reference_ask(element: Element) -> _Ask:
    assert element.block is not None
    asks = {name: _leaf_ask(inner) for name, inner in element.block.elements.items()}

    def ask(value: Any) -> bool:
        if type(value) is not dict or len(value) != 1:
            return False
        ((name, text),) = value.items()
        return name in asks and asks[name](text)

    return ask


def _leaf_ask(element: Element) -> _Ask:
    kind, values = element.kind, element.values
    if kind in ("text", "id"):
        most = 10**9 if element.length is None else element.length
        return lambda value: (
            type(value) is str
            and len(value) <= most
            and value.isprintable()
            and (value.isascii() or _fits_windows_1252(value))
        )
    if kind == "e":
        return lambda value: value in values if type(value) is str else False
    if kind == "d":
        return lambda value: type(value) is date
    if kind == "b":
        return lambda value: type(value) is bool
    if kind == "int":
        return lambda value: type(value) is int
    matches = FORMS[kind].matcher()
    if kind in ("amt", "price", "qty", "pct", "flt"):

        def ask(value: Any) -> bool:
            if type(value) is Decimal:
                try:
                    text = decimal_text(kind, value)
                except ValueError:
                    return False
                return len(text) <= _NUMBER_LENGTH_SURE or matches(text) is not None
            return type(value) is str and matches(value) is not None

        return ask
    return lambda value: type(value) is str and matches(value) is not None


def _fits_windows_1252(text: str) -> bool:
    try:
        text.encode("cp1252")
    except UnicodeEncodeError:
        return False
    return True
