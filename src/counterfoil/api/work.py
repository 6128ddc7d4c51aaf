"""``/api/v1/links/{link}``: what somebody asks a link to do, and what it would do."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Response

from counterfoil.hub import desk, finding, one_order, verbs
from counterfoil.hub.dispatcher import Dispatcher
from counterfoil.hub.setup import Hub
from counterfoil.settings import Direction

from . import models, standing
from .finding import ABSENT, ABSENT_OR_CONFLICT, conflict, find_link, plain
from .security import Actor

__all__ = ["add"]


def add(routes: APIRouter, hub: Hub, dispatcher: Dispatcher | None) -> None:
    """Add the routes."""
    _add_work(routes, hub, dispatcher)
    _add_foresight(routes, hub)


def _add_work(routes: APIRouter, hub: Hub, dispatcher: Dispatcher | None) -> None:
    @routes.post(
        "/links/{link}/run",
        response_model=models.Ran,
        responses={**ABSENT, 202: {"model": models.Ran, "description": "It begins now."}},
    )
    def run(link: str, actor: Actor, response: Response, *, wait: bool = False) -> Any:
        """Do now whatever is due; with ``wait`` the answer comes when it is done."""
        found = find_link(hub, link)
        if wait or dispatcher is None:
            return plain(verbs.run(hub, [found]))
        verbs.wake(hub, [found.id])
        dispatcher.poke()
        response.status_code = 202
        return plain(verbs.awaited(hub, found))

    @routes.post("/links/{link}/send", response_model=models.Sent, responses=ABSENT_OR_CONFLICT)
    def send(link: str, asked: models.Sending, actor: Actor) -> Any:
        """Send documents to the books; what has been sent already is named in ``left``."""
        sent = verbs.send(
            hub,
            find_link(hub, link),
            asked.kind,
            asked.codes,
            actor,
            everything=asked.all,
            # How much there is of all products takes long to read: the dispatcher does it.
            reads_first=asked.reads_first
            and (
                dispatcher is None or not finding.flow_of(asked.kind, Direction.TO_BOOKS).is_counted
            ),
            account=asked.account,
            memo=asked.memo,
        )
        _poke(dispatcher)
        return plain(sent)

    @routes.post(
        "/links/{link}/sync-one", response_model=models.SyncedOne, responses=ABSENT_OR_CONFLICT
    )
    def sync_one(link: str, asked: models.SyncingOne, actor: Actor) -> Any:
        """Send one order now, whatever its status and age, and mail what came of it."""
        found = find_link(hub, link)
        with conflict():
            done = one_order.sync_one(hub, found, asked.order, actor, address=asked.mail)
        _poke(dispatcher)
        return plain(done)

    @routes.post("/links/{link}/retrieve", response_model=models.Retrieved, responses=ABSENT)
    def retrieve(link: str, asked: models.Retrieving, actor: Actor) -> Any:
        """Retrieve documents from the books."""
        found = verbs.retrieve(hub, find_link(hub, link), asked.kind, asked.since, actor)
        _poke(dispatcher)
        return plain(found)


def _add_foresight(routes: APIRouter, hub: Hub) -> None:
    @routes.get("/links/{link}/preview", response_model=models.Forecasts, responses=ABSENT)
    def preview(link: str, actor: Actor) -> Any:
        """What would be written on both sides, held documents included; nothing is."""
        found = find_link(hub, link)
        return {
            "operations": plain(desk.preview(hub, found.id)),
            "rests": plain(standing.rests(found)),
        }

    @routes.post("/links/{link}/match", response_model=models.Decided, responses=ABSENT)
    def match(link: str, asked: models.Matching, actor: Actor) -> Any:
        """Decide what a name means, for all documents of a link."""
        sentence = desk.match_name(
            hub,
            find_link(hub, link).id,
            asked.kind,
            asked.name,
            actor,
            record=asked.record,
            create_as=asked.create_as,
            side=asked.side,
        )
        return {"sentence": sentence}


def _poke(dispatcher: Dispatcher | None) -> None:
    if dispatcher is not None:
        dispatcher.poke()
