"""The services where people sign in, one row each: what of the protocol is their own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final
from urllib.parse import urlsplit

__all__ = ["PROVIDERS", "Provider", "ProviderName"]


class ProviderName(StrEnum):
    """Those that are known."""

    INTUIT = "intuit"


@dataclass(frozen=True, kw_only=True)
class Provider:
    """A service where people sign in.

    Attributes:
        name, words: For programs, and for people.
        authorize, token, revoke: Its addresses; environments that differ are told by an app's
            keys, not by them.
        scopes: What is asked for.
        account: Parameter of the answer that names the account; ``None``: it names none.
        token_headers: Sent with every request for tokens.
        idle_end, hard_end: Members of its answer: seconds until tokens end unused, and in any
            case; ``None``: it does not say.
        revokes_by: Shape of the body that gives a token back; RFC 7009 has ``form``.
        https_in: Environments whose apps take a redirect address only with https and a name.
    """

    name: ProviderName
    words: str
    authorize: str
    token: str
    revoke: str
    scopes: tuple[str, ...]
    account: str | None = None
    token_headers: Mapping[str, str] = field(default_factory=dict)
    idle_end: str | None = None
    hard_end: str | None = None
    revokes_by: str = "form"
    https_in: frozenset[str] = frozenset()

    def at(self, address: str, instead: str | None) -> str:
        """Give one of its addresses, at a stand-in's host where there is one."""
        return address if not instead else instead.rstrip("/") + urlsplit(address).path


# Source: reference 1.1 (discovery documents), 1.2, 1.4, 1.5; corrections, section 5 (the header
# of the hard end); corrections 2, section 3 (PKCE is taken, https outside development).
_INTUIT: Final = Provider(
    name=ProviderName.INTUIT,
    words="Intuit",
    authorize="https://appcenter.intuit.com/connect/oauth2",
    token="https://oauth.platform.intuit.com/oauth2/v1/tokens/bearer",  # noqa: S106 - an address
    revoke="https://developer.api.intuit.com/v2/oauth2/tokens/revoke",
    scopes=("com.intuit.quickbooks.accounting",),
    account="realmId",
    token_headers={"x-include-refresh-token-hard-expires-in": "true"},
    idle_end="x_refresh_token_expires_in",
    hard_end="x_refresh_token_hard_expires_in",
    revokes_by="json",
    https_in=frozenset({"production"}),
)

PROVIDERS: Final[Mapping[ProviderName, Provider]] = {each.name: each for each in (_INTUIT,)}
