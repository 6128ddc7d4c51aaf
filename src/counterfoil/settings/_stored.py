"""Settings as the ledger keeps them, and as a document that people carry elsewhere.

Every value is written, defaults included: what a link does under a stored version must
not change because a later program has another default.  Reading is the other way round:
a missing key takes the default, so that an older record or document still reads.

What a newer version wrote and this one cannot read is kept beside the settings, told as
a problem, and written back byte for byte.
"""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import msgspec

from ._assign import apply_values, check
from ._codec import UnfitError, from_json, to_json
from ._problems import Problem, shown
from ._registry import DEFAULTS, OPTIONS, with_values
from ._values import Settings, Unreadable

__all__ = [
    "FORMAT",
    "FORMAT_VERSION",
    "Loaded",
    "decode_settings",
    "encode_settings",
    "export_document",
    "import_document",
]

FORMAT = "counterfoil-settings"
FORMAT_VERSION = 1

# Far more than all options at their longest; a larger text is some other file.
_DOCUMENT_LENGTH_MAX = 1_000_000

_raw_decoder = msgspec.json.Decoder(dict[str, msgspec.Raw])
_value_decoder = msgspec.json.Decoder(float_hook=Decimal)


class Loaded(msgspec.Struct, frozen=True):
    """Stored settings as this version understands them.

    ``problems`` names what it does not: a flow should not run on settings that have any.
    """

    settings: Settings
    problems: tuple[Problem, ...] = ()


def encode_settings(settings: Settings) -> str:
    """Give the stored form: one JSON object from key to value, on one line."""
    return msgspec.json.encode(_values(settings) | _kept(settings)).decode()


def decode_settings(text: str) -> Loaded:
    """Read the stored form, this version's own or any other's.

    Raises:
        ValueError: The text is no JSON object, so nothing of ours.
    """
    values: dict[str, Any] = {}
    unreadable: list[Unreadable] = []
    problems: list[Problem] = []
    for key, raw in _object(text).items():
        option = OPTIONS.get(key)
        entry = Unreadable(key, bytes(raw).decode())
        if option is None:
            unreadable.append(entry)
            problems.append(_kept_problem(entry, "this version does not know the setting"))
            continue
        try:
            values[key] = from_json(option, _value_decoder.decode(raw))
        except UnfitError as unfit:
            unreadable.append(entry)
            problems.append(_kept_problem(entry, unfit.problem))
    kept = tuple(sorted(unreadable, key=lambda entry: entry.key))
    settings = msgspec.structs.replace(with_values(DEFAULTS, values), unreadable=kept)
    return Loaded(settings, (*problems, *check(settings)))


def export_document(settings: Settings, *, program_version: str, link: str | None = None) -> str:
    """Give settings as a document for people and other installations.

    The same settings give the same text: keys stand in declared order, and no time is
    written.

    Args:
        settings: What to export; what this version cannot read goes along.
        program_version: Of the program that writes it.
        link: Name of the link, for the reader; ``None``: not told.
    """
    document: dict[str, object] = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "program_version": program_version,
    }
    if link is not None:
        document["link"] = link
    document["values"] = _values(settings)
    if settings.unreadable:
        document["kept"] = _kept(settings)
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode() + "\n"


def import_document(text: str) -> Settings | list[Problem]:
    """Read an exported document: missing keys take their defaults, bad ones are problems.

    Returns:
        The settings, or every problem found.
    """
    try:
        document = _object(text.removeprefix("\ufeff"))  # editors of Windows put it there
    except ValueError as error:
        return [_not_ours(f"cannot be read as a JSON object ({error})")]
    if (said := _member(document, "format", None)) != FORMAT:
        return [_not_ours(f"does not say that it holds settings (format “{said}”)")]
    if (version := _member(document, "format_version", None)) != FORMAT_VERSION:
        return [_other_format(version)]
    parts: dict[str, dict[str, msgspec.Raw]] = {}
    for name in ("values", "kept"):
        try:
            parts[name] = _object(bytes(document.get(name, b"{}")).decode())
        except ValueError:
            return [_not_ours("is no JSON object from key to value", name)]
    # What the writer could not read, this version may.
    kept = {key: raw for key, raw in parts["kept"].items() if not _is_readable(key, raw)}
    values = parts["values"] | {k: raw for k, raw in parts["kept"].items() if k not in kept}
    settings = apply_values({key: _value_decoder.decode(raw) for key, raw in values.items()})
    if isinstance(settings, Settings):
        rest = tuple(Unreadable(key, bytes(kept[key]).decode()) for key in sorted(kept))
        return msgspec.structs.replace(settings, unreadable=rest)
    return settings


def _is_readable(key: str, raw: msgspec.Raw) -> bool:
    try:
        from_json(OPTIONS[key], _value_decoder.decode(raw))
    except (KeyError, UnfitError):
        return False
    return True


def _values(settings: Settings) -> dict[str, Any]:
    """Give the values by key, without those that were stored but could not be read."""
    kept = {entry.key for entry in settings.unreadable}
    return {
        key: to_json(option, settings.value(key))
        for key, option in OPTIONS.items()
        if key not in kept
    }


def _kept(settings: Settings) -> dict[str, Any]:
    return {entry.key: msgspec.Raw(entry.value.encode()) for entry in settings.unreadable}


def _kept_problem(entry: Unreadable, problem: str) -> Problem:
    otherwise = ", or give it another value" if entry.key in OPTIONS else ""
    return Problem(
        key=entry.key,
        value=shown(entry.value),
        problem=f"{problem}; it is kept as it was stored",
        cure=f"Use the version of Counterfoil that wrote it{otherwise}.",
    )


def _not_ours(problem: str, key: str = "document") -> Problem:
    return Problem(
        key=key, value="", problem=problem, cure="Choose a file that Counterfoil has exported."
    )


def _other_format(version: object) -> Problem:
    return Problem(
        key="format_version",
        value=shown(version),
        problem=f"is {version}, and this version reads {FORMAT_VERSION}",
        cure="Use the version of Counterfoil that wrote the document.",
    )


def _member(document: dict[str, msgspec.Raw], name: str, absent: object) -> object:
    return _value_decoder.decode(document[name]) if name in document else absent


def _object(text: str) -> dict[str, msgspec.Raw]:
    """Read a JSON object whose values stay as they are written.

    Raises:
        ValueError: It is none, is far too long, or has a key twice (which of the two
            was meant cannot be known).
    """
    if len(text) > _DOCUMENT_LENGTH_MAX:
        raise ValueError(f"longer than {_DOCUMENT_LENGTH_MAX} characters")
    try:
        json.loads(text, object_pairs_hook=_without_twins)
        return _raw_decoder.decode(text)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    except msgspec.DecodeError as error:
        raise ValueError(str(error)) from error


def _without_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key, value in pairs:
        if key in result:
            raise ValueError(f"“{key}” stands there twice")
        result[key] = value
    return result
