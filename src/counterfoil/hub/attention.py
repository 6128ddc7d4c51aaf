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
        about: ``connection``, ``link``, ``to-dos`` of a link, or ``notices`` by a rule.
        id, name: Which one.
        sentence: What is wrong.
        cure: What to do about it.
        documents: How many wait for it.
        code: What kind of trouble it is, for rules and programs.
    """

    about: str
    id: int
    name: str
    sentence: str
    cure: str
    documents: int
    code: str = "problem"


def attention(
    connections: Iterable[ConnectionStatus], links: Iterable[LinkStatus]
) -> list[Attention]:
    """List what needs attention: connections first."""
    return [
        *(found for each in connections for found in _of_connection(each)),
        *(_of_link(each) for each in links if each.problems and each.is_active),
    ]


def _of_connection(each: ConnectionStatus) -> list[Attention]:
    """Tell what is wrong with a connection in one line, and in another what will be."""
    found = []
    if each.trouble is not None:
        found.append(_line(each, each.trouble.sentence, each.trouble.cure, "signed-out"))
    elif each.problem:
        found.append(_line(each, each.problem, _cure(each)))
    if each.notice is not None:
        ends = f"ends-in-{each.notice.days}-days"
        found.append(_line(each, each.notice.sentence, each.notice.cure, ends))
    return found


def _line(each: ConnectionStatus, sentence: str, cure: str, code: str = "problem") -> Attention:
    return Attention(
        about="connection",
        id=each.id,
        name=each.name,
        sentence=sentence,
        cure=cure,
        documents=each.waiting,
        code=code,
    )


def _cure(each: ConnectionStatus) -> str:
    if not traits_of(SystemName(each.system)).is_called:
        return f"See every step: counterfoil connections test {each.id}"
    return (
        f"Find out which step fails: counterfoil connections test {each.id}. Correct it: "
        f"counterfoil connections change {each.id}"
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
