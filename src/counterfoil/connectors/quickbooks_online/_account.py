"""Which company a connection is, and where QuickBooks Online is called."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final
from urllib.parse import SplitResult

from counterfoil.connectors import called

from ._faults import NAME

__all__ = ["ENVIRONMENTS", "PRODUCTION", "Account", "address_of"]

PRODUCTION: Final = "production"

ENVIRONMENTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        PRODUCTION: "https://quickbooks.api.intuit.com",
        "sandbox": "https://sandbox-quickbooks.api.intuit.com",
    }
)
"""Environment of an app's keys -> where its companies are called (reference section 2.1)."""


@dataclass(frozen=True, kw_only=True)
class Account:
    """A company: ``realm`` is its identity at Intuit, digits kept as text."""

    realm: str
    base_url: str = ENVIRONMENTS[PRODUCTION]


def address_of(base_url: str) -> SplitResult:
    """Take a base URL apart.

    Raises:
        SettingsError: It is none, or holds more than a scheme, a host, a port and a path.
    """
    return called.address_of(base_url, name=NAME, example=ENVIRONMENTS[PRODUCTION])
