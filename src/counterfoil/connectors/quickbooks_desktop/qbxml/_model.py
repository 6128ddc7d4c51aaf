"""The records that travel between the qbXML layer and those who stand on it.

Two parties do.  The connector builds ``Request`` values and reads ``Reply`` values; the sandbox
company reads ``IncomingRequest`` values and builds ``Answer`` values.  Everything here is frozen
and knows nothing of XML.

Fields
    The contents of a request or record are plain nested mappings, keyed by qbXML element name.
    The order of keys never matters: the shape tables hold the order.  A value is

    - a leaf: ``str``, ``Decimal``, ``int``, ``bool``, ``date``, ``datetime`` or ``timedelta``,
      rendered as its element's type asks (an amount gets two decimals, a date-time loses its
      offset, a time interval reads ``PT1H30M0S``); text is taken as it is;
    - a mapping: the contents of a nested block;
    - a list of either, for an element that may repeat;
    - ``None``: the element is absent.  The empty text ``""`` is an element that is present and
      empty, which in a Mod clears the field.

Lines of several kinds
    Where a record may hold lines of more than one kind in any order (``SalesOrderLineAdd`` and
    ``SalesOrderLineGroupAdd``), their order is kept under the one reserved key ``lines``: a list
    of ``(element name, contents)`` pairs.  When rendering, plain lists under the elements' own
    names are accepted as well (all of the first kind, then all of the second); what is parsed
    strictly always comes back under ``lines``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final, Literal, TypeAlias

Country: TypeAlias = Literal["US", "CA", "UK", "AU"]
COUNTRIES: Final[tuple[Country, ...]] = ("US", "CA", "UK", "AU")

Leaf: TypeAlias = "str | Decimal | int | bool | date | timedelta"
Field: TypeAlias = "Leaf | Fields | Sequence[Field] | Sequence[tuple[str, Fields]] | None"
Fields: TypeAlias = Mapping[str, "Field"]

OnError: TypeAlias = Literal["stopOnError", "continueOnError", "rollbackOnError"]
ResponseData: TypeAlias = Literal["includeAll", "includeNone"]

# The key that keeps lines of several kinds in their order.  No qbXML element has this name.
LINES: Final = "lines"

_NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Request:
    """One request of a message set.

    ``name`` is the request's element name without ``Rq``: ``SalesOrderAdd``, ``CustomerQuery``,
    ``TxnDel``, ``DataExtAdd``.  For an Add or Mod, ``fields`` are those of the inner block
    (``SalesOrderAdd``); for anything else, those of the request itself.

    ``request_id`` is echoed in the reply, 50 characters at most.  ``attributes`` serve queries:
    ``metaData``, ``iterator``, ``iteratorID``.  ``include`` trims what an Add or Mod gives back
    to these elements (``IncludeRetElement``); queries have that element among their fields.
    """

    name: str
    fields: Fields = field(default_factory=lambda: _NOTHING)
    request_id: str | None = None
    attributes: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    include: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Problem:
    """Why QuickBooks would refuse a request, found before sending it.

    ``code`` is stable: ``unknown-request``, ``unknown-element``, ``too-new``, ``wrong-country``,
    ``too-long``, ``bad-format``, ``bad-choice``, ``missing``, ``repeated``, ``wrong-order``,
    ``control-character``, ``unholdable``, ``wrong-kind``, ``bad-attribute``, ``unsupported``
    (QuickBooks has no way to do it) or ``bad-link`` (it would not link the document to its
    order).  ``path`` leads to the element (``SalesOrderLineAdd[3]/Desc``, counted from 1; empty
    for the request as a whole); ``value`` is the offending text, cut to a readable length.
    ``message`` is one sentence naming field, value and limit.
    """

    code: str
    path: str
    value: str
    message: str


@dataclass(frozen=True, slots=True)
class IncomingRequest:
    """A request as a company file receives it, already found valid.

    ``fields`` follow the rules at the top of this module; every leaf is the text as it was sent,
    elements that may repeat are lists even when sent once, and lines of several kinds are under
    ``lines``.  ``text`` is nowhere trimmed or converted.
    """

    name: str
    request_id: str | None
    attributes: Mapping[str, str]
    fields: dict[str, Any]
    include: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What a company file says to one request; ``name`` as in ``Request``.

    ``records`` are (element name, fields) pairs such as ``("SalesOrderRet", {...})``.  ``fields``
    serve the few replies whose elements stand directly below them (``TxnDelRs``, ``ListDelRs``,
    ``TxnVoidRs``).  ``recovery`` is the content of an ``ErrorRecovery`` block.  ``ret_count``,
    ``remaining`` and ``iterator_id`` are left out of the reply when ``None``.
    """

    name: str
    request_id: str | None = None
    status_code: int = 0
    severity: Literal["Info", "Warn", "Error"] = "Info"
    message: str = "Status OK"
    records: Sequence[tuple[str, Fields]] = ()
    fields: Fields | None = None
    recovery: Fields | None = None
    ret_count: int | None = None
    remaining: int | None = None
    iterator_id: str | None = None
