"""What people answer and type: whether they mean it, days, and words."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import date
from typing import Annotated, TypeVar

import typer

from counterfoil.told import Advice, Told, whole

from ._show import warn

__all__ = ["Yes", "agreed", "day_typed", "word_typed"]

Yes = Annotated[bool, typer.Option("--yes", help="Do it without asking.")]


def agreed(question: str, leaves: Sequence[Told | str], *, yes: bool) -> None:
    """Tell what something leaves behind, and go on only if a person wants it.

    Raises:
        UsageError: Nobody is at a terminal, and ``--yes`` is not given.
        typer.Abort: The person does not want it.
    """
    from counterfoil.errors import UsageError

    if yes:
        return
    if not is_at_terminal():
        effect = whole(*map(str, leaves))
        raise UsageError(f"{question} {effect}", Advice("To do it, say so", "--yes"))
    for each in leaves:
        warn(each)
    typer.confirm(question, abort=True, err=True)


def is_at_terminal() -> bool:
    """Whether somebody can answer."""
    return sys.stdin.isatty()


Word = TypeVar("Word", bound=str)


def word_typed(option: str, text: str | None, words: Sequence[Word]) -> Word | None:
    """Find the word that an option was given; ``None``: it was given none.

    Raises:
        UsageError: It is none of the words.
    """
    from counterfoil.errors import UsageError

    found = next((word for word in words if word == text), None)
    if text is not None and found is None:
        raise UsageError(f"{option} is {text!r}; it must be one of {', '.join(words)}.")
    return found


def day_typed(text: str | None) -> date | None:
    """Read a day; ``None``: none was typed.

    Raises:
        UsageError: It is none.
    """
    from counterfoil.errors import UsageError

    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{text!r} is no day; write it like 2026-01-31.") from None
