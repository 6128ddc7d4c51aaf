"""What the HTTP client and a service can do to a call, and what happens next.

Two tables and nothing else decide: ``TRANSPORT`` for every exception of the HTTP library,
``STATUSES`` for every status.  Each row names a ``Fate``, and the fate and what the call does
give one error of the tree in ``counterfoil.errors``::

    fate          a reading             a write
    NOT_DONE      UnavailableError      UnavailableError
    UNCERTAIN     UnavailableError      OutcomeUnknownError
    REFUSED       RejectedError         RejectedError
    UNREADABLE    UnreadableReplyError  UnreadableReplyError
    MISCONFIGURED SettingsError         SettingsError

What is particular to a service is its ``Service``: its names, rows of its own, and how what
its answers say is read.
"""

from __future__ import annotations

import string
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from types import MappingProxyType
from typing import Final

import httpx2

from counterfoil.errors import (
    ConnectorError,
    OutcomeUnknownError,
    RejectedError,
    SettingsError,
    UnavailableError,
    UnreadableReplyError,
)

from ._rim import clean_line

__all__ = [
    "TRANSPORT",
    "CallRefusedError",
    "Circumstances",
    "Fate",
    "Said",
    "Service",
    "StatusRow",
    "made",
    "of_status",
    "of_transport",
    "words_of",
]

TEXT_LENGTH_MAX: Final = 500


class Fate(Enum):
    """What is known of a call that brought no ordinary answer."""

    NOT_DONE = auto()
    UNCERTAIN = auto()
    REFUSED = auto()
    UNREADABLE = auto()
    MISCONFIGURED = auto()


StatusRow = tuple[int, int, Fate, str]
"""First and last status, what is known then, and what to say of the service."""


@dataclass(frozen=True, kw_only=True)
class Said:
    """What an answer without success says.

    Attributes:
        status: What it means, as an HTTP status; a service may send another one.
        text: Its words, shortened.
        field: The property they are about, ``None`` where they name none.
        fault: The service's own code for it, ``None`` where it has none.
    """

    status: int
    text: str
    field: str | None = None
    fault: str | None = None


@dataclass(frozen=True, kw_only=True)
class Service:
    """A service in our words.

    Attributes:
        system: For programs, such as ``fusion-operations``.
        name: For people.
        statuses: Its own rows, looked at before ``STATUSES``.
        reads: Says what an answer with a status other than success means.
        id_header: In which its answers bear its own identity of a call; ``None``: in none.
    """

    system: str
    name: str
    statuses: tuple[StatusRow, ...] = ()
    reads: Callable[[int, bytes], Said]
    id_header: str | None = None


@dataclass(frozen=True)
class Circumstances:
    """What an error tells about its call; ``operation`` holds no query and no secret."""

    service: Service
    operation: str
    is_reading: bool
    request_id: str


class CallRefusedError(RejectedError):
    """The service said no.

    Args:
        reason: Its own words, shortened.
        field: The property they are about, ``None`` where it names none.
        fault: Its own code for it, ``None`` where it gives none.
    """

    def __init__(
        self,
        message: str,
        *,
        system: str,
        operation: str,
        request_id: str,
        code: str | None,
        detail: str,
        reason: str,
        field: str | None,
        fault: str | None = None,
    ) -> None:
        super().__init__(
            message,
            system=system,
            operation=operation,
            request_id=request_id,
            code=code,
            detail=detail,
        )
        self.reason = reason
        self.field = field
        self.fault = fault


TRANSPORT: Mapping[type[Exception], tuple[Fate, str]] = MappingProxyType(
    {
        # No connection: nothing has been sent.
        httpx2.ConnectError: (Fate.NOT_DONE, "cannot be reached"),
        httpx2.ConnectTimeout: (Fate.NOT_DONE, "did not accept the connection in time"),
        httpx2.PoolTimeout: (Fate.NOT_DONE, "is being asked too much at once"),
        httpx2.ProxyError: (Fate.NOT_DONE, "cannot be reached through the proxy"),
        # The request, or a part of it, was on its way.
        httpx2.CloseError: (Fate.UNCERTAIN, "closed the connection"),
        httpx2.NetworkError: (Fate.UNCERTAIN, "was cut off"),
        httpx2.ProtocolError: (Fate.UNCERTAIN, "broke the rules of HTTP"),
        httpx2.ReadError: (Fate.UNCERTAIN, "was cut off before it answered"),
        httpx2.ReadTimeout: (Fate.UNCERTAIN, "did not answer in time"),
        httpx2.RemoteProtocolError: (Fate.UNCERTAIN, "hung up before it answered"),
        httpx2.RequestError: (Fate.UNCERTAIN, "could not be asked"),
        httpx2.TimeoutException: (Fate.UNCERTAIN, "did not answer in time"),
        httpx2.TransportError: (Fate.UNCERTAIN, "could not be asked"),
        httpx2.WriteError: (Fate.UNCERTAIN, "was cut off while being asked"),
        httpx2.WriteTimeout: (Fate.UNCERTAIN, "did not take the request in time"),
        httpx2.HTTPError: (Fate.UNCERTAIN, "could not be asked"),
        httpx2.HTTPStatusError: (Fate.UNCERTAIN, "answered with an error"),
        # An answer came that cannot be read; the first is the peer's, the rest our misuse.
        httpx2.DecodingError: (Fate.UNREADABLE, "sent an answer that cannot be unpacked"),
        httpx2.CookieConflict: (Fate.UNREADABLE, "set cookies that contradict each other"),
        httpx2.RequestNotRead: (Fate.UNREADABLE, "was asked in a wrong way"),
        httpx2.ResponseNotRead: (Fate.UNREADABLE, "sent an answer that was not read"),
        httpx2.SSEError: (Fate.UNREADABLE, "sent a stream instead of an answer"),
        httpx2.StreamClosed: (Fate.UNREADABLE, "sent an answer that was closed too early"),
        httpx2.StreamConsumed: (Fate.UNREADABLE, "sent an answer that was read twice"),
        httpx2.StreamError: (Fate.UNREADABLE, "sent an answer that was not read"),
        # The address is not one.
        httpx2.InvalidURL: (Fate.MISCONFIGURED, "has an address that is none"),
        httpx2.LocalProtocolError: (Fate.MISCONFIGURED, "has a key that cannot be sent"),
        httpx2.TooManyRedirects: (Fate.MISCONFIGURED, "has an address that leads in circles"),
        httpx2.UnsupportedProtocol: (Fate.MISCONFIGURED, "has an address without http:// or https://"),
    }
)  # fmt: skip
"""Exception of the HTTP library -> what is known, and what to say of the service."""

STATUSES: tuple[StatusRow, ...] = (
    (300, 399, Fate.REFUSED, "sent us to another address; check the connection's base URL"),
    (401, 401, Fate.REFUSED, "does not accept the credentials of this connection"),
    (403, 403, Fate.REFUSED, "does not let these credentials do that"),
    (408, 408, Fate.NOT_DONE, "did not get the request in time"),
    (425, 425, Fate.NOT_DONE, "asks to send it again"),
    (429, 429, Fate.NOT_DONE, "has been asked more often than it allows"),
    (400, 499, Fate.REFUSED, "refused the request"),
    (501, 501, Fate.REFUSED, "cannot do that"),
    (500, 599, Fate.UNCERTAIN, "had an error of its own"),
    (100, 999, Fate.UNREADABLE, "answered with a status that means nothing here"),
)
"""First row that holds the status decides."""


def of_transport(error: Exception, at: Circumstances) -> ConnectorError | SettingsError:
    """Translate an exception of the HTTP library.

    Its own words may hold the URL and with it a token, so only its name is told.
    """
    kind = next(type_ for type_ in type(error).__mro__ if type_ in TRANSPORT)
    fate, words = TRANSPORT[kind]
    return made(fate, words, at, code=type(error).__name__, detail=type(error).__name__)


def of_status(sent: int, said: Said, at: Circumstances) -> ConnectorError | SettingsError:
    """Translate an answer without success.

    Args:
        sent: The status that came, for the engineer.
        said: What the answer means; without secrets.
        at: Of the call.
    """
    rows = (*at.service.statuses, *STATUSES)
    fate, words = next(
        (fate, words) for first, last, fate, words in rows if first <= said.status <= last
    )
    detail = f"HTTP {sent}: {said.text}"
    if fate is Fate.REFUSED:
        return CallRefusedError(
            f"{at.service.name} {words}.",
            system=at.service.system,
            operation=at.operation,
            request_id=at.request_id,
            code=str(said.status),
            detail=detail,
            reason=said.text,
            field=said.field,
            fault=said.fault,
        )
    return made(fate, words, at, code=str(said.status), detail=detail)


def made(
    fate: Fate, words: str, at: Circumstances, *, code: str, detail: str
) -> ConnectorError | SettingsError:
    """Make the error that a fate comes to for this call."""
    message = f"{at.service.name} {words}."
    if fate is Fate.MISCONFIGURED:
        return SettingsError(message, detail=f"{at.operation}: {detail}")
    if fate is Fate.NOT_DONE or (fate is Fate.UNCERTAIN and at.is_reading):
        type_: type[ConnectorError] = UnavailableError
    elif fate is Fate.UNCERTAIN:
        type_ = OutcomeUnknownError
    elif fate is Fate.REFUSED:
        type_ = RejectedError
    else:
        type_ = UnreadableReplyError
    return type_(
        message,
        system=at.service.system,
        operation=at.operation,
        request_id=at.request_id,
        code=code,
        detail=detail,
    )


def words_of(body: bytes) -> str:
    """Give the words of a body that is none of the service's own, at most 500 characters.

    It may be anything, an HTML page of a proxy included.
    """
    text = body[: 40 * TEXT_LENGTH_MAX].decode("utf-8", "replace")
    if "<" in text:
        text = _without_markup(text)
    return clean_line(text, TEXT_LENGTH_MAX)


# What stands between these is not for people.
_HIDDEN: Final = {"!--": "-->", "script": "</script", "style": "</style", "head": "</head"}


_SMALL: Final = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)


def _without_markup(text: str) -> str:
    """Give the words of a page, a blank for each tag; reads every character once.

    What begins and does not end is markup up to the page's own end.
    """
    words = []
    lowered = text.translate(_SMALL)
    start = 0
    while (opened := text.find("<", start)) >= 0:
        words.append(text[start:opened])
        closed = text.find(">", _hidden_until(lowered, opened))
        start = len(text) if closed < 0 else closed + 1
    return " ".join([*words, text[start:]])


def _hidden_until(lowered: str, opened: int) -> int:
    """Say where the end of a tag is looked for: behind what it hides, where it hides something."""
    for name, ending in _HIDDEN.items():
        after = opened + 1 + len(name)
        goes_on = name.isalpha() and lowered[after : after + 1].isalnum()
        if lowered.startswith(name, opened + 1) and not goes_on:
            found = lowered.find(ending, after)
            return len(lowered) if found < 0 else found
    return opened
