"""What people decided and asked for, and who may ask."""

from __future__ import annotations

from sqlalchemy import (
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from counterfoil.ledger._types import Instant, Json

from ._columns import Id, key, metadata, owner, partial

__all__ = [
    "HOLDS",
    "api_token",
    "audit",
    "browser_session",
    "counterpart",
    "cure_done",
    "name_choice",
    "request",
    "route",
    "saved_view",
]

# Written out, for a database uses a partial index only where a query says the same words.
HOLDS = text("undone_at IS NULL")
"""Condition of a counterpart that nobody took back."""

name_choice = Table(
    "name_choice",
    metadata,
    Column("link_id", Id, ForeignKey("link.id"), primary_key=True),
    # books or operations: in whose lists the name is looked up; identity: what the record of the
    # source with this identity, in place of a name, became in the target.
    Column("side", String(10), primary_key=True),
    Column("kind", String(20), primary_key=True),
    Column("name_key", Text, primary_key=True),
    Column("name", Text, nullable=False),
    # The record meant, or the name to create it under.
    Column("record_id", Text),
    Column("create_as", Text),
    Column("author", Text, nullable=False),
    Column("made_at", Instant, nullable=False),
    Index("ix_name_choice_record", "link_id", "kind", "record_id"),
)

counterpart = Table(
    "counterpart",
    metadata,
    key(),
    owner("link"),
    # A list record of one side, and what a person said it is on the other (engine.counterparts).
    Column("kind", String(20), nullable=False),
    Column("source_id", Id, ForeignKey("connection.id"), nullable=False),
    Column("source_record", Text, nullable=False),
    Column("source_name", Text, nullable=False),
    Column("target_id", Id, ForeignKey("connection.id"), nullable=False),
    # A word of engine.counterparts.Decision.
    Column("decision", String(8), nullable=False),
    Column("author", Text, nullable=False),
    Column("made_at", Instant, nullable=False),
    # What it is there; NULL: not there yet, or nothing.
    Column("record_id", Text),
    # What is to be added, stored form; NULL: nothing.
    Column("record", LargeBinary),
    # As a transfer's: by the same table of how a write fares.
    Column("state", String(12), nullable=False),
    Column("state_since", Instant, nullable=False),
    Column("released_at", Instant),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("retry_at", Instant),
    Column("sent_at", Instant),
    Column("refusal", Json),
    Column("reason", Json),
    Column("alerted_at", Instant),
    # When it was taken back; the row stays as the record of it.
    Column("undone_at", Instant),
    Index("ix_counterpart_open", "target_id", "state"),
    partial("ix_counterpart_record", "link_id", "kind", "record_id", where=HOLDS),
    partial(
        "uq_counterpart_source",
        "link_id",
        "kind",
        "source_id",
        "source_record",
        where=HOLDS,
        unique=True,
    ),
)

route = Table(
    "route",
    metadata,
    key(),
    # An operations connection that several links read: whose documents go to which of them.
    owner("connection"),
    # customer, vendor or employee; empty: everything that no other route names.
    Column("party", String(20), nullable=False),
    Column("name_key", Text, nullable=False),
    Column("name", Text, nullable=False),
    # Its identity, where documents tell it; NULL: they name it.
    Column("record_id", Text),
    owner("link"),
    Column("author", Text, nullable=False),
    Column("made_at", Instant, nullable=False),
    UniqueConstraint("connection_id", "party", "name_key"),
)

request = Table(
    "request",
    metadata,
    key(),
    owner("link"),
    Column("flow", String(30), nullable=False),
    # A calendar day of the company.
    Column("since", Date),
    # Stock: engine.counting.Wanted: which products, the account and the memo.
    Column("items", Json),
    # Stock: when the source's quantities had last been read for it.
    Column("counted_at", Instant),
    # Stock: engine.counting.Counted: what comparing both sides came to; NULL: not compared yet.
    Column("result", Json),
    Column("author", Text, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("taken_at", Instant),
    Index("ix_request_open", "link_id", "taken_at"),
)

audit = Table(
    "audit",
    metadata,
    key(),
    Column("at", Instant, nullable=False),
    Column("actor", Text, nullable=False),
    Column("action", String(60), nullable=False),
    Column("subject", Text, nullable=False),
    Column("detail", Text),
    # What changed, member by member, before it and after; NULL: it is not of that kind.
    Column("before", Json),
    Column("after", Json),
    Index("ix_audit_subject", "subject"),
    Index("ix_audit_time", "at", "id"),
    Index("ix_audit_actor", "actor", "at", "id"),
)

api_token = Table(
    "api_token",
    metadata,
    key(),
    Column("name", Text, nullable=False),
    # SHA-256; the token itself has 256 random bits and is shown once.
    Column("token_hash", String(64), nullable=False, unique=True),
    # What it may do, as ``hub/scopes`` orders it.
    Column("scope", String(20), nullable=False, server_default="administer"),
    # From when it opens nothing; NULL: it does not end.
    Column("expires_at", Instant),
    Column("created_at", Instant, nullable=False),
    Column("last_used_at", Instant),
)

browser_session = Table(
    "browser_session",
    metadata,
    # SHA-256 of the cookie, which has 256 random bits.
    Column("cookie_hash", String(64), primary_key=True),
    Column("token_id", Id, ForeignKey("api_token.id"), nullable=False, index=True),
    Column("until", Instant, nullable=False),
)

cure_done = Table(
    "cure_done",
    metadata,
    key(),
    owner("link"),
    Column("at", Instant, nullable=False),
    Column("actor", Text, nullable=False),
    # What came of it, as it was told.
    Column("sentence", Text, nullable=False),
    # How it is taken back: hub.inbox.Undo, packed.
    Column("undo", LargeBinary, nullable=False),
    Column("undone_at", Instant),
    Column("undone_by", Text),
    Index("ix_cure_done_at", "at"),
)

saved_view = Table(
    "saved_view",
    metadata,
    key(),
    # Whose it is, by their name in the audit; empty: everybody's.
    Column("owner", Text, nullable=False),
    Column("name", Text, nullable=False),
    # What the list is asked for, as it stands behind the question mark of its address.
    Column("query", Text, nullable=False),
    Column("made_by", Text, nullable=False),
    Column("made_at", Instant, nullable=False),
    UniqueConstraint("owner", "name"),
)
