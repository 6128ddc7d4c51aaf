"""What Alembic runs for every command: the connection is handed in, there is no ini file."""

from __future__ import annotations

from alembic import context

from counterfoil.ledger.schema import for_postgresql, metadata


def include_name(name: str | None, kind: str, parents: object) -> bool:
    """Leave out tables of the queue engine, which keeps its own in the same database."""
    return kind != "table" or name in metadata.tables


context.configure(
    connection=context.config.attributes["connection"],
    version_table=context.config.attributes["version_table"],
    target_metadata=for_postgresql(),
    include_name=include_name,
    render_as_batch=True,
    compare_type=True,
    compare_server_default=True,
    transaction_per_migration=False,
)
context.run_migrations()
