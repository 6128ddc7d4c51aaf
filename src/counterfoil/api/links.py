"""``/api/v1/links``: which accounts are paired, and whether anything moves between them."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from counterfoil.hub import accounts, before_first
from counterfoil.hub.setup import Hub

from . import models, standing
from .finding import ABSENT, ABSENT_OR_CONFLICT, conflict, find_connection, find_link, plain
from .security import Actor

__all__ = ["add"]


def add(routes: APIRouter, hub: Hub) -> None:
    """Add the routes."""
    _add_links(routes, hub)
    _add_presses(routes, hub)
    _add_checklist(routes, hub)


def _add_links(routes: APIRouter, hub: Hub) -> None:
    @routes.get("/links", response_model=models.Links)
    def all_links(actor: Actor) -> Any:
        """All links, oldest first."""
        return {"links": plain(standing.all_links(hub))}

    @routes.post(
        "/links",
        status_code=201,
        response_model=models.Linked,
        responses=ABSENT_OR_CONFLICT,
    )
    def add_link(asked: models.Linking, actor: Actor) -> Any:
        """Pair an operations connection with a books connection."""
        left, right = find_connection(hub, asked.operations), find_connection(hub, asked.books)
        with conflict():
            made = accounts.add_link(hub, str(left.id), str(right.id), actor, name=asked.name)
        return {
            **plain(standing.link_shown(hub, made.link)),
            "is_resumed": made.is_resumed,
            "starts_from": plain(made.starts_from),
        }

    @routes.get("/links/{link}", response_model=models.LinkShown, responses=ABSENT)
    def show_link(link: str, actor: Actor) -> Any:
        """One link, by number or name."""
        return plain(standing.link_shown(hub, find_link(hub, link)))


def _add_presses(routes: APIRouter, hub: Hub) -> None:
    @routes.get("/links/{link}/leaves", response_model=models.Leaves, responses=ABSENT)
    def link_leaves(link: str, actor: Actor) -> Any:
        """What removing a link would leave as it is."""
        return {"leaves": plain(accounts.what_link_leaves(hub, find_link(hub, link)))}

    @routes.post(
        "/links/{link}/pause",
        response_model=models.LinkShown,
        responses=ABSENT_OR_CONFLICT,
    )
    def pause(link: str, actor: Actor) -> Any:
        """Read and write nothing for a link until it is resumed; what is under way is finished."""
        return _changed_link(hub, link, "pause", actor)

    @routes.post(
        "/links/{link}/resume",
        response_model=models.LinkShown,
        responses=ABSENT_OR_CONFLICT,
    )
    def resume(link: str, actor: Actor) -> Any:
        """Let a link that was paused or removed go on."""
        return _changed_link(hub, link, "resume", actor)

    @routes.post(
        "/links/{link}/remove",
        response_model=models.LinkShown,
        responses=ABSENT_OR_CONFLICT,
    )
    def remove_link(link: str, actor: Actor) -> Any:
        """Take a link out of use; linking the same accounts again goes on with what it knew."""
        return _changed_link(hub, link, "remove", actor)


def _add_checklist(routes: APIRouter, hub: Hub) -> None:
    @routes.get(
        "/links/{link}/checklist",
        response_model=models.LinkChecklist,
        responses=ABSENT_OR_CONFLICT,
    )
    def checklist(link: str, actor: Actor) -> Any:
        """What has to be set on both sides before a link's first transfer."""
        found = find_link(hub, link)
        with conflict():
            return plain(before_first.link_checklist(hub, found.id))

    @routes.post(
        "/links/{link}/checklist/{step}",
        response_model=models.LinkChecklist,
        responses=ABSENT_OR_CONFLICT,
    )
    def confirm(link: str, step: str, actor: Actor, *, is_so: bool = True) -> Any:
        """Say that a step is done that nothing shows; ``is_so`` false: take that back."""
        found = find_link(hub, link)
        with conflict():
            return plain(before_first.confirm(hub, found.id, step, actor, is_so=is_so))


def _changed_link(hub: Hub, link: str, verb: str, actor: str) -> Any:
    found = find_link(hub, link)
    with conflict():
        changed = accounts.change_link(hub, found, verb, actor)
    return plain(standing.link_shown(hub, changed))
