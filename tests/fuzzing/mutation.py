"""Spoiling inputs: the same number spoils the same seeds in the same way."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from random import Random
from typing import Final

__all__ = ["spoilt"]

_CHANGES_MAX: Final = 6
_NOISE_BYTES_MAX: Final = 300
_REPEATS_MAX: Final = 2_000
LENGTH_BYTES_MAX: Final = 64 * 1024

# What one value is in XML, JSON, TOML and CSV alike: a run of what is no punctuation.
_VALUE = re.compile(rb"[^<>\"'{}\[\]:,=&;\s]+")
# A part that may be left out, repeated or moved: a tag, an object, a list, a line.
_PART = re.compile(rb"<[^<>]*>[^<>]*|\{[^{}]*\}|\[[^\[\]]*\]|[^\n]+\n")

# Values that have broken readers: ends of ranges, odd spellings, half characters, bombs.
ODD: Final = tuple(
    word.encode("utf-8", "surrogatepass")
    for word in (
        *("", " ", "0", "-0", "-1", "007", "1e999", "1e-999", "-1E+30", "NaN", "sNaN", "Infinity"),
        *("9" * 19, "9" * 400, "0." + "0" * 400 + "1", "1_000", "1,000.00", "\u0661\u0662", "+5"),
        *("0x80040400", "-2147220480", str(2**31), str(2**63), str(-(2**63) - 1), "true", "null"),
        *("0001-01-01", "0001-01-01T00:00:00+23:59", "9999-12-31", "9999-12-31T23:59:59-23:59"),
        *("2025-02-30", "2025-03-03T24:00:00", "2025-03-09T02:30:00", "2025-03-03T09:00:00+99:99"),
        *("\x00", "\x0b", "\x1b[31m", "\x85", "\u2028", "\u202e", "\ud800", "\ufeff", "\uffff"),
        *("\U0001f600", "&#0;", "&#xFFFF;", "&#x110000;", "&amp;", "&unknown;", "<", ">", "]]>"),
        *(
            "<!--",
            "<![CDATA[",
            "<?xml version='1.0' encoding='utf-16'?>",
            "<!DOCTYPE a>",
            "\\ud800",
        ),
        *("{}", "[]", "[[[[", '{"":', '"', "'", "\\", "%00", "=1+1", "../..", "{0}", "%s"),
    )
)


def spoilt(seeds: Sequence[bytes], number: int) -> bytes:
    """Give the input of this number: mostly a spoilt seed, one in ten mere noise."""
    chance = Random(number)
    if chance.random() < 0.1:
        return chance.randbytes(chance.randrange(_NOISE_BYTES_MAX))
    made = chance.choice(seeds)
    for _ in range(chance.randint(1, _CHANGES_MAX)):
        made = chance.choice(_CHANGES)(made, chance, seeds)[:LENGTH_BYTES_MAX]
    return made


Change = Callable[[bytes, Random, Sequence[bytes]], bytes]


def _found(pattern: re.Pattern[bytes], made: bytes, chance: Random) -> tuple[int, int]:
    """Give where one match, chosen by chance, begins and ends; nowhere: one place between."""
    start = chance.randint(0, len(made))
    match = pattern.search(made, start) or pattern.search(made)
    return match.span() if match else (start, start)


def _odd_value(made: bytes, chance: Random, _seeds: Sequence[bytes]) -> bytes:
    start, end = _found(_VALUE, made, chance)
    return made[:start] + chance.choice(ODD) + made[end:]


def _other_value(made: bytes, chance: Random, seeds: Sequence[bytes]) -> bytes:
    other = chance.choice(seeds)
    start, end = _found(_VALUE, made, chance)
    first, last = _found(_VALUE, other, chance)
    return made[:start] + other[first:last] + made[end:]


def _without_part(made: bytes, chance: Random, _seeds: Sequence[bytes]) -> bytes:
    start, end = _found(_PART, made, chance)
    return made[:start] + made[end:]


def _part_again(made: bytes, chance: Random, _seeds: Sequence[bytes]) -> bytes:
    start, end = _found(_PART, made, chance)
    times = chance.choice((1, 1, 1, 2, _REPEATS_MAX))
    return made[:end] + made[start:end] * times + made[end:]


def _other_part(made: bytes, chance: Random, seeds: Sequence[bytes]) -> bytes:
    other = chance.choice(seeds)
    start, end = _found(_PART, made, chance)
    first, last = _found(_PART, other, chance)
    return made[:start] + other[first:last] + made[end:]


def _cut(made: bytes, chance: Random, _seeds: Sequence[bytes]) -> bytes:
    return made[: chance.randint(0, len(made))]


def _odd_byte(made: bytes, chance: Random, _seeds: Sequence[bytes]) -> bytes:
    place = chance.randint(0, len(made))
    return made[:place] + chance.randbytes(1) + made[place + chance.randint(0, 1) :]


_CHANGES: Final[tuple[Change, ...]] = (
    _odd_value,
    _odd_value,
    _odd_value,
    _other_value,
    _without_part,
    _part_again,
    _other_part,
    _cut,
    _odd_byte,
)
