"""The life of a transfer, drawn from the two tables that decide about it.

What shall be is read from ``counterfoil.engine.deciding.DECISIONS``; how a write fares from
``counterfoil.engine.life``: the arrows from ``TABLE``, owners and age limits from
``STATES``, and the meanings from the lines of text that stand below the members of its
enumerations.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterable
from datetime import timedelta
from enum import StrEnum
from itertools import pairwise

from counterfoil.engine import deciding, life
from counterfoil.engine.deciding import DECISIONS, Wish, Write
from counterfoil.engine.life import (
    DECIDE,
    STATES,
    TABLE,
    Effect,
    Event,
    Standing,
    State,
    Step,
    states_that_are,
)

# Stands in the diagram where the facts decide.
_DECIDE = "decide"


def render() -> str:
    """Give both tables, the diagram and the meanings of their words as Markdown."""
    parts = (_decisions(), _wishes(), _diagram(), _states(), _events(), _effects())
    return "\n\n".join(parts)


def meanings(words: type[StrEnum]) -> dict[str, str]:
    """Give what stands below each member of an enumeration: its value -> one sentence."""
    module = ast.parse(inspect.getsource(deciding if words in (Wish, Write) else life))
    body = next(
        node.body
        for node in module.body
        if isinstance(node, ast.ClassDef) and node.name == words.__name__
    )
    found: dict[str, str] = {}
    for member, text in pairwise(body):
        if (
            isinstance(member, ast.Assign)
            and isinstance(text, ast.Expr)
            and isinstance(text.value, ast.Constant)
        ):
            name = ast.unparse(member.targets[0])
            found[words[name].value] = " ".join(str(text.value.value).split())
    return found


def _decisions() -> str:
    """List what shall be: the first row that fits counts."""
    rows = (tuple(part.strip() for part in row.name.rpartition(":")[::2]) for row in DECISIONS)
    return _table(("facts", "becomes"), rows)


def _wishes() -> str:
    meaning = meanings(Wish)
    return _table(("wish", "meaning"), ((f"*{wish}*", meaning[wish]) for wish in Wish))


def _name(to: object) -> str:
    return _DECIDE if to is DECIDE else str(to)


def _leads_away(state: State, cell: Step) -> bool:
    return cell.to is not state


def _diagram() -> str:
    """Draw every arrow that leads elsewhere; what causes it stands beside it."""
    arrows: dict[tuple[str, str], list[Event]] = {}
    for (state, event), cell in TABLE.items():
        if _leads_away(state, cell):
            arrows.setdefault((state, _name(cell.to)), []).append(event)
    lines = ["```mermaid", "stateDiagram-v2", f"    [*] --> {_DECIDE}"]
    lines += [f"    {_DECIDE} --> {state}" for state in _decided()]
    lines += [
        f"    {before} --> {after}: {', '.join(events)}"
        for (before, after), events in arrows.items()
    ]
    lines += [
        f"    {state} --> {_DECIDE}: a fact changed" for state in states_that_are(Standing.RESTING)
    ]
    return "\n".join([*lines, "```"])


def _decided() -> tuple[State, ...]:
    """Give where a decision leads: to rest, to a write, or to a write after a quiet time."""
    return (*states_that_are(Standing.RESTING), State.READY, State.WAITING)


def _states() -> str:
    meaning = meanings(State)
    return _table(
        ("state", "meaning", "what it is", "who acts next", "told after"),
        (
            (
                f"*{state}*",
                meaning[state],
                traits.standing,
                "nobody: settled" if traits.is_settled else traits.owner,
                _age(traits.age_limit),
            )
            for state, traits in STATES.items()
        ),
    )


def _events() -> str:
    meaning = meanings(Event)
    return _table(("event", "meaning", "moves"), ((f"*{e}*", meaning[e], _moves(e)) for e in Event))


def _moves(event: Event) -> str:
    """Say whom the event moves: states before, grouped by what comes after."""
    befores: dict[str, list[State]] = {}
    for (state, cause), cell in TABLE.items():
        if cause is event and _leads_away(state, cell):
            befores.setdefault(_name(cell.to), []).append(state)
    moves = [f"{', '.join(before)} → {after}" for after, before in befores.items()]
    return "; ".join(moves) or "none"


def _effects() -> str:
    meaning = meanings(Effect)
    return _table(("recorded with the step", "meaning"), ((f"*{e}*", meaning[e]) for e in Effect))


def _age(limit: timedelta | None) -> str:
    if limit is None:
        return "never"
    hours = int(limit.total_seconds()) // 3600
    count, unit = (hours // 24, "day") if hours % 24 == 0 else (hours, "hour")
    return f"{count} {unit}{'' if count == 1 else 's'}"


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
