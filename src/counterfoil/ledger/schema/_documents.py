"""What was read on either side: list records, stock, documents, and what could not be read."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
)

from counterfoil.ledger._types import Instant

from ._columns import Id, Word, key, metadata, owner, partial

__all__ = [
    "CLOSED_SINCE",
    "NOT_CLOSED",
    "PENDING",
    "ancestry",
    "cursor",
    "document",
    "document_word",
    "mark",
    "record",
    "stock",
    "stock_at_site",
    "told_name",
    "unreadable",
]

# Written out, for a database uses a partial index only where a query says the same words.
PENDING = text("is_pending")
"""Condition of a document that has not been offered to the flows that read it."""
NOT_CLOSED = text("status <> 'closed' AND NOT is_gone")
"""Condition of a document with which something is still to happen at its source."""
CLOSED_SINCE = text("status = 'closed' AND changed_at IS NOT NULL AND NOT is_gone")
"""Condition of a document that was seen before it was closed."""

record = Table(
    "record",
    metadata,
    Column("connection_id", Id, ForeignKey("connection.id"), primary_key=True),
    Column("kind", String(20), primary_key=True),
    Column("record_id", Text, primary_key=True),
    Column("full_name", Text, nullable=False),
    # full_name as names are compared: see engine.matching.name_key.
    Column("name_key", Text, nullable=False),
    # The last part of name_key: what is left of it without the records above it (DOC-8).
    Column("last_key", Text, nullable=False, server_default=text("''")),
    Column("is_active", Boolean, nullable=False),
    Column("body", LargeBinary, nullable=False),
    # The run that last read it: after a complete reading, what it did not read is gone.
    Column("read_in", Id, nullable=False),
    # Whether a name is taken, and by what, is told without reading the record.
    Index("ix_record_name", "connection_id", "name_key", "kind", "is_active"),
    # A list in the order of its names, a page at a time.
    Index("ix_record_list", "connection_id", "kind", "name_key", "record_id", "is_active"),
    Index("ix_record_last", "connection_id", "last_key"),
)

told_name = Table(
    "told_name",
    metadata,
    Column("connection_id", Id, ForeignKey("connection.id"), primary_key=True),
    # A word of ledger.told_names.NameOf: what documents name and no list of the system has.
    Column("told", String(12), primary_key=True),
    Column("name_key", Text, primary_key=True),
    # As it was written first, and when that was read.
    Column("name", Text, nullable=False),
    Column("told_at", Instant, nullable=False),
)

stock = Table(
    "stock",
    metadata,
    Column("connection_id", Id, ForeignKey("connection.id"), primary_key=True),
    # Of the item.
    Column("record_id", Text, primary_key=True),
    # Decimal text; NULL: it could not be read.
    Column("on_hand", Text),
    Column("read_at", Instant, nullable=False),
)

stock_at_site = Table(
    "stock_at_site",
    metadata,
    Column("connection_id", Id, ForeignKey("connection.id"), primary_key=True),
    # Of the item.
    Column("record_id", Text, primary_key=True),
    # Of the inventory site, or of the location.
    Column("site_id", Text, primary_key=True),
    # As in stock.
    Column("on_hand", Text),
    Column("read_at", Instant, nullable=False),
)

cursor = Table(
    "cursor",
    metadata,
    Column("connection_id", Id, ForeignKey("connection.id"), primary_key=True),
    # Such as records/customer, documents/sales-order or deletions.
    Column("name", String(60), primary_key=True),
    # The latest change read, by the system's own wall clock: ISO 8601 without a zone.
    Column("read_until", String(32)),
    Column("read_at", Instant, nullable=False),
)

document = Table(
    "document",
    metadata,
    key(),
    owner("connection"),
    Column("kind", String(20), nullable=False),
    Column("document_id", Text, nullable=False),
    Column("number", Text),
    Column("status", String(12), nullable=False),
    Column("fingerprint", String(32), nullable=False),
    Column("revision", Text),
    Column("body", LargeBinary, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("is_gone", Boolean, nullable=False),
    # The mark it carries, when it carries one (loop guard).
    Column("own_key", Text),
    # When its content last became another one, NULL: it never has.
    Column("changed_at", Instant),
    # Seen, and not yet offered to the flows that read it.
    Column("is_pending", Boolean, nullable=False, server_default=false()),
    # Its heading, as lists show it (engine.heading); NULL: it does not say, or could not be read.
    Column("party", Text),
    Column("dated", String(10)),
    Column("total", Text),
    Column("currency", Text),
    UniqueConstraint("connection_id", "kind", "document_id"),
    Index("ix_document_number", "connection_id", "kind", "number"),
    partial("ix_document_pending", "connection_id", "kind", where=PENDING),
    partial("ix_document_open", "connection_id", "kind", "id", where=NOT_CLOSED),
    partial("ix_document_closed", "connection_id", "kind", "changed_at", where=CLOSED_SINCE),
)

document_word = Table(
    "document_word",
    metadata,
    # By which words a document with a transfer is found: engine.heading.words_of, and the
    # numbers of what it became.
    Column("document_id", Id, ForeignKey("document.id"), primary_key=True),
    Column("word", Word, primary_key=True),
    Index("ix_document_word_word", "word", "document_id"),
)

ancestry = Table(
    "ancestry",
    metadata,
    # Which documents say that they were made from another one, or fulfil it, whether that was
    # read or not; what they said once stays, so whoever asks looks at the document itself.
    Column("connection_id", Id, ForeignKey("connection.id"), primary_key=True),
    Column("ancestor_kind", String(20), primary_key=True),
    Column("ancestor_id", Text, primary_key=True),
    Column("kind", String(20), primary_key=True),
    Column("document_id", Text, primary_key=True),
    Index("ix_ancestry_child", "connection_id", "kind", "document_id"),
)

unreadable = Table(
    "unreadable",
    metadata,
    key(),
    owner("connection"),
    # Document or record kind.
    Column("kind", String(20), nullable=False),
    # Its identity, or its number, or what is known of it: one row for each.
    Column("name", Text, nullable=False),
    Column("document_id", Text),
    Column("number", Text),
    # Whose it is and its own date (ISO 8601), as far as that could be read.
    Column("party", Text),
    Column("dated", String(10)),
    Column("field", Text),
    Column("value", Text),
    Column("problem", Text, nullable=False),
    Column("first_seen_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
    UniqueConstraint("connection_id", "kind", "name"),
)

mark = Table(
    "mark",
    metadata,
    Column("connection_id", Id, ForeignKey("connection.id"), primary_key=True),
    # Without braces, in small letters.
    Column("mark", String(40), primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("document_id", Text, nullable=False),
    Column("number", Text),
    Column("revision", Text),
    Column("total", Text),
)
