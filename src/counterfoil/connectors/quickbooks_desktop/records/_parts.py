"""What the records of all lists and documents have in common: references, amounts, addresses.

``read_…`` takes a part out of an answer, ``write_…`` makes the fields of one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any, Final, TypeVar

from counterfoil.connectors.quickbooks_desktop.qbxml import Fields, Record, UnreadableValue
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
    "fitting",
    "is_memo_of_void",
    "present",
    "read_address",
    "read_contact",
    "read_custom_fields",
    "read_lines",
    "read_list_head",
    "read_money",
    "read_quantity",
    "read_reference",
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
        "custom_fields": read_custom_fields(record),
    }


def read_reference(record: Record, name: str) -> Reference | None:
    """Read a pointer to a list record."""
    found = record.child(name)
    if found is None:
        return None
    full_name, list_id = found.word("FullName"), found.word("ListID")
    return Reference(full_name or list_id or "", list_id) if full_name or list_id else None


def read_money(record: Record, name: str) -> Money | None:
    """Read an amount or a price."""
    amount = record.decimal(name)
    return None if amount is None else Money(amount)


def read_quantity(record: Record, name: str = "Quantity") -> Quantity | None:
    """Read a quantity in the line's unit."""
    value = record.decimal(name)
    return None if value is None else Quantity(value, record.word("UnitOfMeasure"))


def read_address(record: Record | None) -> Address | None:
    """Read an address; ``None``: there is none."""
    if record is None:
        return None
    lines = (record.text(f"Addr{number}") for number in range(1, 6))
    return Address(
        lines=tuple(line for line in lines if line),
        city=record.word("City"),
        state=record.word("State"),
        postal_code=record.word("PostalCode"),
        country=record.word("Country"),
    )


def read_contact(record: Record) -> Contact | None:
    """Read who is to be asked for; ``None``: nothing is said."""
    name, phone, email = record.word("Contact"), record.word("Phone"), record.text("Email") or None
    return Contact(name, phone, email) if name or phone or email else None


def read_custom_fields(record: Record) -> tuple[CustomField, ...]:
    """Read the custom fields, whose names keep their case (DOC-9)."""
    return tuple(
        CustomField(name, field.text("DataExtValue") or "")
        for field in record.children("DataExtRet")
        if (name := field.word("DataExtName"))
    )


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
    members = (
        each
        for part in record.children(*((line, group) if group else (line,)))
        for each in (part.children(line) if part.tag == group else (part,))
    )
    for number, each in enumerate(members, start=1):
        try:
            yield read(each)
        except UnreadableValue as error:
            raise error.in_line(number) from error


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
