"""One call, from credentials to answer, in the order a real service would decide.

Who is it (401), may it be now (429), does the token allow it (403), is a fault due, what is
asked (400, 404, 409), and how it is shown.  Pure of the web framework: a ``Call`` goes in,
a ``Reply`` comes out.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import msgspec

from ._errors import ApiError
from ._faults import AFTER, Fault, FaultKind
from ._intake import read_json
from ._state import DEFAULT_SCOPES, FusionState, Tenant, Token

__all__ = ["Answer", "Call", "Handler", "Reply", "authorize", "failure", "serve"]

_encoder = msgspec.json.Encoder(decimal_format="number")
_HTML = b"<!DOCTYPE html><html><head><title>%s</title></head><body><h1>%s</h1></body></html>"


@dataclass(frozen=True, kw_only=True)
class Call:
    """A request as the handlers see it; ``path`` is below ``/api/v1``, ``url`` its own."""

    method: str
    path: str
    name: str
    url: str
    body: bytes
    query: Mapping[str, str]
    headers: Mapping[str, str]
    parameters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Answer:
    """What a handler says; ``body`` is any JSON value, ``None``: no content."""

    status: int
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Reply:
    """An answer as bytes; ``stall_s``: seconds of silence before it, if any."""

    status: int
    content: bytes
    headers: dict[str, str]
    media_type: str | None = "application/json"
    stall_s: float | None = None


Handler = Callable[[FusionState, Tenant, Call], Answer]


def failure(error: ApiError) -> Reply:
    """Give the reply that says no."""
    return Reply(error.status, _encoder.encode(error.body), error.headers)


def serve(state: FusionState, call: Call, handler: Handler) -> Reply:
    """Answer a call made with a token."""

    def identify() -> tuple[Tenant, Token]:
        token = _token(state, call)
        return state.tenants[token.company], token

    return _guarded(state, call, identify, handler)


def authorize(state: FusionState, call: Call) -> Reply:
    """Answer the three calls about tokens, which are made with key and secret."""

    def identify() -> tuple[Tenant, str]:
        key = _basic_key(state, call)
        return state.tenant(key), key

    def handler(state: FusionState, tenant: Tenant, call: Call) -> Answer:
        return _AUTHORIZATION[call.method](state, tenant, _basic_key(state, call), call)

    return _guarded(state, call, identify, handler)


def _guarded(
    state: FusionState,
    call: Call,
    identify: Callable[[], tuple[Tenant, Token | str]],
    handler: Handler,
) -> Reply:
    with state.lock:
        try:
            tenant, credential = identify()
            state.count(tenant, f"{call.method} {call.name}")
            if isinstance(credential, Token):
                _check_scope(credential, call)
        except ApiError as error:
            return failure(error)
        name = tenant.company.name
        fault = state.faults.struck(lambda one: one.fits(call.method, call.path, name))
        if fault is not None and fault.kind not in AFTER:
            return _spoiled_before(state, fault, credential)
        try:
            answer = handler(state, tenant, call)
        except ApiError as error:
            return failure(error)
        return _rendered(answer) if fault is None else _spoiled_after(fault, answer)


def _rendered(answer: Answer) -> Reply:
    content = b"" if answer.body is None else _encoder.encode(answer.body)
    return Reply(answer.status, content, answer.headers, "application/json" if content else None)


def _page(status: int, title: bytes, *, stall_s: float | None = None) -> Reply:
    return Reply(status, _HTML % (title, title), {}, "text/html", stall_s)


def _spoiled_before(state: FusionState, fault: Fault, credential: Token | str) -> Reply:
    match fault.kind:
        case FaultKind.TIMEOUT_BEFORE:
            return _page(504, b"Gateway Timeout", stall_s=fault.seconds)
        case FaultKind.UNAUTHORIZED:
            if isinstance(credential, Token):
                state.tokens.pop(credential.text, None)
            return failure(ApiError(401, "Unauthorized"))
        case FaultKind.TOO_MANY:
            return failure(ApiError(429, "Too Many Requests"))
        case FaultKind.HTML:
            return _page(502, b"Bad Gateway")
        case FaultKind.HTML_OK:
            return _page(200, b"Sign in")
        case _:
            return failure(ApiError(500, "Internal Server Error"))


def _spoiled_after(fault: Fault, answer: Answer) -> Reply:
    match fault.kind:
        case FaultKind.TIMEOUT_AFTER:
            return _page(504, b"Gateway Timeout", stall_s=fault.seconds)
        case FaultKind.TRUNCATED:
            whole = _rendered(answer)
            half = whole.content[: len(whole.content) // 2]
            return Reply(whole.status, half, whole.headers, whole.media_type)
        case FaultKind.DUPLICATE if isinstance(answer.body, list) and answer.body:
            return _rendered(Answer(answer.status, [*answer.body, answer.body[0]], answer.headers))
        case FaultKind.DUPLICATE:
            return _rendered(answer)
        case _:
            return failure(ApiError(500, "Internal Server Error"))


# --- Who is calling ------------------------------------------------------------------------


def _token(state: FusionState, call: Call) -> Token:
    token = state.token(call.query.get("access_token"))
    scheme, _, text = call.headers.get("authorization", "").partition(" ")
    if token is None and scheme.lower() == "bearer":
        token = state.token(text.strip())
        if token is not None and state.tenants[token.company].company.settings.strict_auth:
            token = None
    if token is None:
        raise ApiError(401, "Unauthorized")
    return token


def _check_scope(token: Token, call: Call) -> None:
    if call.method != "GET" and not {*DEFAULT_SCOPES} & {*token.scopes}:
        raise ApiError(403, f"The token's scope does not cover {call.method}")


def _basic_key(state: FusionState, call: Call) -> str:
    scheme, _, text = call.headers.get("authorization", "").partition(" ")
    try:
        pair = base64.b64decode(text, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        pair = ""
    key, colon, secret = pair.partition(":")
    for tenant in state.tenants.values():
        known = tenant.company.keys.get(key)
        if (
            scheme.lower() == "basic"
            and colon
            and known is not None
            and hmac.compare_digest(known.encode(), secret.encode())
        ):
            return key
    raise ApiError(401, "Unauthorized")


def _mint(state: FusionState, tenant: Tenant, key: str, call: Call) -> Answer:
    raw = read_json(call.body) if call.body.strip() else {}
    scopes = raw.get("scopes", []) if isinstance(raw, dict) else None
    if not isinstance(scopes, list) or not all(isinstance(scope, str) for scope in scopes):
        raise ApiError(400, "scopes must be an array of text", field="scopes")
    return Answer(200, _token_body(state, state.mint(tenant, key, tuple(scopes))))


def _token_body(state: FusionState, token: Token) -> dict[str, Any]:
    left = Decimal((token.expires - state.now()).total_seconds()).to_integral_value()
    return {"token": token.text, "scopes": [*token.scopes], "expires-in": int(left)}


def _newest(state: FusionState, tenant: Tenant, key: str, call: Call) -> Answer:
    del tenant, call
    for token in reversed(state.tokens.values()):
        if token.key == key and token.expires > state.now():
            return Answer(200, _token_body(state, token))
    raise ApiError(404, "No token")


def _revoke(state: FusionState, tenant: Tenant, key: str, call: Call) -> Answer:
    del tenant, call
    state.tokens = {text: token for text, token in state.tokens.items() if token.key != key}
    return Answer(204)


_AUTHORIZATION: dict[str, Callable[[FusionState, Tenant, str, Call], Answer]] = {
    "DELETE": _revoke,
    "GET": _newest,
    "POST": _mint,
}
