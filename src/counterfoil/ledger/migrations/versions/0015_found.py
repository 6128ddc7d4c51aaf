"""What lists show of documents and by what they are found, and the lists that people keep."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import sqlalchemy as sa
from alembic import op

from counterfoil.documents import DocumentKind, decode
from counterfoil.engine.heading import Heading, heading_of, words_of

revision = "0015"
down_revision = "0014"

_Id = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_Word = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
_NOT_DONE = sa.text("state <> 'done'")
_PAGE: Final = 1_000


def upgrade() -> None:
    """Add columns and tables, and fill them from what is there."""
    _add_headings()
    _add_words()
    _add_views()
    _fill_headings()
    _fill_days()
    _fill_words()
    _add_indexes()


def _add_headings() -> None:
    for name, kind in (
        ("party", sa.Text()),
        ("dated", sa.String(10)),
        ("total", sa.Text()),
        ("currency", sa.Text()),
    ):
        op.add_column("document", sa.Column(name, kind))
    op.add_column("transfer", sa.Column("day", sa.String(10), server_default="", nullable=False))


def _add_words() -> None:
    op.create_table(
        "document_word",
        sa.Column("document_id", _Id, nullable=False),
        sa.Column("word", _Word, nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name="fk_document_word_document_id_document"
        ),
        sa.PrimaryKeyConstraint("document_id", "word", name="pk_document_word"),
    )


def _add_views() -> None:
    op.create_table(
        "saved_view",
        sa.Column("id", _Id, nullable=False),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("query", sa.Text, nullable=False),
        sa.Column("made_by", sa.Text, nullable=False),
        sa.Column("made_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_saved_view"),
        sa.UniqueConstraint("owner", "name", name="uq_saved_view_owner_name"),
    )


def _add_indexes() -> None:
    op.create_index("ix_document_word_word", "document_word", ["word", "document_id"])
    op.create_index("ix_transfer_day", "transfer", ["day", "id"])
    op.create_index("ix_transfer_flow_day", "transfer", ["flow", "day", "id"])
    op.create_index("ix_transfer_link_day", "transfer", ["link_id", "flow", "day", "id"])
    op.create_index(
        "ix_transfer_state_day",
        "transfer",
        ["state", "day", "id"],
        sqlite_where=_NOT_DONE,
        postgresql_where=_NOT_DONE,
    )


def _pages(query: str) -> Iterator[Sequence[Mapping[str, Any]]]:
    """Go through rows a page at a time, in order of their ids."""
    after = 0
    while True:
        asked = {"after": after, "limit": _PAGE}
        page = [dict(row) for row in op.get_bind().execute(sa.text(query), asked).mappings()]
        if not page:
            return
        yield page
        after = page[-1]["id"]


def _change(words: str, rows: list[dict[str, Any]]) -> None:
    if rows:
        op.get_bind().execute(sa.text(words), rows)


def _fill_headings() -> None:
    for page in _pages(
        "SELECT id, kind, body FROM document WHERE id > :after ORDER BY id LIMIT :limit"
    ):
        _change(
            "UPDATE document SET party = :party, dated = :dated, total = :total, "
            "currency = :currency WHERE id = :row",
            [{"row": each["id"], **_heading(each["kind"], each["body"])} for each in page],
        )


def _heading(kind: str, body: bytes) -> dict[str, Any]:
    """Read a heading; what an older version stored otherwise stays unknown."""
    try:
        found = heading_of(decode(DocumentKind(kind), body))
    except (ValueError, ArithmeticError):  # msgspec's errors are values' errors
        found = Heading()
    return {**found._asdict(), "dated": found.dated and found.dated.isoformat()}


def _fill_days() -> None:
    """List transfers under their document's day, else under that since which they stand."""
    for page in _pages(
        "SELECT transfer.id, transfer.state_since, document.dated FROM transfer "
        "JOIN document ON document.id = transfer.document_id "
        "WHERE transfer.id > :after ORDER BY transfer.id LIMIT :limit"
    ):
        _change(
            "UPDATE transfer SET day = :day WHERE id = :row",
            [{"row": each["id"], "day": each["dated"] or _day_of(each)} for each in page],
        )


def _day_of(row: Mapping[str, Any]) -> str:
    return datetime.fromtimestamp(row["state_since"] // 1_000_000, UTC).date().isoformat()


def _fill_words() -> None:
    for page in _pages(
        "SELECT id, number, party, total FROM document WHERE id > :after AND EXISTS "
        "(SELECT 1 FROM transfer WHERE transfer.document_id = document.id) "
        "ORDER BY id LIMIT :limit"
    ):
        words = {
            (each["id"], word)
            for each in page
            for word in words_of(each["number"], each["party"], each["total"])
        }
        words |= _numbers(page[0]["id"], page[-1]["id"])
        _change(
            "INSERT INTO document_word (document_id, word) VALUES (:row, :word)",
            [{"row": row, "word": word} for row, word in sorted(words)],
        )


def _numbers(first: int, last: int) -> set[tuple[int, str]]:
    """Give the words of the numbers of what a page of documents became."""
    rows = op.get_bind().execute(
        sa.text(
            "SELECT transfer.document_id, pairing.target_number FROM transfer "
            "JOIN pairing ON pairing.transfer_id = transfer.id AND pairing.ended_at IS NULL "
            "WHERE transfer.document_id BETWEEN :first AND :last "
            "AND pairing.target_number IS NOT NULL"
        ),
        {"first": first, "last": last},
    )
    return {(row, word) for row, number in rows for word in words_of(number, None, None)}


def downgrade() -> None:
    """Take the columns and tables away again: they only repeat what documents say."""
    op.drop_index("ix_transfer_state_day", "transfer")
    op.drop_index("ix_transfer_link_day", "transfer")
    op.drop_index("ix_transfer_flow_day", "transfer")
    op.drop_index("ix_transfer_day", "transfer")
    op.drop_table("saved_view")
    op.drop_table("document_word")
    op.drop_column("transfer", "day")
    for name in ("party", "dated", "total", "currency"):
        op.drop_column("document", name)
