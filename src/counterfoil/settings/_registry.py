"""Every option by its key, and which of them have an effect."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from ._choices import FlowMode, Leading, SalesOrderBecomes
from ._flows import BOOKS, FlowName, SystemName
from ._option import GENERAL, Option, options_of
from ._values import GeneralSettings, Settings

__all__ = [
    "DEFAULTS",
    "OPTIONS",
    "SECTIONS",
    "applies",
    "in_force",
    "is_for",
    "options_in",
    "with_values",
]

DEFAULTS = Settings()

_RECORDS: Mapping[str, type[msgspec.Struct]] = {
    name.replace("_", "-"): type(getattr(DEFAULTS, name))
    for name in Settings.__struct_fields__
    if name != "unreadable"
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


def in_force(
    settings: Settings, operations: SystemName | None = None, books: SystemName | None = None
) -> Settings:
    """Give the settings as they act: an option without effect is back at its default.

    What a user once filled in is kept in the stored settings while the switch above it
    is off; the one who acts on settings should not see it.  Nor should it see what is for
    links of other systems than ``operations`` and ``books``; ``None``: whatever the system.  A
    choice that the books do not have is what stands for it there.  A flow that the leading system
    excludes is off.
    """
    acting = with_values(
        settings,
        {
            key: row.default
            for key, row in OPTIONS.items()
            if not applies(row, settings) or not is_for(row, operations, books)
        },
    )
    acting = with_values(
        acting,
        {
            key: instead
            for (system, key, value), instead in _INSTEAD.items()
            if books is system and acting.value(key) is value
        },
    )
    excluded = _EXCLUDED[acting.general.leading]
    return with_values(acting, {f"{flow}.mode": FlowMode.OFF for flow in excluded})


# Books, option, choice that they do not have -> what stands for it there.
_INSTEAD: Final[Mapping[tuple[SystemName, str, Any], Any]] = {
    (
        SystemName.QUICKBOOKS_ONLINE,
        f"{FlowName.SALES_ORDER_OUT}.becomes",
        SalesOrderBecomes.ORDER,
    ): SalesOrderBecomes.ESTIMATE,
}

# Who leads -> flows that would write over what the other system leads.
_EXCLUDED: Final[Mapping[Leading, tuple[FlowName, ...]]] = {
    Leading.OPERATIONS: (),
    Leading.PURCHASING_ONLY: (FlowName.STOCK_COUNT_OUT,),
    Leading.BOOKS: (FlowName.PURCHASE_ORDER_OUT, FlowName.RECEIPT_OUT, FlowName.STOCK_COUNT_OUT),
}


def is_for(option: Option, operations: SystemName | None, books: SystemName | None = None) -> bool:
    """Say whether an option is for links of an operations system and of books; ``None``: of any."""
    side = books if option.only_with in BOOKS else operations
    return _fits(option.only_with, side) and _fits(option.only_books, books)


def _fits(wanted: SystemName | None, system: SystemName | None) -> bool:
    return None in (wanted, system) or wanted is system
