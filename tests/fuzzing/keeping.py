"""What a reader gave can be kept: every number is finite, every text goes into any database."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any

import msgspec

__all__ = ["kept"]


def kept(value: object) -> None:
    """Look at every number and text inside of records, lists and mappings.

    Raises:
        AssertionError: One is not finite, or has half a character or a zero character in it.
    """
    level = [msgspec.to_builtins(value, builtin_types=(Decimal,), str_keys=True)]
    while level:
        each: Any = level.pop()
        match each:
            case str():
                assert "\x00" not in each, f"a zero character in {each[:80]!r}"
                assert _is_whole(each), f"half a character in {each[:80]!r}"
            case float() | Decimal():
                assert math.isfinite(each), f"{each} is not finite"
            case dict():
                level += [*each.keys(), *each.values()]
            case list() | tuple():
                level += each
            case _:
                pass


def _is_whole(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
