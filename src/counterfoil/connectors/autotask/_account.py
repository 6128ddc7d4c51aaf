"""Which tenant a connection is: its API user, and a text that identifies both."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final
from urllib.parse import SplitResult

from counterfoil.connectors import called

from ._errors import NAME, SYSTEM

__all__ = ["USUAL_BASE_URL", "Account", "account_of", "address_of"]

# Any zone's host says where a tenant is; this one is no zone's.
USUAL_BASE_URL: Final = "https://webservices.autotask.net/ATServicesRest"


@dataclass(frozen=True, kw_only=True)
class Account:
    """As whom: an API user's name and secret, and the integration's tracking identifier.

    ``base_url`` is where the tenant's zone is asked for.
    """

    user: str
    secret: str = field(repr=False)
    integration_code: str = field(repr=False)
    base_url: str = USUAL_BASE_URL

    @property
    def name(self) -> str:
        """A stable text that identifies the tenant."""
        return account_of(self.base_url, self.user)


def address_of(base_url: str) -> SplitResult:
    """Take a base URL apart.

    Raises:
        SettingsError: It is none, or holds more than a scheme, a host, a port and a path.
    """
    return called.address_of(base_url, name=NAME, example=USUAL_BASE_URL)


def account_of(base_url: str, user: str) -> str:
    """Give a stable text that identifies the tenant of an API user.

    A user belongs to one tenant; two users of one tenant cannot be told to be so before it
    is asked.

    Raises:
        SettingsError: The base URL is none.
    """
    return called.account_name(SYSTEM, address_of(base_url), user.casefold())
