"""The HTTP client: sign in, keep to the limit, try again where that is harmless.

* A token lasts two hours and is renewed at 110 minutes; on 401 it is renewed once and the
  call repeated once.  The token stands in the URL, so URLs never reach a log.
* The limit is kept by a ``Throttle``; a 429 is waited for as long as it asks, five times.
* GET, PUT and DELETE are repeated after a lost answer, POST never: only the caller can find
  out whether it was carried out.  A call that was not sent, or refused with 429 or 401,
  was not carried out, so that one may go again.
* One call at a time, whoever asks.
"""

from __future__ import annotations

import base64
import json
import logging
import random
import re
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx2
import msgspec
import structlog

from counterfoil.errors import ConnectorError, SettingsError, UnavailableError, UnreadableReplyError

from ._errors import (
    NAME,
    SYSTEM,
    TRANSPORT,
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
from ._throttle import InProcessThrottle, Throttle

__all__ = ["Account", "FusionClient", "Reply"]

TOKEN_RENEWED_AFTER_S = 110 * 60
RETRY_AFTER_DEFAULT_S = 60.0
RETRY_AFTER_MAX_S = 300.0
TOO_MANY_ROUNDS_MAX = 5
TRIES_MAX = 3
BACKOFF_FIRST_S = 0.5
PAGES_MAX = 1000
BODY_SIZE_MAX = 64 * 1024 * 1024
# The only scope that was ever seen; some tenants want it named.
SCOPES = ("productions_write",)

TRANSPORT_ERRORS = tuple(TRANSPORT)

_encoder = msgspec.json.Encoder(decimal_format="number")
_log = structlog.get_logger("counterfoil.fusion_operations")


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


@dataclass(frozen=True, kw_only=True)
class Account:
    """Where and as whom: ``base_url`` without the API's prefix, an API key and its secret.

    ``scopes``: sent when a token is asked for; ``None``: first without, then with the only
    one known, for a service that insists.
    """

    base_url: str
    key: str
    secret: str = field(repr=False)
    scopes: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Reply:
    """A successful answer; ``json`` has exact decimals, ``None`` for an empty body."""

    status: int
    json: Any
    headers: Mapping[str, str]


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


class FusionClient:
    """A connection to one company.

    Args:
        throttle: Shared by all who call for this company; default: one of our own.
        transport: Where requests go instead of the network.
        clock: Seconds that only grow; ``sleep`` waits; ``chance`` is between 0 and 1.
        new_id: Makes the identity of a call, seen in our log and in its ``X-Request-Id``.

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
        connect_timeout_s: float = 10.0,
        read_timeout_s: float = 60.0,
    ) -> None:
        address = urlsplit(account.base_url)
        if address.scheme not in {"http", "https"} or not address.hostname or address.query:
            raise SettingsError(
                f"The base URL of Fusion Operations must be like "
                f"https://fusionoperations.autodesk.com, not “{account.base_url}”"
            )
        self.fields = fields or FieldMap()
        self._account = account
        self._base_url = account.base_url.rstrip("/")
        self._throttle = throttle or InProcessThrottle(clock)
        self._clock = clock
        self._sleep = sleep
        self._chance = chance
        self._new_id = new_id
        self._lock = threading.RLock()
        self._token: str | None = None
        self._minted_at = 0.0
        self._secrets = {account.key, account.secret, self._basic}
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

    def fetch_list(self, path: str) -> tuple[Any, ...]:
        """Read all elements of a list, however it is paged or wrapped (1.7, A10).

        Raises:
            UnreadableReplyError: No list, or a next page that cannot be followed.  A part
                of a list is never taken for the whole.
            ConnectorError: As above.
        """
        parameters = {}
        if self.fields["parameter.page-size"] and self.fields["value.page-size"]:
            parameters[self.fields["parameter.page-size"]] = self.fields["value.page-size"]
        ask: _Ask | None = _Ask(method="GET", path=path, parameters=parameters)
        elements: list[Any] = []
        seen: set[str] = set()
        while ask is not None:
            reply = self._signed(ask)
            elements.extend(self._elements(reply.json, ask))
            following = self._next(reply, ask)
            if following in seen or len(seen) >= PAGES_MAX:
                raise self._unreadable(ask, "its pages never end")
            seen.add(following or "")
            ask = None if following is None else _Ask(method="GET", path=following)
        return tuple(elements)

    def send(self, method: str, path: str, body: Mapping[str, Any]) -> Reply:
        """Write one resource.

        Raises:
            OutcomeUnknownError: No answer came; it may have been carried out.
            UnreadableReplyError: It was carried out, but the answer cannot be read.
            ConnectorError: As above.
        """
        return self._signed(_Ask(method=method, path=path, body=_encoder.encode(body)))

    def redacted(self, text: str) -> str:
        """Give a text without our credentials (A13)."""
        for secret in sorted(filter(None, self._secrets), key=len, reverse=True):
            text = text.replace(secret, "***")
        parameter = re.escape(self.fields["parameter.token"])
        return re.sub(rf"({parameter}=)[^&\s\"'<>]+", r"\1***", text)

    # --- Pages -----------------------------------------------------------------------------

    def _elements(self, found: Any, ask: _Ask) -> list[Any]:
        if isinstance(found, list):
            return found
        if isinstance(found, dict):
            for member in found.values():
                if isinstance(member, list):
                    return member
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
            raise self._unreadable(ask, f"its next page is {str(link)[:80]!r}")
        base, target = urlsplit(self._base_url), urlsplit(urljoin(self._base_url + ask.path, link))
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
        pair = f"{self._account.key}:{self._account.secret}"
        return base64.b64encode(pair.encode()).decode()

    def _signed(self, ask: _Ask) -> Reply:
        """Perform a call with a token; a token refused in mid-run is renewed once."""
        with self._lock:
            token, is_fresh = self._current_token()
            status, reply = self._patient(ask, token)
            if status == httpx2.codes.UNAUTHORIZED and not is_fresh:
                self._token = None
                token, _ = self._current_token()
                status, reply = self._patient(ask, token)
            if isinstance(reply, Reply):
                return reply
            if status == httpx2.codes.UNAUTHORIZED:
                self._token = None
            raise reply

    def _current_token(self) -> tuple[str, bool]:
        """Give a token, and whether it has just been made."""
        if self._token is not None and self._clock() - self._minted_at < TOKEN_RENEWED_AFTER_S:
            return self._token, False
        self._token = self._mint()
        self._minted_at = self._clock()
        self._secrets.add(self._token)
        return self._token, True

    def _mint(self) -> str:
        """Ask for a token: once with a wrong secret, there is no point in trying again (A2)."""
        wanted = self._account.scopes
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
            )
            if isinstance(reply, Reply):
                token = reply.json.get("token") if isinstance(reply.json, dict) else None
                if isinstance(token, str) and token:
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
        self, ask: _Ask, token: str | None
    ) -> tuple[int, Reply | ConnectorError | SettingsError]:
        """Perform a call and wait out the rate limit: at most five times."""
        status, reply, retry_after = self._repeated(ask, token)
        for _ in range(TOO_MANY_ROUNDS_MAX):
            if status != httpx2.codes.TOO_MANY_REQUESTS:
                break
            self._sleep(_retry_after_s(retry_after))
            status, reply, retry_after = self._repeated(ask, token)
        if isinstance(reply, UnavailableError) and status == httpx2.codes.TOO_MANY_REQUESTS:
            reply.retry_after_s = _retry_after_s(retry_after)
        return status, reply

    def _repeated(
        self, ask: _Ask, token: str | None
    ) -> tuple[int, Reply | ConnectorError | SettingsError, str | None]:
        """Perform a call, again after a lost answer where that is harmless: three tries."""
        for attempt in range(1, TRIES_MAX + 1):
            while (wait_s := self._throttle.take()) > 0:
                self._sleep(wait_s)
            status, reply, retry_after = self._once(ask, token, attempt)
            was_lost = status == 0 or status >= 500 or isinstance(reply, UnreadableReplyError)
            may_repeat = ask.is_repeatable or isinstance(reply, UnavailableError)
            is_final = isinstance(reply, Reply | SettingsError) or not (was_lost and may_repeat)
            if is_final or attempt == TRIES_MAX:
                return status, reply, retry_after
            self._sleep(BACKOFF_FIRST_S * 2 ** (attempt - 1) * (1 + self._chance()))
        raise AssertionError("the last attempt returns")

    def _once(
        self, ask: _Ask, token: str | None, attempt: int
    ) -> tuple[int, Reply | ConnectorError | SettingsError, str | None]:
        """Perform a call: status (0: no answer), reply or error, ``Retry-After``."""
        request_id = self._new_id()
        at = Circumstances(ask.operation, ask.method, request_id)
        log = _log.bind(operation=ask.operation, request_id=request_id, attempt=attempt)
        started = self._clock()
        try:
            response, body = self._exchange(self._request(ask, token, request_id))
        except TRANSPORT_ERRORS as error:
            found = of_transport(error, at)
            found.__cause__ = error
            log.warning("call lost", reason=type(error).__name__)
            return 0, found, None
        elapsed_s = round(self._clock() - started, 3)
        log.info("call answered", status=response.status_code, elapsed_s=elapsed_s)
        reply = self._read(response, body, at)
        return response.status_code, reply, response.headers.get("retry-after")

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
        return self._http.build_request(ask.method, url, headers=headers, content=ask.body)

    def _exchange(self, request: httpx2.Request) -> tuple[httpx2.Response, bytes]:
        """Send a request and read the answer, up to a size no list of orders reaches."""
        response = self._http.send(request, stream=True)
        body = bytearray()
        try:
            for chunk in response.iter_bytes():
                body += chunk
                if len(body) > BODY_SIZE_MAX:
                    raise _BodyTooLargeError(f"more than {BODY_SIZE_MAX} bytes")
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
            found_json = _exact_json(body) if body.strip() else None
        except (ValueError, RecursionError):
            return made(
                Fate.UNREADABLE,
                "sent an answer that is no JSON",
                at,
                code=str(response.status_code),
                detail=self.redacted(error_text(body)),
            )
        return Reply(response.status_code, found_json, response.headers)


def _exact_json(body: bytes) -> Any:
    def refuse(constant: str) -> Any:
        raise ValueError(f"{constant} is no JSON")

    return json.loads(body, parse_float=Decimal, parse_constant=refuse)


def _linked(header: str) -> str | None:
    """Give the target of ``rel="next"`` in a ``Link`` header."""
    for target, parameters in re.findall(r"<([^>]*)>([^<]*)", header):
        if re.search(r"""rel\s*=\s*["']?[^"',;]*\bnext\b""", parameters, re.IGNORECASE):
            return str(target)
    return None


def _retry_after_s(header: str | None) -> float:
    """Read ``Retry-After``: whole seconds, 60 when absent or unreadable, 300 at most (A4)."""
    if header is None or not header.strip().isdecimal():
        return RETRY_AFTER_DEFAULT_S
    return min(float(header), RETRY_AFTER_MAX_S)
