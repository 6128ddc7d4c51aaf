"""The Web Connector's side of SOAP, written by hand.

Requests are what QBWC's generated .NET client sends; replies are read as
strictly as that client does: HTTP 200, the exact namespace, the exact element
names, and no white space between elements (1.1, quirks 1, 2, 4, 5).  Nothing is
shared with the server's code.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from xml.sax.saxutils import escape

import httpx2
from lxml import etree

NAMESPACE = "http://developer.intuit.com/"
_ENVELOPE_NAMESPACE = "http://schemas.xmlsoap.org/soap/envelope/"
_INSTANCE_NAMESPACE = "http://www.w3.org/2001/XMLSchema-instance"
_REPLY_BYTES_MAX = 256 << 20

# document: the body style of current releases.  prefixed: RPC style with q1: and
# xsi:type, seen with older ones (1.1).
BodyStyle = Literal["document", "prefixed"]


class ReplyError(Exception):
    """The server's reply is not one the Web Connector can read."""


@dataclass(frozen=True, slots=True)
class Call:
    """One SOAP operation with its parameters in order (1.2)."""

    operation: str
    parameters: Sequence[tuple[str, str]] = ()

    @property
    def headers(self) -> dict[str, str]:
        return {
            "Content-Type": "text/xml; charset=utf-8",
            "SOAPAction": f'"{NAMESPACE}{self.operation}"',
        }

    def body(self, style: BodyStyle = "document") -> bytes:
        if style == "prefixed":
            inner = "".join(
                f'<{name} xsi:type="xsd:{_type(name)}">{escape(value)}</{name}>'
                for name, value in self.parameters
            )
            element = f'<q1:{self.operation} xmlns:q1="{NAMESPACE}">{inner}</q1:{self.operation}>'
        else:
            inner = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in self.parameters)
            element = f'<{self.operation} xmlns="{NAMESPACE}">{inner}</{self.operation}>'
        return (
            '<?xml version="1.0" encoding="utf-8"?>'
            f'<soap:Envelope xmlns:soap="{_ENVELOPE_NAMESPACE}" '
            f'xmlns:xsi="{_INSTANCE_NAMESPACE}" xmlns:xsd="http://www.w3.org/2001/XMLSchema">'
            f"<soap:Body>{element}</soap:Body></soap:Envelope>"
        ).encode()


def read_text(call: Call, response: httpx2.Response) -> str:
    """The text of a string or int result."""
    result = _result(call, response)
    if len(result):
        raise ReplyError(f"{result.tag!s} holds elements where text is due")
    return result.text or ""


def read_texts(call: Call, response: httpx2.Response) -> list[str]:
    """The texts of an array of strings."""
    result = _result(call, response)
    if result.text:
        raise ReplyError(f"{result.tag!s} holds text where elements are due")
    texts = []
    for child in result:
        if child.tag != f"{{{NAMESPACE}}}string":
            raise ReplyError(f"{child.tag!s} stands where string is due")
        if child.get(f"{{{_INSTANCE_NAMESPACE}}}nil") is not None:
            raise ReplyError("a string is nil; an empty one must be an empty element")
        texts.append(child.text or "")
    return texts


def _result(call: Call, response: httpx2.Response) -> etree._Element:
    root = _envelope(response)
    body = _only_child(root, f"{{{_ENVELOPE_NAMESPACE}}}Body")
    if len(body) and body[0].tag == f"{{{_ENVELOPE_NAMESPACE}}}Fault":
        raise ReplyError(f"SOAP fault: {body[0].findtext('faultstring') or 'without a reason'}")
    answer = _only_child(body, f"{{{NAMESPACE}}}{call.operation}Response")
    return _only_child(answer, f"{{{NAMESPACE}}}{call.operation}Result")


def _envelope(response: httpx2.Response) -> etree._Element:
    if response.status_code != 200:
        raise ReplyError(f"HTTP {response.status_code}: {response.text[:200]}")
    kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if kind != "text/xml":
        raise ReplyError(f"the reply is {kind or 'of no type'}, not text/xml")
    data = response.content
    if len(data) > _REPLY_BYTES_MAX:
        raise ReplyError("the reply is too large")
    if not data.startswith(b"<"):
        raise ReplyError(f"the reply begins with {data[:20]!r}: no output may precede the XML")
    # A message set is one text node, longer than libxml2 allows without huge_tree.
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise ReplyError(f"the reply is not well-formed XML: {error}") from error
    if root.getroottree().docinfo.doctype:
        raise ReplyError("the reply declares a document type")
    if root.tag != f"{{{_ENVELOPE_NAMESPACE}}}Envelope":
        raise ReplyError(f"the reply is a {root.tag!s}, not a SOAP 1.1 envelope")
    header = root.find(f"{{{_ENVELOPE_NAMESPACE}}}Header")
    if header is not None:
        root.remove(header)
    return root


def _only_child(parent: etree._Element, tag: str) -> etree._Element:
    if parent.text or any(child.tail for child in parent):
        raise ReplyError(f"there is text or white space between the elements of {parent.tag!s}")
    if len(parent) != 1 or parent[0].tag != tag:
        found = ", ".join(str(child.tag) for child in parent) or "nothing"
        raise ReplyError(f"{parent.tag!s} holds {found} where {tag} is due")
    return parent[0]


def _type(name: str) -> str:
    return "int" if name.startswith("qbXML") and name.endswith("Vers") else "string"
