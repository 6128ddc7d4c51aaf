"""How much there is of each item at each inventory site."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"

_Id = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "stock_at_site",
        sa.Column("connection_id", _Id, nullable=False),
        sa.Column("record_id", sa.Text, nullable=False),
        sa.Column("site_id", sa.Text, nullable=False),
        sa.Column("on_hand", sa.Text),
        sa.Column("read_at", sa.BigInteger, nullable=False),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connection.id"], name="fk_stock_at_site_connection_id_connection"
        ),
        sa.PrimaryKeyConstraint("connection_id", "record_id", "site_id", name="pk_stock_at_site"),
    )


def downgrade() -> None:
    """Drop it again: it holds nothing but what the next count reads."""
    op.drop_table("stock_at_site")
