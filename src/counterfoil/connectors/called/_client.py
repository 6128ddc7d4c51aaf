"""The HTTP client of every service that we call: keep to the limit, try again where that is
harmless, bound everything.

* The limit is kept by a ``Throttle``; a 429 is waited for as long as it asks, where that is
  a minute at most.  All waiting of one call together is bounded (``WAIT_S_MAX``): whoever
  asked is told to come back rather than kept, for he holds a lease.
* What may be repeated (``Ask.is_repeatable``) is repeated after a lost answer, anything else
  never: only the caller can find out whether it was carried out.  A call that was not sent,
  or refused with 429, was not carried out, so that one may go again.
* Before every call that leaves, repetitions included, the caller's ``checkpoint`` is asked;
  what it raises ends the matter, and nothing has left.  After every call his ``witness`` is
  told what went over the wire.
* No URL reaches a log with its query, and no text an error or a witness with a secret in it.
"""

from __future__ import annotations

import logging
import random
import time
import uuid
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from typing import Any, Final, NamedTuple
from urllib.parse import urlencode

import httpx2
import msgspec

from counterfoil.errors import ConnectorError, SettingsError, UnavailableError, UnreadableReplyError
from counterfoil.logs import get_logger

from ._deadline import Deadline
from ._errors import (
    TRANSPORT,
    CallRefusedError,
    Circumstances,
    Fate,
    Said,
    Service,
    made,
    of_status,
    of_transport,
    words_of,
)
from ._retry_after import retry_after_s
from ._rim import clean_line, read_json
from ._throttle import Throttle
from ._witness import Call, Secrets

__all__ = ["Ask", "HttpClient", "Line", "Patience", "Reply", "Witness", "encoded"]

# A longer wish of the service is not waited for within the call, but told to the caller.
RETRY_AFTER_MAX_S: Final = 60.0
TOO_MANY_ROUNDS_MAX: Final = 5
# All waiting of one call: for our own limit, for theirs, and between tries.
WAIT_S_MAX: Final = 75.0
# An answer that trickles in for longer, head or body, is given up.
EXCHANGE_S_MAX: Final = 120.0
TRIES_MAX: Final = 3
BACKOFF_FIRST_S: Final = 0.5
BODY_SIZE_MAX: Final = 64 * 1024 * 1024

# Carried out twice these may do something else than once.
_ONCE: Final = frozenset({"POST", "PATCH"})

TRANSPORT_ERRORS: Final = tuple(TRANSPORT)

Witness = Callable[[Call], None]
"""Is told of every call once it is over."""

_encoder = msgspec.json.Encoder(decimal_format="number")


_HIDDEN: Final = "the answer is not shown: it may hold what nobody may see"


class _BodyTooLargeError(httpx2.StreamError):
    """An answer without end; counts as unreadable, as its parent does."""


class _NoQueries(logging.Filter):
    """The HTTP library logs whole URLs; a query may hold a token."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(
                arg.copy_with(query=None) if isinstance(arg, httpx2.URL) else arg
                for arg in record.args
            )
        return True


_no_queries = _NoQueries()


@dataclass(frozen=True)
class Reply:
    """A successful answer of ``size`` bytes; ``json`` has exact decimals, ``None`` if empty."""

    status: int
    json: Any
    headers: Mapping[str, str]
    size: int = 0


@dataclass(frozen=True, kw_only=True)
class Ask:
    """One call.

    Attributes:
        path: Below the base URL; may carry a query of the service's own.
        hidden: Further parameters, told to nobody; ``headers`` neither.
        reads: It changes nothing; ``None``: as its method says.
        is_harmless: It may be repeated although it is no reading and its method would not
            allow it: such as asking for a token.
        hides_answer: The answer to it holds a secret.
    """

    method: str
    path: str
    body: bytes | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    hidden: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    reads: bool | None = None
    is_harmless: bool = False
    hides_answer: bool = False

    @property
    def is_reading(self) -> bool:
        """Whether it changes nothing."""
        return self.method == "GET" if self.reads is None else self.reads

    @property
    def is_repeatable(self) -> bool:
        """Whether it may be sent again after a lost answer."""
        return self.method not in _ONCE or self.is_reading or self.is_harmless

    @property
    def operation(self) -> str:
        """What people and logs call it: no query, no secret."""
        return f"{self.method} {self.bare_path}"

    @property
    def bare_path(self) -> str:
        """Its path without what is asked; of a page's address a service may have made anything."""
        return self.path.partition("?")[0]


class Patience:
    """How long one call may still be waited for."""

    def __init__(self, sleep: Callable[[float], None]) -> None:
        self._sleep = sleep
        self._left_s = WAIT_S_MAX

    def wait(self, seconds: float) -> bool:
        """Wait, unless that is more than is left: ``False``, at once."""
        if seconds > self._left_s:
            return False
        self._left_s -= seconds
        self._sleep(seconds)
        return True


class Answered(NamedTuple):
    """What a call came to.

    Attributes:
        status: What the answer means, as an HTTP status; 0: no answer came.
        wait_s: How long the service asks to wait; ``None``: it names nothing.
    """

    status: int
    reply: Reply | ConnectorError | SettingsError
    wait_s: float | None = None


@dataclass(frozen=True, kw_only=True)
class Line:
    """How a client reaches the world; everything has its usual value.

    Attributes:
        throttle: Shared by all who call for this account; ``None``: one of the client's own.
        transport: Where requests go instead of the network.
        clock: Seconds that only grow; ``sleep`` waits; ``chance`` is between 0 and 1.
        new_id: Makes the identity of a call, seen in our log and in its ``X-Request-Id``.
        checkpoint: Asked right before every call that leaves; raises to stop, anything but a
            ``ConnectorError``, and it comes out as it is.  Between two askings lie at most
            ``WAIT_S_MAX`` of waiting and ``EXCHANGE_S_MAX`` and both timeouts of one call.
        witness: Told of every call once it is over.
        connect_timeout_s, read_timeout_s: Of one call.
    """

    throttle: Throttle | None = None
    transport: httpx2.BaseTransport | None = None
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    chance: Callable[[], float] = random.random
    new_id: Callable[[], str] = lambda: uuid.uuid4().hex
    checkpoint: Callable[[], None] | None = None
    witness: Witness | None = None
    connect_timeout_s: float = 10.0
    read_timeout_s: float = 60.0


class HttpClient:
    """Performs calls to one service, one at a time.

    Args:
        service: The service, in our words.
        base_url: Where it is; whoever learns that it has moved sets it anew.
        secrets: What nobody may see.
        throttle: Says when a call may leave.
        line: How the world is reached.
    """

    def __init__(
        self,
        service: Service,
        *,
        base_url: str,
        secrets: Secrets,
        throttle: Throttle,
        line: Line,
    ) -> None:
        self.base_url = base_url
        self._service = service
        self._secrets = secrets
        self._throttle = throttle
        self._line = line
        self._log = get_logger(f"counterfoil.{service.system.replace('-', '_')}")
        # A transport that is given waits for nobody.
        self._deadline = Deadline() if line.transport is None else None
        self._http = httpx2.Client(
            transport=line.transport,
            timeout=httpx2.Timeout(line.read_timeout_s, connect=line.connect_timeout_s),
            follow_redirects=False,
        )
        logging.getLogger("httpx2").addFilter(_no_queries)

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def patience(self) -> Patience:
        """Give the waiting of one call, which may be several that belong together."""
        return Patience(self._line.sleep)

    def redacted(self, text: str) -> str:
        """Give a text without what is secret."""
        return self._secrets.out_of(text)

    def _shown(self, word: str | None) -> str | None:
        return None if word is None else self.redacted(word)

    def unreadable(self, ask: Ask, problem: str) -> UnreadableReplyError:
        """Make the error of an answer that came, and says nothing we understand."""
        return UnreadableReplyError(
            f"{self._service.name} answered in a way that this version cannot read.",
            system=self._service.system,
            operation=ask.operation,
            detail=self.redacted(problem),
        )

    def refused(
        self,
        ask: Ask,
        status: int,
        words: str,
        *,
        fault: str | None = None,
        is_reading: bool | None = None,
    ) -> ConnectorError:
        """Make the error of an answer that says no in spite of its status.

        Args:
            ask: The call.
            status: What the answer means, as an HTTP status.
            words: The service's own, without secrets.
            fault: Its own code.
            is_reading: Of what the answer is about; ``None``: as of the call.
        """
        asked = ask.is_reading if is_reading is None else is_reading
        at = Circumstances(self._service, ask.operation, asked, "")
        error = of_status(status, Said(status=status, text=words, fault=fault), at)
        assert isinstance(error, ConnectorError), "no status says that an address is wrong"
        return error

    def perform(self, ask: Ask, patience: Patience) -> Answered:
        """Perform a call and wait out the rate limit: five times, within the patience."""
        answered = self._repeated(ask, patience)
        for _ in range(TOO_MANY_ROUNDS_MAX):
            wait_s = retry_after_s(None) if answered.wait_s is None else answered.wait_s
            if answered.status != httpx2.codes.TOO_MANY_REQUESTS or wait_s > RETRY_AFTER_MAX_S:
                break
            if not patience.wait(wait_s):
                break
            answered = self._repeated(ask, patience)
        status, reply, told_s = answered
        if isinstance(reply, UnavailableError) and reply.retry_after_s is None:
            is_limit = status == httpx2.codes.TOO_MANY_REQUESTS
            reply.retry_after_s = retry_after_s(None) if is_limit and told_s is None else told_s
        return answered

    # --- One call, with patience -----------------------------------------------------------

    def _repeated(self, ask: Ask, patience: Patience) -> Answered:
        """Perform a call, again after a lost answer where that is harmless: three tries."""
        for attempt in range(1, TRIES_MAX + 1):
            while (wait_s := self._throttle.take()) > 0:
                if not patience.wait(wait_s):
                    return Answered(0, self._used_up(ask, wait_s))
            answered = self._once(ask, attempt)
            status, reply, _ = answered
            was_lost = status == 0 or status >= 500 or isinstance(reply, UnreadableReplyError)
            may_repeat = ask.is_repeatable or isinstance(reply, UnavailableError)
            is_no = isinstance(reply, Reply | SettingsError | CallRefusedError)
            if is_no or not (was_lost and may_repeat) or attempt == TRIES_MAX:
                return answered
            pause_s = BACKOFF_FIRST_S * 2 ** (attempt - 1) * (1 + self._line.chance())
            if not patience.wait(pause_s):
                return answered
        raise AssertionError("the last attempt returns")

    def _used_up(self, ask: Ask, wait_s: float) -> UnavailableError:
        error = UnavailableError(
            f"{self._service.name} has been asked as often as this connection may.",
            system=self._service.system,
            operation=ask.operation,
            detail="our own limit is used up; nothing was sent",
        )
        error.retry_after_s = wait_s
        return error

    def _once(self, ask: Ask, attempt: int) -> Answered:
        """Perform a call."""
        request_id = self._line.new_id()
        at = Circumstances(self._service, ask.operation, ask.is_reading, request_id)
        log = self._log.bind(operation=ask.operation, request_id=request_id, attempt=attempt)
        if self._line.checkpoint is not None:
            self._line.checkpoint()
        started = self._line.clock()
        try:
            with self._deadline.within(EXCHANGE_S_MAX) if self._deadline else nullcontext():
                response, body = self._exchange(self._request(ask, request_id), started)
        except TRANSPORT_ERRORS as error:
            found = of_transport(error, at)
            found.__cause__ = error
            log.warning("call lost", reason=type(error).__name__)
            self._tell(ask, request_id, failure=type(error).__name__)
            return Answered(0, found)
        elapsed_s = round(self._line.clock() - started, 3)
        log.info("call answered", status=response.status_code, elapsed_s=elapsed_s)
        answered = self._read(response, body, at, is_hidden=ask.hides_answer)
        told = response.headers.get(self._service.id_header or "")
        their_id = None if told is None else clean_line(told)
        self._tell(ask, request_id, status=response.status_code, answer=body, their_id=their_id)
        return answered

    def _tell(
        self,
        ask: Ask,
        request_id: str,
        *,
        status: int = 0,
        answer: bytes = b"",
        failure: str | None = None,
        their_id: str | None = None,
    ) -> None:
        """Show the witness a call, without what nobody may see."""
        if self._line.witness is None:
            return
        if ask.hides_answer and status < httpx2.codes.BAD_REQUEST:
            answer = b'"***"' if answer else b""
        query = urlencode(ask.parameters)
        path = ask.path + (f"{'&' if '?' in ask.path else '?'}{query}" if query else "")
        request, is_request_cut = self._secrets.out_of_bytes(ask.body or b"")
        answer, is_answer_cut = self._secrets.out_of_bytes(answer)
        self._line.witness(
            Call(
                request_id=request_id,
                method=ask.method,
                path=self.redacted(path),
                status=status,
                request=request,
                answer=answer,
                is_cut=is_request_cut or is_answer_cut,
                failure=failure,
                their_id=their_id,
            )
        )

    def _request(self, ask: Ask, request_id: str) -> httpx2.Request:
        headers = {"Accept": "application/json", "X-Request-Id": request_id, **ask.headers}
        if ask.body is not None:
            headers.setdefault("Content-Type", "application/json")
        url = httpx2.URL(self.base_url + ask.path)
        url = url.copy_merge_params({**ask.parameters, **ask.hidden})
        extensions = self._deadline.extensions if self._deadline else None
        return self._http.build_request(
            ask.method, url, headers=headers, content=ask.body, extensions=extensions
        )

    def _exchange(self, request: httpx2.Request, started: float) -> tuple[httpx2.Response, bytes]:
        """Send a request and read the answer, up to a size no list of orders reaches."""
        response = self._http.send(request, stream=True)
        body = bytearray()
        try:
            for chunk in response.iter_bytes():
                body += chunk
                if len(body) > BODY_SIZE_MAX:
                    raise _BodyTooLargeError(f"more than {BODY_SIZE_MAX} bytes")
                if self._line.clock() - started > EXCHANGE_S_MAX:
                    raise httpx2.ReadTimeout(f"not whole after {EXCHANGE_S_MAX:.0f} s")
        finally:
            response.close()
        return response, bytes(body)

    def _read(
        self, response: httpx2.Response, body: bytes, at: Circumstances, *, is_hidden: bool
    ) -> Answered:
        sent = response.status_code
        if not response.is_success:
            said = self._service.reads(sent, body)
            said = replace(said, text=self.redacted(said.text), field=self._shown(said.field))
            wish = response.headers.get("retry-after")
            wait_s = None if wish is None else retry_after_s(wish, response.headers.get("date"))
            return Answered(said.status, of_status(sent, said, at), wait_s)
        try:
            found = read_json(body) if body.strip() else None
        except ValueError:
            problem = made(
                Fate.UNREADABLE,
                "sent an answer that is no JSON",
                at,
                code=str(sent),
                detail=_HIDDEN if is_hidden else self.redacted(words_of(body)),
            )
            return Answered(sent, problem)
        return Answered(sent, Reply(sent, found, response.headers, len(body)))


def encoded(service: Service, operation: str, body: Mapping[str, Any]) -> bytes:
    """Write a body.

    Raises:
        CallRefusedError: It holds what cannot be written (``code`` is ``None``): nothing has
            left.
    """
    try:
        return _encoder.encode(body)
    except (TypeError, ValueError, OverflowError, RecursionError) as error:
        raise CallRefusedError(
            f"{service.name} cannot be sent this: it holds a value that cannot be written.",
            system=service.system,
            operation=operation,
            request_id="",
            code=None,
            detail=f"{type(error).__name__} while writing the body",
            reason="it holds a value that cannot be written",
            field=None,
        ) from error
