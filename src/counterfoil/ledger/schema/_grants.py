"""Where we may ask because a person signed in there, and who is about to sign in."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Integer, String, Table, Text

from counterfoil.ledger._types import Instant

from ._columns import Id, metadata, owner

__all__ = ["oauth_grant", "sign_in"]

oauth_grant = Table(
    "oauth_grant",
    metadata,
    Column("connection_id", Id, ForeignKey("connection.id"), primary_key=True),
    # Sealed with the hub's key and bound to this row, NULL once they have ended.
    Column("access_token", Text),
    Column("refresh_token", Text),
    Column("access_until", Instant, nullable=False),
    # When it ends unused, and when in any case; NULL: the provider has not said.
    Column("idle_until", Instant),
    Column("hard_until", Instant),
    # Grows with every change of the tokens: whoever saves says which ones he renewed.
    Column("version", Integer, nullable=False),
    Column("granted_at", Instant, nullable=False),
    Column("granted_by", Text, nullable=False),
    # Who renews them now, and since when; NULL: nobody does.
    Column("renewer", String(32)),
    Column("renewing_since", Instant),
    # Since when they open nothing any more, and why; NULL: they do.
    Column("ended_at", Instant),
    Column("ended_why", String(20)),
    # When the service last told by itself that something changed there; NULL: it never has.
    Column("hinted_at", Instant),
)

sign_in = Table(
    "sign_in",
    metadata,
    # SHA-256 of the state, which has 256 random bits and comes back once.
    Column("state_hash", String(64), primary_key=True),
    owner("connection", index=True),
    # SHA-256 of what only the browser holds that began it.
    Column("browser_hash", String(64), nullable=False),
    # Of PKCE, sealed and bound to this row.
    Column("verifier", Text, nullable=False),
    Column("redirect_uri", Text, nullable=False),
    # A person has said that it may be another company than before.
    Column("takes_another", Boolean, nullable=False),
    Column("until", Instant, nullable=False),
)
