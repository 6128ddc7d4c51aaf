"""The life of a transfer, drawn from the table that decides about it.

Everything here is read from ``counterfoil.engine.life``: the arrows from ``TABLE``, owners
and age limits from ``OWNERS``, and the meanings from the lines of text that stand below
the members of its enumerations.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterable
from datetime import timedelta
from enum import StrEnum
from itertools import pairwise

from counterfoil.engine import life
from counterfoil.engine.life import OWNERS, SETTLED, TABLE, Effect, Event, State

# Where a transfer begins (``engine.noticing.begin``).
_BEGINNINGS = (State.HELD, State.READY, State.SKIPPED)


def render() -> str:
    """Give the diagram and the tables of states, events and effects as Markdown."""
    return f"{_diagram()}\n\n{_states()}\n\n{_events()}\n\n{_effects()}"


def meanings(words: type[StrEnum]) -> dict[str, str]:
    """Give what stands below each member of an enumeration: its value -> one sentence."""
    module = ast.parse(inspect.getsource(life))
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


def _diagram() -> str:
    """Draw every arrow that leads to another state; what causes it stands beside it."""
    arrows: dict[tuple[State, State], list[Event]] = {}
    for (state, event), cell in TABLE.items():
        if cell.state is not state:
            arrows.setdefault((state, cell.state), []).append(event)
    lines = ["```mermaid", "stateDiagram-v2"]
    lines += [f"    [*] --> {state}" for state in _BEGINNINGS]
    lines += [
        f"    {before} --> {after}: {', '.join(events)}"
        for (before, after), events in arrows.items()
    ]
    return "\n".join([*lines, "```"])


def _states() -> str:
    meaning = meanings(State)
    return _table(
        ("state", "meaning", "who acts next", "told after"),
        (
            (
                f"*{state}*",
                meaning[state],
                "nobody: settled" if state in SETTLED else OWNERS[state].owner,
                _age(OWNERS[state].age_limit),
            )
            for state in State
        ),
    )


def _events() -> str:
    meaning = meanings(Event)
    return _table(("event", "meaning", "moves"), ((f"*{e}*", meaning[e], _moves(e)) for e in Event))


def _moves(event: Event) -> str:
    """Say whom the event moves: states before, grouped by the state after."""
    befores: dict[State, list[State]] = {}
    for (state, cause), cell in TABLE.items():
        if cause is event and cell.state is not state:
            befores.setdefault(cell.state, []).append(state)
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
