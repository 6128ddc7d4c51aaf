"""What documents name and no list of their system has; and lists of names, a page at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import sqlalchemy as sa
from alembic import op

from counterfoil.documents import DocumentKind, decode, name_key
from counterfoil.ledger.told_names import told_by

revision = "0018"
down_revision = "0017"

_HOLDS = sa.text("undone_at IS NULL")
_Id = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_PAGE: Final = 1_000
_TELLING: Final = (DocumentKind.WORK_ENTRY, DocumentKind.SALES_ORDER, DocumentKind.SHIPMENT)


def upgrade() -> None:
    """Add the table, fill it from the documents that are there, and index lists by their names."""
    add_table()
    _add_indexes()


def _add_indexes() -> None:
    op.drop_index("ix_record_name", "record")
    op.create_index("ix_record_name", "record", ["connection_id", "name_key", "kind", "is_active"])
    listed = ["connection_id", "kind", "name_key", "record_id", "is_active"]
    op.create_index("ix_record_list", "record", listed)
    op.create_index("ix_name_choice_record", "name_choice", ["link_id", "kind", "record_id"])
    op.create_index(
        "ix_counterpart_record",
        "counterpart",
        ["link_id", "kind", "record_id"],
        sqlite_where=_HOLDS,
        postgresql_where=_HOLDS,
    )


def add_table() -> None:
    """Add the table, and fill it with what the documents that are there name."""
    op.create_table(
        "told_name",
        sa.Column("connection_id", _Id, nullable=False),
        sa.Column("told", sa.String(12), nullable=False),
        sa.Column("name_key", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("told_at", sa.BigInteger, nullable=False),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connection.id"], name="fk_told_name_connection_id_connection"
        ),
        sa.PrimaryKeyConstraint("connection_id", "told", "name_key", name="pk_told_name"),
    )
    rows: dict[tuple[int, str, str], dict[str, Any]] = {}
    for page in _pages():
        for each in page:
            for key, row in _told(each):
                rows.setdefault(key, row)
    if rows:
        op.get_bind().execute(
            sa.text(
                "INSERT INTO told_name (connection_id, told, name_key, name, told_at) "
                "VALUES (:connection, :told, :key, :name, :told_at)"
            ),
            list(rows.values()),
        )


def _told(row: Mapping[str, Any]) -> Iterator[tuple[tuple[int, str, str], dict[str, Any]]]:
    """Read what a document names; what an older version stored otherwise names nothing."""
    try:
        found = told_by(decode(DocumentKind(row["kind"]), row["body"]))
    except (ValueError, ArithmeticError):  # msgspec's errors are values' errors
        return
    if found is not None:
        told, name = found
        key = row["connection_id"], told.value, name_key(name)
        yield (
            key,
            {
                "connection": key[0],
                "told": key[1],
                "key": key[2],
                "name": name.strip(),
                "told_at": row["seen_at"],
            },
        )


def _pages() -> Iterator[Sequence[Mapping[str, Any]]]:
    """Go through the documents that can name something a page at a time, in order of their ids."""
    after = 0
    query = sa.text(
        "SELECT id, connection_id, kind, body, seen_at FROM document "
        "WHERE id > :after AND kind IN :kinds ORDER BY id LIMIT :limit"
    ).bindparams(sa.bindparam("kinds", expanding=True))
    while True:
        asked = {"after": after, "limit": _PAGE, "kinds": [kind.value for kind in _TELLING]}
        page = [dict(row) for row in op.get_bind().execute(query, asked).mappings()]
        if not page:
            return
        yield page
        after = page[-1]["id"]


def downgrade() -> None:
    """Take the table and indexes away again: they only repeat what others say."""
    op.drop_table("told_name")
    op.drop_index("ix_counterpart_record", "counterpart")
    op.drop_index("ix_name_choice_record", "name_choice")
    op.drop_index("ix_record_list", "record")
    op.drop_index("ix_record_name", "record")
    op.create_index("ix_record_name", "record", ["connection_id", "name_key"])
