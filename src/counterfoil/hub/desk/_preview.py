"""What would be written, if everything that may go were sent now; nothing is written anywhere.

What is held is planned as if somebody sent it, both ways, a page at a time: however much
there is, only one page of documents is in memory.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import islice
from typing import Final

import msgspec
from sqlalchemy import Connection as Tx

from counterfoil.engine.deciding import Wish, Write
from counterfoil.engine.life import State
from counterfoil.engine.operations import CreateRecord
from counterfoil.engine.planning import Plan
from counterfoil.engine.transfers import Transfer
from counterfoil.hub import planned
from counterfoil.hub.finding import find_link
from counterfoil.hub.links import LinkView, view_of
from counterfoil.hub.setup import Hub
from counterfoil.hub.standpoints import standpoint
from counterfoil.hub.systems import target_by_the_newest
from counterfoil.ledger import transfers
from counterfoil.ledger.connections import Connection
from counterfoil.ledger.transfers import Sourced

from ._pressing import pressed

__all__ = ["Forecast", "preview"]

_PAGE: Final = 100
# What is on its way already is not planned: it is asked what became of it.
_PLANNED: Final = (State.READY, State.MATCHING, State.WAITING, State.HELD)


class Forecast(msgspec.Struct, frozen=True, kw_only=True):
    """What would be done, if everything that may go were sent now.

    Attributes:
        action: ``create``, ``update``, ``take out``; ``stop``: a person would have to decide;
            ``wait``: something has to come first.
        is_held: Only if somebody sends it.
        system: Where it goes.
    """

    action: str
    subject: str
    name: str | None
    transfer: int | None
    sentence: str | None = None
    is_held: bool = False
    system: str = ""


def preview(hub: Hub, link: int | str, *, limit: int = 10_000) -> list[Forecast]:
    """Say what would be done on both sides of a link; nothing is written anywhere.

    ``limit``: so many lines at most.
    """
    now = hub.now()
    with hub.database.reading() as tx:
        view = view_of(tx, find_link(tx, link))
        sides = (view.books, view.operations)
        return list(islice((each for side in sides for each in _of(tx, view, side, now)), limit))


def _of(tx: Tx, view: LinkView, side: Connection, now: datetime) -> Iterator[Forecast]:
    """Plan what goes to one side, a page at a time; a record is created once."""
    target = target_by_the_newest(side)
    created: set[tuple[str, str]] = set()
    for page in _pages(tx, view, side):
        held = {each.transfer.id for each in page if each.transfer.state is State.HELD}
        going = [_as_sent(tx, each, view, now) for each in page]
        ready = [each for each in going if each.transfer.state is State.READY]
        resting = [each.transfer for each in going if each.transfer.state is not State.READY]
        made = planned.forecast(tx, side, view, ready, target, now) if ready else Plan()
        before = {each.transfer.id: each.transfer for each in ready}
        for record in _records(made, created):
            yield msgspec.structs.replace(record, system=side.name)
        for told in (*_documents(made, before), *(_kept(each) for each in resting)):
            is_held = told.transfer in held
            yield msgspec.structs.replace(told, system=side.name, is_held=is_held)


def _pages(tx: Tx, view: LinkView, side: Connection) -> Iterator[list[Sourced]]:
    after = 0
    while page := transfers.search(
        tx, link_id=view.link.id, states=_PLANNED, limit=_PAGE, after=after
    ):
        after = page[-1].transfer.id
        yield [each for each in page if each.transfer.target == side.id]


def _as_sent(tx: Tx, each: Sourced, view: LinkView, now: datetime) -> Sourced:
    """Give it as it would be if somebody sent it now."""
    if each.transfer.state is State.READY or each.transfer.wish is Wish.ADOPT:
        return each
    if each.transfer.state is State.MATCHING:
        ready = msgspec.structs.replace(each.transfer, state=State.READY)
        return each._replace(transfer=ready)
    return each._replace(transfer=pressed(each.transfer, standpoint(tx, each, view), "", now))


def _records(made: Plan, created: set[tuple[str, str]]) -> Iterator[Forecast]:
    """Name the records that would be created, each once."""
    for each in made.operations:
        if not isinstance(each.operation, CreateRecord):
            continue
        key = each.subject, each.operation.record.full_name
        if key not in created:
            created.add(key)
            yield Forecast(action="create", subject=key[0], name=key[1], transfer=None)


def _documents(made: Plan, before: Mapping[int, Transfer]) -> Iterator[Forecast]:
    """Say of each document what would be done, or what stops it or makes it wait."""
    for each in made.transfers:
        was = before[each.id]
        action = _OUTCOMES.get(each.state) or _WRITES.get(each.write or was.write, "stop")
        is_told = each.state in _OUTCOMES
        yield Forecast(
            action=action,
            subject=each.target_kind.value,
            name=each.number,
            transfer=each.id,
            sentence=each.sentence if is_told else None,
        )


def _kept(transfer: Transfer) -> Forecast:
    """Say of what would not go although somebody sent it why it stays."""
    return Forecast(
        action="wait" if transfer.state is State.WAITING else "stop",
        subject=transfer.target_kind.value,
        name=transfer.number,
        transfer=transfer.id,
        sentence=transfer.sentence,
    )


_OUTCOMES: Final = {
    State.REFUSED: "stop",
    State.WAITING: "wait",
    State.HELD: "stop",
    State.CHANGED: "stop",
    State.SKIPPED: "leave out",
    State.DONE: "nothing",
}
_WRITES: Final[Mapping[Write | None, str]] = {
    Write.CREATE: "create",
    Write.UPDATE: "update",
    Write.VOID: "take out",
}
