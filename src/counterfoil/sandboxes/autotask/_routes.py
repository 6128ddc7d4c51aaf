"""From a path and a method to what is called: read from the table of entities.

Paths do not heed case.  Children are written below their parents only: what a client writes at
a child's own root never reaches the service and is answered by the web server in front (HTML,
404); no address with an id takes PATCH or PUT (405).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from . import _handlers as handlers
from ._call import Answer, Call
from ._desk import Desk
from ._errors import html_page, missing_route, wrong_verb
from ._settings import Settings
from .entities import CHILDREN, ENTITIES, FOLDED, Entity

__all__ = ["THRESHOLD", "Route", "bucket", "resolve"]

THRESHOLD = "thresholdinformation"

Handler = Callable[[Desk, Call], Answer]

_VERBS = {"POST": "create", "PATCH": "update", "PUT": "update", "DELETE": "delete"}
_INFORMATION = {"", "fields", "userdefinedfields"}
_INVOICE_FORMS = {"invoicepdf", "invoicemarkuphtml", "invoicemarkupxml"}


@dataclass(frozen=True, slots=True)
class Route:
    """What a call comes to.

    Attributes:
        handler: What answers it.
        writes: Whether it needs the right to write.
    """

    entity: Entity
    handler: Handler
    writes: bool = False


def bucket(path: str) -> str:
    """Say which endpoint's slots a call takes: its entity's, that of a child for its paths."""
    parts = path.lower().split("/")
    child = CHILDREN.get((parts[0], parts[2])) if len(parts) > 2 else None
    return parts[0] if child is None else child.name.lower()


def resolve(call: Call, settings: Settings) -> Route:
    """Find what answers a call.

    Raises:
        ApiError: 404 or 405.
    """
    parts = call.path.lower().split("/")
    if len(parts) > 2 and parts[1].isdecimal():
        return _below(call, settings, parts)
    entity = FOLDED.get(parts[0])
    if entity is None:
        raise missing_route(call.url)
    match parts[1:]:
        case []:
            return _at_root(call, entity)
        case ["query"]:
            return _reading(call, entity, handlers.query)
        case ["query", "count"]:
            return _reading(call, entity, handlers.count)
        case ["query", "next"]:
            return _reading(call, entity, handlers.following)
        case ["entityinformation", *rest] if len(rest) < 2 and "".join(rest) in _INFORMATION:
            _only(call, "GET")
            return _route(entity, handlers.describe, part="".join(rest))
        case [id_] if id_.isdecimal():
            return _with_id(call, settings, entity, int(id_))
        case _:
            raise missing_route(call.url)


def _route(entity: Entity, handler: Callable[..., Answer], **more: object) -> Route:
    return Route(entity, partial(handler, entity=entity, **more))


def _writing(entity: Entity, handler: Callable[..., Answer], **more: object) -> Route:
    return Route(entity, partial(handler, entity=entity, **more), writes=True)


def _only(call: Call, *methods: str) -> None:
    if call.method not in methods:
        raise wrong_verb(call.method)


def _reading(call: Call, entity: Entity, handler: Callable[..., Answer]) -> Route:
    _only(call, "GET", "POST")
    return _route(entity, handler)


def _at_root(call: Call, entity: Entity) -> Route:
    """``/Entity``: POST, PATCH and PUT, unless it is a child."""
    verb = _VERBS.get(call.method)
    if verb in {"create", "update"} and entity.parent is not None:
        raise html_page(404, "File or directory not found.")
    if call.method == "POST" and entity.may("create"):
        return _writing(entity, handlers.carry_out)
    if call.method in {"PATCH", "PUT"} and entity.may("update"):
        return _writing(entity, handlers.write)
    raise wrong_verb(call.method)


def _with_id(call: Call, settings: Settings, entity: Entity, id_: int) -> Route:
    """``/Entity/5``: GET, and DELETE unless it is a child."""
    if call.method == "GET":
        return _route(entity, handlers.read, id_=id_)
    is_at_home = entity.parent is None or settings.compatibility
    if call.method == "DELETE" and entity.may("delete") and is_at_home:
        return _writing(entity, handlers.erase, id_=id_)
    if call.method in {"PATCH", "PUT"} and settings.compatibility and entity.may("update"):
        return _writing(entity, handlers.write, id_in_path=id_)
    raise wrong_verb(call.method)


def _below(call: Call, settings: Settings, parts: list[str]) -> Route:
    """``/Parent/7/Children`` and ``/Parent/7/Children/5``."""
    parent, parent_id, segment, *rest = parts
    if parent == "invoices" and segment in _INVOICE_FORMS and not rest:
        _only(call, "GET")
        handler = partial(handlers.render_invoice, id_=int(parent_id), form=segment)
        return Route(ENTITIES["Invoices"], handler)
    child = CHILDREN.get((parent, segment))
    if child is None or len(rest) > 1 or not all(one.isdecimal() for one in rest):
        raise missing_route(call.url)
    if rest:
        return _child_with_id(call, settings, child, int(parent_id), int(rest[0]))
    verb = _VERBS.get(call.method)
    if call.method == "GET":
        return _route(child, handlers.list_children, parent_id=int(parent_id))
    if verb == "create" and child.may("create"):
        return _writing(child, handlers.carry_out, parent_id=int(parent_id))
    if verb == "update" and child.may("update"):
        return _writing(child, handlers.write, parent_id=int(parent_id))
    raise wrong_verb(call.method)


def _child_with_id(
    call: Call, settings: Settings, child: Entity, parent_id: int, id_: int
) -> Route:
    if call.method == "GET":
        return _route(child, handlers.read, id_=id_, parent_id=parent_id)
    if call.method == "DELETE" and child.may("delete"):
        return _writing(child, handlers.erase, id_=id_, parent_id=parent_id)
    if call.method in {"PATCH", "PUT"} and settings.compatibility and child.may("update"):
        return _writing(child, handlers.write, parent_id=parent_id, id_in_path=id_)
    raise wrong_verb(call.method)
