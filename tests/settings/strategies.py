"""Any value of any option, for property tests."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time
from typing import Any

import hypothesis
import msgspec
from hypothesis import strategies as st

from counterfoil.settings import (
    DEFAULTS,
    OPTIONS,
    FieldPair,
    Option,
    OptionType,
    Settings,
    check,
    time_zones,
)
from counterfoil.settings._codec import PAIR_TYPES, TEXT_LENGTH_MAX
from counterfoil.settings._registry import with_values


def names(length_max: int | None = None) -> st.SearchStrategy[str]:
    """Texts as they are kept: printable, no outer spaces; separators are likely."""
    characters = st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")) | st.sampled_from(
        "=;\\ :aé"
    )
    size = min(length_max or TEXT_LENGTH_MAX, 12)
    return st.text(characters, min_size=1, max_size=size).map(str.strip).filter(bool)


def _pairs(option: Option) -> st.SearchStrategy[Any]:
    first, second = option.lengths or (None, None)
    return st.builds(PAIR_TYPES[option.type], names(first), names(second))


def _pair_lists(option: Option) -> st.SearchStrategy[Any]:
    def unique_by(pair: Any) -> str:
        if isinstance(pair, FieldPair):
            return pair.target
        return str(msgspec.structs.astuple(pair)[0]).casefold()

    return st.lists(_pairs(option), max_size=option.count_max and 3, unique_by=unique_by).map(tuple)


def _name_lists(length_max: int | None) -> st.SearchStrategy[Any]:
    apart = names(length_max).filter(lambda name: ";" not in name)
    return st.lists(apart, max_size=3, unique_by=str.casefold).map(tuple)


def values(option: Option) -> st.SearchStrategy[Any]:
    """Every value an option may have."""
    length = option.lengths[0] if option.lengths else None
    strategies: dict[OptionType, Callable[[], st.SearchStrategy[Any]]] = {
        OptionType.CHOICE: lambda: st.sampled_from(option.choices),
        OptionType.BOOLEAN: st.booleans,
        OptionType.INTEGER: lambda: st.integers(
            int(option.minimum or 0), int(option.maximum or 10**9)
        ),
        OptionType.DECIMAL: lambda: st.decimals(option.minimum, 10**6, places=2),
        OptionType.DATE: st.dates,
        OptionType.TIME: lambda: st.builds(time, st.integers(0, 23), st.integers(0, 59)),
        OptionType.TIME_ZONE: lambda: st.sampled_from(list(time_zones().values())),
        OptionType.CURRENCY: lambda: st.from_regex(r"\A[A-Z]{3}\Z"),
        OptionType.TEXT: lambda: names(length),
        OptionType.ACCOUNT: lambda: names(length),
        OptionType.FIELD: lambda: names(length),
        OptionType.NAMES: lambda: _name_lists(length),
        OptionType.FIELD_PAIR: lambda: _pairs(option),
        OptionType.FIELD_PAIRS: lambda: _pair_lists(option),
        OptionType.CHANNEL_CUSTOMERS: lambda: _pair_lists(option),
        OptionType.LOCATION_SITES: lambda: _pair_lists(option),
    }
    strategy = strategies[option.type]()
    return st.none() | strategy if option.optional else strategy


FEWER = hypothesis.settings(max_examples=hypothesis.settings().max_examples // 6)
"""For tests over whole settings: each example draws every option there is."""


def settings() -> st.SearchStrategy[Settings]:
    """Whole settings without problems."""
    some = st.fixed_dictionaries(
        {}, optional={key: values(option) for key, option in OPTIONS.items()}
    )
    return some.map(lambda chosen: with_values(DEFAULTS, chosen)).map(_repaired)


def _repaired(drawn: Settings) -> Settings:
    """Put back to the default what does not fit together; the rest stays."""
    for problem in check(drawn):
        section, name = problem.key.split(".")
        switch = OPTIONS[problem.key].only_when
        reset = [f"{section}.{switch.option}"] if switch else [problem.key]
        if name in {"window_start", "window_end"}:
            reset = ["general.window_start", "general.window_end"]
        if name == "save_entity_code_to":
            reset = [problem.key]
        if name == "order_missing":
            reset = [f"{section}.whole_once"]
        drawn = with_values(drawn, {key: OPTIONS[key].default for key in reset})
    return drawn
