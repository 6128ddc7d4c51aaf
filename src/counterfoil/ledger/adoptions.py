"""What people say about which document of a target a transfer is, until it was seen there."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, delete, exists, insert, select, update

from counterfoil.engine.adopting import Expected, Found
from counterfoil.engine.deciding import Wish

from ._prepared import among, listed
from .schema import adoption, transfer

__all__ = ["Adoption", "answer", "any_new", "ask", "clear", "name", "of_target", "of_transfer"]


class Adoption(msgspec.Struct, frozen=True, kw_only=True):
    """What a person said; columns as in the schema."""

    transfer: int
    named: str
    consents: bool
    expected: Expected | None = None
    run: int | None = None
    found: Found | None = None
    found_at: datetime | None = None


_COLUMNS = (
    adoption.c.transfer_id,
    adoption.c.named,
    adoption.c.consents,
    adoption.c.expected,
    adoption.c.run_id,
    adoption.c.found,
    adoption.c.found_at,
)
# What a person wishes now counts; a row that a later wish overtook is of no use.
_COUNTS = (transfer.c.id == adoption.c.transfer_id) & (transfer.c.wish == Wish.ADOPT.value)


def name(tx: Connection, transfer_id: int, target: int, named: str, *, consents: bool) -> None:
    """Keep what a person said, in place of what was said before."""
    clear(tx, [transfer_id])
    tx.execute(
        insert(adoption).values(
            transfer_id=transfer_id, target_id=target, named=named, consents=consents
        )
    )


def clear(tx: Connection, transfers: Iterable[int]) -> None:
    """Forget what was said about transfers: it is confirmed, or was taken back."""
    gone = delete(adoption).where(among(tx.dialect, adoption.c.transfer_id, "transfers"))
    tx.execute(gone, {"transfers": listed(tx, transfers)})


def of_transfer(tx: Connection, transfer_id: int) -> Adoption | None:
    """Give what counts for a transfer, ``None``: nothing was said, or it is over."""
    rows = tx.execute(
        select(*_COLUMNS).join(transfer, _COUNTS).where(adoption.c.transfer_id == transfer_id)
    )
    return next((_adoption(tuple(row)) for row in rows), None)


def of_target(tx: Connection, target: int, limit: int, *, run: int | None = None) -> list[Adoption]:
    """List what counts for a connection, the longest not asked for first.

    ``run``: only what that run asked for.
    """
    query = (
        select(*_COLUMNS)
        .join(transfer, _COUNTS)
        .where(adoption.c.target_id == target)
        .order_by(adoption.c.run_id.is_not(None), adoption.c.run_id, adoption.c.transfer_id)
        .limit(limit)
    )
    if run is not None:
        query = query.where(adoption.c.run_id == run)
    return [_adoption(tuple(row)) for row in tx.execute(query)]


def any_new(tx: Connection, target: int) -> bool:
    """Say whether a connection was never asked for something that people named."""
    unasked = (adoption.c.target_id == target) & adoption.c.run_id.is_(None)
    return bool(tx.scalar(select(exists().where(unasked, _COUNTS))))


def ask(tx: Connection, transfer_id: int, expected: Expected, run: int) -> None:
    """Keep that a run asks for it, and what it should say."""
    tx.execute(
        update(adoption)
        .where(adoption.c.transfer_id == transfer_id)
        .values(expected=expected, run_id=run)
    )


def answer(tx: Connection, transfer_id: int, found: Found, now: datetime) -> None:
    """Keep what looking it up came to."""
    tx.execute(
        update(adoption)
        .where(adoption.c.transfer_id == transfer_id)
        .values(found=found, found_at=now)
    )


def _adoption(row: tuple[Any, ...]) -> Adoption:
    transfer_id, named, consents, expected, run, found, found_at = row
    return Adoption(
        transfer=transfer_id,
        named=named,
        consents=bool(consents),
        expected=None if expected is None else msgspec.convert(expected, Expected),
        run=run,
        found=None if found is None else msgspec.convert(found, Found),
        found_at=found_at,
    )
