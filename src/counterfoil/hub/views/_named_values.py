"""What settings name, held beside the real lists: which account, which customer, which tax code.

All of it is told by our own copy of the lists, so a look costs no call.  Of a list that was not
read nothing is known: a name that is not in the copy is then *unknown*, never *not there*.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from typing import Any, Final, NamedTuple

import msgspec
from sqlalchemy import Connection as Tx

from counterfoil.documents import Account, ListRecord, RecordKind, name_key
from counterfoil.engine.matching import Entry, Fit, match, suggestions
from counterfoil.errors import UsageError
from counterfoil.hub.finding import find_link
from counterfoil.hub.links import LinkView, view_of
from counterfoil.hub.needed import ask, asked
from counterfoil.hub.setup import Hub
from counterfoil.hub.systems import traits_of
from counterfoil.hub.unread import unread_lists
from counterfoil.ledger import connections, directory
from counterfoil.ledger.connections import Connection
from counterfoil.settings import (
    OPTIONS,
    Naming,
    Option,
    Settings,
    applies,
    decode_settings,
    options_for,
    sections_for,
)

__all__ = ["NamedStanding", "NamedValue", "NamesOffered", "named_values", "names_offered"]


class NamedStanding(StrEnum):
    """How a name that a setting gives stands in the list that it is of."""

    FOUND = "found"
    """Exactly one active record bears it."""
    INACTIVE = "inactive"
    """It is kept for history there, and is refused on new documents."""
    SEVERAL = "several"
    """More than one active record bears it."""
    ABSENT = "not found"
    """The list was read to its end, and no record bears it."""
    UNKNOWN = "unknown"
    """The list was not read, or is not read from that system."""


class NamedValue(msgspec.Struct, frozen=True, kw_only=True):
    """A name that a setting gives, beside the list that it is of.

    Attributes:
        key: The setting's.
        name: As it is set.
        list: Which list, in the words of people: ``account``.
        connection: Name of the connection whose list it is.
        near: Names there that are like it, best first; only where it is not found.
        sentence: How it stands, and what to do; empty: it is found.
    """

    key: str
    name: str
    list: str
    connection: str
    standing: NamedStanding
    near: tuple[str, ...] = ()
    sentence: str = ""

    @property
    def is_wrong(self) -> bool:
        """Whether documents would stop over it, as far as is known."""
        return self.standing in (
            NamedStanding.INACTIVE,
            NamedStanding.SEVERAL,
            NamedStanding.ABSENT,
        )


class NamesOffered(msgspec.Struct, frozen=True, kw_only=True):
    """Names that a setting may give: what a form offers while somebody types.

    Attributes:
        names: Full names (or identities, where the setting wants one), each with a remark.
        problem: Why there may be others; ``None``: the list is known as it was last read.
    """

    names: tuple[tuple[str, str], ...]
    problem: str | None = None


class _Given(NamedTuple):
    """A name that a setting gives."""

    option: Option
    naming: Naming
    name: str


def named_values(hub: Hub, link: int | str, settings: Settings | None = None) -> list[NamedValue]:
    """Hold every name that a link's settings give beside the list that it is of.

    What has no effect is passed over.  A list that is not known is read by the next run.

    Args:
        settings: What somebody is about to set; ``None``: what is set.
    """
    with hub.database.reading() as tx:
        view = view_of(tx, find_link(tx, link))
        if settings is None:
            _version, stored = connections.settings(tx, view.link.id)
            settings = decode_settings(stored).settings
        given = list(_given(view, settings))
        found = [_value(tx, view, each) for each in given]
    _ask_for(hub, view, given, found)
    return found


def _given(view: LinkView, settings: Settings) -> Iterator[_Given]:
    systems = view.operations.system, view.books.system
    for section in sections_for(*systems):
        for option in options_for(section, *systems):
            if option.names and applies(option, settings):
                yield from _names_in(option, settings.value(option.key))


def _names_in(option: Option, value: Any) -> Iterator[_Given]:
    """Take the names out of a value: a text, several, a pair, or several pairs."""
    if not value:
        return
    rows = value if isinstance(value, tuple) else (value,)
    for row in rows:
        parts = (row,) if isinstance(row, str) else msgspec.structs.astuple(row)
        for naming, name in zip(option.names, parts, strict=True):
            if naming is not None and name:
                yield _Given(option, naming, name)


def _value(tx: Tx, view: LinkView, given: _Given) -> NamedValue:
    connection = _whose(view, given.naming)
    kind = given.naming.list
    fit, names = _fit(tx, connection, given)
    unread = _why_unread(tx, connection, kind)
    standing = _STANDINGS[fit]
    if standing is NamedStanding.ABSENT and unread is not None:
        standing = NamedStanding.UNKNOWN
    plain = NamedValue(
        key=given.option.key,
        name=given.name,
        list=_called(kind, is_operations=connection.id == view.operations.id),
        connection=connection.name,
        standing=standing,
    )
    near = suggestions(given.name, names) if standing is NamedStanding.ABSENT else ()
    told = _TOLD[standing](plain, unread)
    return msgspec.structs.replace(plain, near=near, sentence=told)


def _called(kind: RecordKind, *, is_operations: bool) -> str:
    """Call a list as the people of its system do: sites of operations are locations there."""
    is_location = kind is RecordKind.INVENTORY_SITE and is_operations
    return "inventory location" if is_location else kind.words


_STANDINGS: Final[Mapping[Fit, NamedStanding]] = {
    Fit.FOUND: NamedStanding.FOUND,
    Fit.INACTIVE: NamedStanding.INACTIVE,
    Fit.AMBIGUOUS: NamedStanding.SEVERAL,
    Fit.ABSENT: NamedStanding.ABSENT,
}


def _found(_value: NamedValue, _unread: str | None) -> str:
    return ""


def _inactive(value: NamedValue, _unread: str | None) -> str:
    return (
        f"The {value.list} “{value.name}” is inactive in {value.connection}. Make it active "
        "there, or choose another."
    )


def _several(value: NamedValue, _unread: str | None) -> str:
    return (
        f"{value.connection} has more than one {value.list} called “{value.name}”. Rename one of "
        "them there."
    )


def _absent(value: NamedValue, _unread: str | None) -> str:
    return (
        f"{value.connection} has no {value.list} “{value.name}”. Choose one that is there, or "
        "make it there first."
    )


def _unknown(value: NamedValue, unread: str | None) -> str:
    assert unread is not None, "only what is not read is unknown"
    return f"Nobody can say yet whether {value.connection} has it: {unread.rstrip('.')}."


_Telling = Callable[[NamedValue, str | None], str]
_TOLD: Final[Mapping[NamedStanding, _Telling]] = {
    NamedStanding.FOUND: _found,
    NamedStanding.INACTIVE: _inactive,
    NamedStanding.SEVERAL: _several,
    NamedStanding.ABSENT: _absent,
    NamedStanding.UNKNOWN: _unknown,
}


def _fit(tx: Tx, connection: Connection, given: _Given) -> tuple[Fit, list[str]]:
    """Look a name up; with the names that may have been meant."""
    kind = given.naming.list
    if given.naming.by_identity:
        known = directory.read_known(tx, connection.id, kind, [given.name])
        entries = [Entry(kind, each.id, each.full_name, each.is_active) for each in known.values()]
    else:
        key = name_key(given.name)
        entries = list(directory.find(tx, connection.id, [key]).get(key, ()))
    fit, _entries = match(kind, entries, lists_share_names=False)
    names = [] if given.naming.by_identity else directory.names(tx, connection.id, kind)
    return fit, names


def _whose(view: LinkView, naming: Naming) -> Connection:
    return view.books if naming.is_of_books else view.operations


def _why_unread(tx: Tx, connection: Connection, kind: RecordKind) -> str | None:
    """Say why a list is not known as it is now; ``None``: it is."""
    if kind not in traits_of(connection.system).lists:
        return f"{connection.system.words} gives no list of its {kind.words}s"
    return unread_lists(tx, connection).get(kind)


def _ask_for(hub: Hub, view: LinkView, given: list[_Given], found: list[NamedValue]) -> None:
    """Let the next run read the lists of which nothing is known."""
    wanted = {
        (_whose(view, each.naming).id, each.naming.list): _whose(view, each.naming)
        for each, value in zip(given, found, strict=True)
        if value.standing is NamedStanding.UNKNOWN
    }
    missing = [
        (connection, kind)
        for (connection, kind), whose in wanted.items()
        if kind in traits_of(whose.system).lists and kind not in asked(whose)
    ]
    if missing:
        with hub.database.writing() as tx:
            for connection, kind in missing:
                ask(tx, connection, kind)


# --- What a form offers -------------------------------------------------------------------

_OFFERED_MAX: Final = 20


def names_offered(
    hub: Hub, link: int | str, key: str, text: str, *, part: int = 0, limit: int = _OFFERED_MAX
) -> NamesOffered:
    """Give the active records whose names have a text in them, for a setting that names one.

    Args:
        key: The setting's.
        part: Which part of a pair.

    Raises:
        UsageError: There is no such link, or no such setting that names a record.
    """
    option = OPTIONS.get(key)
    naming = option.names[part] if option is not None and part < len(option.names) else None
    if naming is None:
        raise UsageError(f"{key!r} is no setting that names a record of a list.")
    with hub.database.reading() as tx:
        view = view_of(tx, find_link(tx, link))
        connection = _whose(view, naming)
        records = directory.every(
            tx, connection.id, naming.list, text=text.strip(), only_active=True, limit=limit
        )
        return NamesOffered(
            names=tuple(_offer(each, naming) for each in records),
            problem=_why_unread(tx, connection, naming.list),
        )


def _offer(record: ListRecord, naming: Naming) -> tuple[str, str]:
    if naming.by_identity:
        return record.id, record.full_name
    kind = record.type if isinstance(record, Account) else None
    return record.full_name, "" if kind is None else kind.value.replace("_", " ")
