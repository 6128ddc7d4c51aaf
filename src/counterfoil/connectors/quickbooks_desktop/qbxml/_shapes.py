"""The shapes of qbXML: what may stand where, how long, in which form, since when and where.

The facts are text, in ``shapes/*.qbs``; this module reads them and is the only one that does.
Nothing is read at import: the first question reads the files (some 75 kB) and notes where each
definition is; a definition is parsed when it is first asked for, and kept.

The notation
    A line that starts in the first column opens a definition and ends in a colon; the indented
    lines below are its body.  ``#`` starts a comment line.

    ``SalesOrderAdd v2.1 block trim:``
        a request, its first qbXML version, and properties: ``block`` when its contents stand in
        an element of the request's own name, ``trim`` when ``IncludeRetElement`` may follow that
        block, ``meta`` and ``iter`` when a query takes ``metaData`` and ``iterator`` attributes,
        a country mark when not every edition has it
    ``SalesOrderRet:`` / ``TxnDelRs:``
        a record of a reply / a reply whose elements stand directly in it
    ``> SalesOrderLineAdd:``
        a nested block, meant wherever that element is written with ``{..}``
    ``$address:``
        a run of elements, put in wherever it is named

    In a body, elements are in their mandatory order, separated by commas:

    ``X!`` ``X`` ``X*`` ``X+`` ``X*8``
        required / optional / any number / one or more / at most eight
    ``[31]``
        at most so many characters; on an element named ``...Ref``, of its FullName
    ``:id :amt :price :qty :pct :flt :int :b :d :dt :dur :guid :e``
        identifier, amount, price, quantity, percentage, number, whole number, boolean, date,
        date-time, time interval, GUID, enumeration (``enumerations.qbs``); text when left out
    ``@8``
        only since qbXML 8.0; marks up to 3.0 are left out
    ``-US`` ``~US``
        not in the edition of that country / only there
    ``XRef``
        without a block of its own: a reference, ``{ListID:id, FullName[...]}``
    ``(a | b)`` with ``?`` ``*`` ``+``
        a choice; optional, repeatable
    ``<a, b>``
        a sequence inside a choice
    ``X{..}`` ``X{a, b}``
        a block defined under that name / defined on the spot

Source: Intuit's qbXML 16.0 schema for order, length and type; the 14.0 sample document for first
versions and countries.  ``@15`` therefore means "not yet in 14.0".  Elements that only the
retired online edition had are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import count
from typing import Final, Literal, NamedTuple, NoReturn, TypeAlias, TypeVar, cast, get_args

from counterfoil.connectors.quickbooks_desktop.qbxml._model import COUNTRIES, Country
from counterfoil.connectors.quickbooks_desktop.qbxml._version import Version

Kind: TypeAlias = Literal[
    "text", "id", "amt", "price", "qty", "pct", "flt", "int", "b", "d", "dt", "dur", "guid", "e"
]

ID_LENGTH_MAX: Final = 36

_EVERYWHERE: Final[frozenset[Country]] = frozenset(COUNTRIES)


@dataclass(frozen=True, slots=True)
class Element:
    """One element and what it may hold.

    ``maximum`` is ``None`` for any number; ``length`` is ``None`` for any length.  A leaf has a
    ``kind`` and, for an enumeration, its ``values``; any other element has a ``block``.
    ``is_reference`` marks the ``{ListID, FullName}`` pairs, of which exactly one is to be sent.
    """

    name: str
    minimum: int
    maximum: int | None
    kind: Kind
    length: int | None
    values: frozenset[str]
    since: tuple[int, int]
    countries: frozenset[Country]
    block: Block | None
    is_reference: bool

    def exists_in(self, version: Version) -> bool:
        """Whether that version and edition has the element."""
        return self.since <= version.number and version.country in self.countries


@dataclass(frozen=True, slots=True)
class Group:
    """A choice between branches, each a sequence; with one branch, a sequence taken as a whole."""

    branches: tuple[tuple[Particle, ...], ...]
    minimum: int
    repeats: bool


Particle: TypeAlias = Element | Group


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """The contents of an element: particles in their mandatory order.

    No name stands twice in a block, so a name decides the place.  ``elements`` are all of them
    in order; those of one repeatable choice share one ``rank`` and are ``lines``.
    """

    name: str
    particles: tuple[Particle, ...]
    elements: dict[str, Element]
    rank: dict[str, int]
    lines: frozenset[str]


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """A request, record or reply as the tables define it."""

    name: str
    since: tuple[int, int]
    countries: frozenset[Country]
    has_block: bool
    takes_trim: bool
    takes_metadata: bool
    takes_iterator: bool
    block: Block

    def exists_in(self, version: Version) -> bool:
        """Whether that version and edition has the request."""
        return self.since <= version.number and version.country in self.countries


class UnknownShapeError(ValueError):
    """The tables define nothing of that name."""


@cache
def shape(name: str) -> Shape:
    """The request, record or reply of that name; raises ``UnknownShapeError``."""
    try:
        head, body = _library().shapes[name]
    except KeyError:
        raise UnknownShapeError(f"qbXML as this program speaks it has no {name!r}") from None
    versions = [word for word in head if word[0] == "v"]
    return Shape(
        name=name,
        since=_number(versions[0][1:]) if versions else (1, 0),
        countries=_countries("".join(word for word in head if word[0] in "-~")),
        has_block="block" in head,
        takes_trim="trim" in head,
        takes_metadata="meta" in head,
        takes_iterator="iter" in head,
        block=_block(name, body),
    )


def is_defined(name: str) -> bool:
    """Whether the tables define a request, record or reply of that name."""
    return name in _library().shapes


def allowed_values(request: str, element: str) -> frozenset[str]:
    """The words an enumeration of a request takes: the types that ``TxnVoid`` voids."""
    return shape(request).block.elements[element].values


def length_limit(request: str, element: str) -> int | None:
    """How many characters an element of a request may have; ``None``: any number."""
    return shape(request).block.elements[element].length


@cache
def request_names() -> tuple[str, ...]:
    """The names of all requests, in the order of the tables."""
    return tuple(name for name in _library().shapes if not name.endswith(("Ret", "Rs", "Recovery")))


@cache
def record_names() -> tuple[str, ...]:
    """The names of all records of replies, in the order of the tables."""
    return tuple(name for name in _library().shapes if name.endswith(("Ret", "Recovery")))


@cache
def reference_block(length: int | None) -> Block:
    """What is inside a reference to a list record whose FullName has so many characters."""
    limit = "" if length is None else f"[{length}]"
    return _block("reference", f"ListID:id, FullName{limit}")


# --- Reading the files --------------------------------------------------------------------------


class _Library(NamedTuple):
    shapes: dict[str, tuple[tuple[str, ...], str]]
    blocks: dict[str, str]
    runs: dict[str, str]
    enumerations: dict[str, frozenset[str]]


_DEFINITION = re.compile(
    r"^(?P<mark>[>$]?) ?(?P<name>\w+)(?P<head>[^:\n#]*):(?P<body>[^\n]*(?:\n[ \t]+[^\n]*)*)",
    re.MULTILINE,
)
_RUN = re.compile(r"\$(\w+)")
_BLANKS = re.compile(r"\s+")
_Entry = TypeVar("_Entry")


@cache
def _library() -> _Library:
    from importlib import resources  # a third of this package's import time, for one use

    library = _Library({}, {}, {}, {})
    for file in sorted(resources.files(__package__).joinpath("shapes").iterdir(), key=str):
        if not file.name.endswith(".qbs"):
            continue
        for found in _DEFINITION.finditer(file.read_text("utf-8")):
            name, body = found["name"], _BLANKS.sub(" ", found["body"]).strip()
            if file.name == "enumerations.qbs":
                _define(library.enumerations, name, frozenset(body.split()))
            elif found["mark"] == "$":
                _define(library.runs, name, body)
            elif found["mark"] == ">":
                _define(library.blocks, name, body)
            else:
                _define(library.shapes, name, (tuple(found["head"].split()), body))
    return library


def _define(table: dict[str, _Entry], name: str, entry: _Entry) -> None:
    assert name not in table, f"the shape tables define {name} twice"
    table[name] = entry


# --- Parsing one body ---------------------------------------------------------------------------

_TOKEN = re.compile(
    r"\s*(?:(?P<element>(?P<name>[A-Za-z]\w*)(?P<times>[!*+](?P<most>\d*))?"
    r"(?:\[(?P<length>\d+)\])?(?::(?P<kind>[a-z]+))?(?:@(?P<since>[\d.]+))?"
    r"(?P<countries>(?:[-~][A-Z]{2})*))|(?P<sign>\{\.\.\}|[{}()<>|,]))"
)
_AFTER_GROUP = re.compile(r"[?*+]?")


def _block(name: str, body: str) -> Block:
    return _assembled(name, _Parser(name, body).particles())


def _assembled(name: str, particles: tuple[Particle, ...]) -> Block:
    elements: dict[str, Element] = {}
    rank: dict[str, int] = {}
    lines: set[str] = set()
    for place, element, is_line in _placed(particles, count()):
        assert element.name not in elements, f"{element.name} stands twice in {name}"
        elements[element.name] = element
        rank[element.name] = place
        if is_line:
            lines.add(element.name)
    return Block(name, particles, elements, rank, frozenset(lines))


def _placed(
    particles: tuple[Particle, ...], places: Iterator[int], shared: int | None = None
) -> Iterator[tuple[int, Element, bool]]:
    """Every element with its place and whether it is a line; lines share one place."""
    for particle in particles:
        if isinstance(particle, Element):
            yield next(places) if shared is None else shared, particle, shared is not None
        else:
            place = next(places) if particle.repeats else shared
            for branch in particle.branches:
                yield from _placed(branch, places, place)


@cache
def _named_block(name: str) -> Block:
    library = _library()
    if name in library.blocks:
        return _block(name, library.blocks[name])
    assert name in library.shapes, f"the shape tables define no block {name}"
    return shape(name).block


class _Parser:
    """Reads one body; anything unexpected is a mistake in the tables, hence an assertion."""

    def __init__(self, name: str, body: str) -> None:
        self._name = name
        self._text = _RUN.sub(lambda run: _library().runs[run[1]], body).strip()
        self._at = 0

    def particles(self) -> tuple[Particle, ...]:
        return self._sequence(end="")

    def _sequence(self, end: str) -> tuple[Particle, ...]:
        particles = [self._particle()]
        while (sign := self._sign()) == ",":
            particles.append(self._particle())
        if sign != end:
            self._fail(f"{end or 'the end'} expected")
        return tuple(particles)

    def _particle(self) -> Particle:
        found = _TOKEN.match(self._text, self._at)
        if found is None:
            self._fail("an element or a choice expected")
        if found["element"]:
            self._at = found.end()
            return self._element(found)
        if found["sign"] != "(":
            self._fail("an element or a choice expected")
        self._at = found.end()
        return self._group()

    def _group(self) -> Group:
        branches = [self._branch()]
        while (sign := self._sign()) == "|":
            branches.append(self._branch())
        if sign != ")":
            self._fail(") expected")
        after = _AFTER_GROUP.match(self._text, self._at)
        assert after is not None
        self._at = after.end()
        return Group(tuple(branches), int(after[0] in ("", "+")), after[0] in ("*", "+"))

    def _branch(self) -> tuple[Particle, ...]:
        found = _TOKEN.match(self._text, self._at)
        if found is not None and found["sign"] == "<":
            self._at = found.end()
            return self._sequence(end=">")
        return (self._particle(),)

    def _element(self, found: re.Match[str]) -> Element:
        name, times = found["name"], (found["times"] or "?")[0]
        kind = found["kind"] or "text"
        if kind not in get_args(Kind):
            self._fail(f"{kind} is no type")
        length = int(found["length"]) if found["length"] else None
        block = self._contents(name)
        is_reference = block is None and name.endswith("Ref")
        if is_reference:
            block = reference_block(length)
        return Element(
            name=name,
            minimum=int(times in "!+"),
            maximum=int(found["most"]) if found["most"] else None if times in "*+" else 1,
            kind=cast("Kind", kind),
            length=ID_LENGTH_MAX if kind == "id" else length,
            values=_library().enumerations[name] if kind == "e" else frozenset(),
            since=_number(found["since"]) if found["since"] else (1, 0),
            countries=_countries(found["countries"]),
            block=block,
            is_reference=is_reference,
        )

    def _contents(self, name: str) -> Block | None:
        found = _TOKEN.match(self._text, self._at)
        if found is None or found["sign"] not in ("{", "{..}"):
            return None
        self._at = found.end()
        if found["sign"] == "{..}":
            return _named_block(name)
        return _assembled(name, self._sequence(end="}"))

    def _sign(self) -> str:
        """The next sign, consumed; empty at the end of the body."""
        found = _TOKEN.match(self._text, self._at)
        if found is None or not found["sign"]:
            return ""
        self._at = found.end()
        return found["sign"]

    def _fail(self, why: str) -> NoReturn:
        near = self._text[self._at : self._at + 40]
        raise AssertionError(f"shape table of {self._name}, near {near!r}: {why}")


def _number(text: str) -> tuple[int, int]:
    major, _, minor = text.partition(".")
    return int(major), int(minor or 0)


def _countries(marks: str) -> frozenset[Country]:
    named = {cast("Country", code) for code in re.findall(r"[A-Z]{2}", marks)}
    return frozenset(named) if marks[:1] == "~" else _EVERYWHERE - named
