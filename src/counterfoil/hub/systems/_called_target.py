"""The systems that we call as planning sees them.

Apart from their rows, for planning loads what no command that only looks needs.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from counterfoil.documents import Refusal, refuse
from counterfoil.engine.drafting import Target
from counterfoil.engine.operations import ActivateRecord, Operation
from counterfoil.settings import Settings, SystemName

from ._shape import Traits

__all__ = ["describe"]

# One document a call; a crash leaves at most this many to ask about.
_CALLS_PER_BATCH: Final = 20


def describe(
    name: SystemName,
    traits: Traits,
    *,
    batch_limit: int | None,
    quantity_places: int,
    price_places: int,
) -> Target:
    """Describe a system that has neither levels nor limits of names, and refuses by itself.

    Args:
        batch_limit: Smaller than usual after a set that the system could not take.
        quantity_places, price_places: Decimals that it takes.
    """
    return Target(
        name=name.words,
        batch_size=min(_CALLS_PER_BATCH, batch_limit or _CALLS_PER_BATCH),
        lists_share_names=False,
        has_hierarchy=False,
        number_length_max={},
        name_length_max={},
        check=_check(name.words),
        quantity_places=quantity_places,
        price_places=price_places,
        keeps_marks=traits.keeps_marks,
        changes=traits.changes,
        ways_out=traits.ways_out,
        closes=traits.closes,
        guards_fields=traits.guards_fields,
    )


def _check(name: str) -> Callable[[Operation, Settings], Refusal | None]:
    """Say what a system has no way to do; of everything else it judges by itself."""

    def checked(operation: Operation, settings: Settings) -> Refusal | None:
        if not isinstance(operation, ActivateRecord):
            return None
        problem = f"a {operation.kind.words} is made active there by hand"
        return refuse("feature-missing", target=name, problem=problem)

    return checked
