"""The reference page of all settings, generated from the declaration."""

from __future__ import annotations

from ._codec import TEXT_LENGTH_MAX, to_text
from ._flows import BOOKS, FLOWS, SystemName
from ._forms import title_of
from ._option import Option, OptionType
from ._pairings import defaults_of
from ._registry import OPTIONS, SECTIONS, options_in

__all__ = ["reference_markdown"]

_HEADER = """\
# Settings

Every option of a link, as `counterfoil settings set LINK key=value` takes it. Rules name
the requirement an option fulfils. An option marked *advanced* is shown in forms on request.
"""

_VALUE_WORDS = {
    OptionType.BOOLEAN: "`true` or `false`",
    OptionType.TEXT: "text",
    OptionType.INTEGER: "whole number",
    OptionType.DECIMAL: "number",
    OptionType.DATE: "day, like `2026-01-31`",
    OptionType.TIME: "time of day, like `22:00`",
    OptionType.TIME_ZONE: "IANA name, like `America/New_York`",
    OptionType.CURRENCY: "three letters, like `USD`",
    OptionType.ACCOUNT: "full name of an account",
    OptionType.FIELD: "name of a custom field",
    OptionType.NAMES: "names, like `First; Second`",
    OptionType.FIELD_PAIR: "pair, like `From=To`",
    OptionType.FIELD_PAIRS: "pairs, like `From=To; From=To`",
    OptionType.CHANNEL_CUSTOMERS: "pairs, like `Marketplace=Customer; Marketplace=Customer`",
    OptionType.LOCATION_SITES: "pairs, like `Location=Site; Location=Site`",
}


def reference_markdown() -> str:
    """Give the page: one table per section, then the flows that are planned."""
    parts = [_HEADER, *(_section(section) for section in SECTIONS)]
    planned = [flow for flow in FLOWS.values() if flow.is_planned]
    if planned:
        rows = "\n".join(f"- `{flow.name}`: {title_of(flow.name)}" for flow in planned)
        parts.append(
            f"## Planned flows\n\nNot in this version, and without options yet.\n\n{rows}\n"
        )
    return "\n".join(parts)


def _section(section: str) -> str:
    rows = "\n".join(_row(option) for option in options_in(section))
    return (
        f"## {title_of(section)}\n\n"
        "| Option | Key | Values | Default | Rule | Help |\n"
        "| --- | --- | --- | --- | --- | --- |\n"
        f"{rows}\n"
    )


def _row(option: Option) -> str:
    default = _default(option)
    cells = (
        option.label + (" *(advanced)*" if option.advanced else ""),
        f"`{option.key}`",
        _values(option),
        default,
        option.rule or "",
        f"{option.help}{_condition(option)}{_system(option)}",
    )
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _default(option: Option) -> str:
    """Give the default, and those of the systems, and pairs of systems, that have another one."""
    told = [_shown(option, option.default)]
    for system in (each for each in SystemName if each not in BOOKS):
        usual = defaults_of(system).value(option.key)
        if usual != option.default:
            told.append(f"{system.words}: {_shown(option, usual)}")
        for books in (each for each in SystemName if each in BOOKS):
            default = defaults_of(system, books).value(option.key)
            if default != usual:
                told.append(f"{system.words} with {books.words}: {_shown(option, default)}")
    return "<br>".join(told)


def _shown(option: Option, default: object) -> str:
    text = to_text(option, default)
    return f"`{text}`" if text else "empty"


def _values(option: Option) -> str:
    if option.choices:
        return "<br>".join(f"`{c.value}`: {c.label}. {c.help}" for c in option.choices)
    words = _VALUE_WORDS[option.type]
    if option.minimum is not None or option.maximum is not None:
        words += f", {_range(option)}"
    if option.unit:
        words += f" ({option.unit})"
    if option.count_max is not None:
        words += f", at most {option.count_max}"
    # Of a pair the second one is the books'.
    limit = option.lengths[-1] if option.lengths else None
    if limit not in {None, TEXT_LENGTH_MAX}:
        words += f"; names of the books have at most {limit} characters"
    return words


def _range(option: Option) -> str:
    ends = (("from", option.minimum), ("to", option.maximum))
    return " ".join(f"{word} {bound}" for word, bound in ends if bound is not None)


def _system(option: Option) -> str:
    systems = [each.words for each in (option.only_with, option.only_books) if each is not None]
    return f" Links with {' and '.join(systems)} only." if systems else ""


def _condition(option: Option) -> str:
    if option.only_when is None:
        return ""
    other = OPTIONS[f"{option.section}.{option.only_when.option}"]
    values = " or ".join(f"`{to_text(other, value)}`" for value in option.only_when.values)
    needed = "Needed" if option.required else "Has an effect only"
    return f" {needed} while `{other.name}` is {values}."
