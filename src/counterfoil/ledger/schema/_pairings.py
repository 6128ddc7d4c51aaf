"""What a transfer became: the counterfoil."""

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
    false,
    text,
)

from counterfoil.ledger._types import Instant, Json

from ._columns import Id, key, metadata, owner, partial

__all__ = ["NOT_BROUGHT", "RECEIPTS", "STANDS", "UNENDED", "UNREAD", "pairing"]

# Written out, for a database uses a partial index only where a query says the same words.
UNENDED = text("ended_at IS NULL")
"""Condition of a pairing that counts."""
UNREAD = text("is_unread AND ended_at IS NULL")
"""Condition of a pairing whose document is to be read in its target."""
STANDS = text("ended_at IS NULL AND gone_at IS NULL AND target_kind <> 'item-receipt'")
"""Condition of a pairing whose document vanishes from its target only by a deletion."""
RECEIPTS = text("ended_at IS NULL AND gone_at IS NULL AND target_kind = 'item-receipt'")
"""Condition of one whose document vanishes as soon as somebody enters the bill, too."""
NOT_BROUGHT = text("NOT is_brought AND ended_at IS NULL AND gone_at IS NULL")
"""Condition of a pairing whose document is not known to have been read in its target."""

pairing = Table(
    "pairing",
    metadata,
    key(),
    owner("link"),
    Column("flow", String(30), nullable=False),
    owner("transfer"),
    Column("source_connection_id", Id, ForeignKey("connection.id"), nullable=False),
    Column("source_kind", String(20), nullable=False),
    Column("source_id", Text, nullable=False),
    Column("target_connection_id", Id, ForeignKey("connection.id"), nullable=False),
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
    Column("fulfils_id", Id, ForeignKey("pairing.id"), index=True),
    # The order shows that it is linked to it; NULL: it is linked to none.
    Column("is_linked", Boolean),
    # Our write closed it, because its source was cancelled.
    Column("is_closed", Boolean, nullable=False, server_default=false()),
    Column("paired_at", Instant, nullable=False),
    Column("is_adopted", Boolean, nullable=False),
    # When it ceased to count: taken out, replaced or given up.
    Column("ended_at", Instant),
    partial("uq_pairing_transfer", "transfer_id", where=UNENDED, unique=True),
    partial(
        "uq_pairing_target",
        "target_connection_id",
        "target_kind",
        "target_id",
        where=UNENDED,
        unique=True,
    ),
    partial("ix_pairing_number", "target_number", where=UNENDED),
    partial("ix_pairing_unread", "target_connection_id", where=UNREAD),
    partial("ix_pairing_newest", "target_connection_id", "id", where=STANDS),
    partial("ix_pairing_receipts", "target_connection_id", "paired_at", where=RECEIPTS),
    partial("ix_pairing_brought", "target_connection_id", "target_kind", where=NOT_BROUGHT),
    Index("ix_pairing_transfer", "transfer_id"),
    Index("ix_pairing_source", "source_connection_id", "source_kind", "source_id"),
)
