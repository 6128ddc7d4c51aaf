"""The service's description, made from the same table that reads calls and writes replies.

The Web Connector carries its own copy of the contract and never asks for this one; it is for
people, for other SOAP clients and for some firewalls.  Names of types, port and service follow
Intuit's service, since generated clients are called after them.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit
from xml.sax.saxutils import quoteattr

from counterfoil.connectors.quickbooks_desktop.web_connector._calls import OPERATIONS, Contract
from counterfoil.connectors.quickbooks_desktop.web_connector.soap import NAMESPACE

__all__ = ["wsdl"]

_SERVICE: Final = "QBWebConnectorSvc"
_PORT: Final = "QBWebConnectorSvcSoap"
_OPENING: Final = (
    f'<wsdl:definitions name="{_SERVICE}" targetNamespace="{NAMESPACE}" xmlns:tns="{NAMESPACE}"'
    ' xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/"'
    ' xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/"'
    ' xmlns:xs="http://www.w3.org/2001/XMLSchema">'
)
_ARRAY_OF_STRING: Final = (
    '<xs:complexType name="ArrayOfString"><xs:sequence>'
    '<xs:element name="string" type="xs:string" nillable="true"'
    ' minOccurs="0" maxOccurs="unbounded"/>'
    "</xs:sequence></xs:complexType>"
)
_TYPES: Final = {"string": "xs:string", "int": "xs:int", "strings": "tns:ArrayOfString"}


def wsdl(endpoint_url: str) -> bytes:
    """A WSDL 1.1 document, UTF-8, that binds all eleven operations to ``endpoint_url``.

    SOAP 1.1, document/literal.  ``serverVersion`` has no parameters, as on the wire.

    Raises:
        ValueError: ``endpoint_url`` is not an absolute http or https address.
    """
    parts = urlsplit(endpoint_url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"endpoint address {endpoint_url!r}: give it whole, with https://")
    rows = [row for row in OPERATIONS.values() if row.advertised]
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        _OPENING,
        *_types(rows),
        *(line for row in rows for line in _messages(row)),
        f'<wsdl:portType name="{_PORT}">',
        *(line for row in rows for line in _abstract(row)),
        "</wsdl:portType>",
        f'<wsdl:binding name="{_PORT}" type="tns:{_PORT}">',
        '<soap:binding style="document" transport="http://schemas.xmlsoap.org/soap/http"/>',
        *(line for row in rows for line in _bound(row)),
        "</wsdl:binding>",
        f'<wsdl:service name="{_SERVICE}">',
        f'<wsdl:port name="{_PORT}" binding="tns:{_PORT}">',
        f"<soap:address location={quoteattr(endpoint_url)}/>",
        "</wsdl:port>",
        "</wsdl:service>",
        "</wsdl:definitions>",
        "",
    ]
    return "\n".join(lines).encode()


def _types(rows: list[Contract]) -> list[str]:
    lines = [
        "<wsdl:types>",
        f'<xs:schema elementFormDefault="qualified" targetNamespace="{NAMESPACE}">',
        _ARRAY_OF_STRING,
    ]
    for row in rows:
        name = row.operation.value
        lines += _wrapper(name, [(given.wire, given.kind) for given in row.parameters])
        lines += _wrapper(f"{name}Response", [(f"{name}Result", row.result)])
    return [*lines, "</xs:schema>", "</wsdl:types>"]


def _wrapper(name: str, fields: list[tuple[str, str]]) -> list[str]:
    if not fields:
        return [f'<xs:element name="{name}"><xs:complexType/></xs:element>']
    return [
        f'<xs:element name="{name}"><xs:complexType><xs:sequence>',
        *(_field(field, kind) for field, kind in fields),
        "</xs:sequence></xs:complexType></xs:element>",
    ]


def _field(name: str, kind: str) -> str:
    # Texts and lists may be absent; a number has no empty value, so it must be there.
    fewest = 1 if kind == "int" else 0
    return f'<xs:element name="{name}" type="{_TYPES[kind]}" minOccurs="{fewest}"/>'


def _messages(row: Contract) -> list[str]:
    name = row.operation.value
    return [
        f'<wsdl:message name="{name}SoapIn">',
        f'<wsdl:part name="parameters" element="tns:{name}"/>',
        "</wsdl:message>",
        f'<wsdl:message name="{name}SoapOut">',
        f'<wsdl:part name="parameters" element="tns:{name}Response"/>',
        "</wsdl:message>",
    ]


def _abstract(row: Contract) -> list[str]:
    name = row.operation.value
    return [
        f'<wsdl:operation name="{name}">',
        f'<wsdl:input message="tns:{name}SoapIn"/>',
        f'<wsdl:output message="tns:{name}SoapOut"/>',
        "</wsdl:operation>",
    ]


def _bound(row: Contract) -> list[str]:
    name = row.operation.value
    return [
        f'<wsdl:operation name="{name}">',
        f'<soap:operation soapAction="{NAMESPACE}{name}" style="document"/>',
        '<wsdl:input><soap:body use="literal"/></wsdl:input>',
        '<wsdl:output><soap:body use="literal"/></wsdl:output>',
        "</wsdl:operation>",
    ]
