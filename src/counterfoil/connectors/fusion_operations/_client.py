"""The HTTP client: sign in, keep to the limit, try again where that is harmless.

* A token lasts two hours and is renewed at 110 minutes; on 401 it is renewed once and the
  call repeated once.  The token stands in the URL, so URLs never reach a log.
* The limit is kept by a ``Throttle``; a 429 is waited for as long as it asks, where that is
  a minute at most.  All waiting of one call together is bounded (``WAIT_S_MAX``): whoever
  asked is told to come back rather than kept, for he holds a lease.
* GET, PUT and DELETE are repeated after a lost answer, POST never: only the caller can find
  out whether it was carried out.  A call that was not sent, or refused with 429 or 401,
  was not carried out, so that one may go again.
* One call at a time, whoever asks.
* Before every call that leaves, repetitions and those for a token included, the caller's
  ``checkpoint`` is asked; what it raises ends the matter, and nothing has left.  After every
  call his ``witness`` is told what went over the wire.
"""

from __future__ import annotations

import base64
import logging
import random
import re
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

import httpx2
import msgspec

from counterfoil.errors import ConnectorError, SettingsError, UnavailableError, UnreadableReplyError
from counterfoil.logs import get_logger

from ._account import Account, address_of
from ._deadline import Deadline
from ._errors import (
    NAME,
    SYSTEM,
    TRANSPORT,
    CallRefusedError,
    Circumstances,
    Fate,
    error_field,
    error_text,
    made,
    of_status,
    of_transport,
)
from ._fields import FieldMap
from ._reader import fold
from ._rim import read_json, shown
from ._throttle import InProcessThrottle, Throttle
from ._witness import Call, Secrets

__all__ = ["FusionClient", "Reply", "Witness"]

TOKEN_RENEWED_AFTER_S = 110 * 60
RETRY_AFTER_DEFAULT_S = 60.0
# A longer wish of the service is not waited for within the call, but told to the caller.
RETRY_AFTER_MAX_S = 60.0
RETRY_AFTER_TOLD_MAX_S = 3600.0
TOO_MANY_ROUNDS_MAX = 5
# All waiting of one call: for our own limit, for theirs, and between tries.
WAIT_S_MAX = 75.0
# An answer that trickles in for longer, head or body, is given up.
EXCHANGE_S_MAX = 120.0
TRIES_MAX = 3
BACKOFF_FIRST_S = 0.5
PAGES_MAX = 1000
ELEMENTS_MAX = 1_000_000
LINK_LENGTH_MAX = 2000
# All pages of one list together; a list that comes for longer, or is larger, is given up whole.
LIST_BYTES_MAX = 256 * 1024 * 1024
LIST_S_MAX = 1800.0
_TOKEN = re.compile(r"[!-~]{1,4096}")
BODY_SIZE_MAX = 64 * 1024 * 1024
# The only scope that was ever seen; some tenants want it named.
SCOPES = ("productions_write",)

TRANSPORT_ERRORS = tuple(TRANSPORT)

Witness = Callable[[Call], None]
"""Is told of every call once it is over."""

# Where a list stands in an object that holds several.
_LIST_NAMES = ("items", "data", "results", "elements", "rows")

_encoder = msgspec.json.Encoder(decimal_format="number")
_log = get_logger("counterfoil.fusion_operations")


class _BodyTooLargeError(httpx2.StreamError):
    """An answer without end; counts as unreadable, as its parent does."""


class _NoQueries(logging.Filter):
    """The HTTP library logs whole URLs; ours hold the token."""

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
class _Ask:
    """One call before it has a token; ``path`` may carry a query of the service's own."""

    method: str
    path: str
    body: bytes | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    basic: str | None = None

    @property
    def is_repeatable(self) -> bool:
        # Asking for a token changes nothing that matters.
        return self.method != "POST" or self.basic is not None

    @property
    def operation(self) -> str:
        return f"{self.method} {urlsplit(self.path).path}"


class _Patience:
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


class FusionClient:
    """A connection to one company.

    Args:
        account: The company's address, key and secret.
        fields: What it calls things.
        throttle: Shared by all who call for this company; default: one of our own.
        transport: Where requests go instead of the network.
        clock: Seconds that only grow; ``sleep`` waits; ``chance`` is between 0 and 1.
        new_id: Makes the identity of a call, seen in our log and in its ``X-Request-Id``.
        checkpoint: Asked right before every call that leaves, the one for a token included;
            raises to stop, anything but a ``ConnectorError``, and it comes out as it is.
            Between two askings lie at most ``WAIT_S_MAX`` of waiting and ``EXCHANGE_S_MAX``
            and both timeouts of one call.
        witness: Told of every call once it is over.
        connect_timeout_s, read_timeout_s: Of one call.

    Raises:
        SettingsError: The base URL is none.
    """

    def __init__(
        self,
        account: Account,
        *,
        fields: FieldMap | None = None,
        throttle: Throttle | None = None,
        transport: httpx2.BaseTransport | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        chance: Callable[[], float] = random.random,
        new_id: Callable[[], str] = lambda: uuid.uuid4().hex,
        checkpoint: Callable[[], None] | None = None,
        witness: Witness | None = None,
        connect_timeout_s: float = 10.0,
        read_timeout_s: float = 60.0,
    ) -> None:
        address = address_of(account.base_url)
        self.fields = fields or FieldMap()
        self.account = account
        self._base_url = address.geturl().rstrip("/")
        self._throttle = throttle or InProcessThrottle(clock)
        self._clock = clock
        self._sleep = sleep
        self._chance = chance
        self._new_id = new_id
        self._checkpoint = checkpoint
        self._witness = witness
        self._lock = threading.RLock()
        self._token: str | None = None
        self._minted_at = 0.0
        self._secrets = Secrets(
            (account.key, account.secret, self._basic), parameter=self.fields["parameter.token"]
        )
        # A transport that is given waits for nobody.
        self._deadline = Deadline() if transport is None else None
        self._http = httpx2.Client(
            transport=transport,
            timeout=httpx2.Timeout(read_timeout_s, connect=connect_timeout_s),
            follow_redirects=False,
        )
        logging.getLogger("httpx2").addFilter(_no_queries)

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    # --- What callers ask ------------------------------------------------------------------

    def fetch(self, path: str) -> Reply:
        """Read one resource; ``path`` is complete, such as ``/api/v1/clients/1001``.

        Raises:
            ConnectorError: The most specific of the tree.
        """
        return self._signed(_Ask(method="GET", path=path))

    def fetch_list(self, path: str, *, question: str = "") -> tuple[Any, ...]:
        """Read all elements of a list, however it is paged or wrapped (1.7, A10).

        ``question`` is the field map's name of a parameter that says what to list; where the
        map has no word for it, nothing is asked.

        Raises:
            UnreadableReplyError: No list, or a next page that cannot be followed.  A part
                of a list is never taken for the whole.
            ConnectorError: As above.
        """
        parameters = {}
        for name in filter(None, ("page-size", question)):
            word, value = self.fields[f"parameter.{name}"], self.fields[f"value.{name}"]
            if word and value:
                parameters[word] = value
        ask: _Ask | None = _Ask(method="GET", path=path, parameters=parameters)
        elements: list[Any] = []
        seen: set[str] = set()
        started, size = self._clock(), 0
        while ask is not None:
            reply = self._signed(ask)
            size += reply.size
            if size > LIST_BYTES_MAX or self._clock() - started > LIST_S_MAX:
                raise self._unreadable(ask, "its pages together are too much, or take too long")
            elements.extend(self._elements(reply.json, ask))
            following = self._next(reply, ask)
            is_endless = len(seen) >= PAGES_MAX or len(elements) > ELEMENTS_MAX
            if following in seen or is_endless:
                raise self._unreadable(ask, "its pages never end")
            seen.add(following or "")
            ask = None if following is None else _Ask(method="GET", path=following)
        return tuple(elements)

    def send(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Reply:
        """Write one resource; ``body`` is ``None`` where the call has none.

        Raises:
            OutcomeUnknownError: No answer came; it may have been carried out.
            UnreadableReplyError: It was carried out, but the answer cannot be read.
            CallRefusedError: The service said no, or the body holds what cannot be written
                (its ``code`` is ``None`` then): nothing has left.
            ConnectorError: As above.
        """
        ask = _Ask(method=method, path=path)
        if body is not None:
            ask = replace(ask, body=self._encoded(ask, body))
        return self._signed(ask)

    def _encoded(self, ask: _Ask, body: Mapping[str, Any]) -> bytes:
        try:
            return _encoder.encode(body)
        except (TypeError, ValueError, OverflowError, RecursionError) as error:
            raise CallRefusedError(
                f"{NAME} cannot be sent this: it holds a value that cannot be written.",
                system=SYSTEM,
                operation=ask.operation,
                request_id="",
                code=None,
                detail=f"{type(error).__name__} while writing the body",
                reason="it holds a value that cannot be written",
                field=None,
            ) from error

    def redacted(self, text: str) -> str:
        """Give a text without our credentials (A13)."""
        return self._secrets.out_of(text)

    # --- Pages -----------------------------------------------------------------------------

    def _elements(self, found: Any, ask: _Ask) -> list[Any]:
        """Give the elements of an answer: bare, or in the one list that an object holds.

        Of several lists one has to say that it is the one: an empty list of warnings is not
        an empty list of orders.
        """
        if isinstance(found, list):
            return found
        lists = {}
        if isinstance(found, dict):
            lists = {fold(str(k)): v for k, v in found.items() if isinstance(v, list)}
        if len(lists) == 1:
            return next(iter(lists.values()))
        resource = urlsplit(ask.path).path.rstrip("/").rpartition("/")[2]
        for name in (fold(resource), *_LIST_NAMES):
            if name in lists:
                return lists[name]
        raise self._unreadable(ask, "the answer holds no list")

    def _next(self, reply: Reply, ask: _Ask) -> str | None:
        """Give path and query of the next page.

        Only those of a link are used, never its host: a token is not shown to strangers.
        """
        link: Any = _linked(reply.headers.get("link", ""))
        if link is None and isinstance(reply.json, dict):
            link = next((v for k, v in reply.json.items() if fold(str(k)) == "next"), None)
        if link is None or link == "" or link is False:
            return None
        if not isinstance(link, str) or not re.match(r"https?://|/|\?", link):
            raise self._unreadable(ask, f"its next page is {shown(link)!r}")
        if len(link) > LINK_LENGTH_MAX or not re.fullmatch(r"[!-~]+", link):
            raise self._unreadable(ask, "its next page is no address")
        base = urlsplit(self._base_url)
        try:
            target = urlsplit(urljoin(self._base_url + ask.path, link))
        except ValueError:
            raise self._unreadable(ask, f"its next page is {shown(link)!r}") from None
        if target.hostname != base.hostname:
            raise self._unreadable(ask, f"its next page is on another host, {target.hostname}")
        path = target.path.removeprefix(base.path)
        return f"{path}?{target.query}" if target.query else path

    def _unreadable(self, ask: _Ask, problem: str) -> UnreadableReplyError:
        return UnreadableReplyError(
            f"{NAME} answered in a way that this version cannot read.",
            system=SYSTEM,
            operation=ask.operation,
            detail=self.redacted(problem),
        )

    # --- Tokens ----------------------------------------------------------------------------

    @property
    def _basic(self) -> str:
        pair = f"{self.account.key}:{self.account.secret}"
        return base64.b64encode(pair.encode("utf-8", "surrogatepass")).decode()

    def _signed(self, ask: _Ask) -> Reply:
        """Perform a call with a token; a token refused in mid-run is renewed once."""
        with self._lock:
            patience = _Patience(self._sleep)
            token, is_fresh = self._current_token(patience)
            status, reply = self._patient(ask, token, patience)
            if status == httpx2.codes.UNAUTHORIZED and not is_fresh:
                self._token = None
                token, _ = self._current_token(patience)
                status, reply = self._patient(ask, token, patience)
            if isinstance(reply, Reply):
                return reply
            if status == httpx2.codes.UNAUTHORIZED:
                self._token = None
            raise reply

    def _current_token(self, patience: _Patience) -> tuple[str, bool]:
        """Give a token, and whether it has just been made."""
        if self._token is not None and self._clock() - self._minted_at < TOKEN_RENEWED_AFTER_S:
            return self._token, False
        self._token = self._mint(patience)
        self._minted_at = self._clock()
        self._secrets.add(self._token)
        return self._token, True

    def _mint(self, patience: _Patience) -> str:
        """Ask for a token: once with a wrong secret, there is no point in trying again (A2)."""
        wanted = self.account.scopes
        tried = [None, SCOPES] if wanted is None else [wanted]
        for scopes in tried:
            status, reply = self._patient(
                _Ask(
                    method="POST",
                    path=self.fields.path("authorization"),
                    body=None if scopes is None else _encoder.encode({"scopes": scopes}),
                    basic=self._basic,
                ),
                None,
                patience,
            )
            if isinstance(reply, Reply):
                token = reply.json.get("token") if isinstance(reply.json, dict) else None
                if isinstance(token, str) and _TOKEN.fullmatch(token):
                    return token
                raise UnreadableReplyError(
                    f"{NAME} gave no token.",
                    system=SYSTEM,
                    operation="POST authorization",
                )
            # Some tenants may want the scope named: everything else is final.
            if status not in {400, 411, 415, 422} or scopes is tried[-1]:
                raise reply
        raise AssertionError("the last attempt raises")

    # --- One call, with patience -----------------------------------------------------------

    def _patient(
        self, ask: _Ask, token: str | None, patience: _Patience
    ) -> tuple[int, Reply | ConnectorError | SettingsError]:
        """Perform a call and wait out the rate limit: five times, a minute together."""
        status, reply, retry_after = self._repeated(ask, token, patience)
        for _ in range(TOO_MANY_ROUNDS_MAX):
            wait_s = _retry_after_s(retry_after)
            if status != httpx2.codes.TOO_MANY_REQUESTS or wait_s > RETRY_AFTER_MAX_S:
                break
            if not patience.wait(wait_s):
                break
            status, reply, retry_after = self._repeated(ask, token, patience)
        if isinstance(reply, UnavailableError) and reply.retry_after_s is None:
            is_limit = status == httpx2.codes.TOO_MANY_REQUESTS
            if is_limit or retry_after is not None:
                reply.retry_after_s = _retry_after_s(retry_after)
        return status, reply

    def _repeated(
        self, ask: _Ask, token: str | None, patience: _Patience
    ) -> tuple[int, Reply | ConnectorError | SettingsError, str | None]:
        """Perform a call, again after a lost answer where that is harmless: three tries."""
        for attempt in range(1, TRIES_MAX + 1):
            while (wait_s := self._throttle.take()) > 0:
                if not patience.wait(wait_s):
                    return 0, self._used_up(ask, wait_s), None
            status, reply, retry_after = self._once(ask, token, attempt)
            was_lost = status == 0 or status >= 500 or isinstance(reply, UnreadableReplyError)
            may_repeat = ask.is_repeatable or isinstance(reply, UnavailableError)
            is_no = isinstance(reply, Reply | SettingsError | CallRefusedError)
            if is_no or not (was_lost and may_repeat) or attempt == TRIES_MAX:
                return status, reply, retry_after
            if not patience.wait(BACKOFF_FIRST_S * 2 ** (attempt - 1) * (1 + self._chance())):
                return status, reply, retry_after
        raise AssertionError("the last attempt returns")

    def _used_up(self, ask: _Ask, wait_s: float) -> UnavailableError:
        error = UnavailableError(
            f"{NAME} has been asked as often as this connection may.",
            system=SYSTEM,
            operation=ask.operation,
            detail="our own limit is used up; nothing was sent",
        )
        error.retry_after_s = wait_s
        return error

    def _once(
        self, ask: _Ask, token: str | None, attempt: int
    ) -> tuple[int, Reply | ConnectorError | SettingsError, str | None]:
        """Perform a call: status (0: no answer), reply or error, ``Retry-After``."""
        request_id = self._new_id()
        at = Circumstances(ask.operation, ask.method, request_id)
        log = _log.bind(operation=ask.operation, request_id=request_id, attempt=attempt)
        if self._checkpoint is not None:
            self._checkpoint()
        started = self._clock()
        try:
            with self._deadline.within(EXCHANGE_S_MAX) if self._deadline else nullcontext():
                response, body = self._exchange(self._request(ask, token, request_id), started)
        except TRANSPORT_ERRORS as error:
            found = of_transport(error, at)
            found.__cause__ = error
            log.warning("call lost", reason=type(error).__name__)
            self._tell(ask, request_id, failure=type(error).__name__)
            return 0, found, None
        elapsed_s = round(self._clock() - started, 3)
        log.info("call answered", status=response.status_code, elapsed_s=elapsed_s)
        reply = self._read(response, body, at)
        self._tell(ask, request_id, status=response.status_code, answer=body)
        return response.status_code, reply, response.headers.get("retry-after")

    def _tell(
        self,
        ask: _Ask,
        request_id: str,
        *,
        status: int = 0,
        answer: bytes = b"",
        failure: str | None = None,
    ) -> None:
        """Show the witness a call, without what nobody may see."""
        if self._witness is None:
            return
        if ask.basic is not None and status < httpx2.codes.BAD_REQUEST:
            # It holds a token that nobody knows yet.
            answer = b'"***"' if answer else b""
        query = urlencode(ask.parameters)
        path = ask.path + (f"{'&' if '?' in ask.path else '?'}{query}" if query else "")
        request, is_request_cut = self._secrets.out_of_bytes(ask.body or b"")
        answer, is_answer_cut = self._secrets.out_of_bytes(answer)
        self._witness(
            Call(
                request_id=request_id,
                method=ask.method,
                path=self.redacted(path),
                status=status,
                request=request,
                answer=answer,
                is_cut=is_request_cut or is_answer_cut,
                failure=failure,
            )
        )

    def _request(self, ask: _Ask, token: str | None, request_id: str) -> httpx2.Request:
        parameters = dict(ask.parameters)
        if token is not None:
            parameters[self.fields["parameter.token"]] = token
        headers = {"Accept": "application/json", "X-Request-Id": request_id}
        if ask.body is not None:
            headers["Content-Type"] = "application/json"
        if ask.basic is not None:
            headers["Authorization"] = f"Basic {ask.basic}"
        url = httpx2.URL(self._base_url + ask.path).copy_merge_params(parameters)
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
                if self._clock() - started > EXCHANGE_S_MAX:
                    raise httpx2.ReadTimeout(f"not whole after {EXCHANGE_S_MAX:.0f} s")
        finally:
            response.close()
        return response, bytes(body)

    def _read(
        self, response: httpx2.Response, body: bytes, at: Circumstances
    ) -> Reply | ConnectorError | SettingsError:
        if not response.is_success:
            text = self.redacted(error_text(body))
            return of_status(response.status_code, text, error_field(body), at)
        try:
            found_json = read_json(body) if body.strip() else None
        except ValueError:
            return made(
                Fate.UNREADABLE,
                "sent an answer that is no JSON",
                at,
                code=str(response.status_code),
                detail=self.redacted(error_text(body)),
            )
        return Reply(response.status_code, found_json, response.headers, len(body))


def _linked(header: str) -> str | None:
    """Give the target of ``rel="next"`` in a ``Link`` header; reads every character once."""
    for link in header.split("<")[1:]:
        target, closed, parameters = link.partition(">")
        if closed and any(_says_next(each) for each in parameters.split(";")):
            return target
    return None


def _says_next(parameter: str) -> bool:
    name, _, value = parameter.partition("=")
    return name.strip().lower() == "rel" and "next" in value.strip("\"', \t").lower().split()


def _retry_after_s(header: str | None) -> float:
    """Read ``Retry-After``: whole seconds, 60 when absent or unreadable, an hour at most (A4)."""
    if header is None or not header.strip().isdecimal():
        return RETRY_AFTER_DEFAULT_S
    return min(float(header), RETRY_AFTER_TOLD_MAX_S)
