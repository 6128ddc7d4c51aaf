"""Any document and any list record, made from the declarations of their fields."""

from __future__ import annotations

import types
import typing
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

import msgspec
from hypothesis import strategies as st

_texts = st.text(max_size=6)
_leaves: dict[object, st.SearchStrategy[Any]] = {
    str: _texts,
    bool: st.booleans(),
    int: st.integers(-(2**53), 2**53),
    date: st.dates(),
    datetime: st.datetimes(timezones=st.just(UTC)),
    Decimal: st.decimals(allow_nan=False, allow_infinity=False, places=3)
    | st.decimals(allow_nan=False, allow_infinity=False),
}


@cache
def values_of(type_: Any) -> st.SearchStrategy[Any]:
    """Every value that a field of this type may have."""
    if type_ in _leaves:
        return _leaves[type_]
    if type_ is types.NoneType:
        return st.none()
    if isinstance(type_, type) and issubclass(type_, StrEnum):
        return st.sampled_from(list(type_))
    if isinstance(type_, type) and issubclass(type_, msgspec.Struct):
        return shapes(type_)
    if get_origin(type_) in {Union, types.UnionType}:
        return st.one_of([values_of(each) for each in get_args(type_)])
    if get_origin(type_) is tuple:
        return st.lists(values_of(get_args(type_)[0]), max_size=2).map(tuple)
    raise AssertionError(f"no strategy for {type_!r}: add one")


def field_types(type_: type[msgspec.Struct]) -> dict[str, Any]:
    """The resolved type of each field of a shape."""
    hints = get_type_hints(type_)
    return {field.name: hints[field.name] for field in msgspec.structs.fields(type_)}


@cache
def shapes(type_: type[msgspec.Struct]) -> st.SearchStrategy[Any]:
    """Every value of a shape; most optional fields are left at their default."""
    required: dict[str, st.SearchStrategy[Any]] = {}
    optional: dict[str, st.SearchStrategy[Any]] = {}
    types_ = field_types(type_)
    for field in msgspec.structs.fields(type_):
        group = required if field.required else optional
        group[field.name] = st.deferred(lambda name=field.name: values_of(types_[name]))  # type: ignore[misc]
    return st.fixed_dictionaries(required, optional=optional).map(
        lambda chosen: typing.cast("Any", type_)(**chosen)
    )
