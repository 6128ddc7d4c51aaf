"""What presses on documents come to, and how a press on very many is carried out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final, NamedTuple

import msgspec
from sqlalchemy import Connection as Tx

from counterfoil.engine.transfers import Pairing
from counterfoil.errors import LedgerError, UsageError
from counterfoil.hub.finding import all_there, loaded
from counterfoil.hub.setup import Hub
from counterfoil.ledger.transfers import Sourced
from counterfoil.told import Told

__all__ = ["BATCH", "Left", "Released", "called_there", "in_batches", "joined", "name"]

BATCH: Final = 500
"""So many documents are decided about in one transaction."""


class Left(NamedTuple):
    """What is told of one document; ``id``: its transfer, ``None``: several of one number."""

    number: str
    sentence: Told | str
    id: int | None = None

    @property
    def words(self) -> str:
        """It for whoever has no terminal."""
        told = self.sentence
        return (told if isinstance(told, Told) else Told(told)).spoken


class Released(msgspec.Struct, frozen=True, kw_only=True):
    """What a person's press came to."""

    released: tuple[int, ...]
    done: tuple[Left, ...] = ()
    """What was done, one by one."""
    left: tuple[Left, ...] = ()
    """Those that are as they were, and why."""
    waiting: tuple[str, ...] = ()
    """Numbers of those that are about to go already."""
    unreached: Left | None = None
    """How many were not reached, and why, which ``left`` ends with; ``None``: all were."""


def in_batches(
    hub: Hub, transfer_ids: Iterable[int], carry_out: Callable[[Tx, list[Sourced]], Released]
) -> Released:
    """Carry a verb out on documents, however many: a batch at a time, each in its own transaction.

    Others write in between.  Where a batch cannot be carried out, for it cannot be written or what
    it needs has been taken away meanwhile, what was done before it stays done, and how many were
    not reached is told: whoever asks again goes on from there.

    Raises:
        UsageError: One of them does not exist, or the verb does not fit; nothing is done then.
        LedgerError: Not even the first batch could be written.
    """
    ids = list(dict.fromkeys(transfer_ids))
    with hub.database.reading() as tx:
        all_there(tx, ids)
    told: list[Released] = []
    for start in range(0, len(ids), BATCH):
        try:
            with hub.database.writing() as tx:
                told.append(carry_out(tx, loaded(tx, ids[start : start + BATCH])))
        except (LedgerError, UsageError) as error:
            if not told:
                raise
            told.append(_not_reached(len(ids) - start, error))
            break
    return joined(told)


def _not_reached(count: int, error: LedgerError | UsageError) -> Released:
    number = f"{count} more document{'' if count == 1 else 's'}"
    why = f"Not reached, and as before: {error.message} Do the same once more to go on."
    told = Left(number, why)
    return Released(released=(), left=(told,), unreached=told)


def joined(told: Sequence[Released]) -> Released:
    """Give what several presses came to as one."""
    return Released(
        released=tuple(id_ for each in told for id_ in each.released),
        done=tuple(done for each in told for done in each.done),
        left=tuple(left for each in told for left in each.left),
        waiting=tuple(number for each in told for number in each.waiting),
        unreached=next((each.unreached for each in told if each.unreached is not None), None),
    )


def name(each: Sourced) -> str:
    """Give what people call a document."""
    return each.transfer.number or str(each.transfer.id)


def called_there(pairing: Pairing | None) -> str:
    """Give what people call a document of the target."""
    return "?" if pairing is None else pairing.number or pairing.target_id
