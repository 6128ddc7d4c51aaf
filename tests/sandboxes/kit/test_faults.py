"""How faults wait for their chances and are used up."""

from __future__ import annotations

import pytest

from counterfoil.sandboxes.kit import ArmedFault, FaultPlan


class Fault(ArmedFault, frozen=True):
    """Spoils everything whose name begins so."""

    start: str = ""


def spoiled(plan: FaultPlan[Fault], chances: str) -> str:
    """Give each chance a word: the start of the fault that struck it, or a point."""
    return " ".join(_word(plan, name) for name in chances.split())


def _word(plan: FaultPlan[Fault], name: str) -> str:
    fault = plan.struck(lambda one: name.startswith(one.start))
    return "." if fault is None else fault.start


@pytest.mark.parametrize(
    "fault, chances, expected",
    [
        (Fault(start="a"), "a1 a2", "a ."),
        (Fault(start="a", count=2), "a1 b1 a2 a3", "a . a ."),
        (Fault(start="a", skip=1), "b1 a1 a2 a3", ". . a ."),
        (Fault(start="a", skip=2, count=None), "a1 a2 a3 a4 a5", ". . a a a"),
        (Fault(start="a", count=0), "a1", "."),
    ],
    ids=["once", "twice", "skips fitting ones only", "until cleared", "none left"],
)
def test_a_fault_is_used_up(fault: Fault, chances: str, expected: str) -> None:
    """It lets ``skip`` fitting chances pass, spoils ``count`` of those that follow, and is gone."""
    plan: FaultPlan[Fault] = FaultPlan()
    plan.arm(fault)

    assert spoiled(plan, chances) == expected


def test_the_first_armed_strikes_first() -> None:
    """Of two that fit, the one armed first is used up first; one that skips counts meanwhile."""
    plan: FaultPlan[Fault] = FaultPlan()
    for fault in (Fault(start="ab", skip=1), Fault(start="a")):
        plan.arm(fault)

    assert spoiled(plan, "abc abc abc") == "a ab ."


def test_what_is_armed_can_be_seen_and_cleared() -> None:
    """Shown with the chances they have left; cleared, nothing strikes."""
    plan: FaultPlan[Fault] = FaultPlan()
    plan.arm(Fault(start="a", count=3, skip=1))
    spoiled(plan, "a a")
    assert plan.armed() == (Fault(start="a", count=2),)

    plan.clear()

    assert (plan.armed(), spoiled(plan, "a")) == ((), ".")
