"""When the books, or our own ledger, turn out to be an older copy.

*Older books*: somebody restored the company file.  Then every document that was ever written
there is looked up before anything else is written; what is gone is shown as such, and a
person decides.  It is noticed by our mark in the file, and where the file keeps none, by the
documents we wrote last, which every run looks for first.

*Older ledger*: this hub's database was restored from a backup.  What was written since then
is read at the beginning of the run, and recognised by its marks before anything is sent.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import structlog
from sqlalchemy import Connection as Tx

from counterfoil.documents import Document, DocumentKind
from counterfoil.engine.asked import Asked, Kind
from counterfoil.engine.identity import LedgerMark, Relation, relation
from counterfoil.engine.operations import Done, FindDocument, Outcome, Refused, WriteMark
from counterfoil.ledger import connections, identity, pairings, runs
from counterfoil.ledger.connections import Connection

from .watching import take_read

__all__ = [
    "LAST_WRITTEN",
    "look_back",
    "look_for_last",
    "looked",
    "looks_back",
    "mark_due",
    "meet",
    "take_last",
    "take_mark",
]

log = structlog.get_logger(__name__)

# The mark is renewed so often: each time is one small message set more.
_MARK_EVERY: Final = timedelta(days=1)
# So many of the documents written last are looked for at the beginning of each run.
_LAST: Final = 5
LAST_WRITTEN: Final = "written last"
"""Name of the operation that looks for the documents written last."""

_OLDER_BOOKS: Final = (
    "{file} does not hold what Counterfoil wrote there, and does not say that somebody deleted "
    "it: it seems to be an older copy, restored from a backup. Every document that was written "
    "is looked up before anything is sent; what is gone is shown as changed, to be sent again "
    "or accepted. See: counterfoil transfers --state changed"
)


# --- Our mark in the books ----------------------------------------------------------------


def meet(tx: Tx, connection: Connection, there: str | None, *, is_told: bool) -> str | None:
    """Compare who we are with the mark that the books bear.

    Returns:
        A sentence for people where one of both is an older copy, or another hub's.
    """
    mine = _mine(tx, connection)
    confirmed = _parsed(connection.facts.get("mark"))
    found = _parsed(there)
    match relation(mine, confirmed, found, is_told=is_told):
        case Relation.SAME | Relation.UNKNOWN:
            return None
        case Relation.OLDER_BOOKS:
            return look_back(tx, connection)
        case Relation.OLDER_LEDGER:
            assert found is not None, "a mark was compared"
            _catch_up(tx, connection, found)
            return (
                "Counterfoil's own records are older than what the company file remembers: they "
                "were restored from a backup. What was written there since is read first, and "
                "recognised by its marks, so that nothing is written twice."
            )
        case Relation.OTHER_LEDGER:
            _change(tx, connection, mark=None, mark_at=None)
            return (
                "Another installation of Counterfoil has written to this company file. What it "
                "wrote is recognised by its marks. Let only one of both go on."
            )


def _mine(tx: Tx, connection: Connection) -> LedgerMark:
    who = identity.identity(tx)
    return LedgerMark(who.id, who.epoch, connection.position)


def _parsed(text: object) -> LedgerMark | None:
    return LedgerMark.parse(text) if isinstance(text, str) else None


def _catch_up(tx: Tx, connection: Connection, there: LedgerMark) -> None:
    """Begin a new epoch, so that the copy which went on is recognised when it comes back."""
    while identity.identity(tx).epoch <= there.epoch:
        identity.raise_epoch(tx)
    connections.change(tx, connection.id, position=max(connection.position, there.position))
    _change(tx, connection, mark=None, mark_at=None)
    log.warning("the ledger is an older copy", connection=connection.name)


def _change(tx: Tx, connection: Connection, **facts: Any) -> None:
    """Change some of what is known of a connection, ``None`` drops it."""
    current = connections.load(tx, connection.id)
    assert current is not None, "a run belongs to a connection"
    kept = {**current.facts, **facts}
    kept = {name: value for name, value in kept.items() if value is not None}
    connections.change(tx, connection.id, facts=kept)


def mark_due(tx: Tx, connection: Connection, now: datetime) -> WriteMark | None:
    """Give the mark that shall be written before the next documents; ``None``: none is due."""
    facts = connection.facts
    written_at = facts.get("mark_at")
    if facts.get("mark_refused"):
        return None
    confirmed = _parsed(facts.get("mark"))
    is_fresh = isinstance(written_at, str) and (
        datetime.fromisoformat(written_at) + _MARK_EVERY > now
    )
    mine = _mine(tx, connection)
    if is_fresh and confirmed is not None and confirmed.epoch == mine.epoch:
        return None
    value = mine._replace(position=mine.position + 1).render()
    return WriteMark(id="1", value=value, exists=bool(facts.get("mark_there")))


def take_mark(
    tx: Tx,
    connection: Connection,
    asked: Sequence[Asked],
    outcomes: Mapping[str, Outcome],
    now: datetime,
) -> None:
    """Keep what became of our mark.  A lost answer is no harm: it is written again."""
    for each in asked:
        if each.kind is not Kind.WRITE_MARK:
            continue
        match outcomes.get(each.wire_id):
            case Done():
                _change(tx, connection, mark=each.name, mark_at=now.isoformat(), mark_there=True)
            case Refused():
                # Nothing depends on it: the documents written last tell as much, later.
                _change(tx, connection, mark_refused=True)
            case _:
                pass


# --- The documents written last -----------------------------------------------------------


def look_for_last(
    tx: Tx, connection: Connection, wire_id: str
) -> tuple[FindDocument, Asked] | None:
    """Give the question for the documents written last, ``None``: there are none."""
    last = pairings.newest(tx, connection.id, _LAST)
    if not last:
        return None
    kind = last[0].kind
    wanted = [each for each in last if each.kind is kind]
    find = FindDocument(id=wire_id, kind=kind, ids=tuple(each.target_id for each in wanted))
    asked = Asked(
        wire_id=wire_id,
        kind=Kind.FIND,
        subject=kind,
        name=LAST_WRITTEN,
        dependants=tuple(each.transfer for each in wanted),
    )
    return find, asked


def take_last(
    tx: Tx,
    connection: Connection,
    asked: Sequence[Asked],
    outcomes: Mapping[str, Outcome],
    now: datetime,
) -> str | None:
    """Take the documents written last; a sentence for people where they are gone unexplained."""
    gone: list[tuple[DocumentKind, str]] = []
    for each in asked:
        outcome = outcomes.get(each.wire_id)
        if each.name != LAST_WRITTEN or not isinstance(outcome, Done) or outcome.page is None:
            continue
        kind = DocumentKind(each.subject or "")
        there: dict[str, Document] = {found.id: found for found in outcome.page.documents}
        unreadable = {row.id for row in outcome.page.unreadable}
        wanted = pairings.paired_with(tx, each.dependants)
        found = {
            pair.transfer: there.get(pair.target_id)
            for pair in wanted
            if pair.target_id not in unreadable
        }
        take_read(tx, connection, found, now)
        gone += [
            (kind, pair.target_id)
            for pair in wanted
            if pair.target_id not in there and pair.target_id not in unreadable
        ]
    if not gone or _are_told(gone, outcomes.values()):
        return None
    return look_back(tx, connection)


def _are_told(gone: Iterable[tuple[DocumentKind, str]], outcomes: Iterable[Outcome]) -> bool:
    """Whether the books say themselves that these were deleted."""
    told = {
        each
        for outcome in outcomes
        if isinstance(outcome, Done) and outcome.page is not None
        for each in outcome.page.deleted_documents
    }
    return told.issuperset(gone)


def look_back(tx: Tx, connection: Connection) -> str:
    """Let every document that was written be looked up before anything else is written."""
    pairings.stale_all(tx, connection.id)
    # Names, too, are what they were then.
    runs.forget_cursors(tx, connection.id)
    _change(tx, connection, older_books=True, mark=None, mark_at=None)
    log.warning("the books are an older copy", connection=connection.name)
    name = str(connection.facts.get("company_name") or connection.name)
    return _OLDER_BOOKS.format(file=name)


def looks_back(connection: Connection) -> bool:
    """Whether documents are still being looked up in books that were restored."""
    return bool(connection.facts.get("older_books"))


def looked(tx: Tx, connection: Connection) -> None:
    """Note that all of them have been looked up."""
    _change(tx, connection, older_books=None)
