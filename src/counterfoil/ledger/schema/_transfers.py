"""A document's passage through a flow, how many there are, and what hangs on it."""

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
    text,
)

from counterfoil.engine.life import STATES
from counterfoil.ledger._types import Instant, Json

from ._columns import Id, key, metadata, owner, partial

__all__ = [
    "COUNTS",
    "NOT_DONE",
    "OPEN",
    "SKIPPED",
    "adoption",
    "daybook",
    "follow_up",
    "tally",
    "transfer",
]

_SETTLED = ", ".join(f"'{state}'" for state, traits in STATES.items() if traits.is_settled)
# Written out, for a database uses a partial index only where a query says the same words.
OPEN = text(f"state NOT IN ({_SETTLED})")
"""Condition of a transfer that somebody still has something to do with."""
NOT_DONE = text("state <> 'done'")
"""Condition of a transfer that other rules may move: also what a rule skipped."""
SKIPPED = text("state = 'skipped'")
"""Condition of a transfer that a rule or a person left out."""
COUNTS = text(f"flow = 'stock-count-out' AND state NOT IN ({_SETTLED})")
"""Condition of a stock count that is not settled."""

transfer = Table(
    "transfer",
    metadata,
    key(),
    owner("link"),
    Column("flow", String(30), nullable=False),
    owner("document"),
    # Which part of the document; empty: the whole.
    Column("part", String(60), nullable=False, server_default=text("''")),
    # Of what the part carries, NULL: of the whole document.
    Column("part_fingerprint", String(32)),
    Column("target_id", Id, ForeignKey("connection.id"), nullable=False),
    Column("target_kind", String(20), nullable=False),
    Column("number", Text),
    Column("state", String(12), nullable=False),
    Column("state_since", Instant, nullable=False),
    # create, update or void, while one is wanted or in flight.
    Column("write", String(8)),
    # What a person wants of it, and who: none, send, replace, leave, undo or adopt.
    Column("wish", String(8), nullable=False, server_default="none"),
    Column("wished_by", Text),
    # When it was last released; its age is counted from here.
    Column("released_at", Instant),
    Column("attempts", Integer, nullable=False, server_default="0"),
    # How often the target's document was another one than we knew, in a row.
    Column("rounds", Integer, nullable=False, server_default="0"),
    Column("retry_at", Instant),
    # The document that has to come first.
    Column("waits_for_id", Id, ForeignKey("document.id")),
    # Our mark on the target's document; kept before the first byte leaves.
    Column("key", String(40)),
    # Grows when a pairing ends: the next document bears another mark.
    Column("generation", Integer, nullable=False, server_default="0"),
    # The number it gets in the target.
    Column("target_number", Text),
    # Right before its write: the number is free there, or the document was read.
    Column("is_checked", Boolean, nullable=False),
    # Fingerprint of the source document and settings version of the last write.
    Column("sent_fingerprint", String(32)),
    Column("settings_version", Integer),
    # The exchange that has to be answered before it can move.
    Column("exchange_id", Id, ForeignKey("exchange.id")),
    # A Refusal, in states that have one.
    Column("refusal", Json),
    # A Reason: why held, skipped, waiting, changed or unknown.
    Column("reason", Json),
    # Sentences about what does not travel with it.
    Column("notes", Json),
    # The order it fulfils as it stood in the target right before its write, stored form.
    Column("order_seen", LargeBinary),
    # How much a person left out of it by line, as JSON; NULL: nothing, or nobody knows.
    Column("left_out", LargeBinary),
    # What a person lets it say in the target in place of its source, as JSON
    # (engine.correcting); NULL: nothing.
    Column("correction", LargeBinary),
    # Why it had stopped before a person had it tried again, as JSON; NULL once anything left.
    Column("set_aside", LargeBinary),
    Column("alerted_at", Instant),
    # The day under which lists show it (ISO 8601): its document's, else that of its beginning.
    Column("day", String(10), nullable=False, server_default=text("''")),
    # Grows with every change: what was read is what is changed.
    Column("version", Integer, nullable=False, server_default="0"),
    UniqueConstraint("link_id", "flow", "document_id", "part"),
    # What was done long ago is in none of these.
    partial("ix_transfer_work", "target_id", "state", "id", where=OPEN),
    partial("ix_transfer_age", "state", "id", where=OPEN),
    partial("ix_transfer_link", "link_id", "id", where=NOT_DONE),
    partial("ix_transfer_count", "link_id", "state", where=COUNTS),
    partial("ix_transfer_skipped", "id", where=SKIPPED),
    # For lists, the newest first.
    partial("ix_transfer_state_day", "state", "day", "id", where=NOT_DONE),
    Index("ix_transfer_link_day", "link_id", "flow", "day", "id"),
    Index("ix_transfer_flow_day", "flow", "day", "id"),
    Index("ix_transfer_day", "day", "id"),
    # For lists, the oldest first: rows are only ever added to these two.
    Index("ix_transfer_listed", "link_id", "flow", "id"),
    Index("ix_transfer_flow", "flow", "id"),
    Index("ix_transfer_key", "key"),
    Index("ix_transfer_number", "number"),
    Index("ix_transfer_exchange", "exchange_id"),
    Index("ix_transfer_document", "document_id"),
    Index("ix_transfer_waits_for", "waits_for_id"),
)

tally = Table(
    "tally",
    metadata,
    # How many transfers came to a state or left it; the sum of the rows is how many are in
    # it.  Rows are only added, and now and then put together.
    key(),
    owner("link"),
    Column("flow", String(30), nullable=False),
    Column("state", String(12), nullable=False),
    Column("number", Integer, nullable=False),
)

daybook = Table(
    "daybook",
    metadata,
    # How many transfers arrived or stopped, by quarter of an hour.  As in the tally, rows are
    # only added, and now and then put together; those of long ago are dropped.
    key(),
    owner("link"),
    Column("flow", String(30), nullable=False),
    # A word of ledger.daybook.Happened.
    Column("what", String(10), nullable=False),
    # When the quarter of an hour began.
    Column("began_at", Instant, nullable=False),
    Column("number", Integer, nullable=False),
    Index("ix_daybook_began", "began_at"),
)

follow_up = Table(
    "follow_up",
    metadata,
    key(),
    owner("transfer", index=True),
    Column("target_id", Id, ForeignKey("connection.id"), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("document_id", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("value", Text, nullable=False),
    # As a transfer's: by the same table of how a write fares.
    Column("state", String(12), nullable=False),
    Column("state_since", Instant, nullable=False),
    Column("released_at", Instant),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("retry_at", Instant),
    # When its write last left.
    Column("sent_at", Instant),
    # What the field held when it was last read, and when that was; NULL: not read.
    Column("seen", Text),
    Column("seen_at", Instant),
    # The document's revision as our create made it, NULL: not known.
    Column("revision", Text),
    # What a person lets it write over.
    Column("replaces", Text),
    # A Refusal; a Reason: why it waits, is unknown or was called off.
    Column("refusal", Json),
    Column("reason", Json),
    Column("alerted_at", Instant),
    Index("ix_follow_up_open", "target_id", "state"),
    Index("ix_follow_up_state", "state", "id"),
)

adoption = Table(
    "adoption",
    metadata,
    # A person says which document of the target a transfer is; it counts while that is the
    # transfer's wish, and until the document was seen there.
    Column("transfer_id", Id, ForeignKey("transfer.id"), primary_key=True, autoincrement=False),
    Column("target_id", Id, ForeignKey("connection.id"), nullable=False),
    # Its number or its identity there, as the person typed it.
    Column("named", Text, nullable=False),
    # Also a document that differs.
    Column("consents", Boolean, nullable=False),
    # What it should say there, as ``engine.adopting.Expected``; NULL: not asked yet.
    Column("expected", Json),
    # The run that asked for it last; NULL: none did since it was named.
    Column("run_id", Id),
    # What that came to, as ``engine.adopting.Found``; NULL: not answered yet.
    Column("found", Json),
    Column("found_at", Instant),
    Index("ix_adoption_target", "target_id"),
)
