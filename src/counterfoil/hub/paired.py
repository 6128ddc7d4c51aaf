"""What the source's records became before: found again by their identities, whatever their names.

Of a source that tells identities (Autotask), a product, vendor or customer is looked up by what
it became the last time, then by its name (M2).  A source that tells none costs nothing here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import msgspec
from sqlalchemy import Connection as Tx

from counterfoil.documents import RecordKind
from counterfoil.engine.drafting import Draft
from counterfoil.engine.matching import Entry, NameChoice, Paired, lookup
from counterfoil.ledger import directory
from counterfoil.ledger.connections import Connection

__all__ = ["known_again", "remember"]

_Known = Mapping[tuple[RecordKind, str], Entry]


def known_again(tx: Tx, connection: Connection, drafts: Sequence[Draft]) -> list[Draft]:
    """Give the drafts, their names meaning what the same records meant before."""
    wanted: dict[int, set[tuple[RecordKind, str]]] = {}
    for each in drafts:
        for (kind, _name), identity in _identities(each):
            wanted.setdefault(each.work.transfer.link, set()).add((kind, identity))
    known = {link: directory.paired(tx, link, connection.id, ids) for link, ids in wanted.items()}
    return [_with(each, known.get(each.work.transfer.link, {})) for each in drafts]


def _identities(each: Draft) -> Iterable[tuple[tuple[RecordKind, str], str]]:
    return each.translated.identities.items() if each.translated is not None else ()


def _with(each: Draft, known: _Known) -> Draft:
    """Add what is known of a draft's records to what people chose, which comes first."""
    found = {
        lookup(kind, name): NameChoice(record=known[kind, identity])
        for (kind, name), identity in _identities(each)
        if (kind, identity) in known
    }
    if not found:
        return each
    work = msgspec.structs.replace(each.work, choices={**found, **each.work.choices})
    return msgspec.structs.replace(each, work=work)


def remember(tx: Tx, connection: Connection, found: Iterable[Paired], now: datetime) -> None:
    """Keep what records were found to be, as far as that is new."""
    by_link: dict[int, list[Paired]] = {}
    for each in found:
        by_link.setdefault(each.link, []).append(each)
    for link, pairs in by_link.items():
        ids = {(each.kind, each.identity) for each in pairs}
        known = directory.paired(tx, link, connection.id, ids)
        for each in pairs:
            before = known.get((each.kind, each.identity))
            if before is None or before.id != each.record_id:
                directory.pair(tx, each, now)
