"""Trying again what stopped: documents, and custom fields of what is there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple

import msgspec
from sqlalchemy import Connection as Tx

from counterfoil.engine.life import Standing, State
from counterfoil.errors import UsageError
from counterfoil.hub import fields
from counterfoil.hub.finding import find_link
from counterfoil.hub.links import view_of
from counterfoil.hub.setup import Hub
from counterfoil.ledger import transfers
from counterfoil.ledger.transfers import Sourced

from ._outcomes import Left, Released, in_batches, joined, name
from ._pressing import every, press, press_all
from ._seen import NOT_LOOKED_AT, Seen

__all__ = ["retry"]


def retry(
    hub: Hub,
    actor: str,
    *,
    transfer_ids: Sequence[int] = (),
    link: int | str | None = None,
    cause: str | None = None,
    seen: Seen = NOT_LOOKED_AT,
) -> Released:
    """Try refused and waiting transfers again: the given ones, or all of a link.

    ``cause``: of the link only what this refusal stopped, by its code.  Of what may have arrived
    somebody has to say that it did not: it is tried again by its id or by this cause alone.

    Custom fields that could not be written are tried again, too.  Of the given transfers also
    those that hold something else there: what a person was told of is written over, unless it
    has moved since it was ``seen``.

    Raises:
        UsageError: A transfer does not exist, or nothing was stopped for this cause.
    """
    if link is not None:
        return _retry_link(hub, link, cause, actor)

    def carry_out(tx: Tx, found: Sequence[Sourced]) -> Released:
        return joined([_retry_one(tx, each, actor, hub.now(), seen) for each in found])

    tried = in_batches(hub, transfer_ids, carry_out)
    return msgspec.structs.replace(tried, released=tuple(dict.fromkeys(tried.released)))


def _retry_link(hub: Hub, link: int | str, cause: str | None, actor: str) -> Released:
    """Try all of a link again that has stopped, or what stopped for one cause."""
    with hub.database.reading() as tx:
        id_ = find_link(tx, link).id
        stopped = _same_cause(
            [
                _Stopped(each.transfer.id, each.transfer.version, name(each), *_why(each))
                for each in every(tx, id_, None, (State.REFUSED, State.WAITING))
            ],
            cause,
        )
    kept = [each for each in stopped if each.is_unclear and cause is None]
    going = {each.id: each.version for each in stopped if each not in kept}
    pressed = press(hub, id_, tuple(going), actor, seen=going)
    unclear = (Left(each.number, _UNCLEAR, each.id) for each in kept)
    pressed = msgspec.structs.replace(pressed, left=(*pressed.left, *unclear))
    if cause is not None:
        return pressed
    with hub.database.writing() as tx:
        again = fields.retry_link(tx, id_, actor, hub.now())
        told = _fields_tried(tx, again)
    return msgspec.structs.replace(
        pressed,
        released=tuple(dict.fromkeys((*pressed.released, *again))),
        done=(*pressed.done, *told),
    )


class _Stopped(NamedTuple):
    """A document that has stopped; ``code``: of its refusal, ``None``: it has none."""

    id: int
    version: int
    number: str
    code: str | None
    is_unclear: bool


def _why(each: Sourced) -> tuple[str | None, bool]:
    refusal = each.transfer.refusal
    return None if refusal is None else refusal.code, each.transfer.is_unclear


_UNCLEAR: Final = (
    "It may be there already. Look there first; then say which one it is, or try again this one."
)


def _same_cause(found: Sequence[_Stopped], cause: str | None) -> Sequence[_Stopped]:
    """Give what one cause stopped; ``None``: all of it.

    Raises:
        UsageError: Nothing stopped for it.
    """
    if cause is None:
        return found
    same = [each for each in found if each.code == cause]
    if not same:
        there = ", ".join(sorted({each.code for each in found if each.code is not None}))
        raise UsageError(
            f"Nothing has stopped for {cause!r}. "
            + (f"What there is: {there}." if there else "Nothing is refused there at all.")
        )
    return same


def _retry_one(tx: Tx, each: Sourced, actor: str, now: datetime, seen: Seen) -> Released:
    """Try one transfer again, or its custom fields."""
    transfer = each.transfer
    fields_again: tuple[int, ...] = ()
    if fields.retry(tx, transfer, actor, now):
        fields_again = (transfer.id,)
        if transfer.standing is Standing.RESTING:
            return Released(released=fields_again, done=_fields_tried(tx, fields_again))
    view = view_of(tx, find_link(tx, transfer.link))
    one = press_all(tx, [each], actor, view, now, seen=seen)
    waiting = tuple(Left(number, _GOES_ALREADY, transfer.id) for number in one.waiting)
    return msgspec.structs.replace(
        one,
        released=(*fields_again, *one.released),
        done=(*_fields_tried(tx, fields_again), *one.done),
        left=(*one.left, *waiting),
        waiting=(),
    )


_GOES_ALREADY: Final = "It is about to go already, with the next run."


def _fields_tried(tx: Tx, ids: Sequence[int]) -> tuple[Left, ...]:
    found = transfers.load(tx, ids) if ids else []
    told = "Its custom fields are tried again."
    return tuple(Left(name(each), told, each.transfer.id) for each in found)
