"""What was done long ago costs nothing: indexes of what is open, and what was looked at."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from counterfoil.errors import LedgerError

revision = "0007"
down_revision = "0006"

_STANDS = "ended_at IS NULL AND gone_at IS NULL"
# Name, table, columns, and the condition of the rows that are in it.
_PARTIAL = (
    (
        "ix_document_open",
        "document",
        ["connection_id", "kind", "id"],
        "status <> 'closed' AND NOT is_gone",
    ),
    (
        "ix_document_closed",
        "document",
        ["connection_id", "kind", "changed_at"],
        "status = 'closed' AND changed_at IS NOT NULL AND NOT is_gone",
    ),
    ("ix_transfer_skipped", "transfer", ["id"], "state = 'skipped'"),
    ("ix_run_open", "run", ["connection_id"], "ended_at IS NULL"),
    ("ix_run_judged", "run", ["ended_at"], "NOT is_kept"),
    (
        "ix_exchange_unanswered",
        "exchange",
        ["connection_id", "state"],
        "state NOT IN ('answered', 'recovered')",
    ),
    (
        "ix_pairing_newest",
        "pairing",
        ["target_connection_id", "id"],
        f"{_STANDS} AND target_kind <> 'item-receipt'",
    ),
    (
        "ix_pairing_receipts",
        "pairing",
        ["target_connection_id", "paired_at"],
        f"{_STANDS} AND target_kind = 'item-receipt'",
    ),
    (
        "ix_pairing_brought",
        "pairing",
        ["target_connection_id", "target_kind"],
        f"NOT is_brought AND {_STANDS}",
    ),
)
_FULL = (
    ("ix_transfer_listed", "transfer", ["link_id", "flow", "id"]),
    ("ix_transfer_flow", "transfer", ["flow", "id"]),
    ("ix_run_connection", "run", ["connection_id", "id"]),
    ("ix_follow_up_state", "follow_up", ["state", "id"]),
)
# Others take their place.
_REPLACED = (("ix_run_connection_id", "run"), ("ix_exchange_open", "exchange"))


def upgrade() -> None:
    """Add two columns and the indexes; what is there stays as it is."""
    for table, column in (("run", "is_kept"), ("pairing", "is_brought")):
        op.add_column(
            table, sa.Column(column, sa.Boolean, nullable=False, server_default=sa.false())
        )
    for name, table, columns, where in _PARTIAL:
        condition = sa.text(where)
        op.create_index(name, table, columns, sqlite_where=condition, postgresql_where=condition)
    for name, table, columns in _FULL:
        op.create_index(name, table, columns)
    for name, table in _REPLACED:
        op.drop_index(name, table)


def downgrade() -> None:
    """Refuse: an older version would send again what this one knows to be there."""
    raise LedgerError(
        "This database cannot go back to an older version of Counterfoil: that one would send "
        "again what is there already. Restore the backup that was made before the upgrade.",
        detail="revision 0007 has no way down",
    )
