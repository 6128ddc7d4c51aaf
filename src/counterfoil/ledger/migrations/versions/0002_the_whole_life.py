"""Wishes, writes, parts and generations; pairings that end; who we are; what could not be read.

What is there is kept: open work becomes the write it was (a create), keys stay, sentences
become reasons.  What an older version did not keep (what the target's documents say, which
of their lines came from which line of the source) is marked unknown and learnt at the
first reading, without alarm.
"""

from __future__ import annotations

import json
import re
import unicodedata
from typing import Any

import sqlalchemy as sa
from alembic import op

from counterfoil.errors import LedgerError

revision = "0002"
down_revision = "0001"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.BigInteger()
JSON = sa.LargeBinary()

_OPEN = sa.text("state NOT IN ('done', 'skipped')")
_NOT_DONE = sa.text("state <> 'done'")
_UNENDED = sa.text("ended_at IS NULL")
_UNREAD = sa.text("is_unread AND ended_at IS NULL")
_PENDING = sa.text("is_pending")
_KEEPS_TEXTS = sa.text("(request IS NOT NULL OR answer IS NOT NULL)")

# Somebody may be called by this name, when the audit does not tell who sent a document.
_EARLIER = "an earlier version"


def upgrade() -> None:
    """Add what is new, then bring the rows that are there into the new shape."""
    _new_tables()
    _connections_and_links()
    _documents()
    _transfers()
    _pairings()
    with op.batch_alter_table("operation") as table:
        table.add_column(sa.Column("sent", sa.LargeBinary()))
    op.create_index(
        "ix_exchange_texts",
        "exchange",
        ["answered_at"],
        sqlite_where=_KEEPS_TEXTS,
        postgresql_where=_KEEPS_TEXTS,
    )
    _follow_ups()
    _count()
    _agendas()
    _fold_records()
    _fold_choices()


def _new_tables() -> None:
    op.create_table(
        "ledger",
        sa.Column("row", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("row", name="pk_ledger"),
    )
    op.create_table(
        "wake",
        sa.Column("id", ID, nullable=False),
        sa.Column("connection_id", ID, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connection.id"], name="fk_wake_connection_id_connection"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_wake"),
    )
    op.create_index("ix_wake_connection_id", "wake", ["connection_id"])
    op.create_table(
        "unreadable",
        sa.Column("id", ID, nullable=False),
        sa.Column("connection_id", ID, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("document_id", sa.Text()),
        sa.Column("number", sa.Text()),
        sa.Column("party", sa.Text()),
        sa.Column("dated", sa.String(10)),
        sa.Column("field", sa.Text()),
        sa.Column("value", sa.Text()),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("first_seen_at", INSTANT, nullable=False),
        sa.Column("seen_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connection.id"], name="fk_unreadable_connection_id_connection"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_unreadable"),
        sa.UniqueConstraint(
            "connection_id", "kind", "name", name="uq_unreadable_connection_id_kind_name"
        ),
    )
    op.create_table(
        "mark",
        sa.Column("connection_id", ID, nullable=False),
        sa.Column("mark", sa.String(40), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("document_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Text()),
        sa.Column("revision", sa.Text()),
        sa.Column("total", sa.Text()),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connection.id"], name="fk_mark_connection_id_connection"
        ),
        sa.PrimaryKeyConstraint("connection_id", "mark", name="pk_mark"),
    )
    op.create_table(
        "tally",
        sa.Column("id", ID, nullable=False),
        sa.Column("link_id", ID, nullable=False),
        sa.Column("flow", sa.String(30), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["link_id"], ["link.id"], name="fk_tally_link_id_link"),
        sa.PrimaryKeyConstraint("id", name="pk_tally"),
    )


def _connections_and_links() -> None:
    with op.batch_alter_table("connection") as table:
        table.add_column(sa.Column("account", sa.Text()))
        table.add_column(sa.Column("position", sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("link") as table:
        table.add_column(
            sa.Column("is_paused", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        table.add_column(sa.Column("decide_after", ID))
    # Everything is decided anew, once, under the new rules.
    op.execute("UPDATE link SET decide_after = 0")


def _documents() -> None:
    with op.batch_alter_table("document") as table:
        table.add_column(sa.Column("changed_at", INSTANT))
        table.add_column(
            sa.Column("is_pending", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    op.create_index("ix_document_number", "document", ["connection_id", "kind", "number"])
    op.create_index(
        "ix_document_pending",
        "document",
        ["connection_id", "kind"],
        sqlite_where=_PENDING,
        postgresql_where=_PENDING,
    )
    op.execute(
        "UPDATE document SET is_pending = true WHERE NOT is_gone AND NOT EXISTS "
        "(SELECT 1 FROM transfer WHERE transfer.document_id = document.id)"
    )


def _transfers() -> None:
    op.drop_index("ix_transfer_work", "transfer")
    with op.batch_alter_table("transfer") as table:
        table.add_column(
            sa.Column("part", sa.String(60), nullable=False, server_default=sa.text("''"))
        )
        table.add_column(sa.Column("part_fingerprint", sa.String(32)))
        # Every flow that an older version knew makes a sales order.
        table.add_column(
            sa.Column("target_kind", sa.String(20), nullable=False, server_default="sales-order")
        )
        table.add_column(sa.Column("write", sa.String(8)))
        table.add_column(sa.Column("wish", sa.String(8), nullable=False, server_default="none"))
        table.add_column(sa.Column("wished_by", sa.Text()))
        table.add_column(sa.Column("rounds", sa.Integer(), nullable=False, server_default="0"))
        table.add_column(sa.Column("waits_for_id", ID))
        table.add_column(sa.Column("generation", sa.Integer(), nullable=False, server_default="0"))
        table.add_column(sa.Column("why", JSON))
        table.add_column(sa.Column("notes", JSON))
        table.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="0"))
        table.alter_column("number_is_free", new_column_name="is_checked")
        table.alter_column("key", existing_type=sa.String(40), nullable=True)
    # What is on its way, or was refused on its way, goes on as the create that it was.
    for state in ("ready", "matching", "sending", "unknown", "confirming", "waiting", "refused"):
        _change("UPDATE transfer SET write = 'create' WHERE state = :state", state=state)
    _wishes()
    _reasons()
    with op.batch_alter_table("transfer") as table:
        table.drop_column("reason")
        table.alter_column("target_kind", existing_type=sa.String(20), server_default=None)
        table.drop_constraint("uq_transfer_link_id_flow_document_id", type_="unique")
        table.create_unique_constraint(
            "uq_transfer_link_id_flow_document_id_part",
            ["link_id", "flow", "document_id", "part"],
        )
        table.create_foreign_key(
            "fk_transfer_waits_for_id_document", "document", ["waits_for_id"], ["id"]
        )
    with op.batch_alter_table("transfer") as table:
        table.alter_column("why", new_column_name="reason")
    for name, columns, where in (
        ("ix_transfer_work", ["target_id", "state", "id"], _OPEN),
        ("ix_transfer_age", ["state", "id"], _OPEN),
        ("ix_transfer_link", ["link_id", "id"], _NOT_DONE),
    ):
        op.create_index(name, "transfer", columns, sqlite_where=where, postgresql_where=where)
    op.create_index("ix_transfer_number", "transfer", ["number"])
    op.create_index("ix_transfer_waits_for", "transfer", ["waits_for_id"])


def _wishes() -> None:
    """Keep what people wanted: what they released is sent, also by a flow that is manual now.

    What is on its way was released by a person or by its flow; the audit tells who.  What was
    refused goes on being refused where a person had sent it; else its flow's rules decide.
    """
    tx = op.get_bind()
    released = tx.execute(
        sa.text("SELECT subject, actor FROM audit WHERE action = 'released' ORDER BY id")
    )
    senders: dict[str, str] = {row.subject: row.actor for row in released}
    rows = tx.execute(sa.text("SELECT id, state FROM transfer WHERE write = 'create'"))
    wished = [
        {"row": row, "by": by}
        for row, state in rows.all()
        if (by := senders.get(f"transfer/{row}", None if state == "refused" else _EARLIER))
    ]
    if wished:
        tx.execute(
            sa.text("UPDATE transfer SET wish = 'send', wished_by = :by WHERE id = :row"), wished
        )


# An older version's sentences -> the reason's code; where it rests, and after it was sent.
_GONE = "source-gone"
_CODES = {
    "It waits until somebody sends it.": "waits-for-person",
    "by rule: The order is still a draft at its source.": "draft",
    "by rule: The order is cancelled.": "cancelled",
    "by rule: The order is closed by hand or void.": "cancelled",
    "by rule: The order is fully invoiced.": "fully-invoiced",
    "It was cancelled at its source.": "cancelled",
    "It was deleted at its source.": "deleted",
    "It was cancelled or deleted at its source before it was sent.": "not-sent",
    "It was cancelled or deleted at its source while it was on its way.": _GONE,
}
_TOO_OLD = re.compile(r"by rule: The order is of (\S+), before the start date (\S+)\.")
_LEFT_OUT = re.compile(r"Left out by (.*)\.", re.DOTALL)


def _reasons() -> None:
    """Make reasons of sentences; what a person left out stays left out."""
    tx = op.get_bind()
    rows = tx.execute(
        sa.text(
            "SELECT id, reason, state FROM transfer WHERE reason IS NOT NULL OR state = 'changed'"
        )
    ).all()
    reasons = [
        {"row": row, "why": json.dumps(_reason(text, state)).encode()} for row, text, state in rows
    ]
    if reasons:
        tx.execute(sa.text("UPDATE transfer SET why = :why WHERE id = :row"), reasons)
    left = [
        {"row": row, "by": found[1]}
        for row, text, state in rows
        if state == "skipped" and text and (found := _LEFT_OUT.fullmatch(text))
    ]
    if left:
        tx.execute(
            sa.text("UPDATE transfer SET wish = 'leave', wished_by = :by WHERE id = :row"), left
        )


def _reason(text: str | None, state: str) -> list[Any]:
    if state == "changed":
        return [_GONE if text in _CODES else "source-changed", {}]
    assert text is not None
    if text in _CODES:
        return [_CODES[text], {}]
    if found := _LEFT_OUT.fullmatch(text):
        return ["left-out-by", {"who": found[1]}]
    if found := _TOO_OLD.fullmatch(text):
        return ["too-old", {"day": found[1], "start": found[2]}]
    if state == "waiting":
        return ["busy", {"problem": text.rstrip(".")}]
    if state in {"unknown", "confirming"}:
        return ["outcome-asked", {"problem": text}]
    return ["noted", {"sentence": text.removeprefix("by rule: ")}]


def _pairings() -> None:
    with op.batch_alter_table("pairing") as table:
        table.drop_constraint(
            "uq_pairing_target_connection_id_target_kind_target_id", type_="unique"
        )
        table.drop_constraint("uq_pairing_transfer_id", type_="unique")
        table.alter_column("lines", existing_type=JSON, nullable=True)
        for column in (
            sa.Column("target_content", sa.String(32)),
            sa.Column("seen_content", sa.String(32)),
            sa.Column("seen_revision", sa.Text()),
            sa.Column("seen", sa.LargeBinary()),
            sa.Column("target_tax", sa.Text()),
            sa.Column("sent_total", sa.Text()),
            sa.Column("written", sa.LargeBinary()),
            sa.Column("is_unread", sa.Boolean(), nullable=False, server_default=sa.false()),
            sa.Column("gone_at", INSTANT),
            sa.Column("gone_on", sa.String(10)),
            sa.Column("fulfils_id", ID),
            sa.Column("is_closed", sa.Boolean(), nullable=False, server_default=sa.false()),
            sa.Column("ended_at", INSTANT),
        ):
            table.add_column(column)
    # Only the target's identities were kept, in document order: which line came from which
    # is read again when it is needed.
    op.execute("UPDATE pairing SET lines = NULL")
    op.execute("UPDATE pairing SET is_unread = true")
    # A change that a person accepted was noted with the transfer only.
    op.execute(
        "UPDATE pairing SET sent_fingerprint = (SELECT transfer.sent_fingerprint FROM transfer "
        "WHERE transfer.id = pairing.transfer_id)"
    )
    with op.batch_alter_table("pairing") as table:
        table.create_foreign_key("fk_pairing_fulfils_id_pairing", "pairing", ["fulfils_id"], ["id"])
    for name, columns, where, unique in (
        ("uq_pairing_transfer", ["transfer_id"], _UNENDED, True),
        (
            "uq_pairing_target",
            ["target_connection_id", "target_kind", "target_id"],
            _UNENDED,
            True,
        ),
        ("ix_pairing_unread", ["target_connection_id"], _UNREAD, False),
    ):
        op.create_index(
            name, "pairing", columns, unique=unique, sqlite_where=where, postgresql_where=where
        )
    op.create_index("ix_pairing_transfer", "pairing", ["transfer_id"])
    op.create_index("ix_pairing_fulfils_id", "pairing", ["fulfils_id"])


def _follow_ups() -> None:
    """Let custom fields fare as every write does; what was open is read before it is written."""
    with op.batch_alter_table("follow_up") as table:
        # Filled below, from the transfer whose field it is.
        table.add_column(sa.Column("state_since", INSTANT, nullable=False, server_default="0"))
        table.add_column(sa.Column("released_at", INSTANT))
        table.add_column(sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"))
        for name in ("retry_at", "sent_at", "seen_at", "alerted_at"):
            table.add_column(sa.Column(name, INSTANT))
        for name in ("seen", "revision", "replaces"):
            table.add_column(sa.Column(name, sa.Text()))
        table.add_column(sa.Column("refusal", JSON))
        table.add_column(sa.Column("reason", JSON))
    _change("UPDATE follow_up SET state = 'ready' WHERE state = 'open'")
    _change("UPDATE follow_up SET state = 'refused' WHERE state = 'failed'")
    _change(
        "UPDATE follow_up SET state_since = "
        "(SELECT transfer.state_since FROM transfer WHERE transfer.id = follow_up.transfer_id)"
    )
    _change("UPDATE follow_up SET released_at = state_since")
    tx = op.get_bind()
    refused = tx.execute(
        sa.text("SELECT id, name, value, problem FROM follow_up WHERE state = 'refused'")
    ).all()
    rows = [
        {"row": row, "refusal": json.dumps(_field_refusal(name, value, problem)).encode()}
        for row, name, value, problem in refused
    ]
    if rows:
        tx.execute(sa.text("UPDATE follow_up SET refusal = :refusal WHERE id = :row"), rows)
    with op.batch_alter_table("follow_up") as table:
        table.drop_column("problem")
        table.alter_column("state", existing_type=sa.String(8), type_=sa.String(12))
        table.alter_column("state_since", existing_type=INSTANT, server_default=None)


def _field_refusal(name: str, value: str, problem: str | None) -> dict[str, Any]:
    told = (problem or "the books refused it").rstrip(".")
    return {
        "code": "field-refused",
        "sentence": f"The custom field “{name}” could not be written: {told}.",
        "cure": "Correct what it names, then try again.",
        "actor": "bookkeeper",
        "where": name,
        "value": value,
        "choices": [
            {"action": "retry", "label": "Try again"},
            {"action": "accept", "label": "Leave the field unwritten"},
        ],
    }


def _count() -> None:
    op.execute(
        "INSERT INTO tally (link_id, flow, state, number) "
        "SELECT link_id, flow, state, count(*) FROM transfer GROUP BY link_id, flow, state"
    )


def _agendas() -> None:
    """Let runs that are open begin to read anew.

    An older version did not keep what the pages read so far held: read on from there,
    everything on them would count as gone.
    """
    tx = op.get_bind()
    rows = tx.execute(sa.text("SELECT id, facts FROM run WHERE ended_at IS NULL"))
    changes = [
        {
            "row": row,
            "agenda": b"[]",
            "facts": json.dumps({**json.loads(facts), "agenda_made": False}).encode(),
        }
        for row, facts in rows.all()
    ]
    if changes:
        tx.execute(
            sa.text("UPDATE run SET agenda = :agenda, facts = :facts WHERE id = :row"), changes
        )


def _fold_records() -> None:
    """Compare the names of list records by their folded form from now on."""
    tx = op.get_bind()
    rows = tx.execute(
        sa.text("SELECT connection_id, kind, record_id, full_name, name_key FROM record")
    )
    changes = [
        {"connection": connection, "kind": kind, "id": record_id, "key": new}
        for connection, kind, record_id, name, key in rows.all()
        if (new := _name_key(name)) != key
    ]
    if changes:
        tx.execute(
            sa.text(
                "UPDATE record SET name_key = :key WHERE connection_id = :connection "
                "AND kind = :kind AND record_id = :id"
            ),
            changes,
        )


_CHOICE = sa.text(
    "DELETE FROM name_choice "
    "WHERE link_id = :link AND side = :side AND kind = :kind AND name_key = :was"
)
_FOLDED = sa.text(
    "UPDATE name_choice SET name_key = :key "
    "WHERE link_id = :link AND side = :side AND kind = :kind AND name_key = :was"
)


def _fold_choices() -> None:
    """The same for people's choices; where two are about one name by now, the last counts."""
    tx = op.get_bind()
    rows = tx.execute(
        sa.text(
            "SELECT link_id, side, kind, name_key, name FROM name_choice ORDER BY made_at, name_key"
        )
    )
    last: dict[tuple[int, str, str, str], dict[str, Any]] = {}
    dropped = []
    for link, side, kind, key, name in rows.all():
        folded = (link, side, kind, _name_key(name))
        if folded in last:
            dropped.append(last.pop(folded))
        last[folded] = {"link": link, "side": side, "kind": kind, "was": key, "key": folded[3]}
    if dropped:
        tx.execute(_CHOICE, dropped)
    changed = [each for each in last.values() if each["key"] != each["was"]]
    if changed:
        tx.execute(_FOLDED, changed)


def _name_key(full_name: str) -> str:
    """The names' form of this revision, whatever later ones do."""
    if full_name.isascii() and ":" not in full_name:
        return full_name.strip().lower()
    segments = unicodedata.normalize("NFC", full_name).split(":")
    return ":".join(
        unicodedata.normalize("NFC", segment.strip().casefold()) for segment in segments
    )


def _change(words: str, **values: str) -> None:
    op.get_bind().execute(sa.text(words), values)


def downgrade() -> None:
    """Refuse: an older version would send again what this one knows to be there."""
    raise LedgerError(
        "This database cannot go back to an older version of Counterfoil: that one would send "
        "again what is there already. Restore the backup that was made before the upgrade.",
        detail="revision 0002 has no way down",
    )
