"""The query language: read, checked against the table of entities, carried out.

``SELECT what FROM Entity [WHERE property op 'value' [AND ...]] [ORDERBY property [DESC], ...]
[STARTPOSITION n] [MAXRESULTS n]``.  Words, entities, properties and values are compared
without case.  What cannot be read is 4000; what can but means nothing is 4001.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import Any, Final
from zoneinfo import ZoneInfo

from ._desk import Desk, fold
from ._errors import ApiError
from ._wire import Row, number
from .entities import FOLDED, Entity, Kind

__all__ = ["PAGE_MAX", "Query", "found", "parse"]

PAGE, PAGE_MAX = 100, 1000

_TOKEN = re.compile(
    r"""\s*(?:
        (?P<text>'(?:\\.|[^'\\])*')
      | (?P<word>[A-Za-z_][\w.]*)
      | (?P<number>-?\d+(?:\.\d+)?)
      | (?P<sign><=|>=|!=|[=<>(),*])
    )""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_SERVER = ZoneInfo("America/Los_Angeles")
_BLANK = " "
_DATED = frozenset({"metadata.createtime", "metadata.lastupdatedtime"})
_ATTACHED = frozenset({"attachableref.entityref.value", "attachableref.entityref.type"})
_ALPHABETICAL = frozenset({"Vendor", "Customer", "Employee"})


@dataclass(frozen=True, slots=True)
class Condition:
    """One comparison; ``values`` holds several for IN only."""

    path: str
    operator: str
    values: tuple[str, ...]


@dataclass(slots=True)
class Query:
    """A statement.

    Attributes:
        columns: The properties asked for; ``None``: all.
        orders: Path and whether it descends.
    """

    entity: Entity
    columns: list[str] | None = None
    is_count: bool = False
    conditions: list[Condition] = field(default_factory=list)
    orders: list[tuple[str, bool]] = field(default_factory=list)
    start: int = 1
    size: int = PAGE


# --- Reading -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    at: int

    @property
    def word(self) -> str:
        """A word in upper case; ``""``: it is none."""
        return self.text.upper() if self.kind == "word" else ""


class _Tokens:
    """A statement's tokens, taken one by one."""

    def __init__(self, statement: str) -> None:
        self._tokens = [*_tokens(statement)]
        self._at = 0

    @property
    def next(self) -> _Token:
        """The token that comes."""
        return self._tokens[self._at]

    def take(self) -> _Token:
        """Give the token that comes and go on."""
        token = self.next
        self._at += 1
        return token

    def takes(self, *words: str) -> bool:
        """Whether these words come; if so they are passed."""
        ahead = [token.word or token.text for token in self._tokens[self._at :]]
        if tuple(ahead[: len(words)]) != words:
            return False
        self._at += len(words)
        return True

    def expect(self, *kinds: str) -> _Token:
        """Give a token of one of those kinds.

        Raises:
            ApiError: 4000.
        """
        if self.next.kind not in kinds:
            raise _unexpected(self.next)
        return self.take()


def _tokens(statement: str) -> Iterable[_Token]:
    at, end = 0, len(statement.rstrip())
    while at < end:
        match = _TOKEN.match(statement, at)
        if match is None or match.lastgroup is None:
            raise _unexpected(_Token("sign", statement[at:].strip()[:1], at))
        yield _Token(match.lastgroup, match[match.lastgroup], match.start(match.lastgroup))
        at = match.end()
    yield _Token("end", "<EOF>", end)


def _unexpected(token: _Token) -> ApiError:
    names = {"word": "<IDENTIFIER>", "text": "<STRING>", "number": "<INTEGER>"}
    shown = f'" {names[token.kind]} "{token.text} ""' if token.kind in names else f'"{token.text}"'
    return ApiError(
        4000, f"QueryParserError: Encountered {shown} at line 1, column {token.at + 1}."
    )


def parse(statement: str) -> Query:
    """Read a statement.

    Raises:
        ApiError: 4000 or 4001.
    """
    tokens = _Tokens(statement)
    if not tokens.takes("SELECT"):
        raise _unexpected(tokens.next)
    columns, is_count = _columns(tokens)
    if not tokens.takes("FROM"):
        raise _unexpected(tokens.next)
    name = tokens.expect("word").text
    entity = FOLDED.get(name.lower())
    if entity is None:
        raise ApiError(4001, f"QueryValidationError: Entity {name} not found")
    query = Query(entity, columns, is_count)
    if tokens.takes("WHERE"):
        query.conditions.append(_condition(tokens, entity))
        while tokens.takes("AND"):
            query.conditions.append(_condition(tokens, entity))
    if tokens.takes("ORDERBY") or tokens.takes("ORDER", "BY"):
        query.orders.append(_order(tokens, entity))
        while tokens.takes(","):
            query.orders.append(_order(tokens, entity))
    if tokens.takes("STARTPOSITION"):
        query.start = _count(tokens)
    if tokens.takes("MAXRESULTS"):
        query.size = min(_count(tokens), PAGE_MAX)
    tokens.expect("end")
    for column in columns or ():
        _known(entity, column)
    return query


def _columns(tokens: _Tokens) -> tuple[list[str] | None, bool]:
    if tokens.takes("COUNT", "(", "*", ")"):
        return None, True
    columns: list[str] = []
    has_all = False
    while True:
        if tokens.takes("*"):
            has_all = True
        else:
            columns.append(tokens.expect("word").text)
        if not tokens.takes(","):
            return None if has_all else columns, False


def _condition(tokens: _Tokens, entity: Entity) -> Condition:
    path = _filterable(entity, tokens.expect("word").text)
    sign = tokens.take()
    operator = sign.word or sign.text
    if operator == "IN":
        values = _values(tokens)
    elif operator in _COMPARE:
        values = (_literal(tokens, is_bare_number_taken=operator == "="),)
    else:
        raise _unexpected(sign)
    if path == "id" and operator not in {"=", "IN"}:
        raise ApiError(4001, f"QueryValidationError: Operator {operator} is not supported for Id")
    return Condition(path, operator, values)


def _values(tokens: _Tokens) -> tuple[str, ...]:
    if not tokens.takes("("):
        raise _unexpected(tokens.next)
    values = [_literal(tokens)]
    while tokens.takes(","):
        values.append(_literal(tokens))
    if not tokens.takes(")"):
        raise _unexpected(tokens.next)
    return tuple(values)


def _literal(tokens: _Tokens, *, is_bare_number_taken: bool = True) -> str:
    token = tokens.take()
    if token.kind == "text":
        return _ESCAPE.sub(r"\1", token.text[1:-1])
    if token.word in {"TRUE", "FALSE", "CURRENT_DATE"}:
        return token.word
    if token.kind == "number" and is_bare_number_taken:
        return token.text
    raise _unexpected(token)


def _order(tokens: _Tokens, entity: Entity) -> tuple[str, bool]:
    path = _filterable(entity, tokens.expect("word").text)
    if tokens.takes("DESC"):
        return path, True
    tokens.takes("ASC")
    return path, False


def _count(tokens: _Tokens) -> int:
    value = int(tokens.expect("number").text.partition(".")[0])
    if value < 1:
        raise ApiError(
            4001, f"QueryValidationError: value {value} is too small. Min allowed value is 1"
        )
    return value


def _known(entity: Entity, name: str) -> None:
    if name.lower().partition(".")[0] not in entity.folded:
        raise ApiError(
            4001, f"QueryValidationError: Property {name} not found for Entity {entity.name}"
        )


def _filterable(entity: Entity, name: str) -> str:
    """Check that a property may be asked by; gives it in lower case."""
    path = name.lower()
    if path in _DATED or (entity.name == "Attachable" and path in _ATTACHED):
        return path
    _known(entity, name)
    if "filter" not in entity.folded[path.partition(".")[0]]:
        raise ApiError(4001, f"QueryValidationError: property '{name}' is not queryable")
    return path


# --- Carrying out ------------------------------------------------------------------------------


def found(desk: Desk, query: Query) -> list[Row]:
    """Give every record that fits, in order; pages are the caller's."""
    conditions = query.conditions
    if "Active" in query.entity.table and not any(one.path == "active" for one in conditions):
        conditions = [*conditions, Condition("active", "=", ("TRUE",))]
    tests = [_test(desk, query.entity, condition) for condition in conditions]
    rows = [row for row in _candidates(desk, query) if all(fits(row) for fits in tests)]
    if not query.orders and query.entity.name in _ALPHABETICAL:
        rows.sort(key=lambda row: fold(row["DisplayName"]))
    for path, descends in reversed(query.orders):
        rows.sort(key=partial(_sort_key, query.entity, path), reverse=descends)
    return rows


def _candidates(desk: Desk, query: Query) -> Iterable[Row]:
    """Every record, or those whose ids are named."""
    ids = next((one.values for one in query.conditions if one.path == "id"), None)
    if ids is None:
        return desk.all(query.entity.name)
    rows = (desk.find(query.entity.name, id_) for id_ in dict.fromkeys(ids))
    return (row for row in rows if row is not None)


def _test(desk: Desk, entity: Entity, condition: Condition) -> Callable[[Row], bool]:
    """Make the test of one condition."""
    path = condition.path
    values = [desk.today if one == "CURRENT_DATE" else one for one in condition.values]
    wanted = [_key(entity, path, value) for value in values]
    compare = _COMPARE["=" if condition.operator == "IN" else condition.operator]

    def fits(row: Row) -> bool:
        keys = [_key(entity, path, one) for one in _stored(entity, row, path)]
        return any(compare(key, value) for key in keys for value in wanted)

    return fits


def _stored(entity: Entity, row: Row, path: str) -> list[Any]:
    """The values a record has at a path; a reference's is its id."""
    first, *rest = path.split(".")
    own = row.get(entity.folded[first].name)
    values: list[Any] = own if isinstance(own, list) else [own]
    for part in rest:
        values = [_member(value, part) for value in values]
    return [one.get("value") if isinstance(one, Mapping) else one for one in values]


def _member(value: object, folded: str) -> Any:
    if not isinstance(value, Mapping):
        return None
    return next((inner for name, inner in value.items() if name.lower() == folded), None)


def _key(entity: Entity, path: str, value: object) -> Any:
    """What a value is compared by: numbers as numbers, moments as moments, texts folded."""
    if value is None or value == _BLANK:
        return ""
    if path in _DATED:
        return _moment(str(value))
    known = entity.folded.get(path)
    if known is not None and known.kind is Kind.DECIMAL:
        return _number(value)
    return fold(value)


def _moment(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise ApiError(4001, f"QueryValidationError: Invalid date value {text}") from None
    return found if found.tzinfo else found.replace(tzinfo=_SERVER)


def _number(value: object) -> Decimal:
    try:
        return number(value)
    except InvalidOperation:
        raise ApiError(4001, f"QueryValidationError: Invalid number {value}") from None


def _sort_key(entity: Entity, path: str, row: Row) -> tuple[bool, Any]:
    value = _stored(entity, row, path)[0]
    if path == "id" and str(value).isdecimal():
        return True, Decimal(str(value))
    return value is not None, _key(entity, path, value) if value is not None else ""


def _like(stored: object, pattern: object) -> bool:
    parts = (re.escape(part) for part in str(pattern).split("%"))
    return re.fullmatch(".*".join(parts), str(stored), re.DOTALL) is not None


_COMPARE: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "=": lambda stored, value: bool(stored == value),
    "!=": lambda stored, value: bool(stored != value),
    "<": lambda stored, value: _both(stored, value) and bool(stored < value),
    ">": lambda stored, value: _both(stored, value) and bool(stored > value),
    "<=": lambda stored, value: _both(stored, value) and bool(stored <= value),
    ">=": lambda stored, value: _both(stored, value) and bool(stored >= value),
    "LIKE": _like,
}


def _both(stored: object, value: object) -> bool:
    return stored != "" and value != ""
