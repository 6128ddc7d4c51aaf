"""Quiet hours and digests of rules of notices, and indexes for the lists of what was done."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from counterfoil.errors import LedgerError

revision = "0016"
down_revision = "0015"

_WRITES = sa.text("writes")
_WRITES_DOCUMENT = sa.text("kind IN ('create-document', 'update-document', 'void-document')")


def upgrade() -> None:
    """Add columns and indexes; every rule goes on as it was."""
    with op.batch_alter_table("notice_rule") as table:
        table.add_column(sa.Column("quiet", sa.LargeBinary))
        table.add_column(sa.Column("urgent", sa.LargeBinary))
        table.add_column(sa.Column("digest", sa.String(20)))
        table.add_column(
            sa.Column("tells_nothing", sa.Boolean, nullable=False, server_default=sa.false())
        )
        table.add_column(sa.Column("told_until", sa.BigInteger))
        table.add_column(sa.Column("is_on", sa.Boolean, nullable=False, server_default=sa.true()))
    op.create_index("ix_cause_over", "cause", ["gone_at"])
    op.create_index("ix_notice_rule", "notice", ["rule_id", "id"])
    op.create_index("ix_run_started", "run", ["started_at"])
    _add_partial("ix_exchange_writes", "exchange", "run_id", _WRITES)
    _add_partial("ix_operation_written", "operation", "id", _WRITES_DOCUMENT)


def _add_partial(name: str, table: str, column: str, where: sa.TextClause) -> None:
    op.create_index(name, table, [column], sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    """Refuse: an older version would wake people at night."""
    raise LedgerError(
        "This database cannot go back to an older version of Counterfoil: that one does not know "
        "the quiet hours that were set, and would tell at any time. Restore the backup that was "
        "made before the upgrade.",
        detail="revision 0016 has no way down",
    )
