"""How goods travel: named in an order only where the target has that way, if it lists any (P29).

Nothing is created for it and no order stops over it: a way that the target does not have stays
with the source, and the transfer says so.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from counterfoil.documents import PurchaseOrder, RecordKind, name_key

from .drafting import Draft, Knowledge, Target

__all__ = ["keys_of_ways", "with_known_way"]


def keys_of_ways(drafts: Iterable[Draft]) -> set[str]:
    """Give the keys of the ways that drafts name."""
    return {name_key(way) for each in drafts if (way := _way_of(each)) is not None}


def with_known_way(each: Draft, knowledge: Knowledge, target: Target) -> Draft:
    """Give a draft that names its way only where the target has it."""
    way, translated = _way_of(each), each.translated
    if way is None or translated is None or not target.has_ship_methods:
        return each
    named = knowledge.entries.get(name_key(way), ())
    if any(one.kind is RecordKind.SHIP_METHOD and one.is_active for one in named):
        return each
    stays = f"The shipping type “{way}” stays: {target.name} has no such shipping method."
    bare = msgspec.structs.replace(translated.document, ship_via=None)
    changed = msgspec.structs.replace(
        translated, document=bare, left_out=(*translated.left_out, stays)
    )
    return msgspec.structs.replace(each, translated=changed)


def _way_of(each: Draft) -> str | None:
    document = each.translated.document if each.translated is not None else None
    return document.ship_via if isinstance(document, PurchaseOrder) else None
