"""What keeps anything from going on, who is told of it, and what is to be done about it."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
    true,
)

from counterfoil.ledger._types import Instant, Json

from ._columns import Id, key, metadata, owner, partial

__all__ = ["KEPT", "LASTS", "TO_BE_DONE", "cause", "notice", "notice_rule", "to_do"]

LASTS = text("gone_at IS NULL")
"""Condition of a cause that still keeps something from going on."""
KEPT = text("removed_at IS NULL")
"""Condition of a rule of notices that nobody took away."""
TO_BE_DONE = text("closed_at IS NULL")
"""Condition of a to-do that is neither completed nor called off."""

cause = Table(
    "cause",
    metadata,
    key(),
    # What keeps documents, or a connection, from going on (hub.causes); one row while it lasts.
    Column("kind", String(20), nullable=False),
    # Tells it from every other cause, from look to look.
    Column("key", Text, nullable=False),
    Column("link_id", Id, ForeignKey("link.id")),
    Column("connection_id", Id, ForeignKey("connection.id")),
    # Of a refusal or a reason.
    Column("code", String(60), nullable=False),
    Column("sentence", Text, nullable=False),
    # The transfers that it keeps, as last seen.
    Column("transfers", Json, nullable=False),
    Column("began_at", Instant, nullable=False),
    # Since when it is over; NULL: it lasts.
    Column("gone_at", Instant),
    partial("uq_cause_key", "key", where=LASTS, unique=True),
    Index("ix_cause_gone", "key", "gone_at"),
    Index("ix_cause_over", "gone_at"),
)

notice_rule = Table(
    "notice_rule",
    metadata,
    key(),
    Column("name", Text, nullable=False),
    # Of this link only; NULL: of the whole hub.
    Column("link_id", Id, ForeignKey("link.id")),
    # A word of hub.notices.Channel.
    Column("channel", String(10), nullable=False),
    # An e-mail address, in the open; NULL: the place is secret.
    Column("address", Text),
    # The sealed place.
    Column("secret", Text),
    # Kinds of causes, and codes; empty: all.
    Column("causes", Json, nullable=False),
    # Hours in which it tells nothing, as hub.notice_times writes them; NULL: none.
    Column("quiet", Json),
    # Kinds of causes, and codes, that are told at once all the same; NULL: none.
    Column("urgent", Json),
    # When one message tells everything, such as daily@08:00; NULL: each cause is told by itself.
    Column("digest", String(20)),
    # A digest comes, too, when there is nothing to tell.
    Column("tells_nothing", Boolean, nullable=False, server_default=false()),
    # Until when the last digest told, or since when there is one.
    Column("told_until", Instant),
    Column("is_on", Boolean, nullable=False, server_default=true()),
    Column("author", Text, nullable=False),
    Column("made_at", Instant, nullable=False),
    # When it was taken away; the row stays, for notices name it.
    Column("removed_at", Instant),
    partial("uq_notice_rule_name", "name", where=KEPT, unique=True),
)

notice = Table(
    "notice",
    metadata,
    key(),
    # By which rule, about what; NULL: the result of something that a person asked for.
    Column("rule_id", Id, ForeignKey("notice_rule.id")),
    Column("cause_id", Id, ForeignKey("cause.id")),
    # To whom, where no rule says so.
    Column("address", Text),
    Column("subject", Text, nullable=False),
    Column("body", Text, nullable=False),
    # waiting, sent or given-up.
    Column("state", String(10), nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("retry_at", Instant),
    Column("problem", Text),
    Column("made_at", Instant, nullable=False),
    Column("sent_at", Instant),
    Index("ix_notice_state", "state", "retry_at"),
    Index("ix_notice_rule", "rule_id", "id"),
    UniqueConstraint("rule_id", "cause_id"),
)

to_do = Table(
    "to_do",
    metadata,
    key(),
    owner("link"),
    # In whose lists of things to do.
    Column("target_id", Id, ForeignKey("connection.id"), nullable=False),
    # cause or error: one for whatever keeps documents, or one for each of them.
    Column("kind", String(10), nullable=False),
    Column("subject", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("action_type", Text, nullable=False),
    Column("assignee", Text, nullable=False),
    # Its identity there; NULL: not known yet.
    Column("record_id", Text),
    # create or complete: what is being written.
    Column("write", String(10), nullable=False),
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
    Column("made_at", Instant, nullable=False),
    # When it was completed or called off; another one may be begun then.
    Column("closed_at", Instant),
    Index("ix_to_do_open", "target_id", "state"),
    partial("uq_to_do_subject", "target_id", "kind", "subject", where=TO_BE_DONE, unique=True),
)
