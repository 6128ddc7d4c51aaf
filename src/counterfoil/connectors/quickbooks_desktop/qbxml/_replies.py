"""Reading replies, tolerantly.

QuickBooks returns values outside its own schema and new releases add elements (quirk 10), so
nothing here looks at a shape table to decide what may be read: what came is kept, what is missing
is ``None``.  Records stay a thin skin over the parsed tree; a page of a hundred orders costs
nothing until somebody asks for a field.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from lxml import etree

from counterfoil.connectors.quickbooks_desktop.qbxml._xml import (
    LIMIT_BYTES,
    UnreadableQbxml,
    parse_document,
)

# No record of qbXML goes deeper than seven.
_DEPTH_MAX: Final = 32
_DATE_LENGTH: Final = len("2026-01-31")
_WALL_CLOCK_LENGTH: Final = len("2026-01-31T23:59:59")
_INTERVAL = re.compile(r"(?P<sign>[+-]?)PT(?:(?P<h>\d+)H)?(?:(?P<m>\d+)M)?(?:(?P<s>\d+)S)?")


class Record:
    """One element of a reply and what is inside it.

    Readers give ``None`` where the element is absent, and also where it is empty, except
    ``text``, which gives ``""`` then.  A value that is not of the asked type raises
    ``UnreadableQbxml`` naming element and value.
    """

    __slots__ = ("element",)

    def __init__(self, element: etree._Element) -> None:
        self.element = element

    @property
    def tag(self) -> str:
        """The element's name, such as ``SalesOrderRet``."""
        return str(self.element.tag)

    def __repr__(self) -> str:
        return f"<Record {self.tag} with {len(self.element)} elements>"

    def text(self, name: str) -> str | None:
        """The text of the child ``name``; a path such as ``CustomerRef/FullName`` works too."""
        return self.element.findtext(name)

    def texts(self, name: str) -> list[str]:
        """The texts of all children ``name``, in order."""
        return [child.text or "" for child in self.element.iterfind(name)]

    def child(self, name: str) -> Record | None:
        """The first child ``name``."""
        found = self.element.find(name)
        return None if found is None else Record(found)

    def children(self, *names: str) -> Iterator[Record]:
        """All children of these names in document order; without a name, all children.

        Several names keep lines of several kinds in the order of the document.
        """
        return (Record(child) for child in self.element.iterchildren(*names))

    def decimal(self, name: str) -> Decimal | None:
        """An amount, price, quantity, percentage or rate."""
        text = self.element.findtext(name)
        if not text:
            return None
        try:
            value = Decimal(text)
        except InvalidOperation as error:
            raise self._unreadable(name, text, "a number") from error
        if not value.is_finite():
            raise self._unreadable(name, text, "a number")
        return value

    def integer(self, name: str) -> int | None:
        """A whole number."""
        text = self.element.findtext(name)
        if not text:
            return None
        try:
            return int(text)
        except ValueError as error:
            raise self._unreadable(name, text, "a whole number") from error

    def date(self, name: str) -> date | None:
        """A calendar date; of a date-time, its date."""
        text = self.element.findtext(name)
        if not text:
            return None
        try:
            return date.fromisoformat(text[:_DATE_LENGTH])
        except ValueError as error:
            raise self._unreadable(name, text, "a date") from error

    def wall_clock(self, name: str) -> datetime | None:
        """A date-time as the clock of the QuickBooks computer showed it, without offset.

        The offset QuickBooks adds ignores daylight saving (3.5), so it is dropped, not applied.
        """
        text = self.element.findtext(name)
        if not text:
            return None
        try:
            return datetime.fromisoformat(text[:_WALL_CLOCK_LENGTH])
        except ValueError as error:
            raise self._unreadable(name, text, "a date-time") from error

    def interval(self, name: str) -> timedelta | None:
        """A time interval such as ``PT1H30M0S``."""
        text = self.element.findtext(name)
        if not text:
            return None
        match = _INTERVAL.fullmatch(text)
        if match is None:
            raise self._unreadable(name, text, "a time interval")
        length = timedelta(
            hours=int(match["h"] or 0), minutes=int(match["m"] or 0), seconds=int(match["s"] or 0)
        )
        return -length if match["sign"] == "-" else length

    def flag(self, name: str) -> bool | None:
        """A boolean."""
        text = self.element.findtext(name)
        if not text:
            return None
        if text in ("true", "1"):
            return True
        if text in ("false", "0"):
            return False
        raise self._unreadable(name, text, "true or false")

    def to_fields(self) -> dict[str, Any]:
        """Everything inside as nested mappings of text.

        Read without a shape table, so nothing unknown is lost: an element that came more than
        once is a list, one that came once is its text or mapping.  The order between lines of
        several kinds is not kept; ``children`` keeps it.
        """
        return _fields_of(self.element, _DEPTH_MAX)

    def _unreadable(self, name: str, text: str, wanted: str) -> UnreadableQbxml:
        return UnreadableQbxml(f"{self.tag}/{name} is {text[:60]!r}, which is not {wanted}")


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

    ``status_code`` is the message set's own (3.3), ``None`` when not given.
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


def _reply(element: etree._Element) -> Reply:
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
        message=read("statusMessage") or "",
        iterator_id=read("iteratorID"),
        remaining=_number(read("iteratorRemainingCount")),
        ret_count=_number(read("retCount")),
        records=tuple(records),
        recovery=recovery,
        body=Record(element),
    )


def _number(text: str | None) -> int | None:
    if text is None:
        return None
    try:
        return int(text)
    except ValueError:
        return None


def _fields_of(element: etree._Element, depth: int) -> dict[str, Any]:
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
