"""Very many orders that are done: a few real ones, copied row by row inside the ledger.

To carry a million orders to the books takes hours; to copy their rows takes a minute.  The
copies differ from their originals in what is unique of each, and refer to each other as the
originals do: every row of a copy has its original's number and one and the same distance.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, inspect

__all__ = ["multiply"]

# In the order in which rows refer to each other.
_TABLES = ("run", "document", "exchange", "transfer", "operation", "pairing")
# What a copy says instead; {n} is its distance.  Everything else it says as its original.
_OTHERWISE: Mapping[tuple[str, str], str] = {
    ("run", "ticket_hash"): "null",
    # Only the last run of a connection goes on.
    ("run", "ended_at"): "touched_at",
    ("document", "document_id"): "document_id || '-{n}'",
    ("document", "number"): "number || '-{n}'",
    ("document", "own_key"): "null",
    # Nobody looks at them any more.
    ("document", "status"): "'closed'",
    ("exchange", "run_id"): "run_id + {n}",
    ("exchange", "recovers_id"): "recovers_id + {n}",
    ("transfer", "document_id"): "document_id + {n}",
    ("transfer", "number"): "number || '-{n}'",
    ("transfer", "key"): "cast(id + {n} as text)",
    ("transfer", "exchange_id"): "null",
    ("operation", "exchange_id"): "exchange_id + {n}",
    ("operation", "transfer_id"): "transfer_id + {n}",
    ("operation", "dependants"): "null",
    ("pairing", "transfer_id"): "transfer_id + {n}",
    ("pairing", "source_id"): "source_id || '-{n}'",
    ("pairing", "target_id"): "target_id || '-{n}'",
    ("pairing", "fulfils_id"): "fulfils_id + {n}",
}


def multiply(tx: Connection, wanted: int) -> int:
    """Let the ledger hold about so many transfers that are done; says how many it holds.

    All of its transfers are done when this is called, and it has at least one.
    """
    columns = {table: _copied(tx, table) for table in _TABLES}
    while (held := _count(tx)) < wanted:
        distance = max(_last(tx, table) for table in _TABLES)
        # All of it once more, or as much as is still lacking.
        until = distance * min(wanted - held, held) // held
        for table in _TABLES:
            names, values = columns[table]
            tx.exec_driver_sql(
                f"insert into {table} ({names}) "
                f"select {values.replace('{n}', str(distance))} from {table} where id <= {until}"
            )
    _continue(tx)
    return _count(tx)


def _copied(tx: Connection, table: str) -> tuple[str, str]:
    names = [column["name"] for column in inspect(tx).get_columns(table)]
    values = (
        "id + {n}" if name == "id" else _OTHERWISE.get((table, name), f'"{name}"') for name in names
    )
    return ", ".join(f'"{name}"' for name in names), ", ".join(values)


def _count(tx: Connection) -> int:
    return int(tx.exec_driver_sql("select count(*) from transfer").scalar_one())


def _last(tx: Connection, table: str) -> int:
    found = tx.exec_driver_sql(f"select max(id) from {table}").scalar_one()
    return int(found or 0)


def _continue(tx: Connection) -> None:
    """Let the database count on behind the copies, and count what it holds."""
    tx.exec_driver_sql("delete from tally")
    tx.exec_driver_sql(
        "insert into tally (link_id, flow, state, number) "
        "select link_id, flow, state, count(*) from transfer group by link_id, flow, state"
    )
    if tx.dialect.name == "postgresql":
        for table in _TABLES:
            tx.exec_driver_sql(f"select setval('{table}_id_seq', {_last(tx, table) + 1})")
