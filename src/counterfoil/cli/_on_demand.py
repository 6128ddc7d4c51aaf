"""Commands that are made when they are asked for.

Making a command from its function costs about a millisecond, and there are a hundred of them: so
only the one that was typed is made, and only its module is loaded.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any

import typer

from ._reading import read_here

__all__ = ["CommandsOnDemand"]


class CommandsOnDemand(Mapping[str, Any]):
    """What Typer makes of functions and of groups, by the words that name them.

    Args:
        places: Word -> where its function, or its group's ``Typer``, is: ``module.name`` within
            this package; in the order of ``--help``.
    """

    def __init__(self, places: Mapping[str, str]) -> None:
        self._places = places
        self._made: dict[str, Any] = {}

    def __getitem__(self, word: str) -> Any:
        if word not in self._made:
            module, _, name = self._places[word].partition(".")
            found = getattr(import_module(f"{__package__}.{module}"), name)
            self._made[word] = _made_from(found, word)
        return self._made[word]

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


def _made_from(found: Any, word: str) -> Any:
    holder = typer.Typer(add_completion=False, rich_markup_mode=None)
    if isinstance(found, typer.Typer):
        holder.add_typer(found, name=word)
    else:
        holder.command(word)(found)
    made = typer.main.get_group(holder).commands[word]
    read_here(made)
    return made
