"""The insert that may meet a row which is there already: each database has its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Dialect

__all__ = ["insert_of"]


def insert_of(dialect: Dialect) -> Callable[..., Any]:
    """Give the insert of a database; the other one's is not loaded."""
    if dialect.name == "sqlite":
        from sqlalchemy.dialects import sqlite

        return sqlite.insert
    from sqlalchemy.dialects import postgresql

    return postgresql.insert
