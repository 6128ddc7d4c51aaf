"""Every option by its key, and which of them have an effect."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_type_hints

import msgspec

from ._flows import FlowName
from ._option import GENERAL, Option, options_of
from ._values import GeneralSettings, Settings

__all__ = ["DEFAULTS", "OPTIONS", "SECTIONS", "applies", "in_force", "options_in", "with_values"]

_RECORDS: Mapping[str, type[msgspec.Struct]] = {
    field.name.replace("_", "-"): get_type_hints(Settings)[field.name]
    for field in msgspec.structs.fields(Settings)
    if field.name != "unreadable"
}
assert _RECORDS[GENERAL] is GeneralSettings
assert set(_RECORDS) - {GENERAL} <= set(FlowName), "a section is named like its flow"

SECTIONS: tuple[str, ...] = tuple(_RECORDS)
"""``general``, then every flow this version has options for."""

OPTIONS: Mapping[str, Option] = {
    option.key: option
    for section, record in _RECORDS.items()
    for option in options_of(section, record)
}

DEFAULTS = Settings()


def options_in(section: str) -> list[Option]:
    """List the options of one section in the order in which forms show them."""
    return [option for option in OPTIONS.values() if option.section == section]


def with_values(settings: Settings, values: Mapping[str, Any]) -> Settings:
    """Give settings with other values by key; they are trusted.

    A key set anew is no longer among the unreadable ones.
    """
    by_member: dict[str, dict[str, Any]] = {}
    for key, value in values.items():
        option = OPTIONS[key]
        by_member.setdefault(option.member, {})[option.name] = value
    sections = {
        member: msgspec.structs.replace(getattr(settings, member), **changes)
        for member, changes in by_member.items()
    }
    kept = tuple(entry for entry in settings.unreadable if entry.key not in values)
    return msgspec.structs.replace(settings, unreadable=kept, **sections)


def applies(option: Option, settings: Settings) -> bool:
    """Say whether an option has an effect, given the options it depends on."""
    condition = option.only_when
    if condition is None:
        return True
    other = OPTIONS[f"{option.section}.{condition.option}"]
    return settings.value(other.key) in condition.values and applies(other, settings)


def in_force(settings: Settings) -> Settings:
    """Give the settings as they act: an option without effect is back at its default.

    What a user once filled in is kept in the stored settings while the switch above it
    is off; the one who acts on settings should not see it.
    """
    return with_values(
        settings,
        {key: row.default for key, row in OPTIONS.items() if not applies(row, settings)},
    )
