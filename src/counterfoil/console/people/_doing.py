"""How pages about people do a thing and tell it; what somebody else did meanwhile is told, too."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import Response

from counterfoil.api.errors import ApiError
from counterfoil.api.security import signed_in_user
from counterfoil.console.rendering import Undo, said
from counterfoil.console.visiting import Visit
from counterfoil.errors import UsageError
from counterfoil.hub import users
from counterfoil.hub.setup import Hub
from counterfoil.hub.users import SignedIn, UserShown

__all__ = ["done", "find_user", "own"]


def done(
    visit: Visit, to: str, do: Callable[[], object], sentence: str, undo: Undo | None = None
) -> Response:
    """Do something and tell it; of two who do it the second hears why it is not to be done."""
    try:
        do()
    except UsageError as error:
        return said(visit, to, error.said)
    return said(visit, to, sentence, undo)


def find_user(hub: Hub, user_id: int) -> UserShown:
    """Find a person.

    Raises:
        ApiError: 404, there is none, or not any more.
    """
    found = users.find(hub, user_id)
    if found is None:
        raise ApiError(404, "This person is not here any more.")
    return found


def own(visit: Visit) -> SignedIn:
    """Give the session of whoever looks.

    Raises:
        ApiError: 403, a token looks, or somebody at this computer: they have no account.
    """
    found = signed_in_user(visit.request)
    if found is None or visit.user is None:
        raise ApiError(403, "Only people have an account. You are signed in with a token, or not.")
    return found
