"""Reading requests as strictly as QuickBooks does.

QuickBooks refuses a whole message set for one element out of place, and says next to nothing
about it.  The sandbox company refuses the same, but names the place: the first fault found ends
the reading.

Source: 7.8 step 1.  Two sayings of Intuit's schema are set aside: its broken choice in
``ValueAdjustment`` (4.8), and macros, which this program does not speak (3.7).
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass
from typing import Any, Final, cast, get_args

from lxml import etree

from counterfoil.connectors.quickbooks_desktop.qbxml._formats import shown
from counterfoil.connectors.quickbooks_desktop.qbxml._model import (
    LINES,
    Country,
    IncomingRequest,
    OnError,
    ResponseData,
)
from counterfoil.connectors.quickbooks_desktop.qbxml._shapes import Shape, is_defined, shape
from counterfoil.connectors.quickbooks_desktop.qbxml._structure import Rules, Slot, rules
from counterfoil.connectors.quickbooks_desktop.qbxml._version import Version
from counterfoil.connectors.quickbooks_desktop.qbxml._xml import (
    LIMIT_BYTES,
    UnreadableQbxml,
    parse_document,
)

_BLANKS: Final = " \t\r\n"
_SET_ATTRIBUTES: Final = frozenset(
    {"onError", "newMessageSetID", "oldMessageSetID", "responseData"}
)
TRIM_LENGTH_MAX: Final = 50

# Attribute of a query -> the values it takes; None for any.
QUERY_ATTRIBUTES: Final[Mapping[str, frozenset[str] | None]] = {
    "metaData": frozenset({"NoMetaData", "MetaDataOnly", "MetaDataAndResponseData"}),
    "iterator": frozenset({"Start", "Continue", "Stop"}),
    "iteratorID": None,
}
KNOWN_VERSIONS: Final = frozenset(
    {(1, 0), (1, 1), (2, 0), (2, 1), (3, 0), (4, 0), (4, 1), (5, 0), (6, 0), (6, 1), (7, 0)}
    | {(major, 0) for major in range(8, 18)}
)


class InvalidQbxml(ValueError):  # noqa: N818 - names the document, as its caller does
    """The message set breaks Intuit's schema; QuickBooks refuses it whole (0x80040400).

    ``path`` leads to the place, such as ``SalesOrderAddRq[2]/SalesOrderAdd/Memo``; ``code`` is
    one of ``Problem``'s, ``malformed`` or ``bad-version``.
    """

    def __init__(self, reason: str, *, path: str = "", code: str = "malformed") -> None:
        super().__init__(f"{path}: {reason}" if path else reason)
        self.reason = reason
        self.path = path
        self.code = code


@dataclass(frozen=True, slots=True)
class RequestSet:
    """A message set as a company file receives it, found valid."""

    version: Version
    on_error: OnError
    new_set_id: str | None
    old_set_id: str | None
    response_data: ResponseData
    requests: tuple[IncomingRequest, ...]


def parse_request_set(
    text: str,
    *,
    country: Country = "US",
    limit_bytes: int = LIMIT_BYTES,
    unread: Container[str] = (),
) -> RequestSet:
    """Read a request document; raise ``InvalidQbxml`` for anything QuickBooks would refuse.

    ``country`` is the edition that reads, unless the version itself names one.  ``unread`` are
    names of requests beyond the shape tables: they are let through without their contents.
    """
    try:
        root = parse_document(text, limit_bytes=limit_bytes, strict=True)
    except UnreadableQbxml as error:
        raise InvalidQbxml(str(error)) from error
    version = _version(root, country)
    messages = _messages(root)
    attributes = messages.attrib
    on_error = attributes.get("onError")
    if on_error not in get_args(OnError):
        raise InvalidQbxml(f"onError is {on_error!r}", path="QBXMLMsgsRq", code="bad-attribute")
    response_data = attributes.get("responseData", "includeAll")
    if response_data not in get_args(ResponseData):
        raise InvalidQbxml(
            f"responseData is {response_data!r}", path="QBXMLMsgsRq", code="bad-attribute"
        )
    _refuse_attributes(messages, _SET_ATTRIBUTES)
    _refuse_loose_ends(messages)
    return RequestSet(
        version=version,
        on_error=cast("OnError", on_error),
        new_set_id=attributes.get("newMessageSetID"),
        old_set_id=attributes.get("oldMessageSetID"),
        response_data=cast("ResponseData", response_data),
        requests=tuple(
            _request(element, version, unread) for element in messages.iterchildren("*")
        ),
    )


def allowed_attributes(known: Shape) -> frozenset[str]:
    """The attributes a request may carry besides its ``requestID``."""
    return frozenset(
        (("metaData",) if known.takes_metadata else ())
        + (("iterator", "iteratorID") if known.takes_iterator else ())
    )


# --- From the document down to one request ------------------------------------------------------


def _version(root: etree._Element, country: Country) -> Version:
    for node in root.itersiblings(preceding=True):
        if isinstance(node, etree._ProcessingInstruction) and node.target == "qbxml":  # noqa: SLF001 - lxml's
            text = node.attrib.get("version", "")
            try:
                version = Version.parse(text, country)
            except ValueError as error:
                raise InvalidQbxml(str(error), code="bad-version") from error
            if version.number not in KNOWN_VERSIONS:
                raise InvalidQbxml(f"there is no qbXML version {text!r}", code="bad-version")
            return version
    raise InvalidQbxml("the <?qbxml version=...?> instruction is missing", code="bad-version")


def _messages(root: etree._Element) -> etree._Element:
    if root.tag != "QBXML":
        raise InvalidQbxml(f"the document is <{shown(str(root.tag))}>, not <QBXML>")
    children = list(root.iterchildren("*"))
    if len(children) != 1 or children[0].tag != "QBXMLMsgsRq":
        raise InvalidQbxml("QBXML must hold one QBXMLMsgsRq and nothing else")
    return children[0]


def _request(element: etree._Element, version: Version, unread: Container[str]) -> IncomingRequest:
    tag = str(element.tag)
    name = tag.removesuffix("Rq")
    if tag.endswith("Rq") and name in unread:
        attributes = {str(key): str(value) for key, value in element.attrib.items()}
        return IncomingRequest(name, attributes.pop("requestID", None), attributes, {})
    if not tag.endswith("Rq") or name.endswith(("Ret", "Rs")) or not is_defined(name):
        raise _refusal(element, "no such request", "unknown-request")
    known = shape(name)
    if not known.exists_in(version):
        raise _refusal(element, f"not in qbXML {version} for {version.country}", "too-new")
    attributes = _query_attributes(element, known)
    request_id = element.get("requestID")
    if not known.has_block:
        if name == "HostQuery" and element.text and not len(element):
            raise _refusal(element, "there must be no white space inside", "malformed")
        return IncomingRequest(
            name, request_id, attributes, _fields(element, rules(known.block, version))
        )
    inner, include = _block_and_trim(element, known)
    return IncomingRequest(
        name, request_id, attributes, _fields(inner, rules(known.block, version)), include
    )


def _query_attributes(element: etree._Element, known: Shape) -> dict[str, str]:
    attributes = {str(key): str(value) for key, value in element.attrib.items()}
    attributes.pop("requestID", None)
    allowed = allowed_attributes(known)
    for key, value in attributes.items():
        values = QUERY_ATTRIBUTES[key] if key in allowed else frozenset[str]()
        if values is not None and value not in values:
            raise _refusal(element, f"no attribute {key}={shown(value)!r} here", "bad-attribute")
    return attributes


def _block_and_trim(
    element: etree._Element, known: Shape
) -> tuple[etree._Element, tuple[str, ...]]:
    """The block of the request's own name, and the ``IncludeRetElement`` behind it."""
    children = list(element.iterchildren("*"))
    if not children or children[0].tag != known.name:
        raise _refusal(element, f"{known.name} must come first", "missing")
    include: list[str] = []
    for child in children[1:]:
        if child.tag != "IncludeRetElement" or not known.takes_trim:
            raise _refusal(child, "cannot stand here", "unknown-element")
        text = _text(child)
        if len(text) > TRIM_LENGTH_MAX:
            raise _refusal(
                child,
                f"{shown(text)!r} has {len(text)} characters; {TRIM_LENGTH_MAX} are allowed",
                "too-long",
            )
        include.append(text)
    return children[0], tuple(include)


# --- Inside a block -----------------------------------------------------------------------------


def _fields(element: etree._Element, known: Rules) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    names: list[str] = []
    slots = known.slots
    last = ""
    for child in element.iterchildren("*"):
        tag = str(child.tag)
        slot = slots.get(tag)
        if slot is None or not slot.exists:
            fault = known.verdict((tag,))[0]
            raise _refusal(child, fault.sentence, fault.code)
        if tag != last and not (slot.is_line and last in known.block.lines):
            names.append(tag)
        last = tag
        value = _leaf(child, slot) if slot.inside is None else _fields(child, slot.inside)
        if slot.is_line:
            fields.setdefault(LINES, []).append((tag, value))
        elif slot.element.maximum == 1 and tag not in fields:
            fields[tag] = value
        else:
            _add(fields, value, child, slot)
    if not names and not _is_blank(element.text):
        raise _refusal(element, "holds text where elements belong", "malformed")
    for fault in known.verdict(tuple(names)):
        at = element.find(fault.name)
        raise _refusal(element if at is None else at, fault.sentence, fault.code)
    return fields


def _add(
    fields: dict[str, Any], value: dict[str, Any] | str, element: etree._Element, slot: Slot
) -> None:
    """Put one more value of an element among the others, if there may be so many."""
    tag, most = slot.element.name, slot.element.maximum
    if most == 1:
        raise _refusal(element, f"{tag} may be given only once", "repeated")
    values = fields.setdefault(tag, [])
    values.append(value)
    if most is not None and len(values) > most:
        raise _refusal(element, f"{tag} may be given {most} times at most", "repeated")


def _leaf(element: etree._Element, slot: Slot) -> str:
    text = _text(element) if len(element) else element.text or ""
    if slot.test is not None and (fault := slot.test(text)):
        raise _refusal(element, f"{shown(text)!r} {fault.limit}", fault.code)
    return text


def _text(element: etree._Element) -> str:
    parts = [element.text or ""]
    for child in element:
        if isinstance(child.tag, str):
            raise _refusal(child, "only text may stand here", "unknown-element")
        parts.append(child.tail or "")
    return "".join(parts)


# --- What may stand nowhere ---------------------------------------------------------------------


def _refuse_loose_ends(messages: etree._Element) -> None:
    """Refuse text between elements, and attributes below requests, wherever they are.

    Both are looked for once in the whole document: asking each element costs twice as much.  The
    axis is spelled out because libxml2 takes quadratic time for its short form ``//``.
    """
    for text in _found(messages, "descendant::text()[normalize-space() and ../*]"):
        before = text.getparent()
        holder = before.getparent() if text.is_tail else before
        raise _refusal(holder, f"holds the text {shown(text.strip())!r}", "malformed")
    for element in _found(messages, "*/descendant::*[@*]"):
        _refuse_attributes(element, frozenset())


def _found(messages: etree._Element, path: str) -> list[Any]:
    found = messages.xpath(path)
    assert isinstance(found, list)
    return found


def _refuse_attributes(element: etree._Element, allowed: frozenset[str]) -> None:
    for key in element.attrib:
        if str(key) not in allowed:
            raise _refusal(element, f"takes no attribute {shown(str(key))}", "bad-attribute")


def _is_blank(text: str | None) -> bool:
    return not (text and text.strip(_BLANKS))


def _refusal(element: etree._Element, reason: str, code: str) -> InvalidQbxml:
    """The refusal of an element, with the path that leads to it below the message set."""
    steps: list[str] = []
    at: etree._Element | None = element
    while at is not None and at.tag not in ("QBXMLMsgsRq", "QBXML"):
        tag = str(at.tag)
        parent = at.getparent()
        alike = [at] if parent is None else parent.findall(tag)
        if str(at.tag).endswith("Rq") and parent is not None:
            steps.append(
                f"{shown(tag)}[{1 + sum(1 for _ in at.itersiblings('*', preceding=True))}]"
            )
        else:
            steps.append(shown(tag) if len(alike) == 1 else f"{tag}[{alike.index(at) + 1}]")
        at = parent
    return InvalidQbxml(reason, path="/".join(reversed(steps)), code=code)
