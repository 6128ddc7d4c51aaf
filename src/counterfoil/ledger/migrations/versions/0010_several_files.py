"""What people say of records of both sides, and which link of several takes what."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from counterfoil.errors import LedgerError

revision = "0010"
down_revision = "0009"

_HOLDS = sa.text("undone_at IS NULL")
_Id = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Add the tables; nothing that is there changes."""
    _add_counterparts()
    _add_routes()


def _add_counterparts() -> None:
    op.create_table(
        "counterpart",
        sa.Column("id", _Id, nullable=False),
        sa.Column("link_id", _Id, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("source_id", _Id, nullable=False),
        sa.Column("source_record", sa.Text, nullable=False),
        sa.Column("source_name", sa.Text, nullable=False),
        sa.Column("target_id", _Id, nullable=False),
        sa.Column("decision", sa.String(8), nullable=False),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("made_at", sa.BigInteger, nullable=False),
        sa.Column("record_id", sa.Text),
        sa.Column("record", sa.LargeBinary),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("state_since", sa.BigInteger, nullable=False),
        sa.Column("released_at", sa.BigInteger),
        sa.Column("attempts", sa.Integer, server_default="0", nullable=False),
        sa.Column("retry_at", sa.BigInteger),
        sa.Column("sent_at", sa.BigInteger),
        sa.Column("refusal", sa.LargeBinary),
        sa.Column("reason", sa.LargeBinary),
        sa.Column("alerted_at", sa.BigInteger),
        sa.Column("undone_at", sa.BigInteger),
        sa.ForeignKeyConstraint(["link_id"], ["link.id"], name="fk_counterpart_link_id_link"),
        sa.ForeignKeyConstraint(
            ["source_id"], ["connection.id"], name="fk_counterpart_source_id_connection"
        ),
        sa.ForeignKeyConstraint(
            ["target_id"], ["connection.id"], name="fk_counterpart_target_id_connection"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_counterpart"),
    )
    op.create_index("ix_counterpart_open", "counterpart", ["target_id", "state"])
    op.create_index(
        "uq_counterpart_source",
        "counterpart",
        ["link_id", "kind", "source_id", "source_record"],
        unique=True,
        sqlite_where=_HOLDS,
        postgresql_where=_HOLDS,
    )


def _add_routes() -> None:
    op.create_table(
        "route",
        sa.Column("id", _Id, nullable=False),
        sa.Column("connection_id", _Id, nullable=False),
        sa.Column("party", sa.String(20), nullable=False),
        sa.Column("name_key", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("record_id", sa.Text),
        sa.Column("link_id", _Id, nullable=False),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("made_at", sa.BigInteger, nullable=False),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connection.id"], name="fk_route_connection_id_connection"
        ),
        sa.ForeignKeyConstraint(["link_id"], ["link.id"], name="fk_route_link_id_link"),
        sa.PrimaryKeyConstraint("id", name="pk_route"),
        sa.UniqueConstraint(
            "connection_id", "party", "name_key", name="uq_route_connection_id_party_name_key"
        ),
    )


def downgrade() -> None:
    """Refuse: an older version would send to one company file what is in another already."""
    raise LedgerError(
        "This database cannot go back to an older version of Counterfoil: that one does not know "
        "which company file a document belongs to, and would send again what is in another. "
        "Restore the backup that was made before the upgrade.",
        detail="revision 0010 has no way down",
    )
