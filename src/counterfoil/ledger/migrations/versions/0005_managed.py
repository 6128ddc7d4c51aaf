"""The address under which the hub was served last."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from counterfoil.errors import LedgerError

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add the columns; nothing that is there changes."""
    op.add_column("ledger", sa.Column("served_url", sa.Text))
    op.add_column("ledger", sa.Column("served_at", sa.BigInteger))


def downgrade() -> None:
    """Refuse: an older version would send again what this one knows to be there."""
    raise LedgerError(
        "This database cannot go back to an older version of Counterfoil: that one would send "
        "again what is there already. Restore the backup that was made before the upgrade.",
        detail="revision 0005 has no way down",
    )
