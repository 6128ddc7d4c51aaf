"""What went over the wire, readable: XML and JSON in lines, coloured, without secrets.

Pure.  A text is cut into tokens that, put together again, are the text; breaking it into lines
and indenting it adds white space between tokens and changes nothing else.  So whoever reads it
reads what was sent, and what is not understood is shown as it is.  Nothing here makes HTML:
the template writes each piece, escaped like everything that comes from outside.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

__all__ = ["HIDDEN", "Line", "Piece", "Shown", "lines_of", "shown", "tokens", "without_secrets"]

HIDDEN: Final = "••••••••"
_INDENT: Final = "  "
_DEPTH_MAX: Final = 40
LINES_MAX: Final = 400
"""So many lines are shown of one text; all of it can be saved."""
_AROUND: Final = 5


class Piece(NamedTuple):
    """A stretch of a text.

    Attributes:
        kind: ``t`` a tag or key, ``a`` an attribute or the head of a call, ``v`` a value, ``m``
            a secret, or empty.
    """

    text: str
    kind: str = ""


class Line(NamedTuple):
    """A line; ``is_hit``: it names the document meant."""

    pieces: tuple[Piece, ...]
    is_hit: bool = False

    @property
    def text(self) -> str:
        """What stands in it."""
        return "".join(piece.text for piece in self.pieces)


class Shown(NamedTuple):
    """A text as it is shown.

    Attributes:
        above, below: How many lines are left out there.
        masked: How many secrets were left out.
    """

    lines: Sequence[Line]
    above: int
    below: int
    masked: int


# Names whose values nobody shows, whatever stands in them: XML elements and attributes, JSON
# keys, and what stands in a line of a call.  Clients take their secrets out before anything is
# kept; this is the second look.
_SECRET: Final = re.compile(
    r"(?:str)?password|passwd|secret|client_?secret|api_?(?:key|secret)|secret_?key|ticket|token"
    r"|(?:access|refresh|id)_?token|authorization|apiintegrationcode|credit_?card_?(?:number)?",
    re.IGNORECASE,
)

# Each stretch between calls is XML or something else: in XML a quote outside of tags is a letter,
# such as an inch.  Nothing looks further than to where the next of its kind begins, so that time
# grows with the length alone, whatever somebody wrote into a name or a memo.
_XML: Final = re.compile(
    r"""
    (?P<head>^\[[\w.:-]+\]\ [^\n]*$)
    |(?P<comment><!--(?:(?!<!--).)*?-->|<!\[CDATA\[(?:(?!<!\[CDATA\[).)*?\]\]>)
    |(?P<tag><[/?!]?[A-Za-z_][^<>]*>)
    |(?P<space>\s+)
    |(?P<text>[^<\s]+)
    |(?P<rest>.)
    """,
    re.VERBOSE | re.DOTALL | re.MULTILINE,
)
_OTHER: Final = re.compile(
    r"""
    (?P<head>^\[[\w.:-]+\]\ [^\n]*$)
    |(?P<tag><[/?!]?[A-Za-z_][^<>]*>)
    |(?P<string>"(?:[^"\\\n]|\\.)*+")
    |(?P<number>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?\b)
    |(?P<mark>[{}\[\],:])
    |(?P<space>\s+)
    |(?P<text>(?:[^<>"{}\[\],:\s\\]|\\["\\]?)++)
    |(?P<rest>.)
    """,
    re.VERBOSE | re.DOTALL | re.MULTILINE,
)
_BEGINS_XML: Final = re.compile(r"\s*<")
_ATTRIBUTE: Final = re.compile(r"([\w:.-]+)(\s*=\s*)(\"[^\"]*\"|'[^']*')")
_TAG: Final = re.compile(r"(<[/?!]?)([\w:.-]+)(.*?)([/?]?>)", re.DOTALL)


def tokens(text: str) -> Iterator[tuple[str, str]]:
    """Cut a text into tokens: kind and text; put together they are the text."""
    at, language = 0, _language(text, 0)
    while at < len(text):
        found = language.match(text, at)
        assert found is not None, "rest takes any character"
        assert found.lastgroup is not None, "every alternative has a name"
        yield found.lastgroup, found.group()
        at = found.end()
        if found.lastgroup == "head":
            language = _language(text, at)


def _language(text: str, at: int) -> re.Pattern[str]:
    return _XML if _BEGINS_XML.match(text, at) else _OTHER


def shown(text: str, hits: Iterable[str] = ()) -> Shown:
    """Give a text as it is shown: readable, and if it is long the part about what is meant.

    Args:
        hits: What the document meant is named by there: its mark, its numbers.
    """
    lines = list(lines_of(text, tuple(filter(None, hits))))
    first, last = _window(lines)
    masked = sum(piece.kind == "m" for line in lines for piece in line.pieces)
    return Shown(lines[first:last], first, len(lines) - last, masked)


def _window(lines: Sequence[Line]) -> tuple[int, int]:
    """Say which lines are shown: those around the first that is meant, else the first."""
    if len(lines) <= LINES_MAX:
        return 0, len(lines)
    hit = next((place for place, line in enumerate(lines) if line.is_hit), 0)
    first = min(max(0, hit - _AROUND), len(lines) - LINES_MAX)
    return first, first + LINES_MAX


def without_secrets(text: str) -> str:
    """Give a text as it went, but for secrets; one that holds none is not changed at all."""
    lines = list(lines_of(text))
    if not any(piece.kind == "m" for line in lines for piece in line.pieces):
        return text
    return "\n".join(line.text for line in lines)


def lines_of(text: str, hits: Sequence[str] = ()) -> Iterator[Line]:
    """Break a text into lines, indented as its elements or objects lie in each other."""
    meant = re.compile("|".join(rf"(?<![\w-]){re.escape(hit)}(?![\w-])" for hit in hits) or r"(?!)")
    for pieces in _Breaker().lines(text):
        line = Line(tuple(_masked(pieces)))
        yield line._replace(is_hit=meant.search(line.text) is not None)


class _Breaker:
    """Breaks a text into lines as it comes to its tokens."""

    def __init__(self) -> None:
        self._line: list[Piece] = []
        self._depth = 0
        # An element that holds text only stays on one line with its end.
        self._holds_text = False

    def lines(self, text: str) -> Iterator[list[Piece]]:
        for kind, token in tokens(text):
            yield from self._take(kind, token)
        yield from self._ended()

    def _take(self, kind: str, token: str) -> Iterator[list[Piece]]:
        if kind == "head":
            yield from self._head(token)
        elif kind == "tag":
            yield from self._tag(token)
        elif kind == "mark" and not self._holds_text:
            yield from self._mark(token)
        elif kind == "space":
            yield from self._space(token)
        else:
            self._add(Piece(token, "v" if kind in ("string", "number", "text") else ""))

    def _head(self, head: str) -> Iterator[list[Piece]]:
        """The line with which a call begins: what follows is a text of its own."""
        yield from self._ended()
        self._depth, self._holds_text = 0, False
        yield [Piece(head, "a")]

    def _tag(self, tag: str) -> Iterator[list[Piece]]:
        is_end = tag.startswith("</")
        if is_end:
            self._depth = max(0, self._depth - 1)
        if not (is_end and self._holds_text):
            yield from self._ended()
        for piece in _tag_pieces(tag):
            self._add(piece)
        opens = not (is_end or tag.endswith(("/>", "?>")) or tag.startswith(("<!", "<?")))
        self._depth += opens
        self._holds_text = opens
        if not opens:
            yield from self._ended()

    def _mark(self, mark: str) -> Iterator[list[Piece]]:
        if mark in "}]":
            self._depth = max(0, self._depth - 1)
            if self._line and self._line[-1].text not in "{[":
                yield from self._ended()
        if mark == ":" and self._line:
            self._line[-1] = self._line[-1]._replace(kind="t")
        self._add(Piece(mark))
        if mark in "{[":
            self._depth += 1
            yield from self._ended()
        elif mark == ",":
            yield from self._ended()

    def _space(self, space: str) -> Iterator[list[Piece]]:
        """White space is kept within texts; between elements it only says where lines end."""
        if "\n" in space:
            yield from self._ended()
        elif self._line:
            self._add(Piece(space))

    def _add(self, piece: Piece) -> None:
        if not self._line and self._depth:
            self._line.append(Piece(_INDENT * min(self._depth, _DEPTH_MAX)))
        self._line.append(piece)

    def _ended(self) -> Iterator[list[Piece]]:
        if any(piece.text.strip() for piece in self._line):
            yield self._line
        self._line = []


def _tag_pieces(tag: str) -> Iterator[Piece]:
    found = _TAG.fullmatch(tag)
    if found is None:
        yield Piece(tag)
        return
    opening, name, inside, closing = found.groups()
    # The slash belongs to the name: what is coloured is what is named.
    yield Piece(opening)
    yield Piece(name, "t")
    yield from _attribute_pieces(inside)
    yield Piece(closing)


def _attribute_pieces(text: str) -> Iterator[Piece]:
    after = 0
    for found in _ATTRIBUTE.finditer(text):
        if found.start() > after:
            yield Piece(text[after : found.start()])
        name, equals, value = found.groups()
        yield Piece(name, "a")
        yield Piece(equals + value[0])
        if len(value) > 2:
            yield Piece(value[1:-1], "v")
        yield Piece(value[-1])
        after = found.end()
    if after < len(text):
        yield Piece(text[after:])


def _masked(pieces: Sequence[Piece]) -> Iterator[Piece]:
    """Leave out the values that follow a secret's name, up to the next name."""
    is_secret = False
    for piece in pieces:
        if piece.kind in ("t", "a"):
            is_secret = _SECRET.fullmatch(piece.text.strip('"')) is not None
        if is_secret and piece.kind in ("v", "") and piece.text.strip(_HARMLESS):
            yield Piece(HIDDEN, "m")
            continue
        yield piece


_HARMLESS: Final = " \t<>/?=:,{}[]\"'"
