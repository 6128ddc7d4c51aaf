"""The company file itself: one SQLite database.

Records are kept as they will be shown (``_values.stored``), references as
ListIDs only, so that renaming a customer renames it on every order.  The
columns beside ``body`` are those that queries filter by.

Durability follows what a company file promises: everything a message set did
and its stored answer become permanent together, in ``commit``.  A set that
died half-way is what ``commit`` called early leaves behind.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec

from counterfoil.sandboxes.kit import Database
from counterfoil.sandboxes.quickbooks_desktop._records import (
    Deleted,
    Entry,
    FieldDefinition,
    Link,
    ListRecord,
    Stock,
    Transaction,
)
from counterfoil.sandboxes.quickbooks_desktop._values import decimal, key

_SCHEMA = """
CREATE TABLE IF NOT EXISTS counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS lists (
    list_id TEXT PRIMARY KEY, kind TEXT NOT NULL, parent_id TEXT NOT NULL, name TEXT NOT NULL,
    full_name TEXT NOT NULL, is_active INTEGER NOT NULL, created TEXT NOT NULL,
    modified TEXT NOT NULL, edit_sequence TEXT NOT NULL, body TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS lists_by_change ON lists (kind, modified);
CREATE TABLE IF NOT EXISTS transactions (
    number INTEGER PRIMARY KEY, txn_id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL,
    ref_number TEXT NOT NULL, ref_key TEXT NOT NULL, txn_date TEXT NOT NULL,
    entity_id TEXT NOT NULL, created TEXT NOT NULL, modified TEXT NOT NULL,
    edit_sequence TEXT NOT NULL, body TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS transactions_by_ref ON transactions (kind, ref_key);
CREATE INDEX IF NOT EXISTS transactions_by_change ON transactions (kind, modified);
CREATE TABLE IF NOT EXISTS links (
    from_txn TEXT NOT NULL, from_line TEXT NOT NULL, to_txn TEXT NOT NULL, to_line TEXT NOT NULL,
    quantity TEXT NOT NULL, amount TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS links_from ON links (from_txn);
CREATE INDEX IF NOT EXISTS links_to ON links (to_txn);
CREATE TABLE IF NOT EXISTS deleted (
    position INTEGER PRIMARY KEY, family TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL,
    created TEXT NOT NULL, deleted TEXT NOT NULL, deleted_unix INTEGER NOT NULL,
    label TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS stock (
    item_id TEXT PRIMARY KEY, on_hand TEXT NOT NULL, value TEXT NOT NULL, on_order TEXT NOT NULL,
    on_sales_order TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS stock_at_sites (
    item_id TEXT NOT NULL, site_id TEXT NOT NULL, on_hand TEXT NOT NULL,
    PRIMARY KEY (item_id, site_id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS balances (
    list_id TEXT PRIMARY KEY, balance TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS field_definitions (
    owner TEXT NOT NULL, name_key TEXT NOT NULL, name TEXT NOT NULL, type TEXT NOT NULL,
    objects TEXT NOT NULL, number INTEGER NOT NULL,
    PRIMARY KEY (owner, name_key)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS field_values (
    owner TEXT NOT NULL, name_key TEXT NOT NULL, object_id TEXT NOT NULL, line_id TEXT NOT NULL,
    value TEXT NOT NULL, PRIMARY KEY (object_id, line_id, owner, name_key)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS message_sets (
    position INTEGER PRIMARY KEY, application TEXT NOT NULL, set_id TEXT NOT NULL,
    checksum TEXT NOT NULL, response TEXT NOT NULL, UNIQUE (application, set_id));
"""


class Store(Database):
    """Named reads and writes; every method is one statement or a few of them."""

    def __init__(self, path: Path | None) -> None:
        # One program at a time holds a company file; a second one is told so at once.
        super().__init__(path, _SCHEMA, is_exclusive=True)
        self._counters: dict[str, int] = {}
        self._dirty_counters: set[str] = set()
        self._read_counters()
        self.begin()

    # -- transactions of the database -------------------------------------------------------

    def begin(self) -> None:
        self._db.execute("BEGIN IMMEDIATE")

    def commit(self) -> None:
        """Make everything so far permanent."""
        if self._dirty_counters:
            self._db.executemany(
                "INSERT INTO counters VALUES (?, ?) "
                "ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                [(name, self._counters[name]) for name in sorted(self._dirty_counters)],
            )
            self._dirty_counters.clear()
        self._db.execute("COMMIT")
        self.begin()

    def rollback(self) -> None:
        """Forget everything since the last commit; counters keep their gaps."""
        self._db.execute("ROLLBACK")
        self.begin()

    @contextmanager
    def atomic(self) -> Iterator[None]:
        """One request: all of its writes or none."""
        self._db.execute("SAVEPOINT request")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK TO request")
            self._db.execute("RELEASE request")
            raise
        self._db.execute("RELEASE request")

    def wipe(self) -> None:
        """Remove everything, counters included."""
        for (table,) in self._db.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        ).fetchall():
            self._db.execute(f"DELETE FROM {table}")  # noqa: S608 - names from our own schema
        self._counters.clear()
        self._dirty_counters.clear()

    def close(self) -> None:
        self.commit()
        self._db.execute("COMMIT")
        super().close()

    def save(self, name: str) -> None:
        self.commit()
        super().save(name)

    def restore(self, name: str) -> None:
        """Let the file be as it was, the numbers it will give next included."""
        super().restore(name)
        self._read_counters()

    def rewrite_times(self, rewritten: Callable[[str], str]) -> None:
        """Replace every stored wall-clock time by what is made of it."""
        self._db.create_function("rewritten", 1, rewritten, deterministic=True)
        for table in ("lists", "transactions"):
            self._db.execute(
                f"UPDATE {table} SET created = rewritten(created), "  # noqa: S608 - names from here
                "modified = rewritten(modified)"
            )
        self._db.execute(
            "UPDATE deleted SET created = rewritten(created), deleted = rewritten(deleted)"
        )

    # -- counters ---------------------------------------------------------------------------

    def _read_counters(self) -> None:
        self._counters = dict(self._db.execute("SELECT name, value FROM counters"))
        self._dirty_counters.clear()

    def next_number(self, counter: str) -> int:
        number = self._counters.get(counter, 0) + 1
        self._counters[counter] = number
        self._dirty_counters.add(counter)
        return number

    # -- lists ------------------------------------------------------------------------------

    def entries(self) -> Iterator[Entry]:
        """Every list record's place in its list, for the directory in memory."""
        for row in self._db.execute(
            "SELECT list_id, kind, parent_id, name, full_name, is_active FROM lists"
        ):
            list_id, kind, parent_id, name, full_name, is_active = row
            yield Entry(list_id, kind, parent_id, name, full_name, bool(is_active))

    def list_record(self, list_id: str) -> ListRecord | None:
        row = self._db.execute("SELECT * FROM lists WHERE list_id = ?", (list_id,)).fetchone()
        return None if row is None else _list_record(row)

    def list_records(self, list_ids: Sequence[str]) -> list[ListRecord]:
        """These records, in the order asked for; unknown ids are left out."""
        found: dict[str, ListRecord] = {}
        for start in range(0, len(list_ids), 500):
            part = list_ids[start : start + 500]
            marks = ",".join("?" * len(part))
            for row in self._db.execute(
                f"SELECT * FROM lists WHERE list_id IN ({marks})",  # noqa: S608 - marks only
                part,
            ):
                found[row[0]] = _list_record(row)
        return [found[list_id] for list_id in list_ids if list_id in found]

    def list_ids(self, where: str, values: Sequence[str]) -> list[str]:
        """Those that match; ``where`` is composed of this package's own constants."""
        statement = f"SELECT list_id FROM lists WHERE {where}"  # noqa: S608 - conditions from here
        return [row[0] for row in self._db.execute(statement, values)]

    def write_list_record(self, record: ListRecord) -> None:
        self._db.execute(
            "INSERT OR REPLACE INTO lists VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                record.list_id,
                record.kind,
                record.parent_id,
                record.name,
                record.full_name,
                int(record.is_active),
                record.created,
                record.modified,
                record.edit_sequence,
                _dump(record.body),
            ),
        )

    def delete_list_record(self, list_id: str) -> None:
        self._db.execute("DELETE FROM lists WHERE list_id = ?", (list_id,))
        self._db.execute("DELETE FROM stock WHERE item_id = ?", (list_id,))
        self._db.execute("DELETE FROM balances WHERE list_id = ?", (list_id,))
        self._db.execute("DELETE FROM field_values WHERE object_id = ?", (list_id,))

    def is_used(self, list_id: str) -> bool:
        """True when a transaction or another list record refers to this one."""
        pattern = f'%"{list_id}"%'
        found = self._db.execute(
            "SELECT 1 WHERE EXISTS (SELECT 1 FROM transactions WHERE body LIKE ?) "
            "OR EXISTS (SELECT 1 FROM lists WHERE list_id != ? AND body LIKE ?)",
            (pattern, list_id, pattern),
        ).fetchone()
        return found is not None

    # -- transactions -----------------------------------------------------------------------

    def write_transaction(self, txn: Transaction) -> None:
        self._db.execute(
            "INSERT OR REPLACE INTO transactions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                txn.number,
                txn.txn_id,
                txn.kind,
                txn.ref_number,
                key(txn.ref_number),
                txn.txn_date,
                txn.entity_id,
                txn.created,
                txn.modified,
                txn.edit_sequence,
                _dump([txn.header, txn.lines]),
            ),
        )

    def transaction(self, txn_id: str) -> Transaction | None:
        row = self._db.execute("SELECT * FROM transactions WHERE txn_id = ?", (txn_id,)).fetchone()
        return None if row is None else _transaction(row)

    def transactions(self, txn_ids: Sequence[str]) -> list[Transaction]:
        """These transactions, in the order asked for; unknown ids are left out."""
        found: dict[str, Transaction] = {}
        for start in range(0, len(txn_ids), 500):
            part = txn_ids[start : start + 500]
            marks = ",".join("?" * len(part))
            for row in self._db.execute(
                f"SELECT * FROM transactions WHERE txn_id IN ({marks})",  # noqa: S608 - marks only
                part,
            ):
                found[row[1]] = _transaction(row)
        return [found[txn_id] for txn_id in txn_ids if txn_id in found]

    def transaction_ids(self, where: str, values: Sequence[str]) -> list[tuple[str, str]]:
        """``(txn_id, kind)`` of those that match, oldest first.

        ``where`` is composed of this package's own constants, never of input.
        """
        statement = f"SELECT txn_id, kind FROM transactions WHERE {where} ORDER BY number"  # noqa: S608 - as above
        return list(self._db.execute(statement, values))

    def last_ref_number(self, kind: str) -> str:
        """The number last entered for a type, "" when there is none (7.1)."""
        row = self._db.execute(
            "SELECT ref_number FROM transactions WHERE kind = ? AND ref_number != '' "
            "ORDER BY number DESC LIMIT 1",
            (kind,),
        ).fetchone()
        return "" if row is None else str(row[0])

    def delete_transaction(self, txn_id: str) -> None:
        self._db.execute("DELETE FROM transactions WHERE txn_id = ?", (txn_id,))
        self._db.execute("DELETE FROM links WHERE from_txn = ? OR to_txn = ?", (txn_id, txn_id))
        self._db.execute("DELETE FROM field_values WHERE object_id = ?", (txn_id,))

    def count(self) -> dict[str, int]:
        """How many records of each kind there are."""
        return dict(
            self._db.execute(
                "SELECT kind, count(*) FROM transactions GROUP BY kind "
                "UNION ALL SELECT kind, count(*) FROM lists GROUP BY kind"
            )
        )

    # -- links ------------------------------------------------------------------------------

    def write_links(self, links: Iterable[Link]) -> None:
        self._db.executemany(
            "INSERT INTO links VALUES (?, ?, ?, ?, ?, ?)",
            [
                (
                    link.from_txn,
                    link.from_line,
                    link.to_txn,
                    link.to_line,
                    str(link.quantity),
                    str(link.amount),
                )
                for link in links
            ],
        )

    def delete_links(self, from_txn: str, from_lines: Iterable[str]) -> None:
        self._db.executemany(
            "DELETE FROM links WHERE from_txn = ? AND from_line = ?",
            [(from_txn, line) for line in from_lines],
        )

    def links_of(self, txn_id: str) -> tuple[list[Link], list[Link]]:
        """Links from this transaction to its orders, and links to it from its followers."""
        rows = [
            Link(from_txn, from_line, to_txn, to_line, Decimal(quantity), Decimal(amount))
            for from_txn, from_line, to_txn, to_line, quantity, amount in self._db.execute(
                "SELECT * FROM links WHERE from_txn = ? OR to_txn = ?", (txn_id, txn_id)
            )
        ]
        return (
            [link for link in rows if link.from_txn == txn_id],
            [link for link in rows if link.to_txn == txn_id],
        )

    # -- quantities and balances ------------------------------------------------------------

    def stock(self, item_id: str) -> Stock:
        row = self._db.execute(
            "SELECT on_hand, value, on_order, on_sales_order FROM stock WHERE item_id = ?",
            (item_id,),
        ).fetchone()
        return Stock() if row is None else Stock(*(decimal(text) for text in row))

    def write_stock(self, stock: dict[str, Stock]) -> None:
        self._db.executemany(
            "INSERT OR REPLACE INTO stock VALUES (?, ?, ?, ?, ?)",
            [
                (item, str(one.on_hand), str(one.value), str(one.on_order), str(one.on_sales_order))
                for item, one in stock.items()
            ],
        )

    def stock_at_sites(self, item_id: str) -> dict[str, Decimal]:
        """What sites other than the default one hold of an item."""
        rows = self._db.execute(
            "SELECT site_id, on_hand FROM stock_at_sites WHERE item_id = ?", (item_id,)
        )
        return {site: decimal(text) for site, text in rows}

    def write_stock_at_site(self, item_id: str, site_id: str, on_hand: Decimal) -> None:
        self._db.execute(
            "INSERT OR REPLACE INTO stock_at_sites VALUES (?, ?, ?)",
            (item_id, site_id, str(on_hand)),
        )

    def balance(self, list_id: str) -> Decimal:
        row = self._db.execute(
            "SELECT balance FROM balances WHERE list_id = ?", (list_id,)
        ).fetchone()
        return Decimal(0) if row is None else decimal(row[0])

    def write_balance(self, list_id: str, balance: Decimal) -> None:
        self._db.execute("INSERT OR REPLACE INTO balances VALUES (?, ?)", (list_id, str(balance)))

    # -- deleted lists ----------------------------------------------------------------------

    def note_deleted(self, family: str, entry: Deleted, unix_seconds: int) -> None:
        self._db.execute(
            "INSERT INTO deleted (family, kind, id, created, deleted, deleted_unix, label) "
            "VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                family,
                entry.kind,
                entry.id,
                entry.created,
                entry.deleted,
                unix_seconds,
                entry.label,
            ),
        )

    def deleted(self, family: str, kind: str, since_unix: int) -> list[Deleted]:
        """One kind's entries, oldest first."""
        return [
            Deleted(*row)
            for row in self._db.execute(
                "SELECT kind, id, created, deleted, label FROM deleted "
                "WHERE family = ? AND kind = ? AND deleted_unix >= ? ORDER BY position",
                (family, kind, since_unix),
            )
        ]

    # -- custom fields ----------------------------------------------------------------------

    def field_definitions(self) -> list[FieldDefinition]:
        return [
            FieldDefinition(owner, name, kind, tuple(json.loads(objects)), number)
            for owner, name, kind, objects, number in self._db.execute(
                "SELECT owner, name, type, objects, number FROM field_definitions ORDER BY number"
            )
        ]

    def write_field_definition(self, one: FieldDefinition) -> None:
        self._db.execute(
            "INSERT OR REPLACE INTO field_definitions VALUES (?, ?, ?, ?, ?, ?)",
            (one.owner, key(one.name), one.name, one.type, json.dumps(one.objects), one.number),
        )

    def delete_field_definition(self, owner: str, name: str) -> None:
        place = (owner, key(name))
        self._db.execute("DELETE FROM field_definitions WHERE owner = ? AND name_key = ?", place)
        self._db.execute("DELETE FROM field_values WHERE owner = ? AND name_key = ?", place)

    def rename_field(self, owner: str, old: str, new: str) -> None:
        self._db.execute(
            "UPDATE field_values SET name_key = ? WHERE owner = ? AND name_key = ?",
            (key(new), owner, key(old)),
        )

    def has_field_values(self) -> bool:
        return self._db.execute("SELECT 1 FROM field_values LIMIT 1").fetchone() is not None

    def field_values(self, object_id: str) -> list[tuple[str, str, str, str]]:
        """``(line id or "", owner, name key, value)`` of everything set on one record."""
        return list(
            self._db.execute(
                "SELECT line_id, owner, name_key, value FROM field_values WHERE object_id = ?",
                (object_id,),
            )
        )

    def write_field_value(
        self, owner: str, name: str, object_id: str, line_id: str, value: str
    ) -> None:
        self._db.execute(
            "INSERT OR REPLACE INTO field_values VALUES (?, ?, ?, ?, ?)",
            (owner, key(name), object_id, line_id, value),
        )

    def delete_field_value(self, owner: str, name: str, object_id: str, line_id: str) -> bool:
        done = self._db.execute(
            "DELETE FROM field_values WHERE owner = ? AND name_key = ? AND object_id = ? "
            "AND line_id = ?",
            (owner, key(name), object_id, line_id),
        )
        return done.rowcount > 0

    # -- message sets -----------------------------------------------------------------------

    def message_set(self, application: str, set_id: str) -> tuple[str, str] | None:
        """``(checksum, response)`` of a stored set."""
        row: tuple[str, str] | None = self._db.execute(
            "SELECT checksum, response FROM message_sets WHERE application = ? AND set_id = ?",
            (application, set_id),
        ).fetchone()
        return row

    def write_message_set(
        self, application: str, set_id: str, checksum: str, response: str, *, kept: int
    ) -> None:
        self._db.execute(
            "INSERT OR REPLACE INTO message_sets (application, set_id, checksum, response) "
            "VALUES (?, ?, ?, ?)",
            (application, set_id, checksum, response),
        )
        self._db.execute(
            "DELETE FROM message_sets WHERE application = ? AND position NOT IN (SELECT position "
            "FROM message_sets WHERE application = ? ORDER BY position DESC LIMIT ?)",
            (application, application, kept),
        )

    def delete_message_set(self, application: str, set_id: str) -> bool:
        done = self._db.execute(
            "DELETE FROM message_sets WHERE application = ? AND set_id = ?", (application, set_id)
        )
        return done.rowcount > 0


def _dump(body: object) -> str:
    return msgspec.json.encode(body).decode()


def _list_record(row: tuple[Any, ...]) -> ListRecord:
    list_id, kind, parent_id, name, full_name, is_active, created, modified, edit, body = row
    return ListRecord(
        list_id,
        kind,
        parent_id,
        name,
        full_name,
        bool(is_active),
        created,
        modified,
        edit,
        msgspec.json.decode(body),
    )


def _transaction(row: tuple[Any, ...]) -> Transaction:
    number, txn_id, kind, ref_number, _, txn_date, entity_id, created, modified, edit, body = row
    header, lines = msgspec.json.decode(body)
    return Transaction(
        txn_id,
        kind,
        number,
        ref_number,
        txn_date,
        entity_id,
        created,
        modified,
        edit,
        header,
        lines,
    )
