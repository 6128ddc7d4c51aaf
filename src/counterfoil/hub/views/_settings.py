"""A link's settings as people see them, and what is doubtful about them."""

from __future__ import annotations

from counterfoil.hub.doubts import doubts
from counterfoil.hub.finding import find_link
from counterfoil.hub.links import view_of
from counterfoil.hub.setup import Hub
from counterfoil.ledger import connections
from counterfoil.settings import Problem, Settings, SystemName, decode_settings

__all__ = ["doubts_of", "settings_of", "systems_of"]


def settings_of(hub: Hub, link: int | str) -> tuple[Settings, int, tuple[Problem, ...]]:
    """Give a link's settings as stored, their version, and what is wrong with them."""
    with hub.database.reading() as tx:
        version, stored = connections.settings(tx, find_link(tx, link).id)
    loaded = decode_settings(stored)
    return loaded.settings, version, tuple(loaded.problems)


def systems_of(hub: Hub, link: int | str) -> tuple[SystemName, SystemName]:
    """Give the operations system and the books of a link."""
    with hub.database.reading() as tx:
        view = view_of(tx, find_link(tx, link))
    return view.operations.system, view.books.system


def doubts_of(hub: Hub, link: int | str) -> tuple[str, ...]:
    """Warn of settings that disagree with what the books hold (DOC-1)."""
    with hub.database.reading() as tx:
        return doubts(tx, view_of(tx, find_link(tx, link)))
