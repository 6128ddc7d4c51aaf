"""One option's value as text (command line, forms) and as JSON (API, ledger, export).

The contract of the functions in the table at the end:

* ``parse`` takes text without surrounding spaces and never the empty one;
* ``read`` takes what a JSON parser gives, never ``null``;
* both give a value of the option's Python type or raise ``UnfitError`` with what is
  wrong and what would be right; bounds and lengths are checked once, in ``fit``;
* ``render`` gives the one text that ``parse`` reads back as an equal value, and
  ``write`` the JSON that ``read`` reads back.

Emptiness is the same for all: empty text and JSON ``null`` are ``None`` where the option
may be empty, and the empty list for lists.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from datetime import date, time
from decimal import Decimal
from functools import cache
from typing import Any, Final
from zoneinfo import ZoneInfo, available_timezones

import msgspec

from counterfoil.documents import exact

from ._option import ChannelCustomer, FieldPair, Option, OptionType, SiteOfLocation
from ._problems import nearest

__all__ = [
    "PAIR_TYPES",
    "TEXT_LENGTH_MAX",
    "UnfitError",
    "fit",
    "from_json",
    "from_text",
    "pair_rows",
    "pair_text",
    "time_zones",
    "to_json",
    "to_text",
]

TEXT_LENGTH_MAX = 255
"""Most characters of any text, where an option does not say less."""

PAIR_TYPES: Mapping[OptionType, type[FieldPair | ChannelCustomer | SiteOfLocation]] = {
    OptionType.FIELD_PAIR: FieldPair,
    OptionType.FIELD_PAIRS: FieldPair,
    OptionType.CHANNEL_CUSTOMERS: ChannelCustomer,
    OptionType.LOCATION_SITES: SiteOfLocation,
}
_LISTS = {OptionType.NAMES, *PAIR_TYPES} - {OptionType.FIELD_PAIR}

# Control characters, lone surrogates and Unicode's own line and paragraph separators.
_UNPRINTABLE = {"Cc", "Cs", "Zl", "Zp"}
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME = re.compile(r"([0-9]{1,2}):([0-9]{2})")
_INTEGER = re.compile(r"[+-]?[0-9]{1,18}")
_CURRENCY = re.compile(r"[A-Z]{3}")
_WORDS_FOR_BOOLEANS = {
    **dict.fromkeys(("true", "yes", "on", "1"), True),
    **dict.fromkeys(("false", "no", "off", "0"), False),
}


class UnfitError(Exception):
    """A value does not fit its option; becomes a ``Problem`` and never leaves the package."""

    def __init__(self, problem: str, cure: str, suggestions: tuple[str, ...] = ()) -> None:
        super().__init__(problem)
        self.problem = problem
        self.cure = cure
        self.suggestions = suggestions


def from_text(option: Option, text: str) -> Any:
    """Read what a user typed.

    Raises:
        UnfitError: It does not fit.
    """
    text = text.strip()
    return fit(option, _PARSE[option.type](option, text) if text else _empty(option))


def from_json(option: Option, raw: object) -> Any:
    """Read what a JSON parser gave.

    Raises:
        UnfitError: It does not fit.
    """
    if raw is None or (isinstance(raw, str) and not raw.strip()):
        return fit(option, _empty(option))
    return fit(option, _READ[option.type](option, raw))


def to_text(option: Option, value: Any) -> str:
    """Give the text that reads back as this value; ``None`` is the empty text."""
    return "" if value is None else _RENDER.get(option.type, str)(value)


def to_json(option: Option, value: Any) -> Any:
    """Give what a JSON writer takes and what reads back as this value."""
    return None if value is None else _WRITE.get(option.type, _same)(value)


def fit(option: Option, value: Any) -> Any:
    """Check bounds, lengths and names; give the value, texts without outer spaces.

    Raises:
        UnfitError: It does not fit.
    """
    if value is None:
        return _empty(option)
    return _FIT.get(option.type, _fit_nothing)(option, value)


@cache
def time_zones() -> Mapping[str, str]:
    """Give the names of all time zones by their folded form.

    Part of the standard library's tables, though it keeps them in files.
    """
    return {name.casefold(): name for name in sorted(available_timezones())}


def _empty(option: Option) -> Any:
    if option.type in _LISTS:
        return ()
    if option.optional:
        return None
    raise UnfitError("must not be empty", f"Give a value, such as {_example(option)}.")


def _example(option: Option) -> str:
    return f"“{to_text(option, option.default)}”"


# --- Text and JSON to value ----------------------------------------------------------------


def _parse_choice(option: Option, text: str) -> Any:
    return _read_choice(option, re.sub(r"[\s-]+", "_", text.lower()), shown=text)


def _read_choice(option: Option, raw: object, shown: str | None = None) -> Any:
    for choice in option.choices:
        if raw == choice.value:
            return choice
    values = [choice.value for choice in option.choices]
    raise UnfitError(
        f"“{raw if shown is None else shown}” is not among its values",
        f"Choose one of: {', '.join(values)}.",
        nearest(str(raw), values),
    )


def _parse_boolean(option: Option, text: str) -> bool:
    if text.lower() in _WORDS_FOR_BOOLEANS:
        return _WORDS_FOR_BOOLEANS[text.lower()]
    raise UnfitError(f"“{text}” is neither true nor false", "Write true or false.")


def _read_boolean(option: Option, raw: object) -> bool:
    if isinstance(raw, bool):
        return raw
    raise UnfitError(f"“{raw}” is neither true nor false", "Give true or false, unquoted.")


def _parse_text(option: Option, text: str) -> str:
    return text


def _read_text(option: Option, raw: object) -> str:
    if isinstance(raw, str):
        return raw
    raise UnfitError(f"“{raw}” is not a text", "Give a text in quotes.")


def _parse_integer(option: Option, text: str) -> int:
    if _INTEGER.fullmatch(text):
        return int(text)
    raise UnfitError(f"“{text}” is not a whole number", f"Write digits only{_bounds(option)}.")


def _read_integer(option: Option, raw: object) -> int:
    if isinstance(raw, int) and not isinstance(raw, bool):
        return raw
    raise UnfitError(f"“{raw}” is not a whole number", f"Give a number, unquoted{_bounds(option)}.")


def _parse_decimal(option: Option, raw: object) -> Decimal:
    try:
        if isinstance(raw, (str, int, Decimal)) and not isinstance(raw, bool):
            return exact(raw)
    except ValueError:
        pass
    raise UnfitError(f"“{raw}” is not a number", f"Write it like 12.5{_bounds(option)}.")


def _parse_date(option: Option, raw: object) -> date:
    try:
        if isinstance(raw, str) and _DATE.fullmatch(raw):
            return date.fromisoformat(raw)
    except ValueError:
        pass
    raise UnfitError(f"“{raw}” is not a day of the calendar", "Write it like 2026-01-31.")


def _parse_time(option: Option, raw: object) -> time:
    match = _TIME.fullmatch(raw) if isinstance(raw, str) else None
    if match and int(match[1]) < 24 and int(match[2]) < 60:
        return time(int(match[1]), int(match[2]))
    raise UnfitError(
        f"“{raw}” is not a time of day", "Write hours and minutes, from 00:00 to 23:59."
    )


def _parse_names(option: Option, text: str) -> tuple[str, ...]:
    return tuple(name for name in text.split(";") if name.strip())


def _read_names(option: Option, raw: object) -> tuple[str, ...]:
    if isinstance(raw, list) and all(isinstance(name, str) for name in raw):
        return tuple(raw)
    raise UnfitError(f"“{raw}” is not a list of names", "Give a list of texts.")


def _parse_pair(option: Option, text: str) -> Any:
    pairs = _parse_pairs(option, text)
    if len(pairs) == 1:
        return pairs[0]
    raise UnfitError(f"has {len(pairs)} pairs", "Give one pair, like First=Second.")


def _parse_pairs(option: Option, text: str) -> tuple[Any, ...]:
    return tuple(_pair(option, row) for row in pair_rows(text))


def pair_rows(text: str) -> list[list[str]]:
    r"""Read ``A=B; C=D``; a backslash before one of ``; = \\`` makes it an ordinary character.

    Raises:
        UnfitError: A backslash stands before something else.
    """
    rows: list[list[str]] = [[""]]
    characters = iter(text)
    for character in characters:
        if character == "\\":
            character = next(characters, "")  # noqa: PLW2901  # the escaped one takes its place
            if character not in {";", "=", "\\"}:
                raise UnfitError(
                    "has a backslash that escapes nothing", "Write a plain backslash as \\\\."
                )
            rows[-1][-1] += character
        elif character == ";":
            rows.append([""])
        elif character == "=":
            rows[-1].append("")
        else:
            rows[-1][-1] += character
    return [row for row in rows if len(row) > 1 or row[0].strip()]


def _pair(option: Option, parts: list[str]) -> Any:
    if len(parts) == 2:
        return PAIR_TYPES[option.type](*parts)
    raise UnfitError(
        f"“{'='.join(parts).strip()}” is not a pair",
        "Write pairs like First=Second, with “; ” between two of them.",
    )


def _read_pair(option: Option, raw: object) -> Any:
    type_ = PAIR_TYPES[option.type]
    try:
        return msgspec.convert(raw, type_)
    except msgspec.ValidationError:
        first, second = type_.__struct_fields__
        cure = f'Give an object like {{"{first}": "…", "{second}": "…"}}.'
        raise UnfitError(f"“{raw}” is not a pair", cure) from None


def _read_pairs(option: Option, raw: object) -> tuple[Any, ...]:
    if isinstance(raw, list):
        return tuple(_read_pair(option, entry) for entry in raw)
    raise UnfitError(f"“{raw}” is not a list of pairs", "Give a list of pairs.")


# --- Value to text and JSON ----------------------------------------------------------------


def _same(value: Any) -> Any:
    return value


def _render_pairs(value: Any) -> str:
    rows = value if isinstance(value, tuple) else (value,)
    return pair_text(msgspec.structs.astuple(row) for row in rows)


def pair_text(rows: Iterable[Iterable[str]]) -> str:
    """Write rows of parts as ``pair_rows`` reads them."""
    return "; ".join("=".join(map(_escaped, row)) for row in rows)


def _escaped(name: str) -> str:
    return re.sub(r"([;=\\])", r"\\\1", name)


def _minutes(value: time) -> str:
    return value.isoformat("minutes")


# --- What fits -----------------------------------------------------------------------------


def _fit_nothing(option: Option, value: Any) -> Any:
    return value


def _fit_choice(option: Option, value: Any) -> Any:
    return value if value in option.choices else _read_choice(option, value)


def _bounds(option: Option) -> str:
    low, high = option.minimum, option.maximum
    if low is not None and high is not None:
        return f", from {low} to {high}"
    if low is not None:
        return f", at least {low}"
    return "" if high is None else f", at most {high}"


def _fit_number(option: Option, value: Any) -> Any:
    low, high = option.minimum, option.maximum
    if (low is not None and value < low) or (high is not None and value > high):
        unit = f" {option.unit}" if option.unit else ""
        raise UnfitError(f"{value}{unit} is out of bounds", f"Give a number{_bounds(option)}.")
    return value


def _fit_text(option: Option, value: str) -> Any:
    text = _clean(value, option.lengths[0] if option.lengths else None)
    return text or _empty(option)


def _clean(text: str, length_max: int | None) -> str:
    text = text.strip()
    if any(unicodedata.category(character) in _UNPRINTABLE for character in text):
        raise UnfitError(
            "has line breaks or other characters that do not print", "Write it on one line."
        )
    limit = TEXT_LENGTH_MAX if length_max is None else length_max
    if len(text) > limit:
        raise UnfitError(f"has {len(text)} characters", f"Give at most {limit}.")
    return text


def _fit_time(option: Option, value: time) -> time:
    if value.second or value.microsecond or value.tzinfo is not None:
        raise UnfitError(f"“{value}” is finer than minutes", "Write hours and minutes.")
    return value


def _fit_time_zone(option: Option, value: str) -> str:
    name = re.sub(r"\s+", "_", _clean(value, None))
    if _is_zone(name):
        return name
    known = time_zones()
    if name.casefold() in known:
        return known[name.casefold()]
    by_place: dict[str, str] = {}
    for zone in known.values():
        by_place.setdefault(zone.rpartition("/")[2], zone)
    places = tuple(by_place[place] for place in nearest(name.rpartition("/")[2], by_place))
    raise UnfitError(
        f"“{value}” is not a time zone",
        "Write a name of the IANA list, such as America/New_York.",
        tuple(dict.fromkeys((*nearest(name, known.values()), *places))),
    )


def _is_zone(name: str) -> bool:
    """Say whether there is a zone of this very name, without reading the names of all."""
    if name.partition("/")[0] in _NOT_LISTED:
        return False
    try:
        ZoneInfo(name)
    except (LookupError, ValueError, OSError):  # a folder's name is an OSError
        return False
    return True


# The same zones once more, counted otherwise, and the file of the rules.
_NOT_LISTED: Final = ("posix", "right", "posixrules")


def _fit_currency(option: Option, value: str) -> str:
    code = _clean(value, None).upper()
    if _CURRENCY.fullmatch(code):
        return code
    raise UnfitError(f"“{value}” is not a currency code", "Write three letters, such as USD.")


def _fit_names(option: Option, value: tuple[str, ...]) -> tuple[str, ...]:
    _fit_count(option, value)
    limit = option.lengths[0] if option.lengths else None
    names = tuple(_clean(name, limit) for name in value)
    if any(";" in name or not name for name in names):
        raise UnfitError("has a name that is empty or holds a semicolon", "Leave that name out.")
    _fit_once((name.casefold(), name) for name in names)
    return names


def _fit_count(option: Option, value: tuple[Any, ...]) -> None:
    if option.count_max is not None and len(value) > option.count_max:
        raise UnfitError(f"has {len(value)} entries", f"Give at most {option.count_max}.")


def _fit_once(keys: Iterable[tuple[str, str]]) -> None:
    """Check that no key comes twice; each is given with its name."""
    seen: set[str] = set()
    for key, name in keys:
        if key in seen:
            raise UnfitError(f"“{name}” stands there twice", "Keep one of the two.")
        seen.add(key)


def _fit_pair(option: Option, value: Any) -> Any:
    names = msgspec.structs.astuple(value)
    limits = option.lengths or (None, None)
    first, second = (_clean(name, limit) for name, limit in zip(names, limits, strict=True))
    if not (first and second):
        raise UnfitError(
            f"“{'='.join(names).strip()}” is half a pair", "Fill in both sides, or neither."
        )
    return type(value)(first, second)


def _fit_pairs(option: Option, value: tuple[Any, ...]) -> tuple[Any, ...]:
    _fit_count(option, value)
    pairs = tuple(_fit_pair(option, pair) for pair in value)
    # A channel has one customer, a location is one site (case is looked over, as when they are
    # looked up); a custom field takes one value.
    if option.type is OptionType.FIELD_PAIRS:
        keys = [(pair.target, pair.target) for pair in pairs]
    else:
        named = [msgspec.structs.astuple(pair)[0] for pair in pairs]
        keys = [(name.casefold(), name) for name in named]
    _fit_once(keys)
    return pairs


# --- The table -----------------------------------------------------------------------------

_T = OptionType
_TEXTS = (_T.TEXT, _T.TIME_ZONE, _T.CURRENCY, _T.ACCOUNT, _T.FIELD)

_PARSE: Mapping[OptionType, Callable[[Option, str], Any]] = {
    _T.CHOICE: _parse_choice,
    _T.BOOLEAN: _parse_boolean,
    _T.INTEGER: _parse_integer,
    _T.DECIMAL: _parse_decimal,
    _T.DATE: _parse_date,
    _T.TIME: _parse_time,
    _T.NAMES: _parse_names,
    _T.FIELD_PAIR: _parse_pair,
    _T.FIELD_PAIRS: _parse_pairs,
    _T.CHANNEL_CUSTOMERS: _parse_pairs,
    _T.LOCATION_SITES: _parse_pairs,
    **dict.fromkeys(_TEXTS, _parse_text),
}
_READ: Mapping[OptionType, Callable[[Option, object], Any]] = {
    _T.CHOICE: _read_choice,
    _T.BOOLEAN: _read_boolean,
    _T.INTEGER: _read_integer,
    _T.DECIMAL: _parse_decimal,
    _T.DATE: _parse_date,
    _T.TIME: _parse_time,
    _T.NAMES: _read_names,
    _T.FIELD_PAIR: _read_pair,
    _T.FIELD_PAIRS: _read_pairs,
    _T.CHANNEL_CUSTOMERS: _read_pairs,
    _T.LOCATION_SITES: _read_pairs,
    **dict.fromkeys(_TEXTS, _read_text),
}
_RENDER: Mapping[OptionType, Callable[[Any], str]] = {
    _T.BOOLEAN: lambda value: "true" if value else "false",
    _T.DECIMAL: lambda value: format(value, "f"),
    _T.TIME: _minutes,
    _T.NAMES: "; ".join,
    _T.FIELD_PAIR: _render_pairs,
    _T.FIELD_PAIRS: _render_pairs,
    _T.CHANNEL_CUSTOMERS: _render_pairs,
    _T.LOCATION_SITES: _render_pairs,
}
_WRITE: Mapping[OptionType, Callable[[Any], Any]] = {
    _T.CHOICE: str,
    _T.DECIMAL: lambda value: format(value, "f"),
    _T.DATE: date.isoformat,
    _T.TIME: _minutes,
    _T.NAMES: list,
    _T.FIELD_PAIR: msgspec.structs.asdict,
    _T.FIELD_PAIRS: lambda value: [msgspec.structs.asdict(pair) for pair in value],
    _T.CHANNEL_CUSTOMERS: lambda value: [msgspec.structs.asdict(pair) for pair in value],
    _T.LOCATION_SITES: lambda value: [msgspec.structs.asdict(pair) for pair in value],
}
_FIT: Mapping[OptionType, Callable[[Option, Any], Any]] = {
    _T.CHOICE: _fit_choice,
    _T.INTEGER: _fit_number,
    _T.DECIMAL: _fit_number,
    _T.TIME: _fit_time,
    _T.TIME_ZONE: _fit_time_zone,
    _T.CURRENCY: _fit_currency,
    _T.NAMES: _fit_names,
    _T.FIELD_PAIR: _fit_pair,
    _T.FIELD_PAIRS: _fit_pairs,
    _T.CHANNEL_CUSTOMERS: _fit_pairs,
    _T.LOCATION_SITES: _fit_pairs,
    **dict.fromkeys((_T.TEXT, _T.ACCOUNT, _T.FIELD), _fit_text),
}
