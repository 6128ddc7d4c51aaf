"""People who use the console: their roles, how they prove who they are, and what holds for all."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, String, Table, Text

from counterfoil.ledger._types import Instant, Json

from ._columns import Id, key, metadata, owner

__all__ = [
    "hub_rule",
    "hub_user",
    "recovery_code",
    "setup_code",
    "sign_on",
    "trial",
    "user_link",
    "user_session",
]

hub_user = Table(
    "hub_user",
    metadata,
    key(),
    # An e-mail address, lower case.
    Column("login", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    # A word of hub.users.Role.
    Column("role", String(10), nullable=False),
    # argon2; NULL: none was chosen yet, or single sign-on alone opens.
    Column("password_hash", Text),
    Column("password_set_at", Instant),
    # Sealed; NULL: there is no second factor, nor is one being set up.
    Column("totp_secret", Text),
    # Since when the second factor is asked for; NULL: its first code was not typed yet.
    Column("totp_since", Instant),
    # The period of the last code that opened: neither it nor one before opens again.
    Column("totp_period", BigInteger),
    Column("added_at", Instant, nullable=False),
    # When the invitation was taken; NULL: it was not yet.
    Column("joined_at", Instant),
    Column("last_seen_at", Instant),
    # Since when they may not sign in; NULL: they may.
    Column("off_since", Instant),
    # So that no number is given twice, which the audit relies on.
    sqlite_autoincrement=True,
)

user_session = Table(
    "user_session",
    metadata,
    key(),
    owner("hub_user", index=True),
    # SHA-256 of the cookie, which has 256 random bits.
    Column("cookie_hash", String(64), nullable=False, unique=True),
    # A word of hub.users.Stage: what is still to be proved.
    Column("stage", String(10), nullable=False),
    # What the browser calls itself and where it was, for the person to know it again.
    Column("browser", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("begun_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("until", Instant, nullable=False),
)

recovery_code = Table(
    "recovery_code",
    metadata,
    # SHA-256 of a code, which has 79 random bits; used once, it is gone.
    Column("code_hash", String(64), primary_key=True),
    owner("hub_user", index=True),
)

user_link = Table(
    "user_link",
    metadata,
    # SHA-256 of what stands in a link with which somebody joins, or chooses a new password.
    Column("key_hash", String(64), primary_key=True),
    # One at a time: a new link ends the one before.
    Column("hub_user_id", Id, ForeignKey("hub_user.id"), nullable=False, unique=True),
    Column("author", Text, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("until", Instant, nullable=False),
)

sign_on = Table(
    "sign_on",
    metadata,
    # SHA-256 of the state that the provider of single sign-on gives back.
    Column("state_hash", String(64), primary_key=True),
    Column("browser_hash", String(64), nullable=False),
    # Sealed.
    Column("verifier", Text, nullable=False),
    Column("nonce", Text, nullable=False),
    # Where the person wanted to go.
    Column("way", Text, nullable=False),
    Column("until", Instant, nullable=False),
    Index("ix_sign_on_until", "until"),
)

setup_code = Table(
    "setup_code",
    metadata,
    # SHA-256 of a code with which the first administrator is created.  Each process that serves
    # the hub has told its own; one that was used ends all of them.
    Column("code_hash", String(64), primary_key=True),
    Column("until", Instant, nullable=False),
)

trial = Table(
    "trial",
    metadata,
    # One row at most: 1.
    Column("row", Integer, primary_key=True, autoincrement=False),
    # The process that has the stand-ins, by a name that it made up.
    Column("owner", String(40), nullable=False),
    # Its process lives so long, unless it says so again; then anybody may end the trial.
    Column("until", Instant, nullable=False),
    # What is being prepared, for people; NULL: nothing, any more.
    Column("doing", Text),
    # Why it could not be prepared, for people; NULL: it could.
    Column("problem", Text),
)

hub_rule = Table(
    "hub_rule",
    metadata,
    # A word of ledger.users.Rule: what it is about.
    Column("name", String(20), primary_key=True),
    Column("value", Json, nullable=False),
    Column("author", Text, nullable=False),
    Column("made_at", Instant, nullable=False),
)
