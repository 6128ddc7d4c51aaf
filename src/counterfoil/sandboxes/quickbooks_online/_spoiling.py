"""What an armed fault does to the call it strikes: refuse it, or lose what came of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from ._answers import Refusal, fault_of, page, refused, time_text
from ._call import Call, Reply
from ._errors import ApiError, GatewayError, OAuthError, throttled, unauthorized, wrong_environment
from ._faults import AFTER, Fault, FaultKind
from ._wire import decode, encode, to_xml

__all__ = ["spoilt"]


def spoilt(fault: Fault, call: Call, moment: datetime, answer: Callable[[], Reply]) -> Reply:
    """Spoil a call.

    Args:
        answer: Carries the call out, for the kinds that let it be carried out first.

    Raises:
        ApiError, GatewayError, OAuthError: The refusal that the fault is.
    """
    if fault.kind not in AFTER:
        return _before(fault, call, moment)
    try:
        reply = answer()
    except (ApiError, GatewayError, OAuthError) as error:
        reply = refused(call, error, moment, throttle_format=fault.format)
    return _after(fault, call, moment, reply)


def _before(fault: Fault, call: Call, moment: datetime) -> Reply:
    match fault.kind:
        case FaultKind.HTML:
            return page(fault.status)
        case FaultKind.TIMEOUT_BEFORE:
            return replace(page(504), stall_s=fault.seconds)
        case FaultKind.FAULT_IN_200:
            told = fault_of(ApiError(fault.code, fault.detail))
            body = encode({**told, "time": time_text(moment)})
            return Reply(200, body, faults=(str(fault.code),))
        case FaultKind.THROTTLED:
            error = throttled(fault.retry_after)
            return refused(call, error, moment, throttle_format=fault.format)
        case _:
            raise _refusal(fault)


def _refusal(fault: Fault) -> Refusal:
    match fault.kind:
        case FaultKind.UNAUTHORIZED:
            return unauthorized("Token expired")
        case FaultKind.FORBIDDEN:
            return wrong_environment()
        case FaultKind.INVALID_GRANT:
            return OAuthError("invalid_grant", fault.detail or None)
        case _:
            return ApiError(fault.code, fault.detail)


def _after(fault: Fault, call: Call, moment: datetime, reply: Reply) -> Reply:
    match fault.kind:
        case FaultKind.FAULT_AFTER:
            error = ApiError(fault.code, fault.detail)
            return refused(call, error, moment, throttle_format=fault.format)
        case FaultKind.HTML_AFTER:
            return page(fault.status)
        case FaultKind.TIMEOUT_AFTER:
            return replace(page(504), stall_s=fault.seconds)
        case FaultKind.TRUNCATED:
            return replace(reply, content=reply.content[: len(reply.content) // 2])
        case FaultKind.XML:
            xml = to_xml(decode(reply.content))
            return replace(reply, content=xml, media_type="application/xml;charset=UTF-8")
        case _:
            return replace(reply, stall_s=fault.seconds)
