"""One call, from its address to its answer, in the order the real service would decide.

Whose token is it (401), may it have this company (403), may it be now (429), is a fault due,
was it answered before, what is asked (400).  Free of the web framework: a ``Call`` goes in, a
``Reply`` comes out, and every exchange is written down.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from . import _oauth as oauth
from ._answers import fault_of, page, refused, written
from ._batch import REQUEST_ID_MAX, Item, generic_fault, items_of, run_item
from ._call import Call, Reply
from ._desk import Desk, moment_text
from ._errors import ApiError, GatewayError, OAuthError, throttled, wrong_environment
from ._handlers import json_body
from ._limits import CORE, CORE_PLUS
from ._routes import is_batch, reads, resolve
from ._spoiling import spoilt
from ._state import Books, Client, QuickBooksOnlineState
from ._wire import Row
from .entities import FOLDED

__all__ = ["serve"]

_OPEN: Final[Mapping[str, Callable[[QuickBooksOnlineState, Call], Reply]]] = {
    ".well-known/openid_configuration": oauth.discover,
    ".well-known/openid_sandbox_configuration": oauth.discover,
    "connect/oauth2": oauth.authorize,
    "oauth2/v1/tokens/bearer": oauth.token,
    "v2/oauth2/tokens/revoke": oauth.revoke,
    "v1/openid_connect/userinfo": oauth.userinfo,
    "op/v1/jwks": oauth.jwks,
}
"""What is not below a company."""


@dataclass
class _Exchange:
    """What is written down of a call while it is answered.

    Attributes:
        path: Below the company, or from the root.
        class_: What it counts as; ``OAuth`` for what is not below a company.
        items: What a batch holds, in words.
    """

    tid: str
    path: str
    realm: str = ""
    app: str = ""
    class_: str = "OAuth"
    items: list[str] = field(default_factory=list)


def serve(state: QuickBooksOnlineState, call: Call) -> Reply:
    """Answer any call and write the exchange down."""
    tid = f"1-{secrets.token_hex(4)}-{secrets.token_hex(12)}"
    exchange = _Exchange(tid, call.path)
    with state.lock:
        try:
            reply = _answer(state, call, exchange)
        except (ApiError, GatewayError, OAuthError) as error:
            books = state.books.get(exchange.realm)
            form = "json" if books is None else books.company.settings.throttle_format
            reply = refused(call, error, state.clock.moment(), throttle_format=form)
        state.exchanges.append(_told(state, call, exchange, reply))
        state.call_out()
    return replace(reply, headers={"intuit_tid": tid, "QBO-Version": "1512.462", **reply.headers})


def _told(
    state: QuickBooksOnlineState, call: Call, exchange: _Exchange, reply: Reply
) -> dict[str, Any]:
    """Tell an exchange; what is not below a company holds secrets."""
    has_secrets = not exchange.realm
    return {
        "at": moment_text(state.clock.moment()),
        "method": call.method,
        "path": exchange.path,
        "query": {} if has_secrets else dict(call.query),
        "realm": exchange.realm,
        "app": exchange.app,
        "class": exchange.class_,
        "items": exchange.items,
        "body": "" if has_secrets else call.body.decode("utf-8", "replace"),
        "status": reply.status,
        "faults": list(reply.faults),
        "tid": exchange.tid,
    }


# --- Whose call it is --------------------------------------------------------------------------


def _answer(state: QuickBooksOnlineState, call: Call, exchange: _Exchange) -> Reply:
    match call.path.split("/"):
        case ["v3", "company", realm, *parts] if parts:
            return _of_company(state, call, realm, parts, exchange)
        case _ if call.path in _OPEN:
            handler = _OPEN[call.path]
            return _unless_spoilt(state, call, exchange, lambda: handler(state, call))
        case _:
            return page(404)


def _unless_spoilt(
    state: QuickBooksOnlineState, call: Call, exchange: _Exchange, answer: Callable[[], Reply]
) -> Reply:
    fault = state.faults.struck(lambda one: one.fits(call.method, exchange.path, exchange.realm))
    return answer() if fault is None else spoilt(fault, call, state.clock.moment(), answer)


def _of_company(
    state: QuickBooksOnlineState, call: Call, realm: str, parts: list[str], exchange: _Exchange
) -> Reply:
    exchange.realm, exchange.path = realm, "/".join(parts)
    exchange.class_ = CORE_PLUS if reads(call, parts) else CORE
    grant = state.grants.bearer(call.headers.get("authorization", ""), state.clock())
    client, books = state.clients[grant.client_id], state.books.get(realm)
    exchange.app = grant.client_id
    if books is None or grant.realm != realm or not grant.is_accounting:
        raise wrong_environment()
    if books.company.environment != client.app.environment:
        raise wrong_environment()
    asked = _Asked(state, call, parts, books, client, exchange)
    asked.let_in()
    reply = _unless_spoilt(state, call, exchange, asked.answer)
    if reply.status == 200 and not is_batch(call, parts):
        client.usage.count(exchange.class_, asked.month)
    return reply


# --- What is asked -----------------------------------------------------------------------------


@dataclass(frozen=True)
class _Asked:
    """A call of an app that may have the company.

    Attributes:
        parts: The path below the company.
    """

    state: QuickBooksOnlineState
    call: Call
    parts: list[str]
    books: Books
    client: Client
    exchange: _Exchange

    @property
    def month(self) -> str:
        """The month that reads are counted in."""
        return f"{self.state.clock.moment():%Y-%m}"

    @property
    def request_id(self) -> str:
        """What a repeat is known by; reads have none."""
        is_write = self.exchange.class_ == CORE
        return self.call.query.get("requestid", "") if is_write else ""

    def let_in(self) -> None:
        """Count the call against the limits, and a read against the month.

        Raises:
            GatewayError: 429.
        """
        settings, usage = self.books.company.settings, self.client.usage
        app, now = self.client.app.client_id, self.state.clock()
        batch = is_batch(self.call, self.parts)
        if not self.books.limits.take(app, now, settings, is_batch=batch):
            usage.refused["rate"] += 1
            raise throttled(settings.retry_after)
        if self._is_used_up(self.exchange.class_):
            raise throttled(settings.retry_after)

    def _is_used_up(self, class_: str) -> bool:
        """Whether the month has none of these calls left; each refusal is counted."""
        usage, quota = self.client.usage, self.client.app.settings.core_plus_quota
        if class_ != CORE_PLUS or not usage.is_used_up(quota, self.month):
            return False
        usage.refused["quota"] += 1
        return True

    def answer(self) -> Reply:
        """Carry the call out, or answer as it was answered before.

        Raises:
            ApiError, GatewayError: What is wrong with it.
        """
        body = self._batch() if is_batch(self.call, self.parts) else self._single()
        return written(self.call, body, self.state.clock.moment())

    def _single(self) -> Row:
        handler = resolve(self.call, self.parts)
        if len(self.request_id) > REQUEST_ID_MAX:
            words = f"Invalid Request ID Format : at most {REQUEST_ID_MAX} characters"
            raise ApiError(2130, words)
        body = self._first_answer("")
        if body is None:
            body = self._at_desk(handler)
            self._remember("", body)
        return body

    def _at_desk(self, do: Callable[[Desk], Row]) -> Row:
        """Open a desk, let something be done there, and make it real."""
        desk = self.state.desk(self.books)
        body = do(desk)
        self.state.finish(self.books, desk)
        return body

    # --- Batches -------------------------------------------------------------------------------

    def _batch(self) -> Row:
        items = items_of(json_body(self.call))
        self.exchange.items.extend(map(_in_words, items))
        return {"BatchItemResponse": [{"bId": item.id, **self._item(item)} for item in items]}

    def _item(self, item: Item) -> Row:
        """Answer one item: by itself, or as it was answered before."""
        try:
            if self.request_id and len(self.request_id) + len(item.id) > REQUEST_ID_MAX:
                raise generic_fault()
            body = self._first_answer(item.id)
            if body is None:
                body = self._fresh(item)
                self._remember(item.id, body)
            elif self.books.company.settings.replay == "6000-in-batches":
                raise generic_fault()
        except (ApiError, GatewayError) as error:
            return fault_of(error)
        return body

    def _fresh(self, item: Item) -> Row:
        if self._is_used_up(item.class_):
            raise throttled(None)
        body = run_item(item, self._at_desk)
        self.client.usage.count(item.class_, self.month)
        return body

    # --- Repeats -------------------------------------------------------------------------------

    def _first_answer(self, item_id: str) -> Row | None:
        """What was answered the first time; ``None``: it is the first time, or is forgotten."""
        if not self.request_id or self.books.company.settings.replay == "forgets":
            return None
        return self.books.answers.get((self.request_id, item_id))

    def _remember(self, item_id: str, body: Row) -> None:
        if self.request_id:
            self.books.answers[self.request_id, item_id] = body


def _in_words(item: Item) -> str:
    name = next((name for name in item.fields if name.lower() in FOLDED), "")
    return f"{item.fields.get('operation', 'query')} {name}".strip()
