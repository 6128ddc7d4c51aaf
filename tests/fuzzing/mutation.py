"""Spoiling inputs: the same number spoils the same seeds in the same way."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from random import Random
from typing import Final

__all__ = ["spoilt"]

# Most inputs are read deep inside only when little of them is wrong.
_CHANGES_MAX: Final = 5
_NOISE_SHARE: Final = 0.05
_NOISE_BYTES_MAX: Final = 300
_LENGTH_BYTES_MAX: Final = 64 * 1024
# Mostly a few; now and then so many that whoever takes too long over each is found.
_TIMES: Final = (1, 1, 1, 1, 1, 2, 2, 40, 2_000)
_DEPTHS: Final = (2, 33, 60, 600, 9_000)
_SHELLS: Final = ((b"[", b"]"), (b'{"a":', b"}"), (b"<a>", b"</a>"))

# What one value is in XML, JSON, TOML and CSV alike.
_VALUE = re.compile(rb"[^<>\"'{}\[\]:,=&;\s][^<>\"{}\[\],=&;\n]*")
# What may be left out, repeated or moved: a tag with its text, an object, a list, a line.
_PART = re.compile(
    rb"<(\w+)[^<>]*>[^<>]*</\1>|<[^<>]*>|\{[^{}]*\}|\[[^\[\]]*\]|\"[^\"]*\":[^,{}\[\]]*,?|[^\n]+\n"
)

# Ends of ranges, odd spellings, characters few programs like, and what means something elsewhere.
_ODD: Final = tuple(
    word.encode("utf-8", "surrogatepass")
    for word in (
        *("", " ", "0", "-0", "-1", "007", "1.5", "-0.00001", "1e5", "1e999", "1e-999", "-1E+30"),
        *("1e999999999", "1e-999999999", "NaN", "sNaN", "Infinity", "-Infinity", "1_000", "+5"),
        *("9" * 19, "9" * 31, "9" * 5_000, f"0.{'0' * 400}1", "1,000.00", "\u0661\u0662", "12."),
        *("0x80040400", "-2147220480", "2147483648", "9223372036854775808", "1e18", "4294967296"),
        *("true", "false", "null", "TRUE", "1", "yes", "[]", "{}", '""', '"a"', "[null]", "[[]]"),
        *("0001-01-01", "0001-01-01T00:00:00+14:00", "9999-12-31", "9999-12-31T23:59:59-14:00"),
        *("2025-02-30", "2025-03-03T24:00:00Z", "2025-03-09T02:30:00", "2025-03-03T09:00:00+99:99"),
        *("2025-03-03T09:00:00+24:00", "0000-00-00", "PT-1H", "PT99999999999H", "P1Y", "PT0.5S"),
        *("\x00", "\x0b", "\x1b[31m", "\x7f", "\x85", "\u2028", "\u202e", "\ud800", "\ufeff"),
        *("\uffff", "\U0001f600", "\u0130", "\u00df", "e\u0301", "a" * 256, "\u20ac" * 5_000),
        *("&#0;", "&#xFFFF;", "&#x110000;", "&#99999999999999999999;", "&amp;", "&unknown;", "]]>"),
        *(
            "<!--",
            "<![CDATA[",
            "<?xml version='1.0' encoding='utf-16'?>",
            "<!DOCTYPE a []>",
            "<a/>",
        ),
        *(
            "\\ud800",
            "\\u0000",
            "\\",
            '"',
            "'",
            "%00",
            "%s",
            "{0}",
            "=1+1",
            "../..",
            "http://[",
            ":",
        ),
    )
)

Change = Callable[[bytes, Random, Sequence[bytes]], bytes]


def spoilt(seeds: Sequence[bytes], number: int) -> bytes:
    """Give the input of this number: mostly a spoilt seed, some mere noise."""
    chance = Random(number)
    if chance.random() < _NOISE_SHARE:
        return chance.randbytes(chance.randrange(_NOISE_BYTES_MAX))
    made = chance.choice(seeds)
    for _ in range(chance.randint(1, _CHANGES_MAX)):
        made = chance.choice(_CHANGES)(made, chance, seeds)[:_LENGTH_BYTES_MAX]
    return made


def _place(pattern: re.Pattern[bytes], made: bytes, chance: Random) -> slice:
    """Give the place of one match, chosen by chance; where there is none, a place without width."""
    start = chance.randint(0, len(made))
    match = pattern.search(made, start) or pattern.search(made)
    return slice(*match.span()) if match else slice(start, start)


def _replaced(made: bytes, place: slice, new: bytes) -> bytes:
    return made[: place.start] + new + made[place.stop :]


def _odd_value(made: bytes, chance: Random, _seeds: Sequence[bytes]) -> bytes:
    return _replaced(made, _place(_VALUE, made, chance), chance.choice(_ODD))


def _other_value(made: bytes, chance: Random, seeds: Sequence[bytes]) -> bytes:
    other = chance.choice(seeds)
    new = other[_place(_VALUE, other, chance)]
    return _replaced(made, _place(_VALUE, made, chance), new)


def _other_part(made: bytes, chance: Random, seeds: Sequence[bytes]) -> bytes:
    other = chance.choice(seeds)
    new = other[_place(_PART, other, chance)]
    return _replaced(made, _place(_PART, made, chance), new)


def _without_part(made: bytes, chance: Random, _seeds: Sequence[bytes]) -> bytes:
    return _replaced(made, _place(_PART, made, chance), b"")


def _part_again(made: bytes, chance: Random, _seeds: Sequence[bytes]) -> bytes:
    place = _place(_PART, made, chance)
    part = made[place]
    # JSON wants its commas.
    more = b"," + part if part[:1] in b"{[" else part
    return _replaced(made, place, part + more * chance.choice(_TIMES))


def _nested(made: bytes, chance: Random, _seeds: Sequence[bytes]) -> bytes:
    place = _place(_PART, made, chance)
    opening, closing = chance.choice(_SHELLS)
    depth = chance.choice(_DEPTHS)
    return _replaced(made, place, opening * depth + made[place] + closing * depth)


def _cut(made: bytes, chance: Random, _seeds: Sequence[bytes]) -> bytes:
    return made[: chance.randint(0, len(made))]


def _odd_byte(made: bytes, chance: Random, _seeds: Sequence[bytes]) -> bytes:
    start = chance.randint(0, len(made))
    return _replaced(made, slice(start, start + chance.randint(0, 1)), chance.randbytes(1))


# Each as often as it stands here: values are what readers judge most.
_CHANGES: Final[tuple[Change, ...]] = (
    *(_odd_value,) * 6,
    *(_other_value,) * 3,
    *(_other_part,) * 2,
    *(_without_part,) * 2,
    *(_part_again,) * 2,
    _nested,
    _cut,
    _odd_byte,
)
