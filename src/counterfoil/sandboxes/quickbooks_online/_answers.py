"""How answers are written: objects and faults, the gateway's refusals, pages of nobody.

Objects and faults are JSON where that is asked for, else XML.  A refusal of the gateway has a
shape of its own in JSON, and its time in milliseconds.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from ._call import Call, Reply
from ._desk import moment_text
from ._errors import ApiError, GatewayError, OAuthError
from ._wire import Row, encode, to_xml

__all__ = ["Refusal", "fault_of", "page", "refused", "time_text", "written"]

Refusal = ApiError | GatewayError | OAuthError
"""What a call is refused with."""

_XML = "application/xml;charset=UTF-8"
_HTML = "text/html"


def time_text(moment: datetime) -> str:
    """Write the time of an answer: with milliseconds, which are none."""
    text = moment_text(moment)
    return f"{text[:19]}.000{text[19:]}"


def written(call: Call, body: Mapping[str, Any], moment: datetime) -> Reply:
    """Write an answer, with its time."""
    return _written(call, {**body, "time": time_text(moment)}, 200)


def _written(call: Call, body: Row, status: int, *faults: str) -> Reply:
    if call.wants_json:
        return Reply(status, encode(body), faults=faults)
    return Reply(status, to_xml(body), media_type=_XML, faults=faults)


def fault_of(error: ApiError | GatewayError) -> Row:
    """Write a fault in the service's own shape, as items of a batch have it, too."""
    told = {"Message": error.message, "Detail": error.detail, "code": str(error.code)}
    if isinstance(error, ApiError):
        told["element"] = error.element
    return {"Fault": {"Error": [told], "type": error.kind}}


def refused(call: Call, error: Refusal, moment: datetime, *, throttle_format: str) -> Reply:
    """Write a refusal.

    Args:
        throttle_format: In what 429 is written, whatever was asked for.
    """
    if isinstance(error, OAuthError):
        told = {"error_description": error.description} if error.description else {}
        body = msgspec.json.encode({**told, "error": error.error})
        return Reply(error.status, body, faults=(error.error,))
    code = str(error.code)
    own = {**fault_of(error), "time": time_text(moment)}
    if isinstance(error, ApiError):
        return _written(call, own, error.status, code)
    if call.wants_json and not (error.status == 429 and throttle_format == "xml"):
        content = encode(_of_the_gateway(error, moment))
        return Reply(error.status, content, error.headers, faults=(code,))
    return Reply(error.status, to_xml(own), error.headers, _XML, faults=(code,))


def _of_the_gateway(error: GatewayError, moment: datetime) -> Row:
    told = {
        "message": error.message,
        "detail": error.detail,
        "code": str(error.code),
        "element": None,
    }
    return {
        "warnings": None,
        "intuitObject": None,
        "fault": {"error": [told], "type": error.kind},
        "report": None,
        "queryResponse": None,
        "batchItemResponse": [],
        "attachableResponse": [],
        "syncErrorResponse": None,
        "requestId": None,
        "time": int(moment.timestamp() * 1000),
        "status": None,
        "cdcresponse": [],
    }


def page(status: int) -> Reply:
    """What a web server in front says by itself."""
    text = f"<html><head><title>{status}</title></head><body><h1>{status}</h1></body></html>"
    return Reply(status, text.encode(), media_type=_HTML)
