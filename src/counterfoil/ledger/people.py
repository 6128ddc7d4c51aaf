"""Who signs in for a company file: its connection, and the people who work on it as well.

Every one of them has a Web Connector, a user name and a password of their own; the columns
about passwords are the same in both tables, and what happens to them is told here once.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import BigInteger, Table, bindparam, delete, func, insert, literal, select, update
from sqlalchemy import Connection as Tx

from . import connections
from ._prepared import Typed, change_row
from ._types import Instant
from .connections import Connection
from .schema import connection, person

__all__ = [
    "Person",
    "SignIn",
    "add",
    "change",
    "known_as",
    "note_let_in",
    "note_refused",
    "of_all",
    "of_connection",
    "remove",
]


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who works on a company file besides the first; as in ``Connection``.

    Attributes:
        company_file: Where the file is on their computer; ``None``: the one that is open.
        last_seen_at: When their Web Connector called last.
    """

    id: int
    connection: int
    name: str
    user_name: str
    company_file: str | None
    password_hash: str
    old_password_hash: str | None
    old_password_until: datetime | None
    password_failures: int
    wrong_password_since: datetime | None
    sign_in_refused_at: datetime | None
    password_used_at: datetime | None
    added_at: datetime
    last_seen_at: datetime | None


class SignIn(NamedTuple):
    """Whom a user name belongs to; ``person`` is ``None`` for the connection's own."""

    connection: Connection
    person: Person | None

    @property
    def account(self) -> Connection | Person:
        """Whose password opens."""
        return self.person or self.connection

    @property
    def company_file(self) -> str:
        """Where the file is on the computer that signs in; empty: the one that is open."""
        if self.person is not None:
            return self.person.company_file or ""
        return str(self.connection.parameters.get("company_file") or "")


# Named as the person's fields are.
_COLUMNS = tuple(
    person.c.connection_id.label("connection") if name == "connection" else person.c[name]
    for name in Person.__struct_fields__
)
_BY_USER_NAME = Typed(
    lambda _dialect: select(*_COLUMNS).where(person.c.user_name == bindparam("user"))
)
_OF_CONNECTION = Typed(
    lambda _dialect: (
        select(*_COLUMNS)
        .where(person.c.connection_id == bindparam("connection", type_=BigInteger))
        .order_by(person.c.id)
    )
)


def _person(row: Any) -> Person:
    return Person(**dict(zip(Person.__struct_fields__, row, strict=True)))


def known_as(tx: Tx, user_name: str) -> SignIn | None:
    """Find whose Web Connector signs in by a name; ``None``: nobody's."""
    found = connections.by_user_name(tx, user_name)
    if found is not None:
        return SignIn(found, None)
    row = _BY_USER_NAME.one(tx, {"user": user_name})
    if row is None:
        return None
    known = _person(row)
    owner = connections.load(tx, known.connection)
    assert owner is not None, "connections are never deleted"
    return SignIn(owner, known)


def of_connection(tx: Tx, connection_id: int) -> list[Person]:
    """List the people of a connection, in the order in which they came."""
    return [_person(row) for row in _OF_CONNECTION.rows(tx, {"connection": connection_id})]


def of_all(tx: Tx) -> dict[int, list[Person]]:
    """Give the people of every connection that has any."""
    found: dict[int, list[Person]] = {}
    for row in tx.execute(select(*_COLUMNS).order_by(person.c.id)):
        each = _person(row)
        found.setdefault(each.connection, []).append(each)
    return found


def add(tx: Tx, connection_id: int, **values: Any) -> None:
    """Let somebody in, too."""
    tx.execute(insert(person).values(connection_id=connection_id, **values))


def change(tx: Tx, person_id: int, **values: Any) -> None:
    """Change columns of a person."""
    change_row(tx, person, person_id, values)


def remove(tx: Tx, person_id: int) -> None:
    """Let somebody in no more; what their runs did stays with the runs."""
    tx.execute(delete(person).where(person.c.id == person_id))


def note_refused(tx: Tx, account: Connection | Person, now: datetime) -> None:
    """Count a wrong password, in one statement: two at once are two."""
    table = _table_of(account)
    tx.execute(
        update(table)
        .where(table.c.id == account.id)
        .values(
            password_failures=table.c.password_failures + 1,
            wrong_password_since=func.coalesce(
                table.c.wrong_password_since, literal(now, Instant())
            ),
            sign_in_refused_at=now,
        )
    )


def note_let_in(tx: Tx, account: Connection | Person, now: datetime, *, is_new: bool) -> None:
    """Forget wrong passwords; ``is_new``: the newest one opened, which is noted the first time."""
    table = _table_of(account)
    used = func.coalesce(table.c.password_used_at, literal(now, Instant()))
    tx.execute(
        update(table)
        .where(table.c.id == account.id)
        .values(
            password_failures=0,
            wrong_password_since=None,
            sign_in_refused_at=None,
            **({"password_used_at": used} if is_new else {}),
        )
    )


def _table_of(account: Connection | Person) -> Table:
    return person if isinstance(account, Person) else connection
