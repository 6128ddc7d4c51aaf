"""The declaration as forms, command line and API need it: neutral rows and a schema."""

from __future__ import annotations

from typing import Any

import msgspec

from ._codec import PAIR_TYPES, TEXT_LENGTH_MAX, to_json, to_text
from ._flows import FLOWS, Direction, FlowName, SystemName
from ._option import GENERAL, Option, OptionType
from ._pairings import defaults_of, options_for
from ._registry import DEFAULTS, OPTIONS, applies
from ._values import Settings

__all__ = [
    "FormChoice",
    "FormCondition",
    "FormField",
    "form_fields",
    "in_words",
    "json_schema",
    "title_of",
]


class FormChoice(msgspec.Struct, frozen=True):
    """One value of a choice."""

    value: str
    label: str
    help: str


class FormCondition(msgspec.Struct, frozen=True):
    """The field has an effect only while the field ``key`` has one of these texts."""

    key: str
    values: tuple[str, ...]


class FormField(msgspec.Struct, frozen=True, kw_only=True):
    """One option as something to be shown and filled in; texts are what ``parse`` reads.

    Attributes:
        key: What the value is sent back under.
        type: Which kind of input it asks for.
        text, default_text: The value and the default as text.
        value, default: The same as JSON.
        optional: May be empty.
        required: Must not be empty while it has an effect.
        has_effect: Whether it has one under the settings shown.
        lengths: Most characters of each part.
        headings: For pairs, what stands above the two columns; else empty.
        only_with: The system whose links it is for, on whichever side; ``None``: any.
        only_books: The books whose links it is for beside; ``None``: any.
    """

    key: str
    section: str
    type: OptionType
    label: str
    help: str
    rule: str | None
    text: str
    default_text: str
    value: Any
    default: Any
    optional: bool
    required: bool
    advanced: bool
    has_effect: bool
    only_when: FormCondition | None
    choices: tuple[FormChoice, ...]
    minimum: str | None
    maximum: str | None
    unit: str | None
    lengths: tuple[int, ...]
    count_max: int | None
    headings: tuple[str, ...]
    only_with: SystemName | None
    only_books: SystemName | None


def title_of(section: str, operations: SystemName | None = None) -> str:
    """Give a section's heading in the words of an operations system's users."""
    if section == GENERAL:
        return "The whole link"
    return FLOWS[FlowName(section)].title_with(operations)


def in_words(option: Option, text: str) -> str:
    """Give a value's text as people read it: a choice by its label."""
    if not text:
        return "nothing"
    if option.type is OptionType.BOOLEAN:
        return "on" if text == "true" else "off"
    if option.type is OptionType.CHOICE:
        return next((each.label for each in option.choices if each.value == text), text)
    return f"{text} {option.unit}" if option.unit else text


def form_fields(
    section: str,
    settings: Settings = DEFAULTS,
    operations: SystemName | None = None,
    books: SystemName | None = None,
) -> list[FormField]:
    """Describe the options of a section, filled with these settings, in order.

    Args:
        section: ``general`` or the name of a flow; a flow without options in this
            version has no fields.
        settings: Whose values are shown.
        operations: Whose links they are for, with the defaults of those; ``None``: any.
        books: The same of the books.
    """
    defaults = defaults_of(operations, books)
    options = options_for(section, operations, books)
    return [_field(option, settings, defaults) for option in options]


def json_schema() -> dict[str, Any]:
    """Give the JSON Schema (2020-12) of an object from key to value.

    It describes what ``apply_values`` takes.  What concerns several options together is
    checked there, and so are characters; the schema says what a form can use.
    """
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Settings of a link",
        "type": "object",
        "properties": {key: _schema(option) for key, option in OPTIONS.items()},
        "additionalProperties": False,
    }


def _field(option: Option, settings: Settings, defaults: Settings) -> FormField:
    value, default = settings.value(option.key), defaults.value(option.key)
    return FormField(
        key=option.key,
        section=option.section,
        type=option.type,
        label=option.label,
        help=option.help,
        rule=option.rule,
        text=to_text(option, value),
        default_text=to_text(option, default),
        value=to_json(option, value),
        default=to_json(option, default),
        optional=option.optional,
        required=option.required,
        advanced=option.advanced,
        has_effect=applies(option, settings),
        only_when=_condition(option),
        choices=tuple(FormChoice(c.value, c.label, c.help) for c in option.choices),
        minimum=None if option.minimum is None else str(option.minimum),
        maximum=None if option.maximum is None else str(option.maximum),
        unit=option.unit,
        lengths=_lengths(option),
        count_max=option.count_max,
        headings=_headings(option),
        only_with=option.only_with,
        only_books=option.only_books,
    )


def _condition(option: Option) -> FormCondition | None:
    if option.only_when is None:
        return None
    other = OPTIONS[f"{option.section}.{option.only_when.option}"]
    return FormCondition(other.key, tuple(to_text(other, v) for v in option.only_when.values))


_TEXTS = {OptionType.TEXT, OptionType.ACCOUNT, OptionType.FIELD}


def _lengths(option: Option) -> tuple[int, ...]:
    """Fill in the program's own limit where the option names none."""
    is_text = option.type in _TEXTS or option.type is OptionType.NAMES
    parts = 2 if option.type in PAIR_TYPES else int(is_text)
    said = option.lengths or (None,) * parts
    return tuple(TEXT_LENGTH_MAX if limit is None else limit for limit in said)


def _headings(option: Option) -> tuple[str, ...]:
    if option.type not in PAIR_TYPES:
        return ()
    if option.type is OptionType.CHANNEL_CUSTOMERS:
        return ("Marketplace", "Customer in the books")
    if option.type is OptionType.LOCATION_SITES:
        return ("Location", "Inventory site in the books")
    flow = option.flow
    away = flow is not None and FLOWS[flow].direction is Direction.TO_BOOKS
    headings = ("Custom field of the document", "Custom field in the books")
    return headings if away else headings[::-1]


def _schema(option: Option) -> dict[str, Any]:
    schema = _value_schema(option)
    if option.optional:
        schema = {"anyOf": [schema, {"type": "null"}]}
    return {
        "title": option.label,
        "description": option.help,
        **schema,
        "default": to_json(option, option.default),
    }


def _value_schema(option: Option) -> dict[str, Any]:
    kind = option.type
    if kind is OptionType.CHOICE:
        return {"oneOf": [{"const": c.value, "title": c.label} for c in option.choices]}
    if kind is OptionType.BOOLEAN:
        return {"type": "boolean"}
    if kind is OptionType.INTEGER:
        bounds = {"minimum": option.minimum, "maximum": option.maximum}
        return {"type": "integer"} | {name: n for name, n in bounds.items() if n is not None}
    if kind is OptionType.TIME_ZONE:
        return {"type": "string", "examples": ["America/New_York", "UTC"]}
    if kind is OptionType.FIELD_PAIR:
        return _pair_schema(option)
    if kind in PAIR_TYPES or kind is OptionType.NAMES:
        entry = _pair_schema(option) if kind in PAIR_TYPES else _text_schema(option)
        limit = {} if option.count_max is None else {"maxItems": option.count_max}
        return {"type": "array", "items": entry, **limit}
    if kind in _TEXTS:
        return _text_schema(option)
    return {"type": "string", **_FORMATS[kind]}


def _text_schema(option: Option) -> dict[str, Any]:
    return {"type": "string", "minLength": 1, "maxLength": _lengths(option)[0]}


def _pair_schema(option: Option) -> dict[str, Any]:
    names = PAIR_TYPES[option.type].__struct_fields__
    parts = zip(names, _headings(option), _lengths(option), strict=True)
    return {
        "type": "object",
        "properties": {
            name: {"type": "string", "title": heading, "minLength": 1, "maxLength": limit}
            for name, heading, limit in parts
        },
        "required": list(names),
        "additionalProperties": False,
    }


_FORMATS: dict[OptionType, dict[str, Any]] = {
    OptionType.DATE: {"format": "date"},
    OptionType.TIME: {"pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$"},
    OptionType.CURRENCY: {"pattern": "^[A-Z]{3}$"},
    OptionType.DECIMAL: {"pattern": r"^-?[0-9]+(\.[0-9]+)?$"},
}
