"""The newest of what a process knows of a company: it runs for months, and forgets the rest."""

from __future__ import annotations

from collections import OrderedDict
from typing import Final, TypeVar

__all__ = ["KEPT_MAX", "Newest"]

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")

KEPT_MAX: Final = 10_000
"""So many are kept; one that was forgotten costs a call, and nothing else."""


class Newest(OrderedDict[_Key, _Value]):
    """Keeps so many, the newest; the one that was set first goes first."""

    def __setitem__(self, key: _Key, value: _Value) -> None:
        super().__setitem__(key, value)
        self.move_to_end(key)
        if len(self) > KEPT_MAX:
            self.popitem(last=False)
