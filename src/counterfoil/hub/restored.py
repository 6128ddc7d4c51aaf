"""When the books, or our own ledger, turn out to be an older copy.

*Older books*: somebody restored the company file, or opened an older copy of it.  It is noticed
by our mark in the file, and by the documents we wrote last, which every run looks for first.
Nothing is written until a person has said that it is the right file (``accounts.accept_file``);
then every document that was ever written there is looked up before anything else is written,
and what is gone is shown as such.

*Older ledger*: this hub's database was restored from a backup.  What was written since then
is read at the beginning of the run, and recognised by its marks before anything is sent.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection as Tx

from counterfoil.connectors.quickbooks_desktop.trouble import ANOTHER_FILE, see_page
from counterfoil.documents import Document, DocumentKind
from counterfoil.engine.asked import Asked, Kind, pages_named
from counterfoil.engine.identity import LedgerMark, Relation, relation
from counterfoil.engine.operations import Done, FindDocument, Outcome, Refused, WriteMark
from counterfoil.hub import advice
from counterfoil.ledger import connections, identity, rereading, runs
from counterfoil.ledger.connections import Connection
from counterfoil.logs import get_logger
from counterfoil.told import Advice, Told

from .watching import take_read

__all__ = [
    "BY_DOCUMENTS",
    "BY_MARK",
    "LAST_WRITTEN",
    "OLDER",
    "is_asked",
    "look_back",
    "look_for_last",
    "looked",
    "looks_back",
    "mark_due",
    "meet",
    "question",
    "take_last",
    "take_mark",
]

log = get_logger(__name__)

# The mark is renewed so often: each time is one small message set more.
_MARK_EVERY: Final = timedelta(days=1)
# So many of the documents written last are looked for at the beginning of each run.
_LAST: Final = 5
LAST_WRITTEN: Final = "written last"
"""Name of the operation that looks for the documents written last."""

_OLDER_BOOKS: Final = (
    "{file} seems to be an older copy, restored from a backup: it does not hold what Counterfoil "
    "wrote there, and does not say that somebody deleted it. Nothing was written."
)
_TAKE_IT: Final = (
    "If it is the right file, accept it in Counterfoil; what is missing is then shown as changed"
)

# How it was noticed that a file is an older copy: a note about ``other_file``.
OLDER: Final = "older"
BY_MARK: Final = "mark"
BY_DOCUMENTS: Final = "documents"


# --- Our mark in the books ----------------------------------------------------------------


def meet(tx: Tx, connection: Connection, there: str | None, *, is_told: bool) -> Told | None:
    """Compare who we are with the mark that the books bear.

    Returns:
        A sentence for people where our ledger is an older copy, or the mark another hub's.
        Older books are a question (``question``), asked before this.
    """
    mine = _mine(tx, connection)
    confirmed = _parsed(connection.facts.get("mark"))
    found = _parsed(there)
    match relation(mine, confirmed, found, is_told=is_told):
        case Relation.SAME | Relation.UNKNOWN | Relation.OLDER_BOOKS:
            return None
        case Relation.OLDER_LEDGER:
            assert found is not None, "a mark was compared"
            _catch_up(tx, connection, found)
            return Told(
                "Counterfoil's own records are older than what the company file remembers: they "
                "were restored from a backup. What was written there since is read first, and "
                "recognised by its marks, so that nothing is written twice."
            )
        case Relation.OTHER_LEDGER:
            _change(tx, connection, mark=None, mark_at=None)
            return Told(
                "Another installation of Counterfoil has written to this company file. What it "
                "wrote is recognised by its marks.",
                Advice("Let only one of both go on"),
            )


def question(tx: Tx, connection: Connection, there: str | None, *, is_told: bool) -> Told | None:
    """Ask whether books are the right ones whose mark is an older one; ``None``: it is not."""
    mine, confirmed = _mine(tx, connection), _parsed(connection.facts.get("mark"))
    if relation(mine, confirmed, _parsed(there), is_told=is_told) is not Relation.OLDER_BOOKS:
        return None
    log.warning("the books are an older copy", connection=connection.name)
    return _older_books(connection)


def _older_books(connection: Connection) -> Told:
    name = str(connection.facts.get("company_name") or connection.name)
    return Told(
        _OLDER_BOOKS.format(file=name),
        advice.accept_file(connection.id, _TAKE_IT),
        Advice("If not, open the right one"),
        Advice(see_page(ANOTHER_FILE)),
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
    last = rereading.newest(tx, connection.id, _LAST)
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
) -> Told | None:
    """Take the documents written last.

    Returns:
        A question for people where they are gone unexplained; then nothing was taken, for
        these may be the wrong books.
    """
    gone: list[tuple[DocumentKind, str]] = []
    taken: dict[int, Document | None] = {}
    for each, page in pages_named(LAST_WRITTEN, asked, outcomes):
        kind = DocumentKind(each.subject or "")
        there: dict[str, Document] = {found.id: found for found in page.documents}
        unreadable = {row.id for row in page.unreadable}
        wanted = [
            pair
            for pair in rereading.paired_with(tx, each.dependants)
            if pair.target_id not in unreadable
        ]
        taken |= {pair.transfer: there.get(pair.target_id) for pair in wanted}
        gone += [
            (kind, pair.target_id)
            for pair in wanted
            if pair.is_known and pair.target_id not in there
        ]
    is_explained = not gone or _are_told(gone, outcomes.values())
    if not is_explained and not looks_back(connection):
        log.warning("the books are an older copy", connection=connection.name)
        known = {key: connection.facts[key] for key in _OF_A_FILE if key in connection.facts}
        _change(tx, connection, other_file={**known, OLDER: BY_DOCUMENTS})
        return _older_books(connection)
    if is_asked(connection):
        # The right file is open again.
        _change(tx, connection, other_file=None)
    take_read(tx, connection, taken, now)
    return None


_OF_A_FILE: Final = ("file_id", "company_name", "company_file")


def is_asked(connection: Connection) -> bool:
    """Whether a person is asked about books in which the documents written last are gone."""
    other = connection.facts.get("other_file")
    return isinstance(other, dict) and other.get(OLDER) == BY_DOCUMENTS


def _are_told(gone: Iterable[tuple[DocumentKind, str]], outcomes: Iterable[Outcome]) -> bool:
    """Whether the books say themselves that these were deleted."""
    told = {
        each
        for outcome in outcomes
        if isinstance(outcome, Done) and outcome.page is not None
        for each in outcome.page.deleted_documents
    }
    return told.issuperset(gone)


def look_back(tx: Tx, connection: Connection) -> None:
    """Let every document that was written be looked up before anything else is written."""
    rereading.stale_all(tx, connection.id)
    # Names, too, are what they were then.
    runs.forget_cursors(tx, connection.id)
    _change(tx, connection, older_books=True, mark=None, mark_at=None)


def looks_back(connection: Connection) -> bool:
    """Whether documents are still being looked up in books that were restored."""
    return bool(connection.facts.get("older_books"))


def looked(tx: Tx, connection: Connection) -> None:
    """Note that all of them have been looked up."""
    _change(tx, connection, older_books=None)
