"""People who work on one company file, each with a Web Connector of their own."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from counterfoil.errors import LedgerError

revision = "0011"
down_revision = "0010"

_Id = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Add the table; nothing that is there changes."""
    op.create_table(
        "person",
        sa.Column("id", _Id, nullable=False),
        sa.Column("connection_id", _Id, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("user_name", sa.String(80), nullable=False),
        sa.Column("company_file", sa.Text),
        sa.Column("password_hash", sa.Text, nullable=False),
        sa.Column("old_password_hash", sa.Text),
        sa.Column("old_password_until", sa.BigInteger),
        sa.Column("password_failures", sa.Integer, server_default="0", nullable=False),
        sa.Column("wrong_password_since", sa.BigInteger),
        sa.Column("sign_in_refused_at", sa.BigInteger),
        sa.Column("password_used_at", sa.BigInteger),
        sa.Column("added_at", sa.BigInteger, nullable=False),
        sa.Column("last_seen_at", sa.BigInteger),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connection.id"], name="fk_person_connection_id_connection"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_person"),
        sa.UniqueConstraint("user_name", name="uq_person_user_name"),
        sa.UniqueConstraint("connection_id", "name", name="uq_person_connection_id_name"),
    )


def downgrade() -> None:
    """Refuse: an older version would let nobody in but the first of several people."""
    raise LedgerError(
        "This database cannot go back to an older version of Counterfoil: that one does not know "
        "the people who work on one company file, and would refuse their Web Connectors. Restore "
        "the backup that was made before the upgrade.",
        detail="revision 0011 has no way down",
    )
