"""What trying a system that we call goes through: the same three steps for each of them."""

from __future__ import annotations

from ._shape import TrialStep

__all__ = ["trial_steps"]


def trial_steps(
    *, address: tuple[str, str], credentials: tuple[str, str], permission: tuple[str, str]
) -> tuple[TrialStep, ...]:
    """Word the steps: of each what is tried, and the sentence when it worked.

    A step fails by what the connector's ``TrialFailure`` names.
    """
    worded = (
        ("address", address, {"address", "unreachable", "busy", "strange"}),
        ("credentials", credentials, {"credentials"}),
        ("permission", permission, {"permission"}),
    )
    return tuple(
        TrialStep(name=name, title=title, passed=passed, failures=frozenset(failures))
        for name, (title, passed), failures in worded
    )
