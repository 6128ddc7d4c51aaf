"""Single values between our documents and the service's objects, each way in one place.

A ``Field`` ties one of our fields to one of theirs by a ``Codec``; tables of them read and write
whole objects.  What has no ``write`` is the service's own and never sent: it would be passed
over in silence.

Source: reference section 4.1.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final, NamedTuple

from counterfoil.connectors.called import Reader, clean_line
from counterfoil.documents import Address, InvalidDocument, Money, Quantity, Reference

__all__ = [
    "ADDRESS",
    "CODE",
    "CURRENCY",
    "DAY",
    "MONEY",
    "NAMED",
    "QUANTITY",
    "REFERENCE",
    "TEXT",
    "Codec",
    "Field",
    "changed_at",
    "identity_in",
    "identity_of",
    "present",
    "read_fields",
    "reference_in",
    "write_fields",
    "write_reference",
]


@dataclass(frozen=True)
class Codec:
    """How one value is read, and written (``None``: it never is)."""

    read: Callable[[Reader, str], Any]
    write: Callable[[Any], Any] | None = None

    @property
    def read_only(self) -> Codec:
        """The same, of what the service makes itself."""
        return Codec(self.read)


class Field(NamedTuple):
    """One of our fields, one of theirs, and the way between them."""

    ours: str
    theirs: str
    codec: Codec


def read_fields(reader: Reader, fields: Sequence[Field]) -> dict[str, Any]:
    """Read what an object says of some fields.

    Raises:
        InvalidDocument: Naming the first that cannot be read.
    """
    return {each.ours: each.codec.read(reader, each.theirs) for each in fields}


def write_fields(holder: object, fields: Sequence[Field]) -> dict[str, Any]:
    """Write what we say in some fields; what we leave open is left out."""
    told = {}
    for ours, theirs, codec in fields:
        value = getattr(holder, ours)
        if codec.write is None or value is None or value == ():
            continue
        written = codec.write(value)
        if written is not None:
            told[theirs] = written
    return told


def present(**values: Any) -> dict[str, Any]:
    """Leave out what is ``None``."""
    return {name: value for name, value in values.items() if value is not None}


# --- References ---------------------------------------------------------------------------


def reference_in(reader: Reader, name: str) -> Reference | None:
    """Read a reference; the service tells the name of what it means beside the identity."""
    found = reader.value(name)
    if found is None:
        return None
    inner = Reader(found, reader.path(name))
    identity = inner.identity("value")
    if identity is None:
        return None
    return Reference(clean_line(inner.text("name") or identity, 500), identity)


def write_reference(reference: Reference) -> dict[str, str]:
    """Write a reference, by identity: names mean nothing there."""
    assert reference.id is not None, "references are resolved before they are written"
    return {"value": reference.id}


def _value_of(reader: Reader, name: str) -> str | None:
    found = reader.value(name)
    return None if found is None else Reader(found, reader.path(name)).code("value")


def _named_in(reader: Reader, name: str) -> str | None:
    found = reference_in(reader, name)
    return None if found is None else found.name


# --- Amounts ------------------------------------------------------------------------------


def _money_in(reader: Reader, name: str) -> Money | None:
    found = reader.decimal(name)
    return None if found is None else Money(found)


def _quantity_in(reader: Reader, name: str) -> Quantity | None:
    found = reader.decimal(name)
    return None if found is None else Quantity(found)


def _amount(money: Money) -> Decimal:
    return money.amount


def _number(quantity: Quantity) -> Decimal:
    return quantity.value


# --- Texts and days -----------------------------------------------------------------------

_STREET: Final = ("Line1", "Line2", "Line3", "Line4", "Line5")


def _address_in(reader: Reader, name: str) -> Address | None:
    found = reader.value(name)
    if found is None:
        return None
    inner = Reader(found, reader.path(name))
    lines = tuple(text for text in (inner.text(line) for line in _STREET) if text)
    address = Address(
        lines=lines,
        city=inner.text("City"),
        state=inner.text("CountrySubDivisionCode"),
        postal_code=inner.text("PostalCode"),
        country=inner.text("Country"),
    )
    return None if address == Address() else address


def _write_address(address: Address) -> dict[str, str] | None:
    # A sixth line has no place of its own.
    lines = [*address.lines[:4], ", ".join(address.lines[4:])]
    told = {
        **dict(zip(_STREET, lines, strict=False)),
        "City": address.city,
        "CountrySubDivisionCode": address.state,
        "PostalCode": address.postal_code,
        "Country": address.country,
    }
    return {name: text for name, text in told.items() if text} or None


def _day_in(reader: Reader, name: str) -> date | None:
    return reader.day(name, UTC)


def identity_of(reader: Reader) -> str:
    """Give an object's identity: digits.

    Raises:
        InvalidDocument: It has none.
    """
    return reader.own_identity("Id")


def identity_in(record: Mapping[str, Any]) -> str | None:
    """Give an object's identity; ``None``: it tells none that can be used."""
    try:
        return identity_of(Reader(record))
    except InvalidDocument:
        return None


def changed_at(record: Mapping[str, Any]) -> datetime | None:
    """Give when an object was changed last, in UTC and without a zone.

    It only says how far was read: one that cannot be read is left out, and hides nothing.
    """
    try:
        told = Reader(record).value("MetaData")
        moment = None if told is None else Reader(told, "MetaData").instant("LastUpdatedTime", UTC)
    except InvalidDocument:
        return None
    return None if moment is None else moment.replace(tzinfo=None)


TEXT: Final = Codec(lambda reader, name: reader.text(name), lambda text: text)
CODE: Final = Codec(lambda reader, name: reader.code(name), lambda text: text)
DAY: Final = Codec(_day_in, lambda day: day.isoformat())
REFERENCE: Final = Codec(reference_in, write_reference)
NAMED: Final = Codec(_named_in, lambda name: {"value": name, "name": name})
CURRENCY: Final = Codec(_value_of, lambda code: {"value": code})
MONEY: Final = Codec(_money_in, _amount)
QUANTITY: Final = Codec(_quantity_in, _number)
ADDRESS: Final = Codec(_address_in, _write_address)
