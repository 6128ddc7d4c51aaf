"""The client of Fusion Operations: sign in, and read its lists whole.

* A token lasts two hours and is renewed at 110 minutes; on 401 it is renewed once and the
  call repeated once.  The token stands in the URL, so URLs never reach a log.
* One call at a time, whoever asks.
* How long is waited, what is tried again, and what is bounded, is the ``HttpClient``'s.
"""

from __future__ import annotations

import base64
import re
import threading
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx2

from counterfoil.connectors.called import (
    Answered,
    Ask,
    HttpClient,
    InProcessThrottle,
    Line,
    Patience,
    Reply,
    Secrets,
    encoded,
    fold,
    shown,
)
from counterfoil.errors import UnreadableReplyError

from ._account import Account, address_of
from ._errors import NAME, SERVICE, SYSTEM
from ._fields import FieldMap

__all__ = ["CAPACITY", "PER_MINUTE", "FusionClient"]

# The service takes 120 calls a minute from all integrations of a company together; a
# bucket of 20 that fills at 100 a minute leaves room (reference section 1.4).
CAPACITY = 20
PER_MINUTE = 100
TOKEN_RENEWED_AFTER_S = 110 * 60
PAGES_MAX = 1000
ELEMENTS_MAX = 1_000_000
LINK_LENGTH_MAX = 2000
# All pages of one list together; a list that comes for longer, or is larger, is given up whole.
LIST_BYTES_MAX = 256 * 1024 * 1024
LIST_S_MAX = 1800.0
_TOKEN = re.compile(r"[!-~]{1,4096}")
# The only scope that was ever seen; some tenants want it named.
SCOPES = ("productions_write",)

# Where a list stands in an object that holds several.
_LIST_NAMES = ("items", "data", "results", "elements", "rows")


class FusionClient:
    """A connection to one company.

    Args:
        account: The company's address, key and secret.
        fields: What it calls things.
        line: How the world is reached.

    Raises:
        SettingsError: The base URL is none.
    """

    def __init__(
        self, account: Account, *, fields: FieldMap | None = None, line: Line | None = None
    ) -> None:
        line = line or Line()
        self.fields = fields or FieldMap()
        self.account = account
        self._base_url = address_of(account.base_url).geturl().rstrip("/")
        self._clock = line.clock
        self._lock = threading.RLock()
        self._token: str | None = None
        self._minted_at = 0.0
        self._secrets = Secrets(
            (account.key, account.secret, self._basic), parameter=self.fields["parameter.token"]
        )
        usual = InProcessThrottle(line.clock, capacity=CAPACITY, per_minute=PER_MINUTE)
        self._http = HttpClient(
            SERVICE,
            base_url=self._base_url,
            secrets=self._secrets,
            throttle=line.throttle or usual,
            line=line,
        )

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    # --- What callers ask ------------------------------------------------------------------

    def fetch(self, path: str) -> Reply:
        """Read one resource; ``path`` is complete, such as ``/api/v1/clients/1001``.

        Raises:
            ConnectorError: The most specific of the tree.
        """
        return self._signed(Ask(method="GET", path=path))

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
        ask: Ask | None = Ask(method="GET", path=path, parameters=parameters)
        elements: list[Any] = []
        seen: set[str] = set()
        started, size = self._clock(), 0
        while ask is not None:
            reply = self._signed(ask)
            size += reply.size
            if size > LIST_BYTES_MAX or self._clock() - started > LIST_S_MAX:
                raise self._http.unreadable(
                    ask, "its pages together are too much, or take too long"
                )
            elements.extend(self._elements(reply.json, ask))
            following = self._next(reply, ask)
            is_endless = len(seen) >= PAGES_MAX or len(elements) > ELEMENTS_MAX
            if following in seen or is_endless:
                raise self._http.unreadable(ask, "its pages never end")
            seen.add(following or "")
            ask = None if following is None else Ask(method="GET", path=following)
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
        ask = Ask(method=method, path=path)
        if body is not None:
            ask = replace(ask, body=encoded(SERVICE, ask.operation, body))
        return self._signed(ask)

    def redacted(self, text: str) -> str:
        """Give a text without our credentials (A13)."""
        return self._http.redacted(text)

    # --- Pages -----------------------------------------------------------------------------

    def _elements(self, found: Any, ask: Ask) -> list[Any]:
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
        resource = ask.bare_path.rstrip("/").rpartition("/")[2]
        for name in (fold(resource), *_LIST_NAMES):
            if name in lists:
                return lists[name]
        raise self._http.unreadable(ask, "the answer holds no list")

    def _next(self, reply: Reply, ask: Ask) -> str | None:
        """Give path and query of the next page.

        Only those of a link are used, never its host: a token is not shown to strangers.
        """
        link: Any = _linked(reply.headers.get("link", ""))
        if link is None and isinstance(reply.json, dict):
            link = next((v for k, v in reply.json.items() if fold(str(k)) == "next"), None)
        if link is None or link == "" or link is False:
            return None
        if not isinstance(link, str) or not re.match(r"https?://|/|\?", link):
            raise self._http.unreadable(ask, f"its next page is {shown(link)!r}")
        if len(link) > LINK_LENGTH_MAX or not re.fullmatch(r"[!-~]+", link):
            raise self._http.unreadable(ask, "its next page is no address")
        base = urlsplit(self._base_url)
        try:
            target = urlsplit(urljoin(self._base_url + ask.path, link))
        except ValueError:
            raise self._http.unreadable(ask, f"its next page is {shown(link)!r}") from None
        if target.hostname != base.hostname:
            raise self._http.unreadable(ask, f"its next page is on another host, {target.hostname}")
        path = target.path.removeprefix(base.path)
        return f"{path}?{target.query}" if target.query else path

    # --- Tokens ----------------------------------------------------------------------------

    @property
    def _basic(self) -> str:
        pair = f"{self.account.key}:{self.account.secret}"
        return base64.b64encode(pair.encode("utf-8", "surrogatepass")).decode()

    def _signed(self, ask: Ask) -> Reply:
        """Perform a call with a token; a token refused in mid-run is renewed once."""
        with self._lock:
            patience = self._http.patience()
            token, is_fresh = self._current_token(patience)
            answered = self._with_token(ask, token, patience)
            if answered.status == httpx2.codes.UNAUTHORIZED and not is_fresh:
                self._token = None
                token, _ = self._current_token(patience)
                answered = self._with_token(ask, token, patience)
            if isinstance(answered.reply, Reply):
                return answered.reply
            if answered.status == httpx2.codes.UNAUTHORIZED:
                self._token = None
            raise answered.reply

    def _with_token(self, ask: Ask, token: str, patience: Patience) -> Answered:
        hidden = {self.fields["parameter.token"]: token}
        return self._http.perform(replace(ask, hidden=hidden), patience)

    def _current_token(self, patience: Patience) -> tuple[str, bool]:
        """Give a token, and whether it has just been made."""
        if self._token is not None and self._clock() - self._minted_at < TOKEN_RENEWED_AFTER_S:
            return self._token, False
        self._token = self._mint(patience)
        self._minted_at = self._clock()
        self._secrets.add(self._token)
        return self._token, True

    def _mint(self, patience: Patience) -> str:
        """Ask for a token: once with a wrong secret, there is no point in trying again (A2)."""
        wanted = self.account.scopes
        tried = [None, SCOPES] if wanted is None else [wanted]
        for scopes in tried:
            status, reply, _ = self._http.perform(self._minting(scopes), patience)
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

    def _minting(self, scopes: tuple[str, ...] | None) -> Ask:
        ask = Ask(
            method="POST",
            path=self.fields.path("authorization"),
            headers={"Authorization": f"Basic {self._basic}"},
            # Asking for a token changes nothing that matters; the answer is one.
            is_harmless=True,
            hides_answer=True,
        )
        if scopes is None:
            return ask
        return replace(ask, body=encoded(SERVICE, ask.operation, {"scopes": scopes}))


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
