"""The service's positions in an order's terms.

The service names places of its own lists, counted from 0: ``shippings[0].products[1]``.
People know lines by their number and what is ordered, so that is what they are told; the
service's own words stay with the refusal's detail.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from counterfoil.documents import Document

__all__ = ["in_order_terms", "line_words", "place_of"]

_WORD: Final = r"[A-Za-z][\w-]{0,60}"
_PLACE: Final = re.compile(
    rf"(?:{_WORD}\[(?P<part>\d{{1,4}})\]\.)?{_WORD}\[(?P<line>\d{{1,6}})\]"
    rf"(?:\.(?P<field>{_WORD}))?",
    re.ASCII,
)
_FIELDS: Final[Mapping[str, tuple[str, str]]] = {
    "quantity-ordered": ("quantity", "the quantity"),
    "quantity": ("quantity", "the quantity"),
    "unit-price": ("unit_price", "the price"),
    "unit-cost": ("unit_cost", "the cost"),
    "product": ("item", "the product"),
    "observations": ("notes", "the remark"),
}
"""The service's field -> ours, and in words."""


def in_order_terms(text: str, document: Document) -> str:
    """Put an order's own lines in place of the service's positions."""
    return _PLACE.sub(lambda found: _words(found, document), text)


def place_of(text: str | None, document: Document) -> str | None:
    """Give the field of our document that a position names; ``None``: none does."""
    found = _PLACE.search(text or "")
    line = None if found is None else _line(found, document)
    if found is None or line is None:
        return None
    field = _FIELDS.get(found["field"] or "")
    where = f"lines[{_lines(document).index(line)}]"
    return where if field is None else f"{where}.{field[0]}"


def line_words(line: Any, index: int) -> str:
    """Name a line as people know it: ``line 2 (BRACKET)``."""
    item = getattr(line, "item", None)
    number = getattr(line, "position", None) or index + 1
    return f"line {number}" + (f" ({item.name})" if item is not None else "")


def _words(found: re.Match[str], document: Document) -> str:
    line, field = _line(found, document), found["field"]
    name = "a line" if line is None else line_words(line, _lines(document).index(line))
    if field is None:
        return name
    words = _FIELDS.get(field, ("", field.replace("-", " ")))[1]
    return f"{words} of {name}"


def _line(found: re.Match[str], document: Document) -> Any:
    """Find the line: an order goes as one shipping, of the lines with an item, in their order."""
    index = int(found["line"])
    sent = [line for line in _lines(document) if line.item is not None]
    return sent[index] if int(found["part"] or 0) == 0 and index < len(sent) else None


def _lines(document: Document) -> Sequence[Any]:
    lines: Sequence[Any] = getattr(document, "lines", ())
    return lines
