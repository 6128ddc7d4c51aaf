"""The steps of a trial, or of setting up, drawn, and how far setting up has come."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ._show import say

if TYPE_CHECKING:
    from counterfoil.hub.accounts import StepTried
    from counterfoil.hub.before_first import LinkChecklist
    from counterfoil.hub.checklist import StepShown

__all__ = ["show_steps", "tell_stage"]

_MARKS = {True: "passed", False: "FAILED", None: "open  "}


def show_steps(steps: Iterable[StepTried | StepShown]) -> None:
    """Draw steps, each with why."""
    for each in steps:
        say(f"{_MARKS[each.is_passed]} {each.step}: {each.title}", bold=True)
        say(each.sentence, indent=2)


def tell_stage(found: LinkChecklist) -> None:
    """Tell how far setting a link up has come, where that goes in stages."""
    if found.stage is None:
        return
    left = "" if found.is_ready else f" What is left: counterfoil links checklist {found.link}"
    say(f"{found.stage}{left}")
