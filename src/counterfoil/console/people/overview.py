"""``/admin``: what there is to administer, and what this hub is."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, Response

from counterfoil.api.tokens import all_tokens
from counterfoil.console.rendering import page
from counterfoil.console.visiting import Looking
from counterfoil.hub import notice_rules, users
from counterfoil.hub.served import public_address
from counterfoil.hub.setup import Hub
from counterfoil.hub.users import State
from counterfoil.ledger.migrations import revision

__all__ = ["add"]

_KINDS: Final = {True: "SQLite, one file", False: "PostgreSQL"}


def add(routes: APIRouter, hub: Hub) -> None:
    """Add the route."""

    @routes.get("/admin")
    def show(visit: Looking) -> Response:
        everybody = users.all_users(hub)
        return page(
            visit,
            "people/admin.html",
            active=sum(each.state is State.ACTIVE for each in everybody),
            invited=sum(each.state is State.INVITED for each in everybody),
            sign_on=users.sign_on_of(hub),
            is_required=users.is_two_factor_required(hub),
            tokens=len(all_tokens(hub)),
            rules=len(notice_rules.all_rules(hub)),
            address=public_address(hub),
            database=_KINDS[hub.database.is_sqlite],
            revision=revision(hub.database),
            sends_mail=bool(hub.configuration.smtp_url),
        )
