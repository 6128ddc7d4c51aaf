"""``/api/v1/users``: people who use the console, as an owner's program looks after them.

The answers hold no secret but a link just made, which is told this once.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter

from counterfoil.hub import users
from counterfoil.hub.setup import Hub

from . import user_models
from .finding import ABSENT, ABSENT_OR_CONFLICT, CONFLICT, absent, conflict, plain
from .security import Actor

__all__ = ["add"]

_USER = "/users/{user}"


def add(routes: APIRouter, hub: Hub) -> None:
    """Add the routes."""
    _add_list(routes, hub)
    _add_changing(routes, hub)
    _add_links(routes, hub)
    _add_letting_in(routes, hub)
    _add_proofs(routes, hub)


def _found(hub: Hub, user: str) -> users.UserShown:
    """Find whom a request names, by number, e-mail address or name, or answer 404."""
    with absent():
        return users.user_named(hub, user)


def _told(hub: Hub, made: users.Linked) -> Mapping[str, Any]:
    """Give a link with whom it is for and what became of mailing it."""
    return {
        "user": plain(made.user),
        "link": users.way_to_join(hub, made.key),
        "mailed": made.was_mailed,
        "told": made.told,
    }


def _add_list(routes: APIRouter, hub: Hub) -> None:
    @routes.get("/users", response_model=user_models.Users)
    def all_users(actor: Actor) -> Any:
        """Who uses the console, what they may do, and when they were here last."""
        return {
            "users": plain(users.all_users(hub)),
            "two_factor_required": users.is_two_factor_required(hub),
        }

    @routes.get(_USER, response_model=user_models.User, responses=ABSENT)
    def one(user: str, actor: Actor) -> Any:
        """One of them, named by number, e-mail address or name."""
        return plain(_found(hub, user))

    @routes.post("/users", status_code=201, response_model=user_models.LinkMade, responses=CONFLICT)
    def invite(asked: user_models.Inviting, actor: Actor) -> Any:
        """Invite somebody: gives a link, this once, by which they choose a password in a week."""
        with conflict():
            made = users.invite(hub, asked.login, asked.name, asked.role, actor)
        return _told(hub, made)


def _add_changing(routes: APIRouter, hub: Hub) -> None:
    @routes.patch(_USER, response_model=user_models.User, responses=ABSENT_OR_CONFLICT)
    def change(user: str, asked: user_models.ChangingUser, actor: Actor) -> Any:
        """Change somebody's name, e-mail address or role; what is left out stays.

        There is always an owner left.  A link for an e-mail address that changes ends.
        """
        found = _found(hub, user)
        with conflict():
            changed = users.change(
                hub, found.id, actor, name=asked.name, login=asked.login, role=asked.role
            )
        return plain(changed)

    @routes.post(f"{_USER}/remove", response_model=user_models.User, responses=ABSENT_OR_CONFLICT)
    def remove(user: str, actor: Actor) -> Any:
        """Remove somebody, and end their sessions; what they did stays in the audit."""
        found = _found(hub, user)
        with conflict():
            return plain(users.remove(hub, found.id, actor))


def _add_links(routes: APIRouter, hub: Hub) -> None:
    @routes.post(f"{_USER}/link", response_model=user_models.LinkMade, responses=ABSENT_OR_CONFLICT)
    def make_link(user: str, actor: Actor) -> Any:
        """Make a link by which somebody chooses a password; the one before ends."""
        found = _found(hub, user)
        with conflict():
            return _told(hub, users.make_link(hub, found.id, actor))

    @routes.post(
        f"{_USER}/link/end", response_model=user_models.LinkEnded, responses=ABSENT_OR_CONFLICT
    )
    def end_link(user: str, actor: Actor) -> Any:
        """Let a link that was not used open nothing any more."""
        found = _found(hub, user)
        with conflict():
            ended = users.revoke_link(hub, found.id, actor)
        return {"id": found.id, "ended": ended}


def _add_letting_in(routes: APIRouter, hub: Hub) -> None:
    @routes.post(f"{_USER}/off", response_model=user_models.User, responses=ABSENT_OR_CONFLICT)
    def switch_off(user: str, actor: Actor) -> Any:
        """Let somebody in no more, and end their sessions, until they are switched on again."""
        found = _found(hub, user)
        with conflict():
            return plain(users.switch_off(hub, found.id, actor))

    @routes.post(f"{_USER}/on", response_model=user_models.User, responses=ABSENT_OR_CONFLICT)
    def switch_on(user: str, actor: Actor) -> Any:
        """Let somebody in again."""
        found = _found(hub, user)
        with conflict():
            return plain(users.switch_on(hub, found.id, actor))

    @routes.get(f"{_USER}/sessions", response_model=user_models.Sessions, responses=ABSENT)
    def all_sessions(user: str, actor: Actor) -> Any:
        """The browsers on which somebody is signed in, the newest first."""
        return {"sessions": plain(users.sessions(hub, _found(hub, user).id))}

    @routes.post(
        f"{_USER}/sign-out", response_model=user_models.SignedOut, responses=ABSENT_OR_CONFLICT
    )
    def sign_out(user: str, actor: Actor) -> Any:
        """Sign somebody out on every browser."""
        found = _found(hub, user)
        with conflict():
            ended = users.end_all_sessions(hub, found.id, actor)
        return {"id": found.id, "ended": ended}


def _add_proofs(routes: APIRouter, hub: Hub) -> None:
    @routes.post(
        f"{_USER}/reset-two-factor",
        response_model=user_models.TwoFactorReset,
        responses=ABSENT_OR_CONFLICT,
    )
    def reset_two_factor(user: str, actor: Actor) -> Any:
        """Ask somebody for no code any more, who has lost phone and recovery codes."""
        found = _found(hub, user)
        with conflict():
            was_on = users.reset_two_factor(hub, found.id, actor)
        return {"id": found.id, "was_on": was_on}

    @routes.post("/users/two-factor", response_model=user_models.TwoFactorRule)
    def require_two_factor(asked: user_models.RequiringTwoFactor, actor: Actor) -> Any:
        """Ask everybody for a code, or leave it to each.

        Whoever has no second factor is signed out, and sets one up when signing in.
        """
        users.require_two_factor(hub, actor, required=asked.required)
        return {"required": asked.required}
