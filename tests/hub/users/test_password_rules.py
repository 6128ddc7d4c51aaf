"""Which passwords people may choose."""

from __future__ import annotations

import pytest

from counterfoil.hub.users import problem_with

KNOWN = ("Mara Quill", "mara@larkspur.example", "Larkspur Bakehouse")


@pytest.mark.parametrize(
    "password",
    [
        "plum orbit candle",
        "correct horse battery staple",
        "xK9$vv2!pQzL",
        "наша собака любит сыр",
        "pass the plum candle",
        "password of orbit candles",
    ],
)
def test_long_and_unexpected_ones_can_be_chosen(password: str) -> None:
    """No capitals, digits or signs are asked for, and any alphabet will do."""
    assert problem_with(password, KNOWN) is None


@pytest.mark.parametrize(
    "password, told",
    [
        ("short one", "12 or more"),
        ("", "12 or more"),
        ("aaaaaaaaaaaaaaaa", "different characters"),
        ("x" * 300, "more than 200"),
        ("password1234", "tried first"),
        ("P@ssw0rd2026!", "tried first"),
        ("passwordpassword", "tried first"),
        ("Welcome-2-QuickBooks", "tried first"),
        ("counterfoil2026", "tried first"),
        ("123456789012", "tried first"),
        ("qwertyuiop12345", "tried first"),
        ("1qaz2wsx3edc4rfv", "tried first"),
        ("9876543210987", "tried first"),
        ("MaraQuill2026", "everybody here knows"),
        ("larkspur-bakehouse", "everybody here knows"),
        ("my.Larkspur.password", "everybody here knows"),
    ],
)
def test_others_are_told_why_not(password: str, told: str) -> None:
    """Too short, tried first by whoever guesses, or made of names that others know."""
    problem = problem_with(password, KNOWN)

    assert problem is not None
    assert told in problem
    assert not password or password not in problem
