"""SOAP as the QuickBooks Web Connector speaks it: calls in, replies out, nothing else.

A call is recognised by the local name of the first element inside ``Body``: prefixes, ``xsi:type``
marks, SOAP 1.1 or 1.2 envelopes and the SOAPAction header have all been seen to vary (quirk 1).
A parameter that is absent is the empty text, or 0.

A reply is exact to the byte: no byte order mark, nothing before the XML, no white space between
elements, the service's namespace, and empty values as empty elements (quirks 2, 4 and 5), for a
connector that is not pleased stops without saying why.

Business failures are ordinary replies.  ``soap_fault`` is for bodies that are no call at all;
which HTTP status goes with it is the endpoint's affair.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal, TypeAlias

from counterfoil.connectors.quickbooks_desktop.web_connector._calls import (
    OPERATIONS,
    Authenticate,
    Call,
    ClientVersion,
    CloseConnection,
    ConnectionError_,
    Contract,
    GetInteractiveUrl,
    GetLastError,
    InteractiveDone,
    InteractiveRejected,
    Operation,
    ReceiveResponse,
    SendRequest,
    ServerVersion,
)
from counterfoil.connectors.quickbooks_desktop.web_connector._xml import (
    Element,
    XmlError,
    XmlSizeError,
    encode_text,
    local_name,
    read_xml,
)

__all__ = [
    "ENVELOPE_NAMESPACE",
    "NAMESPACE",
    "Authenticate",
    "Call",
    "CallTooLarge",
    "ClientVersion",
    "CloseConnection",
    "ConnectionError_",
    "GetInteractiveUrl",
    "GetLastError",
    "InteractiveDone",
    "InteractiveRejected",
    "Operation",
    "ReceiveResponse",
    "Result",
    "SendRequest",
    "ServerVersion",
    "UnknownOperation",
    "UnreadableCall",
    "parse_call",
    "render_reply",
    "soap_fault",
]

NAMESPACE: Final = "http://developer.intuit.com/"
ENVELOPE_NAMESPACE: Final = "http://schemas.xmlsoap.org/soap/envelope/"

# A call has one tag per parameter and a handful around them; headers of a gateway may add some.
_TAGS_MAX: Final = 2_000

# No qbXML version, present or to come, is a larger number.
_VERSION_MAX: Final = 999

_HEAD: Final = (
    b'<?xml version="1.0" encoding="utf-8"?>'
    b'<soap:Envelope xmlns:soap="' + ENVELOPE_NAMESPACE.encode() + b'"><soap:Body>'
)
_TAIL: Final = b"</soap:Body></soap:Envelope>"

Result: TypeAlias = "str | int | Sequence[str]"


class UnreadableCall(ValueError):  # noqa: N818 (names what came, as its siblings do)
    """The body is not a call; the message says why in one sentence, fit for a fault."""


class CallTooLarge(UnreadableCall):
    """The body is longer than the limit."""


class UnknownOperation(UnreadableCall):
    """The body is a SOAP call of something this service does not offer."""

    def __init__(self, name: str) -> None:
        super().__init__(f"There is no operation {name[:60]!r} in the Web Connector's contract.")
        self.name = name


def parse_call(body: bytes, *, charset: str | None = None, limit_bytes: int) -> Call:
    """The call that ``body`` holds.

    Args:
        body: The HTTP request's body.
        charset: From the Content-Type header; ``None`` if it names none.
        limit_bytes: Longer bodies are refused unread.

    Raises:
        CallTooLarge: longer than ``limit_bytes``.
        UnknownOperation: a SOAP call, but not one of this service.
        UnreadableCall: no SOAP call: malformed, truncated, hostile, or a parameter given twice.
    """
    try:
        root = read_xml(body, limit_bytes=limit_bytes, charset=charset, tags_max=_TAGS_MAX)
    except XmlSizeError as error:
        raise CallTooLarge(str(error)) from error
    except XmlError as error:
        raise UnreadableCall(str(error)) from error
    element = _called(root)
    contract = OPERATIONS.get(local_name(element))
    if contract is None:
        raise UnknownOperation(local_name(element))
    return _record(contract, element)


def render_reply(call: Call | Operation, result: Result) -> bytes:
    """The reply to ``call``, ready to be sent with status 200.

    Args:
        call: The call that is answered, or the name of its operation.
        result: A text; a number for ``receiveResponseXML``; a sequence of texts for
            ``authenticate``.  Characters XML cannot hold are left out.

    Raises:
        AssertionError: ``result`` has another type than the operation's.
    """
    contract = OPERATIONS[call if isinstance(call, Operation) else call.operation]
    name = contract.operation.value.encode()
    return b"".join(
        (
            _HEAD,
            b"<" + name + b'Response xmlns="' + NAMESPACE.encode() + b'"><' + name + b"Result>",
            _result(contract, result),
            b"</" + name + b"Result></" + name + b"Response>",
            _TAIL,
        )
    )


def soap_fault(sentence: str, *, blame: Literal["Client", "Server"] = "Client") -> bytes:
    """A SOAP 1.1 fault.  ``blame`` says whose message was at fault; the connector logs the text."""
    return b"".join(
        (
            _HEAD,
            b"<soap:Fault><faultcode>soap:" + blame.encode() + b"</faultcode><faultstring>",
            encode_text(sentence),
            b"</faultstring></soap:Fault>",
            _TAIL,
        )
    )


def _called(root: Element) -> Element:
    if local_name(root) != "Envelope":
        raise UnreadableCall(f"The message is <{local_name(root)[:60]}>, not a SOAP envelope.")
    body = next((child for child in root if local_name(child) == "Body"), None)
    if body is None:
        raise UnreadableCall("The SOAP envelope has no body.")
    called = next(iter(body), None)
    if called is None:
        raise UnreadableCall("The SOAP body is empty.")
    return called


def _record(contract: Contract, element: Element) -> Call:
    given: dict[str, str] = {}
    for child in element:
        name = local_name(child)
        if name in given:
            raise UnreadableCall(f"{contract.operation.value} gives {name[:60]!r} twice.")
        given[name] = "".join(child.itertext())
    if contract.record is ServerVersion:
        return ServerVersion(contract.operation)
    values: dict[str, str | int] = {}
    for parameter in contract.parameters:
        text = given.get(parameter.wire, "")
        values[parameter.field] = text if parameter.kind == "string" else _version_number(text)
    return contract.record(**values)  # type: ignore[arg-type]  # the table's tests hold it


def _version_number(text: str) -> int:
    """A part of a version; 0 for anything else, since nothing is decided by it."""
    digits = text.strip()
    if not (digits.isascii() and digits.isdigit()) or len(digits) > 9:
        return 0
    number = int(digits)
    return number if number <= _VERSION_MAX else 0


def _result(contract: Contract, result: Result) -> bytes:
    match contract.result:
        case "string":
            assert isinstance(result, str), f"{contract.operation} is answered with a text"
            return encode_text(result)
        case "int":
            assert type(result) is int, f"{contract.operation} is answered with a number"
            return str(result).encode()
        case "strings":
            assert not isinstance(result, (str, int)), (
                f"{contract.operation} is answered with a sequence of texts"
            )
            return b"".join(b"<string>" + encode_text(text) + b"</string>" for text in result)
