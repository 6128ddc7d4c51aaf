"""A quick yes: the contents of a block as they are sent, if they are surely right.

Nearly every request is, so the check asks here first and looks closely only after a no.  A no
means nothing but "look closely"; a yes must be certain, and is the very text that the writer of
``_render`` would give, so that what was checked need not be written a second time.  The question
is compiled once per block and version into one small function per element, and sets of names once
found right are known.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final, TypeAlias

from counterfoil.connectors.quickbooks_desktop.qbxml._characters import escaped
from counterfoil.connectors.quickbooks_desktop.qbxml._formats import FORMS, decimal_text
from counterfoil.connectors.quickbooks_desktop.qbxml._model import LINES, Fields
from counterfoil.connectors.quickbooks_desktop.qbxml._shapes import Block, Element
from counterfoil.connectors.quickbooks_desktop.qbxml._structure import rules
from counterfoil.connectors.quickbooks_desktop.qbxml._version import Version

_NAMES_KEPT_MAX: Final = 512
# Every number written in so few characters has few enough digits for its type.
_NUMBER_LENGTH_SURE: Final = 10

# The element's text, tags included; ``None``: not sure.
_Sure: TypeAlias = Callable[[Any], str | None]
_Plan: TypeAlias = tuple[tuple[str, _Sure], ...]


def sure_text(fields: Fields, block: Block, version: Version) -> str | None:
    """The rendered contents if a close look would find nothing; ``None`` promises nothing."""
    return _block_sure(block, version)(fields)


def is_surely_right(fields: Fields, block: Block, version: Version) -> bool:
    """Whether a close look would find nothing; ``False`` promises nothing."""
    return sure_text(fields, block, version) is not None


@lru_cache(maxsize=4096)
def _block_sure(block: Block, version: Version) -> _Sure:
    sures = {
        name: _element_sure(element, version, repeats=name in block.lines)
        for name, element in block.elements.items()
    }
    rank: dict[str, float] = {name: place for place, name in enumerate(block.elements)}
    if block.lines:
        sures[LINES] = _lines_sure(
            {name: sures[name] for name in block.lines if block.elements[name].exists_in(version)}
        )
        rank[LINES] = min(rank[name] for name in block.lines) - 0.5
    plans: dict[tuple[str, ...], _Plan] = {}

    def learn(names: tuple[str, ...]) -> _Plan | None:
        # A line of the first kind stands for all: which kinds they are is asked line by line.
        stand_in = next(iter(sorted(block.lines, key=list(block.elements).index)), LINES)
        plain = {stand_in if name == LINES else name for name in names}
        ordered = tuple(sorted(plain, key=lambda name: block.rank.get(name, -1)))
        if rules(block, version).verdict(ordered):
            return None
        plan = tuple((name, sures[name]) for name in sorted(names, key=rank.__getitem__))
        if len(plans) < _NAMES_KEPT_MAX:
            plans[names] = plan
        return plan

    def sure(fields: Any) -> str | None:
        if type(fields) is not dict:
            return None
        names = tuple(fields)
        plan = plans.get(names) or learn(names)
        return None if plan is None else _joined([one(fields[name]) for name, one in plan])

    return sure


def _joined(texts: list[str | None]) -> str | None:
    try:
        return "".join(texts)  # type: ignore[arg-type]  # one that is None is what is asked for
    except TypeError:
        return None


def _element_sure(element: Element, version: Version, *, repeats: bool) -> _Sure:
    if element.is_reference:
        one = _reference_sure(element)
    elif element.block is not None:
        one = _tagged(element, _block_sure(element.block, version))
    else:
        one = _leaf_sure(element, _tags(element))
    if element.maximum == 1 and not repeats:
        return one
    most = 10**9 if repeats or element.maximum is None else element.maximum

    def many(value: Any) -> str | None:
        if type(value) is list:
            return _joined([one(each) for each in value]) if 0 < len(value) <= most else None
        return one(value)

    return many


def _tagged(element: Element, contents: _Sure) -> _Sure:
    start, end = _tags(element)

    def sure(value: Any) -> str | None:
        text = contents(value)
        return None if text is None else f"{start}{text}{end}"

    return sure


def _tags(element: Element, around: Element | None = None) -> tuple[str, str]:
    start, end = f"<{element.name}>", f"</{element.name}>"
    return (start, end) if around is None else (f"<{around.name}>{start}", f"{end}</{around.name}>")


def _lines_sure(sures: dict[str, _Sure]) -> _Sure:
    def sure(value: Any) -> str | None:
        if type(value) is not list or not value:
            return None
        return _joined([sures[tag](fields) if tag in sures else None for tag, fields in value])

    return sure


def _reference_sure(element: Element) -> _Sure:
    assert element.block is not None
    sures = {
        name: _leaf_sure(inner, _tags(inner, around=element))
        for name, inner in element.block.elements.items()
    }

    def sure(value: Any) -> str | None:
        if type(value) is not dict or len(value) != 1:
            return None
        ((name, given),) = value.items()
        return sures[name](given) if name in sures else None

    return sure


def _leaf_sure(element: Element, tags: tuple[str, str]) -> _Sure:
    kind, values = element.kind, element.values
    if kind in ("text", "id"):
        return _text_sure(element, tags)
    if kind in ("amt", "price", "qty", "pct", "flt"):
        return _number_sure(element, tags)
    start, end = tags
    if kind == "e":
        return lambda value: (
            f"{start}{escaped(value)}{end}" if type(value) is str and value in values else None
        )
    if kind == "d":
        return lambda value: f"{start}{value.isoformat()}{end}" if type(value) is date else None
    if kind == "b":
        words = {True: f"{start}true{end}", False: f"{start}false{end}"}
        return lambda value: words[value] if type(value) is bool else None
    if kind == "int":
        return lambda value: f"{start}{value}{end}" if type(value) is int else None
    matches = FORMS[kind].matcher()
    return lambda value: (
        f"{start}{value}{end}" if type(value) is str and matches(value) is not None else None
    )


def _text_sure(element: Element, tags: tuple[str, str]) -> _Sure:
    start, end = tags
    most = 10**9 if element.length is None else element.length

    def sure(value: Any) -> str | None:
        if type(value) is not str or len(value) > most or not value.isprintable():
            return None
        if not value.isascii() and not _fits_windows_1252(value):
            return None
        if "&" in value or "<" in value or ">" in value or '"' in value or "'" in value:
            value = escaped(value)
        return f"{start}{value}{end}"

    return sure


def _number_sure(element: Element, tags: tuple[str, str]) -> _Sure:
    start, end = tags
    kind = element.kind
    matches = FORMS[kind].matcher()

    def sure(value: Any) -> str | None:
        if type(value) is Decimal:
            try:
                text = decimal_text(kind, value)
            except ValueError:
                return None
            is_right = len(text) <= _NUMBER_LENGTH_SURE or matches(text) is not None
            return f"{start}{text}{end}" if is_right else None
        is_right = type(value) is str and matches(value) is not None
        return f"{start}{value}{end}" if is_right else None

    return sure


def _fits_windows_1252(text: str) -> bool:
    try:
        text.encode("cp1252")
    except UnicodeEncodeError:
        return False
    return True
