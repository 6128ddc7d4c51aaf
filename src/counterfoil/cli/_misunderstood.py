"""What is wrong with a command that was typed, in our words.

The library that takes the command line apart finds it; of its findings only the kind, the
parameter and the value are used, never a sentence.  What a value has to be says ``_reading``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from ._reading import UnfitWordError

__all__ = ["misunderstood"]

_QUOTED: Final = re.compile(r"'([^']*)'|\(([^()]*)\)")


def misunderstood(error: Any) -> str:
    """Say in one sentence what is wrong; ``error`` is one of Typer's."""
    kind = type(error).__name__
    if kind in _KINDS:
        return _KINDS[kind](error)
    text = error.format_message()
    quoted = ["".join(each) for each in _QUOTED.findall(text)]
    if "command" in text:
        return _no_command(*quoted) if quoted else "Name a command."
    if quoted:
        return f"{quoted[-1]!r} is more than this command takes."
    return "The command was not understood."


def _no_command(typed: str, *near: str) -> str:
    return f"There is no command {typed!r}.{_meant(near)}"


def _bad_value(error: Any) -> str:
    """Name the parameter, and what it has to be where that was read by us."""
    wrong = error.message if isinstance(error, UnfitWordError) else "cannot be used as it was given"
    return f"{_name_of(error)} {wrong}."


def _name_of(error: Any) -> str:
    """Name a parameter as its help does."""
    param = getattr(error, "param", None)
    if param is None:
        return str(getattr(error, "param_hint", None) or "A value")
    options = [each for each in getattr(param, "opts", ()) if each.startswith("-")]
    return options[0] if options else str(getattr(param, "metavar", None) or param.name.upper())


def _missing(error: Any) -> str:
    name = _name_of(error)
    param = getattr(error, "param", None)
    meant = getattr(param, "help", None) or ""
    return f"{name} is missing: {meant[0].lower()}{meant[1:]}" if meant else f"{name} is missing."


def _no_option(error: Any) -> str:
    return f"There is no option {error.option_name}.{_meant(sorted(error.possibilities or ()))}"


def _meant(near: Sequence[str]) -> str:
    return f" Did you mean {' or '.join(near)}?" if near else ""


def _option_use(error: Any) -> str:
    takes_none = "does not take" in error.format_message()
    return f"{error.option_name} {'takes no value' if takes_none else 'needs a value'}."


_KINDS: Final[Mapping[str, Callable[[Any], str]]] = {
    "BadParameter": _bad_value,
    "UnfitWordError": _bad_value,
    "MissingParameter": _missing,
    "NoSuchOption": _no_option,
    "BadOptionUsage": _option_use,
    "BadArgumentUsage": lambda _error: "Some of the words of the command are missing.",
    "FileError": lambda error: f"The file {error.ui_filename!r} cannot be opened.",
}
