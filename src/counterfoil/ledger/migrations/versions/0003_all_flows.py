"""What the flows of receipts, shipments and stock ask for."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from counterfoil.errors import LedgerError

revision = "0003"
down_revision = "0002"

_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")
# The states of this day, whatever they become later.
_COUNTS = sa.text("flow = 'stock-count-out' AND state NOT IN ('done', 'skipped')")


def upgrade() -> None:
    """Add the columns; nothing that is there changes."""
    with op.batch_alter_table("transfer") as table:
        table.add_column(sa.Column("order_seen", sa.LargeBinary))
    with op.batch_alter_table("pairing") as table:
        table.add_column(sa.Column("is_linked", sa.Boolean))
    with op.batch_alter_table("request") as table:
        table.add_column(sa.Column("items", sa.LargeBinary))
        table.add_column(sa.Column("counted_at", sa.BigInteger))
        table.add_column(sa.Column("result", sa.LargeBinary))
    _stock()
    _ancestry()
    _last_parts()


def _stock() -> None:
    op.create_table(
        "stock",
        sa.Column(
            "connection_id",
            _ID,
            sa.ForeignKey("connection.id", name="fk_stock_connection_id_connection"),
            nullable=False,
        ),
        sa.Column("record_id", sa.Text, nullable=False),
        sa.Column("on_hand", sa.Text),
        sa.Column("read_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("connection_id", "record_id", name="pk_stock"),
    )
    op.create_index(
        "ix_transfer_count",
        "transfer",
        ["link_id", "state"],
        sqlite_where=_COUNTS,
        postgresql_where=_COUNTS,
    )


def _ancestry() -> None:
    op.create_table(
        "ancestry",
        sa.Column("connection_id", _ID, nullable=False),
        sa.Column("ancestor_kind", sa.String(20), nullable=False),
        sa.Column("ancestor_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("document_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connection.id"], name="fk_ancestry_connection_id_connection"
        ),
        sa.PrimaryKeyConstraint(
            "connection_id",
            "ancestor_kind",
            "ancestor_id",
            "kind",
            "document_id",
            name="pk_ancestry",
        ),
    )


def _last_parts() -> None:
    """Keep the last part of each record's name; what is there already is told by its name."""
    with op.batch_alter_table("record") as table:
        table.add_column(
            sa.Column("last_key", sa.Text(), nullable=False, server_default=sa.text("''"))
        )
    op.execute("UPDATE record SET last_key = name_key")
    record = sa.table("record", sa.column("name_key", sa.Text), sa.column("last_key", sa.Text))
    tx = op.get_bind()
    below = tx.scalars(
        sa.select(record.c.name_key).where(record.c.name_key.contains(":")).distinct()
    ).all()
    for name in below:
        tx.execute(
            sa.update(record)
            .where(record.c.name_key == name)
            .values(last_key=name.rpartition(":")[2])
        )
    op.create_index("ix_record_last", "record", ["connection_id", "last_key"])


def downgrade() -> None:
    """Refuse: an older version would send again what this one knows to be there."""
    raise LedgerError(
        "This database cannot go back to an older version of Counterfoil: that one would send "
        "again what is there already. Restore the backup that was made before the upgrade.",
        detail="revision 0003 has no way down",
    )
