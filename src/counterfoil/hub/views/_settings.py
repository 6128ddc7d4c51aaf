"""A link's settings as people see them, and what is doubtful about them."""

from __future__ import annotations

from datetime import datetime

import msgspec

from counterfoil.errors import UsageError
from counterfoil.hub.doubts import doubts
from counterfoil.hub.finding import find_link
from counterfoil.hub.links import view_of
from counterfoil.hub.setup import Hub
from counterfoil.ledger import connections
from counterfoil.settings import Problem, Settings, SystemName, decode_settings

__all__ = ["SettingsSaved", "doubts_of", "settings_of", "settings_saved", "systems_of"]


def settings_of(hub: Hub, link: int | str) -> tuple[Settings, int, tuple[Problem, ...]]:
    """Give a link's settings as stored, their version, and what is wrong with them."""
    with hub.database.reading() as tx:
        version, stored = connections.settings(tx, find_link(tx, link).id)
    loaded = decode_settings(stored)
    return loaded.settings, version, tuple(loaded.problems)


class SettingsSaved(msgspec.Struct, frozen=True, kw_only=True):
    """A version of a link's settings as it was saved; 0: nobody has saved any."""

    version: int
    settings: Settings
    author: str = ""
    made_at: datetime | None = None


def settings_saved(hub: Hub, link: int | str, version: int | None = None) -> SettingsSaved:
    """Give a version of a link's settings; ``None``: the newest.

    Raises:
        UsageError: There is no such link or version.
    """
    with hub.database.reading() as tx:
        stored = connections.settings_versions(tx, find_link(tx, link).id)
    if not version and not stored:
        return SettingsSaved(version=0, settings=decode_settings("{}").settings)
    found = [each for each in stored if version is None or each["version"] == version]
    if not found:
        raise UsageError(f"There is no version {version} of these settings.")
    last = found[-1]
    return SettingsSaved(
        version=last["version"],
        settings=decode_settings(last["values"]).settings,
        author=last["author"],
        made_at=last["made_at"],
    )


def systems_of(hub: Hub, link: int | str) -> tuple[SystemName, SystemName]:
    """Give the operations system and the books of a link."""
    with hub.database.reading() as tx:
        view = view_of(tx, find_link(tx, link))
    return view.operations.system, view.books.system


def doubts_of(hub: Hub, link: int | str) -> tuple[str, ...]:
    """Warn of settings that disagree with what the books hold (DOC-1)."""
    with hub.database.reading() as tx:
        return doubts(tx, view_of(tx, find_link(tx, link)))
