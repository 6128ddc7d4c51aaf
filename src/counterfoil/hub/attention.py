"""What needs a person's attention beside single documents: one line for each cause.

A connection that does not work keeps every document for it waiting.  That is one thing to
mend, so it is told once, with how many documents wait for it.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from counterfoil.hub.views import ConnectionStatus, LinkStatus
from counterfoil.settings import SystemName

from .systems import traits_of

__all__ = ["Attention", "attention"]


class Attention(msgspec.Struct, frozen=True, kw_only=True):
    """A cause that a person has to mend.

    Attributes:
        about: ``connection`` or ``link``.
        id, name: Which one.
        sentence: What is wrong.
        cure: What to do about it.
        documents: How many wait for it.
    """

    about: str
    id: int
    name: str
    sentence: str
    cure: str
    documents: int


def attention(
    connections: Iterable[ConnectionStatus], links: Iterable[LinkStatus]
) -> list[Attention]:
    """List what needs attention: connections first."""
    return [
        *(_of_connection(each, each.problem) for each in connections if each.problem),
        *(_of_link(each) for each in links if each.problems and each.is_active),
    ]


def _of_connection(each: ConnectionStatus, problem: str) -> Attention:
    is_called = traits_of(SystemName(each.system)).is_called
    return Attention(
        about="connection",
        id=each.id,
        name=each.name,
        sentence=problem,
        cure=(
            f"Find out which step fails: counterfoil connections test {each.id}. Correct it: "
            f"counterfoil connections change {each.id}"
            if is_called
            else f"See every step: counterfoil connections test {each.id}"
        ),
        documents=each.waiting,
    )


def _of_link(each: LinkStatus) -> Attention:
    return Attention(
        about="link",
        id=each.id,
        name=each.name,
        sentence="; ".join(each.problems),
        cure=f"Correct its settings: counterfoil settings show {each.id}",
        documents=sum(states.get("held", 0) for _flow, _mode, states in each.flows),
    )
