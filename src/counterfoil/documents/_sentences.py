"""How the tables' texts become sentences."""

from __future__ import annotations

from collections.abc import Mapping
from string import Formatter

__all__ = ["ended", "filled"]

_STOPS = (".", "!", "?", "…")


def ended(text: str) -> str:
    """Give a text its full stop, unless it ends like a sentence already (“It is Acme Inc.”)."""
    return text if text.endswith(_STOPS) else f"{text}."


def filled(template: str, values: Mapping[str, object], *, absent: str | None = None) -> str:
    """Fill the ``{name}`` places of a text.

    Values are taken as they are, braces included.  Where one ends like a sentence
    (“… Acme Inc.”), the full stop that the template puts right after it is left out.

    Args:
        template: A text of one of our tables.
        values: By name of the place.
        absent: What stands in a place without a value; ``None``: the place itself.
    """
    parts: list[str] = []
    ended = False
    for literal, name, _, _ in Formatter().parse(template):
        parts.append(literal.removeprefix(".") if ended else literal)
        if name is not None:
            missing = "{" + name + "}" if absent is None else absent
            value = str(values.get(name, missing))
            parts.append(value)
            ended = value.endswith(_STOPS)
    return "".join(parts)
