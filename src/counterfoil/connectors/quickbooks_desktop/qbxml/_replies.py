"""Reading replies, tolerantly.

QuickBooks returns values outside its own schema and new releases add elements (quirk 10), so
nothing here looks at a shape table to decide what may be read: what came is kept, what is missing
is ``None``.  Records stay a thin skin over the parsed tree, which is gone through once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final, TypeAlias, TypeVar

from counterfoil.connectors.quickbooks_desktop.qbxml._reading import (
    WORD_LENGTH_MAX,
    integer_of,
    zone_of,
)
from counterfoil.connectors.quickbooks_desktop.qbxml._values import (
    Element,
    date_in,
    decimal_in,
    flag_in,
    integer_in,
    interval_in,
    text_in,
    wall_clock_in,
    word_in,
)
from counterfoil.connectors.quickbooks_desktop.qbxml._xml import (
    LIMIT_BYTES,
    UnreadableQbxml,
    parse_document,
)

# No record of qbXML goes deeper than seven.
_DEPTH_MAX: Final = 32
# QuickBooks' own sentences have at most a few hundred characters.
_MESSAGE_LENGTH_MAX: Final = 1000

_Value = TypeVar("_Value")

Column: TypeAlias = tuple[str, str, Callable[[Element], Any]]
"""A field of ours, the element that holds it, and what reads that element."""


class Record:
    """One element of a reply and what is inside it.

    Readers give ``None`` where the element is absent, and also where it is empty, except
    ``text``, which gives ``""`` then.  What cannot be read raises ``UnreadableValue``, as in
    ``_values``.
    """

    __slots__ = ("_parts", "element")

    def __init__(self, element: Element) -> None:
        self.element = element
        # From the last to the first, so that the first of a name is the one that stays.  Asking
        # the tree for one name after the other takes ten times as long; and a slice is had for
        # a sixth of what an iterator costs.
        self._parts: dict[Any, Element] = {part.tag: part for part in element[::-1]}

    @property
    def tag(self) -> str:
        """The element's name, such as ``SalesOrderRet``."""
        return str(self.element.tag)

    def __repr__(self) -> str:
        return f"<Record {self.tag} with {len(self.element)} elements>"

    def read(self, columns: Iterable[Column]) -> dict[str, Any]:
        """The fields that it has of a table; the others are left to the shape's own defaults."""
        parts = self._parts
        return {
            field: read(part)
            for field, name, read in columns
            if (part := parts.get(name)) is not None
        }

    def __contains__(self, name: str) -> bool:
        """Whether there is a child ``name``, be it empty."""
        return name in self._parts

    def value(self, name: str, read: Callable[[Element], _Value]) -> _Value | None:
        """What ``read`` finds in the first child ``name``; ``None`` where it is absent."""
        found = self._first(name)
        return None if found is None else read(found)

    def text(self, name: str) -> str | None:
        """The text of the child ``name``; a path such as ``CustomerRef/FullName`` works too."""
        found = self._first(name)
        return None if found is None else text_in(found) or ""

    def word(self, name: str) -> str | None:
        """An identity, name or number; ``None`` where it is absent or empty."""
        return self.value(name, word_in)

    def texts(self, name: str) -> list[str]:
        """The texts of all children ``name``, in order."""
        return [child.text or "" for child in self.element.iterfind(name)]

    def child(self, name: str) -> Record | None:
        """The first child ``name``."""
        found = self._first(name)
        return None if found is None else Record(found)

    def children(self, *names: str) -> Iterator[Record]:
        """All children of these names in document order; without a name, all children.

        Several names keep lines of several kinds in the order of the document.
        """
        if names and self._parts.keys().isdisjoint(names):
            return iter(())
        return (Record(child) for child in self.element.iterchildren(*names))

    def decimal(self, name: str) -> Decimal | None:
        """An amount, price, quantity, percentage or rate."""
        return self.value(name, decimal_in)

    def integer(self, name: str) -> int | None:
        """A whole number."""
        return self.value(name, integer_in)

    def date(self, name: str) -> date | None:
        """A calendar date; of a date-time, its date."""
        return self.value(name, date_in)

    def wall_clock(self, name: str) -> datetime | None:
        """A date-time as the clock of the QuickBooks computer showed it, without offset.

        The offset QuickBooks adds ignores daylight saving (3.5), so it is dropped, not applied.
        """
        return self.value(name, wall_clock_in)

    def zone(self, name: str) -> timedelta | None:
        """How far ahead of UTC a date-time says to be; ``None`` where it does not say.

        Of use to see that the computer's zone is another one now, never to reckon with: see
        ``wall_clock``.
        """
        found = self._first(name)
        return None if found is None else zone_of(found.text or "")

    def interval(self, name: str) -> timedelta | None:
        """A time interval such as ``PT1H30M0S``."""
        return self.value(name, interval_in)

    def flag(self, name: str) -> bool | None:
        """A boolean."""
        return self.value(name, flag_in)

    def to_fields(self) -> dict[str, Any]:
        """Everything inside as nested mappings of text.

        Read without a shape table, so nothing unknown is lost: an element that came more than
        once is a list, one that came once is its text or mapping.  The order between lines of
        several kinds is not kept; ``children`` keeps it.
        """
        return _fields_of(self.element, _DEPTH_MAX)

    def _first(self, name: str) -> Element | None:
        """The first element at a name or path."""
        found = self._parts.get(name)
        return self.element.find(name) if found is None and "/" in name else found


@dataclass(frozen=True, slots=True)
class Reply:
    """The reply to one request.

    ``name`` is the reply's element name without ``Rs``.  ``status_code`` is ``None`` when the
    reply carries none.  ``records`` are the blocks inside, such as every ``SalesOrderRet``, the
    ``ErrorRecovery`` block excepted, which is ``recovery``; ``body`` is the reply itself, for the
    few whose elements stand directly in it (``TxnDelRs``).  ``remaining`` and ``ret_count`` are
    ``None`` when not given.
    """

    name: str
    request_id: str | None
    status_code: int | None
    severity: str
    message: str
    iterator_id: str | None
    remaining: int | None
    ret_count: int | None
    records: tuple[Record, ...]
    recovery: Record | None
    body: Record


@dataclass(frozen=True, slots=True)
class ReplySet:
    """The replies to one message set, in the order of its requests.

    ``status_code`` is the message set's own (3.3) and ``new_set_id`` the set's id, both ``None``
    when not given.
    """

    status_code: int | None
    new_set_id: str | None
    replies: tuple[Reply, ...]


def parse_replies(text: str, *, limit_bytes: int = LIMIT_BYTES) -> ReplySet:
    """Read a reply document; raise ``UnreadableQbxml`` if it is none."""
    root = parse_document(text, limit_bytes=limit_bytes)
    messages = root.find("QBXMLMsgsRs") if root.tag == "QBXML" else None
    if messages is None:
        raise UnreadableQbxml(
            f"no reply set: the document is <{str(root.tag)[:60]}> without QBXML/QBXMLMsgsRs inside"
        )
    return ReplySet(
        status_code=_number(messages.get("messageSetStatusCode")),
        new_set_id=messages.get("newMessageSetID"),
        replies=tuple(_reply(element) for element in messages.iterchildren("*")),
    )


def _reply(element: Element) -> Reply:
    read = element.attrib.get
    records: list[Record] = []
    recovery: Record | None = None
    for child in element.iterchildren("*"):
        if child.tag == "ErrorRecovery":
            recovery = Record(child)
        elif len(child) or str(child.tag).endswith("Ret"):
            records.append(Record(child))
    return Reply(
        name=str(element.tag).removesuffix("Rs"),
        request_id=read("requestID"),
        status_code=_number(read("statusCode")),
        severity=read("statusSeverity") or "",
        message=(read("statusMessage") or "")[:_MESSAGE_LENGTH_MAX],
        iterator_id=_token(read("iteratorID")),
        remaining=_number(read("iteratorRemainingCount")),
        ret_count=_number(read("retCount")),
        records=tuple(records),
        recovery=recovery,
        body=Record(element),
    )


def _number(text: str | None) -> int | None:
    return None if text is None else integer_of(text)


def _token(text: str | None) -> str | None:
    return text if text and len(text) <= WORD_LENGTH_MAX else None


def _fields_of(element: Element, depth: int) -> dict[str, Any]:
    if depth == 0:
        raise UnreadableQbxml(f"elements are nested more than {_DEPTH_MAX} deep")
    fields: dict[str, Any] = {}
    for child in element.iterchildren("*"):
        value: Any = _fields_of(child, depth - 1) if len(child) else child.text or ""
        name = str(child.tag)
        if name not in fields:
            fields[name] = value
        elif isinstance(fields[name], list):
            fields[name].append(value)
        else:
            fields[name] = [fields[name], value]
    return fields
