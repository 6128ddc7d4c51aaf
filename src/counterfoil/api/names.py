"""``/api/v1/links/{link}/names``: both sides' lists side by side, decided in bulk."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request

from counterfoil.hub import desk, verbs
from counterfoil.hub.setup import Hub

from . import models
from .errors import ApiError
from .finding import ABSENT, ABSENT_OR_CONFLICT, conflict, find_link, plain
from .security import Actor, Credentials, visitor_of

__all__ = ["add"]

_Lists = Literal[
    "customers", "vendors", "items", "employees", "marketplaces", "accounts", "tax-codes"
]
_Side = Annotated[Literal["books", "operations"], Query()]


def add(routes: APIRouter, hub: Hub) -> None:
    """Add the routes."""
    _add_decisions(routes, hub)
    _add_lists(routes, hub)


def _add_decisions(routes: APIRouter, hub: Hub) -> None:
    @routes.get("/links/{link}/names", response_model=models.SaidRows, responses=ABSENT)
    def said(
        link: str, actor: Actor, *, everything: Annotated[bool, Query(alias="all")] = False
    ) -> Any:
        """What was decided about records; ``all``: also what was taken back since."""
        found = find_link(hub, link)
        return {"decided": plain(desk.said_rows(hub, found.id, taken_back=everything))}

    @routes.post(
        "/links/{link}/names/undo", response_model=models.Sentences, responses=ABSENT_OR_CONFLICT
    )
    def undo(link: str, asked: models.Ids, actor: Actor) -> Any:
        """Take back what was decided about records; says of each what became of it."""
        found = find_link(hub, link)
        with conflict():
            told = desk.take_back_counterparts(hub, found.id, asked.ids, actor)
        return {"sentences": told}


def _add_lists(routes: APIRouter, hub: Hub) -> None:
    @routes.get("/links/{link}/names/lists", response_model=models.NamesLists, responses=ABSENT)
    def lists(link: str, actor: Actor) -> Any:
        """Which lists of names mean something on this link, and what cannot be read of them."""
        found = find_link(hub, link)
        return {"lists": plain(desk.names_lists(hub, found.id))}

    @routes.get(
        "/links/{link}/names/{list}",
        response_model=models.Comparison,
        responses=ABSENT_OR_CONFLICT,
    )
    def compare(
        link: str,
        list_: Annotated[_Lists, Path(alias="list")],
        actor: Actor,
        *,
        of: _Side = "books",
    ) -> Any:
        """A list of one side beside the other's; a list that was not read yet is a 409."""
        found = find_link(hub, link)
        with conflict():
            return plain(desk.compare_lists(hub, found.id, list_, side=of))

    @routes.post(
        "/links/{link}/names/{list}",
        response_model=models.Said,
        responses=ABSENT_OR_CONFLICT,
    )
    def decide(
        link: str,
        list_: Annotated[_Lists, Path(alias="list")],
        asked: models.Saying,
        actor: Actor,
        request: Request,
        credentials: Credentials,
        *,
        of: _Side = "books",
    ) -> Any:
        """Say what names are on the other side: all of it is taken, or nothing.

        What is kept in the settings (accounts, tax codes, marketplaces by a table) needs the
        scope “administer”.
        """
        found = find_link(hub, link)
        _check(hub, found.id, list_, request, credentials)
        rows = [
            desk.Said(id=each.id, decision=each.decision, record=each.record, name=each.name)
            for each in asked.rows
        ]
        with conflict():
            counts = desk.say_counterparts(hub, found.id, list_, rows, actor, side=of)
        verbs.wake(hub, [found.id])
        return {"decided": counts}

    @routes.post(
        "/links/{link}/names/{list}/undo",
        response_model=models.Sentences,
        responses=ABSENT_OR_CONFLICT,
    )
    def take_back(
        link: str,
        list_: Annotated[_Lists, Path(alias="list")],
        asked: models.NameIds,
        actor: Actor,
        request: Request,
        credentials: Credentials,
        *,
        of: _Side = "books",
    ) -> Any:
        """Take back what was decided about names of a list, each by its ``id`` in it."""
        found = find_link(hub, link)
        _check(hub, found.id, list_, request, credentials)
        with conflict():
            told = desk.take_back_records(hub, found.id, list_, asked.ids, actor, side=of)
        verbs.wake(hub, [found.id])
        return {"sentences": told}


def _check(hub: Hub, link: int, word: str, request: Request, credentials: Credentials) -> None:
    """See that whoever asks may do what a list needs beyond its operation.

    Raises:
        ApiError: 403, they may do less; 409, the link has no such list.
    """
    with conflict():
        which = desk.names_list(hub, link, word)
    visitor = visitor_of(request, credentials)
    if visitor is None or not visitor.scope.covers(which.needs):
        raise ApiError(
            403, f"This needs a token with the scope “{which.needs.value}”: it changes settings."
        )
