"""From a path below a company to what answers it.

A path that means nothing there is no 404: it is the service's own code 500, with HTTP 400.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from . import _handlers as handlers
from ._call import Call
from ._company import SINGLE_ID
from ._desk import Desk
from ._errors import unsupported
from ._wire import Row
from .entities import FOLDED, Entity

__all__ = ["Handler", "is_batch", "reads", "resolve"]

Handler = Callable[[Desk], Row]
"""Answers at a desk."""


def reads(call: Call, parts: Sequence[str]) -> bool:
    """Whether a call takes data out; all others bring some in."""
    return call.method == "GET" or parts[0].lower() == "query"


def is_batch(call: Call, parts: Sequence[str]) -> bool:
    """Whether a call is a batch."""
    return call.method == "POST" and [*parts] == ["batch"]


def resolve(call: Call, parts: Sequence[str]) -> Handler:
    """Find what answers a call; batches are not asked for here.

    Args:
        parts: The path below the company.

    Raises:
        ApiError: 500 (as a code) for a path that means nothing, 1050 or 2010 for a body.
    """
    is_read = call.method == "GET"
    match [parts[0].lower(), *parts[1:]]:
        case ["query"]:
            posted = call.body.decode("utf-8", "replace")
            statement = call.query.get("query", "") if is_read else posted
            return lambda desk: handlers.query(desk, statement)
        case ["cdc"] if is_read:
            names, since = call.query.get("entities", ""), call.query.get("changedsince", "")
            return lambda desk: handlers.capture(desk, names, since)
        case ["reports", name] if is_read:
            return lambda desk: handlers.report(desk, name)
        case ["upload"] if not is_read:
            return lambda desk: handlers.upload(desk, call)
        case [name, *rest] if name in FOLDED:
            return _of_entity(call, FOLDED[name], rest, is_read=is_read)
        case _:
            raise unsupported()


def _of_entity(call: Call, entity: Entity, rest: Sequence[str], *, is_read: bool) -> Handler:
    match rest:
        case [] if not is_read:
            body = handlers.json_body(call)
            return lambda desk: handlers.post(desk, entity, body, call.query)
        case [] if entity.name == "Preferences":
            return lambda desk: handlers.read(desk, entity, SINGLE_ID)
        case [] if entity.name == "ExchangeRate":
            return lambda desk: handlers.read_rate(desk, call)
        case [id_] if is_read:
            return lambda desk: handlers.read(desk, entity, id_)
        case [id_, "send"] if not is_read:
            address = call.query.get("sendto")
            return lambda desk: handlers.send(desk, entity, id_, address)
        case _:
            raise unsupported()
