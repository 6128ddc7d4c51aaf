"""Calls of one of our functions, read off the source: what its callers hand it, without a run."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import NamedTuple

__all__ = ["SOURCE", "Call", "calls_of"]

SOURCE = Path(__file__).resolve().parents[2] / "src" / "counterfoil"


class Call(NamedTuple):
    """One call, as far as it can be read off: its place, first argument and keywords."""

    where: str
    code: str
    names: set[str]


def calls_of(function: str) -> list[Call]:
    """Give the calls whose first argument is a constant and whose keywords are all written out."""
    found = []
    for path in sorted(SOURCE.rglob("*.py")):
        text = path.read_text("utf-8")
        if f"{function}(" not in text:
            continue
        for node in ast.walk(ast.parse(text)):
            if not (isinstance(node, ast.Call) and _is(node.func, function) and node.args):
                continue
            code, names = node.args[0], {keyword.arg for keyword in node.keywords}
            if isinstance(code, ast.Constant) and None not in names:
                where = f"{path.relative_to(SOURCE)}:{node.lineno}"
                found.append(Call(where, str(code.value), {name for name in names if name}))
    return found


def _is(called: ast.expr, function: str) -> bool:
    return isinstance(called, ast.Name) and called.id == function
