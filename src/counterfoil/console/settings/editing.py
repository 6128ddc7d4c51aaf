"""A change of settings before it is saved: what differs, what it does, what is wrong with it.

Whoever saves has looked at a version.  Has somebody else saved since, what this one changed is
laid over the newer one, and shown once more: nobody's change is lost, and none is made unseen.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import msgspec

from counterfoil.engine.life import State
from counterfoil.hub import desk, views
from counterfoil.hub.setup import Hub
from counterfoil.hub.views import NamedValue, SettingsSaved
from counterfoil.ledger.connections import Link
from counterfoil.settings import (
    OPTIONS,
    Change,
    Problem,
    Settings,
    apply_texts,
    diff,
    in_words,
    render,
)

__all__ = ["Draft", "Saying", "draft", "told_changes"]


class Saying(msgspec.Struct, frozen=True):
    """A line of what a change does; ``kind``: the icon before it."""

    kind: str
    sentence: str


@dataclass(frozen=True)
class Draft:
    """A change of a link's settings.

    Attributes:
        saved: The newest version, over which it is laid.
        texts: What was typed that differs from the version it was typed into, by key.
        settings: What would be saved; ``None``: something does not fit.
        problems: What does not fit.
        changes: What differs from the newest version.
        overtaken: What others have saved meanwhile.
        named: What the changed settings name, beside the real lists.
        effect: What saving does.
    """

    saved: SettingsSaved
    texts: Mapping[str, str]
    settings: Settings | None
    problems: list[Problem] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    overtaken: list[Change] = field(default_factory=list)
    named: list[NamedValue] = field(default_factory=list)
    effect: list[Saying] = field(default_factory=list)

    @property
    def digest(self) -> str:
        """A word for exactly these changes: what was looked at is what is saved."""
        seen = [(each.key, each.before, each.after) for each in self.changes]
        return hashlib.sha256(msgspec.json.encode(seen)).hexdigest()[:16]

    @property
    def wrong_names(self) -> list[NamedValue]:
        """What is named and, as far as is known, not to be had."""
        return [each for each in self.named if each.is_wrong]


def draft(hub: Hub, link: Link, texts: Mapping[str, str], seen: int | None = None) -> Draft:
    """Lay what was typed over the newest settings.

    Args:
        texts: What stands in the fields now, by key; what they do not name stays.
        seen: The version that they were typed into; ``None``: the newest.
    """
    saved = views.settings_saved(hub, link.id)
    base = saved if seen in (None, saved.version) else views.settings_saved(hub, link.id, seen)
    before = render(base.settings)
    typed = {key: text for key, text in texts.items() if not _is_same(key, text, before)}
    overtaken = diff(base.settings, saved.settings)
    result = apply_texts(typed, saved.settings)
    if isinstance(result, list):
        return Draft(saved, typed, None, problems=result, overtaken=overtaken)
    changes = diff(saved.settings, result)
    keys = {each.key for each in changes}
    named = views.named_values(hub, link.id, result) if changes else []
    return Draft(
        saved,
        typed,
        result,
        changes=changes,
        overtaken=overtaken,
        named=[each for each in named if each.key in keys],
        effect=_effect(hub, link, result) if changes else [],
    )


def _is_same(key: str, text: str, before: Mapping[str, str]) -> bool:
    """Whether a field says what is set already, however it is written."""
    if before.get(key) == text.strip():
        return True
    read = apply_texts({key: text})
    return isinstance(read, Settings) and render(read).get(key) == before.get(key)


# --- What it does -------------------------------------------------------------------------

_MOVES: Final[Mapping[tuple[State, State], tuple[str, str, str]]] = {
    (State.HELD, State.READY): (
        "moving",
        "1 document that waits for somebody becomes ready to send.",
        "{} documents that wait for somebody become ready to send.",
    ),
    (State.HELD, State.SKIPPED): (
        "skip",
        "1 document that waits for somebody is left out.",
        "{} documents that wait for somebody are left out.",
    ),
    (State.READY, State.HELD): (
        "hold",
        "1 document that is ready waits until somebody sends it.",
        "{} documents that are ready wait until somebody sends them.",
    ),
    (State.READY, State.SKIPPED): (
        "skip",
        "1 document that is ready is left out.",
        "{} documents that are ready are left out.",
    ),
    (State.REFUSED, State.READY): (
        "again",
        "1 document that needs attention is tried again.",
        "{} documents that need attention are tried again.",
    ),
    (State.REFUSED, State.HELD): (
        "hold",
        "1 document that needs attention waits until somebody sends it.",
        "{} documents that need attention wait until somebody sends them.",
    ),
    (State.REFUSED, State.SKIPPED): (
        "skip",
        "1 document that needs attention is left out.",
        "{} documents that need attention are left out.",
    ),
}
"""From a state to another -> the icon, and what is said of one and of several."""


def _effect(hub: Hub, link: Link, after: Settings) -> list[Saying]:
    """Say what saving does to what waits."""
    found = desk.settings_effect(hub, link.id, after)
    told = [
        Saying(kind, one if number == 1 else several.format(number))
        for move, (kind, one, several) in _MOVES.items()
        if (number := found.moves.get(move, 0))
    ]
    if not told:
        told = [Saying("info", "Nothing that waits now moves by it.")]
    if not found.is_all:
        told.append(Saying("info", f"Only the first {found.looked_at} were looked at."))
    told.append(Saying("info", "What is in QuickBooks already stays as it is."))
    return told


# --- In words -----------------------------------------------------------------------------


def told_changes(changes: list[Change]) -> list[Change]:
    """Give changes with their values as people read them."""
    return [
        msgspec.structs.replace(
            each, before=_said(each.key, each.before), after=_said(each.key, each.after)
        )
        for each in changes
    ]


def _said(key: str, text: str) -> str:
    option = OPTIONS.get(key)
    return text or "nothing" if option is None else in_words(option, text)
