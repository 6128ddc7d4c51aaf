"""Which passwords people may choose: long ones that nobody tries first.

No rule asks for capitals or digits: they make passwords alike, and people write them down.  A
password is taken apart instead: what is left of it without digits, signs, repetitions and letters
put for letters must not be a word that is tried first, or that this hub and its people are known
by.

Source: NIST SP 800-63B, 5.1.1.2 (length; lists of what is common, expected or repetitive).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

__all__ = ["LENGTH_MAX", "LENGTH_MIN", "problem_with"]

LENGTH_MIN: Final = 12
LENGTH_MAX: Final = 200
_DIFFERENT_MIN: Final = 5

# What is put for a letter.
_LETTERS: Final = str.maketrans("013457@$!|€", "oleastasile")
# Years and signs are put before and after.
_ENDS: Final = re.compile(r"^[\W\d_]+|[\W\d_]+$")
_WORD: Final = re.compile(r"[^\W\d_]+")
_ROWS: Final = (
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiopasdfghjklzxcvbnm",
    "qwertzuiopasdfghjklyxcvbnm",
    "azertyuiopqsdfghjklmwxcvbn",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
    "1q2w3e4r5t6y7u8i9o0p",
    "01234567890123456789",
)
_BOTH_WAYS: Final = (*_ROWS, *(row[::-1] for row in _ROWS))
# As short a piece of a row is no hint at all.
_RUN_MIN: Final = 4
_COMMON: Final = frozenset(
    """
    access admin administrator angel autodesk autotask baseball bookkeeper bookkeeping books
    change changeme charlie company computer counterfoil default demo dragon enter football
    freedom fusion fusionoperations guest hello hunter iloveyou intuit invoice jordan killer
    letmein login love lovely master michael monkey mustang nothing office operations owner pass
    passphrase passwd password passwort please princess prodsmart qbd qbo quickbooks quickbook
    secret server shadow soccer spring summer autumn winter starwars sunshine superman system
    temp temporary test testing thankyou trustno user username welcome whatever
    january february march april june july august september october november december
    """.split()
)
# Small words between or after such a word make it no better.
_FILLERS: Final = frozenset("a an and at in is it my of on one our the this to we you your".split())
_COMMON_SENTENCE: Final = (
    "It is one of those that are tried first. Take several words that have nothing to do with each "
    "other, or let a password manager make one."
)
_KNOWN_SENTENCE: Final = (
    "It is made of a name that everybody here knows. Take several words that have nothing to do "
    "with each other, or let a password manager make one."
)


def problem_with(password: str, known: Iterable[str] = ()) -> str | None:
    """Say why a password cannot be chosen; ``None``: it can.

    Args:
        password: As typed.
        known: Names that others know: the person's, their e-mail address, the company's.
    """
    if len(password) < LENGTH_MIN:
        return f"It has {len(password)} characters; take {LENGTH_MIN} or more. Spaces count, too."
    if len(password) > LENGTH_MAX:
        return f"It has more than {LENGTH_MAX} characters."
    plain = password.casefold()
    if len(set(plain)) < _DIFFERENT_MIN:
        return f"It has fewer than {_DIFFERENT_MIN} different characters."
    if _is_row(plain):
        return _COMMON_SENTENCE
    names = {word for name in known for word in _WORD.findall(name.casefold()) if len(word) > 2}
    for read in (plain, _ENDS.sub("", plain).translate(_LETTERS)):
        if _is_made_of(read, _COMMON | _FILLERS):
            return _COMMON_SENTENCE
        if _is_made_of(read, _COMMON | _FILLERS | names):
            return _KNOWN_SENTENCE
    return None


def _is_row(password: str) -> bool:
    """Whether it is keys beside each other, forwards or backwards, whatever stands between."""
    left = "".join(each for each in password if each.isalnum())
    while left:
        run = max(_run_length(left, row) for row in _BOTH_WAYS)
        if run < min(_RUN_MIN, len(left)):
            return False
        left = left[run:]
    return True


def _run_length(text: str, row: str) -> int:
    """Count the characters at the beginning of a text that stand so in a row."""
    length = 0
    while length < len(text) and text[: length + 1] in row:
        length += 1
    return length


def _is_made_of(password: str, words: Iterable[str]) -> bool:
    """Whether nothing but such words is in it, besides digits and signs."""
    letters = "".join(_WORD.findall(password))
    return bool(letters) and _is_spelled(letters, frozenset(words))


def _is_spelled(letters: str, words: frozenset[str]) -> bool:
    """Whether a text is one word after the other; each beginning is looked at once."""
    reached = {0}
    for end in range(1, len(letters) + 1):
        if any(end - len(word) in reached and letters.endswith(word, 0, end) for word in words):
            reached.add(end)
    return len(letters) in reached
