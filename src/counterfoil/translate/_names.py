"""Names as the books can hold them: levels (M14), and names that are too long (M16, K7)."""

from __future__ import annotations

from typing import Final

from counterfoil.documents import RecordKind
from counterfoil.settings import LongNames, Settings

from ._translator import Context

__all__ = ["levelled", "short_item_name"]

_LEVEL: Final = "~"


def levelled(name: str, settings: Settings) -> str:
    """Give the full name in the books of a product or customer (M14): ``Cables:Cat 6``."""
    if _LEVEL not in name or not settings.general.tilde_levels:
        return name
    return ":".join(level.strip() for level in name.split(_LEVEL))


def short_item_name(name: str, identity: str | None, context: Context) -> str | None:
    """Give the name under which a product is created whose own is too long; ``None``: it is not.

    The product's number makes it that product's alone, and always the same: two products never
    become one item, and the item is known again when nothing else is.  A product that its
    source tells by name only is not shortened; a person names it.
    """
    if identity is None or context.settings.general.long_item_names is not LongNames.SHORTEN:
        return None
    limit = context.name_length_max.get(RecordKind.ITEM)
    parents, colon, own = name.rpartition(":")
    if limit is None or len(own) <= limit:
        return None
    number = f" #{identity}"
    return parents + colon + own[: limit - len(number)].rstrip() + number
