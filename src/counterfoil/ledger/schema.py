"""The tables.  Every fact the program relies on is in one of them.

Told in the order in which a document meets them: who this **ledger** is; a
**connection** with its **agent** and the steps of setting it up (**setup_step**), and a
**link** with its versioned **settings**; the list records of a
connection (**record**: the directory) and how far they have been read (**cursor**); a
**document** as last seen at its source, what it was made from there (**ancestry**), and what
could not be read (**unreadable**); its passage through a flow (**transfer**), counted by state
(**tally**); the round trips made for it (**run**, **exchange**, **operation**); what it
became (**pairing**), and marks that were read in a target (**mark**); the decisions of
people (**name_choice**, **counterpart**, **route**, **audit**); and who may ask (**api_token**,
**browser_session**).

Instants are whole microseconds since 1970 in UTC; bodies are the documents' stored
form; wire texts are compressed with zstandard.  State words are not in CHECK
constraints: the engine's table is their one home, and Alembic does not see changes in
constraints; which of them are open is read from there, too (``OPEN``).  Only our own words
have a length: a name or number from outside that is too
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
    TextClause,
    UniqueConstraint,
    false,
    text,
)

from counterfoil.engine.life import STATES

from ._types import Instant, Json

__all__ = [
    "CLOSED_SINCE",
    "COUNTS",
    "HOLDS",
    "KEEPS_TEXTS",
    "NOT_BROUGHT",
    "NOT_CLOSED",
    "NOT_DONE",
    "NOT_JUDGED",
    "OPEN",
    "PENDING",
    "RECEIPTS",
    "RUNS_ON",
    "SKIPPED",
    "STANDS",
    "UNANSWERED",
    "UNENDED",
    "UNREAD",
    "agent",
    "ancestry",
    "api_token",
    "audit",
    "browser_session",
    "budget",
    "connection",
    "counterpart",
    "cursor",
    "document",
    "exchange",
    "follow_up",
    "for_postgresql",
    "ledger",
    "link",
    "link_settings",
    "mark",
    "metadata",
    "name_choice",
    "operation",
    "pairing",
    "record",
    "request",
    "route",
    "run",
    "setup_step",
    "stock",
    "tally",
    "transfer",
    "unreadable",
    "wake",
]

_SETTLED = ", ".join(f"'{state}'" for state, traits in STATES.items() if traits.is_settled)
# Written out, for a database uses a partial index only where a query says the same words.
OPEN = text(f"state NOT IN ({_SETTLED})")
"""Condition of a transfer that somebody still has something to do with."""
NOT_DONE = text("state <> 'done'")
"""Condition of a transfer that other rules may move: also what a rule skipped."""
SKIPPED = text("state = 'skipped'")
"""Condition of a transfer that a rule or a person left out."""
UNENDED = text("ended_at IS NULL")
"""Condition of a pairing that counts."""
HOLDS = text("undone_at IS NULL")
"""Condition of a counterpart that nobody took back."""
UNREAD = text("is_unread AND ended_at IS NULL")
"""Condition of a pairing whose document is to be read in its target."""
STANDS = text("ended_at IS NULL AND gone_at IS NULL AND target_kind <> 'item-receipt'")
"""Condition of a pairing whose document vanishes from its target only by a deletion."""
RECEIPTS = text("ended_at IS NULL AND gone_at IS NULL AND target_kind = 'item-receipt'")
"""Condition of one whose document vanishes as soon as somebody enters the bill, too."""
NOT_BROUGHT = text("NOT is_brought AND ended_at IS NULL AND gone_at IS NULL")
"""Condition of a pairing whose document is not known to have been read in its target."""
PENDING = text("is_pending")
"""Condition of a document that has not been offered to the flows that read it."""
NOT_CLOSED = text("status <> 'closed' AND NOT is_gone")
"""Condition of a document with which something is still to happen at its source."""
CLOSED_SINCE = text("status = 'closed' AND changed_at IS NOT NULL AND NOT is_gone")
"""Condition of a document that was seen before it was closed."""
RUNS_ON = text("ended_at IS NULL")
"""Condition of a run that has not ended."""
NOT_JUDGED = text("NOT is_kept")
"""Condition of a run of which nobody has said yet that it stays."""
UNANSWERED = text("state NOT IN ('answered', 'recovered')")
"""Condition of an exchange whose answer has not come, or never will."""
COUNTS = text(f"flow = 'stock-count-out' AND state NOT IN ({_SETTLED})")
"""Condition of a stock count that is not settled."""
KEEPS_TEXTS = text("(request IS NOT NULL OR answer IS NOT NULL)")
"""Condition of an exchange whose wire texts have not been dropped."""

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


def _partial(name: str, *columns: str, where: TextClause, unique: bool = False) -> Index:
    """Index some rows only; alike on both databases, see ``for_postgresql``."""
    return Index(name, *columns, unique=unique, sqlite_where=where, info={"where": where})


ledger = Table(
    "ledger",
    metadata,
    # Always 1: there is one row.
    Column("row", Integer, primary_key=True, autoincrement=False),
    # Who this ledger is; kept beside the identity of the company files it writes to.
    Column("id", String(36), nullable=False),
    # Grows when it is restored or moved: an older copy that wakes up is recognised.
    Column("epoch", Integer, nullable=False),
    # Under which address it was served last, NULL: never yet.
    Column("served_url", Text),
    Column("served_at", Instant),
)

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
    # The password before, and until when it opens, too; NULL: it does not.
    Column("old_password_hash", Text),
    Column("old_password_until", Instant),
    # Wrong ones since the last right one: how many, since when, and the last.
    Column("password_failures", Integer, nullable=False, server_default="0"),
    Column("wrong_password_since", Instant),
    Column("sign_in_refused_at", Instant),
    # When the newest one was first used; NULL: not yet.
    Column("password_used_at", Instant),
    # Of older versions, which locked; nothing reads it any more.
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
    # Which company it is, as the system identifies it; NULL while nobody has told.
    Column("account", Text),
    # How many batches that write have left; told to the system as our position there.
    Column("position", Integer, nullable=False, server_default="0"),
    UniqueConstraint("name"),
)

wake = Table(
    "wake",
    metadata,
    # Rows are only ever added, so that whoever wakes another connection waits for nobody.
    _key(),
    _owner("connection", index=True),
    Column("at", Instant, nullable=False),
)

agent = Table(
    "agent",
    metadata,
    Column("connection_id", _Id, ForeignKey("connection.id"), primary_key=True),
    # SHA-256; the token itself has 256 random bits and is shown once.
    Column("token_hash", String(64), nullable=False),
    Column("token_made_at", Instant, nullable=False),
    # SHA-256 of the conversation's ticket, NULL: nobody has said hello with this token.
    Column("ticket_hash", String(64)),
    Column("computer", Text),
    Column("version", Text),
    Column("hello_at", Instant),
    Column("seen_at", Instant),
    # Of the look that counts: older ones are given up.
    Column("look_number", Integer, nullable=False, server_default="0"),
    # When somebody last came with a token that does not open.
    Column("refused_at", Instant),
    # After a run that could settle nothing: not again before, unless the number changes.
    Column("rests_until", Instant),
    Column("rests_with", Integer, nullable=False, server_default="0"),
)

setup_step = Table(
    "setup_step",
    metadata,
    Column("connection_id", _Id, ForeignKey("connection.id"), primary_key=True),
    Column("step", String(20), primary_key=True),
    # Asked for and not tried yet where this is later than ``tried_at``.
    Column("asked_at", Instant),
    Column("tried_at", Instant),
    Column("is_passed", Boolean),
    Column("sentence", Text),
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
    # A person paused it: questions go on, writes do not.
    Column("is_paused", Boolean, nullable=False, server_default=false()),
    # Settings, routes or the pause have changed: transfers above this id are still to be
    # decided anew.  NULL: none are.
    Column("decide_after", _Id),
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
    # The last part of name_key: what is left of it without the records above it (DOC-8).
    Column("last_key", Text, nullable=False, server_default=text("''")),
    Column("is_active", Boolean, nullable=False),
    Column("body", LargeBinary, nullable=False),
    # The run that last read it: after a complete reading, what it did not read is gone.
    Column("read_in", _Id, nullable=False),
    Index("ix_record_name", "connection_id", "name_key"),
    Index("ix_record_last", "connection_id", "last_key"),
)

stock = Table(
    "stock",
    metadata,
    Column("connection_id", _Id, ForeignKey("connection.id"), primary_key=True),
    # Of the item.
    Column("record_id", Text, primary_key=True),
    # Decimal text; NULL: it could not be read.
    Column("on_hand", Text),
    Column("read_at", Instant, nullable=False),
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
    # The mark it carries, when it carries one (loop guard).
    Column("own_key", Text),
    # When its content last became another one, NULL: it never has.
    Column("changed_at", Instant),
    # Seen, and not yet offered to the flows that read it.
    Column("is_pending", Boolean, nullable=False, server_default=false()),
    UniqueConstraint("connection_id", "kind", "document_id"),
    Index("ix_document_number", "connection_id", "kind", "number"),
    _partial("ix_document_pending", "connection_id", "kind", where=PENDING),
    _partial("ix_document_open", "connection_id", "kind", "id", where=NOT_CLOSED),
    _partial("ix_document_closed", "connection_id", "kind", "changed_at", where=CLOSED_SINCE),
)

ancestry = Table(
    "ancestry",
    metadata,
    # Which documents say that they were made from another one, or fulfil it, whether that was
    # read or not; what they said once stays, so whoever asks looks at the document itself.
    Column("connection_id", _Id, ForeignKey("connection.id"), primary_key=True),
    Column("ancestor_kind", String(20), primary_key=True),
    Column("ancestor_id", Text, primary_key=True),
    Column("kind", String(20), primary_key=True),
    Column("document_id", Text, primary_key=True),
    Index("ix_ancestry_child", "connection_id", "kind", "document_id"),
)

unreadable = Table(
    "unreadable",
    metadata,
    _key(),
    _owner("connection"),
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
    Column("connection_id", _Id, ForeignKey("connection.id"), primary_key=True),
    # Without braces, in small letters.
    Column("mark", String(40), primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("document_id", Text, nullable=False),
    Column("number", Text),
    Column("revision", Text),
    Column("total", Text),
)

transfer = Table(
    "transfer",
    metadata,
    _key(),
    _owner("link"),
    Column("flow", String(30), nullable=False),
    _owner("document"),
    # Which part of the document; empty: the whole.
    Column("part", String(60), nullable=False, server_default=text("''")),
    # Of what the part carries, NULL: of the whole document.
    Column("part_fingerprint", String(32)),
    Column("target_id", _Id, ForeignKey("connection.id"), nullable=False),
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
    Column("waits_for_id", _Id, ForeignKey("document.id")),
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
    Column("exchange_id", _Id, ForeignKey("exchange.id")),
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
    Column("alerted_at", Instant),
    # Grows with every change: what was read is what is changed.
    Column("version", Integer, nullable=False, server_default="0"),
    UniqueConstraint("link_id", "flow", "document_id", "part"),
    # What was done long ago is in none of these.
    _partial("ix_transfer_work", "target_id", "state", "id", where=OPEN),
    _partial("ix_transfer_age", "state", "id", where=OPEN),
    _partial("ix_transfer_link", "link_id", "id", where=NOT_DONE),
    _partial("ix_transfer_count", "link_id", "state", where=COUNTS),
    _partial("ix_transfer_skipped", "id", where=SKIPPED),
    # For lists: rows are only ever added to these two.
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
    _key(),
    _owner("link"),
    Column("flow", String(30), nullable=False),
    Column("state", String(12), nullable=False),
    Column("number", Integer, nullable=False),
)

run = Table(
    "run",
    metadata,
    _key(),
    _owner("connection"),
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
    Column("problem", Text),
    # It did more than read, so it stays for good; without, nobody has looked yet.
    Column("is_kept", Boolean, nullable=False, server_default=false()),
    Index("ix_run_ticket", "ticket_hash", unique=True),
    Index("ix_run_connection", "connection_id", "id"),
    _partial("ix_run_open", "connection_id", where=RUNS_ON),
    _partial("ix_run_judged", "ended_at", where=NOT_JUDGED),
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
    _partial("ix_exchange_unanswered", "connection_id", "state", where=UNANSWERED),
    _partial("ix_exchange_texts", "answered_at", where=KEEPS_TEXTS),
    Index("ix_exchange_recovers", "recovers_id"),
)

operation = Table(
    "operation",
    metadata,
    _key(),
    _owner("exchange"),
    # Identity on the wire, unique in its exchange.
    Column("wire_id", String(50), nullable=False),
    # A word of engine.asked.Kind.
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
    # What its answer needs, until it is answered: engine.asked.Sent.
    Column("sent", LargeBinary),
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
    # What the books figured as tax of it, and what the lines come to as we sent them.
    Column("target_tax", Text),
    Column("sent_total", Text),
    # engine.transfers.PairedLine, in document order; NULL: unknown, to be read.
    Column("lines", Json),
    Column("sent_fingerprint", String(32)),
    # Fingerprint of the fields we write as answered after our last write; NULL: unread.
    Column("target_content", String(32)),
    # The same as last seen, and the document itself while it is of use.
    Column("seen_content", String(32)),
    Column("seen_revision", Text),
    Column("seen", LargeBinary),
    # As it was sent, until it has been read there.
    Column("written", LargeBinary),
    # It was written or changed there and has not been read since.
    Column("is_unread", Boolean, nullable=False, server_default=false()),
    # A reading is known to have brought it: without, nobody has looked whether one has.
    Column("is_brought", Boolean, nullable=False, server_default=false()),
    # Since when it is known to be gone there.
    Column("gone_at", Instant),
    # The day of its deletion there (ISO 8601), by that system's calendar; NULL: not told.
    Column("gone_on", String(10)),
    # The pairing of the order that it fulfils.
    Column("fulfils_id", _Id, ForeignKey("pairing.id"), index=True),
    # The order shows that it is linked to it; NULL: it is linked to none.
    Column("is_linked", Boolean),
    # Our write closed it, because its source was cancelled.
    Column("is_closed", Boolean, nullable=False, server_default=false()),
    Column("paired_at", Instant, nullable=False),
    Column("is_adopted", Boolean, nullable=False),
    # When it ceased to count: taken out, replaced or given up.
    Column("ended_at", Instant),
    _partial("uq_pairing_transfer", "transfer_id", where=UNENDED, unique=True),
    _partial(
        "uq_pairing_target",
        "target_connection_id",
        "target_kind",
        "target_id",
        where=UNENDED,
        unique=True,
    ),
    _partial("ix_pairing_number", "target_number", where=UNENDED),
    _partial("ix_pairing_unread", "target_connection_id", where=UNREAD),
    _partial("ix_pairing_newest", "target_connection_id", "id", where=STANDS),
    _partial("ix_pairing_receipts", "target_connection_id", "paired_at", where=RECEIPTS),
    _partial("ix_pairing_brought", "target_connection_id", "target_kind", where=NOT_BROUGHT),
    Index("ix_pairing_transfer", "transfer_id"),
    Index("ix_pairing_source", "source_connection_id", "source_kind", "source_id"),
)

adoption = Table(
    "adoption",
    metadata,
    # A person says which document of the target a transfer is; it counts while that is the
    # transfer's wish, and until the document was seen there.
    Column("transfer_id", _Id, ForeignKey("transfer.id"), primary_key=True, autoincrement=False),
    Column("target_id", _Id, ForeignKey("connection.id"), nullable=False),
    # Its number or its identity there, as the person typed it.
    Column("named", Text, nullable=False),
    # Also a document that differs.
    Column("consents", Boolean, nullable=False),
    # What it should say there, as ``engine.adopting.Expected``; NULL: not asked yet.
    Column("expected", Json),
    # The run that asked for it last; NULL: none did since it was named.
    Column("run_id", _Id),
    # What that came to, as ``engine.adopting.Found``; NULL: not answered yet.
    Column("found", Json),
    Column("found_at", Instant),
    Index("ix_adoption_target", "target_id"),
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

name_choice = Table(
    "name_choice",
    metadata,
    Column("link_id", _Id, ForeignKey("link.id"), primary_key=True),
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
)

counterpart = Table(
    "counterpart",
    metadata,
    _key(),
    _owner("link"),
    # A list record of one side, and what a person said it is on the other (engine.counterparts).
    Column("kind", String(20), nullable=False),
    Column("source_id", _Id, ForeignKey("connection.id"), nullable=False),
    Column("source_record", Text, nullable=False),
    Column("source_name", Text, nullable=False),
    Column("target_id", _Id, ForeignKey("connection.id"), nullable=False),
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
    _partial(
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
    _key(),
    # An operations connection that several links read: whose documents go to which of them.
    _owner("connection"),
    # customer, vendor or employee; empty: everything that no other route names.
    Column("party", String(20), nullable=False),
    Column("name_key", Text, nullable=False),
    Column("name", Text, nullable=False),
    # Its identity, where documents tell it; NULL: they name it.
    Column("record_id", Text),
    _owner("link"),
    Column("author", Text, nullable=False),
    Column("made_at", Instant, nullable=False),
    UniqueConstraint("connection_id", "party", "name_key"),
)

request = Table(
    "request",
    metadata,
    _key(),
    _owner("link"),
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
    Column("token_id", _Id, ForeignKey("api_token.id"), nullable=False, index=True),
    Column("until", Instant, nullable=False),
)


def for_postgresql() -> MetaData:
    """Give the tables as statements that make them on PostgreSQL need them: with every condition.

    Naming that database anywhere loads all that is known of it, which takes as long as all other
    tables here, and which no query needs.
    """
    for table in metadata.tables.values():
        for index in table.indexes:
            if "where" in index.info:
                index.dialect_kwargs["postgresql_where"] = index.info["where"]
    return metadata
