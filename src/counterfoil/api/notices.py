"""``/api/v1/notices``: who is told when something stands still."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query

from counterfoil.errors import DeliveryError, SettingsError
from counterfoil.hub import notice_rules, notices
from counterfoil.hub.setup import Hub

from . import models
from .errors import ApiError
from .finding import ABSENT, ABSENT_OR_CONFLICT, CONFLICT, absent, conflict, failures, plain
from .security import Actor

__all__ = ["add"]

_NOT_TAKEN = failures({502: "It was not taken."})
_PAGE_MAX: Final = 500


def add(routes: APIRouter, hub: Hub) -> None:
    """Add the paths."""

    @routes.get("/notices", response_model=models.NoticeRules)
    def list_rules(actor: Actor) -> Any:
        """Who is told of what; secret addresses are not shown."""
        return {"rules": plain(notice_rules.all_rules(hub))}

    @routes.get("/notices/told", response_model=models.NoticesTold, responses=ABSENT)
    def told(
        actor: Actor,
        *,
        rule: str | None = None,
        before: int | None = None,
        limit: Annotated[int, Query(ge=1, le=_PAGE_MAX)] = 50,
    ) -> Any:
        """What was told, newest first; ``next``: what the following page is asked for with."""
        with absent():
            found = notices.told(hub, rule=rule, before=before, limit=limit)
        return {
            "notices": plain(found),
            "next": found[-1].id if len(found) == limit else None,
        }

    @routes.post("/notices", status_code=201, response_model=models.NoticeRule, responses=CONFLICT)
    def add_rule(asked: models.Telling, actor: Actor) -> Any:
        """Let somebody be told: one notice for each cause, or one digest of all of them."""
        with conflict(), _not_set_up():
            made = notice_rules.add(
                hub,
                asked.name,
                asked.channel,
                asked.place.get_secret_value(),
                actor,
                link=asked.link,
                causes=asked.causes,
                quiet=asked.quiet,
                urgent=asked.urgent,
                digest=asked.digest,
                tells_nothing=asked.tells_nothing,
            )
        return plain(made)

    @routes.patch("/notices/{rule}", response_model=models.NoticeRule, responses=ABSENT_OR_CONFLICT)
    def change_rule(rule: str, asked: models.TellingChanged, actor: Actor) -> Any:
        """Change what a rule tells, to whom and when; what is left out stays."""
        with absent():
            notice_rules.find(hub, rule)
        with conflict(), _not_set_up():
            return plain(notice_rules.change(hub, rule, actor, **asked.changes()))

    @routes.post("/notices/{rule}/on", response_model=models.NoticeRule, responses=ABSENT)
    def switch_on(rule: str, actor: Actor) -> Any:
        """Switch a rule on; what lasts is told then."""
        with absent():
            return plain(notice_rules.switch(hub, rule, actor, on=True))

    @routes.post("/notices/{rule}/off", response_model=models.NoticeRule, responses=ABSENT)
    def switch_off(rule: str, actor: Actor) -> Any:
        """Switch a rule off; what waits by it is not sent any more."""
        with absent():
            return plain(notice_rules.switch(hub, rule, actor, on=False))

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
                raise ApiError(502, error.said) from error

    @routes.post("/notices/{rule}/remove", response_model=models.NoticeRule, responses=ABSENT)
    def remove_rule(rule: str, actor: Actor) -> Any:
        """Let a rule tell nobody any more."""
        with absent():
            return plain(notice_rules.remove(hub, rule, actor))


@contextmanager
def _not_set_up() -> Iterator[None]:
    """What the hub lacks for a channel (a mail server, Apprise) is a 409 that says so."""
    try:
        yield
    except SettingsError as error:
        raise ApiError(409, error.said) from error
