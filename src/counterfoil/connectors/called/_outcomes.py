"""Answers in the engine's words that every system that we call gives."""

from __future__ import annotations

from counterfoil.documents import refuse
from counterfoil.engine.operations import Refused

__all__ = ["unsupported"]


def unsupported(name: str, problem: str) -> Refused:
    """Say that a system, as people call it, cannot do something, and why."""
    return Refused(refuse("feature-missing", target=name, problem=problem))
