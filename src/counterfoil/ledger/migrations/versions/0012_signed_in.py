"""What signing in at a service gives, and sign-ins under way."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from counterfoil.errors import LedgerError

revision = "0012"
down_revision = "0011"

_Id = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Add the tables; nothing that is there changes."""
    op.create_table(
        "oauth_grant",
        sa.Column("connection_id", _Id, nullable=False),
        sa.Column("access_token", sa.Text),
        sa.Column("refresh_token", sa.Text),
        sa.Column("access_until", sa.BigInteger, nullable=False),
        sa.Column("idle_until", sa.BigInteger),
        sa.Column("hard_until", sa.BigInteger),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("granted_at", sa.BigInteger, nullable=False),
        sa.Column("granted_by", sa.Text, nullable=False),
        sa.Column("renewer", sa.String(32)),
        sa.Column("renewing_since", sa.BigInteger),
        sa.Column("ended_at", sa.BigInteger),
        sa.Column("ended_why", sa.String(20)),
        sa.Column("hinted_at", sa.BigInteger),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connection.id"], name="fk_oauth_grant_connection_id_connection"
        ),
        sa.PrimaryKeyConstraint("connection_id", name="pk_oauth_grant"),
    )
    op.create_table(
        "sign_in",
        sa.Column("state_hash", sa.String(64), nullable=False),
        sa.Column("connection_id", _Id, nullable=False),
        sa.Column("browser_hash", sa.String(64), nullable=False),
        sa.Column("verifier", sa.Text, nullable=False),
        sa.Column("redirect_uri", sa.Text, nullable=False),
        sa.Column("takes_another", sa.Boolean, nullable=False),
        sa.Column("until", sa.BigInteger, nullable=False),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connection.id"], name="fk_sign_in_connection_id_connection"
        ),
        sa.PrimaryKeyConstraint("state_hash", name="pk_sign_in"),
    )
    op.create_index("ix_sign_in_connection_id", "sign_in", ["connection_id"])


def downgrade() -> None:
    """Refuse: an older version could not keep the tokens, and every person would sign in anew."""
    raise LedgerError(
        "This database cannot go back to an older version of Counterfoil: that one cannot keep "
        "what people signed in for. Restore the backup that was made before the upgrade.",
        detail="revision 0012 has no way down",
    )
