"""Cures that were carried out, with numbers by which they are taken back."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import msgspec

from counterfoil.errors import UsageError
from counterfoil.hub.scopes import Scope
from counterfoil.hub.setup import Hub
from counterfoil.hub.times import clock_time, zone_in
from counterfoil.ledger import cures
from counterfoil.told import Advice

from ._curing import Cured, Undo, take_back

__all__ = ["CureCarriedOut", "cures_done", "kept", "take_back_done", "undo_of"]

_SHOWN: Final = 50


class CureCarriedOut(msgspec.Struct, frozen=True, kw_only=True):
    """A cure that somebody carried out.

    Attributes:
        id: Under which number it is taken back.
        sentence: What came of it.
        needs: What somebody has to be allowed to do to take it back.
        undone_at, undone_by: When it was taken back, and by whom; ``None``: it was not.
    """

    id: int
    link: int
    at: datetime
    actor: str
    sentence: str
    needs: Scope
    undone_at: datetime | None = None
    undone_by: str | None = None


def kept(hub: Hub, cured: Cured, actor: str) -> Cured:
    """Keep how a cure is taken back, and give it with its number."""
    if cured.undo is None:
        return cured
    packed = msgspec.json.encode(cured.undo)
    with hub.database.writing() as tx:
        number = cures.keep(tx, cured.undo.link, actor, cured.sentence, packed, hub.now())
    return msgspec.structs.replace(cured, number=number)


def cures_done(hub: Hub, limit: int = _SHOWN, *, before: int | None = None) -> list[CureCarriedOut]:
    """List the cures of the last thirty days that can be, or were, taken back; newest first.

    ``before``: only those with a lower number.
    """
    with hub.database.reading() as tx:
        found = cures.newest(tx, limit, before)
    return [
        CureCarriedOut(
            id=each.id,
            link=each.link,
            at=each.at,
            actor=each.actor,
            sentence=each.sentence,
            needs=msgspec.json.decode(each.undo, type=Undo).needs,
            undone_at=each.undone_at,
            undone_by=each.undone_by,
        )
        for each in found
    ]


def undo_of(hub: Hub, number: int) -> Undo:
    """Give how a cure is taken back.

    Raises:
        UsageError: There is none of that number, or it has been taken back.
    """
    with hub.database.reading() as tx:
        found, zone = cures.find(tx, number), zone_in(tx)
    if found is None:
        raise UsageError(
            f"No cure has the number {number}, or it was more than 30 days ago.",
            Advice("See which there are", "uncure", page="/inbox/cures"),
        )
    if found.undone_at is not None:
        at = clock_time(found.undone_at, zone)
        raise UsageError(f"{found.undone_by} has taken it back already, at {at}.")
    return msgspec.json.decode(found.undo, type=Undo)


def take_back_done(hub: Hub, number: int, actor: str) -> str:
    """Take a cure back, as far as it has not left; says what came of it.

    Raises:
        UsageError: There is none of that number, it has been taken back, or cannot be any more.
    """
    undo = undo_of(hub, number)
    sentence = take_back(hub, undo, actor)
    with hub.database.writing() as tx:
        cures.take_back(tx, number, actor, hub.now())
    return sentence
