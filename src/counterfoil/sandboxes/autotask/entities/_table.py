"""What an entity is made of, and how its fields are written down.

A field is one line: its name, its type with the longest text it takes, then flags.

==============  ===========================================================================
``req``         must be given on create, and is never emptied
``create``      accepted on create, fixed afterwards
``ro``          set by the service; sent by a client it is passed over
``noq``         cannot stand in a filter
``date``        keeps the day only
``cost``        shown to users who may see costs
``write-only``  never shown
``pick``        an id out of a list of values; ``pick=NAME`` says which (``_picklists``)
``->Entity``    an id of that entity
==============  ===========================================================================
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

__all__ = [
    "ACCOUNT",
    "CONTACT",
    "PRODUCT",
    "TICKET",
    "Entity",
    "Field",
    "FieldType",
    "Parent",
]

# What kind of record a user-defined field belongs to: the values of ``udfType``.
ACCOUNT, CONTACT, PRODUCT, TICKET = 1, 2, 4, 5

_TYPE = re.compile(r"(\w+)(?:\((\d+)\))?")


class FieldType(StrEnum):
    """The type words of the service's own description."""

    INTEGER = "integer"
    LONG = "long"
    SHORT = "short"
    STRING = "string"
    DATETIME = "datetime"
    BOOLEAN = "boolean"
    DOUBLE = "double"
    DECIMAL = "decimal"

    @property
    def is_whole(self) -> bool:
        """Whether it holds whole numbers."""
        return self in {FieldType.INTEGER, FieldType.LONG, FieldType.SHORT}

    @property
    def is_number(self) -> bool:
        """Whether it holds numbers, whole or not."""
        return self.is_whole or self in {FieldType.DOUBLE, FieldType.DECIMAL}


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One property of an entity.

    Attributes:
        length: The longest text it takes; 0: no limit is known.
        picklist: Where its values come from; ``""``: a picklist whose values are not known
            here, so that every whole number is one; ``None``: no picklist.
        refers_to: The entity whose id it holds.
    """

    name: str
    type: FieldType
    length: int = 0
    is_required: bool = False
    is_fixed: bool = False
    is_read_only: bool = False
    is_queryable: bool = True
    is_day: bool = False
    is_cost: bool = False
    is_hidden: bool = False
    picklist: str | None = None
    refers_to: str | None = None


@dataclass(frozen=True, slots=True)
class Parent:
    """The entity below which another one is written.

    Attributes:
        entity: The parent.
        field: The child's field that holds the parent's id.
        segment: What the child is called in the parent's path.
        path: What the parent is called there, if not by its name.
    """

    entity: str
    field: str
    segment: str
    path: str = ""


@dataclass(frozen=True)
class Entity:
    """One row of the table.

    Attributes:
        name: As it stands in paths.
        verbs: What a client may do beside reading: ``create``, ``update``, ``delete``.
        fields: One line per field, ``id`` first.
        parent: ``None``: written at the root.
        udf_owner: Its user-defined fields' ``udfType``; ``None``: it has none.
        impersonation: Another resource may be named as the writer.
        webhooks: Changes can be called out.
        is_command: Only carried out; nothing can be read.
        refuses_read_only: A read-only field that is sent is an error, not passed over.
    """

    name: str
    fields: str = field(repr=False)
    verbs: str = ""
    parent: Parent | None = None
    udf_owner: int | None = None
    impersonation: bool = False
    webhooks: bool = False
    is_command: bool = False
    refuses_read_only: bool = False

    @property
    def singular(self) -> str:
        """The word for one of them, as ``entityInformation`` gives it."""
        if self.name.endswith("ies"):
            return self.name.removesuffix("ies") + "y"
        if self.name.endswith("xes"):
            return self.name.removesuffix("es")
        return self.name.removesuffix("s")

    @cached_property
    def table(self) -> dict[str, Field]:
        """Its fields by name, ``id`` first."""
        return {one.name: one for one in _read(self.fields)}

    @cached_property
    def folded(self) -> dict[str, Field]:
        """Its fields by lower-case name: the service does not heed case."""
        return {name.lower(): one for name, one in self.table.items()}

    def may(self, verb: str) -> bool:
        """Whether clients may do that."""
        return verb in self.verbs.split()


def _read(text: str) -> Iterator[Field]:
    for line in text.strip().splitlines():
        name, type_, *flags = line.split()
        match = _TYPE.fullmatch(type_)
        assert match is not None, line
        yield Field(
            name=name,
            type=FieldType(match[1]),
            length=int(match[2] or 0),
            is_required="req" in flags,
            is_fixed="create" in flags,
            is_read_only="ro" in flags,
            is_queryable="noq" not in flags and "write-only" not in flags,
            is_day="date" in flags,
            is_cost="cost" in flags,
            is_hidden="write-only" in flags,
            picklist=_named(flags, "pick=") or ("" if "pick" in flags else None),
            refers_to=_named(flags, "->"),
        )


def _named(flags: list[str], mark: str) -> str | None:
    return next((flag.removeprefix(mark) for flag in flags if flag.startswith(mark)), None)
