"""What people do with a link: refresh, pause, resume, remove, and say that a step is done."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Final, NamedTuple

from fastapi import APIRouter, Form, Response

from counterfoil.api.errors import ApiError
from counterfoil.api.finding import conflict, find_link
from counterfoil.console.rendering import Undo, page, said
from counterfoil.console.visiting import Administering, Operating, Visit
from counterfoil.hub import accounts, before_first, finding, verbs
from counterfoil.hub.scopes import Scope
from counterfoil.hub.setup import Hub
from counterfoil.hub.systems import traits_of
from counterfoil.ledger.connections import Link

__all__ = ["add"]


class _Verb(NamedTuple):
    """Something done with a whole link.

    Attributes:
        done: What is said afterwards.
        back: The verb that takes it back; empty: none does.
        effect: What it does, before it is done.
        words: What its button says.
    """

    done: str
    back: str
    effect: tuple[str, ...]
    words: str


_VERBS: Final[Mapping[str, _Verb]] = {
    "pause": _Verb(
        "“{}” is paused.",
        "resume",
        (
            "Nothing of it is read or sent until somebody resumes it.",
            "What is on its way now is finished; its answer is taken.",
            "What is entered meanwhile is taken up afterwards.",
        ),
        "Pause",
    ),
    "resume": _Verb(
        "“{}” goes on.",
        "pause",
        ("It is read and sent again, and what was entered meanwhile is taken up.",),
        "Resume",
    ),
    "remove": _Verb("“{}” is removed.", "resume", (), "Remove"),
}


def add(routes: APIRouter, hub: Hub) -> None:
    """Add the routes."""
    _add_refreshing(routes, hub)
    _add_steps(routes, hub)

    @routes.get("/links/{link}/pause")
    def ask_pause(link: str, visit: Operating) -> Response:
        return _asked(hub, visit, find_link(hub, link), "pause")

    @routes.post("/links/{link}/pause")
    def pause(link: str, visit: Operating) -> Response:
        return _done(hub, visit, find_link(hub, link), "pause")

    @routes.post("/links/{link}/resume")
    def resume(link: str, visit: Operating) -> Response:
        found = find_link(hub, link)
        if not found.is_active and not visit.may(Scope.ADMINISTER):
            raise ApiError(403, "Only an owner takes up a link that was removed.")
        return _done(hub, visit, found, "resume")

    @routes.get("/links/{link}/remove")
    def ask_remove(link: str, visit: Administering) -> Response:
        return _asked(hub, visit, find_link(hub, link), "remove")

    @routes.post("/links/{link}/remove")
    def remove(link: str, visit: Administering) -> Response:
        return _done(hub, visit, find_link(hub, link), "remove")


def _asked(hub: Hub, visit: Visit, link: Link, name: str) -> Response:
    verb = _VERBS[name]
    leaves = accounts.what_link_leaves(hub, link) if name == "remove" else ()
    effect = [*verb.effect, *leaves]
    return page(visit, "links/ask.html", link=link, name=name, verb=verb, effect=effect)


def _done(hub: Hub, visit: Visit, link: Link, name: str) -> Response:
    verb = _VERBS[name]
    with conflict():
        changed = accounts.change_link(hub, link, name, visit.name)
    undo = Undo(f"/links/{link.id}/{verb.back}") if verb.back else None
    return said(visit, f"/links/{link.id}", verb.done.format(changed.name), undo)


def _add_refreshing(routes: APIRouter, hub: Hub) -> None:
    @routes.post("/links/{link}/refresh")
    def refresh(link: str, visit: Operating) -> Response:
        """Let the hub look at a link at once; whoever calls us is waited for."""
        found = find_link(hub, link)
        with conflict():
            finding.check_going(found)
        verbs.wake(hub, [found.id])
        told = [
            f"{side.name} is read {'now' if traits_of(side.system).is_called else 'when it calls'}."
            for side in finding.sides(hub, found)
        ]
        return said(visit, f"/links/{found.id}", " ".join(told))


def _add_steps(routes: APIRouter, hub: Hub) -> None:
    @routes.post("/links/{link}/checklist/{step}")
    def confirm(
        link: str, step: str, visit: Operating, so: Annotated[str, Form(max_length=3)] = "yes"
    ) -> Response:
        found, is_so = find_link(hub, link), so == "yes"
        with conflict():
            before_first.confirm(hub, found.id, step, visit.name, is_so=is_so)
        undo = Undo(f"/links/{found.id}/checklist/{step}", {"so": "no" if is_so else "yes"})
        told = "You said that it is done." if is_so else "It is open again."
        return said(visit, f"/links/{found.id}", told, undo)
