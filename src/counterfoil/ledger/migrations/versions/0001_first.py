"""The first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

# An integer that counts up by itself on both databases.
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
# Microseconds since 1970, in UTC.
INSTANT = sa.BigInteger()
# UTF-8.
JSON = sa.LargeBinary()


def upgrade() -> None:
    """Make them, each after those it refers to."""
    _api_token()
    _audit()
    _connection()
    _budget()
    _cursor()
    _document()
    _link()
    _record()
    _run()
    _exchange()
    _link_settings()
    _name_choice()
    _request()
    _transfer()
    _follow_up()
    _pairing()
    _operation()


def downgrade() -> None:
    """Drop them again, with everything that is in them."""
    for name in _TABLES:
        op.drop_table(name)


_TABLES = (
    "operation",
    "pairing",
    "follow_up",
    "transfer",
    "request",
    "name_choice",
    "link_settings",
    "exchange",
    "run",
    "record",
    "link",
    "document",
    "cursor",
    "budget",
    "connection",
    "audit",
    "api_token",
)


def _api_token() -> None:
    op.create_table(
        "api_token",
        sa.Column("id", ID, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("last_used_at", INSTANT),
        sa.PrimaryKeyConstraint("id", name="pk_api_token"),
        sa.UniqueConstraint("token_hash", name="uq_api_token_token_hash"),
    )


def _audit() -> None:
    op.create_table(
        "audit",
        sa.Column("id", ID, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("action", sa.String(60), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
    )
    op.create_index("ix_audit_subject", "audit", ["subject"])


def _connection() -> None:
    op.create_table(
        "connection",
        sa.Column("id", ID, nullable=False),
        sa.Column("system", sa.String(40), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("parameters", JSON, nullable=False),
        sa.Column("secret", sa.Text()),
        sa.Column("user_name", sa.String(80)),
        sa.Column("password_hash", sa.Text()),
        sa.Column("password_failures", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("locked_until", INSTANT),
        sa.Column("facts", JSON, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("due_at", INSTANT),
        sa.Column("lease_owner", sa.Text()),
        sa.Column("lease_until", INSTANT),
        sa.Column("epoch", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("clearable_key", sa.String(24)),
        sa.Column("last_seen_at", INSTANT),
        sa.Column("last_problem", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_connection"),
        sa.UniqueConstraint("name", name="uq_connection_name"),
        sa.UniqueConstraint("user_name", name="uq_connection_user_name"),
    )


def _budget() -> None:
    op.create_table(
        "budget",
        sa.Column("connection_id", ID, nullable=False),
        sa.Column("tokens", sa.BigInteger(), nullable=False),
        sa.Column("counted_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connection.id"], name="fk_budget_connection_id_connection"
        ),
        sa.PrimaryKeyConstraint("connection_id", name="pk_budget"),
    )


def _cursor() -> None:
    op.create_table(
        "cursor",
        sa.Column("connection_id", ID, nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("read_until", sa.String(32)),
        sa.Column("read_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connection.id"], name="fk_cursor_connection_id_connection"
        ),
        sa.PrimaryKeyConstraint("connection_id", "name", name="pk_cursor"),
    )


def _document() -> None:
    op.create_table(
        "document",
        sa.Column("id", ID, nullable=False),
        sa.Column("connection_id", ID, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("document_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Text()),
        sa.Column("status", sa.String(12), nullable=False),
        sa.Column("fingerprint", sa.String(32), nullable=False),
        sa.Column("revision", sa.Text()),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("seen_at", INSTANT, nullable=False),
        sa.Column("is_gone", sa.Boolean(), nullable=False),
        sa.Column("own_key", sa.Text()),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connection.id"], name="fk_document_connection_id_connection"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_document"),
        sa.UniqueConstraint(
            "connection_id",
            "kind",
            "document_id",
            name="uq_document_connection_id_kind_document_id",
        ),
    )


def _link() -> None:
    op.create_table(
        "link",
        sa.Column("id", ID, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("operations_id", ID, nullable=False),
        sa.Column("books_id", ID, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["books_id"], ["connection.id"], name="fk_link_books_id_connection"
        ),
        sa.ForeignKeyConstraint(
            ["operations_id"], ["connection.id"], name="fk_link_operations_id_connection"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_link"),
        sa.UniqueConstraint("operations_id", "books_id", name="uq_link_operations_id_books_id"),
    )


def _record() -> None:
    op.create_table(
        "record",
        sa.Column("connection_id", ID, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("record_id", sa.Text(), nullable=False),
        sa.Column("full_name", sa.Text(), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("read_in", ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connection.id"], name="fk_record_connection_id_connection"
        ),
        sa.PrimaryKeyConstraint("connection_id", "kind", "record_id", name="pk_record"),
    )
    op.create_index("ix_record_name", "record", ["connection_id", "name_key"])


def _run() -> None:
    op.create_table(
        "run",
        sa.Column("id", ID, nullable=False),
        sa.Column("connection_id", ID, nullable=False),
        sa.Column("trigger", sa.String(20), nullable=False),
        sa.Column("ticket_hash", sa.String(64)),
        sa.Column("started_at", INSTANT, nullable=False),
        sa.Column("touched_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT),
        sa.Column("expects", sa.String(20)),
        sa.Column("agenda", JSON, nullable=False),
        sa.Column("facts", JSON, nullable=False),
        sa.Column("round_trips", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("settled", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("connection_errors", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("problem", sa.Text()),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connection.id"], name="fk_run_connection_id_connection"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_run"),
    )
    op.create_index("ix_run_connection_id", "run", ["connection_id"])
    op.create_index("ix_run_ticket", "run", ["ticket_hash"], unique=True)


def _exchange() -> None:
    op.create_table(
        "exchange",
        sa.Column("id", ID, nullable=False),
        sa.Column("connection_id", ID, nullable=False),
        sa.Column("run_id", ID, nullable=False),
        sa.Column("key", sa.String(24), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("writes", sa.Boolean(), nullable=False),
        sa.Column("recovers_id", ID),
        sa.Column("sent_at", INSTANT, nullable=False),
        sa.Column("answered_at", INSTANT),
        sa.Column("request", sa.LargeBinary()),
        sa.Column("answer", sa.LargeBinary()),
        sa.Column("problem", sa.Text()),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connection.id"], name="fk_exchange_connection_id_connection"
        ),
        sa.ForeignKeyConstraint(
            ["recovers_id"], ["exchange.id"], name="fk_exchange_recovers_id_exchange"
        ),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name="fk_exchange_run_id_run"),
        sa.PrimaryKeyConstraint("id", name="pk_exchange"),
    )
    op.create_index("ix_exchange_open", "exchange", ["connection_id", "state"])
    op.create_index("ix_exchange_recovers", "exchange", ["recovers_id"])
    op.create_index("ix_exchange_run_id", "exchange", ["run_id"])


def _link_settings() -> None:
    op.create_table(
        "link_settings",
        sa.Column("link_id", ID, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("values", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["link_id"], ["link.id"], name="fk_link_settings_link_id_link"),
        sa.PrimaryKeyConstraint("link_id", "version", name="pk_link_settings"),
    )


def _name_choice() -> None:
    op.create_table(
        "name_choice",
        sa.Column("link_id", ID, nullable=False),
        sa.Column("side", sa.String(10), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("record_id", sa.Text()),
        sa.Column("create_as", sa.Text()),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["link_id"], ["link.id"], name="fk_name_choice_link_id_link"),
        sa.PrimaryKeyConstraint("link_id", "side", "kind", "name_key", name="pk_name_choice"),
    )


def _request() -> None:
    op.create_table(
        "request",
        sa.Column("id", ID, nullable=False),
        sa.Column("link_id", ID, nullable=False),
        sa.Column("flow", sa.String(30), nullable=False),
        sa.Column("since", sa.Date()),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("taken_at", INSTANT),
        sa.ForeignKeyConstraint(["link_id"], ["link.id"], name="fk_request_link_id_link"),
        sa.PrimaryKeyConstraint("id", name="pk_request"),
    )
    op.create_index("ix_request_open", "request", ["link_id", "taken_at"])


def _transfer() -> None:
    op.create_table(
        "transfer",
        sa.Column("id", ID, nullable=False),
        sa.Column("link_id", ID, nullable=False),
        sa.Column("flow", sa.String(30), nullable=False),
        sa.Column("document_id", ID, nullable=False),
        sa.Column("target_id", ID, nullable=False),
        sa.Column("number", sa.Text()),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("state_since", INSTANT, nullable=False),
        sa.Column("released_at", INSTANT),
        sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("retry_at", INSTANT),
        sa.Column("key", sa.String(40), nullable=False),
        sa.Column("target_number", sa.Text()),
        sa.Column("number_is_free", sa.Boolean(), nullable=False),
        sa.Column("sent_fingerprint", sa.String(32)),
        sa.Column("settings_version", sa.Integer()),
        sa.Column("exchange_id", ID),
        sa.Column("refusal", JSON),
        sa.Column("reason", sa.Text()),
        sa.Column("alerted_at", INSTANT),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name="fk_transfer_document_id_document"
        ),
        sa.ForeignKeyConstraint(
            ["exchange_id"], ["exchange.id"], name="fk_transfer_exchange_id_exchange"
        ),
        sa.ForeignKeyConstraint(["link_id"], ["link.id"], name="fk_transfer_link_id_link"),
        sa.ForeignKeyConstraint(
            ["target_id"], ["connection.id"], name="fk_transfer_target_id_connection"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_transfer"),
        sa.UniqueConstraint(
            "link_id", "flow", "document_id", name="uq_transfer_link_id_flow_document_id"
        ),
    )
    op.create_index("ix_transfer_document", "transfer", ["document_id"])
    op.create_index("ix_transfer_exchange", "transfer", ["exchange_id"])
    op.create_index("ix_transfer_key", "transfer", ["key"])
    op.create_index("ix_transfer_work", "transfer", ["target_id", "state", "id"])


def _follow_up() -> None:
    op.create_table(
        "follow_up",
        sa.Column("id", ID, nullable=False),
        sa.Column("transfer_id", ID, nullable=False),
        sa.Column("target_id", ID, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("document_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("problem", sa.Text()),
        sa.ForeignKeyConstraint(
            ["target_id"], ["connection.id"], name="fk_follow_up_target_id_connection"
        ),
        sa.ForeignKeyConstraint(
            ["transfer_id"], ["transfer.id"], name="fk_follow_up_transfer_id_transfer"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_follow_up"),
    )
    op.create_index("ix_follow_up_open", "follow_up", ["target_id", "state"])
    op.create_index("ix_follow_up_transfer_id", "follow_up", ["transfer_id"])


def _pairing() -> None:
    op.create_table(
        "pairing",
        sa.Column("id", ID, nullable=False),
        sa.Column("link_id", ID, nullable=False),
        sa.Column("flow", sa.String(30), nullable=False),
        sa.Column("transfer_id", ID, nullable=False),
        sa.Column("source_connection_id", ID, nullable=False),
        sa.Column("source_kind", sa.String(20), nullable=False),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("target_connection_id", ID, nullable=False),
        sa.Column("target_kind", sa.String(20), nullable=False),
        sa.Column("target_id", sa.Text(), nullable=False),
        sa.Column("target_number", sa.Text()),
        sa.Column("target_revision", sa.Text()),
        sa.Column("target_total", sa.Text()),
        sa.Column("lines", JSON, nullable=False),
        sa.Column("sent_fingerprint", sa.String(32)),
        sa.Column("paired_at", INSTANT, nullable=False),
        sa.Column("is_adopted", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["link_id"], ["link.id"], name="fk_pairing_link_id_link"),
        sa.ForeignKeyConstraint(
            ["source_connection_id"],
            ["connection.id"],
            name="fk_pairing_source_connection_id_connection",
        ),
        sa.ForeignKeyConstraint(
            ["target_connection_id"],
            ["connection.id"],
            name="fk_pairing_target_connection_id_connection",
        ),
        sa.ForeignKeyConstraint(
            ["transfer_id"], ["transfer.id"], name="fk_pairing_transfer_id_transfer"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_pairing"),
        sa.UniqueConstraint(
            "target_connection_id",
            "target_kind",
            "target_id",
            name="uq_pairing_target_connection_id_target_kind_target_id",
        ),
        sa.UniqueConstraint("transfer_id", name="uq_pairing_transfer_id"),
    )
    op.create_index(
        "ix_pairing_source", "pairing", ["source_connection_id", "source_kind", "source_id"]
    )


def _operation() -> None:
    op.create_table(
        "operation",
        sa.Column("id", ID, nullable=False),
        sa.Column("exchange_id", ID, nullable=False),
        sa.Column("wire_id", sa.String(50), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("subject", sa.String(20)),
        sa.Column("name", sa.Text()),
        sa.Column("key", sa.String(40)),
        sa.Column("transfer_id", ID),
        sa.Column("dependants", JSON),
        sa.Column("follow_up_id", ID),
        sa.Column("outcome", sa.String(8)),
        sa.Column("outcome_id", sa.Text()),
        sa.Column("outcome_detail", sa.Text()),
        sa.ForeignKeyConstraint(
            ["exchange_id"], ["exchange.id"], name="fk_operation_exchange_id_exchange"
        ),
        sa.ForeignKeyConstraint(
            ["follow_up_id"], ["follow_up.id"], name="fk_operation_follow_up_id_follow_up"
        ),
        sa.ForeignKeyConstraint(
            ["transfer_id"], ["transfer.id"], name="fk_operation_transfer_id_transfer"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_operation"),
        sa.UniqueConstraint("exchange_id", "wire_id", name="uq_operation_exchange_id_wire_id"),
    )
    op.create_index("ix_operation_transfer_id", "operation", ["transfer_id"])
