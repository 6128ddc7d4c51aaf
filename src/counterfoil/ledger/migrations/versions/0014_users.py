"""People who use the console; what changes, before and after, in the audit."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from counterfoil.errors import LedgerError

revision = "0014"
down_revision = "0013"

_Id = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Add the tables, and the columns of the audit; nothing that is there changes."""
    _add_users()
    _add_proofs()
    with op.batch_alter_table("audit") as table:
        table.add_column(sa.Column("before", sa.LargeBinary))
        table.add_column(sa.Column("after", sa.LargeBinary))
    op.create_index("ix_audit_time", "audit", ["at", "id"])
    op.create_index("ix_audit_actor", "audit", ["actor", "at", "id"])


def _add_users() -> None:
    op.create_table(
        "hub_user",
        sa.Column("id", _Id, nullable=False, autoincrement=True),
        sa.Column("login", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("role", sa.String(10), nullable=False),
        sa.Column("password_hash", sa.Text),
        sa.Column("password_set_at", sa.BigInteger),
        sa.Column("totp_secret", sa.Text),
        sa.Column("totp_since", sa.BigInteger),
        sa.Column("totp_period", sa.BigInteger),
        sa.Column("added_at", sa.BigInteger, nullable=False),
        sa.Column("joined_at", sa.BigInteger),
        sa.Column("last_seen_at", sa.BigInteger),
        sa.Column("off_since", sa.BigInteger),
        sa.PrimaryKeyConstraint("id", name="pk_hub_user"),
        sa.UniqueConstraint("login", name="uq_hub_user_login"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "user_session",
        sa.Column("id", _Id, nullable=False, autoincrement=True),
        sa.Column("hub_user_id", _Id, nullable=False),
        sa.Column("cookie_hash", sa.String(64), nullable=False),
        sa.Column("stage", sa.String(10), nullable=False),
        sa.Column("browser", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("begun_at", sa.BigInteger, nullable=False),
        sa.Column("seen_at", sa.BigInteger, nullable=False),
        sa.Column("until", sa.BigInteger, nullable=False),
        _of_user("user_session"),
        sa.PrimaryKeyConstraint("id", name="pk_user_session"),
        sa.UniqueConstraint("cookie_hash", name="uq_user_session_cookie_hash"),
    )
    op.create_index("ix_user_session_hub_user_id", "user_session", ["hub_user_id"])
    op.create_table(
        "hub_rule",
        sa.Column("name", sa.String(20), nullable=False),
        sa.Column("value", sa.LargeBinary, nullable=False),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("made_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_hub_rule"),
    )


def _add_proofs() -> None:
    op.create_table(
        "recovery_code",
        sa.Column("code_hash", sa.String(64), nullable=False),
        sa.Column("hub_user_id", _Id, nullable=False),
        _of_user("recovery_code"),
        sa.PrimaryKeyConstraint("code_hash", name="pk_recovery_code"),
    )
    op.create_index("ix_recovery_code_hub_user_id", "recovery_code", ["hub_user_id"])
    op.create_table(
        "user_link",
        sa.Column("key_hash", sa.String(64), nullable=False),
        sa.Column("hub_user_id", _Id, nullable=False),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("made_at", sa.BigInteger, nullable=False),
        sa.Column("until", sa.BigInteger, nullable=False),
        _of_user("user_link"),
        sa.PrimaryKeyConstraint("key_hash", name="pk_user_link"),
        sa.UniqueConstraint("hub_user_id", name="uq_user_link_hub_user_id"),
    )
    op.create_table(
        "sign_on",
        sa.Column("state_hash", sa.String(64), nullable=False),
        sa.Column("browser_hash", sa.String(64), nullable=False),
        sa.Column("verifier", sa.Text, nullable=False),
        sa.Column("nonce", sa.Text, nullable=False),
        sa.Column("way", sa.Text, nullable=False),
        sa.Column("until", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("state_hash", name="pk_sign_on"),
    )
    op.create_index("ix_sign_on_until", "sign_on", ["until"])


def _of_user(table: str) -> sa.ForeignKeyConstraint:
    name = f"fk_{table}_hub_user_id_hub_user"
    return sa.ForeignKeyConstraint(["hub_user_id"], ["hub_user.id"], name=name)


def downgrade() -> None:
    """Refuse: an older version knows no users, and whoever has a token would rule alone."""
    raise LedgerError(
        "This database cannot go back to an older version of Counterfoil: that one knows no "
        "users. Restore the backup that was made before the upgrade.",
        detail="revision 0014 has no way down",
    )
