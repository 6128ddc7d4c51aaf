"""The round trips: runs, their exchanges, and the operations in them."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
)

from counterfoil.ledger._types import Instant, Json, Said

from ._columns import Id, key, metadata, owner, partial

__all__ = [
    "KEEPS_TEXTS",
    "NOT_JUDGED",
    "RUNS_ON",
    "UNANSWERED",
    "WRITES",
    "WRITES_DOCUMENT",
    "exchange",
    "operation",
    "run",
]

# Written out, for a database uses a partial index only where a query says the same words.
RUNS_ON = text("ended_at IS NULL")
"""Condition of a run that has not ended."""
NOT_JUDGED = text("NOT is_kept")
"""Condition of a run of which nobody has said yet that it stays."""
UNANSWERED = text("state NOT IN ('answered', 'recovered')")
"""Condition of an exchange whose answer has not come, or never will."""
KEEPS_TEXTS = text("(request IS NOT NULL OR answer IS NOT NULL)")
"""Condition of an exchange whose wire texts have not been dropped."""
WRITES = text("writes")
"""Condition of an exchange that writes."""
WRITES_DOCUMENT = text("kind IN ('create-document', 'update-document', 'void-document')")
"""Condition of an operation that writes, changes or takes out a document."""

run = Table(
    "run",
    metadata,
    key(),
    owner("connection"),
    # web-connector, agent, schedule or person.
    Column("trigger", String(20), nullable=False),
    # SHA-256 of the Web Connector's or the agent's ticket, NULL for others.
    Column("ticket_hash", String(64)),
    Column("started_at", Instant, nullable=False),
    Column("touched_at", Instant, nullable=False),
    Column("ended_at", Instant),
    # Web Connector: the call that has to come next; agent: its report's number and phase.
    Column("expects", String(20)),
    # What is still to be read, and what has been done, in this run.
    Column("agenda", Json, nullable=False),
    Column("facts", Json, nullable=False),
    Column("round_trips", Integer, nullable=False, server_default="0"),
    Column("settled", Integer, nullable=False, server_default="0"),
    Column("connection_errors", Integer, nullable=False, server_default="0"),
    Column("problem", Said),
    # Who had it end after the batch that was on its way; NULL: nobody.
    Column("stopped_by", Text),
    # It did more than read, so it stays for good; without, nobody has looked yet.
    Column("is_kept", Boolean, nullable=False, server_default=false()),
    Index("ix_run_ticket", "ticket_hash", unique=True),
    Index("ix_run_connection", "connection_id", "id"),
    Index("ix_run_started", "started_at"),
    partial("ix_run_open", "connection_id", where=RUNS_ON),
    partial("ix_run_judged", "ended_at", where=NOT_JUDGED),
)

exchange = Table(
    "exchange",
    metadata,
    key(),
    owner("connection"),
    owner("run", index=True),
    # Key of the batch (message set id); empty for readings.
    Column("key", String(24), nullable=False),
    # sent, answered, unanswered, recovered or unclear.
    Column("state", String(12), nullable=False),
    Column("writes", Boolean, nullable=False),
    # The exchange this one asks about.
    Column("recovers_id", Id, ForeignKey("exchange.id")),
    Column("sent_at", Instant, nullable=False),
    Column("answered_at", Instant),
    Column("request", LargeBinary),
    Column("answer", LargeBinary),
    Column("problem", Text),
    partial("ix_exchange_unanswered", "connection_id", "state", where=UNANSWERED),
    partial("ix_exchange_texts", "answered_at", where=KEEPS_TEXTS),
    partial("ix_exchange_writes", "run_id", where=WRITES),
    Index("ix_exchange_recovers", "recovers_id"),
)

operation = Table(
    "operation",
    metadata,
    key(),
    owner("exchange"),
    # Identity on the wire, unique in its exchange.
    Column("wire_id", String(50), nullable=False),
    # A word of engine.asked.Kind.
    Column("kind", String(16), nullable=False),
    # Document or record kind it is about.
    Column("subject", String(20)),
    # Number of the document or full name of the record.
    Column("name", Text),
    Column("key", String(40)),
    owner("transfer", nullable=True, index=True),
    # Transfers that wait for it without being its own.
    Column("dependants", Json),
    Column("follow_up_id", Id, ForeignKey("follow_up.id")),
    # done, missing, refused, busy or unknown; NULL while on its way.
    Column("outcome", String(8)),
    Column("outcome_id", Text),
    Column("outcome_detail", Text),
    # What its answer needs, until it is answered: engine.asked.Sent.
    Column("sent", LargeBinary),
    UniqueConstraint("exchange_id", "wire_id"),
    # Lists of what was written, newest first.
    partial("ix_operation_written", "id", where=WRITES_DOCUMENT),
)
