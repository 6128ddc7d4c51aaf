"""Connections, links, their settings; who holds a connection; what people asked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final, NamedTuple

import msgspec
from sqlalchemy import Connection as Tx
from sqlalchemy import Row, Table, bindparam, delete, func, insert, or_, select, update

from counterfoil.settings import SystemName
from counterfoil.told import Told

from ._inserting import insert_of
from ._prepared import Typed, among, change_row, listed
from .schema import (
    audit,
    budget,
    connection,
    link,
    link_settings,
    name_choice,
    oauth_grant,
    request,
)
from .schema import wake as wakes

__all__ = [
    "NO_SETTINGS",
    "Connection",
    "Link",
    "Noted",
    "Request",
    "add",
    "add_link",
    "all_connections",
    "all_links",
    "all_settings",
    "by_user_name",
    "change",
    "change_link",
    "choices_of",
    "claim",
    "extend",
    "keep_settings",
    "links_of",
    "load",
    "load_link",
    "lock_link",
    "note",
    "noted",
    "notes",
    "open_requests",
    "release",
    "release_all",
    "request_retrieval",
    "requests",
    "reseal",
    "settings",
    "settings_versions",
    "take_requests",
    "take_token",
    "take_wakes",
    "wake",
    "woken",
]


class Connection(msgspec.Struct, frozen=True, kw_only=True):
    """An account at an outside system.

    Attributes:
        parameters: Addresses, user names, GUIDs: nothing secret.
        secret: Sealed; ``None`` where there is none.
        facts: What the system told about itself.
        epoch: Grows with every claim; a drive repeats its own in what it writes.
        clearable_key: Batch whose answer the system still keeps for us.
        account: Which real account it is, as its system tells it; two connections with the
            same one would do everything twice.  ``None``: not known yet.
        old_password_hash, old_password_until: The password before, while it opens, too.
        password_failures: Wrong passwords since the last right one, which began at
            ``wrong_password_since``; the last was refused at ``sign_in_refused_at``.
        password_used_at: When the newest password was first used; ``None``: not yet.
    """

    id: int
    system: SystemName
    name: str
    parameters: Mapping[str, Any]
    secret: str | None
    user_name: str | None
    password_hash: str | None
    password_failures: int
    facts: Mapping[str, Any]
    created_at: datetime
    is_active: bool
    due_at: datetime | None
    lease_owner: str | None
    lease_until: datetime | None
    epoch: int
    clearable_key: str | None
    last_seen_at: datetime | None
    last_problem: Told | None
    account: str | None
    position: int
    old_password_hash: str | None = None
    old_password_until: datetime | None = None
    wrong_password_since: datetime | None = None
    sign_in_refused_at: datetime | None = None
    password_used_at: datetime | None = None


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """An operations connection paired with a books connection.

    Attributes:
        is_active: ``False``: removed; its transfers and settings are kept for a resumption.
        is_paused: Nothing is written for it until a person resumes it.
    """

    id: int
    name: str
    operations_id: int
    books_id: int
    created_at: datetime
    is_active: bool
    is_paused: bool
    decide_after: int | None


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """A retrieval that a person asked for."""

    id: int
    link_id: int
    flow: str
    since: date | None


NO_SETTINGS: Final = (0, "{}")
"""Of a link for which nobody has set anything."""
# Tokens are counted in millionths.
_MILLION = 1_000_000

_CONNECTION = tuple(connection.c[name] for name in Connection.__struct_fields__)
_LINK = tuple(link.c[name] for name in Link.__struct_fields__)


def _connection(row: Row[Any] | Sequence[Any]) -> Connection:
    values = dict(zip(Connection.__struct_fields__, row, strict=True))
    values["system"] = SystemName(values["system"])
    return Connection(**values)


def _link(row: Row[Any] | Sequence[Any]) -> Link:
    return Link(**dict(zip(Link.__struct_fields__, row, strict=True)))


def _inserted(result: Any) -> int:
    return int(result.inserted_primary_key[0])


def add(tx: Tx, **values: Any) -> int:
    """Add a connection; says its id."""
    return _inserted(tx.execute(insert(connection).values(facts={}, is_active=True, **values)))


def change(tx: Tx, connection_id: int, **values: Any) -> None:
    """Change columns of a connection."""
    change_row(tx, connection, connection_id, values)


def seen(tx: Tx, connection_id: int, now: datetime) -> Connection:
    """Keep that somebody called for a connection, and load it; its row stays locked."""
    row = _SEEN.one(tx, {"row": connection_id, "now": now})
    assert row is not None, "connections are never deleted"
    return _connection(row)


_SEEN = Typed(
    lambda _dialect: (
        update(connection)
        .where(connection.c.id == bindparam("row"))
        .values(last_seen_at=bindparam("now", type_=connection.c.last_seen_at.type))
        .returning(*_CONNECTION)
    )
)


def reseal(tx: Tx, connection_id: int, before: str, after: str) -> bool:
    """Put a secret in another's place; ``False``: somebody has changed it meanwhile."""
    changed = tx.execute(
        update(connection)
        .where(connection.c.id == connection_id, connection.c.secret == before)
        .values(secret=after)
    )
    return changed.rowcount == 1


def load(tx: Tx, id_or_name: int | str) -> Connection | None:
    """Find a connection by its id or its name, as ``_id_of`` reads what a person types."""
    row = _LOAD.one(tx, {"row": _id_of(tx, connection, id_or_name)})
    return None if row is None else _connection(row)


def ends_of(tx: Tx, between: Link) -> tuple[Connection, Connection]:
    """Load both connections of a link: the operations side, then the books."""
    ends = {"operations": between.operations_id, "books": between.books_id}
    found = {row.id: row for row in map(_connection, _ENDS.rows(tx, ends))}
    return found[between.operations_id], found[between.books_id]


def by_user_name(tx: Tx, user_name: str) -> Connection | None:
    """Find the connection whose Web Connector signs in by this name."""
    row = _BY_USER_NAME.one(tx, {"user": user_name})
    return None if row is None else _connection(row)


_LOAD = Typed(lambda _dialect: select(*_CONNECTION).where(connection.c.id == bindparam("row")))
_ENDS = Typed(
    lambda _dialect: select(*_CONNECTION).where(
        connection.c.id.in_([bindparam("operations"), bindparam("books")])
    )
)
_BY_USER_NAME = Typed(
    lambda _dialect: select(*_CONNECTION).where(connection.c.user_name == bindparam("user"))
)


def all_connections(tx: Tx) -> list[Connection]:
    """List all connections, oldest first."""
    rows = tx.execute(select(*_CONNECTION).order_by(connection.c.id))
    return [_connection(row) for row in rows]


# Longer numbers are no ids: neither database counts that far.
_ID_DIGITS_MAX = 18


def _id_of(tx: Tx, table: Table, id_or_name: int | str) -> int | None:
    """Say whose id or name it is: the id first, then the exact name, then in any case.

    Of two with one name the one in use is meant, not the one that was removed.

    Names are compared here: what the databases take for the same letter in small and in
    capitals differs beyond A to Z.
    """
    if isinstance(id_or_name, int):
        return id_or_name
    is_number = id_or_name.isascii() and id_or_name.isdecimal()
    if is_number and len(id_or_name) <= _ID_DIGITS_MAX:
        found = tx.scalar(select(table.c.id).where(table.c.id == int(id_or_name)))
        if found is not None:
            return int(found)
    rows = tx.execute(select(table.c.id, table.c.name).order_by(table.c.is_active)).all()
    named: dict[str, int] = {name: row for row, name in rows}
    folded: dict[str, int] = {name.casefold(): row for row, name in rows}
    return named.get(id_or_name) or folded.get(id_or_name.casefold())


def add_link(tx: Tx, **values: Any) -> int:
    """Add a link; says its id."""
    return _inserted(tx.execute(insert(link).values(is_active=True, **values)))


def change_link(tx: Tx, link_id: int, **values: Any) -> None:
    """Change columns of a link."""
    change_row(tx, link, link_id, values)


def lock_link(tx: Tx, link_id: int) -> None:
    """Keep everybody else from changing a link and its settings until the transaction ends.

    Whoever reads settings and writes them anew takes this first: two people who save at
    once then follow each other, and neither's change is lost.
    """
    tx.execute(select(link.c.id).where(link.c.id == link_id).with_for_update(key_share=True))


def load_link(tx: Tx, id_or_name: int | str) -> Link | None:
    """Find a link by its id or its name."""
    sought = _id_of(tx, link, id_or_name)
    row = _LOAD_LINK.one(tx, {"row": sought})
    return None if row is None else _link(row)


_LOAD_LINK = Typed(lambda _dialect: select(*_LINK).where(link.c.id == bindparam("row")))


def all_links(tx: Tx) -> list[Link]:
    """List all links, oldest first."""
    return [_link(row) for row in tx.execute(select(*_LINK).order_by(link.c.id))]


def links_of(tx: Tx, connection_id: int) -> list[Link]:
    """List the active links that a connection is part of."""
    return [_link(row) for row in _LINKS_OF.rows(tx, {"connection": connection_id})]


_LINKS_OF = Typed(
    lambda _dialect: (
        select(*_LINK)
        .where(
            link.c.is_active,
            or_(
                link.c.operations_id == bindparam("connection"),
                link.c.books_id == bindparam("connection"),
            ),
        )
        .order_by(link.c.id)
    )
)


def keep_settings(tx: Tx, link_id: int, values: str, author: str, now: datetime) -> int:
    """Keep a new version of a link's settings; says its number."""
    # Two people who save at once make two versions, one after the other.
    lock_link(tx, link_id)
    last = tx.scalar(
        select(func.max(link_settings.c.version)).where(link_settings.c.link_id == link_id)
    )
    version = (last or 0) + 1
    tx.execute(
        insert(link_settings).values(
            link_id=link_id, version=version, values=values, author=author, made_at=now
        )
    )
    return version


def settings(tx: Tx, link_id: int) -> tuple[int, str]:
    """Give a link's newest settings: version and stored text; version 0: none yet."""
    row = _SETTINGS.one(tx, {"link": link_id})
    return NO_SETTINGS if row is None else (row[0], row[1])


def all_settings(tx: Tx) -> dict[int, tuple[int, str]]:
    """Give the newest settings of every link that has any: version and stored text."""
    newest = (
        select(link_settings.c.link_id, func.max(link_settings.c.version).label("version"))
        .group_by(link_settings.c.link_id)
        .subquery()
    )
    rows = tx.execute(
        select(link_settings.c.link_id, link_settings.c.version, link_settings.c["values"]).join(
            newest,
            (newest.c.link_id == link_settings.c.link_id)
            & (newest.c.version == link_settings.c.version),
        )
    )
    return {row[0]: (row[1], row[2]) for row in rows}


_SETTINGS = Typed(
    lambda _dialect: (
        select(link_settings.c.version, link_settings.c["values"])
        .where(link_settings.c.link_id == bindparam("link"))
        .order_by(link_settings.c.version.desc())
        .limit(1)
    )
)


def settings_versions(tx: Tx, link_id: int) -> Sequence[Mapping[str, Any]]:
    """List the versions of a link's settings, oldest first."""
    rows = tx.execute(
        select(
            link_settings.c.version,
            link_settings.c["values"],
            link_settings.c.author,
            link_settings.c.made_at,
        )
        .where(link_settings.c.link_id == link_id)
        .order_by(link_settings.c.version)
    )
    return [dict(zip(("version", "values", "author", "made_at"), row, strict=True)) for row in rows]


def wake(tx: Tx, connection_id: int, now: datetime) -> None:
    """Let a connection that we call be driven soon, from any transaction.

    A row is added and none is changed: a transaction of one connection that changed
    another's row would wait for it, and two of them for each other.
    """
    tx.execute(insert(wakes).values(connection_id=connection_id, at=now))


def woken(tx: Tx) -> set[int]:
    """List the connections that somebody wants driven."""
    return set(tx.scalars(select(wakes.c.connection_id).distinct()))


def take_wakes(tx: Tx, connection_id: int) -> None:
    """Drop what a drive now answers; only whoever holds the lease does so.

    What is added later stays, and has the connection driven once more.
    """
    tx.execute(delete(wakes).where(wakes.c.connection_id == connection_id))


def claim(tx: Tx, connection_id: int, owner: str, now: datetime, until: datetime) -> int | None:
    """Take the lease of a connection; says the epoch, ``None`` while another holds it."""
    free = or_(
        connection.c.lease_until.is_(None),
        connection.c.lease_until < now,
        connection.c.lease_owner == owner,
    )
    epoch: int | None = tx.execute(
        update(connection)
        .where(connection.c.id == connection_id, free)
        .values(lease_owner=owner, lease_until=until, epoch=connection.c.epoch + 1)
        .returning(connection.c.epoch)
    ).scalar()
    return epoch


def extend(tx: Tx, connection_id: int, epoch: int, until: datetime) -> bool:
    """Keep the lease for longer; ``False``: it is no longer this drive's, so stop.

    In the transaction that stores what the drive found out, this is the fence: the row
    stays locked until the commit, so that no other drive can begin in between.
    """
    kept = {"row": connection_id, "of_epoch": epoch, "until": until}
    return _EXTEND.run(tx, kept) > 0


_EXTEND = Typed(
    lambda _dialect: (
        update(connection)
        .where(
            connection.c.id == bindparam("row"),
            connection.c.epoch == bindparam("of_epoch"),
            connection.c.lease_owner.is_not(None),
        )
        .values(lease_until=bindparam("until", type_=connection.c.lease_until.type))
    )
)


def release(tx: Tx, connection_id: int, epoch: int, **values: Any) -> None:
    """Give the lease back, and keep what the drive found out."""
    tx.execute(
        update(connection)
        .where(connection.c.id == connection_id, connection.c.epoch == epoch)
        .values(lease_owner=None, lease_until=None, **values)
    )


def release_all(tx: Tx) -> None:
    """Free every lease and every renewal: for the one process of an SQLite file, at its start."""
    tx.execute(update(connection).values(lease_owner=None, lease_until=None))
    tx.execute(update(oauth_grant).values(renewer=None, renewing_since=None))


def request_retrieval(
    tx: Tx, link_id: int, flow: str, since: date | None, author: str, now: datetime
) -> int:
    """Note that a person wants documents retrieved; says the request's id."""
    return _inserted(
        tx.execute(
            insert(request).values(
                link_id=link_id, flow=flow, since=since, author=author, made_at=now
            )
        )
    )


def open_requests(tx: Tx, link_ids: Sequence[int]) -> list[Request]:
    """List the retrievals that people asked for and no run has taken up."""
    rows = tx.execute(
        select(request.c.id, request.c.link_id, request.c.flow, request.c.since)
        .where(request.c.link_id.in_(link_ids), request.c.taken_at.is_(None))
        .order_by(request.c.id)
    )
    return [Request(**dict(zip(Request.__struct_fields__, row, strict=True))) for row in rows]


def requests(tx: Tx, ids: Sequence[int]) -> list[Request]:
    """Load requests by their ids, carried out or not."""
    if not ids:
        return []
    rows = tx.execute(
        select(request.c.id, request.c.link_id, request.c.flow, request.c.since)
        .where(request.c.id.in_(ids))
        .order_by(request.c.id)
    )
    return [Request(**dict(zip(Request.__struct_fields__, row, strict=True))) for row in rows]


def take_requests(tx: Tx, ids: Sequence[int], now: datetime) -> None:
    """Note that a run has carried requests out."""
    if ids:
        tx.execute(update(request).where(request.c.id.in_(ids)).values(taken_at=now))


def note(
    tx: Tx,
    now: datetime,
    actor: str,
    action: str,
    subject: str,
    detail: str | None = None,
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Write a line of the audit; ``before`` and ``after``: what changed, member by member."""
    tx.execute(
        insert(audit).values(
            at=now,
            actor=actor,
            action=action,
            subject=subject,
            detail=detail,
            before=before,
            after=after,
        )
    )


def notes(tx: Tx, subject: str) -> Sequence[Mapping[str, Any]]:
    """Read the audit of one subject, oldest first."""
    rows = tx.execute(
        select(audit.c.at, audit.c.actor, audit.c.action, audit.c.detail)
        .where(audit.c.subject == subject)
        .order_by(audit.c.id)
    )
    return [dict(zip(("at", "actor", "action", "detail"), row, strict=True)) for row in rows]


class Noted(NamedTuple):
    """What somebody did to something."""

    subject: str
    at: datetime
    actor: str


def noted(tx: Tx, subjects: Iterable[str], actions: Iterable[str]) -> list[Noted]:
    """Read of the audit who did some things to some subjects, oldest first."""
    rows = tx.execute(
        select(audit.c.subject, audit.c.at, audit.c.actor)
        .where(among(tx.dialect, audit.c.subject, "subjects"), audit.c.action.in_(sorted(actions)))
        .order_by(audit.c.id),
        {"subjects": listed(tx, sorted(subjects))},
    )
    return [Noted(*row) for row in rows]


def take_token(
    tx: Tx, connection_id: int, now: datetime, *, capacity: int, per_minute: int
) -> float:
    """Take one call from a connection's shared budget, if there is one left.

    However many processes ask, the calls that may leave in any stretch of time never
    number more than ``capacity`` plus ``per_minute`` for each minute of it.  The row is
    locked while it is counted, so all processes share one budget.

    Returns:
        0 when the call may leave now; else the seconds after which to ask again.
    """
    row = _COUNTED.one(tx, {"connection": connection_id})
    if row is None:  # the first call of all, perhaps of several at once
        full = {"connection_id": connection_id, "tokens": capacity * _MILLION, "counted_at": now}
        tx.execute(insert_of(tx.dialect)(budget).on_conflict_do_nothing(), [full])
        row = _COUNTED.one(tx, {"connection": connection_id})
        assert row is not None, "it was kept just now"
    tokens: int = row[0]
    counted_at: datetime = row[1]
    # A clock that went back, or another machine's that is behind, adds nothing.
    elapsed_s = max((now - counted_at).total_seconds(), 0.0)
    tokens = min(tokens + int(elapsed_s * per_minute / 60 * _MILLION), capacity * _MILLION)
    lacking = max(_MILLION - tokens, 0)
    left = tokens if lacking else tokens - _MILLION
    _COUNT.run(tx, {"connection": connection_id, "left": left, "at": max(now, counted_at)})
    return lacking / _MILLION / per_minute * 60


_COUNTED = Typed(
    lambda _dialect: (
        select(budget.c.tokens, budget.c.counted_at)
        .where(budget.c.connection_id == bindparam("connection"))
        .with_for_update()
    )
)
_COUNT = Typed(
    lambda _dialect: (
        update(budget)
        .where(budget.c.connection_id == bindparam("connection"))
        .values(
            tokens=bindparam("left", type_=budget.c.tokens.type),
            counted_at=bindparam("at", type_=budget.c.counted_at.type),
        )
    )
)


def choices_of(tx: Tx, link_id: int) -> Sequence[Mapping[str, Any]]:
    """List what people decided about names, for showing."""
    rows = tx.execute(select(name_choice).where(name_choice.c.link_id == link_id))
    return [dict(row) for row in rows.mappings()]
