"""Lists that could not be read: what nobody knows the records of.

A list that was not read is no empty list.  Until it has been read, a name that is not known
may be there all the same: documents that use it wait, with the reason, and nothing is
created for them.  Names that are known from earlier readings go on to be used.  As soon as
the list has been read, whatever waited for it is taken up again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

import msgspec
from sqlalchemy import Connection as Tx

from counterfoil.documents import RecordKind
from counterfoil.engine.drafting import LIST_UNREAD
from counterfoil.engine.life import Event
from counterfoil.engine.moving import advance
from counterfoil.engine.reading import Reading, records_cursor
from counterfoil.ledger import connections, runs, transfers
from counterfoil.ledger.connections import Connection

from .links import views_of
from .systems import traits_of

__all__ = ["note", "unread_lists"]

_FACT: Final = "unread_lists"


def unread_lists(tx: Tx, connection: Connection) -> dict[RecordKind, str]:
    """Give the lists of a connection that are not known as they are now, with the reason."""
    told = _told(connection)
    read = runs.cursors(tx, connection.id)
    never = {
        kind.value: f"{_words(kind)} has not been read yet"
        for kind in traits_of(connection.system).lists
        if records_cursor(kind) not in read
    }
    return {RecordKind(kind): why for kind, why in (never | told).items()}


def note(
    tx: Tx,
    connection_id: int,
    failed: Mapping[RecordKind, str],
    read: Iterable[RecordKind],
    now: datetime,
) -> None:
    """Keep which lists could not be read, and take up again what waited for those that were."""
    connection = connections.load(tx, connection_id)
    assert connection is not None, "it has just answered"
    known = _told(connection)
    back = [kind.value for kind in read if kind.value in known]
    told = {kind: why for kind, why in known.items() if kind not in back}
    told |= {kind.value: why for kind, why in failed.items()}
    if told == known:
        return
    facts = {name: value for name, value in connection.facts.items() if name != _FACT}
    connections.change(tx, connection_id, facts=facts | {_FACT: told} if told else facts)
    if back:
        _take_up(tx, connection_id, now)


def _told(connection: Connection) -> dict[str, str]:
    found = connection.facts.get(_FACT)
    return dict(found) if isinstance(found, dict) else {}


def _words(kind: RecordKind) -> str:
    words = Reading(cursor="", records=kind).words
    return words[0].upper() + words[1:]


def _take_up(tx: Tx, connection_id: int, now: datetime) -> None:
    """Let what waits for a list, on either side of its links, be looked at again.

    Its age begins anew: that a list could not be read is no fault of the document.
    """
    views = views_of(tx, connection_id)
    ends = {end for view in views for end in (view.operations.id, view.books.id)}
    for target in sorted({connection_id, *ends}):
        waiting = transfers.waiting_because(tx, target, LIST_UNREAD)
        transfers.save(
            tx,
            [
                (each, msgspec.structs.replace(advance(each, Event.DUE, now), released_at=now))
                for each in waiting
            ],
        )
        if waiting and target != connection_id:
            connections.wake(tx, target, now)
