"""How a link stands, in a word: what stops all of it comes before what stops a part."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

import msgspec

from counterfoil.api.standing import LinkStanding
from counterfoil.engine.life import State
from counterfoil.hub.views import ConnectionStatus

__all__ = ["FIGURES", "Health", "documents", "figures_of", "health_of", "totals"]


class Health(msgspec.Struct, frozen=True):
    """A word for how a link stands; ``kind``: the colour and icon; ``why``: more of it."""

    kind: str
    words: str
    why: str = ""


def health_of(link: LinkStanding, sides: Mapping[str, ConnectionStatus]) -> Health:
    """Say how a link stands; ``sides``: the connections in use, by name."""
    if not link.is_active:
        return Health("skip", "Removed", "Nothing of it is read or sent.")
    if link.is_paused:
        return Health("hold", "Paused", "Nothing of it is read or sent until somebody resumes it.")
    if link.problems:
        return Health("bad", "Stopped", "Its settings need attention.")
    pair = [sides[name] for name in (link.operations, link.books) if name in sides]
    broken = next((each for each in pair if each.problem or each.trouble), None)
    if broken is not None:
        return Health(
            "bad",
            f"{broken.name} needs attention",
            broken.problem.sentence if broken.problem else "",
        )
    unseen = next((each for each in pair if each.last_seen_at is None), None)
    if unseen is not None:
        return Health("hold", "Waits for its first contact", f"{unseen.name} was never reached.")
    found = totals(link.transfers)
    needs = found["attention"] + found["resync"]
    if needs:
        verb = "needs" if needs == 1 else "need"
        return Health("need", f"{documents(needs)} {verb} attention")
    return Health("good", "Works")


def documents(number: int) -> str:
    """Write how many documents."""
    return "1 document" if number == 1 else f"{number} documents"


FIGURES: Final[Mapping[str, tuple[str, tuple[State, ...]]]] = {
    "attention": ("need attention", (State.REFUSED,)),
    "resync": ("need resync", (State.CHANGED,)),
    "held": ("ready or held", (State.HELD,)),
    "moving": ("on their way", (State.READY, State.MATCHING, State.SENDING, State.WAITING)),
    "checked": ("being checked", (State.UNKNOWN, State.CONFIRMING)),
    "done": ("arrived", (State.DONE,)),
}
"""What documents are counted by, as their list is narrowed: its word there, and ours."""

# Shown although there is none; the others only where there are some.
_ALWAYS: Final = ("attention", "held", "moving", "done")


def totals(states: Mapping[str, int]) -> dict[str, int]:
    """Count documents by what people look for."""
    return {
        name: sum(states.get(each, 0) for each in counted)
        for name, (_words, counted) in FIGURES.items()
    }


def figures_of(counted: Iterable[Mapping[str, int]]) -> dict[str, str]:
    """Give the figures to be shown of some totals, with their words."""
    rows = list(counted)
    return {
        name: words
        for name, (words, _states) in FIGURES.items()
        if name in _ALWAYS or any(row[name] for row in rows)
    }
