"""What a person lets a document say in its target, and what arrived and stopped by half hour."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from counterfoil.errors import LedgerError

revision = "0017"
down_revision = "0016"

_Id = sa.BigInteger().with_variant(sa.Integer, "sqlite")
# Half an hour, and thirty-five days, in microseconds.
_HALF_HOUR = 1_800_000_000
_LATELY = 35 * 86_400 * 1_000_000


def upgrade() -> None:
    """Add the column and the table, and count what arrived lately from what became of it."""
    with op.batch_alter_table("transfer") as table:
        table.add_column(sa.Column("correction", sa.LargeBinary))
    op.create_table(
        "daybook",
        sa.Column("id", _Id, nullable=False),
        sa.Column("link_id", _Id, nullable=False),
        sa.Column("flow", sa.String(30), nullable=False),
        sa.Column("what", sa.String(10), nullable=False),
        sa.Column("began_at", sa.BigInteger, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.ForeignKeyConstraint(["link_id"], ["link.id"], name="fk_daybook_link_id_link"),
        sa.PrimaryKeyConstraint("id", name="pk_daybook"),
    )
    op.create_index("ix_daybook_began", "daybook", ["began_at"])
    newest = op.get_bind().execute(sa.text("SELECT max(paired_at) FROM pairing")).scalar()
    if newest is not None:
        op.execute(
            sa.text(
                "INSERT INTO daybook (link_id, flow, what, began_at, number) "
                "SELECT link_id, flow, 'arrived', paired_at - paired_at % :half, count(*) "
                "FROM pairing WHERE paired_at >= :first AND NOT is_adopted "
                "GROUP BY 1, 2, 4"
            ).bindparams(half=_HALF_HOUR, first=newest - _LATELY)
        )


def downgrade() -> None:
    """Refuse: an older version would put back what people corrected."""
    raise LedgerError(
        "This database cannot go back to an older version of Counterfoil: that one would write "
        "the days and numbers back that people have corrected. Restore the backup that was made "
        "before the upgrade.",
        detail="revision 0017 has no way down",
    )
