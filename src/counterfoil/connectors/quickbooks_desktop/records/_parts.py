"""What the records of all lists and documents have in common: references, amounts, addresses.

``…_in`` and ``read_…`` take a part out of an answer, ``write_…`` makes the fields of one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final, TypeVar

from counterfoil.connectors.quickbooks_desktop.qbxml import (
    WORD_LENGTH_MAX,
    Column,
    Element,
    Fields,
    Record,
    UnreadableValue,
    decimal_of,
    flag_in,
    reader,
    word_in,
)
from counterfoil.documents import (
    Address,
    Contact,
    CustomField,
    ListRecord,
    Money,
    Quantity,
    Reference,
)

__all__ = [
    "PUBLIC",
    "address_in",
    "custom_fields_in",
    "fitting",
    "identity_in",
    "is_memo_of_void",
    "is_set",
    "money_in",
    "name_in",
    "present",
    "quantity_in",
    "read_contact",
    "read_line",
    "read_lines",
    "read_list_head",
    "reference_in",
    "write_address",
    "write_amount",
    "write_custom_fields",
    "write_named",
    "write_parent",
    "write_reference",
]

PUBLIC: Final = "0"
"""The owner of the custom fields that people see (reference section 4.13)."""

# What QuickBooks writes before the memo of a document that somebody voids (section 7.5).
_VOID: Final = "VOID:"

_Line = TypeVar("_Line")

# A ListID: a counter in hexadecimal digits, and the Unix time of its creation (section 3.5).
_LIST_ID: Final = re.compile(r"[0-9A-F]{1,8}-[0-9]{9,10}", re.IGNORECASE)


# --- Reading ------------------------------------------------------------------------------


def read_list_head(record: Record) -> dict[str, Any]:
    """Read what all lists share; lists without levels have no full name of their own."""
    full_name = record.word("FullName")
    name = record.word("Name") or (full_name or "").rpartition(":")[2]
    return {
        "id": record.word("ListID") or "",
        "name": name,
        "full_name": full_name or name,
        "is_active": record.flag("IsActive") is not False,
        "revision": record.word("EditSequence"),
        "custom_fields": record.value("DataExtRet", custom_fields_in) or (),
    }


def identity_in(part: Element) -> str:
    """Read an identity; ``""`` where it is empty."""
    return word_in(part) or ""


def name_in(part: Element) -> str | None:
    """Read the full name of what is referred to."""
    return Record(part).word("FullName")


def reference_in(part: Element) -> Reference | None:
    """Read a pointer to a list record."""
    told = {each.tag: each.text for each in part[::-1]}
    identity = told.get("ListID") or None
    name = told.get("FullName") or identity
    if name is None:
        return None
    if len(name) > WORD_LENGTH_MAX or (identity and len(identity) > WORD_LENGTH_MAX):
        for each in part:
            word_in(each)  # says so
    return Reference(name, identity)


# Reading a number takes a dozen times as long as finding it, and quantities, prices and noughts
# come again and again.  Bounded, so that memory does not grow with the books.
_NUMBERS_KEPT_MAX: Final = 8_192


@lru_cache(maxsize=_NUMBERS_KEPT_MAX)
def _money_of(text: str) -> Money | None:
    amount = decimal_of(text)
    return None if amount is None else Money(amount)


@lru_cache(maxsize=_NUMBERS_KEPT_MAX)
def _quantity_of(text: str) -> Quantity | None:
    value = decimal_of(text)
    return None if value is None else Quantity(value)


money_in: Final = reader(_money_of, "a number")
"""Reads an amount or a price."""
quantity_in: Final = reader(_quantity_of, "a number")
"""Reads how many; the unit stands beside it (``read_line``)."""


def is_set(part: Element) -> bool:
    """Whether a flag says yes."""
    return flag_in(part) is True


_ADDRESS_LINES: Final = tuple(f"Addr{number}" for number in range(1, 6))
_ADDRESS: Final[Sequence[Column]] = (
    ("city", "City", word_in),
    ("state", "State", word_in),
    ("postal_code", "PostalCode", word_in),
    ("country", "Country", word_in),
)


def address_in(part: Element) -> Address:
    """Read an address."""
    found = Record(part)
    lines = [line for name in _ADDRESS_LINES if (line := found.text(name))]
    return Address(lines=tuple(lines), **found.read(_ADDRESS))


def custom_fields_in(part: Element) -> tuple[CustomField, ...]:
    """Read the custom fields, whose names keep their case (DOC-9); ``part`` is the first."""
    fields = (Record(each) for each in (part, *part.itersiblings("DataExtRet")))
    return tuple(
        CustomField(name, field.text("DataExtValue") or "")
        for field in fields
        if (name := field.word("DataExtName"))
    )


def read_contact(record: Record) -> Contact | None:
    """Read who is to be asked for; ``None``: nothing is said."""
    name, phone, email = record.word("Contact"), record.word("Phone"), record.text("Email") or None
    return Contact(name, phone, email) if name or phone or email else None


def is_memo_of_void(memo: str | None) -> bool:
    """Whether a memo bears what QuickBooks writes before it when a document is voided."""
    return (memo or "").upper().startswith(_VOID)


def read_lines(
    record: Record, line: str, group: str | None, read: Callable[[Record], _Line]
) -> Iterator[_Line]:
    """Read the lines in their order; a group's members are lines of their own.

    Raises:
        UnreadableValue: A value of a line cannot be read; it says of which line, from 1.
    """
    members = record.children(line)
    if group and group in record:
        members = _members(record, line, group)
    for number, each in enumerate(members, start=1):
        try:
            yield read(each)
        except UnreadableValue as error:
            raise error.in_line(number) from error


def _members(record: Record, line: str, group: str) -> Iterator[Record]:
    """Give the lines of a document that has groups of them."""
    for part in record.children(line, group):
        yield from part.children(line) if part.tag == group else (part,)


def read_line(line: Record, columns: Iterable[Column]) -> dict[str, Any]:
    """Read the fields that a line has of a table, its quantities in the line's unit."""
    fields = line.read(columns)
    unit = fields.pop("unit", None)
    if unit is not None:
        for field in ("quantity", "delivered"):
            if (counted := fields.get(field)) is not None:
                fields[field] = Quantity(counted.value, unit)
    return fields


# --- Writing ------------------------------------------------------------------------------


def present(**fields: Any) -> dict[str, Any]:
    """Leave out what is absent: an element with ``None`` costs a look each time."""
    return {name: value for name, value in fields.items() if value is not None}


def write_reference(reference: Reference | None) -> Fields | None:
    """Refer by ListID where it is known: full names mismatch on quotes and ampersands."""
    if reference is None:
        return None
    return write_named(reference.name) if reference.id is None else {"ListID": reference.id}


def write_named(name_or_id: str) -> Fields:
    """Refer to what a person named by its full name or by its ListID (DOC-1)."""
    is_id = _LIST_ID.fullmatch(name_or_id.strip()) is not None
    return {"ListID": name_or_id.strip()} if is_id else {"FullName": name_or_id}


def write_parent(record: ListRecord) -> Fields | None:
    """Refer to the record above; ``None`` at the top level."""
    return {"FullName": record.parent_name} if record.name != record.full_name else None


def write_amount(money: Money | None) -> Decimal | None:
    """Give the bare number; the books take the currency from the customer or vendor."""
    return None if money is None else money.amount


def write_custom_fields(fields: tuple[CustomField, ...]) -> list[Fields] | None:
    """Give the custom fields that a new line bears; ``None``: it has none."""
    return [
        {"OwnerID": PUBLIC, "DataExtName": field.name, "DataExtValue": field.value}
        for field in fields
    ] or None


def fitting(text: str | None, length_max: int) -> str | None:
    """Give a text that nothing depends on in full or not at all: it is never cut."""
    return text if text and len(text) <= length_max else None


def write_address(address: Address | None) -> Fields | None:
    """Give the fields of an address; what does not fit is left out, never cut."""
    if address is None:
        return None
    fields: dict[str, Any] = {
        f"Addr{number}": line
        for number, line in enumerate(address.lines[:5], start=1)
        if len(line) <= 41
    }
    fields["City"] = fitting(address.city, 31)
    fields["State"] = fitting(address.state, 21)
    fields["PostalCode"] = fitting(address.postal_code, 13)
    fields["Country"] = fitting(address.country, 31)
    return fields if any(fields.values()) else None
