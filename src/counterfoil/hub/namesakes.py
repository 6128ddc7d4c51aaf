"""DOC-8: items that share the last part of their names, where only that part is taken.

``Parts:Bolts:M8`` and ``Kits:M8`` would both be the product ``M8``.  Which of them is meant
is a doubt that a person resolves, never a guess: documents that use either are refused, and
name both.  What a person said about the last part holds for all that share it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
from sqlalchemy import Connection as Tx

from counterfoil.documents import RecordKind, name_key, reason, refuse
from counterfoil.engine.drafting import LIST_UNREAD, Draft, Target
from counterfoil.engine.matching import lookup
from counterfoil.ledger import directory
from counterfoil.ledger.connections import Connection
from counterfoil.settings import FlowName, OrdersIn

from .links import LinkView
from .unread import unread_lists

__all__ = ["doubted"]


def doubted(
    tx: Tx,
    connection: Connection,
    drafts: Sequence[Draft],
    by_link: Mapping[int, LinkView],
    target: Target,
) -> list[Draft]:
    """Give the drafts, those refused whose products nobody can tell.

    Costs nothing where whole names are taken, else a query per link.
    """
    asked = {each.work.transfer.id: _last_parts(each) for each in drafts}
    keys: dict[int, set[str]] = {}
    for each in drafts:
        if asked[each.work.transfer.id]:
            link = each.work.transfer.link
            keys.setdefault(link, set()).update(asked[each.work.transfer.id])
    known = {
        link: _Items(tx, _source(by_link[link], connection), wanted)
        for link, wanted in keys.items()
    }
    return [
        known[each.work.transfer.link].judge(each, asked[each.work.transfer.id], target)
        if asked[each.work.transfer.id]
        else each
        for each in drafts
    ]


def _source(view: LinkView, target: Connection) -> Connection:
    return view.operations if view.books.id == target.id else view.books


def _last_parts(each: Draft) -> dict[str, str]:
    """Give the last parts by which a draft names its products -> an item's name of that part.

    Those that a person decided about are no doubt.
    """
    rules = each.work.settings.flow(FlowName(each.work.transfer.flow))
    if each.translated is None or each.work.landed is not None:
        return {}
    if not isinstance(rules, OrdersIn) or not rules.ignore_categories:
        return {}
    found = {
        lookup(kind, code): origin
        for (kind, code), origin in each.translated.origins.items()
        if kind is RecordKind.ITEM
    }
    return {
        wanted.key: origin
        for wanted, origin in found.items()
        if wanted not in each.work.choices and _last_part(origin) == wanted.key
    }


def _last_part(full_name: str) -> str:
    return name_key(full_name).rpartition(":")[2]


class _Items:
    """The items of one link's source that have some last parts."""

    def __init__(self, tx: Tx, source: Connection, keys: set[str]) -> None:
        self.source = source
        self.unread = unread_lists(tx, source).get(RecordKind.ITEM)
        self.found = directory.namesakes(tx, source.id, RecordKind.ITEM, keys)

    def judge(self, each: Draft, last_parts: Mapping[str, str], target: Target) -> Draft:
        """Refuse a draft over the first product that several items would be."""
        for key, origin in last_parts.items():
            others = {name_key(name): name for name in (*self.found.get(key, ()), origin)}
            if len(others) > 1:
                names = " and ".join(f"“{name}”" for name in sorted(others.values()))
                refusal = refuse(
                    "last-part-shared",
                    where="lines",
                    value=origin.rpartition(":")[2].strip(),
                    found=names,
                    source=self.source.system.words,
                    target=target.name,
                    kind=RecordKind.ITEM.words,
                    setting=f"{each.work.transfer.flow}.ignore_categories",
                )
                return msgspec.structs.replace(each, translated=None, refusal=refusal)
        if self.unread is not None:
            # Another item of that last part may be there all the same.
            return msgspec.structs.replace(each, waits=reason(LIST_UNREAD, problem=self.unread))
        return each
