"""``/api/v1/transfers``: what became of documents, and what people decide about them.

A decision over several documents does what it can and answers 200: ``done`` says what was
done with each, ``left`` why others are as they were.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import Response

from counterfoil.errors import UsageError
from counterfoil.hub import desk, verbs, views
from counterfoil.hub.dispatcher import Dispatcher
from counterfoil.hub.setup import Hub
from counterfoil.ledger import transfers as kept

from . import models
from .errors import ApiError
from .finding import ABSENT, ABSENT_OR_CONFLICT, PAGE_MAX, absent, conflict, find_link, plain
from .security import Actor
from .sheets import table_of
from .table_files import TABLE_TYPES, TableFormat, table_answer
from .ways_out import ways_out

__all__ = ["add"]


def add(routes: APIRouter, hub: Hub, dispatcher: Dispatcher | None) -> None:
    """Add the routes."""
    _add_lists(routes, hub)
    _add_presses(routes, hub, dispatcher)
    _add_undo(routes, hub, dispatcher)
    _add_adoptions(routes, hub, dispatcher)


def _add_lists(routes: APIRouter, hub: Hub) -> None:
    _add_list(routes, hub)
    _add_export(routes, hub)

    @routes.get("/transfers/{transfer}", response_model=models.TransferDetails, responses=ABSENT)
    def show_transfer(transfer: int, actor: Actor) -> Any:
        """Everything known about one transfer: its counterfoil."""
        with absent():
            details = views.details(hub, transfer)
        return plain({**details, "ways_out": ways_out(details)})


def _add_list(routes: APIRouter, hub: Hub) -> None:
    @routes.get("/transfers", response_model=models.Transfers, responses=ABSENT)
    def all_transfers(
        actor: Actor,
        *,
        link: str | None = None,
        flow: models.AskedFlow | None = None,
        state: Annotated[list[models.AskedState] | None, Query(max_length=100)] = None,
        find: Annotated[str | None, Query(max_length=200)] = None,
        number: Annotated[str | None, Query(max_length=200)] = None,
        fields: bool = False,
        cause: Annotated[str | None, Query(max_length=200)] = None,
        since: date | None = None,
        limit: Annotated[int, Query(ge=1, le=PAGE_MAX)] = 100,
        after: Annotated[int, Query(ge=0)] = 0,
    ) -> Any:
        """Transfers, oldest first, a page at a time.

        ``find``: part of the number; ``number``: exactly that one, here or where it was sent.
        ``fields``: only those of which a custom field could not be written.  ``cause``: code of a
        refusal or reason; ``since``: only what came where it stands on that day or later.
        """
        if number is not None:
            return {"transfers": plain(views.numbered(hub, number, limit)), "next": None}
        found = views.rows(
            hub,
            link=find_link(hub, link).id if link is not None else None,
            flow=flow,
            states=state or (),
            text=find,
            fields=fields,
            cause=cause,
            since=since,
            limit=limit,
            after=after,
        )
        following = found[-1].id if len(found) == limit else None
        return {"transfers": plain(found), "next": following}


def _add_export(routes: APIRouter, hub: Hub) -> None:
    @routes.get(
        "/transfers/export",
        response_class=Response,
        responses=ABSENT | {200: {"content": {kind: {} for kind in TABLE_TYPES.values()}}},
    )
    def export(
        actor: Actor,
        *,
        link: str | None = None,
        flow: models.AskedFlow | None = None,
        state: Annotated[list[models.AskedState] | None, Query(max_length=100)] = None,
        find: Annotated[str | None, Query(max_length=200)] = None,
        cause: Annotated[str | None, Query(max_length=200)] = None,
        since: date | None = None,
        as_: TableFormat = "csv",
    ) -> Response:
        """The history of transfers as a table for spreadsheets, both sides of each document.

        ``cause``: code of a refusal or reason; ``since``: only what came where it stands on
        that day or later.
        """
        rows = desk.history(
            hub,
            link=find_link(hub, link).id if link is not None else None,
            flow=flow,
            states=state or (),
            text=find,
            cause=cause,
            since=since,
        )
        return table_answer("transfers", as_, *table_of(desk.HistoryRow, rows))


def _add_presses(routes: APIRouter, hub: Hub, dispatcher: Dispatcher | None) -> None:
    @routes.post("/transfers/retry", response_model=models.Released, responses=ABSENT)
    def retry(asked: models.Retrying, actor: Actor) -> Any:
        """Try transfers again that were refused or wait: these, or all of a link."""
        if bool(asked.ids) is (asked.link is not None):
            raise UsageError("Name transfers in ids, or a link for all that have stopped.")
        if asked.cause is not None and asked.link is None:
            raise UsageError("A cause is one of a link; name the link, too.")
        link = None if asked.link is None else find_link(hub, asked.link).id
        _have_transfers(hub, asked.ids)
        result = desk.retry(hub, actor, transfer_ids=asked.ids, link=link, cause=asked.cause)
        _go(hub, dispatcher, result.released)
        return {"released": result.released, **_told(result)}

    @routes.post("/transfers/skip", response_model=models.Accepted, responses=ABSENT)
    def skip(asked: models.Ids, actor: Actor) -> Any:
        """Leave documents out, until somebody sends them."""
        _have_transfers(hub, asked.ids)
        result = desk.skip(hub, asked.ids, actor)
        return {"transfers": result.released, **_told(result)}

    @routes.post("/transfers/accept", response_model=models.Accepted, responses=ABSENT)
    def accept(asked: models.Ids, actor: Actor) -> Any:
        """Take changed documents as they are: nothing more is to be written."""
        _have_transfers(hub, asked.ids)
        result = desk.accept(hub, asked.ids, actor)
        return {"transfers": result.released, **_told(result)}


def _add_undo(routes: APIRouter, hub: Hub, dispatcher: Dispatcher | None) -> None:
    @routes.post("/transfers/undo", response_model=models.Undone, responses=ABSENT)
    def undo(asked: models.Undoing, actor: Actor) -> Any:
        """Take documents out of the system they were sent to: these, or all a run created."""
        if bool(asked.ids) is (asked.run is not None):
            raise UsageError("Name transfers in ids, or a run.")
        _have_transfers(hub, asked.ids)
        with absent():
            result = desk.undo(
                hub, actor, transfer_ids=asked.ids, run=asked.run, consent=asked.consent
            )
        _go(hub, dispatcher, result.undone)
        return {
            "undone": result.undone,
            "left": verbs.told(result.left),
            "updated": result.updated,
        }


def _add_adoptions(routes: APIRouter, hub: Hub, dispatcher: Dispatcher | None) -> None:
    @routes.post(
        "/transfers/{transfer}/adopt", response_model=models.Adopted, responses=ABSENT_OR_CONFLICT
    )
    def adopt(transfer: int, asked: models.Adopting, actor: Actor) -> Any:
        """Say which document of the target a transfer is; it counts once it was seen there."""
        _have_transfers(hub, [transfer])
        with conflict():
            made = desk.adopt(hub, transfer, asked.target_id, actor, consent=asked.consent)
        _go(hub, dispatcher, [transfer])
        return {**plain(made), "transfers": [transfer]}

    @routes.post(
        "/transfers/{transfer}/adopt/undo",
        response_model=models.Adopted,
        responses=ABSENT_OR_CONFLICT,
    )
    def take_back(transfer: int, actor: Actor) -> Any:
        """Take an adoption back; the document in the target stays as it is."""
        _have_transfers(hub, [transfer])
        with conflict():
            made = desk.take_back(hub, transfer, actor)
        return {**plain(made), "transfers": [transfer]}


def _told(result: desk.Released) -> dict[str, Any]:
    return {"done": verbs.told(result.done), "left": verbs.told(result.left)}


def _go(hub: Hub, dispatcher: Dispatcher | None, transfer_ids: Sequence[int]) -> None:
    """Let a running hub look at these transfers at once."""
    verbs.wake_for(hub, transfer_ids)
    if dispatcher is not None:
        dispatcher.poke()


def _have_transfers(hub: Hub, ids: list[int]) -> None:
    with hub.database.reading() as tx:
        known = {each.transfer.id for each in kept.load(tx, ids)}
    missing = sorted(set(ids) - known)
    if missing:
        raise ApiError(404, f"There is no transfer {', '.join(str(each) for each in missing)}.")
