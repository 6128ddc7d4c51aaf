"""Requests and answers of ``/api/v1/users``, as the OpenAPI document describes them."""

from __future__ import annotations

from typing import Annotated

import pydantic

from counterfoil.hub.users import Role, UserShown
from counterfoil.ledger.users import Session

from .models import Asked, model_of

__all__ = [
    "ChangingUser",
    "Inviting",
    "LinkEnded",
    "LinkMade",
    "RequiringTwoFactor",
    "Sessions",
    "SignedOut",
    "TwoFactorReset",
    "TwoFactorRule",
    "User",
    "Users",
]

_Name = Annotated[str, pydantic.Field(max_length=500, description="What people call them.")]
_Login = Annotated[
    str, pydantic.Field(max_length=500, description="The e-mail address they sign in with.")
]
_Role = Annotated[
    Role,
    pydantic.Field(
        description="What they may do: an owner everything, an operator send and decide, "
        "a viewer look."
    ),
]


class Inviting(Asked):
    """Somebody who is to use the console."""

    name: _Name
    login: _Login
    role: _Role = Role.OPERATOR


class ChangingUser(Asked):
    """What to change about somebody; what is left out stays."""

    name: _Name | None = None
    login: _Login | None = None
    role: _Role | None = None


class RequiringTwoFactor(Asked):
    """Whether everybody has to have a second factor."""

    required: bool


User = model_of(UserShown)


class Users(pydantic.BaseModel):
    """Everybody, in the order in which they were added."""

    users: list[User]  # type: ignore[valid-type]  # made from the record
    two_factor_required: bool = pydantic.Field(
        description="Whether everybody is asked for a code who signs in with a password."
    )


class LinkMade(pydantic.BaseModel):
    """A link by which somebody chooses a password; it is told this once, and opens once."""

    user: User  # type: ignore[valid-type]  # made from the record
    link: str
    mailed: bool = pydantic.Field(description="Whether it was handed over to the mail server.")
    told: str | None = pydantic.Field(
        description="What became of mailing it; ``null``: no mail server is set."
    )


class LinkEnded(pydantic.BaseModel):
    """Whether a link was there to be ended."""

    id: int
    ended: bool


class Sessions(pydantic.BaseModel):
    """The browsers on which somebody is signed in, the newest first."""

    sessions: list[model_of(Session)]  # type: ignore[valid-type]  # made from the record


class SignedOut(pydantic.BaseModel):
    """On how many browsers somebody was signed out."""

    id: int
    ended: int


class TwoFactorReset(pydantic.BaseModel):
    """Whether somebody was asked for a code before."""

    id: int
    was_on: bool


class TwoFactorRule(pydantic.BaseModel):
    """Whether everybody is asked for a code who signs in with a password."""

    required: bool
