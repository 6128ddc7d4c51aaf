"""Items of the wrong type: found before anything is sent (P5, K8).

Books keep one item of a name.  Where a product is to be an inventory part and its name is that
of an item of another type, no inventory part of that name can be made, and QuickBooks would
count no stock of what is received.  What a person said about the name is not doubted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import msgspec
from sqlalchemy import Connection as Tx

from counterfoil.documents import Item, ItemType, ListRecord, RecordKind, refuse
from counterfoil.engine.drafting import Draft, Knowledge, Target, find
from counterfoil.engine.matching import Entry
from counterfoil.ledger import directory
from counterfoil.ledger.connections import Connection
from counterfoil.settings import PurchaseOrderOut

__all__ = ["checked"]

_STOCKED: Final = frozenset({ItemType.INVENTORY, ItemType.ASSEMBLY})


def checked(
    tx: Tx, connection: Connection, drafts: Sequence[Draft], knowledge: Knowledge, target: Target
) -> list[Draft]:
    """Give the drafts, those refused whose products are items that are not stocked.

    Costs one query where a link asks for it, and none elsewhere.
    """
    named = {each.work.transfer.id: [*_named(each, knowledge, target)] for each in drafts}
    ids = {entry.id for found in named.values() for _where, entry in found}
    items = directory.read_known(tx, connection.id, RecordKind.ITEM, ids)
    return [_judged(each, named[each.work.transfer.id], items, target) for each in drafts]


def _named(each: Draft, knowledge: Knowledge, target: Target) -> Iterator[tuple[str, Entry]]:
    """Give the items that a draft names and nobody has decided about, and where they stand."""
    rules = each.work.settings.flow(each.work.at.flow)
    if not isinstance(rules, PurchaseOrderOut) or not rules.only_stocked_items:
        return
    for wanted, (where, _name) in each.names.items():
        if wanted.kind is not RecordKind.ITEM or wanted in each.work.choices:
            continue
        found = find(wanted, each.work.choices, knowledge, target)
        if isinstance(found, Entry):
            yield where, found


def _judged(
    each: Draft,
    named: Sequence[tuple[str, Entry]],
    items: Mapping[str, ListRecord],
    target: Target,
) -> Draft:
    for where, entry in named:
        item = items.get(entry.id)
        if not isinstance(item, Item) or item.type is None or item.type in _STOCKED:
            continue
        refusal = refuse(
            "item-not-stocked",
            where=where,
            value=entry.full_name,
            found=item.type.value.replace("_", "-"),
            kind=RecordKind.ITEM.words,
            target=target.name,
            setting=f"{each.work.transfer.flow}.only_stocked_items",
        )
        return msgspec.structs.replace(each, translated=None, refusal=refusal)
    return each
