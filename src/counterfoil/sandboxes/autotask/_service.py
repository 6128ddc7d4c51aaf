"""One call, from its address to its answer, in the order a real service would decide.

Which version, who is it (401, 500), may it be now (429), is a fault due, is it the right zone,
is it allowed (403, 500), what is asked (404, 405, 500), and how it is shown.  Free of the web
framework: a ``Call`` goes in, a ``Reply`` comes out.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from ._call import Answer, Call, Reply
from ._errors import ApiError, html_page, refused, wrong_verb
from ._faults import AFTER, Fault, FaultKind
from ._routes import THRESHOLD, Route, bucket, resolve
from ._settings import Tenant, User
from ._state import AutotaskState, Household
from .entities import API_LICENCE

__all__ = ["failure", "serve"]

_VERSION = "v1.0"
_NO_ZONE = "Zone information could not be determined"
_NO_RIGHT = (
    "The logged in Resource does not have the adequate permissions to {deed} this entity type."
)
_THREADS = "API thread threshold of {limit} threads has been exceeded. (Itgenatr005)"
_THRESHOLD = (
    "The API request threshold of {limit} requests in 60 minutes has been exceeded for this "
    "database."
)


@dataclass(frozen=True)
class _Caller:
    """Who calls: the tenant, the user, and the resource that the writes are made for."""

    household: Household
    user: User
    code: str
    writer: int
    impersonator: int | None


def failure(error: ApiError) -> Reply:
    """Give the reply that says no."""
    if isinstance(error.body, str):
        return Reply(error.status, error.body.encode(), error.headers, "text/html")
    return Reply(error.status, msgspec.json.encode(error.body), error.headers)


def serve(state: AutotaskState, call: Call) -> Reply:
    """Answer any call."""
    try:
        return _opened(state, call) or _guarded(state, call)
    except ApiError as error:
        return failure(error)


def _rendered(answer: Answer) -> Reply:
    if answer.body is None:
        return Reply(200, b"", media_type=None)
    return Reply(200, msgspec.json.encode(answer.body))


# --- What needs no credentials -----------------------------------------------------------------


def _opened(state: AutotaskState, call: Call) -> Reply | None:
    """Answer what everybody may ask; ``None``: it is none of that."""
    if call.version == "versioninformation" and not call.path:
        versions = {v for one in state.households.values() for v in one.tenant.settings.versions}
        return _rendered(Answer({"apiVersions": sorted(versions)}))
    if call.version != _VERSION:
        raise html_page(404, "File or directory not found.")
    if call.path.lower() != "zoneinformation":
        return None
    if call.method != "GET":
        raise wrong_verb(call.method)
    return _rendered(Answer(_zone(state, call)))


def _zone(state: AutotaskState, call: Call) -> dict[str, Any]:
    user = call.query.get("user", "").lower()
    for household in state.households.values():
        tenant = household.tenant
        if user in {name.lower() for name in tenant.users}:
            zone = f"{tenant.zone}/" if tenant.zone else ""
            return {
                "zoneName": tenant.zone or "Stand-in",
                "url": f"{call.root}/{zone}ATServicesRest/",
                "webUrl": f"{call.root}/{zone}",
                "ci": tenant.client_id,
                "dataBaseType": "Production",
                "ciLevel": 1,
            }
    raise refused(_NO_ZONE)


# --- Who is calling, and whether it may be now -------------------------------------------------


def _caller(state: AutotaskState, call: Call) -> _Caller:
    name, secret, code = (
        call.headers.get(header, "") for header in ("username", "secret", "apiintegrationcode")
    )
    if not (name and secret and code):
        raise html_page(401, "Unauthorized")
    household, user = _user(state.households, name)
    if not hmac.compare_digest(user.secret.encode(), secret.encode()):
        raise html_page(401, "Unauthorized")
    if code not in household.tenant.codes:
        raise refused("IntegrationCode is invalid.")
    if user.licence != "api-only":
        raise html_page(401, "Unauthorized")
    named = call.headers.get("impersonationresourceid")
    writer = user.resource if named is None else _impersonated(state, household, named)
    impersonator = None if named is None else user.resource
    return _Caller(household, user, code, writer, impersonator)


def _user(households: Mapping[str, Household], name: str) -> tuple[Household, User]:
    for household in households.values():
        for known, user in household.tenant.users.items():
            if known.lower() == name.lower():
                return household, user
    raise refused(_NO_ZONE)


def _impersonated(state: AutotaskState, household: Household, named: str) -> int:
    resource = state.desk(household).find("Resources", int(named) if named.isdecimal() else None)
    if resource is None or not resource["isActive"] or resource["licenseType"] == API_LICENCE:
        raise refused("The ImpersonationResourceId is not valid.")
    return int(resource["id"])


def _let_in(state: AutotaskState, call: Call, caller: _Caller) -> float:
    """Count the call against both limits; gives the seconds it is slowed down by."""
    household, settings = caller.household, caller.household.tenant.settings
    now = state.clock()
    if not household.hour.takes(now, settings.threshold):
        household.rejected += 1
        raise _limited(household.tenant, _THRESHOLD.format(limit=settings.threshold))
    key = (caller.code, bucket(call.path))
    if not household.threads.enter(key, now, limit=settings.threads, late_s=settings.slot_late_s):
        raise _limited(household.tenant, _THREADS.format(limit=settings.threads))
    household.calls[f"{call.method} /{_without_ids(call.path)}"] += 1
    return household.hour.delay_s(now, settings.threshold) if settings.slowdown else 0.0


def _limited(tenant: Tenant, text: str) -> ApiError:
    settings = tenant.settings
    headers = {} if settings.retry_after is None else {"Retry-After": settings.retry_after}
    return ApiError(settings.limit_status, {"errors": [text]}, headers)


def _without_ids(path: str) -> str:
    return "/".join("{id}" if part.isdecimal() else part for part in path.split("/"))


# --- The call itself ---------------------------------------------------------------------------


def _guarded(state: AutotaskState, call: Call) -> Reply:
    caller = _caller(state, call)
    household = caller.household
    # Let in before it waits for its turn: calls that come together are counted together.
    with state.limits_lock:
        delay_s = _let_in(state, call, caller)
    key = (caller.code, bucket(call.path))

    def leave() -> None:
        with state.limits_lock:
            household.threads.leave(key, state.clock())

    try:
        with state.lock:
            reply = _spoilt_or_answered(state, call, caller)
    except ApiError as error:
        reply = failure(error)
    return replace(reply, stall_s=reply.stall_s + delay_s, leave=leave)


def _spoilt_or_answered(state: AutotaskState, call: Call, caller: _Caller) -> Reply:
    name = caller.household.tenant.name
    fault = state.faults.struck(lambda one: one.fits(call.method, call.path.lower(), name))
    if fault is None:
        return _rendered(_answer(state, call, caller))
    if fault.kind is FaultKind.NOTHING_FOUND:
        return _rendered(_nothing(call))
    if fault.kind not in AFTER:
        return _spoilt_before(fault)
    return _spoilt_after(fault, _rendered(_answer(state, call, caller)))


def _answer(state: AutotaskState, call: Call, caller: _Caller) -> Answer:
    household = caller.household
    if call.path.lower() == THRESHOLD:
        return _threshold(state, call, household)
    settings = household.tenant.settings
    route = resolve(call, settings)
    if call.zone != household.tenant.zone:
        return _elsewhere(call, route, settings.wrong_zone)
    if route.writes:
        _check_right(caller, route, call)
    desk = state.desk(household, writer=caller.writer, caller=caller.impersonator, user=caller.user)
    answer = route.handler(desk, call)
    state.finish(household, desk)
    return answer


def _threshold(state: AutotaskState, call: Call, household: Household) -> Answer:
    if call.method != "GET":
        raise wrong_verb(call.method)
    return Answer(
        {
            "externalRequestThreshold": household.tenant.settings.threshold,
            "requestThresholdTimeframe": 60,
            "currentTimeframeRequestCount": household.hour.used(state.clock()),
        }
    )


def _elsewhere(call: Call, route: Route, how: str) -> Answer:
    """What a zone says that the tenant does not live in: nothing is there, and nothing goes in."""
    if how == "401":
        raise html_page(401, "Unauthorized")
    if route.writes:
        raise refused("Value does not reference an existing entity for id . ")
    return _nothing(call)


def _nothing(call: Call) -> Answer:
    """An answer in the right shape that holds nothing."""
    path = call.path.lower()
    if path.endswith("query/count"):
        return Answer({"queryCount": 0})
    if "/query" in path or not path.rpartition("/")[2].isdecimal():
        details = {"count": 0, "requestCount": 500, "prevPageUrl": None, "nextPageUrl": None}
        return Answer({"items": [], "pageDetails": details})
    return Answer({"item": None})


def _check_right(caller: _Caller, route: Route, call: Call) -> None:
    entity = route.entity
    if caller.impersonator is not None and not entity.impersonation:
        raise refused(f"Impersonation is not supported for the {entity.singular} Entity.")
    if entity.name not in caller.user.unwritable and "*" not in caller.user.unwritable:
        return
    if caller.household.tenant.settings.refusal == "403":
        raise html_page(403, "Forbidden")
    deed = {"POST": "create", "DELETE": "delete"}.get(call.method, "update")
    raise refused(_NO_RIGHT.format(deed=deed))


# --- Faults ------------------------------------------------------------------------------------


def _spoilt_before(fault: Fault) -> Reply:
    match fault.kind:
        case FaultKind.ERRORS:
            return failure(refused(*fault.errors))
        case FaultKind.UNAUTHORIZED:
            return failure(html_page(401, "Unauthorized"))
        case FaultKind.FORBIDDEN:
            return Reply(403, b"", media_type=None)
        case FaultKind.TOO_MANY:
            headers = {} if fault.retry_after is None else {"Retry-After": fault.retry_after}
            return failure(ApiError(429, {"errors": [_THREADS.format(limit=3)]}, headers))
        case FaultKind.TIMEOUT_BEFORE:
            return replace(failure(html_page(504, "Gateway Timeout")), stall_s=fault.seconds)
        case _:
            return failure(html_page(fault.status, "Bad Gateway"))


def _spoilt_after(fault: Fault, reply: Reply) -> Reply:
    match fault.kind:
        case FaultKind.TIMEOUT_AFTER:
            return replace(failure(html_page(504, "Gateway Timeout")), stall_s=fault.seconds)
        case FaultKind.TRUNCATED:
            return replace(reply, content=reply.content[: len(reply.content) // 2])
        case FaultKind.EMPTY_BODY:
            return Reply(200, b"", media_type=None)
        case _:
            return failure(html_page(fault.status, "Bad Gateway"))
