"""What people say about which document there a transfer is, until it was seen there."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from counterfoil.errors import LedgerError

revision = "0006"
down_revision = "0005"

_UNENDED = sa.text("ended_at IS NULL")
_Id = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Add the table, and find documents by their numbers there; nothing that is there changes."""
    op.create_table(
        "adoption",
        sa.Column("transfer_id", _Id, autoincrement=False, nullable=False),
        sa.Column("target_id", _Id, nullable=False),
        sa.Column("named", sa.Text, nullable=False),
        sa.Column("consents", sa.Boolean, nullable=False),
        sa.Column("expected", sa.LargeBinary),
        sa.Column("run_id", _Id),
        sa.Column("found", sa.LargeBinary),
        sa.Column("found_at", sa.BigInteger),
        sa.ForeignKeyConstraint(
            ["transfer_id"], ["transfer.id"], name="fk_adoption_transfer_id_transfer"
        ),
        sa.ForeignKeyConstraint(
            ["target_id"], ["connection.id"], name="fk_adoption_target_id_connection"
        ),
        sa.PrimaryKeyConstraint("transfer_id", name="pk_adoption"),
    )
    op.create_index("ix_adoption_target", "adoption", ["target_id"])
    op.create_index(
        "ix_pairing_number",
        "pairing",
        ["target_number"],
        sqlite_where=_UNENDED,
        postgresql_where=_UNENDED,
    )


def downgrade() -> None:
    """Refuse: an older version would not wait for what this one has been told is there."""
    raise LedgerError(
        "This database cannot go back to an older version of Counterfoil: that one would send "
        "again what is there already. Restore the backup that was made before the upgrade.",
        detail="revision 0006 has no way down",
    )
