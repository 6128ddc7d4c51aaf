"""Batches: up to 30 calls in one, each with an answer of its own.

Items do not see each other's results and nothing is rolled back: each has a desk of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from . import _handlers as handlers
from ._desk import Desk
from ._errors import ApiError, unsupported
from ._limits import CORE, CORE_PLUS
from ._wire import Row
from .entities import ENTITIES

__all__ = [
    "BATCH_MAX",
    "REQUEST_ID_MAX",
    "Item",
    "generic_fault",
    "items_of",
    "run_item",
]

BATCH_MAX = 30
REQUEST_ID_MAX = 50
"""How long a request id may be; in a batch together with the id of an item."""

_MEMBERS = frozenset({"bId", "operation", "optionsData", "Query"})
_OPERATIONS = {"create": "", "update": "", "delete": "delete", "void": "void"}


@dataclass(frozen=True, slots=True)
class Item:
    """One call of a batch."""

    id: str
    fields: Mapping[str, Any]

    @property
    def class_(self) -> str:
        """What it is counted as."""
        return CORE_PLUS if "Query" in self.fields else CORE


def generic_fault() -> ApiError:
    """What an item gets that cannot be told from an earlier one, or has too long an id."""
    return ApiError(
        6000,
        "An unexpected error occurred while accessing or saving your data. Please wait a few "
        "minutes and try again.",
    )


def items_of(body: Mapping[str, Any]) -> list[Item]:
    """Read a batch.

    Raises:
        ApiError: 400 for an empty one, 1040 for one too large, 2010 for none.
    """
    asked = body.get("BatchItemRequest", [])
    if not isinstance(asked, list) or not all(isinstance(one, Mapping) for one in asked):
        raise ApiError(2010, "Property Name:BatchItemRequest is invalid")
    if not asked:
        raise ApiError(400, "Batch Request is Empty")
    if len(asked) > BATCH_MAX:
        raise ApiError(
            1040, f"Batch size exceeded : {len(asked)} items, at most {BATCH_MAX} are allowed"
        )
    return [Item(str(one.get("bId", "")), one) for one in asked]


def run_item(item: Item, with_desk: Callable[[Callable[[Desk], Row]], Row]) -> Row:
    """Carry out one item.

    Args:
        with_desk: Opens a desk, lets something be done there and makes it real.

    Raises:
        ApiError: What is wrong with it.
    """
    fields = item.fields
    if "Query" in fields:
        return with_desk(lambda desk: handlers.query(desk, str(fields["Query"])))
    names = [name for name in fields if name not in _MEMBERS]
    if len(names) != 1 or names[0] not in ENTITIES or not isinstance(fields[names[0]], Mapping):
        raise ApiError(2010, "Property Name:An item names one object", "BatchItemRequest")
    entity = ENTITIES[names[0]]
    operation = _OPERATIONS.get(str(fields.get("operation", "")).lower())
    if operation is None:
        raise unsupported()
    words = {"operation": operation, "include": str(fields.get("optionsData", ""))}
    return with_desk(lambda desk: handlers.post(desk, entity, fields[entity.name], words))
