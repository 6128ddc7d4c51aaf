"""Whether an address, a key and a secret work, told in words.

A trial signs in and reads one page of one list; it changes nothing.  What goes wrong is a
value: the person at the form can mend most of it at once.
"""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from counterfoil.errors import (
    ConnectorError,
    RejectedError,
    SettingsError,
    UnavailableError,
    UnreadableReplyError,
)

from ._account import account_of
from ._client import FusionClient
from ._errors import NAME

__all__ = ["Trial", "TrialFailure", "try_account"]


class TrialFailure(StrEnum):
    """What kind of thing is wrong; stable, for programs."""

    ADDRESS = "address"
    """No Fusion Operations can be at this address: mend the base URL."""
    CREDENTIALS = "credentials"
    """The key or the secret is wrong."""
    PERMISSION = "permission"
    """They are right, but this key may not read."""
    UNREACHABLE = "unreachable"
    """Nobody answers there now, or not safely."""
    BUSY = "busy"
    """It is there and cannot be asked now: try again later."""
    STRANGE = "strange"
    """Somebody answers, but not as Fusion Operations does."""


@dataclass(frozen=True, kw_only=True)
class Trial:
    """What a trial showed.

    Attributes:
        account: Identifies the company (``account_of``); ``None`` where the address is none.
        facts: What is known now, as text; empty where it failed.
        failure: ``None``: it works.
        sentence: What is wrong, for the person at the form.
        cure: What to do about it.
        detail: For the engineer; no secret is in it.
    """

    account: str | None = None
    facts: Mapping[str, str] = field(default_factory=dict)
    failure: TrialFailure | None = None
    sentence: str | None = None
    cure: str | None = None
    detail: str | None = None

    @property
    def works(self) -> bool:
        """Whether the connection can be used."""
        return self.failure is None


_CURES: Mapping[TrialFailure, str] = {
    TrialFailure.ADDRESS: "Check the base URL, such as https://fusionoperations.autodesk.com.",
    TrialFailure.CREDENTIALS: "Copy both again from the company's profile in Fusion Operations, "
    "or ask for a new API key there.",
    TrialFailure.PERMISSION: "Let an administrator of Fusion Operations give this key the right "
    "to read and write, or use another key.",
    TrialFailure.UNREACHABLE: "Check the base URL and this computer's way to the internet, then "
    "try again.",
    TrialFailure.BUSY: "Try again in a few minutes.",
    TrialFailure.STRANGE: "Check the base URL; a proxy or a sign-in page may stand in between.",
}


def try_account(client: FusionClient) -> Trial:
    """Try a client's account."""
    account = client.account
    identity = account_of(account.base_url, account.key)
    try:
        is_readable = _reads(client)
    except SettingsError as error:
        return _failed(TrialFailure.ADDRESS, error.message, error.detail, None)
    except ConnectorError as error:
        failure, sentence = _why(client, error)
        detail = f"{error.operation}: {error.detail}"
        return _failed(failure, sentence, client.redacted(detail), identity)
    if not is_readable:
        return _failed(
            TrialFailure.PERMISSION, f"{NAME} does not let this key read.", None, identity
        )
    return Trial(account=identity, facts={"system": NAME, "reachable": "true"})


def _failed(failure: TrialFailure, sentence: str, detail: str | None, account: str | None) -> Trial:
    return Trial(
        account=account, failure=failure, sentence=sentence, cure=_CURES[failure], detail=detail
    )


def _reads(client: FusionClient) -> bool:
    """Read the shortest list; where this key may not, one that every flow needs."""
    try:
        client.fetch(client.fields.path("product-families"))
    except RejectedError as error:
        if _is_sign_in(client, error) or error.code not in {"403", "404"}:
            raise
    else:
        return True
    try:
        client.fetch(client.fields.path("clients"))
    except RejectedError as error:
        if error.code != "403":
            raise
        return False
    return True


def _is_sign_in(client: FusionClient, error: ConnectorError) -> bool:
    return error.operation.endswith(client.fields.path("authorization"))


def _why(client: FusionClient, error: ConnectorError) -> tuple[TrialFailure, str]:
    host = re.sub(r"^https?://", "", client.account.base_url).partition("/")[0]
    is_sign_in = _is_sign_in(client, error)
    causes = {type_ for cause in _causes(error) for type_ in type(cause).__mro__}
    if socket.gaierror in causes:
        return TrialFailure.ADDRESS, f"There is no such address as “{host}”."
    if ssl.SSLError in causes:
        return TrialFailure.UNREACHABLE, f"“{host}” cannot be reached safely: {_WRONG_SSL}"
    if isinstance(error, RejectedError):
        return _why_rejected(error, host, is_sign_in=is_sign_in)
    if isinstance(error, UnreadableReplyError):
        return TrialFailure.STRANGE, f"“{host}” answers, but not as {NAME} does."
    if isinstance(error, UnavailableError) and error.code in {"429", "408", "425"}:
        return TrialFailure.BUSY, error.message
    is_answered = (error.code or "").isdecimal()
    return (TrialFailure.BUSY if is_answered else TrialFailure.UNREACHABLE), error.message


_WRONG_SSL = "its certificate is not accepted."


def _why_rejected(error: RejectedError, host: str, *, is_sign_in: bool) -> tuple[TrialFailure, str]:
    code = error.code or ""
    if code == "401":
        return TrialFailure.CREDENTIALS, "The key or the secret is wrong."
    if code == "403":
        return TrialFailure.PERMISSION, error.message
    if code.startswith("3"):
        return TrialFailure.ADDRESS, f"“{host}” sends us to another address."
    if is_sign_in:
        return TrialFailure.ADDRESS, f"There is no {NAME} at this address."
    return TrialFailure.STRANGE, f"“{host}” answers, but not as {NAME} does."


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    for _ in range(10):
        if error is None:
            return
        yield error
        error = error.__cause__ or error.__context__
