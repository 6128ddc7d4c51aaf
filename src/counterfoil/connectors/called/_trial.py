"""Whether an address and credentials work, told in words.

A trial signs in and reads a little; it changes nothing.  What goes wrong is a value: the
person at the form can mend most of it at once.
"""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from counterfoil.errors import (
    ConnectorError,
    RejectedError,
    SettingsError,
    UnavailableError,
    UnreadableReplyError,
)
from counterfoil.told import Advice

__all__ = ["Trial", "TrialFailure", "Trying"]


class TrialFailure(StrEnum):
    """What kind of thing is wrong; stable, for programs."""

    ADDRESS = "address"
    """The service cannot be at this address: mend the base URL."""
    CREDENTIALS = "credentials"
    """The credentials are wrong."""
    PERMISSION = "permission"
    """They are right, but may not read."""
    UNREACHABLE = "unreachable"
    """Nobody answers there now, or not safely."""
    BUSY = "busy"
    """It is there and cannot be asked now: try again later."""
    STRANGE = "strange"
    """Somebody answers, but not as the service does."""


@dataclass(frozen=True, kw_only=True)
class Trial:
    """What a trial showed.

    Attributes:
        account: Identifies the account; ``None`` where the address is none.
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
    cure: Advice | None = None
    detail: str | None = None

    @property
    def works(self) -> bool:
        """Whether the connection can be used."""
        return self.failure is None


@dataclass(frozen=True, kw_only=True)
class Trying:
    """A service and an account that is tried, for the person at the form.

    Attributes:
        name: The service.
        base_url: Where it is looked for.
        account: Identifies the account.
        wrong: The sentence when it does not take the credentials.
        cures: What to do about each kind of failure.
    """

    name: str
    base_url: str
    account: str
    wrong: str
    cures: Mapping[TrialFailure, Advice]

    def passed(self, facts: Mapping[str, str]) -> Trial:
        """Say that it works."""
        return Trial(account=self.account, facts=facts)

    def failed(self, failure: TrialFailure, sentence: str, detail: str | None = None) -> Trial:
        """Say what is wrong."""
        return Trial(
            account=self.account,
            failure=failure,
            sentence=sentence,
            cure=self.cures[failure],
            detail=detail,
        )

    def broken_off(
        self,
        error: ConnectorError | SettingsError,
        *,
        detail: str | None,
        is_sign_in: bool = False,
    ) -> Trial:
        """Say what an error means; ``is_sign_in``: nothing else was asked before it."""
        if isinstance(error, SettingsError):
            found = self.failed(TrialFailure.ADDRESS, error.message, error.detail)
            return replace(found, account=None)
        failure, sentence = self._why(error, is_sign_in=is_sign_in)
        return self.failed(failure, sentence, detail)

    @property
    def _host(self) -> str:
        return re.sub(r"^https?://", "", self.base_url).partition("/")[0]

    def _why(self, error: ConnectorError, *, is_sign_in: bool) -> tuple[TrialFailure, str]:
        causes = {type_ for cause in _causes(error) for type_ in type(cause).__mro__}
        if socket.gaierror in causes:
            return TrialFailure.ADDRESS, f"There is no such address as “{self._host}”."
        if ssl.SSLError in causes:
            return (
                TrialFailure.UNREACHABLE,
                f"“{self._host}” cannot be reached safely: its certificate is not accepted.",
            )
        if isinstance(error, RejectedError):
            return self._why_rejected(error, is_sign_in=is_sign_in)
        if isinstance(error, UnreadableReplyError):
            return TrialFailure.STRANGE, f"“{self._host}” answers, but not as {self.name} does."
        if isinstance(error, UnavailableError) and error.code in {"429", "408", "425"}:
            return TrialFailure.BUSY, error.message
        is_answered = (error.code or "").isdecimal()
        return (TrialFailure.BUSY if is_answered else TrialFailure.UNREACHABLE), error.message

    def _why_rejected(self, error: RejectedError, *, is_sign_in: bool) -> tuple[TrialFailure, str]:
        code = error.code or ""
        if code == "401":
            return TrialFailure.CREDENTIALS, self.wrong
        if code == "403":
            return TrialFailure.PERMISSION, error.message
        if code.startswith("3"):
            return TrialFailure.ADDRESS, f"“{self._host}” sends us to another address."
        if is_sign_in:
            return TrialFailure.ADDRESS, f"There is no {self.name} at this address."
        return TrialFailure.STRANGE, f"“{self._host}” answers, but not as {self.name} does."


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    for _ in range(10):
        if error is None:
            return
        yield error
        error = error.__cause__ or error.__context__
