"""What several processes that serve one hub have to agree on: setup codes, and whose a trial is."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from counterfoil.errors import LedgerError

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    """Add the tables; a setup code that was made before ends, and the next start tells another."""
    op.create_table(
        "setup_code",
        sa.Column("code_hash", sa.String(64), nullable=False),
        sa.Column("until", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("code_hash", name="pk_setup_code"),
    )
    op.create_table(
        "trial",
        sa.Column("row", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("owner", sa.String(40), nullable=False),
        sa.Column("until", sa.BigInteger, nullable=False),
        sa.Column("doing", sa.Text),
        sa.Column("problem", sa.Text),
        sa.PrimaryKeyConstraint("row", name="pk_trial"),
    )
    op.execute(sa.text("DELETE FROM hub_rule WHERE name = 'setup_code'"))


def downgrade() -> None:
    """Refuse: an older version would end another process's trial, and its setup code."""
    raise LedgerError(
        "This database cannot go back to an older version of Counterfoil: that one would end what "
        "another process of this hub has begun. Restore the backup that was made before the "
        "upgrade.",
        detail="revision 0019 has no way down",
    )
