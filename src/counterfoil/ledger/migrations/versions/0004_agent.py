"""The agent on the QuickBooks computer, the steps of setting up, a password that ends later."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from counterfoil.errors import LedgerError

revision = "0004"
down_revision = "0003"

_Id = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Add the tables and columns; nothing that is there changes."""
    with op.batch_alter_table("connection") as table:
        table.add_column(sa.Column("old_password_hash", sa.Text))
        table.add_column(sa.Column("old_password_until", sa.BigInteger))
    op.create_table(
        "agent",
        sa.Column("connection_id", _Id, nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("token_made_at", sa.BigInteger, nullable=False),
        sa.Column("ticket_hash", sa.String(64)),
        sa.Column("computer", sa.Text),
        sa.Column("version", sa.Text),
        sa.Column("hello_at", sa.BigInteger),
        sa.Column("seen_at", sa.BigInteger),
        sa.Column("look_number", sa.Integer, nullable=False, server_default="0"),
        sa.Column("refused_at", sa.BigInteger),
        sa.Column("rests_until", sa.BigInteger),
        sa.Column("rests_with", sa.Integer, nullable=False, server_default="0"),
        _of_connection("agent"),
        sa.PrimaryKeyConstraint("connection_id", name="pk_agent"),
    )
    op.create_table(
        "setup_step",
        sa.Column("connection_id", _Id, nullable=False),
        sa.Column("step", sa.String(20), nullable=False),
        sa.Column("asked_at", sa.BigInteger),
        sa.Column("tried_at", sa.BigInteger),
        sa.Column("is_passed", sa.Boolean),
        sa.Column("sentence", sa.Text),
        _of_connection("setup_step"),
        sa.PrimaryKeyConstraint("connection_id", "step", name="pk_setup_step"),
    )


def _of_connection(table: str) -> sa.ForeignKeyConstraint:
    name = f"fk_{table}_connection_id_connection"
    return sa.ForeignKeyConstraint(["connection_id"], ["connection.id"], name=name)


def downgrade() -> None:
    """Refuse: an older version would send again what this one knows to be there."""
    raise LedgerError(
        "This database cannot go back to an older version of Counterfoil: that one would send "
        "again what is there already. Restore the backup that was made before the upgrade.",
        detail="revision 0004 has no way down",
    )
