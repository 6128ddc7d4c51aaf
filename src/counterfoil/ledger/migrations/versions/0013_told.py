"""What keeps anything from going on, who is told of it, and what is to be done about it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from counterfoil.errors import LedgerError

revision = "0013"
down_revision = "0012"

_LASTS = sa.text("gone_at IS NULL")
_KEPT = sa.text("removed_at IS NULL")
_TO_BE_DONE = sa.text("closed_at IS NULL")
_Id = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Add the tables; nothing that is there changes."""
    _add_causes()
    _add_rules()
    _add_notices()
    _add_to_dos()


def _add_causes() -> None:
    op.create_table(
        "cause",
        sa.Column("id", _Id, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("link_id", _Id),
        sa.Column("connection_id", _Id),
        sa.Column("code", sa.String(60), nullable=False),
        sa.Column("sentence", sa.Text, nullable=False),
        sa.Column("transfers", sa.LargeBinary, nullable=False),
        sa.Column("began_at", sa.BigInteger, nullable=False),
        sa.Column("gone_at", sa.BigInteger),
        sa.ForeignKeyConstraint(["link_id"], ["link.id"], name="fk_cause_link_id_link"),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connection.id"], name="fk_cause_connection_id_connection"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_cause"),
    )
    op.create_index("ix_cause_gone", "cause", ["key", "gone_at"])
    op.create_index(
        "uq_cause_key",
        "cause",
        ["key"],
        unique=True,
        sqlite_where=_LASTS,
        postgresql_where=_LASTS,
    )


def _add_rules() -> None:
    op.create_table(
        "notice_rule",
        sa.Column("id", _Id, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("link_id", _Id),
        sa.Column("channel", sa.String(10), nullable=False),
        sa.Column("address", sa.Text),
        sa.Column("secret", sa.Text),
        sa.Column("causes", sa.LargeBinary, nullable=False),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("made_at", sa.BigInteger, nullable=False),
        sa.Column("removed_at", sa.BigInteger),
        sa.ForeignKeyConstraint(["link_id"], ["link.id"], name="fk_notice_rule_link_id_link"),
        sa.PrimaryKeyConstraint("id", name="pk_notice_rule"),
    )
    op.create_index(
        "uq_notice_rule_name",
        "notice_rule",
        ["name"],
        unique=True,
        sqlite_where=_KEPT,
        postgresql_where=_KEPT,
    )


def _add_notices() -> None:
    op.create_table(
        "notice",
        sa.Column("id", _Id, nullable=False),
        sa.Column("rule_id", _Id),
        sa.Column("cause_id", _Id),
        sa.Column("address", sa.Text),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("attempts", sa.Integer, server_default="0", nullable=False),
        sa.Column("retry_at", sa.BigInteger),
        sa.Column("problem", sa.Text),
        sa.Column("made_at", sa.BigInteger, nullable=False),
        sa.Column("sent_at", sa.BigInteger),
        sa.ForeignKeyConstraint(
            ["rule_id"], ["notice_rule.id"], name="fk_notice_rule_id_notice_rule"
        ),
        sa.ForeignKeyConstraint(["cause_id"], ["cause.id"], name="fk_notice_cause_id_cause"),
        sa.PrimaryKeyConstraint("id", name="pk_notice"),
        sa.UniqueConstraint("rule_id", "cause_id", name="uq_notice_rule_id_cause_id"),
    )
    op.create_index("ix_notice_state", "notice", ["state", "retry_at"])


def _add_to_dos() -> None:
    op.create_table(
        "to_do",
        sa.Column("id", _Id, nullable=False),
        sa.Column("link_id", _Id, nullable=False),
        sa.Column("target_id", _Id, nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("action_type", sa.Text, nullable=False),
        sa.Column("assignee", sa.Text, nullable=False),
        sa.Column("record_id", sa.Text),
        sa.Column("write", sa.String(10), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("state_since", sa.BigInteger, nullable=False),
        sa.Column("released_at", sa.BigInteger),
        sa.Column("attempts", sa.Integer, server_default="0", nullable=False),
        sa.Column("retry_at", sa.BigInteger),
        sa.Column("sent_at", sa.BigInteger),
        sa.Column("refusal", sa.LargeBinary),
        sa.Column("reason", sa.LargeBinary),
        sa.Column("alerted_at", sa.BigInteger),
        sa.Column("made_at", sa.BigInteger, nullable=False),
        sa.Column("closed_at", sa.BigInteger),
        sa.ForeignKeyConstraint(["link_id"], ["link.id"], name="fk_to_do_link_id_link"),
        sa.ForeignKeyConstraint(
            ["target_id"], ["connection.id"], name="fk_to_do_target_id_connection"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_to_do"),
    )
    op.create_index("ix_to_do_open", "to_do", ["target_id", "state"])
    op.create_index(
        "uq_to_do_subject",
        "to_do",
        ["target_id", "kind", "subject"],
        unique=True,
        sqlite_where=_TO_BE_DONE,
        postgresql_where=_TO_BE_DONE,
    )


def downgrade() -> None:
    """Refuse: an older version would never complete the to-dos that were made."""
    raise LedgerError(
        "This database cannot go back to an older version of Counterfoil: that one does not know "
        "the to-dos that were made for errors, and would leave them open. Restore the backup that "
        "was made before the upgrade.",
        detail="revision 0013 has no way down",
    )
