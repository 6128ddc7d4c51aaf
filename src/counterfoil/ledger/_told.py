"""How what is told is kept in a column of text: its sentence on the first line, the rest as JSON.

Whoever looks into the database reads the sentence.  Once it was one text, with commands and what
went over the wire within its sentences; only here is such a text taken apart, as well as that can
be done.  A sentence that would be taken for such a text, as one in which a name
is like a command, bears an empty rest, and so stays whole.
"""

from __future__ import annotations

import re
from typing import Final

import msgspec

from counterfoil.told import Advice, Told

__all__ = ["kept", "read"]


class _Rest(msgspec.Struct, frozen=True, omit_defaults=True):
    advice: tuple[tuple[str, str, str], ...] = ()
    detail: str = ""


def kept(told: Told | str) -> str:
    """Give what is told as one text."""
    if isinstance(told, str):
        told = Told(told)
    rest = _Rest(
        advice=tuple((each.words, each.command, each.page) for each in told.advice),
        detail=told.detail,
    )
    sentence = _one_line(told.sentence)
    if rest == _Rest() and _of_one_text(sentence) == Told(sentence):
        return sentence
    return f"{sentence}\n{msgspec.json.encode(rest).decode()}"


def read(text: str) -> Told:
    """Read what was kept, by whichever version."""
    sentence, is_apart, rest = text.partition("\n")
    if not is_apart:
        return _of_one_text(text)
    try:
        found = msgspec.json.decode(rest, type=_Rest)
    except msgspec.MsgspecError:
        return _of_one_text(text)
    return Told(sentence, *(Advice(*each) for each in found.advice), detail=found.detail)


def _one_line(text: str) -> str:
    return " ".join(text.splitlines()) if "\n" in text else text


# --- What earlier versions kept -----------------------------------------------------------

# What was seen begins with a method and a path.  Its brackets are told by their pairs; where a
# peer's words were cut off within one, all of the rest is taken for it.
_SEEN: Final = (
    re.compile(r"(?<=[.!?…])\s\((?P<seen>[A-Z]+ /(?:[^()]|\([^()]*\))*)\)(?:\.(?!\S))?"),
    re.compile(r"(?<=[.!?…])\s\((?P<seen>[A-Z]+ /.*)\)\.?\Z", re.DOTALL),
)
_SENTENCES: Final = re.compile(r"(?<=[.!?”])\s+(?=[A-Z“])")
_COMMAND: Final = re.compile(r"[,:;]?\s*[“`]?counterfoil (?P<command>[a-z][^.;”`]*)")
# What leads to a command, and is said without it.
_LEADING: Final = re.compile(r"[,;:]?\s*\b(?:with|by|run|see)$", re.IGNORECASE)


def _of_one_text(text: str) -> Told:
    sentence, seen = _without_seen(text)
    said: list[str] = []
    advice: list[Advice] = []
    for each in _SENTENCES.split(sentence):
        named = _COMMAND.search(each)
        if named is None:
            said.append(each)
        else:
            words = _LEADING.sub("", each[: named.start()]).rstrip(" ,;:")
            advice.append(Advice(words, named["command"].strip()))
    return Told(" ".join(said), *advice, detail=seen)


def _without_seen(text: str) -> tuple[str, str]:
    found = next(filter(None, (each.search(text) for each in _SEEN)), None)
    if found is None:
        return text, ""
    before, after = text[: found.start()], text[found.end() :]
    goes_on = after.startswith((":", ",", ";"))
    return (before.rstrip(".") if goes_on else before) + after, found["seen"]
