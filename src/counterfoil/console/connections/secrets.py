"""Passwords and tokens, shown once: on the page that answers the press, and nowhere else.

Whoever presses twice gets a second one, and sees that one: what is shown last is what opens.
"""

from __future__ import annotations

from datetime import timedelta

from fastapi import Response

from counterfoil.api.finding import conflict
from counterfoil.console.rendering import page, way_within
from counterfoil.console.visiting import Visit
from counterfoil.hub import accounts, agents, finding
from counterfoil.hub.served import public_address
from counterfoil.hub.setup import Hub
from counterfoil.ledger.connections import Connection
from counterfoil.ledger.people import Person

__all__ = ["new_secret_page", "password_page", "token_page"]


def new_secret_page(
    hub: Hub, visit: Visit, connection: int, to: str, *, by_agent: bool
) -> Response:
    """Make the first secret of a company file that was just connected, and show it."""
    found = finding.connection_named(hub, connection)
    return token_page(hub, visit, found, to) if by_agent else password_page(hub, visit, found, to)


def password_page(
    hub: Hub, visit: Visit, connection: Connection, to: str, *, grace_minutes: int = 0
) -> Response:
    """Give a Web Connector a new password, and show it."""
    grace = timedelta(minutes=grace_minutes)
    with conflict():
        made = accounts.new_password_for(hub, connection, visit.name, grace=grace)
    return secret_page(
        visit,
        connection,
        to,
        made,
        what="password",
        user_name=connection.user_name,
        file=f"/connections/{connection.id}/qwc",
        grace_minutes=grace_minutes,
    )


def token_page(hub: Hub, visit: Visit, connection: Connection, to: str) -> Response:
    """Make the token of an agent, and show it."""
    with conflict():
        made = agents.new_token_for(hub, connection, visit.name)
    return secret_page(visit, connection, to, made, what="token", address=public_address(hub).url)


def secret_page(
    visit: Visit,
    connection: Connection,
    to: str,
    secret: str,
    *,
    what: str,
    person: Person | None = None,
    user_name: str | None = None,
    address: str | None = None,
    file: str | None = None,
    grace_minutes: int = 0,
) -> Response:
    """Show a secret, this once."""
    return page(
        visit,
        "connections/secret.html",
        connection=connection,
        to=way_within(to),
        secret=secret,
        what=what,
        person=person,
        user_name=user_name,
        address=address,
        file=file,
        grace_minutes=grace_minutes,
    )
