"""What a row of the table of entities is, and how it is written: one line per field.

``NAME TYPE FLAGS``.  A type is a scalar (``string(21)``, ``decimal``, ``date``), a choice
(``enum(Open|Closed)``), a reference (``ref->Vendor``), or the name of a structure
(``PhysicalAddress``); ``[]`` after it makes it a list.

============  ===========================================================================
``req``       has to be there on create, and after every update
``ro``        made by the service; what is sent is passed over
``fixed``     settable on create only; what is sent later is passed over
``filter``    may stand in WHERE and ORDERBY
``kept``      a sparse update cannot clear it
``sticky``    has to stand in a sparse update, too
============  ===========================================================================
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

__all__ = ["ENVELOPE", "Entity", "Family", "Field", "Kind", "read_fields"]

_TYPE = re.compile(r"(\w+)(?:\(([^)]*)\))?(?:->(\w*))?(\[\])?")


class Kind(StrEnum):
    """What a field holds."""

    STRING = "string"
    BOOLEAN = "boolean"
    DECIMAL = "decimal"
    INTEGER = "integer"
    DATE = "date"
    DATETIME = "datetime"
    ENUM = "enum"
    REF = "ref"
    STRUCT = "struct"
    ANY = "any"
    """Taken and kept as it is: a structure no rule looks into."""


_SCALARS = frozenset(kind.value for kind in Kind)


class Family(StrEnum):
    """What entities have in common: how they are deleted and who shares their ids."""

    NAME = "name"
    """Customers, vendors, employees: one name space, one counter of ids."""
    LIST = "list"
    """Deactivated, never deleted."""
    TRANSACTION = "transaction"
    """Deleted for good; one counter of ids."""
    SINGLE = "single"
    """One object per company, or rows without an id of their own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One property of an entity or a structure.

    Attributes:
        length: The longest text it takes; 0: no limit is known.
        values: The choices of an ``enum``.
        refers_to: The entity whose id it holds; ``""``: the reference's own type says it.
        struct: The structure it holds.
    """

    name: str
    kind: Kind
    length: int = 0
    values: tuple[str, ...] = ()
    refers_to: str = ""
    struct: str = ""
    is_list: bool = False
    flags: frozenset[str] = frozenset()

    def __contains__(self, flag: str) -> bool:
        """Whether it carries a flag."""
        return flag in self.flags


@dataclass(frozen=True)
class Entity:
    """One row of the table.

    Attributes:
        name: As it stands in answers; lower-case in paths.
        fields: One line per field, without those that every entity has.
        plural: The word for many of them in the text of a fault.
        verbs: What a client may do beside reading and querying.
        lines: The kinds of lines it takes.
        is_captured: Whether change data capture carries it.
        is_called_out: Whether webhooks carry it.
        sends: Whether it can be sent by e-mail.
    """

    name: str
    family: Family
    fields: str = field(repr=False)
    plural: str = ""
    verbs: str = "create update"
    lines: tuple[str, ...] = ()
    is_captured: bool = True
    is_called_out: bool = True
    sends: bool = False

    @cached_property
    def table(self) -> Mapping[str, Field]:
        """Its fields by name, those of the envelope last."""
        return {**{one.name: one for one in read_fields(self.fields)}, **ENVELOPE}

    @cached_property
    def folded(self) -> Mapping[str, Field]:
        """The same by lower-case name: queries do not heed case."""
        return {name.lower(): one for name, one in self.table.items()}

    @property
    def words(self) -> str:
        """What many of them are called."""
        return self.plural or f"{self.name}s"

    def may(self, verb: str) -> bool:
        """Whether clients may do that."""
        return verb in self.verbs.split()


def read_fields(text: str) -> Iterator[Field]:
    """Read lines of a table."""
    for line in filter(str.strip, text.splitlines()):
        name, type_, *flags = line.split()
        match = _TYPE.fullmatch(type_)
        assert match is not None, line
        word, inside, target, is_list = match.groups()
        is_scalar = word in _SCALARS
        yield Field(
            name=name,
            kind=Kind(word) if is_scalar else Kind.STRUCT,
            length=int(inside) if inside and inside.isdecimal() else 0,
            values=tuple(inside.split("|")) if word == Kind.ENUM else (),
            refers_to=target or "",
            struct="" if is_scalar else word,
            is_list=is_list is not None,
            flags=frozenset(flags),
        )


ENVELOPE: Mapping[str, Field] = {
    one.name: one
    for one in read_fields(
        """
        Id string filter ro
        SyncToken string ro
        MetaData ModificationMetaData ro
        domain string ro
        sparse boolean ro
        status string ro
        """
    )
}
"""What every entity has; read by the protocol, not by the rules of an entity."""
