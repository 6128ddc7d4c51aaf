"""``/api/v1/transfers/{transfer}/correct``: what one document says in place of its source."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from counterfoil.errors import UsageError
from counterfoil.hub import desk, verbs
from counterfoil.hub.setup import Hub

from . import models
from .finding import ABSENT, ABSENT_OR_CONFLICT, absent, conflict, plain
from .security import Actor

__all__ = ["add"]


def add(routes: APIRouter, hub: Hub) -> None:
    """Add the routes."""

    @routes.get("/transfers/{transfer}/correct", response_model=models.Editable, responses=ABSENT)
    def look(transfer: int, actor: Actor) -> Any:
        """What of a document may be corrected, and what stands there."""
        with absent():
            return plain(desk.editable(hub, transfer))

    @routes.post(
        "/transfers/{transfer}/correct",
        response_model=models.Corrected,
        responses=ABSENT_OR_CONFLICT,
    )
    def correct(transfer: int, asked: models.Correcting, actor: Actor) -> Any:
        """Let a document say something else where it is sent to; nothing is sent by it."""
        if bool(asked.fields) is asked.activate:
            raise UsageError("Name fields, or give activate: one of both.")
        if asked.activate and (asked.only_check or asked.version is not None):
            raise UsageError("version and only_check go with fields; leave them out here.")
        with absent():
            desk.editable(hub, transfer)
        if asked.activate:
            with conflict():
                return _told(desk.activate_named(hub, [transfer], actor), ())
        made = desk.propose(hub, transfer, asked.fields)
        if made.problems:
            raise UsageError(" ".join(made.problems.values()))
        if asked.only_check:
            return _told(desk.Released(released=()), made.differences)
        with conflict():
            edited = desk.edit(hub, transfer, asked.fields, actor, version=asked.version)
        return _told(edited.result, made.differences)

    @routes.post(
        "/transfers/{transfer}/correct/undo",
        response_model=models.Corrected,
        responses=ABSENT,
    )
    def take_back(transfer: int, actor: Actor) -> Any:
        """Let a document say again what its source says."""
        with absent():
            desk.editable(hub, transfer)
        return _told(desk.replace_correction(hub, transfer, None, actor), ())


def _told(result: desk.Released, differences: tuple[desk.Difference, ...]) -> dict[str, Any]:
    return {
        "transfers": result.released,
        "done": verbs.told(result.done),
        "left": verbs.told(result.left),
        "differences": [each._asdict() for each in differences],
    }
