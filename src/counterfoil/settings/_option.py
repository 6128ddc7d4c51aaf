"""How an option is declared, and the row that is read from the declaration.

An option is a field of one of the records in ``_values``: its type and default are the
field's own, and everything that people read stands beside them in the annotation::

    document_number: Annotated[
        DocumentNumber,
        declared("Document number", "Who numbers the document.", rule="DOC-3"),
    ] = DocumentNumber.BOOKS

So a type checker sees an ordinary typed record, and forms, command line, API, reference
and validation see a row of ``Option``; there is nothing to keep in step.
"""

from __future__ import annotations

import types
from collections.abc import Iterable, Iterator
from datetime import date, time
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

import msgspec

from counterfoil.documents import AccountType, RecordKind

from ._choices import Choices, FlowMode
from ._flows import FLOWS, FlowName, SystemName

__all__ = [
    "GENERAL",
    "ChannelCustomer",
    "Condition",
    "Declared",
    "FieldPair",
    "Naming",
    "Option",
    "OptionType",
    "SiteOfLocation",
    "customer_of_channel",
    "declared",
    "options_of",
]

GENERAL = "general"
"""The section of the options that hold for the whole link."""


class FieldPair(msgspec.Struct, frozen=True):
    """The custom field ``source`` is copied to the custom field ``target`` (DOC-7, DOC-9).

    Names are case-sensitive.  Source is always where the document comes from.
    """

    source: str
    target: str


class ChannelCustomer(msgspec.Struct, frozen=True):
    """Orders of a sales channel are booked on this customer (DOC-4)."""

    channel: str
    customer: str


class SiteOfLocation(msgspec.Struct, frozen=True):
    """What lies at a location of the operations system lies at this inventory site of the books."""

    location: str
    site: str


def customer_of_channel(rows: Iterable[ChannelCustomer], channel: str) -> str | None:
    """Give the customer of a sales channel; ``None``: the table does not name it.

    Capital and small letters are alike, as they are in QuickBooks' names.
    """
    wanted = channel.strip().casefold()
    return next((row.customer for row in rows if row.channel.casefold() == wanted), None)


class OptionType(StrEnum):
    """What kind of value an option takes; decides how it is read, written and asked for."""

    CHOICE = "choice"
    BOOLEAN = "boolean"
    TEXT = "text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    DATE = "date"
    TIME = "time-of-day"
    TIME_ZONE = "time-zone"
    CURRENCY = "currency"
    ACCOUNT = "account"
    """The full name of an account in the books; forms offer those of the directory."""
    FIELD = "custom-field"
    """The name of a custom field; forms offer those seen on documents."""
    NAMES = "names"
    FIELD_PAIR = "custom-field-pair"
    FIELD_PAIRS = "custom-field-pairs"
    CHANNEL_CUSTOMERS = "channel-customers"
    LOCATION_SITES = "location-sites"


class Naming(msgspec.Struct, frozen=True):
    """What a value names: a record of a list of the books, or of the operations system.

    ``by_identity``: it is the record's identity there, not its full name.  ``types``: of an
    account, those that it usually has; suggestions only, for the books have the last word.
    """

    list: RecordKind
    is_of_books: bool = True
    by_identity: bool = False
    types: tuple[AccountType, ...] = ()


class Condition(msgspec.Struct, frozen=True):
    """Another option of the same section must have one of these values."""

    option: str
    values: tuple[Any, ...]


class Declared(msgspec.Struct, frozen=True, kw_only=True):
    """What a field's annotation says beside its type; see ``Option`` for the meanings."""

    label: str
    help: str
    rule: str | None
    type: OptionType | None
    among: tuple[Choices, ...]
    advanced: bool
    only_when: Condition | None
    required: bool
    minimum: int | Decimal | None
    maximum: int | Decimal | None
    lengths: tuple[int | None, ...]
    count_max: int | None
    unit: str | None
    only_with: SystemName | None
    only_books: SystemName | None
    names: tuple[Naming | None, ...]


def declared(
    label: str,
    help: str,
    *,
    rule: str | None = None,
    type: OptionType | None = None,
    among: tuple[Choices, ...] = (),
    advanced: bool = False,
    only_when: tuple[str, object] | None = None,
    required: bool = False,
    minimum: int | Decimal | None = None,
    maximum: int | Decimal | None = None,
    lengths: tuple[int | None, ...] = (),
    count_max: int | None = None,
    unit: str | None = None,
    only_with: SystemName | None = None,
    only_books: SystemName | None = None,
    names: Naming | tuple[Naming | None, ...] = (),
) -> Declared:
    """Declare an option in the annotation of its field; see ``Option`` for the meanings.

    Args:
        label: What stands before the field in a form.
        help: One or two sentences for the one who decides.
        rule: See ``Option``.
        type: Only where the field's Python type leaves it open (an account is a text).
        among: What may be chosen, where that is not all the choices of the field's type.
        advanced: See ``Option``.
        only_when: Name of another option of the section and the value (or the tuple of
            values) it must have.
        required: See ``Option``.
        minimum: See ``Option``.
        maximum: See ``Option``.
        lengths: See ``Option``.
        count_max: See ``Option``.
        unit: See ``Option``.
        only_with: See ``Option``.
        only_books: See ``Option``.
        names: See ``Option``; of a pair one for each part.
    """
    condition = None
    if only_when is not None:
        name, value = only_when
        condition = Condition(name, value if isinstance(value, tuple) else (value,))
    return Declared(
        label=label,
        help=help,
        rule=rule,
        type=type,
        among=among,
        advanced=advanced,
        only_when=condition,
        required=required,
        minimum=minimum,
        maximum=maximum,
        lengths=lengths,
        count_max=count_max,
        unit=unit,
        only_with=only_with,
        only_books=only_books,
        names=names if isinstance(names, tuple) else (names,),
    )


class Option(msgspec.Struct, frozen=True, kw_only=True):
    """One thing a user can set: a row read from the declaration.

    Attributes:
        section: ``general`` or the name of a flow.
        name: Name of the field, unique within its section.
        default: Its value as long as nobody sets it.
        optional: ``True``: may be empty, which reads ``None``.
        rule: The rule of the reference that it fulfils; ``None``: our own.
        choices: For choices, what may be chosen, in order; else empty.
        advanced: Forms show it on request.
        only_when: It has no effect unless this holds, and the other option is itself in
            effect.
        required: While it has an effect it must not be empty.
        minimum, maximum: Bounds of a number, both included.
        lengths: Most characters of each part: one for a text, two for a pair; ``None``:
            as many as the program takes at all.
        count_max: Most entries of a list.
        unit: What a number counts.
        only_with: The system whose links it is for, on whichever side; ``None``: any.
        only_books: Of an operations system's, those links that it is for; ``None``: any.
        names: Which list each part of it names a record of (``None``: that part names none);
            empty: it names nothing.
    """

    section: str
    name: str
    type: OptionType
    default: Any
    optional: bool
    label: str
    help: str
    rule: str | None
    choices: tuple[Choices, ...]
    advanced: bool
    only_when: Condition | None
    required: bool
    minimum: int | Decimal | None
    maximum: int | Decimal | None
    lengths: tuple[int | None, ...]
    count_max: int | None
    unit: str | None
    only_with: SystemName | None
    only_books: SystemName | None
    names: tuple[Naming | None, ...]

    @property
    def key(self) -> str:
        """What users type: ``sales-order-out.document_number``."""
        return f"{self.section}.{self.name}"

    @property
    def flow(self) -> FlowName | None:
        """The flow it belongs to; ``None``: the whole link."""
        return None if self.section == GENERAL else FlowName(self.section)

    @property
    def member(self) -> str:
        """Name of the section's field in ``Settings``: ``sales_order_out``."""
        return self.section.replace("-", "_")


_PLAIN_TYPES: dict[Any, OptionType] = {
    bool: OptionType.BOOLEAN,
    str: OptionType.TEXT,
    int: OptionType.INTEGER,
    Decimal: OptionType.DECIMAL,
    date: OptionType.DATE,
    time: OptionType.TIME,
    FieldPair: OptionType.FIELD_PAIR,
    tuple[str, ...]: OptionType.NAMES,
    tuple[FieldPair, ...]: OptionType.FIELD_PAIRS,
    tuple[ChannelCustomer, ...]: OptionType.CHANNEL_CUSTOMERS,
    tuple[SiteOfLocation, ...]: OptionType.LOCATION_SITES,
}


def options_of(section: str, record: type[msgspec.Struct]) -> Iterator[Option]:
    """Read the rows of one section from the record that declares it, in its order.

    Raises:
        AssertionError: A field has no declaration, no default or a type without a row
            above: our mistake, found when the package is imported.
    """
    hints = get_type_hints(record, include_extras=True)
    for field in msgspec.structs.fields(record):
        hint = hints[field.name]
        assert get_origin(hint) is Annotated, f"{record.__name__}.{field.name} is not declared"
        bare, *notes = get_args(hint)
        row = next((note for note in notes if isinstance(note, Declared)), None)
        assert row is not None, f"{record.__name__}.{field.name} is not declared"
        assert not field.required, f"{record.__name__}.{field.name} has no default"
        plain, optional = _without_none(bare)
        is_choice = isinstance(plain, type) and issubclass(plain, Choices)
        choices = row.among or (tuple(plain) if is_choice else ())
        if plain is FlowMode and not FLOWS[FlowName(section)].may_be_automatic:
            choices = (FlowMode.OFF, FlowMode.MANUAL)  # FLOW-2
        kind = row.type or (OptionType.CHOICE if is_choice else _PLAIN_TYPES.get(plain))
        assert kind is not None, f"{record.__name__}.{field.name}: no option has type {plain}"
        default = field.default if field.default is not msgspec.NODEFAULT else None
        own = {"type", "among"}
        rest = {name: getattr(row, name) for name in row.__struct_fields__ if name not in own}
        yield Option(
            section=section,
            name=field.name,
            type=kind,
            default=default,
            optional=optional,
            choices=choices,
            **rest,
        )


def _without_none(hint: Any) -> tuple[Any, bool]:
    """Take ``None`` out of ``X | None``; say whether it was there."""
    if get_origin(hint) not in {Union, types.UnionType}:
        return hint, False
    (plain,) = (part for part in get_args(hint) if part is not type(None))
    return plain, True
