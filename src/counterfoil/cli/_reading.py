"""What was typed, read as what a command takes: texts, numbers, paths, lists of them.

Typer would have pydantic do it, whose loading takes longer than most commands last.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, get_args, get_origin

import typer

__all__ = ["UnfitWordError", "read_here", "read_words"]


class UnfitWordError(typer.BadParameter):
    """A word is not what the command takes; the message says what it has to be."""


class _Reader:
    """Reads one parameter's words, as Typer asks it of its own."""

    def coerce(self, value: Any, *, param: Any, ctx: typer.Context) -> Any:
        takes = param.type_descriptor.annotation
        if get_origin(takes) is list:
            (each,) = get_args(takes)
            return [_read(each, word, param, ctx) for word in value or ()]
        return None if value is None else _read(takes, value, param, ctx)


def read_here(command: Any) -> None:
    """Let a command and all commands below it read their words here.

    Args:
        command: One of Typer's, built.
    """
    read_words(command)
    for below in getattr(command, "commands", {}).values():
        read_here(below)


def read_words(command: Any) -> None:
    """Let a command read its own words here, whatever those below it do."""
    for param in command.get_params(typer.Context(command)):  # with --help
        takes = param.type_descriptor.annotation
        assert {*get_args(takes), takes} & _READ.keys(), f"nothing here reads {takes}"
        # Where Typer keeps what it would build with pydantic.
        param._runtime_param = _READER  # noqa: SLF001 - there is no other way in


def _read(takes: Any, value: Any, param: Any, ctx: typer.Context) -> Any:
    try:
        return _READ[takes](value, param.type_descriptor.parameter_info)
    except ValueError as error:
        raise UnfitWordError(str(error), ctx=ctx, param=param) from None


def _number(value: Any, limits: Any, kind: Callable[[Any], float], words: str) -> float:
    """Read a number; what it has to be is told with what was typed."""
    try:
        number = kind(value)
    except (ValueError, OverflowError):
        raise ValueError(f"has to be {words} ({_shown(value)} is not)") from None
    if not math.isfinite(number):
        raise ValueError(f"has to be {words} ({_shown(value)} is not)")
    if limits.min is not None and number < limits.min:
        raise ValueError(f"has to be at least {limits.min} ({_shown(value)} is not)")
    if limits.max is not None and number > limits.max:
        raise ValueError(f"has to be at most {limits.max} ({_shown(value)} is not)")
    return number


def _shown(value: Any) -> str:
    return repr(str(value)[:80])


_READER: Final = _Reader()
_READ: Final[Mapping[Any, Callable[[Any, Any], Any]]] = {
    str: lambda value, _limits: str(value),
    Path: lambda value, _limits: Path(value),
    int: lambda value, limits: _number(value, limits, int, "a whole number"),
    float: lambda value, limits: _number(value, limits, float, "a number"),
    bool: lambda value, _limits: bool(value),
}
"""Type of a parameter -> what reads it, within the limits that it has."""
