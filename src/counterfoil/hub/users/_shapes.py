"""The words and records of users: roles, states, what is still to be proved, who asks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, NamedTuple

import msgspec

from counterfoil.errors import UsageError
from counterfoil.hub.scopes import Scope
from counterfoil.ledger.users import User, UserLink

__all__ = [
    "LINK_LIFE",
    "ROLE_WORDS",
    "Caller",
    "Role",
    "Stage",
    "State",
    "UserShown",
    "is_active",
    "role_named",
    "scope_of_role",
    "shown",
]

LINK_LIFE: Final = timedelta(days=7)
"""For how long an invitation, or a link for a new password, opens."""


class Role(StrEnum):
    """What somebody may do in the console; each may what the ones after it may."""

    OWNER = "owner"
    OPERATOR = "operator"
    VIEWER = "viewer"


_SCOPES: Final[Mapping[Role, Scope]] = {
    Role.OWNER: Scope.ADMINISTER,
    Role.OPERATOR: Scope.OPERATE,
    Role.VIEWER: Scope.READ,
}
ROLE_WORDS: Final[Mapping[Role, str]] = {
    Role.OWNER: "does everything: people, connections and settings, too",
    Role.OPERATOR: "sends, retrieves and decides; changes no connection and no setting",
    Role.VIEWER: "looks at everything but secrets, and changes nothing",
}
"""What each may do, for people."""


class State(StrEnum):
    """Whether somebody can sign in."""

    INVITED = "invited"
    ACTIVE = "active"
    OFF = "off"


class Stage(StrEnum):
    """What a signed-in browser may do."""

    OPEN = "open"
    """Whatever the person may."""
    CODE = "code"
    """Prove the second factor: the password was right."""
    SET_UP = "set up"
    """Set a second factor up, which all have to have: the password was right."""


class Caller(NamedTuple):
    """Where a person sits.

    Attributes:
        source: The address that the request comes from.
        browser: What the browser calls itself (``User-Agent``).
    """

    source: str
    browser: str


class UserShown(msgspec.Struct, frozen=True, kw_only=True):
    """A user without secrets.

    Attributes:
        state: A word of ``State``.
        has_password, has_second_factor: What lets them in, besides single sign-on.
        link_until: Until when an invitation, or a link for a new password, opens; ``None``:
            there is none.
        is_link_over: It has ended unused.
    """

    id: int
    login: str
    name: str
    role: Role
    state: State
    has_password: bool
    has_second_factor: bool
    added_at: datetime
    last_seen_at: datetime | None
    link_until: datetime | None
    is_link_over: bool


def shown(user: User, link: UserLink | None, now: datetime) -> UserShown:
    """Give what people see of a user."""
    return UserShown(
        id=user.id,
        login=user.login,
        name=user.name,
        role=Role(user.role),
        state=_state(user),
        has_password=user.password_hash is not None,
        has_second_factor=user.totp_since is not None,
        added_at=user.added_at,
        last_seen_at=user.last_seen_at,
        link_until=None if link is None else link.until,
        is_link_over=link is not None and link.until <= now,
    )


def _state(user: User) -> State:
    if user.off_since is not None:
        return State.OFF
    return State.INVITED if user.joined_at is None else State.ACTIVE


def is_active(user: User) -> bool:
    """Whether somebody can sign in."""
    return _state(user) is State.ACTIVE


def scope_of_role(role: str) -> Scope:
    """Say what a role may do, as a token's scope."""
    return _SCOPES[Role(role)]


def role_named(text: str) -> Role:
    """Find a role by its word.

    Raises:
        UsageError: There is none of that name.
    """
    try:
        return Role(text.strip().lower())
    except ValueError:
        known = ", ".join(Role)
        raise UsageError(f"There is no role {text[:100]!r}; choose one of: {known}.") from None
