"""The audit as people read it: who did what, when, to what, and what it was before and after.

Lines name what they are about by number (``link/3``), so that they stay true when it is renamed;
people are told its present name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

import msgspec
from sqlalchemy import Connection as Tx

from counterfoil.hub.document_line import called
from counterfoil.hub.setup import Hub
from counterfoil.ledger import audits, connections, tokens, transfers, users
from counterfoil.ledger.audits import Line, Place

__all__ = ["AuditRow", "Change", "Sought", "actors", "all_rows", "changed_members", "page_of"]

_ACTORS_MAX: Final = 200
_AT_A_TIME: Final = 500


class Change(NamedTuple):
    """One member of what was changed; ``None``: it was not there, or is not any more."""

    member: str
    before: str | None
    after: str | None


class AuditRow(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the audit.

    Attributes:
        subject: What it is about, such as ``link/3``; empty: the hub.
        about: The same in words: the name, of documents their kind and number.
        page: Where the console shows it; empty: nowhere.
    """

    id: int
    at: datetime
    actor: str
    action: str
    subject: str
    about: str
    detail: str | None
    changes: list[Change]
    page: str = ""


class Sought(NamedTuple):
    """Which lines are asked for; ``None``: whichever.

    Attributes:
        actor: Who did it.
        subject: What it is about, such as ``link/3``.
        since, until: From this moment on, and before that one.
    """

    actor: str | None = None
    subject: str | None = None
    since: datetime | None = None
    until: datetime | None = None


def actors(hub: Hub) -> list[str]:
    """List who did anything, in alphabetical order."""
    with hub.database.reading() as tx:
        return audits.actors(tx, _ACTORS_MAX)


def page_of(
    hub: Hub, sought: Sought, *, beyond: Place | None = None, limit: int = 50
) -> tuple[list[AuditRow], Place | None]:
    """Give a page of lines, the newest first, and where the next one begins; ``None``: nowhere."""
    with hub.database.reading() as tx:
        found = audits.lines(tx, **sought._asdict(), beyond=beyond, limit=limit + 1)
        names = {**_names(tx), **_documents(tx, found)}
    shown = [_row(each, names) for each in found[:limit]]
    last = shown[-1] if len(found) > limit else None
    return shown, None if last is None else (last.at, last.id)


def all_rows(hub: Hub, sought: Sought) -> Iterator[AuditRow]:
    """Go through all lines, the newest first."""
    beyond: Place | None = None
    while True:
        rows, beyond = page_of(hub, sought, beyond=beyond, limit=_AT_A_TIME)
        yield from rows
        if beyond is None:
            return


def _names(tx: Tx) -> Mapping[str, str]:
    """Give the present names of what lines are about."""
    named: tuple[tuple[str, Any], ...] = (
        ("connection", connections.all_connections(tx)),
        ("link", connections.all_links(tx)),
        ("token", tokens.all_tokens(tx)),
        ("user", users.all_users(tx)),
    )
    return {f"{kind}/{each.id}": str(each.name) for kind, found in named for each in found}


def _documents(tx: Tx, lines: Sequence[Line]) -> Mapping[str, str]:
    """Call the documents that lines are about as people know them."""
    numbers = (each.subject.removeprefix(_TRANSFER) for each in lines)
    ids = {int(each) for each in numbers if each.isdecimal()}
    return {f"{_TRANSFER}{each.transfer.id}": called(each) for each in transfers.load(tx, ids)}


_TRANSFER: Final = "transfer/"
_PAGES: Final[Mapping[str, str]] = {
    "connection": "/connections/{}",
    "link": "/links/{}",
    "run": "/runs/{}",
    "transfer": "/transfers/{}",
    "user": "/admin/people/{}",
}
# What is known by its name alone.
_NAMED: Final = frozenset({"user", "token", "transfer"})


def _page(line: Line, names: Mapping[str, str]) -> str:
    """Give the page of what a line is about, where that is still there."""
    kind, _slash, number = line.subject.partition("/")
    is_there = line.subject in names or kind == "run"
    return _PAGES[kind].format(number) if is_there and kind in _PAGES else ""


def _row(line: Line, names: Mapping[str, str]) -> AuditRow:
    before, after = line.before or {}, line.after or {}
    return AuditRow(
        id=line.id,
        at=line.at,
        actor=line.actor,
        action=line.action,
        subject=line.subject,
        about=_about(line, names),
        page=_page(line, names),
        detail=line.detail,
        changes=[
            Change(name, _told(before, name), _told(after, name)) for name in {**before, **after}
        ],
    )


def _about(line: Line, names: Mapping[str, str]) -> str:
    """Name what a line is about: people and tokens that are gone stand in its detail."""
    kind, _slash, number = line.subject.partition("/")
    name = names.get(line.subject)
    if name is None:
        is_gone = kind in ("user", "token") and line.detail
        return str(line.detail) if is_gone else line.subject.replace("/", " ")
    return name if kind in _NAMED else f"{name} ({kind} {number})"


def _told(members: Mapping[str, Any], name: str) -> str | None:
    value = members.get(name)
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return msgspec.json.encode(value).decode()


# --- Writing ------------------------------------------------------------------------------


def changed_members(
    before: Mapping[str, Any], after: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Give what differs of two nested values, member by member (``sales-order-out.mode``)."""
    was, now = dict(_members(before)), dict(_members(after))
    names = [name for name in {**was, **now} if was.get(name) != now.get(name)]
    return (
        {name: was[name] for name in names if name in was},
        {name: now[name] for name in names if name in now},
    )


def _members(value: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, Any]]:
    for name, each in value.items():
        if isinstance(each, Mapping):
            yield from _members(each, f"{path}{name}.")
        else:
            yield f"{path}{name}", each
