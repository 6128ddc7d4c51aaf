"""The tables.  Every fact the program relies on is in one of them.

Told in the order in which a document meets them: a **connection** and a **link** with
its versioned **settings**; the list records of a connection (**record**: the
directory) and how far they have been read (**cursor**); a **document** as last seen at
its source; its passage through a flow (**transfer**); the round trips made for it
(**run**, **exchange**, **operation**); what it became (**pairing**); the decisions of
people (**name_choice**, **audit**); and who may ask (**api_token**).

Instants are whole microseconds since 1970 in UTC; bodies are the documents' stored
form; wire texts are compressed with zstandard.  State words are not in CHECK
constraints: the engine's table is their one home, and Alembic does not see changes in
constraints.  Only our own words have a length: a name or number from outside that is too
long must stop one document at the rim, not the transaction of a whole batch here.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from ._types import Instant, Json

__all__ = [
    "api_token",
    "audit",
    "budget",
    "connection",
    "cursor",
    "document",
    "exchange",
    "follow_up",
    "link",
    "link_settings",
    "metadata",
    "name_choice",
    "operation",
    "pairing",
    "record",
    "request",
    "run",
    "transfer",
]

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

_Id = BigInteger().with_variant(Integer, "sqlite")


def _key() -> Column[int]:
    return Column("id", _Id, primary_key=True, autoincrement=True)


def _owner(table: str, *, nullable: bool = False, index: bool = False) -> Column[int]:
    return Column(f"{table}_id", _Id, ForeignKey(f"{table}.id"), nullable=nullable, index=index)


connection = Table(
    "connection",
    metadata,
    _key(),
    Column("system", String(40), nullable=False),
    Column("name", Text, nullable=False),
    # Addresses, user names, GUIDs: nothing secret.
    Column("parameters", Json, nullable=False),
    # Sealed with the hub's key and bound to this row, NULL when there is no secret.
    Column("secret", Text),
    # What the Web Connector signs in with, NULL for systems we call.
    Column("user_name", String(80), unique=True),
    # argon2 hash of its password.
    Column("password_hash", Text),
    Column("password_failures", Integer, nullable=False, server_default="0"),
    Column("locked_until", Instant),
    # What the system told about itself: company, version, preferences.
    Column("facts", Json, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("is_active", Boolean, nullable=False),
    # Who drives it now; a drive repeats its epoch in every write it makes.
    Column("due_at", Instant),
    Column("lease_owner", Text),
    Column("lease_until", Instant),
    Column("epoch", BigInteger, nullable=False, server_default="0"),
    # Key of the last answered batch the system still remembers.
    Column("clearable_key", String(24)),
    Column("last_seen_at", Instant),
    Column("last_problem", Text),
    UniqueConstraint("name"),
)

link = Table(
    "link",
    metadata,
    _key(),
    Column("name", Text, nullable=False),
    Column("operations_id", _Id, ForeignKey("connection.id"), nullable=False),
    Column("books_id", _Id, ForeignKey("connection.id"), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("is_active", Boolean, nullable=False),
    UniqueConstraint("operations_id", "books_id"),
)

link_settings = Table(
    "link_settings",
    metadata,
    Column("link_id", _Id, ForeignKey("link.id"), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    # The text that counterfoil.settings.encode_settings makes.
    Column("values", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("made_at", Instant, nullable=False),
)

record = Table(
    "record",
    metadata,
    Column("connection_id", _Id, ForeignKey("connection.id"), primary_key=True),
    Column("kind", String(20), primary_key=True),
    Column("record_id", Text, primary_key=True),
    Column("full_name", Text, nullable=False),
    # full_name as names are compared: see engine.matching.name_key.
    Column("name_key", Text, nullable=False),
    Column("is_active", Boolean, nullable=False),
    Column("body", LargeBinary, nullable=False),
    # The run that last read it: after a complete reading, what it did not read is gone.
    Column("read_in", _Id, nullable=False),
    Index("ix_record_name", "connection_id", "name_key"),
)

cursor = Table(
    "cursor",
    metadata,
    Column("connection_id", _Id, ForeignKey("connection.id"), primary_key=True),
    # Such as records/customer, documents/sales-order or deletions.
    Column("name", String(60), primary_key=True),
    # The latest change read, by the system's own wall clock: ISO 8601 without a zone.
    Column("read_until", String(32)),
    Column("read_at", Instant, nullable=False),
)

document = Table(
    "document",
    metadata,
    _key(),
    _owner("connection"),
    Column("kind", String(20), nullable=False),
    Column("document_id", Text, nullable=False),
    Column("number", Text),
    Column("status", String(12), nullable=False),
    Column("fingerprint", String(32), nullable=False),
    Column("revision", Text),
    Column("body", LargeBinary, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("is_gone", Boolean, nullable=False),
    # The mark of ours it carries, when it carries one: it came from us (loop guard).
    Column("own_key", Text),
    UniqueConstraint("connection_id", "kind", "document_id"),
)

transfer = Table(
    "transfer",
    metadata,
    _key(),
    _owner("link"),
    Column("flow", String(30), nullable=False),
    _owner("document"),
    Column("target_id", _Id, ForeignKey("connection.id"), nullable=False),
    Column("number", Text),
    Column("state", String(12), nullable=False),
    Column("state_since", Instant, nullable=False),
    # When it was last released; its age is counted from here.
    Column("released_at", Instant),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("retry_at", Instant),
    # Our mark on the target's document; made before the first byte leaves.
    Column("key", String(40), nullable=False),
    # The number it gets in the target, once looked up there and found free.
    Column("target_number", Text),
    Column("number_is_free", Boolean, nullable=False),
    # Fingerprint of the source document and settings version of the last write.
    Column("sent_fingerprint", String(32)),
    Column("settings_version", Integer),
    # The exchange that has to be answered before it can move.
    Column("exchange_id", _Id, ForeignKey("exchange.id")),
    # A Refusal, in states that have one.
    Column("refusal", Json),
    # One sentence: why held, skipped, waiting or unknown.
    Column("reason", Text),
    Column("alerted_at", Instant),
    UniqueConstraint("link_id", "flow", "document_id"),
    Index("ix_transfer_work", "target_id", "state", "id"),
    Index("ix_transfer_key", "key"),
    Index("ix_transfer_exchange", "exchange_id"),
    Index("ix_transfer_document", "document_id"),
)

run = Table(
    "run",
    metadata,
    _key(),
    _owner("connection", index=True),
    # web-connector, schedule or person.
    Column("trigger", String(20), nullable=False),
    # SHA-256 of the Web Connector's ticket, NULL for others.
    Column("ticket_hash", String(64)),
    Column("started_at", Instant, nullable=False),
    Column("touched_at", Instant, nullable=False),
    Column("ended_at", Instant),
    # Web Connector: the call that has to come next.
    Column("expects", String(20)),
    # What is still to be read, and what has been done, in this run.
    Column("agenda", Json, nullable=False),
    Column("facts", Json, nullable=False),
    Column("round_trips", Integer, nullable=False, server_default="0"),
    Column("settled", Integer, nullable=False, server_default="0"),
    Column("connection_errors", Integer, nullable=False, server_default="0"),
    Column("problem", Text),
    Index("ix_run_ticket", "ticket_hash", unique=True),
)

exchange = Table(
    "exchange",
    metadata,
    _key(),
    _owner("connection"),
    _owner("run", index=True),
    # Key of the batch (message set id); empty for readings.
    Column("key", String(24), nullable=False),
    # sent, answered, unanswered, recovered or unclear.
    Column("state", String(12), nullable=False),
    Column("writes", Boolean, nullable=False),
    # The exchange this one asks about.
    Column("recovers_id", _Id, ForeignKey("exchange.id")),
    Column("sent_at", Instant, nullable=False),
    Column("answered_at", Instant),
    Column("request", LargeBinary),
    Column("answer", LargeBinary),
    Column("problem", Text),
    Index("ix_exchange_open", "connection_id", "state"),
    Index("ix_exchange_recovers", "recovers_id"),
)

operation = Table(
    "operation",
    metadata,
    _key(),
    _owner("exchange"),
    # Identity on the wire, unique in its exchange.
    Column("wire_id", String(50), nullable=False),
    # A word of engine.settling.Kind.
    Column("kind", String(16), nullable=False),
    # Document or record kind it is about.
    Column("subject", String(20)),
    # Number of the document or full name of the record.
    Column("name", Text),
    Column("key", String(40)),
    _owner("transfer", nullable=True, index=True),
    # Transfers that wait for it without being its own.
    Column("dependants", Json),
    Column("follow_up_id", _Id, ForeignKey("follow_up.id")),
    # done, missing, refused, busy or unknown; NULL while on its way.
    Column("outcome", String(8)),
    Column("outcome_id", Text),
    Column("outcome_detail", Text),
    UniqueConstraint("exchange_id", "wire_id"),
)

pairing = Table(
    "pairing",
    metadata,
    _key(),
    _owner("link"),
    Column("flow", String(30), nullable=False),
    _owner("transfer"),
    Column("source_connection_id", _Id, ForeignKey("connection.id"), nullable=False),
    Column("source_kind", String(20), nullable=False),
    Column("source_id", Text, nullable=False),
    Column("target_connection_id", _Id, ForeignKey("connection.id"), nullable=False),
    Column("target_kind", String(20), nullable=False),
    Column("target_id", Text, nullable=False),
    Column("target_number", Text),
    Column("target_revision", Text),
    Column("target_total", Text),
    # Source line id -> target line id, in document order.
    Column("lines", Json, nullable=False),
    Column("sent_fingerprint", String(32)),
    Column("paired_at", Instant, nullable=False),
    Column("is_adopted", Boolean, nullable=False),
    UniqueConstraint("transfer_id"),
    UniqueConstraint("target_connection_id", "target_kind", "target_id"),
    Index("ix_pairing_source", "source_connection_id", "source_kind", "source_id"),
)

follow_up = Table(
    "follow_up",
    metadata,
    _key(),
    _owner("transfer", index=True),
    Column("target_id", _Id, ForeignKey("connection.id"), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("document_id", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("value", Text, nullable=False),
    # open, done or failed.
    Column("state", String(8), nullable=False),
    Column("problem", Text),
    Index("ix_follow_up_open", "target_id", "state"),
)

name_choice = Table(
    "name_choice",
    metadata,
    Column("link_id", _Id, ForeignKey("link.id"), primary_key=True),
    # books or operations: in whose lists the name is looked up.
    Column("side", String(10), primary_key=True),
    Column("kind", String(20), primary_key=True),
    Column("name_key", Text, primary_key=True),
    Column("name", Text, nullable=False),
    # The record meant, or the name to create it under.
    Column("record_id", Text),
    Column("create_as", Text),
    Column("author", Text, nullable=False),
    Column("made_at", Instant, nullable=False),
)

request = Table(
    "request",
    metadata,
    _key(),
    _owner("link"),
    Column("flow", String(30), nullable=False),
    # A calendar day of the company.
    Column("since", Date),
    Column("author", Text, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("taken_at", Instant),
    Index("ix_request_open", "link_id", "taken_at"),
)

budget = Table(
    "budget",
    metadata,
    Column("connection_id", _Id, ForeignKey("connection.id"), primary_key=True),
    # Tokens left, in millionths, and when that was counted.
    Column("tokens", BigInteger, nullable=False),
    Column("counted_at", Instant, nullable=False),
)

audit = Table(
    "audit",
    metadata,
    _key(),
    Column("at", Instant, nullable=False),
    Column("actor", Text, nullable=False),
    Column("action", String(60), nullable=False),
    Column("subject", Text, nullable=False),
    Column("detail", Text),
    Index("ix_audit_subject", "subject"),
)

api_token = Table(
    "api_token",
    metadata,
    _key(),
    Column("name", Text, nullable=False),
    # SHA-256; the token itself has 256 random bits and is shown once.
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("created_at", Instant, nullable=False),
    Column("last_used_at", Instant),
)
