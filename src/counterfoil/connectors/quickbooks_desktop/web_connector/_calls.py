"""The Web Connector's operations: one table for reading calls, writing replies and the WSDL.

Each row of ``OPERATIONS`` names an operation as the wire does, the record a call of it becomes,
its parameters in the contract's order, and the shape of its result.  ``soap`` and ``wsdl`` hold no
other knowledge of the contract.

The names, their spelling (``wcTicket`` in the interactive three, ``ticket`` elsewhere) and their
order come from Intuit's service sample and its Programmer's Guide, chapter 10.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar, Final, Literal, TypeAlias


class Operation(StrEnum):
    """An operation by its name on the wire."""

    SERVER_VERSION = "serverVersion"
    # The Programmer's Guide's other name for the same thing; no recorded connector uses it.
    GET_SERVER_VERSION = "getServerVersion"
    CLIENT_VERSION = "clientVersion"
    AUTHENTICATE = "authenticate"
    SEND_REQUEST = "sendRequestXML"
    RECEIVE_RESPONSE = "receiveResponseXML"
    CONNECTION_ERROR = "connectionError"
    GET_LAST_ERROR = "getLastError"
    CLOSE_CONNECTION = "closeConnection"
    GET_INTERACTIVE_URL = "getInteractiveURL"
    INTERACTIVE_DONE = "interactiveDone"
    INTERACTIVE_REJECTED = "interactiveRejected"


@dataclass(frozen=True, slots=True)
class ServerVersion:
    """Which program is this?  Asked before anybody has signed in."""

    operation: Operation = Operation.SERVER_VERSION  # or its alias; the reply repeats the name


@dataclass(frozen=True, slots=True)
class ClientVersion:
    """The connector's own version, such as ``2.3.0.215``; may it go on?"""

    version: str
    operation: ClassVar[Operation] = Operation.CLIENT_VERSION


@dataclass(frozen=True, slots=True)
class Authenticate:
    """Sign in and ask whether there is work."""

    user_name: str
    password: str = field(repr=False)
    operation: ClassVar[Operation] = Operation.AUTHENTICATE


@dataclass(frozen=True, slots=True)
class SendRequest:
    """What should QuickBooks do next?

    ``hcp_response`` is filled in the first call of a run only.  ``country``, ``major`` and
    ``minor`` describe the request processor on the computer, which may be newer than the
    QuickBooks that holds the file: choose the qbXML version from the host facts.
    """

    ticket: str
    hcp_response: str = field(repr=False)
    company_file_name: str
    country: str
    major: int
    minor: int
    operation: ClassVar[Operation] = Operation.SEND_REQUEST


@dataclass(frozen=True, slots=True)
class ReceiveResponse:
    """What QuickBooks answered; ``response`` is empty when it threw ``hresult`` instead."""

    ticket: str
    response: str = field(repr=False)
    hresult: str
    message: str
    operation: ClassVar[Operation] = Operation.RECEIVE_RESPONSE


@dataclass(frozen=True, slots=True)
class ConnectionError_:  # noqa: N801 (the wire's word; Python's own exception has the bare name)
    """QuickBooks or the company file could not be opened."""

    ticket: str
    hresult: str
    message: str
    operation: ClassVar[Operation] = Operation.CONNECTION_ERROR


@dataclass(frozen=True, slots=True)
class GetLastError:
    """Why was there no request, or a negative answer?"""

    ticket: str
    operation: ClassVar[Operation] = Operation.GET_LAST_ERROR


@dataclass(frozen=True, slots=True)
class CloseConnection:
    """The run is over; the reply is its final status for the user."""

    ticket: str
    operation: ClassVar[Operation] = Operation.CLOSE_CONNECTION


@dataclass(frozen=True, slots=True)
class GetInteractiveUrl:
    """Which page should the user's browser open?"""

    ticket: str
    session_id: str
    operation: ClassVar[Operation] = Operation.GET_INTERACTIVE_URL


@dataclass(frozen=True, slots=True)
class InteractiveDone:
    """Has the user finished with that page?"""

    ticket: str
    operation: ClassVar[Operation] = Operation.INTERACTIVE_DONE


@dataclass(frozen=True, slots=True)
class InteractiveRejected:
    """The user would not open that page."""

    ticket: str
    reason: str
    operation: ClassVar[Operation] = Operation.INTERACTIVE_REJECTED


Call: TypeAlias = (
    ServerVersion
    | ClientVersion
    | Authenticate
    | SendRequest
    | ReceiveResponse
    | ConnectionError_
    | GetLastError
    | CloseConnection
    | GetInteractiveUrl
    | InteractiveDone
    | InteractiveRejected
)

ResultKind: TypeAlias = Literal["string", "int", "strings"]


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter: its name on the wire and the record's field that holds it."""

    wire: str
    field: str
    kind: Literal["string", "int"] = "string"


@dataclass(frozen=True, slots=True)
class Contract:
    """One row of the table.  ``advertised``: the WSDL names it."""

    operation: Operation
    record: type[Call]
    parameters: tuple[Parameter, ...] = ()
    result: ResultKind = "string"
    advertised: bool = True


_TICKET: Final = Parameter("ticket", "ticket")
_WC_TICKET: Final = Parameter("wcTicket", "ticket")
_HRESULT: Final = Parameter("hresult", "hresult")
_MESSAGE: Final = Parameter("message", "message")

_ROWS: Final = (
    Contract(Operation.SERVER_VERSION, ServerVersion),
    Contract(Operation.GET_SERVER_VERSION, ServerVersion, advertised=False),
    Contract(Operation.CLIENT_VERSION, ClientVersion, (Parameter("strVersion", "version"),)),
    Contract(
        Operation.AUTHENTICATE,
        Authenticate,
        (Parameter("strUserName", "user_name"), Parameter("strPassword", "password")),
        "strings",
    ),
    Contract(
        Operation.SEND_REQUEST,
        SendRequest,
        (
            _TICKET,
            Parameter("strHCPResponse", "hcp_response"),
            Parameter("strCompanyFileName", "company_file_name"),
            Parameter("qbXMLCountry", "country"),
            Parameter("qbXMLMajorVers", "major", "int"),
            Parameter("qbXMLMinorVers", "minor", "int"),
        ),
    ),
    Contract(
        Operation.RECEIVE_RESPONSE,
        ReceiveResponse,
        (_TICKET, Parameter("response", "response"), _HRESULT, _MESSAGE),
        "int",
    ),
    Contract(Operation.CONNECTION_ERROR, ConnectionError_, (_TICKET, _HRESULT, _MESSAGE)),
    Contract(Operation.GET_LAST_ERROR, GetLastError, (_TICKET,)),
    Contract(Operation.CLOSE_CONNECTION, CloseConnection, (_TICKET,)),
    Contract(
        Operation.GET_INTERACTIVE_URL,
        GetInteractiveUrl,
        (_WC_TICKET, Parameter("sessionID", "session_id")),
    ),
    Contract(Operation.INTERACTIVE_DONE, InteractiveDone, (_WC_TICKET,)),
    Contract(
        Operation.INTERACTIVE_REJECTED,
        InteractiveRejected,
        (_WC_TICKET, Parameter("reason", "reason")),
    ),
)

OPERATIONS: Final[dict[str, Contract]] = {row.operation.value: row for row in _ROWS}
