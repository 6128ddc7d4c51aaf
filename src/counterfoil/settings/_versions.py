"""The versions of a link's settings: who changed what, and when.

A transfer remembers the number of the version it was made under, so a version never
changes and numbers are never used again.
"""

from __future__ import annotations

from datetime import datetime

import msgspec

from ._assign import render
from ._registry import DEFAULTS, OPTIONS
from ._values import Settings

__all__ = ["Change", "SettingsVersion", "diff", "next_version"]


class SettingsVersion(msgspec.Struct, frozen=True, kw_only=True):
    """One version.

    Attributes:
        number: From 1 on, without gaps.
        values: The settings of that version.
        author: Name of the user, or of the part of the program that did it.
        at: The moment, with its zone.
        changed: Keys whose values differ from the version before; from the defaults in
            the first.
    """

    number: int
    values: Settings
    author: str
    at: datetime
    changed: tuple[str, ...]


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One option that differs; ``before`` and ``after`` are texts, empty: not set."""

    key: str
    label: str
    before: str
    after: str


def diff(before: Settings, after: Settings) -> list[Change]:
    """List what differs, in declared order, then what this version cannot read."""
    old, new = _texts(before), _texts(after)
    return [
        Change(
            key=key,
            label=OPTIONS[key].label if key in OPTIONS else key,
            before=old.get(key, ""),
            after=new.get(key, ""),
        )
        for key in {**old, **new}
        if old.get(key, "") != new.get(key, "")
    ]


def next_version(
    previous: SettingsVersion | None, values: Settings, *, author: str, at: datetime
) -> SettingsVersion:
    """Give the version that follows; the previous one itself when nothing differs."""
    assert at.tzinfo is not None, "a version bears a moment, not a wall clock's reading"
    changes = diff(DEFAULTS if previous is None else previous.values, values)
    if previous is not None and not changes:
        return previous
    return SettingsVersion(
        number=1 if previous is None else previous.number + 1,
        values=values,
        author=author,
        at=at,
        changed=tuple(change.key for change in changes),
    )


def _texts(settings: Settings) -> dict[str, str]:
    return render(settings) | {entry.key: entry.value for entry in settings.unreadable}
