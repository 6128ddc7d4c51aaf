"""Who this ledger is, the systems it is connected with, and which of them belong together."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
)

from counterfoil.ledger._types import Instant, Json, Said

from ._columns import Id, key, metadata, owner

__all__ = [
    "agent",
    "budget",
    "connection",
    "ledger",
    "link",
    "link_settings",
    "person",
    "setup_step",
    "wake",
]

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
    key(),
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
    Column("last_problem", Said),
    # Which company it is, as the system identifies it; NULL while nobody has told.
    Column("account", Text),
    # How many batches that write have left; told to the system as our position there.
    Column("position", Integer, nullable=False, server_default="0"),
    UniqueConstraint("name"),
)

person = Table(
    "person",
    metadata,
    key(),
    # A company file on which several work; the connection's own user name is the first one's.
    owner("connection"),
    Column("name", Text, nullable=False),
    # What their Web Connector signs in with; as in ``connection``, and what follows it, too.
    Column("user_name", String(80), nullable=False, unique=True),
    # Where the file is on their computer, NULL: the one that is open there.
    Column("company_file", Text),
    Column("password_hash", Text, nullable=False),
    Column("old_password_hash", Text),
    Column("old_password_until", Instant),
    Column("password_failures", Integer, nullable=False, server_default="0"),
    Column("wrong_password_since", Instant),
    Column("sign_in_refused_at", Instant),
    Column("password_used_at", Instant),
    Column("added_at", Instant, nullable=False),
    Column("last_seen_at", Instant),
    UniqueConstraint("connection_id", "name"),
)

wake = Table(
    "wake",
    metadata,
    # Rows are only ever added, so that whoever wakes another connection waits for nobody.
    key(),
    owner("connection", index=True),
    Column("at", Instant, nullable=False),
)

budget = Table(
    "budget",
    metadata,
    Column("connection_id", Id, ForeignKey("connection.id"), primary_key=True),
    # Tokens left, in millionths, and when that was counted.
    Column("tokens", BigInteger, nullable=False),
    Column("counted_at", Instant, nullable=False),
)

agent = Table(
    "agent",
    metadata,
    Column("connection_id", Id, ForeignKey("connection.id"), primary_key=True),
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
    Column("connection_id", Id, ForeignKey("connection.id"), primary_key=True),
    Column("step", String(20), primary_key=True),
    # Asked for and not tried yet where this is later than ``tried_at``.
    Column("asked_at", Instant),
    Column("tried_at", Instant),
    Column("is_passed", Boolean),
    Column("sentence", Said),
)

link = Table(
    "link",
    metadata,
    key(),
    Column("name", Text, nullable=False),
    Column("operations_id", Id, ForeignKey("connection.id"), nullable=False),
    Column("books_id", Id, ForeignKey("connection.id"), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("is_active", Boolean, nullable=False),
    # A person paused it: questions go on, writes do not.
    Column("is_paused", Boolean, nullable=False, server_default=false()),
    # Settings, routes or the pause have changed: transfers above this id are still to be
    # decided anew.  NULL: none are.
    Column("decide_after", Id),
    UniqueConstraint("operations_id", "books_id"),
)

link_settings = Table(
    "link_settings",
    metadata,
    Column("link_id", Id, ForeignKey("link.id"), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    # The text that counterfoil.settings.encode_settings makes.
    Column("values", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("made_at", Instant, nullable=False),
)
