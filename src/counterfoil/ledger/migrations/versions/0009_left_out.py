"""How much of a document a person left out; what is made from a document, found by itself."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from counterfoil.errors import LedgerError

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Add a column and an index; of what was left out before, nobody knows how much it was."""
    with op.batch_alter_table("transfer") as table:
        table.add_column(sa.Column("left_out", sa.LargeBinary))
    op.create_index("ix_ancestry_child", "ancestry", ["connection_id", "kind", "document_id"])


def downgrade() -> None:
    """Refuse: an older version would send again what this one knows to be there."""
    raise LedgerError(
        "This database cannot go back to an older version of Counterfoil: that one would send "
        "again what is there already. Restore the backup that was made before the upgrade.",
        detail="revision 0009 has no way down",
    )
