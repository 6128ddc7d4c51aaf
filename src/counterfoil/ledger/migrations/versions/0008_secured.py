"""What a token may do and until when; sessions that end; wrong passwords counted in columns."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from alembic import op

from counterfoil.errors import LedgerError
from counterfoil.ledger._types import to_microseconds

revision = "0008"
down_revision = "0007"

_Id = sa.BigInteger().with_variant(sa.Integer, "sqlite")

# Kept among the facts before, where two writers could lose each other's.
_MOVED: Final = ("wrong_password_since", "sign_in_refused_at", "password_used_at")


def upgrade() -> None:
    """Add the columns and the table, and move what was among the facts."""
    with op.batch_alter_table("api_token") as table:
        scope = sa.Column("scope", sa.String(20), nullable=False, server_default="administer")
        table.add_column(scope)
        table.add_column(sa.Column("expires_at", sa.BigInteger))
    with op.batch_alter_table("connection") as table:
        for name in _MOVED:
            table.add_column(sa.Column(name, sa.BigInteger))
    op.create_table(
        "browser_session",
        sa.Column("cookie_hash", sa.String(64), nullable=False),
        sa.Column("token_id", _Id, nullable=False),
        sa.Column("until", sa.BigInteger, nullable=False),
        sa.ForeignKeyConstraint(
            ["token_id"], ["api_token.id"], name="fk_browser_session_token_id_api_token"
        ),
        sa.PrimaryKeyConstraint("cookie_hash", name="pk_browser_session"),
    )
    op.create_index("ix_browser_session_token_id", "browser_session", ["token_id"])
    _move_facts()


def _move_facts() -> None:
    moved = sa.table(
        "connection",
        sa.column("id", _Id),
        sa.column("facts", sa.LargeBinary),
        *(sa.column(name, sa.BigInteger) for name in _MOVED),
    )
    tx = op.get_bind()
    for row in tx.execute(sa.select(moved.c.id, moved.c.facts)).all():
        facts: dict[str, Any] = json.loads(row.facts)
        found = {name: facts.pop(name) for name in _MOVED if name in facts}
        if not found:
            continue
        instants = {name: _instant(told) for name, told in found.items()}
        kept = json.dumps(facts, separators=(",", ":"), ensure_ascii=False).encode()
        tx.execute(sa.update(moved).where(moved.c.id == row.id).values({**instants, "facts": kept}))


def _instant(told: object) -> int | None:
    try:
        return to_microseconds(datetime.fromisoformat(str(told)))
    except (ValueError, AssertionError):
        return None


def downgrade() -> None:
    """Refuse: an older version would send again what this one knows to be there."""
    raise LedgerError(
        "This database cannot go back to an older version of Counterfoil: that one would send "
        "again what is there already. Restore the backup that was made before the upgrade.",
        detail="revision 0008 has no way down",
    )
