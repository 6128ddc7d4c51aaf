"""What keeps anything from going on, from the moment on that it was noticed until it is over."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from operator import itemgetter
from typing import Any, Final

import msgspec
from sqlalchemy import ColumnElement, Connection, exists, insert, select, update

from counterfoil.documents import Refusal
from counterfoil.engine.life import STATES, Standing, State, states_that_are

from ._prepared import among, listed, spelled
from .schema import LASTS, OPEN, cause, follow_up, ledger, link, transfer

__all__ = [
    "KeptCause",
    "Stopped",
    "begin",
    "change",
    "end",
    "hold",
    "lasting",
    "load",
    "moving",
    "over_since",
    "overdue",
    "stopped",
]


class KeptCause(msgspec.Struct, frozen=True, kw_only=True):
    """A cause as it is kept.

    Attributes:
        kind, key: What it is (``hub.causes``).
        link, connection: Whose; ``None``: of none alone.
        code: Of the refusal, or of what else it is.
        transfers: Those that it keeps, as last seen.
        began_at, gone_at: Since when it lasts, and until when it did; ``None``: it lasts.
    """

    id: int
    kind: str
    key: str
    link: int | None
    connection: int | None
    code: str
    sentence: str
    transfers: tuple[int, ...]
    began_at: datetime
    gone_at: datetime | None = None


_RENAMED: Final = {"link": "link_id", "connection": "connection_id"}
_COLUMNS: Final = tuple(cause.c[_RENAMED.get(name, name)] for name in KeptCause.__struct_fields__)


def _read(row: Sequence[Any]) -> KeptCause:
    values = dict(zip(KeptCause.__struct_fields__, row, strict=True))
    return KeptCause(**{**values, "transfers": tuple(values["transfers"])})


def _row(each: KeptCause) -> dict[str, Any]:
    names = (name for name in KeptCause.__struct_fields__ if name != "id")
    return {_RENAMED.get(name, name): getattr(each, name) for name in names}


def lasting(tx: Connection) -> dict[str, KeptCause]:
    """Give the causes that last, by key."""
    rows = tx.execute(select(*_COLUMNS).where(LASTS))
    return {each.key: each for each in map(_read, rows)}


def over_since(tx: Connection, since: datetime, until: datetime) -> list[KeptCause]:
    """Give the causes that were over after a moment and by another one, oldest first."""
    query = select(*_COLUMNS).where(cause.c.gone_at > since, cause.c.gone_at <= until)
    return [_read(row) for row in tx.execute(query.order_by(cause.c.id))]


def load(tx: Connection, id_: int) -> KeptCause:
    """Give a cause, whether it lasts or is over."""
    return _read(tx.execute(select(*_COLUMNS).where(cause.c.id == id_)).one())


def hold(tx: Connection) -> None:
    """Keep other processes' looks out until the transaction's end, so that none keeps one twice."""
    tx.execute(select(ledger.c.id).with_for_update())


def begin(tx: Connection, found: Iterable[KeptCause], resumed_since: datetime) -> None:
    """Keep causes that were just noticed.

    Args:
        found: None of which lasts already.
        resumed_since: One that was over since then goes on: it is not told anew.
    """
    rows = {each.key: _row(each) for each in found}
    if not rows:
        return
    for each in _ended(tx, rows, resumed_since):
        if rows.pop(each.key, None) is not None:
            tx.execute(update(cause).where(cause.c.id == each.id).values(gone_at=None))
    if rows:
        tx.execute(insert(cause), list(rows.values()))


def _ended(tx: Connection, keys: Iterable[str], since: datetime) -> list[KeptCause]:
    """Give what is over since a moment, the newest of each key first."""
    query = select(*_COLUMNS).where(
        among(tx.dialect, cause.c.key, "keys"), cause.c.gone_at >= since
    )
    rows = tx.execute(query.order_by(cause.c.id.desc()), {"keys": listed(tx, keys)})
    return [_read(row) for row in rows]


def change(tx: Connection, id_: int, sentence: str, ids: Iterable[int]) -> None:
    """Keep what a cause that lasts is told as, and which transfers it keeps by now."""
    values = {"sentence": sentence, "transfers": list(ids)}
    tx.execute(update(cause).where(cause.c.id == id_).values(**values))


def end(tx: Connection, ids: Iterable[int], now: datetime) -> None:
    """Keep that causes are over."""
    wanted = list(ids)
    if wanted:
        query = update(cause).where(among(tx.dialect, cause.c.id, "ids"), LASTS)
        tx.execute(query.values(gone_at=now), {"ids": listed(tx, wanted)})


# --- What stands still --------------------------------------------------------------------


class Stopped(msgspec.Struct, frozen=True):
    """A transfer that was refused, or a field of it that was."""

    transfer: int
    link: int
    flow: str
    refusal: Refusal
    is_field: bool


def stopped(tx: Connection) -> list[Stopped]:
    """Give what was refused, of links in use, in the order of the transfers."""
    own = select(transfer.c.id, transfer.c.link_id, transfer.c.flow, transfer.c.refusal).where(
        OPEN, spelled(transfer.c.state, State.REFUSED), _in_use()
    )
    of_fields = (
        select(transfer.c.id, transfer.c.link_id, transfer.c.flow, follow_up.c.refusal)
        .join(transfer, transfer.c.id == follow_up.c.transfer_id)
        .where(follow_up.c.state == State.REFUSED.value, _in_use())
    )
    return [
        Stopped(*row[:3], refusal=msgspec.convert(row[3], Refusal), is_field=is_field)
        for query, is_field in ((own, False), (of_fields, True))
        for row in tx.execute(query.order_by(transfer.c.id))
        if row[3] is not None
    ]


def overdue(tx: Connection) -> Mapping[tuple[int, str, State], list[int]]:
    """Give what was told of its age and still stands: link, flow and state -> transfers."""
    rows = tx.execute(
        select(transfer.c.link_id, transfer.c.flow, transfer.c.state, transfer.c.id)
        .where(
            OPEN,
            transfer.c.alerted_at.is_not(None),
            transfer.c.state.in_(_MAY_BE_OVERDUE),
            _in_use(),
        )
        # As the index of what is open has them: what is done is not gone through.
        .order_by(transfer.c.state, transfer.c.id)
    )
    found: dict[tuple[int, str, State], list[int]] = {}
    for link_id, flow, state, transfer_id in sorted(rows, key=itemgetter(3)):
        found.setdefault((link_id, flow, State(state)), []).append(transfer_id)
    return found


_MAY_BE_OVERDUE: Final = [
    state.value
    for state, traits in STATES.items()
    if not traits.is_settled and state is not State.REFUSED
]


def moving(tx: Connection, ids: Iterable[int]) -> set[int]:
    """Give those of some transfers of which it is still open what becomes of them."""
    states = states_that_are(Standing.WANTED, Standing.IN_FLIGHT)
    query = select(transfer.c.id).where(
        among(tx.dialect, transfer.c.id, "ids"),
        transfer.c.state.in_([state.value for state in states]),
    )
    return set(tx.scalars(query, {"ids": listed(tx, ids)}))


def _in_use() -> ColumnElement[bool]:
    return exists().where(link.c.id == transfer.c.link_id, link.c.is_active)
