"""``/api/v1/notices``: who is told when something stands still."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from fastapi import APIRouter

from counterfoil.errors import DeliveryError, SettingsError
from counterfoil.hub import notices
from counterfoil.hub.setup import Hub

from . import models
from .errors import ApiError
from .finding import ABSENT, ABSENT_OR_CONFLICT, CONFLICT, absent, conflict, failures, plain
from .security import Actor

__all__ = ["add"]

_NOT_TAKEN = failures({502: "It was not taken."})


def add(routes: APIRouter, hub: Hub) -> None:
    """Add the paths."""

    @routes.get("/notices", response_model=models.NoticeRules)
    def list_rules(actor: Actor) -> Any:
        """Who is told of what; secret addresses are not shown."""
        return {"rules": plain(notices.all_rules(hub))}

    @routes.post("/notices", status_code=201, response_model=models.NoticeRule, responses=CONFLICT)
    def add_rule(asked: models.Telling, actor: Actor) -> Any:
        """Let somebody be told: one notice for each cause, however many documents it keeps."""
        with conflict(), _not_set_up():
            made = notices.add(
                hub,
                asked.name,
                asked.channel,
                asked.place.get_secret_value(),
                actor,
                link=asked.link,
                causes=asked.causes,
            )
        return plain(made)

    @routes.post(
        "/notices/{rule}/test",
        response_model=models.Decided,
        responses=ABSENT_OR_CONFLICT | _NOT_TAKEN,
    )
    def try_rule(rule: str, actor: Actor) -> Any:
        """Tell by a rule now that it works."""
        with absent(), _not_set_up():
            try:
                return {"sentence": notices.test(hub, rule)}
            except DeliveryError as error:
                raise ApiError(502, error.message) from error

    @routes.post("/notices/{rule}/remove", response_model=models.NoticeRule, responses=ABSENT)
    def remove_rule(rule: str, actor: Actor) -> Any:
        """Let a rule tell nobody any more."""
        with absent():
            return plain(notices.remove(hub, rule, actor))


@contextmanager
def _not_set_up() -> Iterator[None]:
    """What the hub lacks for a channel (a mail server, Apprise) is a 409 that says so."""
    try:
        yield
    except SettingsError as error:
        raise ApiError(409, error.message) from error
