"""By which words documents are found, and under which day lists show their transfers.

Only documents with a transfer are found: what was read in the books because we wrote it has
none.  A word is found by its beginning; see ``engine.heading``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Dialect, bindparam, delete, select, update

from counterfoil.documents import DocumentKind
from counterfoil.engine.heading import words_of

from ._inserting import insert_of
from ._prepared import Prepared, among, listed
from .schema import UNENDED, document, document_word, pairing, transfer

__all__ = ["add_numbers", "keep", "keep_anew", "numbers_of"]


def keep(tx: Connection, rows: Iterable[int]) -> None:
    """Keep the words of documents that have just got a transfer."""
    found = _HEADINGS.all(tx, {"rows": listed(tx, sorted(set(rows)))})
    _add(tx, ((row, word) for row, *heading in found for word in words_of(*heading)))


_HEADINGS = Prepared(
    lambda dialect: select(
        document.c.id, document.c.number, document.c.party, document.c.total
    ).where(among(dialect, document.c.id, "rows"))
)


def keep_anew(tx: Connection, connection: int, kind: DocumentKind, ids: Iterable[str]) -> None:
    """Keep what documents say now that have changed, as far as they have transfers."""
    asked = {"connection": connection, "of_kind": kind.value, "ids": listed(tx, ids)}
    rows = sorted({row[0] for row in _TAKEN_UP.all(tx, asked)})
    if not rows:
        return
    _FORGET.many(tx, [{"rows": listed(tx, rows)}])
    _DATE.many(tx, [{"rows": listed(tx, rows)}])
    keep(tx, rows)
    became = _BECAME.all(tx, {"rows": listed(tx, rows)})
    add_numbers(tx, ((row[0], row[1]) for row in became))


_TAKEN_UP = Prepared(
    lambda dialect: (
        select(document.c.id)
        .join(transfer, transfer.c.document_id == document.c.id)
        .where(
            document.c.connection_id == bindparam("connection"),
            document.c.kind == bindparam("of_kind"),
            among(dialect, document.c.document_id, "ids"),
        )
    )
)
_FORGET = Prepared(
    lambda dialect: delete(document_word).where(among(dialect, document_word.c.document_id, "rows"))
)


def _date(dialect: Dialect) -> Any:
    dated = select(document.c.dated).where(document.c.id == transfer.c.document_id)
    return (
        update(transfer)
        .where(
            among(dialect, transfer.c.document_id, "rows"),
            transfer.c.day != dated.scalar_subquery(),
        )
        .values(day=dated.scalar_subquery())
    )


_DATE = Prepared(_date)
_BECAME = Prepared(
    lambda dialect: (
        select(transfer.c.document_id, pairing.c.target_number)
        .join(pairing, pairing.c.transfer_id == transfer.c.id)
        .where(UNENDED, among(dialect, transfer.c.document_id, "rows"))
    )
)


def add_numbers(tx: Connection, numbers: Iterable[tuple[int, str | None]]) -> None:
    """Let documents be found by the numbers of what they became: document's row and number."""
    _add(tx, ((row, word) for row, number in numbers for word in words_of(number, None, None)))


def numbers_of(tx: Connection, pairings: Sequence[int]) -> list[tuple[int, str | None]]:
    """Give the documents' rows of pairings, and the numbers of what they became."""
    return [(row[0], row[1]) for row in _NUMBERS.all(tx, {"ids": listed(tx, pairings)})]


_NUMBERS = Prepared(
    lambda dialect: (
        select(transfer.c.document_id, pairing.c.target_number)
        .join(pairing, pairing.c.transfer_id == transfer.c.id)
        .where(among(dialect, pairing.c.id, "ids"))
    )
)


def _add(tx: Connection, words: Iterable[tuple[int, str]]) -> None:
    # In one order, so that two processes never wait for each other crosswise.
    _ADD.many(tx, [{"document_id": row, "word": word} for row, word in sorted(set(words))])


_ADD = Prepared(
    lambda dialect: insert_of(dialect)(document_word).on_conflict_do_nothing(),
    "document_id",
    "word",
)
