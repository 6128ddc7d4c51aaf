"""What is told to people, in the parts of which it is made: what was seen, what to do, what an
engineer asks for.

The parts are born apart and travel apart, from the place that says them to the surface that
shows them, and each surface composes its own: a page leaves commands out and leads to pages, a
terminal names the command, JSON gives all of it as one text.  No sentence holds a command or what
went over the wire; a test reads every text of the product for that.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

__all__ = ["Advice", "Told", "one_stop", "whole"]

_PROGRAM: Final = "counterfoil"
_STOPS: Final = (".", "!", "?", "…", "…”", ".”")


class _Value:
    """Values that are equal where all that they hold is; JSON has them as one text."""

    __slots__: tuple[str, ...] = ()

    def _held(self) -> tuple[object, ...]:
        return tuple(getattr(self, name) for name in self.__slots__)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, type(self)) and self._held() == other._held()

    def __hash__(self) -> int:
        return hash(self._held())

    def __repr__(self) -> str:
        return f"{type(self).__name__}{self._held()!r}"

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: object, handler: Callable[[type], Any]) -> Any:
        """Describe it to whoever reads the JSON API: a text."""
        return handler(str)


class Advice(_Value):
    """A thing to do.

    Args:
        words: It in words for anybody, without a full stop: “Connect it again”.  Empty: the
            command only shows more, and whoever looks at a page is there already.
        command: Of the command line, without the program's name, as ``connections test 3``; or
            options of the command that was given, as ``--allow-http``.  Empty: there is none.
        page: Where it is done in the console, such as ``/connections/3``.  Empty: nowhere, or
            on the page that says it.
    """

    __slots__ = ("command", "page", "words")

    def __init__(self, words: str = "", command: str = "", page: str = "") -> None:
        self.words = words
        self.command = command
        self.page = page

    @property
    def spoken(self) -> str:
        """It for whoever has no terminal; empty where nothing is left of it."""
        return _ended(self.words) if self.words else ""

    @property
    def typed(self) -> str:
        """The command as it is typed; empty: there is none."""
        is_whole = not self.command or self.command.startswith("--")
        return self.command if is_whole else f"{_PROGRAM} {self.command}"

    def __str__(self) -> str:
        """All of it: for a terminal, a log and a program."""
        return f"{self.words or 'See'}: {self.typed}" if self.command else self.spoken


class Told(_Value):
    """Something told.

    Args:
        sentence: What was seen, for anybody: one sentence or a few, each with its full stop.
        advice: What to do about it, most likely first.
        detail: What was seen, for an engineer: a request, a status, a peer's raw words.  Never a
            secret.
    """

    __slots__ = ("advice", "detail", "sentence")

    def __init__(self, sentence: str, *advice: Advice, detail: str = "") -> None:
        self.sentence = one_stop(sentence)
        self.advice = advice
        self.detail = detail

    @property
    def spoken(self) -> str:
        """It for whoever has no terminal: what was seen, and what to do."""
        return " ".join(filter(None, (self.sentence, *(each.spoken for each in self.advice))))

    @property
    def way(self) -> Advice | None:
        """The first cure that has a page."""
        return next((each for each in self.advice if each.page), None)

    def after(self, beginning: str) -> Told:
        """Give it with something before it: a name and a colon, or another sentence."""
        return Told(f"{beginning} {self.sentence}", *self.advice, detail=self.detail)

    def with_advice(self, *advice: Advice) -> Told:
        """Give it with more to do about it."""
        return Told(self.sentence, *self.advice, *advice, detail=self.detail)

    def __str__(self) -> str:
        """All of it: for a terminal, a log and a program."""
        seen = f"({self.detail})" if self.detail else ""
        return whole(*filter(None, (self.sentence, seen)), *map(str, self.advice))


def one_stop(sentence: str) -> str:
    """Leave out the second full stop after a name like “Fernhill Inc.”; an ellipsis stays."""
    return _SECOND_STOP.sub("", sentence)


_SECOND_STOP: Final = re.compile(r"(?:(?<=[\w)”’]\.)|(?<=[!?…]))\.(?=\s|$)")


def whole(*parts: str) -> str:
    """Put sentences and advice behind one another; what goes on behind a command gets a stop."""
    *before, last = [each for each in parts if each] or [""]
    return " ".join([*(_ended(each) for each in before), last])


def _ended(text: str) -> str:
    return text if text.endswith((*_STOPS, ")")) else f"{text}."
