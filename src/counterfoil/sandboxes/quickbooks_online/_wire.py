"""Bytes and values: JSON with exact decimals, and the XML of those who did not ask for JSON."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import msgspec
from lxml import etree

__all__ = ["Row", "cents", "decode", "encode", "number", "to_xml"]

Row = dict[str, Any]
"""An object in the shape of the wire: numbers are exact, ids are texts."""

_ENCODER = msgspec.json.Encoder(decimal_format="number")
_DECODER = msgspec.json.Decoder(float_hook=Decimal)
_NAMESPACE = "http://schema.intuit.com/finance/v3"
_CENT = Decimal("0.01")
# Members that XML writes as attributes of their element.
_ATTRIBUTES = frozenset({"domain", "sparse", "status", "name", "type", "code", "element"})
# Members that XML writes as attributes of the answer.
_TOP = frozenset({"time", "startPosition", "maxResults", "totalCount"})


def encode(value: object) -> bytes:
    """Write JSON; decimals become numbers with just the digits they have."""
    return _ENCODER.encode(value)


def decode(content: bytes) -> Any:
    """Read JSON; what has a point becomes an exact decimal.

    Raises:
        msgspec.DecodeError: It is no JSON.
    """
    return _DECODER.decode(content)


def number(value: object) -> Decimal:
    """Give a number of the wire as an exact decimal without idle zeros; nothing is 0."""
    found = Decimal(str(value or 0)).normalize()
    return found.quantize(Decimal(1)) if found == found.to_integral_value() else found


def cents(value: Decimal) -> Decimal:
    """Round to cents, half up."""
    return number(value.quantize(_CENT, ROUND_HALF_UP))


def to_xml(body: Mapping[str, Any]) -> bytes:
    """Write an answer as the XML that the service gives unless JSON is asked for."""
    root = etree.Element("IntuitResponse", nsmap={None: _NAMESPACE})
    for name, value in body.items():
        if name in _TOP:
            root.set(name, str(value))
        else:
            _append(root, name, value)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def _append(parent: etree._Element, name: str, value: Any) -> None:
    if isinstance(value, list):
        for one in value:
            _append(parent, name, one)
        return
    element = etree.SubElement(parent, name)
    if not isinstance(value, Mapping):
        element.text = _text(value)
        return
    for member, inner in value.items():
        if member in (_ATTRIBUTES | _TOP) and not isinstance(inner, (Mapping, list)):
            element.set(member, _text(inner))
        elif member == "value":
            element.text = _text(inner)
        else:
            _append(element, member, inner)


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)
