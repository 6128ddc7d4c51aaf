"""What can be taken back: cures that were done, and what stopped before it was tried again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from counterfoil.errors import LedgerError

revision = "0021"
down_revision = "0020"

_Id = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Add the columns and the table."""
    with op.batch_alter_table("transfer") as table:
        table.add_column(sa.Column("set_aside", sa.LargeBinary))
    with op.batch_alter_table("run") as table:
        table.add_column(sa.Column("stopped_by", sa.Text))
    op.create_table(
        "cure_done",
        sa.Column("id", _Id, nullable=False),
        sa.Column("link_id", _Id, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("sentence", sa.Text, nullable=False),
        sa.Column("undo", sa.LargeBinary, nullable=False),
        sa.Column("undone_at", sa.BigInteger),
        sa.Column("undone_by", sa.Text),
        sa.ForeignKeyConstraint(["link_id"], ["link.id"], name="fk_cure_done_link_id_link"),
        sa.PrimaryKeyConstraint("id", name="pk_cure_done"),
    )
    op.create_index("ix_cure_done_at", "cure_done", ["at"])


def downgrade() -> None:
    """Refuse: an older version would send what people have named, dated or activated otherwise."""
    raise LedgerError(
        "This database cannot go back to an older version of Counterfoil: that one would not know "
        "what people have corrected in single documents. Restore the backup that was made before "
        "the upgrade.",
        detail="revision 0021 has no way down",
    )
