"""What the tables are put together from: keys, owners, and indexes over some rows only."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Text,
    TextClause,
)

__all__ = ["Id", "Word", "key", "metadata", "owner", "partial"]

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Id = BigInteger().with_variant(Integer, "sqlite")
Word = Text().with_variant(Text(collation="C"), "postgresql")
"""A text in the order of its characters' codes on both databases: so its beginnings are a range."""


def key() -> Column[int]:
    """Give the column that counts the rows; never one number twice."""
    return Column("id", Id, primary_key=True, autoincrement=True)


def owner(table: str, *, nullable: bool = False, index: bool = False) -> Column[int]:
    """Give the column that names a row of another table: ``connection`` as ``connection_id``."""
    return Column(f"{table}_id", Id, ForeignKey(f"{table}.id"), nullable=nullable, index=index)


def partial(name: str, *columns: str, where: TextClause, unique: bool = False) -> Index:
    """Index some rows only; alike on both databases, see ``for_postgresql``."""
    return Index(name, *columns, unique=unique, sqlite_where=where, info={"where": where})
