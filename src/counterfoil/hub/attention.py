"""What needs a person's attention beside single documents: one line for each cause.

A connection that does not work keeps every document for it waiting.  That is one thing to
mend, so it is told once, with how many documents wait for it.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from counterfoil.documents import ended
from counterfoil.hub import advice
from counterfoil.hub.views import ConnectionStatus, LinkStatus
from counterfoil.settings import SystemName
from counterfoil.told import Advice, Told

from .systems import traits_of

__all__ = ["Attention", "attention"]


class Attention(msgspec.Struct, frozen=True, kw_only=True):
    """A cause that a person has to mend.

    Attributes:
        about: ``connection``, ``link``, ``to-dos`` of a link, or ``notices`` by a rule.
        id, name: Which one.
        sentence: What is wrong.
        cure: What to do about it.
        detail: What was seen, for an engineer.
        documents: How many wait for it.
        code: What kind of trouble it is, for rules and programs.
    """

    about: str
    id: int
    name: str
    sentence: str
    cure: Told
    documents: int
    code: str = "problem"
    detail: str = ""


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
        found.append(_line(each, each.trouble.told, "signed-out"))
    elif each.problem:
        found.append(_line(each, each.problem.with_advice(*_ways_out(each))))
    if each.notice is not None:
        ends = f"ends-in-{each.notice.days}-days"
        found.append(_line(each, Told(each.notice.sentence, each.notice.cure), ends))
    return found


def _line(each: ConnectionStatus, told: Told, code: str = "problem") -> Attention:
    return Attention(
        about="connection",
        id=each.id,
        name=each.name,
        sentence=told.sentence,
        cure=Told("", *told.advice),
        detail=told.detail,
        documents=each.waiting,
        code=code,
    )


def _ways_out(each: ConnectionStatus) -> tuple[Advice, ...]:
    if each.problem is not None and each.problem.advice:
        return ()
    if not traits_of(SystemName(each.system)).is_called:
        return (advice.look_again(each.id),)
    return (
        advice.look_again(each.id, "Find out which step fails"),
        advice.change(each.id, "Correct it"),
    )


def _of_link(each: LinkStatus) -> Attention:
    return Attention(
        about="link",
        id=each.id,
        name=each.name,
        sentence=" ".join(ended(problem) for problem in each.problems),
        cure=Told(
            "",
            Advice(
                "Correct its settings", f"settings show {each.id}", f"/links/{each.id}/settings"
            ),
        ),
        documents=sum(states.get("held", 0) for _flow, _mode, states in each.flows),
    )
