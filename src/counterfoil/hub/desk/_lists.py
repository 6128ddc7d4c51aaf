"""What people look up in a connection's lists: an account's id, how an item is written.

All of it is our own copy (the directory), so a look costs no call; each answer says as of
when it holds.  A list that was not read is no empty list: asking for it says so instead.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from itertools import islice
from types import MappingProxyType
from typing import Any, Final

import msgspec
from sqlalchemy import Connection as Tx

from counterfoil.documents import (
    Account,
    Employee,
    FieldDefinition,
    Item,
    ListRecord,
    RecordKind,
    TaxCode,
    UnitSet,
    ended,
    name_key,
)
from counterfoil.engine.reading import records_cursor
from counterfoil.errors import UsageError
from counterfoil.hub.links import views_of
from counterfoil.hub.needed import ask, lists_needed
from counterfoil.hub.setup import Hub
from counterfoil.hub.systems import traits_of
from counterfoil.hub.unread import unread_lists
from counterfoil.ledger import directory, runs
from counterfoil.ledger.connections import Connection
from counterfoil.told import Advice

__all__ = [
    "LISTS",
    "ListPage",
    "ListRow",
    "ListStanding",
    "ask_for_list",
    "list_named",
    "list_page",
    "list_standings",
    "opened_list",
    "place_of",
    "token_of",
]

LISTS: Final[Mapping[str, RecordKind]] = MappingProxyType(
    {
        "accounts": RecordKind.ACCOUNT,
        "items": RecordKind.ITEM,
        "customers": RecordKind.CUSTOMER,
        "vendors": RecordKind.VENDOR,
        "employees": RecordKind.EMPLOYEE,
        "other-names": RecordKind.OTHER_NAME,
        "classes": RecordKind.CLASS,
        "payroll-items": RecordKind.PAYROLL_ITEM,
        "tax-codes": RecordKind.TAX_CODE,
        "units": RecordKind.UNIT_SET,
        "custom-fields": RecordKind.CUSTOM_FIELD,
        "ship-methods": RecordKind.SHIP_METHOD,
        "payment-terms": RecordKind.PAYMENT_TERM,
        "locations": RecordKind.LOCATION,
        "inventory-sites": RecordKind.INVENTORY_SITE,
    }
)
"""What people call the lists."""
_WORDS: Final = {kind: word for word, kind in LISTS.items()}


class ListStanding(msgspec.Struct, frozen=True, kw_only=True):
    """How a list of a connection stands in our copy.

    Attributes:
        list: What people call it.
        connection: The connection's number; ``name`` is what it is called.
        records: How many there are, inactive ones among them.
        read_at: When it was last read to its end; ``None``: it is still to be read, or to
            be read anew as a whole.
        problem: Why it may not be as it is there now; ``None``: it is as of ``read_at``.
        is_needed: A flow or a setting needs it, so every run keeps it fresh; any other list is
            read after somebody looked at it.
    """

    list: str
    connection: int
    name: str
    records: int
    read_at: datetime | None
    problem: str | None
    is_needed: bool = True


class ListRow(msgspec.Struct, frozen=True, kw_only=True):
    """A record as lists show it; what its kind does not have is ``None``.

    Attributes:
        id: Its identity there (QuickBooks: ListID).
        full_name: With those above it, joined by colons.
        is_active: ``False``: kept for history, refused on new documents.
        type: Of an account or an item.
        number: Of an account or an employee.
        description: Of an item.
        income_account: Of an item: name or identity of the account that its sales post to.
        unit: What an item is counted in; of a set of units, the unit of stock and prices.
        units: The other units of a set, with how many of the first one each is.
        is_taxable: Of a tax code.
        used_by: Kinds of records that have the custom field.
    """

    id: str
    full_name: str
    is_active: bool
    type: str | None = None
    number: str | None = None
    description: str | None = None
    income_account: str | None = None
    unit: str | None = None
    units: tuple[str, ...] | None = None
    is_taxable: bool | None = None
    used_by: tuple[str, ...] | None = None


class ListPage(msgspec.Struct, frozen=True, kw_only=True):
    """A page of a list; ``next``: what to ask the following page with, ``None``: no more."""

    standing: ListStanding
    rows: tuple[ListRow, ...]
    next: str | None


# --- Which lists --------------------------------------------------------------------------


def list_named(connection: Connection, word: str) -> RecordKind:
    """Find a list by what people call it.

    Raises:
        UsageError: There is no such list, or it is not read from that system.
    """
    typed = word.strip().lower().replace("_", "-").replace(" ", "-")
    kind = LISTS.get(typed) or next((each for each in RecordKind if each.value == typed), None)
    read = traits_of(connection.system).lists
    if kind not in read:
        known = ", ".join(_WORDS[each] for each in read)
        raise UsageError(
            f"{word!r} is no list that is read from {connection.system.words}. "
            f"Choose one of: {known}."
        )
    return kind


def list_standings(hub: Hub, connection: Connection) -> list[ListStanding]:
    """Say how each list of a connection stands."""
    with hub.database.reading() as tx:
        return _standings(tx, connection)


def _standings(tx: Tx, connection: Connection) -> list[ListStanding]:
    counted = directory.count(tx, connection.id)
    read = runs.cursors(tx, connection.id)
    unread = unread_lists(tx, connection)
    needed = lists_needed(connection, views_of(tx, connection.id))
    return [
        ListStanding(
            list=_WORDS[kind],
            connection=connection.id,
            name=connection.name,
            records=counted.get(kind, 0),
            read_at=read[name][1] if (name := records_cursor(kind)) in read else None,
            problem=_problem(
                unread.get(kind),
                anew=name not in read and kind in counted,
                is_needed=kind in needed or name in read,
            ),
            is_needed=kind in needed,
        )
        for kind in traits_of(connection.system).lists
    ]


def _problem(unread: str | None, *, anew: bool, is_needed: bool) -> str | None:
    if anew:
        return "It is read anew as a whole with the next run; until then this is what was known."
    if unread is not None and not is_needed:
        return f"{unread.rstrip('.')}: no flow needs it, and it is read when somebody asks for it."
    return unread


# --- One list -----------------------------------------------------------------------------


@contextmanager
def opened_list(
    hub: Hub, connection: Connection, word: str, *, text: str | None = None, everything: bool
) -> Iterator[tuple[ListStanding, Iterator[ListRow]]]:
    """Give how a list stands and its records by name, which are read as they are asked for.

    Args:
        text: Part of the full name, or the whole identity.
        everything: Also what is inactive.

    Raises:
        UsageError: There is no such list, or it has not been read yet.
    """
    kind = list_named(connection, word)
    _ask_if_unneeded(hub, connection, kind)
    with hub.database.reading() as tx:
        standing = _read(tx, connection, kind)
        found = directory.every(tx, connection.id, kind, text=text, only_active=not everything)
        yield standing, (_row(each) for each in found)


def list_page(
    hub: Hub,
    connection: Connection,
    word: str,
    *,
    text: str | None = None,
    everything: bool,
    limit: int,
    after: str | None = None,
    asks: bool = True,
) -> ListPage:
    """Give a page of a list.

    Args:
        asks: Let the next run read it where no flow needs it, for somebody looks at it.

    Raises:
        UsageError: There is no such list, it has not been read yet, or no page begins there.
    """
    kind = list_named(connection, word)
    place = None if after is None else place_of(after)
    if asks:
        _ask_if_unneeded(hub, connection, kind)
    with hub.database.reading() as tx:
        standing = _read(tx, connection, kind)
        found = directory.every(
            tx,
            connection.id,
            kind,
            text=text,
            only_active=not everything,
            after=place,
            limit=limit + 1,
        )
        records = list(found)
    rows = tuple(_row(each) for each in islice(records, limit))
    following = _token(records[limit - 1]) if len(records) > limit else None
    return ListPage(standing=standing, rows=rows, next=following)


def ask_for_list(hub: Hub, connection: Connection, word: str) -> None:
    """Let the next run read a list that no flow needs.

    Raises:
        UsageError: There is no such list.
    """
    _ask_if_unneeded(hub, connection, list_named(connection, word))


def _ask_if_unneeded(hub: Hub, connection: Connection, kind: RecordKind) -> None:
    """Let the next run read a list that no flow needs, for somebody looks at it."""
    with hub.database.reading() as tx:
        if kind in lists_needed(connection, views_of(tx, connection.id)):
            return
    with hub.database.writing() as tx:
        ask(tx, connection.id, kind)


def _read(tx: Tx, connection: Connection, kind: RecordKind) -> ListStanding:
    """Give how a list stands that was read at some time."""
    found = next(each for each in _standings(tx, connection) if each.list == _WORDS[kind])
    if found.read_at is None and not found.records:
        why = ended(found.problem or "It has not been read yet")
        raise _not_read(connection, f"{connection.name}: {why}")
    return found


def _not_read(connection: Connection, why: str) -> UsageError:
    if traits_of(connection.system).is_called:
        return UsageError(why, Advice("It is read with the next run of its link", "run --all"))
    return UsageError(f"{why} It is read when its Web Connector or agent calls next.")


def _token(record: ListRecord) -> str:
    return token_of(name_key(record.full_name), record.id)


def token_of(key: str, identity: str) -> str:
    """Say in one word where a page ends: at a name key and an identity."""
    return base64.urlsafe_b64encode(msgspec.json.encode((key, identity))).decode()


def place_of(token: str) -> tuple[str, str]:
    """Read where the page before ended.

    Raises:
        UsageError: No page begins there.
    """
    try:
        return msgspec.json.decode(base64.urlsafe_b64decode(token), type=tuple[str, str])
    except (binascii.Error, ValueError) as error:
        raise UsageError(f"No page begins at {token!r}. Take what the page before says.") from error


# --- Records ------------------------------------------------------------------------------


def _row(record: ListRecord) -> ListRow:
    return ListRow(
        id=record.id,
        full_name=record.full_name,
        is_active=record.is_active,
        **_particulars(record),
    )


def _particulars(record: ListRecord) -> dict[str, Any]:
    """Give what is shown only of records of this kind."""
    match record:
        case Account():
            return {"type": record.type and record.type.value, "number": record.number}
        case Employee():
            return {"number": record.number}
        case Item():
            return {
                "type": record.type and record.type.value,
                "description": record.description,
                "income_account": record.income_account,
                "unit": record.unit or (record.unit_set and record.unit_set.name),
            }
        case UnitSet():
            units = tuple(f"{each.name} = {each.ratio:f}" for each in record.related)
            return {"unit": record.base.name, "units": units}
        case TaxCode():
            return {"is_taxable": record.is_taxable}
        case FieldDefinition():
            return {"used_by": record.owners}
        case _:
            return {}
